"""A game's log on disk, line by line while it is played, and read again to go on."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from sim.errors import ArchiveError, Fault, Place, ResourceError, one_line
from sim.play import log as logs
from sim.play.session import Session
from sim.scenario.schema import Scenario

FOLDER = "games"
"""Where games are kept, below the results folder."""

_MOST = 9_999

LARGEST = 8 * 2**20
"""Bytes that a log may have."""


class GameFile:
    """The log of one game, open to be gone on with. What ``kept`` has returned from is on the disk."""

    def __init__(self, path: Path, stream: BinaryIO, written: int) -> None:
        self.path, self._stream, self._written = path, stream, written

    @classmethod
    def begun(cls, root: Path, session: Session, seat: str) -> GameFile:
        """Make the log of a game that begins, in a file of its own below a results folder. Raises ``ArchiveError``."""
        stem = f"{session.opening.game.scenario.scenario}-{seat}"
        folder = root / FOLDER
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(1, _MOST + 1):
                path = folder / f"{stem}-{number}.jsonl"
                try:
                    file = cls(path, path.open("xb", buffering=0), 0)
                    break
                except FileExistsError:
                    continue
            else:
                raise FileExistsError(17, "too many games")
        except OSError as error:
            raise _unwritten(folder, error) from None
        file._write(logs.line_of(session.opening.to_dict()))
        file.kept(session)
        return file

    @classmethod
    def reopened(cls, path: Path, scenario: Scenario) -> tuple[GameFile, Session]:
        """Return a game that was kept, and its log to go on with.

        Raises:
            ArchiveError: there is no such file, or it cannot be read or written.
            CommandError: it is no log of a game, damaged, or of another scenario.
        """
        try:
            if not path.is_file():
                raise OSError(2, "there is no such file")
            if path.stat().st_size > LARGEST:
                raise logs.broken(
                    str(path), 0, "this file is too large for the log of a game", "name the log of a game"
                )
            data = path.read_bytes()
            stream = path.open("ab", buffering=0)
        except OSError as error:
            fault = Fault(
                Place(str(path)), "GAME-FILE", f"the game cannot be gone on with ({error.strerror})", "check the path"
            )
            raise ArchiveError(fault) from None
        try:
            session = Session.from_dict(logs.document_of(data, str(path)), scenario, str(path))
        except BaseException:
            stream.close()
            raise
        return cls(path, stream, len(session.log)), session

    def kept(self, session: Session) -> Session:
        """Write what is new in a log, wait until it is on the disk, and return it. Raises ``ArchiveError``."""
        for number, entry in enumerate(session.log[self._written :], self._written + 1):
            self._write(logs.line_of({"entry": number, **entry.to_dict()}))
        self._written = len(session.log)
        return session

    def _write(self, line: bytes) -> None:
        place = self._stream.tell()
        try:
            if self._stream.write(line) != len(line):
                raise OSError(28, "no space left on device")
            os.fsync(self._stream.fileno())
        except OSError as error:
            # Half a line would make the log unreadable.
            self._stream.truncate(place)
            raise _unwritten(self.path, error) from None

    def __enter__(self) -> GameFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()


def _unwritten(path: Path, error: OSError) -> ArchiveError | ResourceError:
    problem = f"the game cannot be kept here ({one_line(error.strerror or str(error))})"
    return ArchiveError(Fault(Place(str(path)), "GAME-FILE", problem, "choose another folder with --out"))
