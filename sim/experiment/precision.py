"""How many runs for intervals of a given width? A pilot tells how spread payoffs are, and a number is declared.

Two stages, after Stein (Annals of Mathematical Statistics 16, 1945): the first only measures the spread, and the
number of runs of the second is fixed before any of them is played. Playing on until an interval looks narrow would
stop at lucky moments, and intervals would hold less often than they say. Unlike Stein's, the pilot has luck of its own
and does not enter the answer, which is therefore that of ``--runs`` with the declared number.

The number is ``t^2 s^2 F / X^2``: ``X`` half the width asked, ``t`` Student's quantile, ``s^2`` the variance in the
pilot, and ``F`` by how much that of the runs may exceed it in 19 of 20 times (a quantile of the F distribution, shared
among all intervals). Payoffs have longer or shorter tails than a bell; the degrees of freedom follow their kurtosis
(O'Neill, The American Statistician 68, 2014).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim.errors import CommandError, Fault, Place, ResourceError, quoted
from sim.experiment.blocks import most_runs
from sim.experiment.compare import play_sides
from sim.experiment.ensemble import Ensemble
from sim.experiment.plan import Plan
from sim.experiment.quantiles import CONFIDENCE
from sim.experiment.summary import Stat
from sim.model.game import Game
from sim.model.luck import derived_seed
from sim.scenario.arithmetic import Floats

PILOT = 2000
"""Runs of a pilot, and the fewest that are declared."""

MOST = 10**10
"""The most runs that are declared: a month and more of play."""


@dataclass(frozen=True)
class Declared:
    """The half-width that was asked for, and the number of runs that was declared for it."""

    asked: float
    runs: int

    @property
    def announcement(self) -> str:
        """Return in words what was declared, and how to ask for the same without a pilot."""
        return (
            f"a pilot of {PILOT:,} runs asks for {self.runs:,} runs, so that intervals reach {self.asked:g} to either "
            f"side; --runs {self.runs} gives the same answer"
        )

    def reached(self, stats: Iterable[Stat]) -> str:
        """Return in words how wide the widest of the intervals became."""
        widest = max((stat.reach for stat in stats if stat.reach is not None), default=0.0)
        words = f"Intervals that reach {self.asked:g} to either side were asked for; the widest reaches {widest:.3g}"
        return f"{words}." if widest <= self.asked else f"{words}: payoffs are more spread than in the pilot."


def half_width(value: object) -> float:
    """Return a half-width that somebody asked for. Raises ``CommandError`` unless it is a number above 0."""
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not (math.isfinite(number) and number > 0.0):
        written = f"{value:g}" if isinstance(value, float) else value
        problem = f"--precision is {quoted(written)}, which is no number above 0"
        raise CommandError(Fault(Place("command line"), "PRECISION", problem, "write a number such as 0.05"))
    return number


def planned(
    sides: Mapping[str, Game], plan: Plan, asked: float | None, runs: int | None, room: Callable[[], int] | None = None
) -> tuple[Plan, Declared | None]:
    """Return the plan with as many runs as the precision ``asked`` needs, if one is; and what was declared.

    ``runs`` is the number asked for beside it, which has to be none; ``room`` tells for how many runs there is room
    (default: in the temporary folder).

    Raises:
        CommandError: both runs and a precision are asked for, or a precision that needs too many runs.
        ResourceError: there is no room for so many runs.
        RunError: an expression misbehaves in the pilot.
    """
    if asked is None:
        return plan, None
    if runs is not None:
        problem = "both --precision and --runs say how many runs are played"
        raise CommandError(Fault(Place("command line"), "PRECISION", problem, "leave one of them out"))
    declared = _declared(sides, plan, half_width(asked), room() if room is not None else most_runs(sides))
    return replace(plan, runs=declared.runs), declared


def _declared(sides: Mapping[str, Game], plan: Plan, asked: float, room: int) -> Declared:
    pilot = Plan(PILOT, derived_seed(plan.seed, "pilot"), plan.engine)
    samples = list(_samples(play_sides(sides, pilot).ensembles))
    spreads = [_Spread.of(sample, len(samples)) for sample in samples]
    most = max(min(MOST, room), PILOT)
    reachable = max((spread.reach(most) for spread in spreads), default=0.0)
    if reachable > asked:
        problem = f"intervals that reach {asked:g} to either side need more than {most:,} runs"
        remedy = f"ask for --precision {_rounded_up(reachable)}"
        if most < MOST:
            problem += ", for which there is no room"
            raise ResourceError(Fault(Place("command line"), "PRECISION", problem, f"{remedy}, or make room"))
        raise CommandError(Fault(Place("command line"), "PRECISION", problem, remedy))
    return Declared(asked, max((spread.runs(asked) for spread in spreads), default=PILOT))


def _samples(pilot: Mapping[str, Ensemble]) -> Iterator[Floats]:
    """Yield the payoff of each actor; of several sides, each later one's paired difference to the first."""
    first, *others = pilot.values()
    if not others:
        yield from first.payoffs.values()
    for other in others:
        yield from (values - first.payoffs[actor] for actor, values in other.payoffs.items() if actor in first.payoffs)


@dataclass(frozen=True)
class _Spread:
    """The variance in a pilot, and for how many normal numbers it is as certain; ``shared`` among so many intervals."""

    variance: float
    freedom: float
    shared: int

    @classmethod
    def of(cls, sample: Floats, shared: int) -> _Spread:
        count = len(sample)
        away = sample - sample.mean()
        variance = float(away @ away) / (count - 1)
        if not np.ptp(sample) or not variance:
            return cls(0.0, count - 1, shared)
        kurtosis = float(np.mean((away / math.sqrt(variance)) ** 4))
        certain = 2 * count / max(kurtosis - (count - 3) / (count - 1), 1e-9)
        return cls(variance, min(certain, count - 1), shared)

    def reach(self, runs: float) -> float:
        """Return how far the interval of so many runs reaches at most, in 19 of 20 times."""
        from scipy.special import fdtri, stdtrit

        quantile = float(stdtrit(runs - 1, 0.5 + CONFIDENCE / 2))
        beyond = (1 - CONFIDENCE) / self.shared
        excess = float(fdtri(self.freedom * runs / PILOT, self.freedom, 1 - beyond))
        return quantile * math.sqrt(self.variance * excess / runs)

    def runs(self, asked: float) -> int:
        """Return the fewest runs, but no fewer than a pilot has, whose interval reaches at most so far."""
        few, enough = PILOT - 1, PILOT
        while self.reach(enough) > asked:
            few, enough = enough, 2 * enough
        while enough - few > 1:
            middle = (few + enough) // 2
            few, enough = (middle, enough) if self.reach(middle) > asked else (few, middle)
        return enough


def _rounded_up(number: float) -> str:
    """Return a number rounded up to two digits."""
    step = 10.0 ** (math.floor(math.log10(number)) - 1)
    return f"{math.ceil(number / step) * step:.2g}"
