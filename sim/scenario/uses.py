"""Every expression of a scenario, with what it may name and between which bounds its value must lie."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sim.scenario.expressions import Expression
from sim.scenario.schema import Actor, Effects, Hazard, Initial, Lead, Scenario, Strategy

INFINITY = math.inf


@dataclass(frozen=True)
class Use:
    """An expression in its role.

    ``fixed``: it may name parameters only. Its value must lie from ``low`` (above it, if ``above``) to ``high``, and
    be whole if ``whole``. ``regime``: the only regime in which it counts, if there is one; ``but``: those in which it
    does not. ``sure``: every run reads it, whatever happens.
    """

    expression: Expression
    what: str
    fixed: bool = False
    low: float = -INFINITY
    high: float = INFINITY
    above: bool = False
    whole: bool = False
    regime: str | None = None
    but: frozenset[str] = frozenset()
    sure: bool = False

    def counts_in(self, regime: str | None) -> bool:
        """Say whether it counts in a regime."""
        return self.regime in (None, regime) and regime not in self.but

    @property
    def allowed(self) -> str:
        """What may be written, in words."""
        number = "a whole number" if self.whole else "a number"
        if self.high < INFINITY:
            return f"{number} {'above' if self.above else 'from'} {self.low:g} {'up ' * self.above}to {self.high:g}"
        return f"{number} of {self.low:g} or more"

    def allows(self, value: float) -> bool:
        """Say whether a value lies within the bounds."""
        enough = value > self.low if self.above else value >= self.low
        return enough and value <= self.high and (not self.whole or value == math.floor(value))


def uses(scenario: Scenario) -> Iterator[Use]:
    """Yield every expression of a scenario."""
    if scenario.clock.discount is not None:
        yield Use(scenario.clock.discount, "a discount", fixed=True, low=0.0, high=1.0, above=True, sure=True)
    scored = not _may_end(scenario)
    for name, variable in scenario.state.items():
        if variable.initial is not None:
            replaced = (regime for regime, one in scenario.regimes.items() if name in one.initial)
            yield from _initial(variable.initial, but=frozenset(replaced))
        yield from _given(variable.drift, "a drift", sure=scored)
    for flow in scenario.derived.values():
        yield Use(flow.value, "a derived name", sure=True)
    for actor in scenario.actors.values():
        yield from _actor(actor, scored)
    for hazard in scenario.hazards.values():
        yield from _hazard(hazard)
    for name, regime in scenario.regimes.items():
        for initial in regime.initial.values():
            yield from _initial(initial, name)


def _may_end(scenario: Scenario) -> bool:
    """Say whether a run may end before its first turn is scored."""
    hazards = scenario.hazards.values()
    return any(hazard.ends or any(outcome.ends for outcome in hazard.outcomes.values()) for hazard in hazards)


def of_lead(lead: Lead) -> tuple[Expression, ...]:
    """Return the numbers of a lead time in the order in which they must ascend."""
    return tuple(one for one in (lead.value, lead.mean, lead.low, lead.mode, lead.high) if one is not None)


def _given(expression: Expression | None, what: str, *, sure: bool = False) -> Iterator[Use]:
    if expression is not None:
        yield Use(expression, what, sure=sure)


def _weights(expressions: Iterable[Expression | None], *, fixed: bool = False) -> Iterator[Use]:
    for expression in expressions:
        if expression is not None:
            yield Use(expression, "a weight", fixed=fixed, low=0.0)


def _initial(initial: Initial, regime: str | None = None, but: frozenset[str] = frozenset()) -> Iterator[Use]:
    values = [initial.value, initial.low, initial.high, *(value for value, _ in initial.choices)]
    for value in values:
        if value is not None:
            yield Use(value, "a first value", fixed=True, regime=regime, but=but, sure=True)
    for weight in _weights((weight for _, weight in initial.choices), fixed=True):
        yield replace(weight, regime=regime, but=but, sure=True)


def _effects(effects: Effects) -> Iterator[Use]:
    for expression in (*effects.set.values(), *effects.add.values()):
        yield Use(expression, "an effect")


def _chance(expression: Expression | None, *, sure: bool = False) -> Iterator[Use]:
    if expression is not None:
        yield Use(expression, "a chance", low=0.0, high=1.0, sure=sure)


def _actor(actor: Actor, scored: bool) -> Iterator[Use]:
    for flow in actor.incentives.values():
        yield Use(flow.value, "an incentive", sure=scored)
    for action in actor.actions.values():
        yield from _given(action.available, "a condition")
        yield from _given(action.cost, "a cost")
        yield from _chance(action.chance)
        for number in of_lead(action.after) if action.after is not None else ():
            yield Use(number, "a lead time", low=0.0)
        yield from _effects(action)
        if action.now is not None:
            yield from _effects(action.now)
    for strategy in actor.strategies.values():
        yield from _strategy(strategy)


def _strategy(strategy: Strategy) -> Iterator[Use]:
    for rule in strategy.rules or ():
        yield from _given(rule.when, "a condition")
        yield from _weights(rule.do.values())
    yield from _weights((strategy.mix or {}).values(), fixed=True)
    weigh = strategy.weigh
    if weigh is None:
        return
    yield Use(weigh.rationality, "a rationality", fixed=True, low=0.0)
    if weigh.foresight is not None:
        yield Use(weigh.foresight, "a foresight", fixed=True, low=0.0, high=1000.0, whole=True)
    if weigh.level is not None:
        yield Use(weigh.level, "a level", fixed=True, low=0.0, high=4.0, whole=True)
    for belief in weigh.believes.values():
        yield Use(belief, "a belief", fixed=True)


def _hazard(hazard: Hazard) -> Iterator[Use]:
    if hazard.rate is not None:
        yield Use(hazard.rate, "a rate", low=0.0, sure=True)
    yield from _chance(hazard.chance, sure=True)
    yield from _effects(hazard)
    for payoff in hazard.payoffs.values():
        yield Use(payoff, "a payoff")
    for outcome in hazard.outcomes.values():
        yield from _weights([outcome.weight])
        yield from _effects(outcome)
        for payoff in outcome.payoffs.values():
            yield Use(payoff, "a payoff")
