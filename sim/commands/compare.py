"""``detente compare``: regimes, or two scenarios, against each other on the same luck."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.commands import options
from sim.commands import report as reporting
from sim.commands.progress import progress
from sim.commands.report import InFolder
from sim.errors import CommandError, Fault, Place

Other = Annotated[str | None, typer.Argument(metavar="[SCENARIO]", help="A second scenario to compare with the first.")]


def command(
    scenario: options.ScenarioWord,
    other: Other = None,
    runs: options.Runs = None,
    precision: options.Precision = None,
    seed: options.Seed = None,
    regime: options.Regimes = None,
    play: options.Play = None,
    set_: options.Set = None,
    engine: options.Engine = "lockstep",
    jobs: options.Jobs = 1,
    cluster: options.Cluster = None,
    block: options.Block = None,
    out: options.Out = options.RESULTS,
    chart: options.Chart = None,
    charts: options.Charts = None,
    report: InFolder = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Play regimes against each other on the same luck.

    Paired run by run: who gains, by how much, and which incentive brings it.
    """
    from sim.archive.keeping import Keeping, most_runs
    from sim.archive.root import checked_root
    from sim.experiment import compare
    from sim.experiment.precision import planned

    began, root = options.now(), checked_root(out)
    loaded = options.scenario_of(scenario)
    second = None if other is None else options.scenario_of(other)
    setting = options.setting_of(None, play, set_)
    plan = options.plan_of(loaded, runs, seed, engine, jobs, block, cluster)
    regimes = list(dict.fromkeys(regime or ()))
    if second is not None and len(regimes) > 1:
        problem = "two scenarios are compared under one regime"
        raise CommandError(Fault(Place("command line"), "REGIME", problem, "name one --regime, or one scenario"))
    if second is not None:
        sides = compare.sides_of_scenarios([loaded, second], next(iter(regimes), None), setting)
    else:
        sides = compare.sides_of(loaded, regimes, setting)
    if chart is not None:
        from sim.report.charts.theme import checked

        chart = checked(chart)
    if charts is not None:
        from sim.report.charts.folder import checked_folder

        charts = checked_folder(charts)
    if report:
        reporting.check()
    plan, declared = planned(sides, plan, precision, runs, lambda: most_runs(sides, root))
    if declared is not None:
        options.message(declared.announcement, quiet)
    with Keeping("compare", sides, plan, root, options.command_line(), began, lasting=True) as keeping:
        with progress(len(sides) * plan.runs, quiet) as advance:
            answer = compare.play_sides(sides, plan, advance, keeping.stores)
        keeping.finish(answer.to_dict(), answer.ensembles)
    stats = [difference.stats[actor] for difference in answer.differences for actor in difference.actors]
    reached = declared.reached(stats) if declared is not None else ""
    if json:
        options.print_json(answer.to_dict())
    else:
        from sim.report.compare import show_comparison
        from sim.report.console import HANDHELD, console

        show_comparison(answer, console(narrowest=HANDHELD), reached)
    told = [*keeping.told, *([reached] if json and reached else ())]
    if chart is not None:
        from sim.report.charts.compare import chart_of
        from sim.report.charts.theme import save

        told.append(f"picture in {save(chart_of(answer), chart)}")
    if charts is not None:
        from sim.report.charts.folder import draw_all

        told.append(draw_all(answer, charts))
    if report:
        told.append(reporting.kept(answer, keeping.path, began, quiet))
    for line in [*told, *options.notes(loaded, setting, answer.warnings if json else ())]:
        options.message(line, quiet)
