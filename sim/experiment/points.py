"""Many points of parameters, each played with the same luck: what chosen results come to at each.

A point is one value for each of some parameters. All points are played on the same runs, side by side in one block, so
that what differs between two of them is the doing of the parameters and never of luck (common random numbers).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.engine.lockstep import play
from sim.engine.record import columns_of
from sim.experiment.mapped import mapped
from sim.experiment.plan import Plan
from sim.experiment.playing import Progress
from sim.model.compiling import compiled
from sim.model.game import Setting
from sim.scenario.arithmetic import Floats
from sim.scenario.schema import Scenario

TOGETHER = 8192
"""Runs of all points that advance together."""

Piece = tuple[int, int, int, int]
"""First point, points, first run, runs."""


@dataclass(frozen=True)
class Quantity:
    """A sum of results and a constant: one number a run."""

    terms: tuple[tuple[float, str, str], ...]
    """Factor, side, and column, such as ``(1.0, "treaty", "nato.costs")``."""
    constant: float = 0.0


@dataclass(frozen=True, eq=False)
class Points:
    """Points of parameters: ``values`` is (parameters, points)."""

    names: tuple[str, ...]
    values: Floats

    @property
    def count(self) -> int:
        """Return how many points there are."""
        return int(self.values.shape[1])

    def at(self, point: int) -> dict[str, float]:
        """Return the parameters of one point."""
        return {name: float(row[point]) for name, row in zip(self.names, self.values, strict=True)}


@dataclass(frozen=True, eq=False)
class Estimates:
    """Means and standard errors of quantities at points, both (quantities, points); errors are nan for one run."""

    mean: Floats
    se: Floats
    runs: int


@dataclass(frozen=True)
class Question:
    """What is played at every point: sides by name, and what is asked of them."""

    scenario: Scenario
    sides: Mapping[str, Setting]
    quantities: Sequence[Quantity]
    points: Points
    runs: int
    seed: int
    kept: Mapping[str, Sequence[str]]
    """For each side the parameters that a point does not change there."""


def estimates(
    scenario: Scenario,
    sides: Mapping[str, Setting],
    quantities: Sequence[Quantity],
    points: Points,
    plan: Plan,
    progress: Progress | None = None,
    *,
    kept: Mapping[str, Sequence[str]] | None = None,
) -> Estimates:
    """Return what quantities come to at points, by ``plan.runs`` runs at each, on the same luck everywhere.

    ``sides`` are what is played under a name: regime, strategies, parameters. ``kept`` names, side by side, parameters
    that a point does not change there, such as those to which a regime gives a value of its own. ``progress`` is told
    of the runs of all points and sides.

    Raises:
        RunError: an expression misbehaves at some point.
        CommandError: a side names what the scenario does not have.
    """
    question = Question(scenario, dict(sides), tuple(quantities), points, plan.runs, plan.seed, kept or {})
    shape = len(quantities), points.count
    count, mean, squares = np.zeros(points.count), np.zeros(shape), np.zeros(shape)

    def done(piece: Piece) -> None:
        if progress is not None:
            progress(piece[1] * piece[3] * len(sides))

    pieces = list(pieces_of(points.count, plan.runs))
    for (first, many, _, new), (its_mean, its_squares) in zip(
        pieces, mapped(moments_of_piece, question, pieces, plan.jobs, done, plan.elsewhere), strict=True
    ):
        at = slice(first, first + many)
        total = count[at] + new
        step = its_mean - mean[:, at]
        mean[:, at] += step * (new / total)
        squares[:, at] += its_squares + step * step * (count[at] * new / total)
        count[at] = total
    error = np.sqrt(squares / (plan.runs - 1) / plan.runs) if plan.runs > 1 else np.full(shape, np.nan)
    return Estimates(mean, error, plan.runs)


def pieces_of(points: int, runs: int) -> Iterator[Piece]:
    """Yield pieces of work: several points whole where runs are few, one point in stretches where they are many."""
    many = max(1, TOGETHER // runs)
    for first_point in range(0, points, many):
        for first in range(0, runs, TOGETHER):
            yield first_point, min(many, points - first_point), first, min(TOGETHER, runs - first)


def moments_of_piece(question: Question, piece: Piece) -> tuple[Floats, Floats]:
    """Return the means and summed squared deviations, both (quantities, points), of a piece of work."""
    values = values_of_piece(question, piece)
    # The mean of equal numbers may be off by a rounding; an anchor makes constants exact.
    anchor = values[:, :, :1]
    mean = (values - anchor).mean(axis=2) + anchor[:, :, 0]
    return mean, ((values - mean[:, :, np.newaxis]) ** 2).sum(axis=2)


def values_of_piece(question: Question, piece: Piece) -> Floats:
    """Return each quantity in each run of each point: (quantities, points, runs)."""
    first_point, many, first, runs = piece
    values = np.zeros((len(question.quantities), many, runs))
    for place, quantity in enumerate(question.quantities):
        values[place] = quantity.constant
    for side, setting in question.sides.items():
        asked = [
            (place, factor, column)
            for place, quantity in enumerate(question.quantities)
            for factor, its_side, column in quantity.terms
            if its_side == side
        ]
        if not asked:
            continue
        here = at_points(question, side, setting, slice(first_point, first_point + many), runs)
        game = compiled(question.scenario, here, by_run=True)
        table = play(game, question.seed, first, runs, many)
        rows = {name: row for row, name in enumerate(columns_of(game))}
        for place, factor, column in asked:
            values[place] += factor * table[rows[column]].reshape(many, runs)
    return values


def at_points(question: Question, side: str, setting: Setting, points: slice, runs: int) -> Setting:
    """Return the setting of a side at some points: each parameter one number, or one number a run."""
    given: dict[str, Any] = {}
    for name, row in zip(question.points.names, question.points.values, strict=True):
        if name in question.kept.get(side, ()):
            continue
        here = row[points]
        given[name] = float(here[0]) if np.all(here == here[0]) else np.repeat(here, runs)
    return replace(setting, parameters={**setting.parameters, **given})
