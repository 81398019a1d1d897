"""The parts of a scenario as frozen models: what a file may say, its short forms, and its JSON Schema.

Every model is one row of the table in section 2 of the language page. Values arrive as scalars that know their
place; short forms are written out before they are checked, so that everything behind the loader sees one form.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PrivateAttr,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sim.scenario.leaves import Flag, Formula, Holds, Identifier, Key, Name, NameKey, Number, Text, Whole, fault, wrong
from sim.scenario.source import Mapping, Scalar


class Part(BaseModel):
    """Anything written as a mapping. A part with a short form names the key that the short form sets."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)
    short: ClassVar[str | None] = None
    called: ClassVar[str] = "a mapping"

    label: Text | None = Field(None, description="what people read instead of the name")
    note: Text | None = Field(None, description="a remark for readers")

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        return cls._written_out(value)

    @classmethod
    def _written_out(cls, value: Any) -> Any:
        if isinstance(value, Scalar) and cls.short is not None and value.value is not None:
            return {cls.short: value}
        if not isinstance(value, dict | cls):
            raise wrong(cls.called, value, "write keys and values, or {} for nothing")
        return value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        long = handler.resolve_ref_schema(handler(core))
        return cls._with_short_forms(dict(long))

    @classmethod
    def _with_short_forms(cls, long: JsonSchemaValue) -> JsonSchemaValue:
        if cls.short is None:
            return long
        is_number = long["properties"][cls.short].get("type") == "number"
        value = {"type": "number" if is_number else ["string", "number", "boolean"]}
        return {"anyOf": [value, long], "description": cls.__doc__ or ""}


def _moves(value: Any) -> Any:
    if isinstance(value, Scalar) and value.text == "simultaneous":
        return []
    if not isinstance(value, list | tuple) or not value:
        raise wrong("'simultaneous' or a list of actors", value, "write simultaneous, or [first, second]")
    return value


class Clock(Part):
    """How many turns there are, what a turn stands for, and who moves when."""

    turns: Annotated[Whole, Field(ge=1, le=10_000)]
    turn: Text | None = None
    start: Whole | None = None
    discount: Formula | None = None
    moves: Annotated[tuple[Name, ...], BeforeValidator(_moves)] = Field(
        (), json_schema_extra={"anyOf": [{"const": "simultaneous"}, {"type": "array", "items": {"type": "string"}}]}
    )
    """Actors in the order in which they move; empty when all move at once."""


def _two(value: Any) -> Any:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise wrong("two numbers", value, "write [low, high]")
    return value


Range: TypeAlias = Annotated[tuple[Number, Number], BeforeValidator(_two)]


class Parameter(Part):
    """A named number; ``range`` says over what values it is uncertain."""

    short = "value"
    value: Number
    range: Range | None = None
    source: Text | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Parameter:
        if self.range is not None and self.range[0] > self.range[1]:
            raise fault("BOUNDS", f"the range begins at {self.range[0]:g} and ends at {self.range[1]:g}", "low first")
        return self


class Initial(Part):
    """A state variable's first value: a number, weighted values, or uniform between two bounds (drawn once a run)."""

    short = "value"
    called = "a number, {value: weight, ...} or {low: a, high: b}"
    value: Formula | None = None
    choices: tuple[tuple[Formula, Formula], ...] = ()
    """Pairs of a value and its weight."""
    low: Formula | None = None
    high: Formula | None = None

    @classmethod
    def _written_out(cls, value: Any) -> Any:
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


class Flow(Part):
    """A named expression: a derived name, or an incentive (a payoff a turn)."""

    short = "value"
    value: Formula


class Effects(Part):
    """Changes of the state: ``set`` before ``add``, each in written order, each seeing the ones before it."""

    set: dict[NameKey, Formula] = {}
    add: dict[NameKey, Formula] = {}


class Lead(Part):
    """A lead time in turns: a number, uniform, exponential or triangular."""

    short = "value"
    called = "a number, [low, high], {mean: m} or {low:, mode:, high:}"
    value: Formula | None = None
    mean: Formula | None = None
    low: Formula | None = None
    mode: Formula | None = None
    high: Formula | None = None

    @classmethod
    def _written_out(cls, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return dict(zip(("low", "high"), _two(value), strict=True))
        return super()._written_out(value)

    @model_validator(mode="after")
    def _one_kind(self) -> Lead:
        given = frozenset(self.model_fields_set)
        if given not in ({"value"}, {"mean"}, {"low", "high"}, {"low", "mode", "high"}):
            raise fault("MISSING-KEY", "this is no lead time", f"write {self.called}")
        return self

    @classmethod
    def _with_short_forms(cls, long: JsonSchemaValue) -> JsonSchemaValue:
        number = {"type": ["string", "number", "boolean"]}
        pair = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
        keys = ("mean", "low", "mode", "high")
        mapping = {"type": "object", "properties": dict.fromkeys(keys, number), "additionalProperties": False}
        return {"anyOf": [number, pair, mapping], "description": cls.__doc__ or ""}


class Action(Effects):
    """Something an actor can do: its price, its chance of success, its lead time, its effects."""

    available: Formula | None = None
    cost: Formula | None = None
    chance: Formula | None = None
    after: Lead | None = None
    now: Effects | None = None


def _weighted(value: Any) -> Any:
    if isinstance(value, Scalar):
        return {Key(value): None}
    if not isinstance(value, dict) or not value:
        raise wrong("an action, or {action: weight, ...}", value, "write the name of an action")
    return value


class Rule(Part):
    """Do something when a condition holds; ``do`` maps actions to weights (None: the one action named)."""

    called = "a rule {when: expression, do: action}"
    when: Formula | None = None
    do: Annotated[dict[NameKey, Formula | None], BeforeValidator(_weighted)] = Field(
        json_schema_extra={"anyOf": [{"type": "string"}, {"type": "object"}]}
    )


class Weighing(Part):
    """The incentive model: logit choice among foreseen payoffs (language page, section 5)."""

    rationality: Formula
    foresight: Formula | None = None
    level: Formula | None = None
    believes: dict[NameKey, Formula] = {}


def _some(value: Any) -> Any:
    if not isinstance(value, list | tuple) or not value:
        raise wrong("a list that is not empty", value, "write at least one entry")
    return value


class Strategy(Part):
    """How an actor chooses; exactly one of the five kinds is given."""

    short = "action"
    called = "an action's name, a list of rules, {script:}, {mix:} or {weigh:}"
    kinds: ClassVar[tuple[str, ...]] = ("action", "rules", "script", "mix", "weigh")

    action: Name | None = None
    rules: Annotated[tuple[Rule, ...], BeforeValidator(_some)] | None = None
    script: Annotated[tuple[Name, ...], BeforeValidator(_some)] | None = None
    mix: dict[NameKey, Formula] | None = None
    weigh: Weighing | None = None

    @classmethod
    def _written_out(cls, value: Any) -> Any:
        return {"rules": value} if isinstance(value, list | tuple) else super()._written_out(value)

    @model_validator(mode="after")
    def _one_kind(self) -> Strategy:
        given = [kind for kind in self.kinds if getattr(self, kind) is not None]
        if len(given) != 1 or self.mix == {}:
            raise fault("MISSING-KEY", "a strategy is exactly one kind of thing", f"write {self.called}")
        return self

    @property
    def kind(self) -> str:
        """Return which of the kinds it is."""
        return next(kind for kind in self.kinds if getattr(self, kind) is not None)

    @classmethod
    def _with_short_forms(cls, long: JsonSchemaValue) -> JsonSchemaValue:
        rules = long["properties"]["rules"]
        rules = rules.get("anyOf", [rules])[0]
        return {"anyOf": [{"type": "string"}, rules, long], "description": cls.__doc__ or ""}


class Actor(Part):
    """One side: what it wants, what it can do, how it may choose, and how it does."""

    incentives: dict[NameKey, Flow] = {}
    actions: dict[NameKey, Action] = {}
    strategies: dict[NameKey, Strategy] = {}
    plays: Name | None = None


class Outcome(Effects):
    """One way an event may end."""

    weight: Formula | None = None
    payoffs: dict[NameKey, Formula] = {}
    ends: Flag = False


class Hazard(Effects):
    """A random event, striking at most once a turn."""

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


class Scenario(Part):
    """A whole scenario, checked and frozen."""

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
