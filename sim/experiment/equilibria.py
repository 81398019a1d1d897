"""All Nash equilibria of a game of two sides, how sure each is, and what they say together.

The equilibria of the estimated payoffs are the fully labelled vertices of the best-response polytopes, by nashpy's
vertex enumeration (von Stengel, in Nisan et al., Algorithmic Game Theory, 2007, chapter 3). Each is solved again from
its supports and kept only if our own arithmetic finds no profitable deviation. What luck does to them is read off a
bootstrap over runs: in how many resamples the supports still solve the game.

In a degenerate game, one with ties that the payoffs themselves make, equilibria may be infinitely many: those found
are then the corners between which the others lie.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.experiment.dominance import Dominated, Flags, alike, best_replies, dominated, own, tolerance, undominated
from sim.experiment.resamples import HOPELESS, SETTLED, factor_to_settle
from sim.experiment.supports import Supports, pure_equilibria, solved
from sim.experiment.vertices import MOST, enumerated, regrets
from sim.scenario.arithmetic import Floats

Pair = tuple[Floats, Floats]
"""Probabilities of the first side's strategies and of the second's."""

_PLAYED = 1e-8
"""A probability from which on a strategy counts as played."""

_LOOKED_AT = 8
"""Resamples whose equilibria are enumerated to learn which others than the estimate's there may be."""

_BUDGET = 40
"""Resamples that are enumerated at most for small games; large ones, whose enumeration takes seconds, get a few."""


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A pair of strategies, pure or mixed, from which neither side gains by leaving alone."""

    probabilities: Pair
    payoffs: tuple[float, float]
    regret: float
    """The most that a side could gain by leaving: rounding."""
    isolated: bool
    """Whether no other equilibrium lies arbitrarily near; where not, it is a corner of infinitely many."""
    support: float | None
    """The share of resamples in which it stays an equilibrium; None without resamples."""
    more_runs: int | None
    """How many more runs would settle it: 0 if it is settled, None if no number would, or it is not known."""

    @property
    def supports(self) -> Supports:
        """Return the strategies that each side plays."""
        rows, columns = (tuple(map(int, np.flatnonzero(each > _PLAYED))) for each in self.probabilities)
        return rows, columns

    @property
    def pure(self) -> bool:
        """Say whether each side plays one strategy."""
        return all(len(each) == 1 for each in self.supports)

    @property
    def settled(self) -> bool | None:
        """Say whether it is an equilibrium whatever luck did, in 97.5 % of resamples; None without resamples."""
        return None if self.support is None else self.support >= SETTLED


@dataclass(frozen=True)
class Possible:
    """A cell that is no equilibrium as estimated, but may be one: it is in a share of the resamples."""

    cell: tuple[int, int]
    support: float
    more_runs: int | None


@dataclass(frozen=True, eq=False)
class Found:
    """What there is to say about a game: payoffs (2, rows, columns) and, if any, resamples of them in front."""

    payoffs: Floats
    resamples: Floats | None
    runs: int
    """How many runs were averaged; 0 for payoffs that are exact."""
    alike: tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]
    """Each side's strategies in groups that come to the same in every cell; the first stands for its group."""
    kept: Supports
    """The strategies of each side that survive: one a group, and none strictly dominated, round after round."""
    dominated: tuple[Dominated, ...]
    equilibria: tuple[Equilibrium, ...]
    complete: bool
    """Whether these are all equilibria: too large a game is searched for pure ones only."""
    possible: tuple[Possible, ...]

    @property
    def too_large(self) -> bool:
        """Say whether mixed equilibria were not sought since too many strategies survive."""
        return sum(map(len, self.kept)) > MOST

    @cached_property
    def ties(self) -> tuple[tuple[int, int, tuple[int, ...]], ...]:
        """Return where a side has several best replies to one strategy: (side, the other's strategy, the replies)."""
        stand = [[group[0] for group in groups] for groups in self.alike]
        best = best_replies(self.payoffs[np.ix_((0, 1), *stand)])
        found = []
        for side in (0, 1):
            replies = best[0] if side == 0 else best[1].T
            for place, other in enumerate(stand[1 - side]):
                equal = tuple(stand[side][reply] for reply in np.flatnonzero(replies[:, place]))
                if len(equal) > 1:
                    found.append((side, other, equal))
        return tuple(found)

    @property
    def degenerate(self) -> bool:
        """Say whether the game is degenerate: with ties in best replies, so that equilibria may be infinitely many.

        Ties are looked for against every pure strategy and in every equilibrium; a complete list of an even number of
        equilibria tells of one as well, since games without ties have an odd number (Wilson, 1971).
        """
        copies = any(len(group) > 1 for groups in self.alike for group in groups)
        mixed = not all(each.isolated for each in self.equilibria)
        return copies or bool(self.ties) or mixed or (self.complete and len(self.equilibria) % 2 == 0)

    @cached_property
    def _stand(self) -> tuple[list[int], list[int]]:
        rows, columns = ([group[0] for group in groups] for groups in self.alike)
        return rows, columns

    @cached_property
    def in_resamples(self) -> tuple[tuple[Supports, Pair, Flags], ...]:
        """Return for every set of supports that may be an equilibrium what it comes to in each resample.

        Its probabilities (resamples, strategies) for both sides, and in which resamples it is one. Which supports
        there are is learned from the estimate, from all pure cells, and from enumerating some resamples: a few at
        first, then those where something has to be missing, since their number of equilibria is even.
        """
        if self.resamples is None or not self.complete:
            return ()
        games = self.resamples
        answers: dict[Supports, tuple[Pair, Flags]] = {}

        def learn(supports: Supports, near: Pair | None) -> None:
            if supports not in answers:
                answer = solved(games, supports, near)
                answers[supports] = answer.probabilities, answer.holds

        for each in self.equilibria:
            learn(each.supports, each.probabilities)
        cells: Flags = np.logical_or.reduce(pure_equilibria(games), axis=0)
        for row in self._stand[0]:
            for column in self._stand[1]:
                if cells[row, column]:
                    learn(((row,), (column,)), None)
        budget = _BUDGET if sum(map(len, self.kept)) <= MOST // 2 + 2 else _LOOKED_AT
        looked_at: set[int] = set()
        for _ in range(budget):
            lacking = [game for game in np.flatnonzero(self._lacking(answers)) if game not in looked_at]
            fresh = [game for game in range(_LOOKED_AT if budget == _BUDGET else 0) if game not in looked_at]
            if not (fresh or lacking):
                break
            game = int((fresh or lacking)[0])
            looked_at.add(game)
            for pair in _all_of(games[game], self.alike)[0]:
                learn(_supports_of(pair), pair)
        return tuple((supports, pair, holds) for supports, (pair, holds) in answers.items())

    def _lacking(self, answers: dict[Supports, tuple[Pair, Flags]]) -> Flags:
        count = np.sum([holds for _, holds in answers.values()], axis=0)
        lacking: Flags = (count == 0) if self.degenerate else (count % 2 == 0)
        return lacking


def find(payoffs: Floats, resamples: Floats | None = None, runs: int = 0) -> Found:
    """Return all equilibria of a game (2, rows, columns), and from resamples of it how sure each is.

    Strategies that come to the same in every cell are taken as one, and strictly dominated ones left out, round after
    round; that loses no equilibrium but mixes of copies. If more than ``MOST`` strategies survive in all, only pure
    equilibria are sought.

    Raises:
        CommandError: nashpy is not installed.
    """
    groups = alike(payoffs, 0), alike(payoffs, 1)
    pairs, kept, complete = _all_of(payoffs, groups)
    equilibria = tuple(_judged(payoffs, pair, groups, resamples, runs) for pair in sorted(pairs, key=_order))
    possible = () if resamples is None else tuple(_possible(payoffs, resamples, runs, groups))
    return Found(payoffs, resamples, runs, groups, kept, dominated(payoffs), equilibria, complete, possible)


def least_probability(found: Found, side: int, strategies: list[int] | tuple[int, ...]) -> tuple[float, Floats]:
    """Return the least probability that any equilibrium gives to a set of a side's strategies: (value, in resamples).

    ``side`` is 0 or 1, ``strategies`` are places in that side's list. The value is that of the estimated payoffs; the
    array has that of each resample, nan in those whose equilibria are not all known, and is empty without resamples.
    The value is nan if the game is too large. In degenerate games the least of the corners is the least of all, since
    equilibria lie between corners; of strategies that come to the same, all have to be in the set to count.
    """
    counted = np.zeros(found.payoffs.shape[1 + side])
    for group in found.alike[side]:
        counted[list(group)] = float(set(group) <= set(strategies))
    value = math.nan
    if found.complete and found.equilibria:
        value = min(float(each.probabilities[side] @ counted) for each in found.equilibria)
    if found.resamples is None:
        return value, np.zeros(0)
    least = np.full(len(found.resamples), np.inf)
    answers = found.in_resamples
    for _, pair, holds in answers:
        least = np.where(holds, np.minimum(least, pair[side] @ counted), least)
    if answers:
        unknown = found._lacking({supports: (pair, holds) for supports, pair, holds in answers})
        least[unknown] = math.nan
    least[np.isinf(least)] = math.nan
    return value, np.clip(least, 0.0, 1.0)


def _all_of(payoffs: Floats, groups: tuple[tuple[tuple[int, ...], ...], ...]) -> tuple[list[Pair], Supports, bool]:
    """Return the equilibria of a game, the strategies that survive, and whether the list is complete."""
    stand = [[group[0] for group in each] for each in groups]
    left = undominated(payoffs[np.ix_((0, 1), *stand)])
    kept = tuple(tuple(names[place] for place in places) for names, places in zip(stand, left, strict=True))
    game = payoffs[np.ix_((0, 1), *kept)]
    if sum(map(len, kept)) > MOST:
        cells = [tuple(map(int, cell)) for cell in np.argwhere(pure_equilibria(game[np.newaxis])[0])]
        small: list[Pair] = [(np.eye(len(kept[0]))[row], np.eye(len(kept[1]))[column]) for row, column in cells]
        complete = False
    else:
        small, complete = enumerated(game)
    pairs = []
    for pair in small:
        whole = np.zeros(payoffs.shape[1]), np.zeros(payoffs.shape[2])
        for each, names, some in zip(whole, kept, pair, strict=True):
            each[list(names)] = some
        pairs.append(whole)
    return pairs, (kept[0], kept[1]), complete


def _judged(
    payoffs: Floats,
    pair: Pair,
    groups: tuple[tuple[tuple[int, ...], ...], ...],
    resamples: Floats | None,
    runs: int,
) -> Equilibrium:
    supports = _supports_of(pair)
    values = float(pair[0] @ payoffs[0] @ pair[1]), float(pair[0] @ payoffs[1] @ pair[1])
    share, more = None, None
    if resamples is not None:
        here, there = solved(payoffs[np.newaxis], supports, pair), solved(resamples, supports, pair)
        share = float(there.holds.mean())
        slacks = np.where(there.solvable[:, np.newaxis], there.slacks, -np.inf)
        more = _more_runs(slacks, here.slacks[0], share, runs)
    return Equilibrium(pair, values, max(regrets(payoffs, pair)), _isolated(payoffs, pair, groups), share, more)


def _supports_of(pair: Pair) -> Supports:
    return tuple(map(int, np.flatnonzero(pair[0] > _PLAYED))), tuple(map(int, np.flatnonzero(pair[1] > _PLAYED)))


def _isolated(payoffs: Floats, pair: Pair, groups: tuple[tuple[tuple[int, ...], ...], ...]) -> bool:
    """Say whether there are as many best replies as each side plays strategies, copies aside, and equally many."""
    counts = []
    for side in (0, 1):
        values = own(payoffs, side)[[group[0] for group in groups[side]]] @ pair[1 - side]
        counts.append(int((values >= values.max() - 10.0 * tolerance(payoffs, side)).sum()))
        counts.append(int((pair[side] > _PLAYED).sum()))
    return len(set(counts)) == 1


def _possible(
    payoffs: Floats, resamples: Floats, runs: int, groups: tuple[tuple[tuple[int, ...], ...], ...]
) -> list[Possible]:
    now, then = pure_equilibria(payoffs[np.newaxis])[0], pure_equilibria(resamples).mean(axis=0)
    found = []
    for row, column in ((a[0], b[0]) for a in groups[0] for b in groups[1]):
        share = float(then[row, column])
        if now[row, column] or share <= 1.0 - SETTLED:
            continue
        supports: Supports = (row,), (column,)
        # It is no equilibrium as long as its worst condition fails.
        short = -solved(payoffs[np.newaxis], supports).slacks.min(axis=1)
        shorts = -solved(resamples, supports).slacks.min(axis=1)
        found.append(Possible((row, column), share, _more_runs(shorts[:, np.newaxis], short, 1.0 - share, runs)))
    return sorted(found, key=lambda each: -each.support)


def _more_runs(slacks: Floats, estimated: Floats, share: float, runs: int) -> int | None:
    if share >= SETTLED:
        return 0
    factor = factor_to_settle(slacks, estimated)
    more = math.inf if factor is None else runs * (factor - 1.0)
    return None if more > HOPELESS else max(1, math.ceil(more))


def _order(pair: Pair) -> tuple[int, Supports]:
    supports = _supports_of(pair)
    return sum(map(len, supports)), supports
