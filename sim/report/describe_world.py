"""The world of a scenario in words: what may strike, what changes, and what follows from it."""

from __future__ import annotations

from sim.report import words
from sim.report.describe_actors import remarks
from sim.report.labels import Labels, joined, label_of
from sim.report.page import Cell, Page, Styled, named
from sim.scenario.schema import Hazard, State


def show_hazards(page: Page, labels: Labels) -> None:
    """Print every hazard with its outcomes."""
    if not labels.scenario.hazards:
        return
    page.heading("What may strike, at most once a turn each")
    for name, hazard in labels.scenario.hazards.items():
        page.entry(label_of(hazard, name), name, [*_hazard(hazard), *remarks(hazard)])
        for outcome_name, outcome in hazard.outcomes.items():
            lines = [*words.outcome(outcome), *remarks(outcome)]
            page.entry(label_of(outcome, outcome_name), outcome_name, lines, indent=6, mark="- ")


def _hazard(hazard: Hazard) -> list[Cell]:
    lines = []
    if hazard.rate is not None:
        lines.append(f"strikes at a rate of {words.formula(hazard.rate)} a turn")
    if hazard.chance is not None:
        lines.append(f"strikes with a chance of {words.formula(hazard.chance)} a turn")
    if hazard.outcomes:
        lines.append("and ends in one of these, drawn by weight:")
    lines += [words.payoffs(hazard.payoffs), words.effects(hazard), "ends the run" if hazard.ends else ""]
    return [line for line in lines if line]


def show_state(page: Page, labels: Labels) -> None:
    """Print every state variable: how it begins, its bounds, its drift, and who sees something else."""
    if not labels.scenario.state:
        return
    page.heading("What changes")
    for name, state in labels.scenario.state.items():
        page.entry(label_of(state, name), name, [*_state(labels, state), *remarks(state)])


def _state(labels: Labels, state: State) -> list[Cell]:
    first = [words.initial(state.initial), words.bounds(state.min, state.max)]
    lines: list[Cell] = ["; ".join(part for part in first if part)]
    if state.drift is not None:
        lines.append(f"moves each turn by {words.formula(state.drift)}")
    lines += [f"{labels.actor(actor)} sees {other} in its place" for actor, other in state.seen_as.items()]
    return lines


def show_derived(page: Page, labels: Labels) -> None:
    """Print every derived name with its formula."""
    if not labels.scenario.derived:
        return
    page.heading("What follows from it")
    for name, flow in labels.scenario.derived.items():
        page.entry(label_of(flow, name), name, [words.formula(flow.value), *remarks(flow)])


def plays_in_words(labels: Labels, plays: dict[str, str]) -> list[Cell]:
    """Return who plays what, one line an actor."""
    return [
        Styled(f"{labels.actor(actor)} plays: ", "", (named(labels.strategy(actor, name), name),))
        for actor, name in plays.items()
    ]


def forbidden_in_words(labels: Labels, forbid: dict[str, tuple[str, ...]]) -> list[Cell]:
    """Return what is forbidden to whom, one line an actor."""
    return [f"{labels.actor(actor)} may not: {joined(list(actions), 'or')}" for actor, actions in forbid.items()]
