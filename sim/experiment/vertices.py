"""Equilibria by vertex enumeration, each solved again from its supports and checked for profitable deviations."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from sim.errors import CommandError, Fault, Place
from sim.experiment.dominance import own, tolerance
from sim.experiment.supports import Supports, solved
from sim.scenario.arithmetic import Floats

MOST = 16
"""Strategies of both sides together up to which equilibria are enumerated: 8 a side take seconds."""

_REGRET = 1e-7
"""What a side may gain by leaving an equilibrium, as a share of its payoffs' range, by rounding."""

_TINY = 1e-8
"""What vertices leave of a probability that is nought."""

_APART = 1e-6
"""Equilibria whose probabilities differ by less are one."""


def enumerated(game: Floats) -> tuple[list[tuple[Floats, Floats]], bool]:
    """Return all equilibria of a game (2, rows, columns) - corners if it is degenerate - and whether these are all.

    They are not known to be all if an answer of the enumeration failed the check.

    Raises:
        CommandError: nashpy is not installed.
    """
    if 1 in game.shape[1:]:
        return _of_one_chooser(game), True
    found: list[tuple[Floats, Floats]] = []
    complete = True
    rows, columns = _positive(own(game, 0)), _positive(own(game, 1)).T
    for first, second in nashpy().Game(rows, columns).vertex_enumeration():
        pair = _exact(game, (np.asarray(first, float), np.asarray(second, float)))
        if not sound(game, pair):
            complete = False
        elif not any(_apart(pair, other) < _APART for other in found):
            found.append(pair)
    return found, complete and bool(found)


def regrets(game: Floats, pair: tuple[Floats, Floats]) -> tuple[float, float]:
    """Return what each side would gain by its best reply instead of what it plays; 0 or more."""
    values = own(game, 0) @ pair[1], own(game, 1) @ pair[0]
    first, second = (max(0.0, float(each.max() - each @ mine)) for each, mine in zip(values, pair, strict=True))
    return first, second


def sound(game: Floats, pair: tuple[Floats, Floats]) -> bool:
    """Say whether probabilities are an equilibrium: they are probabilities, and nobody gains by leaving."""
    proper = all(np.all(each >= 0.0) and abs(float(each.sum()) - 1.0) < _TINY for each in pair)
    limits = [max(_REGRET * float(np.ptp(own(game, side))), tolerance(game, side)) for side in (0, 1)]
    return proper and all(gain <= limit for gain, limit in zip(regrets(game, pair), limits, strict=True))


def _of_one_chooser(game: Floats) -> list[tuple[Floats, Floats]]:
    """Return the equilibria of a game in which one side has one strategy: the best replies of the other."""
    side = 0 if game.shape[2] == 1 else 1
    values = own(game, side)[:, 0]
    best = np.flatnonzero(values >= values.max() - tolerance(game, side))
    replies = np.eye(len(values))[best]
    return [(reply, np.ones(1)) if side == 0 else (np.ones(1), reply) for reply in replies]


def _positive(mine: Floats) -> Floats:
    """Return payoffs from 1 to 2 with the same best replies: what differs only by the other side's choice is gone."""
    low = mine - mine.min(axis=0)
    positive: Floats = 1.0 + low / (float(low.max()) or 1.0)
    return positive


def _exact(game: Floats, pair: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    supports: Supports = (
        tuple(map(int, np.flatnonzero(pair[0] > _TINY))),
        tuple(map(int, np.flatnonzero(pair[1] > _TINY))),
    )
    answer = solved(game[np.newaxis], supports, pair)
    if not answer.holds[0]:
        return pair
    first, second = (np.clip(each[0], 0.0, None) for each in answer.probabilities)
    return first / first.sum(), second / second.sum()


def _apart(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> float:
    return max(float(np.abs(mine - theirs).max()) for mine, theirs in zip(one, other, strict=True))


def nashpy() -> Any:
    """Return the nashpy package. Raises ``CommandError`` where it is not installed."""
    try:
        return import_module("nashpy")
    except ImportError:
        problem = "equilibria need nashpy, which is not installed"
        remedy = 'install it: python3 -m pip install "detente[analysis]"'
        raise CommandError(Fault(Place("command line"), "ANALYSIS", problem, remedy)) from None
