"""When not to trust an interval: the mean of few runs of something very skewed.

Student's interval takes means to be spread like a bell, and those of skewed numbers are so only if there are many:
Cochran's rule asks for more than 25 times the square of their skewness (Sampling Techniques, 3rd edition, 1977, 2.15).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from sim.experiment.summary import Moments

RULE = 25
"""Cochran's factor."""

_CHANCE = 2.5
"""Standard errors from zero up to which a skewness may be chance; this decides only below some 30 runs."""

_ROUNDING = 1e-9
"""A spread below this share of the numbers that it comes from is rounding."""


@dataclass(frozen=True)
class Sample:
    """Something of which a mean was taken: what it is called, over how many runs, how spread and how skewed."""

    what: str
    runs: int
    deviation: float
    skewness: float
    scale: float
    """The size of the numbers that it was computed from."""

    @classmethod
    def of(cls, what: str, moments: Moments, row: int, scale: float | None = None) -> Sample:
        """Return the sample in one row of moments; its scale is its own size unless told."""
        scale = float(moments.size[row]) if scale is None else scale
        return cls(what, moments.count, float(moments.deviation[row]), float(moments.skewness[row]), scale)

    @property
    def needed(self) -> int:
        """Return how many runs would be enough, rounded up to two digits; 0 where the skewness is not known."""
        if not math.isfinite(self.skewness) or self.deviation <= _ROUNDING * self.scale:
            return 0
        enough = math.floor(RULE * self.skewness**2) + 1
        step = int(10 ** max(len(str(enough)) - 2, 0))
        return -(-enough // step) * step

    @property
    def doubtful(self) -> bool:
        """Say whether there are too few runs for the interval of the mean to be trusted."""
        n = self.runs
        if n < 3 or n >= RULE * self.skewness**2 or not self.needed:
            return False
        # The standard error of the skewness of as many normal numbers.
        return abs(self.skewness) > _CHANCE * math.sqrt(6 * (n - 2) / ((n + 1) * (n + 3)))


def warnings_of(samples: Iterable[Sample]) -> tuple[str, ...]:
    """Return a sentence for each sample whose interval cannot be trusted: how skewed it is, and what to do."""
    return tuple(
        f"The 95 % interval of {sample.what} cannot be trusted: with a skewness of {sample.skewness:.3g}, "
        f"{sample.runs:,} runs are too few. Ask for --runs {sample.needed} or more, or look at a share of runs instead "
        "of the mean."
        for sample in samples
        if sample.doubtful
    )
