"""A game: a scenario under one regime, with everything compiled that its turns need.

``compiled(scenario, setting)`` is the only way in. What the command line gives wins over the regime, the regime over
the scenario (language page, section 2).
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sim.errors import CommandError, Fault, Place, RunError, expected_one_of, quoted
from sim.model.effects import Change, Effects, Variable
from sim.model.situation import Situation
from sim.scenario import schema
from sim.scenario.arithmetic import Formulas, Parameters, Value, Vocabulary
from sim.scenario.expressions import Expression


@dataclass(frozen=True)
class Setting:
    """What is asked beside the scenario: the regime, who plays what, and parameters' values."""

    regime: str | None = None
    plays: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class LeadTime:
    """A lead time: its kind (``value``, ``uniform``, ``mean``, ``triangular``) and its numbers in rising order."""

    kind: str
    numbers: tuple[Formulas, ...]

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
    intensity: Formulas
    outcomes: tuple[Outcome, ...]
    named: bool


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
    drifting: tuple[tuple[Variable, Formulas], ...]
    derived: Formulas

    @property
    def final_names(self) -> tuple[str, ...]:
        """Return the names of the final values: state, then derived."""
        return (*(variable.name for variable in self.variables), *self.vocabulary.derived)

    def actor(self, name: str) -> Actor:
        """Return the actor of a name."""
        return next(actor for actor in self.actors if actor.name == name)

    def command(self, verb: str, *more: str, seed: int) -> str:
        """Return the command line that asks ``verb`` of this game."""
        words = ["detente", verb, self.scenario.file, "--regime", self.regime, "--seed", str(seed)]
        words += [word for a, s in self.setting.plays.items() for word in ("--play", f"{a}={s}")]
        words += [word for p, v in self.setting.parameters.items() for word in ("--set", f"{p}={v!r}")]
        return shlex.join([*words, *more])


def unknown(word: str, known: list[str], what: str) -> CommandError:
    """Return the error for a name on the command line that the scenario does not have."""
    problem = f"unknown {what} {quoted(word)}"
    code = f"UNKNOWN-{what.upper().replace(' ', '-')}"
    return CommandError(Fault(Place("command line"), code, problem, expected_one_of(word, known, what)))


def regime_names(scenario: schema.Scenario) -> list[str]:
    """Return the names of a scenario's regimes; ``base`` when it has none."""
    return list(scenario.regimes) or ["base"]


def strategy_names(actor: schema.Actor) -> list[str]:
    """Return what an actor can be told to play: its strategies, then its actions."""
    return list(dict.fromkeys([*actor.strategies, *actor.actions]))


def compiled(scenario: schema.Scenario, setting: Setting | None = None) -> Game:
    """Return the game of a scenario under a setting.

    Raises ``CommandError`` for names the scenario does not have, ``RunError`` for numbers that make no sense.
    """
    setting = setting or Setting()
    known = regime_names(scenario)
    name = setting.regime or known[0]
    if name not in known:
        raise unknown(name, known, "regime")
    return _Compiler(scenario, setting, name).game()


class _Compiler:
    def __init__(self, scenario: schema.Scenario, setting: Setting, regime: str) -> None:
        self.scenario, self.setting, self.name = scenario, setting, regime
        self.regime = scenario.regimes.get(regime, schema.Regime())
        self.vocabulary = Vocabulary(
            {name: row for row, name in enumerate(scenario.state)},
            {name: place for place, name in enumerate(scenario.parameters)},
            {name: flow.value for name, flow in scenario.derived.items()},
        )
        self.variables = {
            name: Variable(
                name, row, -np.inf if part.min is None else part.min, np.inf if part.max is None else part.max
            )
            for row, (name, part) in enumerate(scenario.state.items())
        }
        self.actor_names = list(scenario.actors)

    def group(self, *expressions: Expression) -> Formulas:
        return Formulas(expressions, self.vocabulary)

    def one(self, expression: Expression | None) -> Formulas | None:
        return None if expression is None else self.group(expression)

    def game(self) -> Game:
        scenario = self.scenario
        for name in self.setting.plays:
            if name not in scenario.actors:
                raise unknown(name, self.actor_names, "actor")
        parameters = self.values()
        moves = scenario.clock.moves
        return Game(
            scenario=scenario,
            setting=self.setting,
            regime=self.name,
            vocabulary=self.vocabulary,
            variables=tuple(self.variables.values()),
            parameters=parameters,
            initial=tuple(self.initial(name, part) for name, part in scenario.state.items()),
            turns=scenario.clock.turns,
            discount=discount_of(scenario.clock.discount, self.vocabulary, parameters),
            actors=tuple(self.actor(i, name, part) for i, (name, part) in enumerate(scenario.actors.items())),
            order=tuple(self.actor_names.index(name) for name in moves) or None,
            hazards=tuple(self.hazard(i, name, part) for i, (name, part) in enumerate(scenario.hazards.items())),
            drifting=tuple(
                (self.variables[name], self.group(part.drift))
                for name, part in scenario.state.items()
                if part.drift is not None
            ),
            derived=self.group(*(flow.value for flow in scenario.derived.values())),
        )

    def values(self) -> Parameters:
        values = {name: part.value for name, part in self.scenario.parameters.items()}
        values |= self.regime.parameters
        for name, value in self.setting.parameters.items():
            if name not in values:
                raise unknown(name, list(values), "parameter")
            values[name] = value
        return tuple(value if np.ndim(value) else np.float64(value) for value in values.values())

    def initial(self, name: str, part: schema.State) -> schema.Initial:
        return self.regime.initial.get(name) or part.initial or schema.Initial(value=None)

    def effects(self, part: schema.Effects | None) -> Effects:
        if part is None:
            return Effects()
        steps = [(part.set, False), (part.add, True)]
        return Effects(
            tuple(
                Change(self.variables[name], self.group(value), adds)
                for changes, adds in steps
                for name, value in changes.items()
            )
        )

    def actor(self, index: int, name: str, part: schema.Actor) -> Actor:
        rows = self.vocabulary.state
        seen = {
            variable: state.seen_as[name] for variable, state in self.scenario.state.items() if name in state.seen_as
        }
        forbidden = self.regime.forbid.get(name, ())
        return Actor(
            name=name,
            index=index,
            actions=tuple(
                self.action(i, action_name, action, action_name in forbidden)
                for i, (action_name, action) in enumerate(part.actions.items())
            ),
            incentives=tuple(part.incentives),
            flows=self.group(*(flow.value for flow in part.incentives.values())),
            masks=tuple((rows[variable], rows[other]) for variable, other in seen.items()),
            strategy=self.strategy(name, part),
            part=part,
        )

    def strategy(self, name: str, part: schema.Actor) -> str | None:
        known = strategy_names(part)
        asked = self.setting.plays.get(name)
        if asked is not None and asked not in known:
            raise unknown(asked, known, f"strategy of {name}")
        return asked or self.regime.plays.get(name) or part.plays or (known[0] if known else None)

    def action(self, index: int, name: str, part: schema.Action, forbidden: bool) -> Action:
        return Action(
            name=name,
            index=index,
            forbidden=forbidden,
            available=self.one(part.available),
            cost=self.one(part.cost),
            chance=self.one(part.chance),
            lead=self.lead(part.after),
            now=self.effects(part.now),
            effects=self.effects(part),
        )

    def lead(self, part: schema.Lead | None) -> LeadTime | None:
        if part is None:
            return None
        if part.value is not None:
            return LeadTime("value", (self.group(part.value),))
        if part.mean is not None:
            return LeadTime("mean", (self.group(part.mean),))
        if part.low is None or part.high is None:
            raise AssertionError("a lead time of no kind")
        if part.mode is None:
            return LeadTime("uniform", (self.group(part.low), self.group(part.high)))
        return LeadTime("triangular", tuple(self.group(each) for each in (part.low, part.mode, part.high)))

    def hazard(self, index: int, name: str, part: schema.Hazard) -> Hazard:
        intensity = part.rate or part.chance
        if intensity is None:
            raise AssertionError("a hazard without rate and chance")
        outcomes = [
            Outcome(
                name=outcome_name,
                weight=self.one(outcome.weight),
                effects=self.effects(outcome),
                ends=outcome.ends or part.ends,
                **self.payoffs(outcome.payoffs),  # type: ignore[arg-type]
            )
            for outcome_name, outcome in part.outcomes.items()
        ]
        if not outcomes:
            own = Outcome("", None, effects=self.effects(part), ends=part.ends, **self.payoffs(part.payoffs))  # type: ignore[arg-type]
            outcomes = [own]
        return Hazard(name, index, part.rate is not None, self.group(intensity), tuple(outcomes), bool(part.outcomes))

    def payoffs(self, payoffs: Mapping[str, Expression]) -> dict[str, object]:
        paid = tuple(self.actor_names.index(name) for name in payoffs)
        return {"paid": paid, "payoffs": self.group(*payoffs.values())}


def discount_of(expression: Expression | None, vocabulary: Vocabulary, parameters: Parameters) -> Value:
    """Return the discount at some parameters; raises ``RunError`` unless it is over 0 and at most 1."""
    if expression is None:
        return np.float64(1.0)
    situation = before_play(vocabulary, parameters)
    value = situation.read_within(Formulas([expression], vocabulary), 0.0, 1.0, "the discount")
    if np.any(np.equal(value, 0.0)):
        raise RunError(Fault(expression.place, "OUT-OF-RANGE", "the discount is 0", "write a number over 0, at most 1"))
    return value


def before_play(vocabulary: Vocabulary, parameters: Parameters) -> Situation:
    """Return a situation before any run, in which only parameters are known: one column, or one for each value."""
    columns = max((np.size(value) for value in parameters if np.ndim(value)), default=1)
    state = np.zeros((len(vocabulary.state), columns))
    runs = np.zeros(columns, dtype=np.int64)
    return Situation(state, parameters, 1.0, runs, np.arange(columns), lambda run: "detente validate")
