"""What both kinds of environment have in common: spaces of observations and actions, metadata, rendering."""

from __future__ import annotations

import sys

import numpy as np
from gymnasium import spaces

from sim.interop.episodes import PASS, Episodes
from sim.scenario.arithmetic import Floats

VERSION = "v0"
"""Goes up when the same actions no longer mean the same episode."""


class Table:
    """A scenario's seats with their spaces: what ``Parallel`` and ``Sequential`` have in common."""

    def __init__(self, episodes: Episodes, render_mode: str | None) -> None:
        game = episodes.game
        self.episodes, self.render_mode = episodes, render_mode
        self.possible_agents = list(episodes.seats)
        self.agents: list[str] = []
        self.metadata = {
            "name": f"{game.scenario.scenario}_{VERSION}",
            "render_modes": ["ansi", "human"],
            "render_fps": 1,
            # Moves in an order cannot be told at once without hiding from a later seat what it would have seen.
            "is_parallelizable": game.order is None,
        }
        self.observation_spaces = {name: _observations(episodes, name) for name in episodes.seats}
        self.action_spaces = {name: spaces.Discrete(1 + len(episodes.actor(name).actions)) for name in episodes.seats}
        low, high = (
            [*(getattr(each, side) for each in game.variables), turn]
            for side, turn in (("low", 1.0), ("high", float(game.turns)))
        )
        self.state_space = spaces.Box(np.array(low), np.array(high), dtype=np.float64)

    def observation_space(self, agent: str) -> spaces.Dict:
        """Return the observations of a seat: ``observation`` within the bounds of what it sees, and ``action_mask``."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Discrete:
        """Return the actions of a seat: 0 passes, then its actions in the order of the scenario."""
        return self.action_spaces[agent]

    def action_names(self, agent: str) -> tuple[str, ...]:
        """Return what the actions of a seat are called, by their number."""
        return (PASS, *(action.name for action in self.episodes.actor(agent).actions))

    def observation_names(self) -> tuple[str, ...]:
        """Return what the numbers of an observation, and of ``state``, are called."""
        return (*(variable.name for variable in self.episodes.game.variables), "turn")

    def state(self) -> Floats:
        """Return the true state, variable by variable, and the turn."""
        return self.episodes.state()

    def render(self) -> str | None:
        """Return the situation in a few lines (``ansi``), or print it (``human``)."""
        if self.render_mode == "ansi":
            return self.episodes.text()
        if self.render_mode == "human":
            sys.stdout.write(f"{self.episodes.text()}\n")
            sys.stdout.flush()
        return None

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def ends(self) -> tuple[bool, bool]:
        """Return whether something in the run has ended it (terminated), and whether the clock has (truncated)."""
        run = self.episodes.run
        return run.over and run.ended, run.over and not run.ended


def _observations(episodes: Episodes, name: str) -> spaces.Dict:
    low, high = episodes.bounds(name)
    mask = spaces.Box(0, 1, (1 + len(episodes.actor(name).actions),), dtype=np.int8)
    return spaces.Dict({"observation": spaces.Box(low, high, dtype=np.float64), "action_mask": mask})
