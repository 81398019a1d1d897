"""What the shipped scenarios give is what was recorded: to the last bit where nothing differs that it may depend on."""

from __future__ import annotations

import copy
import html
import json
import math
from pathlib import Path
from typing import Any

import pytest

from benchmarks import reference
from sim.report.labels import Labels
from sim.scenario.load import load
from sim.scenario.shipped import shipped

SHIPPED = dict(shipped())

LARGEST = 60_000
"""Bytes of a picture."""


def record_of(name: str) -> dict[str, Any]:
    """The record of a shipped scenario."""
    text = reference.recorded(name).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    assert text == reference.written(found)
    return found


@pytest.mark.parametrize("name", SHIPPED)
def test_a_scenario_gives_what_was_recorded(name: str) -> None:
    """If an answer changed on purpose, `make reference` records it anew, and the difference shows in the commit."""
    there, here = record_of(name), reference.document_of(name, SHIPPED[name])
    assert list(here["regimes"]) == list(there["regimes"])
    assert (here["runs"], here["seed"]) == (there["runs"], there["seed"])
    if here["made_with"] == there["made_with"]:
        assert here == there
    assert reference.far_off(here, there) == []


def test_every_shipped_scenario_is_recorded_and_nothing_else() -> None:
    """A JSON document and a picture each."""
    kinds = {path.relative_to(reference.FOLDER).as_posix() for path in reference.FOLDER.rglob("*") if path.is_file()}
    assert kinds == {f"{name}{suffix}" for name in SHIPPED for suffix in (".json", ".svg")}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_picture_is_of_its_scenario(name: str) -> None:
    """It is small, and its words name the scenario and every regime that it shows."""
    picture = reference.recorded(name).with_suffix(".svg")
    assert picture.stat().st_size < LARGEST
    scenario = load(SHIPPED[name])
    words = html.unescape(picture.read_text(encoding="utf-8").partition("<desc>")[2].partition("</desc>")[0])
    labels = Labels(scenario)
    assert words.startswith(labels.title)
    for regime in list(scenario.regimes)[: reference.DRAWN]:
        assert labels.regime(regime) in words


def test_one_bit_is_noticed_where_nothing_differs() -> None:
    """And what is far off is named, wherever it was recorded."""
    there = record_of("classics/detection-race")
    other = copy.deepcopy(there)
    regime = next(iter(other["regimes"]))
    name, pair = next((name, pair) for name, pair in other["regimes"][regime]["results"].items() if pair[0])
    pair[0] = math.nextafter(pair[0], math.inf)
    assert other != there
    assert reference.far_off(other, there) == []
    pair[0] *= 1.0 + 1e-6
    assert reference.far_off(other, there) == [f"{regime}: {name}"]
    del other["regimes"][regime]["results"][name]
    assert f"{regime}: {name}" in reference.far_off(other, there)


def test_a_record_says_what_it_was_made_with() -> None:
    """Processor, its features, versions: whatever the last bit may depend on."""
    made: dict[str, Any] = record_of("inf-2018")["made_with"]
    assert {"processor", "system", "libc", "features", "python", "numpy", "scipy"} <= set(made)
    assert Path(reference.FOLDER).name == "reference"
