"""Short words about a player's situation: when an action takes effect, what passing comes to, what happened."""

from __future__ import annotations

import math

import pytest

import sim
from sim.model.game import Setting
from sim.play.session import Session, opened
from sim.play.view import Happening, Option, view_of
from sim.report.labels import Labels, without_codes
from sim.report.situation import change_of, closed_because, happening_of, lead_of, pass_of


def option(low: float, high: float, mean: float | None = None) -> Option:
    """An action that takes effect after so many turns."""
    return Option("do", True, False, None, 1.0, (low, high), mean)


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0.0, 0.0, "at once"),
        (0.5, 0.5, "before the next turn"),
        (0.25, 0.75, "before the next turn"),
        (1.0, 1.0, "in 1 turn"),
        (0.75, 1.75, "in 1 to 2 turns"),
        (3.75, 6.25, "in 4 to 7 turns"),
        (0.0, 2.0, "within 2 turns"),
        (2.0000000001, 2.0000000001, "in 2 turns"),
    ],
)
def test_games_go_by_whole_turns(low: float, high: float, told: str) -> None:
    """What comes within a turn is seen in the next one."""
    assert lead_of(option(low, high)) == told


def test_a_mean_lead_stays_a_mean() -> None:
    assert lead_of(option(0.0, math.inf, 2.5)) == "in about 2.5 turns"


def test_a_change_is_as_long_as_what_changed() -> None:
    assert [change_of(each) for each in (1.0, -0.006, 0.3, 12.0)] == ["+1", "-0.01", "+0.3", "+12"]


def test_passing_and_waiting_are_told_apart_or_said_to_be_one() -> None:
    """Waiting changes nothing and costs nothing in 2018; no action of an arms race does."""
    scenario = without_codes(sim.load("inf-2018"))
    view = view_of(Session(opened(scenario, ["nato"], Setting("treaty"), None, 3)), "nato")
    assert pass_of(Labels(scenario), view) == 'comes to the same as "Wait"'
    scenario = sim.load("classics/repeated-dilemma")
    view = view_of(Session(opened(scenario, ["north"], Setting(), None, 3)), "north")
    assert pass_of(Labels(scenario), view) == ""


def test_why_an_action_is_not_open() -> None:
    session = Session(opened(without_codes(sim.load("inf-2018")), ["nato"], Setting("treaty"), None, 3))
    game, closed = session.opening.game, {each.action: each for each in view_of(session, "nato").options}
    assert closed_because(game, "nato", closed["withdraw"]) == "forbidden by the regime"
    assert closed_because(game, "nato", closed["reduce"]).startswith("only when \"NATO's ground-launched missiles in")


def test_what_happened_and_how_it_ended() -> None:
    """Two sentences instead of two colons."""
    labels = Labels(without_codes(sim.load("inf-2018")))
    assert happening_of(labels, "nato", Happening(3, "event", "crisis", "settled")) == (
        "It happens: Crisis. How it ends: Settlement."
    )
    assert happening_of(labels, "nato", Happening(3, "ended", "crisis", "war")) == (
        "It happens: Crisis. How it ends: War. That ends the game."
    )
    assert happening_of(labels, "nato", Happening(3, "landed", "arm")) == (
        "It takes effect: Add air- and sea-launched strike."
    )
