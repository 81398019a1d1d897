"""O7: competing clocks (``scenarios/classics/detection-race.yaml`` and ``notice-period.yaml``)."""

from __future__ import annotations

import numpy as np

import sim
from sim.experiment.ensemble import Ensemble
from tests.models.published import Row
from tests.models.sampled import sampled

TITLE = "Detection against lead time"

SAYS = """\
Which of two clocks rings first (Feller 1968, 1971)? In the scenario `detection-race` a programme is worked at in secret
and a watch finds it at a rate *l* a year: a search that may succeed any day, at a rate *u*; a rush of exactly *L*
years; a programme of *k* phases that each end at a rate *u*; and a rush against visits that come once a turn. Compared
are the shares found in time, the mean years until it is found or finished, and what a loss at detection counts when
later years count less at a rate *r*. In `notice-period` events come at one rate until a notice has run out and at
another from then on; compared are the share of runs with any event and the mean number of events. Try
`detente compare detection-race` and `detente compare notice-period`."""

LEFT_OUT: dict[tuple[str, str], str] = {}

RUNS = 60_000
SEARCHES = {"l=0.4 u=0.1": ("slow_search", 2), "l=1.7 u=2.3": ("fast_search", 2)}
"""The regime of a case, and its turns a year."""

RUSHES = {"l=0.4 L=2.5": ("long_rush", 2, 2.5, "r=0.05"), "l=1.2 L=0.75": ("short_rush", 4, 0.75, "r=0.2")}
"""The same, with the years of the rush and how the case is called where losses are discounted."""

PHASES = {"l=0.4 Erlang k=3 u=1.2": "three_phases", "l=0.25 Erlang k=5 u=2.0": "five_phases"}
VISITS = {"l=0.4 turns=5 dt=0.5": "long_visits", "l=1.2 turns=3 dt=0.25": "short_visits"}
NOTICES = {
    "regime flip l1=0.8 l2=0.1 at 2.0": ("finds", "6.0"),
    "regime flip l1=0.05 l2=0.6 at 1.5": ("incidents", "4.0"),
}


def rows() -> list[Row]:
    """Return what the scenarios say beside what is published."""
    found: list[Row] = []
    for case, (regime, turns) in SEARCHES.items():
        played = _played("detection-race", regime)
        found += [
            sampled("O7", case, "P(l first)", played.column("count.found.in_time")),
            sampled("O7", case, "E[min]", played.column("duration") / turns),
        ]
    for case, (regime, turns, lead, interest) in RUSHES.items():
        played = _played("detection-race", regime)
        # The watch goes on after the rush: it lasted until it was found, and no longer than its lead.
        lasted = np.minimum(played.column("duration") / turns, lead)
        found += [
            sampled("O7", case, "P(detected first)", played.column("count.found.in_time")),
            sampled("O7", case, "E[min(T,L)]", lasted),
            sampled("O7", f"{case} {interest}", "E[exp(-rT); T<L]", -played.column("builder.found")),
        ]
    for case, regime in PHASES.items():
        played = _played("detection-race", regime)
        found.append(sampled("O7", case, "P(detected first)", played.column("count.found.in_time")))
    for case, regime in VISITS.items():
        played = _played("detection-race", regime)
        found.append(sampled("O7", case, "P(detected within n turns)", played.column("count.visited.in_time")))
    for case, (regime, years) in NOTICES.items():
        played = _played("notice-period", regime)
        found += [
            sampled("O7", case, f"P(event by {years})", played.column("final.any")),
            sampled("O7", case, f"mean events by {years}", played.column("final.events")),
        ]
    return found


def _played(scenario: str, regime: str) -> Ensemble:
    return sim.run(sim.load(scenario), regime=regime, runs=RUNS)
