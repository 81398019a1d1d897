"""``detente run``: play one regime many times."""

from __future__ import annotations

from sim.commands import options
from sim.commands.progress import progress


def command(
    scenario: options.ScenarioWord,
    runs: options.Runs = None,
    seed: options.Seed = None,
    regime: options.Regime = None,
    play: options.Play = None,
    set_: options.Set = None,
    engine: options.Engine = "lockstep",
    jobs: options.Jobs = 1,
    block: options.Block = None,
    out: options.Out = options.RESULTS,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Play one regime many times.

    Payoffs with intervals, ledger, final state, events, actions.
    """
    from sim.archive.save import checked_root, save_run
    from sim.experiment import ensemble

    began, root = options.now(), checked_root(out)
    loaded = options.scenario_of(scenario)
    setting = options.setting_of(regime, play, set_)
    plan = options.plan_of(loaded, runs, seed, engine, jobs, block)
    with progress(plan.runs, quiet) as advance:
        answer = ensemble.run(loaded, setting, plan, advance)
    folder = save_run(answer, root, options.command_line(), began)
    if json:
        options.print_json(answer.to_dict())
    else:
        from sim.report.console import console
        from sim.report.run import show_run

        show_run(answer, console())
    options.message(f"results in {folder}", quiet)
    options.note_ranges(loaded, setting, quiet)
