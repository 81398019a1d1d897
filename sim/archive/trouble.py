"""What goes wrong with folders and disks, in the words of the error family."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from sim.errors import ArchiveError, CommandError, DetenteError, Fault, Place, ResourceError, quoted
from sim.experiment.room import free, size

ELSEWHERE = "or name another folder with --out"
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_OPEN_FILES = {errno.EMFILE, errno.ENFILE}
_NO_FOLDER = {errno.ENOTDIR, errno.EEXIST, errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL, errno.ENOENT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def damaged(path: Path, code: str, problem: str, remedy: str) -> ArchiveError:
    """Return the error of a results folder in which the file ``path`` is not what it should be."""
    return ArchiveError(Fault(Place(str(path)), code, problem, remedy))


def refused(path: Path | str, problem: str, remedy: str = "name a folder with --out") -> CommandError:
    """Return the error of a place where results may not go."""
    return CommandError(Fault(Place(str(path)), "OUT", problem, remedy))


def in_use(path: Path, holder: str) -> ArchiveError:
    """Return the error of a results folder to which another process writes: ``holder`` says which."""
    return damaged(path, "IN-USE", f"{holder} is writing to this folder", "wait until it has ended, or end it")


def unwritten(error: OSError | MemoryError, folder: Path, needed: int) -> DetenteError:
    """Return what a failure to write ``needed`` bytes below ``folder`` means to the person who asked for results.

    ``ArchiveError`` where the place is wrong, ``ResourceError`` where the machine has run out of something.
    """
    number, reason = _reason(error)
    if number in _FORBIDDEN:
        return damaged(folder, "NOT-WRITABLE", f"results cannot be written here ({reason})", f"allow it, {ELSEWHERE}")
    if number in _NO_FOLDER:
        return damaged(folder, "NOT-A-FOLDER", f"no folder can be made here ({reason})", f"check the path, {ELSEWHERE}")
    return _run_out(number, f"the results were not written ({reason}): they need", folder, needed, ELSEWHERE)


def untabled(error: OSError | MemoryError, path: Path, needed: int) -> DetenteError:
    """Return what a failure to write a table of ``needed`` bytes to a file means, as ``unwritten`` does."""
    number, reason = _reason(error)
    if number in _FORBIDDEN | _NO_FOLDER:
        return damaged(path, "NOT-WRITABLE", f"this file cannot be written ({reason})", "name another file")
    return _run_out(number, f"the table was not written ({reason}): it needs", path, needed, "or name another file")


def unwritten_file(error: OSError, path: Path, needed: int) -> DetenteError:
    """Return what a failure to write a small file of ``needed`` bytes means, as ``unwritten`` does."""
    number, reason = _reason(error)
    if number in _FULL | _OPEN_FILES | {errno.EIO, errno.ENOMEM}:
        return _run_out(number, f"{quoted(path)} was not written ({reason}): it needs", path, needed, "or go elsewhere")
    problem = f"{quoted(path)} cannot be written: {reason}"
    return damaged(path, "UNWRITABLE", problem, "name a file in a folder of yours")


def _reason(error: OSError | MemoryError) -> tuple[int | None, str]:
    number = error.errno if isinstance(error, OSError) else errno.ENOMEM
    return number, os.strerror(number).lower() if number is not None else str(error)


def _run_out(number: int | None, problem: str, place: Path, needed: int, elsewhere: str) -> ResourceError:
    if number in _FULL:
        code, remedy = "DISK-FULL", f"make room, {elsewhere}"
    elif number in _OPEN_FILES:
        code, remedy = "OPEN-FILES", "close other programs, or raise the limit on open files"
    elif number == errno.ENOMEM:
        code, remedy = "MEMORY", "close other programs, or ask for fewer runs with --runs"
    else:
        code, remedy = "DISK", f"check the disk, {elsewhere}"
    there = free(place)
    problem += f" about {size(needed)}"
    problem += "" if there is None else f", {size(there)} are free"
    return ResourceError(Fault(Place(str(place)), code, problem, remedy))
