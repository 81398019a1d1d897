"""What ``run`` answers, as a page: payoffs, where they come from, and what happened on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sim.errors import one_line
from sim.experiment.ensemble import Ensemble
from sim.experiment.summary import Stat
from sim.model.game import Actor
from sim.report import inline, numbers
from sim.report.labels import Labels, inside, joined, quoted_label, sentence_case
from sim.report.page import NUMBERS, Cell, Column, Page, Styled

if TYPE_CHECKING:
    from rich.console import Console

ONE_RUN = (
    "One run alone has no interval: it cannot tell what the incentives bring from what luck brought. "
    "Ask for more runs with --runs."
)

ASSUMED = "The intervals speak of the luck of the runs. They do not say how sure the assumptions are."


def show_run(ensemble: Ensemble, console: Console, reached: str = "") -> None:
    """Print an ensemble: payoffs, ledgers, final state, hazards, actions, endings, and what it means.

    ``reached`` says how wide intervals became where a width was asked for.
    """
    page, labels = Page(console), Labels(ensemble.game.scenario)
    page.title(labels.title, *circumstances(ensemble, labels))
    _payoffs(page, ensemble, labels)
    inline.spreads(page, ensemble, labels)
    for actor in ensemble.game.actors:
        _ledger(page, ensemble, labels, actor)
    _final(page, ensemble, labels)
    inline.over_time(page, {labels.regime(ensemble.game.regime): ensemble}, labels)
    _hazards(page, ensemble, labels)
    _actions(page, ensemble, labels)
    _endings(page, ensemble)
    page.heading("What it means")
    for sentence in sentences(ensemble, labels):
        page.line(sentence, indent=2)
    trust(page, reached, ensemble.warnings)
    page.command("One run, event by event:", ensemble.game.command("trace", "--run", "0", seed=ensemble.plan.seed))


def trust(page: Page, reached: str, warnings: Iterable[str]) -> None:
    """Print how wide intervals became where a width was asked for, and which of them cannot be trusted."""
    if reached:
        page.line(reached, indent=2)
    for warning in warnings:
        page.line(warning, "yellow", indent=2)


def circumstances(ensemble: Ensemble, labels: Labels) -> list[str]:
    """Return what was played: regime, runs, seed, engine, clock, and what was asked beside the scenario."""
    game = ensemble.game
    regime = labels.regime(game.regime)
    under = regime if regime == game.regime else f"{regime} ({game.regime})"
    lines = [f"Regime: {under}", how(ensemble, labels)]
    given = [f"{name} = {numbers.number(value)}" for name, value in game.setting.parameters.items()]
    if given:
        lines.append(f"With {joined(given)}, as the command line asks.")
    return lines


def how(ensemble: Ensemble, labels: Labels) -> str:
    """Return how much was played: runs, seed, engine, clock."""
    plan = ensemble.plan
    return f"{numbers.count(plan.runs, 'run')}, seed {plan.seed}, {plan.engine} engine, {labels.clock()}"


def stat_columns(heading: str, single: bool) -> list[Column]:
    """Return the columns of a statistic: its mean, and its interval unless there is one run alone."""
    columns = [Column("value" if single and heading == "mean" else heading, NUMBERS)]
    return columns if single else [*columns, Column("95 % interval", NUMBERS)]


def stat_cells(stat: Stat, single: bool, decimals: int | None = None) -> list[Cell]:
    """Return the cells of a statistic, for ``stat_columns``."""
    value = numbers.mean(stat, decimals)
    return [value] if single else [value, Styled(numbers.interval(stat, decimals), "dim")]


def _single(ensemble: Ensemble) -> bool:
    return ensemble.plan.runs < 2


def _payoffs(page: Page, ensemble: Ensemble, labels: Labels) -> None:
    page.heading("Payoffs")
    stats = {actor.name: ensemble.stats[actor.name] for actor in ensemble.game.actors}
    decimals, single = numbers.common_decimals(stats.values()), _single(ensemble)
    page.table(
        [Column("actor"), Column("plays"), *stat_columns("payoff", single)],
        [
            [
                Styled(labels.actor(actor.name), "bold"),
                labels.strategy(actor.name, actor.strategy),
                *stat_cells(stats[actor.name], single, decimals),
            ]
            for actor in ensemble.game.actors
        ],
    )


def _ledger(page: Page, ensemble: Ensemble, labels: Labels, actor: Actor) -> None:
    page.heading(f"Where the payoff of {inside(labels.actor(actor.name))} comes from")
    single, total = _single(ensemble), ensemble.stats[actor.name]
    entries = {entry: ensemble.stats[f"{actor.name}.{entry}"] for entry in ensemble.entries(actor.name)}
    moved = sum(abs(stat.mean) for stat in entries.values())
    decimals = numbers.common_decimals([*entries.values(), total])
    shown = {entry: stat for entry, stat in entries.items() if stat.mean or stat.se}
    ordered = sorted(shown.items(), key=lambda item: -abs(item[1].mean))
    rows: list[list[Cell]] = [
        [
            labels.entry(actor.name, entry),
            *stat_cells(stat, single, decimals),
            numbers.percent(abs(stat.mean) / moved) if moved else "",
        ]
        for entry, stat in ordered
    ]
    rows.append([Styled("Payoff", "bold"), *stat_cells(total, single, decimals), ""])
    page.table([Column("entry"), *stat_columns("mean", single), Column("share", NUMBERS)], rows, total=True)
    _none(page, "Nothing came from", [labels.entry(actor.name, entry) for entry in entries if entry not in shown])


def _none(page: Page, words: str, names: list[str]) -> None:
    if names:
        page.line(f"{words}: {'; '.join(names)}.", "dim", indent=2)


def _final(page: Page, ensemble: Ensemble, labels: Labels) -> None:
    game, single = ensemble.game, _single(ensemble)
    parts = [
        ("The state at the end", [variable.name for variable in game.variables]),
        ("What follows from it", list(game.vocabulary.derived)),
    ]
    for heading, names in parts:
        if names:
            page.heading(heading)
            rows = [[labels.variable(name), *stat_cells(ensemble.stats[f"final.{name}"], single)] for name in names]
            page.table([Column("name"), *stat_columns("mean", single)], rows)


def _hazards(page: Page, ensemble: Ensemble, labels: Labels) -> None:
    if not ensemble.game.hazards:
        return
    page.heading("What struck")
    single = _single(ensemble)
    rows: list[Sequence[Cell]] = []
    for hazard in ensemble.game.hazards:
        rows.append([labels.hazard(hazard.name), *stat_cells(ensemble.stats[f"count.{hazard.name}"], single)])
        rows += [
            [
                f"- {labels.outcome(hazard.name, outcome.name)}",
                *stat_cells(ensemble.stats[f"count.{hazard.name}.{outcome.name}"], single),
            ]
            for outcome in hazard.outcomes
            if hazard.named
        ]
    page.table([Column("hazard and outcomes"), *stat_columns("times a run", single)], rows)


def _actions(page: Page, ensemble: Ensemble, labels: Labels) -> None:
    acting = [actor for actor in ensemble.game.actors if actor.actions]
    if not acting:
        return
    page.heading("What was done")
    single = _single(ensemble)
    rows: list[Sequence[Cell]] = []
    never: list[tuple[str, list[str]]] = []
    for actor in acting:
        idle = []
        for action in actor.actions:
            stat, label = ensemble.stats[f"actions.{actor.name}.{action.name}"], labels.action(actor.name, action.name)
            if stat.mean:
                rows.append([labels.actor(actor.name), label, *stat_cells(stat, single)])
            else:
                idle.append(label)
        never.append((labels.actor(actor.name), idle))
    if rows:
        page.table([Column("actor"), Column("action"), *stat_columns("times a run", single)], rows)
    for label, idle in never:
        _none(page, f"{label} never did", idle)


def _endings(page: Page, ensemble: Ensemble) -> None:
    ended, duration = ensemble.stats["ended"], ensemble.stats["duration"]
    page.heading("How it ended")
    for line in endings(ended, duration, ensemble.plan.runs):
        page.line(line, indent=2)


def endings(ended: Stat, duration: Stat, runs: int) -> list[str]:
    """Return how many runs ended early and how long runs lasted, in words."""
    lasted = f"{numbers.mean(duration)} turns"
    if runs < 2:
        return [f"The run {'ended early' if ended.mean else 'went to its end'}, after {lasted}."]
    share = numbers.percent(ended.mean, 1)
    reach = numbers.interval(duration)
    return [
        f"{share} of runs ended early (95 % interval {numbers.percent_interval(ended)}, Wilson).",
        f"A run lasted {lasted}" + (f" on average ({reach})." if duration.se else "."),
    ]


def sentences(ensemble: Ensemble, labels: Labels) -> list[str]:
    """Return what the page means: for each actor one plain sentence, then how far it can be trusted."""
    lines = [sentence(ensemble, labels, actor) for actor in ensemble.game.actors]
    if _single(ensemble):
        return [*lines, ONE_RUN]
    return [
        *lines,
        ASSUMED,
    ]


def sentence(ensemble: Ensemble, labels: Labels, actor: Actor) -> str:
    """Return what an actor's payoff is, and what brings and what costs it most."""
    total = ensemble.stats[actor.name]
    single = _single(ensemble)
    decimals = numbers.common_decimals([total])
    words = f"{labels.actor(actor.name)} ends with {numbers.mean(total, decimals)}"
    words += " in this run" if single else " on average"
    if not single and total.se:
        words += f" ({numbers.interval(total, decimals)})"
    parts = [(entry, ensemble.stats[f"{actor.name}.{entry}"].mean) for entry in ensemble.entries(actor.name)]
    brings = max(parts, key=lambda part: part[1])
    takes = min(parts, key=lambda part: part[1])
    clauses = [
        f"{verb} {quoted_label(labels.entry(actor.name, entry))} ({numbers.number(value, decimals, sign=True)})"
        for verb, (entry, value), there in [
            ("most comes from", brings, brings[1] > 0),
            ("most is lost to", takes, takes[1] < 0),
        ]
        if there
    ]
    return sentence_case(one_line(f"{words}; {joined(clauses)}." if clauses else f"{words}."))
