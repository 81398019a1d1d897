"""Sweeps against payoffs and frontiers known in closed form; a point saved as a scenario."""

import math

import numpy as np
import pytest

from sim.errors import CommandError
from sim.experiment import axes as axes_module
from sim.experiment.axes import axes_of, grid, latin
from sim.experiment.compare import compare
from sim.experiment.ensemble import run
from sim.experiment.frontier import frontiers
from sim.experiment.plan import Plan
from sim.experiment.sweep import Choice, Sweep, play_sweep, swept
from sim.model.game import Setting
from sim.scenario.load import load_text
from sim.scenario.pin import pinned
from tests.experiment.swept import LINE, PLANE

PLAN = Plan(runs=300, seed=5)
KNOWN = load_text(LINE)


def along_burden(regimes: tuple[str, ...] = ()) -> Sweep:
    """Burden from 0 to 1 in five values."""
    return play_sweep(swept(KNOWN, {"burden": (0.0, 1.0, 5)}, regimes=regimes, plan=PLAN))


# --- Payoffs ---------------------------------------------------------------------------------------------------------


def test_payoffs_and_differences_are_those_worked_by_hand() -> None:
    """North's difference, 0.5 - 2 burden, has no noise; South's, 0.5 + 0.25 l, keeps a quarter of the luck."""
    sweep = along_burden()
    luck = sweep.payoffs("north", "treaty") - 1.0
    for point, burden in enumerate((0.0, 0.25, 0.5, 0.75, 1.0)):
        assert sweep.points.at(point) == {"burden": burden}
        north = sweep.difference("north", "open", "treaty", point)
        assert north.mean == pytest.approx(0.5 - 2 * burden, abs=1e-12)
        assert north.se == pytest.approx(0.0, abs=1e-12)
        assert sweep.payoff("north", "open", point).mean == pytest.approx(1.5 - 2 * burden + luck[point])
        south = sweep.difference("south", "open", "treaty", point)
        assert south.mean == pytest.approx(0.5 + 0.25 * luck[point])
        assert south.se == pytest.approx(0.25 * (sweep.payoff("north", "treaty", point).se or 0.0))
        back = sweep.difference("south", "treaty", "open", point)
        assert (back.mean, back.low, back.high) == (-south.mean, -(south.high or 0.0), -(south.low or 0.0))


def test_the_luck_is_the_same_at_every_point() -> None:
    """Under the treaty North's payoff does not depend on the burden, noise and all."""
    assert len(set(along_burden().payoffs("north", "treaty").tolist())) == 1


def test_what_is_swept_wins_over_a_regimes_own_value() -> None:
    """The regime open says 0.75 for the stake; along the stake it takes the values asked for."""
    sweep = play_sweep(swept(KNOWN, {}, {"stake": [0.0, 1.0]}, plan=PLAN))
    low, high = sweep.payoffs("north", "open")
    assert high - low == pytest.approx(2.0)


def test_a_point_is_what_compare_says_there() -> None:
    """Means to the last bit, of payoffs and of paired differences."""
    sweep = along_burden()
    there = compare(KNOWN, setting=Setting(None, {}, {"burden": 0.75}), plan=PLAN)
    for actor in sweep.actors:
        for regime, ensemble in there.ensembles.items():
            assert sweep.payoff(actor, regime, 3).mean == ensemble.stats[actor].mean
        assert sweep.difference(actor, "open", "treaty", 3).mean == there.differences[0].stats[actor].mean


def test_set_and_play_fix_the_rest() -> None:
    """What is set wins over a regime's own value: of one stake and one strategy, North gets the same under both."""
    setting = Setting(None, {"north": "keep"}, {"stake": 0.25})
    sweep = play_sweep(swept(KNOWN, {"burden": (0.0, 1.0, 2)}, setting=setting, plan=PLAN))
    assert sweep.difference("north", "open", "treaty", 0).mean == 0.0
    assert sweep.choice("north", 0) == Choice("treaty", False)


# --- Who prefers what ------------------------------------------------------------------------------------------------


def test_preferences_along_a_line_change_where_they_should() -> None:
    """North leaves below a burden of 0.25, where both are equally good: the first regime stands for both."""
    sweep = along_burden()
    assert [sweep.choice("north", point) for point in range(5)] == [
        Choice("open", True), Choice("treaty", False), *[Choice("treaty", True)] * 3,
    ]  # fmt: skip
    ((spot,),) = [each.spots for each in sweep.frontiers["north"]]
    assert spot == pytest.approx((0.25,), abs=1e-9)
    assert sweep.frontiers["south"] == []


def test_the_frontier_of_a_plane_is_the_known_line() -> None:
    """NATO's runs along cost = gain + 0.1, the adversary's along cost = 0.875 + its luck - gain, end to end."""
    sweep = play_sweep(swept(load_text(PLANE), {"gain": (None, None, 11), "cost": (None, None, 11)}, plan=PLAN))
    lengths = {}
    shift = float(sweep.payoffs("adversary", "open")[0]) - 0.875
    for actor, residual in {
        "nato": lambda gain, cost: gain - cost + 0.1,
        "adversary": lambda gain, cost: 0.875 + shift - gain - cost,
    }.items():
        found = sweep.frontiers[actor]
        assert {segment.between for segment in found} == {("treaty", "open")}
        assert all(abs(residual(*spot)) < 1e-9 for segment in found for spot in segment.spots)
        lengths[actor] = sum(math.dist(*segment.spots) for segment in found)
    assert lengths["nato"] == pytest.approx(0.9 * math.sqrt(2))
    assert lengths["adversary"] == pytest.approx((0.875 + shift) * math.sqrt(2))


def test_three_regimes_meet_where_all_are_equally_good() -> None:
    """Of x, y and 1 - x - y each is best in a part; the parts' borders meet at (1/3, 1/3), and lengths add up."""
    across = np.linspace(0, 1, 8)
    x, y = np.meshgrid(across, across)
    found = frontiers([across, across], {"x": x, "y": y, "rest": 1 - x - y})
    lengths = dict.fromkeys([("x", "y"), ("x", "rest"), ("y", "rest")], 0.0)
    for segment in found:
        lengths[segment.between] += math.dist(*segment.spots)
        for px, py in segment.spots:
            values = {"x": px, "y": py, "rest": 1 - px - py}
            assert [values[name] for name in segment.between] == pytest.approx([max(values.values())] * 2)
    assert lengths[("x", "y")] == pytest.approx(2 / 3 * math.sqrt(2))
    assert lengths[("x", "rest")] == pytest.approx(math.hypot(1 / 6, 1 / 3))
    assert lengths[("y", "rest")] == pytest.approx(math.hypot(1 / 6, 1 / 3))


def test_regimes_that_are_the_same_have_no_frontier() -> None:
    """Neither between each other, nor twice towards a third."""
    line = np.array([0.0, 1.0])
    twins = {"one": line.copy(), "other": line.copy()}
    assert frontiers([line], twins) == []
    (segment,) = frontiers([line], {**twins, "third": 1 - line})
    assert (segment.between, segment.spots) == (("one", "third"), ((0.5,),))


def test_a_regime_that_is_best_between_two_points_only_is_seen() -> None:
    """Of x, 1 - x and 0.75 on one stretch the last is best from 0.25 to 0.75."""
    line = np.array([0.0, 1.0])
    found = frontiers([line], {"up": line, "down": 1 - line, "level": np.full(2, 0.75)})
    assert sorted(segment.spots[0][0] for segment in found) == pytest.approx([0.25, 0.75])


# --- Points ----------------------------------------------------------------------------------------------------------


def test_values_are_as_short_as_they_can_be_written() -> None:
    """0.3 is 0.3, the ends are what was asked for, and a third stays a third."""
    (axis,) = axes_of(KNOWN, {"burden": (0.0, 1.0, 11)}, {})
    assert axis.values == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    (axis,) = axes_of(KNOWN, {"burden": (-1 / 3, 1 / 3, 3)}, {})
    assert axis.values == pytest.approx((-1 / 3, 0.0, 1 / 3), abs=1e-12)
    assert (axis.values[0], axis.values[-1]) == (-1 / 3, 1 / 3)
    (axis,) = axes_of(KNOWN, {"burden": (1e-9, 3e-9, 3)}, {})
    assert axis.values == (1e-9, 2e-9, 3e-9)


def test_a_range_stands_in_for_what_is_left_out() -> None:
    """Low, high or both; and as many values as a line or a plane usually has."""
    (axis,) = axes_of(KNOWN, {"burden": (None, 0.5, None)}, {})
    assert (axis.low, axis.high, len(axis.values), axis.now) == (0.0, 0.5, axes_module.LINE, 0.25)
    both = axes_of(KNOWN, {"burden": (None, None, None), "stake": (0.5, None, None)}, {})
    assert [(each.name, each.low, each.high, len(each.values)) for each in both] == [
        ("burden", 0.0, 1.0, axes_module.PLANE), ("stake", 0.5, 1.0, axes_module.PLANE),
    ]  # fmt: skip


def test_a_plane_goes_row_by_row() -> None:
    """The first parameter changes fastest."""
    points = grid(axes_of(KNOWN, {}, {"burden": [0, 1], "stake": [5, 6, 7]}))
    assert points.values.tolist() == [[0, 1, 0, 1, 0, 1], [5, 5, 6, 6, 7, 7]]


def test_drawn_points_are_a_latin_hypercube() -> None:
    """In each of N equal parts of every axis lies one point; the same seed draws the same, whatever else is swept."""
    axes = axes_of(KNOWN, {"burden": (0.0, 1.0, None), "stake": (2.0, 4.0, None)}, {}, drawn=True)
    points = latin(axes, 50, 7)
    for row, axis in zip(points.values, axes, strict=True):
        parts = np.floor((row - axis.low) / (axis.high - axis.low) * 50).astype(int)
        assert sorted(parts.tolist()) == list(range(50))
    assert np.array_equal(latin(axes[1:], 50, 7).values[0], points.values[1])
    assert not np.array_equal(latin(axes, 50, 8).values, points.values)
    assert not np.array_equal(np.argsort(points.values[0]), np.argsort(points.values[1]))


@pytest.mark.parametrize(
    ("over", "values", "more", "told"),
    [
        ({}, {}, {}, "no parameter is swept"),
        ({"burdn": (0, 1, 2)}, {}, {}, "did you mean 'burden'?"),
        ({"fixed": (None, 1, 2)}, {}, {}, "write --over fixed=LOW:HIGH"),
        ({"burden": (1.0, 0.0, 2)}, {}, {}, "the smaller one first"),
        ({"burden": (0.0, math.inf, 2)}, {}, {}, "the smaller one first"),
        ({"burden": (0.0, 1.0, 1)}, {}, {}, "ask for 2 to"),
        ({"burden": (0.0, 1.0, 2)}, {"burden": [1]}, {}, "use one of the two"),
        ({}, {"burden": []}, {}, "write --values burden="),
        ({"burden": (0, 1, 2), "stake": (0, 1, 2), "fixed": (0, 1, 2)}, {}, {}, "add --latin N"),
        ({"burden": (0, 1, 1000), "stake": (0, 1, 1000)}, {}, {}, "that makes 1,000,000 points"),
        ({"burden": (0, 1, 5)}, {}, {"draws": 10}, "say how many points with --latin"),
        ({}, {"burden": [0]}, {"draws": 10}, "write --over with --latin"),
        ({"burden": (0, 1, None)}, {}, {"draws": 1}, "a whole number from 2"),
        ({"burden": (0, 1, 2)}, {}, {"regimes": ["opn"]}, "did you mean 'open'?"),
        ({"burden": (0, 1, 2)}, {}, {"setting": Setting(None, {}, {"burden": 1.0})}, "leave one of the two out"),
        ({"burden": (0, 1, 2)}, {}, {"setting": Setting(None, {"nrth": "keep"})}, "did you mean 'north'?"),
    ],
)
def test_what_cannot_be_swept_is_refused(over: dict, values: dict, more: dict, told: str) -> None:
    """Before anything is played, with what to write instead."""
    with pytest.raises(CommandError) as caught:
        swept(KNOWN, over, values, **more)
    assert told in str(caught.value)


# --- A point as a scenario -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plays", [{}, {"north": "leave"}])
def test_a_saved_point_gives_the_payoffs_of_the_point(plays: dict[str, str]) -> None:
    """To the last bit, under every regime, with the runs and the seed that the file itself names."""
    setting = Setting(None, plays, {"fixed": 3.0})
    sweep = play_sweep(swept(KNOWN, {"burden": (0.0, 1.0, 4), "stake": (0.0, 1.0, 4)}, setting=setting, plan=PLAN))
    for point in (1, 6):
        numbers = {"fixed": 3.0, **sweep.points.at(point)}
        again = load_text(pinned(KNOWN, "point", numbers, plays, PLAN.runs, PLAN.seed, ["from a sweep"]))
        for regime in sweep.regimes:
            ensemble = run(again, Setting(regime))
            assert (ensemble.plan.runs, ensemble.plan.seed) == (PLAN.runs, PLAN.seed)
            for actor in sweep.actors:
                assert ensemble.stats[actor].mean == sweep.payoff(actor, regime, point).mean


def test_a_saved_point_of_a_scenario_without_regimes_keeps_its_plays() -> None:
    """They stand with the actors; what the scenario says otherwise stays."""
    text = LINE[: LINE.index("regimes:")]
    again = load_text(pinned(load_text(text), "point", {"burden": 1e-05}, {"north": "leave"}, 7, 8))
    assert (again.actors["north"].plays, again.parameters["burden"].value) == ("leave", 1e-05)
    assert (again.parameters["burden"].range, again.parameters["burden"].label) == ((0.0, 1.0), "Burden of arms")
    assert (again.scenario, again.monte_carlo.runs, again.monte_carlo.seed) == ("line-point", 7, 8)


# --- As a document ---------------------------------------------------------------------------------------------------


def test_a_single_run_has_no_intervals() -> None:
    """Nor is any preference beyond luck."""
    sweep = play_sweep(swept(KNOWN, {"burden": (0.0, 1.0, 2)}, plan=Plan(1, 0)))
    told = sweep.to_dict()["points"][0]
    assert told["payoffs"]["open"]["north"]["se"] is None
    assert told["prefers"]["north"]["clear"] is False
