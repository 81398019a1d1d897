"""The generator of scenarios: what it makes is as it promises, and leaves no feature of the language out.

That its files are valid and play without an error is part of every test that plays them, first of all that of
``tests/engine/test_agreement.py``.
"""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from tests import oracle
from tests.generated import fixed_families, fixed_texts, scenario_families
from tests.generated.features import ALL, expressions, features

# libyaml reads ten times as fast, where there is one.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def parsed(text: str) -> dict[str, Any]:
    document = yaml.load(text, Loader=LOADER)
    assert isinstance(document, dict)
    return document


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(family=scenario_families())
def test_a_child_plays_as_the_third_of_its_family_which_is_written_out_in_full(
    tmp_path: Path, family: tuple[str, str, str]
) -> None:
    for name, text in zip(("parent", "child", "full"), family, strict=True):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    child = oracle.read(tmp_path / "child.yaml")
    full = parsed(family[2])
    assert in_order(child) == in_order(full)
    assert oracle.play(child, seed=2018, run=1) == oracle.play(full, seed=2018, run=1)


def in_order(part: Any) -> Any:
    """Return a document with its mappings as pairs, so that comparing two compares the order of their keys."""
    if isinstance(part, dict):
        return [(key, in_order(value)) for key, value in part.items()]
    return [in_order(value) for value in part] if isinstance(part, list) else part


def test_no_feature_is_left_out() -> None:
    """In a fixed sample every feature occurs; the rarest are named when one does not."""
    counted: Counter[str] = Counter()
    for text in fixed_texts(200):
        counted.update(features(parsed(text)))
    missing = sorted(ALL - set(counted))
    assert not missing, f"missing: {missing}; rare: {[key for key, times in counted.items() if times < 3]}"


def test_expressions_are_short_and_python_can_read_them() -> None:
    for text in fixed_texts(40):
        for place, expression in expressions(parsed(text)):
            assert len(expression) <= 400, place
            assert expression == "true" or ast.parse(expression, mode="eval"), place


CHANGED = {
    "null", "parameters", "state", "seen_as", "drift", "derived", "incentives", "actions", "strategies", "hazards", "rate",
    "chance", "outcomes", "regimes", "clock", "claims",
}  # fmt: skip


def test_children_change_every_part() -> None:
    """In a fixed sample children extend their parents, lay over every part of a scenario, and remove some."""
    seen: set[str] = set()
    for parent, child, _ in fixed_families(60):
        assert "extends" not in parsed(parent)
        assert parsed(child)["extends"] == "parent.yaml"
        seen.update(words(parsed(child)))
    assert not CHANGED - seen


def words(part: Any) -> set[str]:
    if isinstance(part, dict):
        return set(part).union(*(words(value) for value in part.values()))
    return {part} if isinstance(part, str) else set()


@pytest.mark.parametrize("text", ["1 / x if x > 0.1 else 0", "x > 0.1 and 1 / x > 2", "pick(x > 0, 1, 1 / x)"])
def test_a_guard_is_seen_as_one(text: str) -> None:
    document = {"clock": {}, "actors": {"a": {"incentives": {"i": text}}}}
    assert any(feature.startswith("guard by") for feature in features(document))
