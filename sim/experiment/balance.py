"""What one side of a choice brings an actor more than the other, at points of parameters, on the same luck at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace

import numpy as np

from sim.errors import CommandError, Fault, Place, quoted
from sim.experiment.plan import Plan
from sim.experiment.playing import Progress
from sim.experiment.points import Points, Quantity, estimates
from sim.experiment.quantiles import two_sided_student
from sim.experiment.summary import Stat
from sim.model.compiling import check_play, regime_names, unknown
from sim.model.game import Setting
from sim.scenario.arithmetic import Floats
from sim.scenario.schema import Scenario

Stage = Callable[[int], AbstractContextManager[Progress]]
"""Begins a stretch of work of so many runs; yields what is told of those done."""

_ROUNDING = 1e-12
"""Share of the payoffs themselves below which their difference is a matter of rounding."""

_WORTH_SHARING = 200_000
"""Runs below which starting other processes takes longer than playing."""


@dataclass(frozen=True, eq=False)
class Differences:
    """Paired differences at points: mean, standard error, and half the width of the 95 % interval (points,)."""

    mean: Floats
    se: Floats
    reach: Floats

    def stat(self, point: int) -> Stat:
        """Return the difference at one point."""
        mean, reach = float(self.mean[point]), float(self.reach[point])
        return Stat(mean, float(self.se[point]), mean - reach, mean + reach)


@dataclass(eq=False)
class Balance:
    """Two sides that an actor chooses between - regimes, or strategies of its own - and how they are played."""

    scenario: Scenario
    actor: str
    of: str
    minus: str
    by: str
    """What the sides are: ``regimes`` or ``strategies``."""
    sides: Mapping[str, Setting]
    plan: Plan
    stage: Stage = field(default=lambda total: nullcontext(lambda count: None))
    points: int = field(default=0, init=False)
    """Points that have been played."""

    @property
    def kept(self) -> dict[str, tuple[str, ...]]:
        """Return for each side the parameters to which its regime gives a value of its own, not set by the user."""
        regimes = {side: self._regime(setting) for side, setting in self.sides.items()}
        return {
            side: tuple(
                name
                for name in (self.scenario.regimes[regime].parameters if regime in self.scenario.regimes else ())
                if name not in self.sides[side].parameters
            )
            for side, regime in regimes.items()
        }

    def _regime(self, setting: Setting) -> str:
        return setting.regime or regime_names(self.scenario)[0]

    @property
    def today(self) -> dict[str, float]:
        """Return what all parameters are before anything is changed: the scenario's values, or those that are set."""
        given = self.sides[self.of].parameters
        return {name: float(given.get(name, part.value)) for name, part in self.scenario.parameters.items()}

    def at(self, names: Sequence[str], values: Floats, seed: int | None = None) -> Differences:
        """Return the differences at points; ``values`` is (parameters, points). Raises ``RunError``."""
        quantities = [
            Quantity(((1.0, self.of, self.actor), (-1.0, self.minus, self.actor))),
            Quantity(((1.0, self.of, self.actor),)),
            Quantity(((1.0, self.minus, self.actor),)),
        ]
        points = Points(tuple(names), np.asarray(values, dtype=float))
        self.points += points.count
        total = points.count * self.plan.runs * len(self.sides)
        plan = self.plan if seed is None else replace(self.plan, seed=seed)
        plan = plan if total >= _WORTH_SHARING else replace(plan, jobs=1, cluster=None)
        with self.stage(total) as progress:
            found = estimates(self.scenario, self.sides, quantities, points, plan, progress, kept=self.kept)
        mean, error = found.mean[0].copy(), found.se[0].copy()
        least = _ROUNDING * np.abs(found.mean[1:]).max(axis=0)
        mean[np.abs(mean) <= least] = 0.0
        error[error <= least] = 0.0
        return Differences(mean, error, two_sided_student(found.runs - 1) * error)


def balance_of(
    scenario: Scenario,
    actor: str,
    plan: Plan,
    regimes: Sequence[str] = (),
    strategies: Sequence[str] = (),
    setting: Setting | None = None,
    stage: Stage | None = None,
) -> Balance:
    """Return what is weighed: two regimes (default: the first two), or two strategies of the actor under one regime.

    Raises:
        CommandError: a name that the scenario does not have, not two sides, or a single run.
    """
    setting = setting or Setting()
    if actor not in scenario.actors:
        raise unknown(actor, list(scenario.actors), "actor")
    if plan.runs < 2:
        problem = "one run alone has no interval, and a break-even is found by intervals"
        raise _refused("RUNS", problem, "ask for 2 runs or more with --runs")
    known = regime_names(scenario)
    regimes, strategies = list(dict.fromkeys(regimes)), list(dict.fromkeys(strategies))
    for name in regimes:
        if name not in known:
            raise unknown(name, known, "regime")
    if strategies:
        sides = _strategies(scenario, actor, regimes, strategies, setting)
    else:
        sides = {name: replace(setting, regime=name) for name in _two_regimes(scenario, regimes)}
    minus, of = sides
    kind = "strategies" if strategies else "regimes"
    balance = Balance(scenario, actor, of, minus, kind, sides, plan)
    if stage is not None:
        balance.stage = stage
    return balance


def _two_regimes(scenario: Scenario, regimes: Sequence[str]) -> list[str]:
    names = list(regimes) or regime_names(scenario)[:2]
    if len(names) == 2:
        return names
    told = "offers one regime" if not regimes else "is asked about one regime" if len(names) == 1 else ""
    problem = f"{quoted(scenario.scenario)} {told}: {quoted(names[0])}" if told else f"{len(names)} regimes are named"
    raise _refused("ONE-REGIME", problem, "name two with --regime, or two strategies with --strategy")


def _strategies(
    scenario: Scenario, actor: str, regimes: Sequence[str], strategies: Sequence[str], setting: Setting
) -> dict[str, Setting]:
    for name in strategies:
        check_play(scenario, actor, name)
    if len(strategies) != 2:
        named = "one strategy is" if len(strategies) == 1 else f"{len(strategies)} strategies are"
        raise _refused("STRATEGY", f"{named} named", "name two with --strategy")
    if len(regimes) > 1:
        raise _refused("REGIME", "two strategies are weighed under one regime", "name one --regime")
    if actor in setting.plays:
        problem = f"--play says what {quoted(actor)} plays, and so does --strategy"
        raise _refused("PLAY", problem, "use --play for other actors")
    regime = regimes[0] if regimes else regime_names(scenario)[0]
    return {name: replace(setting, regime=regime, plays={**setting.plays, actor: name}) for name in strategies}


def ranges_of(scenario: Scenario, asked: Sequence[str] = ()) -> dict[str, tuple[float, float]]:
    """Return the ranges of the parameters asked for (default: all that have one). Raises ``CommandError``."""
    ranges = {
        name: part.range
        for name, part in scenario.parameters.items()
        if part.range is not None and part.range[0] < part.range[1]
    }
    for name in asked:
        if name not in scenario.parameters:
            raise unknown(name, list(scenario.parameters), "parameter")
        if name not in ranges:
            problem = f"the parameter {quoted(name)} has no range to look for a break-even in"
            raise _refused(
                "RANGE", problem, f"write one in the scenario, such as {name}: {{value: 0.2, range: [0, 1]}}"
            )
    if not ranges:
        problem = f"no parameter of {quoted(scenario.scenario)} has a range"
        raise _refused("RANGE", problem, "write ranges in the scenario, such as burden: {value: 0.2, range: [0, 0.5]}")
    return {name: ends for name, ends in ranges.items() if name in asked} if asked else ranges


def _refused(code: str, problem: str, remedy: str) -> CommandError:
    return CommandError(Fault(Place("command line"), code, problem, remedy))
