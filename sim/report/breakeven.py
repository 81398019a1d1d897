"""What ``breakeven`` answers, as a page: today, each parameter alone, all together, and what it would take in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.errors import one_line
from sim.experiment.alone import Alone
from sim.experiment.breakeven import BreakEven
from sim.experiment.crossings import Crossing
from sim.experiment.joint import Joint, Move
from sim.experiment.summary import Stat
from sim.report import numbers
from sim.report.labels import Labels, inside, joined, quoted_label, sentence_case
from sim.report.page import NUMBERS, Cell, Column, Page, Styled, below, named
from sim.report.run import ASSUMED

if TYPE_CHECKING:
    from rich.console import Console

FEW = 8
"""Rows of parameters that are not enough alone, and of a joint change."""

_SPOKEN = 5
"""Parameters that a sentence names."""

_SEEN = 0.01
"""Share of today's difference below which a parameter that changes it is not worth a row."""

_LITTLE = 0.02
"""Share of a range below which a move is not worth a row."""


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
    for sentence in sentences(answer, labels):
        page.line(sentence, indent=2)
    page.line(ASSUMED, indent=2)


def side_of(answer: BreakEven, labels: Labels, side: str) -> str:
    """Return the label of a side: of a regime, or of a strategy of the actor."""
    return labels.regime(side) if answer.by == "regimes" else labels.strategy(answer.actor, side)


def subject(answer: BreakEven, labels: Labels) -> str:
    """Return what is asked, in a line."""
    sides = [quoted_label(side_of(answer, labels, side)) for side in (answer.minus, answer.of)]
    words = f"When {sides[0]} and {sides[1]} are equally good for {inside(labels.actor(answer.actor))}"
    return words if answer.regime is None else f"{words}, under {quoted_label(labels.regime(answer.regime))}"


def how(answer: BreakEven) -> str:
    """Return how much was played."""
    plan = answer.plan
    much = f"{numbers.count(plan.runs, 'run')} at each of {numbers.count(answer.points, 'point')}, seed {plan.seed}"
    return f"{much}, paired run by run on the same luck"


def _fixed(answer: BreakEven, labels: Labels) -> list[str]:
    setting = answer.settings[answer.of]
    given = [f"{name} = {numbers.number(value)}" for name, value in setting.parameters.items()]
    given += [
        f"{labels.actor(actor)} playing {quoted_label(labels.strategy(actor, name))}"
        for actor, name in setting.plays.items()
        if actor != answer.actor or answer.by == "regimes"
    ]
    return [f"With {joined(given)}, as the command line asks."] if given else []


# --- Tables ----------------------------------------------------------------------------------------------------------


def _ladder(page: Page, answer: BreakEven, labels: Labels) -> None:
    page.heading("One at a time", "each parameter alone, the one that has to move least first")
    if not answer.ladder:
        page.line("No parameter breaks even within its range.", indent=2)
        return
    rows: list[Sequence[Cell]] = []
    for each in answer.ladder:
        root = each.nearest
        if root is None or root.at is None or each.moved is None:
            continue
        decimals = _decimals(root)
        remarks = [_told(other) for other in each.crossings if other is not root] + _kept(answer, each, labels)
        rows.append(
            [
                below(_name(each.name, labels), *(Styled(remark, "dim") for remark in remarks)),
                numbers.number(each.now),
                Styled(numbers.number(root.at, decimals), "bold"),
                Styled(_interval(root, decimals), "dim"),
                moved(each.moved),
                page.bar(min(abs(each.moved), 1.0)),
            ]
        )
    columns = [
        Column("parameter", least=22), Column("today", NUMBERS), Column("break-even", NUMBERS),
        Column("95 % interval", NUMBERS), Column("of its range", NUMBERS), Column(""),
    ]  # fmt: skip
    page.table(columns, rows)


def _short(page: Page, answer: BreakEven, labels: Labels) -> None:
    """Print the parameters that matter but never break even, by how far each gets."""
    short = _not_enough(answer)
    if not short:
        return
    page.heading("Not enough alone", "how far each gets at the end of its range that helps most")
    decimals = numbers.common_decimals([stat for _, _, stat in short])
    rows: list[Sequence[Cell]] = []
    for each, value, stat in short[:FEW]:
        remarks = [_told(other) for other in each.crossings] + _kept(answer, each, labels)
        rows.append(
            [
                below(_name(each.name, labels), *(Styled(remark, "dim") for remark in remarks)),
                numbers.number(each.now),
                numbers.number(value),
                numbers.mean(stat, decimals, sign=True),
                Styled(numbers.interval(stat, decimals), "dim"),
                page.bar(1.0 - stat.mean / answer.difference.mean),
            ]
        )
    columns = [
        Column("parameter", least=22), Column("today", NUMBERS), Column("goes to", NUMBERS),
        Column("difference", NUMBERS), Column("95 % interval", NUMBERS), Column("done"),
    ]  # fmt: skip
    page.table(columns, rows)
    left = len(short) - len(rows)
    if left:
        page.line(f"{numbers.count(left, 'parameter')} that do less are not shown; --json has them.", "dim", indent=2)


def _not_enough(answer: BreakEven) -> list[tuple[Alone, float, Stat]]:
    """Return what changes the difference noticeably without turning it, with its best value and what is left there."""
    least = _SEEN * abs(answer.difference.mean)
    found = [
        (each, *each.most)
        for each in answer.parameters
        if each.break_even is None and each.most is not None and each.matters
    ]
    noticed = [part for part in found if abs(part[2].mean - answer.difference.mean) >= least]
    return sorted(noticed, key=lambda part: abs(part[2].mean))


def _silent(page: Page, answer: BreakEven, labels: Labels) -> None:
    """Print which parameters change nothing, and which cannot be changed."""
    silent = [each.name for each in answer.parameters if not each.matters and each.most is not None]
    kept = [each.name for each in answer.parameters if each.most is None]
    if not (silent or kept):
        return
    page.gap()
    if silent:
        page.line(f"Nothing changes here with {joined(_plain(silent), 'or')}.", "dim", indent=2)
    if kept:
        verb, theirs = (
            ("keeps", "a value of its own") if answer.by == "strategies" else ("both keep", "their own value")
        )
        who = quoted_label(labels.regime(answer.regime)) if answer.regime else "The two regimes"
        page.line(
            f"{who} {verb} {theirs} of {joined(_plain(kept))}, which therefore cannot be broken even by; "
            "--set wins over a regime.",
            "dim",
            indent=2,
        )


def _joint(page: Page, answer: BreakEven, labels: Labels) -> None:
    page.heading("All together", "the nearest point at which both are equally good")
    joint = answer.joint
    if joint is None:
        page.line(_no_joint(answer), indent=2)
        return
    shown = [move for move in joint.moves if abs(move.moved) >= _LITTLE][:FEW] or list(joint.moves[:1])
    rows: list[Sequence[Cell]] = [
        [
            _name(move.name, labels),
            numbers.number(move.now),
            Styled(numbers.number(move.to), "bold"),
            moved(move.moved),
            page.bar(abs(move.moved)),
        ]
        for move in shown
    ]
    columns = [
        Column("parameter", least=22), Column("today", NUMBERS), Column("goes to", NUMBERS),
        Column("of its range", NUMBERS), Column(""),
    ]  # fmt: skip
    page.table(columns, rows)
    if left := joint.moves[len(shown) :]:
        page.line(f"{sentence_case(_others(left))}; --json has them.", "dim", indent=2)
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


# --- Words -----------------------------------------------------------------------------------------------------------


def today(answer: BreakEven, labels: Labels) -> str:
    """Return which side is better for the actor as things are, by how much, and how sure that is."""
    who, stat = inside(labels.actor(answer.actor)), answer.difference
    better, worse = _sides(answer, labels)
    decimals = numbers.common_decimals([stat])
    size = numbers.number(abs(stat.mean), decimals)
    way = "under" if answer.by == "regimes" else "with"
    if not stat.mean:
        return sentence_case(f"{who} does equally well {way} {better} and {way} {worse}.")
    if not stat.se:
        return sentence_case(f"{who} does better {way} {better} than {way} {worse}: by {size}, without any spread.")
    if not stat.side:
        words = f"it is undecided whether {who} does better {way} {better} than {way} {worse}: "
        return sentence_case(
            f"{words}by {size} on average, but the 95 % interval, {numbers.interval(stat)}, crosses zero."
        )
    ends = sorted(abs(end) for end in (stat.low or 0.0, stat.high or 0.0))
    between = " to ".join(numbers.number(end, decimals) for end in ends)
    return sentence_case(f"{who} does better {way} {better} than {way} {worse}: by {size} (95 % interval {between}).")


def sentences(answer: BreakEven, labels: Labels) -> list[str]:
    """Return what it would take for the actor to prefer the other side: one parameter alone, and all together."""
    who = sentence_case(inside(labels.actor(answer.actor)))
    _, worse = _sides(answer, labels)
    turns = f"{who} comes to prefer {worse}"
    told = []
    if not answer.difference.mean:
        told.append(f"{who} has no reason to prefer either; any change that matters gives it one.")
    elif answer.ladder:
        steps = [_step(each, labels) for each in answer.ladder[:_SPOKEN]]
        others = len(answer.ladder) - len(steps)
        steps += (
            [f"{numbers.count(others, 'other')} that have to move further" if others > 1 else "one other"]
            if others
            else []
        )
        words = f"{turns} if {joined(steps, 'or if' if not others else 'or')}"
        told.append(f"{words}, though nothing else changes." if len(steps) == 1 else f"{words}. Each alone is enough.")
    else:
        told.append(f"No parameter alone, anywhere in its range, makes {inside(who)} prefer {worse}.")
        if short := _not_enough(answer):
            each, value, stat = short[0]
            left = numbers.number(abs(stat.mean), numbers.decimals_of(stat.mean, stat.se))
            told.append(
                f"{quoted_label(labels.parameter(each.name))} comes nearest: at {numbers.number(value)}, {left} of "
                f"{numbers.number(abs(answer.difference.mean), numbers.common_decimals([answer.difference]))} is left."
            )
    if answer.joint is not None:
        told.append(_together(answer.joint, labels, turns))
    return told


def _together(joint: Joint, labels: Labels, turns: str) -> str:
    moves = [move for move in joint.moves if abs(move.moved) >= _LITTLE][:_SPOKEN] or list(joint.moves[:1])
    steps = [
        f"{quoted_label(labels.parameter(move.name))} {_goes(move.now, move.to)} to {numbers.number(move.to)}"
        for move in moves
    ]
    if len(joint.moves) > len(moves):
        steps.append(_others(joint.moves[len(moves) :]))
    if len(steps) == 1:
        return f"Nothing is cheaper than that {steps[0]}: changing others with it does not help."
    return f"The smallest change of all together: {joined(steps)}. Beyond this {turns[:1].lower()}{turns[1:]}."


def _step(each: Alone, labels: Labels) -> str:
    root = each.nearest
    if root is None or root.at is None:
        return ""
    decimals = _decimals(root)
    goes = _goes(each.now, root.at)
    beyond = "beyond" if root.kind != "level" else "to"
    between = f" ({_interval(root, decimals)})" if root.high - root.low > 1e-3 * (each.range[1] - each.range[0]) else ""
    now, then = numbers.number(each.now), numbers.number(root.at, decimals)
    return f"{quoted_label(labels.parameter(each.name))} {goes} from {now} {beyond} {then}{between}"


def _sides(answer: BreakEven, labels: Labels) -> tuple[str, str]:
    """Return the labels of the better side of today and of the worse one, quoted."""
    of, minus = (quoted_label(side_of(answer, labels, side)) for side in (answer.of, answer.minus))
    return (of, minus) if answer.difference.mean >= 0 else (minus, of)


def _distance(answer: BreakEven, joint: Joint) -> str:
    words = f"In all it is as far as moving one parameter by {numbers.percent(joint.distance)} of its range"
    if joint.low is not None and joint.high is not None and joint.high - joint.low >= 0.005:
        words += f" ({numbers.percent(joint.low)} to {numbers.percent(joint.high)} on the same way)"
    if answer.weights:
        told = [f"{one_line(name)} {numbers.number(weight)}" for name, weight in answer.weights.items()]
        words += f", with weights: {joined(told)}"
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


def _others(moves: Sequence[Move]) -> str:
    """Return how many others move, and how far at most, rounded up."""
    share = f"at most {math.ceil(100 * max(abs(move.moved) for move in moves))} %"
    verb, theirs = ("moves", "its range") if len(moves) == 1 else ("move", "their ranges")
    return f"{numbers.count(len(moves), 'other')} {verb} by {share} of {theirs}"


def _goes(now: float, to: float) -> str:
    return "rises" if to > now else "falls" if to < now else "stays"


def moved(share: float) -> str:
    """Return how far something moves, in percent of its range, with its sign."""
    return f"{'-' if share < 0 else '+'}{numbers.percent(abs(share))}"


def _told(other: Crossing) -> str:
    """Say where else a parameter breaks even, or may."""
    decimals = _decimals(other)
    if other.at is None:
        return f"may break even: undecided from {_interval(other, decimals)}"
    return f"also at {numbers.number(other.at, decimals)} ({_interval(other, decimals)})"


def _kept(answer: BreakEven, each: Alone, labels: Labels) -> list[str]:
    return [
        f"except under {quoted_label(side_of(answer, labels, side))}, which keeps its own value" for side in each.kept
    ]


def _decimals(root: Crossing) -> int:
    size = max(abs(root.low), abs(root.high))
    width = root.high - root.low
    return numbers.decimals_of(size, width / 4 if width > 1e-5 * size else None)


def _interval(root: Crossing, decimals: int) -> str:
    low, high = (numbers.number(end, decimals) for end in (root.low, root.high))
    return low if low == high else f"{low} to {high}"


def _name(name: str, labels: Labels) -> Styled:
    return named(labels.parameter(name), one_line(name))


def _plain(names: Sequence[str]) -> list[str]:
    return [one_line(name) for name in names]
