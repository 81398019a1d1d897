"""Claims: does each statement about the results hold, fail, or stay undecided at 95 % (language page, section 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.experiment.compare import under
from sim.experiment.ensemble import Ensemble, Plan, Progress, planned_for, run
from sim.experiment.skewness import Sample, warnings_of
from sim.experiment.summary import Moments, Stat, moments_of, stats_of
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
    warnings: tuple[str, ...] = ()
    """A sentence if the margin is too skewed for its interval to be trusted."""

    def to_dict(self) -> dict[str, Any]:
        """Return the result as it stands in JSON (interfaces, ``claims``)."""
        return {
            "says": self.says,
            "verdict": self.verdict,
            "margin": self.margin.to_dict(),
            "robust": None,
            "warnings": list(self.warnings),
        }


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

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return a sentence for each claim whose margin has an interval that cannot be trusted."""
        return tuple(sentence for result in self.results for sentence in result.warnings)

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
    margins = _margins(scenario, ensembles)
    results = []
    for name, claim in scenario.claims.items():
        parts = [(each, margins[each]) for each in claim.holds.comparisons]
        verdicts = [_verdict(part.stat) for _, part in parts]
        joined: Verdict = "undecided"
        if "fails" in verdicts:
            joined = "fails"
        elif all(verdict == "holds" for verdict in verdicts):
            joined = "holds"
        what = f"the margin of the claim {name}"
        samples = [Sample.of(what, part.moments, part.row, _scale(each, ensembles)) for each, part in parts]
        worst = max(samples, key=lambda sample: sample.doubtful * sample.needed)
        nearest = min((part.stat for _, part in parts), key=_distance)
        results.append(ClaimResult(name, claim.says, claim.holds.text, joined, nearest, warnings_of([worst])))
    return Claims(tuple(results), ensembles, plan)


def regimes_named(scenario: Scenario) -> list[str]:
    """Return the regimes that a scenario's claims speak of, in the order written."""
    named = {reference.words[0] for claim in scenario.claims.values() for reference in claim.holds.references}
    return [name for name in regime_names(scenario) if name in named]


@dataclass(frozen=True)
class _Margin:
    """The margin of a comparison: its mean, and the row of the moments of all margins."""

    stat: Stat
    moments: Moments
    row: int


def _margins(scenario: Scenario, ensembles: Mapping[str, Ensemble]) -> dict[Comparison, _Margin]:
    """Return what each comparison claims to be above zero, as its mean over runs, paired run by run."""
    compared = list(dict.fromkeys(each for claim in scenario.claims.values() for each in claim.holds.comparisons))
    if not compared:
        return {}
    named: dict[str, dict[str, int]] = {regime: {} for regime in ensembles}
    for _, reference in (term for each in compared for term in each.terms):
        columns = named[reference.words[0]]
        columns.setdefault(_column_of(reference), len(columns))
    paired = zip(*(ensemble.blocks(list(named[regime])) for regime, ensemble in ensembles.items()), strict=True)

    def tables() -> Iterator[Floats]:
        for blocks in paired:
            sides = dict(zip(ensembles, blocks, strict=True))
            yield np.stack([_difference(each, named, sides) for each in compared])

    moments = moments_of(tables())
    stats = stats_of(moments)
    return {each: _Margin(stat, moments, row) for row, (each, stat) in enumerate(zip(compared, stats, strict=True))}


def _difference(compared: Comparison, named: Mapping[str, Mapping[str, int]], sides: Mapping[str, Floats]) -> Floats:
    total: Floats | None = None
    for factor, reference in compared.terms:
        regime = reference.words[0]
        part = factor * sides[regime][named[regime][_column_of(reference)]]
        total = part if total is None else total + part
    if total is None:
        raise AssertionError("a comparison without results")
    return total + compared.constant


def _scale(compared: Comparison, ensembles: Mapping[str, Ensemble]) -> float:
    """Return the size of the largest number that a margin is computed from."""
    sizes = [abs(compared.constant)]
    for factor, reference in compared.terms:
        ensemble = ensembles[reference.words[0]]
        sizes.append(abs(factor) * float(ensemble.summed.moments.size[ensemble.columns[_column_of(reference)]]))
    return max(sizes)


def _column_of(reference: Reference) -> str:
    """Return the column of an ensemble's table that a result of a claim names."""
    return ".".join(reference.words[1:])


def _verdict(margin: Stat) -> Verdict:
    return "holds" if margin.side > 0 else "fails" if margin.side < 0 else "undecided"


def _distance(margin: Stat) -> tuple[float, float]:
    """Return how far a margin lies from zero: in standard errors, and among those without error by its size."""
    away = abs(margin.mean / margin.se) if margin.se else abs(margin.mean) * np.inf if margin.mean else 0.0
    return away, abs(margin.mean)
