"""Fixed strategies: always the same action, or always passing."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.game import Action, Actor, Game
from sim.model.strategies.scene import Choice, Scene, Strategy, available
from sim.scenario import schema


@dataclass(frozen=True)
class Fixed:
    """Always one action; passes where it is not available."""

    action: Action

    def choose(self, scene: Scene) -> Choice:
        """Return the action wherever it is available."""
        return {self.action.index: available(self.action, scene.seen)}


@dataclass(frozen=True)
class Passing:
    """Never acts: the strategy of an actor without actions."""

    def choose(self, scene: Scene) -> Choice:
        """Return that every run passes."""
        return {}


def told_to(action: Action | None) -> Strategy:
    """Return the strategy of an actor that is told from outside what to do this turn; None passes."""
    return Passing() if action is None else Fixed(action)


def planned(game: Game, actor: Actor, written: schema.Strategy) -> Strategy:
    """Return the strategy that always takes the action named."""
    if written.action is None:
        raise AssertionError("a fixed strategy without an action")
    return Fixed(actor.action(written.action))
