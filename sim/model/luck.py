"""Random numbers by address: seed, name, run and turn give a number that depends on nothing else.

Each address name has its own Philox stream, keyed by the seed and the name; run and turn stand in the counter
(language page, section 7). A block of runs is one contiguous stretch of a turn's stream, any run can be drawn
alone, and longer games or more runs never change earlier numbers.

The generator is Philox4x64-10: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Value = Floats | np.float64 | float

PER_COUNTER = 4
"""Numbers that one counter value yields: the runs 4c .. 4c + 3 share the counter c."""

WINDOW = 1 << 18
"""Numbers a window keeps before it forgets: about 2 MiB."""


class Draws(Protocol):
    """Where a world's luck comes from."""

    def draw(self, name: str, turn: int) -> Floats:
        """Return one uniform number in [0, 1) for each run of the world."""
        ...


@lru_cache(maxsize=4096)
def key(seed: int, name: str) -> tuple[int, int]:
    """Return the Philox key of an address name: the first 16 bytes of SHA-256 of ``seed/name``."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")


class Stream:
    """The numbers of one address name: for one thread at a time.

    Setting the counter of a generator is several times as fast as making one for every turn.
    """

    def __init__(self, seed: int, name: str) -> None:
        self.seed, self.name = seed, name
        self._words = np.random.Philox(key=np.array(key(seed, name), dtype=np.uint64))
        self._generator = np.random.Generator(self._words)
        self._at = self._words.state

    def uniforms(self, first: int, count: int, turn: int) -> Floats:
        """Return uniform numbers in [0, 1), one for each run from ``first`` on, from the top 53 bits of each word."""
        skipped = first % PER_COUNTER
        self._at["state"]["counter"][:2] = first // PER_COUNTER, turn
        self._words.state = self._at
        # A generator makes each number of the top 53 bits of one word.
        return self._generator.random(skipped + count)[skipped:]


def uniforms(seed: int, name: str, first: int, count: int, turn: int) -> Floats:
    """Return the numbers of a name for a turn and some runs, as a stream of that name gives them."""
    return Stream(seed, name).uniforms(first, count, turn)


def derived_seed(seed: int, purpose: str) -> int:
    """Return a seed for another purpose (a pilot, a resample), unrelated to the luck of ``seed``."""
    digest = hashlib.sha256(f"{seed}/derived/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


@dataclass
class BlockLuck:
    """The luck of the runs ``first`` .. ``first + count - 1``; a turn's numbers are kept while the turn lasts.

    With ``copies`` the whole stretch stands several times, one after the other, with the same luck in each copy.
    """

    seed: int
    first: int
    count: int
    copies: int = 1
    turn: int = -1
    kept: dict[str, Floats] = field(default_factory=dict)
    streams: dict[str, Stream] = field(default_factory=dict)

    def draw(self, name: str, turn: int) -> Floats:
        """Return the numbers at one address, one a run."""
        if turn != self.turn:
            self.turn, self.kept = turn, {}
        numbers = self.kept.get(name)
        if numbers is None:
            stream = self.streams.get(name)
            if stream is None:
                stream = self.streams[name] = Stream(self.seed, name)
            numbers = stream.uniforms(self.first, self.count, turn)
            if self.copies > 1:
                numbers = np.tile(numbers, self.copies)
            self.kept[name] = numbers
        return numbers


@dataclass
class Window:
    """Luck of a stretch of runs that are played one by one: drawn for all of them at once, kept until it moves on."""

    seed: int
    span: int
    first: int = 0
    kept: dict[tuple[str, int], Floats] = field(default_factory=dict)

    @classmethod
    def for_runs(cls, seed: int, runs: int, turns: int) -> Window:
        """Return a window as wide as memory allows for games of so many turns."""
        widest = max(PER_COUNTER, WINDOW // max(1, turns) // PER_COUNTER * PER_COUNTER)
        return cls(seed, max(1, min(runs, widest)))

    def at(self, run: int) -> RunLuck:
        """Return the luck of one run, moving the window there if it lies outside."""
        if not self.first <= run < self.first + self.span or not self.kept:
            self.first = run
            self.kept = {}
        return RunLuck(self, run)


@dataclass(frozen=True)
class RunLuck:
    """The luck of one run, read through a window."""

    window: Window
    run: int

    def draw(self, name: str, turn: int) -> Floats:
        """Return the number at one address, as an array of one."""
        window = self.window
        numbers = window.kept.get((name, turn))
        if numbers is None:
            numbers = uniforms(window.seed, name, window.first, window.span, turn)
            window.kept[name, turn] = numbers
        place = self.run - window.first
        return numbers[place : place + 1]


def weighted_draw(weights: Sequence[Value], numbers: Floats) -> list[Mask]:
    """Return for each entry in which runs it is drawn: it is the first whose cumulated weight exceeds number * total.

    Each entry's weight is one number, or one a run like ``numbers``. Where all weights are 0 none is drawn.
    """
    total: Value = np.float64(0.0)
    cumulated = []
    for weight in weights:
        total = total + weight
        cumulated.append(total)
    same_for_all = not np.ndim(total)
    # The product may round up to the total itself, which nothing exceeds; of 1 it is the number.
    is_one = same_for_all and total == 1.0
    target = numbers if is_one else np.minimum(numbers * total, np.nextafter(total, 0.0))
    # Where something is left to draw for; None as long as that is everywhere.
    left: Mask | None = None if same_for_all and total > 0.0 else np.broadcast_to(total > 0.0, numbers.shape)
    drawn = []
    for reached in cumulated[:-1]:
        beyond = np.less_equal(reached, target)
        if left is None:
            drawn.append(np.logical_not(beyond))
        else:
            beyond &= left
            drawn.append(np.greater(left, beyond))
        left = beyond
    return [*drawn, np.ones(numbers.shape, dtype=bool) if left is None else left]


def weighted_choice(weights: Sequence[Value], numbers: Floats) -> NDArray[np.intp]:
    """Return for each run the entry that ``weighted_draw`` draws; -1 where all weights are 0."""
    chosen = np.full(numbers.shape, -1, dtype=np.intp)
    for place, mask in enumerate(weighted_draw(weights, numbers)):
        chosen[mask] = place
    return chosen
