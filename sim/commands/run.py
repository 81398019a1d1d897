"""``detente run``: play one regime many times."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options
from sim.commands import report as reporting
from sim.commands.progress import progress
from sim.commands.report import InFolder

Csv = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write one row a run.")]
TurnsCsv = Annotated[Path | None, typer.Option("--turns-csv", metavar="FILE", help="Write one row a run and turn.")]


def command(
    scenario: options.ScenarioWord,
    runs: options.Runs = None,
    precision: options.Precision = None,
    seed: options.Seed = None,
    regime: options.Regime = None,
    play: options.Play = None,
    set_: options.Set = None,
    engine: options.Engine = "lockstep",
    jobs: options.Jobs = 1,
    cluster: options.Cluster = None,
    block: options.Block = None,
    out: options.Out = options.RESULTS,
    chart: options.Chart = None,
    charts: options.Charts = None,
    csv: Csv = None,
    turns_csv: TurnsCsv = None,
    report: InFolder = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Play one regime many times.

    Payoffs with intervals, ledger, final state, events, actions.
    """
    from sim.archive.keeping import Keeping, most_runs
    from sim.archive.root import checked_root
    from sim.experiment import ensemble
    from sim.experiment.precision import planned
    from sim.model.compiling import compiled

    began, root = options.now(), checked_root(out)
    loaded = options.scenario_of(scenario)
    setting = options.setting_of(regime, play, set_)
    plan = options.plan_of(loaded, runs, seed, engine, jobs, block, cluster)
    if chart is not None:
        from sim.report.charts.theme import checked

        chart = checked(chart)
    if charts is not None:
        from sim.report.charts.folder import checked_folder

        charts = checked_folder(charts)
    if report:
        reporting.check()
    if csv is not None or turns_csv is not None:
        from sim.report import files

        csv = csv and files.checked(csv, "--csv")
        turns_csv = turns_csv and files.checked(turns_csv, "--turns-csv")
    game = compiled(loaded, setting)
    sides = {game.regime: game}
    plan, declared = planned(sides, plan, precision, runs, lambda: most_runs(sides, root))
    if declared is not None:
        options.message(declared.announcement, quiet)
    with Keeping("run", sides, plan, root, options.command_line(), began, lasting=True) as keeping:
        with progress(plan.runs, quiet) as advance:
            answer = ensemble.play(game, plan, advance, keeping.stores[game.regime])
        keeping.finish(answer.to_dict(), {game.regime: answer})
    reached = declared.reached(answer.stats[actor.name] for actor in game.actors) if declared is not None else ""
    if json:
        options.print_json(answer.to_dict())
    else:
        from sim.report.console import HANDHELD, console
        from sim.report.run import show_run

        show_run(answer, console(narrowest=HANDHELD), reached)
    told = [*keeping.told, *([reached] if json and reached else ())]
    if chart is not None:
        from sim.report.charts.run import chart_of
        from sim.report.charts.theme import save

        told.append(f"picture in {save(chart_of(answer), chart)}")
    if charts is not None:
        from sim.report.charts.folder import draw_all

        told.append(draw_all(answer, charts))
    if report:
        told.append(reporting.kept(answer, keeping.path, began, quiet))
    if csv is not None:
        from sim.interop.tidy import write_runs

        write_runs(answer, csv)
        told.append(f"table of runs in {csv}")
    if turns_csv is not None:
        from sim.interop.tidy import write_turns

        write_turns(answer, turns_csv)
        told.append(f"table of turns in {turns_csv}")
    for line in [*told, *options.notes(loaded, setting, answer.warnings if json else ())]:
        options.message(line, quiet)
