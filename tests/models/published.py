"""Published answers beside what the simulator says: one ``Row`` each, and when the two agree.

``published.json`` holds the answers to full precision, as ``[case, quantity, value]`` rows of a model. They follow from
the formulas of the papers that the scenarios cite; each was computed twice by different routes (enumeration, linear
programming, linear algebra, quadrature or differential equations).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scipy.special import stdtr

EXACT = 1e-6
"""How far an exact quantity may lie from its published value."""

FAR = 5.0
"""How many standard errors a simulated mean may lie from its published value."""

FINE = 0.005
"""How large its standard error may be, as a share of the range of what is averaged."""


@dataclass(frozen=True)
class Row:
    """One comparison. ``error`` is the standard error of a simulated mean, None for what has to be exact.

    ``span`` is the range of what is averaged in a run (for a payoff: largest less smallest payoff of the game).
    """

    model: str
    case: str
    quantity: str
    ours: float
    error: float | None = None
    span: float | None = None
    runs: int | None = None
    how: str = ""
    """How ours came about, where a value is compared in several ways."""

    @property
    def value(self) -> float:
        """Return the published value; raises ``KeyError`` where there is none."""
        return published()[self.model][self.case, self.quantity]

    @property
    def off(self) -> float:
        """Return how far ours lies from it: in standard errors if simulated, else as it is."""
        away = self.ours - self.value
        if self.error is None:
            return away
        return away / self.error if self.error else math.copysign(math.inf, away) if away else 0.0

    @property
    def fault(self) -> str:
        """Return what is wrong; empty if they agree."""
        if self.error is None:
            return "" if abs(self.off) <= EXACT else f"{self.ours!r} is not {self.value!r}"
        assert self.span is not None, "a simulated mean needs the range of what is averaged"
        assert self.runs is not None, "and its number of runs"
        if self.error > FINE * self.span:
            return f"the standard error {self.error:.4g} is more than {FINE:.1%} of {self.span:g}"
        return (
            "" if abs(self.off) <= FAR else f"{self.ours:.6g} is {self.off:+.1f} standard errors from {self.value:.6g}"
        )

    @property
    def false_alarm(self) -> float:
        """Return how often such a row fails though the simulator is right (payoffs taken as normal)."""
        return 0.0 if self.error is None or self.runs is None else float(2 * stdtr(self.runs - 1, -FAR))


@cache
def published() -> Mapping[str, Mapping[tuple[str, str], float]]:
    """Return every published value, by model, case and quantity."""
    return {
        model["id"]: {(case, quantity): float(value) for case, quantity, value in model["rows"]} for model in _read()
    }


@cache
def titles() -> Mapping[str, str]:
    """Return what each model is called."""
    return {model["id"]: model["title"] for model in _read()}


def _read() -> list[dict]:  # type: ignore[type-arg]
    return json.loads(Path(__file__).with_name("published.json").read_text(encoding="utf-8"))


def missing(model: str, rows: list[Row], left_out: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Yield the published values of a model that nothing is compared with, and that nobody says why."""
    told = {(row.case, row.quantity) for row in rows}
    for key in published()[model]:
        if key not in told and key not in left_out:
            yield " - ".join(key)
