"""Means, standard errors, 95 % intervals and skewness of many runs; shares by Wilson's interval.

Sums are taken over stored blocks in their order, so that results do not depend on how the work was divided
(Chan, Golub and LeVeque, The American Statistician 37, 1983, for combining the moments of blocks; Pébay, Sandia
Report SAND2008-6212, for the third).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from sim.experiment.quantiles import two_sided_normal, two_sided_student
from sim.scenario.arithmetic import Floats

_TOGETHER = 16
"""Columns that are summed up together: few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class Stat:
    """A mean with its standard error and 95 % interval; None where undefined (a single run has no interval)."""

    mean: float
    se: float | None
    low: float | None
    high: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the statistic as it stands in JSON."""
        return {"mean": self.mean, "se": self.se, "low": self.low, "high": self.high}

    @property
    def side(self) -> int:
        """Return 1 or -1 when the interval lies above or below zero, 0 when it crosses zero or is not known."""
        if self.low is None or self.high is None:
            return 0
        return 1 if self.low > 0 else -1 if self.high < 0 else 0

    @property
    def reach(self) -> float | None:
        """Return half the width of the interval; None where there is none."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


@dataclass(frozen=True)
class Moments:
    """The count, means, and summed squared and cubed deviations of the columns of a table."""

    count: int
    mean: Floats
    squares: Floats
    cubes: Floats

    def joined(self, other: Moments) -> Moments:
        """Return the moments of these runs followed by others."""
        count = self.count + other.count
        step = other.mean - self.mean
        mean = self.mean + step * (other.count / count)
        squares = self.squares + other.squares + step * step * (self.count * other.count / count)
        with np.errstate(over="ignore", invalid="ignore"):
            apart = step**3 * (self.count * other.count / count) * ((self.count - other.count) / count)
            across = 3.0 * step * (self.count * other.squares - other.count * self.squares) / count
            cubes = self.cubes + other.cubes + apart + across
        return Moments(count, mean, squares, cubes)

    @property
    def size(self) -> Floats:
        """Return the size of the numbers in each column: the root of their mean square."""
        return np.sqrt(self.mean * self.mean + self.squares / self.count)

    @property
    def deviation(self) -> Floats:
        """Return the standard deviation of each column."""
        return np.sqrt(self.squares / self.count)

    @property
    def skewness(self) -> Floats:
        """Return the skewness of each column: 0 for constants, NaN where cubes are too large to be numbers."""
        with np.errstate(all="ignore"):
            skewness = self.cubes / self.count / self.deviation / self.deviation / self.deviation
        return np.where(self.squares > 0.0, skewness, 0.0)


def moments_of(blocks: Iterable[Floats]) -> Moments:
    """Return the moments of stored blocks (columns, runs) that follow each other; there is at least one."""
    return reduce(Moments.joined, map(block_moments, blocks))


def beside(parts: Sequence[Moments]) -> Moments:
    """Return the moments of columns of the same runs, given as those of one group of columns after the other."""
    mean, squares, cubes = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("mean", "squares", "cubes")
    )
    return Moments(parts[0].count, mean, squares, cubes)


def block_moments(block: Floats) -> Moments:
    """Return the moments of one stored block (columns, runs)."""
    return beside([_few_moments(block[start : start + _TOGETHER]) for start in range(0, len(block), _TOGETHER)])


def _few_moments(block: Floats) -> Moments:
    block = np.ascontiguousarray(block)
    # The mean of equal numbers may be off by a rounding; an anchor makes constants exact.
    anchor = block[:, :1]
    mean = (block - anchor).mean(axis=1) + anchor[:, 0]
    with np.errstate(over="ignore", invalid="ignore"):
        away = block - mean[:, np.newaxis]
        powers = away * away
        squares = powers.sum(axis=1)
        powers *= away
        return Moments(block.shape[1], mean, squares, powers.sum(axis=1))


def stats_of(moments: Moments) -> list[Stat]:
    """Return for each column its mean with Student's 95 % interval."""
    if moments.count < 2:
        return [Stat(float(mean), None, None, None) for mean in moments.mean]
    reach = two_sided_student(moments.count - 1)
    errors = np.sqrt(moments.squares / (moments.count - 1) / moments.count)
    return [_stat(float(mean), float(error), reach) for mean, error in zip(moments.mean, errors, strict=True)]


def _stat(mean: float, error: float, reach: float) -> Stat:
    if not math.isfinite(error):
        return Stat(mean, None, None, None)
    return Stat(mean, error, mean - reach * error, mean + reach * error)


def share_stat(hits: float, count: int) -> Stat:
    """Return the share of runs in which something is so, with Wilson's 95 % interval (Wilson, JASA 22, 1927)."""
    share = hits / count
    if count < 2:
        return Stat(share, None, None, None)
    z = two_sided_normal()
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    error = math.sqrt(share * (1 - share) / count)
    # At no hit and at every hit the interval reaches its end exactly; rounding would leave a speck.
    low = 0.0 if share == 0.0 else max(0.0, middle - reach)
    high = 1.0 if share == 1.0 else min(1.0, middle + reach)
    return Stat(share, error, low, high)
