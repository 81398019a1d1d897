"""The ledger: every payoff of every actor, entry by entry, so that each can be traced to what brought it.

An actor's entries are ``costs``, then each of its incentives, then each hazard; they add up to its payoff.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.model.game import Game
from sim.scenario.arithmetic import Floats, Value

Rows = NDArray[np.intp] | slice


def entries_of(incentives: Sequence[str], hazards: Sequence[str]) -> tuple[str, ...]:
    """Return the names of an actor's entries in their order."""
    return ("costs", *incentives, *hazards)


@dataclass
class Ledger:
    """Discounted sums (payoff units): one array (entries, runs) an actor."""

    amounts: list[Floats]
    incentives: tuple[int, ...]
    """How many incentives each actor has."""

    @classmethod
    def empty(cls, game: Game, count: int) -> Ledger:
        """Return a ledger of so many runs with nothing in it."""
        hazards = [hazard.name for hazard in game.hazards]
        sizes = [len(entries_of(actor.incentives, hazards)) for actor in game.actors]
        return cls([np.zeros((size, count)) for size in sizes], tuple(len(actor.incentives) for actor in game.actors))

    def charge(self, actor: int, rows: Rows, cost: Value, weight: Value) -> None:
        """Subtract a cost from an actor's ``costs``."""
        self.amounts[actor][0, rows] -= cost * weight

    def score(self, actor: int, incentive: int, rows: Rows, flow: Value, weight: Value) -> None:
        """Add an incentive's flow of one turn."""
        self.amounts[actor][1 + incentive, rows] += flow * weight

    def strike(self, actor: int, hazard: int, rows: Rows, payoff: Value, weight: Value) -> None:
        """Add what a hazard's strike brings."""
        self.amounts[actor][1 + self.incentives[actor] + hazard, rows] += payoff * weight

    def payoffs(self) -> Floats:
        """Return each actor's payoff, (actors, runs): the entries added in their order."""
        totals = []
        for entries in self.amounts:
            total = np.zeros(entries.shape[1])
            for entry in entries:
                total = total + entry
            totals.append(total)
        return np.stack(totals)
