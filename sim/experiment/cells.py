"""Plays every pair of strategies of two actors on the same luck, and keeps what the questions after it need.

Of every cell: mean and standard error of both payoffs, their means in batches of runs (for a bootstrap over runs),
and the means of both ledgers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.lockstep import play
from sim.experiment.mapped import mapped
from sim.experiment.plan import Plan
from sim.experiment.playing import Progress
from sim.experiment.resamples import Batches, runs_in_a_batch
from sim.model.compiling import compiled
from sim.model.game import Setting
from sim.scenario.arithmetic import Floats
from sim.scenario.schema import Scenario

TOGETHER = 8192
"""Runs of a cell that advance together."""

Piece = tuple[int, int, int]
"""Cell, first run, runs."""


@dataclass(frozen=True)
class Question:
    """What is played: a setting a cell, and of each cell the payoffs and ledgers of two actors."""

    scenario: Scenario
    cells: tuple[Setting, ...]
    actors: tuple[str, str]
    columns: tuple[str, ...]
    """Both payoffs, then all entries of both ledgers."""
    runs: int
    seed: int


@dataclass(frozen=True, eq=False)
class Stretch:
    """A stretch of the runs of a cell: sums of deviations from its first run."""

    count: int
    anchor: Floats
    sums: Floats
    """One a column."""
    squares: Floats
    """Of both payoffs, around their means here."""
    first: int
    """The first batch it has runs of."""
    batches: Floats
    """(batches, 2): sums of both payoffs."""


@dataclass(frozen=True, eq=False)
class Played:
    """What cells came to: arrays with the cells along the last axis."""

    columns: tuple[str, ...]
    mean: Floats
    """(columns, cells)."""
    se: Floats | None
    """(2, cells), of both payoffs; None for a single run."""
    batches: Batches
    """Of both payoffs: (batches, 2, cells)."""


def played(question: Question, plan: Plan, progress: Progress | None = None) -> Played:
    """Play all cells, ``plan.runs`` runs each, by whom the plan names. Raises ``RunError``, ``ResourceError``."""
    cells, columns = len(question.cells), len(question.columns)
    size = runs_in_a_batch(plan.runs)
    counts = np.bincount(np.arange(plan.runs) // size).astype(np.float64)
    anchors, sums = np.zeros((columns, cells)), np.zeros((columns, cells))
    count, mean, squares = np.zeros(cells), np.zeros((2, cells)), np.zeros((2, cells))
    batches = np.zeros((len(counts), 2, cells))

    def done(piece: Piece) -> None:
        if progress is not None:
            progress(piece[2])

    pieces = pieces_of(cells, plan.runs)
    parts = mapped(stretch_of, question, pieces, plan.jobs, done, plan.elsewhere)
    for (cell, first, _), part in zip(pieces, parts, strict=True):
        if not first:
            anchors[:, cell] = part.anchor
        shift = part.anchor - anchors[:, cell]
        sums[:, cell] += part.sums + part.count * shift
        here = slice(part.first, part.first + len(part.batches))
        inside = np.bincount((np.arange(first, first + part.count) // size) - part.first)
        batches[here, :, cell] += part.batches + inside[:, np.newaxis] * shift[:2]
        its_mean = part.anchor[:2] + part.sums[:2] / part.count
        total = count[cell] + part.count
        step = its_mean - (mean[:, cell] if count[cell] else its_mean)
        squares[:, cell] += part.squares + step * step * (count[cell] * part.count / total)
        mean[:, cell] = its_mean if not count[cell] else mean[:, cell] + step * (part.count / total)
        count[cell] = total
    error = np.sqrt(squares / (plan.runs - 1) / plan.runs) if plan.runs > 1 else None
    means = batches / counts[:, np.newaxis, np.newaxis] + anchors[:2]
    return Played(question.columns, anchors + sums / plan.runs, error, Batches(means, counts))


def pieces_of(cells: int, runs: int) -> Sequence[Piece]:
    """Return the pieces of work, cell by cell."""
    return [(cell, first, min(TOGETHER, runs - first)) for cell in range(cells) for first in range(0, runs, TOGETHER)]


def stretch_of(question: Question, piece: Piece) -> Stretch:
    """Play a piece of work and sum it up."""
    cell, first, count = piece
    game = compiled(question.scenario, question.cells[cell])
    table = play(game, question.seed, first, count)
    rows = {name: row for row, name in enumerate(game.columns.names)}
    values = table[[rows[column] for column in question.columns]]
    # The mean of equal numbers may be off by a rounding; an anchor makes constants exact.
    anchor = values[:, 0].copy()
    away = values - anchor[:, np.newaxis]
    batch = np.arange(first, first + count) // runs_in_a_batch(question.runs)
    begins = np.flatnonzero(np.diff(batch, prepend=-1))
    paid = away[:2]
    squares = ((paid - paid.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return Stretch(count, anchor, away.sum(axis=1), squares, int(batch[0]), np.add.reduceat(paid, begins, axis=1).T)
