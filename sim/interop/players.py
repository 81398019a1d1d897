"""What authors of players import: Python code that plays an actor of any scenario (docs/reference/python.md).

A plug-in is a callable without arguments that makes a ``Player`` for one run of one actor; or an object of the shape of
the Axelrod library's players; or, for speed, a callable that takes a ``Game`` and an ``Actor`` and makes a ``Strategy``
for all runs at once. It is played by its name: ``module:attribute``, or an entry point of the group ``GROUP``.
"""

from __future__ import annotations

from sim.model.game import Actor, Game
from sim.model.plugins import GROUP
from sim.model.strategies.outside import Player, PlayerView
from sim.model.strategies.scene import Choice, Scene, Strategy, available, taken

__all__ = ["GROUP", "Actor", "Choice", "Game", "Player", "PlayerView", "Scene", "Strategy", "available", "taken"]
