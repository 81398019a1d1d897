"""What a sweep says in words: what was asked, how much was played, and who prefers what where."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from sim.experiment.axes import Axis
from sim.experiment.sweep import Choice, Sweep
from sim.report import numbers
from sim.report.labels import Labels, inside, joined, quoted_label, sentence_case
from sim.report.words import exact


def how(sweep: Sweep) -> str:
    """Return how much was played, in a line."""
    plan, many = sweep.asked.plan, len(sweep.regimes)
    every = max(1, len(sweep.scenario.regimes))
    under = numbers.count(many, "regime") if many == every else f"{many} of {every} regimes"
    points = numbers.count(sweep.points.count, "point")
    runs = numbers.count(plan.runs, "run")
    return f"{points}, {runs} at each under {under}, seed {plan.seed}; the same luck at every point"


def over(axis: Axis, labels: Labels) -> str:
    """Return what an axis sweeps, in a line."""
    label = labels.parameter(axis.name)
    name = "" if label == axis.name else f" ({axis.name})"
    return f"{label}{name}: {exact(axis.low)} to {exact(axis.high)}, now {exact(axis.now)}"


def given(sweep: Sweep, labels: Labels) -> list[str]:
    """Return what is fixed beside the scenario, and which regimes' own values give way to those swept, in lines."""
    setting = next(iter(sweep.asked.sides.values()))
    fixed = [f"{name} = {numbers.number(value)}" for name, value in setting.parameters.items()]
    fixed += [f"{labels.actor(actor)} plays {labels.strategy(actor, name)}" for actor, name in setting.plays.items()]
    lines = [f"With {joined(fixed)}, as the command line asks."] if fixed else []
    for regime in sweep.regimes:
        own = sweep.scenario.regimes[regime].parameters if regime in sweep.scenario.regimes else {}
        values = [f"{name} ({exact(own[name])})" for name in sweep.points.names if name in own]
        if values:
            lines.append(f"The values swept replace those of {_quoted(labels, regime)} itself: {joined(values)}.")
    return lines


def sentences(sweep: Sweep) -> list[str]:
    """Return for each actor what it prefers where."""
    labels = Labels(sweep.scenario)
    if len(sweep.regimes) < 2:
        return [_along(sweep, labels, actor) for actor in sweep.actors]
    return [told for actor in sweep.actors for told in _preferences(sweep, labels, actor)]


def decimals_of(sweep: Sweep, actor: str) -> int:
    """Return with how many decimals an actor's payoffs are written."""
    points = range(sweep.points.count)
    return numbers.common_decimals([sweep.payoff(actor, regime, p) for regime in sweep.regimes for p in points])


def _preferences(sweep: Sweep, labels: Labels, actor: str) -> list[str]:
    """Return what an actor prefers where, and which regimes are the same to it everywhere."""
    who = inside(labels.actor(actor))
    groups: dict[str, list[str]] = {}
    for regime, first in sweep.same[actor].items():
        groups.setdefault(first, []).append(_quoted(labels, regime))
    if len(groups) == 1:
        return [f"To {who} it is all the same: {joined(next(iter(groups.values())))} bring the same in every run."]
    same = [joined(each) for each in groups.values() if len(each) > 1]
    return [_preference(sweep, labels, actor), *(f"To {who} {each} are the same everywhere." for each in same)]


def _preference(sweep: Sweep, labels: Labels, actor: str) -> str:
    choices = [sweep.choice(actor, point) for point in range(sweep.points.count)]
    clear = sum(choice.clear for choice in choices)
    regimes = list(dict.fromkeys(choice.regime for choice in choices))
    who = sentence_case(labels.actor(actor))
    sure = "" if clear == len(choices) else f", clearly so at {clear:,} of {len(choices):,} points"
    if len(regimes) == 1:
        return f"{who} prefers {_quoted(labels, regimes[0])} throughout{sure}."
    if sweep.asked.design == "line" and len(stretches := [key for key, _ in groupby(choices, lambda c: c.regime)]) <= 4:
        (axis,) = sweep.asked.axes
        spots = _spots(sweep, actor, stretches)
        told = [
            f"{_quoted(labels, regime)} {_stretch(axis, spots[place - 1] if place else None, spot)}"
            for place, (regime, spot) in enumerate(zip(stretches, [*spots, None], strict=True))
        ]
        return f"{who} prefers {joined(told)}{sure}."
    told = [
        f"{_quoted(labels, regime)} at {numbers.percent(_share(choices, regime))}"
        for regime in sorted(regimes, key=lambda name: -_share(choices, name))
    ]
    return f"{who} prefers {joined(told)} of the points{sure}."


def _along(sweep: Sweep, labels: Labels, actor: str) -> str:
    """Return how far an actor's payoff goes under one regime."""
    payoffs = sweep.payoffs(actor, sweep.regimes[0])
    decimals = decimals_of(sweep, actor)
    low, high = (numbers.number(float(each), decimals) for each in (payoffs.min(), payoffs.max()))
    who = sentence_case(labels.actor(actor))
    if low == high:
        return f"{who}: the payoff is {low} at every point."
    least, most = (_where(sweep, labels, int(place)) for place in (payoffs.argmin(), payoffs.argmax()))
    return f"{who}: the payoff goes from {low} ({least}) to {high} ({most})."


def _where(sweep: Sweep, labels: Labels, point: int) -> str:
    if len(sweep.asked.axes) > 2:
        return f"point {point + 1}"
    at = sweep.points.at(point)
    return joined([f"{inside(labels.parameter(name))} {numbers.number(value)}" for name, value in at.items()])


def _share(choices: Sequence[Choice], regime: str) -> float:
    return sum(choice.regime == regime for choice in choices) / len(choices)


def _spots(sweep: Sweep, actor: str, stretches: Sequence[str]) -> list[float]:
    """Return about where a preference passes from each stretch of a line to the next."""
    (axis,) = sweep.asked.axes
    choices = [sweep.choice(actor, point).regime for point in range(sweep.points.count)]
    spots, found = [], sweep.frontiers[actor]
    for left in range(len(choices) - 1):
        if choices[left] == choices[left + 1]:
            continue
        low, high = axis.values[left], axis.values[left + 1]
        pair = {choices[left], choices[left + 1]}
        within = [s.spots[0][0] for s in found if set(s.between) == pair and low <= s.spots[0][0] <= high]
        spots.append(within[0] if within else (low + high) / 2)
    return spots if len(spots) == len(stretches) - 1 else []


def _stretch(axis: Axis, low: float | None, high: float | None) -> str:
    ends = [None if end is None else _rounded(end, axis) for end in (low, high)]
    if ends[0] is None:
        return f"up to about {ends[1]}"
    return f"from about {ends[0]} on" if ends[1] is None else f"from about {ends[0]} to {ends[1]}"


def _rounded(value: float, axis: Axis) -> str:
    """Return a value with as many decimals as the steps between points warrant."""
    digits = max(0, 2 - math.floor(math.log10((axis.high - axis.low) / max(1, len(axis.values) - 1))) - 1)
    return f"{value:.{digits}f}"


def _quoted(labels: Labels, regime: str) -> str:
    return quoted_label(labels.regime(regime))
