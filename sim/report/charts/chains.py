"""Straight stretches joined to lines, so that a dash runs on over their ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

Spot = tuple[float, ...]

_DIGITS = 9
"""Decimals, in units of the largest number along each axis, to which two ends are the same spot."""


def chained(stretches: Sequence[Sequence[Spot]]) -> list[list[Spot]]:
    """Return lines, each a list of spots, that together are all the stretches (two spots each)."""
    left = {place: (stretch[0], stretch[-1]) for place, stretch in enumerate(stretches)}
    spots = [end for ends in left.values() for end in ends]
    sizes = [max(map(abs, axis), default=0.0) or 1.0 for axis in zip(*spots, strict=True)]

    def key(spot: Spot) -> tuple[float, ...]:
        return tuple(round(value / size, _DIGITS) + 0.0 for value, size in zip(spot, sizes, strict=True))

    at: dict[tuple[float, ...], list[int]] = defaultdict(list)
    for place, ends in left.items():
        for end in ends:
            at[key(end)].append(place)
    lines = []
    # A line is best begun at one of its ends; what is then left goes round in circles.
    for place in sorted(left, key=lambda place: min(len(at[key(end)]) for end in left[place])):
        if place not in left:
            continue
        start, end = left.pop(place)
        if len(at[key(start)]) > len(at[key(end)]):
            start, end = end, start
        line = [start, end]
        while (following := next((other for other in at[key(line[-1])] if other in left), None)) is not None:
            one, other = left.pop(following)
            line.append(other if key(one) == key(line[-1]) else one)
        lines.append(line)
    return lines
