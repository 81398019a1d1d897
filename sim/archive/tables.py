"""Tables of runs as bytes: ``.npy`` blocks of stored runs, and payoffs as CSV, both one block at a time."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count, islice

import numpy as np

from sim.engine.record import payoff_columns
from sim.experiment.ensemble import Ensemble
from sim.scenario.arithmetic import Floats

_LONGEST = 48


def block_pieces(table: Floats) -> Iterator[bytes | memoryview]:
    """Yield a table (columns, runs) as an ``.npy`` file: little-endian float64, in C order, no pickle."""
    table = np.ascontiguousarray(table, dtype="<f8")
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, np.lib.format.header_data_from_array_1_0(table))
    yield stream.getvalue()
    yield table.data.cast("B")


def block_array(data: bytes, columns: int, count: int) -> Floats:
    """Return the table in the bytes of an ``.npy`` file. Raises ``ValueError`` unless it has the shape expected."""
    stream = io.BytesIO(data)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("the file is no array of version 1.0")
    # The header is checked first: the reader makes room for whatever shape a header claims.
    shape, by_column, kind = np.lib.format.read_array_header_1_0(stream)
    if shape != (columns, count) or by_column or kind != np.dtype("<f8"):
        raise ValueError(f"the array is not {columns} columns of {count} float64")
    if len(data) != stream.tell() + 8 * columns * count:
        raise ValueError("the array has another length than its header says")
    stream.seek(0)
    array: Floats = np.load(stream, allow_pickle=False)
    return array


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Return for each regime a distinct name that is safe on every file system."""
    safe: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"[^a-z0-9_]+", "-", name.lower())[:_LONGEST].strip("-_") or "regime"
        taken, number, unique = set(safe.values()), 1, plain
        while unique in taken:
            number += 1
            unique = f"{plain}-{number}"
        safe[name] = unique
    return safe


def payoffs_csv(ensembles: Mapping[str, Ensemble]) -> Iterator[bytes]:
    """Yield the payoffs and ledgers of every run as CSV: one row a run and regime, what a regime lacks left empty.

    Numbers are written so that reading them gives the same float64.
    """
    owned = {name: list(payoff_columns(ensemble.game)) for name, ensemble in ensembles.items()}
    columns = list(dict.fromkeys(column for held in owned.values() for column in held))
    yield _row(["regime", "run", *columns])
    for name, ensemble in ensembles.items():
        start = _row([name])[:-1].decode()
        runs = count()
        for block in ensemble.blocks(owned[name]):
            held = dict(zip(owned[name], map(_words, block), strict=True))
            numbers = [str(run) for run in islice(runs, block.shape[1])]
            words = [numbers, *(held.get(column, [""] * len(numbers)) for column in columns)]
            yield "".join(f"{start},{','.join(row)}\n" for row in zip(*words, strict=True)).encode()


def _row(cells: list[str]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerow(cells)
    return stream.getvalue().encode("utf-8", "backslashreplace")


def _words(values: Floats) -> list[str]:
    # Few ledger entries hold many different numbers, and writing one out is what takes time; + 0.0 makes -0.0 0.0.
    numbers = (values + 0.0).tolist()
    written = {number: repr(number) for number in set(numbers)}
    return [written[number] for number in numbers]
