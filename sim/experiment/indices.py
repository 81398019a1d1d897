"""Sobol indices of one result, and their intervals by resampling (BCa: Efron, JASA 82, 1987).

``first`` and ``second`` are results at two independent samples of n points, ``mixed`` (inputs, n) those at the points
of the first with one input at a time taken from the second.
"""

from __future__ import annotations

import numpy as np

from sim.experiment.quantiles import CONFIDENCE
from sim.scenario.arithmetic import Floats

RESAMPLES = 1999

_TOGETHER = 1 << 22
"""Counts of resampled points that are held at a time."""


def sobol_of(first: Floats, second: Floats, mixed: Floats) -> tuple[Floats, Floats]:
    """Return first-order and total indices, each (inputs,)."""
    from scipy.stats import sobol_indices

    given = {"f_A": first[np.newaxis], "f_B": second[np.newaxis], "f_AB": mixed[:, np.newaxis]}
    found = sobol_indices(func=given, n=len(first))
    return np.reshape(found.first_order, len(mixed)), np.reshape(found.total_order, len(mixed))


def intervals(
    first: Floats, second: Floats, mixed: Floats, luck: np.random.Generator, resamples: int = RESAMPLES
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Return the 95 % intervals of first-order and of total indices: low and high, each (inputs,)."""
    count, inputs = len(first), len(mixed)
    middle = (first.mean() + second.mean()) / 2
    ours, theirs, others = first - middle, second - middle, mixed - middle
    # Both indices are a mean over points divided by the variance, which is one mean less the square of another.
    terms = np.concatenate(
        [theirs * (others - ours), (ours - others) ** 2 / 2, [(ours**2 + theirs**2) / 2, (ours + theirs) / 2]]
    )
    means = terms.mean(axis=1, keepdims=True)
    found = _indices(means)[:, 0]
    drawn = []
    for start in range(0, resamples, size := max(1, _TOGETHER // count)):
        many = min(size, resamples - start)
        places = luck.integers(count, size=(many, count)) + count * np.arange(many)[:, np.newaxis]
        counts = np.bincount(places.ravel(), minlength=many * count).reshape(many, count)
        drawn.append(_indices(terms @ counts.T / count))
    left_out = _indices((means * count - terms) / (count - 1))
    low, high = _bca(found, np.concatenate(drawn, axis=1), left_out)
    return (low[:inputs], high[:inputs]), (low[inputs:], high[inputs:])


def _indices(means: Floats) -> Floats:
    """Return indices (2 * inputs, samples) by the means of their terms."""
    *parts, square, mean = means
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.nan_to_num(np.array(parts) / (square - mean * mean))
    return found


def _bca(found: Floats, drawn: Floats, left_out: Floats) -> tuple[Floats, Floats]:
    """Return the ends of intervals that mend the bias and the skewness of what was drawn (results, resamples)."""
    from scipy.special import ndtr, ndtri

    below = ((drawn < found[:, np.newaxis]).mean(axis=1) + (drawn <= found[:, np.newaxis]).mean(axis=1)) / 2
    bias = ndtri(np.clip(below, 1 / drawn.shape[1], 1 - 1 / drawn.shape[1]))
    away = left_out.mean(axis=1, keepdims=True) - left_out
    squares = (away**2).sum(axis=1)
    skew = np.where(squares > 0, (away**3).sum(axis=1) / np.maximum(6 * squares**1.5, 1e-300), 0.0)
    ends = []
    for share in (0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2):
        z = bias + ndtri(share)
        at = ndtr(bias + z / np.maximum(1 - skew * z, 1e-9))
        ends.append(np.array([np.quantile(row, place) for row, place in zip(drawn, at, strict=True)]))
    return np.minimum(ends[0], found), np.maximum(ends[1], found)
