"""What ``matrix`` answers, as a page: payoffs with best replies marked, equilibria in words, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import ascii_uppercase
from typing import TYPE_CHECKING

from sim.experiment.matrix import Matrices, Matrix
from sim.experiment.summary import Stat
from sim.report import numbers
from sim.report.game import Words
from sim.report.labels import inside, joined, quoted_label
from sim.report.page import BAD, DIM, GOOD, NUMBERS, Cell, Column, Page, Styled, named
from sim.report.run import ASSUMED, ONE_RUN

if TYPE_CHECKING:
    from rich.console import Console

PARTS = 2
"""Ledger entries that are told of a change."""

_GAP = 2
"""Cells between columns of a table."""


MOST_TOLD = 10
"""Equilibria of a game that are printed, beside the selected one."""


def show_matrices(matrices: Matrices, console: Console) -> None:
    """Print the matrix of each regime: payoffs, equilibria, what is dominated, and why nobody would leave."""
    page = Page(console)
    first = next(iter(matrices.matrices.values()))
    words = Words(first)
    lines = [f"{numbers.count(matrices.plan.runs, 'run')} a cell, seed {matrices.plan.seed}, {words.labels.clock()}"]
    lines[0] += "; the same luck in every cell"
    given = [f"{name} = {numbers.number(value)}" for name, value in first.game.setting.parameters.items()]
    lines += [f"With {joined(given)}, as the command line asks."] if given else []
    page.title(words.labels.title, *lines)
    _strategies(page, words)
    for name, matrix in matrices.matrices.items():
        if len(matrices.matrices) > 1:
            page.heading(words.labels.regime(name), name)
        else:
            page.line(f"Regime: {words.regime}", DIM)
        if (same := matrices.same.get(name)) is not None:
            page.line(
                f"The same matrix as under {quoted_label(words.labels.regime(same))}: only what is played differs."
            )
            page.line(Words(matrix).selection(), indent=2)
            continue
        _matrix(page, matrix, Words(matrix))
    page.gap()
    page.line(ONE_RUN if matrices.plan.runs < 2 else ASSUMED, indent=2)
    page.command("One cell, run by run:", _trace(first))


def letter(place: int) -> str:
    """Return what a column is called: A to Z, then AA, AB and so on."""
    high, low = divmod(place, len(ascii_uppercase))
    return (letter(high - 1) if high else "") + ascii_uppercase[low]


def _strategies(page: Page, words: Words) -> None:
    callings: list[tuple[str, Callable[[int], str]]] = [("row", lambda place: str(place + 1)), ("column", letter)]
    for side, (what, called) in enumerate(callings):
        page.heading(f"{words.actor(side)} chooses the {what}")
        names = words.matrix.strategies[side]
        page.grid([[called(place), named(words.strategy(side, place), name)] for place, name in enumerate(names)])


def _matrix(page: Page, matrix: Matrix, words: Words) -> None:
    _payoffs(page, matrix, words)
    _equilibria(page, matrix, words)
    page.heading("What it means")
    for sentence in words.sentences():
        page.line(sentence, indent=2)
    for side in (0, 1):
        _why(page, matrix, words, side)


def _payoffs(page: Page, matrix: Matrix, words: Words) -> None:
    page.heading("Payoffs", f"{words.actor(0)}, then {inside(words.actor(1))}")
    written = [_written(matrix, side) for side in (0, 1)]
    rows, columns = matrix.payoffs.shape[1:]
    width = len(written[0][0][0]) + len(written[1][0][0]) + 4
    heads = [f"{place + 1} {name}" for place, name in enumerate(matrix.strategies[0])]
    head = min(max(page.cells(each) for each in heads), 24)
    together = max(1, (page.width - 2 - head - _GAP) // (width + _GAP))
    for first in range(0, columns, together):
        if first:
            page.gap()
        some = range(first, min(first + together, columns))
        body: list[Sequence[Cell]] = [
            [heads[row], *(_cell(matrix, written, row, column) for column in some)] for row in range(rows)
        ]
        page.table([Column(""), *(Column(_heading(matrix, column, width), NUMBERS) for column in some)], body)
    page.gap()
    page.line("* a best reply to what the other plays; [ ] both are: an equilibrium of pure strategies.", DIM, indent=2)
    if matrix.se is not None and not matrix.se.any():
        page.line("No luck: every run of a cell comes to the same.", DIM, indent=2)
    elif matrix.se is not None:
        most = joined([f"{numbers.number(float(matrix.se[side].max()))} ({words.actor(side)})" for side in (0, 1)])
        page.line(f"Standard errors: at most {most}.", DIM, indent=2)


def _written(matrix: Matrix, side: int) -> list[list[str]]:
    """Return the payoffs of a side, all of one width."""
    error = 0.0 if matrix.se is None else float(matrix.se[side].max())
    size = float(abs(matrix.payoffs[side]).max())
    decimals = numbers.common_decimals([Stat(size, error, None, None)])
    cells = [[numbers.number(value, decimals) for value in row] for row in matrix.payoffs[side].tolist()]
    width = max(len(cell) for row in cells for cell in row)
    return [[cell.rjust(width) for cell in row] for row in cells]


def _cell(matrix: Matrix, written: list[list[list[str]]], row: int, column: int) -> Styled:
    best = [bool(matrix.best_replies[side, row, column]) for side in (0, 1)]
    first, second = (written[side][row][column] + ("*" if best[side] else " ") for side in (0, 1))
    return Styled(f"[{first} {second}]", "bold") if all(best) else Styled(f" {first} {second} ")


def _heading(matrix: Matrix, column: int, width: int) -> str:
    name = f"{letter(column)} {matrix.strategies[1][column]}"
    return name if len(name) <= width else name[: max(width - 2, 1)] + ".."


def _equilibria(page: Page, matrix: Matrix, words: Words) -> None:
    found = matrix.found
    many = len(found.equilibria)
    known = "found" if not found.complete else "in all" if many > 1 else "the only one"
    page.heading("Equilibria", f"{many} {known}" if many != 1 or not found.complete else known)
    if not many:
        page.line("None of pure strategies.", indent=2)
    told = [place for place in range(many) if place < MOST_TOLD or place == matrix.selected.place]
    for place in told:
        each = found.equilibria[place]
        mark = "selected" if place == matrix.selected.place else ""
        style = "" if each.settled in (True, None) else "yellow"
        then = (Styled(f"  {mark}", "bold green"),) if mark else ()
        page.line(Styled(f"{place + 1}. {words.profile(each)}", "bold", then), indent=2)
        page.line(f"{words.worth(each)}.", indent=5)
        if sure := words.sureness(each):
            page.line(sure, style, indent=5)
    if left := many - len(told):
        page.line(f"{numbers.count(left, 'other')} {'is' if left == 1 else 'are'} not shown; --json has all.", indent=2)


def _why(page: Page, matrix: Matrix, words: Words, side: int) -> None:
    others = [place for place, share in enumerate(matrix.base[side]) if share < 1.0]
    if not others:
        return
    page.heading(f"Why, for {inside(words.actor(side))}")
    page.line(f"What it gains by changing alone, from {words.base()}:", DIM, indent=2)
    changes = {place: matrix.change(side, place) for place in others}
    decimals = numbers.common_decimals(changes.values())
    rows: list[Sequence[Cell]] = []
    for place in sorted(others, key=lambda each: -changes[each].mean):
        stat = changes[place]
        written = numbers.mean(stat, decimals, sign=True)
        style = {"+": GOOD, "-": BAD}.get(written[0], "") if stat.side else ""
        row: list[Cell] = [matrix.strategies[side][place], Styled(written, style)]
        if stat.se is not None:
            row.append(Styled(numbers.interval(stat, decimals), DIM))
        rows.append([*row, _parts(matrix, words, side, place, decimals)])
    interval = [Column("95 % interval", NUMBERS)] if matrix.resamples is not None else []
    page.table(
        [Column("strategy", least=8), Column("change", NUMBERS), *interval, Column("largest parts", least=20)], rows
    )


def _parts(matrix: Matrix, words: Words, side: int, place: int, decimals: int) -> str:
    largest = [part for part in matrix.reasons(side, place)[:PARTS] if numbers.number(part[1], decimals).strip("-0.")]
    told = [f"{words.entry(side, entry)} {numbers.number(part, decimals, sign=True)}" for entry, part in largest]
    return "; ".join(told) or "nothing differs"


def _trace(matrix: Matrix) -> str:
    plays = [
        word
        for actor, names in zip(matrix.actors, matrix.strategies, strict=True)
        for word in ("--play", f"{actor}={names[0]}")
    ]
    return matrix.game.command("trace", "--run", "0", *plays, seed=matrix.plan.seed)
