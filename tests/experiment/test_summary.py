"""Means, intervals and shares, against independent answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from sim.engine.record import STORED
from sim.experiment.summary import Stat, moments_of, share_stat, stats_of

VALUES = st.floats(-1e6, 1e6, allow_subnormal=False)


@given(arrays(float, st.tuples(st.integers(1, 4), st.integers(2, 60)), elements=VALUES))
def test_means_and_intervals_are_students(table: np.ndarray) -> None:
    for row, stat in zip(table, stats_of(moments_of([table])), strict=True):
        scale = max(1.0, np.abs(row).max())
        error = stats.sem(row)
        assert stat.mean == pytest.approx(row.mean(), abs=1e-12 * scale)
        assert stat.se == pytest.approx(error, abs=1e-9 * scale)
        if error > 1e-6 * scale:
            low, high = stats.t.interval(0.95, len(row) - 1, loc=row.mean(), scale=error)
            assert (stat.low, stat.high) == (
                pytest.approx(low, abs=1e-7 * scale),
                pytest.approx(high, abs=1e-7 * scale),
            )


@given(VALUES, st.integers(2, 100))
def test_a_constant_has_no_error(value: float, count: int) -> None:
    assert stats_of(moments_of([np.full((1, count), value)])) == [Stat(value, 0.0, value, value)]


def test_a_single_run_has_no_interval() -> None:
    assert stats_of(moments_of([np.array([[3.0]])])) == [Stat(3.0, None, None, None)]
    assert share_stat(1, 1) == Stat(1.0, None, None, None)


def test_blocks_are_joined_as_if_they_were_one() -> None:
    table = np.random.Generator(np.random.Philox(1)).normal(1e6, 1.0, size=(2, 3 * STORED + 5))
    moments = moments_of(table[:, start : start + STORED] for start in range(0, table.shape[1], STORED))
    assert moments.count == table.shape[1]
    assert moments.mean == pytest.approx(table.mean(axis=1), rel=1e-14)
    assert moments.squares == pytest.approx(((table - table.mean(axis=1, keepdims=True)) ** 2).sum(axis=1), rel=1e-10)


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        (
            0,
            10,
            0.0,
            0.2775328,
        ),  # Newcombe, Statistics in Medicine 17 (1998), has such cases; these by scipy's binomtest
        (81, 263, 0.2552714, 0.3662033),  # 95 % Wilson interval of 81/263, Newcombe 1998, table I: 0.2553 to 0.3662
        (15, 148, 0.0624, 0.1605),  # the same table: 0.0624 to 0.1605
        (1, 29, 0.0061, 0.1718),  # the same table: 0.0061 to 0.1718
    ],
)
def test_shares_have_wilsons_interval(hits: int, count: int, low: float, high: float) -> None:
    stat = share_stat(hits, count)
    assert stat.mean == hits / count
    assert (stat.low, stat.high) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))


@given(st.integers(2, 200), st.data())
def test_wilson_is_scipys(count: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, count))
    stat = share_stat(hits, count)
    theirs = stats.binomtest(hits, count).proportion_ci(0.95, method="wilson")
    assert (stat.low, stat.high) == (pytest.approx(theirs.low, abs=1e-12), pytest.approx(theirs.high, abs=1e-12))


def test_the_side_of_an_interval() -> None:
    assert [Stat(1, 1, 0.5, 2).side, Stat(-1, 1, -2, -0.5).side, Stat(0, 1, -1, 1).side, Stat(1, None, None, None).side] == [1, -1, 0, 0]  # fmt: skip
