"""A number of runs for a precision: declared before they are played, enough 19 times out of 20, refused in time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

import sim
from sim.errors import CommandError, ResourceError
from sim.experiment import precision
from sim.experiment.plan import Plan, planned_for
from sim.experiment.precision import PILOT, _Spread, planned
from sim.model.compiling import compiled
from sim.model.game import Setting
from sim.model.luck import derived_seed
from sim.scenario.load import load_text

GAME = """
scenario: game
clock: {turns: 1}
parameters: {wide: 1}
state: {x: {initial: {low: 0, high: 1}}, y: {initial: {low: 0, high: 1}}}
actors: {a: {incentives: {good: wide * x}}, b: {incentives: {fixed: 3}}}
regimes: {one: {}, two: {parameters: {wide: 3}}}
"""


@pytest.fixture(scope="module")
def game() -> sim.Scenario:
    """A uniform payoff: variance 1/12, or 9/12 under the second regime; and one without spread."""
    return load_text(GAME)


def test_the_answer_is_that_of_as_many_runs(game: sim.Scenario) -> None:
    """Document and digest; the pilot has left no trace."""
    precise = sim.run(game, precision=0.005, seed=7)
    assert precise.to_dict() == sim.run(game, runs=precise.plan.runs, seed=7).to_dict()
    compared = sim.compare(game, precision=0.01, seed=7)
    assert compared.to_dict() == sim.compare(game, runs=compared.plan.runs, seed=7).to_dict()


def test_the_number_is_what_the_spread_asks_for(game: sim.Scenario) -> None:
    """Close to ``1.96^2 variance / X^2``, and above it by no more than a pilot of 2,000 leaves open."""
    for answer, variance, asked in [
        (sim.run(game, precision=0.004), 1 / 12, 0.004),
        (sim.compare(game, precision=0.008), (3 - 1) ** 2 / 12, 0.008),
    ]:
        least = stats.norm.ppf(0.975) ** 2 * variance / asked**2
        assert 0.97 * least < answer.plan.runs < 1.15 * least
    assert sim.run(game, precision=0.004).stats["a"].reach <= 0.004
    assert sim.compare(game, precision=0.008).differences[0].stats["a"].reach <= 0.008


def test_the_pilot_has_luck_of_its_own(game: sim.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a derived seed, with the setting and the engine that were asked for."""
    played: list[Plan] = []
    play_sides = precision.play_sides
    monkeypatch.setattr(precision, "play_sides", lambda sides, plan: played.append(plan) or play_sides(sides, plan))
    sides = {"one": compiled(game, Setting("one", {}, {"wide": 0}))}
    plan, declared = planned(sides, Plan(1, 5, "events", jobs=2), 0.1, None)
    assert played == [Plan(PILOT, derived_seed(5, "pilot"), "events")]
    assert (plan, declared.runs) == (Plan(PILOT, 5, "events", jobs=2), PILOT)


def test_no_fewer_runs_than_a_pilot_has(game: sim.Scenario) -> None:
    """Neither for a wide interval nor for payoffs that are the same in every run."""
    assert sim.run(game, precision=1000).plan.runs == PILOT
    assert sim.run(game, precision=1e-9, set={"wide": 0}).plan.runs == PILOT


def test_without_a_precision_a_plan_is_left_alone(game: sim.Scenario) -> None:
    """And nothing is played."""
    plan = planned_for(game)
    assert planned({}, plan, None, None) == (plan, None)


@pytest.mark.parametrize("asked", [0, -1, math.nan, math.inf, True, "0.1"])
def test_a_precision_is_a_number_above_zero(asked: object, game: sim.Scenario) -> None:
    """Nothing else."""
    with pytest.raises(CommandError, match=r"PRECISION: --precision is .* no number above 0; write a number such as"):
        sim.run(game, precision=asked)  # type: ignore[arg-type]


def test_either_runs_or_a_precision(game: sim.Scenario) -> None:
    """Both at once contradict each other."""
    for ask in (sim.run, sim.compare):
        with pytest.raises(CommandError, match=r"both --precision and --runs .*leave one of them out"):
            ask(game, runs=5, precision=0.1)


def reachable(error: Exception) -> float:
    """The precision that a message names."""
    return float(str(error).split("ask for --precision ")[1].split(",")[0])


@pytest.mark.parametrize(("asked", "room"), [(1e-9, None), (1e-300, None), (1e-4, 10**6)])
def test_what_cannot_be_reached_is_refused_with_what_can(asked: float, room: int | None, game: sim.Scenario) -> None:
    """Too many runs for anybody, or for the disk: the precision that is named is then accepted, and is no wider than needed."""
    sides = {"one": compiled(game)}
    if room is None:
        told, family, most = (lambda: 10**15), CommandError, precision.MOST
    else:
        told, family, most = (lambda: room), ResourceError, room
    with pytest.raises(family, match=r"PRECISION: intervals that reach .* need more than .* runs") as caught:
        planned(sides, Plan(1, 1), asked, None, told)
    plan, _ = planned(sides, Plan(1, 1), reachable(caught.value), None, told)
    assert 0.7 * most < plan.runs <= most


def met(draw: object, asked: float, times: int) -> float:
    """The share of pilots after which the declared number of runs has an interval as narrow as asked."""
    luck = np.random.default_rng(17)
    narrow = 0
    for _ in range(times):
        runs = _Spread.of(draw(luck, PILOT), 1).runs(asked)  # type: ignore[operator]
        sample = draw(luck, runs)  # type: ignore[operator]
        narrow += stats.t.ppf(0.975, runs - 1) * sample.std(ddof=1) / math.sqrt(runs) <= asked
    return narrow / times


@pytest.mark.parametrize(
    ("draw", "asked"),
    [
        (lambda luck, n: luck.normal(size=n), 0.03),
        (lambda luck, n: luck.exponential(size=n), 0.03),
        (lambda luck, n: luck.uniform(size=n), 0.01),
        (lambda luck, n: -5.0 * (luck.random(n) < 0.02), 0.02),
    ],
    ids=["normal", "exponential", "uniform", "rare"],
)
def test_the_width_is_met_nineteen_times_in_twenty(draw: object, asked: float) -> None:
    """Also where payoffs have longer tails than a bell; 200 times, so 0.90 is three standard errors below 0.95."""
    assert met(draw, asked, 200) >= 0.90


def test_what_was_reached_is_told() -> None:
    """And why, where it is not what was asked."""
    declared = precision.Declared(0.5, 4321)
    assert "--runs 4321 gives the same answer" in declared.announcement
    narrow, wide = (sim_stat(reach) for reach in (0.25, 0.75))
    assert declared.reached([narrow]).endswith("the widest reaches 0.25.")
    assert declared.reached([narrow, wide]).endswith(
        "the widest reaches 0.75: payoffs are more spread than in the pilot."
    )
    assert declared.reached([]).endswith("the widest reaches 0.")


def sim_stat(reach: float) -> object:
    """A statistic whose interval reaches so far."""
    from sim.experiment.summary import Stat

    return Stat(0.0, reach / 2, -reach, reach)
