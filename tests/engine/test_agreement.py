"""Both engines and the independent oracle play the same generated scenarios.

The engines are equal to the last bit; the oracle, a scalar reading of the language page written apart from the model,
agrees to 1e-12 relative to the size of a number.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine import events, lockstep
from sim.model.compiling import compiled, regime_names
from sim.model.game import Game, Setting
from sim.scenario.load import load_text
from sim.scenario.schema import Scenario
from tests import oracle
from tests.engine.both import assert_as_told, assert_same, played
from tests.generated import scenario_texts

SEEDS, FIRST = st.integers(0, 2**63 - 1), st.integers(0, 50)


@given(text=scenario_texts(), seed=SEEDS, first=FIRST)
@settings(max_examples=50)
def test_generated_scenarios_mean_the_same_to_both_engines_and_the_oracle(text: str, seed: int, first: int) -> None:
    scenario = load_text(text)
    document = oracle.read_text(text)
    for regime in regime_names(scenario):
        game = compiled(scenario, Setting(regime))
        table = played(game, seed, first, 3)
        longer = lockstep.play(game, seed, 0, first + 3)
        assert_same(game, longer[:, first:], table, first)
        for place in (0, 2):
            assert_as_told(game, table[:, place], oracle.play(document, seed=seed, run=first + place, regime=regime))


def given_by_run(scenario: Scenario, share: np.ndarray) -> dict[str, np.ndarray]:
    """For each parameter that the file gives more than one value, or a range: one number a run from there."""
    by_run = {}
    for name, part in scenario.parameters.items():
        overlaid = [regime.parameters[name] for regime in scenario.regimes.values() if name in regime.parameters]
        values = [part.value, *(part.range or ()), *overlaid]
        low, high = min(values), max(values)
        if low < high:
            by_run[name] = np.clip(low + share * (high - low), low, high)
            share = share[::-1]
    return by_run


@given(
    text=scenario_texts(),
    seed=SEEDS,
    first=FIRST,
    share=st.lists(st.floats(0, 1), min_size=4, max_size=4),
    copies=st.sampled_from([1, 2, 4]),
)
@settings(max_examples=20)
def test_parameters_of_one_number_a_run_are_each_runs_own(
    text: str, seed: int, first: int, share: list[float], copies: int
) -> None:
    """A block in which every run has its own numbers is the runs played alone, each with its own number.

    So it is when the same runs stand side by side in several copies, which meet the same luck.
    """
    scenario = load_text(text)
    by_run = given_by_run(scenario, np.array(share))
    if not by_run:
        return
    regime = regime_names(scenario)[-1]

    def game_with(parameters: dict[str, Any]) -> Game:
        return compiled(scenario, Setting(regime, {}, parameters), by_run=True)

    count = len(share) // copies
    block = lockstep.play(game_with(by_run), seed, first, count, copies)
    for place in range(len(share)):
        own = game_with({name: float(numbers[place]) for name, numbers in by_run.items()})
        run = first + place % count
        assert_same(own, block[:, place, None], events.play(own, seed, run, 1), run)
