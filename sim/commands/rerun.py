"""``detente rerun``: does what a results folder answers come out the same again?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options
from sim.commands.progress import progress

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the results.")]
OTHERWISE = 4


def command(
    folder: Folder,
    jobs: options.Jobs = 1,
    cluster: options.Cluster = None,
    with_players: options.WithPlayers = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> int | None:
    """Play again what results answer.

    The digests are the same, or the versions that differ are named. Nothing is written.
    """
    from sim.archive.again import again, runs_to_play
    from sim.archive.verify import verify

    if with_players:
        options.look_for_players_here()
    runs, checked = runs_to_play(folder), verify(folder)
    if not checked.sound:
        raise checked.error()
    with progress(runs, quiet) as advance:
        found = again(folder, jobs, advance, with_players=with_players, cluster=cluster)
    for line in options.cluster_told(found.plan):
        options.message(line, quiet)
    if json:
        options.print_json(found.to_dict())
        return None if found.same else OTHERWISE
    if not found.same:
        raise found.error()
    from sim.report.console import console
    from sim.report.verified import show_again

    show_again(found, console())
    return None
