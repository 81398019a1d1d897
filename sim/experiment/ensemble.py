"""Many runs of one game: played block by block, kept as one table, summed up with intervals."""

from __future__ import annotations

import concurrent.futures
import concurrent.futures.process
import multiprocessing
import operator
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from sim.engine.record import STORED, Digest, columns_of
from sim.errors import CommandError, Fault, Place, ResourceError, expected_one_of, quoted
from sim.experiment.summary import Stat, mean_stats, share_stat
from sim.model.compiling import compiled
from sim.model.game import Game, Setting
from sim.model.ledger import entries_of
from sim.scenario.arithmetic import Floats
from sim.scenario.schema import Scenario

ENGINES = ("lockstep", "events")
MOST_JOBS = 256
Progress = Callable[[int], None]
"""Called with the number of runs that have been played since the last call."""


@dataclass(frozen=True)
class Plan:
    """How many runs are played, from which seed, by which engine, by how many processes."""

    runs: int
    seed: int
    engine: str = "lockstep"
    jobs: int = 1
    block: int | None = None

    def __post_init__(self) -> None:
        for name in ("runs", "seed", "jobs"):
            object.__setattr__(self, name, _whole(f"--{name}", getattr(self, name)))
        _at_least_one("--runs", self.runs)
        _at_least_one("--jobs", self.jobs)
        if self.block is not None:
            _at_least_one("--block", self.block)
        if not 0 <= self.seed < 2**63:
            raise _refused("--seed", f"the seed is {self.seed}", "write a whole number from 0 to 2**63 - 1")
        if self.jobs > MOST_JOBS:
            raise _refused("--jobs", f"{self.jobs} processes are asked for", f"ask for at most {MOST_JOBS}")
        if self.engine not in ENGINES:
            remedy = expected_one_of(self.engine, ENGINES, "engine")
            raise _refused("--engine", f"unknown engine {quoted(self.engine)}", remedy)

    def slices(self) -> Iterator[tuple[int, int]]:
        """Yield the first run and the number of runs of each piece of work, in order."""
        block = self.block or (STORED if self.engine == "lockstep" else 64)
        for stored in range(0, self.runs, STORED):
            end = min(stored + STORED, self.runs)
            for first in range(stored, end, block):
                yield first, min(block, end - first)


def _whole(option: str, number: int) -> int:
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise _refused(option, f"{quoted(number)} is no whole number", "write a whole number")
    return operator.index(number)


def _at_least_one(option: str, number: int) -> None:
    if number < 1:
        raise _refused(option, f"{option} is {number}", "write a whole number of at least 1")


def _refused(option: str, problem: str, remedy: str) -> CommandError:
    return CommandError(Fault(Place("command line"), option.strip("-").upper(), problem, remedy))


def planned_for(scenario: Scenario, runs: int | None = None, seed: int | None = None, **more: Any) -> Plan:
    """Return the plan that a scenario's ``monte_carlo`` asks for, with what is given instead."""
    asked = scenario.monte_carlo
    return Plan(asked.runs if runs is None else runs, asked.seed if seed is None else seed, **more)


@dataclass(frozen=True, eq=False)
class Ensemble:
    """The results of many runs of one game: ``table`` is (columns, runs), one named column a result."""

    game: Game
    plan: Plan
    table: Floats = field(repr=False)

    @cached_property
    def columns(self) -> dict[str, int]:
        """Return the row of the table of each named result."""
        return {name: row for row, name in enumerate(columns_of(self.game))}

    def column(self, name: str) -> Floats:
        """Return one result of every run, such as ``nato``, ``nato.costs`` or ``final.missiles``."""
        values: Floats = self.table[self.columns[name]]
        return values

    @cached_property
    def payoffs(self) -> dict[str, Floats]:
        """Return each actor's payoff in every run (payoff units)."""
        return {actor.name: self.column(actor.name) for actor in self.game.actors}

    @cached_property
    def stats(self) -> dict[str, Stat]:
        """Return the mean of every result with its 95 % interval; for ``ended``, Wilson's."""
        stats = dict(zip(self.columns, mean_stats(self.table), strict=True))
        stats["ended"] = share_stat(self.column("ended"))
        return stats

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 over all payoffs and ledgers, run by run (interfaces, ``digest``)."""
        digest = Digest(self.game)
        digest.add(self.table)
        return digest.hex()

    def entries(self, actor: str) -> tuple[str, ...]:
        """Return the names of an actor's ledger entries."""
        return entries_of(self.game.actor(actor).incentives, [hazard.name for hazard in self.game.hazards])

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as it stands in JSON (interfaces, ``run``)."""
        game, stats = self.game, {name: stat.to_dict() for name, stat in self.stats.items()}
        return {
            "scenario": game.scenario.scenario,
            "regime": game.regime,
            "runs": self.plan.runs,
            "seed": self.plan.seed,
            "engine": self.plan.engine,
            "turns": game.turns,
            "digest": self.digest,
            "actors": {
                actor.name: {
                    "strategy": actor.strategy,
                    "payoff": stats[actor.name],
                    "ledger": {entry: stats[f"{actor.name}.{entry}"] for entry in self.entries(actor.name)},
                    "actions": {
                        action.name: stats[f"actions.{actor.name}.{action.name}"]["mean"] for action in actor.actions
                    },
                }
                for actor in game.actors
            },
            "final": {name: stats[f"final.{name}"] for name in game.final_names},
            "hazards": {
                hazard.name: {
                    "count": stats[f"count.{hazard.name}"],
                    "outcomes": {
                        outcome.name: stats[f"count.{hazard.name}.{outcome.name}"]
                        for outcome in hazard.outcomes
                        if hazard.named
                    },
                }
                for hazard in game.hazards
            },
            "ended": stats["ended"],
            "duration": stats["duration"],
        }


def run(
    scenario: Scenario, setting: Setting | None = None, plan: Plan | None = None, progress: Progress | None = None
) -> Ensemble:
    """Play a scenario under one regime many times. Raises ``RunError``, ``CommandError``, ``ResourceError``."""
    plan = plan or planned_for(scenario)
    game = compiled(scenario, setting)
    _check_memory(game, plan)
    return Ensemble(game, plan, _played(game, plan, progress or (lambda count: None)))


def _played(game: Game, plan: Plan, progress: Progress) -> Floats:
    tables = []
    for table in _pieces(game, plan):
        tables.append(table)
        progress(table.shape[1])
    table = np.concatenate(tables, axis=1)
    table.flags.writeable = False
    return table


def _pieces(game: Game, plan: Plan) -> Iterator[Floats]:
    if plan.jobs == 1:
        for first, count in plan.slices():
            yield play_piece(game, plan.engine, plan.seed, first, count)
        return
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(plan.jobs, mp_context=context) as workers:
        try:
            with _deaf_to_interrupts():
                waiting = [
                    workers.submit(play_piece, game, plan.engine, plan.seed, first, count)
                    for first, count in plan.slices()
                ]
            for piece in waiting:
                yield piece.result()
        except concurrent.futures.process.BrokenProcessPool:
            problem = "a process that played runs was ended from outside, perhaps for want of memory"
            remedy = "ask for fewer processes with --jobs"
            raise ResourceError(Fault(Place("command line"), "JOBS", problem, remedy)) from None
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start processes that take no notice of Ctrl-C: whoever starts them hears it, a little later, and ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def play_piece(game: Game, engine: str, seed: int, first: int, count: int) -> Floats:
    """Play a stretch of runs with the engine of a name; returns their results (columns, runs)."""
    if engine == "events":
        from sim.engine import events

        return events.play(game, seed, first, count)
    from sim.engine import lockstep

    return lockstep.play(game, seed, first, count)


def _check_memory(game: Game, plan: Plan) -> None:
    needed = 3 * 8 * len(columns_of(game)) * plan.runs
    try:
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return
    if needed > 0.8 * there:
        problem = (
            f"{plan.runs} runs need about {needed / 2**30:.1f} GiB of memory; this machine has {there / 2**30:.1f}"
        )
        raise ResourceError(Fault(Place("command line"), "MEMORY", problem, "ask for fewer runs with --runs"))
