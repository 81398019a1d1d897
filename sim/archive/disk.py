"""Every call by which results reach the disk, each a function of its own, so that a test can fail any of them.

All raise ``OSError``. Files are written without a buffer: what ``write`` has returned from is the system's to keep.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import BinaryIO, cast

CALLS = ("make", "create", "append_to", "write", "sync", "replace", "sync_folder", "remove")
"""The functions here that change or secure something on the disk, by name."""

_UNSYNCED = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
"""What file systems answer that cannot sync a folder."""


def make(folder: Path) -> None:
    """Make a folder that is not there yet."""
    folder.mkdir()


def create(path: Path) -> BinaryIO:
    """Open a new file to be written."""
    return cast("BinaryIO", path.open("xb", buffering=0))


def append_to(path: Path) -> BinaryIO:
    """Open a file to be written at its end."""
    return cast("BinaryIO", path.open("ab", buffering=0))


def write(stream: BinaryIO, data: bytes | memoryview) -> None:
    """Write all of some bytes."""
    left = memoryview(data)
    while left:
        # A system may take fewer bytes than it is given: a disk that has just become full does.
        left = left[stream.write(left) :]


def sync(stream: BinaryIO) -> None:
    """Wait until what was written to a file is on the disk."""
    os.fsync(stream.fileno())


def replace(temporary: Path, path: Path) -> None:
    """Give a file its name, at once and in place of what had it."""
    temporary.replace(path)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where a system can do so."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _UNSYNCED:
            raise
    finally:
        os.close(handle)


def remove(path: Path) -> None:
    """Remove a file."""
    path.unlink()
