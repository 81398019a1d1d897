"""Tidy tables as CSV files that pandas, R and spreadsheets open: one row a run, or one row a run and turn.

The form: RFC 4180, "Common format and MIME type for comma-separated values (CSV) files": comma, CRLF, a header, quotes
where they are needed. UTF-8, a point in numbers, which read back as the same float64; TRUE and FALSE; nothing for None.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sim.experiment.ensemble import Ensemble
from sim.experiment.tables import Cell, Table, runs_of, turns_of
from sim.report import files

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a text may not begin with: a spreadsheet would read on and work it out."""

_TOGETHER = 1024
"""Rows that are written at a time."""


def write_runs(ensemble: Ensemble, path: str | Path) -> None:
    """Write one row a run to a CSV file, in place of one that is there. Raises ``CommandError``, ``ArchiveError``.

    >>> from sim.interop import tidy
    >>> ensemble = sim.run(sim.load("inf-2018"), runs=100)
    >>> tidy.write_runs(ensemble, "runs.csv")
    >>> table = pandas.read_csv("runs.csv")
    >>> bool((table["payoff.nato"] == ensemble.payoffs["nato"]).all())
    True

    Args:
        ensemble: what ``sim.run`` returns, or one of the ``ensembles`` of a comparison.
        path: a file whose name ends in ``.csv``.
    """
    files.write(files.checked(path, "--csv"), csv_pieces(runs_of(ensemble)))


def write_turns(ensemble: Ensemble, path: str | Path) -> None:
    """Write one row a run and turn, as ``write_runs`` does; the runs are played again.

    >>> from sim.interop import tidy
    >>> ensemble = sim.run(sim.load("inf-2018"), runs=10)
    >>> tidy.write_turns(ensemble, "turns.csv")
    >>> table = pandas.read_csv("turns.csv")
    >>> int(table["turn"].min()), int(table["turn"].max())
    (1, 20)
    """
    files.write(files.checked(path, "--turns-csv"), csv_pieces(turns_of(ensemble)))


def csv_pieces(table: Table) -> Iterator[bytes]:
    """Yield a table as the bytes of a CSV file, some rows at a time."""
    rows = iter([table.columns])
    yield _written(rows)
    while piece := _written(islice(table.rows, _TOGETHER)):
        yield piece


def _written(rows: Iterator[tuple[Cell, ...]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerows([_cell(cell) for cell in row] for row in rows)
    return stream.getvalue().encode()


def _cell(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA) else cell
    if isinstance(cell, bool):
        return str(cell).upper()
    return cell
