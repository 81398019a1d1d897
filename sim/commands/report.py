"""``detente report``: what a results folder answers, as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands import options
from sim.commands.progress import progress

if TYPE_CHECKING:
    from datetime import datetime

    from sim.model.game import Setting
    from sim.report.document.building import Answer
    from sim.report.document.origin import Made
    from sim.report.document.subject import Subject
    from sim.scenario.schema import Scenario

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the results.")]
File = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The page (default: report.html in DIR).")]
InFolder = Annotated[bool, typer.Option("--report", help="Write report.html into the results folder.")]
InFile = Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write a report: one .html file.")]


def command(
    folder: Folder,
    file: File = None,
    with_players: options.WithPlayers = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Write a report of results as one HTML page.

    The question, the answer, pictures, assumptions, single runs, how to make it again; it asks nothing of a network.
    """
    from sim.archive.answered import answered, runs_kept
    from sim.report.document.building import subject_of
    from sim.report.document.origin import Made
    from sim.report.document.rendering import NAME, check_library

    check_library()
    path = checked(file) if file is not None else folder / NAME
    if with_players:
        options.look_for_players_here()
    with progress(runs_kept(folder), quiet) as advance:
        answer, manifest = answered(folder, advance, with_players=with_players)
    made = Made.kept(manifest, str(folder))
    write(subject_of(answer), made, path, quiet)
    if json:
        options.print_json({"path": str(folder), "file": str(path), "bytes": path.stat().st_size})
    options.message(f"report in {path}", quiet)


def check() -> None:
    """See to it that a report can be written, before any work is done for it. Raises ``CommandError``."""
    from sim.report.document.rendering import check_library

    check_library()


def checked(path: Path, option: str = "FILE") -> Path:
    """Return the path that a report is to be written to, if it can be. Raises ``CommandError``."""
    from sim.report import files

    check()
    files.checked(path, option)
    if path.suffix.lower() not in (".html", ".htm"):
        from sim.errors import quoted

        raise options.refused("--report", f"{quoted(path)} does not end in .html", "name a file such as report.html")
    return path


def kept(answer: Answer, folder: Path, began: datetime, quiet: bool) -> str:
    """Write the report of an answer that was just kept into its folder; return what to say of it."""
    from sim.report.document.rendering import NAME

    return written(answer, folder / NAME, began, quiet, folder=str(folder))


def written(
    answer: Answer,
    path: Path,
    began: datetime,
    quiet: bool,
    *,
    folder: str = "",
    scenario: Scenario | None = None,
    setting: Setting | None = None,
) -> str:
    """Write the report of an answer to a file; return what to say of it. Claims are those of ``scenario``."""
    from sim.report.document.building import subject_of
    from sim.report.document.origin import Made

    made = Made.now(options.command_line(), began, answer.plan.engine, folder)
    return f"report in {write(subject_of(answer, scenario, setting), made, path, quiet)}"


def write(subject: Subject, made: Made, path: Path, quiet: bool) -> Path:
    """Write a report to a file; what is played for it shows its progress. Returns the path."""
    from sim.report.document.building import document_of, runs_to_play
    from sim.report.document.rendering import save

    with progress(runs_to_play(subject), quiet) as advance:
        document = document_of(subject, made, advance)
    return save(document, path)
