"""``detente breakeven``: what it would take for an actor to prefer the other side."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options
from sim.commands.progress import progress
from sim.errors import quoted

Actor = Annotated[str, typer.Option("--actor", metavar="A", help="Whose choice it is.")]
Strategies = Annotated[
    list[str] | None,
    typer.Option("--strategy", metavar="S", help="Instead of regimes: a strategy of the actor; named twice."),
]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--parameter", metavar="P", help="A parameter to look at; repeat it (default: all with a range)."),
]
Weights = Annotated[
    list[str] | None,
    typer.Option("--weights", metavar="P=W", help="What moving a parameter counts in a joint change; repeatable."),
]
Chart = Annotated[Path | None, typer.Option("--chart", metavar="FILE", help="Draw it: .png, .svg, .html or .json.")]


def command(
    scenario: options.ScenarioWord,
    actor: Actor,
    regime: options.Regimes = None,
    strategy: Strategies = None,
    parameter: Parameters = None,
    weights: Weights = None,
    runs: options.Runs = None,
    seed: options.Seed = None,
    play: options.Play = None,
    set_: options.Set = None,
    jobs: options.Jobs = 1,
    cluster: options.Cluster = None,
    chart: Chart = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Find out what would make an actor prefer the other side.

    The value of each parameter at which two regimes, or two strategies, are equally good for it; and the cheapest
    change of all together.
    """
    from sim.experiment.breakeven import breakeven

    loaded = options.scenario_of(scenario)
    plan = options.plan_at_points(loaded, runs, seed, jobs, cluster)
    setting = options.setting_of(None, play, set_)
    if chart is not None:
        from sim.report.charts import theme

        chart = theme.checked(chart)
    answer = breakeven(
        loaded,
        actor,
        regimes=regime or (),
        strategies=strategy or (),
        parameters=parameter or (),
        weights=dict(_weight(word) for word in weights or ()),
        setting=setting,
        plan=plan,
        stage=partial(progress, quiet=quiet),
    )
    told = []
    if chart is not None:
        from sim.report.charts.breakeven import chart_of

        theme.save(chart_of(answer), chart)
        told.append(f"picture in {chart}")
    if json:
        options.print_json(answer.to_dict())
    else:
        from sim.report.breakeven import show_breakeven
        from sim.report.console import console

        show_breakeven(answer, console())
    for line in [*told, *options.cluster_told(plan), *options.notes(loaded, setting, ())]:
        options.message(line, quiet)


def _weight(word: str) -> tuple[str, float]:
    name, sign, text = word.partition("=")
    try:
        weight = float(text) if "_" not in text else math.nan
    except ValueError:
        weight = math.nan
    if not (sign and name.strip() and math.isfinite(weight)):
        raise options.refused("--weights", f"{quoted(word)} is no PARAMETER=NUMBER", "write --weights and P=2")
    return name.strip(), weight
