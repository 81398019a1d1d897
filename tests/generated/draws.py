"""Small decisions drawn from Hypothesis: every one shrinks towards the first, the least, the plain."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

Thing = TypeVar("Thing")


class Draws:
    """A source of decisions; ``draw`` is what ``hypothesis.strategies.composite`` hands to its function."""

    def __init__(self, draw: Any) -> None:
        # Thousands of draws from strategies would be slow, and Hypothesis would copy parts of an example into one
        # another, which mostly gives the same file again.
        self._random: Random = draw(st.randoms(use_true_random=False))

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low if low == high else self._random.randint(low, high)

    def flip(self, percent: int) -> bool:
        """Return True in about ``percent`` of a hundred cases (shrinks to False)."""
        return self.whole(0, 99) >= 100 - percent

    def choose(self, things: Sequence[Thing]) -> Thing:
        """Return one of ``things`` (shrinks to the first)."""
        return things[self.whole(0, len(things) - 1)]

    def shuffled(self, things: Sequence[Thing]) -> list[Thing]:
        """Return ``things`` in a drawn order (shrinks to the order given)."""
        left = list(things)
        return [left.pop(self.whole(0, len(left) - 1)) for _ in things]

    def some(self, things: Sequence[Thing], least: int, most: int) -> list[Thing]:
        """Return ``least`` to ``most`` different ones of ``things``, in a drawn order."""
        most = min(most, len(things))
        return self.shuffled(things)[: self.whole(min(least, most), most)]

    def number(self, low: float, high: float) -> float:
        """Return a short decimal number from ``low`` to ``high``, both ends and whole numbers often."""
        kind = self.whole(0, 9)
        if kind == 0:
            return self.choose((high, low))
        whole = [n for n in range(-5, 6) if low <= n <= high]
        if kind < 5 and whole:
            return float(self.choose(whole))
        value = round(low + (high - low) * self.whole(1, 39) / 40, 2)
        return min(max(value, low), high)
