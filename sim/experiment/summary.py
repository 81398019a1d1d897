"""Means, standard errors and 95 % intervals of many runs; shares by Wilson's interval.

Sums are taken over stored blocks in their order, so that results do not depend on how the work was divided
(Chan, Golub and LeVeque, The American Statistician 37, 1983, for combining the moments of blocks).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.record import STORED
from sim.scenario.arithmetic import Floats

CONFIDENCE = 0.95


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


@dataclass(frozen=True)
class Moments:
    """The count, means and summed squared deviations of the columns of a table."""

    count: int
    mean: Floats
    squares: Floats

    def joined(self, other: Moments) -> Moments:
        """Return the moments of these runs followed by others."""
        count = self.count + other.count
        step = other.mean - self.mean
        mean = self.mean + step * (other.count / count)
        squares = self.squares + other.squares + step * step * (self.count * other.count / count)
        return Moments(count, mean, squares)


def moments_of(table: Floats) -> Moments:
    """Return the moments of a table (columns, runs), block of stored runs by block."""
    blocks = [_block_moments(table[:, start : start + STORED]) for start in range(0, table.shape[1], STORED)]
    total = blocks[0]
    for block in blocks[1:]:
        total = total.joined(block)
    return total


def _block_moments(block: Floats) -> Moments:
    block = np.ascontiguousarray(block)
    # The mean of equal numbers may be off by a rounding; an anchor makes constants exact.
    anchor = block[:, :1]
    mean = (block - anchor).mean(axis=1) + anchor[:, 0]
    with np.errstate(over="ignore"):
        squares = ((block - mean[:, np.newaxis]) ** 2).sum(axis=1)
    return Moments(block.shape[1], mean, squares)


def mean_stats(table: Floats) -> list[Stat]:
    """Return for each column of a table (columns, runs) its mean with Student's 95 % interval."""
    moments = moments_of(table)
    if moments.count < 2:
        return [Stat(float(mean), None, None, None) for mean in moments.mean]
    from scipy.special import stdtrit

    reach = float(stdtrit(moments.count - 1, 0.5 + CONFIDENCE / 2))
    errors = np.sqrt(moments.squares / (moments.count - 1) / moments.count)
    return [_stat(float(mean), float(error), reach) for mean, error in zip(moments.mean, errors, strict=True)]


def _stat(mean: float, error: float, reach: float) -> Stat:
    if not math.isfinite(error):
        return Stat(mean, None, None, None)
    return Stat(mean, error, mean - reach * error, mean + reach * error)


def share_stat(hits: Iterable[float] | Floats) -> Stat:
    """Return the share of runs in which something is 1, with Wilson's 95 % interval (Wilson, JASA 22, 1927)."""
    values = np.asarray(hits, dtype=np.float64)
    count = len(values)
    share = float(values.sum() / count)
    if count < 2:
        return Stat(share, None, None, None)
    from scipy.special import ndtri

    z = float(ndtri(0.5 + CONFIDENCE / 2))
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    error = math.sqrt(share * (1 - share) / count)
    # At no hit and at every hit the interval reaches its end exactly; rounding would leave a speck.
    low = 0.0 if share == 0.0 else max(0.0, middle - reach)
    high = 1.0 if share == 1.0 else min(1.0, middle + reach)
    return Stat(share, error, low, high)
