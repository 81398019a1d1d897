"""Claims: does each statement about the results hold, fail, or stay undecided at 95 % (language page, section 6)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.experiment import robust
from sim.experiment.claimed import column_of, comparisons_of, regimes_named
from sim.experiment.claimed_equilibria import Judged, Verdict, cells_to_play, judged_equilibria
from sim.experiment.compare import under
from sim.experiment.ensemble import Ensemble, Plan, Progress, planned_for, run
from sim.experiment.robust import Endurance, Robustness, Sampling, drawn, robustness
from sim.experiment.skewness import Sample, warnings_of
from sim.experiment.summary import Moments, Stat, moments_of, stats_of
from sim.model.game import Setting
from sim.scenario.arithmetic import Floats
from sim.scenario.schema import Claim, Scenario
from sim.scenario.statements import Comparison
from sim.shown import Drawn


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
    about_equilibria: bool = False
    endurance: Endurance | None = None
    """How it fares over the ranges of the parameters, if that was asked."""

    def to_dict(self) -> dict[str, Any]:
        """Return the result as it stands in JSON."""
        return {
            "says": self.says,
            "verdict": self.verdict,
            "margin": self.margin.to_dict() | ({"mean": None} if math.isnan(self.margin.mean) else {}),
            "robust": None if self.endurance is None else self.endurance.share.mean,
            "robustness": None if self.endurance is None else self.endurance.to_dict(),
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, repr=False)
class Claims(Drawn):
    """The verdicts on all claims of a scenario, and the ensembles they rest on."""

    results: tuple[ClaimResult, ...]
    ensembles: Mapping[str, Ensemble]
    plan: Plan
    robustness: Robustness | None = None
    scenario: Scenario | None = None

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
            "drawn": None if self.robustness is None else self.robustness.to_dict(),
            "claims": {result.name: result.to_dict() for result in self.results},
        }


def claims(
    scenario: Scenario,
    setting: Setting | None = None,
    plan: Plan | None = None,
    progress: Progress | None = None,
    sampling: Sampling | None = None,
) -> Claims:
    """Play every regime that a claim names, on the same luck, and judge the claims.

    ``sampling`` asks how they fare over the ranges of the parameters, too.
    """
    plan = plan or planned_for(scenario)
    if sampling is not None:
        drawn(scenario, setting)
    ensembles = {name: run(scenario, under(setting, name), plan, progress) for name in regimes_named(scenario)}
    compared = comparisons_of(scenario)
    margins = _margins([each for each in compared if not each.equilibria], ensembles)
    about_equilibria = [each for each in compared if each.equilibria]
    margins |= judged_equilibria(scenario, about_equilibria, setting, plan, progress)
    results = [_result(name, claim, margins, ensembles) for name, claim in scenario.claims.items()]
    if sampling is None or not results:
        return Claims(tuple(results), ensembles, plan, None, scenario)
    over = robustness(scenario, sampling, setting, plan, progress)
    lasting = [replace(result, endurance=over.claims.get(result.name)) for result in results]
    return Claims(tuple(lasting), ensembles, plan, over, scenario)


def runs_to_play(scenario: Scenario, plan: Plan, sampling: Sampling | None = None) -> int:
    """Return how many runs are played in all. Raises ``CommandError``."""
    regimes = len(regimes_named(scenario)) + cells_to_play(scenario)
    return plan.runs * regimes + (robust.runs_to_play(scenario, sampling) if sampling else 0)


@dataclass(frozen=True)
class _Margin:
    """The margin of a comparison of results: its mean, and the row of the moments of all margins."""

    margin: Stat
    moments: Moments
    row: int

    @property
    def verdict(self) -> Verdict:
        return "holds" if self.margin.side > 0 else "fails" if self.margin.side < 0 else "undecided"


def _result(
    name: str, claim: Claim, margins: Mapping[Comparison, _Margin | Judged], ensembles: Mapping[str, Ensemble]
) -> ClaimResult:
    parts = [(each, margins[each]) for each in claim.holds.comparisons]
    verdicts = [part.verdict for _, part in parts]
    joined: Verdict = "undecided"
    if "fails" in verdicts:
        joined = "fails"
    elif all(verdict == "holds" for verdict in verdicts):
        joined = "holds"
    what = f"the margin of the claim {name}"
    samples = [
        Sample.of(what, part.moments, part.row, _scale(each, ensembles))
        for each, part in parts
        if isinstance(part, _Margin)
    ]
    worst = sorted(samples, key=lambda sample: -sample.doubtful * sample.needed)[:1]
    warnings = [*warnings_of(worst), *(part.warning for _, part in parts if isinstance(part, Judged) and part.warning)]
    nearest = min((part.margin for _, part in parts), key=_distance)
    about_equilibria = bool(claim.holds.equilibria)
    return ClaimResult(name, claim.says, claim.holds.text, joined, nearest, tuple(warnings), about_equilibria)


def _margins(compared: Sequence[Comparison], ensembles: Mapping[str, Ensemble]) -> dict[Comparison, _Margin | Judged]:
    """Return what each comparison of results claims to be above zero, as its mean over runs, paired run by run."""
    if not compared:
        return {}
    named: dict[str, dict[str, int]] = {regime: {} for regime in ensembles}
    for _, reference in (term for each in compared for term in each.terms):
        columns = named[reference.words[0]]
        columns.setdefault(column_of(reference), len(columns))
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
        part = factor * sides[regime][named[regime][column_of(reference)]]
        total = part if total is None else total + part
    if total is None:
        raise AssertionError("a comparison without results")
    return total + compared.constant


def _scale(compared: Comparison, ensembles: Mapping[str, Ensemble]) -> float:
    """Return the size of the largest number that a margin is computed from."""
    sizes = [abs(compared.constant)]
    for factor, reference in compared.terms:
        ensemble = ensembles[reference.words[0]]
        sizes.append(abs(factor) * float(ensemble.summed.moments.size[ensemble.columns[column_of(reference)]]))
    return max(sizes)


def _distance(margin: Stat) -> tuple[float, float]:
    """Return how far a margin lies from zero: in standard errors, and among those without error by its size.

    The interval tells the error of a margin that has none of its own; what is not known lies nearest.
    """
    if math.isnan(margin.mean):
        return 0.0, 0.0
    error = margin.se if margin.se is not None else (margin.reach or 0.0) / 2
    away = abs(margin.mean / error) if error else abs(margin.mean) * np.inf if margin.mean else 0.0
    return away, abs(margin.mean)
