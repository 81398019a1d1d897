"""A scenario as a PettingZoo ``ParallelEnv``. Made by ``sim.interop.environments.parallel_env``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pettingzoo import ParallelEnv

from sim.errors import CommandError, Fault, Place
from sim.interop.episodes import Episodes, Seen
from sim.interop.spaces import Table


class Parallel(Table, ParallelEnv):  # type: ignore[misc]
    """All seats decide on what they see as the turn begins, and are told to the run in the order of their moves.

    Where actors move in an order, a later seat therefore does not see what an earlier one does in that turn, as it does
    in ``Sequential``; and an action that the earlier move has closed to it is taken as a pass.
    """

    def __init__(self, episodes: Episodes, render_mode: str | None = None) -> None:
        Table.__init__(self, episodes, render_mode)

    def reset(
        self, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Seen], dict[str, dict[str, Any]]]:
        """Begin the next run, or run 0 of a seed; ``options={"run": K}`` begins run K. Raises ``RunError``."""
        self.episodes.begin(seed, options)
        self.agents = self.possible_agents[:]
        if self.render_mode == "human":
            self.render()
        return self._observed(), self._infos()

    def step(
        self, actions: Mapping[str, Any]
    ) -> tuple[dict[str, Seen], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]]:
        """Play a turn: an action for every seat; after the end nothing happens and everything is empty.

        Raises:
            CommandError: a seat has no action, or one that there is not.
            RunError: an expression misbehaved, or a payoff is too large.
        """
        if not self.agents:
            return {}, {}, {}, {}, {}
        missing = [name for name in self.agents if name not in actions]
        if missing:
            problem = f"there is no action for '{missing[0]}'"
            raise CommandError(Fault(Place("command line"), "ACTION", problem, "write 0 to pass"))
        wishes = {name: self.episodes.checked(name, wish) for name, wish in actions.items()}
        for _ in self.agents:
            self.episodes.tell(wishes[str(self.episodes.run.asked)])
        rewards = self.episodes.rewards()
        terminated, truncated = self.ends()
        answer = (
            self._observed(),
            rewards,
            dict.fromkeys(self.agents, terminated),
            dict.fromkeys(self.agents, truncated),
            self._infos(),
        )
        if terminated or truncated:
            self.agents = []
        if self.render_mode == "human":
            self.render()
        return answer

    def _observed(self) -> dict[str, Seen]:
        return {name: self.episodes.observation(name) for name in self.agents}

    def _infos(self) -> dict[str, dict[str, Any]]:
        return {name: self.episodes.info(name) for name in self.agents}
