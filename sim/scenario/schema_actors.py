"""The actors of a scenario as frozen models: what each can do, and how it may choose."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, model_validator
from pydantic.json_schema import JsonSchemaValue

from sim.scenario.leaves import Formula, Key, Name, NameKey, fault, wrong
from sim.scenario.schema_parts import Effects, Flow, Part, two
from sim.scenario.source import Scalar


class Lead(Part):
    """A lead time in turns: a number, uniform, exponential or triangular."""

    short = "value"
    called = "a number, [low, high], {mean: m} or {low:, mode:, high:}"
    remedy = "write a number of turns, such as 2"
    value: Formula | None = None
    mean: Formula | None = None
    low: Formula | None = None
    mode: Formula | None = None
    high: Formula | None = None

    @classmethod
    def _written_out(cls, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return dict(zip(("low", "high"), two(value), strict=True))
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
    """Do something when a condition holds; ``do`` names one action, or gives several actions their weights."""

    called = "a rule {when: expression, do: action}"
    remedy = "write {do: action}, or {when: condition, do: action}"
    when: Formula | None = None
    do: Annotated[dict[NameKey, Formula | None], BeforeValidator(_weighted)] = Field(
        json_schema_extra={"anyOf": [{"type": "string"}, {"type": "object"}]}
    )


class Weighing(Part):
    """The incentive model: logit choice among foreseen payoffs (docs/reference/language.md, Weighing)."""

    called = "a mapping with 'rationality'"
    remedy = "write {rationality: 5}"
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
    remedy = "write the name of an action, or a list of rules"
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
