"""What questions take: a scenario, who plays what, and which values parameters have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sim.scenario import shipped
from sim.scenario.schema import Scenario

Player = str | Callable[..., object]
"""What an actor can play: a name, or a class or function that is a plug-in (``sim.interop.players``)."""

Names = Mapping[str, Player]
Numbers = Mapping[str, float]


def loaded(scenario: Scenario | str | Path) -> Scenario:
    """Return a scenario, loaded if a file or a name is given. Raises ``ScenarioError``."""
    return scenario if isinstance(scenario, Scenario) else shipped.load_found(scenario)
