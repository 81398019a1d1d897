"""``detente export``: the runs of a results folder as a table for other programs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options
from sim.errors import DetenteError, quoted

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the results.")]
File = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="A .csv or .parquet file (default: .csv, named after DIR).")
]
OnlySound = Annotated[
    bool, typer.Option("--only-sound", help="Leave out damaged blocks; take what is done of unfinished results.")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Write over a file that is there.")]


def command(
    folder: Folder,
    file: File = None,
    only_sound: OnlySound = False,
    overwrite: Overwrite = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Write the runs of results as a table.

    One row a run and regime, with the columns of --csv. Parquet needs DuckDB.
    """
    from sim.archive.export import exported
    from sim.interop.tidy import csv_pieces
    from sim.report.files import checked

    whole = folder.absolute()
    target = file if file is not None else Path(f"{whole.parent.name}-{whole.name}.csv")
    if target.suffix not in {".csv", ".parquet"}:
        raise options.refused("--file", f"{quoted(target)} ends in neither .csv nor .parquet", "name such a file")
    target = checked(target, "FILE")
    if target.exists() and not overwrite:
        raise options.refused("--exists", f"{quoted(target)} is there already", "name another file, or add --overwrite")
    if target.suffix == ".parquet":
        from sim.interop.parquet import check_installed, write_parquet

        check_installed()
        found = exported(folder, only_sound=only_sound)
        _written(target, lambda path: write_parquet(found.table, found.kinds, path), found.needed)
    else:
        found = exported(folder, only_sound=only_sound)
        _written(target, lambda path: _write_all(path, csv_pieces(found.table)), found.needed)
    if json:
        options.print_json({"path": str(folder), "file": str(target), "left_out": found.left_out})
    for line in [f"table of runs in {target}", *(f"note: left out: {part}" for part in found.left_out)]:
        options.message(line, quiet)


def _write_all(path: Path, pieces: Iterable[bytes]) -> None:
    with path.open("wb") as stream:
        stream.writelines(pieces)


def _written(target: Path, write: Callable[[Path], None], needed: int) -> None:
    """Write a file under a temporary name and give it its own when it is whole; nothing is left where that fails."""
    from sim.archive.trouble import untabled

    waiting = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        write(waiting)
        waiting.replace(target)
    except (OSError, MemoryError) as error:
        if isinstance(error, DetenteError):
            raise
        raise untabled(error, target, needed) from None
    finally:
        with suppress(OSError):
            waiting.unlink()
