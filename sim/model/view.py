"""A view of the state of some runs: a variable is gathered when it is first read, what is changed is laid over."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.scenario.operations import Floats, Value

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]


class View:
    """Columns of a table (variables, runs): all, or those that ``rows`` names. To be read at once, not kept.

    Reading never copies more than the variables that are read; writing changes the view and not the table.
    """

    __slots__ = ("changed", "count", "rows", "table", "taken")

    def __init__(self, table: Floats, rows: Rows | None = None, changed: dict[int, Value] | None = None) -> None:
        self.table, self.rows = table, rows
        self.count: int = table.shape[1] if rows is None else len(rows)
        self.changed: dict[int, Value] = {} if changed is None else changed
        self.taken: dict[int, Floats] = {}

    def __getitem__(self, row: int, /) -> Value:
        value = self.changed.get(row)
        if value is not None:
            return value
        if self.rows is None:
            column: Floats = self.table[row]
            return column
        taken = self.taken.get(row)
        if taken is None:
            taken = self.table[row].take(self.rows)
            self.taken[row] = taken
        return taken

    def __setitem__(self, row: int, value: Value) -> None:
        self.changed[row] = value

    def copy(self) -> View:
        """Return a view of the same runs that can be changed apart."""
        view = View(self.table, self.rows, dict(self.changed))
        view.taken = self.taken
        return view

    def where(self, mask: Mask) -> View:
        """Return the view of the runs that a mask chooses."""
        rows = np.flatnonzero(mask) if self.rows is None else self.rows[mask]
        changed = {row: value[mask] if np.ndim(value) else value for row, value in self.changed.items()}  # type: ignore[index]
        return View(self.table, rows, changed)
