"""Break-even: what each parameter alone, and all together, would have to be for two sides to be equally good.

The sides are two regimes, or two strategies of the actor. Everything is played on the same luck, so that for a fixed
seed the difference between the sides is a function of the parameters. A break-even value is where it crosses zero; its
interval is the set of values at which the paired 95 % interval of the difference contains zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.errors import CommandError, Fault, Place, RunError, quoted
from sim.experiment.alone import Alone, Scan, ladder, scanned
from sim.experiment.balance import Balance, Stage, balance_of, ranges_of
from sim.experiment.crossings import GRID
from sim.experiment.joint import Joint, Space, cheapest, towards
from sim.experiment.plan import Plan, planned_at_points
from sim.experiment.summary import Stat
from sim.model.game import Setting
from sim.scenario.schema import Scenario
from sim.shown import Drawn

_AXES = 3
"""Parameters from whose own break-even the search for the cheapest joint change also starts."""


@dataclass(frozen=True, eq=False, repr=False)
class BreakEven(Drawn):
    """At what values two sides are equally good for an actor: each parameter alone, and the cheapest change of all."""

    scenario: Scenario
    actor: str
    of: str
    minus: str
    by: str
    """What the sides are: ``regimes`` or ``strategies``."""
    settings: Mapping[str, Setting]
    plan: Plan
    difference: Stat
    """What ``of`` brings more than ``minus`` today."""
    parameters: tuple[Alone, ...]
    joint: Joint | None
    """None where there is none within the ranges, where it was not looked for, or where today is break-even."""
    trouble: str
    """Why the search for the joint change had to stop; empty as a rule."""
    weights: Mapping[str, float]
    points: int
    """Points of parameters that were played, each on the same luck."""

    @property
    def ladder(self) -> tuple[Alone, ...]:
        """Return the parameters that break even in their range, the one that has to move least first."""
        return ladder(self.parameters)

    @property
    def regime(self) -> str | None:
        """Return the regime under which strategies are weighed; None where regimes are."""
        return self.settings[self.of].regime if self.by == "strategies" else None

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as it stands in JSON."""
        return {
            "scenario": self.scenario.scenario,
            "actor": self.actor,
            "of": self.of,
            "minus": self.minus,
            "by": self.by,
            "regime": self.regime,
            "runs": self.plan.runs,
            "seed": self.plan.seed,
            "points": self.points,
            "difference": self.difference.to_dict(),
            "parameters": {each.name: each.to_dict() for each in self.parameters},
            "joint": None if self.joint is None else self.joint.to_dict(),
            "weights": dict(self.weights),
            "trouble": self.trouble,
        }


def breakeven(
    scenario: Scenario,
    actor: str,
    *,
    regimes: Sequence[str] = (),
    strategies: Sequence[str] = (),
    parameters: Sequence[str] = (),
    weights: Mapping[str, float] | None = None,
    setting: Setting | None = None,
    plan: Plan | None = None,
    grid: int = GRID,
    joint: bool = True,
    stage: Stage | None = None,
) -> BreakEven:
    """Return at what values of parameters with a range two sides are equally good for an actor.

    ``stage`` is told of each stretch of work before it begins. ``grid`` is how many places of each range are looked at
    first: crossings that lie closer together than these may go unseen.

    Raises:
        CommandError: a name that the scenario does not have, not two sides, a single run, a weight that is none.
        RunError: an expression misbehaves at some value within the ranges.
    """
    plan = plan or planned_at_points(scenario)
    balance = balance_of(scenario, actor, plan, regimes, strategies, setting, stage)
    ranges = ranges_of(scenario, parameters)
    weights = _checked(weights or {}, ranges)
    scan = scanned(balance, ranges, grid)
    found, trouble = None, ""
    if joint:
        try:
            found = _together(balance, scan, weights)
        except RunError as error:
            trouble = str(error.faults[0])
    return BreakEven(
        scenario=scenario,
        actor=actor,
        of=balance.of,
        minus=balance.minus,
        by=balance.by,
        settings=balance.sides,
        plan=plan,
        difference=scan.difference,
        parameters=scan.answers,
        joint=found,
        trouble=trouble,
        weights=weights,
        points=balance.points,
    )


def _together(balance: Balance, scan: Scan, weights: Mapping[str, float]) -> Joint | None:
    """Look for the cheapest joint change, from the parameters' own break-evens and from what each does at most."""
    now = scan.difference.mean
    used = [each for each in scan.answers if each.matters]
    if not used or not now:
        return None
    space = Space.of({each.name: (each.now, *each.range) for each in used}, weights)
    unit = space.width / space.weight
    corner, slope = np.zeros(len(used)), np.zeros(len(used))
    for place, each in enumerate(used):
        curve = scan.curves[each.name]
        best = int(np.argmin(math.copysign(1.0, now) * curve.mean))
        corner[place] = (curve.at[best] - each.now) / unit[place]
        if corner[place]:
            slope[place] = (curve.mean[best] - now) / corner[place]
    starts = [corner]
    aimed = towards(space, slope, -now)
    if aimed is not None:
        starts.append(aimed)
    for each in ladder(used)[:_AXES]:
        axis = np.zeros(len(used))
        place = used.index(each)
        axis[place] = (each.moved or 0.0) * space.weight[place]
        starts.append(axis)
    return cheapest(balance, space, now, starts)


def _checked(weights: Mapping[str, float], ranges: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    for name, weight in weights.items():
        if name not in ranges:
            problem = f"a weight is given to {quoted(name)}, which is not among the parameters looked at"
            raise _refused(problem, "name a parameter with a range")
        if not (math.isfinite(weight) and weight > 0.0):
            raise _refused(f"the weight of {quoted(name)} is {weight:g}", "write a number above 0")
    return {name: float(weight) for name, weight in weights.items()}


def _refused(problem: str, remedy: str) -> CommandError:
    return CommandError(Fault(Place("command line"), "WEIGHTS", problem, remedy))
