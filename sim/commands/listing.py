"""``detente list``: the scenarios at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.commands import options


def command(json: options.Json = False) -> None:
    """List the scenarios at hand.

    Those that ship, and those in the current folder.
    """
    from sim.scenario.shipped import shipped

    home = {path.resolve() for _, path in shipped()}
    here = [(path.name, path) for path in sorted(Path().glob("*.yaml")) if path.resolve() not in home]
    rows = [_row(name, path, True) for name, path in shipped()]
    rows += [row for row in (_row(name, path, False) for name, path in here) if row["title"] or not row["fault"]]
    if json:
        options.print_json({"scenarios": rows})
        return
    from sim.report.console import console
    from sim.report.listing import show_scenarios

    show_scenarios(rows, console())


def _row(name: str, path: Path, ships: bool) -> dict[str, Any]:
    from sim.errors import ScenarioError
    from sim.scenario.load import load

    row: dict[str, Any] = {"name": name, "file": str(path), "ships": ships, "title": "", "summary": "", "fault": ""}
    try:
        loaded = load(path)
    except ScenarioError as error:
        return {**row, "fault": str(error.faults[0])}
    return {**row, "title": loaded.title or loaded.scenario, "summary": loaded.summary or ""}
