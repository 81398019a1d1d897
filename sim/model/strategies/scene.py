"""What a strategy is given when it has to choose, and what every strategy is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.model.game import Action, Actor
from sim.model.situation import Situation
from sim.model.view import Mask, Rows
from sim.model.world import World
from sim.scenario.arithmetic import Floats

Choice = NDArray[np.intp]
"""The index of an action for each run, or -1 for passing."""


@dataclass(frozen=True)
class Option:
    """An action that was weighed: its foreseen value and the probability with which it is chosen."""

    action: str
    value: float
    probability: float


class Strategy(Protocol):
    """A compiled strategy."""

    def choose(self, scene: Scene) -> Choice:
        """Return the action that each run of the scene takes."""
        ...


@dataclass(frozen=True)
class Scene:
    """Some runs in which an actor has to choose now, as it sees them."""

    world: World
    actor: Actor
    rows: Rows
    seen: Situation
    """The state through the actor's eyes."""
    options: list[Option] = field(default_factory=list)
    """Filled by a weighing strategy when a single run is followed."""
    luck: list[str] = field(default_factory=list)
    """The addresses whose luck entered the choice."""

    @classmethod
    def of(cls, world: World, actor: Actor, rows: Rows) -> Scene:
        """Return the scene of an actor in some runs."""
        return cls(world, actor, rows, world.situation(rows).seen_through(actor.masks))

    @property
    def count(self) -> int:
        """Return how many runs there are."""
        return len(self.rows)

    def where(self, mask: Mask) -> Scene:
        """Return the scene of the runs that a mask chooses."""
        if mask.all():
            return self
        return replace(self, rows=self.rows[mask], seen=self.seen.where(mask))

    def number(self) -> Floats:
        """Return the luck with which this turn's choice is drawn."""
        address = f"{self.actor.name}.decision"
        self.luck.append(address)
        return self.world.draw(address, self.rows)

    def passing(self) -> Choice:
        """Return a choice in which every run passes."""
        return np.full(self.count, -1, dtype=np.intp)


def available(action: Action, seen: Situation) -> Mask:
    """Return in which runs an action can be taken, on the state as its actor sees it."""
    if action.forbidden:
        return np.zeros(seen.count, dtype=bool)
    if action.available is None:
        return np.ones(seen.count, dtype=bool)
    return np.broadcast_to(np.not_equal(seen.read_one(action.available), 0.0), seen.count)
