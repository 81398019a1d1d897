"""What ``sensitivity`` answers, as a page: what drives each result, ranked, and what that means."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.errors import one_line
from sim.experiment.sensitivity import Driven, Driver, Sensitivity
from sim.report import numbers
from sim.report.labels import Labels, inside, joined, quoted_label, sentence_case
from sim.report.page import NUMBERS, Cell, Column, Page, Styled, below, named

if TYPE_CHECKING:
    from rich.console import Console

MOST_ROWS = 12
"""Most parameters that are shown of one result; JSON has all."""

_LEAST = 0.005
"""The least share of the variance, or of the first parameter's measure, that is shown: less would be written as 0."""

SHARES = {"first", "total", "delta", "pawn"}
"""Measures that go from 0 to 1."""

HEADINGS = {
    "first": "alone",
    "total": "in all",
    "effect": "effect",
    "bend": "bend",
    "delta": "delta",
    "pawn": "PAWN",
}
"""What columns and pictures call a measure."""

MEANS = {
    "first": "Alone: the share of the variance that goes when this parameter is known (first-order index).",
    "total": "In all: the share that is left when all others are known (total index), interactions counted in.",
    "effect": "Effect: the mean size of the change as the parameter goes over its range (Morris's mu*).",
    "bend": "Bend: how much that change depends on where it starts and on other parameters (Morris's sigma).",
    "delta": "Delta: how far, from 0 to 1, knowing the parameter moves the whole distribution (Borgonovo).",
    "pawn": "PAWN: how far, from 0 to 1, knowing the parameter moves the cumulated distribution.",
}

_BAR = 10
_WIDE = 100
"""Cells from which on a page has room for intervals of every measure and for the spread by luck."""


def show_sensitivity(answer: Sensitivity, console: Console) -> None:
    """Print what drives each result: a ranked table, and what it means."""
    page, labels = Page(console), Labels(answer.asked.scenario)
    page.title(labels.title, subject(answer), how(answer), *_fixed(answer, labels))
    for result in answer.results:
        page.heading(name_of(answer, result))
        if result.varies:
            _table(page, answer, result, labels)
        else:
            page.line(level(result), indent=2)
    if any(result.varies for result in answer.results):
        page.gap()
        for measure in answer.asked.method.measures:
            page.line(MEANS[measure], "dim", indent=2)
        page.line("+ and -: the result rises or falls with the parameter on the whole.", "dim", indent=2)
    page.heading("What it means")
    for result in answer.results:
        for sentence in sentences(answer, result):
            page.line(sentence, indent=2)
    page.line(
        "Every value in a range counts the same. The intervals speak of the points drawn; wider ranges mean larger "
        "shares.",
        indent=2,
    )


def shown(answer: Sensitivity, result: Driven) -> tuple[Driver, ...]:
    """Return the parameters of a result that pages and pictures show: those that matter, and the first in any case."""
    rank = answer.asked.method.rank
    values = [driver.measures[rank].value for driver in result.drivers]
    least = _LEAST * (1.0 if rank in SHARES else values[0])
    many = sum(value >= least for value in values)
    return result.drivers[: max(1, min(many, MOST_ROWS))]


def subject(answer: Sensitivity) -> str:
    """Return what is studied, in a line."""
    labels = Labels(answer.asked.scenario)
    sides = [quoted_label(labels.regime(name)) for name in answer.asked.sides]
    many = numbers.count(len(answer.asked.ranges), "parameter")
    if len(sides) == 1:
        return f"What drives payoffs under {sides[0]}: {many}, each over its range"
    return f"What drives the difference {sides[1]} minus {sides[0]}: {many}, each over its range"


def how(answer: Sensitivity) -> str:
    """Return how much was played, in a line."""
    asked = answer.asked
    again = f", {asked.repeats} times with other luck" if asked.repeats > 1 else ""
    runs = numbers.count(asked.plan.runs, "run")
    return (
        f"{asked.method.name}: {asked.evaluations:,} points ({asked.points:,} drawn), {runs} at each on the same "
        f"luck{again}, seed {asked.plan.seed}"
    )


def name_of(answer: Sensitivity, result: Driven) -> str:
    """Return what a result is called."""
    labels = Labels(answer.asked.scenario)
    who = inside(labels.actor(result.actor))
    return f"Payoff of {who}" if result.minus is None else f"Payoff difference of {who}"


def level(result: Driven) -> str:
    """Return the sentence for a result that does not vary."""
    return (
        f"It does not vary: {numbers.number(result.mean)} at every point of the ranges. Indices are shares of a "
        "variance, and there is none."
    )


def sentences(answer: Sensitivity, result: Driven) -> list[str]:
    """Return what drives a result, how much of it is interaction, and how much of one run is luck, in words."""
    labels = Labels(answer.asked.scenario)
    who = sentence_case(name_of(answer, result))
    told = []
    if result.varies:
        rank = answer.asked.method.rank
        first = result.drivers[0].measures[rank]
        lead = [driver for driver in result.drivers[:3] if driver.measures[rank].value >= first.value / 4]
        names = joined([quoted_label(labels.parameter(driver.name)) for driver in lead])
        told.append(f"{who} is driven most by {names}.")
        if "total" in answer.asked.method.measures:
            alone = [driver.measures["first"] for driver in result.drivers]
            rest = 1.0 - sum(each.value for each in alone)
            # Of many parameters even small errors of each add up.
            unsure = math.hypot(*(each.high - each.low for each in alone if each.low is not None and each.high)) / 2
            if rest > max(0.1, unsure):
                told.append(f"About {numbers.percent(rest)} of its variance comes from parameters acting together.")
        if answer.asked.repeats > 1:
            told.append(_luck(answer, result))
    if result.luck is not None and (result.varies or result.luck):
        spread = f"; over the ranges its mean varies by {numbers.number(result.deviation)} (standard deviation)"
        told.append(
            f"Of the variance of one run, {numbers.percent(result.luck)} is luck{spread if result.varies else ''}."
        )
    if not told:
        told.append(f"{who} depends on none of these parameters.")
    return told


def _luck(answer: Sensitivity, result: Driven) -> str:
    """Return how far the measures that rank parameters move with other luck, in words."""
    rank = answer.asked.method.rank
    measures = [driver.measures[rank] for driver in result.drivers]
    moves = [each.most - each.least for each in measures if each.most is not None and each.least is not None]
    widest, most = max(moves), max(each.value for each in measures)
    what = f'"{HEADINGS[rank]}"'
    if widest <= 1e-9 * most:
        return f"With other luck the column {what} stays the same."
    return f"With other luck the column {what} moves by at most {numbers.number(widest, numbers.decimals_of(widest))}."


def _fixed(answer: Sensitivity, labels: Labels) -> list[str]:
    asked = answer.asked
    lines = []
    setting = next(iter(asked.sides.values()))
    given = [f"{name} = {numbers.number(value)}" for name, value in setting.parameters.items()]
    given += [f"{labels.actor(actor)} plays {labels.strategy(actor, name)}" for actor, name in setting.plays.items()]
    lines += [f"With {joined(given)}, as the command line asks."] if given else []
    held = {regime: [name for name in names if name in asked.ranges] for regime, names in asked.kept.items()}
    for regime, names in held.items():
        if names:
            lines.append(f"{labels.regime(regime)} keeps its own value of {joined(names)}.")
    own = [name for name in asked.fixed if name not in setting.parameters]
    lines += [f"Not varied, since the regimes say what they are: {joined(own)}."] if own else []
    return lines


def _table(page: Page, answer: Sensitivity, result: Driven, labels: Labels) -> None:
    method = answer.asked.method
    wide = page.width >= _WIDE
    columns = [Column("parameter", least=22)]
    for measure in method.measures:
        columns.append(Column(HEADINGS[measure], NUMBERS))
        if _has_interval(result, measure) and (wide or measure == method.rank):
            columns.append(Column("95 % interval", NUMBERS))
    luck = wide and answer.asked.repeats > 1
    columns += [Column("other luck", NUMBERS)] if luck else []
    columns += [Column("")]
    most = max(driver.measures[method.rank].value for driver in result.drivers)
    rows: list[list[Cell]] = []
    several = shown(answer, result)
    for driver in several:
        row: list[Cell] = [_name(driver, labels)]
        for measure in method.measures:
            measured = driver.measures[measure]
            decimals = 2 if measure in SHARES else numbers.decimals_of(most)
            row.append(numbers.number(measured.value, decimals))
            if _has_interval(result, measure) and (wide or measure == method.rank):
                row.append(Styled(_between(measured.low, measured.high, decimals), "dim"))
        ranked = driver.measures[method.rank]
        if luck:
            row.append(Styled(_between(ranked.least, ranked.most, 2 if method.rank in SHARES else None), "dim"))
        share = ranked.value / most if most > 0 else 0.0
        row.append(page.bar(share, _BAR) if share >= 1 / (2 * _BAR) else "")
        rows.append(row)
    page.table(columns, rows)
    if rest := len(result.drivers) - len(several):
        less = "that matters less is" if rest == 1 else "that matter less are"
        page.line(f"{numbers.count(rest, 'parameter')} {less} not shown; --json has all.", "dim", indent=2)


def _name(driver: Driver, labels: Labels) -> Styled:
    sign = {1: "+", -1: "-", 0: " "}[driver.direction]
    label = labels.parameter(driver.name)
    shown = named(label, one_line(driver.name))
    span = f"{driver.low:g} to {driver.high:g}"
    if shown.then:
        return below(f"{sign} {label}", Styled(f"  {one_line(driver.name)}, {span}", "dim"))
    return Styled(f"{sign} {shown.text}", "", (Styled(f", {span}", "dim"),))


def _has_interval(result: Driven, measure: str) -> bool:
    return any(driver.measures[measure].low is not None for driver in result.drivers)


def _between(low: float | None, high: float | None, decimals: int | None) -> str:
    if low is None or high is None:
        return ""
    return f"{numbers.number(low, decimals)} to {numbers.number(high, decimals)}"
