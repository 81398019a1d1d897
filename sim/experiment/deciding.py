"""Which parameters decide whether something holds at points of a space, and in which part of it it does not."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.points import Points
from sim.scenario.arithmetic import Floats

Mask = NDArray[np.bool_]
Limits = tuple[float, float]

CHANCE = 0.05
"""How probable it may be that any parameter is called decisive that is not."""

_QUARTER = 0.25
_FINEST = 4
"""Most stretches into which a map divides a range; each cell should have some 16 points."""

_FEW = 8
"""Failing points below which no box is looked for: a box around so few says nothing."""


@dataclass(frozen=True)
class Influence:
    """How much one parameter decides."""

    parameter: str
    share: float
    """How much of the variance of the margins' ranks a parabola in this parameter alone explains: 0 to 1."""
    correlation: float
    """Spearman's rank correlation with the margin: above 0 if more of the parameter makes the claim safer."""
    lowest: float
    """Share of points at which the claim holds where the parameter is in the lowest quarter of its range."""
    highest: float
    """The same in the highest quarter."""
    notable: bool
    """Whether chance would hardly explain as much (F test, corrected for the number of parameters)."""

    def to_dict(self) -> dict[str, Any]:
        """Return the influence as it stands in JSON."""
        return {
            "parameter": self.parameter,
            "share": self.share,
            "correlation": self.correlation,
            "lowest_quarter": self.lowest,
            "highest_quarter": self.highest,
        }


@dataclass(frozen=True)
class Box:
    """A part of the space in which a claim mostly fails: limits of some parameters, all others over their range."""

    limits: Mapping[str, Limits]
    failing: float
    """Share of the points within at which the claim fails."""
    covered: float
    """Share of the failing points that lie within."""

    def to_dict(self) -> dict[str, Any]:
        """Return the box as it stands in JSON."""
        limits = {name: list(bounds) for name, bounds in self.limits.items()}
        return {"limits": limits, "failing": self.failing, "covered": self.covered}


@dataclass(frozen=True, eq=False)
class Map:
    """Shares of points at which a claim holds, over the ranges of two parameters (or of the only one)."""

    parameters: tuple[str, ...]
    edges: tuple[Floats, ...]
    """Where the stretches of each parameter begin and end, lowest first."""
    shares: Floats
    """One axis a parameter; nan where there is no point."""
    counts: NDArray[np.int64]
    """Points in each cell."""

    def to_dict(self) -> dict[str, Any]:
        """Return the map as it stands in JSON: rows are of the first parameter, numbers in them of the second."""
        return {
            "parameters": list(self.parameters),
            "edges": [edges.tolist() for edges in self.edges],
            "shares": _nulls(self.shares.tolist()),
        }


def _nulls(shares: Any) -> Any:
    """Return nested lists of shares with None for what is not known."""
    if isinstance(shares, list):
        return [_nulls(each) for each in shares]
    return None if math.isnan(shares) else shares


def influences_of(names: Sequence[str], unit: Floats, margin: Floats) -> tuple[Influence, ...]:
    """Return how much each parameter decides a margin, the most decisive first.

    ``unit`` is (parameters, points) from 0 to 1 over each range; the margin is above 0 where the claim holds.
    """
    from scipy.special import fdtrc
    from scipy.stats import rankdata

    points = margin.size
    ranks = rankdata(margin) - (points + 1) / 2
    whole = float(ranks @ ranks)
    holds = margin > 0.0
    found = []
    for name, row in zip(names, unit, strict=True):
        linear = row - row.mean()
        bent = linear * linear
        bent = bent - bent.mean() - linear * (bent @ linear) / max(linear @ linear, 1e-300)
        parts = [float(ranks @ each) ** 2 / max(float(each @ each), 1e-300) for each in (linear, bent)]
        share = min(1.0, sum(parts) / whole) if whole else 0.0
        statistic = math.inf if share == 1.0 else share / (1.0 - share) * (points - 3) / 2
        notable = share > 0.0 and float(fdtrc(2, points - 3, statistic)) * len(names) < CHANCE
        own = rankdata(row) - (points + 1) / 2
        correlation = float(own @ ranks) / math.sqrt(whole * float(own @ own)) if whole and own.any() else 0.0
        lowest, highest = (_share(holds[part]) for part in (row < _QUARTER, row >= 1.0 - _QUARTER))
        found.append(Influence(name, share, correlation, lowest, highest, notable))
    return tuple(sorted(found, key=lambda influence: -influence.share))


def map_of(names: Sequence[str], points: Points, ranges: Mapping[str, Limits], holds: Mask) -> Map:
    """Return in which share of points a claim holds, over the ranges of one or two parameters."""
    many = min(_FINEST, max(2, math.isqrt(points.count // 16)))
    edges = [np.linspace(*ranges[name], many + 1) for name in names]
    values = np.array([points.values[points.names.index(name)] for name in names])
    counts, _ = np.histogramdd(values.T, edges)
    holding, _ = np.histogramdd(values[:, holds].T, edges)
    with np.errstate(invalid="ignore"):
        shares = holding / counts
    return Map(tuple(names), tuple(edges), shares, counts.astype(np.int64))


def box_of_failures(names: Sequence[str], points: Points, ranges: Mapping[str, Limits], fails: Mask) -> Box | None:
    """Return the box, in limits of these parameters, that best tells the failing points from the others.

    Boxes are those of PRIM (Friedman and Fisher, Statistics and Computing 9, 1999), peeled by ema-workbench; of these
    the one is taken that comes nearest to holding every failing point and no other, without limits that do not help.
    None without ema-workbench, without parameters, and with few failing points.
    """
    if not names or fails.sum() < _FEW or fails.all():
        return None
    whole = [ranges[name] for name in names]
    values = np.array([points.values[points.names.index(name)] for name in names])
    found = min(_peeled(values, fails, whole), key=lambda limits: _missed(values, limits, fails), default=None)
    if found is None:
        return None
    limits = _pruned(values, found, fails, whole)
    within = _within(values, limits)
    restricted = {name: ours for name, ours, all_of_it in zip(names, limits, whole, strict=True) if ours != all_of_it}
    if not restricted:
        return None
    return Box(restricted, _share(fails[within]), _share(within[fails]))


def _peeled(values: Floats, fails: Mask, whole: Sequence[Limits]) -> Iterator[list[Limits]]:
    """Yield the boxes that PRIM peels off, largest first; none without ema-workbench."""
    # Charts and other optional parts of the library complain on import.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            prim, pandas = import_module("ema_workbench.analysis.prim"), import_module("pandas")
        except ImportError:
            return
        table = pandas.DataFrame({str(row): numbers for row, numbers in enumerate(values)})
        peeling = prim.Prim(table, fails.astype(np.int64), threshold=1e-9)
        trajectory = peeling.find_box().box_lims
    first = trajectory[0]
    for box in trajectory:
        limits = []
        for row, (low, high) in enumerate(whole):
            # A limit at the outermost point is none.
            lower, upper = (
                end if box[str(row)].iloc[side] == first[str(row)].iloc[side] else float(box[str(row)].iloc[side])
                for side, end in enumerate((low, high))
            )
            limits.append((lower, upper))
        yield limits


def _pruned(values: Floats, limits: list[Limits], fails: Mask, whole: Sequence[Limits]) -> list[Limits]:
    """Return a box without the limits that do not help to tell failing points from others."""
    while True:
        fewer = [
            [*limits[:row], loose, *limits[row + 1 :]]
            for row, (ours, widest) in enumerate(zip(limits, whole, strict=True))
            for loose in ((widest[0], ours[1]), (ours[0], widest[1]))
            if loose != ours
        ]
        best = min(fewer, key=lambda each: _missed(values, each, fails), default=None)
        if best is None or _missed(values, best, fails) > _missed(values, limits, fails):
            return limits
        limits = best


def _missed(values: Floats, limits: Sequence[Limits], fails: Mask) -> float:
    """Return how far a box is from holding every failing point and no other: 0 if it does."""
    within = _within(values, limits)
    return math.hypot(1.0 - _share(fails[within]), 1.0 - _share(within[fails]))


def _within(values: Floats, limits: Sequence[Limits]) -> Mask:
    low, high = np.array(limits).T[:, :, np.newaxis]
    within: Mask = np.all((values >= low) & (values <= high), axis=0)
    return within


def _share(which: Mask) -> float:
    return float(which.mean()) if which.size else 0.0
