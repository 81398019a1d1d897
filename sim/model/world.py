"""A world: the state of n runs side by side, their luck, and everything that is counted about them.

Arrays have runs along the last axis. ``rows`` of a step are the places, within the world, of the runs it concerns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.errors import Fault, RunError
from sim.model.columns import Columns
from sim.model.effects import Effects
from sim.model.game import Game
from sim.model.ledger import Ledger
from sim.model.luck import Draws, weighted_choice
from sim.model.situation import Context, Runs, Situation
from sim.model.view import Rows, View
from sim.scenario import schema
from sim.scenario.arithmetic import Floats, Formulas, Steps, Value, power
from sim.scenario.expressions import Expression


@dataclass
class World:
    """The runs of a block in the middle of play. All that is kept of them stands in one table of named columns."""

    game: Game
    seed: int
    luck: Draws
    columns: Columns
    table: Floats
    """(columns, runs); payoffs, derived values and how often actions were chosen are filled in at the end."""
    counts: NDArray[np.unsignedinteger]
    """How often each action was chosen so far: (actions of all actors, runs), in whole numbers of a byte or two."""
    runs: Runs
    """The number of each run."""
    places: Rows
    """The place of each run within the block that its luck is drawn for."""
    ended: NDArray[np.bool_]
    whole: bool = True
    """Whether every run of the block is here, each at its place."""
    mixed: dict[int, NDArray[np.intp]] = field(default_factory=dict)
    """For an actor that mixes: which of the mix's strategies each run of the block drew."""
    fixed: dict[Formulas | Steps, tuple[Value, ...]] = field(default_factory=dict)
    """What follows from the parameters alone and was read before."""
    turn: int = 0
    """The current turn, from 0."""

    def __post_init__(self) -> None:
        self._memory, self._all_runs = self.table, self.runs.copy()
        self._look()
        self.begin_turn(0)

    def _look(self) -> None:
        """Look at the parts of the table anew."""
        columns, table = self.columns, self.table
        self.everyone: Rows = np.arange(self.count)
        self.values: Floats = table[columns.state]
        """The state: (variables, runs)."""
        self.ledger = Ledger(
            [table[entries] for entries in columns.entries], [len(actor.incentives) for actor in self.game.actors]
        )
        first = columns.chosen.start
        self.chosen = [self.counts[actions.start - first : actions.stop - first] for actions in columns.actions]
        """How often each action was chosen: one array (actions, runs) an actor."""
        self.struck = [table[row] for row in columns.struck]
        """How often each hazard struck."""
        self.came = [table[outcomes] for outcomes in columns.outcomes]
        """How often each outcome came: one array (outcomes, runs) a hazard."""
        self.duration: Floats = table[columns.duration]
        self._context = self._context_at(float(self.turn + 1))

    def begin_turn(self, number: int) -> None:
        """Set the current turn, from 0."""
        self.turn = number
        self._weight: Value = power(self.game.discount, np.float64(number))
        self._context = self._context_at(float(number + 1))

    @property
    def count(self) -> int:
        """Return how many runs there are."""
        return len(self.runs)

    def at(self, rows: Rows) -> Rows | slice:
        """Return how some rows are written to fastest: as a slice when they are all."""
        return slice(None) if rows is self.everyone else rows

    def part(self, rows: Rows) -> Floats:
        """Return the table of some runs as it stands, (columns, rows): a copy."""
        part = self.table[:, rows]
        part[self.columns.chosen] = self.counts[:, rows]
        return part

    def drop(self, rows: Rows) -> None:
        """Go on without some runs: the last runs move into the gaps."""
        left = self.count - len(rows)
        gone = np.zeros(self.count, dtype=bool)
        gone[rows] = True
        gaps = np.flatnonzero(gone[:left])
        movers = left + np.flatnonzero(~gone[left:])
        for kept in (self.table, self.counts, self.runs, self.places, self.ended):
            kept[..., gaps] = kept[..., movers]
        self.table, self.counts = self.table[:, :left], self.counts[:, :left]
        self.runs, self.places, self.ended = self.runs[:left], self.places[:left], self.ended[:left]
        self.whole = False
        self._look()

    def situation(self, rows: Rows) -> Situation:
        """Return the true situation of some runs: to be read at once, not kept."""
        view = View(self.values, None if rows is self.everyone else rows)
        return Situation(view, self.game.parameters, self._context, self.fixed)

    def _context_at(self, turn: Value) -> Context:
        return Context(turn, self.runs, self.places, self.whole, self.game.varied, partial(self.game.replay, self.seed))

    def apply(self, effects: Effects, rows: Rows) -> None:
        """Apply effects to some runs."""
        if not effects or not len(rows):
            return
        situation = self.situation(rows)
        effects.apply(situation)
        at = self.at(rows)
        for row, value in situation.state.changed.items():
            self.values[row][at] = value

    def weight(self, rows: Rows) -> Value:
        """Return what a payoff of the current turn counts, discount ** turn: one number, or one a row."""
        weight = self._weight
        return weight[self.places[rows]] if isinstance(weight, np.ndarray) and weight.ndim else weight

    def draw(self, name: str, rows: Rows, turn: int | None = None) -> Floats:
        """Return the luck of some runs at an address of the current turn."""
        numbers = self.luck.draw(name, self.turn if turn is None else turn)
        if rows is self.everyone:
            return numbers if self.whole else numbers.take(self.places)
        return numbers.take(rows if self.whole else self.places.take(rows))

    def reunite(self, parts: Sequence[tuple[Rows, Floats]]) -> None:
        """Become the world of all runs of the block again, each at its place, given those that were dropped.

        ``parts`` are places and tables (columns, runs). The table stands in the memory that it has always had.
        """
        table, moved = self._memory, np.flatnonzero(self.places != self.everyone)
        self.table[self.columns.chosen] = self.counts
        table[:, self.places[moved]] = table[:, moved]
        self.ended = np.zeros(table.shape[1], dtype=bool)
        for places, part in parts:
            table[:, places] = part
            self.ended[places] = True
        self.table, self.runs, self.places = table, self._all_runs, np.arange(table.shape[1])
        self.counts = table[self.columns.chosen].astype(self.counts.dtype)
        self.whole = True
        self._look()

    def finish(self) -> None:
        """Fill in what is told at the end of play: payoffs, counts and derived values. Raises ``RunError``.

        Each run's derived values are read in the last turn that it came to.
        """
        columns = self.columns
        for actor, row in enumerate(columns.payoffs):
            self.table[row] = self.ledger.payoff(actor)
        self.table[columns.chosen] = self.counts
        self.table[columns.ended] = self.ended
        last = np.where(self.ended, np.floor(self.duration) + 1.0, float(self.game.turns))
        situation = Situation(View(self.values), self.game.parameters, self._context_at(last))
        for place, value in enumerate(situation.read(self.game.derived), start=columns.derived.start):
            self.table[place] = value


def created(game: Game, runs: Runs, luck: Draws, seed: int) -> World:
    """Return the world before the first turn: initial values drawn, nothing played."""
    count = len(runs)
    columns = game.columns
    world = World(
        game=game,
        seed=seed,
        luck=luck,
        columns=columns,
        table=np.zeros((len(columns.names), count)),
        # An action is chosen once a turn at most.
        counts=np.zeros((len(columns.names[columns.chosen]), count), dtype=np.min_scalar_type(game.turns)),
        runs=runs,
        places=np.arange(count),
        ended=np.zeros(count, dtype=bool),
    )
    world.duration[:] = float(game.turns)
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
    return world.game.given.read(expression)


def drawn(world: World, weights: Sequence[Expression], name: str) -> NDArray[np.intp]:
    """Return for each run which of some weighted entries it draws, once a run (at turn 0); -1 where all weigh 0."""
    values = [world.game.given.read(weight, 0.0, np.inf, "a weight") for weight in weights]
    return weighted_choice(values, world.draw(name, world.everyone, 0))


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
