"""Mixed strategies: each run draws one of several strategies at its beginning and stays with it."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.game import Actor, Game
from sim.model.strategies.scene import Choice, Scene, Strategy
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
        mine = self._drawn(scene.world)[scene.rows]
        chosen = scene.passing()
        for place, strategy in enumerate(self.strategies):
            mask = mine == place
            if mask.any():
                chosen[mask] = strategy.choose(scene.where(mask))
        return chosen

    def _drawn(self, world: World) -> Choice:
        if self.actor.index not in world.mixed:
            world.mixed[self.actor.index] = drawn(world, self.weights, f"{self.actor.name}.mix")
        return world.mixed[self.actor.index]


def planned(game: Game, actor: Actor, written: schema.Strategy) -> Strategy:
    """Return the strategy that draws one of its strategies once a run."""
    from sim.model.strategies import planned as planned_by_name

    mixed = written.mix or {}
    return Mix(actor, tuple(planned_by_name(game, actor, name) for name in mixed), tuple(mixed.values()))
