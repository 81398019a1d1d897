"""Quantiles against scipy's."""

from __future__ import annotations

import pytest
from scipy.special import ndtri, stdtrit

from sim.experiment.quantiles import two_sided_normal, two_sided_student


@pytest.mark.parametrize("degrees", [1, 2, 3, 10, 100, 998, 999, 1000, 1999, 9_999, 99_999, 10**6 - 1, 10**7, 10**9])
@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.9, 0.95, 0.975, 0.99, 0.999])
def test_students_quantiles_are_scipys(degrees: int, confidence: float) -> None:
    """On both sides of the number from which the expansion is used."""
    assert two_sided_student(degrees, confidence) == pytest.approx(
        float(stdtrit(degrees, 0.5 + confidence / 2)), rel=1e-13
    )


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.999])
def test_normal_quantiles_are_scipys(confidence: float) -> None:
    """They are the limit of Student's."""
    assert two_sided_normal(confidence) == pytest.approx(float(ndtri(0.5 + confidence / 2)), rel=1e-14)
    assert two_sided_student(10**15, confidence) == pytest.approx(two_sided_normal(confidence), rel=1e-14)
