"""The slow work of a class, to be done in another thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.classroom.room.plan import RoomPlan
from sim.classroom.room.position import Position, Step, position_of

Job = tuple[RoomPlan, int, tuple[Step, ...], Mapping[str, str | None], Position | None]
"""A room's plan, a table's number, its steps, who decides now, and a position worked out before."""


def played(jobs: Sequence[Job]) -> list[Position]:
    """Return where each table's game stands."""
    return [
        position_of(plan.half(number), plan.seed, plan.run(number), steps, controls, before)
        for plan, number, steps, controls, before in jobs
    ]
