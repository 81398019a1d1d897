"""A room while the server runs: beside the room itself what is not kept - who looks on, what is being worked out."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from typing import Protocol

from sim.classroom.class_debrief import Told
from sim.classroom.room.asked import undecided
from sim.classroom.room.prediction import Prediction
from sim.classroom.room.state import Event, Room, Table
from sim.classroom.store import Clock
from sim.classroom.throttle import Bucket
from sim.classroom.tokens import same
from sim.play.view import View


class Viewer(Protocol):
    """An open socket that shows a room."""

    kind: str
    """``student``, ``teacher`` or ``screen``."""
    number: int
    """Of the student; 0 for others."""

    def refresh(self) -> None:
        """Send what is new."""


class Running:
    """One room of a running server."""

    def __init__(self, room: Room, clock: Clock) -> None:
        self.room = room
        self.wrong_codes = Bucket(20, 0.2, clock)
        """Tries at students' own codes that are nobody's."""
        self.failed = False
        """Whether it is being brought back from the disk."""
        self.playing: asyncio.Task[None] | None = None
        """The task that plays its games on."""
        self.predictions: tuple[Prediction, ...] | None = None
        """What the model predicts for each half; None until it is worked out."""
        self.settled = -1
        """The shape of the room at which all games stood where their decisions lead."""
        self.waited: set[int] = set()
        """The numbers of those whom the open round waits for; only while the games are settled."""
        self.viewers: set[Viewer] = set()
        """The open sockets that show it."""
        self.showing: asyncio.Task[None] | None = None
        """The task that shows them what is new."""
        self.debriefs: dict[tuple[int, str], Told | None] = {}
        """What is told after the game, by table and side; None while it is worked out."""
        self.situations: dict[tuple[int, str], tuple[View, tuple[bool, bool], str]] = {}
        """What sides see, as it stands on their pages, by table and side: of what view, and at which stage."""
        self.news = asyncio.Event()
        """Set when there is something new to show."""
        self.dirty: set[int] = set()
        """The numbers of the students for whom there is; boards are looked at always."""

    @staticmethod
    def hashed(token: str) -> str:
        """Return what is kept of an instructor's token: 128 bits cannot be found from their hash."""
        return hashlib.sha256(token.encode()).hexdigest()

    def admits(self, token: str) -> bool:
        """Say whether a token is its instructor's."""
        return same(self.hashed(token), self.room.token_hash)

    def changed(self, events: Sequence[Event] = (), tables: Iterable[Table] | None = None) -> None:
        """Take note that there is something new to show: what events did, or at some tables; without both, to all."""
        everybody = tables is None and not events
        for table in tables or ():
            self._soil(table)
        for event in events:
            if event.kind == "back":
                self.debriefs.clear()
            if event.kind not in ("moved", "bet"):
                everybody = True
                continue
            student = event.body["student"]
            self.dirty.add(student)
            if event.kind == "moved":
                self.waited.discard(student)
                self._soil(self.room.table_of(self.room.students[student]))
        if everybody:
            self.dirty.update(self.room.students)
        self.news.set()

    def _soil(self, table: Table | None) -> None:
        if table is not None:
            self.dirty.update(number for side in table.students.values() for number in side)

    def settle(self) -> None:
        """Take note that all games stand where their decisions lead."""
        self.waited = {student.number for student in undecided(self.room)}
        self.settled = self.room.shape

    @property
    def ready(self) -> bool:
        """Say whether nothing has to be played before a round can close."""
        return self.settled == self.room.shape
