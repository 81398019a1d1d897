"""A scenario along parameters: what regimes bring each actor at every point, on the same luck at all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from sim.errors import CommandError, Fault, Place, quoted
from sim.experiment.axes import Axis, Span, axes_of, grid, latin
from sim.experiment.compare import under
from sim.experiment.frontier import Segment, frontiers
from sim.experiment.plan import Plan, planned_at_points
from sim.experiment.playing import Progress
from sim.experiment.points import Estimates, Points, Quantity, estimates
from sim.experiment.quantiles import two_sided_student
from sim.experiment.summary import Stat
from sim.model.compiling import compiled, regime_names, unknown
from sim.model.game import Setting
from sim.scenario.arithmetic import Floats
from sim.scenario.schema import Scenario
from sim.shown import Drawn

Design = Literal["line", "plane", "latin"]

_ROUNDING = 1e-12
"""Share of the payoffs themselves below which their difference is a matter of rounding."""


@dataclass(frozen=True)
class Choice:
    """The regime that brings an actor most at a point; ``clear`` where its lead over each other one is beyond luck."""

    regime: str
    clear: bool


@dataclass(frozen=True)
class Swept:
    """What is swept, and what is played at every point: regimes by name."""

    scenario: Scenario
    design: Design
    axes: tuple[Axis, ...]
    points: Points
    sides: Mapping[str, Setting]
    plan: Plan


@dataclass(frozen=True, eq=False, repr=False)
class Sweep(Drawn):
    """Payoffs of every actor under every regime at points of parameters, and their paired differences.

    Points are counted from 0 here; pages and files count them from 1.
    """

    asked: Swept
    estimates: Estimates
    """Rows: for each actor every regime's payoff, then every pair's difference (the later regime minus the earlier)."""

    @property
    def scenario(self) -> Scenario:
        """Return the scenario."""
        return self.asked.scenario

    @property
    def actors(self) -> tuple[str, ...]:
        """Return the actors' names."""
        return tuple(self.scenario.actors)

    @property
    def regimes(self) -> tuple[str, ...]:
        """Return the regimes' names."""
        return tuple(self.asked.sides)

    @property
    def points(self) -> Points:
        """Return the points."""
        return self.asked.points

    @cached_property
    def _rows(self) -> dict[tuple[str, ...], int]:
        return {key: row for row, (key, _) in enumerate(_asked(self.actors, self.regimes))}

    def payoffs(self, actor: str, regime: str) -> Floats:
        """Return an actor's mean payoff under a regime at every point."""
        means: Floats = self.estimates.mean[self._rows[actor, regime]]
        return means

    def payoff(self, actor: str, regime: str, point: int) -> Stat:
        """Return an actor's payoff under a regime at a point."""
        return self._stat(self._rows[actor, regime], point)

    def difference(self, actor: str, of: str, minus: str, point: int) -> Stat:
        """Return what one regime brings an actor more than another, paired run by run."""
        row = self._rows.get((actor, of, minus))
        if row is not None:
            return self._stat(row, point)
        stat = self._stat(self._rows[actor, minus, of], point)
        low, high = (None if end is None else 0.0 - end for end in (stat.high, stat.low))
        return Stat(0.0 - stat.mean, stat.se, low, high)

    def choice(self, actor: str, point: int) -> Choice:
        """Return what an actor prefers at a point; of regimes that are equally good, the one that stands first.

        Regimes that are the same to the actor in every run at every point are no rivals of each other.
        """
        means = [float(self.payoffs(actor, regime)[point]) for regime in self.regimes]
        least = self._least[actor]
        best = next(place for place, mean in enumerate(means) if mean >= max(means) - least)
        same = self.same[actor][self.regimes[best]]
        rivals = [regime for regime in self.regimes if self.same[actor][regime] != same]
        leads = [self.difference(actor, self.regimes[best], rival, point) for rival in rivals]
        clear = bool(rivals or len(self.regimes) == 1)
        return Choice(self.regimes[best], clear and all(lead.low is not None and lead.low > least for lead in leads))

    @cached_property
    def same(self) -> dict[str, dict[str, str]]:
        """Return for each actor and regime the first regime that brings the actor the same in every run everywhere."""
        return {
            actor: {
                regime: next(first for first in self.regimes if first == regime or self._twins(actor, regime, first))
                for regime in self.regimes
            }
            for actor in self.actors
        }

    def _twins(self, actor: str, of: str, minus: str) -> bool:
        row, least = self._rows.get((actor, of, minus)), self._least[actor]
        if row is None:
            return False
        # Of a single run there is no error, and its result is the same or not.
        apart = np.abs(self.estimates.mean[row]) + np.nan_to_num(self.estimates.se[row])
        return bool((apart <= 2 * least).all())

    @cached_property
    def _least(self) -> dict[str, float]:
        """Return for each actor the size of differences that are a matter of rounding."""
        sizes = {
            actor: max(float(np.abs(self.payoffs(actor, regime)).max()) for regime in self.regimes)
            for actor in self.actors
        }
        return {actor: _ROUNDING * size for actor, size in sizes.items()}

    @cached_property
    def frontiers(self) -> dict[str, list[Segment]]:
        """Return for each actor where its preference changes: stretches of the plane, points of the line.

        Between points payoffs are taken to be straight. Drawn points have none.
        """
        if self.asked.design == "latin":
            return {}
        values = [np.array(axis.values) for axis in self.asked.axes]
        shape = tuple(len(each) for each in reversed(values))
        return {
            actor: frontiers(values, {regime: self.payoffs(actor, regime).reshape(shape) for regime in self.regimes})
            for actor in self.actors
        }

    @cached_property
    def _reach(self) -> float:
        return two_sided_student(self.estimates.runs - 1) if self.estimates.runs > 1 else np.nan

    def _stat(self, row: int, point: int) -> Stat:
        mean, error = float(self.estimates.mean[row, point]), float(self.estimates.se[row, point])
        if not np.isfinite(error):
            return Stat(mean, None, None, None)
        return Stat(mean, error, mean - self._reach * error, mean + self._reach * error)

    def to_dict(self) -> dict[str, Any]:
        """Return the sweep as it stands in JSON."""
        return {
            "scenario": self.scenario.scenario,
            "runs": self.asked.plan.runs,
            "seed": self.asked.plan.seed,
            "design": self.asked.design,
            "regimes": list(self.regimes),
            "over": {axis.name: axis.to_dict() for axis in self.asked.axes},
            "points": [self._point(point) for point in range(self.points.count)],
            "frontiers": {actor: [each.to_dict() for each in found] for actor, found in self.frontiers.items()},
        }

    def _point(self, point: int) -> dict[str, Any]:
        first, *others = self.regimes
        choices = {actor: self.choice(actor, point) for actor in self.actors}
        return {
            "point": point + 1,
            "parameters": self.points.at(point),
            "payoffs": {
                regime: {actor: self.payoff(actor, regime, point).to_dict() for actor in self.actors}
                for regime in self.regimes
            },
            "differences": [
                {
                    "of": regime,
                    "minus": first,
                    "actors": {actor: self.difference(actor, regime, first, point).to_dict() for actor in self.actors},
                }
                for regime in others
            ],
            "prefers": {actor: {"regime": choice.regime, "clear": choice.clear} for actor, choice in choices.items()},
        }


def swept(
    scenario: Scenario,
    over: Mapping[str, Span] | None = None,
    values: Mapping[str, Sequence[float]] | None = None,
    *,
    draws: int | None = None,
    regimes: Sequence[str] = (),
    setting: Setting | None = None,
    plan: Plan | None = None,
) -> Swept:
    """Return what is to be played: axes, points and regimes (default: the first two), before anything is.

    ``draws`` points are drawn over all axes where it is given.

    Raises:
        CommandError: a name that the scenario does not have, or points that cannot be played.
    """
    plan, setting = plan or planned_at_points(scenario), setting or Setting()
    known = regime_names(scenario)
    for name in regimes:
        if name not in known:
            raise unknown(name, known, "regime")
    axes = axes_of(scenario, over or {}, values or {}, drawn=draws is not None)
    for axis in axes:
        if axis.name in setting.parameters:
            problem = f"--set gives {quoted(axis.name)} one value, and it is swept"
            raise CommandError(Fault(Place("command line"), "SET", problem, "leave one of the two out"))
    sides = {name: under(setting, name) for name in dict.fromkeys(regimes or known[:2])}
    for side in sides.values():
        compiled(scenario, side)
    design: Design = "latin" if draws is not None else "line" if len(axes) == 1 else "plane"
    points = grid(axes) if draws is None else latin(axes, draws, plan.seed)
    return Swept(scenario, design, axes, points, sides, plan)


def play_sweep(asked: Swept, progress: Progress | None = None) -> Sweep:
    """Play a sweep. Raises ``RunError`` where an expression misbehaves at some point."""
    quantities = [quantity for _, quantity in _asked(tuple(asked.scenario.actors), tuple(asked.sides))]
    found = estimates(asked.scenario, asked.sides, quantities, asked.points, asked.plan, progress)
    return Sweep(asked, found)


def _asked(actors: Sequence[str], regimes: Sequence[str]) -> list[tuple[tuple[str, ...], Quantity]]:
    """Return what is estimated, in order: (actor, regime) is a payoff, (actor, of, minus) a difference."""
    found: list[tuple[tuple[str, ...], Quantity]] = []
    for actor in actors:
        found += [((actor, regime), Quantity(((1.0, regime, actor),))) for regime in regimes]
        for place, of in enumerate(regimes):
            for minus in regimes[:place]:
                found.append(((actor, of, minus), Quantity(((1.0, of, actor), (-1.0, minus, actor)))))
    return found
