"""W1 with OpenSpiel: its repeated matrix game, played by two noisy policies."""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pyspiel

from benchmarks.players.serving import Play, Results, serve
from benchmarks.players.w1_terms import NOISE, POINTS, TURNS


def prepare(setup: Mapping[str, Any]) -> Play:
    """Return what plays."""
    mine = [list(row) for row in POINTS]
    theirs = [list(column) for column in zip(*POINTS, strict=True)]
    stage = pyspiel.create_matrix_game("dilemma", "noisy", ["arm", "comply"], ["arm", "comply"], mine, theirs)
    game = pyspiel.create_repeated_game(stage, {"num_repetitions": TURNS})

    def play(runs: int, seed: int) -> Results:
        luck = random.Random(seed)
        returns = []
        for _ in range(runs):
            state = game.new_initial_state()
            left = right = 1
            while not state.is_terminal():
                left, right = (
                    1 - right if luck.random() < NOISE else right,
                    1 - left if luck.random() < NOISE else left,
                )
                state.apply_actions([left, right])
            returns.append(state.returns())
        left_points, right_points = zip(*returns, strict=True)
        return {"left": left_points, "right": right_points}

    return play


if __name__ == "__main__":
    serve(prepare)
