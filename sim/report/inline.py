"""Small charts of characters between the tables of a page: intervals on an axis, runs in bins, the state over time.

A terminal that shows only ASCII gets the same charts in ASCII; no chart says anything by its colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from sim.errors import RunError
from sim.experiment.courses import MEDIAN, Courses
from sim.experiment.ensemble import Ensemble
from sim.experiment.summary import Stat
from sim.model.strategies.outside import is_outside
from sim.report import numbers
from sim.report.labels import Labels
from sim.report.page import CHART, NUMBERS, Cell, Column, Page, Styled
from sim.report.sparkline import BLOCKS, PLAIN, sparkline, thinned
from sim.scenario.arithmetic import Floats

_BINS = 24
"""Characters of a spread."""

_FEW = 8
"""Most variables that are followed."""

_ROOM = 32
"""Cells that labels have beside an axis."""


def width_of(page: Page) -> int:
    """Return how many cells an axis has on a page."""
    return max(min(page.width - _ROOM - 6, 56), 24)


def intervals(page: Page, heading: str, rows: Sequence[tuple[Cell, Stat]]) -> None:
    """Print means with their intervals on one axis, on which zero is marked."""
    known = [bound for _, stat in rows for bound in (stat.mean, stat.low, stat.high) if bound is not None]
    known = [bound for bound in known if math.isfinite(bound)]
    if not known:
        return
    low, high = min([*known, 0.0]), max([*known, 0.0])
    if low == high:
        return
    width = width_of(page)
    drawn: list[list[Cell]] = [[label, axis(stat, low, high, width, page.unicode)] for label, stat in rows]
    page.gap()
    page.table([Column(heading), Column(scale(low, high, width), CHART)], drawn)


def axis(stat: Stat, low: float, high: float, width: int, unicode: bool) -> str:
    """Return a mean with its interval as a line of characters from ``low`` to ``high``, with zero on it."""
    dot, line, begin, end, zero, within = "●─├┤│┼" if unicode else "o-[]|+"

    def place(value: float) -> int:
        return round((min(max(value, low), high) - low) / (high - low) * (width - 1))

    cells = [" "] * width
    cells[place(0.0)] = zero
    if not math.isfinite(stat.mean):
        return "".join(cells).rstrip()
    if stat.low is not None and stat.high is not None:
        first, last = place(stat.low), place(stat.high)
        for cell in range(first, last + 1):
            cells[cell] = line
        if last > first:
            cells[first], cells[last] = begin, end
        if first <= place(0.0) <= last and stat.low < stat.high:
            cells[place(0.0)] = within
    cells[place(stat.mean)] = dot
    return "".join(cells).rstrip()


def scale(low: float, high: float, width: int) -> str:
    """Return the numbers above an axis: its ends, and 0 where it is neither."""
    left, right = numbers.number(low), numbers.number(high)
    line = left + " " * max(width - len(left) - len(right), 1) + right
    at = round((0.0 - low) / (high - low) * (width - 1))
    free = len(left) + 1 <= at < width - len(right) - 1
    return f"{line[:at]}0{line[at + 1 :]}" if free else line


def spreads(page: Page, ensemble: Ensemble, labels: Labels) -> None:
    """Print how each actor's payoff is spread over the first runs that are stored together."""
    rows: list[list[Cell]] = []
    runs = 0
    for actor in ensemble.game.actors:
        values = next(ensemble.blocks([actor.name]))[0]
        runs = len(values)
        if float(np.ptp(values)) > 1e-9 * float(np.abs(values).max()):
            ends = [numbers.number(float(each)) for each in (values.min(), np.median(values), values.max())]
            rows.append([Styled(labels.actor(actor.name), "bold"), bins(values, page.unicode), *ends])
    if runs < 2 or not rows:
        return
    page.gap()
    some = "runs" if runs == ensemble.plan.runs else f"the first {runs:,} runs"
    numeric = [Column(each, NUMBERS) for each in ("least", "median", "most")]
    page.table([Column(f"how {some} are spread"), Column("", CHART), *numeric], rows)


def bins(values: Floats, unicode: bool) -> str:
    """Return numbers as a line of bins from the least to the greatest: the higher the more; a blank has none."""
    counts, _ = np.histogram(values, _BINS)
    marks = BLOCKS if unicode else PLAIN
    tallest = counts.max()
    return "".join(
        " " if not count else marks[round((count / tallest) * (len(marks) - 1))] for count in counts.tolist()
    ).rstrip()


def over_time(page: Page, sides: Mapping[str, Ensemble], labels: Labels) -> None:
    """Print the variables that move as a line of characters for each side: the median of the first runs, or a share."""
    several = list(sides.values())
    if any(is_outside(actor) for side in several for actor in side.game.actors):
        # They would be asked once more.
        return
    try:
        followed = [side.course for side in several]
    except RunError:
        # Results that were not played by these games.
        return
    rows, left = _moving(followed, labels, page)
    if not rows:
        return
    runs = followed[0].runs
    among = "one run" if runs == 1 else "all runs" if runs == several[0].plan.runs else f"the first {runs:,} runs"
    page.heading("The state over time", f"the median of {among}; % is a share of them" if runs > 1 else "")
    headings = list(sides) if len(sides) > 1 else ["from the start to the end"]
    page.table([Column("name"), *(Column(heading, CHART) for heading in headings)], rows)
    if left:
        page.line(f"{numbers.count(left, 'other variable')} that moved not shown.", "dim", indent=2)


def _moving(followed: Sequence[Courses], labels: Labels, page: Page) -> tuple[list[list[Cell]], int]:
    """Return the rows of variables that move most, in the scenario's order, and how many are left out."""
    names = [each.name for each in followed[0].game.variables]
    names = [name for name in names if all(name in {v.name for v in each.game.variables} for each in followed)]
    found = {}
    for name in names:
        lines = _lines(followed, name)
        reach = max(float(np.ptp(np.concatenate([line for line, _ in lines]))), 0.0)
        if reach > 0.0:
            found[name] = lines
    told = list(found)[:_FEW]
    width = min(max((page.width - _ROOM) // len(followed) - 14, 8), 1 + max(each.length for each in followed), 24)
    return [[labels.variable(name), *_cells(found[name], width, page.unicode)] for name in told], len(found) - len(told)


def _lines(followed: Sequence[Courses], name: str) -> list[tuple[Floats, bool]]:
    rows = [each.row(name) for each in followed]
    switch = all(each.binary[row] for each, row in zip(followed, rows, strict=True))
    long = 1 + max(each.length for each in followed)
    return [
        ((each.means[row] if switch else each.state[MEDIAN, row])[:long], switch)
        for each, row in zip(followed, rows, strict=True)
    ]


def _cells(lines: Sequence[tuple[Floats, bool]], width: int, unicode: bool) -> list[str]:
    """Return each line as a chart, all on one scale, with the numbers at its ends."""
    every = np.concatenate([line for line, _ in lines])
    low, high = float(every.min()), float(every.max())
    cells = []
    for line, switch in lines:
        chart = sparkline(
            thinned(line.tolist(), width), width, unicode, 0.0 if switch else low, 1.0 if switch else high
        )
        first, last = (
            numbers.percent(float(each)) if switch else numbers.number(float(each)) for each in line[[0, -1]]
        )
        cells.append(f"{chart}  {first} to {last}" if first != last else f"{chart}  {first}")
    return cells
