"""Which runs are worth telling: the one nearest to the middle of all, and the one farthest from it.

Runs are compared by the payoffs of every actor under every side. Distances are measured in the spread of each payoff
(the middle half of the runs, scaled as for a bell curve), so that no actor counts more for having larger numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiment.ensemble import Ensemble
from sim.scenario.arithmetic import Floats

MOST = 1_000_000
"""Runs among which those worth telling are looked for: the first so many."""

_BELL = 1.349
"""The middle half of a bell curve is so many standard deviations wide."""


@dataclass(frozen=True)
class Told:
    """A run worth telling, how far it lies from the middle of all, and in which payoff it stands out most."""

    run: int
    distance: float
    side: str
    actor: str


@dataclass(frozen=True)
class Worth:
    """The typical run and the extreme one; no extreme one where all runs come to the same."""

    typical: Told
    extreme: Told | None
    among: int
    """Runs that were looked at."""


def worth_telling(ensembles: Mapping[str, Ensemble], actors: Sequence[str]) -> Worth:
    """Return which runs of some ensembles, played on the same luck, are worth telling. Of equals it is the first."""
    named = [(side, actor) for side in ensembles for actor in actors]
    values = np.array([_first(ensembles[side], actor) for side, actor in named])
    away = _scaled(values)
    distances = np.sqrt((away * away).sum(axis=0))
    typical = int(np.argmin(distances))
    extreme = int(np.argmax(distances))
    found = [
        Told(run, float(distances[run]), *named[int(np.argmax(np.abs(away[:, run])))]) for run in (typical, extreme)
    ]
    same = bool(distances[extreme] == distances[typical])
    return Worth(found[0], None if same else found[1], values.shape[1])


def _first(ensemble: Ensemble, actor: str) -> Floats:
    found: list[Floats] = []
    for block in ensemble.blocks([actor]):
        found.append(block[0])
        if sum(len(each) for each in found) >= MOST:
            break
    return np.concatenate(found)[:MOST]


def _scaled(values: Floats) -> Floats:
    """Return how far each value lies from its row's median, in the row's spread; 0 where nothing is spread."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=1)[:, :, np.newaxis]
    spread = (high - low) / _BELL
    spread = np.where(spread > 0.0, spread, values.std(axis=1, keepdims=True))
    # What only differs by rounding does not differ.
    level = spread <= 1e-12 * np.abs(values).max(axis=1, keepdims=True)
    away: Floats = np.where(level, 0.0, (values - middle) / np.where(level, 1.0, spread))
    return away
