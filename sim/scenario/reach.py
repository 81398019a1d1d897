"""Between what numbers an expression can lie, told from the bounds of the names in it: arithmetic on intervals.

What is found holds always, but may be wider than need be, since a name that stands twice is taken as two.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from sim.scenario.expressions import Expression
from sim.scenario.operations import CALLS

Bounds = tuple[float, float]
ANYTHING: Bounds = (-math.inf, math.inf)
TRUTH: Bounds = (0.0, 1.0)


class Reach:
    """Reads expressions for bounds, given those of state, parameters and turn, and what is derived from them."""

    def __init__(self, names: Mapping[str, Bounds], derived: Mapping[str, Expression]) -> None:
        self._names, self._derived = dict(names), derived

    def of(self, expression: Expression) -> Bounds:
        """Return the least and the most that an expression can be."""
        return self._part(expression.tree)

    def _name(self, name: str) -> Bounds:
        if name not in self._names:
            self._names[name] = self.of(self._derived[name]) if name in self._derived else ANYTHING
        return self._names[name]

    def _part(self, node: ast.expr) -> Bounds:
        match node:
            case ast.Constant(value=int() | float() as value):
                return float(value), float(value)
            case ast.Name(id=name):
                return self._name(name)
            case ast.UnaryOp(op=ast.USub()):
                low, high = self._part(node.operand)
                return -high, -low
            case ast.UnaryOp() | ast.BoolOp() | ast.Compare():
                return TRUTH
            case ast.IfExp():
                return _either([self._part(node.body), self._part(node.orelse)])
            case ast.BinOp():
                return _BINARY.get(type(node.op), _unknown)(self._part(node.left), self._part(node.right))
            case ast.Call(func=ast.Name(id=called)):
                return _called(called, [self._part(argument) for argument in node.args])
        return ANYTHING


def _unknown(left: Bounds, right: Bounds) -> Bounds:
    return ANYTHING


def _either(some: Sequence[Bounds]) -> Bounds:
    return min(low for low, _ in some), max(high for _, high in some)


def _hull(values: Sequence[float]) -> Bounds:
    return ANYTHING if any(math.isnan(value) for value in values) else (min(values), max(values))


def _plus(left: Bounds, right: Bounds) -> Bounds:
    return left[0] + right[0], left[1] + right[1]


def _minus(left: Bounds, right: Bounds) -> Bounds:
    return left[0] - right[1], left[1] - right[0]


def _times(left: Bounds, right: Bounds) -> Bounds:
    # Nothing times anything is nothing: what is infinite here only has no bound.
    return _hull([a * b if a and b else 0.0 for a in left for b in right])


def _over(left: Bounds, right: Bounds) -> Bounds:
    if right[0] <= 0.0 <= right[1]:
        return ANYTHING
    return _times(left, (1.0 / right[1], 1.0 / right[0]))


def _power(left: Bounds, right: Bounds) -> Bounds:
    if left[0] < 0.0:
        even = right[0] == right[1] and right[0] > 0.0 and right[0] % 2.0 == 0.0
        return (0.0, math.inf) if even else ANYTHING
    with np.errstate(all="ignore"):
        return _hull([float(np.power(a, b)) for a in left for b in right])


_BINARY: Mapping[type[ast.operator], Callable[[Bounds, Bounds], Bounds]] = {
    ast.Add: _plus,
    ast.Sub: _minus,
    ast.Mult: _times,
    ast.Div: _over,
    ast.Pow: _power,
}

_RISING = frozenset({"sqrt", "exp", "log", "floor", "ceil", "logistic", "min", "max"})
"""Functions that never fall as an argument rises: their bounds are those of their arguments."""


def _called(name: str, given: list[Bounds]) -> Bounds:
    if name in _RISING:
        with np.errstate(all="ignore"):
            return _hull([float(np.ravel(CALLS[name](*ends))[0]) for ends in zip(*given, strict=True)])
    if name == "pick":
        return _either(given[1:])
    if name == "clip":
        # Held below the last argument, whatever the others are.
        _, least, most = given
        return min(least[0], most[0]), most[1]
    if name == "abs":
        low, high = given[0]
        return (0.0 if low <= 0.0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
    return ANYTHING
