"""The scenarios that can be asked for: what ships, what the server was started with, and what a visitor brought."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable

from starlette.exceptions import HTTPException

from sim.classroom.crew import Crew
from sim.classroom.facts import Facts
from sim.classroom.sources import Source, file_source, shipped_sources
from sim.scenario.shipped import shipped

_VISITORS, _EACH = 200, 3
"""Texts are kept of so many visitors, so many of each: some 75 MiB at the very most."""
_KNOWN = 100
_TITLE = re.compile(r"^title:\s*(.+?)\s*$", re.MULTILINE)


class Shelf:
    """Finds scenarios by the names that stand in links."""

    def __init__(self, first: str | None) -> None:
        self._shipped = shipped_sources()
        self._first = None if first is None else file_source(first)
        self._titles = {name: _title(path.read_text(encoding="utf-8"), name) for name, path in shipped()}
        self._facts: OrderedDict[Source, Facts] = OrderedDict()
        self._brought: OrderedDict[str, OrderedDict[str, Source]] = OrderedDict()

    @property
    def default(self) -> str:
        """Return the name of what is offered first."""
        return self._first.name if self._first is not None else "inf-2018"

    def offered(self, visitor: str | None = None) -> Iterable[Source]:
        """Return what a visitor can choose from: the server's own first, then the visitor's, then what ships."""
        first = [self._first] if self._first is not None and self._first.name not in self._shipped else []
        brought = self._brought.get(visitor or "", OrderedDict())
        return [*first, *brought.values(), *self._shipped.values()]

    def title(self, source: Source) -> str:
        """Return what a scenario is called in a list."""
        known = self._facts.get(source)
        return known.title if known is not None else self._titles.get(source.name, source.name)

    async def facts(self, crew: Crew, source: Source) -> Facts:
        """Return what pages have to know of a scenario. Raises ``ScenarioError``, ``HTTPException``."""
        if source not in self._facts:
            self._facts[source] = await crew.ask("facts", source)
        self._facts.move_to_end(source)
        while len(self._facts) > _KNOWN:
            self._facts.popitem(last=False)
        return self._facts[source]

    def find(self, name: str, visitor: str | None = None) -> Source:
        """Return the source of a name. Raises ``HTTPException`` 404."""
        for source in self.offered(visitor):
            if name == source.name:
                return source.fresh
        short = {source.name.rsplit("/", 1)[-1]: source for source in self._shipped.values()}
        if name in short:
            return short[name]
        problem = "no scenario of this name is known here"
        if name.startswith("yours-"):
            problem = (
                "a scenario that somebody brought is known to their own browser alone, for a while: bring it again"
            )
        raise HTTPException(404, problem)

    def bring(self, visitor: str, source: Source) -> None:
        """Keep what a visitor brought; what was brought long ago is forgotten."""
        mine = self._brought.setdefault(visitor, OrderedDict())
        mine[source.name] = source
        mine.move_to_end(source.name)
        self._brought.move_to_end(visitor)
        while len(mine) > _EACH:
            mine.popitem(last=False)
        while len(self._brought) > _VISITORS:
            self._brought.popitem(last=False)


def _title(text: str, name: str) -> str:
    found = _TITLE.search(text)
    return found[1].strip("\"'") if found else name
