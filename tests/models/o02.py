"""O2: one inspection that errs (``scenarios/classics/false-alarms.yaml``)."""

from __future__ import annotations

import sim
from sim.experiment.matrix import Matrix
from sim.scenario.arithmetic import Floats
from tests.models.published import Row

TITLE = "Inspections that err"

SAYS = """\
The inspector's and the inspectee's one decision each, with detection that may fail and alarms that may be false
(payoffs of Avenhaus, von Stengel and Zamir 2002), and the employer and the worker of Fudenberg and Tirole (1991). In
the scenario `false-alarms` what an inspection finds is the outcome of a draw; `detente matrix false-alarms` plays both
decisions of either side against each other and solves the table. Simulated are the mixed equilibrium of that table and
its payoffs, their standard errors being those of the bootstrap over runs. The exact rows set `drawn` to 0, so that
results count at their mean, or are about games in which nothing is left to chance."""

LEFT_OUT: dict[tuple[str, str], str] = {}

CASES = {
    "a.5 b4 c.05 e.1 f.5 D.9 al.05": "careful",
    "a.3 b2 c.20 e.2 f1 D.7 al.10": "crude",
    "a.5 b9 c.02 e.0 f0 D.5 al.00": "severe",
}
WORKERS = {"F-T g=0.4 h=0.1 w=1.0": "worker", "F-T g=1.5 h=0.6 w=4.0": "dear_worker"}

RUNS = 20_000
INSPECT, VIOLATE = "P(inspect)", "P(violate)"
WORTH = "inspector payoff", "inspectee payoff"


def rows() -> list[Row]:
    """Return what the scenario says beside what is published."""
    scenario = sim.load("false-alarms")
    found = []
    for case, regime in CASES.items():
        exact = sim.matrix(scenario, regime=regime, runs=2, set={"drawn": 0.0})
        found += [
            Row("O2", case, quantity, value, how="expected payoffs") for quantity, value in _answers(exact).items()
        ]
    for case, regime in WORKERS.items():
        answers = _answers(sim.matrix(scenario, regime=regime, runs=2))
        found.append(Row("O2", case, "P(shirk)=h/w", answers[VIOLATE]))
        found.append(Row("O2", case, "P(inspect)=g/w", answers[INSPECT]))
    for case, regime in CASES.items():
        drawn = sim.matrix(scenario, regime=regime, runs=RUNS)
        answers, again = _answers(drawn), _resampled(drawn)
        for quantity, value in answers.items():
            error = float(again[quantity].std(ddof=1))
            # Without false alarms the inspectee's payoff has no luck in it.
            if error > 1e-9:
                found.append(Row("O2", case, quantity, value, error, _span(drawn, quantity), RUNS, "drawn"))
    return found


def _answers(matrix: Matrix) -> dict[str, float]:
    """Return the only equilibrium of a matrix and what it brings."""
    assert matrix.found.complete
    (only,) = matrix.found.equilibria
    (inspect, _), (_, violate) = only.probabilities
    return {INSPECT: float(inspect), VIOLATE: float(violate), **dict(zip(WORTH, only.payoffs, strict=True))}


def _resampled(matrix: Matrix) -> dict[str, Floats]:
    """Return the same in every resample of the runs."""
    ((_, (rows, columns), holds),) = matrix.found.in_resamples
    assert holds.all()
    games = matrix.resamples
    assert games is not None
    worth = (rows[:, None, :, None] * games * columns[:, None, None, :]).sum(axis=(2, 3))
    return {INSPECT: rows[:, 0], VIOLATE: columns[:, 1], WORTH[0]: worth[:, 0], WORTH[1]: worth[:, 1]}


def _span(matrix: Matrix, quantity: str) -> float:
    """Return the range of what is averaged: of an actor's payoffs in one decision, or of a probability."""
    if quantity not in WORTH:
        return 1.0
    scenario, actor = matrix.game.scenario, matrix.actors[WORTH.index(quantity)]
    values = {name: parameter.value for name, parameter in scenario.parameters.items()}
    values |= scenario.regimes[matrix.regime].parameters
    paid = [values[f"{what}_{actor}"] for what in ("kept", "alarm", "caught", "missed")]
    return max(paid) - min(paid) + (values["cost"] if actor == "inspector" else 0.0)
