"""Ensembles, comparisons, claims and traces: same luck, same answer; parts add up; verdicts follow the intervals."""

from __future__ import annotations

import hashlib
import pickle
import random
import struct
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import CommandError, DetenteError, RunError
from sim.experiment.ensemble import Plan, planned_for
from sim.scenario.load import load_text

GAME = """
scenario: game
clock: {turns: 6, discount: 0.9}
parameters: {gain: 1, price: 0.3}
state: {x: {initial: {low: 0, high: 1}, max: 5}, calm: 1}
derived: {twice: 2 * x}
actors:
  a:
    incentives: {good: gain * x, quiet: 0.1 * calm}
    actions: {wait: {}, build: {cost: price, chance: 0.7, after: {mean: 1.5}, add: {x: 1}}}
    strategies:
      both: [{do: {wait: 1, build: 2}}]
      weigh: {weigh: {rationality: 2}}
  b:
    incentives: {envy: 0 - x}
hazards:
  storm: {rate: 0.3, outcomes: {light: {weight: 3, add: {calm: -0.1}}, heavy: {payoffs: {a: -2, b: -1}, add: {x: -1}}}}
  end: {chance: 0.05, ends: true}
regimes:
  one: {plays: {a: both}}
  two: {plays: {a: weigh}}
  dear: {plays: {a: both}, parameters: {price: 0.5}}
  same: {plays: {a: both}}
claims:
  higher: {says: Dear costs more., holds: dear.a < one.a and dear.a.costs < one.a.costs}
  wrong: {says: Dear costs less., holds: dear.a > one.a}
  open: {says: Nothing known., holds: same.a < one.a}
  exact: {says: A price is a price., holds: 3 * dear.a.costs < 5 * one.a.costs + 0.001}
  events: {says: Storms come., holds: one.count.storm.heavy > 0.1 and one.ended < 0.9 and one.final.twice > 0 and one.duration > 1 and one.actions.a.build > 0}
"""


@pytest.fixture(scope="module")
def scenario() -> sim.Scenario:
    return load_text(GAME)


def test_a_digest_is_the_hash_of_every_run(scenario: sim.Scenario) -> None:
    """SHA-256 over payoff, costs, incentives, hazards of each actor, run by run, little-endian, -0 as 0."""
    ensemble = sim.run(scenario, runs=20, seed=4)
    names = ["a", "a.costs", "a.good", "a.quiet", "a.storm", "a.end", "b", "b.costs", "b.envy", "b.storm", "b.end"]
    text = b"".join(struct.pack("<d", float(ensemble.column(n)[run]) + 0.0) for run in range(20) for n in names)
    assert ensemble.digest == hashlib.sha256(text).hexdigest()


@pytest.mark.parametrize("plan", [{"block": 1}, {"block": 7}, {"jobs": 2, "block": 25}, {"engine": "events"}])
def test_results_do_not_depend_on_how_the_work_is_done(scenario: sim.Scenario, plan: dict) -> None:
    from sim.experiment.ensemble import run

    one = sim.run(scenario, runs=60, seed=9)
    other = run(scenario, None, Plan(60, 9, **plan))
    assert other.digest == one.digest
    assert np.array_equal(other.table, one.table)
    assert {name: stat.to_dict() for name, stat in other.stats.items()} == {
        n: s.to_dict() for n, s in one.stats.items()
    }


def test_fewer_runs_are_the_first_of_more(scenario: sim.Scenario) -> None:
    many = sim.run(scenario, runs=9000, seed=2)
    few = sim.run(scenario, runs=8500, seed=2)
    assert np.array_equal(many.table[:, :8500], few.table)


def test_another_seed_is_other_luck(scenario: sim.Scenario) -> None:
    assert sim.run(scenario, runs=5, seed=1).digest != sim.run(scenario, runs=5, seed=2).digest


def test_global_generators_change_nothing(scenario: sim.Scenario) -> None:
    first = sim.run(scenario, runs=30, seed=1).digest
    random.seed(99)
    np.random.seed(99)  # noqa: NPY002
    state = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    assert sim.run(scenario, runs=30, seed=1).digest == first
    assert sim.run(scenario, runs=3, seed=1, engine="events").digest == sim.run(scenario, runs=3, seed=1).digest
    assert (random.getstate(), np.random.get_state()[1].tolist()) == state  # noqa: NPY002


def test_a_trace_is_the_same_run(scenario: sim.Scenario) -> None:
    ensemble = sim.run(scenario, runs=18, seed=6, regime="two")
    trace = sim.trace(scenario, run=17, seed=6, regime="two")
    assert np.array_equal(trace.run.results, ensemble.table[:, 17])
    document = trace.to_dict()
    assert document["payoffs"]["a"] == ensemble.column("a")[17]
    assert document["ledger"]["a"]["costs"] == ensemble.column("a.costs")[17]


def test_every_number_of_a_ledger_is_traced_to_an_event(scenario: sim.Scenario) -> None:
    """Costs, scores and strikes as the record tells them, discounted, add up to the ledger."""
    for run in range(30):
        trace = sim.trace(scenario, run=run, seed=6)
        told: dict[tuple[str, str], float] = {}
        for event in trace.run.events:
            weight = 0.9**event.turn
            if event.kind == "decision":
                told[event.who, "costs"] = told.get((event.who, "costs"), 0) - weight * event.detail.get("cost", 0)
            for entry, flow in event.detail.get("incentives", {}).items():
                told[event.who, entry] = told.get((event.who, entry), 0) + weight * flow
            if event.kind == "hazard":
                for actor, payoff in event.detail.get("payoffs", {}).items():
                    told[actor, event.who] = told.get((actor, event.who), 0) + payoff
        for actor, ledger in trace.to_dict()["ledger"].items():
            for entry, amount in ledger.items():
                assert told.get((actor, entry), 0.0) == pytest.approx(amount, abs=1e-12)


def test_a_difference_is_paired_and_its_parts_add_up(scenario: sim.Scenario) -> None:
    comparison = sim.compare(scenario, regimes=["one", "dear"], runs=500, seed=3)
    difference = comparison.differences[0]
    one, dear = comparison.ensembles["one"], comparison.ensembles["dear"]
    paired = dear.column("a") - one.column("a")
    assert (difference.of, difference.minus) == ("dear", "one")
    assert difference.stats["a"].mean == pytest.approx(paired.mean(), rel=1e-12)
    assert difference.stats["a"].se == pytest.approx(paired.std(ddof=1) / np.sqrt(500), rel=1e-9)
    assert sum(stat.mean for _, stat in difference.reasons("a")) == pytest.approx(paired.mean(), rel=1e-9)
    sizes = [abs(stat.mean) for _, stat in difference.reasons("a")]
    assert sizes == sorted(sizes, reverse=True)


def test_the_same_against_the_same_is_exactly_nothing(scenario: sim.Scenario) -> None:
    difference = sim.compare(scenario, regimes=["one", "same"], runs=200).differences[0]
    assert all(stat.mean == stat.se == stat.low == stat.high == 0.0 for stat in difference.stats.values())


def test_verdicts_follow_the_intervals(scenario: sim.Scenario) -> None:
    """`exact`: costs are proportional to the price with the same luck, so 3 * (0.5 / 0.3) = 5 up to rounding."""
    judged = sim.claims(scenario, runs=400, seed=3)
    verdicts = {result.name: result.verdict for result in judged.results}
    assert verdicts == {"higher": "holds", "wrong": "fails", "open": "undecided", "exact": "holds", "events": "holds"}
    margin = {result.name: result.margin for result in judged.results}
    assert margin["exact"].mean == pytest.approx(0.001, abs=1e-12)
    assert margin["higher"].mean == pytest.approx(-margin["wrong"].mean, rel=1e-12)
    assert not judged.all_hold


def test_the_command_line_wins_over_the_regime_and_the_regime_over_the_scenario(scenario: sim.Scenario) -> None:
    def cost(**asked: object) -> float:
        ensemble = sim.run(scenario, runs=50, play={"a": "build"}, **asked)
        return -float(ensemble.column("a.costs").sum())

    base = cost(regime="one")
    assert cost(regime="dear") == pytest.approx(base * 0.5 / 0.3, rel=1e-12)
    assert cost(regime="dear", set={"price": 0.6}) == pytest.approx(base * 2, rel=1e-12)
    assert (sim.run(scenario, runs=5, play={"a": "wait"}).column("actions.a.build") == 0).all()


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"regime": "on"}, "one"),
        ({"play": {"a": "weigth"}}, "weigh"),
        ({"play": {"aa": "weigh"}}, "a"),
        ({"set": {"prices": 1.0}}, "price"),
        ({"runs": 0}, "at least 1"),
        ({"seed": -1}, "whole number from 0"),
        ({"engine": "event"}, "events"),
        ({"jobs": 1_000_000}, "at most"),
    ],
)
def test_unknown_words_are_refused_with_the_likely_one(scenario: sim.Scenario, asked: dict, word: str) -> None:
    with pytest.raises(CommandError, match=word):
        sim.run(scenario, **asked)


def test_an_expression_that_misbehaves_stops_the_run_and_says_where() -> None:
    scenario = load_text(
        "scenario: bad\nclock: {turns: 5}\nparameters: {p: 3}\nstate: {x: {initial: 3, drift: -1}}\n"
        "actors:\n  a:\n    incentives: {i: p + 1 / x}\n"
    )
    with pytest.raises(RunError) as caught:
        sim.run(scenario, runs=2, seed=8)
    text = str(caught.value)
    assert text.startswith("scenario.yaml:7:25: NOT-FINITE: ")
    for part in ("run 0", "turn 4", "p = 3", "x = 0", "1 / x", "detente trace scenario.yaml", "--run 0", "--seed 8"):
        assert part in text
    with pytest.raises(RunError) as again:
        sim.trace(scenario, run=0, seed=8)
    assert str(again.value) == text


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("hazards: {h: {rate: x - 2}}", "a rate has to be at least 0, but is -1"),
        ("hazards: {h: {chance: 2 * x}}", "a chance has to be from 0 to 1, but is 2"),
        ("hazards: {h: {rate: 9, outcomes: {o: {weight: x - 2}}}}", "a weight has to be at least 0"),
    ],
)
def test_numbers_outside_their_bounds_stop_the_run(part: str, code: str) -> None:
    scenario = load_text(f"scenario: bad\nclock: {{turns: 5}}\nstate: {{x: 1}}\nactors: {{a: {{}}}}\n{part}\n")
    with pytest.raises(RunError, match="OUT-OF-RANGE") as caught:
        sim.run(scenario, runs=2)
    assert code in str(caught.value)


def test_a_result_too_large_to_be_a_number_is_an_error_and_not_infinite() -> None:
    scenario = load_text("scenario: big\nclock: {turns: 5}\nactors: {a: {incentives: {i: 1e308}}}\n")
    with pytest.raises(RunError, match="too large"):
        sim.run(scenario, runs=2)


def test_a_state_that_grows_beyond_numbers_is_an_error() -> None:
    scenario = load_text("scenario: big\nclock: {turns: 5}\nstate: {x: {initial: 1e308, drift: x}}\nactors: {a: {}}\n")
    with pytest.raises(RunError, match="beyond every bound"):
        sim.run(scenario, runs=2)


def test_more_runs_than_memory_are_refused_before_they_are_played(scenario: sim.Scenario) -> None:
    with pytest.raises(DetenteError, match="GiB") as caught:
        sim.run(scenario, runs=10**12)
    assert caught.value.exit_status == 5


def test_a_plan_comes_from_the_scenario_unless_told_otherwise() -> None:
    scenario = load_text("scenario: s\nclock: {turns: 1}\nactors: {a: {}}\nmonte_carlo: {runs: 7, seed: 3}\n")
    assert (planned_for(scenario).runs, planned_for(scenario).seed) == (7, 3)
    assert (planned_for(scenario, 2, 1).runs, planned_for(scenario, 2, 1).seed) == (2, 1)


def test_a_game_survives_pickling(scenario: sim.Scenario) -> None:
    from sim.engine import lockstep
    from sim.model.compiling import compiled

    game = compiled(scenario)
    again = pickle.loads(pickle.dumps(game))
    assert np.array_equal(lockstep.play(again, 1, 0, 5), lockstep.play(game, 1, 0, 5))


@pytest.mark.parametrize("given", [np.array([0.1, 0.2]), np.array([0.1]), [0.1, 0.2]])
def test_a_parameter_is_given_one_number(given: Any) -> None:
    """Many at once are what a sweep is for; an ensemble of several values would be of nobody."""
    scenario = sim.load("inf-2018")
    with pytest.raises(sim.DetenteError, match=r"SET: .* is no finite number for 'nato_burden'"):
        sim.run(scenario, runs=2, set={"nato_burden": given})


def test_a_question_takes_a_scenario_its_file_or_its_name() -> None:
    """With the same answer."""
    scenario = sim.load("classics/arms-race")
    answers = [sim.run(each, runs=3).digest for each in (scenario, "classics/arms-race", "arms-race")]
    assert answers == [answers[0]] * 3
    line = sim.sweep("arms-race", over=next(iter(scenario.parameters)), runs=2)
    assert line.to_dict() == sim.sweep(scenario, over=next(iter(scenario.parameters)), runs=2).to_dict()
    with pytest.raises(DetenteError, match="did you mean"):
        sim.compare("arms-rice", runs=2)
