"""Claims: does each statement about the results hold, fail, or stay undecided at 95 % (language page, section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.experiment.compare import under
from sim.experiment.ensemble import Ensemble, Plan, Progress, planned_for, run
from sim.experiment.summary import Stat, mean_stats
from sim.model.compiling import regime_names
from sim.model.game import Setting
from sim.scenario.arithmetic import Floats
from sim.scenario.schema import Scenario
from sim.scenario.statements import Comparison, Reference

Verdict = Literal["holds", "fails", "undecided"]


@dataclass(frozen=True)
class ClaimResult:
    """A claim's verdict; ``margin`` is the difference claimed to be above zero (the one nearest zero of several)."""

    name: str
    says: str
    text: str
    verdict: Verdict
    margin: Stat

    def to_dict(self) -> dict[str, Any]:
        """Return the result as it stands in JSON (interfaces, ``claims``)."""
        return {"says": self.says, "verdict": self.verdict, "margin": self.margin.to_dict(), "robust": None}


@dataclass(frozen=True)
class Claims:
    """The verdicts on all claims of a scenario, and the ensembles they rest on."""

    results: tuple[ClaimResult, ...]
    ensembles: Mapping[str, Ensemble]
    plan: Plan

    @property
    def all_hold(self) -> bool:
        """Say whether every claim holds."""
        return all(result.verdict == "holds" for result in self.results)

    def to_dict(self) -> dict[str, Any]:
        """Return the verdicts as they stand in JSON."""
        return {
            "runs": self.plan.runs,
            "seed": self.plan.seed,
            "claims": {result.name: result.to_dict() for result in self.results},
        }


def claims(
    scenario: Scenario, setting: Setting | None = None, plan: Plan | None = None, progress: Progress | None = None
) -> Claims:
    """Play every regime that a claim names, on the same luck, and judge the claims."""
    plan = plan or planned_for(scenario)
    ensembles = {name: run(scenario, under(setting, name), plan, progress) for name in regimes_named(scenario)}
    results = []
    for name, claim in scenario.claims.items():
        margins = [margin_of(comparison, ensembles) for comparison in claim.holds.comparisons]
        verdicts = [_verdict(margin) for margin in margins]
        joined: Verdict = "undecided"
        if "fails" in verdicts:
            joined = "fails"
        elif all(verdict == "holds" for verdict in verdicts):
            joined = "holds"
        results.append(ClaimResult(name, claim.says, claim.holds.text, joined, min(margins, key=_distance)))
    return Claims(tuple(results), ensembles, plan)


def regimes_named(scenario: Scenario) -> list[str]:
    """Return the regimes that a scenario's claims speak of, in the order written."""
    named = {reference.words[0] for claim in scenario.claims.values() for reference in claim.holds.references}
    return [name for name in regime_names(scenario) if name in named]


def margin_of(comparison: Comparison, ensembles: Mapping[str, Ensemble]) -> Stat:
    """Return the mean of what a comparison claims to be above zero, with its paired 95 % interval."""
    total: Floats | None = None
    for factor, reference in comparison.terms:
        part = factor * ensembles[reference.words[0]].column(column_of(reference))
        total = part if total is None else total + part
    if total is None:
        raise AssertionError("a comparison without results")
    return mean_stats((total + comparison.constant)[np.newaxis])[0]


def column_of(reference: Reference) -> str:
    """Return the column of an ensemble's table that a result of a claim names."""
    return ".".join(reference.words[1:])


def _verdict(margin: Stat) -> Verdict:
    return "holds" if margin.side > 0 else "fails" if margin.side < 0 else "undecided"


def _distance(margin: Stat) -> tuple[float, float]:
    """Return how far a margin lies from zero: in standard errors, and among those without error by its size."""
    away = abs(margin.mean / margin.se) if margin.se else abs(margin.mean) * np.inf if margin.mean else 0.0
    return away, abs(margin.mean)
