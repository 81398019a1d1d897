"""From a scenario and a setting to a game. ``compiled`` is the only way in.

What the command line gives wins over the regime, the regime over the scenario (language page, section 2).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.errors import CommandError, Fault, Place, RunError, expected_one_of, quoted
from sim.model import plugins
from sim.model.effects import Change, Effects, Variable
from sim.model.game import Action, Actor, Game, Given, Hazard, LeadTime, Outcome, Setting
from sim.model.strategies import outside
from sim.scenario import schema
from sim.scenario.arithmetic import Formulas, Parameters, Value, Vocabulary
from sim.scenario.expressions import Expression


def unknown(word: str, known: list[str], what: str) -> CommandError:
    """Return the error for a name on the command line that the scenario does not have."""
    problem = f"unknown {what} {quoted(word)}"
    code = f"UNKNOWN-{what.split(maxsplit=1)[0].upper()}"
    return CommandError(Fault(Place("command line"), code, problem, expected_one_of(word, known, what)))


def regime_names(scenario: schema.Scenario) -> list[str]:
    """Return the names of a scenario's regimes; ``base`` when it has none."""
    return list(scenario.regimes) or ["base"]


def strategy_names(actor: schema.Actor) -> list[str]:
    """Return what an actor can be told to play: its strategies, then its actions."""
    return list(dict.fromkeys([*actor.strategies, *actor.actions]))


def check_play(scenario: schema.Scenario, actor: str, word: str) -> None:
    """Raise ``CommandError`` unless a word means something that an actor can play: its own, or a plug-in."""
    known = strategy_names(scenario.actors[actor])
    if word in known:
        return
    if not plugins.is_name(word) or not known:
        raise unknown(word, known, f"strategy of {actor}")
    outside.check(word, scenario, actor)


def compiled(scenario: schema.Scenario, setting: Setting | None = None, *, by_run: bool = False) -> Game:
    """Return the game of a scenario under a setting; with ``by_run`` a parameter may be an array, one number a run.

    Raises ``CommandError`` for names the scenario does not have, ``RunError`` for numbers that make no sense.
    """
    setting = setting or Setting()
    known = regime_names(scenario)
    name = setting.regime or known[0]
    if name not in known:
        raise unknown(name, known, "regime")
    return _Compiler(scenario, setting, name, by_run).game()


def _finite(name: str, value: Any, by_run: bool) -> Any:
    """Return a parameter's given value as a float, or as an array of floats where it may be one number a run."""
    try:
        number = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        number = np.asarray(np.nan)
    if not np.all(np.isfinite(number)) or (number.ndim and not by_run):
        problem = f"{quoted(value)} is no finite number for {quoted(name)}"
        raise CommandError(Fault(Place("command line"), "SET", problem, f"write --set {name}=0.25"))
    return number if number.ndim else float(number)


class _Compiler:
    def __init__(self, scenario: schema.Scenario, setting: Setting, regime: str, by_run: bool) -> None:
        self.scenario, self.setting, self.name, self.by_run = scenario, setting, regime, by_run
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
            flows=self.group(*(flow.value for part in scenario.actors.values() for flow in part.incentives.values())),
            intensities=self.group(*(intensity_of(part) for part in scenario.hazards.values())),
            drift=self.drift(),
            derived=self.group(*(flow.value for flow in scenario.derived.values())),
        )

    def values(self) -> Parameters:
        values = {name: part.value for name, part in self.scenario.parameters.items()}
        values |= self.regime.parameters
        for name, value in self.setting.parameters.items():
            if name not in values:
                raise unknown(name, list(values), "parameter")
            values[name] = _finite(name, value, self.by_run)
        return tuple(value if np.ndim(value) else np.float64(value) for value in values.values())

    def initial(self, name: str, part: schema.State) -> schema.Initial:
        return self.regime.initial.get(name) or part.initial or schema.Initial(value=None)

    def effects(self, part: schema.Effects | None) -> Effects:
        steps = [] if part is None else [(part.set, False), (part.add, True)]
        changes = [
            Change(self.variables[name], value, adds) for changes, adds in steps for name, value in changes.items()
        ]
        return Effects(changes, self.vocabulary)

    def drift(self) -> Effects:
        drifting = [(name, part.drift) for name, part in self.scenario.state.items() if part.drift is not None]
        changes = [Change(self.variables[name], drift, adds=True) for name, drift in drifting]
        return Effects(changes, self.vocabulary, at_once=True)

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
        if asked is not None:
            check_play(self.scenario, name, asked)
        return asked or self.regime.plays.get(name) or part.plays or (known[0] if known else None)

    def action(self, index: int, name: str, part: schema.Action, forbidden: bool) -> Action:
        now, effects = self.effects(part.now), self.effects(part)
        return Action(
            name=name,
            index=index,
            forbidden=forbidden,
            available=None if part.available is None else Formulas([part.available], self.vocabulary, asks=True),
            cost=self.one(part.cost),
            chance=self.one(part.chance),
            lead=self.lead(part.after),
            now=now,
            effects=effects,
            at_once=now.followed_by(effects),
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
        outcomes = [self.outcome(each_name, each, part.ends) for each_name, each in part.outcomes.items()]
        if not outcomes:
            outcomes = [self.outcome("", part, part.ends)]
        weights = self.group(*(each.weight for each in part.outcomes.values() if each.weight is not None))
        return Hazard(
            name=name,
            index=index,
            is_rate=part.rate is not None,
            outcomes=tuple(outcomes),
            weights=weights,
            named=bool(part.outcomes),
        )

    def outcome(self, name: str, part: schema.Outcome | schema.Hazard, ends: bool) -> Outcome:
        return Outcome(
            name=name,
            weight=self.one(part.weight) if isinstance(part, schema.Outcome) else None,
            paid=tuple(self.actor_names.index(actor) for actor in part.payoffs),
            payoffs=self.group(*part.payoffs.values()),
            effects=self.effects(part),
            ends=part.ends or ends,
        )


def intensity_of(part: schema.Hazard) -> Expression:
    """Return the rate or the chance of a hazard."""
    intensity = part.rate or part.chance
    if intensity is None:
        raise AssertionError("a hazard without rate and chance")
    return intensity


def discount_of(expression: Expression | None, vocabulary: Vocabulary, parameters: Parameters) -> Value:
    """Return the discount at some parameters; raises ``RunError`` unless it is over 0 and at most 1."""
    if expression is None:
        return np.float64(1.0)
    value = Given(vocabulary, parameters).read(expression, 0.0, 1.0, "the discount")
    if np.any(np.equal(value, 0.0)):
        raise RunError(Fault(expression.place, "OUT-OF-RANGE", "the discount is 0", "write a number over 0, at most 1"))
    return value
