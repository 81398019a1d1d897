"""Each assumption at both ends of its range: the numbers are those of asking for each end by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.experiment.ends import Ends, Result, Side, Swing, at_ends, movable, runs_at_points
from sim.experiment.points import Quantity
from sim.experiment.summary import Stat
from sim.model.game import Setting
from sim.scenario.schema import Scenario
from tests.report.pages import EXAMPLE, SHIPPED, scenario_of

RUNS, SEED = 60, 11


def sides_of(scenario: Scenario, **parameters: float) -> dict[str, Side]:
    return {name: Side(scenario, Setting(name, {}, parameters)) for name in ("treaty", "post_treaty")}


def gain(actor: str) -> dict[str, Quantity]:
    return {actor: Quantity(((1.0, "post_treaty", actor), (-1.0, "treaty", actor)))}


@pytest.fixture(scope="module")
def shipped() -> Scenario:
    return sim.load(str(SHIPPED["inf-2018"]))


@pytest.fixture(scope="module")
def ends(shipped: Scenario) -> Ends:
    """What the adversary gains outside the treaty of 2018, at the ends of every range."""
    return at_ends(sides_of(shipped), gain("adversary"), RUNS, SEED)


def test_each_end_is_what_is_asked_for_alone(shipped: Scenario, ends: Ends) -> None:
    """Paired differences with one parameter set, on the same runs, to the last digits of a sum."""
    result = ends.results["adversary"]
    alone = sim.compare(shipped, runs=RUNS, seed=SEED).differences[0].stats["adversary"]
    assert (result.today.mean, result.today.low) == pytest.approx((alone.mean, alone.low), rel=1e-10)
    for swing in (result.swings[0], result.swings[7], result.swings[-1]):
        for end, found in zip(swing.range, (swing.low, swing.high), strict=True):
            answer = sim.compare(shipped, runs=RUNS, seed=SEED, set={swing.parameter: end})
            stat = answer.differences[0].stats["adversary"]
            assert (found.mean, found.low, found.high) == pytest.approx((stat.mean, stat.low, stat.high), rel=1e-9)


def test_every_uncertain_parameter_is_moved_over_its_range(shipped: Scenario, ends: Ends) -> None:
    """All that have a range of two different ends, the largest move first."""
    ranges = {name: part.range for name, part in shipped.parameters.items() if part.range and len(set(part.range)) > 1}
    swings = ends.results["adversary"].swings
    assert {swing.parameter: swing.range for swing in swings} == ranges
    assert ends.points == 1 + 2 * len(ranges)
    sizes = [swing.size for swing in swings]
    assert sizes == sorted(sizes, reverse=True)


def test_what_is_set_stays(tmp_path: Path) -> None:
    """A parameter that the command line sets, or the regime, is not moved there."""
    scenario = scenario_of(EXAMPLE.replace("arms_burden: 0.25", "arms_burden: {value: 0.25, range: [0, 1]}"), tmp_path)
    assert set(movable(sides_of(scenario))) == {"arms_burden", "commitment"}
    assert movable(sides_of(scenario, commitment=0.3)) == ("arms_burden",)
    assert Side(scenario, Setting("post_treaty")).range("arms_burden") is None
    assert Side(scenario, Setting("treaty")).range("arms_burden") == (0.0, 1.0)


def test_a_range_with_an_impossible_end_is_told_and_the_others_are_played(tmp_path: Path) -> None:
    """Where an expression fails at an end, that parameter alone is left out, by name."""
    text = EXAMPLE.replace("arms_burden: 0.25", "arms_burden: {value: 0.25, range: [0, 1]}")
    text = text.replace("burden: -arms_burden * missiles / 4", "burden: -1 / arms_burden * missiles / 4")
    found = at_ends(sides_of(scenario_of(text, tmp_path)), gain("adversary"), 40, SEED)
    assert set(found.trouble) == {"arms_burden"}
    assert found.parameters == ("commitment",)


@pytest.mark.parametrize(
    ("today", "low", "high", "verdict"),
    [
        ((1, 2), (1, 2), (0.5, 3), ""),
        ((1, 2), (-2, -1), (1, 2), "turns"),
        ((1, 2), (-1, 1), (1, 2), "opens"),
        ((1, 2), (-1, 1), (-2, -1), "turns"),
        ((-1, 1), (1, 2), (-1, 1), "settles"),
        ((-1, 1), (-1, 1), (-1, 1), ""),
    ],
)
def test_a_verdict_is_about_intervals(
    today: tuple[float, float], low: tuple[float, float], high: tuple[float, float], verdict: str
) -> None:
    """Turned is what lies wholly on the other side; open what has zero within."""
    stats = [Stat(sum(ends) / 2, 0.1, *ends) for ends in (today, low, high)]
    swing = Swing("p", (0.0, 1.0), *stats[1:])
    assert swing.verdict(stats[0]) == verdict
    assert bool(Result(stats[0], (swing,)).deciding) == bool(verdict)


def test_few_runs_are_played_at_each_of_many_points(shipped: Scenario) -> None:
    """Never more than the answer has, never fewer than 100 where it has as many."""
    sides = sides_of(shipped)
    assert runs_at_points(sides, 10) == 100
    assert 100 <= runs_at_points(sides, 10**6) <= 2_000
