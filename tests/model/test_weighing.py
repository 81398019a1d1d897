"""Choice probabilities of weighing actors: published values, hand-worked values, and the oracle's."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.errors import RunError
from sim.scenario.load import load_text
from sim.scenario.shipped import shipped
from tests import oracle
from tests.generated import scenario_texts

SHIPPED = [path for name, path in shipped() if not name.startswith("classics/")]


def weighed(trace: sim.Trace) -> list[tuple[int, str, dict[str, tuple[float, float]], dict[str, float]]]:
    """Each weighed decision of a run: turn, actor, options, and the state at that moment."""
    found = []
    state: dict[str, float] = {}
    for event in trace.run.events:
        if event.kind == "begin":
            state = dict(event.detail["state"])
        if event.kind == "decision" and "options" in event.detail:
            options = {o["action"]: (o["value"], o["probability"]) for o in event.detail["options"]}
            found.append((event.turn, event.who, options, dict(state)))
        state |= {name: after for name, (_, after) in event.detail.get("changes", {}).items()}
    return found


def assert_as_the_oracle_says(trace: sim.Trace, document: dict[str, Any], regime: str) -> int:
    """Compare every weighed decision that was taken before anything else happened at its time; returns how many."""
    compared = 0
    for turn, actor, options, state in weighed(trace):
        if actor != next(iter(trace.game.scenario.actors)):
            continue  # an earlier actor's immediate effects have changed the recorded state
        expected = oracle.choice_probabilities(document, actor, state, turn + 1, regime=regime)
        assert options.keys() == expected.keys()
        for action, (value, probability) in options.items():
            assert value == pytest.approx(expected[action][0], rel=1e-12, abs=1e-12)
            assert probability == pytest.approx(expected[action][1], rel=1e-11, abs=1e-12)
        compared += 1
    return compared


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_scenarios_weigh_as_the_oracle_does(path: Path) -> None:
    scenario, document = sim.load(path), oracle.read(path)
    first = next(iter(scenario.actors))
    for actor in scenario.actors.values():
        assert "weigh" in actor.strategies
    document["actors"][first]["plays"] = "weigh"
    regime = next(iter(scenario.regimes))
    document["regimes"][regime].setdefault("plays", {})[first] = "weigh"
    trace = sim.trace(scenario, run=3, seed=5, play={first: "weigh"}, regime=regime)
    assert assert_as_the_oracle_says(trace, document, regime) == scenario.clock.turns


TOY = """
scenario: toy
clock: {{turns: 1}}
parameters: {{cost: {cost}, gain: 1, other: 7}}
state: {{x: 0, y: 0}}
actors:
  a:
    incentives: {{good: gain * x}}
    actions: {{wait: {{}}, move: {{cost: cost, add: {{x: 1}}}}}}
    strategies: {{weigh: {{weigh: {weigh}}}}}
{more}
"""


def options_of(weigh: str, cost: float = 0, more: str = "") -> dict[str, tuple[float, float]]:
    scenario = load_text(TOY.format(weigh=weigh, cost=cost, more=more))
    return weighed(sim.trace(scenario))[0][2]


@pytest.mark.parametrize(("rationality", "cost", "published"), [(0.5, 1.0, 0.377541), (2.0, 0.4, 0.310026)])
def test_additive_dilemma_has_its_published_logit_probability(
    rationality: float, cost: float, published: float
) -> None:
    """P(cooperate) = 1 / (1 + exp(lambda c)), whatever the other does (McKelvey and Palfrey 1995; reference O6)."""
    scenario = load_text(f"""
scenario: dilemma
clock: {{turns: 1}}
state: {{given_a: 0, given_b: 0}}
actors:
  a:
    incentives: {{benefit: 3 * given_b}}
    actions: {{cooperate: {{cost: {cost}, set: {{given_a: 1}}}}, defect: {{}}}}
    strategies: {{weigh: {{weigh: {{rationality: {rationality}, foresight: 1}}}}}}
  b:
    incentives: {{benefit: 3 * given_a}}
    actions: {{cooperate: {{cost: {cost}, set: {{given_b: 1}}}}, defect: {{}}}}
    strategies: {{weigh: {{weigh: {{rationality: {rationality}, foresight: 1}}}}}}
""")
    for _, _, options, _ in weighed(sim.trace(scenario)):
        assert options["cooperate"][1] == pytest.approx(published, abs=1e-6)


def test_no_rationality_is_a_coin_toss() -> None:
    assert options_of("{rationality: 0}", cost=9)["move"][1] == 0.5


def test_great_rationality_is_the_best_reply() -> None:
    """Moving brings 1 in each of 5 turns for a cost of 4.9: 0.1 better, a million times over."""
    assert options_of("{rationality: 1e7}", cost=4.9)["move"][1] == 1.0


def test_values_are_worked_by_hand() -> None:
    """Two turns foreseen, x becomes 1 at once: 1 + 1 - 0.5 = 1.5 against 0, so exp(1.5) : 1 at rationality 1."""
    options = options_of("{rationality: 1, foresight: 2}", cost=0.5)
    assert options["move"][0] == 1.5
    assert options["wait"][0] == 0.0
    assert options["move"][1] == pytest.approx(math.exp(1.5) / (1 + math.exp(1.5)), rel=1e-15)


def test_misbelief_changes_the_head_and_not_the_world() -> None:
    """Believing the gain to be -1 makes moving look worth -5; what is scored is the truth."""
    options = options_of("{rationality: 1, believes: {gain: 0 - 1}}")
    assert options["move"][0] == -5.0
    scenario = load_text(TOY.format(weigh="{rationality: 0, believes: {gain: 0 - 1}}", cost=0, more=""))
    ensemble = sim.run(scenario, runs=50)
    assert (ensemble.column("a.good") == ensemble.column("actions.a.move")).all()


def test_a_hazard_is_foreseen_one_strike_deep() -> None:
    """Chance 0.25 a turn that x is taken and 4 is lost: 1 + 0.25 * (-4 + 0 - 1) = -0.25 a turn, five turns -1.25."""
    more = "hazards: {caught: {chance: 0.25 * (x > 0), payoffs: {a: 0 - 4}, set: {x: 0}}}"
    assert options_of("{rationality: 1}", more=more)["move"][0] == pytest.approx(-1.25, rel=1e-15)


@given(text=scenario_texts(max_turns=2), seed=st.integers(0, 2**32))
@settings(max_examples=40)
def test_generated_scenarios_weigh_as_the_oracle_does(text: str, seed: int) -> None:
    scenario, document = load_text(text), oracle.read_text(text)
    for regime in list(scenario.regimes) or ["base"]:
        trace = sim.trace(scenario, seed=seed, regime=regime)
        name = next(iter(scenario.actors))
        strategies = scenario.actors[name].strategies
        playing = trace.game.actor(name).strategy
        if playing in strategies and strategies[playing].kind == "weigh" and not trace.game.order:
            assert_as_the_oracle_says(trace, document, regime)


def test_great_rationality_and_great_values_are_still_compared() -> None:
    """1e308 times a difference of any size is a sure choice, and never the product of two great numbers."""
    options = options_of("{rationality: 1e308, foresight: 1000}", cost=0.5)
    assert (options["move"][1], options["wait"][1]) == (1.0, 0.0)


def test_values_too_large_to_be_numbers_stop_the_run() -> None:
    scenario = load_text("""
scenario: vast
clock: {turns: 1}
state: {x: 0}
actors:
  a:
    incentives: {good: 1e308 * x}
    actions: {wait: {}, move: {add: {x: 1}}}
    strategies: {weigh: {weigh: {rationality: 1}}}
""")
    with pytest.raises(RunError, match="foresees is too large"):
        sim.run(scenario, runs=2)
