"""Evaluate checked expressions on arrays of runs: fast when nothing goes wrong, exact about blame when something does.

A group of expressions is compiled into one straight line of array operations, each common part computed once.
The processor's own floating-point flags tell whether any operation overflowed, divided by zero or was invalid.
Only then ``sim.scenario.strict`` reads the group again, with care (language page, section 3).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sim.scenario.chains import chain
from sim.scenario.expressions import Expression
from sim.scenario.operations import BINARY, CALLS, COMPARE, Columns, Floats, Parameters, Value, power
from sim.scenario.strict import NotFinite, Strict
from sim.scenario.vocabulary import Vocabulary

__all__ = ["Floats", "Formulas", "NotFinite", "Parameters", "Value", "Vocabulary", "power"]

MOST_COMPILED = 4096
_COMPILED: dict[tuple[str, ...], Callable[..., tuple[Value, ...]]] = {}
"""Groups compiled so far: the regimes of a scenario share nearly all of them."""


class Formulas:
    """A group of expressions, compiled together; calling it gives the value of each.

    ``formulas(state, parameters, turn, runs)`` takes the state of so many runs and returns one value an expression:
    an array (runs,), or one number where no state and no parameter by run enters. Raises ``NotFinite``.
    """

    def __init__(self, expressions: Sequence[Expression], vocabulary: Vocabulary) -> None:
        self.expressions = tuple(expressions)
        self.vocabulary = vocabulary
        texts = vocabulary.key, *(expression.text for expression in self.expressions)
        if texts not in _COMPILED:
            if len(_COMPILED) >= MOST_COMPILED:
                _COMPILED.clear()
            _COMPILED[texts] = _Line(vocabulary).compiled(self.expressions)
        self._fast = _COMPILED[texts]

    def __call__(
        self, state: Columns, parameters: Parameters, turn: Value, runs: int | None = None
    ) -> tuple[Value, ...]:
        """Return the value of each expression; raises ``NotFinite``."""
        with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
            try:
                return self._fast(state, parameters, np.float64(turn))
            except ArithmeticError:
                pass
        if runs is None:
            runs = state.shape[1] if isinstance(state, np.ndarray) else 1
        strict = Strict(self.vocabulary, state, parameters, turn, runs)
        return tuple(strict.result(expression) for expression in self.expressions)

    def __reduce__(self) -> tuple[type[Formulas], tuple[tuple[Expression, ...], Vocabulary]]:
        return type(self), (self.expressions, self.vocabulary)


class _Line:
    """Writes a group of expressions as a straight line of assignments, each distinct part once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.lines: list[str] = []
        self.known: dict[str, str] = {}
        self.truths: set[str] = set()
        self.constants: dict[str, np.float64] = {}
        self.derived: dict[str, str] = {}

    def compiled(self, expressions: Sequence[Expression]) -> Callable[..., tuple[Value, ...]]:
        results = [self.number(self.part(expression.tree)) for expression in expressions]
        body = "".join(f"    {line}\n" for line in self.lines)
        returned = "".join(f"{result}, " for result in results)
        source = f"def line(state, parameters, turn):\n{body}    return ({returned})\n"
        scope: dict[str, Any] = {"power": power, "where": np.where, "both": np.logical_and, "either": np.logical_or}
        scope |= self.constants
        scope |= {"negated": np.logical_not} | {f"f_{name}": call for name, call in CALLS.items()}
        # The text is ours, written from a tree that passed the allow-list; no word of the scenario stands in it.
        exec(compile(source, "<formulas>", "exec"), scope)
        compiled: Callable[..., tuple[Value, ...]] = scope["line"]
        return compiled

    def assign(self, text: str, *, truth: bool = False) -> str:
        if text not in self.known:
            self.known[text] = f"v{len(self.known)}"
            self.lines.append(f"{self.known[text]} = {text}")
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
            return self.assign(f"state[{self.vocabulary.state[name]}]")
        if name in self.vocabulary.parameters:
            return self.assign(f"parameters[{self.vocabulary.parameters[name]}]")
        # Each derived name is written once: read anew at every use, a chain of them would double at every link.
        if name not in self.derived:
            self.derived[name] = self.number(self.part(self.vocabulary.derived[name].tree))
        return self.derived[name]
