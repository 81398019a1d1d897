"""Every shipped scenario, its regimes and its strategy pairs: both engines give the same numbers to the last bit.

Playing a run on the calendar of events takes milliseconds. Scenarios that share one menu of actions and strategies
therefore share out its pairs, and one block of runs in lockstep plays them side by side, each run with a pair of its
own. `pytest --hypothesis-profile=explore tests/engine/test_shipped.py` plays every pair in every scenario and regime.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import sim
from sim.engine import events, lockstep
from sim.model.compiling import compiled, regime_names, strategy_names
from sim.model.game import Game, Setting
from sim.model.luck import uniforms, weighted_choice
from sim.scenario.load import load_text
from sim.scenario.schema import Scenario
from sim.scenario.shipped import shipped
from tests import oracle
from tests.engine.both import assert_as_told, assert_same, played

SHIPPED = [path for _, path in shipped()]
EVERYTHING = settings().max_examples > 1000
TOGETHER, SEED = 1024, 11
TURNS = 3000
"""Turns that the pairs of a scenario are played, about: of long games some pairs are left out."""

Pair = tuple[str, ...]
"""What each actor plays, in their order."""


@cache
def loaded(path: Path) -> Scenario:
    return sim.load(path)


@cache
def read(path: Path) -> oracle.Document:
    return oracle.read(path)


def menu(path: Path) -> dict[str, Any]:
    """What the actors of a scenario can do and play, as it is written."""
    return {
        name: {part: actor.get(part) for part in ("actions", "strategies")}
        for name, actor in read(path)["actors"].items()
    }


def pairs(path: Path) -> list[Pair]:
    """Every pair of strategies, actions included, but for those that other scenarios with the same menu play."""
    every = list(product(*(strategy_names(actor) for actor in loaded(path).actors.values())))
    if EVERYTHING:
        return every
    sharing = [other for other in SHIPPED if menu(other) == menu(path)]
    mine = every[sharing.index(path) :: len(sharing)]
    return mine[:: 1 + len(mine) * loaded(path).clock.turns // TURNS]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_regime_means_the_same_to_both_engines_and_the_oracle(path: Path) -> None:
    """Of a block in lockstep, some runs are played alone; one of them by the oracle."""
    for number, regime in enumerate(regime_names(loaded(path))):
        game = compiled(loaded(path), Setting(regime))
        first, last = 100 * number, 100 * number + 63
        block = lockstep.play(game, SEED, first, 64)
        for run in range(first, last + 1) if EVERYTHING else (first, first + 40, last):
            assert_same(game, block[:, run - first, None], events.play(game, SEED, run, 1), run)
        told = oracle.play(read(path), seed=SEED, run=last, regime=regime)
        assert_as_told(game, block[:, -1], told)


class SideBySide:
    """A block in lockstep in which each run draws what its actors play from all they could be told to play."""

    def __init__(self, path: Path, regime: str, first: int) -> None:
        self.first = first
        actors = {
            name: [each for each in strategy_names(actor) if not self.is_a_mix(actor, each)]
            for name, actor in loaded(path).actors.items()
        }
        mixing = {}
        for name, names in actors.items():
            mixing[name] = {"strategies": {"any_of_these": {"mix": dict.fromkeys(names, 1)}}}
            if not loaded(path).actors[name].strategies:
                # Claims may speak of actions as strategies where there are no others, and now there is one.
                mixing[name]["strategies"] |= {action: {"action": action} for action in names}
        text = f"scenario: all\nextends: {path.name}\nactors: {json.dumps(mixing)}\n"
        scenario = load_text(text, "all.yaml", path.parent)
        game = compiled(scenario, Setting(regime, dict.fromkeys(actors, "any_of_these")))
        self.table = lockstep.play(game, SEED, first, TOGETHER)
        drawn = []
        for name, names in actors.items():
            luck = uniforms(SEED, f"{name}.mix", first, TOGETHER, 0)
            drawn.append([names[place] for place in weighted_choice([1.0] * len(names), luck)])
        self.runs = {pair: first + place for place, pair in enumerate(zip(*drawn, strict=True))}

    @staticmethod
    def is_a_mix(actor: Any, strategy: str) -> bool:
        """Say whether a strategy is a mix, which cannot stand in another."""
        return strategy in actor.strategies and actor.strategies[strategy].kind == "mix"

    def has(self, pair: Pair) -> bool:
        return pair in self.runs

    def check(self, game: Game, pair: Pair) -> None:
        """Compare a run that drew a pair with the same run played alone, told to play that pair."""
        run = self.runs[pair]
        assert_same(game, self.table[:, run - self.first, None], events.play(game, SEED, run, 1), run)


def on_the_diagonals(scenario: Scenario) -> Iterator[Pair]:
    """Yield pairs in which every strategy of every actor occurs."""
    menus = [strategy_names(actor) for actor in scenario.actors.values()]
    fewest = min(len(menu) for menu in menus if menu)
    for places in product(*(range(len(menu)) for menu in menus)):
        if sum(places) % fewest == 0:
            yield tuple(menu[place] for menu, place in zip(menus, places, strict=True))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_pair_of_strategies_means_the_same_to_both_engines(path: Path) -> None:
    """Side by side in one block; what stands on a diagonal, and what cannot be drawn, also as a block of its own."""
    scenario = loaded(path)
    regimes, alone = regime_names(scenario), set(on_the_diagonals(scenario))
    for number, regime in enumerate(regimes if EVERYTHING else regimes[-1:]):
        drawing = SideBySide(path, regime, 10_000 * number + 7)
        for place, pair in enumerate(pairs(path)):
            game = compiled(scenario, Setting(regime, dict(zip(scenario.actors, pair, strict=True))))
            if drawing.has(pair):
                drawing.check(game, pair)
            if not drawing.has(pair) or pair in alone:
                played(game, place, 3 * place, 1)
