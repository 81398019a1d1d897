"""What happens in a turn happens in each run's own order of time, and nothing happens after a run's end.

Every run of a block meets luck of its own from a coarse grid, so that many deliveries and strikes share a turn, many
share a moment, and runs end while their neighbours go on. What must come of it is worked out here run by run, with a
list and ``sorted``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
import pytest

from sim.engine import events, lockstep
from sim.engine.record import columns_of
from sim.model import luck as luck_of_engines
from sim.model.compiling import compiled
from sim.scenario.load import load_text
from tests.engine.both import assert_same, played

TURNS, RUNS = 8, 400
GRID = [0.0, 0.0625, 0.125, 0.25, 0.3125, 0.5, 0.625, 0.75, 0.8125, 0.9375, 2.0**-60]
"""Luck: leads of whole turns, of parts of a turn, of nothing, and one too short to move the clock after turn 0."""

# `story` tells the order of all that happened to it: each thing folds its own number into it.
SCENARIO = """
scenario: moments
clock: {turns: 8, moves: MOVES}
state: {story: 0, scored: {initial: 0, drift: 1}}
actors:
  a: {incentives: {flow: 1}, actions: {go: {cost: 1, after: [0, 8], set: {story: (31 * story + 1) % 1000003}}}}
  b: {actions: {go: {cost: 1 + story, after: [0, 8], set: {story: (31 * story + 2) % 1000003}}}}
  c: {actions: {go: {cost: story, after: [0, 8], now: {set: {story: (31 * story + 3) % 1000003}}, set: {story: (31 * story + 4) % 1000003}}}}
hazards:
  first: {chance: 0.5 + 0.5 * (story % 2), payoffs: {a: story}, set: {story: (31 * story + 5) % 1000003}}
  war: {chance: 1 - 0.0625 * (turn < 7), outcomes: {peace: {weight: 5}, end: {set: {story: (31 * story + 6) % 1000003}, ends: true}}}
  last: {chance: 1, payoffs: {b: story}, set: {story: (31 * story + 7) % 1000003}}
"""

Draw = Callable[[str, int, int], float]


def drawn(name: str, run: int, turn: int) -> float:
    """A number of the grid for each address, the same every time."""
    number = crc32(f"{name} {run} {turn}".encode())
    return number % 1000 / 1000 if name.endswith("outcome") else GRID[number % len(GRID)]


def uniforms(seed: int, name: str, first: int, count: int, turn: int) -> np.ndarray:
    return np.array([drawn(name, run, turn) for run in range(first, first + count)])


@dataclass
class ByHand:
    """One run, played with a list of what is to come: (time, rank, place in the order, number)."""

    run: int
    in_order: tuple[str, ...] | None
    story: int = 0
    turn: int = 0
    coming: list[tuple[float, int, int, int]] = field(default_factory=list)
    costs: dict[str, float] = field(default_factory=lambda: {"a": 0.0, "b": 0.0, "c": 0.0})
    paid: dict[str, float] = field(default_factory=lambda: {"a.first": 0.0, "b.last": 0.0})
    together: int = 0
    """The most that happened within one turn."""

    def happen(self, number: int) -> None:
        self.story = (31 * self.story + number) % 1000003

    def luck(self, name: str) -> float:
        return drawn(name, self.run, self.turn)

    def act(self, actor: str, story: int) -> None:
        """Pay for an action, apply what it does at once, and send the rest on its way."""
        self.costs[actor] -= {"a": 1, "b": 1 + story, "c": story}[actor]
        if actor == "c":
            self.happen(3)
        number = {"a": 1, "b": 2, "c": 4}[actor]
        lead = 8 * self.luck(f"{actor}.lead")
        if lead == 0:
            self.happen(number)
        else:
            self.coming.append((self.turn + lead, 0, len(self.coming), number))

    def strikes(self) -> list[tuple[float, int, int, int]]:
        chances = [
            (5, "first", 0.5 + 0.5 * (self.story % 2)),
            (6, "war", 1 - 0.0625 * (self.turn < 6)),
            (7, "last", 1.0),
        ]
        struck = [(self.luck(f"{name}.moment"), chance, number) for number, name, chance in chances]
        return [(self.turn + u / chance, 1, number, number) for u, chance, number in struck if u < chance]

    def play(self) -> dict[str, float]:
        """Play to the end; returns the results by name."""
        for self.turn in range(TURNS):
            self.take(lambda thing: thing[0] <= self.turn, [])
            story = self.story
            for actor in self.in_order or "abc":
                self.act(actor, self.story if self.in_order else story)
            ending = self.take(lambda thing: thing[0] < self.turn + 1, self.strikes())
            if ending is not None:
                return self.results(ending, True)
        return self.results(TURNS, False)

    def take(self, due: Callable[[tuple[float, int, int, int]], bool], strikes: list) -> float | None:
        """Let all that is due happen in its order; returns the moment of an ending."""
        now = sorted([thing for thing in self.coming if due(thing)] + strikes)
        self.together = max(self.together, len(now))
        # What stays keeps its place in the list, which is the order in which it was started.
        self.coming = [(9.9e9, 0, 0, 0) if due(thing) else thing for thing in self.coming]
        for moment, _, _, number in now:
            if number == 5:
                self.paid["a.first"] += self.story
            if number == 7:
                self.paid["b.last"] += self.story
            if number != 6:
                self.happen(number)
            elif self.luck("war.outcome") * 6 >= 5:
                self.happen(6)
                return moment
        return None

    def results(self, duration: float, ended: bool) -> dict[str, float]:
        scored = int(duration) if ended else TURNS
        decided = {f"actions.{actor}.go": self.turn + 1.0 for actor in "abc"}
        costs = {f"{actor}.costs": amount for actor, amount in self.costs.items()}
        told = {
            "final.story": self.story,
            "final.scored": scored,
            "a.flow": scored,
            "duration": duration,
            "ended": ended,
        }
        return told | decided | costs | self.paid


@pytest.mark.parametrize("moves", ["simultaneous", "[c, a, b]"])
def test_every_run_has_its_own_order_of_time(moves: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(luck_of_engines.Stream, "uniforms", lambda stream, *at: uniforms(stream.seed, stream.name, *at))
    game = compiled(load_text(SCENARIO.replace("MOVES", moves)))
    names = list(columns_of(game))
    block = lockstep.play(game, 0, 0, RUNS)
    by_hand = [ByHand(run, None if moves == "simultaneous" else ("c", "a", "b")) for run in range(RUNS)]
    for run, hand in enumerate(by_hand):
        for name, value in hand.play().items():
            assert block[names.index(name), run] == value, (run, name)
    ended = block[names.index("duration"), block[names.index("ended")] == 1]
    # The case is worth its name: much happens at once, runs end in every turn, in its middle and at its very beginning.
    assert max(hand.together for hand in by_hand) >= 7
    assert {int(moment) for moment in ended} == set(range(TURNS))
    assert 0.2 * RUNS < len(ended) < 0.9 * RUNS
    assert (ended % 1 == 0).any()
    assert (ended % 1 > 0).any()
    assert_same(game, block[:, :30], events.play(game, 0, 0, 30))
    assert_same(game, block[:, 57:58], lockstep.play(game, 0, 57, 1), 57)


@pytest.mark.parametrize("available", ["1", "z > 0"], ids=["in-every-run", "in-some-runs"])
def test_what_is_read_at_a_decision_stays_as_it_was_read(available: str) -> None:
    """b's cost and lead time are a variable's bare name; a, written before b, sets it to 10 in the same moment."""
    game = compiled(
        load_text(f"""
scenario: bare
clock: {{turns: 2}}
state: {{x: {{initial: {{0.25: 1, 2.5: 1}}}}, z: {{initial: {{0: 1, 1: 1}}}}, landed: 0, asked: {{initial: 1, drift: -1}}}}
actors:
  a: {{actions: {{go: {{set: {{x: 10}}}}}}}}
  b: {{actions: {{go: {{available: asked > 0 and {available}, cost: x, after: x, add: {{landed: 1}}}}}}}}
""")
    )
    names, seed, count = list(columns_of(game)), 5, 40
    x = np.where(luck_of_engines.uniforms(seed, "x.initial", 0, count, 0) < 0.5, 0.25, 2.5)
    z = np.where(luck_of_engines.uniforms(seed, "z.initial", 0, count, 0) < 0.5, 0.0, 1.0)
    acts = np.ones(count) if available == "1" else z
    table = played(game, seed, 0, count)
    assert (table[names.index("b.costs")] == -x * acts).all()
    assert (table[names.index("final.landed")] == (x < 2) * acts).all()
    assert 0 < (x < 2).mean() < 1
