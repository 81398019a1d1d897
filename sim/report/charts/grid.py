"""Small pictures in rows and columns: a row for each thing that is followed over time, a column for each regime.

The label of a row stands above it, whole, the regime above its column; all cells of a row have the same scale, so that
they are compared by going across.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sim.report.charts import rows
from sim.report.charts.letters import folded
from sim.report.charts.theme import altair

MOST = 3
"""Most columns that stand beside each other."""

_SCALE, _BETWEEN, _LINE = 48, 18, 19
"""Pixels for the numbers at the left, between columns, and of a line of letters."""

_INSIDE = rows.WIDTH - _SCALE
"""Pixels of all cells of a row, with what is between them."""

_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Turns between the marks of the axis of time."""


@dataclass(frozen=True)
class Time:
    """The axis of time: what the first turn is called, how many turns there are, what stands under it."""

    begin: int
    turns: int
    title: str
    middles: bool
    """Whether a turn's number stands at its middle, instead of where it begins."""

    def domain(self) -> list[float]:
        """Return where the axis begins and ends."""
        first = self.begin - (0.5 if self.middles else 0.0)
        return [first, first + self.turns]

    def axis(self, width: float, *, told: bool) -> Any:
        """Return the axis under a cell so wide; only that of the last row is told."""
        room = max(2, int(width / 62))
        step = next((each for each in _STEPS if room * each >= self.turns), _STEPS[-1])
        last = self.begin + self.turns + (0 if self.middles else 1)
        first = self.begin if self.turns <= room else -(-self.begin // step) * step
        marks = list(range(first, last, step))
        bare = {} if told else {"labels": False, "ticks": False}
        return altair().Axis(values=marks, format="d", title=None, domain=told, labelFontSize=14, **bare)


class Pool:
    """Data that stand in a picture once, under names: what is built of many parts copies each of them many times."""

    def __init__(self) -> None:
        self.datasets: dict[str, list[dict[str, Any]]] = {}

    def chart(self, data: list[dict[str, Any]]) -> Any:
        """Return a chart that reads some data."""
        name = f"data-{len(self.datasets) + 1}"
        self.datasets[name] = data
        return altair().Chart(altair().NamedData(name=name))


@dataclass(frozen=True)
class Cell:
    """One small picture."""

    layers: Callable[[Pool, Any, Any], list[Any]]
    """Given where data are put, and the axes across and up, returns the layers."""


@dataclass(frozen=True)
class Row:
    """A label, the cells of a row, the ends of their scale and the numbers that are written at it."""

    label: str
    cells: Sequence[Cell]
    ends: tuple[float, float]
    marks: tuple[float, ...]
    format: str
    beside: str = ""
    """What stands behind the label, in smaller letters: the unit, or what is drawn."""


def grid(columns: Sequence[str], lines: Sequence[Row], time: Time, height: int) -> Any:
    """Return rows of cells under the headings of their columns (none for a single one)."""
    alt = altair()
    width = (_INSIDE - _BETWEEN * (len(columns) - 1)) / len(columns)
    pool = Pool()
    parts = [_headings(columns, width)] if len(columns) > 1 else []
    for line in lines:
        parts += [_label(line), _row(pool, line, time, width, height, last=line is lines[-1])]
    under = alt.Chart(alt.Data(values=[{"says": time.title}])).mark_text(baseline="top", fontSize=15)
    parts.append(_bare(under.encode(x=alt.XValue(_INSIDE / 2), y=alt.YValue(0), text=alt.Text("says:N")), 14))
    whole = alt.vconcat(*parts, spacing=3)
    whole.datasets = pool.datasets
    return whole


def _headings(columns: Sequence[str], width: float) -> Any:
    alt = altair()
    written = [folded(column, width, 16.5) for column in columns]
    layers = [
        alt.Chart(alt.Data(values=[{"says": lines}]))
        .mark_text(fontWeight="bold", baseline="top", lineHeight=_LINE)
        .encode(x=alt.XValue(place * (width + _BETWEEN) + width / 2), y=alt.YValue(0), text=alt.Text("says:N"))
        for place, lines in enumerate(written)
    ]
    return _bare(alt.layer(*layers), _LINE * max(map(len, written)))


def _bare(chart: Any, height: float) -> Any:
    """Return words without a frame, as wide as all cells: parts below each other begin where their insides do."""
    return chart.properties(width=_INSIDE, height=height, view=altair().ViewBackground(stroke=None))


def _row(pool: Pool, line: Row, time: Time, width: float, height: int, *, last: bool) -> Any:
    alt = altair()
    cells = []
    for place, cell in enumerate(line.cells):
        first = not place
        x = {"axis": time.axis(width, told=last), "scale": alt.Scale(domain=time.domain(), nice=False, zero=False)}
        numbers = {} if first else {"labels": False, "ticks": False}
        axis = alt.Axis(
            values=list(line.marks), format=line.format, title=None, minExtent=_SCALE if first else 0,
            maxExtent=_SCALE if first else 0, domain=False, labelFontSize=13, labelLimit=_SCALE - 6, **numbers,
        )  # fmt: skip
        y = {"axis": axis, "scale": alt.Scale(domain=list(line.ends), nice=False, zero=False)}
        cells.append(alt.layer(*cell.layers(pool, x, y)).properties(width=width, height=height))
    return alt.hconcat(*cells, spacing=_BETWEEN) if len(cells) > 1 else cells[0]


def _label(line: Row) -> Any:
    alt = altair()
    lines = folded(f"{line.label} ({line.beside})" if line.beside else line.label, rows.WIDTH)
    text = alt.Chart(alt.Data(values=[{"label": lines}])).mark_text(align="left", baseline="top", lineHeight=_LINE)
    return _bare(text.encode(x=alt.XValue(-_SCALE), y=alt.YValue(7), text=alt.Text("label:N")), _LINE * len(lines) + 5)
