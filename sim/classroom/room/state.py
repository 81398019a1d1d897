"""A room as it stands: students, tables, rounds and clock. It changes only by events (``Room.happen``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.classroom.room.plan import RoomPlan
from sim.classroom.room.position import Position, Step
from sim.classroom.room.seating import Place, seated
from sim.classroom.room.votes import Vote, decided

WAITING, PLAYING, FINISHED, CLOSED = "waiting", "playing", "finished", "closed"
"""The phases of a room: before the game, during it, after the last round, and put away."""

GRACE = 30.0
"""Seconds that a round has at least left when a server comes back."""


@dataclass(frozen=True)
class Event:
    """Something that happened in a room: a line of its log."""

    number: int
    """From 1."""
    time: float
    """Seconds since 1970."""
    kind: str
    body: Mapping[str, Any]
    key: str | None = None
    """What the sender named it by, so that sending it again does not do it again."""


@dataclass
class Student:
    """Somebody in a room."""

    number: int
    name: str
    kind: str = "person"
    """``person``, ``test`` (the instructor's own tab) or ``robot``."""
    present: bool = True
    """False once the instructor has sent them out."""
    place: Place | None = None
    replaced: bool = False
    """Whether the computer plays for them; they look on."""
    bet: str | None = None


@dataclass
class Table:
    """One game: who sits where, and what was decided. ``position`` is what follows from that."""

    number: int
    students: dict[str, list[int]]
    """By side; also those who left."""
    steps: list[Step] = field(default_factory=list)
    votes: dict[int, Vote] = field(default_factory=dict)
    """Of the open round, by student."""
    position: Position | None = None
    """Worked out apart from the log; None until then."""

    @property
    def round(self) -> int:
        """Return the open round, from 1."""
        return len(self.steps) + 1

    @property
    def over(self) -> bool:
        """Say whether its game is known to be over."""
        return self.position is not None and self.position.over


class Room:
    """A room of a class, folded from its events."""

    def __init__(self, code: str, events: Iterable[Event]) -> None:
        self.code = code
        self.students: dict[int, Student] = {}
        self.tables: list[Table] = []
        self.phase = WAITING
        self.deadline: float | None = None
        """When the open round closes; None: when somebody closes it."""
        self.left: float | None = None
        """Seconds that were left when the room was paused."""
        self.paused = False
        self.announcement = ""
        self.revealed = False
        self.results: Mapping[str, Any] | None = None
        self.given: dict[str, Event] = {}
        """Events by their senders' keys."""
        self.last = 0
        self.shape = 0
        """Counts what changes who decides, or what was decided: games have to be worked out again."""
        self.opened_at = 0.0
        """When the open round of the class began."""
        self.began = self.changed = 0.0
        self.plan: RoomPlan
        self.token_hash = ""
        for event in events:
            self.happen(event)

    @property
    def round(self) -> int:
        """Return the open round of the class, from 1; 0 before the first."""
        return max((table.round for table in self.tables), default=0)

    @property
    def present(self) -> list[Student]:
        """Return those who were not sent out, in the order in which they came."""
        return [student for student in self.students.values() if student.present]

    def players(self, table: Table, side: str) -> list[Student]:
        """Return who plays a side now."""
        here = (self.students[number] for number in table.students.get(side, ()))
        return [student for student in here if student.present and not student.replaced]

    def controls(self, table: Table) -> dict[str, str | None]:
        """Return who decides for each actor of a table: a strategy, or people (None)."""
        computers = self.plan.half(table.number).computers
        return {side: None if self.players(table, side) else strategy for side, strategy in computers.items()}

    def table_of(self, student: Student) -> Table | None:
        """Return the table a student sits at; None before the game."""
        if student.place is None or student.place.table >= len(self.tables):
            return None
        return self.tables[student.place.table]

    def happen(self, event: Event) -> None:
        """Let an event happen. What is in the log has been checked before it got there."""
        getattr(self, f"_{event.kind}")(event, **event.body)
        self.last, self.changed = event.number, event.time
        if event.key is not None:
            self.given[event.key] = event

    # ---------------------------------------------------------------- before the game

    def _opened(self, event: Event, plan: Mapping[str, Any], token_hash: str) -> None:
        self.plan, self.token_hash, self.began = RoomPlan.from_dict(plan), token_hash, event.time
        if self.plan.homework:
            self.phase = PLAYING

    def _joined(self, event: Event, student: int, name: str, kind: str, place: tuple[int, str] | None) -> None:
        self.students[student] = newcomer = Student(student, name, kind)
        self.shape += 1
        if self.plan.homework:
            sides = self.plan.half(len(self.tables)).sides
            newcomer.place = Place(len(self.tables), sides[len(self.tables) // len(self.plan.halves) % len(sides)])
            self.tables.append(Table(len(self.tables), {newcomer.place.side: [student]}))
        elif place is not None:
            newcomer.place = Place(*place)
            self.tables[newcomer.place.table].students.setdefault(newcomer.place.side, []).append(student)
        elif self.phase == WAITING:
            self._seat()

    def _seat(self) -> None:
        sides = [half.sides for half in self.plan.halves]
        places = seated([student.number for student in self.present], sides, self.plan.per_side)
        for student in self.students.values():
            student.place = places.get(student.number)

    def _started(self, event: Event) -> None:
        self.phase = PLAYING
        count = max((each.place.table + 1 for each in self.present if each.place is not None), default=0)
        self.tables = [Table(number, {side: [] for side in self.plan.half(number).sides}) for number in range(count)]
        for student in self.present:
            if student.place is not None:
                self.tables[student.place.table].students[student.place.side].append(student.number)
        self._open_round(event.time)

    # ---------------------------------------------------------------- students

    def _moved(self, event: Event, student: int, action: str | None, **_: object) -> None:
        table = self.table_of(self.students[student])
        assert table is not None
        table.votes[student] = Vote(action, event.number)
        if self.plan.homework:
            self._close(table)

    def _bet(self, event: Event, student: int, on: str) -> None:
        self.students[student].bet = on

    def _kicked(self, event: Event, student: int) -> None:
        self.students[student].present = False
        self.shape += 1
        for table in self.tables:
            table.votes.pop(student, None)
        if self.phase == WAITING:
            self._seat()

    def _replaced(self, event: Event, student: int, by_computer: bool) -> None:
        self.students[student].replaced = by_computer
        self.shape += 1
        for table in self.tables:
            table.votes.pop(student, None)

    # ---------------------------------------------------------------- rounds

    def _open_round(self, time: float) -> None:
        self.paused, self.left, self.opened_at = False, None, time
        self.shape += 1
        self.deadline = None if self.plan.seconds is None else time + self.plan.seconds

    def _close(self, table: Table) -> None:
        controls = self.controls(table)
        moves = {}
        for side in table.students:
            if controls[side] is None:
                voters = {student.number for student in self.players(table, side)}
                moves[side] = decided({number: vote for number, vote in table.votes.items() if number in voters})
        table.steps.append(Step(controls, moves))
        self.shape += 1
        table.votes = {}

    def _closed(self, event: Event, **_: object) -> None:
        for table in self.tables:
            self._close(table)
        self._open_round(event.time)

    def _extended(self, event: Event, seconds: float) -> None:
        if self.paused:
            self.left = None if self.left is None else self.left + seconds
        elif self.deadline is not None:
            self.deadline = max(self.deadline, event.time) + seconds

    def _paused(self, event: Event) -> None:
        self.left = None if self.deadline is None else max(self.deadline - event.time, 0.0)
        self.paused, self.deadline = True, None

    def _resumed(self, event: Event) -> None:
        self.deadline = None if self.left is None else event.time + self.left
        self.paused, self.left = False, None

    def _recovered(self, event: Event) -> None:
        if self.deadline is not None:
            self.deadline = max(self.deadline, event.time + GRACE)

    def _back(self, event: Event, **body: Any) -> None:
        for table in self.tables:
            del table.steps[body["round"] - 1 :]
            table.votes = {}
        self.phase, self.revealed = PLAYING, False
        self._open_round(event.time)

    def _told(self, event: Event, text: str) -> None:
        self.announcement = text

    # ---------------------------------------------------------------- the end

    def _finished(self, event: Event) -> None:
        self.phase, self.paused, self.deadline, self.left = FINISHED, False, None, None

    def _revealed(self, event: Event) -> None:
        self.revealed = True

    def _ended(self, event: Event, results: Mapping[str, Any]) -> None:
        self.phase, self.results, self.revealed = CLOSED, results, True
        self.paused, self.deadline, self.left = False, None, None
