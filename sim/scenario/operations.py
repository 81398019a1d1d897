"""What every operation and function of the language does to arrays of runs, and what a value is.

Both readings of an expression, the fast and the strict, take their operations from here, so that they agree to the
last bit.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Value: TypeAlias = Floats | np.float64 | float
Parameters: TypeAlias = Sequence[Value]
"""One value a parameter: a number, or one number a run."""


class Columns(Protocol):
    """The state of some runs: a variable's row gives its values, one a run (or one number for all)."""

    def __getitem__(self, row: int, /) -> Value:
        """Return the values of the variable in a row."""
        ...


def power(base: Value, exponent: Value) -> Floats:
    """Return ``base ** exponent`` by one and the same array path, whatever the number of runs."""
    # numpy squares when the exponent is one number and calls pow when it is an array: the last bits differ.
    bases, exponents = np.asarray(base, dtype=np.float64), np.asarray(exponent, dtype=np.float64)
    if bases.size == exponents.size == 1:
        paired: Floats = np.power(bases.repeat(2), exponents.repeat(2))[:1]
        return paired.reshape(np.broadcast_shapes(bases.shape, exponents.shape))
    count = max(bases.size, exponents.size)
    full: Floats = np.power(*(each if each.size == count else each.repeat(count) for each in (bases, exponents)))
    return full


def logistic(x: Value) -> Value:
    """Return 1 / (1 + exp(-x)) without overflow."""
    small = np.exp(-np.abs(x))
    chosen: Value = np.where(np.greater_equal(x, 0.0), 1.0, small) / (1.0 + small)
    return chosen


def clip(x: Value, low: Value, high: Value) -> Value:
    """Return ``x`` held between ``low`` and ``high``; ``high`` wins where they cross."""
    held: Value = np.minimum(np.maximum(x, low), high)
    return held


def pick(index: Value, *values: Value) -> Value:
    """Return the value that ``index`` points to, rounded down and held within the list."""
    if not any(np.ndim(value) for value in values):
        held = np.asarray(index).clip(0.0, len(values) - 1.0).astype(np.intp)
        listed: Value = np.asarray(values, dtype=np.float64).take(held, mode="clip")
        return listed
    chosen: Value = values[-1]
    for place in range(len(values) - 2, -1, -1):
        chosen = np.where(np.less(index, place + 1.0), values[place], chosen)
    return chosen


def _fold(two: Callable[[Value, Value], Value]) -> Callable[..., Value]:
    def many(first: Value, *others: Value) -> Value:
        for other in others:
            first = two(first, other)
        return first

    return many


CALLS: Mapping[str, Callable[..., Value]] = {
    "min": _fold(np.minimum),
    "max": _fold(np.maximum),
    "abs": np.abs,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "floor": np.floor,
    "ceil": np.ceil,
    "clip": clip,
    "logistic": logistic,
    "pick": pick,
}
BINARY: Mapping[type[ast.operator], tuple[str, Callable[[Value, Value], Value]]] = {
    ast.Add: ("{} + {}", np.add),
    ast.Sub: ("{} - {}", np.subtract),
    ast.Mult: ("{} * {}", np.multiply),
    ast.Div: ("{} / {}", np.divide),
    ast.Pow: ("power({}, {})", power),
    ast.Mod: ("{} % {}", np.remainder),
    ast.FloorDiv: ("{} // {}", np.floor_divide),
}
COMPARE: Mapping[type[ast.cmpop], tuple[str, Callable[[Value, Value], Any]]] = {
    ast.Lt: ("{} < {}", np.less),
    ast.LtE: ("{} <= {}", np.less_equal),
    ast.Gt: ("{} > {}", np.greater),
    ast.GtE: ("{} >= {}", np.greater_equal),
    ast.Eq: ("{} == {}", np.equal),
    ast.NotEq: ("{} != {}", np.not_equal),
}
