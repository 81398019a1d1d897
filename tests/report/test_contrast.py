"""The sentence about a difference says who gains, by how much, how sure and why; the parts add up to the whole."""

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.report.compare import sentence
from sim.report.contrast import ROWS, parts_of, shifts, unmoved
from sim.scenario.schema import Scenario
from tests.report.pages import EXAMPLE, difference_of, ensemble_of, scenario_of

ENTRIES = 12
WIDE = (
    "scenario: wide\nclock: {turns: 1}\nactors:\n  us: {incentives: {"
    + ", ".join(f"e{place}: 0" for place in range(ENTRIES))
    + "}}\nregimes: {before: {}, after: {label: After the end}}\n"
)
SPREAD = np.tile([-1.0, 1.0], 50)


@pytest.fixture
def wide(tmp_path: Path) -> Scenario:
    """One actor with twelve incentives."""
    return scenario_of(WIDE, tmp_path)


def said(scenario: Scenario, *, simple: bool = False, **entries: np.ndarray | float) -> str:
    """The sentence when the entries differ by this much and the payoff by their sum."""
    parts = {name: np.broadcast_to(value, 100) for name, value in entries.items()}
    results = {f"us.{name}": value for name, value in parts.items()} | {"us": sum(parts.values())}
    return sentence(difference(scenario, results), "us", simple=simple)


def difference(scenario: Scenario, results: dict, runs: int = 100):
    nothing = {"us": np.zeros(runs)}
    return difference_of(ensemble_of(scenario, results, "after"), ensemble_of(scenario, nothing, "before"))


def test_who_gains(wide: Scenario) -> None:
    assert said(wide, e1=3 + SPREAD, e2=2.0, e3=-1.0) == (
        'Us gains from "After the end": 4.00 more than under "before" '
        "(95 % interval 3.80 to 4.20; 40 standard errors from zero). "
        'Most of it comes from "e1" (+3.00) and "e2" (+2.00); "e3" (-1.00) works most against it.'
    )


def test_who_loses(wide: Scenario) -> None:
    assert said(wide, e1=-3 + SPREAD, e2=-2.0) == (
        'Us loses from "After the end": 5.00 less than under "before" '
        "(95 % interval 4.80 to 5.20; 50 standard errors from zero). "
        'Most of it comes from "e1" (-3.00) and "e2" (-2.00).'
    )


def test_undecided(wide: Scenario) -> None:
    assert said(wide, e1=0.1 + SPREAD, e2=-0.05) == (
        'It is undecided which is better for us: "After the end" brings 0.05 more than "before" on average, but the '
        "95 % interval of the difference, -0.15 to 0.25, crosses zero (0.5 standard errors from zero). "
        'Most of it comes from "e1" (+0.10); "e2" (-0.05) works most against it.'
    )


def test_in_simple_words(wide: Scenario) -> None:
    assert said(wide, simple=True, e1=3 + SPREAD, e2=2.0, e3=-1.0) == (
        'Us gets 4.00 more under "After the end" than under "before" (95 % interval 3.80 to 4.20). '
        'Most of it comes from "e1" (+3.00) and "e2" (+2.00); "e3" (-1.00) pulls the other way.'
    )
    assert said(wide, simple=True, e1=0.1 + SPREAD, e2=-0.05) == (
        'It is undecided which is better for us: "After the end" brings 0.05 more than "before" on average, but that '
        "may be luck: the 95 % interval, -0.15 to 0.25, has zero in it. "
        'Most of it comes from "e1" (+0.10); "e2" (-0.05) pulls the other way.'
    )


def test_the_same_in_every_run(wide: Scenario) -> None:
    told = said(wide, e1=1.5)
    assert (
        told
        == 'Us gains from "After the end": 1.50 more than under "before" in every run. All of it comes from "e1" (+1.50).'
    )


def test_nothing_differs(wide: Scenario) -> None:
    assert said(wide, e1=0.0) == 'For us nothing differs between "After the end" and "before".'
    assert said(wide, e1=1.0, e2=-1.0) == 'For us "After the end" and "before" come to the same: the parts cancel out.'


def test_one_run_alone(wide: Scenario) -> None:
    results = {"us": [-2.0], "us.e1": [-2.0]}
    assert sentence(difference(wide, results, 1), "us") == (
        'In this one run us gets 2.00 less under "After the end" than under "before", which may be luck: one run alone '
        'has no interval. All of it comes from "e1" (-2.00).'
    )


def test_many_even_parts_are_not_called_most(wide: Scenario) -> None:
    told = said(wide, **{f"e{place}": 1.0 + 0.01 * place * SPREAD for place in range(8)})
    assert "The largest parts are" in told
    assert "Most of it" not in told


def test_a_second_part_too_small_to_see_is_not_named(wide: Scenario) -> None:
    assert 'Most of it comes from "e1" (+3.00).' in said(wide, e1=3 + SPREAD, e2=0.001)


@pytest.mark.parametrize("moving", [1, ROWS, ROWS + 1, ENTRIES])
def test_parts_add_up(wide: Scenario, moving: int) -> None:
    rng = np.random.default_rng(moving)
    parts = rng.normal(size=(moving, 100))
    results = {f"us.e{place}": part for place, part in enumerate(parts)} | {"us": parts.sum(axis=0)}
    contrast = difference(wide, results)
    told = parts_of(contrast, "us")
    assert len(told) == min(moving, ROWS)
    assert ("Others" in told[-1].label) == (moving > ROWS)
    assert sum(part.change.mean for part in told) == pytest.approx(contrast.stats["us"].mean, abs=1e-12)
    for part in told:
        assert part.left - part.right == pytest.approx(part.change.mean, abs=1e-12)
    sizes = [abs(part.change.mean) for part in told[: ROWS - 1]]
    assert sizes == sorted(sizes, reverse=True)
    assert len(unmoved(contrast, "us")) == ENTRIES + 1 - moving


def test_parts_add_up_where_two_scenarios_have_different_entries(wide: Scenario, tmp_path: Path) -> None:
    other = scenario_of(WIDE.replace("e0: 0", "new: 0"), tmp_path)
    ours = ensemble_of(wide, {"us": SPREAD + 3, "us.e0": SPREAD + 1, "us.e1": np.full(100, 2.0)}, "after")
    theirs = ensemble_of(other, {"us": np.full(100, 0.5), "us.new": np.full(100, 0.5)}, "before")
    told = parts_of(difference_of(ours, theirs), "us")
    assert [(part.label, part.change.mean) for part in told] == [
        ("e1", pytest.approx(2.0)),
        ("Entries that only one of the two has", pytest.approx(0.5)),
    ]


def test_the_example_adds_up_and_its_shifts_are_sorted(tmp_path: Path) -> None:
    comparison = sim.compare(scenario_of(EXAMPLE, tmp_path), runs=50)
    (contrast,) = comparison.differences
    for actor in contrast.actors:
        total = sum(part.change.mean for part in parts_of(contrast, actor))
        assert total == pytest.approx(contrast.stats[actor].mean, abs=1e-12)
    groups = shifts(contrast)
    assert set(groups) >= {"at the end", "struck, times a run", "chosen, times a run"}
    for group in groups.values():
        assert [each.size for each in group] == sorted((each.size for each in group), reverse=True)
        for each in group:
            assert each.left - each.right == pytest.approx(each.change.mean, abs=1e-9)
