"""``detente claims``: does each claim of a scenario hold."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.commands import options
from sim.commands import report as reporting
from sim.commands.progress import progress
from sim.commands.report import InFile

UNMET, INTERRUPTED = 6, 130
Robust = Annotated[
    int | None,
    typer.Option(
        "--robust",
        metavar="N",
        parser=options.whole("--robust"),
        help="Judge claims at N points over the parameters' ranges too.",
    ),
]
RobustRuns = Annotated[
    int,
    typer.Option(
        "--robust-runs", metavar="N", parser=options.whole("--robust-runs"), help="How many runs at each point."
    ),
]


def command(
    scenario: options.ScenarioWord,
    runs: options.Runs = None,
    seed: options.Seed = None,
    play: options.Play = None,
    set_: options.Set = None,
    engine: options.Engine = "lockstep",
    jobs: options.Jobs = 1,
    cluster: options.Cluster = None,
    block: options.Block = None,
    robust: Robust = None,
    robust_runs: RobustRuns = 200,
    chart: options.Chart = None,
    report: InFile = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Judge a scenario's claims.

    Each holds, fails or is undecided at 95 %; exit status 6 unless all hold.
    """
    from sim.experiment import claims
    from sim.experiment.robust import Sampling

    sampling = None if robust is None else Sampling(robust, robust_runs)
    if chart is not None:
        from sim.report.charts.theme import checked

        chart = checked(chart)
    began = options.now()
    if report is not None:
        reporting.checked(report, "--report")
    loaded = options.scenario_of(scenario)
    plan = options.plan_of(loaded, runs, seed, engine, jobs, block, cluster)
    setting = options.setting_of(None, play, set_)
    with progress(claims.runs_to_play(loaded, plan, sampling), quiet) as advance:
        judged = claims.claims(loaded, setting, plan, advance, sampling)
    if json:
        options.print_json(judged.to_dict())
    else:
        from sim.report.claims import show_claims
        from sim.report.console import console

        show_claims(judged, console())
    told = []
    if chart is not None:
        from sim.report.charts.claims import chart_of
        from sim.report.charts.theme import save

        told.append(f"picture in {save(chart_of(judged), chart)}")
    if report is not None:
        told.append(reporting.written(judged, report, began, quiet, scenario=loaded, setting=setting))
    for line in [*told, *options.cluster_told(plan), *options.notes(loaded, setting, judged.warnings if json else ())]:
        options.message(line, quiet)
    if judged.robustness is not None and judged.robustness.stopped:
        return INTERRUPTED
    return 0 if judged.all_hold else UNMET
