"""A situation: the state of some runs as someone sees it, in which expressions can be read and effects imagined."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.errors import Fault, Place, RunError
from sim.model.view import Mask, Rows, View
from sim.scenario.arithmetic import Formulas, NotFinite, Parameters, Steps, Value
from sim.scenario.expressions import Expression

Runs = NDArray[np.int64]


class Changes(Protocol):
    """Something that changes a situation when it is applied, or changes nothing and is false."""

    def apply(self, situation: Situation) -> None:
        """Change the situation's view of the state."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What is common to all situations of a world at one time."""

    turn: Value
    """The current turn, from 1: one number, or one a run when runs ended at different times."""
    runs: Runs
    """The number of each run of the world, for messages."""
    places: Rows
    """The place of each run within the block, by which values that differ between runs are picked."""
    whole: bool
    """Whether every run of the block is here, each at its place."""
    varied: bool
    """Whether any parameter is one number a run."""
    replay: Callable[[int, int], str] | None
    """Returns the command that replays a run, given its place too; None before any run is played."""


@dataclass(slots=True)
class Situation:
    """The state of some runs of a world, the parameters of all of them, and what is common to them.

    Where only some of its runs are asked about, a mask (runs,) says which. All may be worked out, since that is faster
    than picking some; but what goes wrong elsewhere is no error, and what stands elsewhere means nothing.
    """

    state: View
    parameters: Parameters
    context: Context
    fixed: dict[Formulas | Steps, tuple[Value, ...]] = field(default_factory=dict)
    """What was read before and does not change, since it follows from the parameters alone."""
    known: Mapping[Formulas, Value] = field(default_factory=dict)
    """What was read ahead, of groups of one."""

    @property
    def count(self) -> int:
        """Return how many runs there are."""
        return self.state.count

    def read(self, formulas: Formulas, asked: Mask | None = None) -> tuple[Value, ...]:
        """Return the value of each expression of a group; raises ``RunError`` where a used result is not finite."""
        values = self.tried(formulas)
        if values is not None:
            return values
        if asked is not None and not asked.all():
            return tuple(_spread(value, asked) for value in self.where(asked).read(formulas))
        try:
            return formulas(self.state, self._parameters, self._turn, self.state.count)
        except NotFinite as error:
            expression = error.expression
            part = expression.text[error.node.col_offset : error.node.end_col_offset]
            problem = f"{error.problem} in '{part}'"
            self._fail(formulas, expression, expression.place_of(error.node), "NOT-FINITE", problem, error.column)

    def tried(self, group: Formulas | Steps) -> tuple[Value, ...] | None:
        """Return what a group comes to, or None where any run gives reason for a careful reading."""
        values = self.fixed.get(group)
        if values is None:
            values = group.tried(self.state, self._parameters, self._turn)
            if values is not None and group.is_fixed and not self.context.varied:
                self.fixed[group] = values
        return values

    def read_one(self, formulas: Formulas, asked: Mask | None = None) -> Value:
        """Return the value of a group of one."""
        known = self.known.get(formulas)
        return self.read(formulas, asked)[0] if known is None else known

    def read_ahead(self, members: Sequence[Formulas], joint: Formulas) -> None:
        """Read groups of one, joined to one group, at once; where anything goes wrong, each is read when asked for."""
        values = self.tried(joint)
        if values is not None:
            self.known = dict(zip(members, values, strict=True))

    def read_within(self, formulas: Formulas, low: float, high: float, what: str, asked: Mask | None = None) -> Value:
        """Return the value of a group of one; raises ``RunError`` where it lies outside ``low`` .. ``high``."""
        value = self.read_one(formulas, asked)
        self.require_within(formulas, value, low, high, what, asked=asked)
        return value

    def require_within(
        self,
        formulas: Formulas,
        value: Value,
        low: float,
        high: float,
        what: str,
        place: int = 0,
        asked: Mask | None = None,
    ) -> None:
        """Raise ``RunError`` about an expression of a group where its value lies outside ``low`` .. ``high``."""
        if _lies_within(value, low, high):
            return
        limits = f"at least {low:g}" if high == np.inf else f"from {low:g} to {high:g}"
        inside = np.greater_equal(value, low) & np.less_equal(value, high)
        if asked is not None:
            inside = inside | ~asked
        self.require(formulas, inside, f"{what} has to be {limits}, but is {{value:g}}", value, place)

    def require(
        self, formulas: Formulas, holds: Mask | np.bool_, problem: str, value: Value = 0.0, place: int = 0
    ) -> None:
        """Raise ``RunError`` about an expression of a group unless something holds in every run."""
        if np.all(holds):
            return
        column = int(np.argmin(np.broadcast_to(holds, self.count)))
        found = float(np.broadcast_to(value, self.count)[column])
        expression = formulas.expressions[place]
        self._fail(formulas, expression, expression.place, "OUT-OF-RANGE", problem.format(value=found), column)

    def where(self, mask: Mask) -> Situation:
        """Return the situation of the runs that the mask (runs,) chooses; itself when it chooses all."""
        return self if mask.all() else Situation(self.state.where(mask), self.parameters, self.context, self.fixed)

    def after(self, *effects: Changes) -> Situation:
        """Return the situation once effects have been applied; itself when they change nothing."""
        if not any(effects):
            return self
        changed = Situation(self.state.copy(), self.parameters, self.context, self.fixed)
        for effect in effects:
            effect.apply(changed)
        return changed

    def seen_through(self, masks: Sequence[tuple[int, int]]) -> Situation:
        """Return the situation in which masked variables have taken the values they are seen as, all at once."""
        if not masks:
            return self
        seen = self.state.copy()
        seen.changed |= {masked: self.state[other] for masked, other in masks}
        return Situation(seen, self.parameters, self.context, self.fixed)

    def believing(self, parameters: Parameters) -> Situation:
        """Return the situation with other parameters."""
        same = parameters is self.parameters
        return Situation(self.state, parameters, self.context, self.fixed if same else {})

    def own(self, value: Value) -> Value:
        """Return what a value given for the whole block is in the runs of this situation."""
        if not isinstance(value, np.ndarray) or not value.ndim or (self.context.whole and self.state.rows is None):
            return value
        own: Value = value[self._of_world(self.context.places)]
        return own

    def _of_world(self, values: NDArray[Any]) -> NDArray[Any]:
        return values if self.state.rows is None else values[self.state.rows]

    @property
    def _turn(self) -> Value:
        turn = self.context.turn
        return self._of_world(turn) if isinstance(turn, np.ndarray) else turn

    @property
    def _parameters(self) -> Parameters:
        return _Own(self) if self.context.varied else self.parameters

    def _fail(
        self, formulas: Formulas, expression: Expression, place: Place, code: str, problem: str, column: int
    ) -> NoReturn:
        problem += f" (expression '{expression.text}')"
        remedy = "give its names values for which it makes sense"
        if self.context.replay is not None:
            run = int(self._of_world(self.context.runs)[column])
            problem += f", run {run}, turn {int(_at(self._turn, column))}"
            within = int(self._of_world(self.context.places)[column])
            remedy = f"replay it with: {self.context.replay(run, within)}"
        values = ", ".join(f"{name} = {value:.12g}" for name, value in self._values(formulas, expression, column))
        if values:
            problem += f", where {values}"
        raise RunError(Fault(place, code, problem, remedy)) from None

    def _values(self, formulas: Formulas, expression: Expression, column: int) -> list[tuple[str, float]]:
        found = []
        for name in expression.names:
            vocabulary = formulas.vocabulary
            if name == "turn":
                value: Value = _at(self._turn, column)
            elif name in vocabulary.state:
                value = _at(self.state[vocabulary.state[name]], column)
            elif name in vocabulary.parameters:
                value = _at(self._parameters[vocabulary.parameters[name]], column)
            else:
                value = self._derived(Formulas([vocabulary.derived[name]], vocabulary), column)
            found.append((name, float(value)))
        return found

    def _derived(self, formulas: Formulas, column: int) -> float:
        alone = self.where(np.arange(self.count) == column)
        try:
            return _at(formulas(alone.state, alone._parameters, alone._turn)[0], 0)
        except NotFinite:
            return float("nan")


class _Own(Sequence[Value]):
    """The parameters as they are in the runs of a situation: each is picked when it is first read."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._known: dict[int, Value] = {}

    def __len__(self) -> int:
        return len(self._situation.parameters)

    def __getitem__(self, place: int) -> Value:  # type: ignore[override]
        if place not in self._known:
            self._known[place] = self._situation.own(self._situation.parameters[place])
        return self._known[place]


def _spread(value: Value, asked: Mask) -> Value:
    """Return the values of the runs asked about, each at its place."""
    if not np.ndim(value):
        return value
    spread = np.zeros(len(asked), dtype=np.asarray(value).dtype)
    spread[asked] = value
    return spread


def _lies_within(value: Value, low: float, high: float) -> bool:
    if isinstance(value, np.ndarray) and value.ndim:
        return not value.size or bool(value.min() >= low and (high == np.inf or value.max() <= high))
    return bool(low <= value <= high)


def _at(value: Value, column: int) -> float:
    return float(np.ravel(value)[column if np.ndim(value) else 0])
