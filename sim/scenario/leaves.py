"""What a single value of a scenario file may be: text, number, whole number, flag, name, expression, statement.

Each kind reads a ``Scalar`` (which knows its place) and says in its JSON Schema what an author may write.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.errors import quoted
from sim.scenario import expressions
from sim.scenario.expressions import Expression, NotAnExpression
from sim.scenario.source import Scalar
from sim.scenario.statements import Statement, parse_statement

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")
_DIGITS = re.compile(r"[-+]?[0-9]{1,19}\Z")


class Key(str):
    """A key of a mapping, which remembers the scalar it was written as."""

    __slots__ = ("scalar",)
    scalar: Scalar

    def __new__(cls, scalar: Scalar) -> Key:
        """Return the key a scalar writes."""
        self = super().__new__(cls, scalar.text)
        self.scalar = scalar
        return self


def fault(code: str, problem: str, remedy: str = "", offset: int = 0) -> PydanticCustomError:
    """Return the error a reader raises; the loader turns it into a fault with a place."""
    context = {"code": code, "problem": problem, "remedy": remedy, "offset": offset}
    return PydanticCustomError("detente", "{problem}", context)


def found(value: Any) -> str:
    """Return how a message names a value that is not what was expected."""
    if isinstance(value, Scalar):
        return quoted(value.text) if value.text else "nothing"
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list | tuple) else quoted(value)


def wrong(expected: str, value: Any, remedy: str) -> PydanticCustomError:
    """Return the error for a value of the wrong kind."""
    code = "EMPTY" if isinstance(value, Scalar) and value.value is None else "WRONG-KIND"
    return fault(code, f"expected {expected}, found {found(value)}", remedy)


def _scalar(value: Any, expected: str, remedy: str) -> Scalar:
    if not isinstance(value, Scalar) or value.value is None:
        raise wrong(expected, value, remedy)
    return value


def read_text(value: Any) -> str:
    """Return the text of a scalar, whatever it looks like."""
    return _scalar(value, "a text", "write a text; quote it if it has a colon or a '#'").text.strip()


def read_number(value: Any, expected: str = "a number", remedy: str = "write a number, such as 0.25") -> float:
    """Return a finite number."""
    scalar = _scalar(value, expected, remedy)
    number = scalar.value
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise wrong(expected, value, remedy)
    if not math.isfinite(number):
        raise fault("NOT-FINITE", f"{quoted(scalar.text)} is not a finite number", "write a finite number")
    return float(number)


def read_whole(value: Any) -> int:
    """Return a whole number."""
    expected, remedy = "a whole number", "write a whole number, such as 20"
    number = read_number(value, expected, remedy)
    # Beyond 2**53 the float is no longer the number that was written.
    whole = int(value.text) if _DIGITS.match(value.text) else int(number)
    if number != math.floor(number) or abs(whole) >= 2**63:
        raise wrong(expected, value, remedy)
    return whole


def read_flag(value: Any) -> bool:
    """Return true or false."""
    if not isinstance(value, Scalar) or not isinstance(value.value, bool):
        raise wrong("true or false", value, "write true or false")
    return value.value


def check_name(name: str) -> str:
    """Return the name if it may name something."""
    if not expressions.is_name(name):
        remedy = "a name is lower-case letters, digits and underscores, starts with a letter, and is no word of Python"
        raise fault("NAME", f"{quoted(name)} cannot be a name", remedy)
    return name


def read_name(value: Any) -> str:
    """Return a name."""
    return check_name(_scalar(value, "a name", "write a name").text)


def read_identifier(value: Any) -> str:
    """Return a scenario's identifier."""
    text = _scalar(value, "an identifier", "write lower-case letters, digits and hyphens").text
    if not IDENTIFIER.match(text):
        raise fault("IDENTIFIER", f"{quoted(text)} is no identifier", "write lower-case letters, digits and hyphens")
    return text


def read_expression(value: Any) -> Expression:
    """Return a checked expression."""
    scalar = _scalar(value, "a number or an expression", "write a number or an expression")
    try:
        return expressions.parse(scalar)
    except NotAnExpression as error:
        raise fault(error.code, error.problem, error.remedy, error.offset) from None


def read_statement(value: Any) -> Statement:
    """Return a checked statement about results."""
    scalar = _scalar(value, "a comparison of results", "write one, such as post_treaty.nato < treaty.nato")
    try:
        return parse_statement(scalar)
    except NotAnExpression as error:
        raise fault(error.code, error.problem, error.remedy, error.offset) from None


def _leaf(read: Callable[[Any], Any], schema: dict[str, Any]) -> Any:
    return PlainValidator(read, json_schema_input_type=Any), WithJsonSchema(schema)


_NAME_PATTERN = "^[a-z][a-z0-9_]{0,63}$"
EXPRESSION_SCHEMA: dict[str, Any] = {
    "description": "an expression: numbers, names, arithmetic, comparisons, and, or, not, 'a if c else b', functions",
    "anyOf": [{"type": "string", "maxLength": expressions.LONGEST}, {"type": "number"}, {"type": "boolean"}],
}
Text: TypeAlias = Annotated[str, *_leaf(read_text, {"type": ["string", "number", "boolean"]})]
Number: TypeAlias = Annotated[float, *_leaf(read_number, {"type": "number"})]
Whole: TypeAlias = Annotated[int, *_leaf(read_whole, {"type": "integer"})]
Flag: TypeAlias = Annotated[bool, *_leaf(read_flag, {"type": "boolean"})]
Name: TypeAlias = Annotated[str, *_leaf(read_name, {"type": "string", "pattern": _NAME_PATTERN})]
NameKey: TypeAlias = Annotated[str, AfterValidator(check_name), WithJsonSchema({"pattern": _NAME_PATTERN})]
Identifier: TypeAlias = Annotated[str, *_leaf(read_identifier, {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$"})]
Formula: TypeAlias = Annotated[Expression, *_leaf(read_expression, EXPRESSION_SCHEMA)]
Holds: TypeAlias = Annotated[Statement, *_leaf(read_statement, {"type": "string"})]
