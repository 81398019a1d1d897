"""A page as blocks instead of lines on a console: what a browser, or another program, lays out by itself.

Whatever prints on a ``Page`` can print on this one, so that a terminal and a browser say the same in the same words;
but nobody types names into a browser, so labels stand without them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sim.report.page import NUMBERS, Cell, Column, Named, Page, Styled
from sim.report.sparkline import BLOCKS

_WIDE = 120
_PICTURE = re.compile(rf"[{BLOCKS}]+|\.*\^ you")


@dataclass(frozen=True)
class Span:
    """A stretch of text in one style."""

    text: str
    style: str = ""


@dataclass(frozen=True)
class Block:
    """A part of a page: ``title``, ``heading``, ``text``, ``picture`` (of characters), ``table`` or ``grid``."""

    kind: str
    spans: tuple[Span, ...] = ()
    beside: str = ""
    heads: tuple[tuple[str, bool], ...] = ()
    """Of a table: heading, and whether the column holds numbers."""
    rows: tuple[tuple[tuple[Span, ...], ...], ...] = ()
    total: bool = False

    @property
    def text(self) -> str:
        """Return the text without its styles."""
        return "".join(span.text for span in self.spans)


class Blocks(Page):
    """A page that keeps what is printed on it."""

    def __init__(self) -> None:
        self.kept: list[Block] = []

    @property
    def width(self) -> int:
        """Return a width at which nothing is left out: whoever shows the blocks breaks lines."""
        return _WIDE

    @property
    def narrow(self) -> bool:
        """Say no: tables stay tables."""
        return False

    @property
    def unicode(self) -> bool:
        """Say yes."""
        return True

    def title(self, title: str, *under: str) -> None:
        """Keep what the page is about."""
        self.kept.append(Block("title", (Span(title),)))
        for line in under:
            self.line(line)

    def heading(self, heading: str, beside: str = "") -> None:
        """Keep the heading of a part."""
        self.kept.append(Block("heading", (Span(heading.strip("─- ")),), beside))

    def gap(self) -> None:
        """Keep nothing: distances are the matter of whoever shows the blocks."""

    def line(self, line: Cell, style: str = "", indent: int = 0) -> None:
        """Keep a sentence or two."""
        spans = spans_of(line, style)
        text = "".join(span.text for span in spans)
        if text.strip():
            self.kept.append(Block("picture" if _PICTURE.fullmatch(text) else "text", spans))

    def table(
        self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *, total: bool = False, indent: int = 2
    ) -> None:
        """Keep a table."""
        heads = tuple((column.heading, column.kind == NUMBERS) for column in columns)
        self.kept.append(Block("table", heads=heads, rows=_cells(rows), total=total))

    def grid(self, rows: Sequence[Sequence[Cell]], indent: int = 2) -> None:
        """Keep rows without headings."""
        self.kept.append(Block("grid", rows=_cells(rows)))


def spans_of(cell: Cell, style: str = "") -> tuple[Span, ...]:
    """Return a cell as stretches of text; of what has a label and a name, the label alone."""
    if isinstance(cell, Named):
        return (Span(cell.label, cell.style or style),)
    if isinstance(cell, str):
        return (Span(cell, style),)
    return (Span(cell.text, cell.style or style), *(span for part in cell.then for span in spans_of(part)))


def is_picture(spans: Sequence[Span]) -> bool:
    """Say whether a cell is a small chart made of characters."""
    text = "".join(span.text for span in spans)
    return bool(text) and _PICTURE.fullmatch(text) is not None


def _cells(rows: Sequence[Sequence[Cell]]) -> tuple[tuple[tuple[Span, ...], ...], ...]:
    return tuple(tuple(spans_of(cell) for cell in row) for row in rows)


__all__ = ["Block", "Blocks", "Span", "Styled", "is_picture", "spans_of"]
