"""A room while the server runs: beside the room itself what is not kept - who looks on, what is being worked out."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Any

from sim.classroom.room.asked import undecided
from sim.classroom.room.prediction import Prediction
from sim.classroom.room.state import Event, Room
from sim.classroom.tokens import same


class Running:
    """One room of a running server."""

    def __init__(self, room: Room) -> None:
        self.room = room
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
        self.viewers: set[Any] = set()
        """The open sockets that show it."""
        self.debriefs: dict[int, Any] = {}
        """What was worked out for students after the game, by their number."""
        self.news = asyncio.Event()
        """Set when there is something new to show."""

    @staticmethod
    def hashed(token: str) -> str:
        """Return what is kept of an instructor's token: 128 bits cannot be found from their hash."""
        return hashlib.sha256(token.encode()).hexdigest()

    def admits(self, token: str) -> bool:
        """Say whether a token is its instructor's."""
        return same(self.hashed(token), self.room.token_hash)

    def changed(self, events: Sequence[Event]) -> None:
        """Take note that there is something new to show."""
        for event in events:
            if event.kind == "back":
                self.debriefs.clear()
            elif event.kind == "moved":
                self.waited.discard(event.body["student"])
        self.news.set()

    def settle(self) -> None:
        """Take note that all games stand where their decisions lead."""
        self.waited = {student.number for student in undecided(self.room)}
        self.settled = self.room.shape

    @property
    def ready(self) -> bool:
        """Say whether nothing has to be played before a round can close."""
        return self.settled == self.room.shape
