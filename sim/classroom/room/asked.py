"""What may be asked for in a room, and which events that means. Nothing here changes the room.

Each function returns the events as (kind, body), or raises ``Refused`` with the status that the web answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.classroom.room import names, seating
from sim.classroom.room.bets import bets_of
from sim.classroom.room.refused import refuse
from sim.classroom.room.state import CLOSED, FINISHED, PLAYING, WAITING, Room, Student, Table

Asked = list[tuple[str, dict[str, Any]]]

MOST_ROBOTS = 200


def join(room: Room, name: object, kind: str = "person") -> Asked:
    """Let somebody in: a seat of their own, and a place at a table as soon as there is one."""
    told = names.checked_name(name)
    if room.phase in (FINISHED, CLOSED):
        refuse(409, "this class is over")
    if len(room.students) >= room.plan.seats:
        refuse(409, "this room is full")
    place = None
    if room.phase == PLAYING and not room.plan.homework:
        place = seating.late(
            {
                table.number: {side: len(room.players(table, side)) for side in table.students}
                for table in room.tables
                if not table.over
            }
        )
        if place is None:
            refuse(409, "all games are over")
    told = names.distinct(told, (student.name for student in room.students.values()))
    where = None if place is None else (place.table, place.side)
    return [("joined", {"student": len(room.students) + 1, "name": told, "kind": kind, "place": where})]


def robots(room: Room, count: int) -> Asked:
    """Fill seats with robots, for a rehearsal."""
    if room.phase != WAITING or room.plan.homework:
        refuse(409, "robots sit down before the game begins")
    if not 1 <= count <= min(MOST_ROBOTS, room.plan.seats - len(room.students)):
        refuse(422, f"1 to {MOST_ROBOTS} robots, as long as there are seats")
    first = len(room.students) + 1
    return [
        ("joined", {"student": number, "name": f"Robot {number}", "kind": "robot", "place": None})
        for number in range(first, first + count)
    ]


def start(room: Room) -> Asked:
    """Begin the first round."""
    if room.phase != WAITING:
        refuse(409, "the game has begun")
    if not room.present:
        refuse(409, "nobody is in the room yet")
    return [("started", {})]


def settled(room: Room, table: Table) -> bool:
    """Say whether a table's game is where its decisions lead."""
    return table.position is not None and table.position.fits(table.steps, room.controls(table))


def seat_of(room: Room, number: int) -> Student:
    """Return a student who may act. Raises ``Refused``: 404 no such student, 403 sent out."""
    student = room.students.get(number)
    if student is None:
        refuse(404, "there is no such seat in this room")
    if not student.present:
        refuse(403, "the instructor has taken you out of this room")
    return student


def move(room: Room, number: int, of_round: object, action: object) -> Asked:
    """Take a student's move, or vote, for the open round; it can be changed until the round closes."""
    student = seat_of(room, number)
    if not isinstance(of_round, int) or isinstance(of_round, bool) or not (action is None or isinstance(action, str)):
        refuse(422, "a move names its round and an action, or null for passing")
    table = room.table_of(student)
    if room.phase != PLAYING or table is None:
        refuse(409, "no round is open")
    if of_round < table.round:
        refuse(409, f"round {of_round} is closed")
    if of_round > table.round:
        refuse(409, f"round {of_round} is not open yet")
    if student.replaced:
        refuse(403, "the computer plays for you; ask the instructor")
    if not settled(room, table):
        refuse(409, f"round {table.round} is about to open; send it again")
    position = table.position
    assert position is not None
    assert student.place is not None
    if position.over:
        refuse(409, "this game is over")
    if room.paused:
        refuse(409, "the class is paused")
    if not position.awaited(student.place.side):
        refuse(409, "it is the other side's turn")
    view = position.views[student.place.side]
    if action is not None and action not in {option.action for option in view.options if option.available}:
        refuse(422, "this action is not open now")
    return [("moved", {"student": number, "round": of_round, "action": action})]


def may_bet(room: Room, student: Student) -> bool:
    """Say whether a student can still bet: until their first round closes."""
    if room.phase not in (WAITING, PLAYING) or student.kind == "robot":
        return False
    table = room.table_of(student)
    return student.place is not None and (table is None or table.round == 1)


def bet(room: Room, number: int, on: object) -> Asked:
    """Take a student's bet; it can be changed until their first round closes."""
    student = seat_of(room, number)
    if not may_bet(room, student):
        refuse(409, "bets are closed")
    assert student.place is not None
    if not isinstance(on, str) or on not in bets_of(room.plan.half(student.place.table)):
        refuse(422, "this cannot be bet on")
    return [("bet", {"student": number, "on": on})]


def close(room: Room, of_round: int | None, why: str) -> Asked:
    """Close the open round of the class."""
    _in_game(room)
    if of_round is not None and of_round != room.round:
        refuse(409, f"round {of_round} is not open")
    if not all(settled(room, table) for table in room.tables):
        refuse(409, "the last round is still being played")
    return [("closed", {"round": room.round, "why": why})]


def extend(room: Room, seconds: int) -> Asked:
    """Give the open round more time."""
    _in_game(room)
    if not 1 <= seconds <= 3600:
        refuse(422, "1 to 3600 seconds can be added")
    if room.deadline is None and room.left is None:
        refuse(409, "this round has no deadline")
    return [("extended", {"seconds": seconds})]


def pause(room: Room, on: bool) -> Asked:
    """Stop the clock and take no moves, or go on."""
    _in_game(room)
    if room.paused == on:
        refuse(409, "the class is paused" if on else "the class is not paused")
    return [("paused" if on else "resumed", {})]


def back(room: Room, to_round: int) -> Asked:
    """Go back to the beginning of a round: what was decided in it and later is undone for everybody."""
    if room.phase not in (PLAYING, FINISHED) or room.plan.homework:
        refuse(409, "no game is under way")
    if not 1 <= to_round <= room.round:
        refuse(422, "this round has not been played")
    return [("back", {"round": to_round})]


def kick(room: Room, number: int) -> Asked:
    """Send a student out; the computer goes on where nobody else plays their side."""
    seat_of(room, number)
    _not_closed(room)
    return [("kicked", {"student": number})]


def replace(room: Room, number: int, by_computer: bool) -> Asked:
    """Let the computer play for a student, who looks on, or give the seat back."""
    student = seat_of(room, number)
    _not_closed(room)
    if student.replaced == by_computer:
        refuse(409, "this is so already")
    return [("replaced", {"student": number, "by_computer": by_computer})]


def tell(room: Room, text: object) -> Asked:
    """Show an announcement on every page; an empty text takes it away, also when the class is over."""
    shown = names.checked_text(text)
    if shown or not room.announcement:
        _not_closed(room)
    return [("told", {"text": shown})]


def reveal(room: Room) -> Asked:
    """Show everybody the results."""
    if room.phase != FINISHED or room.revealed:
        refuse(409, "results are shown once, when all games are over")
    return [("revealed", {})]


def end(room: Room, results: Mapping[str, Any]) -> Asked:
    """Put the room away: nobody can play on, everybody can look at their result."""
    _not_closed(room)
    return [("ended", {"results": dict(results)})]


def undecided(room: Room) -> list[Student]:
    """Return those whose decision the open round waits for."""
    waited = []
    for table in room.tables:
        if table.position is None or table.over:
            continue
        for side in table.students:
            if table.position.awaited(side):
                waited += [each for each in room.players(table, side) if each.number not in table.votes]
    return waited


def _in_game(room: Room) -> None:
    if room.phase != PLAYING or room.plan.homework:
        refuse(409, "no round is open")


def _not_closed(room: Room) -> None:
    if room.phase == CLOSED:
        refuse(409, "this class is over")
