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
        self._files: list[Path] = []
        self._folders: list[Path] = []

    def __enter__(self) -> NewFolder:
        with self._cleared_up():
            self._partial = self._begun()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._cleared_up():
            if error is not None:
                raise error
            self._place()

    def write(self, name: str, pieces: Iterable[bytes | memoryview]) -> File:
        """Write one file, ``name`` being relative and with forward slashes; return its size and SHA-256."""
        assert self._partial is not None
        target = self._partial / name
        if target.parent != self._partial and target.parent not in self._folders:
            self._folders.append(target.parent)
            target.parent.mkdir()
        temporary = target.with_name(f".{target.name}{PARTIAL}")
        self._files += [temporary, target]
        digest, size = hashlib.sha256(), 0
        with temporary.open("xb") as stream:
            for piece in pieces:
                stream.write(piece)
                digest.update(piece)
                size += len(piece)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
        return File(name=name, size=size, sha256=digest.hexdigest())

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
        assert self._partial is not None
        for folder in (*self._folders, self._partial):
            _sync(folder)
        for number in count(1):
            target = self._home / (self._name if number == 1 else f"{self._name}-{number}")
            if _taken(target):
                continue
            try:
                self._partial.rename(target)
            except OSError:
                if _taken(target):
                    continue
                raise
            self.path = target
            break
        self._move_known(target)
        for folder in (self._home, *(made.parent for made in self._made)):
            _sync(folder)

    def _move_known(self, target: Path) -> None:
        """Know the files by their new names, should the last syncs still fail."""
        assert self._partial is not None
        self._files = [target / path.relative_to(self._partial) for path in self._files]
        self._folders = [target / path.relative_to(self._partial) for path in self._folders]
        self._partial = target

    @contextmanager
    def _cleared_up(self) -> Iterator[None]:
        """Leave nothing of the folder when something fails, and say what it means."""
        try:
            yield
        except DetenteError:
            self._discard()
            raise
        except (OSError, MemoryError) as error:
            self._discard()
            raise unwritten(error, self._home, self._needed) from None
        except BaseException:
            self._discard()
            raise

    def _discard(self) -> None:
        if self._partial is not None:
            # By name first: a process that has run out of open files cannot list a folder.
            for path in self._files:
                with suppress(OSError):
                    path.unlink()
            for path in (*self._folders, self._partial):
                with suppress(OSError):
                    path.rmdir()
            shutil.rmtree(self._partial, ignore_errors=True)
        for path in reversed(self._made):
            with suppress(OSError):
                path.rmdir()


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
