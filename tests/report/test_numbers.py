"""Numbers are written with the decimals their error warrants, and line up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiment.summary import Stat
from sim.report import numbers


def stat(mean: float, error: float | None) -> Stat:
    return Stat(mean, error, None if error is None else mean - 2 * error, None if error is None else mean + 2 * error)


@pytest.mark.parametrize(
    ("mean", "error", "shown", "interval"),
    [
        (1.23456, 0.0321, "1.235", "1.170 to 1.299"),
        (1.23456, 0.321, "1.23", "0.59 to 1.88"),
        (-12.3456, 3.21, "-12.3", "-18.8 to -5.9"),
        (1234.56, 45.0, "1,235", "1,145 to 1,325"),
        (0.00012, 0.0000321, "0.000120", "0.0000558 to 0.000184"),
        (0.00000012, 0.0000000321, "1.20e-07", "5.58e-08 to 1.84e-07"),
        (0.5, 0.0, "0.5", "in every run"),
        (0.0, 0.0, "0", "in every run"),
        (-0.0004, 0.01, "0.000", "-0.020 to 0.020"),
        (2.5e8, 1.0e6, "2.50e+08", "2.48e+08 to 2.52e+08"),
        (1.23456, None, "1.23", ""),
        (20.0, None, "20", ""),
        (float("inf"), None, "inf", ""),
    ],
)
def test_a_mean_is_as_long_as_its_error_warrants(mean: float, error: float | None, shown: str, interval: str) -> None:
    assert numbers.mean(stat(mean, error)) == shown
    assert numbers.interval(stat(mean, error)) == interval


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0005, "+0.0005"), (-0.000375, "-0.000375"), (0.25, "+0.25"), (-0.25, "-0.25"), (0.0, "0"), (-0.0, "0"), (12345.0, "+12,345")]
)
def test_signs(value: float, shown: str) -> None:
    assert numbers.number(value, sign=True) == shown


@pytest.mark.parametrize(
    ("share", "shown"), [(0.0, "0 %"), (0.001, "<1 %"), (0.5, "50 %"), (0.999, ">99 %"), (1.0, "100 %")]
)
def test_what_is_neither_none_nor_all_does_not_look_like_it(share: float, shown: str) -> None:
    assert numbers.percent(share) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (stat(0.12, 0.2), "0.6 standard errors from zero"),
        (stat(-4.0, 0.2), "20 standard errors from zero"),
        (stat(4.0, 0.001), "more than 100 standard errors from zero"),
        (stat(4.0, 0.0), "without any spread"),
    ],
)
def test_standard_errors(value: Stat, shown: str) -> None:
    assert numbers.standard_errors(value) == shown


def test_points_stand_below_each_other() -> None:
    assert numbers.aligned(["1.25", "-12", "0.5", "<1 %", ""]) == ["  1.25", "-12   ", "  0.5 ", " <1 % ", "      "]
    assert numbers.aligned(["-1.5 to 2", "in every run", "10 to 20.25"]) == [
        "-1.5 to  2   ",
        " in every run",
        "10   to 20.25",
    ]
    assert numbers.aligned([]) == []


@given(st.floats(allow_nan=True), st.one_of(st.none(), st.floats(min_value=0)))
def test_no_number_is_long(mean: float, error: float | None) -> None:
    shown = numbers.mean(stat(mean, error), sign=True)
    assert 1 <= len(shown) <= 11
    assert shown not in ("-0", "-0.0", "-0.00", "-0.000", "+0")


@given(st.lists(st.tuples(st.floats(-1e12, 1e12), st.floats(0, 1e6)), min_size=1))
def test_parts_that_are_added_up_have_the_same_decimals(parts: list[tuple[float, float]]) -> None:
    stats = [stat(mean, error) for mean, error in parts]
    decimals = numbers.common_decimals(stats)
    lengths = {len(numbers.mean(one, decimals).partition(".")[2]) for one in stats}
    assert len(lengths) == 1 or decimals == numbers.SCIENTIFIC


def test_a_small_number_beside_a_large_one_is_not_written_in_powers_of_ten() -> None:
    """0.000375 against 0.999 is read as 0.000 against 0.999; two small numbers keep their powers."""
    assert numbers.row_decimals(0.000375, 0.999, Stat(0.998, 0.0005, 0.997, 1.0)) == numbers.MOST
    assert numbers.row_decimals(2e-5, 1e-4, Stat(8e-5, 1e-6, 7e-5, 9e-5)) == numbers.SCIENTIFIC
