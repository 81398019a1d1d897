"""What happened turn by turn in very many runs at once: the lockstep engine, looked at after each turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.lockstep import Block
from sim.model.game import Game
from sim.model.ledger import Ledger, overflow_is_found_at_the_end
from sim.model.view import Mask
from sim.scenario.arithmetic import Floats

PASSED = -1
"""Stands for an action where an actor passed."""


@dataclass(frozen=True, eq=False)
class Moment:
    """All runs of a block at the end of a turn; arrays have the runs along the last axis.

    Where a run ended before, everything stays as it was then, and nothing is chosen and nothing strikes.
    """

    turn: int
    """From 0."""
    played: Mask
    """The runs that came to this turn."""
    going: Mask
    """The runs that go on after it; after the last turn, those that did not end early."""
    state: Floats
    """(variables, runs); what stands at the end of a turn has drifted, unless the run ended in it."""
    actions: tuple[NDArray[np.intp], ...]
    """One an actor: the index of the action that it chose, or ``PASSED``."""
    strikes: NDArray[np.intp]
    """(hazards, runs): how often each struck in this turn, which is once or not at all."""
    payoffs: Floats
    """(actors, runs): what each actor has come to so far (payoff units, discounted)."""


def history(game: Game, seed: int, first: int, count: int) -> Iterator[Moment]:
    """Yield the runs ``first`` .. ``first + count - 1`` after each turn, until all have ended.

    Raises:
        RunError: an expression misbehaves.
        CommandError: a player from outside does.
    """
    block = Block.begun(game, seed, first, count)
    before = _gathered(block, np.zeros_like(block.world.table))
    going = np.ones(count, dtype=bool)
    for number in range(game.turns):
        if not block.world.count:
            return
        _take_turn(block, number)
        after = _gathered(block, before)
        played, going = going, np.zeros(count, dtype=bool)
        going[block.world.places] = True
        yield _moment(game, number, played, going, before, after)
        before = after


def beginning(game: Game, seed: int, first: int, count: int) -> Floats:
    """Return the state (variables, runs) in which some runs begin, before their first turn. Raises ``RunError``."""
    return Block.begun(game, seed, first, count).world.values.copy()


@overflow_is_found_at_the_end
def _take_turn(block: Block, number: int) -> None:
    block.take_turn(number)


def _gathered(block: Block, before: Floats) -> Floats:
    """Return the table (columns, runs) of a block with each run at its place, those that have ended as they were."""
    table = before.copy()
    for places, part in block.ended:
        table[:, places] = part
    table[:, block.world.places] = block.world.part(block.world.everyone)
    return table


@overflow_is_found_at_the_end
def _moment(game: Game, number: int, played: Mask, going: Mask, before: Floats, after: Floats) -> Moment:
    columns = game.columns
    ledger = Ledger([after[entries] for entries in columns.entries], [len(actor.incentives) for actor in game.actors])
    struck = list(columns.struck)
    return Moment(
        turn=number,
        played=played,
        going=going,
        state=after[columns.state].copy(),
        actions=tuple(_chosen(before[rows], after[rows]) for rows in columns.actions),
        strikes=(after[struck] - before[struck]).astype(np.intp),
        payoffs=np.array([ledger.payoff(actor) for actor in range(len(game.actors))]),
    )


def _chosen(before: Floats, after: Floats) -> NDArray[np.intp]:
    """Return which of an actor's actions has been counted once more."""
    chosen = np.full(before.shape[1], PASSED)
    for index, (was, now) in enumerate(zip(before, after, strict=True)):
        chosen[was != now] = index
    return chosen
