"""O10: the crisis ladder (``scenarios/classics/crisis-ladder.yaml``)."""

from __future__ import annotations

import sim
from tests.models.published import Row
from tests.models.sampled import sampled

TITLE = "Up and down the crisis ladder"

SAYS = """\
The gambler's ruin (Feller 1968, chapter XIV): a crisis on rung *i* goes up or down by one until it is settled at 0 or
out of hand at *N*. In the scenario `crisis-ladder` two hazards race, and the first moves it, with a chance *p* that
this is up or with rates that depend on the rung. Compared are the share of crises that get out of hand, the steps that
they take, and how long they last. There is one step a turn at most, so after each step but the last a turn of a tenth of a
day has to run out, on the mean half of it; this is taken off. Try `detente compare crisis-ladder`."""

LEFT_OUT: dict[tuple[str, str], str] = {}

STEPS = {"N=6 i=2 p=0.45": "short_ladder", "N=10 i=4 p=0.52": "long_ladder", "N=5 i=1 p=0.5": "even_ladder"}
DAYS = {
    "rates up=[0.2, 0.4, 0.8] down=[0.6, 0.6, 0.6] i=1": "spiralling",
    "rates up=[0.1, 0.2, 0.3, 0.4] down=[0.4, 0.3, 0.2, 0.1] i=2": "gathering",
}
DAYS_A_TURN = 0.1
RUNS = 30_000


def rows() -> list[Row]:
    """Return what the scenario says beside what is published."""
    found: list[Row] = []
    for case, regime in {**STEPS, **DAYS}.items():
        played = sim.run(sim.load("crisis-ladder"), regime=regime, runs=RUNS)
        steps = played.column("count.up") + played.column("count.down")
        found.append(sampled("O10", case, "P(disaster)", played.column("count.up.out_of_hand")))
        if case in STEPS:
            found.append(sampled("O10", case, "E[steps]", steps))
        else:
            turns = played.column("duration") - 0.5 * (steps - 1)
            found.append(sampled("O10", case, "E[time]", turns * DAYS_A_TURN))
    return found
