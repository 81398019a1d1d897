"""How time and memory grow with the number of runs, and with the turns, hazards and actors of a scenario."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.contender import Contender
from benchmarks.page import Section, Table, number, spread
from benchmarks.race import Race, Say, Spread, race
from benchmarks.toys import written

RUNS = (1_000, 10_000, 100_000, 1_000_000)
SIZES = {"turns": (10, 20, 40, 80), "hazards": (1, 4, 16), "actors": (1, 2, 4, 8)}
SECONDS = 60.0
"""What one measurement may take."""


def measure(rounds: int, seconds: float, say: Say) -> tuple[Section, list[Race]]:
    """Return what was measured."""
    runs, runs_race, remarks = with_runs(rounds, say)
    sizes, sizes_race = with_sizes(rounds, say)
    about = (
        "First, INF 2018 (post_treaty) from the loaded scenario to the summary, each number of runs in a process of "
        "its own. Memory is the most held above what the process held when all was imported. Then toy scenarios, "
        "played as one block of 8,192 runs: 20 turns, 4 hazards, 2 actors, and one of these changed. Processor time."
    )
    most = max(runs_race.memory(name) for name in runs_race.laps)
    figures = {"memory": Spread(most, most, most)}
    return Section("Growth", about, [runs, sizes], remarks, figures), [runs_race, sizes_race]


def with_runs(rounds: int, say: Say) -> tuple[Table, Race, list[str]]:
    """Return time and memory by the number of runs; large numbers are played once, or not if that takes too long."""
    found, remarks = Race(), []
    for count in RUNS:
        name = f"{count:,} runs"
        pace = min((found.seconds(other).median for other in found.laps), default=0.0)
        if pace * count > SECONDS:
            remarks.append(f"{name} left out: they would take about {pace * count:.0f} s.")
            continue
        setup = {"scenario": "inf-2018", "regime": "post_treaty", "whole": True}
        part = race([Contender(name, "detente", setup, runs=count)], rounds if pace * count < 2 else 1, 0.0, say)
        found.laps.update(part.laps)
        found.skipped.update(part.skipped)
    table = Table(("INF 2018", "microseconds a run", "memory, MiB"))
    for name in found.laps:
        each = found.seconds(name)
        table.rows.append(
            (name, spread(Spread(1e6 * each.low, 1e6 * each.median, 1e6 * each.high)), number(found.memory(name)))
        )
    return table, found, remarks


def with_sizes(rounds: int, say: Say) -> tuple[Table, Race]:
    """Return time and memory by turns, hazards and actors."""
    with tempfile.TemporaryDirectory() as folder:
        contenders = [
            Contender(f"{size} {what}", "detente", {"scenario": written(Path(folder), **{what: size})}, runs=8192)
            for what, sizes in SIZES.items()
            for size in sizes
        ]
        found = race(contenders, rounds, 0.0, say)
    table = Table(("toy", "microseconds a run", "against the row above", "memory, MiB"))
    for what, sizes in SIZES.items():
        names = [f"{size} {what}" for size in sizes]
        for before, name in zip([None, *names], names, strict=False):
            grown = spread(found.ratio(name, before)) if before else ""
            taken = number(1e6 * found.seconds(name).median)
            table.rows.append((name, taken, grown, number(found.memory(name))))
    return table, found
