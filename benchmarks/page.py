"""How results are shown: tables and lines, on the screen and as a page of Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table as Printed

from benchmarks.race import Spread


@dataclass(frozen=True)
class Table:
    """A table: its columns, the first of which is text, and its rows."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """A part's results: what was measured, tables, remarks, and figures by name for the table of goals."""

    title: str
    about: str
    tables: list[Table] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    figures: dict[str, Spread] = field(default_factory=dict)


def number(value: float) -> str:
    """Return a number with three digits that count."""
    if not math.isfinite(value) or value == 0:
        return f"{value:g}"
    return f"{value:,.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def spread(found: Spread | None, unit: str = "") -> str:
    """Return the middle of a spread with its ends, if they differ."""
    if found is None:
        return "-"
    ends = "" if found.low == found.high else f" ({number(found.low)} to {number(found.high)})"
    return f"{number(found.median)}{unit}{ends}"


def show(section: Section, console: Console) -> None:
    """Print a section."""
    console.print(f"\n[bold]{section.title}[/bold]\n{section.about}", highlight=False)
    for table in section.tables:
        printed = Printed(box=None, pad_edge=False)
        for place, column in enumerate(table.columns):
            printed.add_column(column, justify="left" if place == 0 else "right")
        for row in table.rows:
            printed.add_row(*row)
        console.print(printed)
    for remark in section.remarks:
        console.print(f"- {remark}", highlight=False)


def markdown(section: Section) -> str:
    """Return a section as Markdown."""
    parts = [f"## {section.title}", section.about]
    for table in section.tables:
        dashes = "|".join("---" if place == 0 else "--:" for place in range(len(table.columns)))
        lines = [f"| {' | '.join(table.columns)} |", f"|{dashes}|"]
        parts.append("\n".join([*lines, *(f"| {' | '.join(row)} |" for row in table.rows)]))
    if section.remarks:
        parts.append("\n".join(f"- {remark}" for remark in section.remarks))
    return "\n\n".join(parts)


def write(path: Path, sections: Iterable[Section]) -> None:
    """Put sections on a page."""
    put(path, "benchmarks", "\n\n".join(markdown(section) for section in sections))


def marks(name: str) -> tuple[str, str]:
    """Return the lines between which a page keeps what a program has written."""
    return f"<!-- {name}: from here -->", f"<!-- {name}: to here -->"


def put(path: Path, name: str, body: str) -> None:
    """Put a body on a page between the two marks of a name; what stands around them stays."""
    path.write_text(replaced(path.read_text(encoding="utf-8"), name, body), encoding="utf-8")


def replaced(text: str, name: str, body: str) -> str:
    """Return the text of a page with a body between the two marks of a name."""
    begin, end = marks(name)
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n\n{body}\n\n{end}{rest.partition(end)[2]}"
