"""``detente compare``: regimes, or two scenarios, against each other on the same luck."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.commands import options
from sim.commands.progress import progress
from sim.errors import CommandError, Fault, Place

Other = Annotated[str | None, typer.Argument(metavar="[SCENARIO]", help="A second scenario to compare with the first.")]


def command(
    scenario: options.ScenarioWord,
    other: Other = None,
    runs: options.Runs = None,
    seed: options.Seed = None,
    regime: options.Regimes = None,
    play: options.Play = None,
    set_: options.Set = None,
    engine: options.Engine = "lockstep",
    jobs: options.Jobs = 1,
    block: options.Block = None,
    out: options.Out = options.RESULTS,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Play regimes against each other on the same luck.

    Paired run by run: who gains, by how much, and which incentive brings it.
    """
    from sim.archive.save import checked_root, save_comparison
    from sim.experiment import compare

    began, root = options.now(), checked_root(out)
    loaded = options.scenario_of(scenario)
    second = None if other is None else options.scenario_of(other)
    setting = options.setting_of(None, play, set_)
    plan = options.plan_of(loaded, runs, seed, engine, jobs, block)
    regimes = list(dict.fromkeys(regime or ()))
    if second is not None and len(regimes) > 1:
        problem = "two scenarios are compared under one regime"
        raise CommandError(Fault(Place("command line"), "REGIME", problem, "name one --regime, or one scenario"))
    sides = 2 if second is not None else max(len(regimes), 2)
    with progress(sides * plan.runs, quiet) as advance:
        if second is not None:
            sided = compare.compare_scenarios([loaded, second], next(iter(regimes), None), setting, plan, advance)
        else:
            sided = compare.compare(loaded, regimes, setting, plan, advance)
    folder = save_comparison(sided, root, options.command_line(), began)
    if json:
        options.print_json(sided.to_dict())
    else:
        from sim.report.compare import show_comparison
        from sim.report.console import console

        show_comparison(sided, console())
    options.message(f"results in {folder}", quiet)
    options.note_ranges(loaded, setting, quiet)
