"""The parts of a scenario as frozen models: what a file may say, its short forms, and its JSON Schema.

Every model is one row of the table in section 2 of the language page. Values arrive as scalars that know their
place; short forms are written out before they are checked, so that everything behind the loader sees one form.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator
from pydantic.json_schema import JsonSchemaValue

from sim.scenario.leaves import Flag, Formula, Holds, Identifier, Key, Name, NameKey, Number, Text, Whole, fault, wrong
from sim.scenario.schema_actors import Action, Actor, Lead, Rule, Strategy, Weighing
from sim.scenario.schema_parts import Effects, Flow, Part, two
from sim.scenario.source import Mapping, Scalar
from sim.shown import Shown

__all__ = [
    "Action", "Actor", "Claim", "Clock", "Effects", "Flow", "Hazard", "Initial", "Lead", "MonteCarlo", "Outcome",
    "Parameter", "Part", "Regime", "Rule", "Scenario", "State", "Strategy", "Teaching", "Weighing",
]  # fmt: skip


def _moves(value: Any) -> Any:
    if isinstance(value, Scalar) and value.text == "simultaneous":
        return []
    if not isinstance(value, list | tuple) or not value:
        raise wrong("'simultaneous' or a list of actors", value, "write simultaneous, or [first, second]")
    return value


class Clock(Part):
    """How many turns there are, what a turn stands for, and who moves when."""

    called = "a mapping with 'turns'"
    remedy = "write {turns: 20}"
    turns: Annotated[Whole, Field(ge=1, le=10_000)]
    turn: Text | None = None
    start: Whole | None = None
    discount: Formula | None = None
    moves: Annotated[tuple[Name, ...], BeforeValidator(_moves)] = Field(
        (), json_schema_extra={"anyOf": [{"const": "simultaneous"}, {"type": "array", "items": {"type": "string"}}]}
    )
    """Actors in the order in which they move; empty when all move at once."""


Range: TypeAlias = Annotated[tuple[Number, Number], BeforeValidator(two)]


class Parameter(Part):
    """A named number; ``range`` says over what values it is uncertain."""

    short = "value"
    called = "a number, or {value: a number}"
    remedy = "write a number, such as 0.25"
    value: Number
    range: Range | None = None
    source: Text | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Parameter:
        if self.range is not None and self.range[0] > self.range[1]:
            raise fault("BOUNDS", f"the range begins at {self.range[0]:g} and ends at {self.range[1]:g}", "low first")
        return self


def _uniform(bounds: Any) -> str:
    """Return how the uniform value between two bounds is written."""
    short = len(bounds) == 2 and all(isinstance(bound, Scalar) and 0 < len(bound.text) <= 20 for bound in bounds)
    low, high = (bound.text for bound in bounds) if short else ("a", "b")
    return f"{{low: {low}, high: {high}}}"


class Initial(Part):
    """A state variable's first value: a number, weighted values, or uniform between two bounds (drawn once a run)."""

    short = "value"
    called = "a number, {value: weight, ...} or {low: a, high: b}"
    remedy = "write a number or an expression over parameters"
    value: Formula | None = None
    choices: tuple[tuple[Formula, Formula], ...] = ()
    """Pairs of a value and its weight."""
    low: Formula | None = None
    high: Formula | None = None

    @classmethod
    def _written_out(cls, value: Any) -> Any:
        if isinstance(value, list | tuple):
            raise wrong(cls.called, value, f"write {_uniform(value)} for a value between two bounds")
        if not isinstance(value, dict):
            return super()._written_out(value)
        if not value:
            raise wrong(cls.called, value, "give at least one value and its weight")
        if all(isinstance(key, Key) for key in value) and not value.keys() <= {"low", "high"}:
            return {"choices": [(key.scalar, weight) for key, weight in value.items()]}
        return value

    @model_validator(mode="after")
    def _whole(self) -> Initial:
        if (self.low is None) != (self.high is None):
            raise fault("MISSING-KEY", "a uniform value needs 'low' and 'high'", "write {low: a, high: b}")
        return self

    @property
    def is_drawn(self) -> bool:
        """Say whether the value is drawn once a run."""
        return bool(self.choices) or self.low is not None

    @classmethod
    def _with_short_forms(cls, long: JsonSchemaValue) -> JsonSchemaValue:
        number = {"type": ["string", "number", "boolean"]}
        weights = {"type": "object", "minProperties": 1, "additionalProperties": number}
        return {"anyOf": [number, weights], "description": cls.__doc__ or ""}


class State(Part):
    """A number that changes, held within ``min`` and ``max``."""

    short = "initial"
    called = "a number, or a mapping such as {initial: 1, min: 0}"
    remedy = "write a number, or {} to start from 0"
    initial: Initial | None = None
    min: Number | None = None
    max: Number | None = None
    drift: Formula | None = None
    seen_as: dict[NameKey, Name] = {}

    @model_validator(mode="after")
    def _ordered(self) -> State:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise fault("BOUNDS", f"min {self.min:g} is above max {self.max:g}", "write the smaller one as min")
        return self


class Outcome(Effects):
    """One way an event may end."""

    weight: Formula | None = None
    payoffs: dict[NameKey, Formula] = {}
    ends: Flag = False


class Hazard(Effects):
    """A random event, striking at most once a turn."""

    called = "a mapping with 'rate' or 'chance'"
    remedy = "write {rate: 0.1} or {chance: 0.1}, and what a strike does"
    rate: Formula | None = None
    chance: Formula | None = None
    payoffs: dict[NameKey, Formula] = {}
    outcomes: dict[NameKey, Outcome] = {}
    ends: Flag = False

    @model_validator(mode="after")
    def _one_kind(self) -> Hazard:
        if self.rate is not None and self.chance is not None:
            raise fault("TWO-KINDS", "a hazard has either a 'rate' or a 'chance'", "write exactly one of the two")
        if self.rate is None and self.chance is None:
            raise fault("MISSING-KEY", "a hazard has either a 'rate' or a 'chance'", "write exactly one of the two")
        if self.outcomes and (self.set or self.add or self.payoffs):
            problem = "a hazard has either outcomes or effects of its own"
            raise fault("TWO-KINDS", problem, "move them into the outcomes")
        return self


class Regime(Part):
    """A named overlay on the scenario, to be compared with others."""

    plays: dict[NameKey, Name] = {}
    parameters: dict[NameKey, Number] = {}
    initial: dict[NameKey, Initial] = {}
    forbid: dict[NameKey, tuple[Name, ...]] = {}


class Claim(Part):
    """A statement about the results, in words and as a comparison."""

    called = "a mapping with 'says' and 'holds'"
    remedy = "write {says: what is claimed, holds: a comparison of results}"
    says: Text
    holds: Holds


class MonteCarlo(Part):
    """How many runs are played and from which seed, unless told otherwise."""

    runs: Annotated[Whole, Field(ge=1, le=10**12)] = 1000
    seed: Annotated[Whole, Field(ge=0, lt=2**63)] = 0


class Teaching(Part):
    """What to ask a class."""

    questions: tuple[Text, ...] = ()
    notes: Text | None = None


class Scenario(Shown, Part):
    """A whole scenario: who acts, what can happen, which regimes are compared, and what is claimed."""

    scenario: Identifier
    title: Text | None = None
    summary: Text | None = None
    extends: Text | None = None
    clock: Clock
    parameters: dict[NameKey, Parameter] = {}
    state: dict[NameKey, State] = {}
    derived: dict[NameKey, Flow] = {}
    actors: dict[NameKey, Actor] = Field(min_length=1)
    hazards: dict[NameKey, Hazard] = {}
    regimes: dict[NameKey, Regime] = {}
    claims: dict[NameKey, Claim] = {}
    monte_carlo: MonteCarlo = MonteCarlo()
    sources: tuple[Text, ...] = ()
    teaching: Teaching | None = None

    _file: str = PrivateAttr("scenario.yaml")
    _document: Mapping | None = PrivateAttr(None)

    @property
    def file(self) -> str:
        """Return the file the scenario was read from, as it was given."""
        return self._file

    @property
    def document(self) -> Mapping | None:
        """Return the merged document the scenario was checked from."""
        return self._document

    def read_from(self, file: str, document: Mapping) -> Scenario:
        """Remember where the scenario came from; returns the scenario itself."""
        self._file, self._document = file, document
        return self
