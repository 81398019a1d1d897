"""What would have happened, had a seat done something else: the same run, with the same luck, many times at once.

The other strategies react to what is done. Other people's moves stay as they were; a move that cannot be made in the
changed game is a pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.lockstep import Block
from sim.errors import RunError
from sim.model.game import Action, Actor, Game
from sim.model.strategies import Strategy, planned
from sim.model.strategies.scene import Choice, Scene, available, taken
from sim.model.view import Mask
from sim.play.log import Move
from sim.play.session import Session
from sim.scenario.arithmetic import Floats

PASS = -1
"""What stands in a plan for passing; an action stands there by its index."""

Plan = NDArray[np.intp]
"""What a seat does, turn by turn."""


@dataclass(frozen=True)
class Planned:
    """Does what plans say, one plan a run of the block; in turns that a strategy holds, what that does."""

    actor: Actor
    plans: Plan
    """(turns, runs)"""
    holders: tuple[Strategy | None, ...]
    """Who decides in each turn."""

    def choose(self, scene: Scene) -> Choice:
        """Return what each run's plan says, where it can be done."""
        holder = self.holders[scene.world.turn]
        if holder is not None:
            return holder.choose(scene)
        wishes = self.plans[scene.world.turn][scene.world.places[scene.rows]]
        choice: Choice = {}
        for index in np.unique(wishes[wishes != PASS]).tolist():
            action = self.actor.actions[index]
            wished = wishes == index
            # Only the runs that wish it are read: elsewhere its condition may make no sense.
            can = scene.spread(_can(action, scene.where(wished)), wished)
            if can.any():
                taken(choice, action, can)
        return choice


def plans_of(session: Session, seat: str) -> Plan:
    """Return what a seat's person did, turn by turn; PASS also where there was no move of theirs."""
    game = session.opening.game
    names = [action.name for action in game.actor(seat).actions]
    plan = np.full(game.turns, PASS, dtype=np.intp)
    for entry in session.counting:
        if isinstance(entry, Move) and entry.actor == seat and entry.action is not None:
            plan[entry.turn] = names.index(entry.action)
    return plan


def results(session: Session, seat: str, plans: Plan) -> Floats:
    """Return all results (columns, plans) of a session's run under plans (turns, plans) for a seat's person's turns.

    Raises ``RunError`` where an expression misbehaves in one of them.
    """
    actor = session.opening.game.actor(seat)
    return _played(session, seat, Planned(actor, plans, _holders(session, actor)), plans.shape[1])


def results_of_strategy(session: Session, seat: str, strategy: str) -> Floats:
    """Return all results of a session's run with a strategy in a seat from its first turn. Raises ``RunError``."""
    game = session.opening.game
    return _played(session, seat, planned(game, game.actor(seat), strategy), 1)[:, 0]


def _played(session: Session, seat: str, instead: Strategy, count: int) -> Floats:
    opening = session.opening
    block = Block.begun(opening.game, opening.seed, opening.run, 1, count)
    for name in opening.seats:
        actor = opening.game.actor(name)
        recorded = np.tile(plans_of(session, name)[:, None], count)
        played = instead if name == seat else Planned(actor, recorded, _holders(session, actor))
        block.strategies[actor.index] = played
    for number in range(opening.game.turns):
        if not block.world.count:
            break
        block.take_turn(number)
    return block.results()


def _holders(session: Session, actor: Actor) -> tuple[Strategy | None, ...]:
    """Return who decides in each turn: whoever did, and after the last one whoever sits there now."""
    game: Game = session.opening.game
    held = session.live.held[actor.name]
    names = [*held, *[session.seats[actor.name]] * (game.turns - len(held))]
    strategies = {name: None if name is None else planned(game, actor, name) for name in set(names)}
    return tuple(strategies[name] for name in names)


def _can(action: Action, scene: Scene) -> Mask:
    """Return in which runs an action can be taken; where its condition makes no sense it cannot, as in a game."""
    try:
        return available(action, scene.seen)
    except RunError:
        if scene.count == 1:
            return np.zeros(1, dtype=bool)
        alone = (scene.where(np.arange(scene.count) == place) for place in range(scene.count))
        return np.concatenate([_can(action, each) for each in alone])
