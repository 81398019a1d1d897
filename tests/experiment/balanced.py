"""Scenarios in which leaving brings what an expression says, so that break-even is where it is zero."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.experiment.breakeven import BreakEven, breakeven
from sim.experiment.plan import planned_for
from sim.model.game import Setting
from sim.scenario.load import load_text
from sim.scenario.schema import Scenario

TEXT = """\
scenario: balance
title: To stay or to leave
clock: {{turns: 1}}
parameters:
{parameters}
state: {{luck: {{initial: {{low: -1, high: 1}}}}, out: 0}}
actors:
  side:
    label: The side
    incentives: {{gain: "3 * luck + out * ({gain})"}}
    actions: {{stay: {{}}, leave: {{set: {{out: 1}}}}}}
regimes:
  treaty: {{label: The treaty, plays: {{side: stay}}}}
  open: {{label: No treaty, plays: {{side: leave}}}}
monte_carlo: {{runs: 60, seed: 2}}
"""


def balance(gain: str, **parameters: tuple[float, float, float]) -> Scenario:
    """A scenario in which leaving brings so much; parameters are today's value and the ends of the range."""
    written = [
        f"  {name}: {{value: {value}, range: [{low}, {high}]}}" for name, (value, low, high) in parameters.items()
    ]
    return load_text(TEXT.format(gain=gain, parameters="\n".join(written)), "balance.yaml", Path())


def asked(
    scenario: Scenario, *, runs: int = 60, seed: int = 2, given: Mapping[str, float] = {}, **more: Any
) -> BreakEven:
    """What breaks even for the side."""
    return breakeven(scenario, "side", plan=planned_for(scenario, runs, seed), setting=Setting(None, {}, given), **more)
