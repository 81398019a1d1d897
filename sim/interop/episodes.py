"""Runs of a scenario, one after the other, in which some actors are told what to do: what environments are made of.

An observation is the state as an actor sees it and the turn (from 1), with a mask of what it can do; an action is a
whole number, 0 for passing and then the actor's actions in their order; a reward is what its payoff has grown by since
its last one. Nothing here needs a library for learning.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.stepping import Stepped
from sim.errors import CommandError, Fault, Place, expected_one_of, quoted
from sim.experiment.plan import planned_for
from sim.model.compiling import compiled, unknown
from sim.model.game import Actor, Setting
from sim.report.numbers import number as figure
from sim.scenario.arithmetic import Floats
from sim.scenario.schema import Scenario
from sim.scenario.shipped import load_found

PASS = "pass"
"""What action 0 is called; no action of a scenario can have this name."""

COLUMNS = 80
"""Characters in a line of what is rendered."""

Seen = dict[str, NDArray[Any]]
"""An observation: ``observation`` (variables and turn) and ``action_mask`` (passing and actions)."""


class Episodes:
    """A scenario under a regime, its actors in ``seats`` told from outside, played run after run.

    Args:
        scenario: a scenario, the path of its file, or the name of a shipped one.
        actors: who is told what to do: a name or several (default: all that have actions and are not in ``play``).
        regime: the regime (default: the first).
        play: what the others play, by actor (default: what the regime says).
        parameters: values of parameters instead of the scenario's.
        seed: where luck comes from (default: the scenario's).

    Raises:
        CommandError: a name is unknown, a number is none, or a seat is also said to play a strategy.
        ScenarioError: the scenario's file is faulty.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path,
        actors: str | Sequence[str] | None = None,
        regime: str | None = None,
        play: Mapping[str, str] | None = None,
        parameters: Mapping[str, float] | None = None,
        seed: int | None = None,
    ) -> None:
        scenario = scenario if isinstance(scenario, Scenario) else load_found(scenario)
        self.game = compiled(scenario, Setting(regime, dict(play or {}), dict(parameters or {})))
        self.seed = planned_for(scenario, 1, seed).seed
        self.seats = self._seats([actors] if isinstance(actors, str) else actors, play or {})
        self.others = {each.name: each.strategy or PASS for each in self.game.actors if each.name not in self.seats}
        self._next = 0
        self._run: Stepped | None = None
        self._clear()

    def _seats(self, named: Sequence[str] | None, play: Mapping[str, str]) -> tuple[str, ...]:
        acting = [actor.name for actor in self.game.actors if actor.actions]
        for name in named or ():
            if name not in acting:
                raise unknown(name, acting, "actor with actions")
            if name in play:
                problem = f"{quoted(name)} is told what to do, so it cannot also play {quoted(play[name])}"
                raise _refused("PLAY", problem, "leave out one of the two")
        seats = tuple(name for name in acting if (name not in play if named is None else name in named))
        if not seats:
            raise _refused("NO-ACTORS", "there is nobody to tell what to do", expected_one_of("", acting, "actor"))
        return seats

    def _clear(self) -> None:
        self._paid = dict.fromkeys(self.seats, 0.0)
        self.taken: dict[str, str | None] = dict.fromkeys(self.seats)
        """What each seat did last: an action's name or ``pass``; None before its first move."""
        self.illegal = dict.fromkeys(self.seats, False)
        """Whether that was taken as a pass because it was not available."""

    @property
    def run(self) -> Stepped:
        """Return the run that is played. Raises ``CommandError`` before the first one."""
        if self._run is None:
            raise _refused("RESET", "no run has begun", "call reset() first")
        return self._run

    def actor(self, name: str) -> Actor:
        """Return an actor in a seat; raises ``CommandError`` for any other."""
        if name not in self.seats:
            raise unknown(name, list(self.seats), "actor that is told what to do")
        return self.game.actor(name)

    def begin(self, seed: int | None = None, options: Mapping[str, Any] | None = None) -> None:
        """Begin the next run, or run 0 of a seed. Of ``options``, ``run`` asks for another run, from 0."""
        if seed is not None:
            self.seed, self._next = planned_for(self.game.scenario, 1, seed).seed, 0
        number = _whole((options or {}).get("run", self._next))
        if not 0 <= number < 2**63:
            problem = f"there is no run {quoted((options or {}).get('run'))}"
            raise _refused("RUN", problem, "runs count from 0 to 2**63 - 1")
        self._run = Stepped(self.game, self.seed, number, self.seats, record=False)
        self._next = number + 1
        self._clear()

    def tell(self, wish: Any) -> None:
        """Let the seat that is asked take an action by its number; one that is not available is taken as a pass.

        Raises:
            CommandError: there is no action of that number, or nobody is asked.
            RunError: an expression misbehaved, or a payoff is too large.
        """
        run = self.run
        if run.asked is None:
            raise _refused("RUN-OVER", "the run is over: nobody is asked", "call reset()")
        name, number = run.asked, self.checked(run.asked, wish)
        legal = number == 0 or run.available(name)[number - 1]
        action = self.actor(name).actions[number - 1].name if number and legal else None
        self.taken[name], self.illegal[name] = action or PASS, not legal
        run.tell(action)
        if run.over:
            run.result()

    def checked(self, name: str, wish: Any) -> int:
        """Return the number of an action of a seat; raises ``CommandError`` where there is none."""
        most = len(self.actor(name).actions)
        number = _whole(wish)
        if not 0 <= number <= most:
            problem = f"{quoted(wish)} is no action of {quoted(name)}"
            raise _refused("ACTION", problem, f"write a whole number from 0 to {most}")
        return number

    def rewards(self) -> dict[str, float]:
        """Return what the payoff of each seat has grown by since this was last asked."""
        paid = {name: self.run.payoff(name) for name in self.seats}
        grown = {name: paid[name] - self._paid[name] for name in self.seats}
        self._paid = paid
        return grown

    def bounds(self, name: str) -> tuple[Floats, Floats]:
        """Return the least and the most of each number that a seat observes."""
        stands_for = dict(self.actor(name).masks)
        seen = [self.game.variables[stands_for.get(each.row, each.row)] for each in self.game.variables]
        return (
            np.array([*(each.low for each in seen), 1.0]),
            np.array([*(each.high for each in seen), float(self.game.turns)]),
        )

    def observation(self, name: str) -> Seen:
        """Return what a seat observes now; once the run is over all it can do is pass."""
        run, actor = self.run, self.actor(name)
        can = [False] * len(actor.actions) if run.over else run.available(name)
        return {
            "observation": np.append(run.observed(name), run.turn + 1.0),
            "action_mask": np.array([True, *can], dtype=np.int8),
        }

    def state(self) -> Floats:
        """Return the true state, variable by variable, and the turn."""
        return np.append(self.run.state(), self.run.turn + 1.0)

    def info(self, name: str) -> dict[str, Any]:
        """Return what is told beside: the run, its seed, what the others play, what the seat did last."""
        return {
            "run": self.run.run,
            "seed": self.seed,
            "regime": self.game.regime,
            "plays": dict(self.others),
            "played": self.taken[name],
            "illegal": self.illegal[name],
            "payoff": self._paid[name],
        }

    def text(self) -> str:
        """Return the situation in a few lines."""
        run, game = self.run, self.game
        turn = f"turn {run.turn + 1} of {game.turns}{' (over)' if run.over else ''}"
        lines = [f"{game.scenario.scenario}, {game.regime}: run {run.run} of seed {self.seed}, {turn}"]
        for actor in game.actors:
            does = f"plays {self.others[actor.name]}" if actor.name in self.others else self._did(actor.name)
            lines.append(f"  {actor.name}: payoff {figure(run.payoff(actor.name))}, {does}")
        values = zip(game.variables, run.state(), strict=True)
        shown = ", ".join(f"{variable.name} {figure(value)}" for variable, value in values)
        return "\n".join([*lines, *wrap(shown, COLUMNS, initial_indent="  ", subsequent_indent="  ")])

    def _did(self, name: str) -> str:
        done = "has not moved yet" if self.taken[name] is None else f"last: {self.taken[name]}"
        return f"{done} (its wish could not be done)" if self.illegal[name] else done


def _whole(number: Any) -> int:
    """Return a whole number of any kind as an int; -1 for what is none."""
    try:
        return operator.index(number.item() if isinstance(number, np.ndarray) and number.size == 1 else number)
    except TypeError:
        return -1


def _refused(code: str, problem: str, remedy: str) -> CommandError:
    return CommandError(Fault(Place("command line"), code, problem, remedy))
