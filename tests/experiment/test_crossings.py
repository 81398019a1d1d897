"""Crossings of curves that can be solved by hand: what they are, where, and over which values zero is in the interval."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.experiment.crossings import GRID, Crossing, Curve, explore
from sim.scenario.arithmetic import Floats

Function = Callable[[Floats], Any]


def crossings(
    function: Function, reach: Function | float = 0.0, ends: tuple[float, float] = (0.0, 1.0), near: float = 0.0
) -> tuple[Crossing, ...]:
    """What is found of a function whose interval reaches so far to both sides of it."""
    curve = Curve(*ends)

    def look(places: Sequence[Floats]) -> list[tuple[Floats, Floats]]:
        return [
            (np.asarray(function(at), dtype=float), np.broadcast_to(reach(at) if callable(reach) else reach, at.shape))
            for at in places
        ]

    explore([curve], [np.linspace(*ends, GRID)], look)
    return curve.crossings(near)


def test_a_line_crosses_once() -> None:
    """The interval is where the band around the line holds zero."""
    (found,) = crossings(lambda x: 2 * x - 0.75, 0.1)
    assert (found.kind, found.signs, found.cut) == ("crossing", (-1, 1), (False, False))
    assert found.at == pytest.approx(0.375, abs=1e-6)
    assert (found.low, found.high) == pytest.approx((0.325, 0.425), abs=1e-6)


def test_a_band_that_widens_has_a_lopsided_interval() -> None:
    """x - 0.4 within 0.5 x: from 0.4 / 1.5 to 0.8."""
    (found,) = crossings(lambda x: x - 0.4, lambda x: 0.5 * x)
    assert (found.low, found.at, found.high) == pytest.approx((0.4 / 1.5, 0.4, 0.8), abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 99), min_size=1, max_size=5, unique=True), st.sampled_from([-1.0, 1.0]))
def test_all_roots_of_a_polynomial_are_found(hundredths: list[int], sign: float) -> None:
    """However many, as long as a place of the first look lies between any two; signs alternate."""
    roots = sorted(each / 100 for each in hundredths)
    between = np.diff(np.searchsorted(np.linspace(0, 1, GRID), roots))
    if np.any(between == 0):
        return
    found = crossings(lambda x: sign * np.prod([x - root for root in roots], axis=0))
    assert [each.at for each in found] == pytest.approx(roots, abs=1e-5)
    assert all(each.signs[0] == -each.signs[1] for each in found)
    assert all(left.signs[1] == right.signs[0] for left, right in itertools.pairwise(found))


def test_two_roots_between_neighbours_are_given_away_by_the_bend() -> None:
    found = crossings(lambda x: (x - 0.44) * (x - 0.47))
    assert [each.at for each in found] == pytest.approx([0.44, 0.47], abs=1e-5)


def test_a_jump_is_none_of_the_crossings() -> None:
    """It is found to a millionth, and is its own interval however narrow the band."""
    (found,) = crossings(lambda x: np.where(x < 0.371, -1.0, 2.0), 0.1)
    assert (found.kind, found.signs) == ("jump", (-1, 1))
    assert found.at == pytest.approx(0.371, abs=1e-4)
    assert 0.3709 < found.low <= 0.371 <= found.high < 0.3711


@pytest.mark.parametrize(("near", "stands"), [(0.0, 0.25), (0.4, 0.4), (1.0, 0.625)])
def test_of_a_level_stretch_the_value_nearest_to_today_stands(near: float, stands: float) -> None:
    (found,) = crossings(lambda x: np.maximum(x - 0.625, 0) + np.minimum(x - 0.25, 0), near=near)
    assert (found.kind, found.signs) == ("level", (-1, 1))
    assert found.at == pytest.approx(stands, abs=1e-5)
    assert (found.low, found.high) == pytest.approx((0.25, 0.625), abs=1e-5)


def test_a_curve_that_turns_back_at_zero_touches() -> None:
    (found,) = crossings(lambda x: (x - 0.5) ** 2)
    assert (found.kind, found.at, found.signs) == ("touch", 0.5, (1, 1))


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_a_root_at_an_end_is_a_root(end: float) -> None:
    """Nothing lies beyond it, and its interval is cut off there."""
    (found,) = crossings(lambda x: x - end, 0.125)
    assert found.at == end
    assert found.signs == ((0, 1) if end == 0.0 else (-1, 0))
    assert found.cut == (end == 0.0, end == 1.0)
    assert (found.low, found.high) == pytest.approx((0, 0.125) if end == 0.0 else (0.875, 1), abs=1e-3)


def test_a_hair_of_zeros_at_an_end_is_the_end() -> None:
    """A share too small to happen in any run leaves a level stretch that only the number of runs makes."""
    (found,) = crossings(lambda x: np.where(x < 1e-5, 0.0, x), near=0.5)
    assert found.at == 0.0


def test_what_only_its_interval_brings_to_zero_is_undecided() -> None:
    (found,) = crossings(lambda x: (x - 0.5) ** 2 + 0.01, 0.02)
    assert (found.kind, found.at) == ("undecided", None)
    assert (found.low, found.high) == pytest.approx((0.4, 0.6), abs=1e-3)


def test_what_stays_away_from_zero_never_crosses() -> None:
    assert crossings(lambda x: x + 0.2, 0.1) == ()


def test_intervals_that_run_into_each_other_are_one_set() -> None:
    """Both roots say the same values: nothing between them is decided."""
    found = crossings(lambda x: (x - 0.4) * (x - 0.6), 0.02)
    assert [each.at for each in found] == pytest.approx([0.4, 0.6], abs=1e-3)
    ends = 0.5 - np.sqrt(0.03), 0.5 + np.sqrt(0.03)
    assert all((each.low, each.high) == pytest.approx(ends, abs=2e-3) for each in found)


def test_a_curve_that_trembles_at_zero_crosses_once() -> None:
    """Runs make small steps: what goes back and forth far within its interval is one root, not many."""
    (found,) = crossings(lambda x: x - 0.5 + 0.004 * np.sin(1200 * x), 0.1)
    assert (found.kind, found.signs) == ("crossing", (-1, 1))
    assert found.at == pytest.approx(0.5, abs=0.005)
    assert (found.low, found.high) == pytest.approx((0.4, 0.6), abs=0.006)


def test_a_curve_that_trembles_before_it_turns_back_touches() -> None:
    (found,) = crossings(lambda x: 4 * (x - 0.5) ** 2 - 1e-6, 0.1)
    assert (found.kind, found.signs) == ("touch", (1, 1))
    assert found.at == pytest.approx(0.5, abs=0.001)


def test_many_curves_are_looked_at_in_the_same_rounds() -> None:
    """Few calls, however many curves."""
    calls = []

    def look(places: Sequence[Floats]) -> list[tuple[Floats, Floats]]:
        calls.append(sum(map(len, places)))
        return [(at - 0.1 * (1 + place), np.full(at.shape, 0.01)) for place, at in enumerate(places)]

    curves = [Curve(0.0, 1.0) for _ in range(6)]
    explore(curves, [np.linspace(0, 1, GRID)] * 6, look)
    roots = [each.at for curve in curves for each in curve.crossings(0.0)]
    assert roots == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], abs=1e-6)
    assert len(calls) <= 5
    assert sum(calls) <= 6 * (GRID + 20)
