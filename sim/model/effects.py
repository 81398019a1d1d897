"""Effects: changes of the state, applied one after the other, each clamped to its variable's bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.model.situation import Situation
from sim.scenario.arithmetic import Formulas, Step, Steps, Value, Vocabulary
from sim.scenario.expressions import Expression


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
    value: Expression
    adds: bool


class Effects:
    """Changes in the order in which they apply: ``set`` before ``add``, each seeing the ones before it.

    With ``at_once`` all values are read before anything changes, as drifts are.
    """

    def __init__(self, changes: Sequence[Change], vocabulary: Vocabulary, *, at_once: bool = False) -> None:
        self.changes, self.vocabulary, self.at_once = tuple(changes), vocabulary, at_once
        steps = [Step(c.variable.row, c.variable.low, c.variable.high, c.value, c.adds) for c in self.changes]
        self._steps = Steps(steps, vocabulary, at_once=at_once)

    def __bool__(self) -> bool:
        return bool(self.changes)

    def followed_by(self, others: Effects) -> Effects:
        """Return these effects and then others as one."""
        return Effects((*self.changes, *others.changes), self.vocabulary)

    def apply(self, situation: Situation) -> None:
        """Change the situation's view of the state. Raises ``RunError``."""
        values = situation.tried(self._steps)
        if values is None:
            self._apply_with_care(situation)
            return
        for row, value in zip(self._steps.rows, values, strict=True):
            situation.state[row] = value

    def _apply_with_care(self, situation: Situation) -> None:
        groups = [Formulas([change.value], self.vocabulary) for change in self.changes]
        read = [situation.read_one(group) for group in groups] if self.at_once else []
        for place, (change, group) in enumerate(zip(self.changes, groups, strict=True)):
            value = read[place] if self.at_once else situation.read_one(group)
            row = change.variable.row
            if change.adds:
                value = _summed(situation, group, situation.state[row], value)
            situation.state[row] = change.variable.held(value)


def _summed(situation: Situation, formulas: Formulas, old: Value, step: Value) -> Value:
    """Return a state variable's old value plus a step; raises ``RunError`` where the sum is too large."""
    with np.errstate(over="ignore"):
        total = old + step
    situation.require(formulas, np.isfinite(total), "the variable grows beyond every bound")
    return total
