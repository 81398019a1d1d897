"""Intervals that cannot be trusted: skewness is what it is defined to be, and is told where there are too few runs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

import sim
from sim.engine.record import STORED
from sim.experiment.blocks import regrouped
from sim.experiment.skewness import Sample, warnings_of
from sim.experiment.summary import moments_of
from sim.scenario.load import load_text

RARE = """
scenario: rare
clock: {{turns: 1}}
parameters: {{p: {p}}}
actors: {{a: {{}}, b: {{incentives: {{fixed: 2}}}}}}
hazards: {{war: {{chance: p, payoffs: {{a: -100}}}}}}
regimes: {{one: {{}}, safe: {{parameters: {{p: 0}}}}}}
claims: {{worse: {{says: War costs., holds: one.a < safe.a}}, dull: {{says: Two is two., holds: one.b > 1}}}}
"""


@given(
    arrays(
        float, st.tuples(st.integers(1, 3), st.integers(2, 60)), elements=st.floats(-1e6, 1e6, allow_subnormal=False)
    )
)
def test_skewness_is_scipys(table: np.ndarray) -> None:
    """Of one block."""
    for row, skewness in zip(table, moments_of([table]).skewness, strict=True):
        if row.std() > 1e-3 * max(1.0, np.abs(row).max()):
            assert skewness == pytest.approx(stats.skew(row), rel=1e-6, abs=1e-6)


def test_blocks_are_joined_as_if_they_were_one() -> None:
    """Also where their means differ, as those of few runs at the end do."""
    luck = np.random.default_rng(3)
    table = np.stack([luck.exponential(size=2 * STORED + 5) + 1e3, luck.normal(size=2 * STORED + 5) ** 3])
    table[:, STORED : STORED + 9] += 40.0
    assert moments_of(regrouped([table])).skewness == pytest.approx(stats.skew(table, axis=1), rel=1e-9)


@pytest.mark.parametrize("value", [0.0, 0.1, -1e149])
def test_a_constant_is_not_skewed(value: float) -> None:
    """Nor warned of."""
    moments = moments_of([np.full((1, 50), value)])
    assert moments.skewness.tolist() == [0.0]
    assert not Sample.of("it", moments, 0).doubtful


def test_what_is_too_large_has_no_skewness() -> None:
    """Cubes that are no numbers warn of nothing and break nothing."""
    moments = moments_of(regrouped([np.repeat([[1e140, -1e149]], STORED, axis=1)]))
    assert not math.isfinite(moments.skewness[0])
    assert warnings_of([Sample.of("it", moments, 0)]) == ()


def bernoulli(p: float) -> float:
    """The skewness of something that happens with a probability."""
    return (1 - 2 * p) / math.sqrt(p * (1 - p))


@pytest.mark.parametrize(("p", "runs"), [(0.001, 9000), (0.01, 1000)])
def test_a_rare_disaster_is_warned_of(p: float, runs: int) -> None:
    """Skewness and runs needed are those of a Bernoulli variable with the share of runs that it struck."""
    ensemble = sim.run(load_text(RARE.format(p=p)), runs=runs, seed=4)
    skewness = bernoulli(ensemble.stats["count.war"].mean)
    needed = 25 * skewness**2
    assert runs < needed
    (warning,) = ensemble.warnings
    assert warning.startswith(
        f"The 95 % interval of the payoff of a cannot be trusted: with a skewness of {-skewness:.3g}, {runs:,} runs"
    )
    named = int(warning.split("--runs ")[1].split()[0])
    assert needed < named <= 1.1 * needed + 1
    assert ensemble.to_dict()["warnings"] == [warning]
    assert not Sample("it", named, 1.0, skewness, 1.0).doubtful


def test_enough_runs_need_no_warning() -> None:
    """A disaster in one of ten runs has skewness 2.67, for which 178 runs are enough."""
    scenario = load_text(RARE.format(p=0.1))
    assert sim.run(scenario, runs=1000).warnings == ()
    assert sim.compare(scenario, runs=1000).differences[0].warnings == ()


def test_differences_and_claims_are_warned_of() -> None:
    """The paired difference has the skewness of the disaster; a margin without spread has none."""
    scenario = load_text(RARE.format(p=0.01))
    compared = sim.compare(scenario, runs=500, seed=4)
    (warning,) = compared.differences[0].warnings
    assert (
        "interval of the difference in the payoff of a (safe minus one) cannot be trusted: with a skewness of "
        in warning
    )
    assert compared.to_dict()["differences"][0]["warnings"] == [warning]
    assert compared.warnings == (warning,)
    judged = sim.claims(scenario, runs=500, seed=4)
    document = judged.to_dict()["claims"]
    assert [len(document[name]["warnings"]) for name in ("worse", "dull")] == [1, 0]
    assert "the margin of the claim worse" in judged.warnings[0]


def test_rounding_is_no_spread() -> None:
    """One run of a thousand that differs in the last bit is not a rare disaster."""
    values = np.full((1, 1000), 0.3)
    values[0, 7] = np.nextafter(0.3, 1.0)
    moments = moments_of([values])
    assert abs(moments.skewness[0]) > 10
    assert not Sample.of("it", moments, 0).doubtful
    assert not Sample.of("it", moments_of([values - 0.3]), 0, scale=0.3).doubtful
    assert Sample.of("it", moments_of([values - 0.3]), 0).doubtful


def test_few_runs_of_something_even_are_not_warned_of() -> None:
    """What chance does to the skewness of a handful of normal numbers is no reason for alarm."""
    luck = np.random.default_rng(1)
    for count in (3, 5, 10, 20, 50, 200):
        alarms = sum(Sample.of("it", moments_of([luck.normal(size=(1, count))]), 0).doubtful for _ in range(400))
        assert alarms <= 0.05 * 400
    lone = np.zeros((1, 20))
    lone[0, 3] = 1.0
    assert Sample.of("it", moments_of([lone]), 0).doubtful
