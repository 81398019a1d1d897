"""The lockstep engine: all runs of a block advance together, turn by turn.

Within a turn every run's deliveries and hazards happen in that run's own order of time: the first event of every run,
then the second of every run that has one, and so on, each kind of event for all its runs at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.record import table_of
from sim.model import turn
from sim.model.game import Game, Hazard
from sim.model.luck import BlockLuck
from sim.model.strategies import Strategy, planned
from sim.model.world import Rows, World, created
from sim.scenario.arithmetic import Floats


@dataclass(frozen=True)
class _Coming:
    """Things that will happen to some runs: one kind of thing, at one time a run."""

    order: int
    """Its place among things that happen at the same time: deliveries as started, then hazards as written."""
    thing: turn.Delivery | Hazard
    rows: Rows
    times: Floats


def play(game: Game, seed: int, first: int, count: int) -> Floats:
    """Play the runs ``first`` .. ``first + count - 1``; returns their results (columns, runs). Raises ``RunError``."""
    return table_of(_played(game, seed, first, count, game.turns))


def first_turn(game: Game, seed: int) -> None:
    """Play the first turn of the first run: a quick check that a game can begin. Raises ``RunError``."""
    _played(game, seed, 0, 1, 1)


def _played(game: Game, seed: int, first: int, count: int, turns: int) -> World:
    runs = np.arange(first, first + count)
    world = created(game, runs, BlockLuck(seed, first, count), seed)
    strategies = [planned(game, actor) for actor in game.actors]
    deliveries: list[turn.Delivery] = []
    for number in range(turns):
        if world.ended.all():
            break
        world.turn = number
        deliveries = _take_turn(world, strategies, deliveries)
    return world


def _take_turn(world: World, strategies: list[Strategy], deliveries: list[turn.Delivery]) -> list[turn.Delivery]:
    deliveries = _land_what_is_due(world, deliveries)
    deliveries += _decide(world, strategies)
    active = world.active()
    coming, later = _deliveries_of_this_turn(world, deliveries)
    for hazard in world.game.hazards:
        waits = turn.moment(world, hazard, active)
        strikes = np.isfinite(waits)
        if strikes.any():
            order = len(deliveries) + hazard.index
            coming.append(_Coming(order, hazard, active[strikes], waits[strikes]))
    _happen(world, coming)
    active = world.active()
    turn.score(world, active)
    turn.drift(world, active)
    return later


def _land_what_is_due(world: World, deliveries: list[turn.Delivery]) -> list[turn.Delivery]:
    waiting = []
    for delivery in deliveries:
        due = delivery.due <= world.turn
        alive = ~world.ended[delivery.rows]
        world.apply(delivery.action.effects, delivery.rows[due & alive])
        stays = ~due & alive
        if stays.any():
            waiting.append(turn.Delivery(delivery.action, delivery.rows[stays], delivery.due[stays]))
    return waiting


def _decide(world: World, strategies: list[Strategy]) -> list[turn.Delivery]:
    game, active = world.game, world.active()
    if game.order is None:
        decisions = [
            turn.decide(world, actor, strategy, active) for actor, strategy in zip(game.actors, strategies, strict=True)
        ]
        return [delivery for decision in decisions for delivery in turn.act(world, decision)]
    started = []
    for place in game.order:
        started += turn.act(world, turn.decide(world, game.actors[place], strategies[place], active))
    return started


def _deliveries_of_this_turn(
    world: World, deliveries: list[turn.Delivery]
) -> tuple[list[_Coming], list[turn.Delivery]]:
    coming, later = [], []
    for order, delivery in enumerate(deliveries):
        soon = delivery.due < world.turn + 1.0
        if soon.any():
            coming.append(_Coming(order, delivery, delivery.rows[soon], delivery.due[soon]))
        if not soon.all():
            later.append(turn.Delivery(delivery.action, delivery.rows[~soon], delivery.due[~soon]))
    return coming, later


def _happen(world: World, coming: list[_Coming]) -> None:
    """Let things happen to each run in its own order of time; runs that end are spared the rest."""
    if not coming:
        return
    rows = np.concatenate([each.rows for each in coming])
    waits = np.concatenate([each.times for each in coming])
    moments = np.concatenate([_moments(world, each) for each in coming])
    things = np.repeat(np.arange(len(coming)), [len(each.rows) for each in coming])
    ranks = np.array([each.order for each in coming])[things]
    sorted_places = np.lexsort((ranks, moments, rows))
    rows, waits, things = rows[sorted_places], waits[sorted_places], things[sorted_places]
    begins = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    nth = np.arange(len(rows)) - np.repeat(begins, np.diff(np.r_[begins, len(rows)]))
    for step in range(int(nth.max()) + 1):
        now = nth == step
        for place in np.unique(things[now]):
            chosen = now & (things == place)
            chosen &= ~world.ended[rows]
            if not chosen.any():
                continue
            thing = coming[place].thing
            if isinstance(thing, turn.Delivery):
                world.apply(thing.action.effects, rows[chosen])
            else:
                turn.strike(world, thing, rows[chosen], waits[chosen])


def _moments(world: World, each: _Coming) -> Floats:
    return each.times if isinstance(each.thing, turn.Delivery) else world.turn + each.times
