"""A matrix as the page of a report asks for it. Nothing of it is stored: what is told is played again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from sim.experiment.ends import Side
from sim.experiment.ensemble import run
from sim.experiment.equilibria import Equilibrium
from sim.experiment.matrix import Matrices, Matrix
from sim.experiment.plan import Plan
from sim.experiment.points import Quantity
from sim.experiment.summary import Stat
from sim.model.game import Setting
from sim.report import numbers
from sim.report.charts.figures import Figure
from sim.report.document.content import Table
from sim.report.document.sentences import worth
from sim.report.document.subject import Measured, Subject, given, shown
from sim.report.game import Words
from sim.report.labels import Labels, inside, joined, plain, quoted_label, sentence_case
from sim.report.run import ASSUMED, ONE_RUN

_TOLD = 1_000
"""Runs among which those worth telling are looked for, where they have to be played for it."""

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
        cautions=(ONE_RUN if matrix.plan.runs < 2 else ASSUMED, *map(sentence_case, words.sentences())),
        tables=(
            *(_payoffs(each, side) for each in matrices.matrices.values() for side in (0, 1)),
            _equilibria(matrices),
            *_strategies(words),
        ),
        figures=partial(_maps, alone),
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


def _maps(alone: Sequence[Matrices]) -> list[Figure]:
    found = []
    for each in alone:
        (matrix,) = each.matrices.values()
        regime = quoted_label(Labels(matrix.game.scenario).regime(matrix.regime))
        found += [
            replace(figure, title=f"Every strategy against every other, under {regime}") for figure in shown(each)
        ]
    return found


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
    which = "" if len(found) == 1 else f", in one of {len(found)} equilibria"
    return f"If both choose well under {regime}{which}, {_played(matrix, words, chosen)}."


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
            f"{size}{between}, with {quoted_label(words.entry(side, entry))} the largest part "
            f"({numbers.number(part, decimals, sign=True)})"
        )
    if not told:
        return "Neither side has any other strategy that would come to something else."
    return sentence_case(f"{'; '.join(told)}.")


def _payoffs(matrix: Matrix, side: int) -> Table:
    """Return what a side gets for every pair of strategies."""
    words, payoffs = Words(matrix), matrix.payoffs[side]
    decimals = min(2, numbers.exact_decimals(payoffs.ravel().tolist()))
    best = matrix.best_replies[side]
    rows = tuple(
        (
            words.name(0, row),
            *(
                numbers.number(float(payoffs[row, column]), decimals) + ("*" if best[row, column] else "")
                for column in _places(matrix, 1)
            ),
        )
        for row in _places(matrix, 0)
    )
    regime, who = quoted_label(words.labels.regime(matrix.regime)), inside(words.actor(side))
    columns = tuple(words.name(1, place) for place in _places(matrix, 1))
    rule = f"Rows: what {inside(words.actor(0))} plays. Columns: what {inside(words.actor(1))} plays."
    return Table(
        f"What {who} gets under {regime}",
        (f"{words.actor(0)} plays", *columns),
        rows,
        tuple(range(1, len(columns) + 1)),
        f"{rule} *: a best reply of {who}.",
    )


def _strategies(words: Words) -> list[Table]:
    """Return what the names of strategies mean, where they do not say it themselves."""
    found = []
    for side in (0, 1):
        named = [(words.name(side, place), words.strategy(side, place)) for place in _places(words.matrix, side)]
        if any(label not in (name, plain(name)) for name, label in named):
            found.append(Table(f"What {inside(words.actor(side))} can play", ("strategy", "what it is"), tuple(named)))
    return found


def _places(matrix: Matrix, side: int) -> range:
    return range(len(matrix.strategies[side]))


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
