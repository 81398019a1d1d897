"""Tables for spreadsheets, in which no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_ACTS = tuple("=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20")
"""What makes spreadsheets calculate, in narrow letters and in wide ones."""


def neutral(cell: str | float) -> str | float:
    """Return a cell that stays text: one that begins like a formula gets an apostrophe before it."""
    if isinstance(cell, str) and cell.lstrip(" \u00a0").startswith(_ACTS):
        return f"'{cell}"
    return cell


def written(rows: Iterable[Sequence[str | float]]) -> str:
    """Return rows as CSV (RFC 4180); begins with a mark by which spreadsheets know that it is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
    return "\ufeff" + text.getvalue()
