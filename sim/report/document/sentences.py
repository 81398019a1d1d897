"""The answer in three sentences: what follows, what brings it, and what would turn it around."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sim.experiment.compare import Difference
from sim.experiment.ends import Ends
from sim.experiment.ensemble import Ensemble
from sim.experiment.summary import Stat
from sim.report import numbers
from sim.report.contrast import label_of, parts_of
from sim.report.document.subject import Measured
from sim.report.labels import Labels, inside, joined, quoted_label, sentence_case

ACTORS = 4
"""Actors that one sentence tells of; the tables have all."""

_NAMED = 3
"""Assumptions that a sentence names."""


def gains(difference: Difference) -> str:
    """Return what one side of a comparison brings every actor more than the other, in one sentence."""
    labels = Labels(difference.left.game.scenario)
    ours = quoted_label(label_of(difference.of, difference.left))
    theirs = quoted_label(label_of(difference.minus, difference.right))
    told = [_gain(inside(labels.actor(actor)), difference.stats[actor]) for actor in difference.actors[:ACTORS]]
    once = " in this one run" if difference.left.plan.runs < 2 else ""
    return f"With {ours} instead of {theirs}{once}, {_listed(told, len(difference.actors))}."


def _gain(who: str, stat: Stat) -> str:
    decimals = numbers.common_decimals([stat])
    size = numbers.number(abs(stat.mean), decimals)
    verb = "gains" if stat.mean > 0 else "loses"
    if not stat.mean and not stat.se:
        return f"{who} gains and loses nothing"
    if stat.se is None:
        return f"{who} {verb} {size}"
    if not stat.se:
        return f"{who} {verb} {size} in every run"
    if stat.side:
        low, high = sorted(abs(bound) for bound in (stat.low, stat.high) if bound is not None)
        reach = f"{numbers.number(low, decimals)} to {numbers.number(high, decimals)}"
        return f"{who} {verb} {size} a run on average (95 % interval {reach})"
    return (
        f"it is undecided whether {who} gains or loses ({numbers.mean(stat, decimals, sign=True)} a run on average, "
        f"95 % interval {numbers.interval(stat, decimals)})"
    )


def bests(differences: Sequence[Difference]) -> str:
    """Return which of several sides is best for every actor, in one sentence."""
    base, told = differences[0].right, []
    labels = Labels(base.game.scenario)
    actors = [actor for actor in differences[0].actors if all(actor in each.actors for each in differences)]
    for actor in actors[:ACTORS]:
        sides = {quoted_label(label_of(differences[0].minus, base)): base}
        sides |= {quoted_label(label_of(each.of, each.left)): each.left for each in differences}
        best = max(sides, key=lambda name: sides[name].stats[actor].mean)
        stat = sides[best].stats[actor]
        told.append(f"{inside(labels.actor(actor))} gets most under {best}, {worth(stat)}")
    return sentence_case(f"of {len(differences) + 1} sides on the same luck, {_listed(told, len(actors))}.")


def worth(stat: Stat) -> str:
    """Return a payoff with its interval."""
    decimals = numbers.common_decimals([stat])
    reach = numbers.interval(stat, decimals)
    if not reach:
        return numbers.mean(stat, decimals)
    between = reach if reach == numbers.ALWAYS else f"95 % interval {reach}"
    return f"{numbers.mean(stat, decimals)} ({between})"


def reasons(difference: Difference) -> str:
    """Return which ledger entries bring a difference, and which work against it, in one sentence."""
    labels, told = Labels(difference.left.game.scenario), []
    for actor in difference.actors[:ACTORS]:
        whole = difference.stats[actor]
        decimals = numbers.common_decimals([whole])
        parts = [(part.label, part.change) for part in parts_of(difference, actor) if part.change.mean]
        along = [part for part in parts if part[1].mean * whole.mean > 0.0][:2]
        against = [part for part in parts if part[1].mean * whole.mean < 0.0][:1]
        if not along:
            continue
        words = (
            f"for {inside(labels.actor(actor))} most comes from {joined([_part(*part, decimals) for part in along])}"
        )
        if against and abs(against[0][1].mean) >= 0.1 * abs(whole.mean):
            words += f", while {_part(*against[0], decimals)} works against it"
        told.append(words)
    if not told:
        return "No entry of any ledger differs between the two, so there is nothing that brings a difference."
    return sentence_case(f"{_listed(told, len(difference.actors))}.")


def _part(label: str, stat: Stat, decimals: int) -> str:
    return f"{quoted_label(label)} ({numbers.mean(stat, decimals, sign=True)})"


def brings(ensemble: Ensemble) -> str:
    """Return what a regime brings every actor, in one sentence."""
    labels = Labels(ensemble.game.scenario)
    actors = [actor.name for actor in ensemble.game.actors]
    told = [f"{inside(labels.actor(actor))} ends with {worth(ensemble.stats[actor])}" for actor in actors[:ACTORS]]
    alone = ensemble.plan.runs < 2
    how = "in this one run" if alone else f"on average over {numbers.count(ensemble.plan.runs, 'run')}"
    return f"Under {quoted_label(labels.regime(ensemble.game.regime))}, {how}, {_listed(told, len(actors))}."


def sources(ensemble: Ensemble) -> str:
    """Return what brings and what costs every actor most under a regime, in one sentence."""
    labels, told = Labels(ensemble.game.scenario), []
    for actor in list(ensemble.game.actors)[:ACTORS]:
        decimals = numbers.common_decimals([ensemble.stats[actor.name]])
        parts = [(entry, ensemble.stats[f"{actor.name}.{entry}"]) for entry in ensemble.entries(actor.name)]
        most, least = (choose(parts, key=lambda part: part[1].mean) for choose in (max, min))
        words = [
            f"{what} {_part(labels.entry(actor.name, entry), stat, decimals)}"
            for what, (entry, stat), there in (
                ("gains most from", most, most[1].mean > 0),
                ("loses most to", least, least[1].mean < 0),
            )
            if there
        ]
        if words:
            told.append(f"{inside(labels.actor(actor.name))} {joined(words)}")
    if not told:
        return "Nothing brings or costs anybody anything."
    return sentence_case(f"{_listed(told, len(ensemble.game.actors))}.")


def deciding(ends: Ends | None, measured: Mapping[str, Measured], called: Callable[[str], str], why_not: str) -> str:
    """Return which assumptions turn the answer around, or move it most, in one sentence."""
    if ends is None or not ends.parameters:
        return why_not
    many = numbers.count(len(ends.parameters), "uncertain assumption")
    each = "each moved alone over its range" if len(ends.parameters) > 1 else "moved over its range"
    if any(each.signed for each in measured.values()):
        turning = {
            swing.parameter: (name, swing)
            for name, result in reversed(list(ends.results.items()))
            for swing in reversed(result.swings)
            if measured[name].signed and swing.verdict(result.today) == "turns"
        }
        if not turning:
            return f"Of {many}, {each}, none turns this answer around{_settling(ends, measured, called)}."
        names = [quoted_label(called(parameter)) for parameter in list(reversed(turning))[:_NAMED]]
        rest = len(turning) - len(names)
        listed = joined([*names, *([numbers.count(rest, "other")] if rest else [])])
        name, swing = next(reversed(turning.values()))
        ends_of_it = zip(swing.range, (swing.low, swing.high), strict=True)
        end, stat = max(ends_of_it, key=lambda at: _against(at[1], ends, name))
        which = "the first" if len(turning) > 1 else "it"
        how = f"with {which} at {end:g}, {measured[name].label} is {worth(stat)}"
        count = "one" if len(turning) == 1 else str(len(turning))
        return f"Of {many}, {each}, {count} can turn this answer around, {listed}: {how}."
    told = []
    for name, result in list(ends.results.items())[:ACTORS]:
        if result.swings and result.swings[0].size:
            swing = result.swings[0]
            decimals = numbers.common_decimals([swing.low, swing.high])
            span = f"{numbers.mean(swing.low, decimals)} to {numbers.mean(swing.high, decimals)}"
            label = quoted_label(called(swing.parameter))
            told.append(f"{measured[name].label} depends most on {label} ({span})")
    if not told:
        return f"Of {many}, {each}, none moves this answer."
    return f"Of {many}, {each}: {_listed(told, len(ends.results))}."


def _settling(ends: Ends, measured: Mapping[str, Measured], called: Callable[[str], str]) -> str:
    """Return which assumptions settle what luck leaves open, as the rest of a sentence; nothing where none does."""
    found = {
        swing.parameter: None
        for name, result in ends.results.items()
        for swing in result.swings
        if measured[name].signed and swing.verdict(result.today) == "settles"
    }
    names = [quoted_label(called(parameter)) for parameter in list(found)[:_NAMED]]
    rest = len(found) - len(names)
    listed = joined([*names, *([numbers.count(rest, "other")] if rest else [])])
    return f", but what luck leaves open is settled by {listed}" if found else ""


def _against(stat: Stat, ends: Ends, name: str) -> float:
    """Return how far a result lies on the other side of zero than today's."""
    return -stat.mean * ends.results[name].today.side


def _listed(told: Sequence[str], many: int) -> str:
    left = many - len(told)
    rest = f"; {numbers.count(left, 'other')} {'is' if left == 1 else 'are'} in the tables" if left > 0 else ""
    if any("," in each or " and " in each for each in told):
        return "; ".join(told) + rest
    return joined(list(told)) + rest
