"""All rooms of a server: what is asked for happens, is kept, and is acknowledged only then; games go on meanwhile.

Everything here runs in one event loop, so that what is checked is still so when it happens. Games are played, and
predictions made, in threads of their own: an acknowledgement waits for the disk alone.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sim.classroom.class_debrief import told_of
from sim.classroom.room import asked
from sim.classroom.room.asked import Asked
from sim.classroom.room.plan import RoomPlan
from sim.classroom.room.position import Position
from sim.classroom.room.prediction import Prediction, predicted
from sim.classroom.room.refused import Refused, refuse
from sim.classroom.room.results import results_of
from sim.classroom.room.robots import choices_of
from sim.classroom.room.state import CLOSED, PLAYING, Event, Room, Table
from sim.classroom.running import Running
from sim.classroom.store import Clock, Store
from sim.classroom.throttle import Bucket
from sim.classroom.tokens import fresh_code, fresh_token
from sim.classroom.work import played
from sim.errors import ResourceError
from sim.report.labels import joined

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Of a room's code: nothing that looks or sounds like something else too easily."""
CODE = 6
MOST_ROOMS = 60
"""Rooms that are open at a time."""

_TOGETHER = 8
"""Games that are played on at a time, before their players are shown how they stand."""

TICK = 0.2
"""Seconds between looks at the clock."""
THINKING = 1.5
"""Seconds that a robot takes."""

T = TypeVar("T")


class Hub:
    """The rooms of a server."""

    def __init__(self, path: Path | None, clock: Clock) -> None:
        """Make a hub that keeps its rooms in a file, or in memory alone (None)."""
        self.path, self.clock = path, clock
        self.store: Store
        self.rooms: dict[str, Running] = {}
        self.wrong_codes = Bucket(40, 2.0, clock)
        """Tries at codes that are none."""
        self._games = ThreadPoolExecutor(1, "detente-games")
        self._answers = ThreadPoolExecutor(1, "detente-answers")
        self._put_away: list[dict[str, Any]] = []
        """The results of classes that are over, the latest first."""
        self._tasks: set[asyncio.Task[None]] = set()

    # ---------------------------------------------------------------- beginning and end

    async def begin(self) -> None:
        """Bring back every room that was not put away. Rounds have at least ``GRACE`` seconds left.

        Raises ``ArchiveError`` where the file cannot be used.
        """
        self.store = await asyncio.to_thread(Store, self.path)
        self._put_away = await asyncio.to_thread(self.store.last_results)
        for code in (await asyncio.to_thread(self.store.rooms))[:MOST_ROOMS]:
            running = await self.room(code)
            if running is not None and running.room.phase == PLAYING and running.room.deadline is not None:
                await self.do(running, lambda room: [("recovered", {})])

    async def end(self) -> None:
        """Stop; everything that was acknowledged is on the disk."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._games.shutdown(wait=True, cancel_futures=True)
        self._answers.shutdown(wait=True, cancel_futures=True)
        await asyncio.to_thread(self.store.close)

    async def keep_time(self) -> None:
        """Do what the time has come for, as long as the server runs."""
        while True:
            await asyncio.sleep(TICK)
            await self.tick()

    async def tick(self) -> None:
        """Close every round whose time is up by now, and let robots move that have thought long enough."""
        now = self.clock()
        for running in tuple(self.rooms.values()):
            room = running.room
            if room.phase != PLAYING or room.plan.homework or room.paused or not running.ready:
                continue
            with suppress(Refused):
                if room.deadline is not None and now >= room.deadline:
                    await self.do(running, lambda room: asked.close(room, None, "deadline"))
                elif now >= room.opened_at + THINKING:
                    robots = [room.students[each] for each in running.waited if room.students[each].kind == "robot"]
                    if robots:
                        await self.do(running, partial(choices_of, robots=robots))

    # ---------------------------------------------------------------- rooms

    async def open(self, plan: RoomPlan, predictions: tuple[Prediction, ...]) -> tuple[Running, str]:
        """Open a room; returns it and its instructor's token, of which only the hash is kept. Raises ``Refused``.

        Args:
            plan: a plan that was checked.
            predictions: what the model predicts for each half.
        """
        if sum(running.room.phase != CLOSED for running in self.rooms.values()) >= MOST_ROOMS:
            refuse(429, f"{MOST_ROOMS} rooms are open: end one that is over")
        code = fresh_code(LETTERS, CODE)
        while await self.room(code) is not None:
            code = fresh_code(LETTERS, CODE)
        token = fresh_token()
        opened = Event(1, self.clock(), "opened", {"plan": plan.to_dict(), "token_hash": Running.hashed(token)})
        self._forget_old()
        running = self.rooms[code] = Running(Room(code, [opened]), self.clock)
        running.predictions = predictions
        try:
            await asyncio.wrap_future(self.store.keep(code, [opened]))
        except ResourceError as error:
            del self.rooms[code]
            refuse(507, str(error.faults[0]))
        return running, token

    async def room(self, code: str) -> Running | None:
        """Return the room of a code, brought back from the disk if need be; None if there is none."""
        if code not in self.rooms:
            if len(code) != CODE or not set(code) <= set(LETTERS):
                return None
            events = await asyncio.to_thread(self.store.events, code)
            if not events:
                return None
            if code not in self.rooms:
                self._forget_old()
                self.rooms[code] = running = Running(Room(code, events), self.clock)
                self._start(self._predicted(running))
                self._go_on(running)
        return self.rooms[code]

    def _forget_old(self) -> None:
        """Let go of rooms that were put away and that nobody looks at: they are read again when somebody asks."""
        for code in [code for code, each in self.rooms.items() if each.room.phase == CLOSED and not each.viewers]:
            del self.rooms[code]

    async def do(self, running: Running, ask: Callable[[Room], Asked], key: str | None = None) -> Event:
        """Let what is asked for happen; returns its first event once it is on the disk.

        With a key that came before nothing happens again: the answer is the same event.

        Raises:
            Refused: it cannot be done now; nothing has happened.
        """
        room = running.room
        if key is not None and key in room.given:
            await self._kept(running, [])
            return room.given[key]
        if running.failed:
            refuse(503, "the room is being brought back; send it again")
        now, number = self.clock(), room.last + 1
        events = [
            Event(number + place, now, kind, body, key if place == 0 else None)
            for place, (kind, body) in enumerate(ask(room))
        ]
        for event in events:
            room.happen(event)
        # Whoever asked may be gone before it is on the disk; it happens all the same.
        await asyncio.shield(self._start(self._kept(running, events)))
        return events[0]

    async def _kept(self, running: Running, events: Sequence[Event]) -> None:
        try:
            await asyncio.wrap_future(self.store.keep(running.room.code, events))
        except ResourceError as error:
            await self._bring_back(running)
            refuse(507, str(error.faults[0]))
        if events:
            running.changed(events)
            self._go_on(running)

    async def _bring_back(self, running: Running) -> None:
        """Put a room back to what is on the disk, when something could not be kept."""
        if running.failed:
            return
        running.failed = True
        try:
            code = running.room.code
            with suppress(ResourceError):
                await asyncio.wrap_future(self.store.keep(code, []))
            running.room, running.settled = Room(code, await asyncio.to_thread(self.store.events, code)), -1
        finally:
            running.failed = False
        running.changed()
        self._go_on(running)

    # ---------------------------------------------------------------- games

    def _go_on(self, running: Running) -> None:
        if running.ready and (running.waited or running.room.phase != PLAYING):
            return
        if running.playing is None or running.playing.done():
            running.playing = self._start(self._played(running))

    async def _played(self, running: Running) -> None:
        """Play on whatever has been decided, then let follow what follows from it."""
        loop = asyncio.get_running_loop()
        while True:
            room = running.room
            while not running.ready:
                waiting = [table for table in room.tables if not asked.settled(room, table)][:_TOGETHER]
                if not waiting:
                    running.settle()
                    running.changed(tables=())
                    break
                jobs = [
                    (room.plan, table.number, tuple(table.steps), room.controls(table), table.position)
                    for table in waiting
                ]
                positions = await loop.run_in_executor(self._games, played, jobs)
                for table, position in zip(waiting, positions, strict=True):
                    table.position = position
                running.changed(tables=waiting)
                room = running.room
            if not await self._followed(running):
                return

    async def _followed(self, running: Running) -> bool:
        """Close a round in which everybody has decided, or end the game; say whether anything happened.

        Called when all games stand where their decisions lead.
        """
        room = running.room
        if room.phase != PLAYING or room.plan.homework or not room.tables or running.waited:
            return False
        with suppress(Refused):
            if all(table.over for table in room.tables):
                await self.do(running, lambda room: [("finished", {})])
                return True
            if room.plan.early and not room.paused:
                await self.do(running, lambda room: asked.close(room, None, "all"))
                return True
        return False

    # ---------------------------------------------------------------- answers that take time

    async def answer(self, work: Callable[[], T]) -> T:
        """Return what some work gives, done apart from everything else."""
        return await asyncio.get_running_loop().run_in_executor(self._answers, work)

    async def _predicted(self, running: Running) -> None:
        plan = running.room.plan
        found = await self.answer(lambda: tuple(predicted(half, plan.seed) for half in plan.halves))
        running.predictions = found
        running.changed()

    async def predictions(self, running: Running) -> tuple[Prediction, ...]:
        """Return what the model predicts for each half, waiting for it if need be. Raises ``DetenteError``."""
        if running.predictions is None:
            await self._predicted(running)
        assert running.predictions is not None
        return running.predictions

    def look_back(self, running: Running, table: Table, side: str) -> None:
        """Have the debrief of a side worked out, if nobody has asked for it yet."""
        key = (table.number, side)
        if key in running.debriefs or table.position is None or running.predictions is None:
            return
        running.debriefs[key] = None
        self._start(self._looked_back(running, table, table.position, side))

    async def _looked_back(self, running: Running, table: Table, position: Position, side: str) -> None:
        room, prediction = running.room, (running.predictions or ())[table.number % len(running.room.plan.halves)]
        names = {actor: joined([each.name for each in room.players(table, actor)]) for actor in table.students}
        half = room.plan.half(table.number)
        told = await self.answer(lambda: told_of(half, position, side, prediction, names))
        if table.position is position and told is not None:
            running.debriefs[table.number, side] = told
            running.changed(tables=[table])

    def last_class(self, running: Running) -> dict[str, Any] | None:
        """Return the results of the last class of people that was put away and played the same, if there is one."""
        wanted = {(half.scenario, half.regime) for half in running.room.plan.halves}
        for results in self._put_away:
            played = {(half["scenario"], half["regime"]) for half in results["halves"] if half["games"]}
            if results["began"] != running.room.began and wanted & played and results.get("people", 1):
                return results
        return None

    async def put_away(self, running: Running) -> None:
        """End a class and keep its results. Raises ``Refused``."""
        predictions = await self.predictions(running)
        await self.do(running, lambda room: asked.end(room, results_of(room, predictions)))
        self._put_away = await asyncio.to_thread(self.store.last_results)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, Refused):
            print(f"detente: BUG: {type(error).__name__} in a class: {error}"[:500], file=sys.stderr)  # noqa: T201
