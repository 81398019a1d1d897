"""The processes that play for the server: who is free, who has to be replaced, who has to wait."""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from anyio import to_thread
from starlette.exceptions import HTTPException

from sim.classroom.worker import too_much, work
from sim.errors import DetenteError
from sim.experiment.workers import deaf_to_interrupts

QUICK = 10.0
"""Seconds that an answer may take while somebody waits for it."""
LONG = 120.0
"""Seconds that a job in the background may take."""
_START = 60.0
_MOST_WAITING = 64
_BUSY = "the server has more to do than it can; try again in a moment"


class Helper:
    """One process, started when it is first needed and again when it was ended."""

    def __init__(self) -> None:
        self._process: BaseProcess | None = None
        self._channel: Connection | None = None
        self._busy = threading.Lock()

    def do(self, job: str, arguments: tuple[Any, ...], seconds: float, told: Callable[[object], None]) -> Any:
        """Have a job done and return its answer; to be called in a thread of its own.

        Raises:
            DetenteError: what the job raised, or that it took more than it may.
        """
        with self._busy:
            return self._done(job, arguments, seconds, told)

    def _done(self, job: str, arguments: tuple[Any, ...], seconds: float, told: Callable[[object], None]) -> Any:
        try:
            channel = self._ready()
            channel.send((job, arguments, seconds))
            while channel.poll(seconds):
                kind, answer = channel.recv()
                if kind == "done":
                    return answer
                if kind == "failed" and isinstance(answer, DetenteError):
                    raise answer
                if kind == "broken":
                    raise RuntimeError(answer)
                told(answer)
        except (EOFError, OSError) as error:
            if isinstance(error, DetenteError):
                raise
            self.end()
            raise too_much("playing it was stopped: it takes more time or memory than the server gives") from None
        self.end()
        raise too_much(f"playing it was stopped: it takes more than {seconds:.0f} seconds")

    def _ready(self) -> Connection:
        alive = self._process is not None and self._process.is_alive()
        # Nothing is said by a process that has nothing to do: what can be read then is the end of the channel.
        if alive and self._channel is not None and not self._channel.poll(0):
            return self._channel
        self.end()
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        with deaf_to_interrupts():
            process = context.Process(target=work, args=(theirs,), daemon=True)
            process.start()
        theirs.close()
        self._process, self._channel = process, ours
        if not ours.poll(_START) or ours.recv()[0] != "ready":
            raise EOFError
        return ours

    def warm(self) -> None:
        """Start the process, if it can be."""
        with self._busy, suppress(EOFError, OSError):
            self._ready()

    def end_soon(self) -> None:
        """Kill the process; the thread that waits for it then finds it gone."""
        if self._process is not None:
            self._process.kill()

    def end(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.join(5)
        if self._channel is not None:
            self._channel.close()
        self._process = self._channel = None


class Crew:
    """Some processes for what people wait for, and one for long work in the background."""

    def __init__(self, quick: int) -> None:
        self._all = [Helper() for _ in range(quick + 1)]
        self._free: dict[bool, asyncio.Queue[Helper]] = {}
        self._waiting = 0
        self._size = quick

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Start the processes; they are ended at the end."""
        self._free = {True: asyncio.Queue(), False: asyncio.Queue()}
        for place, helper in enumerate(self._all):
            self._free[place < self._size].put_nowait(helper)
        starting = asyncio.create_task(to_thread.run_sync(self._all[0].warm))
        try:
            yield
        finally:
            for helper in self._all:
                await to_thread.run_sync(helper.end)
            with suppress(Exception):
                await starting

    async def ask(self, job: str, *arguments: Any) -> Any:
        """Return the answer to a job that somebody waits for.

        Raises:
            DetenteError: what the job raised, or that it took more time or memory than it may.
            HTTPException: 503 where too many wait already.
        """
        async with self._one(quick=True) as helper:
            return await self._done(helper, job, arguments, QUICK, lambda told: None)

    async def ask_long(self, job: str, *arguments: Any, told: Callable[[object], None]) -> Any:
        """Return the answer to long work, of which ``told`` hears; cancelling ends it. Raises as ``ask``."""
        loop = asyncio.get_running_loop()
        async with self._one(quick=False) as helper:
            return await self._done(
                helper, job, arguments, LONG, lambda news: _soon(loop, told, news), interruptible=True
            )

    @asynccontextmanager
    async def _one(self, *, quick: bool) -> AsyncIterator[Helper]:
        if self._waiting >= _MOST_WAITING:
            raise HTTPException(503, _BUSY, {"retry-after": "2"})
        self._waiting += 1
        try:
            helper = await self._free[quick].get()
        finally:
            self._waiting -= 1
        try:
            yield helper
        finally:
            self._free[quick].put_nowait(helper)

    async def _done(
        self,
        helper: Helper,
        job: str,
        arguments: tuple[Any, ...],
        seconds: float,
        told: Callable[[object], None],
        *,
        interruptible: bool = False,
    ) -> Any:
        task = asyncio.create_task(to_thread.run_sync(helper.do, job, arguments, seconds, told))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            # A short job is let come to its end, so that its process stays warm.
            if interruptible and not task.done():
                helper.end_soon()
            with suppress(Exception):
                await task
            raise
        except RuntimeError as error:
            print(f"detente: BUG: {job}: {error}"[:500], file=sys.stderr)  # noqa: T201
            raise HTTPException(500, "This could not be worked out, which is not your fault.") from None


def _soon(loop: asyncio.AbstractEventLoop, told: Callable[[object], None], news: object) -> None:
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(told, news)
