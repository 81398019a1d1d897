"""The picture of one regime: what it brings each actor, where that comes from, what was done and what struck."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from sim.experiment.ensemble import Ensemble
from sim.experiment.summary import Stat, moments_of, stats_of
from sim.report import numbers
from sim.report.charts import rows, spread, theme
from sim.report.charts.parts import Part
from sim.report.charts.rows import Row
from sim.report.labels import Labels, inside, sentence_case
from sim.report.run import circumstances, endings, sentence
from sim.scenario.arithmetic import Floats

_MOST = 12
"""Entries, actions or events that stand alone; where there are more, the small ones are added up."""


def chart_of(ensemble: Ensemble) -> Any:
    """Return the picture of an ensemble. Raises ``CommandError`` where altair is not installed."""
    alt, labels = theme.altair(), Labels(ensemble.game.scenario)
    actors = ensemble.game.actors
    parts = [payoff(ensemble, actor.name).within(told=True) for actor in actors]
    parts += [ledger(ensemble, actor.name).within(told=True) for actor in actors]
    parts += [_actions(ensemble, labels, actor.name) for actor in actors if actor.actions]
    if ensemble.game.hazards:
        parts.append(_struck(ensemble, labels))
    single = ensemble.plan.runs < 2
    end = endings(ensemble.stats["ended"], ensemble.stats["duration"], ensemble.plan.runs)
    told = [*(sentence(ensemble, labels, actor) for actor in actors), *end]
    return theme.themed(
        alt.vconcat(*parts, spacing=34).resolve_scale(x="independent", y="independent"),
        f"{labels.title}: {inside(labels.regime(ensemble.game.regime))}",
        [
            *(f"{line.rstrip('.')}." for line in circumstances(ensemble, labels)[1:]),
            rows.SIGNS + ("" if single else " Lines with ends: 95 % intervals of means."),
            end[0],
        ],
        alternative=" ".join(told),
        columns=rows.COLUMNS,
    )


def payoff(ensemble: Ensemble, actor: str) -> Part:
    """Return how an actor's payoff is spread over the runs, with its mean and interval."""
    labels, about = Labels(ensemble.game.scenario), ensemble.stats[actor]
    who = inside(labels.actor(actor))
    found = spread.spread_of(lambda: (block[0] for block in ensemble.blocks([actor])), about)
    decimals = numbers.common_decimals([about])
    title = f"Payoff of {who}: {numbers.mean(about, decimals)}"
    under = f"{spread.interval_in_words(about)} {spread.rest_in_words(found)}".strip()
    across = f"Payoff of {who} in a run"
    told = sentence(ensemble, labels, ensemble.game.actor(actor))
    return Part(partial(spread.panel, found, about, across=across), title, under, told)


def ledger(ensemble: Ensemble, actor: str) -> Part:
    """Return which entries an actor's payoff comes from."""
    labels, whole = Labels(ensemble.game.scenario), ensemble.stats[actor]
    who = inside(labels.actor(actor))
    entries = {entry: f"{actor}.{entry}" for entry in ensemble.entries(actor)}
    named = [(labels.entry(actor, entry), column) for entry, column in entries.items()]
    shown, idle = _largest(ensemble, named)
    decimals = numbers.common_decimals([*(stat for _, stat in shown), whole])
    drawn = [_bar(label, stat, decimals, signed=True) for label, stat in shown]
    drawn.append(Row("Payoff", numbers.mean(whole, decimals), 0.0, whole.mean, whole.low, whole.high, "total"))
    under = f"Nothing came from {_other(idle)}." if idle else ""
    told = "; ".join(f"{row.label} {row.says}" for row in drawn)
    return Part(
        partial(rows.panel, drawn, across=f"Part of the payoff of {who}, mean over runs"),
        f"Where the payoff of {who} comes from",
        under,
        f"{told}. {under}".strip(),
    )


def _actions(ensemble: Ensemble, labels: Labels, actor: str) -> Any:
    columns = [
        (labels.action(actor, action.name), f"actions.{actor}.{action.name}")
        for action in ensemble.game.actor(actor).actions
    ]
    shown, idle = _largest(ensemble, columns)
    under = f"Never chosen: {_other(idle, 'action')}." if idle else ""
    title = rows.heading(sentence_case(f"What {inside(labels.actor(actor))} did"), under)
    return _counted(shown, title, "Times chosen a run, mean over runs")


def _struck(ensemble: Ensemble, labels: Labels) -> Any:
    columns = []
    for hazard in ensemble.game.hazards:
        label = labels.hazard(hazard.name)
        ways = [(f"{label}: {labels.outcome(hazard.name, way.name)}", way.name) for way in hazard.outcomes]
        columns += (
            [(told, f"count.{hazard.name}.{name}") for told, name in ways]
            if hazard.named
            else [(label, f"count.{hazard.name}")]
        )
    shown, idle = _largest(ensemble, columns)
    under = f"Never struck: {_other(idle, 'event')}." if idle else ""
    return _counted(shown, rows.heading("What struck, and how it ended", under), "Times a run, mean over runs")


def _counted(shown: list[tuple[str, Stat]], title: Any, across: str) -> Any:
    drawn = [_bar(label, stat, numbers.decimals_of(stat.mean, stat.se)) for label, stat in shown]
    return rows.panel(drawn or [Row("Nothing", "0", 0.0, 0.0)], title, across)


def _bar(label: str, stat: Stat, decimals: int, *, signed: bool = False) -> Row:
    look = rows.look_of(stat.mean) if signed else "plain"
    return Row(label, numbers.mean(stat, decimals, sign=signed), 0.0, stat.mean, stat.low, stat.high, look)


def _other(many: int, thing: str = "other entry") -> str:
    if thing.endswith("y"):
        return numbers.count(many, thing) if many == 1 else f"{numbers.count(many)} {thing[:-1]}ies"
    return numbers.count(many, thing)


def _largest(ensemble: Ensemble, columns: list[tuple[str, str]]) -> tuple[list[tuple[str, Stat]], int]:
    """Return the largest results, the small ones added up where there are many, and how many are zero in every run."""
    known = [(label, column, ensemble.stats[column]) for label, column in columns]
    moving = sorted((each for each in known if each[2].mean or each[2].se), key=lambda each: -abs(each[2].mean))
    alone = moving if len(moving) <= _MOST else moving[: _MOST - 1]
    rest = [column for _, column, _ in moving[len(alone) :]]
    shown = [(label, stat) for label, _, stat in alone]
    if rest:
        shown.append((f"Everything else ({len(rest)})", _added_up(ensemble, rest)))
    return shown, len(known) - len(moving)


def _added_up(ensemble: Ensemble, columns: list[str]) -> Stat:
    def sums() -> Iterator[Floats]:
        return (block.sum(axis=0, keepdims=True) for block in ensemble.blocks(columns))

    (stat,) = stats_of(moments_of(sums()))
    return stat
