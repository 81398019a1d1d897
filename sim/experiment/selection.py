"""Which of several equilibria a regime selects.

What the regime has both sides play is where they begin. From there one side at a time, the one that gains more by it,
changes to its best reply, until neither gains: that is the equilibrium the regime leads to. Where this goes round in a
circle, or begins at strategies that are not in the matrix, an equilibrium that is better for both sides than every
other one is taken (payoff dominance; Harsanyi and Selten, 1988), and if there is none, none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.experiment.dominance import own, tolerance
from sim.experiment.equilibria import Found

ONLY, REPLIES, PAYOFFS, NONE = "only", "replies", "payoffs", "none"
"""Why an equilibrium is selected: there is no other, best replies lead there, it pays both sides most, or none is."""


@dataclass(frozen=True)
class Selected:
    """The place of the selected equilibrium in the list (None: none), why, and the cells on the way to it."""

    place: int | None
    why: str
    path: tuple[tuple[int, int], ...] = ()


def selected(found: Found, begin: tuple[int, int] | None) -> Selected:
    """Return the equilibrium that is selected when both sides begin with the strategies of a cell."""
    path = () if begin is None else tuple(replies_from(found, begin))
    if found.complete and len(found.equilibria) == 1:
        return Selected(0, ONLY)
    if path and (place := _cells(found).get(_standing(found, path[-1]))) is not None:
        return Selected(place, REPLIES, path)
    if found.complete and (place := _best_for_both(found)) is not None:
        return Selected(place, PAYOFFS)
    return Selected(None, NONE)


def replies_from(found: Found, begin: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the cells from one on as the side that gains more changes to its best reply, until it repeats."""
    path = [begin]
    while True:
        row, column = path[-1]
        values = own(found.payoffs, 0)[:, column], own(found.payoffs, 1)[:, row]
        gains = [float(each.max() - each[now]) for each, now in zip(values, path[-1], strict=True)]
        scales = [float(np.ptp(own(found.payoffs, side))) or 1.0 for side in (0, 1)]
        wanting = [side for side in (0, 1) if gains[side] > tolerance(found.payoffs, side)]
        if not wanting:
            return path
        # Payoffs of two actors have no common unit: gains are compared as shares of what each has at stake.
        side = max(wanting, key=lambda each: gains[each] / scales[each])
        best = int(values[side].argmax())
        cell = (best, column) if side == 0 else (row, best)
        path.append(cell)
        if cell in path[:-1]:
            return path


def _cells(found: Found) -> dict[tuple[int, int], int]:
    return {
        (each.supports[0][0], each.supports[1][0]): place for place, each in enumerate(found.equilibria) if each.pure
    }


def _standing(found: Found, cell: tuple[int, int]) -> tuple[int, int]:
    """Return the cell of the strategies that stand for those of a cell, which come to the same."""
    row, column = (
        next(group[0] for group in groups if name in group) for groups, name in zip(found.alike, cell, strict=True)
    )
    return row, column


def _best_for_both(found: Found) -> int | None:
    payoffs = np.array([each.payoffs for each in found.equilibria])
    if not len(payoffs):
        return None
    near = [tolerance(found.payoffs, side) for side in (0, 1)]
    for place, mine in enumerate(payoffs):
        others = np.delete(payoffs, place, axis=0)
        if np.all(mine > others + near):
            return place
    return None
