"""A class of bots in a room: opened, joined, begun, played on round by round, while things go wrong."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from benchmarks.classroom.bots import Bot, Tally
from benchmarks.classroom.doors import Doors, Instructor, Seat, joined
from benchmarks.classroom.server import Server
from benchmarks.torture.arena import Findings

PATIENCE = 120.0
"""Seconds that a class may take for a step before it counts as stuck."""


class Lesson:
    """One room and its bots."""

    def __init__(self, server: Server, think: float) -> None:
        self.server, self.think = server, think
        self.doors = Doors(server.address)
        self.instructor = Instructor(self.doors)
        self.seats: list[Seat] = []
        self.bots: list[Bot] = []
        self.tally = Tally()
        self._living: list[asyncio.Task[None]] = []

    async def open(self, scenario: str = "inf-2018", regime: str = "open", seconds: int = 600) -> None:
        """Open a room for a class that plays both sides of an INF scenario."""
        sides = {f"side-{side}": "yes" for side in ("nato", "adversary")}
        form = {"title": "Bots", "scenario": scenario, "regime1": regime, **sides, "mode": "class", "per_side": "1"}
        await self.instructor.open_room(self.server.link, **form, seconds=str(seconds), early="yes")

    async def join(self, count: int, within: float) -> float:
        """Let so many join, spread over some seconds; returns how long it took from the first to the last answer."""
        began = time.monotonic()

        async def one(number: int) -> Seat:
            await asyncio.sleep(within * number / count)
            return await joined(self.doors, self.instructor.code, f"Bot {number}")

        self.seats = list(await asyncio.gather(*(one(number) for number in range(count))))
        return time.monotonic() - began

    async def sit_down(self) -> None:
        """Let every bot open its socket, and wait until all have had news."""
        self.bots = [Bot(seat, self.tally, self.think) for seat in self.seats]
        self._living = [asyncio.create_task(bot.live()) for bot in self.bots]
        await self.until(lambda: all(bot.connected for bot in self.bots), "all sockets have news")

    async def until(self, ready: Callable[[], bool], what: str, patience: float = PATIENCE) -> float:
        """Wait for something; returns the seconds it took. Raises ``TimeoutError``."""
        began = time.monotonic()
        while not ready():
            if time.monotonic() - began > patience:
                states = Counter(
                    str({name: bot.state.get(name) for name in ("phase", "round", "open", "awaited", "voted", "over")})
                    for bot in self.bots
                )
                raise TimeoutError(f"after {patience:.0f} s it is not so that {what}: {states.most_common(4)}")
            await asyncio.sleep(0.02)
        return time.monotonic() - began

    def kept(self, round_: int) -> int:
        """Return how many moves of a round were acknowledged."""
        return sum(any(each.round == round_ for each in kept) for kept in self.tally.kept.values())

    async def play(self, rounds: int, during: Callable[[int], Awaitable[None]] | None = None) -> None:
        """Play so many rounds; in each, ``during`` is called when half of the bots have had their acknowledgement."""
        for round_ in range(1, rounds + 1):
            if during is not None:
                await self.until(
                    lambda n=round_: self._past(n, len(self.bots) // 2), f"half have moved in round {round_}"
                )
                await during(round_)
            await self.until(lambda n=round_: self._past(n, len(self.bots)), f"all have moved in round {round_}")

    def _past(self, round_: int, count: int) -> bool:
        # A game that an event has ended waits for nobody.
        gone = sum(
            bot.over or any(each.round >= round_ for each in self.tally.kept[bot.seat.number]) for bot in self.bots
        )
        return gone >= count

    async def leave(self) -> None:
        """Close every socket."""
        await asyncio.gather(*(bot.stop() for bot in self.bots))
        for task in self._living:
            task.cancel()
        await asyncio.gather(*self._living, return_exceptions=True)
        await self.doors.close()


def percentile(values: list[float], share: float) -> float:
    """Return the smallest of the values that at least a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 1).__int__() - 1)] if ordered else float("nan")


def stored(folder: Path, code: str) -> list[dict[str, Any]]:
    """Return what a server that has ended has kept of a room, event by event."""
    (path,) = folder.rglob("*.sqlite")
    disk = sqlite3.connect(path)
    try:
        found = disk.execute("SELECT number, kind, key, body FROM events WHERE room = ? ORDER BY number", (code,))
        return [{"number": number, "kind": kind, "key": key, **json.loads(body)} for number, kind, key, body in found]
    finally:
        disk.close()


def check_moves(findings: Findings, tally: Tally, events: list[dict[str, Any]], what: str) -> None:
    """Compare what was acknowledged with what is on the disk: nothing lost, nothing doubled, nothing invented."""
    moves = [event for event in events if event["kind"] == "moved"]
    # Keys are kept with the seat before them, since each student's are their own.
    by_key = {(event["student"], str(event["key"]).partition(":")[2]): event for event in moves}
    lost = wrong = 0
    for seat, kept in tally.kept.items():
        for each in kept:
            event = by_key.get((seat, each.key))
            if event is None:
                lost += 1
            elif (event["student"], event["round"], event["action"]) != (seat, each.round, each.action):
                wrong += 1
    twice = sum(count > 1 for count in Counter((event["student"], event["round"]) for event in moves).values())
    strange = sum(key not in tally.sent for _, key in by_key)
    acknowledged = sum(len(kept) for kept in tally.kept.values())
    findings.figures[f"moves acknowledged{what}"] = f"{acknowledged:,}"
    findings.figures[f"lost, doubled, changed, invented{what}"] = f"{lost}, {twice}, {wrong}, {strange}"
    for count, name in ((lost, "lost"), (twice, "doubled"), (wrong, "changed"), (strange, "invented")):
        findings.check(count == 0, f"{count} moves {name}{what}")
    findings.check(not tally.refused, f"refused{what}: {tally.refused[:3]}")
