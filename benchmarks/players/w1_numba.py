"""W1 as a compiled loop over runs and turns written for this game alone, with Numba."""

# mypy: disable-error-code="import-not-found, untyped-decorator"

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from benchmarks.players.serving import Play, Results, serve
from benchmarks.players.w1_terms import NOISE, POINTS, TURNS


@njit
def play_all(total: NDArray[np.int64], points: NDArray[np.int64], rng: np.random.Generator) -> None:
    """Play a run for each column of ``total``: the points of (left and right, runs)."""
    for run in range(total.shape[1]):
        left, right = 1, 1
        for _ in range(TURNS):
            left, right = right ^ (rng.random() < NOISE), left ^ (rng.random() < NOISE)
            total[0, run] += points[left, right]
            total[1, run] += points[right, left]


def prepare(setup: Mapping[str, Any]) -> Play:
    """Return what plays."""
    points = np.array(POINTS)

    def play(runs: int, seed: int) -> Results:
        total = np.zeros((2, runs), dtype=np.int64)
        play_all(total, points, np.random.Generator(np.random.SFC64(seed)))
        return {"left": total[0], "right": total[1]}

    return play


if __name__ == "__main__":
    serve(prepare)
