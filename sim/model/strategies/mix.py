"""Mixed strategies: each run draws one of several strategies at its beginning and stays with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.model.game import Actor, Game
from sim.model.strategies.scene import Choice, Scene, Strategy, taken
from sim.model.world import World, drawn
from sim.scenario import schema
from sim.scenario.expressions import Expression


@dataclass(frozen=True)
class Mix:
    """Strategies and their weights; the draw is made once a run, at turn 0, at the address ``ACTOR.mix``.

    Where all weights are 0 nothing is drawn and the actor passes.
    """

    actor: Actor
    strategies: tuple[Strategy, ...]
    weights: tuple[Expression, ...]

    def choose(self, scene: Scene) -> Choice:
        """Return what each run's own strategy chooses."""
        mine = self._drawn(scene.world)[scene.world.places[scene.rows]]
        choice: Choice = {}
        for place, strategy in enumerate(self.strategies):
            mask = mine == place
            if mask.any():
                for index, chosen in strategy.choose(scene.where(mask)).items():
                    taken(choice, self.actor.actions[index], scene.spread(chosen, mask))
        return choice

    def _drawn(self, world: World) -> NDArray[np.intp]:
        if self.actor.index not in world.mixed:
            world.mixed[self.actor.index] = drawn(world, self.weights, f"{self.actor.name}.mix")
        return world.mixed[self.actor.index]


def planned(game: Game, actor: Actor, written: schema.Strategy) -> Strategy:
    """Return the strategy that draws one of its strategies once a run."""
    from sim.model.strategies import planned as planned_by_name

    mixed = written.mix or {}
    return Mix(actor, tuple(planned_by_name(game, actor, name) for name in mixed), tuple(mixed.values()))
