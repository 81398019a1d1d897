"""Scripted strategies: one action a turn, the last entry repeating."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.game import Action, Actor, Game
from sim.model.strategies.fixed import Fixed
from sim.model.strategies.scene import Choice, Scene, Strategy
from sim.scenario import schema


@dataclass(frozen=True)
class Script:
    """A list of actions, taken turn by turn; passes where the turn's action is not available."""

    actions: tuple[Action, ...]

    def choose(self, scene: Scene) -> Choice:
        """Return this turn's action."""
        return Fixed(self.actions[min(scene.world.turn, len(self.actions) - 1)]).choose(scene)


def planned(game: Game, actor: Actor, written: schema.Strategy) -> Strategy:
    """Return the strategy that follows the script."""
    return Script(tuple(actor.action(name) for name in written.script or ()))
