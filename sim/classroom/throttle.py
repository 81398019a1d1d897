"""How often something may be tried: a store of tries that fills again with time."""

from __future__ import annotations

from sim.classroom.store import Clock


class Bucket:
    """So many tries at once, and so many more a second; only what fails, or costs, is counted."""

    def __init__(self, most: float, a_second: float, clock: Clock) -> None:
        self._most, self._a_second, self._clock = most, a_second, clock
        self._left, self._then = most, clock()

    def take(self) -> bool:
        """Count one try; says whether there was one left."""
        now = self._clock()
        self._left = min(self._most, self._left + max(now - self._then, 0.0) * self._a_second)
        self._then = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
