"""Stored blocks on a temporary disk, in half the room: most results of a run are small whole numbers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

from sim.scenario.arithmetic import Floats


@dataclass(frozen=True)
class Packed:
    """Where a table (columns, runs) stands in a file: first the rows of small whole numbers, then all others."""

    begin: int
    """Bytes before it in the file."""
    runs: int
    whole: NDArray[np.bool_]
    """For each row whether it is kept as whole numbers of two bytes; the others are kept as they are."""

    @classmethod
    def written(cls, table: Floats, file: IO[bytes]) -> Packed:
        """Append a table to a file; what is read back is the same to the last bit. Raises ``OSError``."""
        # What is no small whole number changes, or its sign is lost if it is minus nothing: both show in the bits.
        with np.errstate(invalid="ignore"):
            short = table.astype(np.int16)
        kept = np.ascontiguousarray(table).view(np.int64)
        whole: NDArray[np.bool_] = (short.astype(np.float64).view(np.int64) == kept).all(axis=1)
        begin = file.seek(0, os.SEEK_END)
        file.write(short[whole].data)
        file.write(kept[~whole].data)
        return cls(begin, table.shape[1], whole)

    def read(self, file: IO[bytes], rows: Sequence[int]) -> Floats:
        """Return some rows of the table as a new array (rows, runs). Raises ``OSError``."""
        found = np.empty((len(rows), self.runs))
        places = np.where(self.whole, np.cumsum(self.whole), np.cumsum(~self.whole)) - 1
        shorts = 2 * self.runs * int(self.whole.sum())
        for number, row in enumerate(rows):
            width, before = (2, 0) if self.whole[row] else (8, shorts)
            file.seek(self.begin + before + width * self.runs * int(places[row]))
            kind = np.int16 if self.whole[row] else np.float64
            found[number] = np.frombuffer(file.read(width * self.runs), kind)
        return found
