"""A page on a console: headings, sentences, entries and tables. The only module that lays things out with rich.

Texts are shown as they are: nothing in them is markup, and whatever a terminal might act on is written as an escape.
Labels wrap, numbers never do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.errors import one_line
from sim.report.labels import plain
from sim.report.numbers import aligned

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.text import Text

NUMBERS, WORDS, CHART = "numbers", "words", "chart"
_LABEL = 20
"""The widest that a column of labels in a grid becomes."""

_NARROW = 64
"""Cells that a table of several columns needs."""

_BETWEEN = 3
"""Cells between columns."""

_WORD = 6
"""Cells that a column of words needs at least, unless its words are shorter."""

_FILE = 120
"""Characters in the widest line of a file that somebody wraps by hand; longer ones are whole paragraphs."""

_SLACK = 8
"""Characters by which lines of a flowing text may miss its width."""

DIM, STRONG, GOOD, BAD = "dim", "bold", "green", "red"


@dataclass(frozen=True)
class Column:
    """A column of a table: of ``WORDS``, which wrap, of ``NUMBERS``, which line up at their points, or a ``CHART``."""

    heading: str
    kind: str = WORDS
    least: int = 0
    """Cells that a column of words keeps when room is short."""


@dataclass(frozen=True)
class Styled:
    """A text with a style, and what follows it (a name after its label, a remark on lines of its own)."""

    text: str
    style: str = ""
    then: tuple[Styled, ...] = ()


Cell = str | Styled


class Page:
    """A page being printed, from the top down."""

    def __init__(self, console: Console) -> None:
        self.console = console

    @property
    def width(self) -> int:
        """Return the page's width in cells."""
        return self.console.width

    @property
    def narrow(self) -> bool:
        """Say whether the page is too narrow for tables of several columns."""
        return self.width < _NARROW

    @property
    def unicode(self) -> bool:
        """Say whether the page can show more than ASCII."""
        return self.console.encoding.lower().startswith("utf")

    def cells(self, text: str) -> int:
        """Return how many cells a text takes."""
        from rich.cells import cell_len

        return cell_len(text)

    def title(self, title: str, *under: str) -> None:
        """Print what the page is about, and under it the circumstances, one line each."""
        self._print(_text(Styled(title, "bold cyan")))
        for line in under:
            self.line(line, DIM)

    def heading(self, heading: str, beside: str = "") -> None:
        """Print the heading of a part, and a remark beside it."""
        self.gap()
        self._print(_text(Styled(heading, STRONG, (Styled(f"  {beside}", DIM),) if beside else ())))

    def gap(self) -> None:
        """Print an empty line."""
        self.console.print()

    def line(self, line: Cell, style: str = "", indent: int = 0) -> None:
        """Print a sentence or two; they wrap at the page's width, behind the indent."""
        from rich.padding import Padding

        text = _text(line, style)
        self._print(Padding(text, (0, 0, 0, indent)) if indent else text)

    def paragraphs(self, text: str, indent: int = 0) -> None:
        """Print a text of several lines; line ends that were meant stay, so that a list in it stays one."""
        for line in reflowed(text):
            if line:
                self.line(line, indent=indent)
            else:
                self.gap()

    def entry(self, label: str, name: str, lines: Iterable[Cell] = (), indent: int = 2, mark: str = "") -> None:
        """Print something named: its label and name, and below what there is to say about it."""
        self.line(Styled(mark, "", (named(label, name, STRONG),)), indent=indent)
        for line in lines:
            self.line(line, indent=indent + 4)

    def table(
        self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *, total: bool = False, indent: int = 2
    ) -> None:
        """Print a table; columns of numbers take what they need, words share the rest. ``total``: of the last row."""
        cells: list[list[Cell]] = []
        headings: list[str] = []
        for place, column in enumerate(columns):
            heading, written = column.heading, [row[place] for row in rows]
            if column.kind == NUMBERS:
                heading, written = _numbers(heading, written)
            headings.append(heading)
            cells.append(written)
        if self.narrow and indent + self._least(columns, headings, cells) > self.width:
            self._stacked(columns, rows, indent)
        else:
            self._table(columns, headings, cells, total=total, indent=indent)

    def _least(self, columns: Sequence[Column], headings: Sequence[str], cells: Sequence[Sequence[Cell]]) -> int:
        """Return how many cells a table needs: numbers and charts stay whole, words may wrap."""
        needed = _BETWEEN * (len(columns) - 1)
        for column, heading, written in zip(columns, headings, cells, strict=True):
            said = [_said(cell) for cell in [heading, *written]]
            widest = max(map(self.cells, said))
            if column.kind != WORDS:
                needed += widest
                continue
            longest = max((self.cells(word) for each in said for word in each.split()), default=0)
            needed += max(column.least, min(widest, _WORD), min(longest, _LABEL))
        return needed

    def _stacked(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], indent: int) -> None:
        """Print a table that is too wide as one entry a row: below its first cell a line for each other one."""
        if " " in columns[0].heading:
            self.line(columns[0].heading, DIM, indent)
        for row in rows:
            self.line(row[0], indent=indent)
            for column, cell in zip(columns[1:], row[1:], strict=True):
                written = _said(cell).strip()
                if not written:
                    continue
                if column.kind == CHART:
                    if column.heading.strip():
                        self.line(Styled(column.heading.rstrip(), DIM), indent=indent + 2)
                    self.line(cell, indent=indent + 2)
                else:
                    shown = Styled(written, cell.style, cell.then) if isinstance(cell, Styled) else Styled(written)
                    heading = f"{column.heading.strip()}: " if column.heading.strip() else ""
                    self.line(Styled(heading, DIM, (shown,)), indent=indent + 2)

    def _table(
        self,
        columns: Sequence[Column],
        headings: Sequence[str],
        cells: Sequence[list[Cell]],
        *,
        total: bool,
        indent: int,
    ) -> None:
        from rich import box
        from rich.padding import Padding
        from rich.table import Table

        table = Table(box=box.SIMPLE, show_edge=False, pad_edge=False, header_style=DIM, padding=(0, 2, 0, 0))
        table.show_footer = total
        for column, heading, written in zip(columns, headings, cells, strict=True):
            table.add_column(
                _text(heading),
                _text(written.pop()) if total else "",
                no_wrap=column.kind != WORDS,
                overflow="fold",
                min_width=column.least or None,
                footer_style="none",
            )
        for row in zip(*cells, strict=True):
            table.add_row(*(_text(cell) for cell in row))
        self._print(Padding(table, (0, 0, 0, indent)))

    def grid(self, rows: Sequence[Sequence[Cell]], indent: int = 2) -> None:
        """Print rows without headings; the last column takes what room there is."""
        from rich.padding import Padding
        from rich.table import Table

        grid = Table.grid(padding=(0, 2, 0, 0))
        columns = max((len(row) for row in rows), default=0)
        for place in range(columns):
            grid.add_column(overflow="fold", max_width=_LABEL if place + 1 < columns else None)
        for row in rows:
            grid.add_row(*(_text(cell) for cell in row))
        self._print(Padding(grid, (0, 0, 0, indent)))

    def command(self, words: str, command: str) -> None:
        """Print a command to go on with, on a line of its own."""
        self.gap()
        self.line(words, DIM)
        self.line(command, DIM, indent=2)

    def bar(self, share: float, width: int = 12) -> str:
        """Return a bar for a share of the largest (0 to 1)."""
        return ("█" if self.unicode else "#") * max(round(share * width), 1 if share > 0 else 0)

    def _print(self, renderable: RenderableType) -> None:
        self.console.print(_Trimmed(renderable))


@dataclass(frozen=True)
class _Trimmed:
    """Something to print, without the blanks that rich puts at the ends of lines."""

    what: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.segment import Segment

        for line in console.render_lines(self.what, options, pad=False):
            while line and not line[-1].text.strip():
                line.pop()
            if line:
                last = line[-1]
                line[-1] = Segment(last.text.rstrip(), last.style)
            yield from line
            yield Segment.line()


def reflowed(text: str) -> list[str]:
    """Return a text's lines with those joined that only the width of a file has parted.

    A line end was meant if the next line's first word would have fitted before it, or the line is a paragraph.
    """
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    widest = max((len(line) for line in lines), default=0)
    flowing: list[str] = []
    before = ""
    for line in lines:
        word = line.split(maxsplit=1)[0] if line else ""
        short, long = len(before) + 1 + len(word) < widest - _SLACK, len(before) > _FILE
        meant = not line or not before or short or long or word in ("-", "*")
        if meant or not flowing:
            flowing.append(line)
        else:
            flowing[-1] += f" {line.lstrip()}"
        before = line
    return flowing


@dataclass(frozen=True)
class Named(Styled):
    """A label with the name that commands and files use, for pages whose readers type neither."""

    label: str = ""


def named(label: str, name: str, style: str = "") -> Named:
    """Return a label with the name that commands and files use; the name alone where the label only repeats it."""
    if label in (name, plain(name)):
        return Named(name, style, label=plain(name))
    return Named(label, style, (Styled(f"  {name}", DIM),), label)


def below(first: Cell, *lines: Cell) -> Styled:
    """Return a cell of several lines."""
    top = first if isinstance(first, Styled) else Styled(first)
    rest = tuple(Styled("\n", "", (line if isinstance(line, Styled) else Styled(line),)) for line in lines)
    return Styled(top.text, top.style, top.then + rest)


def _said(cell: Cell) -> str:
    """Return the longest line of a cell, without any style."""
    if isinstance(cell, str):
        return one_line(cell)
    if not cell.then:
        return one_line(cell.text)
    return max(_text(cell).plain.split("\n"), key=len)


def _text(cell: Cell, style: str = "") -> Text:
    from rich.text import Text

    if isinstance(cell, str):
        return Text(one_line(cell), style)
    text = Text("\n") if cell.text == "\n" else Text(one_line(cell.text), cell.style or style)
    return Text.assemble(text, *(_text(part) for part in cell.then)) if cell.then else text


def _numbers(heading: str, cells: Sequence[Cell]) -> tuple[str, list[Cell]]:
    from rich.cells import cell_len

    lined = aligned([cell if isinstance(cell, str) else cell.text for cell in cells])
    width = max(cell_len(heading), *(len(each) for each in lined), 0)
    padded: list[Cell] = []
    for cell, written in zip(cells, lined, strict=True):
        right = written.rjust(width)
        padded.append(right if isinstance(cell, str) else Styled(right, cell.style, cell.then))
    return " " * (width - cell_len(heading)) + heading, padded
