"""What ``breakeven`` answers, in sentences: how things stand today, and what it would take to turn them around."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.experiment.alone import Alone
from sim.experiment.breakeven import BreakEven
from sim.experiment.crossings import Crossing
from sim.experiment.joint import Joint, Move
from sim.experiment.summary import Stat
from sim.report import numbers
from sim.report.labels import Labels, inside, quoted_label, sentence_case

LITTLE = 0.02
"""Share of a range below which a move is not worth a row."""

SEEN = 0.01
"""Share of today's difference below which a parameter that changes it is not worth a row."""

_SPOKEN = 6
"""Parameters that are named in words."""

_EQUAL = ", where both are equally good"

_NARROW = 1e-3
"""Share of a range below which an interval is not worth a word."""

TAKEN = "An actor is taken to go where its payoff is higher."


@dataclass(frozen=True)
class Said:
    """A sentence, and the points of a list that it begins."""

    sentence: str
    points: tuple[str, ...] = ()


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
        return sentence_case(f"{who} does better {way} {better} than {way} {worse}: by {size}, the same in every run.")
    if not stat.side:
        words = f"it is undecided whether {who} does better {way} {better} than {way} {worse}: "
        return sentence_case(
            f"{words}by {size} on average, but the 95 % interval, {numbers.interval(stat, decimals)}, contains zero."
        )
    ends = sorted(abs(end) for end in (stat.low or 0.0, stat.high or 0.0))
    between = " to ".join(numbers.number(end, decimals) for end in ends)
    return sentence_case(f"{who} does better {way} {better} than {way} {worse}: by {size} (95 % interval {between}).")


@dataclass(frozen=True)
class Turn:
    """What an actor does once today's worse side is better, as the parts of ``the adversary returns to ...``."""

    who: str
    verb: str
    where: str

    def __str__(self) -> str:
        """Return the clause."""
        return f"{self.who} {self.verb}s {self.where}"

    @property
    def sentence(self) -> str:
        """Return the clause as a sentence begins with it."""
        return sentence_case(str(self))


def turn_of(answer: BreakEven, labels: Labels) -> Turn:
    """Return how today may be turned around.

    The first of two regimes is where an actor comes from: it returns to that one, and leaves it for the other.
    """
    who = inside(labels.actor(answer.actor))
    better, worse = _sides(answer, labels)
    if answer.by == "strategies":
        return Turn(who, "turn", f"from {better} to {worse}")
    if answer.difference.mean >= 0:
        return Turn(who, "return", f"to {worse}")
    return Turn(who, "leave", f"{better} for {worse}")


def takes(answer: BreakEven, labels: Labels) -> list[Said]:
    """Return what it would take to turn today around: one parameter alone, then all together."""
    who, turned = inside(labels.actor(answer.actor)), turn_of(answer, labels)
    if not answer.difference.mean:
        told = [Said(sentence_case(f"{who} has no reason to prefer either; any change that matters gives it one."))]
    else:
        told = [*_undecided(answer), *_alone(answer, labels, turned)]
    if answer.joint is not None:
        turns = answer.joint.beyond * answer.difference.mean < 0
        so = f"beyond which {turned}" if turns else "after which both are equally good"
        told.append(_together(answer.joint, labels, so))
    return told


def sentences(answer: BreakEven, labels: Labels) -> list[str]:
    """Return what it would take as plain sentences, for places that have no lists."""
    return [
        f"{each.sentence[:-1]}: {'; '.join(each.points)}." if each.points else each.sentence
        for each in takes(answer, labels)
    ]


def not_enough(answer: BreakEven) -> list[tuple[Alone, float, Stat]]:
    """Return what changes the difference noticeably without turning it, with its best value and what is left there."""
    least = SEEN * abs(answer.difference.mean)
    found = [
        (each, *each.most)
        for each in answer.parameters
        if each.break_even is None and each.most is not None and each.matters
    ]
    noticed = [part for part in found if abs(part[2].mean - answer.difference.mean) >= least]
    return sorted(noticed, key=lambda part: abs(part[2].mean))


def decimals_of(root: Crossing) -> int:
    """Return how many decimals a break-even and its interval are worth."""
    size = max(abs(root.low), abs(root.high))
    width = root.high - root.low
    return numbers.decimals_of(size, width / 4 if width > 1e-5 * size else None)


def interval(root: Crossing, decimals: int) -> str:
    """Return the interval of a break-even; where an end of the range cuts it off, that is said."""
    low, high = (numbers.number(end, decimals) for end in (root.low, root.high))
    match root.cut:
        case (True, True):
            return "the whole range"
        case (True, False):
            return f"at most {high}"
        case (False, True):
            return f"at least {low}"
    return low if low == high else f"{low} to {high}"


def others(moves: Sequence[Move]) -> str:
    """Return how many others move, and how far at most, rounded up."""
    share = f"at most {math.ceil(100 * max(abs(move.moved) for move in moves))} %"
    verb, theirs = ("moves", "its range") if len(moves) == 1 else ("move", "their ranges")
    return f"{numbers.count(len(moves), 'other')} {verb} by {share} of {theirs}"


def _undecided(answer: BreakEven) -> Iterator[Said]:
    if answer.difference.se and not answer.difference.side:
        yield Said("Luck leaves open which of the two is better today; more runs would tell. As the runs have it:")


def _alone(answer: BreakEven, labels: Labels, turned: Turn) -> Iterator[Said]:
    steps = [f"{quoted_label(labels.parameter(each.name))} {_step(answer, each)}" for each in answer.ladder]
    turning = [step for step in steps if not step.endswith(_EQUAL)]
    level = [step.removesuffix(_EQUAL) for step in steps if step.endswith(_EQUAL)]
    if turning:
        yield _if(turned.sentence, turning)
    if level:
        yield _if("Both are equally good, and no more than that,", level)
    if steps:
        return
    yield Said(
        f"No parameter alone, anywhere in its range, is enough for {turned.who} to {turned.verb} {turned.where}."
    )
    if short := not_enough(answer):
        each, value, stat = short[0]
        left_over = numbers.number(abs(stat.mean), numbers.decimals_of(stat.mean, stat.se))
        all_ = numbers.number(abs(answer.difference.mean), numbers.common_decimals([answer.difference]))
        sure = "" if stat.side or not stat.se else ", and luck leaves open whether that is anything"
        yield Said(
            f"{quoted_label(labels.parameter(each.name))} comes nearest: at {numbers.number(value)}, {left_over} of "
            f"{all_} is left{sure}."
        )


def _if(outcome: str, steps: Sequence[str]) -> Said:
    """Return that an outcome follows from one step, or from each of several."""
    if len(steps) == 1:
        comma = "," if ", or " in steps[0] else ""
        return Said(f"{outcome} if {steps[0]}{comma} and nothing else changes.")
    shown, rest = list(steps[:_SPOKEN]), list(steps[_SPOKEN:])
    more = [f"one of {len(rest)} others changes, which have to move further"] if len(rest) > 1 else rest
    return Said(f"{outcome} if one of these happens, and nothing else changes:", (*shown, *more))


def _step(answer: BreakEven, each: Alone) -> str:
    """Return where a parameter has to go: the nearest break-even, and the nearest on the other side of today."""
    first = each.nearest
    if first is None or first.at is None:
        return ""
    up = first.at > each.now
    across = [root for root in each.crossings if root.at is not None and (root.at > each.now) != up]
    other = min(across, key=lambda root: abs((root.at or 0.0) - each.now)) if across else None
    words = _way(answer, each, first, f" from {numbers.number(each.now)}")
    return words if other is None else f"{words}, or {_way(answer, each, other, '')}"


def _way(answer: BreakEven, each: Alone, root: Crossing, start: str) -> str:
    at = root.at or 0.0
    up, decimals = at > each.now, decimals_of(root)
    wide = root.high - root.low > _NARROW * (each.range[1] - each.range[0])
    told = numbers.number(at, decimals) + (f" ({interval(root, decimals)})" if wide else "")
    goes = f"{'rises' if up else 'falls'}{start} to"
    if each.beyond(root) * answer.difference.mean >= 0:
        return f"{goes} {told}{_EQUAL}"
    further = [
        other
        for other in each.crossings
        if other.at is not None and (other.at > at if up else other.at < at) and other.kind != "touch"
    ]
    if further:
        then = min(further, key=lambda other: abs((other.at or 0.0) - at))
        return f"{goes} between {told} and {numbers.number(then.at or 0.0, decimals_of(then))}"
    return f"{goes} {'more' if up else 'less'} than {told}"


def _together(joint: Joint, labels: Labels, so: str) -> Said:
    moves = [move for move in joint.moves if abs(move.moved) >= LITTLE][:_SPOKEN] or list(joint.moves[:1])
    steps = [
        f"{quoted_label(labels.parameter(move.name))} {'rises' if move.to > move.now else 'falls'} "
        f"from {numbers.number(move.now)} to {numbers.number(move.to)}"
        for move in moves
    ]
    if len(joint.moves) == 1:
        return Said(f"Nothing is cheaper than that {steps[0]}: changing others with it does not help.")
    if len(joint.moves) > len(moves):
        steps.append(others(joint.moves[len(moves) :]))
    return Said(f"The cheapest change of all together, {so}:", tuple(steps))


def _sides(answer: BreakEven, labels: Labels) -> tuple[str, str]:
    """Return the labels of the better side of today and of the worse one, quoted."""
    of, minus = (quoted_label(side_of(answer, labels, side)) for side in (answer.of, answer.minus))
    return (of, minus) if answer.difference.mean >= 0 else (minus, of)
