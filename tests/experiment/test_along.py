"""Runs looked at while they are played: the same results, and the mean of the state at every turn."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.history import history
from sim.engine.lockstep import Block
from sim.experiment.along import played_through
from sim.experiment.ensemble import Plan, play
from sim.model.compiling import compiled
from sim.model.game import Setting
from sim.scenario.shipped import load_found

GAMES = [("inf-2018", "post_treaty"), ("classics/crisis-ladder", None), ("classics/arms-race", None)]
"""One of them has runs that end early."""


@pytest.mark.parametrize(("name", "regime"), GAMES)
def test_results_are_those_of_an_ensemble(name: str, regime: str | None) -> None:
    """To the last bit: looking changes nothing."""
    game = compiled(load_found(name), Setting(regime))
    plan = Plan(300, 7)
    assert played_through(game, plan).ensemble.digest == play(game, plan).digest


@pytest.mark.parametrize(("name", "regime"), GAMES)
def test_the_state_is_the_mean_over_all_runs_after_each_turn(name: str, regime: str | None) -> None:
    """Those that have ended included, as they were then; before the first turn, as they begin."""
    game = compiled(load_found(name), Setting(regime))
    state = played_through(game, Plan(300, 7)).state
    moments = list(history(game, 7, 0, 300))
    assert state.shape == (game.turns + 1, len(game.variables))
    for number, moment in enumerate(moments, 1):
        np.testing.assert_allclose(state[number], moment.state.mean(axis=1), rtol=1e-12, atol=1e-12)
    for number in range(len(moments) + 1, game.turns + 1):
        np.testing.assert_allclose(state[number], state[len(moments)], rtol=1e-12)
    begins = Block.begun(game, 7, 0, 300).world.table[game.columns.state].mean(axis=1)
    np.testing.assert_allclose(state[0], begins, rtol=1e-12)


def test_some_run_ended_early() -> None:
    """So that the tests above see such runs."""
    assert (
        played_through(compiled(load_found("inf-2018"), Setting("post_treaty")), Plan(300, 7))
        .ensemble.stats["ended"]
        .mean
        > 0
    )
