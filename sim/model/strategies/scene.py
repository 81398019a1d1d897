"""What a strategy is given when it has to choose, and what every strategy is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from sim.model.game import Action, Actor
from sim.model.situation import Situation
from sim.model.view import Mask, Rows
from sim.model.world import World
from sim.scenario.arithmetic import Floats, Formulas

Choice = dict[int, Mask]
"""In which runs (a mask) each action is taken, by the action's index; a run that passes is in none."""


@dataclass(frozen=True)
class Option:
    """An action that was weighed: its foreseen value and the probability with which it is chosen."""

    action: str
    value: float
    probability: float


class Strategy(Protocol):
    """A compiled strategy."""

    def choose(self, scene: Scene) -> Choice:
        """Return in which runs of the scene each action is taken."""
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
    def of(cls, world: World, actor: Actor) -> Scene:
        """Return the scene of an actor in all runs."""
        return cls(world, actor, world.everyone, world.situation(world.everyone).seen_through(actor.masks))

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

    def spread(self, mask: Mask, among: Mask) -> Mask:
        """Return a mask over the runs that another mask chooses as one over all runs of the scene."""
        spread = np.zeros(self.count, dtype=bool)
        spread[among] = mask
        return spread


def taken(choice: Choice, action: Action, mask: Mask) -> None:
    """Write down that an action is taken in some runs."""
    before = choice.get(action.index)
    choice[action.index] = mask if before is None else before | mask


def available(action: Action, seen: Situation, asked: Mask | None = None) -> Mask:
    """Return in which runs an action can be taken, on the state as its actor sees it; False in runs not asked about."""
    if action.forbidden:
        return np.zeros(seen.count, dtype=bool)
    if action.available is None:
        return np.ones(seen.count, dtype=bool) if asked is None else asked
    return holds(action.available, seen, asked)


def holds(condition: Formulas, seen: Situation, asked: Mask | None = None) -> Mask:
    """Return in which runs a condition holds; False in runs not asked about."""
    true = seen.read_one(condition, asked)
    return np.broadcast_to(true, seen.count) if asked is None else np.logical_and(true, asked)
