"""``make torture``: the command. Prints its figures; the status is 1 if anything was lost, or damage was not found."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console

from benchmarks.contender import ROOT
from benchmarks.page import put
from benchmarks.torture import damage, faults, kills, writers
from benchmarks.torture.arena import RUNS, Arena, Findings
from sim.experiment.environment import machine

PAGE = ROOT / "docs" / "explanation" / "reliability.md"


def proofs(arena: Arena, short: bool) -> Iterator[Callable[[], Findings]]:
    """Yield the proofs, each to be called; ``short`` leaves out most of each."""
    wanted, calls, seconds = kills.whole_question(arena)
    yield lambda: kills.at_each_call(arena, wanted, calls, 59 if short else 1)
    yield lambda: kills.at_random(arena, wanted, 4 if short else 200, seconds)
    yield lambda: kills.interrupted(arena, wanted, 4 if short else 60, seconds)
    yield lambda: faults.at_each_call(arena, wanted, 59 if short else 1)
    yield lambda: faults.with_limits(arena, wanted, *((2, 2) if short else (40, 24)))
    yield lambda: damage.found(arena, 40 if short else 1000)
    yield lambda: writers.second_is_refused(arena, wanted, 1 if short else 20)
    if not short:
        yield lambda: writers.lost_processes(arena, 1_500_000, 20)


def lines(findings: list[Findings], seconds: float) -> list[str]:
    """Return what was found, as Markdown."""
    asked = f"The question: two regimes of a small scenario, {RUNS:,} runs each, in blocks of 8,192."
    place = f"this machine ({machine()['processor']})"
    return [f"{asked} Everything took {seconds:,.0f} seconds on {place}.", *(each.markdown() for each in findings)]


def main() -> int:
    """Torture as asked."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.torture", description=__doc__)
    asked.add_argument("--short", action="store_true", help="a few cases of each, in seconds")
    asked.add_argument("--json", action="store_true", help="one JSON document instead of words")
    asked.add_argument("--write", action="store_true", help="also write the figures to docs/explanation/reliability.md")
    options, console = asked.parse_args(), Console(width=120, highlight=False, markup=False)
    began, found = time.monotonic(), []
    folder = Path(tempfile.mkdtemp(prefix="torture-"))
    try:
        for proof in proofs(Arena(folder), options.short):
            started = time.monotonic()
            each = proof()
            found.append(each)
            if not options.json:
                each.show(console, time.monotonic() - started)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    wrong = [fault for each in found for fault in each.wrong]
    if options.json:
        document = {each.title: {"figures": each.figures, "wrong": each.wrong} for each in found}
        sys.stdout.write(f"{json.dumps(document, indent=1)}\n")
    if options.write and not options.short:
        put(PAGE, "torture", "\n\n".join(lines(found, time.monotonic() - began)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
