"""A small scenario, and answers to keep."""

import os
from pathlib import Path

import pytest

from sim.experiment.compare import Comparison, compare, compare_scenarios
from sim.experiment.ensemble import Ensemble, Plan, run
from sim.model.game import Setting
from sim.scenario.load import load
from sim.scenario.schema import Scenario

PARENT = """\
scenario: tiny
title: "A pact; kept: or left"
clock: {turns: 3, discount: 0.9}
parameters: {gain: {value: 1.5, range: [0, 3], source: judgement}}
state: {tension: {initial: {low: 0, high: 1}, min: 0}}
actors:
  north:
    incentives: {calm: gain - tension}
    actions: {hold: {}, arm: {cost: 0.25, chance: 0.5, add: {tension: 0.3}}}
    strategies: {coin: {mix: {hold: 1, arm: 1}}}
  south:
    incentives: {calm: -tension}
    actions: {hold: {}, arm: {cost: 0.5, add: {tension: 0.1}}}
hazards:
  crisis: {rate: 0.2 * tension, payoffs: {north: -3, south: -4}}
regimes:
  pact: {plays: {north: hold}}
  none: {plays: {north: coin, south: arm}}
"""
CHILD = "scenario: tiny-child\nextends: tiny.yaml\nparameters: {gain: 2}\nhazards: {crisis: null}\n"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test turns the power off, so none need wait for the disk."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scenario and a child of it."""
    folder = tmp_path_factory.mktemp("scenarios")
    (folder / "tiny.yaml").write_text(PARENT, encoding="utf-8")
    (folder / "child.yaml").write_text(CHILD, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tiny(files: Path) -> Scenario:
    """The scenario."""
    return load(files / "tiny.yaml")


@pytest.fixture(scope="session")
def child(files: Path) -> Scenario:
    """A scenario that extends it, without the hazard."""
    return load(files / "child.yaml")


@pytest.fixture(scope="session")
def ensemble(tiny: Scenario) -> Ensemble:
    """One regime of it, played 20 times, with something played and something set."""
    return run(tiny, Setting("none", {"south": "hold"}, {"gain": 1 / 3}), Plan(20, 7))


@pytest.fixture(scope="session")
def comparison(tiny: Scenario) -> Comparison:
    """Both regimes of it, played 20 times."""
    return compare(tiny, (), Setting(None, {}, {"gain": 0.1}), Plan(20, 7))


@pytest.fixture(scope="session")
def two_files(tiny: Scenario, child: Scenario) -> Comparison:
    """Two scenarios with different columns against each other."""
    return compare_scenarios([tiny, child], "none", None, Plan(20, 7))
