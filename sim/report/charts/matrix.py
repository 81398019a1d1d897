"""A matrix as a heat map: what each actor gets in every cell, with best replies and equilibria marked.

Each cell has its number; a star stands behind a best reply, a frame around an equilibrium of pure strategies.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.experiment.matrix import Matrices, Matrix
from sim.report import numbers
from sim.report.charts.theme import AMOUNTS, altair, themed
from sim.report.game import Words
from sim.report.labels import inside

_SPREAD = 1.5
"""How much further than payoffs the scale of colours reaches, so that black numbers stand out on the darkest."""

_BESIDE = 5
"""Columns up to which the two actors' maps stand beside each other."""

_CELL = 66, 44
"""Pixels of a cell."""

_MOST = 4
"""Equilibria that are told above the picture."""


def chart_of(matrices: Matrices) -> Any:
    """Return the picture of the matrix of each regime. Raises ``CommandError`` where altair is not installed."""
    first = next(iter(matrices.matrices.values()))
    several = len(matrices.matrices) > 1
    parts = [_of_regime(matrix, several) for matrix in matrices.matrices.values()]
    picture = altair().vconcat(*parts, spacing=36) if several else parts[0]
    words = Words(first)
    runs = f"{numbers.count(matrices.plan.runs, 'run')} a cell on the same luck"
    regime = [] if several else [f"Regime: {words.regime}."]
    under = [
        *regime,
        f"{words.actor(0)} chooses the row, {inside(words.actor(1))} the column; {runs}.",
        "Darker: more for that actor. *: a best reply. Framed: an equilibrium of pure strategies.",
    ]
    if not several:
        under += _equilibria(words)
    return themed(picture, words.labels.title, under, alternative=_alternative(matrices))


def _of_regime(matrix: Matrix, several: bool) -> Any:
    words = Words(matrix)
    prefix = f"{words.regime}: " if several else ""
    maps = [_map(matrix, words, side, f"{prefix}what {inside(words.actor(side))} gets") for side in (0, 1)]
    beside = len(matrix.strategies[1]) <= _BESIDE
    return (altair().hconcat if beside else altair().vconcat)(*maps, spacing=28).resolve_scale(color="independent")


def _map(matrix: Matrix, words: Words, side: int, title: str) -> Any:
    alt = altair()
    rows = _rows(matrix, side)
    names = matrix.strategies
    x = alt.X("column:N", sort=list(names[1]), title=None, axis=alt.Axis(orient="top", labelAngle=-35, ticks=False))
    y = alt.Y("row:N", sort=list(names[0]), title=None, axis=alt.Axis(ticks=False))
    low, high = float(matrix.payoffs[side].min()), float(matrix.payoffs[side].max())
    colour = alt.Color(
        "payoff:Q",
        legend=None,
        scale=alt.Scale(scheme=AMOUNTS, domain=[low, low + _SPREAD * ((high - low) or 1.0)]),
    )
    base = alt.Chart(alt.Data(values=rows)).encode(x=x, y=y)
    cells = base.mark_rect(stroke="white", strokeWidth=1).encode(color=colour)
    plain, bold = (
        base.transform_filter(chosen).mark_text(fontSize=14, fontWeight=weight).encode(text="written:N")
        for chosen, weight in ((alt.expr.if_(alt.datum.best, False, True), "normal"), (alt.datum.best, "bold"))
    )
    frames = base.transform_filter(alt.datum.equilibrium).mark_rect(filled=False, stroke="black", strokeWidth=4)
    width, height = len(names[1]) * _CELL[0], len(names[0]) * _CELL[1]
    heading = alt.TitleParams(text=title[:1].upper() + title[1:], fontSize=16, offset=8)
    return alt.layer(cells, plain, bold, frames).properties(width=width, height=height, title=heading)


def _rows(matrix: Matrix, side: int) -> list[dict[str, Any]]:
    payoffs = matrix.payoffs[side]
    spread = float(np.ptp(payoffs))
    decimals = min(2, numbers.exact_decimals(payoffs.ravel().tolist())) if spread > 0.05 else 4
    best = matrix.best_replies[side]
    both = matrix.best_replies[0] & matrix.best_replies[1]
    return [
        {
            "row": row,
            "column": column,
            "payoff": float(payoffs[i, j]),
            "written": numbers.number(float(payoffs[i, j]), decimals) + ("*" if best[i, j] else ""),
            "best": bool(best[i, j]),
            "equilibrium": bool(both[i, j]),
        }
        for i, row in enumerate(matrix.strategies[0])
        for j, column in enumerate(matrix.strategies[1])
    ]


def _equilibria(words: Words) -> list[str]:
    found = words.matrix.found.equilibria
    told = []
    for place, each in enumerate(found[:_MOST]):
        sure = (
            "" if each.settled is not False else f"; uncertain: in {numbers.percent(each.support or 0.0)} of resamples"
        )
        chosen = " (selected)" if place == words.matrix.selected.place else ""
        told.append(f"Equilibrium {place + 1}{chosen}: {words.profile(each)}{sure}.")
    return [*told, f"And {len(found) - _MOST} more."] if len(found) > _MOST else told


def _alternative(matrices: Matrices) -> str:
    told = []
    for matrix in matrices.matrices.values():
        words = Words(matrix)
        found = matrix.found.equilibria
        told.append(
            f"Payoffs of {inside(words.actor(0))} and {inside(words.actor(1))} for every pair of "
            f"{len(matrix.strategies[0])} and {len(matrix.strategies[1])} strategies under {words.regime}. "
            f"Equilibria: {'; '.join(f'({words.profile(each)})' for each in found) or 'none of pure strategies'}."
        )
    return " ".join(told)
