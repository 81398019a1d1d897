"""The parameters that a sweep changes, and the points at which it plays: along a line, over a plane, or drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.errors import CommandError, Fault, Place, quoted
from sim.experiment.points import Points
from sim.model.compiling import unknown
from sim.model.luck import derived_seed, uniforms
from sim.scenario.schema import Scenario

LINE, PLANE = 21, 11
"""Values of a parameter, unless told otherwise: of one alone, and of each of two."""

MOST = 100_000
"""Most points of a sweep."""

Span = tuple[float | None, float | None, int | None]
"""Low, high and number of values; None where nothing is said."""


@dataclass(frozen=True)
class Axis:
    """A parameter that is changed: between which values, and at which of them (none where points are drawn)."""

    name: str
    low: float
    high: float
    values: tuple[float, ...]
    now: float
    """Its value when nothing is changed."""

    def to_dict(self) -> dict[str, Any]:
        """Return the axis as it stands in JSON."""
        return {"low": self.low, "high": self.high, "now": self.now, "values": list(self.values)}


def spans_of(over: str | Sequence[str] | Mapping[str, Sequence[float] | None]) -> dict[str, Span]:
    """Return spans as Python asks for them: names, or by name ``(low, high)``, ``(low, high, count)`` or None.

    Raises:
        CommandError: what stands by a name is none of these.
    """
    if not isinstance(over, Mapping):
        return dict.fromkeys([over] if isinstance(over, str) else over, (None, None, None))
    spans: dict[str, Span] = {}
    for name, given in over.items():
        ends = (None, None) if given is None else tuple(given)
        count = ends[2] if len(ends) == 3 else None
        if not 2 <= len(ends) <= 3 or (count is not None and count != int(count)):
            problem = f"{quoted(name)} is to be swept over {given!r}"
            raise _refused("OVER", problem, "write (low, high), (low, high, how many), or None for its range")
        spans[name] = (ends[0], ends[1], None if count is None else int(count))
    return spans


def axes_of(
    scenario: Scenario,
    over: Mapping[str, Span],
    values: Mapping[str, Sequence[float]],
    *,
    drawn: bool = False,
) -> tuple[Axis, ...]:
    """Return the axes of a sweep: spans with a number of values, then values by name.

    Raises:
        CommandError: a parameter the scenario does not have, or a span or values that cannot be swept.
    """
    names = list(dict.fromkeys([*over, *values]))
    if not names:
        raise _refused("OVER", "no parameter is swept", "name one: --over PARAMETER=LOW:HIGH:N")
    for name in names:
        if name not in scenario.parameters:
            raise unknown(name, list(scenario.parameters), "parameter")
        if name in over and name in values:
            raise _refused("VALUES", f"{quoted(name)} stands in --over and in --values", "use one of the two")
    if drawn and values:
        raise _refused("VALUES", "points that are drawn have no values given", "write --over with --latin")
    if not drawn and len(names) > 2:
        problem = f"{len(names)} parameters are swept, and a grid has one or two"
        raise _refused("OVER", problem, "add --latin N to draw N points over all of them")
    usual = 0 if drawn else LINE if len(names) == 1 else PLANE
    return tuple(
        _listed(scenario, name, values[name]) if name in values else _spanned(scenario, name, over[name], usual)
        for name in names
    )


def grid(axes: Sequence[Axis]) -> Points:
    """Return every combination of the axes' values; the first axis changes fastest."""
    count = math.prod(len(axis.values) for axis in axes)
    if count > MOST:
        raise _refused("OVER", f"that makes {count:,} points", f"ask for at most {MOST:,}")
    across = np.meshgrid(*(np.array(axis.values) for axis in axes), indexing="ij")
    return Points(tuple(axis.name for axis in axes), np.stack([each.ravel(order="F") for each in across]))


def latin(axes: Sequence[Axis], count: int, seed: int) -> Points:
    """Return points drawn as a Latin hypercube: in each of ``count`` equal parts of every axis lies one point.

    McKay, Beckman and Conover, Technometrics 21, 1979.
    """
    if not 2 <= count <= MOST:
        raise _refused("LATIN", f"{count} points are asked for", f"write a whole number from 2 to {MOST:,}")
    rows = []
    for axis in axes:
        within, order = (
            uniforms(derived_seed(seed, f"latin {what} {axis.name}"), "points", 0, count, 0)
            for what in ("place", "order")
        )
        part = (np.argsort(order, kind="stable") + within) / count
        rows.append(np.clip(axis.low + (axis.high - axis.low) * part, axis.low, axis.high))
    return Points(tuple(axis.name for axis in axes), np.stack(rows))


def _spanned(scenario: Scenario, name: str, span: Span, usual: int) -> Axis:
    low, high, count = span
    part = scenario.parameters[name]
    if part.range is not None:
        low, high = part.range[0] if low is None else low, part.range[1] if high is None else high
    if low is None or high is None:
        problem = f"the parameter {quoted(name)} has no range to sweep over"
        raise _refused("OVER", problem, f"write --over {name}=LOW:HIGH, such as --over {name}=0:1")
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        problem = f"{quoted(name)} is to go from {low:g} to {high:g}"
        raise _refused("OVER", problem, "write two numbers, the smaller one first")
    if count is None:
        count = usual
    elif not usual:
        raise _refused("OVER", f"{quoted(name)} has a number of values of its own", "say how many points with --latin")
    elif not 2 <= count <= MOST:
        raise _refused("OVER", f"{quoted(name)} is to have {count} values", f"ask for 2 to {MOST:,}, or use --values")
    return Axis(name, low, high, _between(low, high, count), part.value)


def _between(low: float, high: float, count: int) -> tuple[float, ...]:
    """Return evenly spaced values, as short as they can be written where steps are plain decimals."""
    values = np.linspace(low, high, count) if count else np.zeros(0)
    # 0.30000000000000004 is meant to be 0.3: twelve digits are far finer than any step.
    digits = 12 - math.ceil(math.log10(max(abs(low), abs(high)))) if count else 0
    short = [round(float(value), digits) for value in values]
    fine = len(set(short)) == count and all(
        abs(ours - value) <= 1e-9 * (high - low) for ours, value in zip(short, values, strict=True)
    )
    return (low, *short[1:-1], high) if fine and count else tuple(float(value) for value in values)


def _listed(scenario: Scenario, name: str, values: Sequence[float]) -> Axis:
    listed = tuple(sorted({float(value) for value in values}))
    if not listed or not all(math.isfinite(value) for value in listed):
        raise _refused("VALUES", f"{quoted(name)} is given no finite values", f"write --values {name}=0,0.5,1")
    return Axis(name, listed[0], listed[-1], listed, scenario.parameters[name].value)


def _refused(code: str, problem: str, remedy: str) -> CommandError:
    return CommandError(Fault(Place("command line"), code, problem, remedy))
