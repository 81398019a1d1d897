"""A scenario as a page of a rule book: who wants what, who can do what, what may strike, what is assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.errors import one_line
from sim.report import words
from sim.report.describe_actors import show_actors
from sim.report.describe_frame import show_assumptions, show_claims, show_regimes, show_teaching
from sim.report.describe_world import show_derived, show_hazards, show_state
from sim.report.labels import Labels, joined
from sim.report.page import DIM, Page
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from rich.console import Console


def show_description(scenario: Scenario, console: Console) -> None:
    """Print everything a scenario says, in the order in which a reader needs it."""
    page, labels = Page(console), Labels(scenario)
    under = [f"{scenario.scenario}, extends {one_line(scenario.extends)}" if scenario.extends else scenario.scenario]
    page.title(labels.title, *under)
    for text in (scenario.summary, scenario.note):
        if text:
            page.gap()
            page.paragraphs(text)
    _clock(page, labels)
    show_actors(page, labels)
    show_hazards(page, labels)
    show_state(page, labels)
    show_derived(page, labels)
    show_regimes(page, labels)
    show_claims(page, labels)
    show_assumptions(page, labels)
    show_teaching(page, labels)


def _clock(page: Page, labels: Labels) -> None:
    scenario, clock = labels.scenario, labels.scenario.clock
    page.heading("The clock")
    page.line(f"A run is {labels.clock()}. {words.discount(clock.discount)}", indent=2)
    if clock.moves:
        order = joined([labels.actor(name) for name in clock.moves])
        page.line(f"Each turn they move in this order: {order}; later ones see what earlier ones did.", indent=2)
    elif len(scenario.actors) > 1:
        page.line("All move at once: nobody sees what the others do in the same turn.", indent=2)
    asked = scenario.monte_carlo
    page.line(f"Unless told otherwise {asked.runs:,} runs are played, from seed {asked.seed}.", DIM, indent=2)
    if clock.note:
        page.line(clock.note, DIM, indent=2)
