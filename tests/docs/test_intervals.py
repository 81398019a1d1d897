"""The page on intervals has every case of `make coverage`, with its right value and a share that may be."""

import re

from benchmarks import means
from benchmarks.coverage import ALLOWED, BEGIN, CASES, END, MEANS_BEGIN, MEANS_END, SEEDS
from tests.docs.pages import Page, codes, number, rows

PAGE = Page("explanation/intervals.md")
TABLE = rows(PAGE.section("How often the interval of a break-even is right"))


def test_every_case_has_its_row() -> None:
    """With the value that is right, in the order of the program."""
    assert [codes(row[0])[0] for row in TABLE] == [case.parameter for case in CASES.values()]
    for row, case in zip(TABLE, CASES.values(), strict=True):
        assert row[1] == case.says
        assert abs(number(row[2]) - case.right) <= 5e-5


def test_shares_are_those_of_right_intervals() -> None:
    """So are the break-evens: off by far less than an interval, on average."""
    assert f"{SEEDS:,} seeds a case" in PAGE.said("How often the interval of a break-even is right")
    for row in TABLE:
        right, found, width = (number(cell) for cell in row[2:5])
        assert abs(found - right) < width / 10
        share, *ends = (float(each) for each in re.findall(r"[\d.]+", f"{row[5]} {row[6]}"))
        assert ALLOWED[0] < share / 100 < ALLOWED[1]
        assert ends[0] < share < ends[1]
        # Intervals that are right but for few runs lie within a point or so of 95 %.
        assert ends[0] - 1.5 < 95 < ends[1] + 1.5


def test_the_page_can_be_written_anew() -> None:
    """Its marks stand once, in order."""
    for begin, end in ((BEGIN, END), (MEANS_BEGIN, MEANS_END)):
        assert [PAGE.text.count(mark) for mark in (begin, end)] == [1, 1]
        assert PAGE.text.index(begin) < PAGE.text.index(end)


def test_means_and_shares_have_their_rows() -> None:
    """Every kind; benign payoffs are covered as promised, skewed ones of few runs are not, and the page says so."""
    table = rows(PAGE.section("Means and shares"))
    assert [row[0] for row in table[:-1]] == [kind.says for kind in means.KINDS.values()]
    told = [number(row[2]) for row in table]
    assert abs(told[0] - 95) < 1.1
    assert told[1] < 70 < told[2] < 95
    assert abs(told[-1] - 100 * means.wilson_exactly()) < 1.1
    (wrong,) = re.findall(r"independent luck, 100 runs each, ([\d.]+) %", PAGE.said("Means and shares"))
    assert abs(float(wrong) - 5) < 1.7
