"""A class for the tests: a small scenario, a room with students in it, a clock that is set by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sim.classroom.hub import Hub
from sim.classroom.room import asked
from sim.classroom.room.asked import Asked
from sim.classroom.room.plan import Half, RoomPlan
from sim.classroom.room.position import position_of
from sim.classroom.room.prediction import predicted
from sim.classroom.room.refused import Refused
from sim.classroom.room.state import Event, Room
from sim.classroom.running import Running
from sim.scenario.flatten import flattened
from tests.play.games import BORDER, scenario

T = TypeVar("T")
SIDES = ("north", "south")
QUIET = BORDER.replace("ends: true", "ends: false")
"""The small game of two sides, without a war that ends it early."""


@cache
def half(sides: tuple[str, ...] = SIDES, text: str = QUIET, regime: str = "base") -> Half:
    """One half of a class that plays the small game."""
    document = scenario(text).document
    assert document is not None
    return Half("border", flattened(document), regime, sides)


def plan(*halves: Half, **more: Any) -> RoomPlan:
    """A room's plan: the small game for everybody, unless halves are given."""
    return RoomPlan(halves or (half(),), "Border", **{"seed": 7, "seconds": 60, **more})


@dataclass
class Times:
    """A clock set by hand."""

    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Paper:
    """A room without a server: what is asked for happens at once, and games are played on when that is asked."""

    room: Room
    clock: Times = field(default_factory=Times)
    log: list[Event] = field(default_factory=list)

    def do(self, ask: Callable[..., Asked], *words: Any, key: str | None = None) -> list[Event]:
        """Let something happen, and play on."""
        events = []
        for place, (kind, body) in enumerate(ask(self.room, *words)):
            event = Event(self.room.last + 1, self.clock(), kind, body, key if place == 0 else None)
            self.room.happen(event)
            events.append(event)
        self.log += events
        play_on(self.room)
        return events

    def refused(self, ask: Callable[..., Asked], *words: Any) -> int:
        """The status with which something is refused, 200 if it is not; nothing happens."""
        try:
            ask(self.room, *words)
        except Refused as error:
            return error.status
        return 200

    def join(self, *names: str) -> None:
        """Let students in."""
        for name in names:
            self.do(asked.join, name)

    def round(self, *actions: str | None) -> None:
        """Let the students decide, one after the other as they came, and close the round."""
        for student, action in zip(self.room.present, actions, strict=False):
            self.do(asked.move, student.number, self.room.round, action)
        self.do(asked.close, None, "instructor")


def play_on(room: Room) -> None:
    """Work out where every table stands."""
    for table in room.tables:
        if not asked.settled(room, table):
            table.position = position_of(
                room.plan.half(table.number), room.plan.seed, room.plan.run(table.number), tuple(table.steps),
                room.controls(table), table.position,
            )  # fmt: skip


def paper(*halves: Half, names: tuple[str, ...] = (), **more: Any) -> Paper:
    """A room on paper, with students waiting in it."""
    opened = Event(1, 1_000_000.0, "opened", {"plan": plan(*halves, **more).to_dict(), "token_hash": ""})
    found = Paper(Room("ABCDEF", [opened]), log=[opened])
    found.join(*names)
    return found


def begun(*names: str, **more: Any) -> Paper:
    """A room on paper in which the first round is open."""
    found = paper(names=names, **more)
    found.do(asked.start)
    return found


def told(room: Room) -> dict[str, Any]:
    """Everything a room is, but for what was worked out apart from the log."""
    return {
        "code": room.code,
        "students": {number: vars(student) for number, student in room.students.items()},
        "tables": [(t.number, t.students, [(dict(s.controls), dict(s.moves)) for s in t.steps], t.votes) for t in room.tables],
        **{name: getattr(room, name) for name in ("phase", "deadline", "left", "paused", "announcement", "revealed", "last", "round", "results", "plan", "shape")},
    }  # fmt: skip


def served(path: Path | None, play: Callable[[Hub, Times], Awaitable[T]], clock: Times | None = None) -> T:
    """What is played with a hub that runs, ended in order."""

    async def all_of_it() -> T:
        times = clock or Times()
        hub = Hub(path, times)
        await hub.begin()
        try:
            return await play(hub, times)
        finally:
            await hub.end()

    return asyncio.run(all_of_it())


async def opened(hub: Hub, **more: Any) -> Running:
    """A room that was opened with a plan."""
    asked_for = plan(**more)
    running, _ = await hub.open(asked_for, tuple(predicted(half, asked_for.seed, 200) for half in asked_for.halves))
    return running


async def quiet(running: Running) -> None:
    """Wait until nothing is left to be played."""
    while running.playing is not None and not running.playing.done():
        await asyncio.wait([running.playing])
