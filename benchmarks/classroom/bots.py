"""Programs that play as students do: a seat, a socket, one move a round with a key, sent until it is answered."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from benchmarks.classroom.doors import Seat

PATIENCE = 5.0
"""Seconds that a bot waits for the answer to a move before it sends it again."""
_WAITS = (0.05, 0.2, 0.5, 1.0)
"""Seconds between tries to come back; the last is repeated."""


def drawn(*of: object) -> float:
    """Return a number from 0 to 1 that follows from what it is drawn for: bots do the same every time."""
    return zlib.crc32("/".join(map(str, of)).encode()) / 2**32


@dataclass(frozen=True)
class Kept:
    """A move that the server has acknowledged."""

    key: str
    round: int
    action: str | None


@dataclass
class Tally:
    """What all bots of a class have seen."""

    kept: dict[int, list[Kept]] = field(default_factory=dict)
    """By seat number: every move that was acknowledged."""
    sent: set[str] = field(default_factory=set)
    """The keys of all moves that were ever sent."""
    waits: list[float] = field(default_factory=list)
    """Seconds from the first sending of a move to its acknowledgement, where the socket lived through."""
    returns: list[float] = field(default_factory=list)
    """Seconds from the loss of a socket to the first news on the next one."""
    refused: list[str] = field(default_factory=list)
    """Refusals that a well-behaved student does not get."""


class Bot:
    """One student. It moves once a round, some time after the round has opened."""

    def __init__(self, seat: Seat, tally: Tally, think: float) -> None:
        self.seat, self.tally, self.think = seat, tally, think
        self.state: dict[str, Any] = {}
        self.connected = 0
        """How often it has had news on a socket of its own."""
        self.socket: ClientConnection | None = None
        self._moved = 0
        """The last round in which its move was answered for good."""
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._moving: asyncio.Task[None] | None = None
        self._lost_at: float | None = None
        self._stop = False
        tally.kept[seat.number] = []

    async def live(self) -> None:
        """Keep a socket open and play, until the game is over or it is told to stop."""
        tries = 0
        while not self._stop:
            try:
                async with connect(
                    self.seat.socket,
                    additional_headers=self.seat.headers,
                    origin=self.seat.origin,  # type: ignore[arg-type]
                    max_size=2**22,
                    open_timeout=20,
                    ping_interval=None,
                    close_timeout=1,
                    compression=None,
                ) as socket:
                    self.socket, first = socket, True
                    async for text in socket:
                        if first:
                            first, tries = False, 0
                            self.connected += 1
                            if self._lost_at is not None:
                                self.tally.returns.append(time.monotonic() - self._lost_at)
                                self._lost_at = None
                        self._heard(json.loads(text))
            except (OSError, WebSocketException, TimeoutError):
                pass
            self.socket = None
            self._drop()
            if self._stop:
                break
            self._lost_at = self._lost_at or time.monotonic()
            wait = _WAITS[min(tries, len(_WAITS) - 1)]
            await asyncio.sleep(wait * (0.5 + drawn(self.seat.number, tries)))
            tries += 1

    def cut(self) -> bool:
        """Cut its socket without a goodbye, as a phone does that loses the network; says whether there was one."""
        if self.socket is None:
            return False
        self.socket.transport.abort()
        return True

    async def stop(self) -> None:
        """Leave."""
        self._stop = True
        if self._moving is not None:
            self._moving.cancel()
        if self.socket is not None:
            await self.socket.close()

    @property
    def over(self) -> bool:
        """Say whether its game is over, as far as it was told."""
        return bool(self.state.get("over"))

    def _drop(self) -> None:
        for answer in self._answers.values():
            if not answer.done():
                answer.set_result({"type": "lost"})
        self._answers.clear()

    def _heard(self, message: dict[str, Any]) -> None:
        if message["type"] == "state":
            self.state = message["state"]
            if self._is_mine() and (self._moving is None or self._moving.done()):
                self._moving = asyncio.create_task(self._move_on())
            return
        answer = self._answers.pop(message.get("key") or "", None)
        if answer is not None and not answer.done():
            answer.set_result(message)

    def _is_mine(self) -> bool:
        return bool(self.state["open"] and self.state["awaited"]) and self.state["round"] > self._moved

    async def _move_on(self) -> None:
        # The next round may open before the last move's answer has been looked at.
        while self._is_mine():
            await self._move(self.state["round"])

    async def _move(self, round_: int) -> None:
        """Make the move of a round: with one key, sent again until it is answered."""
        number = self.seat.number
        await asyncio.sleep(self.think * drawn(number, round_, "think"))
        options = [*self.state["options"], None]
        action = options[int(drawn(number, round_, "action") * len(options))]
        key = f"{self.seat.code}-{number}-{round_}"
        first: tuple[ClientConnection | None, float] | None = None
        while not self._stop:
            socket = self.socket
            if socket is None:
                await asyncio.sleep(0.05)
                continue
            answer = self._answers[key] = asyncio.get_running_loop().create_future()
            first = first or (socket, time.monotonic())
            self.tally.sent.add(key)
            try:
                await socket.send(json.dumps({"type": "move", "round": round_, "action": action, "key": key}))
                told = await asyncio.wait_for(answer, PATIENCE)
            except (OSError, WebSocketException, TimeoutError):
                # Others have to get a turn, lest the loss of the socket is never noticed.
                await asyncio.sleep(0.05)
                continue
            if told["type"] == "lost":
                continue
            if told["type"] == "ack":
                if first[0] is socket:
                    self.tally.waits.append(time.monotonic() - first[1])
                self.tally.kept[number].append(Kept(key, round_, action))
                self._moved = round_
                break
            # The round is about to open, or is being brought back: asked for again as long as it has not passed.
            if told["status"] in (409, 503) and self.state["round"] == round_ and not self.over:
                await asyncio.sleep(0.2)
                continue
            self.tally.refused.append(f"seat {number}, round {round_}: {told}")
            self._moved = round_
            break
