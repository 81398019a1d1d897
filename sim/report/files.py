"""Answers as files that a user named: checked before work begins, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from sim.archive.trouble import unwritten_file
from sim.errors import CommandError, DetenteError, Fault, Place, quoted


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


def write(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a file, whole or in pieces, in place of one that is there already.

    Raises:
        ArchiveError: nothing may be written there.
        ResourceError: the disk is full or fails, or there are too many open files.
    """
    waiting, written = path.with_name(f".{path.name}.{os.getpid()}.part"), 0
    try:
        with waiting.open("wb") as stream:
            for piece in [content] if isinstance(content, bytes) else content:
                written += len(piece)
                stream.write(piece)
        waiting.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            waiting.unlink(missing_ok=True)
        if not isinstance(error, OSError) or isinstance(error, DetenteError):
            raise
        raise unwritten_file(error, path, written) from None
