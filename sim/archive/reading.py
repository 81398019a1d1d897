"""Read a file of a results folder: never more than its size allows, never from a pipe or device."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from sim.archive.trouble import damaged
from sim.errors import DetenteError, Fault, Place, ResourceError

_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}
RESTORE = "ask again, or restore the folder from a copy"


def file_bytes(path: Path, largest: int) -> bytes:
    """Return the bytes of a regular file.

    Raises:
        ArchiveError: it is missing, no ordinary file, larger than ``largest``, or cannot be read.
        ResourceError: no file can be opened, or there is no memory left.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
        try:
            told = os.fstat(handle)
            if not stat.S_ISREG(told.st_mode):
                raise damaged(path, "DAMAGED", "this is no ordinary file", RESTORE)
            if told.st_size > largest:
                raise damaged(path, "DAMAGED", f"the file is larger than {largest} bytes", RESTORE)
            with open(handle, "rb", closefd=False) as stream:
                return stream.read(told.st_size)
        finally:
            os.close(handle)
    except DetenteError:
        raise
    except (OSError, ValueError, MemoryError) as error:
        raise _unread(error, path) from None


def _unread(error: OSError | ValueError | MemoryError, path: Path) -> DetenteError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return damaged(path, "MISSING", "there is no such file", "name a results folder that is whole")
    reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
    if isinstance(error, MemoryError) or getattr(error, "errno", None) in _RESOURCES:
        problem = f"the file cannot be read ({reason or 'out of memory'})"
        return ResourceError(Fault(Place(str(path)), "RESOURCES", problem, "close other programs and try again"))
    return damaged(path, "UNREADABLE", f"the file cannot be read ({reason})", "check the path and who may read it")
