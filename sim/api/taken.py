"""What questions take: who plays what, and which values parameters have."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Player = str | Callable[..., object]
"""What an actor can play: a name, or a class or function that is a plug-in (``sim.interop.players``)."""

Names = Mapping[str, Player]
Numbers = Mapping[str, float]
