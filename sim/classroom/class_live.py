"""Sockets that show a room as it goes: parts of pages, made here, sent when they change; whole on every new socket."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from sim.classroom.running import Running

Shown = tuple[dict[str, str], dict[str, Any]]
"""The parts of a page by name, as HTML, and how things stand for programs."""

_REST = 0.15
"""Seconds between two rounds of news in a room."""
_AT_A_TIME = 8
"""Pages that are made before others get a turn."""
_SLOW = 20.0
"""Seconds after which a socket that takes nothing is given up: its phone comes back and is told all anew."""
_MOST_ACKNOWLEDGED = 200
_AGES = itertools.count()


class Socket:
    """One open socket, of a student, an instructor or a projector."""

    def __init__(
        self, socket: WebSocket, kind: str, number: int, show: Callable[[], Shown | None], clock: Callable[[], float]
    ) -> None:
        self.kind, self.number = kind, number
        self.age = next(_AGES)
        self.excess = 0
        """Messages that came too fast."""
        self._socket, self._show, self._clock = socket, show, clock
        self._sent: dict[str, str] = {}
        self._state: dict[str, Any] = {}
        self._news: dict[str, str] = {}
        self._new_state = False
        self._answers: deque[str] = deque()
        self._wake = asyncio.Event()
        self._end: tuple[int, str] | None = None

    def refresh(self) -> None:
        """Send what is new; end where there is nothing to be shown any more."""
        shown = self._show()
        if shown is None:
            self.end(4403, "the instructor has taken you out of this room")
            return
        parts, state = shown
        for name, part in parts.items():
            if self._sent.get(name) != part:
                self._sent[name] = self._news[name] = part
        if self._settled(state) != self._settled(self._state):
            self._new_state = True
        self._state = state
        if self._news or self._new_state:
            self._wake.set()

    def tell(self, **message: Any) -> None:
        """Send a message, such as an acknowledgement."""
        if len(self._answers) >= _MOST_ACKNOWLEDGED:
            self.end(1008, "answers are not taken")
            return
        self._answers.append(json.dumps(message))
        self._wake.set()

    def end(self, code: int, reason: str) -> None:
        """Close the socket when what is waiting was sent."""
        self._end = self._end or (code, reason)
        self._wake.set()

    async def write(self) -> None:
        """Send what there is, until the end. A socket that takes nothing for long is given up."""
        with suppress(WebSocketDisconnect, TimeoutError, RuntimeError, OSError):
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._answers:
                    await asyncio.wait_for(self._socket.send_text(self._answers.popleft()), _SLOW)
                if self._news or self._new_state:
                    message = {"type": "state", "now": self._clock(), "parts": self._news, "state": self._state}
                    self._news, self._new_state = {}, False
                    await asyncio.wait_for(self._socket.send_text(json.dumps(message)), _SLOW)
                if self._end is not None and not self._answers:
                    break
        with suppress(WebSocketDisconnect, RuntimeError, OSError):
            code, reason = self._end or (1001, "too slow")
            await self._socket.close(code, reason)

    @staticmethod
    def _settled(state: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in state.items() if name != "seconds_left"}


async def broadcast(running: Running) -> None:
    """Show a room's news to all who look on, as long as anybody does."""
    while running.viewers:
        await running.news.wait()
        running.news.clear()
        dirty, running.dirty = running.dirty, set()
        made = 0
        for viewer in tuple(running.viewers):
            if viewer.kind == "student" and viewer.number not in dirty:
                continue
            viewer.refresh()
            made += 1
            if made % _AT_A_TIME == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(_REST)


async def looked_on(running: Running, viewer: Socket, heard: Callable[[str], Any], most: int) -> None:
    """Keep a socket that was accepted: show it the room, and hear what it says.

    Args:
        running: the room.
        viewer: the socket.
        heard: is given every text that comes in; what it returns is awaited.
        most: sockets of this kind and number; the oldest beyond that are closed.
    """
    sockets = [each for each in running.viewers if isinstance(each, Socket)]
    alike = [each for each in sockets if (each.kind, each.number) == (viewer.kind, viewer.number)]
    for old in sorted(alike, key=lambda each: each.age)[: max(0, len(alike) - most + 1)]:
        old.end(4409, "opened too often elsewhere")
        running.viewers.discard(old)
    running.viewers.add(viewer)
    running.changed(tables=())
    if running.showing is None or running.showing.done():
        running.showing = asyncio.get_running_loop().create_task(broadcast(running))
    viewer.refresh()
    writing = asyncio.get_running_loop().create_task(viewer.write())
    listening = asyncio.get_running_loop().create_task(_listen(viewer, heard))
    try:
        await asyncio.wait([writing, listening], return_when=asyncio.FIRST_COMPLETED)
    finally:
        running.viewers.discard(viewer)
        running.changed(tables=())
        for task in (writing, listening):
            task.cancel()
        await asyncio.wait([writing, listening])
    for task in (writing, listening):
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, WebSocketDisconnect):
            raise error


async def _listen(viewer: Socket, heard: Callable[[str], Any]) -> None:
    while True:
        message = await viewer._socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text")
        if text is None:
            viewer.tell(type="refused", status=400, problem="messages are text", key=None)
            continue
        await heard(text)
