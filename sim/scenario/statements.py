"""Statements about results: the small language of claims (language page, section 6).

A statement is one comparison or several joined by ``and``; each side is a sum of numbers and of results, or of numbers
and of what equilibria give to strategies.
"""

from __future__ import annotations

import ast
import math
import re
from dataclasses import dataclass, field

from sim.errors import Place, quoted
from sim.scenario.expressions import LONGEST, NUMBER, NotAnExpression, check_number, misspelled_number
from sim.scenario.source import Scalar

_WORDS = re.compile(rf"\s+|[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*|(?P<number>{NUMBER})|[<>]=?|[-+*(),]")
_OPERATOR = re.compile(r"[<>]=?|\bis(?: +not\b)?|\bnot +in\b|\bin\b")
EQUILIBRIUM = "equilibrium"
"""The one function of claims."""

_CALL = f"write {EQUILIBRIUM}(REGIME, ACTOR, STRATEGY, ...)"
_REMEDY = "write sums of results compared by < <= > >=, such as post_treaty.nato < treaty.nato"


@dataclass(frozen=True)
class Reference:
    """One result: its dotted words, such as ``('treaty', 'nato', 'costs')``, and where in the text it stands."""

    words: tuple[str, ...]
    offset: int = field(compare=False)

    def __str__(self) -> str:
        return ".".join(self.words)


@dataclass(frozen=True)
class Equilibrium:
    """The least probability that any equilibrium of a regime gives to some strategies of an actor."""

    regime: str
    actor: str
    strategies: tuple[str, ...]
    offset: int = field(compare=False)
    offsets: tuple[int, ...] = field(compare=False)
    """Where in the text the regime, the actor and each strategy stand."""

    @property
    def words(self) -> tuple[str, ...]:
        """Return the names in it, in the order of ``offsets``."""
        return (self.regime, self.actor, *self.strategies)

    def __str__(self) -> str:
        return f"{EQUILIBRIUM}({', '.join(self.words)})"


@dataclass(frozen=True)
class Comparison:
    """``sum of factor * result + constant`` is claimed to be above zero (the larger side less the smaller).

    Of equilibria instead of results where ``equilibria`` is not empty; ``ties`` says whether being equal is as claimed.
    """

    terms: tuple[tuple[float, Reference], ...]
    constant: float
    equilibria: tuple[tuple[float, Equilibrium], ...] = ()
    ties: bool = False


@dataclass(frozen=True, eq=False)
class Statement:
    """A checked statement: its text, its comparisons, and its place in the file."""

    text: str
    comparisons: tuple[Comparison, ...]
    scalar: Scalar = field(repr=False)
    shift: int = field(default=0, repr=False)

    def place_of(self, reference: Reference | Equilibrium) -> Place:
        """Return the place in the file of one of the statement's results."""
        return self.place_at(reference.offset)

    def place_at(self, offset: int) -> Place:
        """Return the place in the file of a character of the text."""
        return self.scalar.place_of(self.shift + offset)

    @property
    def references(self) -> tuple[Reference, ...]:
        """Return every result named, in the order written."""
        return tuple(reference for comparison in self.comparisons for _, reference in comparison.terms)

    @property
    def equilibria(self) -> tuple[Equilibrium, ...]:
        """Return everything asked of equilibria, in the order written."""
        return tuple(each for comparison in self.comparisons for _, each in comparison.equilibria)


Term = tuple[float, Reference | Equilibrium]


def parse_statement(scalar: Scalar) -> Statement:
    """Return the statement a scalar writes; raises ``NotAnExpression`` with the offset of the fault."""
    whole = scalar.text.rstrip()
    shift = len(whole) - len(whole.lstrip())
    text = re.sub(r"\s", " ", whole[shift:])
    try:
        tree = _parsed(text)
        comparisons = tuple(step for part in _parts(tree) for step in _comparisons(part, text))
    except NotAnExpression as fault:
        fault.offset += shift
        raise
    return Statement(text, comparisons, scalar, shift)


def _parsed(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise NotAnExpression(0, f"the statement has {len(text)} characters", f"at most {LONGEST}", "TOO-LONG")
    position = 0
    while position < len(text):
        match = _WORDS.match(text, position)
        if match is None:
            raise _bad_character(text, position)
        if match["number"]:
            check_number(match["number"], position, "CLAIM")
        position = match.end()
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        offset = max(0, (getattr(error, "offset", None) or 1) - 1)
        raise NotAnExpression(min(offset, len(text)), "not a comparison of results", _REMEDY, "CLAIM") from None


def _bad_character(text: str, position: int) -> NotAnExpression:
    number = misspelled_number(text[position], position, "CLAIM")
    problem = f"{quoted(text[position])} has no meaning in a claim"
    return NotAnExpression(position, problem, _REMEDY, "CLAIM") if number is None else number


def _parts(node: ast.expr) -> list[ast.expr]:
    """Return what ``and`` joins, also within brackets."""
    if not isinstance(node, ast.BoolOp):
        return [node]
    if not isinstance(node.op, ast.And):
        problem = "comparisons are joined by 'and' only"
        raise NotAnExpression(node.col_offset, problem, "write two claims", "CLAIM")
    return [part for value in node.values for part in _parts(value)]


def _comparisons(node: ast.expr, text: str) -> list[Comparison]:
    if not isinstance(node, ast.Compare):
        raise NotAnExpression(node.col_offset, "a claim compares results", _REMEDY, "CLAIM")
    sides = [node.left, *node.comparators]
    made = []
    for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
        if not isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
            sign = _OPERATOR.search(text, left.end_col_offset or 0)
            at, word = (sign.start(), sign[0]) if sign else (left.col_offset, "this")
            raise NotAnExpression(at, f"{quoted(word)} has no meaning in a claim", _REMEDY, "CLAIM")
        small, large = (left, right) if isinstance(operator, ast.Lt | ast.LtE) else (right, left)
        terms, constant = _sum(large, 1.0, 0)
        less, less_constant = _sum(small, -1.0, 0)
        if not terms + less:
            raise NotAnExpression(left.col_offset, "a comparison without any result", _REMEDY, "CLAIM")
        if not all(map(math.isfinite, (constant + less_constant, *(factor for factor, _ in terms + less)))):
            raise NotAnExpression(left.col_offset, "the numbers are too large", "write finite numbers", "NOT-FINITE")
        made.append(_compared(terms + less, constant + less_constant, isinstance(operator, ast.LtE | ast.GtE)))
    return made


def _compared(terms: list[Term], constant: float, ties: bool) -> Comparison:
    ordered = sorted(terms, key=lambda term: term[1].offset)
    results = [(factor, each) for factor, each in ordered if isinstance(each, Reference)]
    equilibria = [(factor, each) for factor, each in ordered if isinstance(each, Equilibrium)]
    if results and equilibria:
        problem = "a comparison has results of runs and of equilibria"
        remedy = "compare what equilibria give with numbers, or with each other"
        raise NotAnExpression(equilibria[0][1].offset, problem, remedy, "CLAIM")
    return Comparison(tuple(results), constant, tuple(equilibria), ties and bool(equilibria))


def _sum(node: ast.expr, factor: float, level: int) -> tuple[list[Term], float]:
    if level > LONGEST // 2:
        raise NotAnExpression(node.col_offset, "the statement is nested too deeply", "write it shorter", "CLAIM")
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return [], factor * float(value)
        case ast.Name() | ast.Attribute():
            return [(factor, _reference(node))], 0.0
        case ast.Call(func=ast.Name(id=name)) if name == EQUILIBRIUM:
            return [(factor, _equilibrium(node))], 0.0
        case ast.UnaryOp(op=ast.USub()):
            return _sum(node.operand, -factor, level + 1)
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            left, constant = _sum(node.left, factor, level + 1)
            right, more = _sum(node.right, factor if isinstance(node.op, ast.Add) else -factor, level + 1)
            return left + right, constant + more
        case ast.BinOp(op=ast.Mult()):
            return _product(node, factor, level)
    raise NotAnExpression(node.col_offset, "this has no meaning in a claim", _REMEDY, "CLAIM")


def _product(node: ast.BinOp, factor: float, level: int) -> tuple[list[Term], float]:
    left, left_constant = _sum(node.left, 1.0, level + 1)
    right, right_constant = _sum(node.right, 1.0, level + 1)
    if left and right:
        problem = "a result is multiplied by a result"
        raise NotAnExpression(node.col_offset, problem, "multiply by a number only", "CLAIM")
    number = right_constant if left else left_constant
    terms, constant = (left, left_constant) if left else (right, right_constant)
    return [(factor * number * one, reference) for one, reference in terms], factor * number * constant


def _equilibrium(node: ast.Call) -> Equilibrium:
    for argument in node.args:
        if not isinstance(argument, ast.Name):
            raise NotAnExpression(argument.col_offset, f"{EQUILIBRIUM} takes names only", _CALL, "CLAIM")
    words = [argument.id for argument in node.args if isinstance(argument, ast.Name)]
    if len(words) < 3:
        raise NotAnExpression(
            node.col_offset, f"{EQUILIBRIUM} takes a regime, an actor and its strategies", _CALL, "CLAIM"
        )
    offsets = tuple(argument.col_offset for argument in node.args)
    return Equilibrium(words[0], words[1], tuple(words[2:]), node.col_offset, offsets)


def _reference(node: ast.expr) -> Reference:
    words: list[str] = []
    inner = node
    while isinstance(inner, ast.Attribute):
        words.append(inner.attr)
        inner = inner.value
    if not isinstance(inner, ast.Name):
        raise NotAnExpression(node.col_offset, "this is no result", _REMEDY, "CLAIM")
    return Reference((inner.id, *reversed(words)), node.col_offset)
