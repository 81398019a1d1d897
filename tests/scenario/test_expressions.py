"""The arithmetic language lets through what it says and nothing else, and says where a text goes wrong."""

from __future__ import annotations

import ast
import pickle
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import Place, ScenarioError
from sim.scenario.expressions import FUNCTIONS, Expression, NotAnExpression, is_name, parse
from sim.scenario.load import load_text
from sim.scenario.source import Scalar, parse_source
from tests.scenario.drawn import expressions


def written(text: str, style: str = "{}") -> Scalar:
    """Return the scalar of a text in a file, in the style given."""
    node = parse_source("key: " + style.format(text), "f.yaml").get("key")
    assert isinstance(node, Scalar)
    return node


def scalar(text: str) -> Scalar:
    """Return a scalar that stands in no file."""
    return Scalar(text, True, Place("f.yaml", 1, 1))


def inside(fault: NotAnExpression, text: str) -> None:
    """Check that a fault points into its text."""
    assert 0 <= fault.offset <= len(text)


ALLOWED = [
    "1", "0.5", ".5", "5.", "1e3", "1E-3", "x", "-x", "- -x", "not x", "x + 1 - 2 * 3 / 4 ** 5 % 6 // 7", "x < 1 <= 2 > y >= 0 == z != 3",
    "x and y or not z", "a if b else c", "(((x)))", "min(x, 1)", "max(1, 2, 3, 4)", "abs(x)", "sqrt(x)", "exp(x)", "log(x)", "floor(x)",
    "ceil(x)", "clip(x, 0, 1)", "logistic(x)", "pick(x, 1, 2, 3)", "min(\n  1,\n  2\n)", "max(0, min(1, 0.5*(a-b)))", "x_1 + y2", "1 if x>0 else 0",
    "+".join(["x"] * 200), "-".join(["x"] * 200), "*".join(["x"] * 200), "x/y*" * 99 + "x", "x+y*y-" * 66 + "x", "(" * 50 + "x" + ")" * 50, "1.7976931348623157e308", "min(x, 1, )", "  x  ", "true", "turn", "not " * 99 + "x",
]  # fmt: skip


@pytest.mark.parametrize("text", ALLOWED, ids=lambda text: repr(text[:40]))
def test_allowed(text: str) -> None:
    """Every form of the language is read."""
    assert isinstance(parse(scalar(text)), Expression)


REFUSED: list[tuple[str, str, int, str]] = [
    # (text, code, offset, words)
    ("", "EXPRESSION", 0, "found nothing"),
    ("x +", "EXPRESSION", 3, "the text ends early"),
    ("2 x", "EXPRESSION", 2, "'x' was not expected"),
    ("x ? 1 : 2", "EXPRESSION", 2, "'?' has no meaning"),
    ("x & y", "EXPRESSION", 2, "write 'and'"),
    ("x | y", "EXPRESSION", 2, "write 'or'"),
    ("!x", "EXPRESSION", 0, "write 'not'"),
    ("x ^ 2", "EXPRESSION", 2, "write '**'"),
    ("x = 2", "EXPRESSION", 2, "write '=='"),
    ("x: 2", "EXPRESSION", 1, "quote the whole expression"),
    ("x.y", "EXPRESSION", 1, "no attributes"),
    ("x[0]", "EXPRESSION", 1, "round brackets"),
    ("{x}", "EXPRESSION", 0, "round brackets"),
    ("'x'", "EXPRESSION", 0, "no texts"),
    ("x; y", "EXPRESSION", 1, "';' has no meaning"),
    ("0x10 + 1", "EXPRESSION", 0, "decimal digits"),
    ("1_000 + x", "EXPRESSION", 0, "decimal digits"),
    ("1j * x", "EXPRESSION", 0, "decimal digits"),
    ("x @ y", "EXPRESSION", 2, "no meaning"),
    ("~x", "EXPRESSION", 0, "no meaning"),
    ("x := 1", "EXPRESSION", 2, "no colon"),
    ("lambda: 1", "EXPRESSION", 6, "no colon"),
    ("lambda x", "EXPRESSION", 8, "ends early"),
    ("+x", "EXPRESSION", 0, "leave the plus out"),
    ("2 * (+x)", "EXPRESSION", 5, "leave the plus out"),
    ("010 + x", "EXPRESSION", 0, "without leading zeros"),
    ("x + 007", "EXPRESSION", 4, "a number is not written like this"),
    ("x << 2", "EXPRESSION", 0, "no meaning"),
    ("(x << 2) + 1 + 1", "EXPRESSION", 0, "no meaning"),
    ("TRUE + x", "EXPRESSION", 0, "write 1 for true, 0 for false"),
    ("1if x else 2", "EXPRESSION", 0, "decimal digits"),
    ("x is y", "EXPRESSION", 0, "no meaning"),
    ("x in y", "EXPRESSION", 0, "no meaning"),
    ("x, y", "EXPRESSION", 0, "no meaning"),
    ("min(*x)", "EXPRESSION", 0, "takes 2 or more"),
    ("abs(*x)", "EXPRESSION", 4, "a star has no meaning"),
    ("abs(x for x in y)", "EXPRESSION", 3, "no meaning"),
    ("await x", "EXPRESSION", 0, ""),
    ("True + x", "EXPRESSION", 0, "write 1 for true"),
    ("None + x", "EXPRESSION", 0, "no meaning"),
    ("Missiles", "EXPRESSION", 0, "no name"),
    ("_x", "EXPRESSION", 0, "no name"),
    ("x" * 65, "EXPRESSION", 0, "no name"),
    ("min", "EXPRESSION", 0, "needs its arguments"),
    ("min(1)", "EXPRESSION", 0, "takes 2 or more arguments, found 1"),
    ("abs(1, 2)", "EXPRESSION", 0, "takes 1 arguments, found 2"),
    ("clip(x, 1)", "EXPRESSION", 0, "takes 3"),
    ("1 + pick(x)", "EXPRESSION", 4, "takes 2 or more"),
    ("clip(x, low=1, high=2)", "EXPRESSION", 11, "write '=='"),
    ("sine(x)", "UNKNOWN-FUNCTION", 0, "no function"),
    ("1 + flor(x)", "UNKNOWN-FUNCTION", 4, "did you mean 'floor'?"),
    ("x(1)", "UNKNOWN-FUNCTION", 0, "no function"),
    ("(x)(1)", "UNKNOWN-FUNCTION", 0, "no function"),
    ("(1 + x", "EXPRESSION", 0, "never closed"),
    ("1 + x)", "EXPRESSION", 5, "never opened"),
    ("1 + 1e999", "NOT-FINITE", 4, "too large"),
    ("1" * 400, "NOT-FINITE", 0, "finite"),
    ("x" + "+1" * 200, "TOO-LONG", 0, "401 characters"),
    ("x**" * 100 + "x", "TOO-DEEP", 0, "nested too deeply"),
    ("(" * 61 + "x" + ")" * 61, "TOO-DEEP", 0, "nested too deeply"),
]


@pytest.mark.parametrize(("text", "code", "offset", "words"), REFUSED, ids=[repr(text[:40]) for text, *_ in REFUSED])
def test_refused(text: str, code: str, offset: int, words: str) -> None:
    """What is not in the language is refused where it stands."""
    with pytest.raises(NotAnExpression) as caught:
        parse(scalar(text))
    fault = caught.value
    assert fault.code == code
    assert words in f"{fault.problem}; {fault.remedy}"
    if code != "TOO-DEEP":
        assert fault.offset == offset


HOSTILE: list[tuple[str, str, str, int, str]] = [
    # (case, text, code, column of the text, words)
    ("O-E01", "9**9**9", "NOT-FINITE", 1, "infinite"),
    ("O-E02", "().__class__.__bases__[0].__subclasses__()", "EXPRESSION", 3, "no attributes"),
    ("O-E03", "__import__('os').system('true')", "EXPRESSION", 12, "no texts"),
    ("O-E04", "'{0.__class__}'.format(x)", "EXPRESSION", 1, "no texts"),
    ("O-E05", "(-8)**(1/3)", "NOT-FINITE", 1, "no number"),
    ("O-E06", "1/(p-p)", "NOT-FINITE", 1, "where p = 3"),
    ("O-E07", "1e308*10", "NOT-FINITE", 1, "infinite"),
    ("O-E08", "-" * 100_000 + "1", "TOO-LONG", 1, "at most 400"),
    ("O-E08, short", "-" * 390 + "1", "TOO-DEEP", 1, "nested too deeply"),
    ("O-E09", "+".join(["1"] * 10_000), "TOO-LONG", 1, "at most 400"),
    ("O-E10", "[0]*10**9", "EXPRESSION", 1, "round brackets"),
    ("O-E11", "ｅval(1)", "EXPRESSION", 1, "no meaning"),
    ("O-E12", "lambda: 1", "EXPRESSION", 7, "no colon"),
    ("O-E13", "resovle", "UNKNOWN-NAME", 1, "did you mean 'resolve'?"),
]


@pytest.mark.parametrize(("case", "text", "code", "column", "words"), HOSTILE, ids=[case for case, *_ in HOSTILE])
def test_a_hostile_expression_is_refused(case: str, text: str, code: str, column: int, words: str) -> None:
    """One line, at the right column, at once."""
    quoted = text.replace("'", "''")
    head = "scenario: s\nclock: {turns: 1}\nactors: {a: {}}\nparameters: {p: 3, resolve: 1}\nderived:\n"
    began = time.monotonic()
    with pytest.raises(ScenarioError) as caught:
        load_text(f"{head}  d: '{quoted}'\n", "f.yaml")
    assert time.monotonic() - began < 2
    (fault,) = caught.value.faults
    # A doubled quote before the column takes one more character in the file.
    shift = text[: column - 1].count("'")
    assert (fault.place.line, fault.place.column, fault.code) == (6, 6 + column + shift, code)
    assert words in str(fault)


def test_o_e14_is_fine() -> None:
    """Spaces and nested parentheses are."""
    assert parse(scalar("max(0, min(1, 0.5*(a-b)))")).names == ("a", "b")


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text does anything but parse or fail with a place inside it."""
    try:
        expression = parse(Scalar(text, False, Place("f.yaml")))
    except NotAnExpression as fault:
        inside(fault, text)
    else:
        assert set(expression.text) <= set(text)


@given(st.text(alphabet="xy01.()+-*/%<>=! andorntifels,min", max_size=30))
def test_any_text_of_its_letters_is_read_or_refused(text: str) -> None:
    """Nor does any text made of the language's own letters."""
    try:
        expression = parse(Scalar(text, False, Place("f.yaml")))
    except NotAnExpression as fault:
        inside(fault, text)
    else:
        assert {type(node) for node in ast.walk(expression.tree) if isinstance(node, ast.expr)} <= {
            ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call,
        }  # fmt: skip


@given(expressions())
def test_generated_expressions_are_read(text: str) -> None:
    """Whatever the generator writes is in the language, and its names are found in order."""
    expression = parse(scalar(text))
    places = [node.col_offset for node in expression.uses]
    assert places == sorted(places)
    assert set(expression.names) <= {"x", "y", "p", "d"}


@pytest.mark.parametrize("style", ["{}", "'{}'", '"{}"', ">-\n  {}", "|\n  {}"])
def test_places_are_right_in_every_style(style: str) -> None:
    """A name's place is the one in the file, however the text is written."""
    expression = parse(written("1 + foo", style))
    (node,) = expression.uses
    line, column = (2, 7) if "\n" in style else (1, 10 + (style[0] in "'\""))
    assert expression.place_of(node) == Place("f.yaml", line, column)


def test_names_are_given_once_in_the_order_of_their_use() -> None:
    """Functions are no names."""
    assert parse(scalar("min(b, a) + a * c if b else turn")).names == ("b", "a", "c", "turn")


def test_words_that_may_name_something() -> None:
    """Functions, words of Python and anything but lower-case identifiers may not."""
    assert all(map(is_name, ["x", "x_1", "turn", "print", "x" * 64, "match"]))
    assert not any(map(is_name, ["", "X", "1x", "_x", "x-y", "ä", "lambda", "if", "x" * 65, "x\n", *FUNCTIONS]))


def test_an_expression_survives_pickling() -> None:
    """Workers get expressions from the main process."""
    expression = pickle.loads(pickle.dumps(parse(written("x + foo"))))
    assert (expression.text, expression.names, expression.place.column) == ("x + foo", ("x", "foo"), 6)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", "1.0"), ("true", "1.0"), ("0x10", "16.0"), ("-5", "-5.0"), ("1e3", "1000.0"), (".5", "0.5")],
)
def test_plain_numbers_mean_what_yaml_says(text: str, value: str) -> None:
    """A number alone is YAML's, in every spelling YAML has."""
    assert parse(written(text)).text == value
