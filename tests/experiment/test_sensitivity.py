"""Sobol indices against functions whose indices are known, with and without noise; other methods by their order."""

import math

import numpy as np
import pytest

from sim.errors import CommandError
from sim.experiment.indices import intervals, sobol_of
from sim.experiment.plan import Plan
from sim.experiment.points import Points, Quantity, estimates
from sim.experiment.screening import METHODS
from sim.experiment.sensitivity import Driven, play_study, studied
from sim.model.game import Setting
from sim.scenario.load import load_text
from tests.experiment.swept import ISHIGAMI, LINEAR, G

LINEAR_KNOWN, G_KNOWN = load_text(LINEAR), load_text(G)
FEW = Plan(runs=4, seed=3)
STRONG, WEAK = 9 / 10, 1 / 10
"""Indices of 3 a - b, whose variances are 9/12 and 1/12: first-order and total alike."""


def g_indices() -> dict[str, tuple[float, float]]:
    """First-order and total indices of the g-function.

    A factor (|4 x - 2| + a) / (1 + a) has mean 1 and variance v = 1 / (3 (1 + a)^2), so that the variance of the product
    is the product of all 1 + v, less 1; x alone brings v, x and its interactions v times the others' product.
    """
    parts = {f"x{place}": 1 / (3 * (1 + a) ** 2) for place, a in enumerate((0, 1, 4.5, 9), start=1)}
    product = math.prod(1 + v for v in parts.values())
    return {name: (v / (product - 1), v * product / (1 + v) / (product - 1)) for name, v in parts.items()}


def ishigami_indices() -> dict[str, tuple[float, float]]:
    """First-order and total indices of a + 3 b^2 + 5 c^4 a over [-1, 1].

    c^4 has mean 1/5 and variance 1/9 - 1/25, b^2 has variance 1/5 - 1/9, a has 1/3. So a (1 + 5 c^4) is a (1 + 1) and
    5 a (c^4 - 1/5): the first brings 4/3, of a alone, the second 25 (1/9 - 1/25) / 3, of both together.
    """
    alone, square, together = 4 / 3, 9 * (1 / 5 - 1 / 9), 25 * (1 / 9 - 1 / 25) / 3
    whole = alone + square + together
    return {
        "a": (alone / whole, (alone + together) / whole),
        "b": (square / whole, square / whole),
        "c": (0.0, together / whole),
    }


def linear(loud: float, actor: str = "one", repeats: int = 1, method: str = "sobol", points: int = 64) -> Driven:
    """What drives an actor's payoff under the regime first, with so much noise."""
    asked = studied(
        LINEAR_KNOWN, of=[actor], regimes=["first"], setting=Setting(None, {}, {"loud": loud}), plan=FEW,
        repeats=repeats, method=method, points=points,
    )  # fmt: skip
    (result,) = play_study(asked).results
    return result


# --- Known indices ---------------------------------------------------------------------------------------------------


def test_the_g_functions_indices_lie_within_their_intervals() -> None:
    """All eight, in spite of noise that is nine tenths of the variance of a run (a fixed seed: no alarm by luck)."""
    (result,) = play_study(studied(G_KNOWN, points=1024, plan=Plan(runs=8, seed=0), repeats=2)).results
    assert [driver.name for driver in result.drivers] == ["x1", "x2", "x3", "x4"]
    for driver in result.drivers:
        for measure, exact in zip(("first", "total"), g_indices()[driver.name], strict=True):
            measured = driver.measures[measure]
            assert measured.low is not None
            assert measured.high is not None
            assert measured.low <= exact <= measured.high
            assert measured.high - measured.low < 0.2
            assert measured.value == pytest.approx(exact, abs=0.02)


def test_an_input_that_matters_only_with_another_is_seen() -> None:
    """Ishigami's pattern: nothing alone, a fifth in all; of 30 samples each interval holds the truth in 27 or more.

    Fixed seeds: no alarm by luck. Points of Sobol's sequence are more even than independent ones, for which the
    intervals are made, so that they are rather too wide.
    """
    known = load_text(ISHIGAMI)
    exact = ishigami_indices()
    held = {(name, measure): 0 for name in exact for measure in ("first", "total")}
    for seed in range(30):
        (result,) = play_study(studied(known, points=64, plan=Plan(runs=4, seed=seed), repeats=1)).results
        for driver in result.drivers:
            for measure, truth in zip(("first", "total"), exact[driver.name], strict=True):
                measured = driver.measures[measure]
                assert measured.low is not None
                assert measured.high is not None
                held[driver.name, measure] += measured.low <= truth <= measured.high
    assert min(held.values()) >= 27
    (result,) = play_study(studied(known, points=1024, plan=FEW, repeats=1)).results
    assert [driver.name for driver in result.drivers] == ["a", "b", "c"]
    for driver in result.drivers:
        for measure, truth in zip(("first", "total"), exact[driver.name], strict=True):
            assert driver.measures[measure].value == pytest.approx(truth, abs=0.03)


def test_intervals_cover() -> None:
    """95 % intervals of 100 samples of 3 a - b hold the truth at least 75 times.

    False alarm: below 1e-9, were each to cover at only 93 %.
    """
    luck = np.random.default_rng(11)
    covered = np.zeros(4)
    for _ in range(100):
        first, second = luck.random((2, 2, 128))
        results = [3 * a - b for a, b in (first, second, (second[0], first[1]), (first[0], second[1]))]
        bounds = intervals(results[0], results[1], np.array(results[2:]), luck, resamples=399)
        exact = [STRONG, WEAK, STRONG, WEAK]
        ends = np.array([np.concatenate([order[end] for order in bounds]) for end in (0, 1)])
        covered += (ends[0] <= exact) & (exact <= ends[1])
    assert (covered >= 75).all()


def test_intervals_hold_their_estimates_and_are_points_where_nothing_varies() -> None:
    """An input that does nothing has indices of exactly 0, without an interval's width."""
    first, second = np.random.default_rng(1).random((2, 2, 64))
    pages = first[0], second[0], np.array([second[0], first[0]])
    values = np.concatenate(sobol_of(*pages))
    bounds = intervals(*pages, np.random.default_rng(2), resamples=99)
    low, high = (np.concatenate([order[end] for order in bounds]) for end in (0, 1))
    assert (low <= values).all()
    assert (values <= high).all()
    assert (values[1], low[1], high[1], values[3], low[3], high[3]) == (0.0,) * 6


# --- Luck ------------------------------------------------------------------------------------------------------------


def test_noise_leaves_indices_as_they_are() -> None:
    """On the same luck at every point a noise five times as wide as all parameters together changes no index."""
    loud, still = linear(5.0), linear(0.0)
    for ours, theirs in zip(loud.drivers, still.drivers, strict=True):
        assert ours.name == theirs.name
        for measure in ("first", "total"):
            assert ours.measures[measure].value == pytest.approx(theirs.measures[measure].value, abs=1e-9)
    exact = {"strong": STRONG, "weak": WEAK, "idle": 0.0}
    assert {driver.name for driver in loud.drivers} == set(exact)
    for driver in loud.drivers:
        for measured in driver.measures.values():
            assert measured.low is not None
            assert measured.high is not None
            assert measured.low - 1e-12 <= exact[driver.name] <= measured.high + 1e-12


def test_fresh_luck_at_each_point_would_shrink_first_order_indices_and_swell_total_ones() -> None:
    """The noise, 25/3 a run and a quarter of it in the mean of four, is then 2.5 times the parameters' 10/12.

    The strong one's first-order index falls from 0.9 to about 0.26, the weak one's total rises from 0.1 to about 0.74.
    """
    unit = METHODS["sobol"].sample(2, 64, 0)
    quantity = [Quantity(((1.0, "first", "one"),))]
    played = [
        estimates(
            LINEAR_KNOWN,
            {"first": Setting("first")},
            quantity,
            Points(("strong", "weak"), unit[:, [point]]),
            Plan(runs=4, seed=point),
        ).mean[0, 0]
        for point in range(unit.shape[1])
    ]
    pages = np.reshape(played, (4, 64))
    first, total = sobol_of(pages[0], pages[1], pages[2:])
    assert first[0] < 0.6
    assert total[1] > 0.4


def test_other_luck_moves_nothing_where_luck_only_adds() -> None:
    """The least and the most over repeats are the value itself; where luck multiplies they differ."""
    for driver in linear(5.0, repeats=3).drivers:
        for measured in driver.measures.values():
            assert (measured.least, measured.most) == pytest.approx((measured.value, measured.value), abs=1e-9)
    text = LINEAR.replace("loud * luck", "luck * weak")
    asked = studied(load_text(text), of=["one"], regimes=["first"], plan=FEW, points=64, repeats=3)
    (result,) = play_study(asked).results
    (weak,) = [driver.measures["total"] for driver in result.drivers if driver.name == "weak"]
    assert weak.least is not None
    assert weak.most is not None
    assert weak.most - weak.least > 0.001


def test_the_share_of_luck_is_known() -> None:
    """A run's variance is 25/3 of luck and 10/12 of parameters: ten elevenths (a fixed seed: no alarm by luck)."""
    asked = studied(LINEAR_KNOWN, of=["one"], regimes=["first"], plan=Plan(400, 1), points=64, repeats=1)
    (result,) = play_study(asked).results
    assert result.luck == pytest.approx(10 / 11, abs=0.02)
    assert result.deviation == pytest.approx(math.sqrt(10 / 12), abs=0.03)
    assert linear(0.0).luck == 0.0


def test_the_luck_of_the_first_repeat_is_that_of_the_seed() -> None:
    """One repeat under a seed is part of three: its measures are the least, the most, or lie between."""
    text = LINEAR.replace("loud * luck", "luck * weak")
    one, three = (
        play_study(studied(load_text(text), of=["one"], regimes=["first"], plan=FEW, points=64, repeats=repeats))
        for repeats in (1, 3)
    )
    alone = {driver.name: driver.measures["total"].value for driver in one.results[0].drivers}
    for driver in three.results[0].drivers:
        measured = driver.measures["total"]
        assert measured.least is not None
        assert measured.most is not None
        assert measured.least <= alone[driver.name] <= measured.most


# --- What is studied -------------------------------------------------------------------------------------------------


def test_a_regimes_own_value_stays() -> None:
    """Of the difference, 2 - 3 strong for one side, strong moves the first regime only; own is never varied."""
    answer = play_study(studied(LINEAR_KNOWN, plan=FEW, points=64, repeats=1))
    assert answer.asked.fixed == ("own",)
    assert set(answer.asked.ranges) == {"strong", "weak", "idle"}
    one, two = answer.results
    assert (one.of, one.minus) == ("second", "first")
    assert one.drivers[0].name == "strong"
    assert one.drivers[0].measures["first"].value == pytest.approx(1.0, abs=0.1)
    assert one.drivers[0].direction == -1
    assert [driver.measures["total"].value for driver in one.drivers[1:]] == pytest.approx([0.0, 0.0], abs=1e-12)
    assert one.mean == pytest.approx(0.5, abs=0.01)
    assert two.mean == pytest.approx(0.0, abs=0.01)


def test_what_is_set_is_not_varied() -> None:
    """It wins over a regime's own value, too, and leaves the others to share."""
    setting = Setting(None, {}, {"strong": 0.3, "own": 0.5})
    asked = studied(LINEAR_KNOWN, of=["one"], regimes=["second"], setting=setting, plan=FEW, points=64, repeats=1)
    assert asked.fixed == ("strong", "own")
    assert asked.kept == {"second": ()}
    (result,) = play_study(asked).results
    assert result.drivers[0].name == "weak"
    assert result.drivers[0].measures["total"].value == pytest.approx(1.0, abs=0.1)


def test_what_does_not_vary_has_no_indices() -> None:
    """Neither a constant nor a difference that is none but for rounding; the answer says so."""
    text = LINEAR.replace("second: {parameters: {own: 0.75, strong: 0.5}}", "second: {parameters: {own: 0.25}}")
    answer = play_study(studied(load_text(text), plan=FEW, points=64, repeats=1))
    assert [(result.varies, result.drivers, result.deviation) for result in answer.results] == [(False, (), 0.0)] * 2
    assert answer.to_dict()["results"][0]["varies"] is False
    text = LINEAR.replace("0 * idle", "(strong + 1e6) / 3 * 3 - strong").replace("3 * strong - weak", "0")
    (one,) = play_study(studied(load_text(text), of=["one"], regimes=["first"], plan=FEW, repeats=1)).results
    assert not one.varies


@pytest.mark.parametrize("method", ["sobol", "saltelli", "delta"])
def test_the_direction_is_that_of_the_whole(method: str) -> None:
    """Up for the strong one, down for the weak one, neither for the idle one."""
    if method != "sobol":
        pytest.importorskip("SALib")
    drivers = linear(5.0, method=method, points=256).drivers
    assert {driver.name: driver.direction for driver in drivers} == {"strong": 1, "weak": -1, "idle": 0}


def test_what_neither_rises_nor_falls_has_no_direction() -> None:
    """A square around zero, and what only makes another's doing larger; of 30 samples of each hardly one has one."""
    known, found = load_text(ISHIGAMI), []
    for seed in range(30):
        (result,) = play_study(studied(known, points=64, plan=Plan(2, seed), repeats=1)).results
        directions = {driver.name: driver.direction for driver in result.drivers}
        assert directions["a"] == 1
        found += [directions["b"], directions["c"]]
    assert sum(map(abs, found)) <= 2


def test_the_same_question_has_the_same_answer() -> None:
    """To the last bit, whatever has been drawn from numpy's own luck in between; another seed draws other points."""
    asked = studied(LINEAR_KNOWN, plan=FEW, points=16, repeats=2)
    before = play_study(asked).to_dict()
    np.random.seed(1)  # noqa: NPY002 - the global generator is what is disturbed
    assert play_study(asked).to_dict() == before
    other = play_study(studied(LINEAR_KNOWN, plan=Plan(4, 4), points=16, repeats=2)).to_dict()
    assert other["results"][0]["parameters"] != before["results"][0]["parameters"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"of": ["on"]}, "did you mean 'one'?"),
        ({"regimes": ["frst"]}, "did you mean 'first'?"),
        ({"regimes": ["first", "second", "first"], "method": "sobl"}, "did you mean 'sobol'?"),
        ({"points": 100}, "write 64 or 128"),
        ({"points": 4}, "at least 16"),
        ({"method": "fast", "points": 64}, "at least 65"),
        ({"repeats": 0}, "a whole number from 1"),
        ({"points": 2**20}, "ask for fewer with --points"),
        ({"setting": Setting(None, {}, dict.fromkeys(("strong", "weak", "idle"), 0.0))}, "that is left to vary"),
        ({"setting": Setting(None, {"one": "wat"})}, "did you mean 'wait'?"),
    ],
)
def test_what_cannot_be_studied_is_refused(more: dict, told: str) -> None:
    """Before anything is played, with what to write instead."""
    with pytest.raises(CommandError) as caught:
        studied(LINEAR_KNOWN, **more)
    assert told in str(caught.value)


def test_more_than_two_regimes_are_refused() -> None:
    """A difference has two sides."""
    text = LINEAR + "  third: {}\n"
    with pytest.raises(CommandError, match="3 regimes are named"):
        studied(load_text(text), regimes=["first", "second", "third"])


# --- SALib's methods -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [name for name in METHODS if name != "sobol"])
def test_salibs_methods_put_the_parameters_in_the_right_order(method: str) -> None:
    """The strong one first, the idle one last, each measure as the method defines it where that is known."""
    pytest.importorskip("SALib")
    result = linear(5.0, method=method, points={"saltelli": 64, "morris": 10, "delta": 64}.get(method, 200))
    assert result.drivers[0].name == "strong"
    found = {driver.name: {name: each.value for name, each in driver.measures.items()} for driver in result.drivers}
    assert set(found["strong"]) == set(METHODS[method].measures)
    if "total" in found["strong"]:
        assert found["strong"]["total"] == pytest.approx(STRONG, abs=0.1)
        assert found["idle"]["total"] == pytest.approx(0.0, abs=0.01)
    if method == "morris":
        # Straight lines: the change over the range is the slope, and the same everywhere.
        assert [found[name]["effect"] for name in ("strong", "weak", "idle")] == pytest.approx([3.0, 1.0, 0.0])
        assert found["strong"]["bend"] == pytest.approx(0.0, abs=1e-9)
        assert result.luck is None


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With how to install it, and what works without."""
    monkeypatch.setitem(__import__("sys").modules, "SALib", None)
    monkeypatch.setitem(__import__("sys").modules, "SALib.sample.morris", None)
    with pytest.raises(CommandError, match=r"detente\[analysis\].*--method sobol"):
        linear(0.0, method="morris", points=10)
