"""Processes killed: at each call that reaches the disk, at random moments, and by Ctrl-C."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.torture.arena import PIECE, QUESTION, Arena, Findings, at_call, digests, done_so_far, recovered
from sim.archive import disk


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def before(name: str, real: Callable[..., object], given: tuple[object, ...]) -> object:
    """Be killed before a call is made."""
    _kill()
    return None


def after(name: str, real: Callable[..., object], given: tuple[object, ...]) -> object:
    """Be killed when a call has been made."""
    real(*given)
    _kill()
    return None


def halfway(name: str, real: Callable[..., object], given: tuple[object, ...]) -> object:
    """Be killed when half of what is to be written has been; where nothing is written, before."""
    if name == "write":
        stream, data = given
        real(stream, memoryview(data)[: len(memoryview(data)) // 2])  # type: ignore[arg-type]
    _kill()
    return None


def at_each_call(arena: Arena, wanted: dict[str, str], calls: list[str], every: int = 1) -> Findings:
    """Kill a process at every call, before and after it and in the middle of writing; then a process that goes on."""
    findings = Findings("Killed at each write, sync and rename")
    left: Counter[str] = Counter()
    for way in (before, after, halfway):
        for number in range(1, len(calls) + 1, every):
            if way is halfway and calls[number - 1] != "write":
                continue
            what = f"killed {way.__name__} call {number} ({calls[number - 1]})"
            arena.fresh()
            ended = arena.ask(QUESTION, lambda number=number, way=way: at_call(number, way))  # type: ignore[misc]
            findings.check(ended.status == -signal.SIGKILL, f"{what}: status {ended.status}: {ended.err}")
            left[recovered(arena, wanted, findings, what)] += 1
    again = _in_resume(arena, wanted, findings, every)
    findings.figures = {
        "kills": f"{sum(left.values()) + again:,}",
        "of them while going on after another kill": f"{again:,}",
        "calls of a question": f"{len(calls)} ({_counts(calls)})",
        "left by the first kill": ", ".join(f"{word} {count}" for word, count in sorted(left.items())),
    }
    return findings


def _counts(calls: list[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(Counter(calls).items()))


def _in_resume(arena: Arena, wanted: dict[str, str], findings: Findings, every: int) -> int:
    number, kills = 1, 0
    while True:
        what = f"killed before call {number} of resume"
        arena.fresh()
        # After the third block of six is done.
        arena.ask(QUESTION, lambda: after_blocks(3))
        (folder,) = arena.folders()
        log = arena.begun_runs
        ended = arena.resume(folder, prepare=lambda number=number: at_call(number, before))  # type: ignore[misc]
        if ended.status == 0:
            return kills
        findings.check(ended.status == -signal.SIGKILL, f"{what}: status {ended.status}: {ended.err}")
        kills += 1
        # What goes on plays in larger pieces: all that is left of a side at once.
        recovered(arena, wanted, findings, what, most_redone=arena.begun_runs - log + PIECE)
        number += every


def after_blocks(count: int) -> None:
    """Kill this process when so many blocks are in the journal."""
    real, seen = disk.write, 0

    def write(stream: object, data: bytes) -> None:
        nonlocal seen
        real(stream, data)  # type: ignore[arg-type]
        seen += b'"side"' in bytes(data[:40])
        if seen == count:
            _kill()

    disk.write = write  # type: ignore[assignment]


def at_random(arena: Arena, wanted: dict[str, str], times: int, seconds: float, seed: int = 1) -> Findings:
    """Kill a process at moments drawn evenly over the time that the question takes."""
    findings = Findings("Killed at random moments")
    luck = np.random.default_rng(seed)
    left: Counter[str] = Counter()
    for number, moment in enumerate(luck.uniform(0.0, 1.05 * seconds, times)):
        arena.fresh()
        began = time.monotonic()
        child = arena.begin(QUESTION)
        time.sleep(float(moment))
        os.kill(child, signal.SIGKILL)
        arena.ended(child, began)
        left[recovered(arena, wanted, findings, f"kill {number} after {moment:.4f} s")] += 1
    findings.figures = {
        "kills": f"{times:,}",
        "left by them": ", ".join(f"{word} {count}" for word, count in sorted(left.items())),
        "finished blocks lost": "none" if not findings.wrong else "see below",
        "played again by a process": f"at most the {PIECE:,} runs that it was playing",
    }
    return findings


def interrupted(arena: Arena, wanted: dict[str, str], times: int, seconds: float, seed: int = 2) -> Findings:
    """Press Ctrl-C at random moments, once or twice."""
    findings = Findings("Ctrl-C at random moments, every other time twice")
    luck = np.random.default_rng(seed)
    ends: Counter[str] = Counter()
    for number, moment in enumerate(luck.uniform(0.0, seconds, times)):
        arena.fresh()
        began = time.monotonic()
        child = arena.begin(QUESTION)
        time.sleep(float(moment))
        os.kill(child, signal.SIGINT)
        if number % 2:
            time.sleep(0.002)
            _send(child, signal.SIGINT)
        ended = arena.ended(child, began)
        what = f"Ctrl-C {number} after {moment:.4f} s"
        findings.check(ended.status in {0, 130}, f"{what}: status {ended.status}: {ended.err}")
        if ended.status == 130:
            findings.check(ended.err.count("\n") == 1 and ": INTERRUPTED: " in ended.err, f"{what}: said {ended.err!r}")
            folders = [folder for folder in arena.folders() if (folder / "unfinished.journal").exists()]
            if folders and not number % 2 and done_so_far(folders[0]):
                findings.check(
                    f"detente resume {folders[0].relative_to(arena.folder)}" in ended.err, f"{what}: {ended.err}"
                )
        ends[recovered(arena, wanted, findings, what)] += 1
    findings.figures = {
        "interrupts": f"{times:,}",
        "left by them": ", ".join(f"{word} {count}" for word, count in sorted(ends.items())),
    }
    return findings


def _send(child: int, number: int) -> None:
    try:
        os.kill(child, number)
    except ProcessLookupError:
        return


def whole_question(arena: Arena) -> tuple[dict[str, str], list[str], float]:
    """Ask without torture: the digests, the calls that reach the disk, and the seconds it takes."""
    calls = arena.folder / "calls"
    arena.fresh()
    arena.ask(QUESTION, lambda: note_calls(calls))
    arena.fresh()
    seconds = min(arena.ask().seconds for _ in range(2))
    return digests(arena.folders()[0]), calls.read_text().split(), seconds


def note_calls(path: Path) -> None:
    """Have the names of all calls that reach the disk written to a file."""
    for name in disk.CALLS:
        real = getattr(disk, name)

        def call(*given: object, name: str = name, real: Callable[..., object] = real) -> object:
            with path.open("a") as stream:
                stream.write(f"{name}\n")
            return real(*given)

        setattr(disk, name, call)
