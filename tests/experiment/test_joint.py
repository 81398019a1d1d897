"""The cheapest joint change, against points that geometry gives."""

import math

import numpy as np
import pytest

import sim
from sim.experiment.breakeven import BreakEven, breakeven
from sim.experiment.joint import Joint, Space, towards
from sim.experiment.plan import planned_for
from sim.model.game import Setting
from tests.experiment.balanced import asked, balance

WAYS = {"x": (0.0, -1.0, 1.0), "y": (0.0, -1.0, 1.0)}
"""Both ranges are two wide: a move of one is half of that."""


def found(answer: BreakEven) -> Joint:
    """The joint change that there has to be."""
    assert answer.joint is not None, answer.trouble
    return answer.joint


def to(joint: Joint) -> dict[str, float]:
    """Where each parameter goes."""
    return {move.name: move.to for move in joint.moves}


def test_on_a_plane_it_is_the_foot_of_the_perpendicular() -> None:
    """2 a + b - c / 2 = 1 with widths 2, 2 and 4: 4 u + 2 v - 2 w = 1, and its foot is (4, 2, -2) / 24."""
    joint = found(asked(balance("2 * a + b - 0.5 * c - 1", a=(0, -1, 1), b=(0, -1, 1), c=(0, -2, 2))))
    assert joint.distance == pytest.approx(1 / math.sqrt(24), abs=1e-5)
    assert to(joint) == pytest.approx({"a": 1 / 3, "b": 1 / 6, "c": -1 / 3}, abs=1e-4)
    assert {move.name: move.moved for move in joint.moves} == pytest.approx(
        {"a": 1 / 6, "b": 1 / 12, "c": -1 / 12}, abs=1e-4
    )
    assert joint.moves[0].name == "a"
    assert joint.beyond == 1
    assert joint.difference.mean == pytest.approx(0, abs=1e-5)
    assert joint.fresh.mean == pytest.approx(0, abs=1e-5)
    assert joint.low == pytest.approx(joint.distance, abs=1e-4) == joint.high


def test_a_weight_makes_a_move_dearer() -> None:
    """With a three times as dear: 4/3 u + 2 v - 2 w = 1 in costs."""
    scenario = balance("2 * a + b - 0.5 * c - 1", a=(0, -1, 1), b=(0, -1, 1), c=(0, -2, 2))
    answer = asked(scenario, weights={"a": 3.0})
    joint, square = found(answer), 16 / 9 + 8
    assert joint.distance == pytest.approx(1 / math.sqrt(square), abs=1e-5)
    assert to(joint) == pytest.approx({"a": 2 * 4 / 9 / square, "b": 4 / square, "c": -8 / square}, abs=1e-4)
    assert answer.to_dict()["weights"] == {"a": 3.0}


def test_weights_all_alike_change_no_point() -> None:
    """Only the distance, by that factor."""
    scenario = balance("2 * x + y - 1", **WAYS)
    plain, heavy = found(asked(scenario)), found(asked(scenario, weights={"x": 5.0, "y": 5.0}))
    assert to(heavy) == pytest.approx(to(plain), abs=1e-4)
    assert heavy.distance == pytest.approx(5 * plain.distance, abs=1e-4)


def test_where_a_range_ends_the_others_do_the_rest() -> None:
    """a may rise by 0.1 of the 1/3 that it would: u = 0.05, and 2 v - 2 w = 0.8 is left."""
    joint = found(asked(balance("2 * a + b - 0.5 * c - 1", a=(0, -1.9, 0.1), b=(0, -1, 1), c=(0, -2, 2))))
    assert to(joint) == pytest.approx({"a": 0.1, "b": 0.4, "c": -0.8}, abs=1e-4)
    assert joint.distance == pytest.approx(math.hypot(0.05, 0.2, 0.2), abs=1e-5)


def test_where_all_ranges_end_there_is_none() -> None:
    """Though no parameter alone is enough, two together may be; or not."""
    assert asked(balance("x + y - 2.1", **WAYS)).joint is None
    answer = asked(balance("x + y - 1.9", **WAYS))
    assert answer.ladder == ()
    assert to(found(answer)) == pytest.approx({"x": 0.95, "y": 0.95}, abs=1e-4)


def test_it_is_never_dearer_than_one_alone() -> None:
    """Where only one parameter works, it is that one's own break-even."""
    answer = asked(balance("x - 0.5 + 0.3 * y * (x - 0.5)", **WAYS))
    assert found(answer).distance == pytest.approx(0.25, abs=1e-4)
    assert to(found(answer)) == pytest.approx({"x": 0.5}, abs=1e-3)


@pytest.mark.parametrize("today", [(0.3, 0.1), (0.05, -0.6), (-0.4, 0.4)])
def test_on_a_circle_it_lies_on_the_ray_from_the_centre(today: tuple[float, float]) -> None:
    """The surface bends away from today on both sides, so that the distance says little about the place."""
    scenario = balance("0.81 - x ** 2 - y ** 2", x=(today[0], -1.0, 1.0), y=(today[1], -1.0, 1.0))
    joint, far = found(asked(scenario)), math.hypot(*today)
    assert joint.distance == pytest.approx((0.9 - far) / 2, abs=2e-4)
    assert to(joint) == pytest.approx({"x": 0.9 * today[0] / far, "y": 0.9 * today[1] / far}, abs=0.04)


def test_a_nearer_sheet_behind_the_slope_is_found() -> None:
    """Downhill leads to x = 0.9; what is nearer lies uphill at x = -0.3, behind a ridge."""
    joint = found(asked(balance("(0.9 - x) * (x + 0.3) * (x + 2) + 0 * y", **WAYS)))
    assert to(joint) == pytest.approx({"x": -0.3}, abs=1e-4)


@pytest.mark.parametrize("draw", range(8))
def test_planes_of_many_parameters(draw: int) -> None:
    """Drawn slopes and weights in six dimensions: the foot again, by the formula."""
    drawn = np.random.default_rng(draw)
    slopes, weights = drawn.uniform(-2, 2, 6).round(3), drawn.uniform(0.5, 3, 6).round(3)
    names = [f"p{place}" for place in range(6)]
    costs = 2 * slopes / weights
    foot = 0.8 * costs / (costs @ costs) / weights
    assert np.max(np.abs(foot)) < 0.5, "no range cuts the foot off"
    gain = " + ".join(f"({slope}) * {name}" for slope, name in zip(slopes, names, strict=True))
    scenario = balance(f"{gain} - 0.8", **dict.fromkeys(names, (0.0, -1.0, 1.0)))
    joint = found(asked(scenario, runs=2, weights=dict(zip(names, map(float, weights), strict=True))))
    moved = {move.name: move.moved for move in joint.moves}
    assert [moved.get(name, 0.0) for name in names] == pytest.approx(foot, abs=1e-3)
    assert joint.distance == pytest.approx(0.8 / np.sqrt(costs @ costs), abs=1e-4)


def test_where_nothing_is_better_beyond_that_is_known() -> None:
    """Both become equally good and stay so."""
    joint = found(asked(balance("max(1 - x - y, 0)", **WAYS)))
    assert (joint.beyond, joint.distance) == (0, pytest.approx(math.hypot(0.25, 0.25), abs=1e-4))


def test_luck_gives_the_distance_an_interval() -> None:
    """On a plane with one luck for all points the way is the same, and its interval that of the difference."""
    scenario = sim.load("tests/models/plane.yaml")
    setting = Setting(None, {}, {"noise": 1.0})
    answer = breakeven(scenario, "side", strategies=["stay", "leave"], plan=planned_for(scenario, 400), setting=setting)
    joint, now, reach = found(answer), answer.difference.mean, answer.difference.reach
    assert reach is not None
    ends = [(abs(now) + side * reach) / math.sqrt(24) for side in (-1, 1)]
    assert [joint.low, joint.high] == pytest.approx(ends, abs=1e-3)
    assert joint.distance == pytest.approx(abs(now) / math.sqrt(24), abs=1e-4)
    # With other luck the point is off by what both lucks explain; seeds are fixed.
    assert joint.fresh.reach is not None
    assert abs(joint.fresh.mean) < 2 * math.hypot(reach, joint.fresh.reach)


def test_trouble_on_the_way_leaves_the_rest_of_the_answer() -> None:
    """The square root is of a negative number only where both move."""
    answer = asked(balance("1.5 - x - y - 0 * (1.2 - x - y) ** 0.5", **WAYS))
    assert answer.joint is None
    assert answer.trouble
    assert len(answer.parameters) == 2


def test_towards_is_the_nearest_point_of_a_plane_within_a_box() -> None:
    """Against a search over the box."""
    space = Space.of({"x": (0.0, -0.5, 0.2), "y": (0.0, -1.0, 1.0)}, {"y": 2.0})
    slope = np.array([1.0, 0.5])
    point = towards(space, slope, 0.6)
    assert point is not None
    assert slope @ point == pytest.approx(0.6)
    grid = np.stack(
        np.meshgrid(np.linspace(space.low[0], space.high[0], 401), np.linspace(space.low[1], space.high[1], 401))
    )
    reaching = grid[:, slope[0] * grid[0] + slope[1] * grid[1] >= 0.6]
    assert np.hypot(*point) == pytest.approx(np.hypot(*reaching).min(), abs=0.01)
    assert towards(space, np.zeros(2), 1.0) is None
    assert towards(space, slope, 50.0) == pytest.approx(space.high)
