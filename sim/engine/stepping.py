"""One run of the reference engine, stepped from outside: some actors are told what to do, the others play strategies.

The run stands still whenever an actor that is told has to decide. Luck is drawn by address, so whoever tells exactly
what a strategy would have chosen gets that strategy's run, to the last bit; and a run follows from the moves that were
told, so it can be rebuilt from them, wholly or in part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.engine.events import Play
from sim.engine.record import Event, Run
from sim.errors import CommandError, DetenteError, Fault, Place, RunError, expected_one_of, quoted
from sim.model.compiling import unknown
from sim.model.game import Action, Actor, Game
from sim.model.ledger import overflow_is_found_at_the_end
from sim.model.situation import Situation
from sim.model.strategies.scene import Scene, Strategy, available
from sim.scenario.arithmetic import Floats, Formulas


@dataclass(frozen=True)
class Move:
    """What an actor was told to do in a turn (from 0): an action, or None for passing."""

    turn: int
    actor: str
    action: str | None


@dataclass(frozen=True)
class Prospect:
    """An action as an actor sees it now. What is charged in the end is read on the true state.

    A number is None where the action is not available, or where it makes no sense on the state as the actor sees it.
    """

    action: str
    available: bool
    cost: float | None
    """In payoff units, before discounting."""
    chance: float | None
    """The probability that it succeeds."""
    lead: float | None
    """Turns until its effects land, 0 for at once; None also where luck decides."""


class Stepped:
    """One run, played up to where the next actor in ``told`` has to decide, or to its end.

    It can be copied and pickled at any time: a copy is the same run rebuilt from its moves, and goes its own way.

    Args:
        game: the scenario under a regime; what it says the actors in ``told`` play does not count.
        seed: where luck comes from.
        run: the number of the run, from 0.
        told: the names of the actors that are told what to do; each has actions.
        moves: what they are told first, in the order in which they are asked (an action's name, None for passing).
        record: whether events are kept; without them a run is played faster.

    Raises:
        CommandError: an actor is unknown or has no actions; a move cannot be made, or nobody is asked for it.
        RunError: an expression misbehaved.
    """

    def __init__(
        self,
        game: Game,
        seed: int,
        run: int,
        told: Sequence[str] = (),
        *,
        moves: Iterable[str | None] = (),
        record: bool = True,
    ) -> None:
        self.told = _checked(game, told)
        actors = (replace(each, strategy=None) if each.name in self.told else each for each in game.actors)
        self.game, self.seed, self.run = replace(game, actors=tuple(actors)), seed, run
        self._moves: list[Move] = []
        self._record = record
        self._failure: DetenteError | None = None
        self._play = Play(self.game, seed, run, record=record, told=self.told)
        self._go_on()
        for action in moves:
            self.tell(action)

    def __reduce__(self) -> tuple[Any, ...]:
        told = [move.action for move in self._moves]
        return _rebuilt, (self.game, self.seed, self.run, self.told, told, self._record)

    @property
    def asked(self) -> str | None:
        """Return the actor that has to decide now; None when the run is over."""
        return None if self._play.asked is None else self._play.asked.name

    @property
    def over(self) -> bool:
        """Say whether the run is over."""
        return self._play.over

    @property
    def ended(self) -> bool:
        """Say whether a hazard ended the run, as against the clock."""
        return bool(self._play.world.ended[0])

    @property
    def turn(self) -> int:
        """Return the current turn, from 0; once the run is over, the last one."""
        return self._play.world.turn

    @property
    def moves(self) -> tuple[Move, ...]:
        """Return what was told so far."""
        return tuple(self._moves)

    @property
    def events(self) -> tuple[Event, ...]:
        """Return what has happened so far; what actors decide at the same time is there once all have decided."""
        return tuple(self._play.events)

    def tell(self, action: str | None) -> None:
        """Let the actor that is asked take an action, or pass (None), and play on until somebody is asked again.

        Raises:
            CommandError: nobody is asked; there is no such action, or it is not available. Nothing has happened then.
            RunError: an expression misbehaved. The run cannot go on then.
        """
        if self._failure is not None:
            raise self._failure
        actor = self._play.asked
        if actor is None:
            raise _refused("RUN-OVER", "the run is over: nobody is asked", "begin another run")
        chosen = None if action is None else self._permitted(actor, action)
        self._moves.append(Move(self.turn, actor.name, action))
        self._play.tell(chosen)
        self._go_on()

    def check(self, actor: str, action: str | None) -> None:
        """Raise ``CommandError`` unless an actor, asked or not, could take an action now (None: passing)."""
        if action is not None:
            self._permitted(self._actor(actor), action)

    def chosen_by(self, strategy: Strategy) -> str | None:
        """Return what a strategy of the actor that is asked chooses, with this run's luck. Raises ``RunError``."""
        actor = self._play.asked
        if actor is None:
            raise _refused("RUN-OVER", "the run is over: nobody is asked", "begin another run")
        chosen = [index for index, mask in strategy.choose(Scene.of(self._play.world, actor)).items() if mask[0]]
        return actor.actions[chosen[0]].name if chosen else None

    def replayed(self, moves: Iterable[str | None]) -> Stepped:
        """Return the same run told other moves from the beginning: fewer to go back, others to see what if."""
        return Stepped(self.game, self.seed, self.run, self.told, moves=moves, record=self._record)

    def situation(self, actor: str) -> Situation:
        """Return the situation as an actor sees it, to read expressions on."""
        return self._seen(self._actor(actor))

    def state(self) -> Floats:
        """Return the true state, in the order of the scenario's variables."""
        return np.array(self._play.world.values[:, 0])

    def observed(self, actor: str) -> Floats:
        """Return the state as an actor sees it, in the order of the scenario's variables."""
        state = self._seen(self._actor(actor)).state
        return np.array([float(np.ravel(state[variable.row])[0]) for variable in self.game.variables])

    def seen(self, actor: str) -> dict[str, float]:
        """Return the state and the derived values as an actor sees them; a derived value that makes no sense is nan."""
        seen = self._seen(self._actor(actor))
        derived = {name: _number(seen, formulas) for name, formulas in self._derived.items()}
        return {
            **dict(zip((each.name for each in self.game.variables), self.observed(actor).tolist(), strict=True)),
            **{name: np.nan if value is None else value for name, value in derived.items()},
        }

    def available(self, actor: str) -> tuple[bool, ...]:
        """Return which actions of an actor, in their order, are available as it sees the state.

        An action whose condition makes no sense now is not. Where actors move in an order, what an earlier one is yet
        to do may still change what a later one can do.
        """
        found = self._actor(actor)
        seen = self._seen(found)
        return tuple(_can(action, seen) for action in found.actions)

    def open(self, actor: str) -> tuple[Prospect, ...]:
        """Return each action of an actor, in their order, as it sees it now."""
        found = self._actor(actor)
        seen = self._seen(found)
        return tuple(_prospect(action, seen) for action in found.actions)

    @overflow_is_found_at_the_end
    def payoff(self, actor: str) -> float:
        """Return what an actor has got so far, as scored: discounted, costs subtracted."""
        return float(self._play.world.ledger.payoff(self._actor(actor).index)[0])

    def result(self) -> Run:
        """Return the run once it is over: the same as of a trace.

        Raises:
            CommandError: it is not over yet.
            RunError: a result is too large.
        """
        if not self.over:
            raise _refused("NOT-OVER", f"run {self.run} is not over", "tell it moves until nobody is asked")
        return self._play.result()

    def _go_on(self) -> None:
        try:
            while self._play.step():
                pass
        except DetenteError as error:
            self._failure = error
            raise

    def _actor(self, name: str) -> Actor:
        names = [actor.name for actor in self.game.actors]
        if name not in names:
            raise unknown(name, names, "actor")
        return self.game.actors[names.index(name)]

    def _seen(self, actor: Actor) -> Situation:
        world = self._play.world
        return world.situation(world.everyone).seen_through(actor.masks)

    def _permitted(self, actor: Actor, name: str) -> Action:
        names = [action.name for action in actor.actions]
        if name not in names:
            raise unknown(name, names, f"action of {actor.name}")
        action = actor.actions[names.index(name)]
        if not _can(action, self._seen(actor)):
            can = [each for each, open_ in zip(names, self.available(actor.name), strict=True) if open_]
            problem = f"{actor.name} cannot take {quoted(name)} in turn {self.turn + 1}"
            if action.forbidden:
                problem += f": the regime {quoted(self.game.regime)} forbids it"
            remedy = f"pass, or take one of: {', '.join(can)}" if can else "all it can do is pass"
            raise _refused("NOT-AVAILABLE", problem, remedy)
        return action

    @cached_property
    def _derived(self) -> dict[str, Formulas]:
        vocabulary = self.game.vocabulary
        return {name: Formulas([value], vocabulary) for name, value in vocabulary.derived.items()}


def _rebuilt(
    game: Game, seed: int, run: int, told: Sequence[str], moves: Sequence[str | None], record: bool
) -> Stepped:
    return Stepped(game, seed, run, told, moves=moves, record=record)


def _checked(game: Game, told: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the actors that are told, each once, in the order of the game."""
    names = [actor.name for actor in game.actors]
    asked = [told] if isinstance(told, str) else told
    for name in asked:
        if name not in names:
            raise unknown(name, names, "actor")
        if not game.actor(name).actions:
            others = [actor.name for actor in game.actors if actor.actions]
            problem = f"{quoted(name)} has no actions, so there is nothing to tell it"
            raise _refused("NO-ACTIONS", problem, expected_one_of(name, others, "actor with actions"))
    return tuple(name for name in names if name in asked)


def _can(action: Action, seen: Situation) -> bool:
    try:
        return bool(available(action, seen)[0])
    except RunError:
        return False


def _prospect(action: Action, seen: Situation) -> Prospect:
    if not _can(action, seen):
        return Prospect(action.name, False, None, None, None)
    lead: float | None = 0.0
    if action.lead is not None:
        lead = None if action.lead.is_drawn else _number(seen, action.lead.numbers[0])
    cost = 0.0 if action.cost is None else _number(seen, action.cost)
    return Prospect(action.name, True, cost, 1.0 if action.chance is None else _number(seen, action.chance), lead)


def _number(seen: Situation, formulas: Formulas) -> float | None:
    try:
        return float(np.ravel(seen.read_one(formulas))[0])
    except RunError:
        return None


def _refused(code: str, problem: str, remedy: str) -> CommandError:
    return CommandError(Fault(Place("command line"), code, problem, remedy))
