"""Evaluate checked expressions on arrays of runs: fast when nothing goes wrong, exact about blame when something does.

A group of expressions is compiled into one straight line of array operations, each common part computed once.
The processor's own floating-point flags tell whether any operation overflowed, divided by zero or was invalid.
Only then ``sim.scenario.strict`` reads the group again, with care (language page, section 3).

Changes of the state are compiled in the same way: a whole list of them is one straight line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.scenario.chains import chain
from sim.scenario.expressions import Expression
from sim.scenario.operations import BINARY, CALLS, COMPARE, Columns, Floats, Parameters, Value, power
from sim.scenario.strict import NotFinite, Strict
from sim.scenario.vocabulary import Vocabulary

__all__ = ["Floats", "Formulas", "NotFinite", "Parameters", "Step", "Steps", "Value", "Vocabulary", "power"]

Compiled = Callable[..., tuple[Value, ...]]
MOST_COMPILED = 4096
_NAME = re.compile(r"\bv[0-9]+\b")
_OPERATION = re.compile(r"(\w+) ([-+*/]) (\w+)")
"""An operation that makes a new array, or a number, of its own."""
_COMPILED: dict[tuple[Any, ...], Compiled] = {}
"""Groups compiled so far: the regimes of a scenario share nearly all of them."""


def _kept(key: tuple[Any, ...], compiled: Callable[[], Compiled]) -> Compiled:
    # Threads of a cluster's worker share it: one may clear it at any moment.
    found = _COMPILED.get(key)
    if found is None:
        if len(_COMPILED) >= MOST_COMPILED:
            _COMPILED.clear()
        found = _COMPILED[key] = compiled()
    return found


def _tried(compiled: Compiled, state: Columns, parameters: Parameters, turn: Value) -> tuple[Value, ...] | None:
    """Return what a compiled line gives; None where the processor took exception to any operation in any run."""
    with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
        try:
            return compiled(state, parameters, turn if isinstance(turn, np.ndarray) else np.float64(turn))
        except ArithmeticError:
            return None


class Formulas:
    """A group of expressions, compiled together; calling it gives the value of each.

    ``formulas(state, parameters, turn, runs)`` takes the state of so many runs and returns one value an expression:
    an array (runs,), or one number where no state and no parameter by run enters. Raises ``NotFinite``.
    With ``asks`` the expressions are conditions, and their values are true or false.
    """

    def __init__(self, expressions: Sequence[Expression], vocabulary: Vocabulary, *, asks: bool = False) -> None:
        self.expressions, self.vocabulary, self.asks = tuple(expressions), vocabulary, asks
        key = vocabulary.key, asks, *(expression.text for expression in self.expressions)
        self._compiled = _kept(key, lambda: _Line(vocabulary).compiled(self.expressions, asks))
        self.is_fixed = all(vocabulary.is_fixed(expression) for expression in self.expressions)
        """Whether neither the state nor the turn enters: the values follow from the parameters."""

    def __call__(
        self, state: Columns, parameters: Parameters, turn: Value, runs: int | None = None
    ) -> tuple[Value, ...]:
        """Return the value of each expression; raises ``NotFinite``."""
        values = self.tried(state, parameters, turn)
        if values is not None:
            return values
        if runs is None:
            runs = state.shape[1] if isinstance(state, np.ndarray) else 1
        strict = Strict(self.vocabulary, state, parameters, turn, runs)
        results = [strict.result(expression) for expression in self.expressions]
        return tuple(result != 0.0 if self.asks else result for result in results)

    def tried(self, state: Columns, parameters: Parameters, turn: Value) -> tuple[Value, ...] | None:
        """Return the value of each expression, or None where any run gives reason for a strict reading."""
        return _tried(self._compiled, state, parameters, turn)

    def __reduce__(self) -> tuple[Callable[..., Formulas], tuple[tuple[Expression, ...], Vocabulary, bool]]:
        return _formulas, (self.expressions, self.vocabulary, self.asks)


def _formulas(expressions: Sequence[Expression], vocabulary: Vocabulary, asks: bool) -> Formulas:
    return Formulas(expressions, vocabulary, asks=asks)


@dataclass(frozen=True)
class Step:
    """A change of one variable: the row in the state, its bounds, what it is set to or what is added to it."""

    row: int
    low: float
    high: float
    value: Expression
    adds: bool


class Steps:
    """Changes of the state, compiled together: each clamped to its bounds, and seen by the next.

    With ``at_once`` all values are read before anything changes.
    """

    def __init__(self, steps: Sequence[Step], vocabulary: Vocabulary, *, at_once: bool = False) -> None:
        self.steps, self.vocabulary, self.at_once = tuple(steps), vocabulary, at_once
        self.rows = tuple(dict.fromkeys(step.row for step in self.steps))
        """The rows that change; one value each is returned."""
        facts = [(step.row, step.low, step.high, step.value.text, step.adds) for step in self.steps]
        key = vocabulary.key, at_once, *facts
        self._compiled = _kept(key, lambda: _Line(vocabulary).stepping(self.steps, self.rows, at_once))
        self.is_fixed = not any(step.adds or not vocabulary.is_fixed(step.value) for step in self.steps)
        """Whether neither the state nor the turn enters: the new values follow from the parameters."""

    def tried(self, state: Columns, parameters: Parameters, turn: Value) -> tuple[Value, ...] | None:
        """Return the new value of each row that changes, or None where any run gives reason for a strict reading."""
        return _tried(self._compiled, state, parameters, turn)

    def __reduce__(self) -> tuple[Callable[..., Steps], tuple[tuple[Step, ...], Vocabulary, bool]]:
        return _steps, (self.steps, self.vocabulary, self.at_once)


def _steps(steps: Sequence[Step], vocabulary: Vocabulary, at_once: bool) -> Steps:
    return Steps(steps, vocabulary, at_once=at_once)


class _Line:
    """Writes a group of expressions as a straight line of assignments, each distinct part once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.lines: list[tuple[str, str]] = []
        """A name, and the text of what it stands for."""
        self.known: dict[str, str] = {}
        self.truths: set[str] = set()
        self.constants: dict[str, np.float64] = {}
        self.derived: dict[str, str] = {}

    def compiled(self, expressions: Sequence[Expression], asks: bool) -> Compiled:
        kind = self.truth if asks else self.number
        return self.function([kind(self.part(expression.tree)) for expression in expressions])

    def stepping(self, steps: Sequence[Step], rows: Sequence[int], at_once: bool) -> Compiled:
        read = [self.number(self.part(step.value.tree)) for step in steps] if at_once else []
        for place, step in enumerate(steps):
            value = read[place] if at_once else self.number(self.part(step.value.tree))
            if step.adds:
                value = self.assign(f"{self.variable(step.row)} + {value}")
            if step.low > -np.inf:
                value = self.assign(f"maximum({value}, {self.constant(np.float64(step.low))})")
            if step.high < np.inf:
                value = self.assign(f"minimum({value}, {self.constant(np.float64(step.high))})")
            self.known[f"state[{step.row}]"] = value
            # A derived name is anew what its parts now are; parts that did not change keep their names.
            self.derived.clear()
        return self.function([self.variable(row) for row in rows])

    def function(self, results: Sequence[str]) -> Compiled:
        body = "".join(f"    {line}\n" for line in self.thrifty(results))
        returned = "".join(f"{result}, " for result in results)
        source = f"def line(state, parameters, turn):\n{body}    return ({returned})\n"
        scope: dict[str, Any] = {"power": power, "where": np.where, "both": np.logical_and, "either": np.logical_or}
        scope |= self.constants
        scope |= {"negated": np.logical_not} | {f"f_{name}": call for name, call in CALLS.items()}
        scope |= {"maximum": np.maximum, "minimum": np.minimum}
        # The text is ours, written from a tree that passed the allow-list; no word of the scenario stands in it.
        exec(compile(source, "<formulas>", "exec"), scope)
        compiled: Compiled = scope["line"]
        return compiled

    def thrifty(self, results: Sequence[str]) -> Iterator[str]:
        """Yield the assignments so that an array is worked on in place, or let go, as soon as nothing else needs it.

        Arrays that stay in the processor's cache are several times as fast as new ones.
        """
        last = {name: place for place, (_, text) in enumerate(self.lines) for name in _NAME.findall(text)}
        last |= dict.fromkeys(results, len(self.lines))
        own: set[str] = set()
        for place, (name, text) in enumerate(self.lines):
            spent = [each for each in dict.fromkeys(_NAME.findall(text)) if last[each] == place]
            operation = _OPERATION.fullmatch(text)
            if operation and operation[1] in own and operation[1] in spent and operation[1] != operation[3]:
                yield f"{operation[1]} {operation[2]}= {operation[3]}"
                yield f"{name} = {operation[1]}"
            else:
                yield f"{name} = {text}"
            if operation:
                own.add(name)
            if spent:
                yield f"del {', '.join(spent)}"

    def assign(self, text: str, *, truth: bool = False) -> str:
        if text not in self.known:
            self.known[text] = f"v{len(self.lines)}"
            self.lines.append((self.known[text], text))
            if truth:
                self.truths.add(self.known[text])
        return self.known[text]

    def number(self, part: str) -> str:
        return self.assign(f"{part} * 1.0") if part in self.truths else part

    def truth(self, part: str) -> str:
        return part if part in self.truths else self.assign(f"{part} != {self.constant(np.float64(0.0))}", truth=True)

    def part(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=value):
                return self.constant(np.float64(value))  # type: ignore[arg-type]
            case ast.Name(id=name):
                return self.name(name)
            case ast.BinOp():
                first, links = chain(node)
                result = self.number(self.part(first))
                for link in links:
                    operation = BINARY[type(link.op)][0]
                    result = self.assign(operation.format(result, self.number(self.part(link.right))))
                return result
            case ast.UnaryOp(op=ast.USub()):
                return self.assign(f"-{self.number(self.part(node.operand))}")
            case ast.UnaryOp():
                return self.assign(f"negated({self.truth(self.part(node.operand))})", truth=True)
            case ast.BoolOp():
                joined = "both({}, {})" if isinstance(node.op, ast.And) else "either({}, {})"
                return self.chained(joined, [self.truth(self.part(value)) for value in node.values])
            case ast.Compare():
                values = [self.number(self.part(value)) for value in [node.left, *node.comparators]]
                pairs = zip(node.ops, values, values[1:], strict=False)
                steps = [self.assign(COMPARE[type(op)][0].format(a, b), truth=True) for op, a, b in pairs]
                return self.chained("both({}, {})", steps)
            case ast.IfExp():
                chosen = self.number(self.part(node.body)), self.number(self.part(node.orelse))
                return self.assign(f"where({self.truth(self.part(node.test))}, {chosen[0]}, {chosen[1]})")
            case ast.Call(func=ast.Name(id=called)):
                arguments = ", ".join(self.number(self.part(argument)) for argument in node.args)
                return self.assign(f"f_{called}({arguments})")
        raise AssertionError(f"unchecked node {node!r}")

    def constant(self, value: np.float64) -> str:
        # Python's own floats overflow without a flag; numpy's do not.
        name = f"c{len(self.constants)}"
        known = {held: word for word, held in self.constants.items()}
        if value in known:
            return known[value]
        self.constants[name] = value
        return name

    def chained(self, joined: str, truths: list[str]) -> str:
        result = truths[0]
        for truth in truths[1:]:
            result = self.assign(joined.format(result, truth), truth=True)
        return result

    def name(self, name: str) -> str:
        if name == "turn":
            return "turn"
        if name in self.vocabulary.state:
            return self.variable(self.vocabulary.state[name])
        if name in self.vocabulary.parameters:
            return self.assign(f"parameters[{self.vocabulary.parameters[name]}]")
        # Each derived name is written once: read anew at every use, a chain of them would double at every link.
        if name not in self.derived:
            self.derived[name] = self.number(self.part(self.vocabulary.derived[name].tree))
        return self.derived[name]

    def variable(self, row: int) -> str:
        return self.assign(f"state[{row}]")
