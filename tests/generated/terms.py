"""Expressions as text together with what is known of their value: bounds, wholeness, roughness.

Bounds come from interval arithmetic in the same 64-bit floats the engines use, so that a generated expression
never leaves the range its place in a scenario allows. An expression is *rough* when two libraries may give it
different last bits (``exp``, ``log``, ``logistic``, ``**``); rough values are kept out of everything that jumps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

CONDITIONAL, OR, AND, NOT, COMPARE, SUM, PRODUCT, MINUS, POWER, ATOM = range(10)
"""How tightly the outermost operator of a text binds, loosest first."""

LARGEST = 1e4
"""Beyond this magnitude an expression is clipped, so that no product can run away."""


@dataclass(frozen=True)
class Term:
    """An expression: its text, the bounds of its value, and how tightly its outermost operator binds."""

    text: str
    low: float
    high: float
    rank: int = ATOM
    whole: bool = False
    rough: bool = False
    fixed: bool = False

    def within(self, low: float, high: float) -> bool:
        """Return whether the value is sure to lie in ``[low, high]``."""
        slack = 1e-9 if self.rough else 0.0
        return low + slack <= self.low and self.high <= high - slack

    def bounded(self, low: float, high: float) -> Term:
        """Return the same text known, thanks to a guard, to lie in ``[low, high]``."""
        return replace(self, low=max(self.low, low), high=max(min(self.high, high), low))

    @property
    def size(self) -> float:
        """The largest magnitude the value may have."""
        return max(abs(self.low), abs(self.high))


def number_text(value: float) -> str:
    """Return a number as a person writes it: ``2``, ``0.25``, ``-3``."""
    return str(int(value)) if value == int(value) else repr(value)


def constant(value: float, text: str | None = None) -> Term:
    """Return the term of a number; ``text`` may spell it otherwise (``25e-2``)."""
    text = number_text(value) if text is None else text
    value = float(text)
    return Term(text, value, value, MINUS if text.startswith("-") else ATOM, value == int(value), fixed=True)


def fitted(term: Term, rank: int) -> str:
    """Return the text of an operand, in parentheses where it binds more loosely than ``rank``."""
    return term.text if term.rank >= rank else f"({term.text})"


def made(text: str, rank: int, values: Iterable[float], parts: Iterable[Term], whole: bool = False) -> Term:
    """Return the term with this text whose value lies in the hull of ``values``; rough if a part is."""
    listed = list(values)
    return Term(text, min(listed), max(listed), rank, whole, any(part.rough for part in parts))


def corners(operation: Callable[[float, float], float], left: Term, right: Term) -> list[float]:
    """Return an operation's values at the four corners of its operands' bounds."""
    return [operation(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]


def plus(left: Term, right: Term) -> Term:
    """Return the sum."""
    text = f"{fitted(left, SUM)} + {fitted(right, PRODUCT)}"
    return made(text, SUM, [left.low + right.low, left.high + right.high], (left, right), left.whole and right.whole)


def minus(left: Term, right: Term) -> Term:
    """Return the difference."""
    text = f"{fitted(left, SUM)} - {fitted(right, PRODUCT)}"
    return made(text, SUM, [left.low - right.high, left.high - right.low], (left, right), left.whole and right.whole)


def times(left: Term, right: Term) -> Term:
    """Return the product."""
    text = f"{fitted(left, PRODUCT)} * {fitted(right, MINUS)}"
    values = corners(lambda a, b: a * b, left, right)
    return made(text, PRODUCT, values, (left, right), left.whole and right.whole)


def over(left: Term, right: Term) -> Term:
    """Return the quotient; the divisor's bounds must exclude zero."""
    text = f"{fitted(left, PRODUCT)} / {fitted(right, MINUS)}"
    return made(text, PRODUCT, corners(lambda a, b: a / b, left, right), (left, right))


def floor_over(left: Term, right: Term) -> Term:
    """Return the quotient rounded down; the divisor's bounds must exclude zero."""
    text = f"{fitted(left, PRODUCT)} // {fitted(right, MINUS)}"
    values = corners(lambda a, b: a / b, left, right)
    return made(text, PRODUCT, [min(values) - 1, max(values) + 1], (left, right), True)


def modulo(left: Term, right: Term) -> Term:
    """Return the remainder, which has the divisor's sign; the divisor's bounds must exclude zero."""
    text = f"{fitted(left, PRODUCT)} % {fitted(right, MINUS)}"
    return made(text, PRODUCT, [0.0, right.high if right.low > 0 else right.low], (left, right))


def negative(term: Term) -> Term:
    """Return the term with its sign turned."""
    return replace(term, text=f"-{fitted(term, MINUS)}", low=-term.high, high=-term.low, rank=MINUS, fixed=False)


def power(base: Term, exponent: Term) -> Term:
    """Return the power of a base that is never negative (and never 0 if the exponent may be below 0)."""
    text = f"{fitted(base, ATOM)} ** {fitted(exponent, MINUS)}"
    return replace(made(text, POWER, corners(math.pow, base, exponent), (base, exponent)), rough=True)


def whole_power(base: Term, exponent: int) -> Term:
    """Return the power of any base with a whole exponent of 0 or more."""
    values = [base.low**exponent, base.high**exponent]
    if base.low < 0 < base.high:
        values.append(0.0)
    return replace(made(f"{fitted(base, ATOM)} ** {exponent}", POWER, values, (base,)), rough=True)


def call(function: str, parts: Iterable[Term], values: Iterable[float], whole: bool = False) -> Term:
    """Return a function's call whose value lies in the hull of ``values``."""
    listed = list(parts)
    return made(f"{function}({', '.join(part.text for part in listed)})", ATOM, values, listed, whole)


def smooth(function: str, of: Callable[[float], float], part: Term) -> Term:
    """Return the call of a rising function whose last bits may differ between libraries."""
    return replace(call(function, [part], [of(part.low), of(part.high)]), rough=True)


def logistic(value: float) -> float:
    """Return 1 / (1 + exp(-value)) without overflow."""
    return 1 / (1 + math.exp(-value)) if value >= 0 else 1 - 1 / (1 + math.exp(value))


def clipped(term: Term, low: float, high: float) -> Term:
    """Return the term clipped to ``[low, high]``."""
    values = [min(max(term.low, low), high), min(max(term.high, low), high)]
    return call("clip", [term, constant(low), constant(high)], values)


def tamed(term: Term) -> Term:
    """Return the term, clipped where it may be too large to build on."""
    return term if term.size <= LARGEST else clipped(term, -20, 20)


def choice(then: Term, condition: Term, otherwise: Term) -> Term:
    """Return ``then if condition else otherwise``."""
    text = f"{fitted(then, OR)} if {fitted(condition, OR)} else {fitted(otherwise, CONDITIONAL)}"
    values = [then.low, then.high, otherwise.low, otherwise.high]
    return made(text, CONDITIONAL, values, (then, otherwise), then.whole and otherwise.whole)


def truth(text: str, rank: int) -> Term:
    """Return a term that is 0 or 1."""
    return Term(text, 0.0, 1.0, rank, whole=True)


def compared(*parts: Term | str) -> Term:
    """Return a comparison, chained if long: ``compared(a, "<", b, "<=", c)``."""
    return truth(" ".join(part if isinstance(part, str) else fitted(part, SUM) for part in parts), COMPARE)


def both(left: Term, right: Term) -> Term:
    """Return ``left and right``."""
    return truth(f"{fitted(left, AND)} and {fitted(right, NOT)}", AND)


def either(left: Term, right: Term) -> Term:
    """Return ``left or right``."""
    return truth(f"{fitted(left, OR)} or {fitted(right, AND)}", OR)


def denied(term: Term) -> Term:
    """Return ``not term``."""
    return truth(f"not {fitted(term, NOT)}", NOT)
