"""A folder that appears under its name only when it is whole, and of which nothing stays when it fails.

It is filled under a temporary name that starts with a dot, beside the place it goes to, and renamed at the end.
Every file in it is written, flushed, synced and renamed too, so that a file under its own name is whole as well.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from types import TracebackType

from sim.archive.manifest import File
from sim.archive.trouble import unwritten
from sim.errors import DetenteError

PARTIAL = ".partial"
"""What temporary names hold; they start with a dot too. Readers pass over them."""

_ATTEMPTS = 5
_UNSYNCED = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
"""What file systems answer that cannot sync a folder."""


class NewFolder:
    """The folder ``home/name``, or ``home/name-2``, ... if that is taken; a context in which its files are written.

    Leaving the context puts it in its place, ``path`` from then on. Leaving it by an error removes all of it.

    Raises:
        ArchiveError: nothing may be written there.
        ResourceError: the disk is full or fails, or files cannot be opened; ``needed`` bytes are named.
    """

    def __init__(self, home: Path, name: str, needed: int) -> None:
        self.path = home / name
        self._home, self._name, self._needed = home, name, needed
        self._partial: Path | None = None
        self._made: list[Path] = []
        self._files: list[str] = []
        self._folders: list[str] = []

    def __enter__(self) -> NewFolder:
        with self._cleared_up():
            self._partial = self._begun()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._discard()
            return
        with self._cleared_up():
            self._place()

    @property
    def place(self) -> Path:
        """Return where the files are: under a temporary name, or where the folder was put."""
        assert self._partial is not None
        return self._partial

    def write(self, name: str, pieces: Iterable[bytes | memoryview]) -> File:
        """Write one file, ``name`` being relative and with forward slashes; return its size and SHA-256."""
        target = self.place / name
        temporary = _temporary(target)
        self._files.append(name)
        digest, size = hashlib.sha256(), 0
        with self._explained():
            self._make_parent(name)
            with temporary.open("xb") as stream:
                for piece in pieces:
                    stream.write(piece)
                    digest.update(piece)
                    size += len(piece)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(target)
        return File(name=name, size=size, sha256=digest.hexdigest())

    def _make_parent(self, name: str) -> None:
        parent = name.rpartition("/")[0]
        if parent and parent not in self._folders:
            self._folders.append(parent)
            (self.place / parent).mkdir()

    def _begun(self) -> Path:
        for attempt in count():
            partial = self._home / f".{self._name}{PARTIAL}-{os.getpid():x}-{attempt}"
            self._make_home()
            try:
                partial.mkdir()
            except FileExistsError:
                continue
            except FileNotFoundError:
                # Another process that failed may have removed the empty home in between.
                if attempt >= _ATTEMPTS:
                    raise
                continue
            return partial
        raise AssertionError("counting ended")

    def _make_home(self) -> None:
        missing = [self._home]
        while not missing[-1].exists() and missing[-1] != missing[-1].parent:
            missing.append(missing[-1].parent)
        for folder in reversed(missing[:-1]):
            try:
                folder.mkdir()
            except FileExistsError:
                if not folder.is_dir():
                    raise
            else:
                self._made.append(folder)

    def _place(self) -> None:
        for folder in (*(self.place / name for name in self._folders), self.place):
            _sync(folder)
        for number in count(1):
            target = self._home / (self._name if number == 1 else f"{self._name}-{number}")
            if _taken(target):
                continue
            try:
                self.place.rename(target)
            except OSError:
                if _taken(target):
                    continue
                raise
            # Its files are known by their new names, should the last syncs still fail.
            self.path = self._partial = target
            break
        for folder in (self._home, *(made.parent for made in self._made)):
            _sync(folder)

    @contextmanager
    def _cleared_up(self) -> Iterator[None]:
        """Leave nothing of the folder when something fails, and say what it means."""
        try:
            with self._explained():
                yield
        except BaseException:
            self._discard()
            raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say what a failure to write means."""
        try:
            yield
        except DetenteError:
            raise
        except (OSError, MemoryError) as error:
            raise unwritten(error, self._home, self._needed) from None

    def _discard(self) -> None:
        if self._partial is not None:
            # By name first: a process that has run out of open files cannot list a folder.
            for path in (self._partial / name for name in self._files):
                for one in (path, _temporary(path)):
                    with suppress(OSError):
                        one.unlink()
            for path in (*(self._partial / name for name in self._folders), self._partial):
                with suppress(OSError):
                    path.rmdir()
            shutil.rmtree(self._partial, ignore_errors=True)
        for path in reversed(self._made):
            with suppress(OSError):
                path.rmdir()


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}{PARTIAL}")


def _taken(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _sync(folder: Path) -> None:
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
