"""Which parameters drive a payoff, or the difference between two regimes, over the ranges that parameters may have.

Every point of parameters is played on the same luck, so that what differs between two points is the doing of the
parameters: with luck of its own at each point, noise would count as variance that no parameter explains alone, and
first-order indices would shrink while total ones grew. The whole is repeated with other luck to see how much of an
index luck decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.errors import CommandError, Fault, Place, quoted
from sim.experiment.compare import under
from sim.experiment.plan import Plan, planned_for
from sim.experiment.playing import Progress
from sim.experiment.points import Points, Quantity, estimates
from sim.experiment.screening import METHODS, Measured, Method, method_of
from sim.model.compiling import compiled, regime_names, unknown
from sim.model.game import Setting
from sim.model.luck import derived_seed
from sim.scenario.arithmetic import Floats
from sim.scenario.schema import Scenario
from sim.shown import Drawn

RUNS, POINTS, REPEATS = 64, 256, 3
"""Runs at each point, points of the sample, and times that the whole is played, unless told otherwise."""

MOST = 2_000_000
"""Most points that are played."""

_LEVEL = 1e-9
"""Share of its own size below which the spread of a result is a matter of rounding."""


@dataclass(frozen=True)
class Driver:
    """What a parameter does to a result: its measures by name, and which way the result goes as it rises."""

    name: str
    low: float
    high: float
    measures: Mapping[str, Measured]
    direction: int
    """1 where the result rises with it on the whole, -1 where it falls, 0 where neither is beyond chance."""

    def to_dict(self) -> dict[str, Any]:
        """Return the parameter's part as it stands in JSON."""
        told = {name: measured.to_dict() for name, measured in self.measures.items()}
        return {"range": [self.low, self.high], **told, "direction": self.direction}


@dataclass(frozen=True)
class Driven:
    """A result and what drives it, most telling parameter first; no drivers where it does not vary."""

    actor: str
    of: str
    minus: str | None
    """The regime whose payoff is taken away; None for a payoff by itself."""
    mean: float
    deviation: float
    """The standard deviation of its mean over the ranges."""
    luck: float | None
    """The share of the variance of one run, at parameters anywhere in their ranges, that is luck.

    None where each point has one run, or the method plays no even sample of points.
    """
    drivers: tuple[Driver, ...]

    @property
    def varies(self) -> bool:
        """Say whether the result varies over the ranges at all."""
        return bool(self.drivers)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as it stands in JSON."""
        return {
            "actor": self.actor,
            "of": self.of,
            "minus": self.minus,
            "mean": self.mean,
            "deviation": self.deviation,
            "luck_share": self.luck,
            "varies": self.varies,
            "parameters": {driver.name: driver.to_dict() for driver in self.drivers},
        }


@dataclass(frozen=True)
class Studied:
    """What is studied: results of actors under one regime or two, over the ranges of parameters."""

    scenario: Scenario
    actors: tuple[str, ...]
    sides: Mapping[str, Setting]
    """One regime, or two of which the first is taken from the second."""
    ranges: Mapping[str, tuple[float, float]]
    kept: Mapping[str, tuple[str, ...]]
    """For each regime the parameters to which it gives a value of its own."""
    fixed: tuple[str, ...]
    """Parameters with a range that stay as they are: every regime, or the user, gives them a value."""
    method: Method
    points: int
    repeats: int
    plan: Plan

    @property
    def evaluations(self) -> int:
        """Return how many points are played."""
        return self.method.evaluations(len(self.ranges), self.points)

    @property
    def runs(self) -> int:
        """Return how many runs are played in all."""
        return self.evaluations * self.plan.runs * self.repeats * len(self.sides)


@dataclass(frozen=True, repr=False)
class Sensitivity(Drawn):
    """Results and what drives them."""

    asked: Studied
    results: tuple[Driven, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as it stands in JSON."""
        asked = self.asked
        return {
            "scenario": asked.scenario.scenario,
            "method": asked.method.name,
            "runs": asked.plan.runs,
            "points": asked.points,
            "repeats": asked.repeats,
            "evaluations": asked.evaluations,
            "seed": asked.plan.seed,
            "regimes": list(asked.sides),
            "fixed": list(asked.fixed),
            "kept": {regime: list(names) for regime, names in asked.kept.items()},
            "results": [result.to_dict() for result in self.results],
        }


def studied(
    scenario: Scenario,
    *,
    of: Sequence[str] = (),
    regimes: Sequence[str] = (),
    setting: Setting | None = None,
    plan: Plan | None = None,
    method: str = "sobol",
    points: int = POINTS,
    repeats: int = REPEATS,
) -> Studied:
    """Return what is to be played: results of actors (default: all) under one regime or two (default: the first two).

    Raises:
        CommandError: a name that the scenario does not have, no parameter to vary, or too much asked for.
    """
    setting = setting or Setting()
    plan = plan or replace(planned_for(scenario), runs=RUNS)
    for actor in of:
        if actor not in scenario.actors:
            raise unknown(actor, list(scenario.actors), "actor")
    names = _regimes(scenario, regimes)
    sides = {name: under(setting, name) for name in names}
    for side in sides.values():
        compiled(scenario, side)
    kept = {name: _own(scenario, name, setting) for name in names}
    ranged = {
        name: part.range
        for name, part in scenario.parameters.items()
        if part.range is not None and part.range[0] < part.range[1]
    }
    fixed = tuple(name for name in ranged if name in setting.parameters or all(name in own for own in kept.values()))
    ranges = {name: ends for name, ends in ranged.items() if name not in fixed}
    if not ranges:
        problem = f"no parameter of {quoted(scenario.scenario)} has a range" + (
            " that is left to vary" if fixed else ""
        )
        raise _refused("RANGE", problem, "write ranges in the scenario, such as burden: {value: 0.2, range: [0, 0.5]}")
    chosen = method_of(method)
    chosen.check(points, len(ranges))
    if not 1 <= repeats <= 100:
        raise _refused("REPEATS", f"--repeats is {repeats}", "write a whole number from 1 to 100")
    actors = tuple(dict.fromkeys(of)) or tuple(scenario.actors)
    asked = Studied(scenario, actors, sides, ranges, kept, fixed, chosen, points, repeats, plan)
    if asked.evaluations > MOST:
        problem = f"{asked.evaluations:,} points would be played"
        raise _refused("POINTS", problem, f"ask for fewer with --points; {MOST:,} is the most")
    return asked


def play_study(asked: Studied, progress: Progress | None = None) -> Sensitivity:
    """Play what is studied, once for each repeat with luck of its own, and measure what drives each result.

    Raises:
        RunError: an expression misbehaves at some point.
        CommandError: a library that the method needs is not installed.
    """
    design = derived_seed(asked.plan.seed, "sensitivity design")
    unit = asked.method.sample(len(asked.ranges), asked.points, design)
    low, high = (np.array([ends[place] for ends in asked.ranges.values()])[:, np.newaxis] for place in (0, 1))
    points = Points(tuple(asked.ranges), np.clip(low + (high - low) * unit, low, high))
    quantities = [_quantity(actor, tuple(asked.sides)) for actor in asked.actors]
    # The payoffs themselves say what size of a difference between them is a matter of rounding.
    quantities += [Quantity(((1.0, next(iter(asked.sides)), actor),)) for actor in asked.actors]
    found = [
        estimates(
            asked.scenario,
            asked.sides,
            quantities,
            points,
            replace(asked.plan, seed=_seed(asked.plan.seed, repeat)),
            progress,
            kept=asked.kept,
        )
        for repeat in range(asked.repeats)
    ]
    means = np.stack([each.mean for each in found])
    within = None if asked.plan.runs < 2 else np.stack([each.se for each in found]) ** 2 * asked.plan.runs
    return Sensitivity(
        asked,
        tuple(
            _driven(
                asked,
                actor,
                unit,
                means[:, row],
                None if within is None else within[:, row],
                float(np.abs(means[:, len(asked.actors) + row]).max()),
            )
            for row, actor in enumerate(asked.actors)
        ),
    )


def _seed(seed: int, repeat: int) -> int:
    """Return the seed of a repeat's luck: the first one's is the seed itself."""
    return seed if repeat == 0 else derived_seed(seed, f"sensitivity luck {repeat}")


def _quantity(actor: str, sides: tuple[str, ...]) -> Quantity:
    if len(sides) == 1:
        return Quantity(((1.0, sides[0], actor),))
    return Quantity(((1.0, sides[1], actor), (-1.0, sides[0], actor)))


def _driven(asked: Studied, actor: str, unit: Floats, means: Floats, within: Floats | None, size: float) -> Driven:
    """Return what drives one result; ``means`` and ``within`` (variances of runs) are (repeats, points).

    ``size`` is that of the payoffs that the result is made of.
    """
    first, last = next(iter(asked.sides)), list(asked.sides)[-1]
    whole = means.mean(axis=0)
    deviation = float(whole.std())
    rounding = _LEVEL * max(size, float(np.abs(whole).max()))
    level = deviation <= rounding
    luck = None
    if within is not None and asked.method.even:
        noise, spread = float(within.mean()), 0.0 if level else float(whole.var())
        noise = 0.0 if noise <= rounding**2 else noise
        luck = noise / (noise + spread) if noise + spread > 0 else 0.0
    drivers: tuple[Driver, ...] = ()
    if not level:
        seed = derived_seed(asked.plan.seed, "sensitivity resamples")
        measured = asked.method.measure(unit, whole, asked.points, seed)
        again = [asked.method.values(unit, each, asked.points, seed) for each in means] if asked.repeats > 1 else []
        directions = asked.method.directions(unit, whole, asked.points)
        drivers = tuple(
            Driver(
                name,
                *asked.ranges[name],
                {
                    measure: values[place].spread([one[measure][place] for one in again])
                    for measure, values in measured.items()
                },
                directions[place],
            )
            for place, name in enumerate(asked.ranges)
        )
        lead = asked.method.rank
        drivers = tuple(sorted(drivers, key=lambda driver: -driver.measures[lead].value))
    minus = first if len(asked.sides) == 2 else None
    return Driven(actor, last, minus, float(whole.mean()), deviation, luck, drivers)


def _regimes(scenario: Scenario, regimes: Sequence[str]) -> list[str]:
    known = regime_names(scenario)
    for name in regimes:
        if name not in known:
            raise unknown(name, known, "regime")
    names = list(dict.fromkeys(regimes)) or known[:2]
    if len(names) > 2:
        problem = f"{len(names)} regimes are named, and one payoff or one difference is studied"
        raise _refused("REGIME", problem, "name one, or two to study their difference")
    return names


def _own(scenario: Scenario, regime: str, setting: Setting) -> tuple[str, ...]:
    """Return the parameters to which a regime gives a value of its own that the user does not overrule."""
    part = scenario.regimes.get(regime)
    return tuple(name for name in part.parameters if name not in setting.parameters) if part is not None else ()


def _refused(code: str, problem: str, remedy: str) -> CommandError:
    return CommandError(Fault(Place("command line"), code, problem, remedy))


__all__ = [
    "METHODS", "POINTS", "REPEATS", "RUNS", "Driven", "Driver", "Sensitivity", "Studied", "play_study", "studied",
]  # fmt: skip
