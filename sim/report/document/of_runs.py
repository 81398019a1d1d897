"""A run, or a comparison, as the page of a report asks for it."""

from __future__ import annotations

from functools import partial

from sim.experiment.compare import Comparison, Difference
from sim.experiment.ends import Side
from sim.experiment.ensemble import Ensemble
from sim.experiment.points import Quantity
from sim.model.game import Setting
from sim.report.contrast import label_of
from sim.report.document import sentences, tables
from sim.report.document.subject import Measured, Subject, given, shown
from sim.report.labels import Labels, inside, joined, quoted_label
from sim.report.run import ASSUMED, ONE_RUN, endings, how

_MEASURED = 8
"""Most results of which it is asked what the assumptions make of them."""


def subject_of_run(ensemble: Ensemble) -> Subject:
    """Return one regime, played many times."""
    game, labels = ensemble.game, Labels(ensemble.game.scenario)
    sides = {game.regime: side_of(ensemble)}
    actors = [actor.name for actor in game.actors]
    regime = quoted_label(labels.regime(game.regime))
    end = endings(ensemble.stats["ended"], ensemble.stats["duration"], ensemble.plan.runs)
    return Subject(
        scenarios=(game.scenario,),
        question=f"What does {regime} bring {joined([inside(labels.actor(each)) for each in actors])}, and why?",
        circumstances=(f"{how(ensemble, labels)}.", *given(game.scenario, sides), *_plays(ensemble)),
        follows=sentences.brings(ensemble),
        because=sentences.sources(ensemble),
        cautions=(ONE_RUN if ensemble.plan.runs < 2 else ASSUMED, *end, *ensemble.warnings),
        tables=tables.with_rows(
            [
                tables.payoffs_of_run(ensemble),
                *(tables.ledger_of_run(ensemble, actor) for actor in actors),
                tables.counts_of_run(ensemble),
            ]
        ),
        figures=partial(shown, ensemble),
        sides=sides,
        measured={
            actor: Measured(
                Quantity(((1.0, game.regime, actor),)),
                f"the payoff of {inside(labels.actor(actor))}",
                labels.actor(actor),
                signed=False,
            )
            for actor in actors[:_MEASURED]
        },
        told={game.regime: ensemble},
        runs=ensemble.plan.runs,
        seed=ensemble.plan.seed,
        questions=(
            f"What would each side have to do otherwise for {regime} to end better for both? Try it with `--play`.",
        ),
        known=f"{labels.regime(game.regime)}; {how(ensemble, labels)}.",
        digests={labels.regime(game.regime): ensemble.digest},
    )


def subject_of_comparison(comparison: Comparison) -> Subject:
    """Return regimes, or scenarios, against each other."""
    ensembles, differences = comparison.ensembles, comparison.differences
    first = next(iter(ensembles.values()))
    labels = Labels(first.game.scenario)
    sides = {name: side_of(ensemble) for name, ensemble in ensembles.items()}
    names = [quoted_label(label_of(name, ensemble)) for name, ensemble in ensembles.items()]
    several = len(differences) > 1
    numbers = []
    for difference in differences:
        numbers.append(tables.payoffs_of_difference(difference))
        numbers += [tables.ledger_of_difference(difference, actor) for actor in difference.actors]
        numbers.append(tables.shifts_of_difference(difference))
    why = [sentences.reasons(difference) for difference in differences]
    scenarios = {id(each.game.scenario): each.game.scenario for each in ensembles.values()}
    return Subject(
        scenarios=tuple(scenarios.values()),
        question=(
            f"Which is best for whom: {joined(names, 'or')}, and why?"
            if several
            else f"Who gains, and who loses, with {names[1]} instead of {names[0]}, by how much, and why?"
        ),
        circumstances=(
            f"{how(first, labels)}; paired run by run on the same luck.",
            *given(first.game.scenario, sides),
            *(line for name, ensemble in ensembles.items() for line in _plays(ensemble, label_of(name, ensemble))),
        ),
        follows=sentences.bests(differences) if several else sentences.gains(differences[0]),
        because=(f"Compared with {names[0]}, {names[1]} differs most in this: {_lower(why[0])}" if several else why[0]),
        cautions=(ONE_RUN if comparison.plan.runs < 2 else ASSUMED, *comparison.warnings),
        tables=tables.with_rows(numbers),
        figures=partial(shown, comparison),
        sides=sides,
        measured=_measured(differences),
        told=dict(list(ensembles.items())[:2]),
        runs=comparison.plan.runs,
        seed=comparison.plan.seed,
        questions=(f"Who would object first to {names[1]} instead of {names[0]}, and what could be offered?",),
        known=f"{how(first, labels)}; paired run by run on the same luck.",
        digests={label_of(name, ensemble): ensemble.digest for name, ensemble in ensembles.items()},
    )


def side_of(ensemble: Ensemble) -> Side:
    """Return what an ensemble plays."""
    setting = ensemble.game.setting
    return Side(ensemble.game.scenario, Setting(ensemble.game.regime, setting.plays, setting.parameters))


def _measured(differences: tuple[Difference, ...]) -> dict[str, Measured]:
    found = {}
    for difference in differences:
        labels = Labels(difference.left.game.scenario)
        ours = label_of(difference.of, difference.left)
        for actor in difference.actors:
            who = labels.actor(actor)
            found[f"{difference.of}.{actor}"] = Measured(
                Quantity(((1.0, difference.of, actor), (-1.0, difference.minus, actor))),
                f"what {inside(who)} gains from {quoted_label(ours)}",
                who if len(differences) == 1 else f"{who}, {ours}",
            )
    return dict(list(found.items())[:_MEASURED])


def _plays(ensemble: Ensemble, label: str = "") -> tuple[str, ...]:
    labels = Labels(ensemble.game.scenario)
    told = [
        f"{inside(labels.actor(actor.name))} plays {quoted_label(labels.strategy(actor.name, actor.strategy))}"
        for actor in ensemble.game.actors
        if actor.strategy is not None
    ]
    words = f"Under {quoted_label(label or labels.regime(ensemble.game.regime))} {joined(told)}."
    return (words,) if told else ()


def _lower(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"
