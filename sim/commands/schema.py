"""``detente schema``: the JSON Schema of the scenario language, for editors."""

from __future__ import annotations

from sim.commands import options


def command() -> None:
    """Print the JSON Schema for editors.

    With it, editors check and complete scenarios.
    """
    from sim.scenario.json_schema import json_schema

    options.print_json(json_schema())
