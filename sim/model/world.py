"""A world: the state of n runs side by side, their luck, and everything that is counted about them.

Arrays have runs along the last axis. ``rows`` of a step are the places, within the world, of the runs it concerns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Fault, RunError
from sim.model.effects import Effects
from sim.model.game import Game, read_given
from sim.model.ledger import Ledger
from sim.model.luck import Draws, weighted_choice
from sim.model.situation import Context, Runs, Situation
from sim.model.view import Rows, View
from sim.scenario import schema
from sim.scenario.arithmetic import Floats, Value, power
from sim.scenario.expressions import Expression

Counts = NDArray[np.int64]


@dataclass
class World:
    """The runs of a block in the middle of play."""

    game: Game
    runs: Runs
    """The number of each run."""
    places: Rows
    """The place of each run within the block that its luck is drawn for."""
    luck: Draws
    seed: int
    values: Floats
    """The state: (variables, runs)."""
    ledger: Ledger
    chosen: list[Counts]
    """How often each action was chosen: one array (actions, runs) an actor."""
    struck: Counts
    """How often each hazard struck: (hazards, runs)."""
    ended_as: list[Counts]
    """How often each outcome came: one array (outcomes, runs) a hazard."""
    ended: NDArray[np.bool_]
    duration: Floats
    last: Floats
    """The last turn each run came to, from 1."""
    whole: bool = True
    """Whether every run of the block is here, each at its place."""
    mixed: dict[int, NDArray[np.intp]] = field(default_factory=dict)
    """For an actor that mixes: which of the mix's strategies each run drew."""
    turn: int = 0
    """The current turn, from 0."""

    @property
    def count(self) -> int:
        """Return how many runs there are."""
        return len(self.runs)

    @cached_property
    def everyone(self) -> Rows:
        """Return the rows of all runs."""
        return np.arange(self.count)

    def at(self, rows: Rows) -> Rows | slice:
        """Return how some rows are written to fastest: as a slice when they are all."""
        return slice(None) if rows is self.everyone else rows

    def part(self, rows: Rows) -> World:
        """Return the world of some runs alone, as copies."""
        return self._each(lambda array: array[..., rows])

    def without(self, rows: Rows) -> World:
        """Return the world without some runs.

        The last runs move into the gaps, and the new world stands on the old one's arrays: the old one is spent.
        """
        left = self.count - len(rows)
        gone = np.zeros(self.count, dtype=bool)
        gone[rows] = True
        gaps = np.flatnonzero(gone[:left])
        movers = left + np.flatnonzero(~gone[left:])

        def closed_up(array: NDArray[Any]) -> NDArray[Any]:
            array[..., gaps] = array[..., movers]
            return array[..., :left]

        return self._each(closed_up)

    def _each(self, change: Callable[[NDArray[Any]], NDArray[Any]]) -> World:
        """Return a world whose arrays are this one's, changed."""
        return replace(
            self,
            runs=change(self.runs),
            places=change(self.places),
            whole=False,
            values=change(self.values),
            ledger=Ledger([change(entries) for entries in self.ledger.amounts], self.ledger.incentives),
            chosen=[change(counts) for counts in self.chosen],
            struck=change(self.struck),
            ended_as=[change(counts) for counts in self.ended_as],
            ended=change(self.ended),
            duration=change(self.duration),
            last=change(self.last),
            mixed={actor: change(drawn) for actor, drawn in self.mixed.items()},
        )

    def replay(self, run: int) -> str:
        """Return the command that replays one run alone."""
        return self.game.command("trace", "--run", str(run), seed=self.seed)

    def final_situation(self) -> Situation:
        """Return the situation of all runs at their end, each in the last turn that it came to."""
        return Situation(View(self.values), self.game.parameters, self._context(self.last))

    def situation(self, rows: Rows) -> Situation:
        """Return the true situation of some runs: to be read at once, not kept."""
        view = View(self.values, None if rows is self.everyone else rows)
        return Situation(view, self.game.parameters, self._context(float(self.turn + 1)))

    def _context(self, turn: Value) -> Context:
        return Context(turn, self.runs, self.places, self.game.varied, self.replay)

    def apply(self, effects: Effects, rows: Rows) -> None:
        """Apply effects to some runs."""
        if not effects or not len(rows):
            return
        situation = self.situation(rows)
        effects.apply(situation)
        at = self.at(rows)
        for row, value in situation.state.changed.items():
            self.values[row, at] = value

    def weight(self, rows: Rows) -> Value:
        """Return what a payoff of the current turn counts, discount ** turn: one number, or one a row."""
        weight = power(self.game.discount, np.float64(self.turn))
        return weight[self.places[rows]] if np.ndim(weight) else weight

    def draw(self, name: str, rows: Rows, turn: int | None = None) -> Floats:
        """Return the luck of some runs at an address of the current turn."""
        numbers = self.luck.draw(name, self.turn if turn is None else turn)
        if rows is not self.everyone:
            return numbers[self.places[rows]]
        return numbers if self.whole else numbers[self.places]


def created(game: Game, runs: Runs, luck: Draws, seed: int) -> World:
    """Return the world before the first turn: initial values drawn, nothing played."""
    count = len(runs)
    world = World(
        game=game,
        runs=runs,
        places=np.arange(count),
        luck=luck,
        seed=seed,
        values=np.zeros((len(game.variables), count)),
        ledger=Ledger.empty(game, count),
        chosen=[np.zeros((len(actor.actions), count), dtype=np.int64) for actor in game.actors],
        struck=np.zeros((len(game.hazards), count), dtype=np.int64),
        ended_as=[np.zeros((len(hazard.outcomes), count), dtype=np.int64) for hazard in game.hazards],
        ended=np.zeros(count, dtype=bool),
        duration=np.full(count, float(game.turns)),
        last=np.full(count, float(game.turns)),
    )
    for variable, initial in zip(game.variables, game.initial, strict=True):
        value = _first_value(world, variable.name, initial)
        if initial.value is not None and np.any(np.not_equal(variable.held(value), value)):
            found = float(np.ravel(value)[0])
            limit = f"below its min {variable.low:g}" if found < variable.low else f"above its max {variable.high:g}"
            problem = f"'{variable.name}' begins at {found:g}, {limit}"
            raise RunError(Fault(initial.value.place, "OUT-OF-RANGE", problem, "begin within the bounds"))
        world.values[variable.row] = variable.held(value)
    return world


def number(world: World, expression: Expression) -> Value:
    """Return the value of an expression over parameters: one number, or one a run."""
    return read_given(expression, world.game.vocabulary, world.game.parameters)


def drawn(world: World, weights: Sequence[Expression], name: str) -> NDArray[np.intp]:
    """Return for each run which of some weighted entries it draws, once a run (at turn 0); -1 where all weigh 0."""
    game = world.game
    values = [read_given(weight, game.vocabulary, game.parameters, 0.0, np.inf, "a weight") for weight in weights]
    stacked = np.stack([np.broadcast_to(value, world.count) for value in values])
    return weighted_choice(stacked, world.draw(name, world.everyone, 0))


def _first_value(world: World, name: str, initial: schema.Initial) -> Value:
    if initial.choices:
        values = np.stack([np.broadcast_to(number(world, value), world.count) for value, _ in initial.choices])
        chosen = drawn(world, [weight for _, weight in initial.choices], f"{name}.initial")
        if np.any(chosen < 0):
            problem = f"all weights of the first value of '{name}' are 0"
            remedy = "give one of them a weight over 0"
            raise RunError(Fault(initial.choices[0][1].place, "OUT-OF-RANGE", problem, remedy))
        picked: Floats = np.take_along_axis(values, chosen[np.newaxis], axis=0)[0]
        return picked
    if initial.low is not None and initial.high is not None:
        low, high = number(world, initial.low), number(world, initial.high)
        if np.any(np.greater(low, high)):
            problem = f"'{name}' is drawn between a low and a high that is lower"
            raise RunError(Fault(initial.low.place, "OUT-OF-RANGE", problem, "write the smaller one as low"))
        width = high - low
        if not np.all(np.isfinite(width)):
            problem = f"'{name}' is drawn between numbers too far apart"
            raise RunError(Fault(initial.low.place, "NOT-FINITE", problem, "bring them closer together"))
        return low + world.draw(f"{name}.initial", world.everyone, 0) * width
    return np.float64(0.0) if initial.value is None else number(world, initial.value)
