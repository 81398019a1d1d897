"""How many runs went, turn by turn: where the middle of them stood, how far they spread, what was done and what struck.

The first runs of an ensemble are played again from the same luck and summed up as each turn ends, so that memory holds
one turn of them, however long the game.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.engine.history import Moment, beginning, history
from sim.experiment.plan import Plan
from sim.model.game import Game
from sim.model.strategies.outside import TOGETHER, is_outside
from sim.scenario.arithmetic import Floats

MOST = 2000
"""Most runs that are looked at: enough for bands that hardly move with more."""

TELLING = 0.02
"""The share of runs below which those that came to a turn are too few to tell what is done in it."""

FEW = 256
"""Runs that are enough for a line of a few characters."""

_LEAST, _WORK = 100, 1_000_000
"""Runs that are looked at of a long game, and about how many turns of runs are played in all."""

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The shares of runs that lie at or below each band's edge: the middle 90 % and 50 %, and the median between them."""

MEDIAN = SHARES.index(0.5)


@dataclass(frozen=True, eq=False)
class Courses:
    """The course of some runs. A run that ended early stays in the bands as it was at its end."""

    game: Game
    runs: int
    """The first so many."""
    state: Floats
    """(shares, variables, turns + 1): the state before the first turn and at the end of each; values that runs have."""
    means: Floats
    """(variables, turns + 1): the mean over the runs."""
    payoffs: Floats
    """(shares, actors, turns + 1): what actors have come to so far (payoff units, discounted), 0 before the first."""
    chosen: tuple[Floats, ...]
    """One an actor, (actions + 1, turns): shares of runs played in that turn, the last that of passing; else nan."""
    strikes: Floats
    """(hazards, turns): the share of the runs played in that turn in which it struck; nan where none was."""
    played: Floats
    """(turns): the share of all runs that came to that turn."""
    binary: tuple[bool, ...]
    """For each variable whether it is a switch, 0 or 1 and nothing else: its mean is then a share of runs."""

    @property
    def length(self) -> int:
        """Return the number of turns to which any run came: after them nothing happens."""
        return int(np.count_nonzero(self.played))

    @property
    def telling(self) -> int:
        """Return the number of turns to which enough runs came for a share of them to say anything."""
        return int(np.count_nonzero(self.played >= min(TELLING, self.played[0])))

    def row(self, variable: str) -> int:
        """Return the row of a state variable."""
        return [each.name for each in self.game.variables].index(variable)

    def moves(self, row: int) -> bool:
        """Say whether a variable changes in the course of time; one that only luck sets at the start does not."""
        bands, means = self.state[:, row], self.means[row]
        # A mean over runs that do not change is summed up to the same number each time.
        return bool(np.ptp(bands, axis=1).any() or np.ptp(means) > 0.0)


def how_many(game: Game, plan: Plan, most: int = MOST) -> int:
    """Return how many of the runs of a plan are looked at: fewer of a long game, and of one with outside players."""
    together = TOGETHER if any(is_outside(actor) for actor in game.actors) else MOST
    return min(plan.runs, most, together, max(_LEAST, _WORK // game.turns))


def courses_of(game: Game, plan: Plan, most: int = MOST) -> Courses:
    """Play the first runs of a plan again, at most so many, and return their course.

    Raises:
        RunError: an expression misbehaves.
        CommandError: a player from outside does.
    """
    runs = how_many(game, plan, most)
    found = _Found(game, beginning(game, plan.seed, 0, runs))
    for moment in history(game, plan.seed, 0, runs):
        found.add(moment)
    return found.courses(runs)


@dataclass
class _Found:
    """What is known of the turns so far."""

    game: Game
    start: Floats
    """(variables, runs)"""
    state: list[Floats] = field(default_factory=list)
    means: list[Floats] = field(default_factory=list)
    payoffs: list[Floats] = field(default_factory=list)
    chosen: list[list[Floats]] = field(default_factory=list)
    strikes: list[Floats] = field(default_factory=list)
    played: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.binary = np.array([(each.low, each.high) == (0.0, 1.0) for each in self.game.variables], dtype=bool)
        self._look(self.start)
        self.payoffs.append(np.zeros((len(SHARES), len(self.game.actors))))

    def _look(self, state: Floats) -> None:
        self.state.append(_bands(state))
        self.means.append(state.mean(axis=1))
        self.binary &= ((state == 0.0) | (state == 1.0)).all(axis=1)

    def add(self, moment: Moment) -> None:
        """Add a turn."""
        self._look(moment.state)
        self.payoffs.append(_bands(moment.payoffs))
        here = int(moment.played.sum())
        self.played.append(here / len(moment.played))
        shares = []
        for actor, actions in zip(self.game.actors, moment.actions, strict=True):
            taken = actions[moment.played]
            counts = [int((taken == place).sum()) for place in range(len(actor.actions))]
            shares.append(_shares([*counts, here - sum(counts)], here))
        self.chosen.append(shares)
        self.strikes.append(_shares(moment.strikes[:, moment.played].sum(axis=1).tolist(), here))

    def courses(self, runs: int) -> Courses:
        """Return the courses; once all runs have ended, everything stays as it was."""
        game = self.game
        left = game.turns - len(self.played)
        actors = range(len(game.actors))
        return Courses(
            game=game,
            runs=runs,
            state=_over(self.state, self.state[-1], left),
            means=_over(self.means, self.means[-1], left),
            payoffs=_over(self.payoffs, self.payoffs[-1], left),
            chosen=tuple(
                _over([turn[actor] for turn in self.chosen], np.full_like(self.chosen[0][actor], np.nan), left)
                for actor in actors
            ),
            strikes=_over(self.strikes, np.full_like(self.strikes[0], np.nan), left),
            played=np.array([*self.played, *[0.0] * left]),
            binary=tuple(bool(each) for each in self.binary),
        )


def _bands(values: Floats) -> Floats:
    """Return, for each row (rows, runs), values that runs have: (shares, rows)."""
    places = [max(int(np.ceil(share * values.shape[1])) - 1, 0) for share in SHARES]
    if not len(values):
        return np.zeros((len(SHARES), 0))
    # Adding 0.0 turns -0.0 into 0.0.
    return np.array(np.partition(values, places, axis=1)[:, places].T) + 0.0


def _shares(counts: list[int], of: int) -> Floats:
    return np.array(counts, dtype=np.float64) / of if of else np.full(len(counts), np.nan)


def _over(turns: list[Floats], last: Floats, left: int) -> Floats:
    """Return turns along the last axis, with so many more that are like the last one."""
    return np.stack([*turns, *[last] * left], axis=-1)
