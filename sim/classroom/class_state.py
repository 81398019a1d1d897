"""How things stand for a student, as programs read it."""

from __future__ import annotations

from typing import Any

from sim.classroom.room import asked
from sim.classroom.room.bets import bets_of
from sim.classroom.room.state import PLAYING, Room, Student
from sim.classroom.running import Running


def seconds_left(room: Room, now: float) -> float | None:
    """Return how long the open round has; None where it has no deadline."""
    if room.deadline is not None:
        return max(room.deadline - now, 0.0)
    return room.left


def state_of(running: Running, student: Student, now: float) -> dict[str, Any]:
    """Return how things stand for a student, as programs read it (docs/reference/classroom.md)."""
    room = running.room
    table = room.table_of(student)
    state: dict[str, Any] = {
        "phase": room.phase,
        "paused": room.paused,
        "revealed": room.revealed,
        "seconds_left": seconds_left(room, now),
        "name": student.name,
        "side": None if student.place is None else student.place.side,
        "table": None if student.place is None else student.place.table + 1,
        "bet": student.bet,
        "bets": list(bets_of(room.plan.half(student.place.table)))
        if student.place and asked.may_bet(room, student)
        else [],
        "round": 0,
        "open": False,
        "over": False,
        "turn": 0,
        "turns": 0,
        "options": [],
        "voted": False,
        "vote": None,
        "awaited": False,
    }
    if table is None or student.place is None:
        return state
    side, position = student.place.side, table.position
    state["round"] = table.round
    vote = table.votes.get(student.number)
    state["voted"], state["vote"] = vote is not None, None if vote is None else vote.action
    if position is None or side not in position.views:
        return state
    view = position.views[side]
    settled = asked.settled(room, table)
    state |= {
        "open": room.phase == PLAYING and not room.paused and settled and not position.over,
        "over": position.over,
        "turn": view.turn + 1,
        "turns": room.plan.half(table.number).loaded.clock.turns,
        "options": [option.action for option in view.options if option.available],
        "awaited": settled and position.awaited(side) and not student.replaced,
    }
    return state
