"""What the instructor's page, the projector and the seats say about a class: whose numbers, out of which games."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from sim.classroom.class_board import Board
from sim.classroom.class_halves import names_of, played_by
from sim.classroom.room import asked
from sim.classroom.room.prediction import predicted
from sim.classroom.running import Running
from tests.classroom.classes import QUIET, Paper, half, paper, plan
from tests.classroom.site_class import browser, joined, opened, site

OTHER = QUIET.replace("title: ", "title: Other ", 1) if "title: " in QUIET else f"title: Another border\n{QUIET}"
"""The small game under another title."""


@pytest.fixture(scope="module")
def teacher() -> Iterator[TestClient]:
    """The instructor's browser on a running site."""
    with site() as client:
        yield client


def running(of: Paper) -> Running:
    """A room on paper as the server has it, with what the model predicts."""
    found = Running(of.room, of.clock)
    found.predictions = tuple(predicted(each, of.room.plan.seed, 50) for each in of.room.plan.halves)
    found.settle()
    return found


def board(of: Paper, last: dict[str, Any] | None = None, *, secret: bool = True) -> Board:
    """The instructor's page of a room on paper, or the projector's."""
    return Board(running(of), of.clock(), last, secret=secret)


# ---------------------------------------------------------------- two halves


def test_halves_are_called_by_what_they_differ_in() -> None:
    """The scenario, the regime, both or, where nothing differs, their number: never twice the same."""
    first, other = half(), half(text=OTHER)
    title, another = (played_by(each).partition(" · ")[0] for each in (first, other))
    assert title != another
    assert names_of(plan(first, other)) == [title, another]
    assert names_of(plan(first)) == ["base"]
    assert names_of(plan(first, first)) == ["First half: base", "Second half: base"]
    assert len(set(names_of(plan(first, half(("north",), text=OTHER))))) == 2


def test_charts_and_results_of_two_scenarios_are_told_apart() -> None:
    """Under one regime, too: every caption names the scenario, and no two are the same."""
    class_ = paper(half(), half(text=OTHER), names=tuple("abcd"))
    class_.do(asked.start)
    names = names_of(class_.room.plan)
    for _ in range(5):
        class_.round("wait", "keep", "wait", "keep")
    shown = board(class_)
    titles = [chart.title for chart in shown.charts()]
    assert len(set(titles)) == len(titles) == 4
    assert [name for name in names for _ in range(2)] == [title.partition(" · ")[2] for title in titles]
    assert [each["title"] for each in shown.results()] == [f"{name}: 1 game" for name in names]


def test_everybody_is_told_which_half_plays_what(teacher: TestClient) -> None:
    """On the instructor's page and the projector both, on a seat its own; a class without a title is called by both."""
    fields = {"scenario": "inf-1987", "other": "inf-2018", "regime1": "open", "regime2": "open"}
    code = opened(teacher, **fields)
    for page in (teacher.get(f"/class/{code}/teach").text, browser(teacher).get(f"/class/{code}/screen").text):
        assert re.findall(r"half: ([^<]*)</p>", page) == [
            f"The incentives of {year} · Nothing forbidden · students play NATO and the adversary"
            for year in (1987, 2018)
        ]
        assert "The incentives of 1987 and the incentives of 2018" in page
    for number, year in ((1, 1987), (2, 1987), (3, 2018)):
        student = browser(teacher)
        joined(student, code, f"S{number}")
        page = student.get(f"/class/{code}/seat/{number}").text
        assert f"Your half of the class plays The incentives of {year} · Nothing forbidden" in page


def test_the_title_of_a_class_of_one_scenario_is_the_scenarios(teacher: TestClient) -> None:
    """And its page speaks of no halves."""
    code = opened(teacher, scenario="inf-1987")
    page = teacher.get(f"/class/{code}/teach").text
    assert "<title>The incentives of 1987 · instructor</title>" in page
    assert "half: " not in page
