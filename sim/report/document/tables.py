"""The numbers behind the sentences, as tables with the precision that the page of the command line has."""

from __future__ import annotations

from collections.abc import Sequence

from sim.experiment.compare import Difference
from sim.experiment.ensemble import Ensemble
from sim.experiment.summary import Stat
from sim.report import numbers
from sim.report.contrast import label_of, parts_of, shifts
from sim.report.document.content import Table
from sim.report.labels import Labels, inside

_FEW = 5
"""Rows of each group of other differences."""


def payoffs_of_run(ensemble: Ensemble) -> Table:
    """Return every actor's payoff, with what it plays."""
    labels, stats = Labels(ensemble.game.scenario), ensemble.stats
    decimals = numbers.common_decimals([stats[actor.name] for actor in ensemble.game.actors])
    rows = [
        (labels.actor(actor.name), labels.strategy(actor.name, actor.strategy), *_cells(stats[actor.name], decimals))
        for actor in ensemble.game.actors
    ]
    return Table("Payoffs", ("actor", "plays", "payoff a run", "95 % interval"), tuple(rows), (2, 3))


def ledger_of_run(ensemble: Ensemble, actor: str) -> Table:
    """Return where an actor's payoff comes from, entry by entry."""
    labels, total = Labels(ensemble.game.scenario), ensemble.stats[actor]
    entries = {entry: ensemble.stats[f"{actor}.{entry}"] for entry in ensemble.entries(actor)}
    decimals = numbers.common_decimals([*entries.values(), total])
    shown = sorted(
        (item for item in entries.items() if item[1].mean or item[1].se), key=lambda item: -abs(item[1].mean)
    )
    rows = [(labels.entry(actor, entry), *_cells(stat, decimals)) for entry, stat in shown]
    rows.append(("Payoff", *_cells(total, decimals)))
    caption = f"Where the payoff of {inside(labels.actor(actor))} comes from"
    return Table(caption, ("entry", "mean a run", "95 % interval"), tuple(rows), (1, 2))


def counts_of_run(ensemble: Ensemble) -> Table:
    """Return what was done and what struck, times a run."""
    labels, stats, rows = Labels(ensemble.game.scenario), ensemble.stats, []
    for actor in ensemble.game.actors:
        for action in actor.actions:
            stat = stats[f"actions.{actor.name}.{action.name}"]
            if stat.mean:
                rows.append((f"{labels.actor(actor.name)}: {labels.action(actor.name, action.name)}", *_cells(stat)))
    for hazard in ensemble.game.hazards:
        rows.append((labels.hazard(hazard.name), *_cells(stats[f"count.{hazard.name}"])))
        if hazard.named:
            rows += [
                (
                    f"{labels.hazard(hazard.name)}: {labels.outcome(hazard.name, outcome.name)}",
                    *_cells(stats[f"count.{hazard.name}.{outcome.name}"]),
                )
                for outcome in hazard.outcomes
            ]
    return Table("What was done and what struck", ("what", "times a run", "95 % interval"), tuple(rows), (1, 2))


def payoffs_of_difference(difference: Difference) -> Table:
    """Return every actor's payoff under both sides, and the paired difference."""
    labels, stats = Labels(difference.left.game.scenario), difference.stats
    sides = [side.stats[actor] for actor in difference.actors for side in (difference.left, difference.right)]
    decimals = numbers.common_decimals([*sides, *(stats[actor] for actor in difference.actors)])
    rows = [
        (
            labels.actor(actor),
            numbers.number(difference.right.stats[actor].mean, decimals),
            numbers.number(difference.left.stats[actor].mean, decimals),
            numbers.mean(stats[actor], decimals, sign=True),
            numbers.interval(stats[actor], decimals),
        )
        for actor in difference.actors
    ]
    return Table(f"Payoffs: {_against(difference)}", _headings("actor", difference), tuple(rows), (1, 2, 3, 4))


def ledger_of_difference(difference: Difference, actor: str) -> Table:
    """Return which entries an actor's difference comes from."""
    labels, whole, parts = (
        Labels(difference.left.game.scenario),
        difference.stats[actor],
        parts_of(difference, actor),
    )
    decimals = numbers.common_decimals([*(part.change for part in parts), whole])
    rows = [_row(part.label, part.left, part.right, part.change, decimals) for part in parts]
    left, right = (side.stats[actor].mean for side in (difference.left, difference.right))
    rows.append(_row("Payoff", left, right, whole, decimals))
    caption = f"Why, for {inside(labels.actor(actor))}: {_against(difference)}"
    return Table(caption, _headings("entry", difference), tuple(rows), (1, 2, 3, 4))


def shifts_of_difference(difference: Difference) -> Table:
    """Return what else differs: final state, events, actions, endings."""
    rows = []
    for group, found in shifts(difference).items():
        for each in found[:_FEW]:
            if each.noticed:
                decimals = numbers.row_decimals(each.left, each.right, each.change)
                rows.append(_row(f"{each.label} ({group})", each.left, each.right, each.change, decimals))
    caption = f"What else differs: {_against(difference)}"
    return Table(caption, _headings("what", difference), tuple(rows), (1, 2, 3, 4))


def _row(label: str, left: float, right: float, change: Stat, decimals: int) -> tuple[str, ...]:
    return (
        label,
        numbers.number(right, decimals),
        numbers.number(left, decimals),
        numbers.mean(change, decimals, sign=True),
        numbers.interval(change, decimals),
    )


def _cells(stat: Stat, decimals: int | None = None) -> tuple[str, str]:
    return numbers.mean(stat, decimals), numbers.interval(stat, decimals)


def _headings(first: str, difference: Difference) -> tuple[str, ...]:
    ours, theirs = _names(difference)
    return first, theirs, ours, "difference", "95 % interval"


def _names(difference: Difference) -> tuple[str, str]:
    return label_of(difference.of, difference.left), label_of(difference.minus, difference.right)


def _against(difference: Difference) -> str:
    ours, theirs = _names(difference)
    return f'"{ours}" minus "{theirs}"'


def with_rows(tables: Sequence[Table]) -> tuple[Table, ...]:
    """Return the tables in which anything stands."""
    return tuple(table for table in tables if table.rows)
