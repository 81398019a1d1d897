"""Where an estimated curve crosses zero: its roots, and around each the values at which zero lies in its interval.

A curve is known only where it has been looked at. It is looked at on a grid first, and then, a few places at a time,
wherever it or an end of its interval changes sign between two neighbours. Nothing is assumed of its shape but that:
it may jump, be level, or cross more than once. Two crossings between neighbours of the grid cancel out unseen, unless
the curve's bend gives them away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from sim.scenario.arithmetic import Floats

GRID = 13
"""Places of the first look, both ends included."""

ROUNDS = 7
"""Most looks after the first; a smooth curve needs three, a jump all."""

_AROUND = (0.05, 0.01, 0.002)
"""How far from where a straight line would cross to look, by round, as a share of what lies between two neighbours."""

_EVENLY = 10
"""Equal parts that a stubborn stretch is cut into from the fourth round on."""

_END, _ROOT, _EXACT = 1e-3, 1e-4, 1e-6
"""Shares of the range to which are known: an interval's end, a root, and a root of a curve without noise."""

_JUMP = 0.02
"""Share of all that a curve does from which on it jumps rather than crosses."""

_TREMBLE = 0.25
"""Share of its reach that a curve may go away from zero between two roots that are taken as one, or that its interval
may between two stretches that are."""

Kind = Literal["crossing", "jump", "touch", "level", "undecided"]


@dataclass(frozen=True)
class Crossing:
    """Where a curve is zero, and the values around at which its interval contains zero.

    ``crossing``: it passes through zero; ``jump``: it jumps over it; ``touch``: it reaches zero and turns back;
    ``level``: it stays at zero for a while; ``undecided``: it is never zero here (``at`` is None), but might be, for
    all that its interval says.
    """

    kind: Kind
    at: float | None
    low: float
    high: float
    cut: tuple[bool, bool] = (False, False)
    """Whether the interval goes on beyond the low, and the high, end of the range."""
    signs: tuple[int, int] = (0, 0)
    """The curve's sign just below and just above; 0 beyond an end of the range, and where undecided."""

    def to_dict(self) -> dict[str, Any]:
        """Return the crossing as it stands in JSON."""
        cut = [end for end, is_cut in zip(("low", "high"), self.cut, strict=True) if is_cut]
        return {
            "kind": self.kind,
            "break_even": self.at,
            "low": self.low,
            "high": self.high,
            "cut": cut,
            "signs": list(self.signs),
        }


class Curve:
    """What is known of a curve from ``low`` to ``high``: places in rising order, and mean and reach at each.

    ``reach`` is half the width of the 95 % interval.
    """

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high
        self.at, self.mean, self.reach = np.zeros(0), np.zeros(0), np.zeros(0)

    def add(self, at: Floats, mean: Floats, reach: Floats) -> None:
        """Take in what was seen at some places."""
        at = np.concatenate([self.at, at])
        order = np.argsort(at, kind="stable")
        self.at = at[order]
        self.mean = np.concatenate([self.mean, mean])[order]
        self.reach = np.concatenate([self.reach, reach])[order]

    @property
    def side(self) -> Floats:
        """Return at each place 1 or -1 where the interval lies above or below zero, 0 where it contains zero."""
        return np.where(np.abs(self.mean) > self.reach, np.sign(self.mean), 0.0)

    @property
    def moves(self) -> float:
        """Return how far the curve goes up and down in all."""
        return float(np.ptp(self.mean)) if len(self.mean) else 0.0

    def wanted(self, round_: int) -> Floats:
        """Return where to look in a round (from 0); nothing once all is known well enough."""
        found = [place for pair in self._open_pairs() for place in self._within(pair, round_)]
        if round_ == 0:
            found += list(self._bends())
        new = np.unique(np.asarray(found, dtype=float))
        return new[~np.isin(new, self.at)]

    def _open_pairs(self) -> Iterator[int]:
        """Yield the neighbours, by the first, between which something changes sign and that are still too far apart."""
        sign, side, width = np.sign(self.mean), self.side, self.high - self.low
        for first in range(len(self.at) - 1):
            crosses = sign[first] * sign[first + 1] < 0
            exact = min(self.reach[first], self.reach[first + 1]) == 0.0
            if not crosses and side[first] == side[first + 1]:
                continue
            enough = _EXACT if exact else _ROOT if crosses else _END
            if self.at[first + 1] - self.at[first] > enough * width:
                yield first

    def _within(self, first: int, round_: int) -> Iterator[float]:
        left, right = self.at[first], self.at[first + 1]
        share = _AROUND[min(round_, len(_AROUND) - 1)]
        for edge in (0.0, -1.0, 1.0):
            ends = (self.mean + edge * self.reach)[first : first + 2]
            if ends[0] * ends[1] <= 0.0 and ends[0] != ends[1]:
                zero = ends[0] / (ends[0] - ends[1])
                for near in (zero - share, zero + share):
                    yield left + float(np.clip(near, share / 4, 1 - share / 4)) * (right - left)
        if round_ >= len(_AROUND):
            yield from np.linspace(left, right, _EVENLY + 1)[1:-1]

    def _bends(self) -> Iterator[float]:
        """Yield where the curve turns back just before zero and may reach it between the places seen."""
        for middle in range(1, len(self.at) - 1):
            three = slice(middle - 1, middle + 2)
            before, here, after = np.abs(self.mean[three])
            if abs(np.sign(self.mean[three]).sum()) < 3 or not (here < before and here < after):
                continue
            heights = np.sign(self.mean[middle]) * self.mean[three]
            curve, slope, height = np.polyfit(self.at[three] - self.at[middle], heights, 2)
            if height - slope * slope / (4 * curve) < here / 2:
                yield self.at[middle] - slope / (2 * curve)

    def crossings(self, near: float) -> tuple[Crossing, ...]:
        """Return all crossings in rising order; of a level stretch the value nearest to ``near`` stands for it."""
        found = self._steadied([*self._roots(near)])
        side, place = self.side, 0
        while place < len(side):
            last = place
            while last + 1 < len(side) and side[last + 1] == side[place] == 0.0:
                last += 1
            if side[place] == 0.0:
                low, high, cut = self._around(place, last)
                if not any(low <= each.high and each.low <= high for each in found):
                    found.append(Crossing("undecided", None, low, high, cut))
            place = last + 1
        found.sort(key=lambda each: each.low if each.at is None else each.at)
        whole: list[Crossing] = []
        for each in found:
            if whole and self._belongs(whole[-1], each):
                whole[-1] = _joined(whole[-1], each)
            else:
                whole.append(each)
        return tuple(whole)

    def _belongs(self, left: Crossing, right: Crossing) -> bool:
        """Say whether one of two is but a piece of the other's interval that a trembling end has broken off."""
        if left.at is not None and right.at is not None:
            return False
        between = (self.at > left.high) & (self.at < right.low)
        return bool(np.all(np.abs(self.mean[between]) < (1.0 + _TREMBLE) * self.reach[between]))

    def _roots(self, near: float) -> Iterator[Crossing]:
        sign, side, place = np.sign(self.mean), self.side, 0
        while place < len(sign):
            if sign[place] == 0.0:
                last = place
                while last + 1 < len(sign) and sign[last + 1] == 0.0:
                    last += 1
                around = (
                    int(sign[place - 1]) if place > 0 else 0,
                    int(sign[last + 1]) if last + 1 < len(sign) else 0,
                )
                kind: Kind = "level" if last > place else "touch" if around[0] * around[1] > 0 else "crossing"
                at = self._standing(place, last, near)
                yield Crossing(kind, at, *self._around(place, last), around)
                place = last
            elif place + 1 < len(sign) and sign[place] * sign[place + 1] < 0.0:
                left, right = self.at[place], self.at[place + 1]
                step = self.mean[place + 1] - self.mean[place]
                jumps = side[place] * side[place + 1] < 0.0 and abs(step) > _JUMP * self.moves
                at = float((left + right) / 2 if jumps else left - self.mean[place] * (right - left) / step)
                signs = int(sign[place]), int(sign[place + 1])
                yield Crossing("jump" if jumps else "crossing", at, *self._around(place, place + 1), signs)
            place += 1

    def _steadied(self, roots: Sequence[Crossing]) -> list[Crossing]:
        """Return the roots with those taken as one between which the curve only trembles, far within its interval."""
        groups: list[list[Crossing]] = []
        for root in roots:
            if groups and self._trembles(groups[-1][-1], root):
                groups[-1].append(root)
            else:
                groups.append([root])
        return [_one(group) for group in groups]

    def _trembles(self, left: Crossing, right: Crossing) -> bool:
        if left.at is None or right.at is None:
            return False
        between = (self.at > left.at) & (self.at < right.at)
        return bool(np.all(np.abs(self.mean[between]) < _TREMBLE * self.reach[between]))

    def _standing(self, first: int, last: int, near: float) -> float:
        """Return which value stands for a stretch of zeros: an end of the range if short, else nearest to ``near``."""
        ends = float(self.at[first]), float(self.at[last])
        if ends[1] - ends[0] < _END * (self.high - self.low):
            if first == 0:
                return ends[0]
            if last == len(self.at) - 1:
                return ends[1]
        return float(np.clip(near, *ends))

    def _around(self, first: int, last: int) -> tuple[float, float, tuple[bool, bool]]:
        """Return the ends of the interval around the places ``first`` to ``last``, and which the range cuts off."""
        side = self.side
        left, right = first, last
        while left > 0 and side[left] == 0.0:
            left -= 1
        while right < len(side) - 1 and side[right] == 0.0:
            right += 1
        low = self._end(left, left + 1, first) if side[left] else float(self.at[left])
        high = self._end(right, right - 1, last) if side[right] else float(self.at[right])
        return low, high, (not side[left], not side[right])

    def _end(self, outside: int, inside: int, innermost: int) -> float:
        """Return where, between a place outside an interval and the next one inside, the interval ends."""
        # Without noise, or without a place inside, all that is known is that the end is not further out.
        if outside == innermost or not self.reach[outside] or not self.reach[inside]:
            return float(self.at[outside])
        edge = -self.side[outside]
        from_, to = (float(self.mean[each] + edge * self.reach[each]) for each in (outside, inside))
        return float(self.at[outside] + (self.at[inside] - self.at[outside]) * from_ / (from_ - to))


def _joined(left: Crossing, right: Crossing) -> Crossing:
    """Return a crossing with a piece of its interval that lies to one side of it."""
    root = left if left.at is not None else right
    return replace(root, low=left.low, high=right.high, cut=(left.cut[0], right.cut[1]))


def _one(group: Sequence[Crossing]) -> Crossing:
    """Return the one crossing that a trembling curve makes of several: the middle one, between the outermost sides."""
    first, last, middle = group[0], group[-1], group[(len(group) - 1) // 2]
    if len(group) == 1:
        return middle
    signs = first.signs[0], last.signs[1]
    kind: Kind = "touch" if signs[0] * signs[1] > 0 else "crossing"
    cut = any(each.cut[0] for each in group), any(each.cut[1] for each in group)
    low, high = min(each.low for each in group), max(each.high for each in group)
    return Crossing(kind, middle.at, low, high, cut, signs)


Look = Callable[[Sequence[Floats]], Sequence[tuple[Floats, Floats]]]
"""Looks at places of several curves at once: for each curve places in, means and reaches at them out."""


def explore(curves: Sequence[Curve], first: Sequence[Floats], look: Look, rounds: int = ROUNDS) -> None:
    """Look at curves where each is to be looked at first, then wherever something changes sign; all at once a round."""
    places = list(first)
    for round_ in range(rounds + 1):
        if not any(len(each) for each in places):
            return
        for curve, at, (mean, reach) in zip(curves, places, look(places), strict=True):
            curve.add(at, mean, reach)
        places = [curve.wanted(round_) for curve in curves]
