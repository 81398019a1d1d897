"""The picture of a comparison: who gains from which regime, how runs are spread, and which entries bring it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from sim.experiment.compare import Comparison, Difference
from sim.experiment.summary import Stat
from sim.report import numbers
from sim.report.charts import rows, spread, theme
from sim.report.charts.parts import Part
from sim.report.charts.rows import Row
from sim.report.contrast import label_of, parts_of, sentence
from sim.report.labels import Labels, inside, joined, quoted_label, sentence_case
from sim.report.run import how
from sim.scenario.arithmetic import Floats


def chart_of(comparison: Comparison) -> Any:
    """Return the picture of a comparison. Raises ``CommandError`` where altair is not installed."""
    alt = theme.altair()
    first = next(iter(comparison.ensembles.values()))
    labels = Labels(first.game.scenario)
    several = len(comparison.differences) > 1
    parts = [side_by_side(comparison, actor).within() for actor in actors_of(comparison)] if several else []
    for difference in comparison.differences:
        parts += [gain(difference, actor).within(told=True) for actor in difference.actors]
        parts += [why(difference, actor).within() for actor in difference.actors]
    names = [quoted_label(label_of(name, ensemble)) for name, ensemble in comparison.ensembles.items()]
    single = comparison.plan.runs < 2
    titles = dict.fromkeys(Labels(ensemble.game.scenario).title for ensemble in comparison.ensembles.values())
    under = [
        f"{joined(names[1:])} compared with {names[0]}.",
        f"{how(first, labels)}; paired run by run on the same luck.",
        rows.SIGNS + ("" if single else " Lines with ends: 95 % intervals of means."),
    ]
    told = [sentence(difference, actor) for difference in comparison.differences for actor in difference.actors]
    return theme.themed(
        alt.vconcat(*parts, spacing=34).resolve_scale(x="independent", y="independent"),
        f"{' / '.join(titles)}: who gains, and why",
        under,
        alternative=" ".join(told),
        columns=rows.COLUMNS,
    )


def actors_of(comparison: Comparison) -> list[str]:
    """Return the actors that any two sides have in common."""
    return list(dict.fromkeys(actor for difference in comparison.differences for actor in difference.actors))


def side_by_side(comparison: Comparison, actor: str) -> Part:
    """Return what each later side brings an actor more than the first, below each other on one axis."""
    having = [difference for difference in comparison.differences if actor in difference.actors]
    labels = Labels(having[0].left.game.scenario)
    decimals = numbers.common_decimals([difference.stats[actor] for difference in having])
    drawn = [
        _step(label_of(each.of, each.left), 0.0, each.stats[actor].mean, each.stats[actor], decimals) for each in having
    ]
    _, against = _sides(having[0])
    across = f"Payoff over that under {against}, mean over runs"
    title = f"Who gains: {inside(labels.actor(actor))}"
    caption = f"{rows.SIGNS} Lines with ends: 95 % intervals of means."
    return Part(partial(rows.panel, drawn, across=across), title, caption, " ".join(sentence(e, actor) for e in having))


def _sides(difference: Difference) -> tuple[str, str]:
    ours, theirs = label_of(difference.of, difference.left), label_of(difference.minus, difference.right)
    return quoted_label(ours), quoted_label(theirs)


def gain(difference: Difference, actor: str) -> Part:
    """Return how far an actor is better off under the one side, and how that is spread over the runs."""
    labels, about = Labels(difference.left.game.scenario), difference.stats[actor]
    ours, theirs = _sides(difference)
    found = spread.spread_of(lambda: _paired(difference, actor), about)
    title = _verdict(labels.actor(actor), ours, about)
    across = f"Payoff of {inside(labels.actor(actor))} under {ours} minus that under {theirs}"
    reach = spread.interval_in_words(about) if about.se else ""
    under = " ".join(filter(None, (reach, _in_runs(found), spread.rest_in_words(found))))
    told = f"{sentence(difference, actor)} {_in_runs(found)}".strip()
    return Part(partial(spread.panel, found, about, across=across), title, under, told)


def _paired(difference: Difference, actor: str) -> Iterator[Floats]:
    pairs = zip(difference.left.blocks([actor]), difference.right.blocks([actor]), strict=True)
    return (ours[0] - theirs[0] for ours, theirs in pairs)


def _verdict(who: str, ours: str, about: Stat) -> str:
    decimals = numbers.common_decimals([about])
    size = numbers.mean(about, decimals, sign=True)
    if not about.mean and not about.se:
        return sentence_case(f"{who} gains and loses nothing from {ours}")
    if about.se is None:
        return sentence_case(f"{who}, in this one run: {size} from {ours}")
    if not about.se:
        return sentence_case(f"{who} {'gains' if about.mean > 0 else 'loses'} from {ours}: {size} in every run")
    if not about.side:
        return sentence_case(f"{who}: undecided. {size} from {ours}, and the interval has zero in it")
    return sentence_case(f"{who} {'gains' if about.side > 0 else 'loses'} from {ours}: {size}")


def _in_runs(found: spread.Spread) -> str:
    """Return in which share of runs there is more, and in which less, in words."""
    runs = found.runs
    if runs == 1:
        return ""
    if found.positive == runs or found.negative == runs:
        return f"{'More' if found.positive else 'Less'} in every run."
    if not (found.positive or found.negative):
        return "The same in every run."
    told = f"More in {numbers.percent(found.positive / runs)} of runs, less in {numbers.percent(found.negative / runs)}"
    same = runs - found.positive - found.negative
    return f"{told}, the same in {numbers.percent(same / runs)}." if same else f"{told}."


def why(difference: Difference, actor: str) -> Part:
    """Return the way from the payoff under the one side to that under the other, entry by entry."""
    labels, whole = Labels(difference.left.game.scenario), difference.stats[actor]
    ours, theirs = _sides(difference)
    before, after = difference.right.stats[actor].mean, difference.left.stats[actor].mean
    parts = parts_of(difference, actor)
    decimals = numbers.common_decimals([*(part.change for part in parts), whole, difference.left.stats[actor]])
    drawn = [_level(theirs, before, decimals)]
    at = before
    for part in parts:
        drawn.append(_step(part.label, at, part.change.mean, part.change, decimals))
        at += part.change.mean
    drawn.append(_level(ours, after, decimals))
    who = inside(labels.actor(actor))
    across = f"Payoff of {who}, mean over runs"
    told = f"From {drawn[0].says} under {theirs} to {drawn[-1].says} under {ours}: "
    told += "; ".join(f"{row.label} {row.says}" for row in drawn[1:-1]) or "nothing differs"
    return Part(
        partial(rows.panel, drawn, across=across, joined=True, zero=False),
        f"Why, for {who}: from {theirs} to {ours}",
        f"{rows.SIGNS}{'' if whole.se is None else ' Lines with ends: 95 % intervals of means.'}",
        f"{told}. {sentence(difference, actor)}",
    )


def _level(side: str, value: float, decimals: int) -> Row:
    return Row(f"Under {side}", numbers.number(value, decimals), value, value, look="total")


def _step(label: str, start: float, by: float, change: Stat, decimals: int) -> Row:
    low, high = (None if bound is None else start + bound for bound in (change.low, change.high))
    return Row(label, numbers.mean(change, decimals, sign=True), start, start + by, low, high, rows.look_of(by))


def overview(comparison: Comparison) -> Any:
    """Return the picture of every side against the first, for each actor. Raises ``CommandError`` without altair."""
    first = next(iter(comparison.ensembles.values()))
    labels = Labels(first.game.scenario)
    parts = [side_by_side(comparison, actor) for actor in actors_of(comparison)]
    against = quoted_label(label_of(next(iter(comparison.ensembles)), first))
    return theme.themed(
        theme.altair().vconcat(*(part.within() for part in parts), spacing=30).resolve_scale(x="independent"),
        f"{labels.title}: who gains from which regime",
        [
            f"Each regime against {against}.",
            f"{how(first, labels)}; paired run by run on the same luck.",
            rows.SIGNS + ("" if comparison.plan.runs < 2 else " Lines with ends: 95 % intervals of means."),
        ],
        alternative=f"{labels.title}. {' '.join(part.told for part in parts)}",
        columns=rows.COLUMNS,
    )
