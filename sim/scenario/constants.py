"""What is known before any run: the values of expressions over numbers and parameters, and their bounds.

An expression over numbers alone is always judged. One that names parameters is judged only if every run reads it, at
the parameters of each regime, since those are the worlds that will be played; any other is left to the runs that do
read it. A guard protects here as it does in a run.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sim.errors import Fault, quoted
from sim.scenario.chains import chain
from sim.scenario.declared import Declared
from sim.scenario.expressions import Expression
from sim.scenario.schema import Initial, Scenario, State
from sim.scenario.tree import Branch, key_place
from sim.scenario.uses import Use, of_lead, uses

_SIMPLE: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b if b else math.nan,
}
_CHOOSING: Mapping[str, Callable[..., float]] = {"min": min, "max": max, "abs": abs}

_MOST_READINGS = 20_000
"""Beyond this the remaining regimes are left to the runs: an absurd file must not keep its author waiting."""


def plain_number(expression: Expression) -> float | None:
    """Return the value of an expression that is simple arithmetic on numbers, None for any other."""
    return _quick(expression.tree, {})


def constant_faults(scenario: Scenario, tree: Branch, names: Declared) -> list[Fault]:
    """Return the faults of everything whose value is known before a run."""
    base = {name: parameter.value for name, parameter in scenario.parameters.items()}
    worlds = [_World(name, base | regime.parameters) for name, regime in scenario.regimes.items()]
    worlds = worlds or [_World(None, base)]
    everything = list(uses(scenario))
    del worlds[max(1, _MOST_READINGS // max(1, len(everything))) :]
    faults: list[Fault] = []
    left = {id(use.expression) for use in everything if use.expression.names and not use.sure}
    for use in everything:
        fault = _first_unfit(use, worlds) if id(use.expression) not in left else None
        if fault is not None:
            faults.append(fault)
            left.add(id(use.expression))
    for world in worlds:
        world.left = left
        faults += _starts(scenario, tree, names, world)
        faults += _orders(scenario, names, world)
    return list({fault.place: fault for fault in reversed(faults)}.values())


@dataclass
class _World:
    """The parameters' values in one regime; ``left`` are the expressions that nobody may ask for here."""

    regime: str | None
    parameters: Mapping[str, float]
    left: set[int] = field(default_factory=set)

    def knows(self, expression: Expression) -> bool:
        """Say whether an expression has a value before the run."""
        return id(expression) not in self.left and all(name in self.parameters for name in expression.names)

    def value(self, expression: Expression) -> float:
        """Return an expression's value; raises ``NotFinite``."""
        quick = _quick(expression.tree, self.parameters)
        return self._careful(expression) if quick is None else quick

    def _careful(self, expression: Expression) -> float:
        import numpy as np

        from sim.scenario.arithmetic import Formulas, Vocabulary

        vocabulary = Vocabulary(parameters={name: number for number, name in enumerate(expression.names)})
        given = [np.float64(self.parameters[name]) for name in expression.names]
        (value,) = Formulas([expression], vocabulary)(np.empty((0, 1)), given, 1.0)
        return float(np.ravel(value)[0])

    def told(self, *expressions: Expression) -> str:
        """Return the values of the names in expressions, as the end of a sentence."""
        names = dict.fromkeys(name for expression in expressions for name in expression.names)
        values = ", ".join(f"{name} = {self.parameters[name]:g}" for name in names)
        where = f" in regime {quoted(self.regime)}" if values and self.regime is not None else ""
        return f" where {values}{where}" if values else ""


def _quick(node: ast.expr, values: Mapping[str, float]) -> float | None:
    """Return the value of simple arithmetic, None where more care is needed.

    Simple are the operations that every processor and library rounds alike.
    """
    result: float | None = None
    match node:
        case ast.Constant(value=int() | float() as number):
            result = float(number)
        case ast.Name(id=name):
            result = values.get(name)
        case ast.UnaryOp(op=ast.USub()):
            operand = _quick(node.operand, values)
            result = None if operand is None else -operand
        case ast.BinOp():
            first, links = chain(node)
            result = _quick(first, values)
            for link in links:
                right = _quick(link.right, values) if type(link.op) in _SIMPLE else None
                result = None if result is None or right is None else _SIMPLE[type(link.op)](result, right)
        case ast.Call(func=ast.Name(id=called)) if called in _CHOOSING:
            given = [value for value in (_quick(argument, values) for argument in node.args) if value is not None]
            result = _CHOOSING[called](*given) if len(given) == len(node.args) else None
    return result if result is not None and math.isfinite(result) else None


def _first_unfit(use: Use, worlds: Sequence[_World]) -> Fault | None:
    """Return what is wrong with one expression in the first regime where something is."""
    tried: set[tuple[float, ...]] = set()
    for world in worlds:
        if (use.expression.names and not use.counts_in(world.regime)) or not world.knows(use.expression):
            continue
        values = tuple(world.parameters[name] for name in use.expression.names)
        if values not in tried:
            tried.add(values)
            fault = _unfit(use, world)
            if fault is not None:
                return fault
    return None


def _unfit(use: Use, world: _World) -> Fault | None:
    """Return what is wrong with one expression in one regime."""
    expression = use.expression
    try:
        value = world.value(expression)
    except Exception as error:
        # NotFinite, without the import of numpy that naming it here would need.
        node, problem = getattr(error, "node", None), getattr(error, "problem", None)
        if node is None or problem is None:
            raise
        at, text = expression.place_of(node), ast.get_source_segment(expression.text, node) or expression.text
        problem = f"{quoted(text)}: {problem}{world.told(expression)}"
        return Fault(at, "NOT-FINITE", problem, "guard it, as in 'a / b if b > 0 else 0'")
    if use.allows(value):
        return None
    problem = f"{use.what} is {value:g}{world.told(expression)}"
    return Fault(expression.place, "OUT-OF-RANGE", problem, f"write {use.allowed}")


def _starts(scenario: Scenario, tree: Branch, names: Declared, world: _World) -> Iterator[Fault]:
    """Yield the faults of what the state variables start from in one regime."""
    overlay = scenario.regimes[world.regime].initial if world.regime is not None else {}
    for name, variable in scenario.state.items():
        initial = overlay.get(name, variable.initial)
        if initial is not None:
            yield from _start(initial, variable, world)
        elif name not in names.initial and not _within(0.0, variable):
            problem = f"{quoted(name)} starts from 0, which is {_outside(variable)}"
            yield Fault(key_place(tree, "state", name), "OUT-OF-RANGE", problem, "give it an 'initial'")


def _start(initial: Initial, variable: State, world: _World) -> Iterator[Fault]:
    if initial.value is not None:
        value = world.value(initial.value) if world.knows(initial.value) else None
        if value is not None and not _within(value, variable):
            problem = f"the first value is {value:g}, which is {_outside(variable)}{world.told(initial.value)}"
            yield Fault(initial.value.place, "OUT-OF-RANGE", problem, "write a value within the bounds")
    elif initial.low is not None and initial.high is not None:
        yield from _ascending((initial.low, initial.high), world)
    weights = [weight for _, weight in initial.choices]
    if weights and all(map(world.knows, weights)) and not any(map(world.value, weights)):
        yield Fault(initial.choices[0][0].place, "OUT-OF-RANGE", "all weights are 0", "give one value a weight above 0")


def _orders(scenario: Scenario, names: Declared, world: _World) -> Iterator[Fault]:
    """Yield the faults of lead times that do not ascend and of levels that have nobody to foresee."""
    for actor in scenario.actors.values():
        for action in actor.actions.values():
            if action.after is not None:
                yield from _ascending(of_lead(action.after), world)
        for strategy in actor.strategies.values():
            level = strategy.weigh.level if strategy.weigh is not None else None
            if level is None or names.actors is None or len(names.actors) == 2:
                continue
            if (_quick(level.tree, world.parameters) or 0.0) > 0.0:
                problem = f"a level above 0 foresees the other actor, and there are {len(names.actors)} actors"
                yield Fault(level.place, "LEVEL", problem, "write level 0, or have two actors")


def _ascending(numbers: Sequence[Expression], world: _World) -> Iterator[Fault]:
    for before, after in pairwise(numbers):
        if world.knows(before) and world.knows(after) and world.value(before) > world.value(after):
            problem = f"{world.value(before):g} stands before {world.value(after):g}{world.told(before, after)}"
            yield Fault(after.place, "BOUNDS", problem, "write the smaller number first")


def _within(value: float, variable: State) -> bool:
    low, high = variable.min, variable.max
    return (low is None or value >= low) and (high is None or value <= high)


def _outside(variable: State) -> str:
    if variable.min is not None and variable.max is not None:
        return f"outside {variable.min:g} to {variable.max:g}"
    return f"below {variable.min:g}" if variable.min is not None else f"above {variable.max:g}"
