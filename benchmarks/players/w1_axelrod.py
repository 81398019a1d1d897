"""W1 with the Axelrod library: its ``Match`` with noise, and its scores."""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import axelrod

from benchmarks.players.serving import Play, Results, serve
from benchmarks.players.w1_terms import NOISE, TURNS


def prepare(setup: Mapping[str, Any]) -> Play:
    """Return what plays."""

    def play(runs: int, seed: int) -> Results:
        match = axelrod.Match((axelrod.TitForTat(), axelrod.TitForTat()), turns=TURNS, noise=NOISE, seed=seed)
        scores = []
        for _ in range(runs):
            match.play()
            scores.append(match.final_score())
        left, right = zip(*scores, strict=True)
        return {"left": left, "right": right}

    return play


if __name__ == "__main__":
    serve(prepare)
