"""The cheapest joint change: the point nearest to today at which two sides are equally good for an actor.

Distances count each parameter in widths of its range (times its weight) and add up as lengths do: the root of the sum
of squares. Every candidate lies on a ray that starts from today, at the first place where the difference crosses zero.
A better direction is found by taking the difference for a plane there (successive linearisation), whose slopes come
from points played on the same luck. Several starts keep a bend of the surface from hiding a nearer part of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.experiment.balance import Balance
from sim.experiment.crossings import Curve, explore
from sim.experiment.summary import Stat
from sim.model.luck import derived_seed
from sim.scenario.arithmetic import Floats

_STEPS = 8
"""Most times that a better direction is looked for."""

_STARTS = 2
"""Starts that are followed up, the nearest ones."""

_SLOPE = 0.02
"""Widths of a range over which a slope is measured, each way."""

_WORTHWHILE = 1e-3
"""Share by which a step must shorten the way to be followed by another."""

_TURNS = (1.0, 0.5, 0.25)
"""Shares of a change of direction that are tried at once."""

_ALONG = np.array([0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0, 1.25, 1.5, 1.75, 2.0])
"""Where a ray is looked at first; at 1 the difference is expected to be zero."""

_FAR, _LOOKS = 2.0, 3

_NEXT = 1e-4
"""Widths of a range that no answer is about: so near to an end of it, or to today, is there."""


@dataclass(frozen=True)
class Move:
    """A parameter's part in a joint change; ``moved`` is in widths of its range."""

    name: str
    now: float
    to: float
    moved: float

    def to_dict(self) -> dict[str, Any]:
        """Return the move as it stands in JSON."""
        return {"now": self.now, "to": self.to, "moved": self.moved}


@dataclass(frozen=True)
class Joint:
    """The cheapest joint change found: moves, largest first, and the difference there on old luck and on fresh luck.

    ``low`` and ``high`` are the distances between which, on the same way, the 95 % interval contains zero; None where
    it does so as far as was looked.
    """

    distance: float
    low: float | None
    high: float | None
    moves: tuple[Move, ...]
    difference: Stat
    fresh: Stat
    seed: int
    """Where the fresh luck comes from."""
    beyond: int
    """The sign of the difference just beyond, on the same way; 0 where nothing lies beyond or it stays zero."""

    def to_dict(self) -> dict[str, Any]:
        """Return the change as it stands in JSON."""
        return {
            "distance": self.distance,
            "low": self.low,
            "high": self.high,
            "parameters": {move.name: move.to_dict() for move in self.moves},
            "difference": self.difference.to_dict(),
            "beyond": self.beyond,
            "fresh": {"seed": self.seed, "difference": self.fresh.to_dict()},
        }


@dataclass(frozen=True, eq=False)
class Space:
    """Parameters in which today is the origin and lengths are costs: ``unit`` is a width of a range over a weight."""

    names: tuple[str, ...]
    today: Floats
    width: Floats
    weight: Floats
    low: Floats
    high: Floats
    """How far each may go from today, in units, down (at most 0) and up (at least 0)."""

    @classmethod
    def of(cls, spans: Mapping[str, tuple[float, float, float]], weights: Mapping[str, float]) -> Space:
        """Return the space of parameters given as today's value and the ends of the range."""
        today, low, high = (np.array([span[place] for span in spans.values()]) for place in range(3))
        weight = np.array([weights.get(name, 1.0) for name in spans])
        width = high - low
        unit = width / weight
        down, up = np.minimum(low - today, 0.0) / unit, np.maximum(high - today, 0.0) / unit
        return cls(tuple(spans), today, width, weight, down, up)

    def within(self, point: Floats) -> Floats:
        """Return the point with what lies outside the ranges put at their ends."""
        return np.clip(point, self.low, self.high)

    def snapped(self, point: Floats) -> Floats:
        """Return the point with what lies next to an end of its range, or to today, put there."""
        near = _NEXT * self.weight
        for end in (np.zeros_like(point), self.low, self.high):
            point = np.where(np.abs(point - end) <= near, end, point)
        return point

    def values(self, points: Sequence[Floats]) -> Floats:
        """Return the parameters at points, (parameters, points)."""
        return (self.today + np.stack(points) * (self.width / self.weight)).T

    def moves(self, point: Floats) -> tuple[Move, ...]:
        """Return what a point changes, the costliest first."""
        to = self.values([point])[:, 0]
        order = np.argsort(-np.abs(point), kind="stable")
        moved = point / self.weight
        return tuple(
            Move(self.names[place], float(self.today[place]), float(to[place]), float(moved[place]))
            for place in order
            if point[place]
        )


def cheapest(balance: Balance, space: Space, now: float, starts: Sequence[Floats]) -> Joint | None:
    """Return the cheapest joint change that was found; None if no way within the ranges reaches equality.

    ``now`` is today's difference, ``starts`` are points towards which to look first (in units of the space).

    Raises:
        RunError: an expression misbehaves at a point that was tried.
    """
    seen = _Seen(balance, space, now)
    today = np.zeros(len(space.names))
    local = seen.nearest_by_slope(today, now, seen.slopes([today])[0])
    ways = [*starts, *([local] if local is not None else [])]
    (found,) = seen.first_zeros([ways])
    active = sorted(found, key=_length)[:_STARTS]
    if not active:
        return None
    done: list[Floats] = []
    for _ in range(_STEPS):
        slopes = seen.slopes(active)
        tried = [seen.turned(point, slope) for point, slope in zip(active, slopes, strict=True)]
        going: list[Floats] = []
        for point, others in zip(active, seen.first_zeros(tried), strict=True):
            best = min([point, *others], key=_length)
            (going if _length(best) < (1 - _WORTHWHILE) * _length(point) else done).append(best)
        active = going
        if not active:
            break
    return seen.joint(min([*active, *done], key=_length))


def towards(space: Space, slope: Floats, needed: float) -> Floats | None:
    """Return the point nearest to today at which ``slope @ point == needed``, within the ranges; None without a slope.

    Where the ranges end too soon, it is the point that comes nearest to what is needed.
    """
    if not np.any(slope):
        return None
    from scipy.optimize import brentq

    def reached(factor: float) -> float:
        return float(slope @ space.within(factor * slope)) - needed

    # Beyond this factor every parameter with a slope stands at an end of its range.
    steep = np.abs(slope[slope != 0.0])
    most = float(max(np.max(-space.low), np.max(space.high)) / np.min(steep)) + 1.0
    ends = reached(-most), reached(most)
    if ends[0] >= 0.0 or ends[1] <= 0.0:
        return space.within((-most if ends[0] >= 0.0 else most) * slope)
    return space.within(float(brentq(reached, -most, most, xtol=1e-14, rtol=1e-12)) * slope)


class _Seen:
    """Looks at the difference at points of a space."""

    def __init__(self, balance: Balance, space: Space, now: float) -> None:
        self.balance, self.space, self.now = balance, space, now

    def slopes(self, points: Sequence[Floats]) -> list[Floats]:
        """Return the slopes of the difference at points, by points to both sides of each that are played together."""
        space, asked, spans = self.space, [], []
        for point in points:
            for place, step in enumerate(_SLOPE * space.weight):
                pair = []
                for side in (-step, step):
                    other = point.copy()
                    other[place] = np.clip(point[place] + side, space.low[place], space.high[place])
                    pair.append(other)
                asked += pair
                spans.append(pair[1][place] - pair[0][place])
        mean = self._mean(asked)
        rise = (mean[1::2] - mean[::2]) / np.array(spans)
        return list(rise.reshape(len(points), -1))

    def nearest_by_slope(self, point: Floats, mean: float, slope: Floats) -> Floats | None:
        """Return the nearest point at which the difference would be zero if it were a plane."""
        return towards(self.space, slope, float(slope @ point) - mean)

    def turned(self, point: Floats, slope: Floats) -> list[Floats]:
        """Return directions between a point on the surface and the nearest one of the plane that touches it there."""
        better = self.nearest_by_slope(point, 0.0, slope)
        return [] if better is None else [point + share * (better - point) for share in _TURNS]

    def first_zeros(self, groups: Sequence[Sequence[Floats]]) -> list[list[Floats]]:
        """Return, group by group, the first points at which the difference is zero on the ways towards some points."""
        rays = [(group, ray) for group, rays in enumerate(groups) for ray in rays if np.any(ray)]
        found: list[list[Floats]] = [[] for _ in groups]
        for (group, ray), curve in zip(rays, self._curves([ray for _, ray in rays], _ALONG, exact=True), strict=True):
            roots = [each.at for each in curve.crossings(0.0) if each.at]
            if roots:
                found[group].append(self.space.within(min(roots) * ray))
        return found

    def joint(self, point: Floats) -> Joint:
        """Return what there is to say about a point on the surface: also how sure it is, and what fresh luck says."""
        (curve,) = self._curves([point], np.unique([*_ALONG, 0.95, 1.05]), exact=False)
        roots = [(abs(each.at - 1.0), each.at, each) for each in curve.crossings(1.0) if each.at]
        low = high = None
        beyond = 0
        if roots:
            _, at, here = min(roots, key=lambda root: root[0])
            beyond = 0 if here.cut[1] and here.kind == "level" else here.signs[1]
            ends = [_length(self.space.within(end * point)) for end in (here.low, here.high)]
            low, high = (None if cut else end for end, cut in zip(ends, here.cut, strict=True))
            point = self.space.snapped(self.space.within(at * point))
        seed = derived_seed(self.balance.plan.seed, "breakeven.fresh")
        old, fresh = (self.balance.at(self.space.names, self.space.values([point]), luck) for luck in (None, seed))
        return Joint(_length(point), low, high, self.space.moves(point), old.stat(0), fresh.stat(0), seed, beyond)

    def _curves(self, rays: Sequence[Floats], first: Floats, *, exact: bool) -> list[Curve]:
        """Look along rays; ``exact`` for where the difference is zero alone, not for how sure that is."""
        curves = [Curve(0.0, _FAR) for _ in rays]
        for curve in curves:
            curve.add(np.zeros(1), np.array([self.now]), np.zeros(1))
        if not rays:
            return curves

        def look(places: Sequence[Floats]) -> list[tuple[Floats, Floats]]:
            points = [self.space.within(at * ray) for ray, each in zip(rays, places, strict=True) for at in each]
            found = self.balance.at(self.space.names, self.space.values(points))
            reach = np.zeros_like(found.reach) if exact else found.reach
            parts = np.cumsum([len(each) for each in places])[:-1]
            return list(zip(np.split(found.mean, parts), np.split(reach, parts), strict=True))

        explore(curves, [first for _ in rays], look, _LOOKS)
        return curves

    def _mean(self, points: Sequence[Floats]) -> Floats:
        return self.balance.at(self.space.names, self.space.values(points)).mean


def _length(point: Floats) -> float:
    return float(np.sqrt(point @ point))
