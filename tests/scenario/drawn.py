"""Random expressions of the language, as texts."""

from __future__ import annotations

from hypothesis import strategies as st

NUMBERS = st.sampled_from(["0", "1", "2", "0.5", "3", "10", "0.1", "1e-3", "7.25"])
NAMES = st.sampled_from(["x", "y", "p", "d"])


def _deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def form(text: str, count: int) -> st.SearchStrategy[str]:
        return st.tuples(*[inner] * count).map(lambda parts: "(" + text.format(*parts) + ")")

    binary = [
        f"{{}} {sign} {{}}"
        for sign in ("+", "-", "*", "/", "%", "//", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or")
    ]
    calls = [f"{name}({{}})" for name in ("abs", "sqrt", "exp", "log", "floor", "ceil", "logistic")]
    return st.one_of(
        *[form(text, 2) for text in (*binary, "min({}, {})", "max({}, {})")],
        *[form(text, 1) for text in (*calls, "-{}", "not {}")],
        *[
            form(text, 3)
            for text in ("{} if {} else {}", "clip({}, {}, {})", "{} < {} <= {}", "min({}, {}, {})", "{} and {} or {}")
        ],
        form("pick({}, {}, {}, {})", 4),
    )


def expressions() -> st.SearchStrategy[str]:
    """Draw the text of an expression over x, y (state), p (a parameter) and d (derived)."""
    return st.recursive(st.one_of(NUMBERS, NAMES), _deeper, max_leaves=8).filter(lambda text: len(text) <= 400)
