"""A row of numbers as a small chart of characters: one column each, the higher the larger."""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS, PLAIN = "▁▂▃▄▅▆▇█", "_.-=+*%#"


def sparkline(values: Sequence[float], width: int, unicode: bool, low: float, high: float) -> str:
    """Return the last ``width`` numbers as a chart; ``low`` is its bottom, ``high`` its top."""
    marks = BLOCKS if unicode else PLAIN
    span = high - low
    places = [0 if span <= 0 else round((value - low) / span * (len(marks) - 1)) for value in values[-width:]]
    return "".join(marks[min(max(place, 0), len(marks) - 1)] for place in places)


def thinned(values: Sequence[float], width: int) -> list[float]:
    """Return at most ``width`` of the numbers, evenly chosen, the last one among them."""
    if len(values) <= width:
        return list(values)
    return [values[round(place * (len(values) - 1) / (width - 1))] for place in range(width)]
