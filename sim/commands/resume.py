"""``detente resume``: go on with a run or a comparison that was interrupted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands import options
from sim.commands.progress import progress

if TYPE_CHECKING:
    from sim.archive.unfinished import GoingOn
    from sim.experiment.compare import Comparison
    from sim.experiment.ensemble import Ensemble

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the results.")]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", metavar="J", parser=options.whole("--jobs"), help="How many processes play (default: as before)."
    ),
]
AsKept = Annotated[bool, typer.Option("--as-kept", help="Play the text kept in DIR, though the file was edited since.")]


def command(
    folder: Folder,
    jobs: Jobs = None,
    cluster: options.Cluster = None,
    as_kept: AsKept = False,
    with_players: options.WithPlayers = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Go on with what was interrupted.

    Finished blocks are checked and kept; the rest is played. The answer is that of an uninterrupted run.
    """
    from sim.archive.unfinished import going_on, is_complete

    if is_complete(folder):
        _tell_complete(folder, json, quiet)
        return
    if with_players:
        options.look_for_players_here()
    with going_on(folder, jobs, as_kept=as_kept, with_players=with_players, cluster=cluster) as work:
        runs = len(work.sides) * work.plan.runs
        options.message(f"{work.done:,} of {runs:,} runs are there; playing the rest", quiet)
        with progress(runs, quiet) as advance:
            answer = _played(work, advance)
    if json:
        options.print_json(answer.to_dict())
    else:
        _show(answer)
    for line in [*work.keeping.told, *(f"note: {warning}" for warning in (answer.warnings if json else ()))]:
        options.message(line, quiet)


def _played(work: GoingOn, advance: options.Advance) -> Ensemble | Comparison:
    from sim.experiment import compare, ensemble

    if work.begun.asked.question == "compare":
        comparison = compare.play_sides(work.sides, work.plan, advance, work.keeping.stores)
        work.keeping.finish(comparison.to_dict(), comparison.ensembles)
        return comparison
    ((name, game),) = work.sides.items()
    played = ensemble.play(game, work.plan, advance, work.keeping.stores[name])
    work.keeping.finish(played.to_dict(), {name: played})
    return played


def _show(answer: Ensemble | Comparison) -> None:
    from sim.experiment.ensemble import Ensemble
    from sim.report.compare import show_comparison
    from sim.report.console import console
    from sim.report.run import show_run

    if isinstance(answer, Ensemble):
        show_run(answer, console())
    else:
        show_comparison(answer, console())


def _tell_complete(folder: Path, json: bool, quiet: bool) -> None:
    from sim.archive.load import read_summary
    from sim.archive.manifest import read_manifest
    from sim.archive.unfinished import tidy
    from sim.archive.verify import verify

    manifest = read_manifest(folder)
    tidy(folder)
    if not (found := verify(folder)).sound:
        raise found.error()
    if json:
        options.print_json(read_summary(folder, manifest))
    options.message(f"{folder} is complete: nothing is left to play", quiet)
