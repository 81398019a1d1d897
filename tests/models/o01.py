"""O1: Dresher's inspection game (``scenarios/classics/few-inspections.yaml``)."""

from __future__ import annotations

import math

import numpy as np

import sim
from sim.experiment.ensemble import Ensemble
from tests.models.published import Row

TITLE = "A treaty with few inspections"

SAYS = """\
Dresher's inspection game (1962; Maschler 1966, von Stengel 2016): *n* periods, *m* visits, at most one violation, and
the other side sees every visit. The scenario `few-inspections` writes the mixing of both sides as rules over the
periods and visits that are left. Simulated are what the game is worth to the inspector when both mix like that - for
eight and for twenty periods also when the other side waits until no visit is left, and when the inspector never
visits, which change nothing if the side that mixes does so rightly -, how often it visits in the first period (read
from how often a violation in it is caught), and how often the other side violates in it. The exact rows know nothing
of these formulas: they are the equilibria of the game in which each side picks one of all its plans,
`detente matrix few-inspections --regime two_in_four`."""

LEFT_OUT: dict[tuple[str, str], str] = {}

CASES = {
    "n=2 m=1": "one_in_two",
    "n=3 m=1": "one_in_three",
    "n=3 m=2": "two_in_three",
    "n=4 m=2": "two_in_four",
    "n=5 m=2": "two_in_five",
    "n=8 m=3": "three_in_eight",
    "n=13 m=5": "five_in_thirteen",
    "n=20 m=4": "four_in_twenty",
}
OPENING = ("n=4 m=2", "n=8 m=3")
"""Cases of which the first period is published, too."""

AGAINST = ("n=8 m=3", "n=20 m=4")
"""Cases in which the mixing of either side is tried alone: where both mix, a wrong mix of one would not be noticed."""

ALONE = {"the inspector mixes": {"inspectee": "patient"}, "the other side mixes": {"inspector": "skip"}}
"""What the other one does there: violate when no visit is left; never visit."""

RUNS = 40_000
PLANS = "plan against plan"
VALUE, VISIT, VIOLATION = "value I", "p inspect, period 1", "q violate, period 1"


def rows() -> list[Row]:
    """Return what the scenario says beside what is published."""
    return [*_exact(), *_simulated()]


def _exact() -> list[Row]:
    """Return what follows from playing every plan against every other, without luck: games of up to 4 periods."""
    scenario = sim.load("few-inspections")
    plans = {
        "inspector": [name for name in scenario.actors["inspector"].strategies if name != "even"],
        "inspectee": [name for name in scenario.actors["inspectee"].strategies if name != "even"],
    }
    found = []
    for case in list(CASES)[:4]:
        matrix = sim.matrix(scenario, regime=CASES[case], play=plans, runs=2)
        assert matrix.se is not None
        assert not matrix.se.any()
        assert matrix.found.complete
        first, second = matrix.found.equilibria[0].payoffs
        # A game of zero sum has one value, whichever of its equilibria is played.
        for each in matrix.found.equilibria:
            assert np.allclose(each.payoffs, (first, -first), atol=1e-9)
        assert math.isclose(first, -second, abs_tol=1e-12)
        found.append(Row("O1", case, VALUE, first, how=PLANS))
        if case in OPENING:
            visits = [name.startswith("visits_1") for name in plans["inspector"]]
            violates = [name == "first" for name in plans["inspectee"]]
            openings = [
                (probabilities[0][visits].sum(), probabilities[1][violates].sum())
                for probabilities in (each.probabilities for each in matrix.found.equilibria)
            ]
            assert np.allclose(openings, openings[0], atol=1e-9)
            found.append(Row("O1", case, VISIT, float(openings[0][0]), how=PLANS))
            found.append(Row("O1", case, VIOLATION, float(openings[0][1]), how=PLANS))
    return found


def _simulated() -> list[Row]:
    """Return the means of runs in which both sides, or one, mix as the formulas say."""
    scenario = sim.load("few-inspections")
    found = []
    for case, regime in CASES.items():
        both = sim.run(scenario, regime=regime, runs=RUNS)
        found.append(_row(case, VALUE, both, "inspector", span=2.0, how="both mix"))
        if case in AGAINST:
            for how, play in ALONE.items():
                alone = sim.run(scenario, regime=regime, runs=RUNS, play=play)
                found.append(_row(case, VALUE, alone, "inspector", span=2.0, how=how))
        if case in OPENING:
            at_once = sim.run(scenario, regime=regime, runs=RUNS, play={"inspectee": "violate"})
            found.append(_row(case, VISIT, at_once, "count.violation.caught", span=1.0, how="both mix"))
            # A violation ends the run in its own period, and nothing else ends one before the last.
            early = both.column("duration") < 1.0
            error = float(early.std(ddof=1)) / math.sqrt(RUNS)
            found.append(Row("O1", case, VIOLATION, float(early.mean()), error, 1.0, RUNS, "both mix"))
    return found


def _row(case: str, quantity: str, ensemble: Ensemble, name: str, span: float, how: str) -> Row:
    stat = ensemble.stats[name]
    return Row("O1", case, quantity, stat.mean, stat.se, span, RUNS, how)
