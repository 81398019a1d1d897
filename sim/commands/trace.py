"""``detente trace``: one run alone, event by event."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.commands import options


def command(
    scenario: options.ScenarioWord,
    run: Annotated[
        int, typer.Option("--run", metavar="K", parser=options.whole("--run"), help="Which run, from 0.")
    ] = 0,
    seed: options.Seed = None,
    regime: options.Regime = None,
    play: options.Play = None,
    set_: options.Set = None,
    chart: options.Chart = None,
    json: options.Json = False,
) -> None:
    """Play one run alone, event by event.

    The same run as in the ensemble of that seed.
    """
    from sim.experiment.trace import trace_of

    loaded = options.scenario_of(scenario)
    if chart is not None:
        from sim.report.charts.theme import checked

        chart = checked(chart)
    plan = options.plan_of(loaded, 1, seed, "events", 1, None)
    traced = trace_of(loaded, run, options.setting_of(regime, play, set_), plan.seed)
    if json:
        options.print_json(traced.to_dict())
    else:
        from sim.report.chronicle import show_trace
        from sim.report.console import console

        show_trace(traced, console())
    if chart is not None:
        from sim.report.charts.theme import save
        from sim.report.charts.trace import chart_of

        options.message(f"picture in {save(chart_of(traced), chart)}", quiet=False)
