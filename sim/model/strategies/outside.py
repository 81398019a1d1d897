"""Players from outside: Python code that plays an actor, one player a run, or one strategy for all runs at once.

A player is made anew for every run and asked once a turn, so that what it remembers is of that run alone. What it is
told is a ``PlayerView``; the luck in it is that of the address ``ACTOR.decision``, as for every other strategy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.errors import expected_one_of, quoted
from sim.model.game import Actor, Game
from sim.model.plugins import Plugin, found, is_axelrod_shaped, refused, told
from sim.model.strategies import axelrod_shape
from sim.model.strategies.past import Past, Taken
from sim.model.strategies.scene import Choice, Scene, Strategy, available
from sim.model.world import World
from sim.scenario import schema

TOGETHER = 1024
"""Runs with a player each that are played together at most: every one of them remembers its past."""

_PASSES = -1

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class PlayerView:
    """What a player knows when it has to decide."""

    actor: str
    """Whom it plays."""
    turn: int
    """The current turn, from 1."""
    turns: int
    """How many turns the clock has; a run may end before."""
    seen: Mapping[str, float]
    """The state as the actor sees it: every variable, with what it appears to be."""
    parameters: Mapping[str, float]
    """Every parameter, with its value."""
    open: tuple[str, ...]
    """The actions that it can take now, in the order of the scenario."""
    mine: Taken
    """The actions that it took in earlier turns, first to last; None where it passed."""
    others: Mapping[str, Taken]
    """The same of each other actor."""
    number: float
    """This turn's luck, uniform in [0, 1): for a player that chooses at random."""


class Player(Protocol):
    """Plays one actor in one run."""

    def decide(self, view: PlayerView) -> str | None:
        """Return the name of an action, or None to pass; an action that is not open counts as passing."""
        ...


def is_outside(actor: Actor) -> bool:
    """Say whether an actor is played by a plug-in."""
    return actor.strategy is not None and not (
        actor.strategy in actor.part.strategies or actor.strategy in actor.part.actions
    )


def check(name: str, scenario: schema.Scenario, actor: str) -> None:
    """Raise ``CommandError`` unless a name means a plug-in that can play an actor: one player is made to see."""
    plugin = found(name)
    if not plugin.takes_game:
        _player(plugin, scenario, actor)


def planned(game: Game, actor: Actor, name: str) -> Strategy:
    """Return the strategy of an actor that a plug-in plays. Raises ``CommandError``."""
    plugin = found(name)
    if not plugin.takes_game:
        return OneByOne(plugin, game, actor)
    made = _made(plugin, actor.name, game, actor)
    if not callable(getattr(made, "choose", None)):
        remedy = "what takes a game and an actor has to return an object with choose(scene)"
        raise refused(f"{quoted(name)} made a {type(made).__name__}, which does not choose", remedy)
    return AllAtOnce(plugin, made)


def _player(plugin: Plugin, scenario: schema.Scenario, actor: str) -> Player:
    made = _made(plugin, actor)
    if callable(getattr(made, "decide", None)):
        return made  # type: ignore[no-any-return]
    if is_axelrod_shaped(made):
        axelrod_shape.check(plugin.name, made, scenario)
        return axelrod_shape.AxelrodShaped(made, scenario, actor)
    remedy = "a player has decide(view), or strategy(opponent) and history as in the Axelrod library"
    raise refused(f"{quoted(plugin.name)} made a {type(made).__name__}, which is no player", remedy)


def _made(plugin: Plugin, actor: str, *given: Any) -> Any:
    return _guarded(
        lambda: plugin.made(*given), lambda problem: f"{quoted(plugin.name)} makes no player for {actor}: {problem}"
    )


def _guarded(call: Callable[[], _T], words: Callable[[str], str]) -> _T:
    """Call somebody else's code; what it raises becomes one line. Raises ``CommandError``."""
    try:
        return call()
    except MemoryError:
        raise
    except axelrod_shape.Unplayable as error:
        raise refused(words(str(error)), "play another here") from None
    except (Exception, SystemExit) as error:
        raise refused(words(f"fails: {told(error)}"), "mend the plug-in") from error


class OneByOne:
    """Asks a player of its own for each run. Belongs to one block of runs, all of which it meets in the first turn."""

    def __init__(self, plugin: Plugin, game: Game, actor: Actor) -> None:
        self._plugin, self._game, self._actor = plugin, game, actor
        self._indices = {action.name: action.index for action in actor.actions}
        self._variables = [variable.name for variable in game.variables]
        self._players: list[Player] = []
        self._opened: dict[bytes, tuple[str, ...]] = {}
        self._parameters: dict[int, Mapping[str, float]] = {}

    def choose(self, scene: Scene) -> Choice:
        """Return what each run's player decides."""
        world, actor = scene.world, self._actor
        if not self._players:
            self._past = Past(self._game, actor, scene.count)
            self._players = [_player(self._plugin, self._game.scenario, actor.name) for _ in range(scene.count)]
        self._past.catch_up(world)
        can = np.stack([available(action, scene.seen) for action in actor.actions], axis=1)
        state = [np.broadcast_to(scene.seen.state[row], scene.count) for row in range(len(self._variables))]
        states = np.stack(state, axis=1).tolist() if state else [[]] * scene.count
        numbers = scene.number().tolist()
        chosen = np.full(scene.count, _PASSES, dtype=np.intp)
        for row, place in enumerate(world.places.tolist()):
            mine, others = self._past.of(place)
            view = PlayerView(
                actor=actor.name,
                turn=world.turn + 1,
                turns=self._game.turns,
                seen=dict(zip(self._variables, states[row], strict=True)),
                parameters=self._given(place),
                open=self._open(can[row]),
                mine=mine,
                others=others,
                number=numbers[row],
            )
            index = self._decided(world, row, self._players[place], view)
            if index != _PASSES and can[row, index]:
                chosen[row] = index
        return {index: chosen == index for index in np.unique(chosen[chosen != _PASSES]).tolist()}

    def _decided(self, world: World, row: int, player: Player, view: PlayerView) -> int:
        def where(problem: str) -> str:
            run = int(world.runs[row])
            return f"{quoted(self._plugin.name)}, playing {view.actor} in run {run}, turn {view.turn}, {problem}"

        word = _guarded(lambda: player.decide(view), where)
        if word is None:
            return _PASSES
        if not isinstance(word, str) or word not in self._indices:
            problem = where(f"decides {quoted(word)}, which is no action of {view.actor}")
            raise refused(problem, expected_one_of(str(word), self._indices, "action"))
        return self._indices[word]

    def _open(self, can: NDArray[np.bool_]) -> tuple[str, ...]:
        key = can.tobytes()
        if key not in self._opened:
            self._opened[key] = tuple(name for name, index in self._indices.items() if can[index])
        return self._opened[key]

    def _given(self, place: int) -> Mapping[str, float]:
        """Return the parameters of the run at a place."""
        place = place if self._game.varied else 0
        if place not in self._parameters:
            values = (float(value[place] if np.ndim(value) else value) for value in self._game.parameters)  # type: ignore[index]
            self._parameters[place] = MappingProxyType(dict(zip(self._game.vocabulary.parameters, values, strict=True)))
        return self._parameters[place]


@dataclass(frozen=True)
class AllAtOnce:
    """Asks one strategy for all runs, and checks what it answers."""

    plugin: Plugin
    strategy: Strategy

    def choose(self, scene: Scene) -> Choice:
        """Return what the strategy chooses, where it is available. Raises ``CommandError``."""
        world, actor = scene.world, scene.actor

        def where(problem: str) -> str:
            among = f"runs {world.runs.min()} to {world.runs.max()}" if scene.count > 1 else f"run {world.runs[0]}"
            return f"{quoted(self.plugin.name)}, playing {actor.name} in {among}, turn {world.turn + 1}, {problem}"

        answer = _guarded(lambda: self.strategy.choose(scene), where)
        choice: Choice = {}
        free = np.ones(scene.count, dtype=bool)
        for index, mask in sorted(_guarded(lambda: dict(answer).items(), where)):
            fits = isinstance(mask, np.ndarray) and mask.dtype == np.bool_ and mask.shape == (scene.count,)
            if index not in range(len(actor.actions)) or not fits:
                problem = where("chooses what is no mask of runs by the index of an action")
                raise refused(problem, "map indices of actions to arrays of bool, one for each run of the scene")
            if not free[mask].all():
                raise refused(where("takes two actions in one run"), "let the masks of actions not overlap")
            free &= ~mask
            choice[index] = mask & available(actor.actions[index], scene.seen)
        return choice
