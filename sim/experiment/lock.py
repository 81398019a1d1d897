"""A lock that the operating system lets go when its process ends, however it ends.

It is held on an open file, not by the file being there: what a killed process leaves is locked by nobody.
"""

from __future__ import annotations

import errno
import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

_BUSY = {errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK, errno.EDEADLK}
_BEYOND = 2**30
"""The byte that is locked where locks are on bytes: far behind the holder's name, which others may read."""

_FLAGS = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""Never through a link, whose end would be written over; never waiting for somebody at the other end of a pipe."""

_LONGEST = 200
_WAITS, _WAIT = 20, 0.01
"""How often, and for how many seconds at a time, the name of a holder that has just taken the lock is awaited."""


class InUseError(Exception):
    """Another process holds the lock; ``holder`` says in words which, and since when."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(holder)


class Lock:
    """A lock that is held, on the file ``path``, until ``release`` or the end of the process."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path, self._handle = path, handle

    @classmethod
    def taken(cls, path: Path) -> Lock:
        """Take a lock at once, making its file where there is none. Raises ``InUseError``, ``OSError``."""
        while True:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o666)
            try:
                _lock(handle)
                # Its last holder may have removed the file in between: a lock on a nameless file keeps nobody out.
                if _same(handle, path):
                    os.ftruncate(handle, 0)
                    os.write(handle, _holder().encode())
                    return cls(path, handle)
            except OSError as error:
                holder = _told(handle) if error.errno in _BUSY else None
                os.close(handle)
                if holder is None:
                    raise
                raise InUseError(holder) from None
            os.close(handle)

    def release(self) -> None:
        """Let the lock go and remove its file."""
        if os.name != "nt":
            with suppress(OSError):
                self.path.unlink()
        with suppress(OSError):
            os.close(self._handle)
        if os.name == "nt":
            with suppress(OSError):
                self.path.unlink()


def held_by(path: Path) -> str | None:
    """Return in words who holds a lock, nothing where nobody does; None where it cannot be told, or there is no file.

    The lock is left as it is.
    """
    try:
        handle = os.open(path, os.O_RDWR | _FLAGS)
    except OSError:
        return None
    try:
        _lock(handle)
    except OSError:
        return _told(handle)
    finally:
        os.close(handle)
    return ""


def _lock(handle: int) -> None:
    if os.name == "nt":
        import msvcrt

        os.lseek(handle, _BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return
    import fcntl

    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _same(handle: int, path: Path) -> bool:
    try:
        named = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(named, os.fstat(handle))


def _holder() -> str:
    import platform

    where, since = platform.node() or "this machine", datetime.now(UTC)
    return f"process {os.getpid()} on {where} (since {since:%Y-%m-%d %H:%M:%S} UTC)"


def _told(handle: int) -> str:
    for _ in range(_WAITS):
        with suppress(OSError):
            os.lseek(handle, 0, os.SEEK_SET)
            words = os.read(handle, _LONGEST)
            if words:
                return words.decode(errors="replace")
        time.sleep(_WAIT)
    return "another process"
