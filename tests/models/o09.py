"""O9: Richardson's arms race (``scenarios/classics/arms-race.yaml``)."""

from __future__ import annotations

from pathlib import Path

import sim
from tests.models.published import Row

TITLE = "An arms race of fear, fatigue and grievance"

SAYS = """\
Richardson's equations (1960): each side adds arms because the other has them, gives some up because they cost, and
adds some for other reasons. The scenario `arms-race` writes them as the drift of two variables; there is no luck in it.
Compared are the path after twenty turns of a quarter, the point of rest (where 2,000 turns have led), the path after
five years in continuous time (2,000 turns with the second term of its series), how fast what is left dies away or
grows, and the growth between the tenth and the eleventh year of a race that runs away. Try `detente run arms-race`."""

LEFT_OUT: dict[tuple[str, str], str] = {}

LONG = Path(__file__).with_name("long-race.yaml")
CASES = {
    "a,b,m,n,g,h=0.4,0.5,0.9,0.8,1.2,0.5": "balanced",
    "a,b,m,n,g,h=0.9,0.7,1.0,1.1,0.3,0.6": "tense",
}
RUNAWAY = "unstable a,b,m,n=1,.9,.6,.7"
A_YEAR = 180
"""Turns a year of the race that runs away: its 2,000 turns pass the tenth and the eleventh year."""


def rows() -> list[Row]:
    """Return what the scenario says beside what is published."""
    found: list[Row] = []
    for case, regime in CASES.items():
        quarters = _final("arms-race", regime)
        rest = _final(LONG, regime)
        five_years = _final(LONG, regime, step=5 / 2000, smooth=1)
        twenty_years = _final(LONG, regime, step=20 / 2000, smooth=1)
        found += [
            Row("O9", case, "x*", rest["north"]),
            Row("O9", case, "y*", rest["south"]),
            Row("O9", case, "leading eigenvalue", twenty_years["growth"]),
            Row("O9", case, "x(5) from 0", five_years["north"]),
            Row("O9", case, "y(5) from 0", five_years["south"]),
            Row("O9", case, "x after 20 turns, d=.25", quarters["north"]),
            Row("O9", case, "y after 20 turns, d=.25", quarters["south"]),
        ]
    tenth, eleventh = (
        _final(LONG, "runaway", step=1 / A_YEAR, smooth=1, look_after=year * A_YEAR) for year in (10, 11)
    )
    return [
        *found,
        Row("O9", RUNAWAY, "leading eigenvalue", eleventh["growth"]),
        Row("O9", RUNAWAY, "growth factor x(11)/x(10)", eleventh["north_earlier"] / tenth["north_earlier"]),
    ]


def _final(scenario: str | Path, regime: str, **given: float) -> dict[str, float]:
    stats = sim.run(sim.load(scenario), regime=regime, runs=1, set=given).stats
    return {name.removeprefix("final."): stat.mean for name, stat in stats.items() if name.startswith("final.")}
