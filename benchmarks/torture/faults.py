"""Disks that are full or fail, and processes that may open no more files: told with exit 5, and nothing is lost."""

from __future__ import annotations

import errno
import os
import resource
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.torture.arena import QUESTION, RUNS, Arena, Ended, Findings, at_call, digests
from benchmarks.torture.kills import note_calls
from sim.archive.manifest import JOURNAL, NAME

ERRORS = (errno.ENOSPC, errno.EIO, errno.EMFILE)
TOLD = {errno.ENOSPC: "DISK-FULL", errno.EIO: "DISK", errno.EMFILE: "OPEN-FILES"}


def at_each_call(arena: Arena, wanted: dict[str, str], every: int = 1) -> Findings:
    """Have every call fail once, in each way; what came before stays, and what was finished is gone on with."""
    findings = Findings("Disk full, disk failing, no more files: at each call")
    left: Counter[str] = Counter()
    failed = 0
    _beside_earlier(arena)
    noted = arena.folder / "calls-beside-earlier"
    arena.ask(QUESTION, lambda: note_calls(noted))
    calls = noted.read_text().split()
    for error in ERRORS:
        for number in range(1, len(calls) + 1, every):
            what = f"{errno.errorcode[error]} at call {number} ({calls[number - 1]})"
            earlier = _beside_earlier(arena)

            def fail(name: str, real: Callable[..., object], given: tuple[object, ...], error: int = error) -> object:
                raise OSError(error, os.strerror(error))

            ended = arena.ask(QUESTION, lambda number=number, fail=fail: at_call(number, fail))  # type: ignore[misc]
            failed += 1
            findings.check(ended.status == 5, f"{what}: status {ended.status}: {ended.err}")
            findings.check(f": {TOLD[error]}: " in ended.err and "about" in ended.err, f"{what}: said {ended.err}")
            left[_gone_on_with(arena, wanted, earlier, ended, findings, what)] += 1
    findings.figures = {
        "failures": f"{failed:,} ({', '.join(errno.errorcode[error] for error in ERRORS)})",
        "ended with exit status 5 and one line": f"{failed - len(findings.wrong):,}",
        "left by them": ", ".join(f"{word} {count}" for word, count in sorted(left.items())),
    }
    return findings


def with_limits(arena: Arena, wanted: dict[str, str], sizes: int = 24, files: int = 14) -> Findings:
    """Set the system's own limits: on the size of files, and on how many may be open."""
    findings = Findings("Limits of the system: RLIMIT_FSIZE and RLIMIT_NOFILE")
    left: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    cases = [
        ("RLIMIT_FSIZE", resource.RLIMIT_FSIZE, int(2**10 + 2.5 * 2**20 * (step / sizes) ** 3)) for step in range(sizes)
    ]
    cases += [("RLIMIT_NOFILE", resource.RLIMIT_NOFILE, number) for number in range(4, 4 + files)]
    for name, kind, limit in cases:
        what = f"{name} {limit}"
        earlier = _beside_earlier(arena)
        ended = arena.ask(QUESTION, lambda kind=kind, limit=limit: _limited(kind, limit))  # type: ignore[misc]
        statuses[ended.status] += 1
        findings.check(ended.status in {0, 5}, f"{what}: status {ended.status}: {ended.err}")
        findings.check(ended.status == 0 or ended.err.count("\n") == 1, f"{what}: said {ended.err!r}")
        left[_gone_on_with(arena, wanted, earlier, ended, findings, what)] += 1
    findings.figures = {
        "limits": f"{len(cases)}",
        "exit statuses": ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items())),
        "left by them": ", ".join(f"{word} {count}" for word, count in sorted(left.items())),
    }
    return findings


def _limited(kind: int, limit: int) -> None:
    if kind == resource.RLIMIT_NOFILE:
        limit += len(os.listdir("/dev/fd"))  # noqa: PTH208 - numbers are wanted, not paths
    resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))


def _beside_earlier(arena: Arena) -> dict[str, bytes]:
    """Have results of the same question there already; return what they hold."""
    arena.fresh()
    kept = arena.folder / "earlier"
    if not kept.exists():
        arena.ask(("run", "tortured.yaml", "--runs", str(RUNS // 4), "--out", "earlier", "--quiet"))
    shutil.copytree(kept, arena.results)
    return _held(arena.results)


def _held(results: Path) -> dict[str, bytes]:
    return {str(path.relative_to(results)): path.read_bytes() for path in results.rglob("*") if path.is_file()}


def _gone_on_with(
    arena: Arena, wanted: dict[str, str], earlier: dict[str, bytes], ended: Ended, findings: Findings, what: str
) -> str:
    now = _held(arena.results)
    findings.check(earlier.items() <= now.items(), f"{what}: earlier results changed")
    old = {name.split("/")[1] for name in earlier}
    others = [folder for folder in arena.folders() if folder.name not in old]
    findings.check(len(others) <= 1, f"{what}: {len(others)} folders")
    if not others:
        findings.check("detente resume" not in ended.err, f"{what}: nothing is there to be gone on with")
        return "nothing"
    (folder,) = others
    findings.check(
        ended.status == 0 or "detente resume" in ended.err, f"{what}: does not say how to go on: {ended.err}"
    )
    word = "complete" if (folder / NAME).exists() else "unfinished"
    findings.check(word == "complete" or (folder / JOURNAL).exists(), f"{what}: left {list(folder.iterdir())}")
    again = arena.resume(folder)
    findings.check(again.status == 0, f"{what}: resume: {again.status}: {again.err}")
    findings.check((folder / NAME).exists() and digests(folder) == wanted, f"{what}: another digest")
    return word
