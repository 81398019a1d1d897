"""What must not be lost, on disk: the log of every room, in SQLite, written by one thread.

What many ask to be kept while the disk is busy is written together the next time (group commit). A promise is fulfilled
when its events are on the disk (``synchronous=FULL``), and not before.
"""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.classroom.room.state import Event
from sim.errors import ArchiveError, Fault, Place, ResourceError, one_line

VERSION = 1
"""Of the tables below; a store of a newer one is left alone."""
FILE = "classes.sqlite"

_TOGETHER = 512
"""Requests that are written at a time."""

_TABLES = """
CREATE TABLE IF NOT EXISTS events (
    room TEXT NOT NULL,
    number INTEGER NOT NULL,
    time REAL NOT NULL,
    kind TEXT NOT NULL,
    key TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (room, number),
    UNIQUE (room, key)
) WITHOUT ROWID;
"""
_OPEN = """
SELECT room FROM events WHERE number = 1 AND room NOT IN (SELECT room FROM events WHERE kind = 'ended')
ORDER BY time DESC, room
"""
_ADD = "INSERT INTO events (room, number, time, kind, key, body) VALUES (?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class _Request:
    room: str
    events: Sequence[Event]
    promise: Future[None] = field(default_factory=Future)


class Store:
    """The logs of all rooms. Events are only ever added."""

    def __init__(self, path: Path | None) -> None:
        """Open a store, or make one; None keeps everything in memory alone.

        Raises:
            ArchiveError: the file cannot be used, is no store, or is one of a newer version.
        """
        self.path = path
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        try:
            self._disk = _opened(path)
        except sqlite3.Error as error:
            raise _unusable(path, str(error)) from None
        self._reading = threading.Lock()
        self._last: dict[str, int] = dict(self._disk.execute("SELECT room, MAX(number) FROM events GROUP BY room"))
        """The number of the last event of each room on the disk."""
        self.commits = 0
        """How often something was brought to the disk: fewer times than there are events, when many come at once."""
        self._writer = threading.Thread(target=self._write, name="detente-store", daemon=True)
        self._writer.start()

    def keep(self, room: str, events: Sequence[Event]) -> Future[None]:
        """Add events to a room's log. The promise is kept once they are on the disk.

        Without events the promise says that everything asked for before is on the disk. It fails with
        ``ResourceError`` where the disk refuses; then none of these events is in the log.
        """
        request = _Request(room, tuple(events))
        self._requests.put(request)
        return request.promise

    def rooms(self) -> list[str]:
        """Return the codes of all rooms that were not put away, the one begun last first."""
        with self._reading:
            found = self._disk.execute(_OPEN).fetchall()
        return [room for (room,) in found]

    def events(self, room: str) -> list[Event]:
        """Return the log of a room, in order."""
        with self._reading:
            found = self._disk.execute(
                "SELECT number, time, kind, body, key FROM events WHERE room = ? ORDER BY number", (room,)
            ).fetchall()
        return [Event(number, time, kind, json.loads(body), key) for number, time, kind, body, key in found]

    def last_results(self) -> list[dict[str, Any]]:
        """Return the results of the classes that were put away, the latest first."""
        with self._reading:
            found = self._disk.execute("SELECT body FROM events WHERE kind = 'ended' ORDER BY time DESC").fetchmany(50)
        return [json.loads(body)["results"] for (body,) in found]

    def close(self) -> None:
        """Write what was asked for, and close."""
        if self._writer.is_alive():
            self._requests.put(None)
            self._writer.join()
            with self._reading:
                self._disk.close()

    def _write(self) -> None:
        ending = False
        while not ending:
            batch = [self._requests.get()]
            while len(batch) < _TOGETHER:
                try:
                    batch.append(self._requests.get_nowait())
                except queue.Empty:
                    break
            ending = None in batch
            requests = [each for each in batch if each is not None]
            # From here on nobody can take a promise back; what was asked for is written even where nobody waits for it.
            for request in requests:
                request.promise.set_running_or_notify_cancel()
            self._brought(requests)

    def _brought(self, requests: Sequence[_Request]) -> None:
        """Bring requests to the disk and fulfil their promises; what spoils all of them fails alone."""
        failed = self._committed(requests)
        if failed is not None and len(requests) > 1:
            for request in requests:
                self._brought([request])
            return
        for request in requests:
            if request.promise.cancelled():
                continue
            if failed is None:
                request.promise.set_result(None)
            else:
                request.promise.set_exception(failed)

    def _committed(self, requests: Sequence[_Request]) -> Exception | None:
        rows, last = [], dict(self._last)
        for request in requests:
            for event in request.events:
                # What follows something that could not be kept never happened either.
                if event.number != last.get(request.room, 0) + 1:
                    return _unkept(self.path, "what happened before it could not be kept")
                last[request.room] = event.number
                try:
                    body = json.dumps(event.body, allow_nan=False)
                except ValueError as error:
                    return _unkept(self.path, str(error))
                rows.append((request.room, event.number, event.time, event.kind, event.key, body))
        if not rows:
            return None
        with self._reading:
            try:
                self._disk.execute("BEGIN IMMEDIATE")
                self._disk.executemany(_ADD, rows)
                self._disk.execute("COMMIT")
            except (sqlite3.Error, ValueError) as error:
                if self._disk.in_transaction:
                    self._disk.execute("ROLLBACK")
                return _unkept(self.path, str(error))
        self.commits += 1
        self._last = last
        return None


def _unkept(path: Path | None, problem: str) -> ResourceError:
    what = f"what happened in the class cannot be kept ({one_line(problem)})"
    return ResourceError(Fault(Place(str(path or "memory")), "STORE", what, "make room on the disk, and do it again"))


def _opened(path: Path | None) -> sqlite3.Connection:
    name = ":memory:" if path is None else path
    disk = sqlite3.connect(name, timeout=0.5, isolation_level=None, check_same_thread=False)
    try:
        # Two servers on one store would contradict each other; the lock goes with the process that holds it.
        disk.execute("PRAGMA locking_mode = EXCLUSIVE")
        disk.execute("PRAGMA journal_mode = WAL")
        disk.execute("PRAGMA synchronous = FULL")
        (version,) = disk.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            problem = f"these classes were kept by a newer detente (version {version} of the store)"
            raise ArchiveError(Fault(Place(str(path)), "STORE", problem, "use that one, or another folder"))
        disk.executescript(_TABLES)
        disk.execute(f"PRAGMA user_version = {VERSION}")
        if path is not None:
            # A kept class is nobody else's business on a machine with several users.
            path.chmod(0o600)
    except BaseException:
        disk.close()
        raise
    return disk


def _unusable(path: Path | None, problem: str) -> ArchiveError:
    if "locked" in problem:
        problem = "another server uses them"
    what = f"classes cannot be kept here ({one_line(problem)})"
    return ArchiveError(Fault(Place(str(path or "memory")), "STORE", what, "choose another folder"))


Clock = Callable[[], float]
"""Gives the time, in seconds since 1970."""
