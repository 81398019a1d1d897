"""Evaluate checked expressions on arrays of runs: fast when nothing goes wrong, exact about blame when something does.

A group of expressions is compiled into one straight line of array operations, each common part computed once.
The processor's own floating-point flags tell whether any operation overflowed, divided by zero or was invalid.
Only then the strict reading walks the tree, run by run as guards allow, and blames the first operation whose
result is used and not finite (language page, section 3).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.scenario.expressions import Expression

Floats: TypeAlias = NDArray[np.float64]
Value: TypeAlias = Floats | np.float64 | float
Parameters: TypeAlias = Sequence[Value]
"""One value a parameter: a number, or one number a run."""


@dataclass(frozen=True)
class Vocabulary:
    """Where each name lives: rows of the state, places in the list of parameters, derived expressions."""

    state: Mapping[str, int] = field(default_factory=dict)
    parameters: Mapping[str, int] = field(default_factory=dict)
    derived: Mapping[str, Expression] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """Return a text that is equal for vocabularies in which every expression means the same."""
        derived = {name: expression.text for name, expression in self.derived.items()}
        return repr((dict(self.state), dict(self.parameters), derived))


class NotFinite(Exception):
    """A used result is not finite: the expression, the node to blame, and the first column it went wrong in."""

    def __init__(self, expression: Expression, node: ast.expr, column: int, problem: str) -> None:
        super().__init__(problem)
        self.expression, self.node, self.column, self.problem = expression, node, column, problem


def power(base: Value, exponent: Value) -> Floats:
    """Return ``base ** exponent`` by one and the same array path, whatever the number of runs."""
    # numpy squares when the exponent is one number and calls pow when it is an array: the last bits differ.
    bases, exponents = np.broadcast_arrays(base, exponent)
    size = bases.size
    doubled = np.resize(bases, max(size, 2)), np.resize(exponents, max(size, 2))
    result: Floats = np.power(*doubled)[:size].reshape(bases.shape)
    return result


def logistic(x: Value) -> Value:
    """Return 1 / (1 + exp(-x)) without overflow."""
    small = np.exp(-np.abs(x))
    chosen: Value = np.where(np.greater_equal(x, 0.0), 1.0, small) / (1.0 + small)
    return chosen


def clip(x: Value, low: Value, high: Value) -> Value:
    """Return ``x`` held between ``low`` and ``high``; ``high`` wins where they cross."""
    held: Value = np.minimum(np.maximum(x, low), high)
    return held


def pick(index: Value, *values: Value) -> Value:
    """Return the value that ``index`` points to, rounded down and held within the list."""
    chosen: Value = values[-1]
    for place in range(len(values) - 2, -1, -1):
        chosen = np.where(np.less(index, place + 1.0), values[place], chosen)
    return chosen


def _fold(two: Callable[[Value, Value], Value]) -> Callable[..., Value]:
    def many(first: Value, *others: Value) -> Value:
        for other in others:
            first = two(first, other)
        return first

    return many


CALLS: Mapping[str, Callable[..., Value]] = {
    "min": _fold(np.minimum),
    "max": _fold(np.maximum),
    "abs": np.abs,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "floor": np.floor,
    "ceil": np.ceil,
    "clip": clip,
    "logistic": logistic,
    "pick": pick,
}
BINARY: Mapping[type[ast.operator], tuple[str, Callable[[Value, Value], Value]]] = {
    ast.Add: ("{} + {}", np.add),
    ast.Sub: ("{} - {}", np.subtract),
    ast.Mult: ("{} * {}", np.multiply),
    ast.Div: ("{} / {}", np.divide),
    ast.Pow: ("power({}, {})", power),
    ast.Mod: ("{} % {}", np.remainder),
    ast.FloorDiv: ("{} // {}", np.floor_divide),
}
COMPARE: Mapping[type[ast.cmpop], tuple[str, Callable[[Value, Value], Any]]] = {
    ast.Lt: ("{} < {}", np.less),
    ast.LtE: ("{} <= {}", np.less_equal),
    ast.Gt: ("{} > {}", np.greater),
    ast.GtE: ("{} >= {}", np.greater_equal),
    ast.Eq: ("{} == {}", np.equal),
    ast.NotEq: ("{} != {}", np.not_equal),
}


MOST_COMPILED = 4096
_COMPILED: dict[tuple[str, ...], Callable[..., tuple[Value, ...]]] = {}
"""Groups compiled so far: the regimes of a scenario share nearly all of them."""


class Formulas:
    """A group of expressions, compiled together; calling it gives the value of each.

    ``formulas(state, parameters, turn)`` takes the state as an array (variables, runs) and returns one value an
    expression: an array (runs,), or one number where no state and no parameter by run enters. Raises ``NotFinite``.
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

    def __call__(self, state: Floats, parameters: Parameters, turn: Value) -> tuple[Value, ...]:
        """Return the value of each expression; raises ``NotFinite``."""
        with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
            try:
                return self._fast(state, parameters, np.float64(turn))
            except ArithmeticError:
                pass
        strict = _Strict(self.vocabulary, state, parameters, turn)
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
                operands = self.number(self.part(node.left)), self.number(self.part(node.right))
                return self.assign(BINARY[type(node.op)][0].format(*operands))
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


class _Strict:
    """The careful reading: every operation knows in which runs its result is used, and must be finite there."""

    def __init__(self, vocabulary: Vocabulary, state: Floats, parameters: Parameters, turn: Value) -> None:
        self.vocabulary, self.state, self.parameters, self.turn = vocabulary, state, parameters, turn
        self.derived: dict[str, tuple[NDArray[np.float64], NDArray[np.bool_]]] = {}
        sizes = [np.size(value) for value in parameters if np.ndim(value)]
        self.runs = state.shape[1] if state.size else max(sizes, default=1)

    def result(self, expression: Expression) -> Floats:
        with np.errstate(all="ignore"):
            return self.part(expression, expression.tree, np.ones(self.runs, dtype=bool))

    def part(self, expression: Expression, node: ast.expr, used: NDArray[np.bool_]) -> Floats:
        value = np.broadcast_to(np.asarray(self.value(expression, node, used), dtype=np.float64), (self.runs,))
        wrong = used & ~np.isfinite(value)
        if wrong.any():
            column = int(np.argmax(wrong))
            raise NotFinite(expression, node, column, f"the result is {_spoken(float(value[column]))}")
        return value

    def value(self, expression: Expression, node: ast.expr, used: NDArray[np.bool_]) -> Any:
        match node:
            case ast.Constant(value=value):
                return float(value)  # type: ignore[arg-type]
            case ast.Name(id=name):
                return self.name(name, used)
            case ast.BinOp():
                operands = self.part(expression, node.left, used), self.part(expression, node.right, used)
                return BINARY[type(node.op)][1](*operands)
            case ast.UnaryOp(op=ast.USub()):
                return -self.part(expression, node.operand, used)
            case ast.UnaryOp():
                return self.part(expression, node.operand, used) == 0.0
            case ast.BoolOp():
                return self.joined(expression, node, used)
            case ast.Compare():
                return self.compared(expression, node, used)
            case ast.IfExp():
                test = self.part(expression, node.test, used) != 0.0
                body = self.part(expression, node.body, used & test)
                return np.where(test, body, self.part(expression, node.orelse, used & ~test))
            case ast.Call(func=ast.Name(id="pick")):
                index = self.part(expression, node.args[0], used)
                place = np.clip(np.floor(index), 0, len(node.args) - 2)
                values = [self.part(expression, v, used & (place == i)) for i, v in enumerate(node.args[1:])]
                return pick(index, *values)
            case ast.Call(func=ast.Name(id=called)):
                return CALLS[called](*[self.part(expression, argument, used) for argument in node.args])
        raise AssertionError(f"unchecked node {node!r}")

    def joined(self, expression: Expression, node: ast.BoolOp, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
        goes_on = isinstance(node.op, ast.And)
        result = np.full(self.runs, goes_on)
        for value in node.values:
            open_yet = used & (result == goes_on)
            result = np.where(open_yet, self.part(expression, value, open_yet) != 0.0, result)
        return result

    def compared(self, expression: Expression, node: ast.Compare, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
        result = np.ones(self.runs, dtype=bool)
        left = self.part(expression, node.left, used)
        for operator, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.part(expression, comparator, used & result)
            result = result & COMPARE[type(operator)][1](left, right)
            left = right
        return result

    def name(self, name: str, used: NDArray[np.bool_]) -> Any:
        if name == "turn":
            return self.turn
        if name in self.vocabulary.state:
            return self.state[self.vocabulary.state[name]]
        if name in self.vocabulary.parameters:
            return self.parameters[self.vocabulary.parameters[name]]
        return self.read(name, used)

    def read(self, name: str, used: NDArray[np.bool_]) -> Floats:
        """Return a derived name's values, working out only those that nobody has asked for yet."""
        values, known = self.derived.get(name, (np.zeros(self.runs), np.zeros(self.runs, dtype=bool)))
        needed = used & ~known
        if needed.any():
            derived = self.vocabulary.derived[name]
            values = np.where(needed, self.part(derived, derived.tree, needed), values)
            self.derived[name] = values, known | needed
        return values


def _spoken(value: float) -> str:
    if value != value:
        return "no number (such as 0/0, or the root of a negative number)"
    return "infinite (a division by zero, or too large)" if value > 0 else "minus infinity (log of 0, or too large)"
