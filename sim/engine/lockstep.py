"""The lockstep engine: all runs of a block advance together, turn by turn.

Within a turn every run's deliveries and hazards happen in that run's own order of time: the first event of every run,
then the second of every run that has one, and so on, each kind of event for all its runs at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.engine.record import table_of
from sim.errors import CommandError, RunError
from sim.model import turn
from sim.model.game import Game, Hazard
from sim.model.ledger import overflow_is_found_at_the_end
from sim.model.luck import BlockLuck
from sim.model.strategies import Strategy, planned
from sim.model.strategies.outside import TOGETHER, is_outside
from sim.model.view import Mask, Rows
from sim.model.world import World, created
from sim.scenario.arithmetic import Floats, Value


@dataclass(frozen=True)
class _Coming:
    """Things that will happen to some runs: one kind of thing, at one time a run."""

    thing: turn.Delivery | Hazard
    rows: Rows
    times: Value
    """When it happens: at which time for a delivery, how long after the turn's beginning for a hazard."""

    def among(self, chosen: Mask | Rows) -> _Coming:
        """Return it for some of its rows."""
        times = self.times[chosen] if isinstance(self.times, np.ndarray) else self.times
        return _Coming(self.thing, self.rows[chosen], times)

    def moments(self, world: World) -> Floats:
        """Return the time at which it happens, one a row."""
        moments = self.times if isinstance(self.thing, turn.Delivery) else world.turn + self.times
        return moments if isinstance(moments, np.ndarray) else np.full(len(self.rows), moments)


@overflow_is_found_at_the_end
def play(game: Game, seed: int, first: int, count: int, copies: int = 1) -> Floats:
    """Play the runs ``first`` .. ``first + count - 1``; returns their results (columns, runs).

    With ``copies`` the same runs, with the same luck, are played several times side by side, (columns, copies * runs):
    under parameters that are one number for each of them.

    Raises:
        RunError: an expression misbehaves.
        CommandError: a player from outside does.
    """
    if copies == 1 and count > TOGETHER and any(is_outside(actor) for actor in game.actors):
        parts = [play(game, seed, first + done, min(TOGETHER, count - done)) for done in range(0, count, TOGETHER)]
        return np.concatenate(parts, axis=1)
    try:
        return _played(game, seed, first, count, copies)
    except (RunError, CommandError) as error:
        if copies > 1 or count == 1:
            raise
        met = error
    # The error is that of the first run in which one is made, whatever block it was played in: no run knows of others.
    _played(game, seed, first, _fewest_that_fail(game, seed, first, count), 1)
    # Only a player from outside that remembers what it should not is right the second time.
    raise met


def _played(game: Game, seed: int, first: int, count: int, copies: int) -> Floats:
    block = Block.begun(game, seed, first, count, copies)
    for number in range(game.turns):
        if not block.world.count:
            break
        block.take_turn(number)
    return block.results()


def _fewest_that_fail(game: Game, seed: int, first: int, count: int) -> int:
    """Return how many runs have to be played for an error to be made, given that so many make one."""
    fine, fails = 0, count
    while fails - fine > 1:
        middle = (fine + fails) // 2
        try:
            _played(game, seed, first + fine, middle - fine, 1)
            fine = middle
        except (RunError, CommandError):
            fails = middle
    return fails


@overflow_is_found_at_the_end
def first_turn(game: Game, seed: int) -> None:
    """Play the first turn of the first run and read its results: a quick check of a game. Raises ``RunError``."""
    block = Block.begun(game, seed, 0, 1, 1)
    block.take_turn(0)
    block.results()


@dataclass
class Block:
    """The runs of a block that are still being played, what is on its way in them, and the results of the others."""

    world: World
    strategies: list[Strategy]
    size: int
    on_its_way: dict[int, list[turn.Delivery]] = field(default_factory=dict)
    """Deliveries by the turn in which they land, in the order started; their rows are places within the block."""
    ended: list[tuple[Rows, Floats]] = field(default_factory=list)
    """Places within the block, and the tables, of the runs that have ended."""

    @classmethod
    def begun(cls, game: Game, seed: int, first: int, count: int, copies: int = 1) -> Block:
        """Return the block of some runs before their first turn."""
        runs = np.tile(np.arange(first, first + count), copies)
        world = created(game, runs, BlockLuck(seed, first, count, copies), seed)
        return cls(world, [planned(game, actor) for actor in game.actors], count * copies)

    def take_turn(self, number: int) -> None:
        """Play one turn, from 0, of all runs that have not ended."""
        world = self.world
        world.begin_turn(number)
        coming = self.land_what_is_due()
        coming += self.started(_decide(world, self.strategies))
        happenings = [_Coming(each, each.rows, each.due) for each in coming]
        happenings += [_Coming(hazard, rows, waits) for hazard, rows, waits in turn.looming(world)]
        _happen(world, happenings)
        self.retire_ended()
        if world.count:
            turn.score(world)
            turn.drift(world)

    def land_what_is_due(self) -> list[turn.Delivery]:
        """Apply what is due as the turn begins; returns what lands before it ends."""
        world, later = self.world, []
        for delivery in self.still_played(self.on_its_way.pop(world.turn, [])):
            due = np.less_equal(delivery.due, world.turn)
            if np.all(due):
                world.apply(delivery.action.effects, delivery.rows)
            elif not np.any(due):
                later.append(delivery)
            else:
                world.apply(delivery.action.effects, delivery.rows[due])
                later.append(turn.Delivery(delivery.action, delivery.rows[~due], np.asarray(delivery.due)[~due]))
        return later

    def still_played(self, deliveries: Sequence[turn.Delivery]) -> Iterator[turn.Delivery]:
        """Yield deliveries with the rows of the runs that have not ended."""
        if self.world.whole:
            yield from deliveries
        elif deliveries:
            row_of = np.full(self.size, -1, dtype=np.intp)
            row_of[self.world.places] = self.world.everyone
            for delivery in deliveries:
                rows = row_of[delivery.rows]
                here = rows >= 0
                due = delivery.due[here] if np.ndim(delivery.due) else delivery.due  # type: ignore[index]
                yield turn.Delivery(delivery.action, rows[here], due)

    def started(self, deliveries: Sequence[turn.Delivery]) -> list[turn.Delivery]:
        """Send deliveries on their way; returns what lands in this turn."""
        now = []
        for delivery in deliveries:
            for number, part in _by_landing(delivery, self.world.game.turns):
                if number == self.world.turn:
                    now.append(part)
                else:
                    apart = turn.Delivery(part.action, self.world.places[part.rows], part.due)
                    self.on_its_way.setdefault(number, []).append(apart)
        return now

    def retire_ended(self) -> None:
        """Take the runs that have ended out of the block, so that later steps concern all that are left."""
        world = self.world
        if world.ended.any():
            rows = np.flatnonzero(world.ended)
            self.ended.append((world.places[rows], world.part(rows)))
            world.drop(rows)

    def results(self) -> Floats:
        """Return the results of all runs, in their order."""
        if self.ended:
            self.world.reunite(self.ended)
        return table_of(self.world)


def _by_landing(delivery: turn.Delivery, turns: int) -> Iterator[tuple[int, turn.Delivery]]:
    """Yield the parts of a delivery by the turn in which they land; what lands after the end is left out."""
    if not np.ndim(delivery.due):
        if delivery.due < turns:
            yield int(delivery.due), delivery
        return
    due = np.asarray(delivery.due)
    landing = np.floor(due)
    for number in np.flatnonzero(np.bincount(landing[landing < turns].astype(np.intp))).tolist():
        here = landing == number
        yield number, turn.Delivery(delivery.action, delivery.rows[here], due[here])


def _decide(world: World, strategies: list[Strategy]) -> list[turn.Delivery]:
    game = world.game
    if game.order is None:
        decisions = [turn.decide(world, actor, each) for actor, each in zip(game.actors, strategies, strict=True)]
        return [delivery for decision in decisions for delivery in turn.act(world, decision)]
    started = []
    for place in game.order:
        started += turn.act(world, turn.decide(world, game.actors[place], strategies[place]))
    return started


def _happen(world: World, coming: Sequence[_Coming]) -> None:
    """Let things happen to each run in its own order of time; runs that end are spared the rest."""
    if len(coming) < 2 or not (rivals := _rivals(world, coming)).any():
        for each in coming:
            _befall(world, each)
        return
    rivalling = [rivals[each.rows] for each in coming]
    for each, mask in zip(coming, rivalling, strict=True):
        _befall(world, each.among(~mask))
    for each in _in_order(world, [each.among(mask) for each, mask in zip(coming, rivalling, strict=True)]):
        still = ~world.ended[each.rows]
        _befall(world, each if still.all() else each.among(still))


def _rivals(world: World, coming: Sequence[_Coming]) -> Mask:
    """Return in which runs more than one thing happens."""
    met = np.zeros(world.count, dtype=np.int32)
    for each in coming:
        met[each.rows] += 1
    return met > 1


def _befall(world: World, each: _Coming) -> None:
    if not len(each.rows):
        return
    if isinstance(each.thing, turn.Delivery):
        world.apply(each.thing.action.effects, each.rows)
    else:
        turn.strike(world, each.thing, each.rows, np.asarray(each.times))


def _in_order(world: World, coming: Sequence[_Coming]) -> Iterator[_Coming]:
    """Yield what comes so that it happens in each run's own order: the first in each run, then the second, and so on.

    Things at the same time happen in the order in which they stand: deliveries as started, then hazards as written.
    """
    sizes = [len(each.rows) for each in coming]
    rows = np.concatenate([each.rows for each in coming])
    in_order = np.lexsort((np.concatenate([each.moments(world) for each in coming]), rows))
    in_turn = rows[in_order]
    places = np.arange(len(rows))
    begins = np.where(np.concatenate([[True], in_turn[1:] != in_turn[:-1]]), places, 0)
    nth = np.empty(len(rows), dtype=np.intp)
    nth[in_order] = places - np.maximum.accumulate(begins)
    parts = np.split(nth, np.cumsum(sizes)[:-1])
    for step in range(int(nth.max()) + 1):
        for each, places in zip(coming, parts, strict=True):
            now = np.flatnonzero(places == step)
            if len(now):
                yield each.among(now)
