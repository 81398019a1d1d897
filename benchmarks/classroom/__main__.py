"""``make bots`` and ``make soak``: the command. Prints its figures; the status is 1 if a promise was not kept."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console

from benchmarks.classroom import proofs
from benchmarks.classroom.proofs import Size
from benchmarks.contender import ROOT
from benchmarks.page import put
from benchmarks.torture.arena import Findings
from sim.experiment.environment import machine

PAGE = ROOT / "docs" / "explanation" / "classroom.md"

Proof = Callable[[Path], Findings]


def asked_for(options: argparse.Namespace) -> Iterator[Proof]:
    """Yield the proofs that were asked for, each to be called with an empty folder."""
    if options.soak:
        yield lambda folder: proofs.soak(folder, Size(40, 20, 1.0), options.soak)
        return
    if options.short:
        yield lambda folder: proofs.killed(folder, Size(20, 3, 0.3), 1)
        return
    size = Size(options.bots, options.rounds)
    yield lambda folder: proofs.undisturbed(folder, size)
    yield lambda folder: proofs.undisturbed(folder, Size(options.bots, options.rounds, 0.0))
    yield lambda folder: proofs.killed(folder, size, 5)
    yield lambda folder: proofs.cut_off(folder, size)


def lines(findings: list[Findings], seconds: float, load: float) -> list[str]:
    """Return what was found, as Markdown; ``load`` is how many programs wanted a core when it began."""
    where, cores = machine()["processor"], os.cpu_count()
    place = f"this machine ({where}, {cores} cores), on which the bots ran, too"
    told = f"Everything took {seconds / 60:,.0f} minutes on {place}. Its load was {load:.0f} when that began."
    return [told, *(each.markdown() for each in findings)]


def main() -> int:
    """Prove what was asked for."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.classroom", description=__doc__)
    asked.add_argument("--bots", type=int, default=200, help="students (default: 200)")
    asked.add_argument("--rounds", type=int, default=20, help="turns that they play (default: 20)")
    asked.add_argument("--soak", type=float, metavar="SECONDS", help="instead: class after class, for so long")
    asked.add_argument("--short", action="store_true", help="instead: 20 students, 3 turns, one kill")
    asked.add_argument("--json", action="store_true", help="one JSON document instead of words")
    asked.add_argument("--write", action="store_true", help="also write the figures to docs/explanation/classroom.md")
    options, console = asked.parse_args(), Console(width=120, highlight=False, markup=False)
    began, found, load = time.monotonic(), [], os.getloadavg()[0]
    for proof in asked_for(options):
        folder = Path(tempfile.mkdtemp(prefix="class-"))
        try:
            each = proof(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        found.append(each)
        if not options.json:
            each.show(console)
    if options.json:
        document = {each.title: {"figures": each.figures, "wrong": each.wrong} for each in found}
        sys.stdout.write(f"{json.dumps(document, indent=1)}\n")
    if options.write and not options.short:
        put(PAGE, "soak" if options.soak else "bots", "\n\n".join(lines(found, time.monotonic() - began, load)))
    return 1 if any(each.wrong for each in found) else 0


if __name__ == "__main__":
    sys.exit(main())
