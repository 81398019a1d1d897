"""A plane on a page: a letter a point for who prefers what there, and lines where that changes."""

from __future__ import annotations

import math
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sim.experiment.axes import Axis
from sim.experiment.sweep import Sweep
from sim.report import numbers
from sim.report.labels import Labels, inside, joined, quoted_label, sentence_case
from sim.report.page import NUMBERS, Cell, Column, Page, Styled

LETTERS = string.ascii_uppercase

Wishes = tuple[str, ...]
"""The regime that each actor prefers."""


@dataclass(frozen=True)
class Area:
    """Those points of a plane at which the actors prefer the same; ``letter`` is ``?`` where letters have run out."""

    letter: str
    wishes: Wishes
    points: int
    clear: int
    """Points at which every preference is beyond luck."""

    def says(self, labels: Labels, actors: Sequence[str]) -> str:
        """Return who prefers what, in words."""
        if len(set(self.wishes)) == 1 and len(actors) > 1:
            return f"{'both' if len(actors) == 2 else 'all'} prefer {quoted_label(labels.regime(self.wishes[0]))}"
        told = [
            f"{inside(labels.actor(actor))} prefers {quoted_label(labels.regime(wish))}"
            for actor, wish in zip(actors, self.wishes, strict=True)
        ]
        return ", ".join(told)


def wishes_at(sweep: Sweep, point: int) -> tuple[Wishes, bool]:
    """Return what each actor prefers at a point, and whether all that is beyond luck."""
    choices = [sweep.choice(actor, point) for actor in sweep.actors]
    return tuple(choice.regime for choice in choices), all(choice.clear for choice in choices)


def areas_of(sweep: Sweep) -> dict[Wishes, Area]:
    """Return the areas of a plane: where all agree first, in the order of regimes."""
    order = {regime: place for place, regime in enumerate(sweep.regimes)}
    at = [wishes_at(sweep, point) for point in range(sweep.points.count)]
    points, clear = Counter(wishes for wishes, _ in at), Counter(wishes for wishes, sure in at if sure)
    ordered = sorted(points, key=lambda wishes: (len(set(wishes)) > 1, [order[wish] for wish in wishes]))
    return {
        wishes: Area(LETTERS[place] if place < len(LETTERS) else "?", wishes, points[wishes], clear[wishes])
        for place, wishes in enumerate(ordered)
    }


def show_map(page: Page, sweep: Sweep, labels: Labels) -> None:
    """Print the map of a plane and what its letters mean; of one regime, its payoffs' range speaks elsewhere."""
    if len(sweep.regimes) < 2:
        page.heading("Payoffs")
        page.line("One regime leaves nothing to prefer: --csv has its payoffs at every point.", indent=2)
        return
    across, up = sweep.asked.axes
    areas = areas_of(sweep)
    page.heading("Who prefers what")
    page.line(f"Upwards: {labels.parameter(up.name)}. To the right: {labels.parameter(across.name)}.", indent=2)
    page.gap()
    for line in _lines(page, sweep, areas):
        page.line(line, indent=2)
    page.gap()
    rows: list[list[Cell]] = [
        [
            Styled(area.letter, "bold"),
            sentence_case(area.says(labels, sweep.actors)),
            f"{area.points:,}",
            f"{area.clear:,}",
        ]
        for area in areas.values()
    ]
    columns = [Column("letter"), Column("means"), Column("points", NUMBERS), Column("beyond luck", NUMBERS)]
    page.table(columns, rows)
    notes = [
        "Small letters: at least one preference may be luck." if any(a.clear < a.points for a in areas.values()) else ""
    ]
    notes.append(f"Points are numbered from the bottom left, row by row: 1 to {sweep.points.count:,}.")
    page.gap()
    page.line(" ".join(note for note in notes if note), "dim", indent=2)
    if told := today(sweep, labels, areas):
        page.line(told, indent=2)


def today(sweep: Sweep, labels: Labels, areas: dict[Wishes, Area]) -> str:
    """Return in which area the plane's point nearest to today lies; nothing where today lies outside."""
    across, up = sweep.asked.axes
    if not (across.low <= across.now <= across.high and up.low <= up.now <= up.high):
        return ""
    x, y = _nearest(across), _nearest(up)
    area = areas[wishes_at(sweep, y * len(across.values) + x)[0]]
    now = joined([f"{inside(labels.parameter(axis.name))} {numbers.number(axis.now)}" for axis in (across, up)])
    return f"Today, with {now}, the nearest point lies in area {area.letter}."


def _nearest(axis: Axis) -> int:
    return min(range(len(axis.values)), key=lambda place: abs(axis.values[place] - axis.now))


def _lines(page: Page, sweep: Sweep, areas: dict[Wishes, Area]) -> Iterator[str]:
    across, up = sweep.asked.axes
    upright, level, corner = ("│", "─", "┼") if page.unicode else ("|", "-", "+")
    written = _short(up.values)
    margin = max(map(len, written))
    first = {row: str(row * len(across.values) + 1) for row in range(len(up.values))}
    numbered = max(map(len, first.values()))
    room = page.width - 2 - numbered - 2 - margin - 2
    step = max(1, math.ceil(2 * len(across.values) / room))
    columns = list(range(0, len(across.values), step))
    letters = {
        (x, y): _letter(sweep, areas, y * len(across.values) + x) for y in range(len(up.values)) for x in columns
    }
    yield f"{'point':>{numbered}}"[-max(numbered, 5) :]
    for y in reversed(range(len(up.values))):
        cells = [letters[x, y] for x in columns]
        between = [_edge(left, right, upright) for left, right in pairwise(cells)]
        body = "".join(cell + edge for cell, edge in zip(cells, [*between, ""], strict=True))
        yield f"{first[y]:>{numbered}}  {written[y]:>{margin}}  {body}".rstrip()
        if y and (
            line := _below([letters[x, y] for x in columns], [letters[x, y - 1] for x in columns], level, corner)
        ):
            yield f"{'':>{numbered}}  {'':>{margin}}  {line}"
    yield from _scale(" " * (numbered + 2 + margin + 2), [across.values[x] for x in columns], room)
    if step > 1:
        yield f"(every {step}. value of {across.name} is shown)"


def _letter(sweep: Sweep, areas: dict[Wishes, Area], point: int) -> str:
    wishes, clear = wishes_at(sweep, point)
    letter = areas[wishes].letter
    return letter if clear else letter.lower()


def _edge(one: str, other: str, line: str) -> str:
    return " " if one.upper() == other.upper() else line


def _below(above: Sequence[str], below: Sequence[str], level: str, corner: str) -> str:
    """Return the line between two rows: drawn where the upper letter is not the lower one's."""
    changes = [one.upper() != other.upper() for one, other in zip(above, below, strict=True)]
    line = ""
    for place, change in enumerate(changes):
        line += level if change else " "
        if place + 1 < len(changes):
            upright = [row[place].upper() != row[place + 1].upper() for row in (above, below)]
            crossing = change or changes[place + 1]
            line += corner if any(upright) and crossing else level if change and changes[place + 1] else " "
    return line.rstrip()


def _short(values: Sequence[float]) -> list[str]:
    return [f"{value:.4g}" for value in values]


def _scale(margin: str, values: Sequence[float], room: int) -> Iterator[str]:
    """Yield the values below the map's columns: every one, or every second, ... as there is room for."""
    written = _short(values)
    step = max(1, math.ceil((max(map(len, written)) + 1) / 2))
    shown = [place for place in range(0, len(written), step) if 2 * place + len(written[place]) <= room]
    for cells in (dict.fromkeys(shown, "'"), {place: written[place] for place in shown}):
        line = ""
        for place, cell in cells.items():
            line = line.ljust(2 * place) + cell
        yield margin + line
