"""The actors of a scenario in words: what each wants, can do, and how it may choose."""

from __future__ import annotations

from sim.report import words
from sim.report.labels import Labels, label_of
from sim.report.page import DIM, Cell, Page, Styled, named
from sim.scenario.schema import Actor, Part

_CHOICE = (
    "may choose by one of these strategies, or always take the same action; "
    "a rule whose action cannot be taken is passed over:"
)


def show_actors(page: Page, labels: Labels) -> None:
    """Print every actor."""
    for name, actor in labels.scenario.actors.items():
        label = labels.actor(name)
        page.heading(label, name if name != label else "")
        if actor.note:
            page.line(actor.note, DIM, indent=2)
        _wants(page, actor)
        _can(page, actor)
        _chooses(page, labels, name, actor)


def remarks(part: Part) -> list[Cell]:
    """Return the note of a part, if it has one, as a line of its entry."""
    return [Styled(part.note, DIM)] if part.note else []


def _wants(page: Page, actor: Actor) -> None:
    if not actor.incentives:
        page.line("wants nothing of its own: only costs and events move its payoff.", indent=2)
        return
    page.line(Styled("wants, each turn:", "italic"), indent=2)
    for name, incentive in actor.incentives.items():
        page.entry(label_of(incentive, name), name, [words.formula(incentive.value), *remarks(incentive)], indent=4)


def _can(page: Page, actor: Actor) -> None:
    page.gap()
    if not actor.actions:
        page.line("can do nothing.", indent=2)
        return
    page.line(Styled("can, once a turn:", "italic"), indent=2)
    for name, action in actor.actions.items():
        page.entry(label_of(action, name), name, [*words.action(action), *remarks(action)], indent=4)


def _chooses(page: Page, labels: Labels, actor_name: str, actor: Actor) -> None:
    if not actor.actions:
        return
    page.gap()
    if not actor.strategies:
        page.line(Styled("has no strategies: it always takes the same action.", "italic"), indent=2)
    else:
        page.line(Styled(_CHOICE, "italic"), indent=2)
    for name, strategy in actor.strategies.items():
        page.entry(label_of(strategy, name), name, [*words.strategy(strategy), *remarks(strategy)], indent=4)
    usual = actor.plays or next(iter([*actor.strategies, *actor.actions]))
    said = Styled("Unless a regime says otherwise it plays: ", "", (named(labels.strategy(actor_name, usual), usual),))
    page.line(said, indent=4)
