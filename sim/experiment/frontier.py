"""Where a preference changes between the points of a grid: points on a line, straight stretches over a plane.

Payoffs are known at the points and taken to be straight between two of them, and even over each half of a cell
(a cell of four points is cut along a diagonal into two triangles).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from sim.scenario.arithmetic import Floats

Spot = tuple[float, ...]

_ROUNDING = 1e-12
"""Share of the largest payoff below which a difference is a matter of rounding."""


@dataclass(frozen=True)
class Segment:
    """A stretch (two spots), or a single spot on a line, at which two regimes are equally good and none is better."""

    between: tuple[str, str]
    spots: tuple[Spot, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the stretch as it stands in JSON."""
        return {"between": list(self.between), "at": [list(spot) for spot in self.spots]}


def frontiers(values: Sequence[Floats], payoffs: Mapping[str, Floats]) -> list[Segment]:
    """Return where the best of some payoffs changes; ``payoffs`` have the shape of the grid, the first axis last."""
    names = list(payoffs)
    if len(names) < 2:
        return []
    stacked = np.stack([payoffs[name] for name in names])
    simplices = _edges(values[0], stacked) if len(values) == 1 else _triangles(values[0], values[1], stacked)
    least = _ROUNDING * float(np.abs(stacked).max())
    return [
        Segment((names[one], names[other]), spots)
        for corners, at in simplices
        for one, other in combinations(_rivals(at, least), 2)
        for spots in [_equal(corners, at, one, other, least)]
        if spots
    ]


def _rivals(at: Floats, least: float) -> list[int]:
    """Return those of (payoffs, corners) that no other one beats at every corner, and no earlier one equals at all."""
    beats = (at[:, np.newaxis] > at + least).all(axis=2)
    equals = (np.abs(at[:, np.newaxis] - at) <= least).all(axis=2)
    beaten = (beats | equals & ~np.tri(len(at), dtype=bool)).any(axis=0)
    return [int(place) for place in np.flatnonzero(~beaten)]


def _edges(along: Floats, payoffs: Floats) -> Iterator[tuple[list[Spot], Floats]]:
    for left, right in pairwise(range(len(along))):
        yield [(float(along[left]),), (float(along[right]),)], payoffs[:, [left, right]]


def _triangles(across: Floats, up: Floats, payoffs: Floats) -> Iterator[tuple[list[Spot], Floats]]:
    for below, above in pairwise(range(len(up))):
        for left, right in pairwise(range(len(across))):
            corners = [(left, below), (right, below), (right, above), (left, above)]
            for three in ((0, 1, 2), (0, 2, 3)):
                places = [corners[corner] for corner in three]
                spots: list[Spot] = [(float(across[x]), float(up[y])) for x, y in places]
                yield spots, np.stack([payoffs[:, y, x] for x, y in places], axis=1)


def _equal(corners: Sequence[Spot], at: Floats, one: int, other: int, least: float) -> tuple[Spot, ...]:
    """Return the ends of the stretch of a simplex on which two are equal and none of the others is better."""
    lead = at[one] - at[other]
    lead = np.where(np.abs(lead) <= least, 0.0, lead)
    ends: list[tuple[Floats, Floats]] = []
    for here, there in combinations(range(len(corners)), 2):
        # A corner at which the two are equal counts as the one's, so that it is met by one side only.
        if (lead[here] >= 0) == (lead[there] >= 0):
            continue
        share = lead[here] / (lead[here] - lead[there])
        spot = np.array(corners[here]) + share * (np.array(corners[there]) - np.array(corners[here]))
        ends.append((spot, at[:, here] + share * (at[:, there] - at[:, here])))
    if len(ends) != len(corners) - 1:
        return ()
    if len(ends) == 1:
        spot, level = ends[0]
        return (tuple(spot.tolist()),) if level[one] >= level.max() - least else ()
    (start, low), (end, high) = ends
    first, last = 0.0, 1.0
    for rival in range(len(at)):
        if rival in (one, other):
            continue
        begin, finish = low[one] - low[rival], high[one] - high[rival]
        if begin < 0 and finish < 0:
            return ()
        if begin < 0:
            first = max(first, float(begin / (begin - finish)))
        elif finish < 0:
            last = min(last, float(begin / (begin - finish)))
    if first >= last or np.array_equal(start, end):
        return ()
    return tuple((start + (end - start) * first).tolist()), tuple((start + (end - start) * last).tolist())
