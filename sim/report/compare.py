"""What ``compare`` answers, as a page: payoffs side by side, why they differ, what else differs, and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.errors import one_line
from sim.experiment.compare import Comparison, Difference
from sim.experiment.ensemble import Ensemble
from sim.experiment.summary import Stat
from sim.report import inline, numbers
from sim.report.contrast import Part, label_of, parts_of, sentence, shifts, unmoved
from sim.report.labels import Labels, inside, joined
from sim.report.page import BAD, GOOD, NUMBERS, Cell, Column, Page, Styled, named
from sim.report.run import ASSUMED, ONE_RUN, how, trust

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["sentence", "show_comparison"]

_BESIDE = 3
"""Actors whose strategies stand beside each other."""

FEW = 5
"""Rows of each group of other differences."""


def show_comparison(comparison: Comparison, console: Console, reached: str = "") -> None:
    """Print a comparison: each later ensemble against the first, what it is that differs, and what it means.

    ``reached`` says how wide intervals became where a width was asked for.
    """
    page = Page(console)
    _title(page, comparison)
    for difference in comparison.differences:
        _difference(page, difference, several=len(comparison.differences) > 1)
    page.heading("What it means")
    for place, difference in enumerate(comparison.differences):
        if place:
            page.gap()
        for actor in difference.actors:
            page.line(sentence(difference, actor), indent=2)
    page.line(ONE_RUN if comparison.plan.runs < 2 else ASSUMED, indent=2)
    trust(page, reached, comparison.warnings)
    last = list(comparison.ensembles.values())[-1]
    page.command("One run, event by event:", last.game.command("trace", "--run", "0", seed=comparison.plan.seed))


def _title(page: Page, comparison: Comparison) -> None:
    ensembles = list(comparison.ensembles.items())
    titles = dict.fromkeys(Labels(ensemble.game.scenario).title for _, ensemble in ensembles)
    first = ensembles[0][1]
    lines = [how(first, Labels(first.game.scenario)) + "; paired run by run on the same luck"]
    given = [f"{name} = {numbers.number(value)}" for name, value in first.game.setting.parameters.items()]
    lines += [f"With {joined(given)}, as the command line asks."] if given else []
    page.title(" / ".join(titles), *lines)
    page.heading("What is compared")
    rows: list[list[Cell]] = [
        [named(_whole_label(name, ensemble), name, "bold"), *_plays(ensemble)] for name, ensemble in ensembles
    ]
    labels = Labels(first.game.scenario)
    actors = [actor.name for actor in first.game.actors]
    if len(actors) <= _BESIDE and all([each.name for each in side.game.actors] == actors for _, side in ensembles):
        page.table([Column("regime"), *(Column(f"{labels.actor(actor)} plays") for actor in actors)], rows)
        return
    for name, ensemble in ensembles:
        playing = zip(ensemble.game.actors, _plays(ensemble), strict=True)
        lines = [f"{Labels(ensemble.game.scenario).actor(actor.name)} plays: {strategy}" for actor, strategy in playing]
        page.entry(label_of(name, ensemble), name, lines)


def _whole_label(name: str, ensemble: Ensemble) -> str:
    """Return the label of a side; of another scenario, with the regime that it is played under."""
    regime = Labels(ensemble.game.scenario).regime(ensemble.game.regime)
    return regime if name == ensemble.game.regime else f"{one_line(name)}: {regime}"


def _plays(ensemble: Ensemble) -> list[str]:
    labels = Labels(ensemble.game.scenario)
    return [labels.strategy(actor.name, actor.strategy) for actor in ensemble.game.actors]


def _difference(page: Page, difference: Difference, several: bool) -> None:
    if several:
        labels = label_of(difference.of, difference.left), label_of(difference.minus, difference.right)
        page.heading(f"{labels[0]} against {labels[1]}")
    ours, theirs = _headings(page, difference)
    _payoffs(page, difference, ours, theirs)
    for actor in difference.actors:
        _why(page, difference, actor, ours, theirs)
    _else(page, difference, ours, theirs)
    sides = {theirs: difference.right, ours: difference.left}
    inline.over_time(page, sides, Labels(difference.left.game.scenario))


def _headings(page: Page, difference: Difference) -> tuple[str, str]:
    """Return the headings of the two sides: labels where there is room, else names, else letters."""
    room = 12 if page.width < 110 else 18
    labels = label_of(difference.of, difference.left), label_of(difference.minus, difference.right)
    for pair in (labels, (one_line(difference.of), one_line(difference.minus))):
        if max(map(page.cells, pair)) <= room:
            return pair
    page.gap()
    page.line(f"A stands for {labels[1]} ({difference.minus}), B for {labels[0]} ({difference.of}).", "dim")
    return "B", "A"


def _columns(ours: str, theirs: str, single: bool) -> list[Column]:
    columns = [Column(theirs, NUMBERS), Column(ours, NUMBERS), Column("difference", NUMBERS)]
    return columns if single else [*columns, Column("95 % interval", NUMBERS)]


def _cells(left: float, right: float, change: Stat, decimals: int | None = None) -> list[Cell]:
    """Return the cells of a row; payoffs, which come with their decimals, are coloured as gains and losses."""
    payoff = decimals is not None
    if decimals is None:
        decimals = numbers.row_decimals(left, right, change)
    written = numbers.mean(change, decimals, sign=True)
    style = {"+": GOOD, "-": BAD}.get(written[0], "") if payoff and change.side else ""
    cells: list[Cell] = [numbers.number(right, decimals), numbers.number(left, decimals), Styled(written, style)]
    return cells if change.se is None else [*cells, Styled(numbers.interval(change, decimals), "dim")]


def _payoffs(page: Page, difference: Difference, ours: str, theirs: str) -> None:
    page.heading("Payoffs")
    labels, stats = Labels(difference.left.game.scenario), difference.stats
    sides = [side.stats[actor] for actor in difference.actors for side in (difference.left, difference.right)]
    decimals = numbers.common_decimals([*sides, *(stats[actor] for actor in difference.actors)])
    rows = [
        [
            Styled(labels.actor(actor), "bold"),
            *_cells(difference.left.stats[actor].mean, difference.right.stats[actor].mean, stats[actor], decimals),
        ]
        for actor in difference.actors
    ]
    page.table([Column("actor"), *_columns(ours, theirs, _single(difference))], rows)
    gains: list[tuple[Cell, Stat]] = [
        (Styled(labels.actor(actor), "bold"), stats[actor]) for actor in difference.actors
    ]
    inline.intervals(page, "who gains", gains)


def _single(difference: Difference) -> bool:
    return difference.left.plan.runs < 2


def _why(page: Page, difference: Difference, actor: str, ours: str, theirs: str) -> None:
    labels = Labels(difference.left.game.scenario)
    page.heading(f"Why, for {inside(labels.actor(actor))}")
    parts = parts_of(difference, actor)
    whole = difference.stats[actor]
    if not parts:
        page.line("No entry of the ledger differs in any run.", indent=2)
        return
    decimals = numbers.common_decimals([*(part.change for part in parts), whole])
    total = Part("Payoff", difference.left.stats[actor].mean, difference.right.stats[actor].mean, whole)
    largest = max(abs(part.change.mean) for part in parts)
    bars = page.width >= 96 and largest > 0
    rows: list[Sequence[Cell]] = []
    for part in [*parts, total]:
        label: Cell = Styled(part.label, "bold") if part is total else part.label
        row = [label, *_cells(part.left, part.right, part.change, decimals)]
        if bars:
            style = GOOD if part.change.mean > 0 else BAD
            row.append("" if part is total else Styled(page.bar(abs(part.change.mean) / largest), style))
        rows.append(row)
    columns = [Column("entry"), *_columns(ours, theirs, _single(difference))]
    page.table([*columns, Column("")] if bars else columns, rows, total=True)
    same = unmoved(difference, actor)
    if same:
        page.line(f"No difference in: {'; '.join(same)}.", "dim", indent=2)


def _else(page: Page, difference: Difference, ours: str, theirs: str) -> None:
    groups = shifts(difference)
    page.heading("What else differs")
    if not groups:
        page.line("Nothing: every run ends in the same state, after the same actions and events.", indent=2)
        return
    left_out = 0
    printed = False
    for group, found in groups.items():
        rows = [[each.label, *_cells(each.left, each.right, each.change)] for each in found[:FEW] if each.noticed]
        left_out += len(found) - len(rows)
        if not rows:
            continue
        if printed:
            page.gap()
        printed = True
        page.table([Column(group), *_columns(ours, theirs, _single(difference))], rows)
    if left_out:
        page.gap()
        page.line(f"{numbers.count(left_out, 'other difference')} not shown; --json has them all.", "dim", indent=2)
