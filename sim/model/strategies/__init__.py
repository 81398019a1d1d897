"""How actors choose: one file a kind, one table of kinds; and players from outside, which no scenario file can name.

``planned`` compiles the strategy an actor plays; ``choose`` then answers for any number of runs at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sim.model.game import Actor, Game
from sim.model.strategies import fixed, mix, outside, rules, script, weigh
from sim.model.strategies.fixed import told_to
from sim.model.strategies.scene import Option, Scene, Strategy
from sim.scenario import schema

__all__ = ["KINDS", "Option", "Scene", "Strategy", "planned", "told_to"]

KINDS: Mapping[str, Callable[[Game, Actor, schema.Strategy], Strategy]] = {
    "action": fixed.planned,
    "rules": rules.planned,
    "script": script.planned,
    "mix": mix.planned,
    "weigh": weigh.planned,
}
"""Every kind of strategy, by the key that writes it in a scenario."""


def planned(game: Game, actor: Actor, name: str | None = None) -> Strategy:
    """Return an actor's strategy of a name (default: the one in use), compiled; an actor without actions passes.

    Raises ``CommandError`` for a plug-in that cannot be played.
    """
    name = name or actor.strategy
    if name is None:
        return fixed.Passing()
    written = actor.part.strategies.get(name)
    if written is not None:
        return KINDS[written.kind](game, actor, written)
    if name in actor.part.actions:
        return fixed.Fixed(actor.action(name))
    return outside.planned(game, actor, name)
