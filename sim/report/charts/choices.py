"""Pictures of what happened turn by turn in many runs: how often actors chose each action, how often hazards struck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.experiment.courses import TELLING, Courses
from sim.report import numbers
from sim.report.charts.grid import Cell, Pool, Row, Time, grid
from sim.report.charts.theme import COLOURS, altair
from sim.report.labels import Labels, quoted_label
from sim.scenario.arithmetic import Floats

MOST = 9
"""Most rows of a picture; the rarest are left out, and counted."""

PASSES = "Passes: nothing can be done"

_HEIGHT, _COLUMNS = 40, 120
"""Pixels of a cell's height, and most columns that turns are drawn in."""

_BAR, _REFERENCE = "#85ADD6", "#A0480A"


@dataclass(frozen=True, eq=False)
class Often:
    """Something that happens in a share of runs, turn by turn, under each regime; nan where no run was played."""

    label: str
    shares: tuple[Floats, ...]

    @property
    def most(self) -> float:
        """Return the largest share, 0 where nothing ever happened."""
        return max((float(np.nanmax(each)) for each in self.shares if not np.isnan(each).all()), default=0.0)

    @property
    def whole(self) -> float:
        """Return the sum of all shares, by which rows are ranked."""
        return float(sum(np.nansum(each) for each in self.shares))


def chosen_of(courses: Mapping[str, Courses], actor: str, labels: Labels) -> tuple[list[Often], list[str]]:
    """Return the actions that were chosen, in the scenario's order, and the labels of those that never were."""
    several = list(courses.values())
    places = [[each.name for each in one.game.actors].index(actor) for one in several]
    actions = [action.name for action in several[0].game.actor(actor).actions]
    everywhere = [
        name for name in actions if all(name in {a.name for a in one.game.actor(actor).actions} for one in several)
    ]
    found, never = [], []
    for name in everywhere:
        shares = tuple(
            _told_of(one, one.chosen[place][[each.name for each in one.game.actor(actor).actions].index(name)])
            for one, place in zip(several, places, strict=True)
        )
        often = Often(labels.action(actor, name), shares)
        if often.most:
            found.append(often)
        else:
            never.append(often.label)
    passing = Often(
        PASSES, tuple(_told_of(one, one.chosen[place][-1]) for one, place in zip(several, places, strict=True))
    )
    return [*found, *([passing] if passing.most else [])], never


def _told_of(courses: Courses, shares: Floats) -> Floats:
    """Return shares without those of turns to which few runs came."""
    told = shares.copy()
    told[courses.telling :] = np.nan
    return told


def telling_of(courses: Mapping[str, Courses]) -> int:
    """Return the turns to which enough runs of any regime came: what is drawn."""
    return max(each.telling for each in courses.values())


def left_out(courses: Mapping[str, Courses]) -> str:
    """Return in a sentence that turns are left out; nothing where none are."""
    if all(each.telling == each.length for each in courses.values()):
        return ""
    return f"Left out: turns to which fewer than {numbers.percent(TELLING)} of runs came."


def struck_of(courses: Mapping[str, Courses], labels: Labels) -> list[Often]:
    """Return the hazards that struck, in the scenario's order."""
    several = list(courses.values())
    found = []
    for hazard in several[0].game.hazards:
        if all(hazard.name in {each.name for each in one.game.hazards} for one in several):
            at = [[each.name for each in one.game.hazards].index(hazard.name) for one in several]
            found.append(
                Often(
                    labels.hazard(hazard.name),
                    tuple(_told_of(one, one.strikes[row]) for one, row in zip(several, at, strict=True)),
                )
            )
    return [each for each in found if each.most]


def largest(found: Sequence[Often], most: int = MOST) -> list[Often]:
    """Return the rows that are drawn: of too many those with the largest shares, in their order."""
    kept = sorted(found, key=lambda each: -each.whole)[:most]
    return [each for each in found if each in kept]


def picture(courses: Mapping[str, Courses], often: Sequence[Often], labels: Labels, *, same: bool) -> Any:
    """Return shares of runs as rows, regimes as columns; ``same`` gives every row the same scale."""
    time = turns_of(labels, telling_of(courses))
    highest = _round(max((each.most for each in often), default=1.0))
    lines = []
    for each in often:
        top = highest if same else _round(each.most)
        lines.append(
            Row(
                each.label,
                [_cell(each, place, time, len(courses)) for place in range(len(courses))],
                (0.0, top * 1.06),
                (0.0, top),
                ".0%" if top >= 0.05 else ".1%" if top >= 0.005 else ".3~%",
            )
        )
    return grid(list(courses), lines, time, _HEIGHT)


def turns_of(labels: Labels, turns: int) -> Time:
    """Return the axis of turns: their years, or their numbers from 1."""
    clock = labels.scenario.clock
    return Time(1 if clock.start is None else clock.start, turns, _title(labels), middles=True)


def _title(labels: Labels) -> str:
    clock = labels.scenario.clock
    if clock.start is not None:
        return "Year"
    return f"Turn ({labels.clock()})"


def _round(share: float) -> float:
    """Return a round share that is at least as large."""
    power = 10.0 ** np.floor(np.log10(share))
    return float(min(next(times * power for times in (1, 2, 4, 6, 8, 10) if times * power >= share * 0.999), 1.0))


def grouped(shares: Floats, turns: int) -> list[tuple[int, int, float]]:
    """Return which of so many turns, first and last, share a column, and their mean; where nothing is told, none."""
    size = -(-turns // _COLUMNS)
    found = []
    for first in range(0, turns, size):
        part = shares[first : min(first + size, turns)]
        known = part[~np.isnan(part)]
        if len(known):
            found.append((first, first + len(known) - 1, float(known.mean())))
    return found


def _cell(often: Often, place: int, time: Time, columns: int) -> Cell:
    ends = [
        {"from": time.begin + first - 0.5, "to": time.begin + last + 0.5, "share": share}
        for first, last, share in grouped(often.shares[place], time.turns)
        if share
    ]
    steps = [
        {"time": at, "share": share, "order": order}
        for order, (at, share) in enumerate(
            spot
            for first, last, share in (grouped(often.shares[0], time.turns) if place else [])
            for spot in ((time.begin + first - 0.5, share), (time.begin + last + 0.5, share))
        )
    ]

    def layers(pool: Pool, x: Any, y: Any) -> list[Any]:
        alt = altair()
        bars = pool.chart(ends).mark_rect(
            fill=_BAR, stroke=COLOURS[0] if len(ends) <= 60 / columns else None, strokeWidth=0.8
        )
        drawn = [
            bars.encode(
                x=alt.X("from:Q", **x), x2=alt.X2("to:Q"), y=alt.Y("share:Q", **y), y2=alt.Y2Datum(0)
            )
        ]  # fmt: skip
        if steps:
            drawn.append(
                pool.chart(steps)
                .mark_line(color=_REFERENCE, strokeWidth=2, strokeDash=[5, 4])
                .encode(x=alt.X("time:Q", **x), y=alt.Y("share:Q", **y), order=alt.Order("order:Q"))
            )
        return drawn

    return Cell(layers)


def alternative(courses: Mapping[str, Courses], often: Sequence[Often], labels: Labels) -> str:
    """Return what is drawn in words: in which share of turns each thing happened, and when most."""
    told = []
    for each in often:
        parts = [_told(shares, name, len(courses), labels) for shares, name in zip(each.shares, courses, strict=True)]
        told.append(f"{each.label}: {'; '.join(parts)}.")
    return " ".join(told)


def _told(shares: Floats, name: str, several: int, labels: Labels) -> str:
    under = f"under {quoted_label(name)} " if several > 1 else ""
    if np.isnan(shares).all() or not np.nansum(shares):
        return f"{under}never"
    peak = int(np.nanargmax(shares))
    mean, most = float(np.nanmean(shares)), float(shares[peak])
    if most - float(np.nanmin(shares)) < 0.005:
        return f"{under}in {numbers.percent(mean)} of runs in every turn"
    return (
        f"{under}in {numbers.percent(mean)} of runs in a turn on average, "
        f"most in {inside_turn(labels, peak)} ({numbers.percent(most)})"
    )


def inside_turn(labels: Labels, turn: int) -> str:
    """Return what a turn (from 0) is called within a sentence."""
    start = labels.scenario.clock.start
    return f"turn {turn + 1}" if start is None else str(start + turn)
