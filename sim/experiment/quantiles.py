"""Quantiles that intervals of means and shares are made of."""

from __future__ import annotations

from statistics import NormalDist

CONFIDENCE = 0.95
"""Share of intervals that hold the true value."""

_MANY = 999
"""Degrees of freedom from which the expansion is as exact as rounding allows."""


def two_sided_normal(confidence: float = CONFIDENCE) -> float:
    """Return how many standard errors to both sides hold such a share of a normal distribution."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def two_sided_student(degrees: int, confidence: float = CONFIDENCE) -> float:
    """Return how many standard errors to both sides hold such a share of Student's distribution.

    For many degrees of freedom by Fisher and Cornish's expansion around the normal quantile (Technometrics 2, 1960;
    Abramowitz and Stegun 26.7.5), since loading scipy takes longer than playing a thousand runs; else by scipy.
    """
    if degrees < _MANY:
        from scipy.special import stdtrit

        return float(stdtrit(degrees, 0.5 + confidence / 2))
    z = two_sided_normal(confidence)
    square = z * z
    terms = (
        z * (square + 1) / 4,
        z * ((5 * square + 16) * square + 3) / 96,
        z * (((3 * square + 19) * square + 17) * square - 15) / 384,
        z * ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) / 92160,
    )
    return z + sum(term / float(degrees) ** power for power, term in enumerate(terms, 1))
