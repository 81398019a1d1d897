"""Pictures of how many runs went over time: state and payoffs as bands of runs, for each regime beside the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.experiment.courses import MEDIAN, SHARES, Courses
from sim.report import numbers
from sim.report.charts import rows
from sim.report.charts.grid import Cell, Pool, Row, Time, grid
from sim.report.charts.theme import COLOURS, altair
from sim.report.labels import Labels, quoted_label
from sim.scenario.arithmetic import Floats

PAGE = 6
"""Most variables in one picture."""

_HEIGHT = 58
_SPOTS = 240
"""Pixels of a cell's height, and most moments that are drawn of a long game."""

_WIDE, _NARROW = "#C9DCEF", "#85ADD6"
"""Colours of the middle 90 % and of the middle half."""

_REFERENCE = "#A0480A"

BANDS = "Line: the median of runs. Dark band: the middle half of runs. Light band: the middle 90 %."
SWITCHES = "Where it says so: the share of runs in which it is so."


@dataclass(frozen=True, eq=False)
class Followed:
    """Something that is followed under each regime: (shares, moments) of each, and of a switch its mean instead."""

    label: str
    bands: tuple[Floats, ...]
    means: tuple[Floats, ...] | None = None

    @property
    def ends(self) -> tuple[float, float]:
        """Return the least and the greatest number that is drawn."""
        if self.means is not None:
            return 0.0, 1.0
        return min(float(each.min()) for each in self.bands), max(float(each.max()) for each in self.bands)


def states_of(courses: Mapping[str, Courses], labels: Labels) -> tuple[list[Followed], int]:
    """Return the variables that move or differ, in the scenario's order, and how many of the others there are."""
    several = list(courses.values())
    names = [variable.name for variable in several[0].game.variables]
    names = [name for name in names if all(_has(each, name) for each in several)]
    found, long = [], length_of(courses)
    for name in names:
        at = [each.row(name) for each in several]
        here = list(zip(several, at, strict=True))
        started = {float(each.state[MEDIAN, row, 0]) for each, row in here}
        if len(started) == 1 and not any(each.moves(row) for each, row in here):
            continue
        switch = all(each.binary[row] for each, row in here)
        means = tuple(each.means[row, : long + 1] for each, row in here) if switch else None
        found.append(
            Followed(labels.variable(name), tuple(each.state[:, row, : long + 1] for each, row in here), means)
        )
    return found, len(names) - len(found)


def length_of(courses: Mapping[str, Courses]) -> int:
    """Return the turns to which any run of any regime came: what is drawn."""
    return max(each.length for each in courses.values())


def _has(courses: Courses, name: str) -> bool:
    return any(variable.name == name for variable in courses.game.variables)


def payoffs_of(courses: Mapping[str, Courses], actors: Sequence[str], labels: Labels) -> list[Followed]:
    """Return what actors have come to so far."""
    several = list(courses.values())

    def row(each: Courses, actor: str) -> int:
        return [one.name for one in each.game.actors].index(actor)

    long = length_of(courses)
    return [
        Followed(labels.actor(actor), tuple(each.payoffs[:, row(each, actor), : long + 1] for each in several))
        for actor in actors
    ]


def picture(courses: Mapping[str, Courses], followed: Sequence[Followed], labels: Labels) -> Any:
    """Return things that are followed as rows, regimes as columns; ``courses`` goes by the labels of regimes."""
    time = time_of(labels, length_of(courses))
    lines = []
    for each in followed:
        low, high = each.ends
        share = each.means is not None
        lines.append(
            Row(
                each.label,
                [_cell(each, place, time) for place in range(len(courses))],
                tuple(rows.limits([low, high], zero=False)) if not share else (-0.04, 1.04),  # type: ignore[arg-type]
                (low, high) if high > low else (low,),
                ".0%" if share else ".3~g",
                "share of runs" if share else "",
            )
        )
    return grid(list(courses), lines, time, _HEIGHT)


def time_of(labels: Labels, turns: int) -> Time:
    """Return the axis of the moments between turns: years, or turns played."""
    clock = labels.scenario.clock
    if clock.start is not None:
        return Time(clock.start, turns, "Year", middles=False)
    return Time(0, turns, f"Turns played ({labels.clock()})", middles=False)


def _cell(followed: Followed, place: int, time: Time) -> Cell:
    bands = followed.bands[place]
    kept = _kept(bands.shape[1])
    reference = _middle(followed, 0)[kept] if place else None
    middle = _middle(followed, place)[kept]
    data = [
        {
            "time": time.begin + int(moment),
            "middle": float(middle[at]),
            **{f"p{round(100 * share)}": float(bands[row, moment]) for row, share in enumerate(SHARES)},
            **({} if reference is None else {"reference": float(reference[at])}),
        }
        for at, moment in enumerate(kept)
    ]

    def layers(pool: Pool, x: Any, y: Any) -> list[Any]:
        alt = altair()
        base = pool.chart(data).encode(x=alt.X("time:Q", **x))
        drawn = []
        if followed.means is None:
            for low, high, colour in (("p5", "p95", _WIDE), ("p25", "p75", _NARROW)):
                band = base.mark_area(color=colour, opacity=1, clip=True)
                drawn.append(band.encode(y=alt.Y(f"{low}:Q", **y), y2=alt.Y2(f"{high}:Q")))
        else:
            drawn.append(base.mark_area(color=_WIDE, opacity=1).encode(y=alt.Y("middle:Q", **y), y2=alt.Y2Datum(0)))
        drawn.append(base.mark_line(color=COLOURS[0], strokeWidth=2.5).encode(y=alt.Y("middle:Q", **y)))
        if reference is not None:
            drawn.append(
                base.mark_line(color=_REFERENCE, strokeWidth=2, strokeDash=[5, 4]).encode(y=alt.Y("reference:Q", **y))
            )
        return drawn

    return Cell(layers)


def _middle(followed: Followed, place: int) -> Floats:
    return followed.bands[place][MEDIAN] if followed.means is None else followed.means[place]


def _kept(moments: int) -> list[int]:
    """Return which moments of so many are drawn: all, or some evenly chosen, the last one among them."""
    if moments <= _SPOTS:
        return list(range(moments))
    return sorted({round(float(each)) for each in np.linspace(0, moments - 1, _SPOTS)})


def reference_in_words(courses: Mapping[str, Courses]) -> str:
    """Return what the dashed lines are, in a sentence; nothing for a regime alone."""
    first, *others = courses
    return f"Dashed: the line of {quoted_label(first)}, for comparison." if others else ""


def among_in_words(courses: Mapping[str, Courses]) -> str:
    """Return how many runs are drawn, in a sentence, and what happens to those that end early."""
    several = list(courses.values())
    runs = numbers.count(several[0].runs, "run")
    ended = any(each.played[-1] < 1.0 for each in several)
    told = f"The first {runs}" if several[0].runs > 1 else "One run"
    return f"{told}{'; those that ended early stay as they were then' if ended else ''}."


def alternative(courses: Mapping[str, Courses], followed: Sequence[Followed]) -> str:
    """Return what is drawn in words: for each row and regime where it began, where it ended, how far runs spread."""
    return " ".join(
        f"{each.label}: {'; '.join(_told(each, place, name) for place, name in enumerate(courses))}."
        for each in followed
    )


def _told(followed: Followed, place: int, name: str) -> str:
    under = f"under {quoted_label(name)} " if len(followed.bands) > 1 else ""
    if followed.means is not None:
        return f"{under}{_way(_middle(followed, place), numbers.percent)} of runs"
    low, high = float(followed.bands[place][0, -1]), float(followed.bands[place][-1, -1])
    told = f"{under}{_way(_middle(followed, place), numbers.number)}"
    return told + (f" (90 % of runs between {numbers.number(low)} and {numbers.number(high)})" if low < high else "")


def _way(line: Floats, written: Callable[[float], str]) -> str:
    """Return where a line begins and ends, and how far it goes in between."""
    first, last, least, most = (written(float(each)) for each in (line[0], line[-1], line.min(), line.max()))
    if least == most:
        return f"always {first}"
    told = f"from {first} to {last}"
    told += f", in between up to {most}" if most not in (first, last) else ""
    return told + (f", in between down to {least}" if least not in (first, last) else "")


def titles(labels: Labels, pages: int, page: int) -> str:
    """Return the title of a picture of the state, one of several."""
    return f"{labels.title}: the state over time" + (f" ({page + 1} of {pages})" if pages > 1 else "")


def payoff_title(labels: Labels) -> str:
    """Return the title of the picture of payoffs."""
    return f"{labels.title}: payoffs over time"
