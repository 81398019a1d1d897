"""What a class brought about, beside what the model predicts for the same games."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np

from sim.classroom.room.bets import bets_of, came_true
from sim.classroom.room.prediction import BAND, Prediction
from sim.classroom.room.state import Room, Student, Table

_DECIMALS = 6
"""Of payoffs in a spreadsheet: more than any of them means."""


def results_of(room: Room, predictions: Sequence[Prediction]) -> dict[str, Any]:
    """Return the results of a class: for each half and actor the mean of its games, and what the model predicts.

    Args:
        room: the room; only games that came to their end count.
        predictions: one for each half.
    """
    halves = []
    for number, (half, prediction) in enumerate(zip(room.plan.halves, predictions, strict=True)):
        tables = [table for table in finished(room) if table.number % len(room.plan.halves) == number]
        halves.append(
            {
                "scenario": half.scenario,
                "regime": half.regime,
                "games": len(tables),
                "actors": {actor: _actor(room, actor, tables, prediction) for actor in half.computers},
            }
        )
    right, made = bets_right(room, predictions)
    return {
        "title": room.plan.title, "began": room.began, "halves": halves, "bets": {"made": made, "right": right},
        "people": len(people(room)),
    }  # fmt: skip


def people(room: Room) -> list[Student]:
    """Return the people who have, or had, a place: neither robots nor the instructor's own tabs."""
    return [each for each in room.students.values() if each.kind == "person" and each.place is not None]


def counting(room: Room) -> list[Student]:
    """Return those whose games and bets count: people alone where there are any; in a rehearsal everybody."""
    return people(room) or [each for each in room.students.values() if each.place is not None]


def counted(room: Room) -> list[Table]:
    """Return the tables whose games count."""
    places = {each.place.table for each in counting(room) if each.place is not None}
    return [table for table in room.tables if table.number in places]


def finished(room: Room) -> list[Table]:
    """Return the tables whose games count and came to their end."""
    return [table for table in counted(room) if table.position is not None and table.position.payoffs is not None]


def outcome(room: Room, table: Table, predictions: Sequence[Prediction]) -> str | None:
    """Return the bet that a table's game has proved right; None while it is not over."""
    payoffs = None if table.position is None else table.position.payoffs
    if payoffs is None:
        return None
    half = room.plan.half(table.number)
    return came_true(payoffs, predictions[table.number % len(room.plan.halves)].means, list(half.computers))


def bets_right(room: Room, predictions: Sequence[Prediction]) -> tuple[int, int]:
    """Return how many bets came true, and how many were made on games that are over."""
    right = made = 0
    for student in counting(room):
        table = room.table_of(student)
        if student.bet is None or table is None:
            continue
        came = outcome(room, table, predictions)
        made += came is not None
        right += came == student.bet
    return right, made


def bets_made(room: Room) -> dict[str, int]:
    """Return how many bet on what, in words."""
    counts: dict[str, int] = {}
    for student in counting(room):
        if student.present and student.bet is not None and student.place is not None:
            words = bets_of(room.plan.half(student.place.table))[student.bet]
            counts[words] = counts.get(words, 0) + 1
    return counts


def rows(room: Room, predictions: Sequence[Prediction]) -> Iterator[list[str | float | int]]:
    """Yield a table for spreadsheets: a line of names, then one row for each student."""
    yield [
        "student", "kind", "table", "scenario", "regime", "side", "payoff", "predicted", "same luck", "bet",
        "came true", "rounds", "moves",
    ]  # fmt: skip
    for student in room.students.values():
        table = room.table_of(student)
        if table is None or student.place is None:
            yield [student.name, student.kind, *[""] * 11]
            continue
        half, side = room.plan.half(table.number), student.place.side
        prediction = predictions[table.number % len(room.plan.halves)]
        payoffs = None if table.position is None else table.position.payoffs
        came = outcome(room, table, predictions)
        words = bets_of(half)
        yield [
            student.name,
            student.kind,
            table.number + 1,
            half.scenario,
            half.regime,
            side,
            "" if payoffs is None else round(payoffs[side], _DECIMALS),
            round(prediction.mean(side), _DECIMALS),
            round(float(prediction.finals[side][room.plan.run(table.number)]), _DECIMALS),
            "" if student.bet is None else words[student.bet],
            "" if came is None else words[came],
            len(table.steps),
            " ".join(step.moves.get(side) or "pass" for step in table.steps if side in step.moves),
        ]


def _actor(room: Room, actor: str, tables: Sequence[Table], prediction: Prediction) -> Mapping[str, Any]:
    got = [table.position.payoffs[actor] for table in tables if table.position and table.position.payoffs]
    lucks = [room.plan.run(table.number) for table in tables]
    low, middle, high = (float(each) for each in np.quantile(prediction.finals[actor], BAND))
    return {
        "mean": fmean(got) if got else None,
        "predicted": prediction.mean(actor),
        "low": low,
        "median": middle,
        "high": high,
        "same_luck": float(prediction.finals[actor][lucks].mean()) if got else None,
    }
