"""``detente verify``: is a results folder as it was written?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the results.")]
DAMAGED = 4


def command(folder: Folder, json: options.Json = False) -> int | None:
    """Check that results are as they were written.

    Every byte is read. Damage is named by file and place in it, and never repaired.
    """
    from sim.archive.verify import verify

    found = verify(folder)
    if json:
        options.print_json(found.to_dict())
        return None if found.sound else DAMAGED
    if not found.sound:
        raise found.error()
    from sim.report.console import console
    from sim.report.verified import show_verified

    show_verified(found, console())
    return None
