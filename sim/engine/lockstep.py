"""The lockstep engine: all runs of a block advance together, turn by turn.

Within a turn every run's deliveries and hazards happen in that run's own order of time: the first event of every run,
then the second of every run that has one, and so on, each kind of event for all its runs at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.record import overflow_is_found_at_the_end, table_of
from sim.model import turn
from sim.model.game import Game, Hazard
from sim.model.luck import BlockLuck
from sim.model.strategies import Strategy, planned
from sim.model.view import Mask, Rows
from sim.model.world import World, created
from sim.scenario.arithmetic import Floats


@dataclass(frozen=True)
class _Coming:
    """Things that will happen to some runs: one kind of thing, at one time a run."""

    order: int
    """Its place among things that happen at the same time: deliveries as started, then hazards as written."""
    thing: turn.Delivery | Hazard
    rows: Rows
    times: Floats


@overflow_is_found_at_the_end
def play(game: Game, seed: int, first: int, count: int) -> Floats:
    """Play the runs ``first`` .. ``first + count - 1``; returns their results (columns, runs). Raises ``RunError``."""
    block = _Block.begun(game, seed, first, count)
    for number in range(game.turns):
        if not block.world.count:
            break
        block.take_turn(number)
    return block.results()


@overflow_is_found_at_the_end
def first_turn(game: Game, seed: int) -> None:
    """Play the first turn of the first run and read its results: a quick check of a game. Raises ``RunError``."""
    block = _Block.begun(game, seed, 0, 1)
    block.take_turn(0)
    block.results()


@dataclass
class _Block:
    """The runs of a block that are still being played, what is on its way in them, and the results of the others."""

    world: World
    strategies: list[Strategy]
    on_its_way: dict[int, list[turn.Delivery]]
    """Deliveries by the turn in which they land, in the order started; their rows are places within the block."""
    done: list[tuple[Rows, Floats]]
    """Places within the block, and the results of the runs there."""

    @classmethod
    def begun(cls, game: Game, seed: int, first: int, count: int) -> _Block:
        runs = np.arange(first, first + count)
        world = created(game, runs, BlockLuck(seed, first, count), seed)
        return cls(world, [planned(game, actor) for actor in game.actors], {}, [])

    def take_turn(self, number: int) -> None:
        world = self.world
        world.turn = number
        coming = self.land_what_is_due()
        coming += self.started(_decide(world, self.strategies))
        happenings = [_Coming(order, each, each.rows, each.due) for order, each in enumerate(coming)]
        for hazard in world.game.hazards:
            waits = turn.moment(world, hazard, world.everyone)
            struck = np.flatnonzero(np.isfinite(waits))
            if len(struck):
                happenings.append(_Coming(len(coming) + hazard.index, hazard, struck, waits[struck]))
        _happen(world, happenings)
        self.retire_ended()
        if self.world.count:
            turn.score(self.world, self.world.everyone)
            turn.drift(self.world, self.world.everyone)

    def land_what_is_due(self) -> list[turn.Delivery]:
        """Apply what is due as the turn begins; returns what lands before it ends."""
        row_of = np.full(self.block_size, -1, dtype=np.intp)
        row_of[self.world.places] = self.world.everyone
        later = []
        for delivery in self.on_its_way.pop(self.world.turn, []):
            rows = row_of[delivery.rows]
            due = delivery.due <= self.world.turn
            self.world.apply(delivery.action.effects, rows[due & (rows >= 0)])
            waits = ~due & (rows >= 0)
            if waits.any():
                later.append(turn.Delivery(delivery.action, rows[waits], delivery.due[waits]))
        return later

    def started(self, deliveries: list[turn.Delivery]) -> list[turn.Delivery]:
        """Send deliveries on their way; returns what lands in this turn."""
        now = []
        for delivery in deliveries:
            landing = np.floor(delivery.due)
            for number in np.unique(landing[landing < self.world.game.turns]):
                chosen = landing == number
                rows, due = delivery.rows[chosen], delivery.due[chosen]
                if number == self.world.turn:
                    now.append(turn.Delivery(delivery.action, rows, due))
                else:
                    apart = turn.Delivery(delivery.action, self.world.places[rows], due)
                    self.on_its_way.setdefault(int(number), []).append(apart)
        return now

    def retire_ended(self) -> None:
        """Take the runs that have ended out of the block, so that later steps concern all that are left."""
        if not self.world.ended.any():
            return
        rows = np.flatnonzero(self.world.ended)
        self.finish(self.world.part(rows))
        self.world = self.world.without(rows)

    def finish(self, world: World) -> None:
        self.done.append((world.places, table_of(world)))

    @property
    def block_size(self) -> int:
        """Return how many runs the block began with."""
        return self.world.count + sum(len(places) for places, _ in self.done)

    def results(self) -> Floats:
        """Return the results of all runs, in their order."""
        size = self.block_size
        if self.world.count:
            self.finish(self.world)
        if len(self.done) == 1 and self.world.whole:
            return self.done[0][1]
        table = np.empty((len(self.done[0][1]), size))
        for places, part in self.done:
            table[:, places] = part
        return table


def _decide(world: World, strategies: list[Strategy]) -> list[turn.Delivery]:
    game, rows = world.game, world.everyone
    if game.order is None:
        decisions = [
            turn.decide(world, actor, strategy, rows) for actor, strategy in zip(game.actors, strategies, strict=True)
        ]
        return [delivery for decision in decisions for delivery in turn.act(world, decision)]
    started = []
    for place in game.order:
        started += turn.act(world, turn.decide(world, game.actors[place], strategies[place], rows))
    return started


def _happen(world: World, coming: list[_Coming]) -> None:
    """Let things happen to each run in its own order of time; runs that end are spared the rest."""
    met = np.zeros(world.count, dtype=np.intp)
    for each in coming:
        met[each.rows] += 1
    rivals = met > 1
    for each in coming:
        alone = ~rivals[each.rows]
        _befall(world, each, alone)
    if rivals.any():
        _happen_in_order(world, coming, rivals)


def _befall(world: World, each: _Coming, chosen: Mask) -> None:
    if not chosen.any():
        return
    if isinstance(each.thing, turn.Delivery):
        world.apply(each.thing.action.effects, each.rows[chosen])
    else:
        turn.strike(world, each.thing, each.rows[chosen], each.times[chosen])


def _happen_in_order(world: World, coming: list[_Coming], rivals: Mask) -> None:
    """Let things happen to the runs in which several will: the first in each run, then the second, and so on."""
    chosen = [rivals[each.rows] for each in coming]
    rows = np.concatenate([each.rows[mask] for each, mask in zip(coming, chosen, strict=True)])
    moments = np.concatenate([_moments(world, each)[mask] for each, mask in zip(coming, chosen, strict=True)])
    things = np.repeat(np.arange(len(coming)), [int(mask.sum()) for mask in chosen])
    ranks = np.array([each.order for each in coming])[things]
    in_order = np.lexsort((ranks, moments, rows))
    rows_in_order = rows[in_order]
    begins = np.flatnonzero(np.r_[True, rows_in_order[1:] != rows_in_order[:-1]])
    nth = np.empty(len(rows), dtype=np.intp)
    nth[in_order] = np.arange(len(rows)) - np.repeat(begins, np.diff(np.r_[begins, len(rows)]))
    bounds = np.cumsum([0, *(int(mask.sum()) for mask in chosen)])
    for step in range(int(nth.max()) + 1):
        for place, each in enumerate(coming):
            now = chosen[place].copy()
            now[chosen[place]] = nth[bounds[place] : bounds[place + 1]] == step
            _befall(world, each, now & ~world.ended[each.rows])


def _moments(world: World, each: _Coming) -> Floats:
    return each.times if isinstance(each.thing, turn.Delivery) else world.turn + each.times
