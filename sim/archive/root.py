"""May results go there? Asked before any work is done for them."""

from __future__ import annotations

import os
from pathlib import Path

from sim.archive.trouble import ELSEWHERE, damaged, refused


def checked_root(path: str | Path) -> Path:
    """Return the folder that results may go to, before any work is done for it.

    Raises:
        CommandError: it is the root of a file system, or a file.
        ArchiveError: it stands below a file, or nothing may be written there.
    """
    root = not_a_root(path)
    try:
        there = next(each for each in (root, *root.absolute().parents) if each.exists())
        if not there.is_dir() and there == root:
            raise refused(path, "this is no folder")
        if not there.is_dir():
            problem = f"no folder can be made here: '{there}' is none"
            raise damaged(root, "NOT-A-FOLDER", problem, f"check the path, {ELSEWHERE}")
    except OSError as error:
        raise refused(path, f"this cannot be a folder ({error.strerror})") from None
    if not os.access(there, os.W_OK | os.X_OK):
        raise damaged(root, "NOT-WRITABLE", "results cannot be written here", f"allow it, {ELSEWHERE}")
    return root


def not_a_root(path: str | Path) -> Path:
    """Return a path. Raises ``CommandError`` if it is the root of a file system, or nothing can be there."""
    try:
        whole = Path(path).resolve()
    except (OSError, ValueError, RuntimeError):
        raise refused(path, "this cannot be a folder") from None
    if whole == whole.parent:
        raise refused(path, "results are not written at the root of a file system")
    return Path(path)
