"""Is there room for the results of many runs? Asked before hours of work, not after."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from sim.engine.record import STORED, columns_of
from sim.errors import Fault, Place, ResourceError
from sim.model.game import Game

_TABLES = 4
"""Tables of a block that are in memory while it is played."""

_OF_MEMORY = 0.8
"""Share of the machine's memory that may be asked for."""


def size(count: float) -> str:
    """Return a number of bytes as people read it."""
    if count < 2**20 / 20:
        return f"{count / 2**10:,.1f} KiB"
    return f"{count / 2**20:,.1f} MiB" if count < 2**30 else f"{count / 2**30:,.1f} GiB"


def free(folder: Path) -> int | None:
    """Return the free bytes on the disk of a folder, which need not be there yet; None where that cannot be told."""
    for place in (folder, *folder.absolute().parents):
        try:
            return shutil.disk_usage(place).free
        except (OSError, ValueError):
            continue
    return None


def check_disk(folder: Path, needed: int, elsewhere: str) -> None:
    """Raise ``ResourceError`` if there is less room than ``needed`` bytes; ``elsewhere``: how to name another place."""
    there = free(folder)
    if there is not None and needed > there:
        problem = f"the results need about {size(needed)} here, {size(there)} are free"
        remedy = f"ask for fewer runs with --runs, make room, {elsewhere}"
        raise ResourceError(Fault(Place(str(folder)), "DISK-FULL", problem, remedy))


def check_memory(game: Game, together: int) -> None:
    """Raise ``ResourceError`` if so many runs cannot advance together for want of memory."""
    needed = _TABLES * 8 * len(columns_of(game)) * together
    try:
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return
    if needed > _OF_MEMORY * there:
        problem = f"{together} runs that advance together need about {size(needed)} of memory, there are {size(there)}"
        raise ResourceError(Fault(Place("command line"), "MEMORY", problem, f"ask for --block {STORED}"))
