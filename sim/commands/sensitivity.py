"""``detente sensitivity``: which parameters drive a payoff or a difference."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options
from sim.commands.progress import progress

Of = Annotated[
    list[str] | None,
    typer.Option("--of", metavar="ACTOR", help="Whose payoff; repeat it (default: every actor's)."),
]
Regimes = Annotated[
    list[str] | None,
    typer.Option("--regime", metavar="R", help="One: its payoff. Two: their difference (default: the first two)."),
]
Points = Annotated[
    int | None,
    typer.Option(
        "--points", metavar="N", parser=options.whole("--points"), help="Points drawn, a power of two (default: 256)."
    ),
]
Repeats = Annotated[
    int | None,
    typer.Option(
        "--repeats",
        metavar="K",
        parser=options.whole("--repeats"),
        help="Times it is played, with other luck each (3).",
    ),
]
Runs = Annotated[
    int | None,
    typer.Option("--runs", metavar="N", parser=options.whole("--runs"), help="Runs at each point (default: 64)."),
]
Method = Annotated[
    str,
    typer.Option("--method", metavar="M", help="sobol, or SALib's saltelli, fast, rbd_fast, morris, delta, pawn."),
]
Chart = Annotated[Path | None, typer.Option("--chart", metavar="FILE", help="Draw it: .png, .svg, .html or .json.")]


def command(
    scenario: options.ScenarioWord,
    of: Of = None,
    regime: Regimes = None,
    method: Method = "sobol",
    points: Points = None,
    runs: Runs = None,
    repeats: Repeats = None,
    seed: options.Seed = None,
    play: options.Play = None,
    set_: options.Set = None,
    jobs: options.Jobs = 1,
    cluster: options.Cluster = None,
    chart: Chart = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Rank the parameters by what they do to payoffs.

    Every parameter with a range goes over it, on the same luck at every point.
    """
    from sim.experiment import sensitivity

    loaded = options.scenario_of(scenario)
    plan = options.plan_of(loaded, sensitivity.RUNS if runs is None else runs, seed, "lockstep", jobs, None, cluster)
    setting = options.setting_of(None, play, set_)
    asked = sensitivity.studied(
        loaded,
        of=of or (),
        regimes=regime or (),
        setting=setting,
        plan=plan,
        method=method,
        points=sensitivity.POINTS if points is None else points,
        repeats=sensitivity.REPEATS if repeats is None else repeats,
    )
    if chart is not None:
        from sim.report.charts import theme

        chart = theme.checked(chart)
    with progress(asked.runs, quiet) as advance:
        answer = sensitivity.play_study(asked, advance)
    told = []
    if chart is not None:
        from sim.report.charts.sensitivity import chart_of

        theme.save(chart_of(answer), chart)
        told.append(f"picture in {chart}")
    if json:
        options.print_json(answer.to_dict())
    else:
        from sim.report.console import console
        from sim.report.sensitivity import show_sensitivity

        show_sensitivity(answer, console())
    for line in [*told, *options.cluster_told(plan), *options.notes(loaded, setting, ())]:
        options.message(line, quiet)
