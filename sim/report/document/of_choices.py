"""A matrix, or claims, as the page of a report asks for it. Nothing of them is stored: what is told is played again."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from sim.errors import one_line
from sim.experiment.claimed import column_of, quantity_of
from sim.experiment.claims import ClaimResult, Claims
from sim.experiment.ends import Side
from sim.experiment.ensemble import Ensemble, run
from sim.experiment.equilibria import Equilibrium
from sim.experiment.matrix import Matrices, Matrix
from sim.experiment.plan import Plan
from sim.experiment.points import Quantity
from sim.experiment.summary import Stat
from sim.model.game import Setting
from sim.report import numbers
from sim.report.claims import EQUILIBRIA, label_of, played, reach_of, summary
from sim.report.document.content import Table
from sim.report.document.of_runs import side_of
from sim.report.document.sentences import worth
from sim.report.document.subject import Measured, Subject, given, shown_each
from sim.report.game import Words
from sim.report.labels import Labels, inside, joined, quoted_label, sentence_case
from sim.report.run import ASSUMED, ONE_RUN
from sim.scenario.schema import Scenario
from sim.scenario.statements import Reference

_TOLD = 1_000
"""Runs among which those worth telling are looked for, where they have to be played for it."""

_MEASURED = 8
"""Claims of which it is asked what the assumptions make of them."""

_BASE, _OTHER = "played", ("first leaves", "second leaves")


def subject_of_matrices(matrices: Matrices) -> Subject:
    """Return every strategy of one actor against every strategy of the other; the first regime is told in sentences."""
    matrix = next(iter(matrices.matrices.values()))
    words, scenario = Words(matrix), matrix.game.scenario
    chosen = None if matrix.selected.place is None else matrix.found.equilibria[matrix.selected.place]
    pure = chosen is not None and chosen.pure
    sides, measured = _leaving(matrix, words) if pure else ({}, {})
    plan = Plan(min(matrix.plan.runs, _TOLD), matrix.plan.seed)
    game = Setting(matrix.regime, _plays(matrix, *_cell(matrix)) if pure else {}, matrix.game.setting.parameters)
    told = run(scenario, game, plan)
    regime = quoted_label(words.labels.regime(matrix.regime))
    clock = f"{words.labels.clock()}; the same luck in every cell"
    several = len(matrices.matrices) > 1
    alone = [Matrices({name: each}, matrices.plan, {}) for name, each in matrices.matrices.items()]
    return Subject(
        scenarios=(scenario,),
        question=(
            f"What would {inside(words.actor(0))} and {inside(words.actor(1))} do under {regime}, if each chose the "
            "best answer to the other?"
        ),
        circumstances=(
            f"{numbers.count(matrix.plan.runs, 'run')} a pair of strategies, seed {matrix.plan.seed}, {clock}.",
            _how_many(matrix, words),
            *given(scenario, {"": Side(scenario, matrix.game.setting)}),
            *(
                (f"The sentences and the runs told are those of {regime}; the tables and pictures have every regime.",)
                if several
                else ()
            ),
        ),
        follows=_follows(matrix, words, chosen),
        because=_because(matrix, words),
        cautions=(ONE_RUN if matrix.plan.runs < 2 else ASSUMED, *words.sentences()),
        tables=(*(_payoffs(each) for each in matrices.matrices.values()), _equilibria(matrices)),
        figures=partial(shown_each, alone),
        sides=sides,
        measured=measured,
        told={matrix.regime: told},
        runs=matrix.plan.runs,
        seed=matrix.plan.seed,
        questions=(f"Is what both sides play under {regime} best for both together? If not, what keeps them from it?",),
        unmoved=(
            ""
            if pure
            else "Assumptions are moved where both sides play one strategy each; here they do not, so none is."
        ),
    )


def _how_many(matrix: Matrix, words: Words) -> str:
    many = [f"{len(each)} of {inside(words.actor(side))}" for side, each in enumerate(matrix.strategies)]
    return f"Strategies: {joined(many, 'against')}."


def _cell(matrix: Matrix) -> tuple[int, int]:
    row, column = (int(np.argmax(each)) for each in matrix.base)
    return row, column


def _plays(matrix: Matrix, row: int, column: int) -> dict[str, str]:
    return {matrix.actors[0]: matrix.strategies[0][row], matrix.actors[1]: matrix.strategies[1][column]}


def _leaving(matrix: Matrix, words: Words) -> tuple[dict[str, Side], dict[str, Measured]]:
    """Return what is played in the selected equilibrium and where a side leaves it for its next best, measured."""
    scenario, parameters = matrix.game.scenario, matrix.game.setting.parameters
    cell = _cell(matrix)
    sides = {_BASE: Side(scenario, Setting(matrix.regime, _plays(matrix, *cell), parameters))}
    measured = {}
    for side, actor in enumerate(matrix.actors):
        other = _next_best(matrix, side)
        if other is None:
            continue
        left = (other, cell[1]) if side == 0 else (cell[0], other)
        sides[_OTHER[side]] = Side(scenario, Setting(matrix.regime, _plays(matrix, *left), parameters))
        quantity = Quantity(((1.0, _OTHER[side], actor), (-1.0, _BASE, actor)))
        to = quoted_label(words.strategy(side, other))
        who = words.actor(side)
        measured[actor] = Measured(quantity, f"what {inside(who)} gains by changing alone to {to}", who)
    return sides, measured


def _next_best(matrix: Matrix, side: int) -> int | None:
    """Return the strategy whose change from what is played costs least, of those that are not the same as it."""
    others = [place for place, share in enumerate(matrix.base[side]) if share < 1.0]
    changes = {place: matrix.change(side, place) for place in others}
    changes = {place: stat for place, stat in changes.items() if stat.mean or stat.se}
    return max(changes, key=lambda place: changes[place].mean, default=None)


def _follows(matrix: Matrix, words: Words, chosen: Equilibrium | None) -> str:
    regime = quoted_label(words.labels.regime(matrix.regime))
    found = matrix.found.equilibria
    if chosen is None:
        some = found[0] if found else None
        if some is None:
            return f"Under {regime} no pair of strategies is an equilibrium: from each somebody would rather leave."
        many = numbers.count(len(found), "equilibrium").replace("equilibriums", "equilibria")
        return f"Under {regime} there are {many} and nothing selects one; in the first, {_played(matrix, words, some)}."
    which = "both choose" if len(found) == 1 else "both choose, in one of several equilibria,"
    return f"Under {regime} {which} so: {_played(matrix, words, chosen)}."


def _played(matrix: Matrix, words: Words, each: Equilibrium) -> str:
    told = []
    for side in (0, 1):
        shares = each.probabilities[side]
        names = [
            quoted_label(words.strategy(side, place))
            + ("" if share > 1 - 1e-8 else f" ({numbers.percent(float(share))})")
            for place, share in enumerate(shares)
            if share > 1e-8
        ]
        stat = _worth(matrix, each, side)
        told.append(f"{inside(words.actor(side))} plays {joined(names, 'or')} and gets {worth(stat)}")
    return joined(told)


def _worth(matrix: Matrix, each: Equilibrium, side: int) -> Stat:
    """Return what a side gets in an equilibrium, with an interval from resamples."""
    if matrix.resamples is None:
        return Stat(each.payoffs[side], None, None, None)
    first, second = each.probabilities
    again = np.einsum("i,nij,j->n", first, matrix.resamples[:, side], second)
    low, high = np.quantile(again, [0.025, 0.975])
    return Stat(each.payoffs[side], float(again.std(ddof=1)), float(low), float(high))


def _because(matrix: Matrix, words: Words) -> str:
    told = []
    for side in (0, 1):
        other = _next_best(matrix, side)
        who = inside(words.actor(side))
        if other is None:
            continue
        stat = matrix.change(side, other)
        decimals = numbers.common_decimals([stat])
        verb = "loses" if stat.mean < 0 else "gains"
        size = numbers.number(abs(stat.mean), decimals)
        reach = numbers.interval(stat, decimals)
        between = f" (change {numbers.mean(stat, decimals, sign=True)}, 95 % interval {reach})" if reach else ""
        (entry, part), *_ = matrix.reasons(side, other)
        told.append(
            f"by changing alone to {quoted_label(words.strategy(side, other))}, the next best for it, {who} {verb} "
            f"{size}{between}; {quoted_label(words.entry(side, entry))} counts most in that "
            f"({numbers.number(part, decimals, sign=True)})"
        )
    if not told:
        return "Neither side has any other strategy that would come to something else."
    return sentence_case(f"{'; '.join(told)}.")


def _payoffs(matrix: Matrix) -> Table:
    words = Words(matrix)
    rows = []
    for row in range(len(matrix.strategies[0])):
        cells = [words.strategy(0, row)]
        for column in range(len(matrix.strategies[1])):
            pair = [
                numbers.number(float(matrix.payoffs[side, row, column]), 2)
                + ("*" if matrix.best_replies[side, row, column] else "")
                for side in (0, 1)
            ]
            cells.append(" / ".join(pair))
        rows.append(tuple(cells))
    columns = tuple(words.strategy(1, place) for place in range(len(matrix.strategies[1])))
    regime = quoted_label(words.labels.regime(matrix.regime))
    caption = f"What both get under {regime}: {inside(words.actor(0))} (rows) / {inside(words.actor(1))} (columns)"
    numeric = tuple(range(1, len(columns) + 1))
    return Table(caption, (f"{words.actor(0)} plays", *columns), tuple(rows), numeric, "*: a best reply to the other.")


def _equilibria(matrices: Matrices) -> Table:
    rows = []
    for name, matrix in matrices.matrices.items():
        words = Words(matrix)
        for place, each in enumerate(matrix.found.equilibria[:10]):
            rows.append(
                (
                    f"{words.labels.regime(name)}, {place + 1}",
                    *(words.mix(side, each.probabilities[side]) for side in (0, 1)),
                    *(worth(_worth(matrix, each, side)) for side in (0, 1)),
                    "not known" if each.support is None else numbers.percent(each.support),
                    "yes" if place == matrix.selected.place else "no",
                )
            )
    words = Words(next(iter(matrices.matrices.values())))
    first, second = words.actor(0), words.actor(1)
    headings = (
        "regime, equilibrium", f"{first} plays", f"{second} plays", f"{first} gets", f"{second} gets",
        "stays one in resamples", "selected",
    )  # fmt: skip
    return Table("Equilibria", headings, tuple(rows), (5,))


def subject_of_claims(claims: Claims, scenario: Scenario, setting: Setting) -> Subject:
    """Return the claims of a scenario, judged."""
    labels = Labels(scenario)
    nearest = _nearest(claims)
    told = _told(claims, scenario, setting, nearest)
    measured = _margins(claims, scenario)
    used = {name for each in measured.values() for _, name, _ in each.quantity.terms}
    sides = {name: side_of(each) for name, each in claims.ensembles.items() if name in used}
    how = f"{played(claims)}." if claims.results else "Nothing was played for claims."
    cautions = [ONE_RUN if claims.plan.runs < 2 else ASSUMED]
    if any(result.about_equilibria for result in claims.results):
        cautions.append(EQUILIBRIA)
    return Subject(
        scenarios=(scenario,),
        question="Does what is claimed follow from the incentives as they are stated?",
        circumstances=(how, *given(scenario, {"": Side(scenario, setting)})),
        follows=_verdicts(claims, nearest),
        because=_compared(claims, scenario, nearest),
        cautions=(*cautions, *claims.warnings),
        tables=(_table(claims),) if claims.results else (),
        figures=partial(shown_each, [claims] if claims.results else []),
        sides=sides,
        measured=measured,
        told=told,
        runs=claims.plan.runs,
        seed=claims.plan.seed,
        questions=(
            "Which claim would you have denied before you saw the numbers, and which premise would you doubt now?",
        ),
        unmoved=(
            "" if measured else "The claims are about equilibria, or there are none: no assumption is moved for them."
        ),
        digests={labels.regime(name): ensemble.digest for name, ensemble in claims.ensembles.items()},
    )


def _nearest(claims: Claims) -> ClaimResult | None:
    """Return the claim about results whose margin lies nearest zero, in standard errors."""
    having = [each for each in claims.results if not each.about_equilibria and math.isfinite(each.margin.mean)]
    return min(
        having, key=lambda each: abs(each.margin.mean / each.margin.se) if each.margin.se else math.inf, default=None
    )


def _verdicts(claims: Claims, nearest: ClaimResult | None) -> str:
    if not claims.results:
        return "This scenario makes no claims."
    words = summary(claims).split(". ")[0].rstrip(".")
    if nearest is None:
        return f"{words}."
    decimals = numbers.decimals_of(nearest.margin.mean, nearest.margin.se)
    reach = reach_of(nearest.margin, decimals)
    between = f", 95 % interval {reach}" if reach and not reach.startswith("in ") else f", {reach}" if reach else ""
    margin = numbers.mean(nearest.margin, decimals, sign=True)
    one = len(claims.results) == 1
    which = "its margin" if one else f"nearest to the edge is {quoted_label(label_of(claims, nearest))}, whose margin"
    return f"{words}; {which} is {margin}{between}."


def _compared(claims: Claims, scenario: Scenario, nearest: ClaimResult | None) -> str:
    if nearest is None:
        return "No claim compares results of runs with each other."
    labels = Labels(scenario)
    values: dict[str, str] = {}
    for reference in scenario.claims[nearest.name].holds.references:
        regime = reference.words[0]
        value = numbers.mean(claims.ensembles[regime].stats[column_of(reference)])
        values[str(reference)] = f"{value} for {_meant(labels, reference)} under {quoted_label(labels.regime(regime))}"
    said = one_line(nearest.says).strip().rstrip(".")
    return f"It says: {said}. It compares {joined(list(values.values()))}, on average over the runs."


def _meant(labels: Labels, reference: Reference) -> str:
    """Return what a result is of which a claim speaks: an actor's payoff, a part of it, or what its words name."""
    first, *rest = reference.words[1:]
    if first in labels.scenario.actors and len(rest) <= 1:
        return f"{quoted_label(labels.entry(first, rest[0]))} of {labels.actor(first)}" if rest else labels.actor(first)
    return quoted_label(".".join((first, *rest)))


def _told(claims: Claims, scenario: Scenario, setting: Setting, nearest: ClaimResult | None) -> dict[str, Ensemble]:
    if nearest is not None:
        names = dict.fromkeys(each.words[0] for each in scenario.claims[nearest.name].holds.references)
        return {name: claims.ensembles[name] for name in list(names)[:2]}
    plan = Plan(min(claims.plan.runs, _TOLD), claims.plan.seed)
    ensemble = run(scenario, Setting(None, setting.plays, setting.parameters), plan)
    return {ensemble.game.regime: ensemble}


def _margins(claims: Claims, scenario: Scenario) -> dict[str, Measured]:
    found = {}
    for result in claims.results:
        parts = [each for each in scenario.claims[result.name].holds.comparisons if not each.equilibria]
        for place, each in enumerate(parts):
            label = label_of(claims, result)
            part = label if len(parts) == 1 else f"{label}, part {place + 1}"
            found[f"{result.name}.{place}"] = Measured(quantity_of(each), f"the margin of {quoted_label(part)}", part)
    return dict(list(found.items())[:_MEASURED])


def _table(claims: Claims) -> Table:
    rows = []
    for result in claims.results:
        decimals = numbers.decimals_of(result.margin.mean, result.margin.se)
        known = math.isfinite(result.margin.mean)
        cells = [
            label_of(claims, result),
            one_line(result.says),
            result.verdict,
            numbers.mean(result.margin, decimals, sign=True) if known else "not known",
            reach_of(result.margin, decimals),
        ]
        if result.endurance is not None:
            cells.append(numbers.percent(result.endurance.share.mean, 1))
        rows.append(tuple(cells))
    headings = ["claim", "says", "verdict", "margin", "95 % interval"]
    if claims.robustness is not None:
        headings.append("holds over the ranges at")
        rows = [row if len(row) == len(headings) else (*row, "not asked") for row in rows]
    note = (
        "The margin is the larger side of a claim minus the smaller, in the claim's own unit, averaged over runs; of a "
        "claim in several parts, the part nearest zero in standard errors."
    )
    return Table("Claims", tuple(headings), tuple(rows), (3, 4, 5)[: len(headings) - 3], note)
