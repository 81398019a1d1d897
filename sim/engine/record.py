"""What engines hand on: events, one run with its record, and blocks of runs as one table of named columns."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.errors import Fault, Place, RunError
from sim.model.game import Game
from sim.model.world import World
from sim.scenario.arithmetic import Floats

STORED = 8192
"""Runs that are stored, summed and hashed together, whatever the block that advances together."""


LARGEST = 1e150
"""The largest result of a run, in size: its square and sums of squares are still numbers."""


@dataclass(frozen=True)
class Event:
    """One thing that happened in a run."""

    time: float
    turn: int
    """The turn it belongs to, from 0."""
    kind: str
    """``begin``, ``decision``, ``delivery``, ``hazard``, ``score``, ``drift`` or ``end``."""
    who: str
    what: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the event as it stands in JSON."""
        return {
            "time": self.time, "turn": self.turn, "kind": self.kind, "who": self.who, "what": self.what,
            "detail": dict(self.detail),
        }  # fmt: skip


@dataclass(frozen=True)
class Run:
    """One run and all that happened in it; ``results`` has one number a column."""

    number: int
    events: tuple[Event, ...]
    results: Floats


def payoff_columns(game: Game) -> tuple[str, ...]:
    """Return, actor by actor, the payoff and every ledger entry: what a digest is made of."""
    return game.columns.names[: game.columns.paid]


def columns_of(game: Game) -> tuple[str, ...]:
    """Return the names of all results of a game, in the order of the table."""
    return game.columns.names


def table_of(world: World) -> Floats:
    """Return the results of a world that has been played to its end: (columns, runs). Raises ``RunError``."""
    world.finish()
    table = world.table
    if not (table.max() <= LARGEST and table.min() >= -LARGEST):
        column, row = np.argwhere(~(np.abs(table) <= LARGEST))[0]
        run, row = int(world.runs[row]), int(world.places[row])
        problem = f"the result '{world.columns.names[column]}' of run {run} is too large, beyond {LARGEST:g}"
        remedy = f"replay it with: {world.game.replay(world.seed, run, row)}"
        raise RunError(Fault(Place(world.game.scenario.file), "NOT-FINITE", problem, remedy))
    return table


class Digest:
    """SHA-256 over runs in order: payoff, costs, incentives and hazards of each actor, as little-endian float64."""

    def __init__(self, game: Game) -> None:
        self._columns = game.columns.paid
        self._hash = hashlib.sha256()

    def add(self, table: Floats) -> None:
        """Add the runs of a table (columns, runs) that follow those added before."""
        # Adding 0.0 turns -0.0 into 0.0.
        self._hash.update(np.ascontiguousarray(table[: self._columns].T + 0.0, dtype="<f8").tobytes())

    def hex(self) -> str:
        """Return the digest of all runs added so far."""
        return self._hash.hexdigest()
