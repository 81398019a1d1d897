"""The strict reading of an expression: slow, and exact about blame.

It walks the tree, knows of every operation in which runs its result is used, and stops at the first used result that
is not finite (language page, section 3).
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.chains import chain
from sim.scenario.expressions import Expression
from sim.scenario.operations import BINARY, CALLS, COMPARE, Columns, Floats, Parameters, Value, pick
from sim.scenario.vocabulary import Vocabulary


class NotFinite(Exception):
    """A used result is not finite: the expression, the node to blame, and the first column it went wrong in."""

    def __init__(self, expression: Expression, node: ast.expr, column: int, problem: str) -> None:
        super().__init__(problem)
        self.expression, self.node, self.column, self.problem = expression, node, column, problem


class Strict:
    """The careful reading: every operation knows in which runs its result is used, and must be finite there."""

    def __init__(self, vocabulary: Vocabulary, state: Columns, parameters: Parameters, turn: Value, runs: int) -> None:
        self.vocabulary, self.state, self.parameters, self.turn = vocabulary, state, parameters, turn
        self.derived: dict[str, tuple[NDArray[np.float64], NDArray[np.bool_]]] = {}
        self.runs = runs

    def result(self, expression: Expression) -> Floats:
        """Return an expression's value in every run; raises ``NotFinite``."""
        with np.errstate(all="ignore"):
            return self._part(expression, expression.tree, np.ones(self.runs, dtype=bool))

    def _part(self, expression: Expression, node: ast.expr, used: NDArray[np.bool_]) -> Floats:
        return self._finite(expression, node, used, self._value(expression, node, used))

    def _finite(self, expression: Expression, node: ast.expr, used: NDArray[np.bool_], result: Any) -> Floats:
        value = np.broadcast_to(np.asarray(result, dtype=np.float64), (self.runs,))
        wrong = used & ~np.isfinite(value)
        if wrong.any():
            column = int(np.argmax(wrong))
            raise NotFinite(expression, node, column, f"the result is {_spoken(float(value[column]))}")
        return value

    def _value(self, expression: Expression, node: ast.expr, used: NDArray[np.bool_]) -> Any:
        match node:
            case ast.Constant(value=value):
                return float(value)  # type: ignore[arg-type]
            case ast.Name(id=name):
                return self._name(name, used)
            case ast.BinOp():
                first, links = chain(node)
                so_far = self._part(expression, first, used)
                for link in links:
                    operands = so_far, self._part(expression, link.right, used)
                    so_far = self._finite(expression, link, used, BINARY[type(link.op)][1](*operands))
                return so_far
            case ast.UnaryOp(op=ast.USub()):
                return -self._part(expression, node.operand, used)
            case ast.UnaryOp():
                return self._part(expression, node.operand, used) == 0.0
            case ast.BoolOp():
                return self._joined(expression, node, used)
            case ast.Compare():
                return self._compared(expression, node, used)
            case ast.IfExp():
                test = self._part(expression, node.test, used) != 0.0
                body = self._part(expression, node.body, used & test)
                return np.where(test, body, self._part(expression, node.orelse, used & ~test))
            case ast.Call(func=ast.Name(id="pick")):
                index = self._part(expression, node.args[0], used)
                place = np.clip(np.floor(index), 0, len(node.args) - 2)
                values = [self._part(expression, v, used & (place == i)) for i, v in enumerate(node.args[1:])]
                return pick(index, *values)
            case ast.Call(func=ast.Name(id=called)):
                return CALLS[called](*[self._part(expression, argument, used) for argument in node.args])
        raise AssertionError(f"unchecked node {node!r}")

    def _joined(self, expression: Expression, node: ast.BoolOp, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
        goes_on = isinstance(node.op, ast.And)
        result = np.full(self.runs, goes_on)
        for value in node.values:
            open_yet = used & (result == goes_on)
            result = np.where(open_yet, self._part(expression, value, open_yet) != 0.0, result)
        return result

    def _compared(self, expression: Expression, node: ast.Compare, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
        result = np.ones(self.runs, dtype=bool)
        left = self._part(expression, node.left, used)
        for operator, comparator in zip(node.ops, node.comparators, strict=True):
            right = self._part(expression, comparator, used & result)
            result = result & COMPARE[type(operator)][1](left, right)
            left = right
        return result

    def _name(self, name: str, used: NDArray[np.bool_]) -> Any:
        if name == "turn":
            return self.turn
        if name in self.vocabulary.state:
            return self.state[self.vocabulary.state[name]]
        if name in self.vocabulary.parameters:
            return self.parameters[self.vocabulary.parameters[name]]
        return self._read(name, used)

    def _read(self, name: str, used: NDArray[np.bool_]) -> Floats:
        """Return a derived name's values, working out only those that nobody has asked for yet."""
        values, known = self.derived.get(name, (np.zeros(self.runs), np.zeros(self.runs, dtype=bool)))
        needed = used & ~known
        if needed.any():
            derived = self.vocabulary.derived[name]
            values = np.where(needed, self._part(derived, derived.tree, needed), values)
            self.derived[name] = values, known | needed
        return values


def _spoken(value: float) -> str:
    if value != value:
        return "no number (such as 0/0, or the root of a negative number)"
    return "infinite (a division by zero, or too large)" if value > 0 else "minus infinity (log of 0, or too large)"
