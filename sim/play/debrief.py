"""After the game: what a person's moves brought, beside what else could have been, and what was hidden.

Whatever is compared has the same luck, run for run, so that the difference is the moves' alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from sim.engine.record import Run
from sim.errors import RunError
from sim.experiment.ensemble import play
from sim.experiment.plan import Plan
from sim.model.game import Game
from sim.model.ledger import entries_of
from sim.play.log import Move
from sim.play.session import Session, refused
from sim.play.whatif import PASS, plans_of, results, results_of_strategy
from sim.scenario.arithmetic import Floats

_PLANNED = 2_000_000
"""Moves of games played side by side for comparison: what fits well into memory."""

T = TypeVar("T")

LUCKS = 10_000
"""Runs that a result is put among."""


@dataclass(frozen=True)
class Line:
    """What a strategy would have got in the same seat, against the same others, with the same luck."""

    strategy: str
    payoff: float
    ledger: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Return the line as it stands in JSON."""
        return {"strategy": self.strategy, "payoff": self.payoff, "ledger": self.ledger}


@dataclass(frozen=True)
class Moment:
    """A turn, and what another action in it would have changed, all later moves staying as they were."""

    turn: int
    """From 0."""
    did: str | None
    instead: str | None
    payoff: float
    gain: float
    """Payoff units; below 0 where every other action would have been worse."""

    def to_dict(self) -> dict[str, Any]:
        """Return the moment as it stands in JSON."""
        return {
            "turn": self.turn, "did": self.did, "instead": self.instead, "payoff": self.payoff, "gain": self.gain
        }  # fmt: skip


@dataclass(frozen=True)
class Spread:
    """The payoffs of the seat's strategy over many lucks, and where the person's result lies among them."""

    strategy: str
    payoffs: Floats
    """Sorted."""
    below: float
    """Share of lucks in which the strategy got less than the person."""
    equal: float

    def quantile(self, share: float) -> float:
        """Return the payoff below which a share of the lucks lies."""
        return float(np.quantile(self.payoffs, share))

    def to_dict(self) -> dict[str, Any]:
        """Return the spread as it stands in JSON, without every payoff."""
        quantiles = {name: self.quantile(int(name) / 100) for name in ("5", "25", "50", "75", "95")}
        return {
            "strategy": self.strategy, "runs": len(self.payoffs), "mean": float(self.payoffs.mean()),
            "quantiles": quantiles, "below": self.below, "equal": self.equal,
        }  # fmt: skip


@dataclass(frozen=True)
class Debrief:
    """All that is told when a game is over. A part that could not be played is None, and ``trouble`` says why."""

    session: Session
    seat: str
    run: Run
    """The game's run with its full record."""
    results: dict[str, float]
    menu: tuple[Line, ...]
    """The seat's strategies, best first."""
    costliest: Moment | None
    spread: Spread | None
    others: dict[str, tuple[str | None, ...]]
    """Who held each other actor's seat, one after the other: a strategy, or a person (None)."""
    trouble: tuple[str, ...] = ()

    @property
    def payoff(self) -> float:
        """Return what the seat got."""
        return self.results[self.seat]

    @property
    def ledger(self) -> dict[str, float]:
        """Return what the seat got, entry by entry."""
        return ledger_of(self.session.opening.game, self.seat, self.results)

    def to_dict(self) -> dict[str, Any]:
        """Return the debrief as it stands in JSON."""
        opening = self.session.opening
        game = opening.game
        return {
            "scenario": game.scenario.scenario,
            "regime": game.regime,
            "seed": opening.seed,
            "run": opening.run,
            "seat": self.seat,
            "moves": [each.to_dict() for each in self.session.counting if isinstance(each, Move)],
            "payoffs": {actor.name: self.results[actor.name] for actor in game.actors},
            "ledger": {actor.name: ledger_of(game, actor.name, self.results) for actor in game.actors},
            "ended": bool(self.results["ended"]),
            "duration": self.results["duration"],
            "menu": [line.to_dict() for line in self.menu],
            "costliest": None if self.costliest is None else self.costliest.to_dict(),
            "distribution": None if self.spread is None else self.spread.to_dict(),
            "others": {name: list(held) for name, held in self.others.items()},
            "events": [event.to_dict() for event in self.run.events],
            "trouble": list(self.trouble),
        }


def debrief_of(
    session: Session, seat: str, lucks: int = LUCKS, progress: Callable[[int], None] | None = None
) -> Debrief:
    """Return the debrief of a seat's person once the game is over.

    Raises:
        CommandError: the game is not over, or nobody sat in the seat.
        RunError: a result is too large.
        ResourceError: memory does not suffice for so many lucks.
    """
    if not session.over:
        raise refused("NOT-OVER", "the game is not over", "play on, then ask again")
    if not any(isinstance(entry, Move) and entry.actor == seat for entry in session.counting):
        raise refused("SEAT", f"no person has moved for '{seat}'", "name a seat that a person has played")
    game, live = session.opening.game, session.live
    run = live.run.result()
    results = dict(zip(game.columns.names, run.results.tolist(), strict=True))
    others = {name: tuple(dict.fromkeys(held)) for name, held in live.held.items() if name != seat}
    trouble: list[str] = []
    menu = _tried(lambda: menu_of(session, seat), trouble) or ()
    costliest = _tried(lambda: costliest_of(session, seat), trouble)
    spread = _tried(lambda: spread_of(session, seat, results[seat], lucks, progress), trouble)
    return Debrief(session, seat, run, results, menu, costliest, spread, others, tuple(trouble))


def _tried(part: Callable[[], T], trouble: list[str]) -> T | None:
    """Return a part of the debrief, or None where a game that nobody played misbehaves: that spoils no debrief."""
    try:
        return part()
    except RunError as error:
        trouble.append(str(error.faults[0]))
        return None


def ledger_of(game: Game, actor: str, results: dict[str, float]) -> dict[str, float]:
    """Return an actor's ledger, entry by entry, out of the results of a run."""
    hazards = [hazard.name for hazard in game.hazards]
    return {entry: results[f"{actor}.{entry}"] for entry in entries_of(game.actor(actor).incentives, hazards)}


def menu_of(session: Session, seat: str) -> tuple[Line, ...]:
    """Return what each strategy of a seat (each action, where it has none) would have got, best first.

    Raises ``RunError`` where an expression misbehaves under one of them.
    """
    game = session.opening.game
    part = game.scenario.actors[seat]
    lines = []
    for name in part.strategies or part.actions:
        table = results_of_strategy(session, seat, name).tolist()
        results = dict(zip(game.columns.names, table, strict=True))
        lines.append(Line(name, results[seat], ledger_of(game, seat, results)))
    return tuple(sorted(lines, key=lambda line: -line.payoff))


def costliest_of(session: Session, seat: str) -> Moment | None:
    """Return the turn in which another action would have gained a seat's person most; None where there was no choice.

    Later moves stay as they were; one that cannot be made in the changed game is a pass. Other strategies react. Of
    equal gains the earliest turn counts, and in it the action written first; passing comes last.

    Raises ``RunError`` where an expression misbehaves in one of these games.
    """
    game, done = session.opening.game, plans_of(session, seat)
    menu = [*range(len(game.actor(seat).actions)), PASS]
    moves = [entry.turn for entry in session.counting if isinstance(entry, Move) and entry.actor == seat]
    others = [(turn, action) for turn in moves for action in menu if action != done[turn]]
    row, together = game.columns.names.index(seat), max(1, _PLANNED // game.turns)
    pieces = [results(session, seat, done[:, None])[row]]
    for first in range(0, len(others), together):
        piece = others[first : first + together]
        plans = np.tile(done[:, None], len(piece))
        for place, (turn, action) in enumerate(piece):
            plans[turn, place] = action
        pieces.append(results(session, seat, plans)[row])
    got = np.concatenate(pieces)
    # What could not be done in its turn has become a pass there, and stands for itself already.
    can = [_could(session, seat, turn, action) for turn, action in others]
    gains = np.where(can, got[1:] - got[0], -np.inf)
    if not np.any(can):
        return None
    best = int(np.argmax(gains))
    turn, action = others[best]
    names = [*(each.name for each in game.actor(seat).actions), None]
    return Moment(turn, names[done[turn]], names[action], float(got[best + 1]), float(gains[best]))


def _could(session: Session, seat: str, turn: int, action: int) -> bool:
    """Say whether a seat could have taken an action in a turn, as it saw things then."""
    return action == PASS or session.live.open_in[seat][turn][action]


def spread_of(
    session: Session, seat: str, payoff: float, lucks: int = LUCKS, progress: Callable[[int], None] | None = None
) -> Spread:
    """Return the payoffs of what the regime lets a seat play, over many lucks, and where a payoff lies among them.

    A person's moves cannot be played under other lucks: they answered what happened under this one. Raises
    ``RunError``, ``ResourceError``.
    """
    opening = session.opening
    game = opening.game
    got = np.sort(play(game, Plan(lucks, opening.seed), progress).payoffs[seat])
    below, up_to = (int(np.searchsorted(got, payoff, side)) for side in ("left", "right"))
    return Spread(game.actor(seat).strategy or "", got, below / lucks, (up_to - below) / lucks)
