"""All pictures of an answer as files of a folder, and a page that lists them with their words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.errors import ArchiveError, CommandError, Fault, Place, quoted
from sim.report import numbers
from sim.report.charts import theme

KINDS = (".png", ".svg")
"""What each picture is written as: for slides, and for print."""


def checked_folder(path: str | Path) -> Path:
    """Return the folder that pictures go to, which is there or can be made.

    Raises:
        CommandError: something else is there, or what it would lie in is not; a library is missing.
    """
    path = Path(path)
    remedy = "name a folder, such as --charts pictures"
    if path.is_file():
        problem = f"--charts names a file: {quoted(path)}"
    elif not path.name and not path.is_dir():
        problem = "--charts names no folder"
    elif not path.is_dir() and not path.parent.is_dir():
        problem, remedy = f"the folder of {quoted(path)} is not there", "make it first, or name another"
    else:
        for name in ("altair", "vl_convert"):
            theme.library(name)
        return path
    raise CommandError(Fault(Place("command line"), "CHARTS", problem, remedy))


def draw_all(answer: Any, folder: Path) -> str:
    """Write all pictures of an answer into a folder, over those of the same names; returns what there is in words.

    Raises:
        ArchiveError: a file cannot be written.
        CommandError: altair or vl-convert is not installed.
        RunError: an expression misbehaves.
    """
    from sim.report.charts.figures import figures_of

    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        problem = f"{quoted(folder)} cannot be made: {error.strerror}"
        raise ArchiveError(Fault(Place(str(folder)), "UNWRITABLE", problem, "name a folder of yours")) from None
    figures = figures_of(answer)
    for figure in figures:
        for kind in KINDS:
            theme.save(figure.chart, folder / f"{figure.name}{kind}")
    return f"{numbers.count(len(figures), 'picture')} in {folder}"
