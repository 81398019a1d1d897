"""What a student's page shows, as plain values: how things stand, what can be done, what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from sim.classroom.class_halves import played
from sim.classroom.class_state import state_of
from sim.classroom.room import asked
from sim.classroom.room.bets import QUESTION, bets_of, predicted_in_words
from sim.classroom.room.plan import Half
from sim.classroom.room.state import CLOSED, FINISHED, PLAYING, WAITING, Student, Table
from sim.classroom.running import Running
from sim.play.view import Happening, Option, View
from sim.report import numbers
from sim.report.labels import Labels, inside, joined
from sim.report.situation import change_of, happening_of, lead_of, only_when, pass_of
from sim.report.wants import wants_of

_NOTHING = 5e-3


@dataclass(frozen=True)
class Seen:
    """A line of the situation."""

    label: str
    now: str
    change: str
    chart: Markup


@dataclass(frozen=True)
class Choice:
    """An action that can be chosen."""

    action: str
    label: str
    facts: str
    chosen: bool


class Desk:
    """A student's page, part by part."""

    def __init__(self, running: Running, student: Student, now: float) -> None:
        self.running, self.student, self.now = running, student, now
        self.room = running.room
        self.table: Table | None = self.room.table_of(student)
        self.state = state_of(running, student, now)
        self.labels: Labels | None = None
        if student.place is not None:
            self.labels = Labels(self.room.plan.half(student.place.table).loaded)

    @property
    def view(self) -> View | None:
        """Return what the student's side sees, once its game has begun."""
        if self.table is None or self.table.position is None or self.student.place is None:
            return None
        return self.table.position.views.get(self.student.place.side)

    @property
    def side(self) -> str:
        """Return whom the student plays, in words."""
        if self.labels is None or self.student.place is None:
            return ""
        return inside(self.labels.actor(self.student.place.side))

    @property
    def plays(self) -> str:
        """Return what the student's half of the class plays: the scenario and the regime."""
        return "" if self.student.place is None else played(self.room.plan.half(self.student.place.table))

    @property
    def trouble(self) -> str:
        """Return why the game cannot go on; empty if it can."""
        position = None if self.table is None else self.table.position
        return "" if position is None else position.trouble or ""

    @property
    def with_(self) -> str:
        """Return who plays the same side, in words; empty if nobody does."""
        if self.table is None or self.student.place is None:
            return ""
        mates = self.room.players(self.table, self.student.place.side)
        return joined([mate.name for mate in mates if mate.number != self.student.number])

    @property
    def against(self) -> str:
        """Return who plays the other sides, in words."""
        if self.table is None or self.labels is None or self.student.place is None:
            return ""
        told = []
        for actor, control in self.room.controls(self.table).items():
            if actor == self.student.place.side:
                continue
            who = "the computer"
            if control is None:
                who = joined([each.name for each in self.room.players(self.table, actor)])
            told.append(f"{inside(self.labels.actor(actor))} ({who})")
        return joined(told)

    @property
    def heading(self) -> str:
        """Return what is going on, in a few words."""
        room, state = self.room, self.state
        if room.phase == WAITING:
            return "You are in. The game has not begun yet."
        if state["over"]:
            return "The game is over."
        if room.phase in (PLAYING, FINISHED) and state["turns"]:
            turn = self.labels.turn(state["turn"] - 1) if self.labels else f"Turn {state['turn']}"
            return f"{turn} of {state['turns']}"
        return "This class is over." if room.phase not in (PLAYING, FINISHED) else "The game begins."

    @property
    def hint(self) -> str:
        """Return what to do now."""
        room, state = self.room, self.state
        if room.phase == WAITING:
            return f"{len(room.present)} in the room. The instructor begins."
        if room.paused:
            return "The class is paused."
        if state["over"]:
            return "" if room.revealed or room.plan.homework else "The results come when the instructor shows them."
        if room.phase == CLOSED:
            return (
                "The instructor has ended this class before your game was over, so it has no result. "
                "To see how such a game ends, play it alone under Play."
            )
        if room.phase != PLAYING:
            return ""
        if self.student.replaced:
            return "The computer plays for you; you look on."
        if not state["open"]:
            return "The next round is about to open."
        if not state["awaited"]:
            return "It is the other side's turn."
        if state["voted"]:
            return "Your move is kept. You can change it until the round closes."
        return "Your move."

    def happened(self) -> list[str]:
        """Return what the side has learned since its last move."""
        view = self.view
        return [] if view is None else [self._happening(each) for each in view.happened]

    def seen(self) -> Iterator[Seen]:
        """Return the state as the side sees it, without what is and was always 0."""
        view, labels = self.view, self.labels
        if view is None or labels is None:
            return
        state = labels.scenario.state
        stand_ins = {part.seen_as.get(view.seat) for part in state.values()}
        for name, history in view.history.items():
            if not any(history) or (name in stand_ins and view.seat not in state[name].seen_as):
                continue
            now, before = history[-1], history[-2] if len(history) > 1 else history[-1]
            label = labels.variable(name) + (", as known" if view.seat in state[name].seen_as else "")
            change = change_of(now - before) if abs(now - before) > _NOTHING else ""
            part = state[name]
            low = min(history) if part.min is None else part.min
            high = max(history) if part.max is None else part.max
            yield Seen(label, numbers.number(now), change, sparkline(history, low, high))

    def outlook(self) -> tuple[str, list[str]] | None:
        """Return what a turn like this brings as the side sees it, and out of what."""
        view, labels = self.view, self.labels
        if view is None or labels is None:
            return None
        known = {name: value for name, value in view.flows.items() if value is not None}
        if not known:
            return None
        parts = sorted(known.items(), key=lambda each: -abs(each[1]))
        told = [
            f"{labels.entry(view.seat, name)} {numbers.number(value, 2, sign=True)}"
            for name, value in parts
            if abs(value) > _NOTHING
        ]
        return numbers.number(sum(known.values()), 2, sign=True), told

    def choices(self) -> list[Choice]:
        """Return what can be done now; passing comes last."""
        view, labels = self.view, self.labels
        if view is None or labels is None:
            return []
        voted, vote = self.state["voted"], self.state["vote"]
        told = [
            Choice(each.action, labels.action(view.seat, each.action), _facts(each), voted and vote == each.action)
            for each in view.options
            if each.available
        ]
        return [*told, Choice("", "Do nothing this round", pass_of(labels, view), voted and vote is None)]

    def closed(self) -> list[str]:
        """Return what cannot be done now, with the reason."""
        view, labels = self.view, self.labels
        if view is None or labels is None or self.student.place is None:
            return []
        forbidden = [labels.action(view.seat, each.action) for each in view.options if each.forbidden]
        half = self.room.plan.half(self.student.place.table)
        told = [
            f"{labels.action(view.seat, each.action)}: {_only_when(half, view.seat, each.action)}"
            for each in view.options
            if not each.available and not each.forbidden
        ]
        return [*told, f"Forbidden by the regime: {'; '.join(forbidden)}"] if forbidden else told

    def votes(self) -> list[tuple[str, int]]:
        """Return how many of the side are for what; empty where somebody plays alone."""
        table, place, labels = self.table, self.student.place, self.labels
        if table is None or place is None or labels is None:
            return []
        mates = [each.number for each in self.room.players(table, place.side)]
        if len(mates) < 2:
            return []
        counts: dict[str, int] = {}
        for number in mates:
            if number in table.votes:
                action = table.votes[number].action
                label = "do nothing" if action is None else labels.action(place.side, action)
                counts[label] = counts.get(label, 0) + 1
        waiting = len(mates) - sum(counts.values())
        return [*counts.items(), *([("not yet decided", waiting)] if waiting else [])]

    def bets(self) -> list[tuple[str, str, bool]]:
        """Return what can be bet on: its name, its words, whether it is the student's bet."""
        if self.student.place is None or not asked.may_bet(self.room, self.student):
            return []
        found = bets_of(self.room.plan.half(self.student.place.table))
        return [(name, words, self.student.bet == name) for name, words in found.items()]

    @property
    def predicted(self) -> str:
        """Return what the model predicts for those who can be bet on; empty until that is worked out."""
        place, predictions = self.student.place, self.running.predictions
        if place is None or predictions is None:
            return ""
        plan = self.room.plan
        return predicted_in_words(plan.half(place.table), predictions[place.table % len(plan.halves)].means)

    @property
    def bet_made(self) -> str:
        """Return the student's bet in words, once bets are closed."""
        return "" if asked.may_bet(self.room, self.student) else self.words_of_bet(self.student.bet)

    def words_of_bet(self, bet: str | None) -> str:
        """Return a bet in words; empty where there is none."""
        if bet is None or self.student.place is None:
            return ""
        return bets_of(self.room.plan.half(self.student.place.table))[bet]

    question = QUESTION

    def wants(self) -> list[str]:
        """Return what counts for the student's side and what against, a sentence each."""
        place = self.student.place
        return [] if place is None else [*_wants(self.room.plan.half(place.table), place.side)]

    @property
    def summary(self) -> str:
        """Return what the student's half of the class is about."""
        return "" if self.labels is None else self.labels.scenario.summary or ""

    @property
    def beginning(self) -> bool:
        """Say whether the student may not have read yet what they are scored by: in the first round, or at home."""
        return self.view is not None and (self.room.plan.homework or self.state["round"] == 1)

    def _happening(self, each: Happening) -> str:
        labels = self.labels
        assert labels is not None
        assert self.student.place is not None
        return happening_of(labels, self.student.place.side, each)


@lru_cache(maxsize=64)
def _wants(half: Half, side: str) -> tuple[str, ...]:
    return tuple(wants_of(half.opening.game, side).sentences())


@lru_cache(maxsize=256)
def _only_when(half: Half, side: str, action: str) -> str:
    """Return when an action can be taken; kept, since every student reads it in every turn."""
    return only_when(half.opening.game, side, action)


def _facts(option: Option) -> str:
    told = []
    if option.cost:
        told.append(f"costs {numbers.number(option.cost, 2)}")
    if option.chance is not None and option.chance < 1.0:
        told.append(f"succeeds in {numbers.percent(option.chance)}")
    if option.mean is not None or (option.lead is not None and option.lead[1] > 0.0):
        told.append(f"takes effect {lead_of(option)}")
    return ", ".join(told)


def sparkline(values: Sequence[float], low: float, high: float) -> Markup:
    """Return a small line of how a number went, without words: the number stands beside it."""
    wide, tall = 80.0, 20.0
    span = (high - low) or 1.0
    step = wide / max(len(values) - 1, 1)
    points = " ".join(
        f"{2 + place * step * 0.95:.1f},{tall - 2 - (tall - 4) * (value - low) / span:.1f}"
        for place, value in enumerate(values)
    )
    last = points.rsplit(" ", 1)[-1].split(",")
    return Markup(
        f'<svg class="spark" viewBox="0 0 84 20" aria-hidden="true"><polyline class="curve c1" points="{points}"/>'
        f'<circle class="mark c1" cx="{last[0]}" cy="{last[1]}" r="2.5"/></svg>'
    )
