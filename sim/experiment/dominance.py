"""A game of two sides as two matrices of payoffs: best replies, strategies that come to the same, dominance.

Payoffs are one array (2, rows, columns): what the first side gets, then what the second gets, in each cell. The first
side chooses the row. A stack of games (such as resamples) has further axes in front.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.arithmetic import Floats

Flags = NDArray[np.bool_]

_SAME = 1e-9
"""Payoffs that differ by less than this share of their side's range are equal."""

_ROUNDING = 1e-13
"""Payoffs that differ by less than this share of their size differ by rounding only."""


@dataclass(frozen=True)
class Dominated:
    """A strategy that another one of its side, or a mix of others, does at least as well as whatever the other does."""

    side: int
    strategy: int
    by: tuple[float, ...]
    """The weight of each strategy of the side in what dominates it."""
    strictly: bool
    """Whether it does better against every strategy of the other side; else against some, and never worse."""


def own(payoffs: Floats, side: int) -> Floats:
    """Return a side's payoffs (its strategies, the other's strategies) of a game or a stack of games."""
    return payoffs[..., 0, :, :] if side == 0 else np.swapaxes(payoffs[..., 1, :, :], -1, -2)


def tolerance(payoffs: Floats, side: int) -> float:
    """Return the difference below which two payoffs of a side count as equal."""
    mine = own(payoffs, side)
    return max(_SAME * float(np.ptp(mine)), _ROUNDING * float(np.abs(mine).max()))


def best_replies(payoffs: Floats) -> Flags:
    """Return (2, rows, columns) whether the row, and the column, is a best reply to the other; of stacks likewise."""
    rows = payoffs[..., 0, :, :].max(axis=-2, keepdims=True) - tolerance(payoffs, 0)
    columns = payoffs[..., 1, :, :].max(axis=-1, keepdims=True) - tolerance(payoffs, 1)
    return np.stack([payoffs[..., 0, :, :] >= rows, payoffs[..., 1, :, :] >= columns], axis=-3)


def alike(payoffs: Floats, side: int) -> tuple[tuple[int, ...], ...]:
    """Return a side's strategies in groups that come to the same for both sides whatever the other side does."""
    games = payoffs if side == 0 else np.swapaxes(payoffs, -1, -2)
    near = np.array([tolerance(payoffs, 0), tolerance(payoffs, 1)])[:, np.newaxis]
    groups: list[list[int]] = []
    for strategy in range(games.shape[-2]):
        for group in groups:
            if np.all(np.abs(games[:, strategy] - games[:, group[0]]) <= near):
                group.append(strategy)
                break
        else:
            groups.append([strategy])
    return tuple(map(tuple, groups))


def dominated(payoffs: Floats) -> tuple[Dominated, ...]:
    """Return every strategy of both sides that is dominated: by another one, or strictly by a mix of others."""
    return tuple(
        found
        for side in (0, 1)
        for strategy in range(own(payoffs, side).shape[0])
        if (found := domination(payoffs, side, strategy)) is not None
    )


def domination(payoffs: Floats, side: int, strategy: int) -> Dominated | None:
    """Return what dominates a strategy: strictly where anything does, a single strategy before a mix of them."""
    mine, near = own(payoffs, side), tolerance(payoffs, side)
    gains = np.delete(mine, strategy, axis=0) - mine[strategy]
    others = [other for other in range(len(mine)) if other != strategy]
    if not others:
        return None
    least = gains.min(axis=1)
    if least.max() > near:
        return Dominated(side, strategy, _alone(others[int(least.argmax())], len(mine)), strictly=True)
    # A best reply to something that the other side may do is not strictly dominated, even by a mix.
    if not np.any(gains.max(axis=0) <= near) and (mix := _dominating_mix(gains, near)) is not None:
        weights = np.insert(mix, strategy, 0.0)
        return Dominated(side, strategy, tuple(map(float, weights)), strictly=True)
    weakly = (least >= -near) & (gains.max(axis=1) > near)
    if weakly.any():
        return Dominated(side, strategy, _alone(others[int(weakly.argmax())], len(mine)), strictly=False)
    return None


def undominated(payoffs: Floats) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the strategies of both sides that are left when strictly dominated ones go, round after round."""
    left = [list(range(payoffs.shape[1])), list(range(payoffs.shape[2]))]
    while True:
        game = payoffs[np.ix_((0, 1), left[0], left[1])]
        gone = _strictly_dominated(game)
        if not any(gone):
            return tuple(left[0]), tuple(left[1])
        left = [
            [strategy for place, strategy in enumerate(names) if place not in out]
            for names, out in zip(left, gone, strict=True)
        ]


def _strictly_dominated(game: Floats) -> list[list[int]]:
    gone: list[list[int]] = []
    for side in (0, 1):
        each = [domination(game, side, strategy) for strategy in range(own(game, side).shape[0])]
        gone.append([found.strategy for found in each if found is not None and found.strictly])
    return gone


def _alone(strategy: int, count: int) -> tuple[float, ...]:
    return tuple(1.0 if place == strategy else 0.0 for place in range(count))


def _dominating_mix(gains: Floats, near: float) -> Floats | None:
    """Return the mix of the rows of gains whose least gain is largest, if that is above what counts as equal."""
    from scipy.optimize import linprog

    count, columns = gains.shape
    scale = max(float(np.abs(gains).max()), near)
    answer = linprog(
        np.append(np.zeros(count), -1.0),
        A_ub=np.column_stack([-gains.T / scale, np.ones(columns)]),
        b_ub=np.zeros(columns),
        A_eq=np.append(np.ones(count), 0.0)[np.newaxis],
        b_eq=[1.0],
        bounds=[(0.0, None)] * count + [(None, None)],
        method="highs",
    )
    if answer.status != 0 or -answer.fun * scale <= near:
        return None
    mix = np.clip(answer.x[:count], 0.0, None)
    mix /= mix.sum()
    return mix if (mix @ gains).min() > near else None
