"""One run as a chronicle, told for each side of a comparison on the same luck: where they part, and how they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.engine.events import follow
from sim.experiment.ensemble import Ensemble
from sim.experiment.trace import Trace
from sim.report import numbers
from sim.report.contrast import label_of
from sim.report.document.content import Chronicle, Picture, Table, Turn
from sim.report.document.story import ending_of, turns_of
from sim.report.document.telling import Told, Worth
from sim.report.labels import Labels, inside, joined, quoted_label

_FIRST, _LAST = 30, 15
"""Turns that are told of a long run: the first and the last ones."""

SIDES = 2
"""Sides of a comparison whose runs are told beside each other."""

Lines = tuple[str, ...]


def chronicle_of(
    ensembles: Mapping[str, Ensemble], told: Told, worth: Worth, pictures: Sequence[Picture] = ()
) -> Chronicle:
    """Return a run of some ensembles, which have the same luck, as a chronicle. Raises ``RunError``."""
    traces = traces_of(ensembles, told.run)
    labels = [quoted_label(label_of(name, ensemble)) for name, ensemble in ensembles.items()]
    endings = [ending_of(trace) for trace in traces]
    alike = len(set(endings)) == 1
    typical = told is worth.typical
    return Chronicle(
        title=f"{'A typical run' if typical else 'An extreme run'}: number {told.run:,}",
        why=_why(ensembles, told, worth),
        payoffs=_payoffs(ensembles, labels, traces, told.run),
        turns=_turns(labels, traces),
        end=(endings[0],)
        if alike
        else tuple(f"Under {label}: {end}" for label, end in zip(labels, endings, strict=True)),
        commands=tuple(
            ensemble.game.command("trace", "--run", str(told.run), seed=ensemble.plan.seed)
            for ensemble in ensembles.values()
        ),
        pictures=tuple(pictures),
    )


def traces_of(ensembles: Mapping[str, Ensemble], run: int) -> list[Trace]:
    """Return a run of each ensemble, played again with its full record. Raises ``RunError``."""
    return [
        Trace(ensemble.game, ensemble.plan.seed, follow(ensemble.game, ensemble.plan.seed, run))
        for ensemble in ensembles.values()
    ]


def _why(ensembles: Mapping[str, Ensemble], told: Told, worth: Worth) -> str:
    among = numbers.count(worth.among, "run")
    several = " under every side" if len(ensembles) > 1 else ""
    if worth.extreme is None:
        return f"All {among} come to the same payoffs, so the first of them stands for all."
    if told is worth.typical:
        return (
            f"Of {among} this one comes nearest to the median payoff of every actor{several} "
            "(distances in units of each payoff's spread)."
        )
    ensemble = ensembles[told.side]
    who = inside(Labels(ensemble.game.scenario).actor(told.actor))
    under = f" under {quoted_label(label_of(told.side, ensemble))}" if several else ""
    return (
        f"Of {among} this one lies farthest from these medians, {numbers.number(told.distance)} spreads away; what "
        f"stands out most is the payoff of {who}{under}."
    )


def _payoffs(ensembles: Mapping[str, Ensemble], labels: Sequence[str], traces: Sequence[Trace], run: int) -> Table:
    rows = []
    for actor in common_actors(ensembles):
        cells = [Labels(traces[0].game.scenario).actor(actor)]
        for ensemble, trace in zip(ensembles.values(), traces, strict=True):
            decimals = numbers.common_decimals([ensemble.stats[actor]])
            cells += [
                numbers.number(trace.result(actor), decimals), numbers.mean(ensemble.stats[actor], decimals)
            ]  # fmt: skip
        rows.append(tuple(cells))
    if len(labels) == 1:
        headings: Lines = ("actor", "payoff in this run", "mean of all runs")
    else:
        headings = ("actor", *(head for label in labels for head in (f"{label}: this run", f"{label}: mean")))
    return Table(f"What run {run:,} brought", headings, tuple(rows), tuple(range(1, len(headings))))


def common_actors(ensembles: Mapping[str, Ensemble]) -> list[str]:
    """Return the actors that all ensembles have, in the order of the first."""
    first, *others = ensembles.values()
    theirs = [{actor.name for actor in other.game.actors} for other in others]
    return [actor.name for actor in first.game.actors if all(actor.name in names for names in theirs)]


def _turns(labels: Sequence[str], traces: Sequence[Trace]) -> tuple[Turn, ...]:
    told = [turns_of(trace) for trace in traces]
    names = Labels(traces[0].game.scenario)
    grouped: list[tuple[int, int, tuple[Lines | None, ...]]] = []
    for turn in sorted({turn for each in told for turn in each}):
        here = tuple(each.get(turn) for each in told)
        if grouped and grouped[-1][2] == here and not _struck(here):
            first, _, same = grouped.pop()
            grouped.append((first, turn, same))
        else:
            grouped.append((turn, turn, here))
    turns = [_turn(names, labels, *each) for each in grouped]
    if len(turns) > _FIRST + _LAST + 1:
        left = len(turns) - _FIRST - _LAST
        gap = Turn("...", (f"{left:,} stretches of turns are not told here; 'detente trace' tells them all.",))
        turns[_FIRST:-_LAST] = [gap]
    return tuple(turns)


def _struck(here: tuple[Lines | None, ...]) -> bool:
    return any(sentence.startswith("It strikes") for lines in here for sentence in lines or ())


def _turn(names: Labels, labels: Sequence[str], first: int, last: int, here: tuple[Lines | None, ...]) -> Turn:
    when = names.turn(first) if first == last else f"{names.turn(first)} to {names.turn(last)}"
    repeated = ("Each turn the same:",) if last > first else ()
    shown = [_shown(lines) for lines in here]
    if all(lines == shown[0] for lines in shown):
        return Turn(when, (*repeated, *shown[0]))
    return Turn(when, repeated, tuple(zip(labels, shown, strict=True)))


def _shown(lines: Lines | None) -> Lines:
    if lines is None:
        return ("The run is over.",)
    return lines or ("Nothing is done, and nothing happens.",)


def parting(chronicle: Chronicle) -> str:
    """Return when the sides of a chronicle first part, in a sentence; nothing where they never do."""
    for place, turn in enumerate(chronicle.turns):
        if turn.apart:
            sides = joined([label for label, _ in turn.apart])
            return f"{sides} part {'from the start' if not place else f'in {turn.when}'}."
    return ""
