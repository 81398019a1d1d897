"""W1 written by hand with SimPy: two players as processes, and a referee who counts."""

from __future__ import annotations

import random
from collections.abc import Generator, Mapping
from typing import Any

import simpy

from benchmarks.players.serving import Play, Results, serve
from benchmarks.players.w1_terms import NOISE, POINTS, TURNS

Process = Generator[simpy.Event, None, None]


class Match:
    """One match on a calendar of its own."""

    def __init__(self, luck: random.Random) -> None:
        self.luck = luck
        self.env = simpy.Environment()
        self.seen, self.moves, self.points = [1, 1], [1, 1], [0, 0]
        for side in (0, 1):
            self.env.process(self.player(side))
        self.referee = self.env.process(self.scoring())

    def player(self, side: int) -> Process:
        """Each turn do what the other did in the turn before, or by mistake the opposite."""
        for _ in range(TURNS):
            meant = self.seen[1 - side]
            self.moves[side] = 1 - meant if self.luck.random() < NOISE else meant
            yield self.env.timeout(1.0)

    def scoring(self) -> Process:
        """Halfway through each turn count its points and show its moves."""
        yield self.env.timeout(0.5)
        for _ in range(TURNS):
            left, right = self.moves
            self.points[0] += POINTS[left][right]
            self.points[1] += POINTS[right][left]
            self.seen = [left, right]
            yield self.env.timeout(1.0)

    def play(self) -> list[int]:
        """Play the match and return both sides' points."""
        self.env.run(until=self.referee)
        return self.points


def prepare(setup: Mapping[str, Any]) -> Play:
    """Return what plays."""

    def play(runs: int, seed: int) -> Results:
        luck = random.Random(seed)
        left, right = zip(*(Match(luck).play() for _ in range(runs)), strict=True)
        return {"left": left, "right": right}

    return play


if __name__ == "__main__":
    serve(prepare)
