"""Who sits where: tables fill one after the other, and the sides of a table by turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A student's place: which table (from 0), and which side of it."""

    table: int
    side: str


def seated(students: Sequence[int], sides: Sequence[Sequence[str]], per_side: int) -> dict[int, Place]:
    """Return the place of each student, in the order in which they came.

    Two who come one after the other meet at a table. When every side of a table has one, each gets a second until it
    has ``per_side``; then the next table fills.

    Args:
        students: their numbers.
        sides: the sides that people play, for each half of the class; tables belong to the halves by turns.
        per_side: how many play a side together.
    """
    places: dict[int, Place] = {}
    table, taken = 0, 0
    for student in students:
        here = sides[table % len(sides)]
        places[student] = Place(table, here[taken % len(here)])
        taken += 1
        if taken == per_side * len(here):
            table, taken = table + 1, 0
    return places


def late(tables: Mapping[int, Mapping[str, int]]) -> Place | None:
    """Return a place for somebody who comes when the game has begun; None if every game is over.

    A side that nobody plays (the computer does) comes first, then the one with the fewest; of equals the first table's.

    Args:
        tables: for each table that is still played, how many play each of the sides that people may play.
    """
    free = [
        (count, number, place, side)
        for number, sides in tables.items()
        for place, (side, count) in enumerate(sides.items())
    ]
    if not free:
        return None
    _, number, _, side = min(free)
    return Place(number, side)
