"""O5, the repeated Prisoner's Dilemma: the patience that peace takes, and the scores of 25 matches. Without luck."""

from __future__ import annotations

import sim
from sim.experiment.breakeven import breakeven
from sim.experiment.plan import planned_for
from sim.model.game import Setting
from tests.models.published import Row

TITLE = "Repeated Prisoner's Dilemma: patience and matches"
SAYS = (
    "How much must the next move count for a side to keep the peace with one that never forgives (Friedman 1971), and "
    "with tit for tat (Axelrod and Hamilton 1981)? `repeated-dilemma` plays it with that discount, and the thresholds "
    "are the break-even of complying always with arming always and, against tit for tat, with arming on every other "
    "move; the larger one counts. `dilemma-matches` plays the strategies against each other for 200 moves; the "
    "scores are those that the Axelrod-Python package is tested by. Neither has any luck. "
    "Try `detente matrix dilemma-matches` and "
    "`detente breakeven repeated-dilemma --actor north --strategy armed --strategy peaceful --parameter patience`."
)
LEFT_OUT: dict[tuple[str, str], str] = {}

PAYOFFS = {"(5, 3, 1, 0)": "grim", "(4, 3, 1, 0)": "modest", "(7, 4, 1, 0)": "great"}
"""Regime by case."""

BREACHES = {"grim": ["armed"], "tit_for_tat": ["armed", "taking_turns"]}
"""The best ways of breaking the peace, by the other's strategy."""

NAMES = {
    "Cooperator": "peaceful",
    "TitForTat": "tit_for_tat",
    "Defector": "armed",
    "Grudger": "grim",
    "GoByMajority": "majority",
}
"""Our names of Axelrod-Python's strategies."""


def rows() -> list[Row]:
    """Return what is compared."""
    scenario = sim.load("repeated-dilemma")
    found = []
    for case, regime in PAYOFFS.items():
        for quantity, other in (("grim delta*", "grim"), ("TFT delta*", "tit_for_tat")):
            least = max(_patience(scenario, regime, other, breach) for breach in BREACHES[other])
            found.append(Row("O5", f"T,R,P,S={case}", quantity, least))
    ours = list(NAMES.values())
    matches = sim.matrix(sim.load("dilemma-matches"), runs=1, play={"north": ours, "south": ours})
    for row, one in enumerate(NAMES):
        for column, other in enumerate(NAMES):
            score = float(matches.payoffs[0, row, column])
            assert score == matches.payoffs[1, column, row]
            found.append(Row("O5", f"200 turns {one} v {other}", "score", score))
    return found


def _patience(scenario: sim.Scenario, regime: str, other: str, breach: str) -> float:
    """Return the patience at which a breach is as good as peace.

    As `sim.breakeven` finds it, less the search for a change of several parameters at once.
    """
    (alone,) = breakeven(
        scenario,
        "north",
        regimes=[regime],
        strategies=[breach, "peaceful"],
        parameters=["patience"],
        setting=Setting(plays={"south": other}),
        plan=planned_for(scenario, 2, 0),
        joint=False,
    ).parameters
    (root,) = alone.crossings
    assert root.at is not None
    assert root.signs == (-1, 1), "peace pays from there on, not up to there"
    return root.at
