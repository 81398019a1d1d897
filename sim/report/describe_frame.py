"""What frames a scenario, in words: regimes, claims, assumptions with their sources, questions for a class."""

from __future__ import annotations

from sim.report import words
from sim.report.describe_actors import remarks
from sim.report.describe_world import forbidden_in_words, plays_in_words
from sim.report.labels import Labels, joined, label_of
from sim.report.page import DIM, NUMBERS, Cell, Column, Page, Styled, below, named
from sim.scenario.schema import Parameter, Regime


def show_regimes(page: Page, labels: Labels) -> None:
    """Print every regime: who plays what, what it changes, what it forbids."""
    if not labels.scenario.regimes:
        return
    page.heading("Regimes, to be compared with each other")
    for name, regime in labels.scenario.regimes.items():
        page.entry(label_of(regime, name), name, [*_regime(labels, regime), *remarks(regime)])


def _regime(labels: Labels, regime: Regime) -> list[Cell]:
    lines = plays_in_words(labels, regime.plays)
    if regime.parameters:
        told = [f"{name} is {words.exact(value)}" for name, value in regime.parameters.items()]
        lines.append(f"assumes that {joined(told)}")
    lines += [f"{name} {words.initial(initial)}" for name, initial in regime.initial.items()]
    lines += forbidden_in_words(labels, regime.forbid)
    return lines or ["changes nothing: everybody plays as usual"]


def show_claims(page: Page, labels: Labels) -> None:
    """Print every claim, in its words and as the comparison that is tested."""
    if not labels.scenario.claims:
        return
    page.heading("What it claims")
    for name, claim in labels.scenario.claims.items():
        tested = Styled(f"holds if {' '.join(claim.holds.text.split())}", DIM)
        page.entry(label_of(claim, name), name, [claim.says, tested, *remarks(claim)])


def show_assumptions(page: Page, labels: Labels) -> None:
    """Print every parameter with its value, the range over which it is uncertain, and its source; then all sources."""
    scenario = labels.scenario
    if scenario.parameters:
        page.heading("What it assumes")
        columns = [Column("value", NUMBERS), Column("range", NUMBERS), Column("parameter and source", least=24)]
        page.table(columns, [_parameter(name, part) for name, part in scenario.parameters.items()])
        unsourced = sum(part.source is None for part in scenario.parameters.values())
        if unsourced:
            page.line(f"{unsourced} of {len(scenario.parameters)} name no source.", DIM, indent=2)
    if scenario.sources:
        page.heading("Sources")
        page.grid([["-", " ".join(source.split())] for source in scenario.sources])


def _parameter(name: str, part: Parameter) -> list[Cell]:
    span = words.span(*part.range) if part.range is not None else ""
    lines: list[Cell] = []
    if part.note:
        lines.append(part.note)
    if part.source:
        lines.append(Styled(f"Source: {part.source}", DIM))
    return [words.exact(part.value), Styled(span, DIM), below(named(label_of(part, name), name), *lines)]


def show_teaching(page: Page, labels: Labels) -> None:
    """Print the questions for a class, and the notes for who teaches it."""
    teaching = labels.scenario.teaching
    if teaching is None:
        return
    if teaching.questions:
        page.heading("Questions")
        page.grid([[f"{place}.", " ".join(text.split())] for place, text in enumerate(teaching.questions, start=1)])
    if teaching.notes:
        page.heading("Notes")
        page.paragraphs(teaching.notes, indent=2)
