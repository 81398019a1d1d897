"""A part of a picture that stands among others or alone: drawn with a heading of its own, or without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.report.charts import rows


@dataclass(frozen=True, eq=False)
class Part:
    """What is drawn, and what is said about it."""

    draw: Callable[[Any], Any]
    """Given the title of the part, or None, returns it."""
    title: str
    caption: str
    """How it is read, or what else is known."""
    told: str
    """What it shows, for those who cannot see it."""

    def within(self, *, told: bool = False) -> Any:
        """Return it as one of several, under its heading; ``told`` writes the caption there, too."""
        return self.draw(rows.heading(self.title, self.caption if told else ""))

    def alone(self) -> Any:
        """Return it without a heading."""
        return self.draw(None)
