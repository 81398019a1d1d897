"""The defects that ``make mutants`` plants: what each is, and which text of the program becomes which other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """A text that stands once in a file, and what takes its place."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Defect:
    """A defect: its name, what it is in plain words, and its edits."""

    name: str
    says: str
    edits: tuple[Edit, ...]


def _one(name: str, says: str, file: str, old: str, new: str) -> Defect:
    return Defect(name, says, (Edit(file, old, new),))


TURN, LUCK, LEDGER, WORLD = "sim/model/turn.py", "sim/model/luck.py", "sim/model/ledger.py", "sim/model/world.py"
COMPILING, WEIGH, MIX = "sim/model/compiling.py", "sim/model/strategies/weigh.py", "sim/model/strategies/mix.py"
LOCKSTEP, EVENTS, ARITHMETIC = "sim/engine/lockstep.py", "sim/engine/events.py", "sim/scenario/arithmetic.py"
SUMMARY, COMPARE, RULES = "sim/experiment/summary.py", "sim/experiment/compare.py", "sim/model/strategies/rules.py"

DEFECTS = (
    _one("payoff-sign", "an incentive is subtracted", LEDGER, "entry += next(flow) if", "entry -= next(flow) if"),
    _one("discount-late", "payoffs are discounted one turn too much", WORLD,
         "power(self.game.discount, np.float64(number))", "power(self.game.discount, np.float64(number + 1))"),
    _one("strike-undiscounted", "what a hazard brings is not discounted", LEDGER,
         "[rows] += payoff * weight", "[rows] += payoff"),
    _one("luck-reused-outcome", "a hazard's outcome is drawn with the luck of its moment", TURN,
         'world.draw(f"{hazard.name}.outcome", rows)', 'world.draw(f"{hazard.name}.moment", rows)'),
    _one("luck-reused-turns", "every turn has the luck of the first", LUCK,
         "[:2] = first // PER_COUNTER, turn", "[:2] = first // PER_COUNTER, 0"),
    _one("luck-shared-actors", "all actors succeed with the same luck", TURN,
         'world.draw(f"{actor.name}.success", rows)', 'world.draw("success", rows)'),
    _one("effect-order", "`add` comes before `set`", COMPILING,
         "[(part.set, False), (part.add, True)]", "[(part.add, True), (part.set, False)]"),
    _one("clamp-dropped", "a variable may rise above its max", ARITHMETIC,
         "if step.high < np.inf:", "if step.high < -np.inf:"),
    _one("lead-at-landing", "a lead time is read after what the action does at once", TURN,
         "        at_once = part.lead <= 0.0\n",
         "        here = world.situation(part.succeeds)\n"
         '        lead = lead_time(here, action.lead, np.float64(0.5)) if action.lead.kind == "value" else part.lead\n'
         "        part = Taken(action, part.rows, part.cost, part.succeeds, lead, part.chosen)\n"
         "        at_once = part.lead <= 0.0\n"),
    Defect("draw-before-decisions", "hazards are drawn before anybody decides, in both engines", (
        Edit(LOCKSTEP, "        coming += self.started(_decide(world, self.strategies))\n",
             "        looming = list(turn.looming(world))\n"
             "        coming += self.started(_decide(world, self.strategies))\n"),
        Edit(LOCKSTEP, "for hazard, rows, waits in turn.looming(world)]", "for hazard, rows, waits in looming]"),
        Edit(EVENTS, "    DRAW = 6\n", "    DRAW = 3\n"),
    )),
    _one("draw-biased", "an action succeeds 1 % more often than it should", TURN,
         'world.draw(f"{actor.name}.success", rows) < chance',
         'world.draw(f"{actor.name}.success", rows) < chance * 1.01'),
    _one("rate-biased", "hazards with a rate come 2 % too late", TURN,
         "-np.log(1.0 - number[near]) / rate, np.inf)", "-np.log(1.0 - number[near]) / rate * 1.02, np.inf)"),
    _one("moment-not-uniform", "a hazard with a chance strikes too early in its turn", TURN,
         "np.minimum(number[rows] / _among(intensity, rows), last)", "np.minimum(number[rows], last)"),
    _one("cost-of-failure", "a failed action costs nothing", TURN,
         "world.ledger.charge(actor.index, at, part.cost, world.weight(part.rows))",
         "world.ledger.charge(actor.index, part.succeeds, part.cost, world.weight(part.succeeds))"),
    _one("cost-gained", "costs are added", LEDGER, "[rows] -= cost * weight", "[rows] += cost * weight"),
    Defect("score-after-drift", "the state drifts before the turn is scored, in both engines", (
        Edit(LOCKSTEP, "            turn.score(world)\n            turn.drift(world)\n",
             "            turn.drift(world)\n            turn.score(world)\n"),
        Edit(EVENTS, "        before = self._state()\n        flows = iter(turn.score(self.world))\n",
             "        before = self._state()\n        turn.drift(self.world)\n"
             "        flows = iter(turn.score(self.world))\n"),
        Edit(EVENTS, "            turn.drift(self.world)\n            self._note", "            self._note"),
    )),
    _one("drift-in-turn", "drifts are read one after the other, not all at once", COMPILING,
         "return Effects(changes, self.vocabulary, at_once=True)", "return Effects(changes, self.vocabulary)"),
    _one("delivery-late", "what is ordered comes a turn too late", TURN,
         "            deliveries.append(Delivery(action, part.succeeds, world.turn + part.lead))",
         "            deliveries.append(Delivery(action, part.succeeds, world.turn + part.lead + 1.0))"),
    _one("lead-not-exponential", "a lead time given by its mean is spread evenly", TURN,
         "exponential: Value = -np.log(1.0 - number) * values[0]", "exponential: Value = 2.0 * number * values[0]"),
    _one("weights-shifted", "of weighted entries the second gets the share of the first as well", LUCK,
         "        total = total + weight\n        cumulated.append(total)",
         "        total = total + weight\n        cumulated.append(total * 0.99)"),
    _one("regime-ignored", "a regime's values of parameters are not used", COMPILING,
         "        values |= self.regime.parameters\n", ""),
    _one("initial-skewed", "a first value drawn between two numbers leans to the lower one", WORLD,
         "world.draw(f\"{name}.initial\", world.everyone, 0) * width",
         "world.draw(f\"{name}.initial\", world.everyone, 0) ** 1.05 * width"),
    _one("rationality-doubled", "weighing is sharper than it says", WEIGH,
         "scene.seen.own(self.rationality))\n        if", "2.0 * scene.seen.own(self.rationality))\n        if"),
    _one("foresight-long", "weighing looks one turn too far", WEIGH,
         "return before, total[self.foresight] - before", "return before, total[self.foresight] - before + 1.0"),
    _one("weighing-cost", "weighing forgets what an action costs", WEIGH,
         "(unchanged * (before + after)) - cost", "(unchanged * (before + after))"),
    _one("mask-off", "actors see what is hidden from them", "sim/model/situation.py",
         "        if not masks:\n            return self\n        seen =", "        return self\n        seen ="),
    _one("ended-scored", "runs that have ended are still scored in that turn", LOCKSTEP,
         "        self.retire_ended()\n        if world.count:\n            turn.score(world)\n",
         "        if world.count:\n            turn.score(world)\n        self.retire_ended()\n"
         "        if world.count:\n"),
    Defect("mix-every-turn", "a mixed strategy is drawn anew each turn", (
        Edit(MIX, "if self.actor.index not in world.mixed:", "if True:"),
        Edit(MIX, 'drawn(world, self.weights, f"{self.actor.name}.mix")',
             "_each_turn(world, self.weights, self.actor.name)"),
        Edit(MIX, "def planned(game",
             "def _each_turn(world: World, weights: tuple[Expression, ...], name: str) -> NDArray[np.intp]:\n"
             "    from sim.model.luck import weighted_choice\n\n"
             '    values = [world.game.given.read(weight, 0.0, np.inf, "a weight") for weight in weights]\n'
             '    return weighted_choice(values, world.draw(f"{name}.mix", world.everyone, world.turn))\n\n\n'
             "def planned(game"),
    )),
    _one("rules-backwards", "the last rule that applies is followed, not the first", RULES,
         "        for rule in self.rules:\n", "        for rule in reversed(self.rules):\n"),
    _one("interval-narrow", "intervals are those of 90 %", "sim/experiment/quantiles.py",
         "CONFIDENCE = 0.95\n", "CONFIDENCE = 0.90\n"),
    _one("difference-unpaired", "runs are paired with their neighbours", COMPARE,
         "return moments_of(np.subtract(ours, theirs, out=ours) for ours, theirs in pairs)",
         "return moments_of(np.subtract(ours, np.roll(theirs, 1, axis=1), out=ours) for ours, theirs in pairs)"),
)  # fmt: skip
"""Every defect."""
