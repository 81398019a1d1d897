"""The model of a turn: what each step does to any number of runs (language page, section 4). Said once, here.

The engines decide only when a step happens and for which runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.model.game import Action, Actor, Hazard, LeadTime
from sim.model.luck import weighted_draw
from sim.model.situation import Situation
from sim.model.strategies import Option, Strategy
from sim.model.strategies.scene import Scene
from sim.model.view import Mask, Rows
from sim.model.world import World
from sim.scenario.arithmetic import Floats, Value

NEVER = 1e300
"""A lead time in turns beyond every game, and still a number."""

SLACK = 1e-9
"""What rounding may take from a moment, amply."""


@dataclass(frozen=True)
class Taken:
    """An action that was chosen in some runs, with everything that was read at that moment."""

    action: Action
    rows: Rows
    """The runs that chose it."""
    cost: Value
    """One number, or one a row."""
    succeeds: Rows
    """The runs in which it succeeds."""
    lead: Value
    """Lead time in turns, 0 where there is none: one number, or one a run that succeeds."""
    chosen: Mask
    """The runs that chose it, as a mask over all."""


@dataclass(frozen=True)
class Decision:
    """What an actor decided in every run; runs in which it passes are in no part."""

    actor: Actor
    parts: tuple[Taken, ...]
    options: tuple[Option, ...] = ()
    """What was weighed, when a single run is followed."""
    luck: tuple[str, ...] = ()
    """The addresses whose luck entered the choice."""


@dataclass(frozen=True)
class Delivery:
    """Effects on their way: of one action, in some runs, due at some times (one number, or one a row)."""

    action: Action
    rows: Rows
    due: Value


def decide(world: World, actor: Actor, strategy: Strategy) -> Decision:
    """Choose an action, and read its cost, its luck and its lead time, all on the state as it is now."""
    scene = Scene.of(world, actor)
    parts = []
    for index, mask in sorted(strategy.choose(scene).items()):
        rows = world.everyone if mask.all() else mask.nonzero()[0]
        if len(rows):
            parts.append(_taken(world, actor, actor.actions[index], rows, mask))
    return Decision(actor, tuple(parts), tuple(scene.options), tuple(scene.luck))


def _taken(world: World, actor: Actor, action: Action, rows: Rows, chosen: Mask) -> Taken:
    here = world.situation(rows)
    cost: Value = np.float64(0.0) if action.cost is None else _kept(here.read_one(action.cost))
    succeeds = rows
    if action.chance is not None:
        chance = here.read_within(action.chance, 0.0, 1.0, "a chance")
        lucky = world.draw(f"{actor.name}.success", rows) < chance
        succeeds = rows if lucky.all() else rows[lucky]
    lead: Value = np.float64(0.0)
    if action.lead is not None and len(succeeds):
        here = here if succeeds is rows else world.situation(succeeds)
        drawn = action.lead.is_drawn
        number: Value = world.draw(f"{actor.name}.lead", succeeds) if drawn else np.float64(0.0)
        lead = np.minimum(lead_time(here, action.lead, number), NEVER)
    return Taken(action, rows, cost, succeeds, lead, chosen)


def _kept(value: Value) -> Value:
    """Return a value that stays as it is when the state changes: a bare variable is read as a look at the state."""
    return value.copy() if isinstance(value, np.ndarray) and value.base is not None else value


def lead_time(situation: Situation, lead: LeadTime, number: Value) -> Value:
    """Return the lead time that a uniform number means; raises ``RunError`` for one below 0."""
    values = lead.read(situation)
    if lead.kind == "value":
        return values[0]
    if lead.kind == "mean":
        exponential: Value = -np.log(1.0 - number) * values[0]
        return exponential
    low, high = values[0], values[-1]
    width = high - low
    if lead.kind == "uniform":
        return low + number * width
    before = values[1] - low
    share = np.divide(before, width, out=np.zeros_like(number), where=np.greater(width, 0.0))
    # Two roots, since the product of two great numbers may be too large to be one.
    rising = low + np.sqrt(number * width) * np.sqrt(before)
    falling = high - np.sqrt((1.0 - number) * width) * np.sqrt(high - values[1])
    return np.where(number < share, rising, falling)


def act(world: World, decision: Decision) -> list[Delivery]:
    """Charge, count and apply what a decision does at once; returns what it sets on its way."""
    actor = decision.actor
    deliveries = []
    for part in decision.parts:
        action, at = part.action, world.at(part.rows)
        if action.cost is not None:
            world.ledger.charge(actor.index, at, part.cost, world.weight(part.rows))
        world.chosen[actor.index][action.index] += part.chosen
        if action.lead is None:
            world.apply(action.at_once, part.succeeds)
            continue
        world.apply(action.now, part.succeeds)
        at_once = part.lead <= 0.0
        if np.all(at_once):
            world.apply(action.effects, part.succeeds)
            continue
        if not np.any(at_once):
            deliveries.append(Delivery(action, part.succeeds, world.turn + part.lead))
            continue
        lead: Floats = np.asarray(part.lead)
        world.apply(action.effects, part.succeeds[at_once])
        deliveries.append(Delivery(action, part.succeeds[~at_once], world.turn + lead[~at_once]))
    return [delivery for delivery in deliveries if delivery.action.effects]


def looming(world: World) -> Iterator[tuple[Hazard, Rows, Floats]]:
    """Yield each hazard with the runs that it strikes in this turn, and how long after the turn's beginning (turns)."""
    everyone, intensities = world.situation(world.everyone), world.game.intensities
    values = everyone.read(intensities)
    for hazard, intensity in zip(world.game.hazards, values, strict=True):
        everyone.require_within(intensities, intensity, 0.0, hazard.highest, hazard.measure, hazard.index)
        if np.max(intensity) <= 0.0:
            continue
        number = world.draw(f"{hazard.name}.moment", world.everyone)
        rows, wait = _moments(world, hazard, intensity, number)
        if len(rows):
            yield hazard, rows, wait


def _moments(world: World, hazard: Hazard, intensity: Value, number: Floats) -> tuple[Rows, Floats]:
    if not hazard.is_rate:
        rows = np.less(number, intensity).nonzero()[0]
        # A moment that rounds to the turn's end still lies before it.
        last = np.nextafter(world.turn + 1.0, 0.0) - world.turn
        with np.errstate(over="ignore"):
            return rows, np.minimum(number[rows] / _among(intensity, rows), last)
    # No rate strikes within the turn where the number is above it: -log(1 - u) is at least u.
    near = np.less_equal(number, intensity * (1.0 + SLACK) + SLACK).nonzero()[0]
    rate = _among(intensity, near)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        wait = np.where(np.greater(rate, 0.0), -np.log(1.0 - number[near]) / rate, np.inf)
        strikes = world.turn + wait < world.turn + 1.0
    return near[strikes], wait[strikes]


def _among(value: Value, rows: Rows) -> Value:
    return value[rows] if isinstance(value, np.ndarray) and value.ndim else value


def strike(world: World, hazard: Hazard, rows: Rows, wait: Floats) -> list[str]:
    """Let a hazard strike some runs; returns the names of the outcomes that came, none where all weights are 0.

    ``wait`` is the time since the turn's beginning, one a row.
    """
    if hazard.named:
        weights = _weights(world.situation(rows), hazard)
        drawn = weighted_draw(weights, world.draw(f"{hazard.name}.outcome", rows))
    else:
        drawn = [np.ones(len(rows), dtype=bool)]
    for place, (outcome, mask) in enumerate(zip(hazard.outcomes, drawn, strict=True)):
        struck = rows if mask.all() else rows[mask]
        if not len(struck):
            continue
        world.struck[hazard.index][struck] += 1.0
        if hazard.named:
            world.came[hazard.index][place][struck] += 1.0
        if outcome.paid:
            payoffs, weight = world.situation(struck).read(outcome.payoffs), world.weight(struck)
            for actor, payoff in zip(outcome.paid, payoffs, strict=True):
                world.ledger.strike(actor, hazard.index, struck, payoff, weight)
        world.apply(outcome.effects, struck)
        if outcome.ends:
            world.ended[struck] = True
            world.duration[struck] = world.turn + wait[mask]
    return [outcome.name for outcome, mask in zip(hazard.outcomes, drawn, strict=True) if mask.any()]


def _weights(situation: Situation, hazard: Hazard) -> list[Value]:
    values = situation.read(hazard.weights)
    for place, value in enumerate(values):
        situation.require_within(hazard.weights, value, 0.0, np.inf, "a weight", place)
    written = iter(values)
    return [np.float64(1.0) if each.weight is None else next(written) for each in hazard.outcomes]


def score(world: World) -> tuple[Value, ...]:
    """Add every incentive of every actor to the ledger; returns the flows, actor by actor."""
    flows = world.situation(world.everyone).read(world.game.flows)
    world.ledger.score(flows, world.weight(world.everyone))
    return flows


def drift(world: World) -> None:
    """Move all drifting variables at once, each by its drift as read before any of them moved."""
    world.apply(world.game.drift, world.everyone)
