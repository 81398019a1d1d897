"""Derived names that lead back to themselves, or whose expressions stand too deep within one another."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sim.errors import Fault, quoted
from sim.scenario.chains import operands
from sim.scenario.schema import Scenario

DEEPEST = 150
"""Most levels of operators of a derived name and of all derived names below it, one within the other."""


def cycles(scenario: Scenario) -> Iterator[Fault]:
    """Yield one fault for each circle of derived names, and for each that is too deep."""
    derived = scenario.derived
    below = {name: [other for other in flow.value.names if other in derived] for name, flow in derived.items()}
    depths: dict[str, int] = {}
    for name in below:
        yield from _from(name, below, depths, scenario)


def _from(start: str, below: dict[str, list[str]], depths: dict[str, int], scenario: Scenario) -> Iterator[Fault]:
    """Walk down from one name without recursion: a chain may be as long as the file."""
    way: list[str] = [start]
    standing = {start}
    left: list[list[str]] = [list(reversed(below[start]))]
    if start in depths:
        return
    while way:
        if not left[-1]:
            left.pop()
            name = way.pop()
            standing.discard(name)
            own = _depth(scenario.derived[name].value.tree)
            total = own + max((depths.get(other, 0) for other in below[name]), default=0)
            if total > DEEPEST >= max((depths.get(other, 0) for other in below[name]), default=0):
                yield Fault(
                    scenario.derived[name].value.place, "TOO-DEEP",
                    f"{quoted(name)} and the derived names in it are nested too deeply", "build on fewer derived names",
                )  # fmt: skip
            depths[name] = total
            continue
        name = left[-1].pop()
        if name in standing:
            circle = [*way[way.index(name) :], name]
            user = scenario.derived[way[-1]].value
            node = next(node for node in user.uses if node.id == name)
            problem = f"derived names lead back to themselves: {' -> '.join(circle)}"
            yield Fault(user.place_of(node), "CYCLE", problem, "let one of them be a state variable that is set")
        elif name not in depths:
            way.append(name)
            standing.add(name)
            left.append(list(reversed(below[name])))


def _depth(node: ast.expr) -> int:
    below = operands(node) if isinstance(node, ast.BinOp) else ast.iter_child_nodes(node)
    return 1 + max((_depth(child) for child in below if isinstance(child, ast.expr)), default=0)
