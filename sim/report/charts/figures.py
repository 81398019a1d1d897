"""All pictures of an answer, one a question: each small enough to be projected, with what it shows in words.

``figures_of`` is for whatever shows pictures one by one: a report, a folder of pictures, a notebook.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from sim.engine.events import follow
from sim.experiment.compare import Comparison, Difference
from sim.experiment.courses import Courses, courses_of
from sim.experiment.ensemble import Ensemble
from sim.experiment.trace import Trace
from sim.report import numbers
from sim.report.charts import choices, courses, crises, grid, rows, theme
from sim.report.charts.parts import Part
from sim.report.contrast import label_of
from sim.report.display import PICTURES
from sim.report.document.telling import worth_telling
from sim.report.labels import Labels, inside, joined
from sim.report.run import how

PAGES = 3
"""Most pictures of the state."""


@dataclass(frozen=True, eq=False)
class Figure:
    """A picture that answers one question."""

    name: str
    """A name that a file can have: ``why-nato``."""
    title: str
    caption: str
    """How it is read, in a sentence or more."""
    told: str
    """What it shows, for those who cannot see it, with its numbers."""
    chart: Any
    """An altair chart with the shared look, its title and ``told`` as its description."""


def figures_of(answer: Any) -> list[Figure]:
    """Return the pictures of an answer, in the order in which they are best looked at.

    Of a run and of a comparison there are several, for which the first runs are played again, turn by turn; of every
    other answer there is the one that ``chart()`` draws.

    Raises:
        CommandError: altair is not installed.
        RunError: an expression misbehaves.
    """
    if isinstance(answer, Ensemble):
        return _of_run(answer)
    if isinstance(answer, Comparison):
        return _of_comparison(answer)
    return [_whole(answer)]


def _whole(answer: Any) -> Figure:
    chart = import_module(f"sim.report.charts.{PICTURES[type(answer)]}").chart_of(answer)
    spec = chart.to_dict()
    title = spec.get("title", {})
    words, under = (title.get(key, []) for key in ("text", "subtitle"))
    name = _slug(type(answer).__name__)
    return Figure(name, _flat(words), _flat(under), str(spec.get("description", "")), chart)


def _flat(words: Any) -> str:
    return " ".join(words) if isinstance(words, list) else str(words)


def _of_run(ensemble: Ensemble) -> list[Figure]:
    from sim.report.charts import run

    labels = Labels(ensemble.game.scenario)
    regime = labels.regime(ensemble.game.regime)
    sides = {regime: ensemble}
    told = [f"{regime}; {how(ensemble, labels)}."]
    drawn = [
        *(_figure(f"payoff-{actor.name}", run.payoff(ensemble, actor.name), told) for actor in ensemble.game.actors),
        *(_figure(f"ledger-{actor.name}", run.ledger(ensemble, actor.name), told) for actor in ensemble.game.actors),
    ]
    followed = {regime: courses_of(ensemble.game, ensemble.plan)}
    over_time = [*_over_time(followed, labels), *_struck(sides, followed, labels, told)]
    return [*drawn, *over_time, *_one_run({ensemble.game.regime: ensemble}, comparison=False)]


def _of_comparison(comparison: Comparison) -> list[Figure]:
    from sim.report.charts import compare

    first = next(iter(comparison.ensembles.values()))
    labels = Labels(first.game.scenario)
    sides = {label_of(name, ensemble): ensemble for name, ensemble in comparison.ensembles.items()}
    told = [f"{how(first, labels)}; paired run by run on the same luck."]
    several = len(comparison.differences) > 1
    drawn = [
        _figure(f"gains-{actor}", compare.side_by_side(comparison, actor), told)
        for actor in (compare.actors_of(comparison) if several else ())
    ]
    for what, part in (("gain", compare.gain), ("why", compare.why)):
        drawn += [
            _figure(_named(what, actor, difference, several), part(difference, actor), told)
            for difference in comparison.differences
            for actor in difference.actors
        ]
    # Sides of the same label stand beside each other under their names.
    if len(sides) < len(comparison.ensembles):
        sides = dict(comparison.ensembles)
    followed = {name: courses_of(ensemble.game, ensemble.plan) for name, ensemble in sides.items()}
    over_time = [*_over_time(followed, labels), *_struck(sides, followed, labels, told)]
    return [*drawn, *over_time, *_one_run(comparison.ensembles, comparison=True)]


def _named(what: str, actor: str, difference: Difference, several: bool) -> str:
    return f"{what}-{actor}-{difference.of}" if several else f"{what}-{actor}"


def _figure(name: str, part: Part, under: Sequence[str] = ()) -> Figure:
    says = [part.caption, *under] if part.caption else list(under)
    chart = theme.themed(part.alone(), part.title, says, alternative=part.told, columns=rows.COLUMNS)
    return Figure(_slug(name), part.title, " ".join(says), part.told, chart)


def _drawn(chart: Any) -> Callable[[Any], Any]:
    return lambda _: chart


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-").lower()


def _over_time(followed: Mapping[str, Courses], labels: Labels) -> list[Figure]:
    """Return the pictures of what is followed turn by turn, a few regimes beside each other in each."""
    return [
        figure
        for place, few in enumerate(_few(followed))
        for figure in (*_states(few, labels, place), *_choices(few, labels, place))
    ]


def _few(sides: Mapping[str, Courses]) -> list[dict[str, Courses]]:
    """Return the sides in groups that have room beside each other, the first one in each."""
    (first, base), *others = sides.items()
    room = grid.MOST - 1
    groups = [others[start : start + room] for start in range(0, len(others), room)] or [[]]
    return [{first: base, **dict(group)} for group in groups]


def _states(few: Mapping[str, Courses], labels: Labels, group: int) -> list[Figure]:
    found, still = courses.states_of(few, labels)
    actors = [actor.name for actor in next(iter(few.values())).game.actors if _everywhere(few, actor.name)]
    payoffs = courses.payoffs_of(few, actors, labels)
    more = [courses.among_in_words(few), courses.reference_in_words(few)]
    pages = [found[start : start + courses.PAGE] for start in range(0, len(found), courses.PAGE)][:PAGES]
    left = len(found) - sum(map(len, pages))
    figures = []
    for place, page in enumerate(pages):
        bands = any(each.means is None for each in page)
        switches = any(each.means is not None for each in page)
        says = [*([courses.BANDS] if bands else []), *([courses.SWITCHES] if switches else []), *more]
        if place == len(pages) - 1 and still + left:
            why = "" if left else " that stay as they are"
            says.append(f"Not drawn: {numbers.count(still + left, 'variable')}{why}.")
        name = f"state-{_number(group, place, len(pages))}".rstrip("-")
        part = Part(
            _drawn(courses.picture(few, page, labels)),
            courses.titles(labels, len(pages), place),
            " ".join(filter(None, says)),
            courses.alternative(few, page),
        )
        figures.append(_figure(name, part))
    name = f"payoffs-over-time-{_number(group, 0, 1)}".rstrip("-")
    part = Part(
        _drawn(courses.picture(few, payoffs, labels)),
        courses.payoff_title(labels),
        " ".join(filter(None, [courses.BANDS, *more])),
        courses.alternative(few, payoffs),
    )
    return [*figures, _figure(name, part)]


def _number(group: int, page: int, pages: int) -> str:
    return "-".join(([str(group + 1)] if group else []) + ([str(page + 1)] if pages > 1 else []))


def _everywhere(few: Mapping[str, Courses], actor: str) -> bool:
    return all(actor in {each.name for each in one.game.actors} for one in few.values())


def _choices(few: Mapping[str, Courses], labels: Labels, group: int) -> list[Figure]:
    figures = []
    for actor in next(iter(few.values())).game.actors:
        if not actor.actions or not _everywhere(few, actor.name):
            continue
        found, never = choices.chosen_of(few, actor.name, labels)
        drawn = choices.largest(found)
        says = ["Bars: how many of the runs played in a turn choose it.", among(few), courses.reference_in_words(few)]
        says.append(choices.left_out(few))
        if len(drawn) < len(found):
            says.append(f"Not drawn: {numbers.count(len(found) - len(drawn), 'action')} chosen less often.")
        if never:
            says.append(f"Never chosen: {numbers.count(len(never), 'action')}.")
        part = Part(
            _drawn(choices.picture(few, drawn, labels, same=True)),
            f"{labels.title}: what {inside(labels.actor(actor.name))} does",
            " ".join(filter(None, says)),
            choices.alternative(few, drawn, labels),
        )
        figures.append(_figure(f"actions-{actor.name}-{_number(group, 0, 1)}".rstrip("-"), part))
    return figures


def among(few: Mapping[str, Courses]) -> str:
    """Return how many runs are counted, in a sentence."""
    runs = next(iter(few.values())).runs
    return f"The first {numbers.count(runs, 'run')}." if runs > 1 else "One run."


def _struck(
    sides: Mapping[str, Ensemble], followed: Mapping[str, Courses], labels: Labels, told: Sequence[str]
) -> list[Figure]:
    """Return the pictures of hazards: how often they struck and how they ended, and when."""
    found, never = crises.struck_of(sides, labels)
    if not found:
        return []
    names = list(sides)
    says = ["Lines: 95 % intervals. In brackets: of all times that it struck."]
    if never:
        says.append(f"Never struck: {joined([*never[:3], *([f'{len(never) - 3} more'] if len(never) > 3 else [])])}.")
    part = Part(
        _drawn(crises.picture(names, found)),
        f"{labels.title}: what struck, and how it ended",
        " ".join(says),
        crises.alternative(names, found, never),
    )
    figures = [_figure("crises", part, told)]
    for place, few in enumerate(_few(followed)):
        often = choices.largest(choices.struck_of(few, labels))
        if not often:
            continue
        says = ["Bars: in how many of the runs played in a turn it struck.", among(few)]
        says += [courses.reference_in_words(few), choices.left_out(few)]
        when = Part(
            _drawn(choices.picture(few, often, labels, same=False)),
            f"{labels.title}: when it struck",
            " ".join(filter(None, says)),
            choices.alternative(few, often, labels),
        )
        figures.append(_figure(f"crises-by-turn-{_number(place, 0, 1)}".rstrip("-"), when))
    return figures


def _one_run(sides: Mapping[str, Ensemble], comparison: bool) -> list[Figure]:
    """Return the picture of the run nearest to the middle of all, under each side."""
    first = next(iter(sides.values()))
    actors = [actor.name for actor in first.game.actors]
    actors = [name for name in actors if all(name in each.columns for each in sides.values())]
    run = worth_telling(sides, actors).typical.run
    figures = []
    for name, ensemble in list(sides.items())[: grid.MOST]:
        game, seed = ensemble.game, ensemble.plan.seed
        whole = _whole(Trace(game, seed, follow(game, seed, run)))
        figures.append(replace(whole, name=_slug(f"one-run-{name}") if comparison else "one-run"))
    return figures
