"""A difference between two ensembles in words: who gains, by how much, how sure, and what brings it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import one_line
from sim.experiment.compare import Difference
from sim.experiment.ensemble import Ensemble
from sim.experiment.summary import Stat
from sim.report import numbers
from sim.report.labels import Labels, inside, joined, quoted_label, sentence_case

ROWS = 8
"""Entries that stand alone; where there are more, the small ones are added up."""

_NOTICED = 0.0005
"""Below this share of its scale a difference is not worth a row."""


@dataclass(frozen=True)
class Part:
    """A part of an actor's difference: an entry, or several added up, on both sides and subtracted."""

    label: str
    left: float
    right: float
    change: Stat


def label_of(name: str, ensemble: Ensemble) -> str:
    """Return what a side of a comparison is called: its regime's label, or the scenario it is another one of."""
    return Labels(ensemble.game.scenario).regime(name) if name == ensemble.game.regime else one_line(name)


def parts_of(difference: Difference, actor: str, most: int = ROWS) -> list[Part]:
    """Return an actor's difference split by ledger entry, largest first, small ones folded; they add up to it."""
    labels = Labels(difference.left.game.scenario)
    common = [entry for entry, _ in difference.reasons(actor)]
    named = [entry for entry, stat in difference.reasons(actor) if stat.mean or stat.se]
    alone = named if len(named) <= most else named[: most - 1]
    parts = [_part(difference, actor, labels.entry(actor, entry), [entry], [entry]) for entry in alone]
    folded = [entry for entry in common if entry not in alone]
    if len(named) > most:
        parts.append(_part(difference, actor, f"Others ({len(named) - len(alone)} entries)", folded, folded))
    ours = [entry for entry in difference.left.entries(actor) if entry not in common]
    theirs = [entry for entry in difference.right.entries(actor) if entry not in common]
    if ours or theirs:
        only = _part(difference, actor, "Entries that only one of the two has", ours, theirs)
        parts += [only] if only.change.mean or only.change.se else []
    return parts


def unmoved(difference: Difference, actor: str) -> list[str]:
    """Return the labels of the entries in which no run differs."""
    labels = Labels(difference.left.game.scenario)
    return [labels.entry(actor, entry) for entry, stat in difference.reasons(actor) if not (stat.mean or stat.se)]


def _part(difference: Difference, actor: str, label: str, ours: Sequence[str], theirs: Sequence[str]) -> Part:
    names = [[f"{actor}.{entry}" for entry in entries] for entries in (ours, theirs)]
    if len(ours) == 1 and list(ours) == list(theirs):
        name = names[0][0]
        return Part(label, difference.left.stats[name].mean, difference.right.stats[name].mean, difference.stats[name])
    left, right, change = difference.added_up(*names)
    return Part(label, left.mean, right.mean, change)


def sentence(difference: Difference, actor: str, *, simple: bool = False) -> str:
    """Return in a plain sentence or two which side is better for an actor, by how much, how sure, and why.

    ``simple`` says it in words that need no statistics beyond the interval.
    """
    labels = Labels(difference.left.game.scenario)
    ours = quoted_label(label_of(difference.of, difference.left))
    theirs = quoted_label(label_of(difference.minus, difference.right))
    who, stat = inside(labels.actor(actor)), difference.stats[actor]
    decimals = numbers.common_decimals([stat])
    size = numbers.number(abs(stat.mean), decimals)
    more = "more" if stat.mean > 0 else "less"
    if not stat.mean and not stat.se:
        parts = [part for part in parts_of(difference, actor) if part.change.mean]
        if parts:
            return sentence_case(f"For {who} {ours} and {theirs} come to the same: the parts cancel out.")
        return sentence_case(f"For {who} nothing differs between {ours} and {theirs}.")
    if stat.se is None:
        words = f"in this one run {who} gets {size} {more} under {ours} than under {theirs}, "
        words += "which may be luck: one run alone has no interval"
    elif not stat.se:
        words = (
            f"{who} {'gains' if stat.mean > 0 else 'loses'} from {ours}: {size} {more} than under {theirs} in every run"
        )
    elif stat.side and simple:
        words = f"{who} gets {size} {more} under {ours} than under {theirs} ({_between(stat, decimals)})"
    elif simple:
        words = f"it is undecided which is better for {who}: {ours} brings {size} {more} than {theirs} on average, "
        words += f"but that may be luck: the 95 % interval, {numbers.interval(stat, decimals)}, has zero in it"
    elif stat.side:
        words = f"{who} {'gains' if stat.side > 0 else 'loses'} from {ours}: {size} {more} than under {theirs} "
        words += f"({_sureness(stat, decimals)})"
    else:
        words = f"it is undecided which is better for {who}: {ours} brings {size} {more} than {theirs} on average, "
        words += f"but the 95 % interval of the difference, {numbers.interval(stat, decimals)}, crosses zero "
        words += f"({numbers.standard_errors(stat)})"
    reason = _reason(parts_of(difference, actor), stat, "pulls the other way" if simple else "works most against it")
    return sentence_case(f"{words}. {reason}" if reason else f"{words}.")


def _sureness(stat: Stat, decimals: int) -> str:
    """Say how sure a difference is, its size written without its sign."""
    return f"{_between(stat, decimals)}; {numbers.standard_errors(stat)}"


def _between(stat: Stat, decimals: int) -> str:
    bounds = [abs(bound) for bound in (stat.low, stat.high) if bound is not None]
    return f"95 % interval {numbers.number(min(bounds), decimals)} to {numbers.number(max(bounds), decimals)}"


def _reason(parts: Sequence[Part], whole: Stat, against_it: str) -> str:
    """Say which two entries bring most of a difference, and what works most against it."""
    along = [part for part in parts if part.change.mean * whole.mean > 0.0]
    against = [part for part in parts if part.change.mean * whole.mean < 0.0]
    if not along:
        return ""
    decimals = numbers.common_decimals([whole])
    first = along[:2]
    # A second part too small to see says nothing.
    if len(first) == 2 and abs(first[1].change.mean) < 0.05 * abs(first[0].change.mean):
        first = first[:1]
    pushed = sum(abs(part.change.mean) for part in along)
    verb = "All of it comes from" if len(along) == 1 and not against else "Most of it comes from"
    if sum(abs(part.change.mean) for part in first) < 0.5 * pushed:
        verb = "The largest parts are"
    words = f"{verb} {joined([_told(part, decimals) for part in first])}"
    if against and abs(against[0].change.mean) >= 0.1 * abs(whole.mean):
        words += f"; {_told(against[0], decimals)} {against_it}"
    return f"{words}."


def _told(part: Part, decimals: int) -> str:
    return f"{quoted_label(part.label)} ({numbers.mean(part.change, decimals, sign=True)})"


@dataclass(frozen=True)
class Shift:
    """Something other than payoffs that differs: on both sides, and subtracted; ``size`` on its own scale.

    What is derived from the state comes after it, however much it differs.
    """

    label: str
    left: float
    right: float
    change: Stat
    size: float
    derived: bool = False

    @property
    def noticed(self) -> bool:
        """Say whether the difference is worth a row: large enough, and not a matter of chance."""
        sure = not self.change.se or self.change.side != 0
        return self.size >= _NOTICED and sure


def shifts(difference: Difference) -> Mapping[str, list[Shift]]:
    """Return how final state, hazards, actions and endings differ, each group with the largest first."""
    labels, game = Labels(difference.left.game.scenario), difference.left.game
    widths = {variable.name: variable.high - variable.low for variable in game.variables}
    groups: dict[str, list[Shift]] = {
        "at the end": [],
        "struck, times a run": [],
        "chosen, times a run": [],
        "runs": [],
    }
    for column, stat in difference.stats.items():
        group, _, rest = column.partition(".")
        left, right = difference.left.stats[column].mean, difference.right.stats[column].mean
        if not stat.mean and not stat.se:
            continue
        if group == "final":
            scale = widths.get(rest, np.inf)
            scale = scale if np.isfinite(scale) else max(abs(left), abs(right))
            size = abs(stat.mean) / scale if scale else 0.0
            derived = rest not in widths
            groups["at the end"].append(Shift(labels.variable(rest), left, right, stat, size, derived))
        elif group == "count":
            hazard, _, outcome = rest.partition(".")
            label = labels.hazard(hazard)
            label += f": {labels.outcome(hazard, outcome)}" if outcome else ""
            groups["struck, times a run"].append(Shift(label, left, right, stat, abs(stat.mean)))
        elif group == "actions":
            actor, _, action = rest.partition(".")
            label = f"{labels.actor(actor)}: {labels.action(actor, action)}"
            groups["chosen, times a run"].append(Shift(label, left, right, stat, abs(stat.mean)))
        elif column in ("ended", "duration"):
            label = "Share of runs that ended early" if column == "ended" else "Turns played"
            groups["runs"].append(Shift(label, left, right, stat, 1.0))
    return {name: sorted(group, key=_rank) for name, group in groups.items() if group}


def _rank(shift: Shift) -> tuple[bool, bool, float]:
    return not shift.noticed, shift.derived, -shift.size
