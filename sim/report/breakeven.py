"""What ``breakeven`` answers, as a page: today, each parameter alone, all together, and what it would take in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.errors import one_line
from sim.experiment.alone import Alone
from sim.experiment.breakeven import BreakEven
from sim.experiment.crossings import Crossing
from sim.experiment.joint import Joint
from sim.report import numbers
from sim.report.breakeven_words import (
    LITTLE,
    TAKEN,
    decimals_of,
    how,
    interval,
    not_enough,
    others,
    side_of,
    subject,
    takes,
    today,
)
from sim.report.labels import Labels, joined, quoted_label, sentence_case
from sim.report.page import NUMBERS, Cell, Column, Page, Styled, below, named
from sim.report.run import ASSUMED

if TYPE_CHECKING:
    from rich.console import Console

FEW = 8
"""Rows of parameters that are not enough alone, and of a joint change."""

_WIDE = 100
"""Cells from which on a page has room for bars beside numbers."""

_LABEL = 22
"""Cells that a parameter's label keeps."""


def show_breakeven(answer: BreakEven, console: Console) -> None:
    """Print where two sides break even for an actor: each parameter alone, all together, and what it means."""
    page, labels = Page(console), Labels(answer.scenario)
    page.title(labels.title, subject(answer, labels), how(answer), *_fixed(answer, labels))
    page.heading("Today")
    page.line(today(answer, labels), indent=2)
    _ladder(page, answer, labels)
    _short(page, answer, labels)
    _silent(page, answer, labels)
    _joint(page, answer, labels)
    page.heading("What it would take")
    for said in takes(answer, labels):
        page.line(said.sentence, indent=2)
        if said.points:
            page.grid([["-", point] for point in said.points], indent=2)
    page.line(TAKEN, indent=2)
    page.line(ASSUMED, indent=2)


def _fixed(answer: BreakEven, labels: Labels) -> list[str]:
    setting = answer.settings[answer.of]
    given = [f"{name} = {numbers.number(value)}" for name, value in setting.parameters.items()]
    given += [
        f"{labels.actor(actor)} playing {quoted_label(labels.strategy(actor, name))}"
        for actor, name in setting.plays.items()
        if actor != answer.actor or answer.by == "regimes"
    ]
    return [f"With {joined(given)}, as the command line asks."] if given else []


def _ladder(page: Page, answer: BreakEven, labels: Labels) -> None:
    page.heading("One at a time", "each alone, the least move first, in shares of its range")
    if not answer.ladder:
        page.line("No parameter alone breaks even within its range.", indent=2)
        return
    rows: list[list[Cell]] = []
    for each in answer.ladder:
        root = each.nearest
        if root is None or root.at is None or each.moved is None:
            continue
        decimals = decimals_of(root)
        row: list[Cell] = [
            below(_name(each.name, labels), *_remarks(answer, each, root, labels)),
            numbers.number(each.now),
            Styled(numbers.number(root.at, decimals), "bold"),
            Styled(interval(root, decimals), "dim"),
        ]
        rows.append([*row, *_move(page, each.moved)])
    columns = [
        Column("parameter", least=_LABEL), Column("today", NUMBERS), Column("break-even", NUMBERS),
        Column("95 % interval", NUMBERS), *_moves(page),
    ]  # fmt: skip
    page.table(columns, rows)


def _short(page: Page, answer: BreakEven, labels: Labels) -> None:
    """Print the parameters that matter but never break even, by how far each gets."""
    short = not_enough(answer)
    if not short:
        return
    page.heading("Not enough alone", "where each helps most: what is left, and the share done")
    decimals = numbers.common_decimals([stat for _, _, stat in short])
    rows: list[list[Cell]] = []
    for each, value, stat in short[:FEW]:
        done = max(1.0 - stat.mean / answer.difference.mean, 0.0)
        row: list[Cell] = [
            below(_name(each.name, labels), *_remarks(answer, each, None, labels)),
            numbers.number(each.now),
            numbers.number(value),
            numbers.mean(stat, decimals, sign=True),
            Styled(numbers.interval(stat, decimals), "dim"),
            numbers.percent(done),
        ]
        rows.append([*row, page.bar(done)] if page.width >= _WIDE else row)
    columns = [
        Column("parameter", least=_LABEL), Column("today", NUMBERS), Column("at", NUMBERS), Column("left", NUMBERS),
        Column("95 % interval", NUMBERS), Column("done", NUMBERS), *([Column("")] if page.width >= _WIDE else []),
    ]  # fmt: skip
    page.table(columns, rows)
    left = len(short) - len(rows)
    if left:
        which = "that does less is" if left == 1 else "that do less are"
        page.line(f"{numbers.count(left, 'parameter')} {which} not shown; --json has all.", "dim", indent=2)


def _silent(page: Page, answer: BreakEven, labels: Labels) -> None:
    """Print which parameters change nothing, and which cannot be changed."""
    silent = [one_line(each.name) for each in answer.parameters if not each.matters and each.most is not None]
    kept = [one_line(each.name) for each in answer.parameters if each.most is None]
    if not (silent or kept):
        return
    page.gap()
    if silent:
        page.line(f"Nothing changes here with {joined(silent, 'or')}.", "dim", indent=2)
    if kept:
        who, verb = ("Both regimes", "say") if answer.regime is None else (_quoted_regime(answer, labels), "says")
        page.line(f"{who} {verb} what {joined(kept, 'and')} is, so it is not moved; --set would.", "dim", indent=2)


def _quoted_regime(answer: BreakEven, labels: Labels) -> str:
    return quoted_label(labels.regime(answer.regime or ""))


def _joint(page: Page, answer: BreakEven, labels: Labels) -> None:
    page.heading("All together", "the nearest point at which both are equally good")
    joint = answer.joint
    if joint is None:
        page.line(_no_joint(answer), indent=2)
        return
    shown = [move for move in joint.moves if abs(move.moved) >= LITTLE][:FEW] or list(joint.moves[:1])
    rows: list[list[Cell]] = [
        [
            _name(move.name, labels),
            numbers.number(move.now),
            Styled(numbers.number(move.to), "bold"),
            *_move(page, move.moved),
        ]
        for move in shown
    ]
    page.table(
        [Column("parameter", least=_LABEL), Column("today", NUMBERS), Column("goes to", NUMBERS), *_moves(page)], rows
    )
    if left := joint.moves[len(shown) :]:
        page.line(f"{sentence_case(others(left))}; --json has all.", "dim", indent=2)
    page.gap()
    page.line(f"{_distance(answer, joint)} {_verified(joint)}", indent=2)


def _no_joint(answer: BreakEven) -> str:
    if answer.trouble:
        return f"Not found, since the scenario cannot be played at a point on the way: {answer.trouble}"
    if not answer.difference.mean:
        return "Nothing has to change: both are equally good today."
    if not any(each.matters for each in answer.parameters):
        return "No parameter changes anything."
    return "None was found: even with every parameter at the end of its range that helps, one side stays better."


def _distance(answer: BreakEven, joint: Joint) -> str:
    words = f"In all it is as far as moving one parameter by {numbers.percent(joint.distance)} of its range"
    if joint.low is not None and joint.high is not None and joint.high - joint.low >= 0.005:
        words += f" ({numbers.percent(joint.low)} to {numbers.percent(joint.high)} on the same way)"
    if answer.weights:
        told = [f"{one_line(name)} counts {numbers.number(weight)} times" for name, weight in answer.weights.items()]
        words += f", where {joined(told)}"
    return f"{words}."


def _verified(joint: Joint) -> str:
    """Say what fresh luck makes of the point that was found on the old."""
    fresh = joint.fresh
    if not fresh.se:
        if not fresh.mean and not joint.difference.mean:
            return "There both are equally good in every run, with other luck too."
        return f"With other luck the difference there is {numbers.mean(fresh, sign=True)} in every run."
    words = f"Played there again with fresh luck, the difference is {numbers.mean(fresh, sign=True)}"
    words += f" (95 % interval {numbers.interval(fresh)}), "
    # The point was chosen by luck of its own, so the two errors add up.
    both = math.hypot(fresh.reach or 0.0, joint.difference.reach or 0.0)
    if abs(fresh.mean) <= both:
        return f"{words}no further from zero than luck explains."
    return f"{words}further from zero than luck explains: ask for more --runs."


def _moves(page: Page) -> list[Column]:
    return [Column("moves", NUMBERS), *([Column("")] if page.width >= _WIDE else [])]


def _move(page: Page, share: float) -> list[Cell]:
    """Return how far something moves, in percent of its range with its sign, and a bar where there is room."""
    written = f"{'-' if share < 0 else '+'}{numbers.percent(abs(share))}"
    return [written, page.bar(min(abs(share), 1.0))] if page.width >= _WIDE else [written]


def _remarks(answer: BreakEven, each: Alone, shown: Crossing | None, labels: Labels) -> Sequence[Cell]:
    """Return where else a parameter breaks even, or may, and under which side it is not moved."""
    told = []
    for other in each.crossings:
        decimals = decimals_of(other)
        if other is not shown and other.at is None:
            told.append(f"may break even: undecided, {interval(other, decimals)}")
        elif other is not shown and other.at is not None:
            told.append(f"also at {numbers.number(other.at, decimals)} ({interval(other, decimals)})")
    told += [f"not under {quoted_label(side_of(answer, labels, side))}, which says what it is" for side in each.kept]
    return [Styled(remark, "dim") for remark in told]


def _name(name: str, labels: Labels) -> Styled:
    return named(labels.parameter(name), one_line(name))
