"""Effects: changes of the state, applied one after the other, each clamped to its variable's bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.situation import Situation
from sim.scenario.arithmetic import Formulas, Value


@dataclass(frozen=True)
class Variable:
    """A state variable: its name, its row in the state, its bounds."""

    name: str
    row: int
    low: float = -np.inf
    high: float = np.inf

    def held(self, value: Value) -> Value:
        """Return a value clamped to the bounds."""
        held: Value = np.minimum(np.maximum(value, self.low), self.high)
        return held


@dataclass(frozen=True)
class Change:
    """One step: ``set`` a variable to a value, or ``add`` the value to it."""

    variable: Variable
    value: Formulas
    adds: bool


@dataclass(frozen=True)
class Effects:
    """Changes in the order in which they apply: ``set`` before ``add``, each seeing the ones before it."""

    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    def apply(self, situation: Situation) -> None:
        """Change the situation's view of the state."""
        state = situation.state
        for change in self.changes:
            value = situation.read_one(change.value)
            row = change.variable.row
            if change.adds:
                value = summed(situation, change.value, state[row], value)
            state[row] = change.variable.held(value)


def summed(situation: Situation, formulas: Formulas, old: Value, step: Value) -> Value:
    """Return a state variable's old value plus a step; raises ``RunError`` where the sum is too large."""
    with np.errstate(over="ignore"):
        total = old + step
    situation.require(formulas, np.isfinite(total), "the variable grows beyond every bound")
    return total
