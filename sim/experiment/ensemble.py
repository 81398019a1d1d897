"""Many runs of one game: played block by block, summed up as they come, kept on blocks that can be read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from sim.engine.record import Digest, columns_of
from sim.experiment.blocks import Blocks, Spool, regrouped
from sim.experiment.courses import FEW, Courses, courses_of
from sim.experiment.plan import Plan, planned_for
from sim.experiment.playing import Progress, pieces
from sim.experiment.room import check_memory
from sim.experiment.skewness import Sample, warnings_of
from sim.experiment.summary import Moments, Stat, block_moments, share_stat, stats_of
from sim.experiment.tables import runs_of, turns_of
from sim.model.compiling import compiled
from sim.model.game import Game, Setting
from sim.model.ledger import entries_of
from sim.scenario.arithmetic import Floats
from sim.scenario.schema import Scenario
from sim.shown import Drawn

__all__ = ["Ensemble", "Plan", "Progress", "Summed", "planned_for", "play", "run"]

_HASHED = 1024
"""Runs that are hashed at a time: few enough that their copies need little memory."""


@dataclass(frozen=True)
class Summed:
    """What is known of all runs without reading them again."""

    moments: Moments
    hits: float
    """Runs that ended early."""
    digest: str


class _Sum:
    """Sums up stored blocks as they come, in order."""

    def __init__(self, game: Game) -> None:
        self._digest, self._ended = Digest(game), columns_of(game).index("ended")
        self._moments: Moments | None = None
        self._hits = 0.0

    def add(self, table: Floats) -> None:
        """Add a stored block (columns, runs)."""
        moments = block_moments(table)
        self._moments = moments if self._moments is None else self._moments.joined(moments)
        self._hits += float(table[self._ended].sum())
        for start in range(0, table.shape[1], _HASHED):
            self._digest.add(table[:, start : start + _HASHED])

    def summed(self) -> Summed:
        """Return the sums of all that was added."""
        if self._moments is None:
            raise AssertionError("an ensemble without runs")
        return Summed(self._moments, self._hits, self._digest.hex())


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble(Drawn):
    """The results of many runs of one game: what they add up to, and where every run is kept."""

    game: Game
    plan: Plan
    kept: Blocks = field(repr=False)
    summed: Summed = field(repr=False)

    @classmethod
    def of(cls, game: Game, plan: Plan, table: Floats) -> Ensemble:
        """Return the ensemble whose results are a table (columns, runs)."""
        return _gathered(game, plan, Spool(*table.shape), regrouped([table]))

    @cached_property
    def columns(self) -> dict[str, int]:
        """Return the row of a table of each named result, such as ``nato``, ``nato.costs`` or ``final.missiles``."""
        return {name: row for row, name in enumerate(columns_of(self.game))}

    def blocks(self, names: Sequence[str] | None = None) -> Iterator[Floats]:
        """Yield named results (default: all) of the runs in order: new arrays (names, runs), one a stored block."""
        rows = [self.columns[name] for name in (self.columns if names is None else names)]
        for number in range(len(self.kept)):
            yield self.kept.read(number, rows)

    def column(self, name: str) -> Floats:
        """Return one result of every run, read from its blocks."""
        return np.concatenate([block[0] for block in self.blocks([name])])

    @cached_property
    def table(self) -> Floats:
        """Return every result of every run, (columns, runs), all of it in memory: meant for small ensembles."""
        table = np.concatenate(list(self.blocks()), axis=1)
        table.flags.writeable = False
        return table

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row a run, in order (``sim.experiment.tables.runs_of``)."""
        return runs_of(self).named()

    def turns(self) -> Iterator[dict[str, Any]]:
        """Yield one row a run and turn, in order; the runs are played again (``sim.experiment.tables.turns_of``)."""
        return turns_of(self).named()

    @cached_property
    def payoffs(self) -> dict[str, Floats]:
        """Return each actor's payoff in every run (payoff units)."""
        return {actor.name: self.column(actor.name) for actor in self.game.actors}

    @cached_property
    def course(self) -> Courses:
        """Return how the first few runs went, turn by turn; they are played again once. Raises ``RunError``."""
        return courses_of(self.game, self.plan, FEW)

    @cached_property
    def stats(self) -> dict[str, Stat]:
        """Return the mean of every result with its 95 % interval; for ``ended``, Wilson's."""
        stats = dict(zip(self.columns, stats_of(self.summed.moments), strict=True))
        stats["ended"] = share_stat(self.summed.hits, self.plan.runs)
        return stats

    @property
    def digest(self) -> str:
        """Return the SHA-256 over all payoffs and ledgers, run by run."""
        return self.summed.digest

    @cached_property
    def samples(self) -> Mapping[str, Sample]:
        """Return the payoff of each actor as a sample."""
        actors = [actor.name for actor in self.game.actors]
        return {name: Sample.of(f"the payoff of {name}", self.summed.moments, self.columns[name]) for name in actors}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return a sentence for each actor's payoff that is too skewed for its interval to be trusted."""
        return warnings_of(self.samples.values())

    def entries(self, actor: str) -> tuple[str, ...]:
        """Return the names of an actor's ledger entries."""
        return entries_of(self.game.actor(actor).incentives, [hazard.name for hazard in self.game.hazards])

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as it stands in JSON."""
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
            "warnings": list(self.warnings),
        }


def run(
    scenario: Scenario, setting: Setting | None = None, plan: Plan | None = None, progress: Progress | None = None
) -> Ensemble:
    """Play a scenario under one regime many times. Raises ``RunError``, ``CommandError``, ``ResourceError``."""
    return play(compiled(scenario, setting), plan or planned_for(scenario), progress)


def play(game: Game, plan: Plan, progress: Progress | None = None, store: Blocks | None = None) -> Ensemble:
    """Play a game many times and keep every run in a store (default: in memory, or in a temporary file).

    A store that already holds the first blocks of these runs is gone on with: only what is missing is played.

    Raises:
        RunError: an expression misbehaves.
        ResourceError: memory, disk or processes do not suffice; what can be foretold is told before anything is played.
    """
    fitted = plan.fitted(len(columns_of(game)))
    check_memory(game, fitted.together * fitted.jobs)
    store = Spool(len(columns_of(game)), plan.runs) if store is None else store
    total, done = _Sum(game), 0
    for number in range(len(store)):
        table = store.read(number, range(len(columns_of(game))))
        total.add(table)
        done += table.shape[1]
        if progress is not None:
            progress(table.shape[1])
        del table
    with closing(pieces(game, fitted, progress, done)) as played:
        return _gathered(game, plan, store, regrouped(played), total)


def _gathered(game: Game, plan: Plan, store: Blocks, blocks: Iterator[Floats], total: _Sum | None = None) -> Ensemble:
    total = total or _Sum(game)
    for table in blocks:
        total.add(table)
        store.keep(table)
        # The next one is played before it takes this one's name.
        del table
    return Ensemble(game, plan, store, total.summed())
