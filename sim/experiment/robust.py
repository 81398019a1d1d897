"""How far claims survive the uncertainty about the numbers: each judged at points drawn over the parameters' ranges.

Points are a scrambled Sobol sequence (Owen, Journal of Complexity 14, 1998), which fills a space of many parameters
more evenly than independent draws; all are played on the same luck, so that points differ by their parameters alone.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import CommandError, Fault, Place, quoted
from sim.experiment.claimed import comparisons_of, quantity_of, regimes_named
from sim.experiment.claimed_equilibria import cells_to_play, equilibria_at
from sim.experiment.compare import under
from sim.experiment.deciding import Box, Influence, Map, box_of_failures, influences_of, map_of
from sim.experiment.plan import Plan, refused
from sim.experiment.playing import Progress
from sim.experiment.points import Points, estimates
from sim.experiment.quantiles import two_sided_student
from sim.experiment.summary import Stat, share_stat
from sim.model.game import Setting
from sim.model.luck import derived_seed
from sim.scenario.arithmetic import Floats
from sim.scenario.schema import Scenario

FEWEST, MOST = 16, 2**20
"""Points that may be asked for."""

RUNS = 200
"""Runs at each point unless asked otherwise: few, since points differ by far more than luck, and minutes for many."""

Ranges = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Sampling:
    """At how many points claims are judged, and by how many runs at each."""

    asked: int
    runs: int = RUNS

    def __post_init__(self) -> None:
        for name, option in (("asked", "--robust"), ("runs", "--robust-runs")):
            number = getattr(self, name)
            if isinstance(number, bool) or not hasattr(number, "__index__"):
                raise refused(option, f"{quoted(number)} is no whole number", "write a whole number")
            object.__setattr__(self, name, operator.index(number))
        if not FEWEST <= self.asked <= MOST:
            problem = f"--robust is {self.asked}"
            raise refused("--robust", problem, f"write a whole number of points from {FEWEST} to {MOST:,}")
        if self.runs < 2:
            raise refused("--robust-runs", f"--robust-runs is {self.runs}", "write a whole number of at least 2")

    @property
    def points(self) -> int:
        """Return how many points are played: the next power of two, at which a Sobol sequence is balanced."""
        return 1 << (self.asked - 1).bit_length()


@dataclass(frozen=True, eq=False)
class Endurance:
    """How a claim fares over the ranges: at which points it holds, what decides that, and where it fails."""

    name: str
    tightness: Floats
    """The smallest margin at each point, in units of its comparison's spread: above 0 where the claim holds."""
    undecided: int | None
    """Points at which 95 % intervals leave open whether it holds; None for claims about equilibria."""
    influences: tuple[Influence, ...]
    """Every parameter drawn, the most decisive first."""
    box: Box | None
    """Where it fails, as found by PRIM; None without ema-workbench, or where there is nothing to find."""
    map: Map | None
    """Shares over the two most decisive parameters; None where it holds, or fails, at every point."""

    @property
    def holds(self) -> NDArray[np.bool_]:
        """Say at which points all that the claim compares is as claimed, on average over the runs."""
        return self.tightness > 0.0

    @property
    def share(self) -> Stat:
        """Return the share of points at which the claim holds, with Wilson's 95 % interval."""
        return share_stat(int(self.holds.sum()), self.holds.size)

    @property
    def deciding(self) -> tuple[Influence, ...]:
        """Return the parameters that decide the claim more than chance would have it."""
        return tuple(influence for influence in self.influences if influence.notable)

    def to_dict(self) -> dict[str, Any]:
        """Return what stands beside a claim's share in JSON."""
        return {
            "low": self.share.low,
            "high": self.share.high,
            "holds": int(self.holds.sum()),
            "undecided": self.undecided,
            "deciding": [influence.to_dict() for influence in self.deciding],
            "region": None if self.box is None else self.box.to_dict(),
            "map": None if self.map is None else self.map.to_dict(),
        }


@dataclass(frozen=True, eq=False)
class Robustness:
    """How all claims of a scenario fare at points drawn over the ranges of its parameters."""

    scenario: Scenario
    sampling: Sampling
    ranges: Ranges
    """The parameters that were drawn, and over what."""
    points: Points
    """The points that were played: all, or those before an interruption."""
    claims: Mapping[str, Endurance] = field(default_factory=dict)

    @property
    def stopped(self) -> bool:
        """Say whether fewer points were played than asked for, since somebody interrupted."""
        return self.points.count < self.sampling.points

    def to_dict(self) -> dict[str, Any]:
        """Return what was drawn, as it stands in JSON beside the claims."""
        return {
            "asked": self.sampling.asked,
            "points": self.points.count,
            "runs": self.sampling.runs,
            "parameters": {name: list(bounds) for name, bounds in self.ranges.items()},
        }


def robustness(
    scenario: Scenario, sampling: Sampling, setting: Setting | None, plan: Plan, progress: Progress | None = None
) -> Robustness:
    """Judge every claim at points drawn over the ranges of the parameters, each regime played once for all claims.

    Parameters that the setting gives are not drawn, and a regime keeps those to which it gives a value of its own.
    Interrupted, the answer rests on the points played so far, if there are any.

    Raises:
        CommandError: no parameter is left to draw.
        RunError: an expression misbehaves at some point.
    """
    ranges = drawn(scenario, setting)
    points = points_over(ranges, sampling.points, plan.seed)
    found: list[tuple[Floats, Floats]] = []
    played = 0
    try:
        for first, end in _doubling(points.count if scenario.claims else 0):
            part = Points(points.names, points.values[:, first:end])
            at_points = Plan(sampling.runs, plan.seed, jobs=plan.jobs, cluster=plan.cluster)
            found.append(_margins(scenario, setting, part, at_points, progress))
            played = end
    except KeyboardInterrupt:
        if not found:
            raise
    if not found:
        return Robustness(scenario, sampling, ranges, points)
    points = Points(points.names, points.values[:, :played])
    mean, error = (np.concatenate(parts, axis=1) for parts in zip(*found, strict=True))
    rows = {each: row for row, each in enumerate(comparisons_of(scenario))}
    judged = {}
    for name, claim in scenario.claims.items():
        mine = [rows[each] for each in claim.holds.comparisons]
        judged[name] = _judged(name, mean[mine], error[mine], ranges, points, sampling.runs)
    return Robustness(scenario, sampling, ranges, points, judged)


def runs_to_play(scenario: Scenario, sampling: Sampling) -> int:
    """Return how many runs are played at all points together. Raises ``CommandError``."""
    return sampling.points * sampling.runs * (len(regimes_named(scenario)) + cells_to_play(scenario))


def _margins(
    scenario: Scenario, setting: Setting | None, points: Points, plan: Plan, progress: Progress | None
) -> tuple[Floats, Floats]:
    """Return the margins of all comparisons and their errors, (comparisons, points); errors of equilibria are nan."""
    compared = comparisons_of(scenario)
    kept = {name: tuple(regime.parameters) for name, regime in scenario.regimes.items()}
    mean, error = (np.full((len(compared), points.count), np.nan) for _ in range(2))
    of_results = [row for row, each in enumerate(compared) if not each.equilibria]
    if of_results:
        sides = {name: under(setting, name) for name in regimes_named(scenario)}
        quantities = [quantity_of(compared[row]) for row in of_results]
        answer = estimates(scenario, sides, quantities, points, plan, progress, kept=kept)
        mean[of_results], error[of_results] = answer.mean, answer.se
    if of_equilibria := [row for row, each in enumerate(compared) if each.equilibria]:
        asked = [compared[row] for row in of_equilibria]
        mean[of_equilibria] = equilibria_at(scenario, asked, setting, points, plan, kept, progress)
    return mean, error


def drawn(scenario: Scenario, setting: Setting | None = None) -> Ranges:
    """Return the parameters that are drawn, with their ranges: those with a range that the setting does not give.

    Raises:
        CommandError: there are none.
    """
    given = setting.parameters if setting else {}
    ranges = {
        name: part.range
        for name, part in scenario.parameters.items()
        if part.range is not None and part.range[0] < part.range[1] and name not in given
    }
    if not ranges:
        problem = "no parameter is left to draw: none has a range, or all are set"
        remedy = "write ranges in the scenario, such as {value: 0.3, range: [0.1, 0.5]}"
        raise CommandError(Fault(Place("command line"), "ROBUST", problem, remedy))
    return ranges


def points_over(ranges: Ranges, count: int, seed: int) -> Points:
    """Return so many points over the ranges; ``count`` is a power of two, and fewer points are the first of more."""
    from scipy.stats import qmc

    source = np.random.default_rng(derived_seed(seed, "robust"))
    # SciPy calls its source of luck ``seed`` before 1.15 and ``rng`` from then on.
    word = "rng" if "rng" in inspect.signature(qmc.Sobol).parameters else "seed"
    unit = qmc.Sobol(len(ranges), scramble=True, **{word: source}).random(count).T
    low, high = np.array(list(ranges.values())).T[:, :, np.newaxis]
    return Points(tuple(ranges), np.clip(low + unit * (high - low), low, high))


def _doubling(count: int) -> Iterator[tuple[int, int]]:
    """Yield stretches of points that end at powers of two: what an interruption leaves is balanced too."""
    first, end = 0, max(FEWEST, count // 8)
    while first < count:
        yield first, end
        first, end = end, 2 * end


def _judged(name: str, mean: Floats, error: Floats, ranges: Ranges, points: Points, runs: int) -> Endurance:
    """Return how a claim fares whose comparisons have these margins and errors, both (comparisons, points)."""
    reach = two_sided_student(runs - 1) * error
    surely = np.all(mean - reach > 0.0, axis=0) | np.any(mean + reach < 0.0, axis=0)
    spread = mean.std(axis=1, keepdims=True)
    tightness = np.min(mean / np.where(spread > 0.0, spread, 1.0), axis=0)
    low, high = np.array(list(ranges.values())).T[:, :, np.newaxis]
    unit = (points.values - low) / (high - low)
    influences = influences_of(points.names, unit, tightness)
    undecided = None if np.isnan(error).any() else int(np.sum(~surely))
    endurance = Endurance(name, tightness, undecided, influences, None, None)
    fails = ~endurance.holds
    if not fails.any() or fails.all():
        return endurance
    notable = [influence.parameter for influence in endurance.deciding]
    return replace(
        endurance,
        box=box_of_failures(notable, points, ranges, fails),
        map=map_of([each.parameter for each in influences[:2]], points, ranges, endurance.holds),
    )
