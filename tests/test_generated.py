"""The generator of scenarios: its files are valid, play without an error, and leave no feature of the language out."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings

from sim.scenario.load import load
from tests import oracle
from tests.generated import scenario_families, scenario_pairs, scenario_texts
from tests.generated.features import ALL, expressions, features

QUIET = (
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.function_scoped_fixture,
    HealthCheck.large_base_example,
)
sampled = settings(max_examples=50, deadline=None, database=None, derandomize=True, suppress_health_check=QUIET)


def parsed(text: str) -> dict[str, Any]:
    document = yaml.load(text, Loader=yaml.BaseLoader)
    assert isinstance(document, dict)
    return document


@sampled
@given(text=scenario_texts())
def test_every_scenario_is_valid_and_plays_without_an_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "generated.yaml"
    write(file, text)
    assert load(file).scenario == "generated"
    for place, expression in expressions(parsed(text)):
        assert len(expression) <= 400, place
        assert expression == "true" or ast.parse(expression, mode="eval"), place
    document = oracle.read_text(text)
    for regime in document.get("regimes") or {"base": {}}:
        assert 0 < oracle.play(document, seed=2018, run=0, regime=regime).duration <= 6


@settings(sampled, max_examples=25)
@given(family=scenario_families())
def test_a_family_is_valid_and_its_third_is_the_child_written_out_in_full(
    tmp_path: Path, family: tuple[str, str, str]
) -> None:
    parent, child, full = family
    write(tmp_path / "parent.yaml", parent)
    write(tmp_path / "child.yaml", child)
    assert load(tmp_path / "parent.yaml").scenario == "parent"
    assert load(tmp_path / "child.yaml").scenario == "child"
    read = oracle.read(tmp_path / "child.yaml")
    assert in_order(read) == in_order(parsed(full))
    oracle.play(read, seed=2018, run=1)
    write(tmp_path / "child.yaml", full)
    assert load(tmp_path / "child.yaml").scenario == "child"


@settings(sampled, max_examples=10)
@given(scenario_pairs())
def test_a_pair_is_a_parent_and_a_child_that_extends_it(pair: tuple[str, str]) -> None:
    parent, child = pair
    assert "extends" not in parsed(parent)
    assert parsed(child)["extends"] == "parent.yaml"


def write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def in_order(part: Any) -> Any:
    """Return a document with its mappings as pairs, so that comparing two compares the order of their keys."""
    if isinstance(part, dict):
        return [(key, in_order(value)) for key, value in part.items()]
    return [in_order(value) for value in part] if isinstance(part, list) else part


def test_no_feature_is_left_out() -> None:
    """In a fixed sample every feature occurs; the rarest are named when one does not."""
    counted: Counter[str] = Counter()

    @settings(sampled, max_examples=200, phases=[Phase.generate])
    @given(scenario_texts())
    def sample(text: str) -> None:
        counted.update(features(parsed(text)))

    sample()
    missing = sorted(ALL - set(counted))
    assert not missing, f"missing: {missing}; rare: {[key for key, times in counted.items() if times < 3]}"


CHANGED = {
    "null", "parameters", "state", "seen_as", "drift", "derived", "incentives", "actions", "strategies", "hazards", "rate",
    "chance", "outcomes", "regimes", "clock", "claims",
}  # fmt: skip


def test_children_change_every_part() -> None:
    """In a fixed sample children lay over every part of a scenario, and remove some."""
    seen: set[str] = set()

    @settings(sampled, max_examples=60, phases=[Phase.generate])
    @given(scenario_pairs())
    def sample(pair: tuple[str, str]) -> None:
        seen.update(words(parsed(pair[1])))

    sample()
    assert not CHANGED - seen


def words(part: Any) -> set[str]:
    if isinstance(part, dict):
        return set(part).union(*(words(value) for value in part.values()))
    return {part} if isinstance(part, str) else set()


@pytest.mark.parametrize("text", ["1 / x if x > 0.1 else 0", "x > 0.1 and 1 / x > 2", "pick(x > 0, 1, 1 / x)"])
def test_a_guard_is_seen_as_one(text: str) -> None:
    document = {"clock": {}, "actors": {"a": {"incentives": {"i": text}}}}
    assert any(feature.startswith("guard by") for feature in features(document))
