"""Rule strategies: the first rule that applies decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.model.game import Action, Actor, Game
from sim.model.luck import weighted_draw
from sim.model.strategies.scene import Choice, Scene, Strategy, available, holds, taken
from sim.model.view import Mask
from sim.scenario import schema
from sim.scenario.arithmetic import Formulas, Value
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
    conditions: tuple[Formulas, ...]
    """Every condition of the rules, and of the actions that they name."""
    joint: Formulas
    """The conditions as one group: most are needed in some run, and reading them together is faster."""

    def choose(self, scene: Scene) -> Choice:
        """Return what the first rule that applies says; passing where none does."""
        scene.seen.read_ahead(self.conditions, self.joint)
        choice: Choice = {}
        undecided = np.ones(scene.count, dtype=bool)
        for rule in self.rules:
            asked = undecided if rule.when is None else holds(rule.when, scene.seen, undecided)
            if not asked.any():
                continue
            for action, mask in _done(rule, scene, asked):
                taken(choice, action, mask)
                undecided = np.greater(undecided, mask)
            if not undecided.any():
                break
        return choice


def _done(rule: Rule, scene: Scene, asked: Mask) -> Iterator[tuple[Action, Mask]]:
    """Yield what a rule does in the runs asked about: each action, and in which runs."""
    if len(rule.does) == 1 and rule.does[0][1] is None:
        action = rule.does[0][0]
        yield action, available(action, scene.seen, asked)
        return
    weights = [_weight(scene, asked, *each) for each in rule.does]
    for (action, _), drawn in zip(rule.does, weighted_draw(weights, scene.number()), strict=True):
        yield action, np.logical_and(drawn, asked)


def _weight(scene: Scene, asked: Mask, action: Action, weight: Formulas | None) -> Value:
    """Return the weight of an entry, one number or one a run: 0 where its action cannot be taken."""
    if action.forbidden:
        return np.float64(0.0)
    can = None if action.available is None else available(action, scene.seen, asked)
    if can is not None and not can.any():
        return np.float64(0.0)
    if weight is None:
        return np.float64(1.0) if can is None else can.astype(np.float64)
    written = scene.seen.read_within(weight, 0.0, np.inf, "a weight", asked if can is None else can)
    return written if can is None else np.where(can, written, 0.0)


def planned(game: Game, actor: Actor, written: schema.Strategy) -> Strategy:
    """Return the strategy that follows the rules."""

    def group(expression: Expression | None, *, asks: bool = False) -> Formulas | None:
        return None if expression is None else Formulas([expression], game.vocabulary, asks=asks)

    rules = tuple(
        Rule(
            group(rule.when, asks=True),
            tuple((actor.action(name), group(weight)) for name, weight in rule.do.items()),
        )
        for rule in written.rules or ()
    )
    asked = [rule.when for rule in rules]
    asked += [action.available for rule in rules for action, _ in rule.does if not action.forbidden]
    conditions = tuple(dict.fromkeys(each for each in asked if each is not None))
    joint = Formulas([expression for each in conditions for expression in each.expressions], game.vocabulary, asks=True)
    return Rules(rules, conditions, joint)
