"""Robots for a rehearsal: they decide like somebody who has no idea, by luck with an address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sim.classroom.room.asked import Asked
from sim.classroom.room.bets import bets_of
from sim.classroom.room.state import Room, Student
from sim.model.luck import derived_seed, uniforms


def choices_of(room: Room, robots: Iterable[Student]) -> Asked:
    """Return what robots do in the open round."""
    return [each for robot in robots for each in choice_of(room, robot)]


def choice_of(room: Room, robot: Student) -> Asked:
    """Return a robot's move in the open round, and before it the first time its bet."""
    table = room.table_of(robot)
    assert table is not None
    assert robot.place is not None
    assert table.position is not None
    options = [each.action for each in table.position.views[robot.place.side].options if each.available]
    action = _picked(room, robot, table.round, [None] if not options else [*options])
    moved: dict[str, Any] = {"student": robot.number, "round": table.round, "action": action}
    if robot.bet is not None or table.round > 1:
        return [("moved", moved)]
    bet = _picked(room, robot, 0, [*bets_of(room.plan.half(table.number))])
    return [("bet", {"student": robot.number, "on": bet}), ("moved", moved)]


def _picked(room: Room, robot: Student, turn: int, among: list[str | None]) -> str | None:
    luck = float(uniforms(derived_seed(room.plan.seed, "robots"), f"robot.{robot.number}", 0, 1, turn)[0])
    return among[int(luck * len(among))]
