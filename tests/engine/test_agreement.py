"""Both engines and the independent oracle play the same game.

The engines are equal to the last bit; the oracle, a scalar reading of the language page written apart from the model,
agrees to 1e-12 relative to the size of a number.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.engine import events, lockstep
from sim.experiment.ensemble import Ensemble
from sim.model.compiling import compiled, regime_names
from sim.model.game import Setting
from sim.scenario.load import load_text
from sim.scenario.schema import Scenario
from sim.scenario.shipped import shipped
from tests import oracle
from tests.generated import scenario_texts
from tests.results import results_of

TOLERANCE = 1e-12
SHIPPED = [path for _, path in shipped()]


def assert_same(ensemble: Ensemble, run: int, expected: dict[str, float]) -> None:
    ours = {name: float(ensemble.column(name)[run]) for name in ensemble.columns}
    assert ours.keys() == expected.keys()
    for name, value in expected.items():
        assert abs(ours[name] - value) <= TOLERANCE * max(1.0, abs(value)), (name, run, ours[name], value)


def both_tables(scenario: Scenario, setting: Setting, seed: int, first: int, count: int) -> np.ndarray:
    game = compiled(scenario, setting)
    fast = lockstep.play(game, seed, first, count)
    slow = events.play(game, seed, first, count)
    assert np.array_equal(fast, slow), "the engines differ"
    return fast


@given(text=scenario_texts(), seed=st.integers(0, 2**63 - 1), first=st.integers(0, 50))
@settings(max_examples=60)
def test_generated_scenarios_mean_the_same_to_both_engines_and_the_oracle(text: str, seed: int, first: int) -> None:
    scenario = load_text(text)
    document = oracle.read_text(text)
    for regime in regime_names(scenario):
        ensemble = sim.run(scenario, runs=first + 3, seed=seed, regime=regime)
        table = both_tables(scenario, Setting(regime), seed, first, 3)
        assert np.array_equal(ensemble.table[:, first:], table), "a block differs from a longer one"
        for run in range(first, first + 3):
            expected = oracle.play(document, seed=seed, run=run, regime=regime)
            assert_same(ensemble, run, results_of(expected))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_scenarios_mean_the_same_to_both_engines_and_the_oracle(path: Path) -> None:
    scenario, document = sim.load(path), oracle.read(path)
    for regime in regime_names(scenario):
        ensemble = sim.run(scenario, runs=8, seed=11, regime=regime)
        assert np.array_equal(ensemble.table[:, :2], both_tables(scenario, Setting(regime), 11, 0, 2))
        for run in (7,):
            expected = oracle.play(document, seed=11, run=run, regime=regime)
            assert_same(ensemble, run, results_of(expected))


@pytest.mark.parametrize("name", ["inf-2018"])
def test_every_pair_of_strategies_means_the_same_to_both_engines(name: str) -> None:
    """The eras share one menu; this one begins where most of it can be used."""
    scenario = sim.load(name)
    first, second = list(scenario.actors)[:2]
    for ours in scenario.actors[first].strategies:
        for theirs in scenario.actors[second].strategies:
            both_tables(scenario, Setting(None, {first: ours, second: theirs}), 3, 0, 1)
