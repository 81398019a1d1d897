"""A situation: the state of some runs as someone sees it, in which expressions can be read and effects imagined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

import numpy as np
from numpy.typing import NDArray

from sim.errors import Fault, Place, RunError
from sim.scenario.arithmetic import Floats, Formulas, NotFinite, Parameters, Value
from sim.scenario.expressions import Expression

if TYPE_CHECKING:
    from sim.model.effects import Effects

Mask = NDArray[np.bool_]
Runs = NDArray[np.int64]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Situation:
    """The state (variables, runs) at a turn, the parameters, and which runs these are."""

    state: Floats
    parameters: Parameters
    turn: Value
    """The current turn, from 1: one number, or one a run when runs ended at different times."""
    runs: Runs
    """The number of each run, for messages."""
    places: Places
    """The place of each run within the world, by which values that differ between runs are picked."""
    replay: Callable[[int], str]
    """Returns the command that replays one run alone."""

    @property
    def count(self) -> int:
        """Return how many runs there are."""
        return len(self.runs)

    def read(self, formulas: Formulas) -> tuple[Value, ...]:
        """Return the value of each expression of a group; raises ``RunError`` where a used result is not finite."""
        try:
            return formulas(self.state, self.parameters, self.turn)
        except NotFinite as error:
            expression = error.expression
            part = expression.text[error.node.col_offset : error.node.end_col_offset]
            problem = f"{error.problem} in '{part}'"
            self._fail(formulas, expression, expression.place_of(error.node), "NOT-FINITE", problem, error.column)

    def read_one(self, formulas: Formulas) -> Value:
        """Return the value of a group of one."""
        return self.read(formulas)[0]

    def read_within(self, formulas: Formulas, low: float, high: float, what: str) -> Value:
        """Return the value of a group of one; raises ``RunError`` where it lies outside ``low`` .. ``high``."""
        value = self.read(formulas)[0]
        limits = f"at least {low:g}" if high == np.inf else f"from {low:g} to {high:g}"
        inside = np.greater_equal(value, low) & np.less_equal(value, high)
        self.require(formulas, inside, f"{what} has to be {limits}, but is {{value:g}}", value)
        return value

    def require(self, formulas: Formulas, holds: Mask | np.bool_, problem: str, value: Value = 0.0) -> None:
        """Raise ``RunError`` about a group of one unless something holds in every run."""
        if np.all(holds):
            return
        column = int(np.argmin(np.broadcast_to(holds, self.count)))
        found = float(np.broadcast_to(value, self.count)[column])
        expression = formulas.expressions[0]
        self._fail(formulas, expression, expression.place, "OUT-OF-RANGE", problem.format(value=found), column)

    def where(self, mask: Mask) -> Situation:
        """Return the situation of the runs that the mask (runs,) chooses; itself when it chooses all."""
        if mask.all():
            return self
        return replace(
            self,
            state=self.state[:, mask],
            parameters=chosen_parameters(self.parameters, mask),
            turn=self.turn[mask] if np.ndim(self.turn) else self.turn,  # type: ignore[index]
            runs=self.runs[mask],
            places=self.places[mask],
        )

    def after(self, *effects: Effects) -> Situation:
        """Return the situation once effects have been applied to a copy; itself when they change nothing."""
        if not any(effects):
            return self
        changed = replace(self, state=self.state.copy())
        for effect in effects:
            effect.apply(changed)
        return changed

    def seen_through(self, masks: Sequence[tuple[int, int]]) -> Situation:
        """Return a copy in which masked variables have taken the values they are seen as, all at once."""
        if not masks:
            return self
        state = self.state.copy()
        for masked, other in masks:
            state[masked] = self.state[other]
        return replace(self, state=state)

    def believing(self, parameters: Parameters) -> Situation:
        """Return the situation with other parameters, given for the whole world."""
        return replace(self, parameters=chosen_parameters(parameters, self.places))

    def own(self, value: Value) -> Value:
        """Return what a value given for the whole world is in the runs of this situation."""
        return value[self.places] if np.ndim(value) else value  # type: ignore[index]

    def _fail(
        self, formulas: Formulas, expression: Expression, place: Place, code: str, problem: str, column: int
    ) -> NoReturn:
        run = int(self.runs[column])
        values = ", ".join(f"{name} = {value:.12g}" for name, value in self._values(formulas, expression, column))
        problem += f" (expression '{expression.text}'), run {run}, turn {int(_at(self.turn, column))}"
        if values:
            problem += f", where {values}"
        raise RunError(Fault(place, code, problem, f"replay it with: {self.replay(run)}")) from None

    def _values(self, formulas: Formulas, expression: Expression, column: int) -> list[tuple[str, float]]:
        found = []
        for name in expression.names:
            vocabulary = formulas.vocabulary
            if name == "turn":
                value: Value = _at(self.turn, column)
            elif name in vocabulary.state:
                value = self.state[vocabulary.state[name], column]
            elif name in vocabulary.parameters:
                value = _at(self.parameters[vocabulary.parameters[name]], column)
            else:
                value = self._derived(Formulas([vocabulary.derived[name]], vocabulary), column)
            found.append((name, float(value)))
        return found

    def _derived(self, formulas: Formulas, column: int) -> float:
        alone = self.where(np.arange(self.count) == column)
        try:
            return float(np.broadcast_to(formulas(alone.state, alone.parameters, alone.turn)[0], 1)[0])
        except NotFinite:
            return float("nan")


def _at(value: Value, column: int) -> float:
    return float(np.ravel(value)[column if np.ndim(value) else 0])


def chosen_parameters(parameters: Parameters, mask: NDArray[np.bool_] | NDArray[np.intp]) -> Parameters:
    """Return the parameters of some runs: those that are one number a run are cut to them."""
    if not any(np.ndim(value) for value in parameters):
        return parameters
    return tuple(value[mask] if np.ndim(value) else value for value in parameters)  # type: ignore[index]
