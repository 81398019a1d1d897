"""Rows of a picture: each has its label and its number above a bar, so that no label is too long to be read.

Bars of gains are dark, those of losses light with a rim; a line on a bar is its 95 % interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from sim.report.charts.letters import folded, pixels
from sim.report.charts.theme import COLOURS, altair

WIDTH = 640
"""Pixels of a row: few enough that letters can still be read where a telephone shows the whole picture."""

COLUMNS = (56, 98)
"""Characters in a line of the title of so narrow a picture, and of what stands under it."""

GAIN, LOSS, RIM, PLAIN = COLOURS[0], "#FBE0C4", "#8A4B08", "#8CB3DC"
"""Colours of bars: what is gained, what is lost and its rim, and what is neither."""

SIGNS = "Dark bars: gains. Light bars with a rim: losses."
"""What the colours of bars mean."""

_LINE, _BAR, _GAP, _ROOM = 18, 17, 11, 24
"""Pixels of a line of letters, of a bar, between rows, and between a label and its number."""

Look = Literal["gain", "loss", "plain", "total"]


@dataclass(frozen=True)
class Row:
    """A label, a number in words, a bar from ``start`` to ``end`` and the ends of an interval, if there is one."""

    label: str
    says: str
    start: float
    end: float
    low: float | None = None
    high: float | None = None
    look: Look = "plain"
    """``total`` is a diamond at ``end`` instead of a bar."""


def look_of(value: float) -> Look:
    """Return how the bar of a gain or a loss looks."""
    return "loss" if value < 0 else "gain"


def heading(text: str, under: str = "", *, size: int = 17) -> Any:
    """Return the title of a part of a picture, folded to the width of a row."""
    small = {"subtitle": folded(under, WIDTH, 14)} if under else {}
    lines = folded(text, WIDTH, size * 1.06)
    return altair().TitleParams(text=lines, fontSize=size, lineHeight=size + 5, anchor="start", offset=8, **small)


def laid_out(rows: Sequence[Row]) -> tuple[list[dict[str, Any]], float]:
    """Return rows as data, each with the pixels at which its label and its bar stand, and the height of them all."""
    data, top = [], 0.0
    for row in rows:
        label = folded(row.label, WIDTH - pixels(row.says) - _ROOM)
        bar = top + _LINE * len(label) + 3
        data.append(
            {
                "label": label, "says": row.says, "start": row.start, "end": row.end, "low": row.low,
                "high": row.high, "look": row.look, "top": top, "bar": bar, "middle": bar + _BAR / 2,
                "below": bar + _BAR,
            }
        )  # fmt: skip
        top = bar + _BAR + _GAP
    return data, top


def panel(rows: Sequence[Row], title: Any, across: str, *, joined: bool = False, zero: bool = True) -> Any:
    """Return rows as a part of a picture, over an axis that says ``across``.

    ``joined`` draws a line from the end of each bar to the next row, as in a waterfall; ``zero`` asks for an axis that
    has zero on it.
    """
    alt = altair()
    data, height = laid_out(rows)
    places = [place for row in rows for place in (row.start, row.end, row.low, row.high) if place is not None]
    domain = limits(places, zero=zero)
    x = alt.X(
        "start:Q", title=folded(across, WIDTH - 20, 16), axis=alt.Axis(tickCount=7, **written(places)),
        scale=alt.Scale(domain=domain, nice=False, zero=False),
    )  # fmt: skip

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[0, height], reverse=True, nice=False))

    base = alt.Chart()
    bars = base.transform_filter("datum.look != 'total'").mark_rect(strokeWidth=1.2)
    fills, rims = (
        alt.Scale(domain=["gain", "loss", "plain"], range=colours)
        for colours in ([GAIN, LOSS, PLAIN], [GAIN, RIM, COLOURS[0]])
    )
    layers = [
        bars.encode(
            x=x, x2=alt.X2("end:Q"), y=y("bar"), y2=alt.Y2("below:Q"),
            fill=alt.Fill("look:N", scale=fills, legend=None), stroke=alt.Stroke("look:N", scale=rims, legend=None),
        )
    ]  # fmt: skip
    if domain[0] <= 0 <= domain[1]:
        layers.append(alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(strokeWidth=1.5).encode(x=alt.X("zero:Q")))
    if joined:
        steps = [{"at": row["end"], "from": row["middle"], "to": after["middle"]} for row, after in pairwise(data)]
        links = alt.Chart(alt.Data(values=steps)).mark_rule(strokeDash=[3, 3], color="#555555")
        layers.append(links.encode(x=alt.X("at:Q"), y=y("from"), y2=alt.Y2("to:Q")))
    layers += whiskers(base, y("middle"))
    totals = base.transform_filter("datum.look == 'total'")
    diamond = totals.mark_point(shape="diamond", size=200, color="black", stroke="white", strokeWidth=1)
    layers += [diamond.encode(x=alt.X("end:Q"), y=y("middle")), *words(base, y("top"))]
    return layered(layers, data, width=WIDTH, height=height, **({} if title is None else {"title": title}))


def layered(layers: Sequence[Any], data: Sequence[dict[str, Any]], **properties: Any) -> Any:
    """Return layers that read the same data, which stand in the picture once, without a frame around them."""
    alt = altair()
    view = alt.ViewBackground(stroke=None)
    return alt.layer(*layers, data=alt.Data(values=list(data)), view=view).properties(**properties)


def whiskers(base: Any, y: Any) -> list[Any]:
    """Return the layers of intervals from ``low`` to ``high``, dark with a light rim so that they show on any bar."""
    known = base.transform_filter("isValid(datum.low) && datum.low < datum.high")
    alt = altair()
    across = {"x": alt.X("low:Q"), "x2": alt.X2("high:Q"), "y": y}
    ends = known.mark_tick(orient="vertical", height=10, width=2, color="black", thickness=2)
    return [
        known.mark_rule(strokeWidth=4, color="white", opacity=0.9).encode(**across),
        known.mark_rule(strokeWidth=2, color="black").encode(**across),
        *(ends.encode(x=alt.X(f"{end}:Q"), y=y) for end in ("low", "high")),
    ]


def words(base: Any, y: Any) -> list[Any]:
    """Return the layers of labels, on the left, and of numbers in words, on the right."""
    return [
        *lettered(base, "label", y, lineHeight=_LINE),
        *lettered(base, "says", y, lineHeight=_LINE, align="right"),
    ]


def lettered(base: Any, text: str, y: Any, *, align: str = "left", **style: Any) -> list[Any]:
    """Return the layers of a text at a side of the rows, with a light rim that parts it from lines behind it."""
    alt = altair()
    at = alt.XValue(0 if align == "left" else WIDTH)
    rim = {"stroke": "white", "strokeWidth": 5, "strokeJoin": "round"}
    return [
        base.mark_text(align=align, baseline="top", **more, **style).encode(x=at, y=y, text=alt.Text(f"{text}:N"))
        for more in (rim, {})
    ]


def limits(places: Sequence[float], *, zero: bool) -> list[float]:
    """Return where an axis begins and ends that shows these places, with a little room."""
    within = [*places, *([0.0] if zero else [])]
    low, high = min(within), max(within)
    room = 0.04 * (high - low) or max(abs(low), 1.0) * 0.5
    return [low if zero and low == 0.0 else low - room, high if zero and high == 0.0 < -low else high + room]


def written(places: Sequence[float]) -> dict[str, str]:
    """Return the format of an axis over these places: numbers too large or too small to be written out have powers."""
    size = max((abs(place) for place in places), default=0.0)
    return {"format": ".3~e"} if size >= 1e7 or 0 < size < 1e-3 else {}
