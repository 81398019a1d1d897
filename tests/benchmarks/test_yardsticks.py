"""The programs that speed is measured against play the same game: same rules, so the same means. No speed is tested.

Seeds are fixed. Means lie within 5 standard errors of each other, so that with fresh seeds about one comparison in a
million would fail. Without crises little is left to chance, and a rule that differs shows in the third digit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

import sim
from benchmarks import inf, w1
from benchmarks.players import inf_numba, inf_simpy, inf_simpy_ledger, w1_numpy, w1_simpy
from benchmarks.players.inf_terms import REGIMES
from benchmarks.players.serving import Play
from benchmarks.players.w1_terms import MEAN, NOISE, POINTS, TURNS

Prepare = Callable[[Mapping[str, Any]], Play]
AS_WRITTEN: dict[str, float] = {}
NO_CRISES = {"crisis_base": 0.0, "crisis_tension": 0.0}


@pytest.mark.parametrize("changed", [AS_WRITTEN, NO_CRISES], ids=["as written", "no crises"])
@pytest.mark.parametrize("regime", REGIMES)
def test_inf_by_hand_is_the_scenario(regime: str, changed: dict[str, float]) -> None:
    """Both payoffs of SimPy, of SimPy with a ledger, and of what Numba compiles (here it is not compiled)."""
    terms = inf.terms_of(regime)
    terms["parameters"] |= changed
    ours = sim.run(sim.load(inf.SCENARIO), runs=8192, seed=7, regime=regime, set=changed).payoffs
    for player, runs in ((inf_simpy, 600), (inf_simpy_ledger, 100), (inf_numba, 300)):
        theirs = player.prepare(terms)(runs, 7)
        for actor, payoffs in ours.items():
            error = payoffs.std(ddof=1) * np.sqrt(1 / len(payoffs) + 1 / runs)
            off = np.mean(list(theirs[actor])) - payoffs.mean()
            assert abs(off) <= 5 * error, f"{player.__name__}: {actor} is off by {off / error:.1f} standard errors"


def test_a_ledger_adds_up() -> None:
    """What the SimPy model's books say is what it pays."""
    parameters, start, treaty = inf_simpy_ledger.terms(inf.terms_of("post_treaty"))
    for seed in range(20):
        run = inf_simpy_ledger.RunWithLedger(parameters, start, treaty, inf_simpy.random.Random(seed))
        assert run.play() == pytest.approx([sum(run.ledger[actor].values()) for actor in ("nato", "adversary")])


def test_other_regimes_are_refused() -> None:
    """The games written by hand know two regimes and say so."""
    with pytest.raises(ValueError, match="treaty and post_treaty, not own_choice"):
        inf_simpy.prepare(inf.terms_of("own_choice"))


def test_w1_has_the_exact_mean() -> None:
    """Our scenario and the loops for W1 alone give the mean of the Markov chain behind it."""
    found = sim.run(sim.load(w1.SCENARIO), runs=2000, seed=4).payoffs
    games = {"ours": found, "numpy": w1_numpy.prepare({})(2000, 4), "simpy": w1_simpy.prepare({})(300, 4)}
    for name, game in games.items():
        points = (np.array(list(game["left"])) + np.array(list(game["right"]))) / 2 / TURNS
        off = (points.mean() - MEAN) / (points.std(ddof=1) / np.sqrt(len(points)))
        assert abs(off) <= 5, f"{name} is off by {off:.1f} standard errors"


def test_the_exact_mean_of_w1() -> None:
    """The number in the reference follows from the chain: what both did last is all that counts."""
    states = [(left, right) for left in (0, 1) for right in (0, 1)]
    slips = {True: 1 - NOISE, False: NOISE}
    step = np.array([[slips[a == right] * slips[b == left] for a, b in states] for left, right in states])
    gain = np.array([(POINTS[left][right] + POINTS[right][left]) / 2 for left, right in states])
    chances, total = np.array([0.0, 0.0, 0.0, 1.0]), 0.0
    for _ in range(TURNS):
        chances = chances @ step
        total += chances @ gain
    assert total / TURNS == pytest.approx(MEAN, abs=5e-7)


def test_w1_is_the_same_on_both_engines() -> None:
    """Run by run, to the last bit."""
    scenario = sim.load(w1.SCENARIO)
    one, other = (sim.run(scenario, runs=3, seed=4, engine=engine) for engine in ("lockstep", "events"))
    assert one.digest == other.digest
