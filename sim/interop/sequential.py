"""A scenario as a PettingZoo ``AECEnv``: seats decide one after the other. Made by ``sim.interop.environments.env``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pettingzoo import AECEnv

from sim.interop.episodes import Episodes, Seen
from sim.interop.spaces import Table


class Sequential(Table, AECEnv):  # type: ignore[misc]
    """The seat in ``agent_selection`` is the one that the run asks. Once the run is over, each seat steps with None."""

    def __init__(self, episodes: Episodes, render_mode: str | None = None) -> None:
        Table.__init__(self, episodes, render_mode)

    def reset(self, seed: int | None = None, options: Mapping[str, Any] | None = None) -> None:
        """Begin the next run, or run 0 of a seed; ``options={"run": K}`` begins run K. Raises ``RunError``."""
        self.episodes.begin(seed, options)
        self.agents = self.possible_agents[:]
        self.rewards: dict[str, float] = dict.fromkeys(self.agents, 0.0)
        self._cumulative_rewards: dict[str, float] = dict.fromkeys(self.agents, 0.0)
        self.terminations: dict[str, bool] = dict.fromkeys(self.agents, False)
        self.truncations: dict[str, bool] = dict.fromkeys(self.agents, False)
        self.infos: dict[str, dict[str, Any]] = {name: self.episodes.info(name) for name in self.agents}
        self._skip_agent_selection: str | None = None
        self.agent_selection = str(self.episodes.run.asked)
        if self.render_mode == "human":
            self.render()

    def observe(self, agent: str) -> Seen:
        """Return what a seat sees now, whether or not it is its move."""
        return self.episodes.observation(agent)

    def step(self, action: Any) -> None:
        """Let the seat whose move it is act, and play on to the next one; after the end each seat steps with None.

        Raises:
            CommandError: there is no such action.
            RunError: an expression misbehaved, or a payoff is too large.
        """
        name = self.agent_selection
        if self.terminations[name] or self.truncations[name]:
            self._was_dead_step(action)
            return
        self.episodes.tell(action)
        self._cumulative_rewards[name] = 0.0
        self.rewards = self.episodes.rewards()
        self._accumulate_rewards()
        terminated, truncated = self.ends()
        self.terminations = dict.fromkeys(self.agents, terminated)
        self.truncations = dict.fromkeys(self.agents, truncated)
        self.infos = {each: self.episodes.info(each) for each in self.agents}
        self.agent_selection = self.episodes.run.asked or self.agents[0]
        if self.render_mode == "human":
            self.render()
