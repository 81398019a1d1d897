"""How long one waits: for a first answer in a process that runs, for a command, and for two processes against one."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from benchmarks.contender import ROOT, Contender, Playing
from benchmarks.page import Section, Table, spread
from benchmarks.race import Race, Say, Spread, race, warmed_up

LAPS = 3
"""Answers and commands are quick: so many are waited for in each round."""
SHORT, LONG = 20, 80
"""How many times as long as others the runs of one and of two processes take: a start counts for more or for less."""
QUESTIONS = {
    "rules, 1,000 runs": ("post_treaty", 1_000),
    "rules, 10,000 runs": ("post_treaty", 10_000),
    "weighing, 1,000 runs": ("own_choice", 1_000),
    "weighing, 10,000 runs": ("own_choice", 10_000),
}


def measure(rounds: int, seconds: float, say: Say) -> tuple[Section, list[Race]]:
    """Return what was measured."""
    answers, answers_race, figures = first_answers(rounds * LAPS, say)
    commands, command_figures = start_to_answer(rounds * LAPS)
    short, short_race, short_ratio = two_processes("jobs_short", min(rounds, 3), SHORT * seconds, say)
    long, long_race, long_ratio = two_processes("jobs", min(rounds, 3), LONG * seconds, say)
    about = (
        "INF 2018, by the clock on the wall. First, in a process that has imported everything and loaded the scenario: "
        "from the question to its whole summary (compiling, playing, statistics, digest), as behind a slider. "
        "Then the command line, from the start of the process to the answer in JSON and the saved results. "
        "Then two processes against one, starting the second included, which takes a third of a second of its "
        "core: on runs that take one process some seconds, and on many more. Beside that, as the most that the "
        "machine's two cores can give, two programs side by side, each of which plays all of the runs."
    )
    figures = figures | command_figures | short_ratio | long_ratio
    races = [answers_race, short_race, long_race]
    return Section("Waiting", about, [answers, commands, short, long], [], figures), races


def first_answers(rounds: int, say: Say) -> tuple[Table, Race, dict[str, Spread]]:
    """Return how long a warm process takes to answer."""
    contenders = [
        Contender(name, "detente", {"scenario": "inf-2018", "regime": regime, "whole": True}, runs=runs)
        for name, (regime, runs) in QUESTIONS.items()
    ]
    found = race(contenders, rounds, 0.0, say)
    table = Table(("warm process", "milliseconds to the answer"))
    waits = {name: Spread.of([1e3 * lap.wall for lap in found.laps[name]]) for name in found.laps}
    table.rows.extend((name, spread(wait)) for name, wait in waits.items())
    return table, found, {"answer": waits["rules, 1,000 runs"]}


def start_to_answer(rounds: int) -> tuple[Table, dict[str, Spread]]:
    """Return how long a command takes from the start of its process, against a Python that does nothing.

    A round that does not count writes the bytecode (see `bytecode_at_hand`).
    """
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder, bytecode_at_hand():
        run = ["-m", "sim", "run", "inf-2018", "--runs", "1000", "--json", "--quiet", "--out", folder]
        commands = {
            "python -c pass": [python, "-c", "pass"],
            "detente --help": [python, "-m", "sim", "--help"],
            "detente validate": [python, "-m", "sim", "validate", "inf-2018"],
            "detente run, 1,000 runs": [python, *run],
        }
        walls: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(rounds + 1):
            for name, command in commands.items():
                began = time.perf_counter()
                subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
                if number:
                    walls[name].append(time.perf_counter() - began)
    table = Table(("command", "milliseconds", "times python -c pass"))
    ratios = {}
    for name, taken in walls.items():
        ratios[name] = Spread.of([one / none for one, none in zip(taken, walls["python -c pass"], strict=True)])
        table.rows.append((name, spread(Spread.of([1e3 * wall for wall in taken])), spread(ratios[name])))
    return table, {"command": ratios["detente run, 1,000 runs"]}


@contextmanager
def bytecode_at_hand() -> Iterator[None]:
    """Let the processes started here keep bytecode, as an installed program does, whatever the caller's environment."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def side_by_side(contender: Contender, rounds: int, runs: int) -> list[float]:
    """Return the seconds in which two programs that know nothing of each other play all runs each: what is possible."""
    with Playing(contender) as one, Playing(contender) as other, ThreadPoolExecutor(2) as both:
        for playing in (one, other):
            warmed_up(playing, 0.0)
        laps = [list(both.map(Playing.lap, (one, other), (runs, runs), (seed, seed))) for seed in range(rounds)]
    return [max(lap.wall for lap in each) for each in laps]


def two_processes(figure: str, rounds: int, seconds: float, say: Say) -> tuple[Table, Race, dict[str, Spread]]:
    """Return how much faster two processes are than one, on as many runs as take one of them so many seconds."""
    setup = {"scenario": "inf-2018", "regime": "post_treaty", "whole": True}
    with Playing(Contender("one process", "detente", setup, step=8192)) as playing:
        runs = warmed_up(playing, seconds)
    contenders = [
        Contender(name, "detente", {**setup, "jobs": jobs}, runs=runs)
        for name, jobs in (("one process", 1), ("two processes", 2))
    ]
    with bytecode_at_hand():
        with Playing(Contender("two processes", "detente", {**setup, "jobs": 2})) as writing:
            writing.lap(max(8192, runs // 8), 1)
        found = race(contenders, rounds, 0.0, say)
        apart = side_by_side(contenders[0], rounds, runs)
    table = Table((f"{runs:,} runs", "seconds", "faster by"))
    for name in found.laps:
        each = Spread.of([lap.wall for lap in found.laps[name]])
        table.rows.append((name, spread(each), spread(found.ratio("one process", name, "wall"))))
    alone = [lap.wall for lap in found.laps["one process"]]
    possible = Spread.of([2 * one / both for one, both in zip(alone, apart, strict=True)])
    table.rows.append(
        ("two programs, each playing all of them at the same time", spread(Spread.of(apart)), spread(possible))
    )
    ratio = found.ratio("one process", "two processes", "wall")
    return table, found, {} if ratio is None else {figure: ratio}
