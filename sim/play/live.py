"""The run behind a session as it stands: who sits where, whose move it is, and what each seat has seen so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.engine.stepping import Stepped
from sim.errors import CommandError, Fault, Place, quoted
from sim.model import plugins
from sim.model.compiling import check_play, unknown
from sim.model.game import Game
from sim.model.strategies import Strategy, planned
from sim.play.log import Move, Seat
from sim.scenario.arithmetic import Floats


@dataclass(frozen=True)
class Look:
    """What a seat saw when it was asked in a turn."""

    turn: int
    state: Floats
    """The state as it saw it, in the order of the scenario's variables."""
    truth: Floats
    """The state as it was: for the debrief alone."""
    events: int
    """How many events there had been."""


class Live:
    """A run being played by people and strategies. All actors are told; what strategies do is asked of them.

    Luck is drawn by address, so that a strategy asked for a seat does what it does in an ensemble's run.
    """

    def __init__(self, game: Game, seed: int, run: int, seats: Mapping[str, str | None]) -> None:
        self.game, self.seats = game, dict(seats)
        self.looks: dict[str, list[Look]] = {name: [] for name in seats}
        self.held: dict[str, list[str | None]] = {name: [] for name in seats}
        """Who decided for each actor in each turn so far: a strategy, or a person (None)."""
        self.open_in: dict[str, dict[int, tuple[bool, ...]]] = {name: {} for name in seats}
        """Which actions a person could take in each turn in which one moved, in their order."""
        self._players: dict[str, tuple[str, Strategy]] = {}
        self._early: dict[str, str | None] = {}
        self.run = Stepped(game, seed, run, tuple(seats))
        self._go_on()

    @property
    def awaited(self) -> tuple[str, ...]:
        """Return the persons' seats whose move is waited for."""
        asked = self.run.asked
        if asked is None:
            return ()
        # Where all move at once strategies wait for people, so that a seat can change as long as the turn is open.
        names = list(self.seats)
        left = names[names.index(asked) :] if self.game.order is None else [asked]
        return tuple(name for name in left if self.seats[name] is None and name not in self._early)

    def check(self, entry: Move | Seat) -> None:
        """Raise ``CommandError`` unless an entry fits now."""
        if self.run.over:
            raise _refused("GAME-OVER", "the game is over", "begin another game")
        if entry.turn != self.run.turn:
            problem = f"it is turn {self.run.turn + 1}, not {entry.turn + 1}"
            raise _refused("TURN", problem, "look at the game as it stands, and move again")
        if entry.actor not in self.seats:
            raise unknown(entry.actor, list(self.seats), "actor with actions")
        if isinstance(entry, Seat):
            self._check_seat(entry.actor, entry.strategy)
            return
        if entry.actor not in self.awaited:
            if self.seats[entry.actor] is not None:
                problem = f"{quoted(entry.actor)} is played by a strategy, {quoted(self.seats[entry.actor])}"
                raise _refused("SEAT", problem, "give the seat to a person first")
            raise _refused(
                "SEAT", f"it is not the move of {quoted(entry.actor)}", f"wait for {', '.join(self.awaited)}"
            )
        self.run.check(entry.actor, entry.action)

    def take(self, entry: Move | Seat) -> None:
        """Let an entry happen and play on to the next move of a person. Raises as ``check`` does, and ``RunError``."""
        self.check(entry)
        if isinstance(entry, Seat):
            self.seats[entry.actor] = entry.strategy
        else:
            self._early[entry.actor] = entry.action
        self._go_on()

    def look(self, actor: str) -> Look:
        """Return what a seat sees now."""
        return Look(self.run.turn, self.run.observed(actor), self.run.state(), len(self.run.events))

    def _check_seat(self, actor: str, strategy: str | None) -> None:
        if strategy is None:
            return
        check_play(self.game.scenario, actor, strategy)
        own = {*self.game.scenario.actors[actor].strategies, *self.game.scenario.actors[actor].actions}
        if self.run.moves and strategy not in own and plugins.is_name(strategy):
            problem = f"{quoted(strategy)} cannot take a seat in a game that has begun: it has not seen what was"
            raise _refused("PLAYER", problem, "name a strategy of the scenario")

    def _go_on(self) -> None:
        while (asked := self.run.asked) is not None:
            self._look_around(asked)
            if self.awaited:
                return
            played = self.seats[asked]
            if asked in self._early:
                self.held[asked].append(None)
                self.open_in[asked][self.run.turn] = self.run.available(asked)
                self.run.tell(self._early.pop(asked))
            elif played is not None:
                self.held[asked].append(played)
                self.run.tell(self.run.chosen_by(self._player(asked, played)))
        for name in self.seats:
            self.looks[name].append(self.look(name))

    def _look_around(self, asked: str) -> None:
        # Where all move at once, all look at once: whoever is asked first, nobody has acted yet.
        for name in self.seats if self.game.order is None else (asked,):
            if not self.looks[name] or self.looks[name][-1].turn < self.run.turn:
                self.looks[name].append(self.look(name))

    def _player(self, actor: str, strategy: str) -> Strategy:
        name, player = self._players.get(actor, ("", None))
        if player is None or name != strategy:
            player = planned(self.run.game, self.run.game.actor(actor), strategy)
            self._players[actor] = strategy, player
        return player


def _refused(code: str, problem: str, remedy: str) -> CommandError:
    return CommandError(Fault(Place("command line"), code, problem, remedy))
