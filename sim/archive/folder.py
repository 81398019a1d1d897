"""A folder of results in the making: under its own name from the start, locked, each file of it whole or not there.

A file is written under a temporary name that starts with a dot, synced and renamed. What is done so far stands in a
journal (``sim.archive.journal``) until the manifest takes its place as the last file: a folder with a manifest is
complete, one with a journal can be gone on with, one with neither was left by a process that had only just begun.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from sim.archive import disk
from sim.archive.checks import PIECE, Checks
from sim.archive.manifest import JOURNAL, NAME, File
from sim.archive.reading import RESTORE
from sim.archive.trouble import damaged, in_use, unwritten
from sim.errors import DetenteError
from sim.experiment.lock import InUseError, Lock, held_by

PARTIAL = ".partial"
"""What temporary names end with; they start with a dot too. Readers pass over them."""

LOCK = "in-use.lock"
"""The file in a folder that whoever writes there holds a lock on."""

FOLDER_NAME = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{8}(?:-(\d{1,9}))?\Z")
_ATTEMPTS = 5
_JUST_MADE = 60.0
"""Seconds within which an empty folder may be about to be locked."""


class OpenFolder:
    """The folder ``home/name``, or ``home/name-2``, ... if that is taken; a context in which its files are written.

    Leaving the context by an error removes all of it, unless ``worth_keeping`` was set: then it stays as it is, to be
    gone on with by ``reopened``.

    Raises:
        ArchiveError: nothing may be written there, or (``reopened``) another process writes there.
        ResourceError: the disk is full or fails, or files cannot be opened; ``needed`` bytes are named.
    """

    def __init__(self, home: Path, name: str, needed: int) -> None:
        self.path = home / name
        self.worth_keeping = False
        self._home, self._name, self._needed = home, name, needed
        self._lock: Lock | None = None
        self._mine = False
        self._made: list[Path] = []
        self._files: list[str] = []
        self._folders: list[str] = []
        self._unsettled: set[Path] = set()
        self._journal: BinaryIO | None = None

    @classmethod
    def reopened(cls, path: Path, needed: int = 0) -> OpenFolder:
        """Return a folder that another process has left unfinished, locked by this one."""
        # A folder may come from a stranger: nothing is written through a link that leads out of it.
        for name in (LOCK, JOURNAL, "blocks"):
            if (path / name).is_symlink():
                raise damaged(path / name, "DAMAGED", "this is a link, not what was written", RESTORE)
        opened = cls(path.parent, path.name, needed)
        opened.worth_keeping = opened._mine = True
        with opened._explained():
            try:
                opened._lock = Lock.taken(path / LOCK)
            except InUseError as error:
                raise in_use(path, error.holder) from None
        return opened

    def __enter__(self) -> OpenFolder:
        if self._lock is None:
            with self._cleared_up():
                self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and not self.worth_keeping:
            self._discard()
            return
        if error is None:
            with self._cleared_up():
                self._settle()
                self._close_journal()
                if (self.path / JOURNAL).exists():
                    disk.remove(self.path / JOURNAL)
        self._close_journal()
        self._unlock()

    def write(self, name: str, pieces: Iterable[bytes | memoryview], piece: int = PIECE) -> File:
        """Write one file, ``name`` being relative and with forward slashes; return what a manifest says of it.

        Its checksums are those of ``piece`` bytes each. Its name is on the disk once ``settle`` was called.
        """
        target = self.path / name
        temporary = temporary_name(target)
        self._files.append(name)
        digest, size, checks = hashlib.sha256(), 0, Checks(piece)
        with self._explained():
            self._make_parent(name)
            with disk.create(temporary) as stream:
                for part in pieces:
                    disk.write(stream, part)
                    digest.update(part)
                    checks.add(part)
                    size += len(part)
                disk.sync(stream)
            disk.replace(temporary, target)
            self._unsettled.add(target.parent)
        return File(name=name, size=size, sha256=digest.hexdigest(), piece=piece, checks=checks.text())

    def settle(self) -> None:
        """Wait until all that was written is on the disk under its name."""
        with self._explained():
            self._settle()

    def note(self, line: bytes) -> None:
        """Write a line at the end of the journal, and wait until it is on the disk."""
        with self._explained():
            if self._journal is None:
                self._journal = disk.append_to(self.path / JOURNAL)
            disk.write(self._journal, line)
            disk.sync(self._journal)

    def _settle(self) -> None:
        while self._unsettled:
            folder = next(iter(self._unsettled))
            disk.sync_folder(folder)
            self._unsettled.discard(folder)

    def _make_parent(self, name: str) -> None:
        parent = name.rpartition("/")[0]
        if parent and parent not in self._folders:
            self._folders.append(parent)
            if not (self.path / parent).is_dir():
                disk.make(self.path / parent)
                self._unsettled.add(self.path)

    def _begin(self) -> None:
        attempts = 0
        for number in count(1):
            target = self._home / (self._name if number == 1 else f"{self._name}-{number}")
            self._make_home()
            if target.is_symlink():
                continue
            try:
                disk.make(target)
                self.path, self._mine = target, True
                self._lock = Lock.taken(target / LOCK)
            except (FileExistsError, InUseError):
                self._mine = False
                continue
            except FileNotFoundError:
                self._mine = False
                # Another process may have removed the empty home, or this folder while it was not locked yet.
                attempts += 1
                if attempts >= _ATTEMPTS:
                    raise
                continue
            break
        self._unsettled |= {self._home, *(made.parent for made in self._made)}

    def _make_home(self) -> None:
        missing = [self._home]
        while not missing[-1].exists() and missing[-1] != missing[-1].parent:
            missing.append(missing[-1].parent)
        for folder in reversed(missing[:-1]):
            try:
                disk.make(folder)
            except FileExistsError:
                if not folder.is_dir():
                    raise
            else:
                self._made.append(folder)

    @contextmanager
    def _cleared_up(self) -> Iterator[None]:
        """Leave nothing of the folder when something fails, unless it is worth keeping, and say what it means."""
        try:
            with self._explained():
                yield
        except BaseException:
            self._close_journal()
            if self.worth_keeping:
                self._unlock()
            else:
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

    def _close_journal(self) -> None:
        if self._journal is not None:
            with suppress(OSError):
                self._journal.close()
            self._journal = None

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _discard(self) -> None:
        self._close_journal()
        if self._mine:
            # By name first: a process that has run out of open files cannot list a folder. Without a journal the folder
            # is known for what it is, should this process be killed now.
            for path in (self.path / name for name in (JOURNAL, *self._files)):
                for one in (path, temporary_name(path)):
                    with suppress(OSError):
                        one.unlink()
            for name in self._folders:
                with suppress(OSError):
                    (self.path / name).rmdir()
            self._unlock()
            with suppress(OSError):
                self.path.rmdir()
            if self.path.is_dir():
                shutil.rmtree(self.path, ignore_errors=True)
        for path in reversed(self._made):
            with suppress(OSError):
                path.rmdir()


def resume_words(folder: Path) -> str:
    """Return the command line that goes on with an unfinished folder."""
    return shlex.join(["detente", "resume", f"./{folder}" if str(folder).startswith("-") else str(folder)])


def temporary_name(path: Path) -> Path:
    """Return the name that a file has while it is written."""
    return path.with_name(f".{path.name}{PARTIAL}")


def clear_leftovers(folder: Path) -> None:
    """Remove the files that a killed process had not finished, from a folder that this process holds."""
    for place in (folder, folder / "blocks"):
        with suppress(OSError), os.scandir(place) as found:
            for one in list(found):
                if one.name.startswith(".") and one.name.endswith(PARTIAL):
                    Path(one.path).unlink()


def clear_stillborn(home: Path) -> None:
    """Remove folders below ``home`` whose process was killed before it had written down what was asked.

    They hold no results. One whose process lives is locked, and stays.
    """
    with suppress(OSError), os.scandir(home) as found:
        for one in list(found):
            folder = Path(one.path)
            if not FOLDER_NAME.match(one.name) or not is_stillborn(folder):
                continue
            if held_by(folder / LOCK) == "":
                shutil.rmtree(folder, ignore_errors=True)
            elif time.time() - one.stat().st_mtime > _JUST_MADE:
                # It is empty, or somebody holds its lock: then this does nothing.
                with suppress(OSError):
                    folder.rmdir()


def is_stillborn(folder: Path) -> bool:
    """Say whether a folder is that of a process that had only just begun, or was taking it away again.

    It is empty, or has the lock's file, but neither manifest nor journal.
    """
    if any(os.path.lexists(folder / name) for name in (NAME, JOURNAL)):
        return False
    try:
        return os.path.lexists(folder / LOCK) or not any(folder.iterdir())
    except OSError:
        return False
