"""How often 95 % intervals of means and shares contain the true value, for payoffs whose distribution is known.

Many repetitions are runs of one long job, cut into groups; each group is summed up as the program sums up any runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.stats import binom

from sim.engine import lockstep
from sim.engine.record import columns_of
from sim.experiment.skewness import Sample
from sim.experiment.summary import Stat, block_moments, share_stat, stats_of
from sim.model.compiling import compiled
from sim.model.game import Game
from sim.scenario.arithmetic import Floats
from sim.scenario.load import load_text

SCENARIO = """
scenario: known
clock: {turns: 20}
state: {caught: 0}
actors:
  benign: {incentives: {work: 0}, actions: {attempt: {chance: 0.5, add: {caught: 1}}}}
  rare: {}
hazards:
  disaster: {chance: "0.01 if turn == 1 else 0", payoffs: {rare: -100}}
  halt: {chance: "0.05 if turn == 20 else 0", ends: true}
"""

REPETITIONS = 10_000
NULL_PAIRS = 4_000
"""Pairs of the same question with independent luck."""

PAIR_RUNS = 100

BLOCK = 1 << 16
"""Runs that are played together, about."""


@dataclass(frozen=True)
class Kind:
    """A result whose distribution is known: its column, its true mean, the runs of a repetition."""

    says: str
    column: str
    mean: float
    runs: int


KINDS = {
    "benign": Kind("successes of 20 tries at even odds", "final.caught", 10.0, 40),
    "skewed, 100": Kind("a loss of 100 with a chance of 1 %", "rare", -1.0, 100),
    "skewed, 400": Kind("the same, four times as many runs", "rare", -1.0, 400),
    "skewed, 2,500": Kind("the same, as many runs as are asked for", "rare", -1.0, 2_500),
}
SHARE, SHARE_RUNS = 0.05, 100
"""A run ends early with this chance; Wilson's interval is made of so many."""


@dataclass(frozen=True)
class Covered:
    """How many of some intervals contain the true value, and how many come with a warning."""

    inside: int
    warned: int
    repetitions: int

    @property
    def share(self) -> Stat:
        """Return the share of intervals that contain it."""
        return share_stat(self.inside, self.repetitions)


@cache
def game(turns: int = 20) -> Game:
    """Return the game whose results are known."""
    return compiled(load_text(SCENARIO.replace("turns: 20", f"turns: {turns}"), "known.yaml"))


def groups(column: str, runs: int, repetitions: int, seed: int) -> Iterator[Floats]:
    """Yield one result of many runs, some repetitions at a time, as (repetitions, runs)."""
    row = columns_of(game()).index(column)
    together = max(1, BLOCK // runs)
    for first in range(0, repetitions, together):
        many = min(together, repetitions - first)
        yield lockstep.play(game(), seed, first * runs, many * runs)[row].reshape(many, runs)


def covered(kind: Kind, repetitions: int = REPETITIONS, seed: int = 1) -> Covered:
    """Return how often Student's interval contains the true mean."""
    inside = warned = 0
    for group in groups(kind.column, kind.runs, repetitions, seed):
        moments = block_moments(group)
        inside += sum(_holds(stat, kind.mean) for stat in stats_of(moments))
        warned += sum(Sample.of("it", moments, row, abs(kind.mean)).doubtful for row in range(len(group)))
    return Covered(inside, warned, repetitions)


def covered_shares(repetitions: int = REPETITIONS, seed: int = 2) -> Covered:
    """Return how often Wilson's interval contains the true share."""
    hits = np.concatenate([group.sum(axis=1) for group in groups("ended", SHARE_RUNS, repetitions, seed)])
    return Covered(sum(_holds(share_stat(float(each), SHARE_RUNS), SHARE) for each in hits), 0, repetitions)


def wilson_exactly() -> float:
    """Return the probability with which Wilson's interval contains the true share: summed over all counts."""
    inside = [hits for hits in range(SHARE_RUNS + 1) if _holds(share_stat(hits, SHARE_RUNS), SHARE)]
    return float(binom.pmf(inside, SHARE_RUNS, SHARE).sum())


def false_claims(pairs: int = NULL_PAIRS, first_seed: int = 1) -> int:
    """Return in how many pairs of the same short game with independent seeds the difference looks like one."""
    short = game(3)
    row = columns_of(short).index("final.caught")
    differences = np.stack(
        [
            np.subtract(*(lockstep.play(short, first_seed + 2 * pair + side, 0, PAIR_RUNS)[row] for side in (0, 1)))
            for pair in range(pairs)
        ]
    )
    return sum(stat.side != 0 for stat in stats_of(block_moments(differences)))


def _holds(stat: Stat, value: float) -> bool:
    return stat.low is not None and stat.high is not None and stat.low <= value <= stat.high


def lines(repetitions: int = REPETITIONS, pairs: int = NULL_PAIRS) -> Sequence[str]:
    """Return the table of the page, line by line."""
    from sim.report import numbers

    told = [
        f"{repetitions:,} repetitions of each.",
        "",
        "| what | runs | contains it in | 95 % interval | with a warning |",
        "|---|---|---|---|---|",
    ]
    for kind in KINDS.values():
        found = covered(kind, repetitions)
        warned = numbers.percent(found.warned / repetitions, 1)
        told.append(
            f"| {kind.says} | {kind.runs:,} | {numbers.percent(found.share.mean, 1)} "
            f"| {numbers.percent_interval(found.share)} | {warned} |"
        )
    found = covered_shares(repetitions)
    told.append(
        f"| a share of 5 %, Wilson's interval (exactly: {numbers.percent(wilson_exactly(), 1)}) | {SHARE_RUNS} "
        f"| {numbers.percent(found.share.mean, 1)} | {numbers.percent_interval(found.share)} | - |"
    )
    wrong = share_stat(false_claims(pairs), pairs)
    told += [
        "",
        (
            f"Of {pairs:,} pairs of the same game with independent luck, {PAIR_RUNS} runs each, "
            f"{numbers.percent(wrong.mean, 1)} ({numbers.percent_interval(wrong)}) show a difference that is not "
            "there: 5 % is what 95 % intervals promise. With the same luck the difference is exactly zero."
        ),
    ]
    return told
