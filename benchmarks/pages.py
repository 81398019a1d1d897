"""How long a move of a slider takes until its picture is there: ``python -m benchmarks.pages``.

A server of its own is asked for pictures as a page asks for them, one after the other over one connection, each with
another value of a parameter. The figures are of this machine and of what else runs on it; no test rests on them.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import psutil
from rich.console import Console

from benchmarks.contender import ROOT

PAGE = ROOT / "docs" / "how-to" / "explore.md"
SCENARIOS = {
    "inf-2018": ("arms_burden", 0.05, 0.5),
    "post-inf": ("arms_burden", 0.05, 0.5),
    "classics/crisis-ladder": ("rise", 0.1, 0.6),
}
"""What is asked for: a scenario, and the parameter that is moved from and to."""

_FIRST = 10
"""Moves that are not counted: processes have to start and scenarios to be read."""


@contextmanager
def _served() -> Iterator[tuple[str, psutil.Process]]:
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "sim", "serve", "--port", "0", "--no-browser"]
        process = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, text=True, env=_with_the_tree())
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("  http"):
                    yield line.strip(), psutil.Process(process.pid)
                    break
        finally:
            process.terminate()
            process.wait()


def _with_the_tree() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@dataclass(frozen=True)
class Moves:
    """Moves of a slider in one scenario: how long each took, what the server worked for it, and its picture's size."""

    milliseconds: list[float]
    worked: float
    """Milliseconds of the processor's time for each move, by the server and the processes that play for it."""
    kib: float

    @property
    def row(self) -> str:
        """Return the row of the table."""
        times = sorted(self.milliseconds)
        middle, most = statistics.median(times), times[int(0.95 * len(times))]
        return f"{middle:.0f} ms | {most:.0f} ms | {self.worked:.0f} ms | {self.kib:.1f} KiB"


def _used(server: psutil.Process) -> float:
    """Return the seconds of the processor's time that a server and its processes have used."""
    return sum(each.cpu_times().user + each.cpu_times().system for each in (server, *server.children(recursive=True)))


def measure(moves: int) -> dict[str, Moves]:
    """Return what moves of a slider took in each scenario."""
    found = {}
    with _served() as (address, server), httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        for name, (parameter, low, high) in SCENARIOS.items():
            times, sizes, before = [], [], 0.0
            for move in range(_FIRST + moves):
                if move == _FIRST:
                    before = _used(server)
                value = low + (high - low) * (move % 50) / 50
                began = time.perf_counter()
                answer = client.get("/explore/picture", params={"scenario": name, f"set.{parameter}": f"{value:.6g}"})
                times.append(1000 * (time.perf_counter() - began))
                answer.raise_for_status()
                sizes.append(int(answer.headers["content-length"]))
            worked = 1000 * (_used(server) - before) / moves
            found[name] = Moves(times[_FIRST:], worked, statistics.mean(sizes) / 1024)
    return found


def main() -> None:
    """Measure, print, and write the figures into the page if asked."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    asked.add_argument("--moves", type=int, default=100, help="moves of a slider in each scenario (100)")
    asked.add_argument("--write", action="store_true", help=f"put the figures on {PAGE.relative_to(ROOT)}")
    options = asked.parse_args()
    rows = [f"| `{name}` | {moves.row} |" for name, moves in measure(options.moves).items()]
    table = "\n".join(
        ["| scenario | median | 95th percentile | processor time | size |", "|---|---:|---:|---:|---:|", *rows]
    )
    Console(width=120).print(table, markup=False)
    if options.write:
        text = PAGE.read_text(encoding="utf-8")
        marked = re.compile(r"(<!-- measured -->\n).*?(\n<!-- end -->)", re.DOTALL)
        PAGE.write_text(marked.sub(lambda found: found[1] + table + found[2], text), encoding="utf-8")


if __name__ == "__main__":
    main()
