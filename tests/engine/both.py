"""One game played by both engines, whose tables have to be equal to the last bit."""

from __future__ import annotations

import numpy as np

from sim.engine import events, lockstep
from sim.model.game import Game
from sim.scenario.arithmetic import Floats
from tests import oracle
from tests.results import results_of

TOLERANCE = 1e-12


def played(game: Game, seed: int, first: int, count: int) -> Floats:
    """Play some runs with both engines; returns their one table (columns, runs)."""
    fast = lockstep.play(game, seed, first, count)
    assert_same(game, fast, events.play(game, seed, first, count), first)
    return fast


def assert_same(game: Game, one: Floats, other: Floats, first: int = 0) -> None:
    """Check that two tables are equal to the last bit: not even 0 and -0 may be mixed up."""
    assert one.shape == other.shape
    if np.ascontiguousarray(one).tobytes() == np.ascontiguousarray(other).tobytes():
        return
    bits = [np.ascontiguousarray(table).view(np.uint64) for table in (one, other)]
    column, run = np.argwhere(bits[0] != bits[1])[0]
    named = f"{game.columns.names[column]} of run {first + run}"
    raise AssertionError(f"{named}: {one[column, run]!r} and {other[column, run]!r}")


def assert_as_told(game: Game, results: Floats, told: oracle.Result) -> None:
    """Check that the results of a run (one a column) are the oracle's, but for rounding."""
    ours = dict(zip(game.columns.names, results.tolist(), strict=True))
    expected = results_of(told)
    assert ours.keys() == expected.keys()
    for name, value in expected.items():
        assert abs(ours[name] - value) <= TOLERANCE * max(1.0, abs(value)), (name, ours[name], value)
