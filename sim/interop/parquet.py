"""Tables as Parquet, by DuckDB: a file that pandas, R, Arrow and databases read with the kinds of its columns."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sim.errors import CommandError, Fault, Place
from sim.experiment.tables import Table
from sim.interop.tidy import csv_pieces

_KINDS = {"text": "VARCHAR", "whole": "BIGINT", "number": "DOUBLE", "truth": "BOOLEAN"}


def check_installed() -> None:
    """Raise ``CommandError`` where DuckDB is not installed."""
    try:
        import duckdb  # noqa: F401
    except ImportError:
        problem = "Parquet is written by DuckDB, which is not installed"
        remedy = "install it with: pip install 'detente[parquet]', or name a file that ends in .csv"
        raise CommandError(Fault(Place("command line"), "ANALYSIS", problem, remedy)) from None


def write_parquet(table: Table, kinds: Mapping[str, str], path: Path) -> None:
    """Write a table whose columns are of the kinds given. Raises ``OSError``."""
    import duckdb

    between = path.with_name(f".{path.name}.{os.getpid()}.csv")
    try:
        with between.open("wb") as stream:
            stream.writelines(csv_pieces(table))
        columns = ", ".join(f"{_quoted(name)}: {_quoted(_KINDS[kinds[name]])}" for name in table.columns)
        read = f"read_csv({_quoted(str(between))}, header = true, delim = ',', quote = '\"', columns = {{{columns}}})"
        try:
            with duckdb.connect() as connection:
                connection.execute(f"COPY (SELECT * FROM {read}) TO {_quoted(str(path))} (FORMAT parquet)")
        except duckdb.IOException as error:
            raise OSError(str(error).splitlines()[0]) from None
    finally:
        with suppress(OSError):
            between.unlink()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
