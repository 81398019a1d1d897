"""What claims ask to be played: which regimes, which sums of their results, and of which regimes the equilibria."""

from __future__ import annotations

from sim.experiment.points import Quantity
from sim.model.compiling import regime_names
from sim.scenario.schema import Scenario
from sim.scenario.statements import Comparison, Reference


def regimes_named(scenario: Scenario) -> list[str]:
    """Return the regimes whose results a scenario's claims speak of, in the order written."""
    named = {reference.words[0] for claim in scenario.claims.values() for reference in claim.holds.references}
    return [name for name in regime_names(scenario) if name in named]


def regimes_in_equilibrium(scenario: Scenario) -> list[str]:
    """Return the regimes whose equilibria a scenario's claims speak of, in the order written."""
    named = {each.regime for claim in scenario.claims.values() for each in claim.holds.equilibria}
    return [name for name in regime_names(scenario) if name in named]


def comparisons_of(scenario: Scenario) -> list[Comparison]:
    """Return the comparisons that a scenario's claims make, each once."""
    return list(dict.fromkeys(each for claim in scenario.claims.values() for each in claim.holds.comparisons))


def column_of(reference: Reference) -> str:
    """Return the column of an ensemble's table that a result of a claim names."""
    return ".".join(reference.words[1:])


def quantity_of(comparison: Comparison) -> Quantity:
    """Return what a comparison of results claims to be above zero, as a number a run."""
    terms = tuple((factor, reference.words[0], column_of(reference)) for factor, reference in comparison.terms)
    return Quantity(terms, comparison.constant)
