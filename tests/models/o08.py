"""O8: orders with a lead time (``scenarios/classics/order-pipeline.yaml``)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import sim
from tests.models.published import Row
from tests.models.sampled import sampled

TITLE = "Orders in the pipeline"

SAYS = """\
Orders come at random, at a rate *l* a year, and each is delivered after a lead time with mean *L*. The number in
progress after *t* years has a Poisson distribution (Palm 1938; Feeney and Sherbrooke 1966). The scenario
`order-pipeline` writes orders as actions of a ministry with a lead time, fixed or exponential. Compared are the mean
in progress and shares of runs with none, three, or five and more, and how two counts half a year apart go together.
Leads that vary are played in turns of a 600th of a year: two of their orders in one turn, which the scenario does not
have, would be rare; what this leaves out is below a quarter of a standard error. Try `detente compare
order-pipeline`."""

LEFT_OUT: dict[tuple[str, str], str] = {}

LONG = Path(__file__).with_name("long-pipeline.yaml")
FIXED = {
    "l=2.0 L=0.75 t=5.0": "few_orders",
    "l=6.0 L=0.5 t=0.25": "just_begun",
    "l=6.0 L=0.5 t=3.0": "many_orders",
}
VARYING = {"l=2.0 exp lead 0.75 t=1.0": "few_varying", "l=6.0 exp lead 0.5 t=1.0": "many_varying"}
FIXED_RUNS, VARYING_RUNS = 100_000, 12_000


def rows() -> list[Row]:
    """Return what the scenario says beside what is published."""
    found: list[Row] = []
    for case, regime in FIXED.items():
        played = sim.run(sim.load("order-pipeline"), regime=regime, runs=FIXED_RUNS)
        number = played.column("final.in_progress")
        found += [
            sampled("O8", case, "mean in progress", number),
            sampled("O8", case, "P(in progress = 0)", number == 0),
            sampled("O8", case, "P(in progress = 3)", number == 3),
            sampled("O8", case, "P(in progress >= 5)", number >= 5),
        ]
        if regime == "few_orders":
            together = _deviations(number) * _deviations(played.column("final.earlier"))
            found.append(sampled("O8", "l=2 L=.75", "Cov(N(t),N(t+.5))", together))
    for case, regime in VARYING.items():
        number = sim.run(sim.load(LONG), regime=regime, runs=VARYING_RUNS).column("final.in_progress")
        found += [
            sampled("O8", case, "mean in progress", number),
            sampled("O8", case, "P(in progress = 0)", number == 0),
        ]
    return found


def _deviations(values: np.ndarray) -> np.ndarray:
    return values - values.mean()
