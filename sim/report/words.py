"""The language of scenarios in plain words: expressions, effects, lead times, first values, strategies.

Formulas stay formulas, in the names that the file uses; what stands around them becomes a sentence.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from sim.errors import one_line
from sim.report.labels import joined
from sim.scenario.expressions import Expression
from sim.scenario.schema import Action, Effects, Initial, Lead, Outcome, Rule, Strategy, Weighing


def constant(expression: Expression) -> float | None:
    """Return the number that an expression is; None when it is a formula."""
    node, sign = expression.tree, 1.0
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node, sign = node.operand, -1.0
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return sign * float(node.value)
    return None


def exact(value: float) -> str:
    """Return a number as it would be written in a file."""
    return repr(float(value)).removesuffix(".0")


def formula(expression: Expression) -> str:
    """Return an expression as it is written."""
    value = constant(expression)
    return exact(value) if value is not None else one_line(" ".join(expression.text.split()))


class Speech:
    """How what stands in a file is told: here formulas and names as they are written."""

    def formula(self, expression: Expression) -> str:
        """Return an expression that gives a number."""
        return formula(expression)

    def condition(self, expression: Expression) -> str:
        """Return an expression that holds or does not."""
        return formula(expression)

    def name(self, name: str) -> str:
        """Return a state variable, a derived name or a parameter."""
        return name

    def deed(self, name: str) -> str:
        """Return an action, or a strategy."""
        return name


WRITTEN = Speech()


def _loose(expression: Expression) -> bool:
    """Say whether an expression needs brackets within a sum."""
    return isinstance(expression.tree, ast.IfExp | ast.BoolOp | ast.Compare)


def effects(part: Effects | None, speech: Speech = WRITTEN) -> str:
    """Return what effects do: ``sets a to 1; adds 0.1 to b; takes 1 from c``."""
    if part is None:
        return ""
    told = [f"sets {speech.name(name)} to {speech.formula(value)}" for name, value in part.set.items()]
    for name, value in part.add.items():
        number = constant(value)
        if number is not None and number < 0:
            told.append(f"takes {exact(-number)} from {speech.name(name)}")
        else:
            much = speech.formula(value)
            told.append(f"adds {f'({much})' if _loose(value) else much} to {speech.name(name)}")
    return "; ".join(told)


def lead(part: Lead, speech: Speech = WRITTEN) -> str:
    """Return a lead time: ``after 1 to 2 turns``."""
    if part.value is not None:
        value = constant(part.value)
        return f"after {speech.formula(part.value)} {'turn' if value == 1.0 else 'turns'}"
    if part.mean is not None:
        return f"after {speech.formula(part.mean)} turns on average (exponential)"
    if part.low is None or part.high is None:
        return ""
    between = f"after {speech.formula(part.low)} to {speech.formula(part.high)} turns"
    likely = "all equally likely" if part.mode is None else f"{speech.formula(part.mode)} most likely"
    return f"{between}, {likely}"


def action(part: Action, speech: Speech = WRITTEN) -> list[str]:
    """Return what there is to say about an action, one line each."""
    terms = [
        (part.available, "when", speech.condition),
        (part.cost, "costs", speech.formula),
        (part.chance, "succeeds with chance", speech.formula),
    ]
    told = [f"{said} {spoken(expression)}" for expression, said, spoken in terms if expression is not None]
    lines = ["; ".join(told)] if told else []
    if now := effects(part.now, speech):
        lines.append(f"at once: {now}")
    if then := effects(part, speech):
        lines.append(f"{lead(part.after, speech) if part.after is not None else 'at once'}: {then}")
    elif part.after is not None:
        lines.append(f"{lead(part.after, speech)}: nothing more")
    return lines or ["changes nothing by itself"]


def initial(part: Initial | None) -> str:
    """Return how a state variable begins."""
    if part is None:
        return "begins at 0"
    if part.choices:
        told = [f"{formula(value)} (weight {formula(weight)})" for value, weight in part.choices]
        return f"begins, drawn once a run, at {joined(told, 'or')}"
    if part.low is not None and part.high is not None:
        return f"begins, drawn once a run, anywhere from {formula(part.low)} to {formula(part.high)}"
    return f"begins at {formula(part.value) if part.value is not None else '0'}"


def bounds(low: float | None, high: float | None) -> str:
    """Return the bounds of a variable."""
    if low is not None and high is not None:
        return f"stays from {exact(low)} to {exact(high)}"
    if low is not None:
        return f"never falls below {exact(low)}"
    return f"never rises above {exact(high)}" if high is not None else ""


def strategy(part: Strategy, speech: Speech = WRITTEN) -> list[str]:
    """Return how a strategy chooses, one line each."""
    if part.rules is not None:
        return rules(part.rules, speech)
    if part.script is not None:
        *first, last = map(speech.deed, part.script)
        return [f"turn by turn: {', '.join(first)}, then {last} for good" if first else f"always {last}"]
    if part.mix is not None:
        told = [f"{speech.deed(name)} (weight {speech.formula(weight)})" for name, weight in part.mix.items()]
        return [f"draws once a run: {joined(told, 'or')}"]
    if part.weigh is not None:
        return weighing(part.weigh, speech)
    return [f"always {speech.deed(part.action or '')}"]


def rules(rules: tuple[Rule, ...], speech: Speech = WRITTEN) -> list[str]:
    """Return rules as ``if ... then ...``; the first that applies and whose action is available counts."""
    lines = []
    for place, rule in enumerate(rules):
        told = [
            speech.deed(name) if weight is None else f"{speech.deed(name)} (weight {speech.formula(weight)})"
            for name, weight in rule.do.items()
        ]
        deed = told[0] if len(told) == 1 and None in rule.do.values() else f"draw {joined(told, 'or')}"
        if rule.when is not None:
            line = f"{'else if' if place else 'if'} {speech.condition(rule.when)} then {deed}"
        else:
            line = f"{'else' if place else 'always'} {deed}"
            # Another rule after one without a condition: it is for when the action cannot be taken.
            line += ", if it can be done" if place + 1 < len(rules) else ""
        lines.append(line + (f" - {one_line(rule.label)}" if rule.label else ""))
    return lines


def weighing(part: Weighing, speech: Speech = WRITTEN) -> list[str]:
    """Return how an actor weighs."""
    ahead = "5" if part.foresight is None else speech.formula(part.foresight)
    horizon = "turn" if ahead == "1" else f"{ahead} turns"
    lines = [
        f"weighs what each available action would bring it over the next {horizon}",
        f"takes the better one the more surely, the higher its rationality: {speech.formula(part.rationality)}",
    ]
    if part.level is not None and constant(part.level) != 0.0:
        lines.append(f"foresees the other's answer (level {speech.formula(part.level)})")
    if part.believes:
        told = [f"{speech.name(name)} is {speech.formula(value)}" for name, value in part.believes.items()]
        lines.append(f"believes that {joined(told)}")
    return lines


def payoffs(part: Mapping[str, Expression]) -> str:
    """Return payoffs: ``gives nato -0.2 and adversary 1``."""
    return f"gives {joined([f'{name} {formula(value)}' for name, value in part.items()])}" if part else ""


def outcome(part: Outcome) -> list[str]:
    """Return what an outcome of a hazard does, one line each."""
    weight = "1" if part.weight is None else formula(part.weight)
    lines = [f"weight {weight}", payoffs(part.payoffs), effects(part), "ends the run" if part.ends else ""]
    return [line for line in lines if line]


def discount(expression: Expression | None) -> str:
    """Return what a later turn counts."""
    if expression is None or constant(expression) == 1.0:
        return "All turns count the same."
    return f"Each turn's payoffs count {formula(expression)} times those of the turn before."


def span(low: float, high: float) -> str:
    """Return a range as ``a to b``."""
    return f"{exact(low)} to {exact(high)}"
