"""Weighing: the incentive model (language page, section 5).

An actor asks of each available action what its incentives would bring over the turns it foresees, and chooses with
logit probabilities: McKelvey and Palfrey, "Quantal response equilibria for normal form games", Games and Economic
Behavior 10 (1995). Levels above 0 foresee the other's answer: Nagel, American Economic Review 85 (1995); Stahl and
Wilson, Games and Economic Behavior 10 (1995).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.errors import Fault, RunError
from sim.model.game import Action, Actor, Game, Hazard
from sim.model.luck import weighted_draw
from sim.model.situation import Situation
from sim.model.strategies.scene import Choice, Option, Scene, Strategy, available
from sim.model.view import Mask
from sim.scenario import schema
from sim.scenario.arithmetic import Floats, Formulas, Parameters, Value, power
from sim.scenario.expressions import Expression

FORESIGHT = 5
"""Turns foreseen unless told otherwise."""

FARTHEST = 1000
DEEPEST = 4


@dataclass(frozen=True)
class Weigh:
    """A weighing actor: how sharply it chooses, how far it sees, how deep it reasons, what it believes."""

    game: Game
    actor: Actor
    rationality: Value
    foresight: int
    level: int
    believed: Parameters
    sharpness: Formulas
    """The expression of the rationality, to which errors of weighing point."""

    def choose(self, scene: Scene) -> Choice:
        """Return a draw from the choice probabilities of each run."""
        can, values = self.values(scene.seen)
        weights = logit_weights(can, values, scene.seen.own(self.rationality))
        if scene.world.count == 1:
            scene.options.extend(self._options(can, values, weights))
        drawn = weighted_draw(list(weights), scene.number())
        return {action.index: mask for action, mask in zip(self.actor.actions, drawn, strict=True)}

    def values(self, seen: Situation) -> tuple[Mask, Floats]:
        """Return which actions are available and the foreseen value of each, both (actions, runs)."""
        return self._foreseen(self.actor, seen, self.level)

    def _options(self, can: Mask, values: Floats, weights: Floats) -> list[Option]:
        total = float(weights[:, 0].sum())
        return [
            Option(action.name, float(values[action.index, 0]), float(weights[action.index, 0]) / total)
            for action in self.actor.actions
            if can[action.index, 0]
        ]

    def _foreseen(self, actor: Actor, seen: Situation, level: int) -> tuple[Mask, Floats]:
        truth = seen.believing(self.game.parameters)
        can = np.zeros((len(actor.actions), seen.count), dtype=bool)
        for action in actor.actions:
            can[action.index] = available(action, truth)
        values = np.zeros(can.shape)
        now = _Memo(self, actor, seen.believing(self.believed), level)
        for action in actor.actions:
            mask = can[action.index]
            if mask.any():
                values[action.index, mask] = self._value(action, now, mask)
        seen.require(self.sharpness, np.isfinite(values).all(axis=0), f"what {actor.name} foresees is too large")
        return can, values

    def _value(self, action: Action, memo: _Memo, mask: Mask) -> Value:
        here = memo.situation.where(mask)
        cost = np.float64(0.0) if action.cost is None else here.read_one(action.cost)
        chance = np.float64(1.0) if action.chance is None else here.read_within(action.chance, 0.0, 1.0, "a chance")
        lead = np.float64(0.0) if action.lead is None else np.floor(action.lead.mean(here))
        before, after = self._sums(lead, here)
        # What counts in no turn is not looked at: effects that land too late may not even make sense yet.
        waits, lands = bool(np.any(before)), bool(np.any(after))
        soon = here.after(action.now)
        later = soon.after(action.effects) if lands else soon
        needed = self.foresight > 0 and (soon is here or bool(np.any(np.less(chance, 1.0))))
        unchanged: Value = memo.worth(mask) if needed else np.float64(0.0)
        now: Value = np.float64(0.0)
        if waits or (lands and later is soon):
            now = unchanged if soon is here else self.worth(memo.actor, soon, memo.level)
        landed: Value = np.float64(0.0)
        if lands:
            landed = now if later is soon else self.worth(memo.actor, later, memo.level)
        success = now * before + landed * after
        return chance * success + (1.0 - chance) * (unchanged * (before + after)) - cost

    def _sums(self, lead: Value, here: Situation) -> tuple[Value, Value]:
        """Return the summed discount before and from the turn in which the effects land."""
        discount = np.atleast_1d(here.own(self.game.discount))
        total = np.zeros((self.foresight + 1, discount.size))
        for turn in range(self.foresight):
            total[turn + 1] = total[turn] + power(discount, np.float64(turn))
        landing = np.minimum(lead, float(self.foresight)).astype(np.intp)
        before = total[landing, np.arange(discount.size)]
        return before, total[self.foresight] - before

    def worth(self, actor: Actor, situation: Situation, level: int) -> Floats:
        """Return V (level 0) or W (levels above) of a situation to an actor, one number a run."""
        if level == 0:
            return self._hazarded(actor, situation)
        other = next(each for each in self.game.actors if each.index != actor.index)
        seen = situation.seen_through(other.masks)
        can, values = self._foreseen(other, seen, level - 1)
        weights = logit_weights(can, values, situation.own(self.rationality))
        total = _added(weights, situation.count)
        unanswered = self._hazarded(actor, situation)
        worth = np.zeros(situation.count)
        for action in other.actions:
            mask = can[action.index]
            if not mask.any():
                continue
            here = situation.where(mask)
            chance = np.float64(1.0) if action.chance is None else here.read_within(action.chance, 0.0, 1.0, "a chance")
            answered = here.after(action.now, action.effects)
            value = unanswered[mask] if answered is here else self._hazarded(actor, answered)
            share = weights[action.index, mask] / total[mask]
            worth[mask] += share * (chance * value + (1.0 - chance) * unanswered[mask])
        return np.where(can.any(axis=0), worth, unanswered)

    def _hazarded(self, actor: Actor, situation: Situation) -> Floats:
        """Return V: the incentives, and what each hazard would change about them, one strike deep."""
        calm = utility(actor, situation)
        worth = calm
        intensities = situation.read(self.game.intensities)
        for hazard, intensity in zip(self.game.hazards, intensities, strict=True):
            place = hazard.index
            situation.require_within(self.game.intensities, intensity, 0.0, hazard.highest, hazard.measure, place)
            if np.max(intensity) > 0.0:
                worth = worth + self._threat(hazard, intensity, actor, situation, calm)
        return worth

    def _threat(self, hazard: Hazard, intensity: Value, actor: Actor, situation: Situation, calm: Floats) -> Floats:
        chance = np.broadcast_to(1.0 - np.exp(-intensity) if hazard.is_rate else intensity, situation.count)
        change = np.zeros(situation.count)
        possible = chance > 0.0
        here = situation.where(possible)
        total, weighed = np.zeros(here.count), np.zeros(here.count)
        for outcome in hazard.outcomes:
            weight = np.ones(here.count)
            if outcome.weight is not None:
                weight = np.broadcast_to(here.read_within(outcome.weight, 0.0, np.inf, "a weight"), here.count)
            can = weight > 0.0
            if not can.any():
                continue
            there = here.where(can)
            gain: Value = np.float64(0.0)
            if actor.index in outcome.paid:
                gain = there.read(outcome.payoffs)[outcome.paid.index(actor.index)]
            settled = np.zeros(there.count) if outcome.ends else utility(actor, there.after(outcome.effects))
            weighed[can] += weight[can] * (gain + settled - calm[possible][can])
            total = total + weight
        change[possible] = chance[possible] * np.divide(weighed, total, out=np.zeros(here.count), where=total > 0.0)
        return change


@dataclass
class _Memo:
    """What an actor sees now, and what that is worth to it: worked out once, when first asked for."""

    weigh: Weigh
    actor: Actor
    situation: Situation
    level: int
    known: Floats | None = None

    def worth(self, mask: Mask) -> Floats:
        if self.known is None:
            self.known = self.weigh.worth(self.actor, self.situation, self.level)
        return self.known[mask]


def utility(actor: Actor, situation: Situation) -> Floats:
    """Return U: the sum of an actor's incentives on a situation, one number a run."""
    total: Value = np.zeros(situation.count)
    for flow in situation.read(actor.flows):
        total = total + flow
    return total  # type: ignore[return-value]


def logit_weights(can: Mask, values: Floats, rationality: Value) -> Floats:
    """Return exp(rationality * value), scaled so that the largest is 1; 0 where an action is not available."""
    if not len(values):
        return np.zeros(values.shape)
    highest = np.where(can, values, -np.inf).max(axis=0)
    with np.errstate(invalid="ignore", over="ignore"):
        # The difference comes first: a great rationality times a great value would be too large to compare.
        weights: Floats = np.where(can, np.exp(rationality * (values - highest)), 0.0)
    return weights


def _added(rows: Floats, count: int) -> Floats:
    total = np.zeros(count)
    for row in rows:
        total = total + row
    return total


def planned(game: Game, actor: Actor, written: schema.Strategy) -> Strategy:
    """Return the strategy that weighs; raises ``RunError`` for numbers that make no sense."""
    weighing = written.weigh
    if weighing is None:
        raise AssertionError("a weighing strategy that does not weigh")

    def whole(expression: Expression | None, otherwise: int, most: int, what: str) -> int:
        if expression is None:
            return otherwise
        value = game.given.read(expression)
        numbers = np.ravel(value)
        if np.any(numbers != numbers[0]) or numbers[0] != int(numbers[0]) or not 0 <= numbers[0] <= most:
            problem = f"{what} is {float(numbers[0]):g}"
            raise RunError(Fault(expression.place, "OUT-OF-RANGE", problem, f"write a whole number from 0 to {most}"))
        return int(numbers[0])

    rationality = game.given.read(weighing.rationality, 0.0, np.inf, "the rationality")
    believed = list(game.parameters)
    for name, expression in weighing.believes.items():
        believed[game.vocabulary.parameters[name]] = game.given.read(expression)
    level = whole(weighing.level, 0, DEEPEST, "the level")
    if weighing.level is not None and level > 0 and len(game.actors) != 2:
        problem = f"a level above 0 foresees the other's answer, but there are {len(game.actors)} actors"
        raise RunError(Fault(weighing.level.place, "LEVEL", problem, "write level 0, or a game of two actors"))
    return Weigh(
        game=game,
        actor=actor,
        rationality=rationality,
        foresight=whole(weighing.foresight, FORESIGHT, FARTHEST, "the foresight"),
        level=level,
        believed=tuple(believed),
        sharpness=Formulas([weighing.rationality], game.vocabulary),
    )
