"""Random numbers depend on their address and on nothing else."""

from __future__ import annotations

import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.luck import BlockLuck, Window, derived_seed, uniforms, weighted_choice

SEEDS = st.integers(0, 2**63 - 1)
NAMES = st.sampled_from(["nato.decision", "crisis.moment", "resolve.initial", "a.mix"])


@given(SEEDS, NAMES, st.integers(0, 10**12), st.integers(1, 40), st.integers(0, 9_999))
def test_a_stretch_of_runs_is_the_runs_one_by_one(seed: int, name: str, first: int, count: int, turn: int) -> None:
    stretch = uniforms(seed, name, first, count, turn)
    alone = [uniforms(seed, name, run, 1, turn)[0] for run in range(first, first + count)]
    assert stretch.tolist() == alone
    assert ((stretch >= 0) & (stretch < 1)).all()


@given(SEEDS, st.integers(0, 1000), st.integers(1, 50), st.integers(1, 10_000))
def test_a_window_gives_what_a_block_gives(seed: int, first: int, count: int, turns: int) -> None:
    window = Window.for_runs(seed, count, turns)
    block = BlockLuck(seed, first, count).draw("a.decision", 0)
    assert [window.at(first + place).draw("a.decision", 0)[0] for place in range(count)] == block.tolist()


def test_addresses_do_not_share_numbers() -> None:
    """Among 40,000 numbers of 53 bits at different addresses two are equal with probability below 1e-6."""
    drawn = [
        uniforms(seed, name, 0, 1000, turn)
        for seed in (0, 1)
        for name in ("a.decision", "a.success", "b.decision", "crisis.moment")
        for turn in range(5)
    ]
    numbers = np.concatenate(drawn)
    assert len(np.unique(numbers)) == len(numbers) == 40_000


@pytest.mark.parametrize("name", ["a.decision", "crisis.moment"])
def test_numbers_are_uniform(name: str) -> None:
    """Kolmogorov-Smirnov on 100,000 numbers; false alarm 1e-6 at D = sqrt(ln(2e6) / 2n) (Massart's bound)."""
    numbers = np.sort(uniforms(7, name, 0, 100_000, 3))
    steps = np.arange(1, len(numbers) + 1) / len(numbers)
    distance = max((steps - numbers).max(), (numbers - steps + 1 / len(numbers)).max())
    assert distance < np.sqrt(np.log(2 / 1e-6) / (2 * len(numbers)))


def test_neighbouring_addresses_are_uncorrelated() -> None:
    """Correlations over 100,000 runs; |r| sqrt(n) is normal, beyond 5.5 with probability 4e-8, 4 pairs: below 1e-6."""
    count = 100_000
    base = uniforms(7, "a.decision", 0, count, 3)
    others = [
        uniforms(7, "a.decision", 0, count, 4),
        uniforms(7, "a.decision", 1, count, 3),
        uniforms(8, "a.decision", 0, count, 3),
        uniforms(7, "b.decision", 0, count, 3),
    ]
    for other in others:
        assert abs(np.corrcoef(base, other)[0, 1]) * np.sqrt(count) < 5.5


def test_the_global_generators_are_neither_used_nor_moved() -> None:
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    first = uniforms(3, "a.decision", 0, 10, 0)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # noqa: NPY002
    np.random.seed(2)  # noqa: NPY002
    assert uniforms(3, "a.decision", 0, 10, 0).tolist() == first.tolist()


def test_numbers_are_the_same_in_another_process() -> None:
    code = "from sim.model.luck import uniforms; print(uniforms(3, 'a.decision', 5, 6, 7).tolist())"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == str(uniforms(3, "a.decision", 5, 6, 7).tolist())


def test_a_derived_seed_is_another_seed() -> None:
    seeds = {derived_seed(5, "pilot"), derived_seed(5, "other"), derived_seed(6, "pilot"), 5}
    assert len(seeds) == 4
    assert all(0 <= seed < 2**63 for seed in seeds)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=6), st.floats(0, 1, exclude_max=True))
def test_the_first_entry_whose_cumulated_weight_exceeds(weights: list[float], number: float) -> None:
    chosen = int(weighted_choice(np.array(weights)[:, np.newaxis], np.array([number]))[0])
    total = 0.0
    for weight in weights:
        total += weight
    cumulated, expected = 0.0, -1
    for place, weight in enumerate(weights):
        cumulated += weight
        if cumulated > number * total:
            expected = place
            break
    assert chosen == expected
    assert chosen < 0 or weights[chosen] > 0
