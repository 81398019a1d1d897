"""Two processes that want to write to one folder, and processes that are lost while others play for them."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.torture.arena import PIECE, QUESTION, Arena, Findings, digests, done_so_far, recovered


def second_is_refused(arena: Arena, wanted: dict[str, str], times: int) -> Findings:
    """Have a second process go on with a folder while the first still writes to it."""
    findings = Findings("Two writers on one folder")
    slowest = 0.0
    for number in range(times):
        arena.fresh()
        began = time.monotonic()
        first = arena.begin(QUESTION)
        while not (folders := [folder for folder in arena.folders() if (folder / "unfinished.journal").exists()]):
            time.sleep(0.001)
        os.kill(first, signal.SIGSTOP)
        second = arena.resume(folders[0])
        slowest = max(slowest, second.seconds)
        os.kill(first, signal.SIGCONT)
        ended = arena.ended(first, began)
        what = f"second writer {number}"
        findings.check(second.status == 4, f"{what}: status {second.status}: {second.err}")
        findings.check(f"IN-USE: process {first} on " in second.err, f"{what}: said {second.err}")
        findings.check(ended.status == 0, f"{what}: the first ended with {ended.status}: {ended.err}")
        recovered(arena, wanted, findings, what)
    findings.check(slowest < 1.0, f"the slowest refusal took {slowest:.2f} s")
    findings.figures = {
        "second writers": f"{times}",
        "refused with exit status 4, the first one named": f"{times - len(findings.wrong)}",
        "slowest refusal": f"{slowest:.2f} s",
    }
    return findings


def lost_processes(arena: Arena, runs: int, times: int, seed: int = 4) -> Findings:
    """Kill a process that plays for another, at random moments; and the one that writes, with all it had handed out."""
    findings = Findings("Two processes, one of them killed")
    luck = np.random.default_rng(seed)
    words = ("run", "tortured.yaml", "--runs", str(runs), "--block", str(PIECE), "--out", "results")
    arena.fresh()
    arena.ask(words)
    wanted = digests(arena.folders()[0])
    words = (*words, "--jobs", "2")
    arena.fresh()
    seconds = arena.ask(words).seconds
    findings.check(digests(arena.folders()[0]) == wanted, "two processes give another digest")
    ends: Counter[str] = Counter()
    most, noted, kinds = 0, 0, Counter[int]()
    for number in range(times):
        arena.fresh()
        writer, began = bool(number % 2), time.monotonic()
        child = arena.begin(words)
        # The first part of the time the other process needs to start.
        time.sleep(seconds * (0.3 + 0.6 * float(luck.random())))
        for each in [child] if writer else _players(child):
            os.kill(each, signal.SIGKILL)
        ended = arena.ended(child, began)
        what = f"{'writer' if writer else 'player'} {number} killed"
        (folder,) = arena.folders()
        journal = done_so_far(folder)
        ends["unfinished" if journal is not None else "complete"] += 1
        if not writer:
            findings.check(ended.status == 0, f"{what}: status {ended.status}: {ended.err}")
            noted += "is played again" in ended.err
        if journal is not None:
            lost_by = arena.lost(journal)
            most = max([most, *lost_by.values()])
            kinds[sum(lost_by.values())] += 1
            again = arena.resume(folder)
            findings.check(again.status == 0, f"{what}: resume: {again.status}: {again.err}")
        findings.check(digests(folder) == wanted, f"{what}: another digest")
    arena.fresh()
    arena.ask(words)
    left = sorted(Path("/dev/shm").glob("detente-*")) if Path("/dev/shm").is_dir() else []
    findings.check(not left, f"left in memory: {left}")
    findings.figures = {
        "killed": f"{times} ({times - times // 2} processes that play, {times // 2} that write)",
        "told on stderr that runs are played again": f"{noted} of {times - times // 2}",
        "left by them": ", ".join(f"{word} {count}" for word, count in sorted(ends.items())),
        "blocks that a process had begun and that were played again when the writer was killed": f"at most {most}",
        "the same, of both processes together": ", ".join(f"{lost}: {count}" for lost, count in sorted(kinds.items())),
        "shared memory left behind after the next start": f"{len(left)}",
    }
    return findings


def _players(parent: int) -> list[int]:
    """Return the processes that play for another."""
    started = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(each) for each in started if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]
