"""What ``sweep`` answers, as a page: payoffs along a line, a map of a plane, or drawn points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sim.errors import one_line
from sim.experiment.axes import Axis
from sim.experiment.summary import Stat
from sim.experiment.sweep import Sweep
from sim.report import numbers
from sim.report.labels import Labels, inside, joined, sentence_case
from sim.report.page import BAD, GOOD, NUMBERS, Cell, Column, Page, Styled
from sim.report.run import ASSUMED, ONE_RUN
from sim.report.sweep_map import show_map
from sim.report.sweep_words import decimals_of, given, how, over, sentences
from sim.report.words import exact

if TYPE_CHECKING:
    from rich.console import Console

MOST_ROWS = 101
"""Most rows of a table on a page; files have all of them."""

_DRAWN = 20
"""Rows of points that were drawn: a sample of the table."""

_ROOM = 12
"""Cells of the widest heading of a column of numbers."""


def show_sweep(sweep: Sweep, console: Console) -> None:
    """Print a sweep: what was asked, the points, who prefers what where, and what it means."""
    page, labels = Page(console), Labels(sweep.scenario)
    _title(page, sweep, labels)
    if sweep.asked.design == "plane":
        _letters(page, sweep, labels)
        show_map(page, sweep, labels)
    elif sweep.asked.design == "line":
        _line(page, sweep, labels)
    else:
        _letters(page, sweep, labels)
        _drawn(page, sweep, labels)
    page.heading("What it means")
    for sentence in sentences(sweep):
        page.line(sentence, indent=2)
    page.line(ONE_RUN if sweep.estimates.runs < 2 else ASSUMED, indent=2)


def letters(sweep: Sweep) -> dict[str, str]:
    """Return a letter for each regime: A, B, ... Z, AA, AB, ..."""
    found = {}
    for place, regime in enumerate(sweep.regimes):
        high, low = divmod(place, 26)
        found[regime] = (chr(64 + high) if high else "") + chr(65 + low)
    return found


def _title(page: Page, sweep: Sweep, labels: Labels) -> None:
    axes = sweep.asked.axes
    shown = [over(axis, labels) for axis in axes[:6]]
    shown += [f"and {numbers.count(len(axes) - 6, 'more parameter')}"] if len(axes) > 6 else []
    page.title(labels.title, *shown, how(sweep), *given(sweep, labels))


def _letters(page: Page, sweep: Sweep, labels: Labels) -> None:
    if len(sweep.regimes) < 2:
        return
    page.heading("Regimes")
    rows = [
        [Styled(letter, "bold"), Styled(labels.regime(name), "", (Styled(f"  {name}", "dim"),))]
        for name, letter in letters(sweep).items()
    ]
    page.grid(rows)


def _headings(page: Page, sweep: Sweep, labels: Labels) -> dict[str, str]:
    """Return the headings of the regimes' columns: labels where there is room, else names, else letters."""
    for shown in ([labels.regime(name) for name in sweep.regimes], [one_line(name) for name in sweep.regimes]):
        if max(map(page.cells, shown)) <= _ROOM:
            return dict(zip(sweep.regimes, shown, strict=True))
    _letters(page, sweep, labels)
    return letters(sweep)


def _line(page: Page, sweep: Sweep, labels: Labels) -> None:
    (axis,) = sweep.asked.axes
    heads = _headings(page, sweep, labels)
    many = range(min(sweep.points.count, MOST_ROWS))
    for actor in sweep.actors:
        page.heading(f"Payoff of {inside(labels.actor(actor))}", _beside(sweep))
        columns = [Column("point", NUMBERS), Column(_short(page, axis, labels), NUMBERS)]
        rows: list[list[Cell]] = [[str(point + 1), exact(axis.values[point])] for point in many]
        if len(sweep.regimes) <= 2:
            more, cells = _pair(sweep, actor, heads, many)
            page.table([*columns, *more], [row + added for row, added in zip(rows, cells, strict=True)])
            continue
        for group in _groups(page, sweep, actor, heads, columns, rows):
            more, cells = _payoffs(sweep, actor, heads, many, group)
            page.table([*columns, *more], [row + added for row, added in zip(rows, cells, strict=True)])
            if group[-1] != sweep.regimes[-1]:
                page.gap()
    if sweep.points.count > MOST_ROWS:
        page.gap()
        page.line(f"{sweep.points.count - MOST_ROWS:,} points are not shown; --csv has them all.", "dim", indent=2)


def _beside(sweep: Sweep) -> str:
    return "* is best, ~ best but perhaps by luck" if len(sweep.regimes) > 2 else ""


def _short(page: Page, axis: Axis, labels: Labels) -> str:
    label = labels.parameter(axis.name)
    return label if page.cells(label) <= _ROOM else one_line(axis.name)


def _pair(
    sweep: Sweep, actor: str, heads: dict[str, str], points: Iterable[int]
) -> tuple[list[Column], list[list[Cell]]]:
    """Return the columns of one regime with its interval, or of two with their paired difference."""
    first, last = sweep.regimes[0], sweep.regimes[-1]
    single = first == last
    stats = [sweep.payoff(actor, regime, point) for regime in sweep.regimes for point in points]
    told = [
        sweep.payoff(actor, first, point) if single else sweep.difference(actor, last, first, point) for point in points
    ]
    decimals = numbers.common_decimals([*stats, *told])
    columns = [Column(heads[regime], NUMBERS) for regime in sweep.regimes]
    columns += [] if single else [Column("difference", NUMBERS)]
    interval = sweep.estimates.runs > 1
    columns += [Column("95 % interval", NUMBERS)] if interval else []
    rows: list[list[Cell]] = []
    for point, stat in zip(points, told, strict=True):
        row: list[Cell] = [
            numbers.number(float(sweep.payoffs(actor, regime)[point]), decimals) for regime in sweep.regimes
        ]
        if not single:
            row.append(Styled(numbers.mean(stat, decimals, sign=True), _colour(stat)))
        if interval:
            row.append(Styled(_interval(stat, decimals), "dim"))
        rows.append(row)
    return columns, rows


def _interval(stat: Stat, decimals: int) -> str:
    """Return an interval; numbers that differ by rounding only count as the same in every run."""
    if stat.se is not None and stat.se <= 1e-12 * abs(stat.mean):
        return numbers.ALWAYS
    return numbers.interval(stat, decimals)


def _colour(stat: Stat) -> str:
    return {1: GOOD, -1: BAD}.get(stat.side, "")


def _groups(
    page: Page,
    sweep: Sweep,
    actor: str,
    heads: dict[str, str],
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
) -> list[list[str]]:
    """Return the regimes that stand beside each other on the page."""
    taken = 2 + sum(
        3 + max(page.cells(column.heading), *(page.cells(str(row[place])) for row in rows))
        for place, column in enumerate(columns)
    )
    decimals = decimals_of(sweep, actor)
    widest = max(
        page.cells(numbers.number(float(value), decimals))
        for regime in sweep.regimes
        for value in sweep.payoffs(actor, regime)
    )
    each = 4 + max(widest, *map(page.cells, heads.values()))
    beside = max(1, (page.width - taken) // each)
    return [list(sweep.regimes[start : start + beside]) for start in range(0, len(sweep.regimes), beside)]


def _payoffs(
    sweep: Sweep, actor: str, heads: dict[str, str], points: Iterable[int], regimes: Sequence[str]
) -> tuple[list[Column], list[list[Cell]]]:
    decimals = decimals_of(sweep, actor)
    rows: list[list[Cell]] = []
    for point in points:
        best = sweep.choice(actor, point)
        row: list[Cell] = []
        for regime in regimes:
            written = numbers.number(float(sweep.payoffs(actor, regime)[point]), decimals)
            mark = ("*" if best.clear else "~") if regime == best.regime else " "
            row.append(Styled(written, "bold" if mark != " " else "", (Styled(mark),)))
        rows.append(row)
    return [Column(heads[regime], NUMBERS) for regime in regimes], rows


def _drawn(page: Page, sweep: Sweep, labels: Labels) -> None:
    page.heading("Points")
    shown = range(min(sweep.points.count, _DRAWN))
    heads = letters(sweep)
    if len(sweep.regimes) > 1:
        first, last = sweep.regimes[:2]
        stats = {actor: [sweep.difference(actor, last, first, point) for point in shown] for actor in sweep.actors}
        title = {actor: f"{labels.actor(actor)}: {heads[last]} - {heads[first]}" for actor in sweep.actors}
    else:
        stats = {actor: [sweep.payoff(actor, sweep.regimes[0], point) for point in shown] for actor in sweep.actors}
        title = {actor: labels.actor(actor) for actor in sweep.actors}
    decimals = {actor: numbers.common_decimals(stats[actor]) for actor in sweep.actors}
    room = page.width - 9 - sum(max(12, page.cells(each)) + 2 for each in title.values())
    beside: list[Axis] = []
    for axis in sweep.asked.axes:
        room -= max(8, page.cells(axis.name)) + 2
        if room < 0:
            break
        beside.append(axis)
    columns = [Column("point", NUMBERS), *(Column(one_line(axis.name), NUMBERS) for axis in beside)]
    columns += [Column(title[actor], NUMBERS) for actor in sweep.actors]
    rows: list[list[Cell]] = []
    for point in shown:
        at = sweep.points.at(point)
        row: list[Cell] = [str(point + 1), *(f"{at[axis.name]:.4g}" for axis in beside)]
        for actor in sweep.actors:
            stat = stats[actor][point]
            sign = len(sweep.regimes) > 1
            row.append(Styled(numbers.mean(stat, decimals[actor], sign=sign), _colour(stat) if sign else ""))
        rows.append(row)
    page.table(columns, rows)
    left, hidden = sweep.points.count - len(shown), len(sweep.asked.axes) - len(beside)
    if left or hidden:
        words = [numbers.count(left, "more point")] if left else []
        words += [numbers.count(hidden, "more parameter")] if hidden else []
        page.gap()
        page.line(f"{sentence_case(joined(words))} not shown; --csv has them all.", "dim", indent=2)
