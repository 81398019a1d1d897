"""What people read instead of a name: the label a scenario gives, else the name with spaces for underscores."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from sim.errors import one_line
from sim.scenario.schema import Part, Scenario

_CODES = re.compile(r"\s*\(M[0-9]{1,2}(?:, ?M[0-9]{1,2})*\)$")
"""The numbers of mechanisms at the end of a label, which a scenario's notes explain to those who read its file."""

_Part = TypeVar("_Part", bound=Part)


def plain(name: str) -> str:
    """Return a name as words."""
    return name.replace("_", " ")


def label_of(part: Part | None, name: str) -> str:
    """Return the label of a part of a scenario, on one line, safe for a terminal."""
    return one_line(part.label) if part is not None and part.label else plain(name)


def without_codes(part: _Part) -> _Part:
    """Return a scenario, or a part of one, whose labels do without the numbers of mechanisms, as in "Tension (M16)"."""
    found = {name: _without_codes(getattr(part, name)) for name in type(part).model_fields}
    changed = {name: value for name, value in found.items() if value is not getattr(part, name)}
    if part.label and (label := _CODES.sub("", part.label)) != part.label:
        changed["label"] = label
    return part.model_copy(update=changed) if changed else part


def _without_codes(value: Any) -> Any:
    if isinstance(value, Part):
        return without_codes(value)
    if isinstance(value, dict):
        found = {name: _without_codes(each) for name, each in value.items()}
        return found if any(found[name] is not each for name, each in value.items()) else value
    if isinstance(value, tuple) and any(isinstance(each, Part) for each in value):
        many = tuple(_without_codes(each) for each in value)
        return many if any(one is not each for one, each in zip(many, value, strict=True)) else value
    return value


def quoted_label(label: str) -> str:
    """Return a label as it stands in a sentence."""
    return f'"{label}"'


def sentence_case(text: str) -> str:
    """Return a text with a capital first letter."""
    return text[:1].upper() + text[1:]


def inside(label: str) -> str:
    """Return a label as it stands within a sentence: an article at its beginning is written small."""
    first, space, rest = label.partition(" ")
    return f"{first.lower()}{space}{rest}" if first in ("The", "A", "An") and rest else label


def joined(words: list[str], last: str = "and") -> str:
    """Return words as a list in a sentence: ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


class Labels:
    """The labels of one scenario; every method takes names as they stand in the file."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    @property
    def title(self) -> str:
        """Return the scenario's title, else its name."""
        return one_line(self.scenario.title or self.scenario.label or self.scenario.scenario)

    def actor(self, name: str) -> str:
        """Return an actor's label."""
        return label_of(self.scenario.actors.get(name), name)

    def entry(self, actor: str, name: str) -> str:
        """Return the label of an entry of an actor's ledger: costs, an incentive or a hazard."""
        if name == "costs":
            return "Costs of its actions"
        part = self.scenario.actors.get(actor)
        return label_of((part.incentives.get(name) if part else None) or self.scenario.hazards.get(name), name)

    def action(self, actor: str, name: str) -> str:
        """Return an action's label."""
        part = self.scenario.actors.get(actor)
        return label_of(part.actions.get(name) if part else None, name)

    def strategy(self, actor: str, name: str | None) -> str:
        """Return the label of a strategy, or of the action that is played as one."""
        if name is None:
            return "has nothing to do"
        part = self.scenario.actors.get(actor)
        if part is None:
            return plain(name)
        written = part.strategies.get(name)
        if written is not None and written.label is None and written.action is not None:
            return label_of(None, name)
        # What is neither is a player from outside, whose name is told as it is.
        return label_of(written or part.actions[name], name) if written or name in part.actions else one_line(name)

    def variable(self, name: str) -> str:
        """Return the label of a state variable or a derived name."""
        return label_of(self.scenario.state.get(name) or self.scenario.derived.get(name), name)

    def parameter(self, name: str) -> str:
        """Return a parameter's label."""
        return label_of(self.scenario.parameters.get(name), name)

    def hazard(self, name: str) -> str:
        """Return a hazard's label."""
        return label_of(self.scenario.hazards.get(name), name)

    def outcome(self, hazard: str, name: str) -> str:
        """Return the label of one of a hazard's outcomes."""
        part = self.scenario.hazards.get(hazard)
        return label_of(part.outcomes.get(name) if part else None, name)

    def regime(self, name: str) -> str:
        """Return a regime's label."""
        return label_of(self.scenario.regimes.get(name), name)

    def turn(self, turn: int) -> str:
        """Return what a turn (from 0) is called: its year or number."""
        start = self.scenario.clock.start
        return f"Turn {turn + 1}" if start is None else f"{start + turn}, turn {turn + 1}"

    def clock(self) -> str:
        """Return the clock in a few words: ``20 turns of 1 year from 2018``."""
        clock = self.scenario.clock
        words = f"{clock.turns:,} turn{'s' if clock.turns > 1 else ''}"
        words += f" of {one_line(clock.turn)}" if clock.turn else ""
        return words + (f" from {clock.start}" if clock.start is not None else "")
