"""Do the supports of an equilibrium still solve other games: resamples of the same runs, all at once.

Within its supports each side's probabilities make the other side's strategies equally good. They are solved afresh in
every game; an equilibrium is there if none is negative and no strategy outside the supports does better.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.experiment.dominance import Flags, own, tolerance
from sim.scenario.arithmetic import Floats

_SINGULAR = 1e-9
"""Below this share of the largest a singular value is rounding."""

_UNSOLVED = 1e-7
"""What is left over, as a share of the payoffs' range, where supports have no solution."""

_BELOW = -1e-9
"""What a probability, or an advantage as a share of the payoffs' range, may be below zero by rounding."""

Supports = tuple[tuple[int, ...], tuple[int, ...]]
"""The strategies that each side plays with a positive probability."""


@dataclass(frozen=True, eq=False)
class Solved:
    """What supports come to in a stack of games: one row a game."""

    probabilities: tuple[Floats, Floats]
    """For each side (games, its strategies)."""
    slacks: Floats
    """(games, conditions): probabilities within the supports, then by how much each strategy outside is worse.

    Advantages are shares of the range of payoffs. All are 0 or more in an equilibrium.
    """
    solvable: Flags
    """Whether the supports can be made equally good at all."""

    @cached_property
    def holds(self) -> Flags:
        """Return in which games it is an equilibrium."""
        holds: Flags = self.solvable & np.all(self.slacks >= _BELOW, axis=1)
        return holds


def solved(games: Floats, supports: Supports, near: tuple[Floats, Floats] | None = None) -> Solved:
    """Solve supports in a stack of games (games, 2, rows, columns).

    ``near`` are probabilities of both sides; where supports leave a choice the solution nearest to them is taken.
    """
    near = near or (_even(games.shape[-2], supports[0]), _even(games.shape[-1], supports[1]))
    parts = [_one_side(own(games, 1 - side), supports[1 - side], supports[side], near[side]) for side in (0, 1)]
    (rows, row_slacks, row_solved), (columns, column_slacks, column_solved) = parts
    return Solved((rows, columns), np.concatenate([row_slacks, column_slacks], axis=1), row_solved & column_solved)


def pure_equilibria(games: Floats) -> Flags:
    """Return (games, rows, columns) which cells are equilibria of pure strategies."""
    near = [max(tolerance(games, side), 0.0) for side in (0, 1)]
    rows = games[:, 0] >= games[:, 0].max(axis=-2, keepdims=True) - near[0]
    columns = games[:, 1] >= games[:, 1].max(axis=-1, keepdims=True) - near[1]
    both: Flags = rows & columns
    return both


def _even(count: int, support: tuple[int, ...]) -> Floats:
    probabilities = np.zeros(count)
    probabilities[list(support)] = 1.0 / len(support)
    return probabilities


def _one_side(
    theirs: Floats, made_equal: tuple[int, ...], support: tuple[int, ...], near: Floats
) -> tuple[Floats, Floats, Flags]:
    """Return the probabilities over a support that make the other side's strategies equally good to it.

    ``theirs`` are the other side's payoffs (games, its strategies, ours).
    """
    count, mine = len(theirs), list(support)
    # Only what differs between the other side's strategies matters; on a common scale rounding is told from ties.
    low = theirs.min(axis=1, keepdims=True)
    scale = np.ptp(theirs.reshape(count, -1), axis=1)
    scaled = (theirs - low) / np.where(scale > 0.0, scale, 1.0)[:, np.newaxis, np.newaxis]
    system = np.zeros((count, len(made_equal) + 1, len(mine) + 1))
    system[:, :-1, :-1] = scaled[:, list(made_equal)][:, :, mine]
    system[:, :-1, -1] = -1.0
    system[:, -1, :-1] = 1.0
    wanted = np.zeros(len(made_equal) + 1)
    wanted[-1] = 1.0
    begin = np.zeros((count, len(mine) + 1))
    begin[:, :-1] = near[mine]
    begin[:, -1] = (system[:, :-1, :-1] @ near[mine]).mean(axis=1)
    missed = wanted - np.einsum("gij,gj->gi", system, begin)
    found = begin + np.einsum("gij,gj->gi", _inverse(system), missed)
    solvable = np.abs(wanted - np.einsum("gij,gj->gi", system, found)).max(axis=1) <= _UNSOLVED
    probabilities = np.zeros((count, theirs.shape[2]))
    probabilities[:, mine] = found[:, :-1]
    values = np.einsum("gij,gj->gi", scaled[:, :, mine], found[:, :-1])
    outside = [strategy for strategy in range(theirs.shape[1]) if strategy not in made_equal]
    worse = found[:, -1:] - values[:, outside]
    return probabilities, np.concatenate([found[:, :-1], worse], axis=1), solvable


def _inverse(system: Floats) -> Floats:
    return np.linalg.pinv(system, rcond=_SINGULAR).astype(np.float64, copy=False)
