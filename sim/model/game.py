"""A game: a scenario under one regime, with everything compiled that its turns need.

Games are made by ``sim.model.compiling.compiled``.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sim.model.columns import Columns, columns_of
from sim.model.effects import Effects, Variable
from sim.model.situation import Context, Situation
from sim.model.view import View
from sim.scenario import schema
from sim.scenario.arithmetic import Formulas, Parameters, Value, Vocabulary
from sim.scenario.expressions import Expression


@dataclass(frozen=True)
class Setting:
    """What is asked beside the scenario: the regime, who plays what, and parameters' values."""

    regime: str | None = None
    plays: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, float] = field(default_factory=dict)
    """One number each; experiments also give arrays, one number a run of a block."""


@dataclass(frozen=True)
class LeadTime:
    """A lead time: its kind (``value``, ``uniform``, ``mean``, ``triangular``) and its numbers in rising order."""

    kind: str
    numbers: tuple[Formulas, ...]

    @property
    def is_drawn(self) -> bool:
        """Say whether luck decides it."""
        return self.kind != "value"

    def read(self, situation: Situation) -> list[Value]:
        """Return the numbers; raises ``RunError`` where one is below 0 or they do not rise."""
        values = [situation.read_within(self.numbers[0], 0.0, np.inf, "a lead time")]
        for formulas in self.numbers[1:]:
            value = situation.read_one(formulas)
            situation.require(formulas, np.greater_equal(value, values[-1]), "a lead time's numbers do not rise")
            values.append(value)
        return values

    def mean(self, situation: Situation) -> Value:
        """Return the mean lead time in turns."""
        values = self.read(situation)
        total = values[0]
        for value in values[1:]:
            total = total + value
        return total / float(len(values))


@dataclass(frozen=True)
class Action:
    """An action, compiled. ``forbidden`` by the regime: never available."""

    name: str
    index: int
    forbidden: bool
    available: Formulas | None
    cost: Formulas | None
    chance: Formulas | None
    lead: LeadTime | None
    now: Effects
    effects: Effects
    at_once: Effects
    """What happens at once when the lead is 0: ``now``, then ``effects``."""


@dataclass(frozen=True)
class Actor:
    """An actor, compiled: ``masks`` are pairs of rows (a variable, the one that stands for it in this actor's eyes)."""

    name: str
    index: int
    actions: tuple[Action, ...]
    incentives: tuple[str, ...]
    flows: Formulas
    masks: tuple[tuple[int, int], ...]
    strategy: str | None
    """The name of the strategy in use; None for an actor without actions."""
    part: schema.Actor

    def action(self, name: str) -> Action:
        """Return the action of a name."""
        return next(action for action in self.actions if action.name == name)


@dataclass(frozen=True)
class Outcome:
    """One way a hazard may end: payoffs are one group, in the order of ``paid`` (indices of actors)."""

    name: str
    weight: Formulas | None
    paid: tuple[int, ...]
    payoffs: Formulas
    effects: Effects
    ends: bool


@dataclass(frozen=True)
class Hazard:
    """A random event, compiled. A hazard with effects of its own has one outcome without a name."""

    name: str
    index: int
    is_rate: bool
    outcomes: tuple[Outcome, ...]
    weights: Formulas
    """The weights of those outcomes that have one, in one group."""
    named: bool

    @property
    def highest(self) -> float:
        """Return the most that its intensity may be: any rate, but a chance of 1."""
        return np.inf if self.is_rate else 1.0

    @property
    def measure(self) -> str:
        """Return what its intensity is called in messages."""
        return "a rate" if self.is_rate else "a chance"


@dataclass(frozen=True)
class Game:
    """A scenario under one regime, ready to be played."""

    scenario: schema.Scenario
    setting: Setting
    regime: str
    vocabulary: Vocabulary
    variables: tuple[Variable, ...]
    parameters: Parameters
    initial: tuple[schema.Initial, ...]
    """First values, one a variable."""
    turns: int
    discount: Value
    actors: tuple[Actor, ...]
    order: tuple[int, ...] | None
    """Indices of the actors in the order in which they move; None when they move at once."""
    hazards: tuple[Hazard, ...]
    flows: Formulas
    """Every incentive of every actor, in their order."""
    intensities: Formulas
    """The rate or chance of every hazard."""
    drift: Effects
    derived: Formulas

    @cached_property
    def varied(self) -> bool:
        """Say whether any parameter is one number a run."""
        return any(isinstance(value, np.ndarray) and value.ndim for value in self.parameters)

    @cached_property
    def given(self) -> Given:
        """Return its parameters, to be read."""
        return Given(self.vocabulary, self.parameters)

    @cached_property
    def columns(self) -> Columns:
        """Return the columns of the table in which it is played."""
        return columns_of(self)

    @property
    def final_names(self) -> tuple[str, ...]:
        """Return the names of the final values: state, then derived."""
        return (*(variable.name for variable in self.variables), *self.vocabulary.derived)

    def actor(self, name: str) -> Actor:
        """Return the actor of a name."""
        return next(actor for actor in self.actors if actor.name == name)

    def command(self, verb: str, *more: str, seed: int, place: int = 0) -> str:
        """Return the command line that asks ``verb`` of this game.

        ``place`` picks the value of a parameter that is one number a run.
        """
        words = ["detente", verb, self.scenario.file, "--regime", self.regime, "--seed", str(seed)]
        words += [word for a, s in self.setting.plays.items() for word in ("--play", f"{a}={s}")]
        for name, given in self.setting.parameters.items():
            numbers = np.ravel(given)
            words += ["--set", f"{name}={float(numbers[place if len(numbers) > 1 else 0])!r}"]
        return shlex.join([*words, *more])

    def replay(self, seed: int, run: int, place: int) -> str:
        """Return the command that replays one run alone, which stands at a place of its block."""
        return self.command("trace", "--run", str(run), seed=seed, place=place)


class Given:
    """The parameters alone: expressions over them can be read before any run is played."""

    def __init__(self, vocabulary: Vocabulary, parameters: Parameters) -> None:
        self._vocabulary = vocabulary
        columns = max((len(value) for value in parameters if isinstance(value, np.ndarray) and value.ndim), default=0)
        runs, places = np.zeros(max(columns, 1), dtype=np.int64), np.arange(max(columns, 1))
        state = View(np.zeros((len(vocabulary.state), len(runs))))
        self._situation = Situation(state, parameters, Context(1.0, runs, places, True, columns > 0, None))
        self._varied = columns > 0

    def read(self, expression: Expression, low: float = -np.inf, high: float = np.inf, what: str = "a number") -> Value:
        """Return the value of an expression over parameters: one number, or one a run where a parameter is.

        Raises ``RunError`` where it is not finite or lies outside ``low`` .. ``high``.
        """
        value = self._situation.read_within(Formulas([expression], self._vocabulary), low, high, what)
        return value if self._varied else np.float64(np.ravel(value)[0])
