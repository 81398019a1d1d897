"""What one seat may know of a game: the state as it sees it, what it can do, what has become of its moves.

Nothing here reads what the seat does not observe. What an action costs and how likely it is to succeed are worked out
on the state as seen; an event shows where it ends the game, pays the seat or changes something that the seat sees;
what others do shows only by what it changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.record import Event
from sim.errors import RunError
from sim.model.compiling import unknown
from sim.model.game import Action
from sim.model.situation import Situation
from sim.play.session import Session


@dataclass(frozen=True)
class Option:
    """An action as a seat sees it now. A number is None where it makes no sense on the state as seen."""

    action: str
    available: bool
    forbidden: bool
    """By the regime."""
    cost: float | None
    """In payoff units, before discounting."""
    chance: float | None
    """Probability of success."""
    lead: tuple[float, float] | None
    """Least and most turns until it takes effect; the most is infinite where only the mean is known. None: none."""
    mean: float | None = None
    """Mean lead time in turns, where luck decides without bounds."""

    def to_dict(self) -> dict[str, Any]:
        """Return the option as it stands in JSON; an infinite lead is null."""
        lead = None if self.lead is None else [each if np.isfinite(each) else None for each in self.lead]
        return {
            "action": self.action, "available": self.available, "forbidden": self.forbidden, "cost": self.cost,
            "chance": self.chance, "lead": lead, "mean": self.mean,
        }  # fmt: skip


@dataclass(frozen=True)
class Happening:
    """Something the seat learned since it last looked: ``failed`` or ``landed`` (its actions), ``event``, ``ended``."""

    turn: int
    kind: str
    what: str
    """An action of the seat, or an event."""
    outcome: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the happening as it stands in JSON."""
        return {"turn": self.turn, "kind": self.kind, "what": self.what, "outcome": self.outcome}


@dataclass(frozen=True)
class View:
    """A game as one seat sees it."""

    seat: str
    turn: int
    """From 0; once the game is over, the last one."""
    over: bool
    awaited: bool
    """Whether the game waits for this seat's move."""
    seen: dict[str, float]
    """State and derived values as seen; nan where a derived value makes no sense."""
    history: dict[str, tuple[float, ...]]
    """Each state variable as seen when each turn began."""
    options: tuple[Option, ...]
    flows: dict[str, float | None]
    """What each incentive would score if the turn ended now, on the state as seen, before discounting."""
    happened: tuple[Happening, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the view as it stands in JSON; what makes no sense is null."""
        return {
            "seat": self.seat, "turn": self.turn, "over": self.over, "awaited": self.awaited,
            "seen": {name: value if np.isfinite(value) else None for name, value in self.seen.items()},
            "history": {name: list(values) for name, values in self.history.items()},
            "options": [option.to_dict() for option in self.options],
            "flows": dict(self.flows),
            "happened": [each.to_dict() for each in self.happened],
        }  # fmt: skip


def view_of(session: Session, seat: str) -> View:
    """Return what a seat sees of a session now. Raises ``CommandError`` where there is no such seat."""
    live = session.live
    if seat not in live.seats:
        raise unknown(seat, list(live.seats), "actor with actions")
    run, looks = live.run, live.looks[seat]
    situation = run.situation(seat)
    variables = run.game.variables
    history = np.array([look.state for look in looks]).reshape(len(looks), len(variables))
    before = looks[-2].events if len(looks) > 1 else 0
    return View(
        seat=seat,
        turn=run.turn,
        over=run.over,
        awaited=seat in live.awaited,
        seen=run.seen(seat),
        history={variable.name: tuple(history[:, row].tolist()) for row, variable in enumerate(variables)},
        options=() if run.over else tuple(_options(session, seat, situation)),
        flows=_flows(session, seat, situation),
        happened=tuple(_happened(session, seat, run.events[before:])),
    )


def _options(session: Session, seat: str, seen: Situation) -> Iterator[Option]:
    run = session.live.run
    for action, prospect in zip(run.game.actor(seat).actions, run.open(seat), strict=True):
        lead, mean = _lead(action, seen) if prospect.available else (None, None)
        yield Option(
            action.name, prospect.available, action.forbidden, prospect.cost, prospect.chance, lead, mean
        )  # fmt: skip


def _lead(action: Action, seen: Situation) -> tuple[tuple[float, float] | None, float | None]:
    if action.lead is None:
        return (0.0, 0.0), None
    try:
        numbers = [float(np.ravel(value)[0]) for value in action.lead.read(seen)]
    except RunError:
        return None, None
    if action.lead.kind == "mean":
        return (0.0, np.inf), numbers[0]
    return (numbers[0], numbers[-1]), None


def _flows(session: Session, seat: str, seen: Situation) -> dict[str, float | None]:
    game = session.live.run.game
    actor = game.actor(seat)
    try:
        values = [float(np.ravel(value)[0]) for value in seen.read(actor.flows)]
    except RunError:
        return dict.fromkeys(actor.incentives)
    return dict(zip(actor.incentives, values, strict=True))


def _happened(session: Session, seat: str, events: tuple[Event, ...]) -> Iterator[Happening]:
    game = session.live.run.game
    stands_for = dict(game.actor(seat).masks)
    visible = {game.variables[stands_for.get(each.row, each.row)].name for each in game.variables}
    for place, event in enumerate(events):
        detail = event.detail
        if event.kind == "decision" and event.who == seat and detail.get("succeeds") is False:
            yield Happening(event.turn, "failed", event.what)
        elif event.kind == "delivery" and event.who == seat:
            yield Happening(event.turn, "landed", event.what)
        elif event.kind == "hazard":
            ends = place + 1 < len(events) and events[place + 1].kind == "end" and events[place + 1].detail["early"]
            if ends:
                yield Happening(event.turn, "ended", event.who, event.what)
            elif seat in detail.get("payoffs", {}) or not visible.isdisjoint(detail.get("changes", {})):
                yield Happening(event.turn, "event", event.who, event.what)
