"""The model of a turn: what each step does to any number of runs (language page, section 4). Said once, here.

The engines decide only when a step happens and for which runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.model.effects import summed
from sim.model.game import Action, Actor, Hazard, LeadTime
from sim.model.luck import weighted_choice
from sim.model.situation import Situation
from sim.model.strategies import Option, Strategy
from sim.model.strategies.scene import Scene
from sim.model.view import Rows
from sim.model.world import World
from sim.scenario.arithmetic import Floats, Formulas, Value

NEVER = 1e300
"""A lead time in turns beyond every game, and still a number."""


@dataclass(frozen=True)
class Decision:
    """What an actor decided, in some runs, with everything that was read at that moment."""

    actor: Actor
    rows: Rows
    chosen: NDArray[np.intp]
    """The index of the action, or -1 for passing; one a row, like everything below."""
    cost: Floats
    succeeds: NDArray[np.bool_]
    lead: Floats
    """Lead time in turns, 0 where there is none."""
    options: tuple[Option, ...] = ()
    """What was weighed, when a single run is followed."""
    luck: tuple[str, ...] = ()
    """The addresses whose luck entered the choice."""


@dataclass(frozen=True)
class Delivery:
    """Effects on their way: of one action, in some runs, due at some times."""

    action: Action
    rows: Rows
    due: Floats


def decide(world: World, actor: Actor, strategy: Strategy, rows: Rows) -> Decision:
    """Choose an action, and read its cost, its luck and its lead time, all on the state as it is now."""
    scene = Scene.of(world, actor, rows)
    chosen = strategy.choose(scene)
    cost = np.zeros(len(rows))
    succeeds = np.ones(len(rows), dtype=bool)
    lead = np.zeros(len(rows))
    truth = world.situation(rows)
    for action in actor.actions:
        mask = chosen == action.index
        if not mask.any():
            continue
        here = truth.where(mask)
        if action.cost is not None:
            cost[mask] = here.read_one(action.cost)
        if action.chance is not None:
            chance = here.read_within(action.chance, 0.0, 1.0, "a chance")
            succeeds[mask] = world.draw(f"{actor.name}.success", rows)[mask] < chance
        if action.lead is not None:
            goes_on = mask & succeeds
            if goes_on.any():
                number = world.draw(f"{actor.name}.lead", rows)[goes_on]
                lead[goes_on] = np.minimum(lead_time(truth.where(goes_on), action.lead, number), NEVER)
    return Decision(actor, rows, chosen, cost, succeeds, lead, tuple(scene.options), tuple(scene.luck))


def lead_time(situation: Situation, lead: LeadTime, number: Floats) -> Value:
    """Return the lead time that a uniform number means; raises ``RunError`` for one below 0."""
    values = lead.read(situation)
    if lead.kind == "value":
        return values[0]
    if lead.kind == "mean":
        exponential: Floats = -np.log(1.0 - number) * values[0]
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
    world.ledger.charge(actor.index, world.at(decision.rows), decision.cost, world.weight(decision.rows))
    deliveries = []
    for action in actor.actions:
        mask = decision.chosen == action.index
        if not mask.any():
            continue
        world.chosen[actor.index][action.index, decision.rows[mask]] += 1
        mask &= decision.succeeds
        world.apply(action.now, decision.rows[mask])
        at_once = mask & (decision.lead <= 0.0)
        world.apply(action.effects, decision.rows[at_once])
        later = mask & (decision.lead > 0.0)
        if action.effects and later.any():
            due = world.turn + decision.lead[later]
            deliveries.append(Delivery(action, decision.rows[later], due))
    return deliveries


def moment(world: World, hazard: Hazard, rows: Rows) -> Floats:
    """Return how long after the turn's beginning a hazard strikes each run (turns); infinite where it does not."""
    situation = world.situation(rows)
    number = world.draw(f"{hazard.name}.moment", rows)
    if hazard.is_rate:
        rate = situation.read_within(hazard.intensity, 0.0, np.inf, "a rate")
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            wait = np.where(np.greater(rate, 0.0), -np.log(1.0 - number) / rate, np.inf)
        return np.where(world.turn + wait < world.turn + 1.0, wait, np.inf)
    chance = situation.read_within(hazard.intensity, 0.0, 1.0, "a chance")
    # A moment that rounds to the turn's end still lies before it.
    last = np.nextafter(world.turn + 1.0, 0.0) - world.turn
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return np.where(number < chance, np.minimum(number / chance, last), np.inf)


def strike(world: World, hazard: Hazard, rows: Rows, wait: Floats) -> NDArray[np.intp]:
    """Let a hazard strike some runs; returns the index of each run's outcome, -1 where all weights are 0.

    ``wait`` is the time since the turn's beginning, one a row.
    """
    situation = world.situation(rows)
    outcome = np.zeros(len(rows), dtype=np.intp)
    if hazard.named:
        weights = [_weight(situation, each.weight) for each in hazard.outcomes]
        stacked = np.stack([np.broadcast_to(weight, len(rows)) for weight in weights])
        outcome = weighted_choice(stacked, world.draw(f"{hazard.name}.outcome", rows))
    world.struck[hazard.index, rows[outcome >= 0]] += 1
    for place, each in enumerate(hazard.outcomes):
        mask = outcome == place
        if not mask.any():
            continue
        struck = rows[mask]
        world.ended_as[hazard.index][place, struck] += 1
        payoffs = situation.where(mask).read(each.payoffs)
        for actor, payoff in zip(each.paid, payoffs, strict=True):
            world.ledger.strike(actor, hazard.index, struck, payoff, world.weight(struck))
        world.apply(each.effects, struck)
        if each.ends:
            world.ended[struck] = True
            world.duration[struck] = world.turn + wait[mask]
            world.last[struck] = world.turn + 1.0
    return outcome


def _weight(situation: Situation, weight: Formulas | None) -> Value:
    return np.float64(1.0) if weight is None else situation.read_within(weight, 0.0, np.inf, "a weight")


def score(world: World, rows: Rows) -> list[tuple[Value, ...]]:
    """Add every incentive of every actor to the ledger; returns the flows, actor by actor."""
    situation = world.situation(rows)
    weight, at = world.weight(rows), world.at(rows)
    flows = []
    for actor in world.game.actors:
        values = situation.read(actor.flows)
        for place, value in enumerate(values):
            world.ledger.score(actor.index, place, at, value, weight)
        flows.append(values)
    return flows


def drift(world: World, rows: Rows) -> None:
    """Move all drifting variables at once, each by its drift as read before any of them moved."""
    situation = world.situation(rows)
    moved = []
    for variable, formulas in world.game.drifting:
        old = situation.state[variable.row]
        moved.append((variable.row, variable.held(summed(situation, formulas, old, situation.read_one(formulas)))))
    for row, value in moved:
        world.values[row, world.at(rows)] = value
