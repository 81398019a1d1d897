"""A bootstrap over runs: the same game estimated from resampled runs, all cells with the same ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.luck import derived_seed
from sim.scenario.arithmetic import Floats

RESAMPLES = 1000
"""How often runs are resampled."""

MOST_BATCHES = 1000
"""Batches that runs are kept in; what is resampled is batches."""

SETTLED = 0.975
"""The share of resamples in which something has to hold to be settled."""

HOPELESS = 10**9
"""More runs than this nobody would play to settle something."""


@dataclass(frozen=True, eq=False)
class Batches:
    """Runs in order, so many in a batch but the last: ``means`` is (batches, ...), ``counts`` the runs in each."""

    means: Floats
    counts: Floats

    def mean(self) -> Floats:
        """Return the mean of all runs."""
        first = self.means[0]
        answer: Floats = first + np.tensordot(self.counts, self.means - first, axes=1) / self.counts.sum()
        return answer

    def resampled(self, seed: int, count: int = RESAMPLES) -> Floats | None:
        """Return means of resampled runs, (resamples, ...); None where there is but one batch.

        The same seed resamples the same batches.
        """
        many = len(self.counts)
        if many < 2:
            return None
        luck = np.random.Generator(np.random.Philox(key=derived_seed(seed, "resamples")))
        drawn = luck.multinomial(many, np.full(many, 1.0 / many), size=count).astype(np.float64)
        first = self.means[0]
        runs = drawn * self.counts
        away = runs @ (self.means - first).reshape(many, -1)
        away /= runs.sum(axis=1, keepdims=True)
        again: Floats = first + away.reshape(count, *first.shape)
        return again


def runs_in_a_batch(runs: int) -> int:
    """Return how many runs a batch holds so that there are at most ``MOST_BATCHES``."""
    return -(-runs // MOST_BATCHES)


def factor_to_settle(slacks: Floats, estimated: Floats) -> float | None:
    """Return how many times as many runs would settle that slacks are 0 or more; None where no number would.

    ``slacks`` (resamples, conditions) are those of the resamples, ``estimated`` (conditions) those of the estimate,
    all 0 or more. More runs draw resamples towards the estimate, by the root of their number; settled is what then
    holds in the share ``SETTLED`` of them.
    """
    away = slacks - estimated
    short = np.where(slacks < estimated, -away, 0.0)
    short[np.abs(away) < 1e-12] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.where(short > 0.0, short / np.maximum(estimated, 0.0), 0.0).max(axis=1, initial=0.0) ** 2
    factor = float(np.quantile(needed, SETTLED, method="higher"))
    return factor if np.isfinite(factor) else None
