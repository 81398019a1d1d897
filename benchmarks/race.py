"""Races: all contenders play in turn, round by round, so that whatever slows the machine down slows all of them."""

from __future__ import annotations

import contextlib
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from benchmarks.contender import Contender, Lap, Playing
from benchmarks.environments import CannotPlay

Clock = Literal["cpu", "wall"]
Say = Callable[[str], None]
FAR = 5.0
"""Standard errors beyond which two means are not of the same game."""


@dataclass(frozen=True)
class Spread:
    """The smallest, the middle and the largest of what the rounds gave."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the spread of some values."""
        return cls(min(values), statistics.median(values), max(values))


@dataclass(frozen=True)
class Race:
    """What each contender did in each round, and why some did not take part."""

    laps: dict[str, list[Lap]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def seconds(self, name: str, clock: Clock = "cpu") -> Spread:
        """Return the seconds that a run of a contender takes."""
        return Spread.of(self._paces(name, clock))

    def ratio(self, slow: str, fast: str, clock: Clock = "cpu") -> Spread | None:
        """Return how many times faster one contender is than another, round by round; None if one is missing."""
        if slow not in self.laps or fast not in self.laps:
            return None
        pairs = zip(self._paces(slow, clock), self._paces(fast, clock), strict=True)
        return Spread.of([one / other for one, other in pairs])

    def memory(self, name: str) -> float:
        """Return the most memory that a contender held above what it began with (MiB)."""
        return max(lap.memory for lap in self.laps[name])

    def runs(self, name: str) -> int:
        """Return how many runs a contender played in all."""
        return sum(lap.runs for lap in self.laps[name])

    def mean(self, name: str, payoff: str) -> tuple[float, float]:
        """Return the mean of a payoff over all rounds and its standard error."""
        laps = [lap.means[payoff] for lap in self.laps[name]]
        return math.fsum(mean for mean, _ in laps) / len(laps), math.sqrt(math.fsum(se * se for _, se in laps)) / len(
            laps
        )

    def strangers(self, reference: str) -> list[str]:
        """Return a line for each contender whose mean payoffs are not those of the reference."""
        lines = []
        for name in self.laps:
            for payoff in self.laps[reference][0].means:
                mean, _ = self.mean(name, payoff)
                other, error = self.mean(reference, payoff)
                # A few runs may miss what is rare: how far they may be off is judged by the reference's scatter.
                if abs(mean - other) > FAR * error * math.sqrt(1 + self.runs(reference) / self.runs(name)):
                    lines.append(f"{name} plays another game: {payoff} {mean:.4f}, not {other:.4f} as {reference}")
        return lines

    def presence(self) -> float:
        """Return the share of the time for which the processor was there: below 1 others were using the machine."""
        laps = [lap for each in self.laps.values() for lap in each]
        return sum(lap.cpu for lap in laps) / sum(lap.wall for lap in laps)

    def _paces(self, name: str, clock: Clock) -> list[float]:
        return [(lap.cpu if clock == "cpu" else lap.wall) / lap.runs for lap in self.laps[name]]


def race(contenders: Sequence[Contender], rounds: int, seconds: float, say: Say) -> Race:
    """Start all contenders, find out how many runs each can play in a round, then let them play in turn."""
    result = Race()
    with contextlib.ExitStack() as stack:
        racing: dict[str, tuple[Playing, int]] = {}
        for contender in contenders:
            try:
                playing = stack.enter_context(Playing(contender))
                racing[contender.name] = playing, warmed_up(playing, seconds)
                result.laps[contender.name] = []
            except CannotPlay as reason:
                result.skipped[contender.name] = str(reason)
                say(f"  skipped: {reason}")
        for number in range(1, rounds + 1):
            for name, (playing, runs) in racing.items():
                result.laps[name].append(playing.lap(runs, number))
    return result


def warmed_up(playing: Playing, seconds: float) -> int:
    """Let a contender play for the first time; returns how many runs a round of so many seconds takes."""
    contender = playing.contender
    playing.lap(1, 0)
    if contender.runs is not None:
        playing.lap(min(contender.runs, 10_000), 0)
        return contender.runs
    runs = contender.step
    while (taken := playing.lap(runs, 0).cpu) < seconds / 8:
        runs *= 4
    return max(1, round(runs * seconds / taken / contender.step)) * contender.step
