"""``detente claims``: does each claim of a scenario hold."""

from __future__ import annotations

from sim.commands import options
from sim.commands.progress import progress

UNMET = 6


def command(
    scenario: options.ScenarioWord,
    runs: options.Runs = None,
    seed: options.Seed = None,
    play: options.Play = None,
    set_: options.Set = None,
    engine: options.Engine = "lockstep",
    jobs: options.Jobs = 1,
    block: options.Block = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Judge a scenario's claims.

    Each holds, fails or is undecided at 95 %; exit status 6 unless all hold.
    """
    from sim.experiment import claims

    loaded = options.scenario_of(scenario)
    plan = options.plan_of(loaded, runs, seed, engine, jobs, block)
    setting = options.setting_of(None, play, set_)
    with progress(plan.runs * len(claims.regimes_named(loaded)), quiet) as advance:
        judged = claims.claims(loaded, setting, plan, advance)
    if json:
        options.print_json(judged.to_dict())
    else:
        from sim.report.claims import show_claims
        from sim.report.console import console

        show_claims(judged, console())
    for line in options.notes(loaded, setting, judged.warnings):
        options.message(line, quiet)
    return 0 if judged.all_hold else UNMET
