"""The language as a JSON Schema, made from the models: what editors use to check, complete and explain a scenario.

It says what a file may look like, not whether its names fit: that is the loader's work. A file that extends another
may leave required keys out and may write ``null`` to remove what it inherits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.scenario.leaves import EXPRESSION_SCHEMA
from sim.scenario.schema import Scenario

Schema = dict[str, Any]

MODELINE = "# yaml-language-server: $schema="
"""What the first line of a scenario begins with; the path of the schema's file follows."""

_MERGED = frozenset({
    "Scenario", "Clock", "Parameter", "State", "Flow", "Actor", "Action", "Effects", "Hazard", "Outcome", "Regime",
    "MonteCarlo", "Teaching",
})  # fmt: skip
"""Parts that a child lays over its parent's key by key."""

_NOISE = frozenset({"title", "default"})
_LABELS = {"label": "what people read instead of the name", "note": "a remark for readers"}
_EFFECTS = {
    "set": "what each variable becomes",
    "add": "what is added to each variable, after 'set'",
}
EXPLAINED: Mapping[str, Mapping[str, str]] = {
    "Scenario": {
        "scenario": "the scenario's identifier: lower-case letters, digits and hyphens; the stem of the file's name",
        "title": "one line",
        "summary": "what the scenario is about, in a sentence or two",
        "extends": "the file that this one is laid over; a path relative to this file",
        "clock": "how many turns there are and who moves when",
        "parameters": "named numbers",
        "state": "numbers that change during a run",
        "derived": "named expressions over parameters, state and other derived names; always current",
        "actors": "the sides: what each wants, what it can do, how it may choose",
        "hazards": "random events, each striking at most once a turn",
        "regimes": "named overlays that are compared with each other",
        "claims": "statements about the results",
        "monte_carlo": "how many runs are played, and from which seed",
        "sources": "where the scenario comes from: a list of texts",
        "teaching": "what to ask a class",
    },
    "Clock": {
        "turns": "how many turns there are, 1 to 10000",
        "turn": "what a turn stands for, such as 1 year",
        "start": "the label of the first turn, such as 2018",
        "discount": "the weight of a turn's payoffs relative to the turn before: above 0, at most 1 (default 1)",
        "moves": "simultaneous (default), or a list of all actors: later ones see what earlier ones did this turn",
    },
    "Parameter": {
        "value": "the number",
        "range": "over what values it is uncertain: [low, high]",
        "source": "where the number comes from",
    },
    "State": {
        "initial": "what it starts from (default 0)",
        "min": "it is never below this",
        "max": "it is never above this",
        "drift": "its change each turn",
        "seen_as": "for each actor that sees something else: the variable it sees instead",
    },
    "Flow": {"value": "the expression"},
    "Actor": {
        "incentives": "named payoffs, each evaluated at the end of every turn",
        "actions": "what the actor can do",
        "strategies": "how it may choose; every action is also a strategy of its own name",
        "plays": "the strategy in use (default: the first one written)",
    },
    "Action": {
        "available": "when it can be taken (default: always)",
        "cost": "what it costs, whether or not it succeeds (default 0)",
        "chance": "the probability that it succeeds (default 1)",
        "after": "lead time in turns: a number, [low, high], {mean: m} or {low:, mode:, high:} (default 0)",
        "now": "effects at once, before the lead time",
        **_EFFECTS,
    },
    "Effects": _EFFECTS,
    "Strategy": {
        "action": "always this action",
        "rules": "the first rule that applies",
        "script": "one action a turn; the last one repeats",
        "mix": "a strategy drawn once a run, by weight",
        "weigh": "weigh what each action would bring",
    },
    "Rule": {"when": "the condition (default: always)", "do": "an action, or {action: weight, ...}"},
    "Weighing": {
        "rationality": "0 is a coin toss, a large number the best reply",
        "foresight": "how many turns ahead it looks, 0 to 1000 (default 5)",
        "level": "how many steps of the other's reasoning it foresees, 0 to 4 (default 0)",
        "believes": "parameters that it takes to have other values",
    },
    "Hazard": {
        "rate": "its intensity: it strikes with probability 1 - exp(-rate) a turn",
        "chance": "the probability that it strikes in a turn",
        "payoffs": "what each actor gets when it strikes",
        "outcomes": "ways it may end, drawn by weight",
        "ends": "whether it ends the run",
        **_EFFECTS,
    },
    "Outcome": {
        "weight": "how likely it is, compared with the others (default 1)",
        "payoffs": "what each actor gets",
        "ends": "whether it ends the run",
        **_EFFECTS,
    },
    "Regime": {
        "plays": "the strategy each actor uses",
        "parameters": "parameters with other values",
        "initial": "state variables that start from something else",
        "forbid": "for each actor, the actions that are never available",
    },
    "Claim": {
        "says": "the statement in words",
        "holds": "a comparison of results, such as post_treaty.nato < treaty.nato",
    },
    "MonteCarlo": {"runs": "how many runs (default 1000)", "seed": "0 or more (default 0)"},
    "Teaching": {"questions": "a list of questions", "notes": "notes for the teacher"},
}
"""What each key means, by the part it stands in."""


def json_schema() -> Schema:
    """Return the JSON Schema of a scenario file."""
    made = Scenario.model_json_schema()
    parts: dict[str, Schema] = {**made.pop("$defs"), "Scenario": made}
    parts = {name: _part(name, schema) for name, schema in parts.items()}
    whole = parts.pop("Scenario")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A detente scenario",
        **whole,
        "if": {"required": ["extends"], "properties": {"extends": {"not": {"type": "null"}}}},
        "else": {"required": ["scenario", "clock", "actors"]},
        "$defs": {"Expression": EXPRESSION_SCHEMA, **parts},
    }


def _part(name: str, schema: Schema) -> Schema:
    """Return one part's schema as an author meets it."""
    schema = _plain(schema)
    for long in _mappings(schema):
        for key, described in long.get("properties", {}).items():
            text = EXPLAINED.get(name, {}).get(key) or _LABELS.get(key)
            long["properties"][key] = {**described, **({"description": text} if text else {})}
        if name in _MERGED:
            long.pop("required", None)
            long["properties"] = {key: _or_null(value) for key, value in long.get("properties", {}).items()}
    return schema


def _mappings(schema: Schema) -> list[Schema]:
    return [one for one in (schema, *schema.get("anyOf", ())) if "properties" in one]


def _plain(schema: Any) -> Any:
    """Return a schema without what only pydantic needs: titles, defaults, optional values as null."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("description") == EXPRESSION_SCHEMA["description"]:
        return {"$ref": "#/$defs/Expression"}
    kept: Schema = {}
    for key, value in schema.items():
        if key == "properties":
            kept[key] = {name: _plain(one) for name, one in value.items()}
        elif key not in _NOISE:
            kept[key] = _plain(value)
    options = [one for one in kept.get("anyOf", ()) if one != {"type": "null"}]
    if len(options) == 1:
        del kept["anyOf"]
        kept = {**options[0], **kept}
    elif options:
        kept["anyOf"] = options
        kept = {key: value for key, value in kept.items() if key in ("anyOf", "description")}
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
    return kept


def _or_null(schema: Schema) -> Schema:
    """Return a schema that also takes null, and for names with values null for each value."""
    schema = dict(schema)
    if "patternProperties" in schema:
        schema["patternProperties"] = {key: _or_null(value) for key, value in schema["patternProperties"].items()}
    described = {key: schema.pop(key) for key in ("description",) if key in schema}
    return {"anyOf": [schema, {"type": "null"}], **described}
