"""What the models of a scenario's parts are made of: the mapping with its short form, and what several of them hold."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sim.scenario.leaves import Formula, NameKey, Text, wrong
from sim.scenario.source import Scalar


class Part(BaseModel):
    """Anything written as a mapping. A part with a short form names the key that the short form sets.

    ``called`` and ``remedy`` say what is expected, and what to write instead of what is none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)
    short: ClassVar[str | None] = None
    called: ClassVar[str] = "a mapping"
    remedy: ClassVar[str] = "write keys and values, or {} for nothing"

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
            raise wrong(cls.called, value, cls.remedy)
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


def two(value: Any) -> Any:
    """Return a list of two, and refuse anything else."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise wrong("two numbers", value, "write [low, high]")
    return value


class Flow(Part):
    """A named expression: a derived name, or an incentive (a payoff a turn)."""

    short = "value"
    called = "an expression, or {value: expression}"
    remedy = "write a number or an expression"
    value: Formula


class Effects(Part):
    """Changes of the state: ``set`` before ``add``, each in written order, each seeing the ones before it."""

    set: dict[NameKey, Formula] = {}
    add: dict[NameKey, Formula] = {}
