"""Tidy tables of an ensemble: one row a run, or one row a run and turn, with columns that keep their names.

Rows come in the order of runs, and of turns within a run. However many there are, only one block of runs is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.history import Moment, history
from sim.engine.record import STORED
from sim.model.game import Game
from sim.scenario.arithmetic import Floats

if TYPE_CHECKING:
    from sim.experiment.ensemble import Ensemble

Cell = str | float | int | bool | None
Row = tuple[Cell, ...]

IDENTITY = ("scenario", "regime", "run", "seed")
"""What every row begins with: runs count from 0."""

_STRETCH = 8 * 2**20
"""Bytes that the turns of the runs that are played at a time may have."""


@dataclass(frozen=True)
class Table:
    """Rows that are made as they are asked for, once, and what their cells are called."""

    columns: tuple[str, ...]
    rows: Iterator[Row]

    def named(self) -> Iterator[dict[str, Any]]:
        """Yield each row as a dictionary by column."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))


def runs_of(ensemble: Ensemble) -> Table:
    """Return one row a run: who played what, payoffs, ledgers, final values, counts of events and of actions.

    Payoffs and ledgers are in payoff units, discounted; ``duration`` is in turns.
    """
    game = ensemble.game
    found = _run_columns(game)
    columns = (*IDENTITY, *(f"plays.{actor.name}" for actor in game.actors), *(name for name, _ in found))
    return Table(columns, _runs(ensemble, [source for _, source in found]))


def turns_of(ensemble: Ensemble) -> Table:
    """Return one row a run and turn, turns counted from 1: state, actions, strikes, payoffs so far.

    The runs are played again, from the same luck. A run has rows up to the turn in which it ended. State is that at the
    end of the turn, ``strikes`` is 1 where a hazard struck in it, and ``going`` says whether the run goes on after it.
    """
    game = ensemble.game
    columns = (
        *IDENTITY,
        "turn",
        *(f"state.{variable.name}" for variable in game.variables),
        *(f"action.{actor.name}" for actor in game.actors),
        *(f"strikes.{hazard.name}" for hazard in game.hazards),
        *(f"payoff.{actor.name}" for actor in game.actors),
        "going",
    )
    return Table(columns, _turns(ensemble))


def _run_columns(game: Game) -> list[tuple[str, str]]:
    """Return the columns of a run's row that are results: what each is called, and the result it is."""
    columns, names = game.columns, game.columns.names
    found = [(f"payoff.{actor.name}", actor.name) for actor in game.actors]
    found += [(f"ledger.{name}", name) for entries in columns.entries for name in names[entries]]
    found += [(name, name) for name in names[columns.paid :] if not name.startswith("actions.")]
    # Before the two last ones, which say how the run ended.
    found[-2:-2] = [(name, name) for actions in columns.actions for name in names[actions]]
    return found


def _runs(ensemble: Ensemble, sources: list[str]) -> Iterator[Row]:
    game, runs = ensemble.game, count()
    head, seed = (game.scenario.scenario, game.regime), ensemble.plan.seed
    plays = tuple(actor.strategy for actor in game.actors)
    for block in ensemble.blocks(sources):
        columns = [_values(name, values) for name, values in zip(sources, block, strict=True)]
        for values in zip(*columns, strict=True):
            yield (*head, next(runs), seed, *plays, *values)


def _values(name: str, values: Floats) -> list[Any]:
    if name == "ended":
        return list(values.astype(bool).tolist())
    if name.startswith(("count.", "actions.")):
        return list(values.astype(np.int64).tolist())
    # Adding 0.0 turns -0.0 into 0.0.
    return list((values + 0.0).tolist())


def _turns(ensemble: Ensemble) -> Iterator[Row]:
    game, plan = ensemble.game, ensemble.plan
    head = (game.scenario.scenario, game.regime)
    cells = len(game.variables) + len(game.hazards) + 2 * len(game.actors)
    together = max(1, min(STORED, _STRETCH // (8 * cells * game.turns)))
    for first in range(0, plan.runs, together):
        size = min(together, plan.runs - first)
        moments = list(history(game, plan.seed, first, size))
        for run in range(size):
            for moment, values in zip(moments, _of_run(game, moments, run), strict=False):
                yield (*head, first + run, plan.seed, moment.turn + 1, *values, bool(moment.going[run]))


def _of_run(game: Game, moments: list[Moment], run: int) -> Iterator[Row]:
    """Yield what happened in each turn that a run came to."""
    for moment in moments:
        if not moment.played[run]:
            return
        taken = (actions[run] for actions in moment.actions)
        yield (
            *(moment.state[:, run] + 0.0).tolist(),
            *(
                actor.actions[index].name if index >= 0 else None
                for actor, index in zip(game.actors, taken, strict=True)
            ),
            *moment.strikes[:, run].tolist(),
            *(moment.payoffs[:, run] + 0.0).tolist(),
        )
