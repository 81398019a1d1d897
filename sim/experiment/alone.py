"""Each parameter alone: where in its range two sides are equally good, and how far it gets where they never are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.experiment.balance import Balance
from sim.experiment.crossings import Crossing, Curve, explore
from sim.experiment.summary import Stat
from sim.scenario.arithmetic import Floats

_ROUNDING = 1e-9
"""Share below which two numbers differ by rounding alone."""


@dataclass(frozen=True)
class Alone:
    """What one parameter alone can do: its crossings in rising order, and the value at which it does most.

    ``most`` is the value seen at which today's difference is nearest to being turned around, and the difference there;
    None where the parameter was not looked at because both sides keep a value of their own.
    """

    name: str
    now: float
    range: tuple[float, float]
    crossings: tuple[Crossing, ...]
    matters: bool
    """Whether the difference changes anywhere in the range."""
    kept: tuple[str, ...]
    """The sides whose regime gives it a value of its own, which stays."""
    most: tuple[float, Stat] | None

    @cached_property
    def nearest(self) -> Crossing | None:
        """Return the break-even nearest to today; None where there is none in the range."""
        roots = [(abs(each.at - self.now), each) for each in self.crossings if each.at is not None]
        return min(roots, key=lambda root: root[0])[1] if roots else None

    @property
    def break_even(self) -> float | None:
        """Return the break-even value nearest to today's; None where there is none in the range."""
        return None if self.nearest is None else self.nearest.at

    def beyond(self, root: Crossing) -> int:
        """Return the sign of the difference just beyond a root, seen from today; 0 where the range ends there."""
        return 0 if root.at is None else root.signs[1 if root.at > self.now else 0]

    @property
    def moved(self) -> float | None:
        """Return how far the break-even lies from today, in widths of the range, with its sign."""
        if self.break_even is None:
            return None
        return (self.break_even - self.now) / (self.range[1] - self.range[0])

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as it stands in JSON."""
        shown = self.nearest or next(iter(self.crossings), None)
        return {
            "now": self.now,
            "break_even": self.break_even,
            "range": list(self.range),
            "low": None if shown is None else shown.low,
            "high": None if shown is None else shown.high,
            "moved": self.moved,
            "crossings": [each.to_dict() for each in self.crossings],
            "matters": self.matters,
            "kept": list(self.kept),
            "most": None if self.most is None else {"value": self.most[0], "difference": self.most[1].to_dict()},
        }


@dataclass(frozen=True, eq=False)
class Scan:
    """Parameters looked at one at a time: today's difference, the answers, and the curves behind them by name."""

    difference: Stat
    answers: tuple[Alone, ...]
    curves: Mapping[str, Curve]


def ladder(answers: Sequence[Alone]) -> tuple[Alone, ...]:
    """Return the parameters that break even in their range, the one that has to move least first."""
    moved = [(abs(each.moved), each) for each in answers if each.moved is not None]
    return tuple(each for _, each in sorted(moved, key=lambda pair: pair[0]))


def scanned(balance: Balance, ranges: Mapping[str, tuple[float, float]], grid: int) -> Scan:
    """Look at every parameter that some side leaves open, over its range; all of them in the same points.

    Where today's value lies outside the range, what lies between is looked at too.

    Raises:
        RunError: an expression misbehaves at some value within a range.
    """
    kept = {name: tuple(side for side, its in balance.kept.items() if name in its) for name in ranges}
    open_ = [name for name in ranges if len(kept[name]) < len(balance.sides)]
    today = balance.today
    start = np.array([today[name] for name in open_])
    difference = balance.at(open_, start[:, np.newaxis]).stat(0)
    curves = {name: Curve(min(ranges[name][0], today[name]), max(ranges[name][1], today[name])) for name in open_}
    seen: dict[str, dict[float, Stat]] = {name: {today[name]: difference} for name in open_}

    def look(places: Sequence[Floats]) -> list[tuple[Floats, Floats]]:
        counts = [len(each) for each in places]
        values = np.repeat(start[:, np.newaxis], sum(counts), axis=1)
        ends = np.cumsum(counts)
        stretches = [slice(int(end) - count, int(end)) for end, count in zip(ends, counts, strict=True)]
        for row, (stretch, at) in enumerate(zip(stretches, places, strict=True)):
            values[row, stretch] = at
        found = balance.at(open_, values)
        for name, stretch, at in zip(open_, stretches, places, strict=True):
            seen[name] |= {float(value): found.stat(stretch.start + place) for place, value in enumerate(at)}
        return [(found.mean[stretch], found.reach[stretch]) for stretch in stretches]

    if open_:
        explore(list(curves.values()), [_first(ranges[name], today[name], grid) for name in open_], look)
    side = math.copysign(1.0, difference.mean)
    answers = []
    for name, range_ in ranges.items():
        if name not in curves:
            answers.append(Alone(name, today[name], range_, (), matters=False, kept=kept[name], most=None))
            continue
        curve = curves[name]
        matters = bool(np.ptp(curve.mean) > _ROUNDING * np.max(np.abs(curve.mean)))
        crossings = curve.crossings(today[name]) if matters else ()
        most = min(seen[name].items(), key=lambda each: side * each[1].mean)
        answers.append(Alone(name, today[name], range_, crossings, matters=matters, kept=kept[name], most=most))
    return Scan(difference, tuple(answers), curves)


def _first(range_: tuple[float, float], today: float, grid: int) -> Floats:
    """Return where a range is looked at first: evenly, and at today's value."""
    places = np.linspace(*range_, grid)
    apart = np.abs(places - today) > _ROUNDING * (range_[1] - range_[0])
    return np.sort(np.append(places[apart], today))
