"""W1 with Mesa: a model of two agents that choose, then move."""

# mypy: disable-error-code="import-not-found, misc"

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mesa

from benchmarks.players.serving import Play, Results, serve
from benchmarks.players.w1_terms import NOISE, POINTS, TURNS


class Side(mesa.Agent):
    """One side: its last move, the move it is about to make, its points."""

    def __init__(self, model: mesa.Model) -> None:
        super().__init__(model)
        self.complies, self.next, self.points = 1, 1, 0
        self.other = self

    def choose(self) -> None:
        """Choose what the other did, or by mistake the opposite."""
        meant = self.other.complies
        self.next = 1 - meant if self.random.random() < NOISE else meant

    def move(self) -> None:
        """Do what was chosen."""
        self.complies = self.next

    def count(self) -> None:
        """Count the turn's points."""
        self.points += POINTS[self.complies][self.other.complies]


class Dilemma(mesa.Model):
    """A match between two sides."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed=seed)
        self.left, self.right = Side(self), Side(self)
        self.left.other, self.right.other = self.right, self.left

    def step(self) -> None:
        """Play one turn."""
        self.agents.do("choose")
        self.agents.do("move")
        self.agents.do("count")


def prepare(setup: Mapping[str, Any]) -> Play:
    """Return what plays."""

    def play(runs: int, seed: int) -> Results:
        left, right = [], []
        for run in range(runs):
            match = Dilemma(seed * 1_000_003 + run)
            for _ in range(TURNS):
                match.step()
            left.append(match.left.points)
            right.append(match.right.points)
        return {"left": left, "right": right}

    return play


if __name__ == "__main__":
    serve(prepare)
