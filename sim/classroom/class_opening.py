"""The form with which an instructor opens a room, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.classroom.room.names import checked_name
from sim.classroom.room.plan import MOST_SEATS, Half, RoomPlan
from sim.classroom.room.refused import refuse
from sim.errors import DetenteError
from sim.model.compiling import regime_names
from sim.model.luck import derived_seed
from sim.scenario.flatten import flattened
from sim.scenario.schema import Scenario

BLANK: dict[str, Any] = {
    "title": "", "mode": "class", "seconds": "90", "per_side": "1", "early": True,
    "one": {"scenario": "inf-2018", "regime": "", "sides": ""}, "two": {"scenario": "", "regime": "", "sides": ""},
}  # fmt: skip


def given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what somebody has written, to show the form again."""

    def text(name: str) -> str:
        return str(fields.get(name, ""))[:200]

    def half(number: int) -> dict[str, str]:
        return {name: text(f"{name}{number}") for name in ("scenario", "regime", "sides")}

    return {
        **{name: text(name) for name in ("title", "mode", "seconds", "per_side")},
        "early": bool(fields.get("early")), "one": half(1), "two": half(2),
    }  # fmt: skip


def plan_of(asked: Mapping[str, Any], scenarios: list[Scenario], unique: str) -> RoomPlan:
    """Return the plan that a form asks for.

    Args:
        asked: what ``given`` returned.
        scenarios: what each half plays, loaded: one, or two.
        unique: whatever makes this class different from others; its luck comes from that.

    Raises:
        Refused: 422, something makes no sense.
    """
    halves = tuple(
        _half(written, scenario) for written, scenario in zip((asked["one"], asked["two"]), scenarios, strict=False)
    )
    title = asked["title"].strip()
    seconds = _whole(asked["seconds"], "seconds")
    return RoomPlan(
        halves=halves,
        title=checked_name(title) if title else halves[0].loaded.title or halves[0].scenario,
        seed=derived_seed(scenarios[0].monte_carlo.seed, f"class/{unique}"),
        per_side=_whole(asked["per_side"], "students a side"),
        seconds=seconds or None,
        early=asked["early"],
        homework=asked["mode"] == "homework",
        seats=MOST_SEATS,
    )


def _half(written: Mapping[str, str], scenario: Scenario) -> Half:
    known = regime_names(scenario)
    regime = written["regime"].strip() or known[0]
    if regime not in known:
        refuse(422, f"{scenario.scenario} has no regime “{regime}”: write one of {', '.join(known)}")
    acting = [name for name, actor in scenario.actors.items() if actor.actions]
    sides = [each.strip() for each in written["sides"].split(",") if each.strip()] or acting
    for side in sides:
        if side not in acting:
            refuse(422, f"{scenario.scenario} has nobody “{side}” who acts: write some of {', '.join(acting)}")
    assert scenario.document is not None
    return Half(scenario.scenario, flattened(scenario.document), regime, tuple(dict.fromkeys(sides)))


def _whole(word: str, what: str) -> int:
    if not word.isdecimal() or len(word) > 6:
        refuse(422, f"{what}: write a whole number")
    return int(word)


def problems(error: DetenteError) -> list[str]:
    """Return what is wrong with a scenario, fault by fault."""
    return [str(fault) for fault in error.faults[:20]]
