"""How much is played and how: runs, seed, engine, processes, block."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sim.engine.record import STORED
from sim.errors import CommandError, Fault, Place, expected_one_of, quoted
from sim.experiment.cluster import Cluster
from sim.scenario.schema import Scenario

ENGINES = ("lockstep", "events")
MOST_JOBS = 256
AT_A_POINT = 2_000
"""Runs at each of many points of parameters, where nobody asks for more: points are paired, so that few are enough."""
_EVENTS_BLOCK = 64
_TABLE = 24 * 2**20
"""Bytes that the table of a block may have, where that leaves room for a stored block."""
_LARGEST_BLOCK = 8 * STORED


@dataclass(frozen=True)
class Plan:
    """How many runs are played, from which seed, by which engine, by whom, how many at a time."""

    runs: int
    seed: int
    engine: str = "lockstep"
    jobs: int = 1
    block: int | None = None
    cluster: Cluster | str | None = None
    """Who plays instead of processes here; an address becomes a ``Cluster``."""

    def __post_init__(self) -> None:
        for name in ("runs", "seed", "jobs"):
            object.__setattr__(self, name, _whole(f"--{name}", getattr(self, name)))
        _at_least_one("--runs", self.runs)
        _at_least_one("--jobs", self.jobs)
        if self.block is not None:
            _at_least_one("--block", self.block)
        if not 0 <= self.seed < 2**63:
            raise refused("--seed", f"the seed is {self.seed}", "write a whole number from 0 to 2**63 - 1")
        if self.jobs > MOST_JOBS:
            raise refused("--jobs", f"{self.jobs} processes are asked for", f"ask for at most {MOST_JOBS}")
        if isinstance(self.cluster, str):
            object.__setattr__(self, "cluster", Cluster(self.cluster))
        if self.cluster is not None and self.jobs > 1:
            problem = "both --jobs and --cluster say who plays"
            raise refused("--cluster", problem, "leave out --jobs: the workers of a cluster are its own")
        if self.engine not in ENGINES:
            remedy = expected_one_of(self.engine, ENGINES, "engine")
            raise refused("--engine", f"unknown engine {quoted(self.engine)}", remedy)

    @property
    def elsewhere(self) -> Cluster | None:
        """Return the cluster that plays; None where processes here do."""
        return self.cluster if isinstance(self.cluster, Cluster) else None

    @property
    def together(self) -> int:
        """Return how many runs advance together: a piece of work."""
        return min(self.runs, self.block or (STORED if self.engine == "lockstep" else _EVENTS_BLOCK))

    def fitted(self, columns: int) -> Plan:
        """Return the plan with the block that suits tables of so many columns, unless it names one.

        A step of a turn costs as much for few runs as for thousands, so blocks are as large as memory allows.
        """
        if self.block is not None or self.engine != "lockstep":
            return self
        block = STORED
        while block < _LARGEST_BLOCK and 2 * block * columns * 8 <= _TABLE:
            block *= 2
        return replace(self, block=block)

    def slices(self, done: int = 0) -> Iterator[tuple[int, int]]:
        """Yield the first run and the number of runs of each piece of work after ``done`` runs, in order."""
        for first in range(done, self.runs, self.together):
            yield first, min(self.together, self.runs - first)


def planned_for(scenario: Scenario, runs: int | None = None, seed: int | None = None, **more: Any) -> Plan:
    """Return the plan that a scenario's ``monte_carlo`` asks for, with what is given instead."""
    asked = scenario.monte_carlo
    return Plan(asked.runs if runs is None else runs, asked.seed if seed is None else seed, **more)


def planned_at_points(scenario: Scenario, runs: int | None = None, seed: int | None = None, **more: Any) -> Plan:
    """Return the plan of each of many points: as ``planned_for``, but no more than ``AT_A_POINT`` runs unless asked."""
    least = min(scenario.monte_carlo.runs, AT_A_POINT)
    return planned_for(scenario, least if runs is None else runs, seed, **more)


def refused(option: str, problem: str, remedy: str) -> CommandError:
    """Return the error of an option that asks for something that cannot be done."""
    return CommandError(Fault(Place("command line"), option.strip("-").upper(), problem, remedy))


def _whole(option: str, number: int) -> int:
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise refused(option, f"{quoted(number)} is no whole number", "write a whole number")
    return operator.index(number)


def _at_least_one(option: str, number: int) -> None:
    if number < 1:
        raise refused(option, f"{option} is {number}", "write a whole number of at least 1")
