"""A game as one seat sees it, for a person at a terminal: what happened, how things stand, what can be done.

Only what stands in a ``View`` is shown, so that nothing hidden can get onto the screen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.model.game import Game
from sim.play.log import Move
from sim.play.view import Happening, Option, View
from sim.report import numbers, words
from sim.report.labels import Labels, inside, joined, quoted_label, sentence_case
from sim.report.page import DIM, NUMBERS, STRONG, WORDS, Cell, Column, Page, Styled, named
from sim.report.sparkline import sparkline, thinned
from sim.report.spoken import Spoken
from sim.report.wants import wants_of

CHART = 20
"""Columns of the small charts."""

_ROUNDING = 1e-9
_NOTHING = 5e-3
"""A change too small to be shown."""


class Screen:
    """Shows a person the game that they play."""

    def __init__(self, page: Page, game: Game, seat: str) -> None:
        self.page, self.game, self.seat = page, game, seat
        self.scenario, self.labels, self.regime = game.scenario, Labels(game.scenario), game.regime
        self.speech = Spoken(game, seat)

    def welcome(self, kept: str) -> None:
        """Print what is played, as whom, and what the person wants."""
        scenario, labels = self.scenario, self.labels
        me, others = (
            labels.actor(self.seat),
            [inside(labels.actor(name)) for name in scenario.actors if name != self.seat],
        )
        self.page.title(labels.title, f"You are {inside(me)}. {labels.clock()}. Regime: {labels.regime(self.regime)}.")
        if scenario.summary:
            self.page.line(scenario.summary)
        self.page.heading("What counts", "scored at the end of every turn")
        for line in wants_of(self.game, self.seat).sentences():
            self.page.line(line, indent=2)
        self.page.gap()
        if others:
            self.page.line(f"The computer plays {joined(others)}; how it decides is told at the end.", DIM)
        self.page.line(f"Type ? for help, why for how you score. Every move is kept in {kept}", DIM)

    def turn(self, view: View) -> None:
        """Print the situation: what happened, what is seen, what can be done."""
        turns = self.scenario.clock.turns
        rule = "──" if self.page.unicode else "--"
        start = self.scenario.clock.start
        of = f"turn {view.turn + 1} of {turns}{'' if view.turn + 1 < turns else ', the last one'}"
        if start is None:
            self.page.heading(f"{rule} {sentence_case(of)} {rule}")
        else:
            self.page.heading(f"{rule} {start + view.turn} {rule}", of)
        self.happened(view)
        self.seen(view)
        self.outlook(view)
        self.options(view)

    def happened(self, view: View) -> None:
        """Print what the seat has learned since its last move."""
        lines = [self._happening(each) for each in view.happened]
        for line in lines:
            self.page.line(line, indent=2)

    def seen(self, view: View, *, everything: bool = False) -> None:
        """Print the state as seen, with small charts; without ``everything`` only what is not at rest at 0."""
        rows: list[Sequence[Cell]] = []
        stand_ins = {part.seen_as.get(self.seat) for part in self.scenario.state.values()}
        for name, history in view.history.items():
            now, before = history[-1], history[-2] if len(history) > 1 else history[-1]
            if not everything and not any(history):
                continue
            part = self.scenario.state[name]
            label = self.labels.variable(name)
            if self.seat in part.seen_as:
                label += ", as known"
            elif name in stand_ins and not everything:
                continue
            low = min(history) if part.min is None else part.min
            high = max(history) if part.max is None else part.max
            moved = now - before
            change = Styled(change_of(moved), STRONG) if abs(moved) > _NOTHING else ""
            chart = sparkline(thinned(history, CHART), CHART, self.page.unicode, low, high)
            rows.append([label, numbers.number(now), change, chart])
        if not rows:
            self.page.line("Everything you see is 0.", indent=2)
            return
        self._listed(rows)
        if everything:
            self._derived(view)

    def outlook(self, view: View) -> None:
        """Print what a turn like this would bring, as the seat sees it."""
        known = {name: value for name, value in view.flows.items() if value is not None}
        if not known:
            return
        parts = sorted(
            ((name, value) for name, value in known.items() if abs(value) > _NOTHING), key=lambda each: -abs(each[1])
        )
        told = [f"{self.labels.entry(self.seat, name)} {numbers.number(value, 2, sign=True)}" for name, value in parts]
        total = numbers.number(sum(known.values()), 2, sign=True)
        self.page.gap()
        rest = Styled(f": {'; '.join(told)}" if told else "", DIM)
        self.page.line(
            Styled("As you see it, a turn like this brings you ", "", (Styled(total, STRONG), rest)), indent=2
        )

    def options(self, view: View) -> None:
        """Print what can be done now, with what it costs and when it takes effect; and what cannot."""
        rows: list[Sequence[Cell]] = [
            [
                str(number),
                named(self.labels.action(self.seat, each.action), each.action),
                cost_of(each),
                chance_of(each),
                lead_of(each),
            ]
            for number, each in enumerate(view.options, 1)
            if each.available
        ]
        closed = [each for each in view.options if not each.available]
        self.page.gap()
        if rows and self.page.narrow:
            self.page.line("what you can do", DIM, indent=2)
            for number, label, *told in rows:
                costs, succeeds, effect = (str(each) for each in told)
                parts = [f"costs {costs}" if costs else "", "" if succeeds == "100 %" else f"succeeds {succeeds}"]
                self.page.line(Styled(f"{number!s:>2}  ", "", (_styled(label),)), indent=2)
                self.page.line(", ".join(part for part in [*parts, effect] if part), DIM, indent=6)
        elif rows:
            columns = [
                Column("", NUMBERS),
                Column("what you can do", WORDS, 24),
                Column("cost", NUMBERS),
                Column("succeeds", NUMBERS),
                Column("takes effect"),
            ]
            sure = all(each.chance == 1.0 for each in view.options if each.available)
            if sure:
                del columns[3]
                rows = [[*row[:3], row[4]] for row in rows]
            self.page.table(columns, rows)
        else:
            self.page.line("There is nothing you can do now but pass (0).", indent=2)
        for reason, found in (("forbidden by the regime", True), ("not open now", False)):
            names = [each.action for each in closed if each.forbidden is found]
            if names:
                self.page.line(f"{sentence_case(reason)}: {', '.join(names)}", DIM, indent=2)

    def why(self, view: View) -> None:
        """Print how the seat's score comes about, incentive by incentive, as it sees things."""
        self.page.heading("Why a turn like this brings you what it does", "on what you see; the truth may differ")
        for name, incentive in self.scenario.actors[self.seat].incentives.items():
            value = view.flows.get(name)
            told = "makes no sense now" if value is None else numbers.number(value, sign=True)
            self.page.entry(
                f"{self.labels.entry(self.seat, name)}: {told}", name, [self.speech.formula(incentive.value)]
            )
        self.seen(view, everything=True)

    def action(self, name: str) -> None:
        """Print what an action does."""
        part = self.scenario.actors[self.seat].actions[name]
        self.page.entry(
            self.labels.action(self.seat, name),
            name,
            [*words.action(part, self.speech), *([part.note] if part.note else [])],
        )

    def help(self) -> None:
        """Print what can be typed."""
        self.page.grid(
            [
                ["3 or name", "take an action, by its number or name"],
                ["0 or pass", "do nothing this turn"],
                ["? 3, ? name", "what an action does"],
                ["look", "the situation again, with everything you see"],
                ["why", "how your score comes about"],
                ["3 5, name 5", "the same in this turn and the next four, until something happens"],
                ["undo", "take your last move back: the same luck awaits you"],
                ["quit", "stop; the game is kept and can be gone on with"],
            ]
        )

    def taken_back(self, move: Move) -> None:
        """Print which move no longer counts."""
        what = "passing" if move.action is None else f"'{self.labels.action(self.seat, move.action)}'"
        self.page.gap()
        self.page.line(f"Taken back: {what} in {self.labels.turn(move.turn)}.", indent=2)

    def over(self, view: View) -> None:
        """Print that the game is over, and what was learned at its end."""
        self.page.heading("The game is over")
        self.happened(view)
        if not any(each.kind == "ended" for each in view.happened):
            turns = self.scenario.clock.turns
            told = f"All {numbers.count(turns, 'turn')} are played." if turns > 1 else "Its one turn is played."
            self.page.line(told, indent=2)

    def _listed(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Print what is seen (name, now, change, chart); on a narrow page the name has a line of its own."""
        if self.page.narrow:
            self.page.line("what you see: now, change, so far", DIM, indent=2)
            for label, now, change, chart in rows:
                self.page.line(label, indent=2)
                moved = (Styled(" "), _styled(change)) if change else ()
                self.page.line(Styled(f"{now!s:>9}", STRONG, (*moved, Styled(f"  {chart}"))))
            return
        columns = [
            Column("what you see", WORDS, 24),
            Column("now", NUMBERS),
            Column("change", NUMBERS),
            Column("so far"),
        ]
        self.page.table(columns, rows)

    def _derived(self, view: View) -> None:
        rows: list[Sequence[Cell]] = [
            [self.labels.variable(name), numbers.number(view.seen[name]) if math.isfinite(view.seen[name]) else "-"]
            for name in self.scenario.derived
        ]
        if rows:
            self.page.gap()
            least = 12 if self.page.narrow else 24
            self.page.table([Column("what follows from it", WORDS, least), Column("now", NUMBERS)], rows)

    def _happening(self, each: Happening) -> Cell:
        told = happening_of(self.labels, self.seat, each)
        return told if each.kind == "landed" else Styled(told, "red" if each.kind == "failed" else STRONG)


def change_of(moved: float) -> str:
    """Return by how much a number changed, with its sign and at most two decimals."""
    return numbers.number(round(moved, 2), sign=True)


def happening_of(labels: Labels, seat: str, each: Happening) -> str:
    """Return what a seat has learned, in a sentence or two."""
    if each.kind == "failed":
        return f"Your move failed: {labels.action(seat, each.what)}."
    if each.kind == "landed":
        return f"It takes effect: {labels.action(seat, each.what)}."
    told = f"It happens: {labels.hazard(each.what)}."
    if each.outcome:
        told += f" How it ends: {labels.outcome(each.what, each.outcome)}."
    return f"{told} That ends the game." if each.kind == "ended" else told


def _styled(cell: Cell) -> Styled:
    return cell if isinstance(cell, Styled) else Styled(cell)


def closed_because(game: Game, seat: str, option: Option) -> str:
    """Return why an action cannot be taken now, in words."""
    return "forbidden by the regime" if option.forbidden else only_when(game, seat, option.action)


def only_when(game: Game, seat: str, action: str) -> str:
    """Return in words when an action that the regime allows can be taken: the same in every turn."""
    available = game.scenario.actors[seat].actions[action].available
    return "not open now" if available is None else f"only when {Spoken(game, seat).condition(available)}"


def cost_of(option: Option) -> str:
    """Return what an action costs, in words; nothing where it is free."""
    return "?" if option.cost is None else numbers.number(option.cost, 2) if option.cost else ""


def chance_of(option: Option) -> str:
    """Return how likely an action is to succeed, in words."""
    return "?" if option.chance is None else numbers.percent(option.chance)


def lead_of(option: Option) -> str:
    """Return when an action takes effect, in words and whole turns: what comes within a turn is seen in the next."""
    if option.mean is not None:
        return f"in about {numbers.number(option.mean, 1)} turns"
    if option.lead is None:
        return "in a while"
    low, high = (math.ceil(each - _ROUNDING) for each in option.lead)
    if high <= 0:
        return "at once"
    if option.lead[1] < 1.0 - _ROUNDING:
        return "before the next turn"
    if low == high:
        return f"in {numbers.count(high, 'turn')}"
    return f"in {low} to {high} turns" if low else f"within {numbers.count(high, 'turn')}"


def pass_of(labels: Labels, view: View) -> str:
    """Return what passing comes to where an action that can be taken changes nothing and costs nothing either."""
    open_ = {each.action for each in view.options if each.available}
    same = [
        quoted_label(labels.action(view.seat, name))
        for name, part in labels.scenario.actors[view.seat].actions.items()
        if name in open_ and part.cost is None and not (part.set or part.add or part.now)
    ]
    return f"comes to the same as {joined(same, 'or')}" if same else ""
