"""Claims as the page of a report asks for them."""

from __future__ import annotations

import math
from functools import partial

from sim.errors import one_line
from sim.experiment.claimed import column_of, quantity_of
from sim.experiment.claims import ClaimResult, Claims
from sim.experiment.ends import Side
from sim.experiment.ensemble import Ensemble, run
from sim.experiment.plan import Plan
from sim.model.game import Setting
from sim.report import numbers
from sim.report.claims import EQUILIBRIA, label_of, played, reach_of, summary
from sim.report.document.content import Table
from sim.report.document.of_runs import side_of
from sim.report.document.subject import Measured, Subject, given, shown_each
from sim.report.labels import Labels, joined, quoted_label
from sim.report.run import ASSUMED, ONE_RUN
from sim.scenario.schema import Scenario
from sim.scenario.statements import Reference

_TOLD = 1_000
"""Runs among which those worth telling are looked for, where they have to be played for it."""

_MEASURED = 8
"""Claims of which it is asked what the assumptions make of them."""


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
        known=how,
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
    return f"It says that {quoted_label(said)}, and compares {joined(list(values.values()))}, on average over the runs."


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
