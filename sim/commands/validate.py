"""``detente validate``: check scenarios, and report all faults of each at once."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sim.commands import options
from sim.errors import Fault, ScenarioError, one_line

PLAYED = 2
"""Regimes whose first turn is played: those that `compare` takes."""


def command(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Scenario files, or names of shipped ones.")],
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Check scenarios, all faults at once.

    The language, the names, and the first turn of the first two regimes.
    """
    checked: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for file in files:
        try:
            said = _check(file)
        except ScenarioError as error:
            faults += error.faults
            checked.append({"file": file, "valid": False, "faults": [_fault(fault) for fault in error.faults]})
        else:
            checked.append({"file": file, "valid": True, "faults": []})
            if not json and not quiet:
                print(one_line(f"{file}: {said}"))
    if json:
        options.print_json({"files": checked})
    if faults:
        raise ScenarioError(faults)


def _check(file: str) -> str:
    from sim.engine.lockstep import first_turn
    from sim.model.compiling import compiled, regime_names
    from sim.model.game import Setting

    scenario = options.scenario_of(file)
    for regime in regime_names(scenario)[:PLAYED]:
        first_turn(compiled(scenario, Setting(regime)), scenario.monte_carlo.seed)
    parts = [
        _count(scenario.actors, "actor"),
        _count(scenario.hazards, "hazard"),
        _count(regime_names(scenario), "regime"),
        _count(scenario.claims, "claim"),
    ]
    return f"fine: {', '.join(parts)}"


def _count(things: Any, what: str) -> str:
    return f"{len(things)} {what}" + ("" if len(things) == 1 else "s")


def _fault(fault: Fault) -> dict[str, Any]:
    place = fault.place
    return {
        "file": place.file, "line": place.line, "column": place.column,
        "code": fault.code, "problem": fault.problem, "remedy": fault.remedy,
    }  # fmt: skip
