"""The models are frozen, their short forms arrive as long ones, and their JSON Schema agrees with the loader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import BaseModel, ValidationError

from sim.errors import ScenarioError
from sim.scenario import schema
from sim.scenario.faults import SYNONYMS, keys_of
from sim.scenario.json_schema import EXPLAINED, json_schema
from sim.scenario.load import load_text
from sim.scenario.source import Mapping, Node, Sequence, parse_source
from tests.generated import scenario_families, scenario_texts
from tests.scenario.test_load import EXAMPLE, INVALID, SHIPPED, VALID, whole

VALIDATOR = jsonschema.Draft202012Validator(json_schema())
PARTS = [part for part in vars(schema).values() if isinstance(part, type) and issubclass(part, schema.Part)]


def plain(node: Node) -> Any:
    """Return a document as an editor sees it."""
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node}
    return [plain(item) for item in node] if isinstance(node, Sequence) else node.value


def accepted(text: str) -> bool:
    """Say whether the JSON Schema accepts a text."""
    return bool(VALIDATOR.is_valid(plain(parse_source(text, "f.yaml"))))


# ---------------------------------------------------------------- models


def test_models_are_frozen() -> None:
    """Nobody changes a scenario once it is loaded."""
    scenario = load_text(EXAMPLE)
    with pytest.raises(ValidationError, match="frozen"):
        scenario.clock.turns = 5  # type: ignore[misc]


def long_forms() -> list[tuple[str, str]]:
    return [
        ("parameters: {p: 2}", "parameters: {p: {value: 2}}"),
        ("state: {x: 2}", "state: {x: {initial: 2}}"),
        ("derived: {d: 2}", "derived: {d: {value: 2}}"),
        ("actors: {a: {incentives: {i: 2}}}", "actors: {a: {incentives: {i: {value: 2}}}}"),
        (
            "actors: {a: {actions: {go: {}}, strategies: {s: go}}}",
            "actors: {a: {actions: {go: {}}, strategies: {s: {action: go}}}}",
        ),
        (
            "actors: {a: {actions: {go: {}}, strategies: {s: [{do: go}]}}}",
            "actors: {a: {actions: {go: {}}, strategies: {s: {rules: [{do: go}]}}}}",
        ),
    ]


def bare(value: Any) -> Any:
    """Return a scenario as plain values, expressions as their texts."""
    if isinstance(value, BaseModel):
        return {name: bare(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {key: bare(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [bare(one) for one in value]
    return getattr(value, "text", value)


@pytest.mark.parametrize(("short", "long"), long_forms(), ids=[short for short, _ in long_forms()])
def test_short_forms_are_written_out(short: str, long: str) -> None:
    """Everything behind the loader sees one form."""
    assert bare(load_text(whole(short))) == bare(load_text(whole(long)))


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("2", {"value"}),
        ("[1, 2]", {"low", "high"}),
        ("{mean: 2}", {"mean"}),
        ("{low: 1, mode: 2, high: 3}", {"low", "mode", "high"}),
    ],
)
def test_lead_times_have_four_forms(text: str, given: set[str]) -> None:
    """Each is told by the numbers it has."""
    lead = load_text(whole(f"actors: {{a: {{actions: {{go: {{after: {text}}}}}}}}}")).actors["a"].actions["go"].after
    assert lead is not None
    assert {name for name in ("value", "mean", "low", "mode", "high") if getattr(lead, name) is not None} == given


def test_every_kind_of_strategy_is_told() -> None:
    """A strategy is one of five kinds."""
    actor = load_text(whole(VALID["labels on every kind of strategy"])).actors["a"]
    assert [strategy.kind for strategy in actor.strategies.values()] == list(schema.Strategy.kinds)
    assert [strategy.label for strategy in actor.strategies.values()] == ["One", "Two", "Three", "Four", "Five"]


# ---------------------------------------------------------------- JSON Schema


def test_the_schema_is_a_schema() -> None:
    """It keeps the rules of JSON Schema and fits into JSON."""
    made = json_schema()
    jsonschema.Draft202012Validator.check_schema(made)
    assert json.loads(json.dumps(made)) == made
    assert made["$schema"].endswith("2020-12/schema")
    assert made["title"]


def test_it_accepts_the_example() -> None:
    """The language page's own example."""
    assert accepted(EXAMPLE)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_it_accepts_what_ships(path: Path) -> None:
    """Editors find no fault where the loader finds none."""
    VALIDATOR.validate(plain(parse_source(path.read_text(encoding="utf-8"), path.name)))


@pytest.mark.parametrize("body", VALID.values(), ids=VALID.keys())
def test_it_accepts_what_the_loader_accepts(body: str) -> None:
    """Every valid form is valid for editors too."""
    VALIDATOR.validate(plain(parse_source(whole(body), "f.yaml")))


@settings(max_examples=40, phases=(Phase.explicit, Phase.generate))
@given(scenario_texts())
def test_it_accepts_generated_scenarios(text: str) -> None:
    """So are random ones."""
    VALIDATOR.validate(plain(parse_source(text, "f.yaml")))


@settings(max_examples=40, phases=(Phase.explicit, Phase.generate), suppress_health_check=[HealthCheck.too_slow])
@given(scenario_families())
def test_it_accepts_generated_children(family: tuple[str, str, str]) -> None:
    """A child need not say what it inherits, and may remove keys with null."""
    VALIDATOR.validate(plain(parse_source(family[1], "f.yaml")))


SHAPES = {"UNKNOWN-KEY", "NAME"}


@pytest.mark.parametrize("body", [body for body, where, _ in INVALID if where.split()[1] in SHAPES])
def test_it_refuses_unknown_keys_and_bad_names(body: str) -> None:
    """A misspelled key is underlined while it is typed."""
    if not {"lambda", "max"} & set(body.replace(":", " ").replace("{", " ").split()):
        assert not accepted(whole(body))


@pytest.mark.parametrize(
    "text",
    [
        "scenario: s\nclock: {turns: 1}",
        "scenario: s\nactors: {a: {}}",
        "clock: {turns: 1}\nactors: {a: {}}",
        whole("clock2: 1"),
        "scenario: s\nclock: {turns: many}\nactors: {a: {}}",
        whole("sources: one"),
        whole("actors: {a: {actions: {go: {after: {low: 1, top: 2}}}}}"),
        whole("hazards: {h: {rate: 1, ends: 1}}"),
        whole("claims: {c: {says: x}}"),
        whole("actors: {a: {strategies: {s: {weigh: {level: 1}}}}}"),
        whole("parameters: {p: high}"),
    ],
)
def test_it_refuses_what_has_the_wrong_shape(text: str) -> None:
    """Missing keys and wrong kinds are seen too, as the loader sees them."""
    assert not accepted(text)
    with pytest.raises(ScenarioError):
        load_text(text)


def test_every_key_is_explained() -> None:
    """Editors show what each key means; nothing is explained that is not there."""
    explained = {(part, key) for part, keys in EXPLAINED.items() for key in keys}
    keys = {
        (part.__name__, key)
        for part in PARTS
        for key in keys_of(part)
        if key not in ("label", "note") and part not in (schema.Part, schema.Initial, schema.Lead)
    }
    assert explained == keys


def test_every_synonym_leads_to_a_key() -> None:
    """The words authors try lead to words of the language."""
    keys = {key for part in PARTS for key in keys_of(part)}
    assert set(SYNONYMS.values()) <= keys
