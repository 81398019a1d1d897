"""``detente matrix``: every strategy of one actor against every strategy of the other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands import options
from sim.commands import report as reporting
from sim.commands.progress import progress
from sim.commands.report import InFile

if TYPE_CHECKING:
    from sim.experiment.matrix import Matrices

Regimes = Annotated[
    list[str] | None, typer.Option("--regime", metavar="R", help="A regime; repeat it (default: the first).")
]
Every = Annotated[bool, typer.Option("--all", help="All regimes.")]
Play = Annotated[
    list[str] | None,
    typer.Option("--play", metavar="ACTOR=STRATEGY", help="A strategy of an actor's; repeat it (default: all listed)."),
]
Chart = Annotated[Path | None, typer.Option("--chart", metavar="FILE", help="Draw it: .png, .svg, .html or .json.")]
Nfg = Annotated[Path | None, typer.Option("--nfg", metavar="FILE", help="Write the game for Gambit and others.")]
Form = Annotated[
    str, typer.Option("--form", metavar="labelled|plain", help="Which form of .nfg: OpenSpiel reads the plain one.")
]


def command(
    scenario: options.ScenarioWord,
    runs: options.Runs = None,
    seed: options.Seed = None,
    regime: Regimes = None,
    every: Every = False,
    play: Play = None,
    set_: options.Set = None,
    jobs: options.Jobs = 1,
    cluster: options.Cluster = None,
    chart: Chart = None,
    nfg: Nfg = None,
    form: Form = "labelled",
    report: InFile = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Play each strategy of one actor against each of the other.

    What each would choose if both choose well: best replies, all equilibria, how sure they are, and why.
    """
    from sim.experiment import matrix
    from sim.interop.nfg import checked_form
    from sim.model.compiling import regime_names
    from sim.report import files

    began = options.now()
    if report is not None:
        reporting.checked(report, "--report")
    loaded = options.scenario_of(scenario)
    plan = options.plan_of(loaded, runs, seed, "lockstep", jobs, None, cluster)
    if every and regime:
        raise options.refused("--all", "--all and --regime say two things", "leave one of them out")
    asked = regime_names(loaded) if every else list(regime or ())
    parameters = options.setting_of(None, None, set_).parameters
    strategies = _strategies(play)
    begun = matrix.prepared(loaded, asked, strategies, parameters)
    checked_form(form)
    if nfg is not None:
        files.checked(nfg, "--nfg")
        if len(begun.games) > 1:
            raise options.refused("--nfg", "--nfg writes the game of one regime, not of several", "name one --regime")
    if chart is not None:
        from sim.report.charts import theme

        theme.checked(chart)
    matrix.check_library()
    with progress(begun.cells * plan.runs, quiet) as advance:
        answer = matrix.matrices(loaded, asked, plan, strategies=strategies, parameters=parameters, progress=advance)
    _write(answer, chart, nfg, form, quiet)
    if json:
        options.print_json(answer.to_dict())
    else:
        from sim.report.console import console
        from sim.report.matrix import show_matrices

        show_matrices(answer, console())
    told = [] if report is None else [reporting.written(answer, report, began, quiet)]
    for line in [*told, *options.cluster_told(plan), *options.notes(loaded, options.setting_of(None, None, set_), ())]:
        options.message(line, quiet)


def _strategies(play: Sequence[str] | None) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for word in play or ():
        for actor, strategy in options.setting_of(None, [word], None).plays.items():
            named.setdefault(actor, []).append(strategy)
    return named


def _write(answer: Matrices, chart: Path | None, nfg: Path | None, form: str, quiet: bool) -> None:
    if chart is not None:
        from sim.report.charts import matrix, theme

        theme.save(matrix.chart_of(answer), chart)
        options.message(f"chart in {chart}", quiet)
    if nfg is not None:
        from sim.interop.nfg import written
        from sim.report import files

        (only,) = answer.matrices.values()
        title = f"{only.game.scenario.scenario}, {only.regime}"
        comment = f"Means of {only.plan.runs} runs a cell, seed {only.plan.seed}"
        text = written(title, only.actors, only.strategies, only.payoffs, form, comment)
        files.write(nfg, text.encode())
        options.message(f"game in {nfg}", quiet)
