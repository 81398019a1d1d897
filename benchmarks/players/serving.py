"""The contender's end of a race: play on request and say how long it took. Needs the standard library only.

Requests and answers are JSON documents, one a line. The first request sets the game up; each later one asks for
``runs`` runs from a ``seed``. Only the playing is timed: starting, importing and summing up are not.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

Results = Mapping[str, Iterable[float]]
"""For each payoff its value in every run."""
Play = Callable[[int, int], Results]
"""Plays so many runs from a seed."""

MIB = 2.0**20


def serve(prepare: Callable[[Mapping[str, Any]], Play]) -> None:
    """Answer requests on stdin until it closes; ``prepare`` turns the set-up into something that plays."""
    # Libraries may greet on stdout; only answers belong there.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    play = prepare(json.loads(sys.stdin.readline()))
    imported: float | None = None
    for line in sys.stdin:
        request = json.loads(line)
        answer = timed(play, request["runs"], request["seed"])
        # Some libraries are imported where they are first used, so the first request is counted with the imports.
        imported = resident() if imported is None else imported
        answers.write(json.dumps({**answer, "memory": max(0.0, peak() - imported)}) + "\n")
        answers.flush()


def timed(play: Play, runs: int, seed: int) -> dict[str, Any]:
    """Return the seconds that playing took by the wall's clock and the processor's, and means."""
    wall, cpu = time.perf_counter(), time.process_time()
    results = play(runs, seed)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    means = {name: mean_and_error([float(value) for value in each]) for name, each in results.items()}
    return {"runs": runs, "wall": wall, "cpu": cpu, "means": means}


def mean_and_error(values: list[float]) -> tuple[float, float]:
    """Return the mean of some values and its standard error."""
    mean = math.fsum(values) / len(values)
    squares = math.fsum((value - mean) ** 2 for value in values)
    return mean, math.sqrt(squares / max(1, len(values) - 1) / len(values))


def resident() -> float:
    """Return the memory that this process holds now (MiB); its peak where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return peak()
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


def peak() -> float:
    """Return the most memory that this process has ever held (MiB); 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / MIB if sys.platform == "darwin" else most * 1024 / MIB
