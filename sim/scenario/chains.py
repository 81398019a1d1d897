"""Sums and products of many terms, taken apart without recursion: such a chain leans to the left, as deep as long."""

from __future__ import annotations

import ast


def chain(node: ast.BinOp) -> tuple[ast.expr, list[ast.BinOp]]:
    """Return the first operand of a chain of operations, and the operations from the first to the last."""
    links = [node]
    while isinstance(links[-1].left, ast.BinOp):
        links.append(links[-1].left)
    return links[-1].left, links[::-1]


def operands(node: ast.BinOp) -> list[ast.expr]:
    """Return all operands of a chain of operations, from left to right."""
    first, links = chain(node)
    return [first, *(link.right for link in links)]
