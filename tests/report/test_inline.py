"""Charts of characters: each mark stands where its number says, in any encoding, at any width."""

from __future__ import annotations

import io
import math
import re
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

import sim
from sim.experiment.summary import Stat
from sim.report import inline
from sim.report.page import CHART, NUMBERS, Column, Page
from sim.report.run import show_run
from sim.scenario.load import load_text
from tests.report.pages import EXAMPLE, scenario_of, text_of, widest


def stat(mean: float, low: float | None = None, high: float | None = None) -> Stat:
    return Stat(mean, None if low is None else 1.0, low, high)


@pytest.mark.parametrize("unicode", [True, False])
def test_an_axis_has_every_mark_at_its_place(unicode: bool) -> None:
    """From -10 to 10 in 21 cells each cell is a whole number."""
    dot, line, begin, end, zero, within = "●─├┤│┼" if unicode else "o-[]|+"
    drawn = inline.axis(stat(-7.0, -9.0, -5.0), -10.0, 10.0, 21, unicode)
    assert drawn == f" {begin}{line}{dot}{line}{end}    {zero}"
    assert (
        inline.axis(stat(1.0, -2.0, 4.0), -10.0, 10.0, 21, unicode)
        == " " * 8 + f"{begin}{line}{within}{dot}{line}{line}{end}"
    )
    assert inline.axis(stat(10.0), -10.0, 10.0, 21, unicode) == " " * 10 + zero + " " * 9 + dot
    assert inline.axis(stat(math.nan), -10.0, 10.0, 21, unicode) == " " * 10 + zero
    assert drawn.isascii() is not unicode


def test_the_scale_names_its_ends_and_zero() -> None:
    assert inline.scale(-10.0, 10.0, 21) == "-10       0        10"
    assert inline.scale(0.0, 10.0, 21) == "0                  10"
    assert inline.scale(-10.0, 0.0, 21) == "-10                 0"


def test_bins_are_higher_where_more_runs_are() -> None:
    """24 of equal width; none is a blank, the tallest a full one."""
    values = np.array([0.0] * 80 + [11.5] * 40 + [24.0])
    drawn = inline.bins(values, unicode=True)
    assert len(drawn) == 24
    assert (drawn[0], drawn[1:11], drawn[11], drawn[-1]) == ("█", " " * 10, "▅", "▁")
    assert inline.bins(values, unicode=False)[0] == "#"


def test_a_page_that_knows_only_ascii_has_charts_of_ascii() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    show_run(sim.run(load_text(EXAMPLE), runs=80), Console(file=stream, width=80, markup=False))
    stream.flush()
    text = stream.buffer.getvalue().decode("ascii")  # type: ignore[attr-defined]
    assert "\\u" not in text
    assert "The state over time" in text
    lines = [line for line in text.splitlines() if line.startswith("  tension ")]
    assert re.search(r"[_.=+*%#-]{7}  0\.\d+ to -?0\.\d+$", lines[-1])


def test_a_line_over_time_begins_and_ends_with_the_medians(tmp_path: Path) -> None:
    """Of all runs, where there are few."""
    scenario = scenario_of(EXAMPLE, tmp_path)
    answer = sim.run(scenario, runs=81, regime="post_treaty")
    (line,) = [line for line in text_of(show_run, answer, 100).splitlines() if line.startswith("  tension  ")][-1:]
    last = sorted(answer.column("final.tension").tolist())[40]
    assert line.endswith(f" to {last:.3f}".rstrip("0"))
    assert "the median of all runs" in text_of(show_run, answer, 100)


@pytest.mark.parametrize("width", [40, 64])
def test_a_table_that_does_not_fit_becomes_entries(width: int) -> None:
    """Every cell is there, whole, with its heading; numbers and charts are never folded."""
    stream = io.StringIO()
    page = Page(Console(file=stream, width=width, markup=False))
    columns = [
        Column("what there is"),
        Column("a mean", NUMBERS),
        Column("95 % interval", NUMBERS),
        Column("0    9", CHART),
    ]
    rows = [["Incomprehensibility", "-1,234.5", "-1,235.5 to -1,233.5", "├─●─┤"], ["War", "1", "", "●"]]
    page.table(columns, rows)
    text = stream.getvalue()
    assert widest(text) <= width
    for part in ("what there is", "Incomprehensibility", "-1,234.5", "-1,235.5 to -1,233.5", "├─●─┤", "War"):
        assert part in text
    assert ("a mean: -1,234.5" in text) == (width < 64)
    assert "interval: \n" not in text
