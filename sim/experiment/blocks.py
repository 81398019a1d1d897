"""Where the results of many runs stay: stored blocks, kept in the order of runs and read back one at a time.

However many the runs, only one block is in memory at a time, unless all of them together are small.
"""

from __future__ import annotations

import sys
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

import numpy as np

from sim.engine.record import STORED, columns_of
from sim.errors import Fault, Place, ResourceError
from sim.experiment.packed import Packed
from sim.experiment.room import check_disk, free
from sim.model.game import Game
from sim.scenario.arithmetic import Floats

IN_MEMORY = 8 * 2**20
"""Bytes of results that a ``Spool`` holds in memory; more go to a temporary file."""

_ELSEWHERE = "or name a temporary folder with room in TMPDIR"


class Blocks(Protocol):
    """Stored blocks: each has ``STORED`` runs, the last perhaps fewer."""

    def keep(self, table: Floats) -> None:
        """Keep a table (columns, runs) whose runs follow those kept before; its memory may be used again after."""
        ...

    def read(self, number: int, rows: Sequence[int]) -> Floats:
        """Return some rows of block ``number``, from 0, as a new array (rows, runs)."""
        ...

    def __len__(self) -> int:
        """Return how many blocks are kept."""
        ...


class Spool:
    """Blocks in memory if they are few, else in a temporary file, which is gone when nobody holds them any more.

    Raises:
        ResourceError: there is no room for so many runs, said before any is kept; or the file cannot be written.
    """

    def __init__(self, columns: int, runs: int) -> None:
        self._count = 0
        self._tables: list[Floats] = []
        self._packed: list[Packed] = []
        self._file: IO[bytes] | None = None
        self._spills = 8 * columns * runs > IN_MEMORY
        if self._spills:
            check_disk(Path(tempfile.gettempdir()), 8 * columns * runs, _ELSEWHERE)

    def keep(self, table: Floats) -> None:
        """Keep a table (columns, runs)."""
        if self._spills:
            self._put_aside(table)
        else:
            self._tables.append(np.array(table))
        self._count += 1

    def _put_aside(self, table: Floats) -> None:
        try:
            if self._file is None:
                # It has no name where the system allows that, and ends when it is closed.
                self._file = tempfile.TemporaryFile()  # noqa: SIM115
                weakref.finalize(self, self._file.close)
            self._packed.append(Packed.written(table, self._file))
            self._file.flush()
        except OSError as error:
            place = Place(tempfile.gettempdir())
            problem = f"results cannot be put aside here ({(error.strerror or str(error)).lower()})"
            raise ResourceError(Fault(place, "DISK", problem, f"make room, {_ELSEWHERE}")) from None

    def read(self, number: int, rows: Sequence[int]) -> Floats:
        """Return some rows of a block as a new array (rows, runs)."""
        if self._file is None:
            return self._tables[number][list(rows)]
        return self._packed[number].read(self._file, rows)

    def __len__(self) -> int:
        return self._count


def most_runs(sides: Mapping[str, Game]) -> int:
    """Return for how many runs of each side the disk of the temporary folder has room."""
    there = free(Path(tempfile.gettempdir()))
    a_run = 8 * sum(len(columns_of(game)) for game in sides.values())
    return sys.maxsize if there is None else there // a_run


def regrouped(pieces: Iterable[Floats]) -> Iterator[Floats]:
    """Yield the runs of pieces (columns, runs), whatever their sizes, as stored blocks.

    Both pieces and blocks are valid until the next is asked for.
    """
    block: Floats | None = None
    filled = 0
    for piece in pieces:
        start, count = 0, piece.shape[1]
        while start < count:
            taken = min(STORED - filled, count - start)
            part = piece[:, start : start + taken]
            start += taken
            if taken == STORED:
                yield part
            else:
                if block is None:
                    block = np.empty((len(piece), STORED))
                block[:, filled : filled + taken] = part
                filled = (filled + taken) % STORED
                if not filled:
                    yield block
            del part
        # The next one is played before it takes this one's name.
        del piece
    if block is not None and filled:
        yield block[:, :filled]
