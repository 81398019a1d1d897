"""Break-even of one parameter at a time, against curves that are solved by hand."""

import numpy as np
import pytest

from sim.errors import CommandError, RunError
from sim.experiment.breakeven import breakeven
from sim.experiment.plan import planned_for
from sim.model.game import Setting
from sim.scenario.load import load_text
from tests.experiment.balanced import asked, balance

TODAY = (0.3, 0.0, 1.0)


def test_every_root_is_listed_with_its_sides() -> None:
    """The nearest to today stands for the parameter."""
    answer = asked(balance("(p - 0.2) * (p - 0.55) * (p - 0.9)", p=TODAY))
    (alone,) = answer.parameters
    assert [each.at for each in alone.crossings] == pytest.approx([0.2, 0.55, 0.9], abs=1e-5)
    assert [each.signs for each in alone.crossings] == [(-1, 1), (1, -1), (-1, 1)]
    assert alone.break_even == pytest.approx(0.2, abs=1e-5)
    assert alone.moved == pytest.approx(-0.1, abs=1e-5)
    assert (answer.of, answer.minus, answer.by, answer.regime) == ("open", "treaty", "regimes", None)
    assert answer.difference.mean == pytest.approx(0.1 * 0.25 * 0.6)


def test_none_is_said_where_there_is_none() -> None:
    """With what the parameter does at most, and where."""
    answer = asked(balance("0.5 + (p - 0.5) ** 2", p=TODAY))
    (alone,) = answer.parameters
    assert (alone.crossings, alone.break_even, alone.moved, alone.matters) == ((), None, None, True)
    assert alone.most is not None
    assert (alone.most[0], alone.most[1].mean) == pytest.approx((0.5, 0.5))
    assert answer.ladder == ()
    assert answer.joint is None
    assert answer.to_dict()["parameters"]["p"]["break_even"] is None


def test_a_parameter_that_does_nothing_does_not_matter() -> None:
    """It is asked about, and left out of the joint change."""
    answer = asked(balance("p - 0.5 + 0 * flat", p=TODAY, flat=(1, 0, 2)))
    by_name = {each.name: each for each in answer.parameters}
    assert not by_name["flat"].matters
    assert by_name["flat"].crossings == ()
    assert answer.joint is not None
    assert [move.name for move in answer.joint.moves] == ["p"]


def test_today_may_be_break_even() -> None:
    """Nothing has to move, and there is nothing to look for."""
    answer = asked(balance("p - 0.3", p=TODAY))
    (alone,) = answer.parameters
    assert (alone.break_even, alone.moved) == (0.3, 0.0)
    assert answer.difference.mean == 0.0
    assert answer.joint is None


@pytest.mark.parametrize(("gain", "end"), [("p", 0.0), ("p - 1", 1.0)])
def test_a_root_at_an_end_of_the_range_counts(gain: str, end: float) -> None:
    answer = asked(balance(gain, p=TODAY))
    (alone,) = answer.parameters
    assert alone.break_even == end
    assert alone.beyond(alone.crossings[0]) == 0
    assert answer.joint is not None
    assert answer.joint.moves[0].to == end


def test_a_root_outside_the_range_does_not() -> None:
    assert asked(balance("p - 1.1", p=TODAY)).parameters[0].break_even is None


def test_the_way_from_today_into_the_range_is_looked_at() -> None:
    """Today's value may lie outside: by `--set`, or as the scenario says."""
    answer = asked(balance("p - 0.5", p=(0.8, 0.6, 1.0)), given={"p": 0.3})
    (alone,) = answer.parameters
    assert (alone.now, alone.break_even) == pytest.approx((0.3, 0.5))
    assert alone.range == (0.6, 1.0)


def test_a_threshold_is_a_jump() -> None:
    """Found to a ten-thousandth of the range."""
    (alone,) = asked(balance("(p > 0.437) - 0.25", p=TODAY)).parameters
    assert [each.kind for each in alone.crossings] == ["jump"]
    assert alone.break_even == pytest.approx(0.437, abs=1e-4)


def test_the_interval_is_where_zero_lies_in_the_paired_interval() -> None:
    """The difference is p - 0.5 + luck / 2, so that both ends follow from one paired difference."""
    scenario = balance("p - 0.5 + 0.5 * luck", p=TODAY)
    answer = asked(scenario, runs=400)
    (alone,) = answer.parameters
    reach = answer.difference.reach
    root = 0.3 - answer.difference.mean
    assert reach is not None
    assert alone.nearest is not None
    assert (alone.nearest.low, alone.nearest.at, alone.nearest.high) == pytest.approx(
        (root - reach, root, root + reach), abs=1e-6
    )
    at_the_end = asked(scenario, runs=400, given={"p": alone.nearest.high}, joint=False).difference
    assert at_the_end.low == pytest.approx(0, abs=1e-6)


def test_luck_that_both_sides_share_makes_no_interval() -> None:
    """It is paired away."""
    (alone,) = asked(balance("p - 0.5", p=TODAY)).parameters
    root = alone.crossings[0]
    assert (root.low, root.high) == pytest.approx((0.5, 0.5), abs=1e-6)


def test_strategies_are_weighed_under_one_regime() -> None:
    """The same curve, asked of the actor's own choice."""
    answer = asked(balance("p - 0.5", p=TODAY), strategies=["stay", "leave"], regimes=["open"])
    assert (answer.of, answer.minus, answer.by, answer.regime) == ("leave", "stay", "strategies", "open")
    assert answer.parameters[0].break_even == pytest.approx(0.5, abs=1e-6)


def test_a_regime_keeps_the_value_it_gives() -> None:
    """Moved is the other side's alone; what both give is not moved at all; what is set is moved in both."""
    text = """\
scenario: keeping
clock: {turns: 1}
parameters: {p: {value: 0.3, range: [0, 1]}, q: {value: 0.2, range: [0, 1]}}
actors:
  side: {incentives: {gain: p + q}, actions: {keep: {}}}
regimes:
  one: {parameters: {q: 0.5}}
  two: {parameters: {p: 0.4, q: 0.7}}
"""
    scenario = load_text(text)
    p, q = asked(scenario, runs=2).parameters
    assert (p.kept, q.kept, q.most) == (("two",), ("one", "two"), None)
    assert p.break_even == pytest.approx(0.6, abs=1e-6)
    p, q = asked(scenario, runs=2, given={"q": 0.2}).parameters
    assert (q.kept, q.matters) == ((), False)
    assert p.break_even == pytest.approx(0.4, abs=1e-6)


def test_the_ladder_has_the_least_move_first() -> None:
    """In widths of the range, not in the parameters' own units."""
    answer = asked(balance("a + b - 1", a=(0.5, 0, 4), b=(0.0, -10, 10), c=(0, 0, 1)))
    assert [each.name for each in answer.ladder] == ["b", "a"]
    assert [each.moved for each in answer.ladder] == pytest.approx([0.025, 0.125], abs=1e-6)


def test_only_the_parameters_asked_for_are_moved() -> None:
    answer = asked(balance("a + b - 1", a=(0, 0, 4), b=(0, 0, 4)), parameters=["b"])
    assert [each.name for each in answer.parameters] == ["b"]
    assert answer.joint is not None
    assert [move.name for move in answer.joint.moves] == ["b"]


def test_the_answer_is_the_same_in_several_processes() -> None:
    """Points are parted among processes, sums are taken in the same order."""
    scenario = balance("p - 0.5 + 0.5 * luck", p=TODAY)
    alone, both = (
        breakeven(scenario, "side", plan=planned_for(scenario, 12_000, 1, jobs=jobs), grid=9, joint=False).to_dict()
        for jobs in (1, 2)
    )
    assert alone == both


def test_what_cannot_be_played_somewhere_in_a_range_is_told() -> None:
    with pytest.raises(RunError):
        asked(balance("log(p)", p=(0.5, -1, 1)))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"regimes": ["open"]}, "ONE-REGIME"),
        ({"regimes": ["open", "shut"]}, "UNKNOWN-REGIME"),
        ({"strategies": ["leave"]}, "STRATEGY"),
        ({"strategies": ["leave", "left"]}, "UNKNOWN-STRATEGY"),
        ({"strategies": ["leave", "stay"], "regimes": ["open", "treaty"]}, "REGIME"),
        ({"parameters": ["q"]}, "UNKNOWN-PARAMETER"),
        ({"weights": {"q": 1.0}}, "WEIGHTS"),
        ({"weights": {"p": 0.0}}, "WEIGHTS"),
        ({"weights": {"p": np.inf}}, "WEIGHTS"),
        ({"runs": 1}, "RUNS"),
        ({"setting": Setting(None, {"side": "stay"}, {}), "strategies": ["leave", "stay"]}, "PLAY"),
    ],
)
def test_what_is_no_question_is_refused(more: dict[str, object], code: str) -> None:
    scenario = balance("p", p=TODAY)
    runs = more.pop("runs", 2)
    assert isinstance(runs, int)
    with pytest.raises(CommandError) as caught:
        breakeven(scenario, "side", plan=planned_for(scenario, runs), **more)  # type: ignore[arg-type]
    assert caught.value.faults[0].code == code
