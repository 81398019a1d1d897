"""Robustness: a claim whose share, deciding parameters and failing region are known; equilibria; interruptions."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

import sim
from sim.commands.claims import command
from sim.errors import CommandError
from sim.experiment import claims as claims_module
from sim.experiment import deciding, robust
from sim.experiment.claims import Claims, claims
from sim.experiment.deciding import box_of_failures, influences_of, map_of
from sim.experiment.plan import Plan
from sim.experiment.points import Points
from sim.experiment.robust import Sampling, drawn, points_over, robustness
from sim.model.game import Setting
from sim.scenario.load import load_text

KNOWN = """
scenario: known
clock: {turns: 1}
parameters:
  gain: {value: 0.8, range: [0, 1]}
  price: {value: 0.2, range: [0, 0.5]}
  idle: {value: 0.5, range: [0, 2]}
  fixed: 3
  point: {value: 1, range: [1, 1]}
state: {noise: {initial: {low: -0.5, high: 0.5}}}
actors:
  a: {incentives: {good: gain - price + noise}}
  b: {incentives: {good: 1 + idle * 0}}
hazards: {storm: {chance: 0.5, payoffs: {a: 0}}}
regimes:
  off: {parameters: {gain: 0, price: 0}}
  low: {parameters: {gain: 0.2}}
  on: {}
claims:
  pays: {says: It pays., holds: on.a > off.a}
  pays_well: {says: It pays more than its price., holds: on.a > off.a + 0.25}
  low_pays: {says: A gain of a fifth pays., holds: low.a > off.a}
  always: {says: One is more than a half., holds: on.b > 0.5}
  never: {says: One is more than two., holds: on.b > 2}
  both: {says: It pays but not too much., holds: 0.25 < on.a - off.a < 0.5}
"""
"""With the same luck ``on.a - off.a`` is gain - price in every run: shares are areas of a rectangle."""

SHARES = {"pays": 0.75, "pays_well": 0.5, "low_pays": 0.4, "always": 1.0, "never": 0.0, "both": 0.25}

GAME = """
scenario: pennies
clock: {turns: 1}
parameters: {prize: {value: 1, range: [-1, 3]}, other: {value: 0, range: [0, 1]}}
state: {mine: 0, yours: 0, luck: {initial: {low: -0.01, high: 0.01}}}
actors:
  a: {incentives: {i: prize * (mine == yours) + luck}, actions: {heads: {set: {mine: 1}}, tails: {set: {mine: 0}}}}
  b: {incentives: {i: yours}, actions: {left: {set: {yours: 1}}, right: {set: {yours: 0}}}}
regimes: {r: {}, again: {plays: {a: tails}}}
claims:
  matches: {says: The first matches the second., holds: "equilibrium(r, a, heads) >= 1"}
  left: {says: The second goes left., holds: "equilibrium(r, b, left) > 0.5 and r.b > 0"}
  shirks: {says: The first never matches., holds: "equilibrium(again, a, heads) < 0.5"}
  differs: {says: Regimes differ., holds: "equilibrium(r, a, heads) - equilibrium(again, a, heads) > 0.1"}
"""
"""The second's best reply is left whatever happens; the first's is heads where the prize is above 0, tails below."""


@pytest.fixture(scope="module")
def judged() -> Claims:
    return claims(load_text(KNOWN), None, Plan(50, 7), None, Sampling(512, 20))


def test_shares_are_the_areas_that_they_estimate(judged: Claims) -> None:
    """Within 0.03: the sequence is far more even than independent draws, whose standard error is 0.022 at most."""
    document = judged.to_dict()
    found = {name: claim["robust"] for name, claim in document["claims"].items()}
    assert found == pytest.approx(SHARES, abs=0.03)
    for claim in document["claims"].values():
        assert claim["robustness"]["low"] <= claim["robust"] <= claim["robustness"]["high"]
        assert claim["robustness"]["holds"] == round(512 * claim["robust"])
    assert document["drawn"] == {
        "asked": 512,
        "points": 512,
        "runs": 20,
        "parameters": {"gain": [0, 1], "price": [0, 0.5], "idle": [0, 2]},
    }


def test_what_decides_is_found(judged: Claims) -> None:
    """Gain over twice the price's range has four fifths of the variance; what plays no part is not named."""
    document = judged.to_dict()["claims"]
    deciding = {name: document[name]["robustness"]["deciding"] for name in SHARES}
    assert [each["parameter"] for each in deciding["pays"]] == ["gain", "price"]
    gain, price = deciding["pays"]
    assert gain["share"] == pytest.approx(0.8, abs=0.05)
    assert price["share"] == pytest.approx(0.2, abs=0.05)
    assert gain["correlation"] > 0.8
    assert price["correlation"] < -0.3
    # Below a gain of 1/4 it holds in a quarter of cases (a triangle), above 3/4 always.
    assert gain["lowest_quarter"] == pytest.approx(0.25, abs=0.05)
    assert gain["highest_quarter"] == 1.0
    assert [each["parameter"] for each in deciding["low_pays"]] == ["price"]
    assert deciding["always"] == deciding["never"] == []


def test_what_bends_is_found_too(judged: Claims) -> None:
    """Too little and too much gain both break ``both``: its ranks correlate with gain but weakly."""
    first = judged.results[-1].endurance.deciding[0]  # type: ignore[union-attr]
    assert first.parameter == "gain"
    assert first.share > 2 * first.correlation**2


def test_maps_show_where(judged: Claims) -> None:
    """Cells of one corner hold everywhere, those of the opposite one nowhere; counts are even."""
    found = judged.to_dict()["claims"]["pays"]["robustness"]["map"]
    assert found["parameters"] == ["gain", "price"]
    assert found["edges"] == [[0, 0.25, 0.5, 0.75, 1], [0, 0.125, 0.25, 0.375, 0.5]]
    assert found["shares"][3] == [1, 1, 1, 1]
    assert found["shares"][0][2:] == [0, 0]
    assert judged.to_dict()["claims"]["always"]["robustness"]["map"] is None


def test_points_near_the_edge_are_undecided() -> None:
    """With independent luck of the margin a band around its edge is not decided, and it shrinks with the runs."""
    text = KNOWN.replace("holds: on.a > off.a}", "holds: on.a > 0.0}")
    counts = [
        claims(load_text(text), None, Plan(10, 7), None, Sampling(256, runs)).results[0].endurance.undecided  # type: ignore[union-attr]
        for runs in (10, 160)
    ]
    assert counts[0] > 2 * counts[1] > 0


def test_a_regime_keeps_its_values_and_so_does_the_setting(judged: Claims) -> None:
    """``low`` has a gain of 0.2 at every point; what the setting gives is not drawn."""
    scenario = load_text(KNOWN)
    given = Setting(None, {}, {"price": 0.1})
    assert list(drawn(scenario, given)) == ["gain", "idle"]
    found = claims(scenario, given, Plan(10, 7), None, Sampling(64, 5)).to_dict()["claims"]
    assert found["low_pays"]["robust"] == 1.0
    # The price is paid under either regime, so that only the gain is left.
    assert found["pays"]["robust"] == 1.0
    assert found["pays_well"]["robust"] == pytest.approx(0.75, abs=0.02)


def test_points_are_those_of_the_seed_and_the_first_of_more() -> None:
    ranges = {"x": (0.0, 1.0), "y": (-5.0, 5.0)}
    many = points_over(ranges, 64, 3).values
    assert np.array_equal(points_over(ranges, 32, 3).values, many[:, :32])
    assert not np.array_equal(points_over(ranges, 64, 4).values, many)
    for row, (low, high) in zip(many, ranges.values(), strict=True):
        assert np.histogram(row, 64, (low, high))[0].tolist() == [1] * 64


@pytest.mark.parametrize(
    ("sampling", "words"),
    [
        ((15,), "--robust is 15"),
        ((2**20 + 1,), "from 16 to 1,048,576"),
        ((16, 1), "at least 2"),
        ((64.0,), "whole number"),
    ],
)
def test_senseless_numbers_are_refused(sampling: tuple[int, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        Sampling(*sampling)


def test_numbers_become_powers_of_two() -> None:
    assert [Sampling(asked).points for asked in (16, 17, 100, 512, 2**20)] == [16, 32, 128, 512, 2**20]
    assert (
        Sampling(16).runs == robust.RUNS == command.__defaults__[command.__code__.co_varnames.index("robust_runs") - 1]
    )


def test_without_ranges_nothing_can_be_drawn() -> None:
    scenario = load_text("scenario: x\nclock: {turns: 1}\nparameters: {p: 1}\nactors: {a: {incentives: {i: p}}}\n"
                         "claims: {c: {says: x, holds: base.a > 0}}\n")  # fmt: skip
    with pytest.raises(CommandError, match="no parameter is left to draw"):
        claims(scenario, None, Plan(5, 1), None, Sampling(16))


def test_the_answer_does_not_depend_on_processes(judged: Claims) -> None:
    again = claims(load_text(KNOWN), None, Plan(50, 7, jobs=2), None, Sampling(512, 20))
    assert again.to_dict() == judged.to_dict()


def test_progress_counts_every_run() -> None:
    told: list[int] = []
    scenario, plan, sampling = load_text(GAME), Plan(30, 1), Sampling(16, 4)
    claims(scenario, None, plan, told.append, sampling)
    assert sum(told) == claims_module.runs_to_play(scenario, plan, sampling) == 30 * (1 + 4) + 16 * 4 * (1 + 4)


@pytest.mark.parametrize("after", [0, 3])
def test_an_interruption_keeps_what_is_done(after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole stretches of points, which are powers of two; with none the interruption goes on."""
    scenario, plan, sampling = load_text(KNOWN), Plan(50, 7), Sampling(512, 20)
    calls, play = [0], robust.estimates

    def interrupted(*words: Any, **more: Any) -> Any:
        calls[0] += 1
        if calls[0] > after:
            raise KeyboardInterrupt
        return play(*words, **more)

    monkeypatch.setattr(robust, "estimates", interrupted)
    if not after:
        with pytest.raises(KeyboardInterrupt):
            robustness(scenario, sampling, None, plan)
        return
    part = robustness(scenario, sampling, None, plan)
    assert part.stopped
    assert part.points.count == 256
    assert part.to_dict()["points"] == 256
    monkeypatch.undo()
    assert part.claims["pays"].share == robustness(scenario, Sampling(256, 20), None, plan).claims["pays"].share


# --- Equilibria ------------------------------------------------------------------------------------------------------


def test_claims_about_equilibria_are_judged() -> None:
    """Every resample agrees: dominance makes each equilibrium the only one."""
    pytest.importorskip("nashpy")
    judged = claims(load_text(GAME), None, Plan(200, 1))
    assert {each.name: each.verdict for each in judged.results} == {
        "matches": "holds", "left": "holds", "shirks": "fails", "differs": "fails",
    }  # fmt: skip
    margins = {each.name: each.margin.to_dict() for each in judged.results}
    assert margins["matches"] == {"mean": 0.0, "se": None, "low": 0.0, "high": 0.0}
    assert margins["shirks"] == {"mean": -0.5, "se": None, "low": -0.5, "high": -0.5}
    assert not judged.all_hold


@pytest.mark.parametrize(
    ("holds", "verdict"),
    [("equilibrium(r, a, heads) > 1", "fails"), ("equilibrium(r, a, tails) <= 0", "holds"),
     ("equilibrium(r, a, tails) < 0", "fails"), ("equilibrium(r, a, heads, tails) >= 1", "holds")],
)  # fmt: skip
def test_ties_count_as_they_are_written(holds: str, verdict: str) -> None:
    pytest.importorskip("nashpy")
    scenario = load_text(GAME.split("claims:")[0] + f'claims: {{c: {{says: x, holds: "{holds}"}}}}\n')
    assert claims(scenario, None, Plan(50, 1)).results[0].verdict == verdict


def test_one_run_leaves_equilibria_undecided() -> None:
    pytest.importorskip("nashpy")
    first, *_ = claims(load_text(GAME), None, Plan(1, 1)).results
    assert (first.verdict, first.margin.low) == ("undecided", None)


def test_a_near_tie_is_undecided_and_the_setting_counts() -> None:
    """What the first gains by matching is far less than its luck; a prize of 1 from the command line decides."""
    pytest.importorskip("nashpy")
    text = GAME.replace("prize * (mine == yours) + luck", "prize * (mine == yours) + 0.1 * luck * mine").replace(
        "value: 1, range", "value: 0, range"
    )
    first, *_ = claims(load_text(text), None, Plan(100, 1)).results
    assert first.verdict == "undecided"
    assert (first.margin.low, first.margin.high) == (-1.0, 0.0)
    first, *_ = claims(load_text(text), Setting(None, {}, {"prize": 1.0}), Plan(100, 1)).results
    assert first.verdict == "holds"


def test_equilibria_over_ranges() -> None:
    """The first matches where the prize is above 0: three quarters of its range."""
    pytest.importorskip("nashpy")
    judged = claims(load_text(GAME), None, Plan(20, 1), None, Sampling(64, 10)).to_dict()["claims"]
    assert judged["matches"]["robust"] == judged["left"]["robust"] - 0.25 == 0.75
    assert judged["shirks"]["robust"] == 0.25
    assert judged["differs"]["robust"] == 0.0
    assert judged["matches"]["robustness"]["undecided"] is None
    assert [each["parameter"] for each in judged["matches"]["robustness"]["deciding"]] == ["prize"]


# --- What decides ----------------------------------------------------------------------------------------------------


def test_chance_alone_decides_nothing() -> None:
    """Of 200 margins that no parameter moves, some 5 % name one; more than 32 would be a rate below 1e-8."""
    luck = np.random.default_rng(5)
    named = sum(
        any(
            each.notable
            for each in influences_of([f"p{n}" for n in range(20)], luck.random((20, 64)), luck.normal(size=64))
        )
        for _ in range(200)
    )
    assert named <= 32


def corner(count: int = 512) -> tuple[Points, dict[str, tuple[float, float]], Any]:
    """Points of which those with x above 6 and y below 0.3 fail."""
    ranges = {"x": (0.0, 10.0), "y": (0.0, 1.0), "z": (0.0, 1.0)}
    points = points_over(ranges, count, 1)
    x, y, _ = points.values
    return points, ranges, (x > 6.0) & (y < 0.3)


def test_a_map_of_one_parameter() -> None:
    points, ranges, fails = corner()
    found = map_of(["x"], points, ranges, ~fails).to_dict()
    assert found["edges"] == [[0, 2.5, 5, 7.5, 10]]
    assert found["shares"] == pytest.approx([1, 1, 1 - 0.6 * 0.3, 0.7], abs=0.02)


def test_cells_without_points_are_null() -> None:
    points = Points(("x", "y"), np.array([[0.1, 0.2], [0.9, 0.8]]))
    found = map_of(["x", "y"], points, {"x": (0.0, 1.0), "y": (0.0, 1.0)}, np.array([True, False]))
    assert found.to_dict()["shares"] == [[None, 0.5], [None, None]]


class Peeled:
    """Stands for the library: boxes peeled off one limit at a time."""

    def __init__(self, table: Any, fails: Any, threshold: float) -> None:
        assert sorted(np.unique(fails)) == [0, 1]
        self.table = table

    def find_box(self) -> Any:
        """Return an answer with boxes: all, the right one, and smaller ones with a limit too many."""
        columns = self.table.columns
        whole = {name: (rows.min(), rows.max()) for name, rows in columns.items()}
        right = whole | {"0": (6.0, whole["0"][1]), "1": (whole["1"][0], 0.3)}
        boxes = [whole, right | {"2": (0.01, whole["2"][1])}, right | {"2": (0.5, whole["2"][1])}]

        class Answer:
            box_lims = [{name: type("Limits", (), {"iloc": limits})() for name, limits in box.items()} for box in boxes]

        return Answer()


class Table:
    """Stands for a data frame."""

    def __init__(self, columns: dict[str, Any]) -> None:
        self.columns = columns


def test_the_best_box_is_taken_without_limits_that_do_not_help(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the library is asked, and what is made of its boxes."""
    stand_ins = {
        "ema_workbench.analysis.prim": type("M", (), {"Prim": Peeled}),
        "pandas": type("P", (), {"DataFrame": Table}),
    }
    monkeypatch.setattr(deciding, "import_module", lambda name: stand_ins[name])
    points, ranges, fails = corner()
    found = box_of_failures(["x", "y", "z"], points, ranges, fails)
    assert found is not None
    assert found.to_dict() == {"limits": {"x": [6.0, 10.0], "y": [0.0, 0.3]}, "failing": 1.0, "covered": 1.0}


def test_without_the_library_there_is_no_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ema_workbench.analysis.prim", None)
    points, ranges, fails = corner()
    assert box_of_failures(["x", "y", "z"], points, ranges, fails) is None


def test_the_library_finds_the_corner() -> None:
    """Only where ema-workbench is installed."""
    pytest.importorskip("ema_workbench")
    points, ranges, fails = corner()
    found = box_of_failures(["x", "y", "z"], points, ranges, fails)
    assert found is not None
    assert set(found.limits) == {"x", "y"}
    assert found.failing > 0.9 < found.covered


def test_few_failures_have_no_box() -> None:
    points, ranges, fails = corner(16)
    assert fails.sum() < 8
    assert box_of_failures(["x"], points, ranges, fails) is None


def test_asking_for_robustness_is_asked_of_python_too() -> None:
    """`sim.claims(robust=..)` is the same question."""
    scenario = load_text(KNOWN)
    asked = sim.claims(scenario, runs=50, seed=7, robust=16, robust_runs=5)
    assert asked.to_dict() == claims(scenario, None, Plan(50, 7), None, Sampling(16, 5)).to_dict()
    assert sim.claims(scenario, runs=50).to_dict()["drawn"] is None
