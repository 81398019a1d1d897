"""``detente describe``: a scenario as a person reads it."""

from __future__ import annotations

from sim.commands import options


def command(scenario: options.ScenarioWord) -> None:
    """Show a scenario as a page of a rule book.

    Actors, actions, incentives, hazards, regimes, assumptions with sources.
    """
    from sim.report.console import console
    from sim.report.describe import show_description

    show_description(options.scenario_of(scenario), console())
