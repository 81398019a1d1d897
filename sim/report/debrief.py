"""The debrief of a game for a person: the result, what else could have been, and what was hidden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.play.debrief import Debrief, ledger_of
from sim.report import numbers, words
from sim.report.labels import Labels, inside, joined, quoted_label, sentence_case
from sim.report.page import DIM, NUMBERS, STRONG, WORDS, Cell, Column, Page, Styled, named
from sim.report.sparkline import sparkline, thinned
from sim.report.spoken import Spoken

if TYPE_CHECKING:
    from rich.console import Console

_BINS, _ENTRIES = 40, 5
_REACH = 3.0
"""Widths of the middle half of results that are drawn to either side."""

_SAME = 5e-4


def show_debrief(debrief: Debrief, console: Console) -> None:
    """Print a debrief on a console."""
    page = Page(console)
    page.heading("Debrief")
    tell_debrief(debrief, page)


def tell_debrief(debrief: Debrief, page: Page) -> None:
    """Print on a page ledger, menu, costliest moment, distribution, and the others unmasked."""
    labels = Labels(debrief.session.opening.game.scenario)
    _result(page, debrief, labels)
    _menu(page, debrief, labels)
    _moment(page, debrief, labels)
    _spread(page, debrief, labels)
    _others(page, debrief, labels)
    _hidden(page, debrief, labels)
    for line in debrief.trouble:
        page.line(f"One part is missing: {line}", DIM)


def _result(page: Page, debrief: Debrief, labels: Labels) -> None:
    got = [f"{inside(labels.actor(name))} got {_number(debrief.results[name])}" for name in _others_of(debrief)]
    ended = " It ended before its time." if debrief.results["ended"] else ""
    page.line(
        Styled(
            "You got ",
            "",
            (Styled(_number(debrief.payoff), STRONG), Styled(f"; {joined(got)}.{ended}" if got else f".{ended}")),
        ),
        indent=2,
    )


def _menu(page: Page, debrief: Debrief, labels: Labels) -> None:
    if not debrief.menu:
        return
    seat, ledger = debrief.seat, debrief.ledger
    best = debrief.menu[0]
    page.heading("Your ledger, beside the best strategy's", "with the same luck; the others react")
    page.line(f"Best would have been {quoted_label(labels.strategy(seat, best.strategy))}.", DIM, indent=2)
    rows: list[Sequence[Cell]] = [
        [labels.entry(seat, entry), _number(value), _number(best.ledger[entry])]
        for entry, value in ledger.items()
        if abs(value) > _SAME or abs(best.ledger[entry]) > _SAME
    ]
    rows.append([Styled("Payoff", STRONG), _number(debrief.payoff), _number(best.payoff)])
    page.table(
        [
            Column("entry (discounted sum)", WORDS, 12 if page.narrow else 24),
            Column("you", NUMBERS),
            Column("the best", NUMBERS),
        ],
        rows,
        total=True,
    )
    page.heading("What each strategy of yours would have got", "with the same luck")
    table: list[tuple[float, Sequence[Cell]]] = [
        (
            line.payoff,
            [
                named(labels.strategy(seat, line.strategy), line.strategy),
                _number(line.payoff),
                _number(line.payoff - debrief.payoff),
                _reason(debrief, line.ledger, labels),
            ],
        )
        for line in debrief.menu
    ]
    table.append((debrief.payoff, [Styled("You", "bold cyan"), Styled(_number(debrief.payoff), "bold cyan"), "", ""]))
    table.sort(key=lambda each: -each[0])
    columns = [
        Column("strategy", WORDS, 12 if page.narrow else 24),
        Column("payoff", NUMBERS),
        Column("against you", NUMBERS),
        Column("mostly by"),
    ]
    # There is no room for reasons on a narrow page.
    shown = len(columns) - page.narrow
    page.table(columns[:shown], [row[:shown] for _, row in table])


def _reason(debrief: Debrief, ledger: dict[str, float], labels: Labels) -> str:
    apart = {entry: ledger[entry] - value for entry, value in debrief.ledger.items()}
    # Of what moved the payoff the way it went, the largest.
    way = 1.0 if sum(apart.values()) >= 0.0 else -1.0
    entry = max(apart, key=lambda each: way * apart[each])
    return f"{labels.entry(debrief.seat, entry)} {_number(apart[entry])}" if abs(apart[entry]) > _SAME else "the same"


def _moment(page: Page, debrief: Debrief, labels: Labels) -> None:
    page.heading("The moment that cost you most")
    found = debrief.costliest
    if found is None:
        page.line("You never had a choice.", indent=2)
    elif found.gain <= _SAME:
        page.line("No other action in any single turn would have brought you more.", indent=2)
    else:
        turn = labels.turn(found.turn)
        did, instead = (_deed(labels, debrief.seat, each) for each in (found.did, found.instead))
        page.line(
            f"{turn}: you chose {did}. Had you chosen {instead}, you would have got {_number(found.payoff)}, "
            f"which is {numbers.number(found.gain, 2)} more.",
            indent=2,
        )
        page.line(
            "Your later moves stay as they were (a move that could no longer be made is a pass); the others react; the "
            "luck is the same.",
            DIM,
            indent=2,
        )


def _deed(labels: Labels, seat: str, action: str | None) -> str:
    return "to pass" if action is None else f"'{labels.action(seat, action)}'"


def _spread(page: Page, debrief: Debrief, labels: Labels) -> None:
    spread = debrief.spread
    if spread is None:
        return
    page.heading("Where that lies among many lucks")
    name = labels.strategy(debrief.seat, spread.strategy)
    page.line(
        f"A person's moves cannot be played again under other luck. So here is '{name}', what this regime lets "
        f" {inside(labels.actor(debrief.seat))} play, under {numbers.count(len(spread.payoffs), 'luck')}.",
        DIM,
        indent=2,
    )
    # A rare disaster would press all other results into one column.
    middle, reach = spread.quantile(0.5), _REACH * (spread.quantile(0.75) - spread.quantile(0.25))
    low = min(max(spread.quantile(0.02), middle - reach), debrief.payoff)
    high = max(min(spread.quantile(0.98), middle + reach), debrief.payoff)
    if high > low:
        bins = min(_BINS, page.width - 10)
        counts = np.histogram(np.clip(spread.payoffs, low, high), bins, (low, high))[0].astype(float)
        page.line(sparkline(counts.tolist(), bins, page.unicode, 0.0, float(counts.max())), indent=2)
        place = min(int((debrief.payoff - low) / (high - low) * bins), bins - 1)
        page.line(f"{'.' * place}^ you", indent=2)
        page.line(f"from {_number(low)} to {_number(high)}; what lies beyond is counted at the ends", DIM, indent=2)
    share = f"It got less than you in {numbers.percent(spread.below, 1)} of them"
    share += f", the same in {numbers.percent(spread.equal, 1)}" if spread.equal else ""
    page.line(
        f"{share}. Half of its results lie from {_number(spread.quantile(0.25))} to {_number(spread.quantile(0.75))}.",
        indent=2,
    )


def _others(page: Page, debrief: Debrief, labels: Labels) -> None:
    scenario = debrief.session.opening.game.scenario
    for name, held in debrief.others.items():
        page.heading(f"{sentence_case(inside(labels.actor(name)))} unmasked")
        speech = Spoken(debrief.session.opening.game, name)
        for strategy in held:
            if strategy is None:
                page.line("was played by a person", indent=2)
                continue
            written = scenario.actors[name].strategies.get(strategy)
            lines = [f"always {speech.deed(strategy)}"] if written is None else words.strategy(written, speech)
            page.entry(f"It played: {labels.strategy(name, strategy)}", strategy, lines)
        deeds = [
            _done(labels, name, event.what)
            for event in debrief.run.events
            if event.kind == "decision" and event.who == name
        ]
        page.line(f"What it did: {_runs_of(deeds)}", indent=2)
        ledger = {
            entry: value
            for entry, value in ledger_of(debrief.session.opening.game, name, debrief.results).items()
            if abs(value) > _SAME
        }
        best = sorted(ledger.items(), key=lambda each: -abs(each[1]))[:_ENTRIES]
        told = [f"{labels.entry(name, entry)} {_number(value)}" for entry, value in best]
        page.line(
            f"What it got: {_number(debrief.results[name])} ({'; '.join(told)})"
            if told
            else "It got nothing and lost nothing.",
            indent=2,
        )


def _done(labels: Labels, actor: str, action: str) -> str:
    return "nothing" if action == "pass" else quoted_label(labels.action(actor, action))


def _runs_of(deeds: Sequence[str]) -> str:
    parts: list[list[str]] = []
    for deed in deeds:
        if parts and parts[-1][0] == deed:
            parts[-1].append(deed)
        else:
            parts.append([deed])
    return ", ".join(part[0] if len(part) == 1 else f"{part[0]} ({len(part)} times)" for part in parts) or "nothing"


def _hidden(page: Page, debrief: Debrief, labels: Labels) -> None:
    """Print what the seat saw beside what was true, where the two ever differed."""
    game, looks = debrief.session.opening.game, debrief.session.live.looks[debrief.seat]
    rows: list[Sequence[Cell]] = []
    width = 8 if page.narrow else 40
    for variable in game.variables:
        stands_for = dict(game.actor(debrief.seat).masks)
        if variable.row not in stands_for:
            continue
        seen = [float(look.state[variable.row]) for look in looks]
        true = [float(look.truth[variable.row]) for look in looks]
        if seen == true:
            page.heading(
                "Nothing was hidden from you in the end", f"{labels.variable(variable.name)}: you saw the truth"
            )
            continue
        part = game.scenario.state[variable.name]
        low = min([*seen, *true]) if part.min is None else part.min
        high = max([*seen, *true]) if part.max is None else part.max
        for told, values in (("you saw", seen), ("true", true)):
            chart = sparkline(thinned(values, width), width, page.unicode, low, high)
            rows.append(
                [labels.variable(variable.name) if told == "you saw" else "", told, numbers.number(values[-1]), chart]
            )
    if rows:
        page.heading("What was hidden from you", "turn by turn")
        page.table(
            [
                Column("", WORDS, 8 if page.narrow else 20),
                Column(""),
                Column("at the end", NUMBERS),
                Column("as each turn began"),
            ],
            rows,
        )


def _number(value: float) -> str:
    return numbers.number(value, 2, sign=True)


def _others_of(debrief: Debrief) -> list[str]:
    return [actor.name for actor in debrief.session.opening.game.actors if actor.name != debrief.seat]
