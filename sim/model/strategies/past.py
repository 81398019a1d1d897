"""The actions that actors took in the turns before this one, run by run, told from how often each was chosen."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.model.game import Actor, Game
from sim.model.world import World
from sim.scenario.arithmetic import Floats

Taken = tuple[str | None, ...]
"""Actions by turn, first to last; None where the actor passed."""


class Past:
    """What all actors did in the runs of a block until the turn before, as an actor that decides may know it."""

    def __init__(self, game: Game, actor: Actor, count: int) -> None:
        self._mine = actor.name
        self._names = {each.name: (*(action.name for action in each.actions), None) for each in game.actors}
        self._counts: list[Floats] = [np.zeros((len(each.actions), count)) for each in game.actors]
        # Who moves before this actor has acted in the current turn already, when this actor looks.
        before = () if game.order is None else game.order[: game.order.index(actor.index)]
        self._ahead: dict[int, NDArray[np.intp]] = {index: np.zeros(count, dtype=np.intp) for index in before}
        self._taken: dict[str, list[list[str | None]]] = {name: [[] for _ in range(count)] for name in self._names}

    def catch_up(self, world: World) -> None:
        """Take in the turn before: called once a turn, when the actor decides."""
        places = world.places
        for index, (name, names) in enumerate(self._names.items()):
            before, now = self._counts[index], world.chosen[index]
            latest = np.full(len(places), len(names) - 1)
            for action in range(len(names) - 1):
                latest[now[action] != before[action][places]] = action
            before[:, places] = now
            if index in self._ahead:
                held = self._ahead[index][places]
                self._ahead[index][places] = latest
                latest = held
            if world.turn:
                taken = self._taken[name]
                for place, action in zip(places.tolist(), latest.tolist(), strict=True):
                    taken[place].append(names[action])

    def of(self, place: int) -> tuple[Taken, Mapping[str, Taken]]:
        """Return what the actor itself, and what each other, did in the run at a place of the block."""
        others = {name: tuple(taken[place]) for name, taken in self._taken.items() if name != self._mine}
        return tuple(self._taken[self._mine][place]), others
