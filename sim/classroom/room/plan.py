"""How a room was opened: what is played in each half of the class, by whom, how fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from sim.classroom.room.refused import refuse
from sim.errors import DetenteError
from sim.model.game import Setting
from sim.play.session import Opening, opened
from sim.report.labels import without_codes
from sim.scenario.load import load_text
from sim.scenario.schema import Scenario

MOST_SEATS = 400
MOST_PER_SIDE = 20
MOST_HALVES = 2
LEAST_SECONDS, MOST_SECONDS = 5, 3600


@dataclass(frozen=True)
class Half:
    """What one half of the class plays. The text is kept, so that a room does not hang on files."""

    scenario: str
    text: str = field(repr=False)
    regime: str
    sides: tuple[str, ...]
    """The actors that students play; all others are the computer's."""
    plays: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What the computer plays instead of the regime's strategies."""

    def to_dict(self) -> dict[str, Any]:
        """Return the half as it stands in an event."""
        return {
            "scenario": self.scenario, "text": self.text, "regime": self.regime, "sides": list(self.sides),
            "plays": dict(self.plays),
        }  # fmt: skip

    @property
    def loaded(self) -> Scenario:
        """Return the scenario."""
        return _loaded(self.text, self.scenario)

    @cached_property
    def opening(self) -> Opening:
        """Return the opening that all tables of this half share, but for luck and seats. Raises ``DetenteError``."""
        plays = {actor: strategy for actor, strategy in self.plays.items() if actor not in self.sides}
        return opened(self.loaded, self.sides, Setting(self.regime, plays))

    @cached_property
    def computers(self) -> dict[str, str]:
        """Return what the computer plays for each actor with actions, where it plays it. Raises ``DetenteError``."""
        found = opened(self.loaded, self.sides[:1], Setting(self.regime))
        own = {actor.name: actor.strategy for actor in found.game.actors if actor.actions}
        return {name: self.plays.get(name) or strategy or "" for name, strategy in own.items()}


@dataclass(frozen=True)
class RoomPlan:
    """What an instructor asked for."""

    halves: tuple[Half, ...]
    title: str
    seed: int
    per_side: int = 1
    seconds: int | None = 120
    """Of a round; None: until the instructor closes it."""
    early: bool = True
    """Whether a round closes as soon as everybody has decided."""
    homework: bool = False
    """Each student plays alone against the computer, at their own pace, without an instructor."""
    seats: int = MOST_SEATS

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as it stands in an event."""
        return {
            "halves": [half.to_dict() for half in self.halves], "title": self.title, "seed": self.seed,
            "per_side": self.per_side, "seconds": self.seconds, "early": self.early, "homework": self.homework,
            "seats": self.seats,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> RoomPlan:
        """Return the plan in an event."""
        halves = tuple(Half(**{**half, "sides": tuple(half["sides"])}) for half in document["halves"])
        return cls(**{**document, "halves": halves})

    def half(self, table: int) -> Half:
        """Return what a table plays: tables belong to the halves by turns."""
        return self.halves[table % len(self.halves)]

    def run(self, table: int) -> int:
        """Return which run's luck a table has: neighbours in different halves have the same."""
        return table // len(self.halves)


def checked(plan: RoomPlan) -> RoomPlan:
    """Return a plan whose games can be played. Raises ``Refused`` 422."""
    if not 1 <= len(plan.halves) <= MOST_HALVES:
        refuse(422, "a class has one half or two")
    if not 1 <= plan.per_side <= MOST_PER_SIDE:
        refuse(422, f"1 to {MOST_PER_SIDE} students play a side")
    if not 1 <= plan.seats <= MOST_SEATS:
        refuse(422, f"a room has 1 to {MOST_SEATS} seats")
    if plan.seconds is not None and not LEAST_SECONDS <= plan.seconds <= MOST_SECONDS:
        refuse(422, f"a round lasts {LEAST_SECONDS} to {MOST_SECONDS} seconds")
    if not 0 <= plan.seed < 2**63:
        refuse(422, "the seed is a whole number from 0 to 2**63 - 1")
    for half in plan.halves:
        if not half.sides:
            refuse(422, "students have to play somebody")
        try:
            computers, acting = half.computers, half.opening
        except DetenteError as error:
            refuse(422, str(error.faults[0]))
        unplayed = [name for name in acting.seats if not computers.get(name)]
        if unplayed:
            refuse(422, f"the computer does not know what to play as {', '.join(unplayed)}")
    return plan


@lru_cache(maxsize=64)
def _loaded(text: str, name: str) -> Scenario:
    return without_codes(load_text(text, name, Path()))
