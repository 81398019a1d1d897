"""Rule strategies: the first rule that applies decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.game import Action, Actor, Game
from sim.model.luck import weighted_choice
from sim.model.strategies.scene import Choice, Scene, Strategy, available
from sim.model.view import Mask
from sim.scenario import schema
from sim.scenario.arithmetic import Formulas
from sim.scenario.expressions import Expression


@dataclass(frozen=True)
class Rule:
    """A condition and what to do when it holds: actions and their weights (None: the one action named)."""

    when: Formulas | None
    does: tuple[tuple[Action, Formulas | None], ...]


@dataclass(frozen=True)
class Rules:
    """Rules in order. A rule is skipped where its condition fails, or where nothing that it names can be done."""

    rules: tuple[Rule, ...]

    def choose(self, scene: Scene) -> Choice:
        """Return what the first rule that applies says; passing where none does."""
        chosen = scene.passing()
        for rule in self.rules:
            undecided = chosen < 0
            if not undecided.any():
                break
            asked = scene.where(undecided)
            answer = asked.passing()
            applies = _applies(rule, asked)
            if applies.any():
                answer[applies] = _does(rule, asked.where(applies))
            chosen[undecided] = answer
        return chosen


def _applies(rule: Rule, scene: Scene) -> Mask:
    if rule.when is None:
        return np.ones(scene.count, dtype=bool)
    return np.broadcast_to(np.not_equal(scene.seen.read_one(rule.when), 0.0), scene.count)


def _does(rule: Rule, scene: Scene) -> Choice:
    if len(rule.does) == 1 and rule.does[0][1] is None:
        action = rule.does[0][0]
        return np.where(available(action, scene.seen), action.index, -1).astype(np.intp)
    weights = np.zeros((len(rule.does), scene.count))
    for place, (action, weight) in enumerate(rule.does):
        can = available(action, scene.seen)
        if weight is None:
            weights[place] = can
        elif can.any():
            weights[place, can] = scene.seen.where(can).read_within(weight, 0.0, np.inf, "a weight")
    drawn = weighted_choice(weights, scene.number())
    indices = np.array([action.index for action, _ in rule.does], dtype=np.intp)
    return np.where(drawn >= 0, indices[drawn], -1)


def planned(game: Game, actor: Actor, written: schema.Strategy) -> Strategy:
    """Return the strategy that follows the rules."""

    def group(expression: Expression | None) -> Formulas | None:
        return None if expression is None else Formulas([expression], game.vocabulary)

    return Rules(
        tuple(
            Rule(group(rule.when), tuple((actor.action(name), group(weight)) for name, weight in rule.do.items()))
            for rule in written.rules or ()
        )
    )
