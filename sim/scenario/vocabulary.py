"""What the names in an expression stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter

from sim.scenario.expressions import Expression


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

    def is_fixed(self, expression: Expression) -> bool:
        """Say whether an expression reads parameters alone: neither the state nor the turn."""
        return all(name in self.parameters or self._fixed.get(name, False) for name in expression.names)

    @cached_property
    def _fixed(self) -> Mapping[str, bool]:
        """Whether each derived name reads parameters alone."""
        below = {name: [other for other in part.names if other in self.derived] for name, part in self.derived.items()}
        fixed: dict[str, bool] = {}
        for name in TopologicalSorter(below).static_order():
            fixed[name] = all(fixed.get(other, other in self.parameters) for other in self.derived[name].names)
        return fixed
