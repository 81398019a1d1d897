"""W1 as a PettingZoo environment in which both act at once, and two policies that play it."""

# mypy: disable-error-code="import-not-found, misc"

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import gymnasium
import pettingzoo

from benchmarks.players.serving import Play, Results, serve
from benchmarks.players.w1_terms import NOISE, POINTS, TURNS

SIDES = ("left", "right")
Numbers = dict[str, int]


class Dilemma(pettingzoo.ParallelEnv):
    """The noisy dilemma: an observation is the other's last move, a reward the turn's points."""

    metadata = {"name": "dilemma"}

    def __init__(self) -> None:
        self.possible_agents = list(SIDES)
        self.observation_spaces = {side: gymnasium.spaces.Discrete(2) for side in SIDES}
        self.action_spaces = {side: gymnasium.spaces.Discrete(2) for side in SIDES}

    def reset(self, seed: int | None = None, options: Any = None) -> tuple[Numbers, dict[str, Any]]:
        """Begin a match."""
        if seed is not None:
            self.luck = random.Random(seed)
        self.agents, self.turn = list(SIDES), 0
        return dict.fromkeys(SIDES, 1), {side: {} for side in SIDES}

    def step(self, actions: Numbers) -> tuple[Numbers, Numbers, dict[str, bool], dict[str, bool], dict[str, Any]]:
        """Play one turn; each move comes out wrong now and then."""
        left, right = (
            1 - actions[side] if self.luck.random() < NOISE else actions[side] for side in SIDES
        )  # fmt: skip
        self.turn += 1
        over = self.turn == TURNS
        if over:
            self.agents = []
        rewards = {"left": POINTS[left][right], "right": POINTS[right][left]}
        ended = dict.fromkeys(SIDES, over)
        return {"left": right, "right": left}, rewards, ended, dict.fromkeys(SIDES, False), {side: {} for side in SIDES}


def tit_for_tat(observation: int) -> int:
    """Return what the other did."""
    return observation


def prepare(setup: Mapping[str, Any]) -> Play:
    """Return what plays."""
    dilemma = Dilemma()

    def play(runs: int, seed: int) -> Results:
        totals: dict[str, list[int]] = {side: [] for side in SIDES}
        for run in range(runs):
            observations, _ = dilemma.reset(seed=seed if run == 0 else None)
            points = dict.fromkeys(SIDES, 0)
            while dilemma.agents:
                actions = {side: tit_for_tat(observations[side]) for side in SIDES}
                observations, rewards, *_ = dilemma.step(actions)
                for side in SIDES:
                    points[side] += rewards[side]
            for side in SIDES:
                totals[side].append(points[side])
        return totals

    return play


if __name__ == "__main__":
    serve(prepare)
