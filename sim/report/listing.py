"""Lists as pages: the scenarios at hand, and what lies in the results folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from sim.errors import one_line
from sim.report import numbers
from sim.report.page import BAD, Cell, Column, Page, Styled, below

if TYPE_CHECKING:
    from rich.console import Console


class Result(Protocol):
    """What a line about a folder of results needs to know."""

    @property
    def path(self) -> Any:
        """Return the folder."""

    @property
    def when(self) -> Any:
        """Return when it was made."""

    @property
    def scenario(self) -> str:
        """Return the scenario's name."""

    @property
    def settings(self) -> str:
        """Return what was set on the command line; nothing where nothing was."""

    @property
    def question(self) -> str:
        """Return the command that was asked."""

    @property
    def regimes(self) -> Sequence[str]:
        """Return the regimes that were played."""

    @property
    def runs(self) -> int:
        """Return how many runs were played."""

    @property
    def seed(self) -> int:
        """Return the seed."""

    @property
    def answer(self) -> str:
        """Return the answer in a few words."""

    @property
    def unfinished(self) -> str:
        """Return how far the work has come, and how it goes on; nothing when it is done."""

    @property
    def fault(self) -> str:
        """Return what is wrong with the folder; nothing when it is sound."""


def show_scenarios(rows: Iterable[Mapping[str, Any]], console: Console) -> None:
    """Print scenarios, each with its title and the first sentence of its summary, or what is wrong with it."""
    page, listed = Page(console), list(rows)
    if not listed:
        page.line("There are no scenarios here. Begin one with: detente new NAME")
        return
    page.table([Column("scenario", least=12), Column("what it is about")], [_scenario(row) for row in listed], indent=0)
    page.gap()
    page.line("Read one with: detente describe SCENARIO", "dim")


def _scenario(row: Mapping[str, Any]) -> list[Cell]:
    name = Styled(one_line(str(row["name"])), "bold")
    if row.get("fault"):
        return [name, Styled(f"cannot be used: {row['fault']}", BAD)]
    title, summary = one_line(str(row.get("title") or "")), first_sentence(str(row.get("summary") or ""))
    return [name, below(title, Styled(summary, "dim")) if summary else title]


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, with its full stop."""
    line = one_line(" ".join(text.split()))
    for place, character in enumerate(line):
        if character in ".!?" and (place + 1 == len(line) or line[place + 1] == " "):
            return line[: place + 1]
    return line


def show_results(entries: Iterable[Result], console: Console) -> None:
    """Print folders of results, in the order given, each with what was asked and what came out."""
    page, listed = Page(console), list(entries)
    if not listed:
        page.line("There are no results yet. Make some with: detente run SCENARIO, or detente compare SCENARIO")
        return
    for place, entry in enumerate(listed):
        if place:
            page.gap()
        page.line(Styled(one_line(str(entry.path)), "bold"))
        if entry.fault:
            page.line(entry.fault, BAD, indent=2)
            continue
        regimes = ", ".join(one_line(regime) for regime in entry.regimes)
        asked = f"{entry.question} {entry.scenario}" + (f" ({regimes})" if regimes else "")
        page.line(f"{entry.when}: {asked}, {numbers.count(entry.runs, 'run')}, seed {entry.seed}", "dim", indent=2)
        if entry.settings:
            page.line(f"with {entry.settings}", "dim", indent=2)
        if entry.answer:
            page.line(entry.answer, indent=2)
        if entry.unfinished:
            page.line(entry.unfinished, BAD, indent=2)
