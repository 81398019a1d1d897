"""What a class has to bear, each as a proof with figures: many at once, kills in mid-turn, cut sockets, hours."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.classroom.bots import drawn
from benchmarks.classroom.lesson import Lesson, check_moves, percentile, stored
from benchmarks.classroom.server import Server
from benchmarks.torture.arena import Findings

ACKNOWLEDGED, BACK, BACK_ALONE, JOINED, GROWTH = 0.3, 30.0, 5.0, 2.0, 0.10
"""What is promised: seconds of the 95th percentile of acknowledgements, until all are back after a kill, until a
student is back after a cut, in which so many seats may be asked for at once; and by what share memory may grow."""

_MIB = 2**20


@dataclass(frozen=True)
class Size:
    """How large a class is, how long it plays, and how long its students think."""

    bots: int = 200
    rounds: int = 20
    think: float = 2.0
    """Seconds over which the moves of a round are spread."""


def undisturbed(folder: Path, size: Size) -> Findings:
    """A class joins all at once and plays: nothing is lost, and answers come soon."""
    pace = f"moving within {size.think:.0f} seconds" if size.think else "moving all at the same moment"
    findings = Findings(f"{size.bots} students, {size.rounds} turns, {pace}")

    async def played(server: Server) -> Lesson:
        lesson = Lesson(server, size.think)
        await lesson.open()
        used = server.processor()
        took = await lesson.join(size.bots, JOINED / 2)
        used = server.processor() - used
        seats = {seat.number for seat in lesson.seats}
        findings.figures["joined"] = (
            f"{len(seats)} seats for {size.bots} students who came within {JOINED / 2:.0f} s; the last was in after "
            f"{took:.1f} s ({used:.1f} s of the server's processor time)"
        )
        findings.check(len(seats) == size.bots, f"{len(seats)} seats for {size.bots} students")
        await lesson.sit_down()
        began, used = time.monotonic(), server.processor()
        await lesson.instructor.do("start")
        await lesson.play(size.rounds)
        seconds = time.monotonic() - began
        findings.figures["a round"] = (
            f"{seconds / size.rounds:.1f} s; {(server.processor() - used) / size.rounds:.1f} s of the server's "
            "processor time"
        )
        findings.figures["memory of the server"] = f"{server.memory() / _MIB:.0f} MiB, all its processes"
        await lesson.leave()
        return lesson

    lesson = _served(folder, played, findings)
    waits = lesson.tally.waits
    late = percentile(waits, 0.95)
    findings.figures["acknowledged within"] = (
        f"{1000 * median(waits):.0f} ms (half), {1000 * late:.0f} ms (95 %), {1000 * max(waits):.0f} ms (all)"
    )
    findings.check(late <= ACKNOWLEDGED, f"95 % of moves were acknowledged within {1000 * late:.0f} ms")
    return findings


def killed(folder: Path, size: Size, kills: int) -> Findings:
    """The server is killed when half of a round's moves are acknowledged and others are on their way; it comes back."""
    findings = Findings(f"{size.bots} students, the server killed {kills} times in mid-turn")
    rounds = {1 + (number + 1) * size.rounds // (kills + 1) for number in range(kills)}
    back: list[float] = []
    restarts: list[float] = []
    half: list[int] = []

    async def played(server: Server) -> Lesson:
        lesson = Lesson(server, size.think)
        await lesson.open()
        await lesson.join(size.bots, 1.0)
        await lesson.sit_down()
        await lesson.instructor.do("start")

        async def kill(round_: int) -> None:
            if round_ not in rounds:
                return
            before = [bot.connected for bot in lesson.bots]
            half.append(lesson.kept(round_))
            began = time.monotonic()
            await asyncio.to_thread(server.kill)
            restarts.append(await asyncio.to_thread(server.begin))
            await lesson.until(
                lambda: all(bot.connected > had for bot, had in zip(lesson.bots, before, strict=True)),
                "all are back after the server was killed",
            )
            back.append(time.monotonic() - began)

        await lesson.play(size.rounds, kill)
        await lesson.leave()
        return lesson

    _served(folder, played, findings)
    if back:
        findings.figures["moves of the round acknowledged when it was killed"] = ", ".join(map(str, half))
        findings.figures["listening again after"] = _seconds(restarts)
        findings.figures["all students back after the kill"] = _seconds(back)
    findings.check(len(back) == len(rounds), f"killed {len(back)} times instead of {len(rounds)}")
    findings.check(max(back, default=0) <= BACK, f"all were back only after {max(back, default=0):.1f} s")
    return findings


def cut_off(folder: Path, size: Size) -> Findings:
    """In every round one socket in ten, drawn anew, is cut without a goodbye; some while their move is on its way."""
    findings = Findings(f"{size.bots} students, one socket in ten cut in every round")
    cuts = 0

    async def played(server: Server) -> Lesson:
        nonlocal cuts
        lesson = Lesson(server, size.think)
        await lesson.open()
        await lesson.join(size.bots, 1.0)
        await lesson.sit_down()
        await lesson.instructor.do("start")

        async def cut(round_: int) -> None:
            nonlocal cuts
            for bot in lesson.bots:
                if drawn(bot.seat.number, round_, "cut") < 0.1 and bot.cut():
                    cuts += 1

        await lesson.play(size.rounds, cut)
        await lesson.until(lambda: len(lesson.tally.returns) >= cuts, "all whose sockets were cut are back")
        await lesson.leave()
        return lesson

    lesson = _served(folder, played, findings)
    returns = lesson.tally.returns
    findings.figures["sockets cut"] = f"{cuts:,}"
    findings.check(cuts > 0, "no socket was cut")
    findings.figures["back after"] = (
        f"{median(returns):.2f} s (half), {percentile(returns, 0.95):.2f} s (95 %), {max(returns):.2f} s (all)"
    )
    findings.check(max(returns) <= BACK_ALONE, f"one was back only after {max(returns):.1f} s")
    return findings


@dataclass
class _Memory:
    at: list[float] = field(default_factory=list)
    held: list[int] = field(default_factory=list)


def soak(folder: Path, size: Size, seconds: float) -> Findings:
    """Class after class for a long time, with cut sockets; memory is read all along, from the second class on."""
    findings = Findings(f"{seconds / 60:.0f} minutes of classes of {size.bots}, one after the other")
    lessons: list[tuple[str, Lesson]] = []
    memory = _Memory()

    async def watched(server: Server) -> None:
        while True:
            await asyncio.sleep(min(5.0, seconds / 50))
            memory.at.append(time.monotonic())
            memory.held.append(server.memory())

    async def one(server: Server, number: int) -> Lesson:
        lesson = Lesson(server, size.think)
        await lesson.open()
        await lesson.join(size.bots, 1.0)
        await lesson.sit_down()
        await lesson.instructor.do("start")

        async def cut(round_: int) -> None:
            for bot in lesson.bots:
                if drawn(number, bot.seat.number, round_, "cut") < 0.05:
                    bot.cut()

        await lesson.play(size.rounds, cut)
        await lesson.instructor.do("end")
        await lesson.leave()
        return lesson

    began = time.monotonic()
    with Server(folder) as server:

        async def all_of_it() -> None:
            watching: asyncio.Task[None] | None = None
            number = 0
            while number < 2 or time.monotonic() - began < seconds:
                lesson = await one(server, number)
                lessons.append((lesson.instructor.code, lesson))
                number += 1
                # The first class loads what is loaded once.
                watching = watching or asyncio.create_task(watched(server))
            assert watching is not None
            watching.cancel()

        asyncio.run(all_of_it())
        findings.check(server.end() == 0, "the server did not end in order")
    _check_bugs(findings, server)
    total = Findings("")
    for code, lesson in lessons:
        check_moves(total, lesson.tally, stored(folder, code), f" in {code}")
    findings.wrong += total.wrong
    moves = sum(len(kept) for _, lesson in lessons for kept in lesson.tally.kept.values())
    waits = [wait for _, lesson in lessons for wait in lesson.tally.waits]
    span = max(1, len(memory.held) // 10)
    first, last = median(memory.held[:span]), median(memory.held[-span:])
    findings.figures["classes, moves acknowledged, lost or doubled"] = f"{len(lessons)}, {moves:,}, {len(total.wrong)}"
    findings.figures["acknowledged within"] = f"{1000 * percentile(waits, 0.95):.0f} ms (95 %)"
    findings.figures["memory after the first class, and in the end"] = (
        f"{first / _MIB:.0f} MiB, {last / _MIB:.0f} MiB ({100 * (last / first - 1):+.1f} %)"
    )
    tenths = [median(memory.held[place * len(memory.held) // 10 :][:span]) / _MIB for place in range(10)]
    findings.figures["memory by tenths of the time"] = f"{', '.join(f'{each:.0f}' for each in tenths)} MiB"
    findings.check(last <= first * (1 + GROWTH), f"memory grew by {100 * (last / first - 1):.1f} %")
    return findings


def _served(folder: Path, play: Callable[[Server], Coroutine[Any, Any, Lesson]], findings: Findings) -> Lesson:
    """Let a lesson be played on a server of its own, end the server, and check what it has kept."""
    with Server(folder) as server:
        lesson: Lesson = asyncio.run(play(server))
        findings.check(server.end() == 0, "the server did not end in order")
    _check_bugs(findings, server)
    check_moves(findings, lesson.tally, stored(folder, lesson.instructor.code), "")
    return lesson


def _check_bugs(findings: Findings, server: Server) -> None:
    told = [line for line in server.errors().splitlines() if line.strip() and "the server has ended" not in line]
    findings.check(not told, f"the server said: {told[:3]}")


def _seconds(values: list[float]) -> str:
    return ", ".join(f"{value:.1f}" for value in values) + " s"
