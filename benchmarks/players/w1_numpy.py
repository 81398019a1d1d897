"""W1 as a NumPy loop written for this game alone: one step a turn for all runs of a block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.players.serving import Play, Results, serve
from benchmarks.players.w1_terms import NOISE, POINTS, TURNS

BLOCK = 8192


def block(runs: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Play some runs; returns the points of (left and right, runs)."""
    points = np.array(POINTS).ravel()
    complies = np.ones((2, runs), dtype=bool)
    total = np.zeros((2, runs), dtype=np.int64)
    for _ in range(TURNS):
        complies = complies[::-1] ^ (rng.random((2, runs)) < NOISE)
        total += points[2 * complies + complies[::-1]]
    return total


def prepare(setup: Mapping[str, Any]) -> Play:
    """Return what plays."""

    def play(runs: int, seed: int) -> Results:
        rng = np.random.Generator(np.random.SFC64(seed))
        blocks = [block(min(BLOCK, runs - first), rng) for first in range(0, runs, BLOCK)]
        left, right = np.concatenate(blocks, axis=1)
        return {"left": left, "right": right}

    return play


if __name__ == "__main__":
    serve(prepare)
