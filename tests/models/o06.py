"""O6: quantal response equilibria (``scenarios/classics/imperfect-choices.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from scipy.optimize import brentq

import sim
from sim.scenario.schema import Scenario
from tests.models.published import Row

TITLE = "Two sides that choose imperfectly"

SAYS = """\
Logit quantal response equilibria of McKelvey and Palfrey (1995): each side takes the better option more often, and
expects the other one to err likewise. The scenario `imperfect-choices` lets both weigh their options in Ochs' matching
pennies (1995), in a game of constant sum from the tests of Gambit, and in a dilemma of help that has a closed form;
expectations move until each is the other's own probability. Compared is what the last weighing says, `detente trace
imperfect-choices --regime pennies_2`; the rationality that fits Ochs' data best is found by setting it again and again.
Simulated is how often the row and the column side really play their first option in the last game."""

LEFT_OUT: dict[tuple[str, str], str] = {}

TABLES = {
    "Ochs/M-P lambda=1": "pennies_1",
    "Ochs/M-P lambda=2": "pennies_2",
    "Ochs/M-P lambda=3": "pennies_3",
    "Gambit const-sum lambda=1": "constant_sum_1",
    "Gambit const-sum lambda=2": "constant_sum_2",
    "Gambit const-sum lambda=3": "constant_sum_3",
}
HELP = {"additive PD lambda=0.5 c=1": "dear_help", "additive PD lambda=2.0 c=0.4": "cheap_help"}
PLAYED = "Ochs/M-P lambda=2"
"""The case whose draws are counted, too."""

QUANTITIES = {"row": "P(row plays 1)", "column": "P(column plays 1)"}
DATA = {"row": 0.527, "column": 0.366}
"""How often each side played first in Ochs' experiment."""

OBSERVED = 128
RUNS = 20_000


def rows() -> list[Row]:
    """Return what the scenario says beside what is published."""
    scenario = sim.load("imperfect-choices")
    found = []
    for case, regime in TABLES.items():
        equilibrium = _equilibrium(scenario, regime)
        found += [Row("O6", case, quantity, equilibrium[side]) for side, quantity in QUANTITIES.items()]
    for case, regime in HELP.items():
        row, column = _equilibrium(scenario, regime).values()
        assert abs(row - column) < 1e-12
        found.append(Row("O6", case, "P(cooperate)", row))
    found += _fit(scenario)
    played = sim.run(scenario, regime=TABLES[PLAYED], runs=RUNS)
    for side, quantity in QUANTITIES.items():
        stat = played.stats[f"final.{side}_first"]
        found.append(Row("O6", PLAYED, quantity, stat.mean, stat.se, 1.0, RUNS, "as played"))
    return found


def _equilibrium(scenario: Scenario, regime: str, **given: float) -> dict[str, float]:
    """Return how likely either side is to play first in its last weighing, which has to be what the other expects."""
    trace = sim.trace(scenario, regime=regime, set=given)
    chosen = {event.who: event.detail["options"] for event in trace.run.events if event.kind == "decision"}
    likely = {
        side: next(float(option["probability"]) for option in options if option["action"] == "first")
        for side, options in chosen.items()
    }
    for side, probability in likely.items():
        # No fixed point: the expectations are still moving, or the weighing is not the reply that they follow.
        assert abs(trace.result(f"final.{side}_expected") - probability) < 1e-9
    return likely


def _fit(scenario: Scenario) -> list[Row]:
    """Return the rationality that makes Ochs' data likeliest, and how likely it makes them."""

    def likelihood(rationality: float) -> float:
        return _log_likelihood(_equilibrium(scenario, "pennies_1", rationality=rationality))

    def slope(rationality: float, step: float = 3e-4) -> float:
        return (likelihood(rationality + step) - likelihood(rationality - step)) / (2 * step)

    best = float(brentq(slope, 1.0, 3.0, xtol=1e-8))
    return [
        Row("O6", "Ochs/M-P fit", "lambda (max. likelihood)", best),
        Row("O6", "Ochs/M-P fit", "log-likelihood", likelihood(best)),
    ]


def _log_likelihood(likely: Mapping[str, float]) -> float:
    return OBSERVED * sum(
        share * log(likely[side]) + (1 - share) * log(1 - likely[side]) for side, share in DATA.items()
    )
