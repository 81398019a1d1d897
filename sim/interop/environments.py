"""PettingZoo environments of any scenario: ``parallel_env`` steps all seats at once, ``env`` one after the other.

The interfaces: Terry et al., "PettingZoo: Gym for multi-agent reinforcement learning", NeurIPS 34 (2021). What an
observation, an action and a reward are stands in ``sim.interop.episodes``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import CommandError, Fault, Place, expected_one_of, quoted
from sim.interop.episodes import Episodes
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.interop.parallel import Parallel

RENDER_MODES = ("ansi", "human")
"""A text that ``render()`` returns, or one that is printed after every step."""


def parallel_env(
    scenario: Scenario | str | Path,
    actors: str | Sequence[str] | None = None,
    regime: str | None = None,
    play: Mapping[str, str] | None = None,
    set: Mapping[str, float] | None = None,  # noqa: A002
    seed: int | None = None,
    render_mode: str | None = None,
) -> Parallel:
    """Return a scenario as a PettingZoo ``ParallelEnv``: all seats decide on what they see as the turn begins.

    >>> from sim.interop.environments import parallel_env
    >>> table = parallel_env("inf-2018", "nato", regime="open")
    >>> seen, infos = table.reset(seed=1)
    >>> wait = table.action_names("nato").index("hold")
    >>> seen, rewards, terminated, truncated, infos = table.step({"nato": wait})
    >>> infos["nato"]["played"], infos["nato"]["payoff"] == rewards["nato"]
    ('hold', True)

    Args:
        scenario: a scenario, the path of its file, or the name of a shipped one.
        actors: who the caller controls: a name or several (default: all that have actions and are not in ``play``).
        regime: the regime (default: the first).
        play: what the other actors play, by actor (default: what the regime says).
        set: values of parameters instead of the scenario's, by parameter.
        seed: where luck comes from until ``reset`` is given another one (default: the scenario's seed).
        render_mode: ``ansi``, ``human`` or None.

    Raises:
        CommandError: pettingzoo is not installed, a name is unknown, or a seat is also said to play a strategy.
        ScenarioError: the scenario's file is faulty.
    """
    _pettingzoo()
    from sim.interop.parallel import Parallel

    return Parallel(Episodes(scenario, actors, regime, play, set, seed), _render_mode(render_mode))


def env(
    scenario: Scenario | str | Path,
    actors: str | Sequence[str] | None = None,
    regime: str | None = None,
    play: Mapping[str, str] | None = None,
    set: Mapping[str, float] | None = None,  # noqa: A002
    seed: int | None = None,
    render_mode: str | None = None,
) -> Any:
    """Return a scenario as a PettingZoo ``AECEnv``: seats decide one after the other, as they are asked.

    Where the scenario's actors move in an order, a later one sees what an earlier one has done in that turn; where they
    move at once, none does. It wears PettingZoo's ``OrderEnforcingWrapper``. For arguments and errors see
    ``parallel_env``.

    >>> from sim.interop.environments import env
    >>> table = env("classics/false-alarms", regime="careful", seed=3)
    >>> table.reset()
    >>> for actor in table.agent_iter():
    ...     seen, reward, terminated, truncated, info = table.last()
    ...     table.step(None if terminated or truncated else 1)
    >>> table.agents
    []
    """
    _pettingzoo()
    from pettingzoo.utils.wrappers import OrderEnforcingWrapper

    from sim.interop.sequential import Sequential

    episodes = Episodes(scenario, actors, regime, play, set, seed)
    return OrderEnforcingWrapper(Sequential(episodes, _render_mode(render_mode)))


def _pettingzoo() -> None:
    """Check that PettingZoo is there. Raises ``CommandError`` where it is not installed."""
    try:
        import_module("pettingzoo")
    except ImportError:
        problem = "environments for learning need pettingzoo, which is not installed"
        remedy = 'install it: python3 -m pip install "detente[rl]"'
        raise CommandError(Fault(Place("command line"), "RL", problem, remedy)) from None


def _render_mode(mode: str | None) -> str | None:
    if mode is not None and mode not in RENDER_MODES:
        remedy = expected_one_of(str(mode), RENDER_MODES, "render mode")
        raise CommandError(Fault(Place("command line"), "RENDER-MODE", f"unknown render mode {quoted(mode)}", remedy))
    return mode
