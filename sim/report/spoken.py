"""The language of scenarios for those who play: labels instead of names, numbers instead of parameters, no signs."""

from __future__ import annotations

import ast
import math

import numpy as np

from sim.model.game import Game
from sim.report.labels import Labels, joined, quoted_label
from sim.report.words import Speech
from sim.scenario.chains import chain
from sim.scenario.expressions import Expression
from sim.scenario.operations import BINARY, CALLS, COMPARE

_TIES: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("plus", 1),
    ast.Sub: ("minus", 1),
    ast.Mult: ("times", 2),
    ast.Div: ("divided by", 2),
    ast.FloorDiv: ("divided, without the rest, by", 2),
    ast.Mod: ("modulo", 2),
    ast.Pow: ("to the power", 3),
}
"""Operators in words, and how closely they tie."""

_IS: dict[type[ast.cmpop], str] = {
    ast.Lt: "below",
    ast.LtE: "at most",
    ast.Gt: "above",
    ast.GtE: "at least",
    ast.Eq: "",
    ast.NotEq: "not",
}
_CALLED = {
    "min": "the smallest of",
    "max": "the largest of",
    "abs": "the size of",
    "sqrt": "the square root of",
    "floor": "rounded down,",
    "ceil": "rounded up,",
}
_ALONE = 9
"""What ties closer than any operator."""


class Spoken(Speech):
    """Tells what stands in a game's scenario as one of its actors would: with labels, and its parameters filled in."""

    def __init__(self, game: Game, actor: str) -> None:
        self._labels, self._actor = Labels(game.scenario), actor
        self._numbers = {
            name: float(np.ravel(value)[0])
            for name, value in zip(game.scenario.parameters, game.parameters, strict=True)
        }

    def formula(self, expression: Expression) -> str:
        """Return an expression that gives a number: the number, if it hangs on parameters alone."""
        return self._told(expression.tree)[0]

    def condition(self, expression: Expression) -> str:
        """Return an expression that holds or does not."""
        return self._asked(expression.tree)

    def name(self, name: str) -> str:
        """Return the label of a state variable, a derived name or a parameter."""
        if name == "turn":
            return "the turn"
        known = name in self._numbers
        return quoted_label(self._labels.parameter(name) if known else self._labels.variable(name))

    def deed(self, name: str) -> str:
        """Return the label of an action, or of a strategy."""
        part = self._labels.scenario.actors[self._actor]
        label = self._labels.action if name in part.actions else self._labels.strategy
        return quoted_label(label(self._actor, name))

    def _told(self, node: ast.expr) -> tuple[str, int]:
        """Return a part of an expression in words, and how closely it ties."""
        value = self._value(node)
        if value is not None:
            return f"{value:.6g}", _ALONE
        match node:
            case ast.Name(id=name):
                return self.name(name), _ALONE
            case ast.BinOp():
                return self._chain(node)
            case ast.UnaryOp(op=ast.USub()):
                return f"minus {self._held(node.operand, 2)}", 1
            case ast.IfExp():
                body, other = self._told(node.body)[0], self._told(node.orelse)[0]
                return f"{body} if {self._asked(node.test)}, else {other}", 0
            case ast.Call(func=ast.Name(id=called), args=given):
                return self._call(called, given)
        return f"1 if {self._asked(node)}, else 0", 0

    def _held(self, node: ast.expr, least: int) -> str:
        words, tie = self._told(node)
        return f"({words})" if tie < least else words

    def _chain(self, node: ast.BinOp) -> tuple[str, int]:
        first, links = chain(node)
        # What hangs on parameters alone at the beginning is one number.
        while links and (value := self._value(links[0])) is not None:
            first = ast.copy_location(ast.Constant(value), links.pop(0))
        words, tie = self._told(first)
        for link in links:
            said, least = _TIES[type(link.op)]
            words = f"({words})" if tie < least else words
            words = f"{words} {said} {self._held(link.right, least + 1)}"
            tie = least
        return words, tie

    def _call(self, called: str, given: list[ast.expr]) -> tuple[str, int]:
        told = [self._told(argument)[0] for argument in given]
        if called == "clip":
            return f"{told[0]}, but from {told[1]} to {told[2]}", 0
        if called in _CALLED:
            return f"{_CALLED[called]} {joined(told)}", 0
        return f"{called}({'; '.join(told)})", _ALONE

    def _asked(self, node: ast.expr) -> str:
        value = self._value(node)
        if value is not None:
            return "this always holds" if value else "this never holds"
        match node:
            case ast.BoolOp():
                inner = [
                    f"({self._asked(part)})" if isinstance(part, ast.BoolOp) else self._asked(part)
                    for part in node.values
                ]
                return (" and " if isinstance(node.op, ast.And) else " or ").join(inner)
            case ast.UnaryOp(op=ast.Not(), operand=ast.Compare() | ast.BoolOp() as operand):
                return f"it is not so that {self._asked(operand)}"
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"{self._held(operand, 1)} is 0"
            case ast.Compare():
                sides = [node.left, *node.comparators]
                return " and ".join(
                    f"{self._held(left, 1)} is {_IS[type(how)]} {self._held(right, 1)}".replace("  ", " ")
                    for left, how, right in zip(sides, node.ops, sides[1:], strict=False)
                )
        return f"{self._held(node, 1)} is not 0"

    def _value(self, node: ast.expr) -> float | None:
        """Return the number that a part is, where neither the state nor the turn enters; None otherwise."""
        with np.errstate(all="ignore"):
            value = self._number(node)
        return value if value is not None and math.isfinite(value) else None

    def _number(self, node: ast.expr) -> float | None:
        match node:
            case ast.Constant(value=int() | float() as value):
                return float(value)
            case ast.Name(id=name):
                return self._numbers.get(name)
            case ast.UnaryOp(op=op, operand=operand):
                of = self._number(operand)
                return None if of is None else -of if isinstance(op, ast.USub) else float(of == 0.0)
            case ast.BinOp(left=left, op=op, right=right):
                one, two = self._number(left), self._number(right)
                if one is None or two is None:
                    return None
                return float(np.ravel(BINARY[type(op)][1](np.float64(one), np.float64(two)))[0])
            case ast.Call(func=ast.Name(id=called), args=given):
                numbers = [self._number(argument) for argument in given]
                known = [np.float64(number) for number in numbers if number is not None]
                return float(np.ravel(CALLS[called](*known))[0]) if len(known) == len(numbers) else None
            case ast.Compare(left=left, ops=[how], comparators=[right]):
                one, two = self._number(left), self._number(right)
                return None if one is None or two is None else float(COMPARE[type(how)][1](one, two))
        return None
