"""One run as a chronicle: turn by turn who did what, with which luck, what it changed and what it brought."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from sim.engine.record import Event
from sim.experiment.trace import Trace
from sim.model.ledger import entries_of
from sim.report import numbers
from sim.report.happenings import Teller
from sim.report.labels import Labels, inside, joined
from sim.report.page import DIM, NUMBERS, Cell, Column, Page, Styled, named

if TYPE_CHECKING:
    from rich.console import Console


def show_trace(trace: Trace, console: Console) -> None:
    """Print a run as a chronicle: how it began, every turn, how it ended, and the ledger it leaves."""
    page, labels = Page(console), Labels(trace.game.scenario)
    teller = Teller(labels)
    _title(page, trace, labels)
    events = trace.run.events
    _beginning(page, teller, [event for event in events if event.kind == "begin"])
    told = [event for event in events if event.kind not in ("begin", "end")]
    for turn, happened in groupby(told, key=lambda event: event.turn):
        _turn(page, teller, turn, list(happened))
    _end(page, teller, [event for event in events if event.kind == "end"])
    _payoffs(page, trace, labels)


def _title(page: Page, trace: Trace, labels: Labels) -> None:
    game = trace.game
    lines = [
        f"Regime: {labels.regime(game.regime)}; run {trace.run.number} of seed {trace.seed}; {labels.clock()}",
    ]
    given = [f"{name} = {numbers.number(value)}" for name, value in game.setting.parameters.items()]
    lines += [f"With {joined(given)}, as the command line asks."] if given else []
    page.title(labels.title, *lines)
    for actor in game.actors:
        if actor.strategy is not None:
            page.line(f"{labels.actor(actor.name)} plays: {labels.strategy(actor.name, actor.strategy)}", DIM)
    page.line(
        "Times count turns from 0. u is the luck drawn, from 0 to 1: choices, chances, lead times and events are read "
        "from it. Scores and costs are shown before they are discounted.",
        DIM,
    )


def _beginning(page: Page, teller: Teller, events: Sequence[Event]) -> None:
    for event in events:
        page.heading("At the beginning")
        page.line(teller.state(event.detail.get("state", {})), indent=2)
        if event.detail.get("luck"):
            page.line(f"luck: {teller.luck(event.detail['luck'])}", DIM, indent=2)


def _turn(page: Page, teller: Teller, turn: int, events: Sequence[Event]) -> None:
    weights = {event.detail.get("weight", 1.0) for event in events if event.kind == "score"} - {1.0}
    page.heading(teller.labels.turn(turn), "".join(f"payoffs count {weight:.3f}" for weight in weights))
    rows: list[Sequence[Cell]] = []
    scores = [event for event in events if event.kind == "score"]
    for event in events:
        if event.kind != "score":
            who = Styled(teller.who(event), "bold" if event.kind == "hazard" else "")
            _add(rows, event.time, who, teller.what(event))
        elif event is scores[0]:
            _add(rows, event.time, Styled("Scores", DIM), teller.score(scores))
    page.grid(rows)


def _add(rows: list[Sequence[Cell]], time: float, who: Cell, lines: Sequence[Cell]) -> None:
    for place, line in enumerate(lines):
        rows.append([Styled(f"{time:.2f}", DIM), who, line] if not place else ["", "", line])


def _end(page: Page, teller: Teller, events: Sequence[Event]) -> None:
    for event in events:
        early = event.detail.get("early")
        page.heading("The run ended early" if early else "At the end")
        page.line(f"At {event.time:.2f}: {teller.state(event.detail.get('state', {}))}", indent=2)


def _payoffs(page: Page, trace: Trace, labels: Labels) -> None:
    hazards = [hazard.name for hazard in trace.game.hazards]
    for actor in trace.game.actors:
        page.heading(f"What it brought {inside(labels.actor(actor.name))}")
        entries = {entry: trace.result(f"{actor.name}.{entry}") for entry in entries_of(actor.incentives, hazards)}
        total = trace.result(actor.name)
        decimals = numbers.exact_decimals([*entries.values(), total])
        rows: list[list[Cell]] = [
            [named(labels.entry(actor.name, entry), entry), numbers.number(value, decimals, sign=True)]
            for entry, value in entries.items()
            if value
        ]
        rows.append([Styled("Payoff", "bold"), numbers.number(total, decimals, sign=True)])
        page.table([Column("entry"), Column("discounted sum", NUMBERS)], rows, total=True)
