"""Pictures as places: bars and lines as numbers that a template puts into a few hundred bytes of SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiment.summary import Stat
from sim.report import numbers

WIDTH = 360.0
_EDGE = 58.0
"""What is kept free on either side for numbers."""
MINI = (160.0, 60.0)
"""Width and height of a small picture of lines."""
_NEAR = 3.0


@dataclass(frozen=True)
class Scale:
    """From numbers to places: from ``low`` to ``high``, which are round."""

    low: float
    high: float
    first: float
    last: float

    def at(self, value: float) -> float:
        """Return the place of a number."""
        return self.first + (value - self.low) / (self.high - self.low) * (self.last - self.first)


@dataclass(frozen=True)
class Bar:
    """A bar from zero to a number, with its interval and the number in writing."""

    series: int
    """From 1."""
    x: float
    width: float
    low: float | None
    high: float | None
    text: str
    text_x: float
    left: bool
    """Whether the text stands to the left of its place."""


@dataclass(frozen=True)
class Group:
    """Bars below one label."""

    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Bars:
    """A picture of groups of bars over one scale."""

    groups: tuple[Group, ...]
    zero: float
    low: str
    high: str
    first: float
    last: float


@dataclass(frozen=True)
class Line:
    """A small picture: one line a series over time."""

    label: str
    paths: tuple[str, ...]
    low: str
    high: str
    ends: tuple[str, ...]
    """The last number of each series."""


def scale_of(
    values: Iterable[float], first: float, last: float, bounds: tuple[float, float] = (-math.inf, math.inf)
) -> Scale:
    """Return a scale from round numbers that holds zero and all values: it stays the same while they move a little.

    It does not go beyond what bounds allow.
    """
    values = [value for value in values if math.isfinite(value)]
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    if low == high:
        return Scale(0.0, 1.0, first, last)
    step = _step(high - low)
    top = math.ceil(high / step + 1e-9) * step if high else 0.0
    bottom = math.floor(low / step - 1e-9) * step if low else 0.0
    return Scale(max(bottom, min(low, bounds[0])), min(top, max(high, bounds[1])), first, last)


def bars_of(rows: Sequence[tuple[str, Sequence[Stat]]], *, sign: bool = False, series: int = 1) -> Bars:
    """Return a picture of labelled means with their intervals.

    Args:
        rows: label, and a mean for each series.
        sign: whether a plus is written too.
        series: what the first series is numbered.
    """
    ends = [end for _, stats in rows for stat in stats for end in (stat.mean, stat.low, stat.high) if end is not None]
    scale = scale_of(ends, _EDGE, WIDTH - _EDGE)
    zero = scale.at(0.0)
    groups = []
    for label, stats in rows:
        decimals = numbers.common_decimals(stats)
        bars = []
        for place, stat in enumerate(stats):
            at = scale.at(stat.mean)
            low, high = (None if end is None else scale.at(end) for end in (stat.low, stat.high))
            left = stat.mean < 0
            text_x = min(at, low or at) - _NEAR if left else max(at, high or at) + _NEAR
            shown = low is not None and high is not None and stat.se
            bars.append(
                Bar(
                    series + place,
                    min(zero, at),
                    max(abs(at - zero), 0.5),
                    low if shown else None,
                    high if shown else None,
                    numbers.mean(stat, decimals, sign=sign),
                    text_x,
                    left,
                )
            )
        groups.append(Group(label, tuple(bars)))
    return Bars(tuple(groups), zero, numbers.number(scale.low), numbers.number(scale.high), scale.first, scale.last)


def line_of(label: str, series: Sequence[Sequence[float]], bounds: tuple[float, float]) -> Line:
    """Return a small picture of how numbers go over time, between bounds that they keep."""
    width, height = MINI
    scale = scale_of((value for each in series for value in each), height - 2.0, 2.0, bounds)
    decimals = min(max(2 - math.floor(math.log10(scale.high - scale.low)), 0), numbers.MOST)
    paths = []
    for each in series:
        step = width / max(len(each) - 1, 1)
        kept = _thinned(len(each))
        paths.append(" ".join(f"{place * step:.1f},{scale.at(each[place]):.1f}" for place in kept))
    ends = tuple(numbers.number(float(each[-1]), decimals) for each in series)
    return Line(label, tuple(paths), numbers.number(scale.low), numbers.number(scale.high), ends)


def _thinned(count: int, most: int = 61) -> Sequence[int]:
    return range(count) if count <= most else np.unique(np.linspace(0, count - 1, most).round().astype(int)).tolist()


def _step(span: float) -> float:
    """Return a round step of which four to ten make up a span."""
    power = 10.0 ** math.floor(math.log10(span))
    return next(step * power for step in (0.1, 0.2, 0.25, 0.5, 1.0) if span / (step * power) <= 8.0 or step == 1.0)
