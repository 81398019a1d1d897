"""Where a scenario comes from: what ships, the file the server was started with, or a text that a visitor brought.

Only what is told here goes to the processes that play; a visitor's text is read there and nowhere else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import Fault, ScenarioError, quoted
from sim.report.labels import without_codes
from sim.scenario.shipped import folder, load_found, shipped

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

SHIPPED, FILE, TEXT = "shipped", "file", "text"


@dataclass(frozen=True)
class Source:
    """A scenario that can be asked for."""

    kind: str
    name: str
    """As it stands in a link."""
    content: str
    """The name of a shipped scenario, the path of a file, or a visitor's text."""
    stamp: float = 0.0
    """When a file was last changed: an edited one is another source."""

    @property
    def fresh(self) -> Source:
        """Return the source as it is now."""
        if self.kind != FILE:
            return self
        try:
            return replace(self, stamp=Path(self.content).stat().st_mtime)
        except OSError:
            return self


def shipped_sources() -> dict[str, Source]:
    """Return what ships, by name."""
    return {name: Source(SHIPPED, name, name) for name, _ in shipped()}


def text_source(text: str) -> Source:
    """Return a visitor's text as a source; the same text has the same name."""
    return Source(TEXT, f"yours-{hashlib.sha256(text.encode()).hexdigest()[:12]}", text)


def file_source(word: str) -> Source:
    """Return the source of what ``serve`` was given: a shipped scenario's name, or a file."""
    ours = shipped_sources()
    ours |= {name.rsplit("/", 1)[-1]: source for name, source in ours.items()}
    if word in ours and not Path(word).exists():
        return ours[word]
    path = Path(word)
    # A copy of what ships may have kept its name.
    return Source(FILE, path.name if path.stem in ours else path.stem, word)


def loaded(source: Source) -> Scenario:
    """Return the scenario of a source, its labels as students read them. Raises ``ScenarioError``."""
    return without_codes(_of_a_visitor(source.content) if source.kind == TEXT else load_found(source.content))


def _of_a_visitor(text: str) -> Scenario:
    """Return the scenario in a text from outside: it may extend what ships, and no other file of this machine."""
    from sim.scenario.load import load_text
    from sim.scenario.source import Scalar, parse_source

    name = "scenario.yaml"
    document = parse_source(text, name)
    named = document.get("extends")
    if isinstance(named, Scalar) and named.value is not None:
        ours = {path.relative_to(folder()).as_posix() for _, path in shipped()}
        if named.text.strip() not in ours:
            problem = f"{quoted(named.text)} is no shipped scenario, and a scenario from outside may extend no other"
            remedy = "write one such as inf.yaml, or bring all of it"
            raise ScenarioError(Fault(named.place, "EXTENDS", problem, remedy))
    return load_text(text, name, folder())
