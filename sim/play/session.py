"""A game session: a scenario, a regime, a seat for each actor, one run with its luck, and the log of what happened.

A session is a value: a move gives another session, and the one before stays what it was. Everything else follows from
the opening and the log, so a session can be put away as its log and rebuilt, with the same state and the same luck.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sim.errors import CommandError, DetenteError, Fault, Place, quoted
from sim.experiment.plan import planned_for
from sim.model.compiling import compiled, unknown
from sim.model.game import Game, Setting
from sim.play import log as logs
from sim.play.live import Live
from sim.play.log import Back, Entry, Move, Seat
from sim.scenario.flatten import flattened
from sim.scenario.schema import Scenario

_MOST_RUN = 2**63


@dataclass(frozen=True)
class Opening:
    """How a game begins. Sessions that share an opening share what was compiled for it."""

    game: Game = field(compare=False)
    sha256: str
    """Of the scenario's text, its parents merged in."""
    regime: str
    parameters: Mapping[str, float]
    """What was given instead of the scenario's values."""
    seed: int
    run: int
    seats: Mapping[str, str | None]
    """What each actor with actions plays to begin with; None for a person."""

    def to_dict(self) -> dict[str, Any]:
        """Return the opening as it stands in a log."""
        return {
            "format": logs.FORMAT,
            "version": logs.VERSION,
            "scenario": self.game.scenario.scenario,
            "sha256": self.sha256,
            "regime": self.regime,
            "parameters": dict(self.parameters),
            "seed": self.seed,
            "run": self.run,
            "seats": dict(self.seats),
        }


def opened(
    scenario: Scenario,
    persons: Iterable[str],
    setting: Setting | None = None,
    seed: int | None = None,
    run: int = 0,
) -> Opening:
    """Return the opening of a game in which some seats are persons' and the others play what the regime says.

    Args:
        scenario: what is played.
        persons: the actors whom people play.
        setting: the regime, what others play instead, parameters' values.
        seed: where luck comes from (default: the scenario's).
        run: which of the seed's runs, from 0.

    Raises:
        CommandError: a name is unknown, a person's actor has no actions or is also said to play a strategy.
    """
    game = compiled(scenario, setting)
    acting = {actor.name: actor.strategy for actor in game.actors if actor.actions}
    for name in (persons := list(persons)):
        if name not in acting:
            raise unknown(name, list(acting), "actor with actions")
        if name in game.setting.plays:
            problem = f"{quoted(name)} is played by a person, so it cannot also play {quoted(game.setting.plays[name])}"
            raise refused("PLAY", problem, "leave out one of the two")
    if not persons:
        raise refused("NO-PERSON", "nobody plays", f"name who plays: {', '.join(acting)}")
    if not 0 <= run < _MOST_RUN:
        raise refused("RUN", f"there is no run {run}", "runs count from 0 to 2**63 - 1")
    seats = {name: None if name in persons else strategy for name, strategy in acting.items()}
    luck = planned_for(scenario, 1, seed).seed
    return Opening(game, scenario_hash(scenario), game.regime, dict(game.setting.parameters), luck, run, seats)


def scenario_hash(scenario: Scenario) -> str:
    """Return the SHA-256 of a scenario's text with its parents merged in. Raises ``CommandError`` if it has none."""
    if scenario.document is None:
        raise refused("NO-TEXT", "this scenario was made without a text", "load it from a file or a text")
    return hashlib.sha256(flattened(scenario.document).encode()).hexdigest()


@dataclass(frozen=True)
class Session:
    """A game as far as it has been played."""

    opening: Opening
    log: tuple[Entry, ...] = ()

    @cached_property
    def live(self) -> Live:
        """Return the run as it stands, rebuilt from the log if need be; a move takes it along."""
        live = Live(self.opening.game, self.opening.seed, self.opening.run, self.opening.seats)
        for entry in self.counting:
            live.take(entry)
        return live

    @cached_property
    def counting(self) -> tuple[Move | Seat, ...]:
        """Return the moves and changes of seats that were not taken back."""
        return logs.counting(self.log)

    @property
    def turn(self) -> int:
        """Return the current turn, from 0; once the game is over, the last one."""
        return self.live.run.turn

    @property
    def over(self) -> bool:
        """Say whether the game is over."""
        return self.live.run.over

    @property
    def seats(self) -> dict[str, str | None]:
        """Return what each actor with actions plays now; None for a person."""
        return dict(self.live.seats)

    @property
    def awaited(self) -> tuple[str, ...]:
        """Return the persons' seats whose move the game waits for. Where all move at once, each may come first."""
        return self.live.awaited

    def moved(self, actor: str, action: str | None) -> Session:
        """Return the session after a person's move (None for passing).

        Raises:
            CommandError: it is not this seat's move, or the action cannot be taken; this session is as it was.
            RunError: an expression misbehaved.
        """
        return self._with(Move(self.turn, actor, action))

    def seated(self, actor: str, strategy: str | None) -> Session:
        """Return the session with a seat given to a strategy, or to a person (None), from now on.

        Raises:
            CommandError: there is no such seat or strategy, or the game is over.
            RunError: an expression misbehaved.
        """
        return self._with(Seat(self.turn, actor, strategy))

    def undone(self, actor: str | None = None) -> Session:
        """Return the session without the last move (of an actor, if one is named) and all that came after it.

        Raises:
            CommandError: there is no such move.
        """
        for place in range(len(self.counting) - 1, -1, -1):
            entry = self.counting[place]
            if isinstance(entry, Move) and actor in (None, entry.actor):
                return Session(self.opening, (*self.log, Back(place)))
        raise refused("NOTHING-TO-UNDO", "there is no move to take back", "make a move first")

    def rolled_back(self, turn: int) -> Session:
        """Return the session as it was when a turn (from 0) began: what was done in it or later is taken back.

        Raises:
            CommandError: the game has not come to that turn.
        """
        if not 0 <= turn <= self.turn:
            raise refused("TURN", f"turn {turn + 1} has not been played", f"name a turn from 1 to {self.turn + 1}")
        kept = [entry for entry in self.counting if entry.turn < turn]
        return Session(self.opening, (*self.log, Back(len(kept))))

    def forked(self, run: int | None = None) -> Session:
        """Return a session of its own that begins where this one stands, if asked with another run's luck.

        What was taken back is left out of its log. Raises ``CommandError`` where the moves do not fit other luck.
        """
        opening = self.opening if run is None else replace(self.opening, run=run)
        fork = Session(opening, tuple(self.counting))
        fork.live  # noqa: B018 - moves that do not fit are refused here
        return fork

    def to_dict(self) -> dict[str, Any]:
        """Return the opening and the log: all that is needed to rebuild the session."""
        entries = [{"entry": number, **entry.to_dict()} for number, entry in enumerate(self.log, 1)]
        return {**self.opening.to_dict(), "log": entries}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any], scenario: Scenario, file: str = "command line") -> Session:
        """Return the session that a log tells, rebuilt and checked.

        Args:
            document: what ``to_dict`` gave.
            scenario: the scenario that was played.
            file: where the log is from, for messages.

        Raises:
            CommandError: the log is damaged, of another version or scenario, or tells what cannot have happened.
        """
        session = cls(opening_of(document, scenario, file))
        entries = document.get("log")
        if not isinstance(entries, list) or len(entries) > logs.MOST_ENTRIES:
            raise logs.broken(file, 0, "this log has no list of entries", "play on from a log that is whole")
        log: list[Entry] = [logs.entry_of(entry, number, file) for number, entry in enumerate(entries, 1)]
        done: list[tuple[int, Move | Seat]] = []
        for number, entry in enumerate(log, 1):
            if not isinstance(entry, Back):
                done.append((number, entry))
            elif entry.keep > len(done):
                problem = f"entry {number} keeps {entry.keep} entries, but there are {len(done)}"
                raise logs.broken(file, number, problem, "play on from a log that is whole")
            else:
                del done[entry.keep :]
        live = session.live
        for number, each in done:
            try:
                live.take(each)
            except DetenteError as error:
                problem = f"entry {number} cannot have happened: {error.faults[0].problem}"
                raise logs.broken(file, number, problem, "play on from a log that was not changed") from error
        return _carrying(cls(session.opening, tuple(log)), live)

    def _with(self, entry: Move | Seat) -> Session:
        live = self.live
        live.check(entry)
        # From here on the run is the later session's; this one rebuilds it when somebody asks.
        self.__dict__.pop("live", None)
        live.take(entry)
        return _carrying(Session(self.opening, (*self.log, entry)), live)


def _carrying(session: Session, live: Live) -> Session:
    session.__dict__["live"] = live
    return session


def opening_of(document: Mapping[str, Any], scenario: Scenario, file: str) -> Opening:
    """Return the opening that a log tells, checked against the scenario. Raises ``CommandError``."""
    logs.checked_format(document, file)
    match document:
        case {
            "scenario": str(name), "sha256": str(sha256), "regime": str(regime), "parameters": dict(parameters),
            "seed": int(seed), "run": int(run), "seats": dict(seats),
        }:  # fmt: skip
            pass
        case _:
            raise logs.broken(file, 0, "the opening of this log is not whole", "play on from a log that is whole")
    if sha256 != scenario_hash(scenario):
        problem = f"this game was played in another text of {quoted(name)}"
        raise logs.broken(file, 0, problem, "name the scenario it was played in, as it was then")
    plays = {actor: played for actor, played in seats.items() if isinstance(played, str)}
    persons = [actor for actor, played in seats.items() if played is None]
    try:
        found = opened(scenario, persons, Setting(regime, plays, parameters), seed, run)
    except DetenteError as error:
        remedy = "play on from a log that was not changed"
        raise logs.broken(file, 0, f"the opening cannot have been: {error.faults[0].problem}", remedy) from error
    if dict(found.seats) != seats:
        raise logs.broken(file, 0, "the seats of this log are not those of the scenario", "name the scenario it is of")
    return found


def refused(code: str, problem: str, remedy: str) -> CommandError:
    """Return the error of something that cannot be done in a game."""
    return CommandError(Fault(Place("command line"), code, problem, remedy))
