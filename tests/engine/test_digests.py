"""The digest of many runs: the same however they are cut into blocks, and that of their beginning is their beginning's.

What goes through plans, processes and the command line stands in ``tests/commands/test_sameness.py``.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import sim
from sim.engine import events, lockstep
from sim.engine.record import STORED, Digest
from sim.experiment import ensemble as ensembles
from sim.experiment.plan import Plan
from sim.model.compiling import compiled
from sim.model.game import Game, Setting
from sim.scenario.arithmetic import Floats
from sim.scenario.load import load_text

SMALL = """
scenario: small
clock: {turns: 5, discount: 0.9}
state: {x: {initial: {low: 0, high: 1}, max: 5}, y: {initial: {0: 1, 1: 2}, drift: 0.1 * x}}
actors:
  a:
    incentives: {good: x - y}
    actions: {wait: {}, build: {cost: 0.1 * x, chance: 0.7, after: {mean: 1.5}, add: {x: 1}}}
    strategies: {s: [{when: y < 2, do: {wait: 1, build: 2}}], w: {weigh: {rationality: 2}}, m: {mix: {s: 1, w: 1}}}
    plays: m
  b: {incentives: {envy: y - x}, actions: {go: {available: x > 0.5, after: [0, 2], add: {y: x}}}}
hazards:
  storm: {rate: 0.3 + 0.1 * y, outcomes: {light: {weight: 3, add: {x: -0.1}}, heavy: {payoffs: {a: -2 * x}}}}
  end: {chance: 0.03, ends: true}
"""
SEED, MANY = 4, 10_000


@cache
def small() -> Game:
    return compiled(load_text(SMALL))


def played(sizes: list[int], runs: int = MANY) -> tuple[str, Floats]:
    """Play runs in blocks of these sizes, one after the other; returns their digest and table."""
    digest, tables, first = Digest(small()), [], 0
    for size in sizes:
        size = min(size, runs - first)
        tables.append(lockstep.play(small(), SEED, first, size))
        digest.add(tables[-1])
        first += size
        if first == runs:
            break
    return digest.hex(), np.concatenate(tables, axis=1)


@pytest.mark.parametrize(
    "sizes", [[STORED - 20, *[1] * 40, MANY], [1, 97, 1000, 3, 640] * 6], ids=["some one by one", "mixed"]
)
def test_a_digest_does_not_depend_on_the_blocks(sizes: list[int]) -> None:
    """Not to the last bit of the whole table."""
    digest, table = one_block()
    other, pieces = played(sizes)
    assert pieces.tobytes() == table.tobytes()
    assert other == digest


@pytest.mark.parametrize(("block", "runs"), [(1, 70), (97, 2000), (1000, MANY), (None, MANY), (10_000, MANY)])
def test_an_ensemble_does_not_depend_on_the_blocks(block: int | None, runs: int) -> None:
    """Whether they are smaller than what is stored together, as large, or larger."""
    table = one_block()[1][:, :runs]
    digest = Digest(small())
    digest.add(table)
    ensemble = ensembles.play(small(), Plan(runs, SEED, block=block))
    assert ensemble.digest == digest.hex()
    assert ensemble.table.tobytes() == table.tobytes()


@cache
def one_block() -> tuple[str, Floats]:
    return played([MANY])


def test_blocks_of_one_run_are_the_runs_of_the_events() -> None:
    _, table = one_block()
    slow = events.play(small(), SEED, MANY - 50, 50)
    assert slow.tobytes() == np.ascontiguousarray(table[:, -50:]).tobytes()


def test_the_first_runs_of_ten_times_as_many_are_those_of_fewer() -> None:
    digest, _ = one_block()
    begun = Digest(small())
    begun.add(lockstep.play(small(), SEED, 0, 10 * MANY)[:, :MANY])
    assert begun.hex() == digest


def test_the_first_runs_of_a_shipped_scenario_are_those_of_fewer() -> None:
    game = compiled(sim.load("inf-2018"), Setting("own_choice"))
    few, many = Digest(game), Digest(game)
    few.add(lockstep.play(game, SEED, 0, 1000))
    many.add(lockstep.play(game, SEED, 0, MANY)[:, :1000])
    assert few.hex() == many.hex()


def test_a_digest_takes_in_every_payoff_and_no_sign_of_zero() -> None:
    """One bit of one ledger entry of the last run changes it; 0 and -0 are the same number."""
    columns = small().columns
    table = np.zeros((len(columns.names), 7))

    def digest(changed: Floats) -> str:
        made = Digest(small())
        for cut in range(0, 7, 3):
            made.add(changed[:, cut : cut + 3])
        return made.hex()

    plain = digest(table)
    assert digest(-table) == plain
    for row in range(len(columns.names)):
        other = table.copy()
        other[row, -1] = np.nextafter(0.0, 1.0)
        assert (digest(other) != plain) == (row < columns.paid)
