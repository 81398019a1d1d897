"""Answers as files that a user named: checked before work begins, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sim.errors import ArchiveError, CommandError, Fault, Place, quoted


def checked(path: str | Path, option: str) -> Path:
    """Return the path that an option names, if a file can lie there. Raises ``CommandError``."""
    path = Path(path)
    code = option.strip("-").upper()
    if not path.name or path.is_dir():
        problem, remedy = f"{option} names a folder: {quoted(path)}", "name a file"
    elif not path.parent.is_dir():
        problem, remedy = f"the folder of {quoted(path)} is not there", "make it first, or name another"
    else:
        return path
    raise CommandError(Fault(Place("command line"), code, problem, remedy))


def write(path: Path, content: bytes) -> None:
    """Write a file, in place of one that is there already. Raises ``ArchiveError``."""
    waiting = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        waiting.write_bytes(content)
        waiting.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            waiting.unlink(missing_ok=True)
        problem = f"{quoted(path)} cannot be written: {error.strerror}"
        raise ArchiveError(Fault(Place(str(path)), "UNWRITABLE", problem, "name a file in a folder of yours")) from None
