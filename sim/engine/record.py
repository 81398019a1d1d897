"""What engines hand on: events, one run with its record, and blocks of runs as one table of named columns.

A column's name is what claims, CSV files and messages call that result: ``nato``, ``nato.costs``, ``final.missiles``,
``count.crisis.war``, ``actions.nato.hold``, ``ended``, ``duration`` (language page, section 6).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.errors import Fault, Place, RunError
from sim.model.game import Game
from sim.model.ledger import entries_of
from sim.model.world import World
from sim.scenario.arithmetic import Floats

STORED = 8192
"""Runs that are stored, summed and hashed together, whatever the block that advances together."""


LARGEST = 1e150
"""The largest result of a run, in size: its square and sums of squares are still numbers."""

overflow_is_found_at_the_end = np.errstate(over="ignore", invalid="ignore")
"""Decorates what adds up payoffs: ``table_of`` finds sums that overflow; expressions watch their own flags."""


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


def payoff_columns(game: Game) -> Iterator[str]:
    """Yield, actor by actor, the payoff and every ledger entry: what a digest is made of."""
    hazards = [hazard.name for hazard in game.hazards]
    for actor in game.actors:
        yield actor.name
        for entry in entries_of(actor.incentives, hazards):
            yield f"{actor.name}.{entry}"


def columns_of(game: Game) -> tuple[str, ...]:
    """Return the names of all results of a game, in the order of the table."""
    names = list(payoff_columns(game))
    names += [f"final.{name}" for name in game.final_names]
    for hazard in game.hazards:
        names.append(f"count.{hazard.name}")
        if hazard.named:
            names += [f"count.{hazard.name}.{outcome.name}" for outcome in hazard.outcomes]
    for actor in game.actors:
        names += [f"actions.{actor.name}.{action.name}" for action in actor.actions]
    return (*names, "ended", "duration")


def table_of(world: World) -> Floats:
    """Return the results of a world that has been played to its end: (columns, runs)."""
    game = world.game
    rows: list[Any] = []
    for payoff, entries in zip(world.ledger.payoffs(), world.ledger.amounts, strict=True):
        rows += [payoff, *entries]
    rows += list(world.values)
    derived = world.final_situation().read(game.derived)
    rows += [np.broadcast_to(value, world.count) for value in derived]
    for hazard, struck, ended_as in zip(game.hazards, world.struck, world.ended_as, strict=True):
        rows.append(struck)
        if hazard.named:
            rows += list(ended_as)
    for chosen in world.chosen:
        rows += list(chosen)
    rows += [world.ended, world.duration]
    table = np.stack([np.asarray(row, dtype=np.float64) for row in rows])
    wrong = np.argwhere(~(np.abs(table) <= LARGEST))
    if len(wrong):
        column, place = wrong[0]
        run = int(world.runs[place])
        problem = f"the result '{columns_of(game)[column]}' of run {run} is too large, beyond {LARGEST:g}"
        raise RunError(Fault(Place(game.scenario.file), "NOT-FINITE", problem, f"replay it with: {world.replay(run)}"))
    return table


class Digest:
    """SHA-256 over runs in order: payoff, costs, incentives and hazards of each actor, as little-endian float64."""

    def __init__(self, game: Game) -> None:
        self._columns = len(list(payoff_columns(game)))
        self._hash = hashlib.sha256()

    def add(self, table: Floats) -> None:
        """Add the runs of a table (columns, runs) that follow those added before."""
        # Adding 0.0 turns -0.0 into 0.0.
        self._hash.update(np.ascontiguousarray(table[: self._columns].T + 0.0, dtype="<f8").tobytes())

    def hex(self) -> str:
        """Return the digest of all runs added so far."""
        return self._hash.hexdigest()
