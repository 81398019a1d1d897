"""The ledger: every payoff of every actor, entry by entry, so that each can be traced to what brought it.

An actor's entries are ``costs``, then each of its incentives, then each hazard; they add up to its payoff.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.arithmetic import Floats, Value

Rows = NDArray[np.intp] | slice

overflow_is_found_at_the_end = np.errstate(over="ignore", invalid="ignore")
"""Decorates what adds up payoffs: sums that overflow are found in the results; expressions watch their own flags."""


def entries_of(incentives: Sequence[str], hazards: Sequence[str]) -> tuple[str, ...]:
    """Return the names of an actor's entries in their order."""
    return ("costs", *incentives, *hazards)


@dataclass(frozen=True)
class Ledger:
    """Discounted sums (payoff units): one array (entries, runs) an actor."""

    amounts: Sequence[Floats]
    incentives: Sequence[int]
    """How many incentives each actor has."""

    def charge(self, actor: int, rows: Rows, cost: Value, weight: Value) -> None:
        """Subtract a cost from an actor's ``costs``."""
        self.amounts[actor][0][rows] -= cost * weight

    def score(self, flows: Sequence[Value], weight: Value) -> None:
        """Add the flows of one turn to every run: actor by actor, incentive by incentive."""
        flow = iter(flows)
        counts_in_full = not np.ndim(weight) and weight == 1.0
        for entries, incentives in zip(self.amounts, self.incentives, strict=True):
            for entry in entries[1 : 1 + incentives]:
                entry += next(flow) if counts_in_full else next(flow) * weight

    def strike(self, actor: int, hazard: int, rows: Rows, payoff: Value, weight: Value) -> None:
        """Add what a hazard's strike brings."""
        self.amounts[actor][1 + self.incentives[actor] + hazard][rows] += payoff * weight

    def payoff(self, actor: int) -> Floats:
        """Return an actor's payoff in every run: its entries added in their order."""
        entries = self.amounts[actor]
        total = np.zeros(entries.shape[1])
        for entry in entries:
            total += entry
        return total
