"""The course of many runs is what the events of each run, followed one by one, say turn by turn."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from sim.engine.events import follow
from sim.experiment.courses import MOST, SHARES, Courses, courses_of, how_many
from sim.experiment.ensemble import Plan, play
from sim.model.compiling import compiled
from sim.model.game import Game, Setting
from sim.scenario.load import load_text
from tests.report.pages import EXAMPLE

SEED, RUNS = 7, 83
"""Not a multiple of anything: shares of runs fall between runs."""

DEADLY = EXAMPLE.replace("war: {weight: 0.2", "war: {weight: 2")
"""As the example, with many runs that end early."""


@dataclass
class Followed:
    """One run by its events: the state at the end of each turn, what was done and what struck in it."""

    state: list[dict[str, float]]
    done: list[dict[str, str]]
    struck: list[list[str]]


def followed(game: Game, run: int) -> Followed:
    """Apply the changes that the events of a run name, one after the other."""
    events = follow(game, SEED, run).events
    played = 1 + max(event.turn for event in events if event.kind != "end")
    state = dict(events[0].detail["state"])
    found = Followed([dict(state)], [], [])
    for turn in range(played):
        done, struck = {}, []
        for event in events:
            if event.turn != turn or event.kind in ("begin", "end"):
                continue
            state |= {name: after for name, (_, after) in event.detail.get("changes", {}).items()}
            if event.kind == "decision":
                done[event.who] = event.what
            if event.kind == "hazard":
                struck.append(event.who)
        found.state.append(dict(state))
        found.done.append(done)
        found.struck.append(struck)
    return found


@pytest.fixture(scope="module", params=[EXAMPLE, DEADLY], ids=["long", "deadly"])
def both(request: pytest.FixtureRequest) -> tuple[Game, Courses, list[Followed]]:
    """A game, the course of its runs, and every run by its events."""
    game = compiled(load_text(request.param), Setting("post_treaty"))
    return game, courses_of(game, Plan(RUNS, SEED)), [followed(game, run) for run in range(RUNS)]


Both = tuple[Game, Courses, list[Followed]]


def test_bands_are_values_that_runs_have(both: Both) -> None:
    """At each moment: of the runs in order the one at or below which the share lies; ended runs stay as they were."""
    game, courses, runs = both
    assert courses.runs == RUNS
    for row, variable in enumerate(game.variables):
        for moment in range(game.turns + 1):
            values = sorted(run.state[min(moment, len(run.state) - 1)][variable.name] for run in runs)
            expected = [values[math.ceil(share * RUNS) - 1] for share in SHARES]
            assert courses.state[:, row, moment].tolist() == expected, (variable.name, moment)
            assert courses.means[row, moment] == pytest.approx(math.fsum(values) / RUNS, rel=1e-12, abs=1e-15)


def test_actions_and_strikes_are_shares_of_the_runs_played(both: Both) -> None:
    """Of those that came to the turn; the last row passed."""
    game, courses, runs = both
    for turn in range(game.turns):
        here = [run for run in runs if turn < len(run.done)]
        assert courses.played[turn] == len(here) / RUNS
        if not here:
            assert np.isnan(courses.strikes[:, turn]).all()
            continue
        for place, actor in enumerate(game.actors):
            names = [*(action.name for action in actor.actions), "pass"]
            counts = [sum(run.done[turn].get(actor.name, "pass") == name for run in here) for name in names]
            assert courses.chosen[place][:, turn].tolist() == [count / len(here) for count in counts]
        counts = [sum(hazard.name in run.struck[turn] for run in here) for hazard in game.hazards]
        assert courses.strikes[:, turn].tolist() == [count / len(here) for count in counts]


def test_payoffs_begin_at_nothing_and_end_at_the_answer(both: Both) -> None:
    """The bands after the last turn are those of the payoffs that the ensemble has."""
    game, courses, _ = both
    ensemble = play(game, Plan(RUNS, SEED))
    assert not courses.payoffs[:, :, 0].any()
    for row, actor in enumerate(game.actors):
        values = sorted(ensemble.payoffs[actor.name].tolist())
        assert courses.payoffs[:, row, -1].tolist() == [values[math.ceil(share * RUNS) - 1] for share in SHARES]


def test_a_switch_is_known_by_its_limits() -> None:
    """A variable from 0 to 1 that is never in between is one; one that could be more is none."""
    text = """
scenario: switches
clock: {turns: 4}
state: {on: {initial: 0, min: 0, max: 1}, part: {initial: 0.5, min: 0, max: 1}, many: {initial: 0, min: 0, max: 2}}
actors: {a: {actions: {go: {chance: 0.5, set: {on: 1, many: 1}}}, strategies: {s: go}, plays: s}}
"""
    courses = courses_of(compiled(load_text(text)), Plan(50, 1))
    assert courses.binary == (True, False, False)
    assert [courses.moves(row) for row in range(3)] == [True, False, True]


def test_few_runs_of_long_games_are_looked_at() -> None:
    """Never more than there are, at most 2,000, fewer of a long game: a million turns of runs at most."""

    def game(turns: int) -> Game:
        return compiled(load_text(f"scenario: s\nclock: {{turns: {turns}}}\nactors: {{a: {{incentives: {{i: 1}}}}}}\n"))

    assert how_many(game(20), Plan(7, 1)) == 7
    assert how_many(game(20), Plan(10**6, 1)) == MOST
    assert how_many(game(20), Plan(10**6, 1), 256) == 256
    assert how_many(game(2000), Plan(10**6, 1)) == 500
    assert how_many(game(10_000), Plan(10**6, 1)) == 100


def test_a_variable_that_only_begins_by_luck_does_not_move() -> None:
    """Its bands are wide, and level."""
    text = """
scenario: luck
clock: {turns: 3}
state: {kind: {initial: {low: 0, high: 1}}, count: {initial: {low: 0, high: 1}, drift: 1}}
actors: {a: {incentives: {i: kind}}}
"""
    courses = courses_of(compiled(load_text(text)), Plan(500, 1))
    assert [courses.moves(row) for row in range(2)] == [False, True]


def test_turns_to_which_few_runs_came_tell_nothing() -> None:
    """Half of the runs end each turn: after six turns fewer than 2 % are played."""
    text = """
scenario: short
clock: {turns: 30}
actors: {a: {incentives: {i: 1}}}
hazards: {end: {chance: 0.5, ends: true}}
"""
    courses = courses_of(compiled(load_text(text)), Plan(2000, 3))
    assert courses.telling == sum(share >= 0.02 for share in courses.played)
    assert 5 <= courses.telling <= 8
    assert courses.telling < courses.length < 30
