"""What the names in an expression stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

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
