"""Every strategy of one actor against every strategy of the other: payoffs, best replies, equilibria, and why.

All cells meet the same luck, so that what differs between two of them is the doing of the strategies. Rows are the
strategies of the first of the two actors that have actions, columns those of the second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from sim.errors import CommandError, Fault, Place, quoted
from sim.experiment.cells import Played, Question, played
from sim.experiment.dominance import Flags, best_replies
from sim.experiment.equilibria import Found, find
from sim.experiment.plan import Plan, planned_for
from sim.experiment.playing import Progress
from sim.experiment.selection import Selected, selected
from sim.experiment.summary import Stat
from sim.experiment.vertices import nashpy
from sim.model.compiling import check_play, compiled, regime_names, unknown
from sim.model.game import Game, Setting
from sim.scenario.arithmetic import Floats
from sim.scenario.schema import Regime, Scenario
from sim.shown import Drawn

Strategies = tuple[tuple[str, ...], tuple[str, ...]]

MOST_CELLS = 2_500
"""Cells of the largest matrix that is played."""


@dataclass(frozen=True, eq=False, repr=False)
class Matrix(Drawn):
    """The matrix of one regime; arrays have the first actor's strategies as rows, the second's as columns."""

    game: Game
    """The regime's game, as it is played when nothing else is asked."""
    actors: tuple[str, str]
    strategies: Strategies
    plan: Plan
    entries: tuple[tuple[str, ...], tuple[str, ...]]
    """The entries of each actor's ledger."""
    payoffs: Floats
    """(2, rows, columns): means of the first actor's payoff and of the second's."""
    se: Floats | None
    """Their standard errors; None for a single run."""
    ledgers: tuple[Floats, Floats]
    """For each actor the means of its ledger (entries, rows, columns); they add up to its payoffs."""
    resamples: Floats | None
    """(resamples, 2, rows, columns): the payoffs from resampled runs; None for a single run."""

    @property
    def regime(self) -> str:
        """Return the regime's name."""
        return self.game.regime

    @cached_property
    def best_replies(self) -> Flags:
        """Return (2, rows, columns) where the row, and the column, is a best reply to the other."""
        return best_replies(self.payoffs)

    @cached_property
    def found(self) -> Found:
        """Return the equilibria, what is dominated, and how sure that is. Raises ``CommandError`` without nashpy."""
        return find(self.payoffs, self.resamples, self.plan.runs)

    @cached_property
    def begin(self) -> tuple[int, int] | None:
        """Return the cell that the regime itself plays; None if it is not in the matrix."""
        played = [self.game.actor(name).strategy for name in self.actors]
        if any(name not in names for name, names in zip(played, self.strategies, strict=True)):
            return None
        row, column = (names.index(str(name)) for name, names in zip(played, self.strategies, strict=True))
        return row, column

    @cached_property
    def selected(self) -> Selected:
        """Return which equilibrium the regime selects, and why."""
        return selected(self.found, self.begin)

    @cached_property
    def base(self) -> tuple[Floats, Floats]:
        """Return the probabilities from which changes are told: the selected equilibrium, else what is played."""
        if self.selected.place is not None:
            return self.found.equilibria[self.selected.place].probabilities
        row, column = self.begin or (0, 0)
        return np.eye(len(self.strategies[0]))[row], np.eye(len(self.strategies[1]))[column]

    def change(self, side: int, strategy: int) -> Stat:
        """Return what a side gains if it alone changes to a strategy from ``base``, with an interval from resamples."""
        mean = float(self._changes(self.payoffs[side], side)[strategy])
        if self.resamples is None:
            return Stat(mean, None, None, None)
        again = self._changes(self.resamples[:, side], side)[:, strategy]
        low, high = np.quantile(again, [0.025, 0.975])
        return Stat(mean, float(again.std(ddof=1)), float(low), float(high))

    def reasons(self, side: int, strategy: int) -> list[tuple[str, float]]:
        """Return that change split by ledger entry, largest first; the parts add up to it."""
        parts = self._changes(self.ledgers[side], side)[:, strategy]
        told = [(entry, float(part)) for entry, part in zip(self.entries[side], parts, strict=True)]
        return sorted(told, key=lambda part: -abs(part[1]))

    def _changes(self, values: Floats, side: int) -> Floats:
        """Return what changes with each strategy of a side: (..., its strategies) of values (..., rows, columns)."""
        mine, theirs = self.base[side], self.base[1 - side]
        each = values @ theirs if side == 0 else np.swapaxes(values, -1, -2) @ theirs
        changes: Floats = each - (each @ mine)[..., np.newaxis]
        return changes

    def to_dict(self) -> dict[str, Any]:
        """Return the matrix as it stands in JSON."""
        found, names = self.found, dict(zip(self.actors, self.strategies, strict=True))
        error = self.se
        return {
            "scenario": self.game.scenario.scenario,
            "regime": self.regime,
            "runs": self.plan.runs,
            "seed": self.plan.seed,
            "strategies": {actor: list(each) for actor, each in names.items()},
            "payoffs": self._by_actor(lambda side: self.payoffs[side].tolist()),
            "se": self._by_actor(lambda side: None if error is None else error[side].tolist()),
            "best_replies": self._by_actor(lambda side: self.best_replies[side].tolist()),
            "equilibria": [
                {
                    "profile": self._profile(each.probabilities),
                    "payoffs": dict(zip(self.actors, each.payoffs, strict=True)),
                    "regret": each.regret,
                    "support": each.support,
                    "more_runs": each.more_runs,
                    "isolated": each.isolated,
                    "selected": place == self.selected.place,
                }
                for place, each in enumerate(found.equilibria)
            ],
            "complete": found.complete,
            "degenerate": found.degenerate,
            "possible": [
                {"cell": self._cell(each.cell), "support": each.support, "more_runs": each.more_runs}
                for each in found.possible
            ],
            "selection": self.selected.why,
            "alike": self._by_actor(
                lambda side: [self._names(side, group) for group in found.alike[side] if len(group) > 1]
            ),
            "dominated": self._by_actor(
                lambda side: [
                    {
                        "strategy": self.strategies[side][each.strategy],
                        "by": {
                            name: share for name, share in zip(self.strategies[side], each.by, strict=True) if share
                        },
                        "strictly": each.strictly,
                    }
                    for each in found.dominated
                    if each.side == side
                ]
            ),
            "kept": self._by_actor(lambda side: self._names(side, found.kept[side])),
            "ledger": self._by_actor(
                lambda side: {
                    entry: part.tolist() for entry, part in zip(self.entries[side], self.ledgers[side], strict=True)
                }
            ),
        }

    def _by_actor(self, what: Any) -> dict[str, Any]:
        return {actor: what(side) for side, actor in enumerate(self.actors)}

    def _names(self, side: int, places: Sequence[int]) -> list[str]:
        return [self.strategies[side][place] for place in places]

    def _cell(self, cell: tuple[int, int]) -> dict[str, str]:
        return self._by_actor(lambda side: self.strategies[side][cell[side]])

    def _profile(self, probabilities: tuple[Floats, Floats]) -> dict[str, dict[str, float]]:
        return self._by_actor(
            lambda side: dict(zip(self.strategies[side], map(float, probabilities[side]), strict=True))
        )


@dataclass(frozen=True, eq=False, repr=False)
class Matrices(Drawn):
    """The matrices of one or several regimes on the same luck, by name."""

    matrices: Mapping[str, Matrix]
    plan: Plan
    same: Mapping[str, str]
    """Regimes whose matrix is an earlier one's: they differ only in what is played, which a matrix varies anyway."""

    def to_dict(self) -> dict[str, Any]:
        """Return the matrix of a single regime, or those of several below ``regimes``."""
        documents = {name: matrix.to_dict() for name, matrix in self.matrices.items()}
        if len(documents) == 1:
            return next(iter(documents.values()))
        return {"runs": self.plan.runs, "seed": self.plan.seed, "regimes": documents}


def matrices(
    scenario: Scenario,
    regimes: Sequence[str] = (),
    plan: Plan | None = None,
    *,
    strategies: Mapping[str, Sequence[str]] | None = None,
    parameters: Mapping[str, float] | None = None,
    progress: Progress | None = None,
) -> Matrices:
    """Play every pair of strategies under regimes (default: the first) of a scenario.

    ``strategies`` names those of an actor that stand in the matrix; others play all that are listed in the scenario,
    or all their actions where none are. ``progress`` is told of the runs of all cells.

    Raises:
        CommandError: the scenario has not two actors with actions, or a name is not known.
        RunError: an expression misbehaves in some run of some cell.
    """
    plan = plan or planned_for(scenario)
    begun = prepared(scenario, regimes, strategies, parameters)
    answers: dict[str, Matrix] = {}
    for name, game in begun.games.items():
        if (same := begun.same.get(name)) is not None:
            answers[name] = replace(answers[same], game=game)
            continue
        answers[name] = _matrix(begun, game, plan, progress)
    return Matrices(answers, plan, begun.same)


def check_library() -> None:
    """Raise ``CommandError`` if what finds equilibria is not installed, before anything is played."""
    nashpy()


@dataclass(frozen=True, eq=False)
class Prepared:
    """What is going to be played: the game of each regime, who plays what, and how many matrices there are to play."""

    games: Mapping[str, Game]
    actors: tuple[str, str]
    strategies: Strategies
    same: Mapping[str, str]

    @property
    def cells(self) -> int:
        """Return how many cells are played, in all regimes."""
        return (len(self.games) - len(self.same)) * len(self.strategies[0]) * len(self.strategies[1])


def prepared(
    scenario: Scenario,
    regimes: Sequence[str] = (),
    strategies: Mapping[str, Sequence[str]] | None = None,
    parameters: Mapping[str, float] | None = None,
) -> Prepared:
    """Return what ``matrices`` is going to play. Raises ``CommandError``."""
    known = regime_names(scenario)
    names = list(dict.fromkeys(regimes)) or known[:1]
    for name in names:
        if name not in known:
            raise unknown(name, known, "regime")
    actors, asked = _two_actors(scenario), dict(strategies or {})
    for actor in asked:
        if actor not in actors:
            raise unknown(actor, list(actors), "actor")
    first, second = (_strategies(scenario, name, asked.get(name, ())) for name in actors)
    if len(first) * len(second) > MOST_CELLS:
        problem = f"the matrix has {len(first) * len(second):,} cells, more than {MOST_CELLS:,}"
        raise CommandError(Fault(Place("command line"), "LARGE-MATRIX", problem, "name fewer strategies with --play"))
    games = {name: compiled(scenario, Setting(name, {}, dict(parameters or {}))) for name in names}
    return Prepared(games, actors, (first, second), _same(scenario, names))


def _same(scenario: Scenario, names: Sequence[str]) -> dict[str, str]:
    """Return for each regime that differs from an earlier one only in what is played there, that earlier one."""
    regimes = {name: scenario.regimes.get(name, Regime()) for name in names}
    same: dict[str, str] = {}
    for place, name in enumerate(names):
        for earlier in names[:place]:
            if earlier not in same and _rules(regimes[earlier]) == _rules(regimes[name]):
                same[name] = earlier
                break
    return same


def _rules(regime: Regime) -> tuple[Any, ...]:
    forbidden = {actor: frozenset(actions) for actor, actions in regime.forbid.items() if actions}
    return regime.parameters, regime.initial, forbidden


def _two_actors(scenario: Scenario) -> tuple[str, str]:
    acting = [name for name, part in scenario.actors.items() if part.actions]
    if len(acting) != 2:
        has = f"{len(acting)} actors that have" if len(acting) != 1 else "one actor that has"
        problem = f"a matrix needs two actors with actions, but {quoted(scenario.scenario)} has {has} any"
        if len(acting) == 1:
            remedy = "`detente compare` with regimes that say what is played shows which strategy is better"
        elif not acting:
            remedy = "give two actors actions"
        else:
            remedy = "take the actions from all but two, or compare regimes that say what is played"
        raise CommandError(Fault(Place("command line"), "NOT-TWO-ACTORS", problem, remedy))
    return acting[0], acting[1]


def _strategies(scenario: Scenario, name: str, asked: Sequence[str]) -> tuple[str, ...]:
    for word in asked:
        check_play(scenario, name, word)
    actor = scenario.actors[name]
    return tuple(dict.fromkeys(asked)) or tuple(actor.strategies) or tuple(actor.actions)


def _matrix(begun: Prepared, game: Game, plan: Plan, progress: Progress | None) -> Matrix:
    actors, (rows, columns) = begun.actors, begun.strategies
    setting = game.setting
    cells = tuple(
        Setting(game.regime, dict(zip(actors, pair, strict=True)), setting.parameters)
        for pair in product(rows, columns)
    )
    entries = tuple(_entries(game, actor) for actor in actors)
    names = (*actors, *(f"{actor}.{entry}" for actor, its in zip(actors, entries, strict=True) for entry in its))
    answer = played(Question(game.scenario, cells, actors, names, plan.runs, plan.seed), plan, progress)
    shape = len(rows), len(columns)
    means = answer.mean.reshape(-1, *shape)
    first = 2 + len(entries[0])
    return Matrix(
        game=game,
        actors=actors,
        strategies=begun.strategies,
        plan=plan,
        entries=(entries[0], entries[1]),
        payoffs=answer.batches.mean().reshape(2, *shape),
        se=None if answer.se is None else answer.se.reshape(2, *shape),
        ledgers=(means[2:first], means[first:]),
        resamples=_resampled(answer, plan, shape),
    )


def _entries(game: Game, actor: str) -> tuple[str, ...]:
    columns, index = game.columns, game.actor(actor).index
    return tuple(name.removeprefix(f"{actor}.") for name in columns.names[columns.entries[index]])


def _resampled(answer: Played, plan: Plan, shape: tuple[int, int]) -> Floats | None:
    again = answer.batches.resampled(plan.seed)
    return None if again is None else again.reshape(len(again), 2, *shape)
