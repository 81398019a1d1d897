"""Intervals are right as often as they promise; luck that is the same makes no difference. Seeds are fixed."""

from __future__ import annotations

import sim
from benchmarks import means
from sim.scenario.load import load_text

TWINS = means.SCENARIO + "regimes: {a: {}, b: {}}\nclaims: {better: {says: A is better, holds: a.rare > b.rare}}\n"


def test_95_in_100_intervals_contain_the_true_mean() -> None:
    """Over 10,000 repetitions, give or take 1.1 points: five standard errors, so a false alarm in 2 million."""
    found = means.covered(means.KINDS["benign"])
    assert abs(found.share.mean - 0.95) <= 0.011


def test_wilsons_interval_covers_as_often_as_it_should() -> None:
    """Which is known exactly, by summing over all counts; five standard errors, a false alarm in 2 million."""
    found = means.covered_shares()
    assert abs(found.share.mean - means.wilson_exactly()) <= 0.011


def test_skewed_payoffs_are_not_covered_and_warned_of() -> None:
    """A job of 100 runs sees no disaster of 1 % in 0.99**100 = 36.6 % of cases, and then contains nothing but zero.

    Five standard errors of 10,000 repetitions are 2.4 points, a false alarm in 2 million. Where it saw one, it warns.
    """
    found = means.covered(means.KINDS["skewed, 100"])
    seen = 1 - 0.99**100
    assert abs(found.warned / found.repetitions - seen) <= 0.024
    assert found.share.mean <= seen + 0.024


def test_a_false_claim_is_made_in_5_of_100_cases() -> None:
    """4,000 pairs of the same game with independent seeds, give or take 1.7 points: a false alarm in a million."""
    assert abs(means.false_claims() / means.NULL_PAIRS - 0.05) <= 0.017


def test_the_same_luck_makes_no_difference_at_all() -> None:
    """Two regimes that are the same differ by exactly zero in everything, and a claim about them fails to hold."""
    scenario = load_text(TWINS, "twins.yaml")
    (difference,) = sim.compare(scenario, regimes=["a", "b"], runs=500).differences
    assert {(stat.mean, stat.se) for name, stat in difference.stats.items()} == {(0.0, 0.0)}
    assert sim.claims(scenario, runs=500).results[0].verdict != "holds"
