"""What the instructor's page and the projector show, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from sim.classroom.class_charts import Chart, class_charts
from sim.classroom.class_halves import names_of, played_by
from sim.classroom.class_state import seconds_left
from sim.classroom.room.asked import may_bet
from sim.classroom.room.bets import QUESTION, predicted_in_words
from sim.classroom.room.results import bets_made, finished, results_of
from sim.classroom.room.state import CLOSED, FINISHED, PLAYING, WAITING, Student
from sim.classroom.room.votes import TIE_RULE
from sim.classroom.running import Running
from sim.report import numbers
from sim.report.labels import Labels


@dataclass(frozen=True)
class Line:
    """One student as the instructor sees them."""

    number: int
    name: str
    kind: str
    seat: str
    doing: str
    here: bool
    replaced: bool


class Board:
    """The instructor's page, and with ``secret=False`` the projector's, part by part."""

    def __init__(self, running: Running, now: float, last: dict[str, Any] | None, *, secret: bool) -> None:
        self.running, self.room, self.now, self.last, self.secret = running, running.room, now, last, secret
        self.question, self.tie_rule = QUESTION, TIE_RULE

    @property
    def heading(self) -> str:
        """Return what is going on, in a few words."""
        room = self.room
        if room.phase == WAITING:
            return "Waiting room"
        if room.plan.homework:
            return "Homework" if room.phase == PLAYING else "This class is over"
        if room.phase == PLAYING:
            return f"Round {room.round} of {self.rounds}{', paused' if room.paused else ''}"
        return {FINISHED: "All games are over", CLOSED: "This class is over"}[room.phase]

    @property
    def rounds(self) -> int:
        """Return how many rounds the longest game has."""
        return max(half.loaded.clock.turns * max(1, len(half.loaded.clock.moves)) for half in self.room.plan.halves)

    @property
    def seconds(self) -> float | None:
        """Return how long the open round has."""
        return seconds_left(self.room, self.now)

    @property
    def what(self) -> list[str]:
        """Return what each half plays, in words."""
        return [played_by(half) for half in self.room.plan.halves]

    @property
    def counts(self) -> str:
        """Return how many are in the room, and how many have decided."""
        room = self.room
        robots = sum(each.kind == "robot" for each in room.present)
        people = len(room.present) - robots
        told = numbers.count(people, "student") + (f" and {numbers.count(robots, 'robot')}" if robots else "")
        if room.phase == PLAYING and not room.plan.homework:
            playing = [table for table in room.tables if not table.over]
            voted = sum(len(table.votes) for table in playing)
            waited = len(self.running.waited) if self.running.ready else None
            told += ". The round is being played" if waited is None else f". Decided: {voted} of {voted + waited}"
        bettors = [each for each in room.present if may_bet(room, each)] if self.betting else []
        if bettors:
            told += f". Bets: {sum(each.bet is not None for each in bettors)} of {len(bettors)}"
        return f"{told}."

    @property
    def names(self) -> list[str]:
        """Return the names of those in the room, in the order in which they came."""
        return [each.name for each in self.room.present]

    def lines(self) -> list[Line]:
        """Return every student, for the instructor."""
        online = {viewer.number for viewer in self.running.viewers if viewer.kind == "student"}
        return [
            Line(
                each.number, each.name, each.kind, self._seat(each), self._doing(each),
                each.number in online or each.kind == "robot", each.replaced,
            )
            for each in self.room.present
        ]  # fmt: skip

    def charts(self) -> list[Chart]:
        """Return the class over the prediction; on the projector only when results are shown."""
        if self.running.predictions is None or (not self.secret and not self.room.revealed):
            return []
        return class_charts(self.room, self.running.predictions) if self.room.tables else []

    @property
    def betting(self) -> bool:
        """Say whether the class is still betting; homework has no time for that in common."""
        room = self.room
        return not room.plan.homework and (room.phase == WAITING or (room.phase == PLAYING and room.round == 1))

    @property
    def predicted(self) -> list[str]:
        """Return what the model predicts for each half, in words; nothing until that is worked out."""
        halves, predictions = self.room.plan.halves, self.running.predictions or ()
        told = [predicted_in_words(half, each.means) for half, each in zip(halves, predictions, strict=False)]
        return (
            told
            if len(halves) < 2
            else [f"{name}: {line}" for name, line in zip(names_of(self.room.plan), told, strict=False)]
        )

    def bets(self) -> list[tuple[str, int]]:
        """Return how many bet on what; on the projector only once bets are closed."""
        closed = self.room.phase not in (WAITING, PLAYING) or self.room.round > 1
        return list(bets_made(self.room).items()) if self.secret or closed else []

    def results(self) -> list[dict[str, Any]]:
        """Return the class's results beside the prediction and the last class's, when they may be seen."""
        if self.running.predictions is None or (not self.secret and not self.room.revealed):
            return []
        if not finished(self.room) and self.room.results is None:
            return []
        found = self.room.results or results_of(self.room, self.running.predictions)
        return [self._half(number, half) for number, half in enumerate(found["halves"])]

    @property
    def bets_told(self) -> str:
        """Return how many bets came true, when results may be seen."""
        if self.running.predictions is None or not (self.secret or self.room.revealed):
            return ""
        found = self.room.results or results_of(self.room, self.running.predictions)
        made, right = found["bets"]["made"], found["bets"]["right"]
        return f"{right} of {numbers.count(made, 'bet')} came true." if made else ""

    def _half(self, number: int, half: dict[str, Any]) -> dict[str, Any]:
        labels = Labels(self.room.plan.halves[number].loaded)
        before = self._before(half)
        rows = []
        for actor, got in half["actors"].items():
            rows.append(
                {
                    "actor": labels.actor(actor),
                    "mean": _number(got["mean"]),
                    "predicted": _number(got["predicted"]),
                    "range": f"{_number(got['low'])} to {_number(got['high'])}",
                    "same_luck": _number(got["same_luck"]),
                    "last": _number(before["actors"].get(actor, {}).get("mean")) if before else "",
                }
            )
        title = f"{names_of(self.room.plan)[number]}: {numbers.count(half['games'], 'game')}"
        return {"title": title, "rows": rows, "last": before is not None}

    def _before(self, half: dict[str, Any]) -> dict[str, Any] | None:
        if self.last is None:
            return None
        same = [
            each
            for each in self.last["halves"]
            if (each["scenario"], each["regime"]) == (half["scenario"], half["regime"]) and each["games"]
        ]
        return same[0] if same else None

    def _seat(self, student: Student) -> str:
        if student.place is None:
            return ""
        labels = Labels(self.room.plan.half(student.place.table).loaded)
        return f"{student.place.table + 1} · {labels.actor(student.place.side)}"

    def _doing(self, student: Student) -> str:
        room, table = self.room, self.room.table_of(student)
        if table is None:
            return "has bet" if student.bet else "waits"
        if student.replaced:
            return "the computer plays"
        if table.over:
            return "game over"
        if room.phase == CLOSED:
            return "game cut off"
        if student.number in table.votes:
            return "has decided"
        if room.plan.homework:
            return f"in round {table.round}"
        return "decides" if student.number in self.running.waited else "waits"


def _number(value: float | None) -> str:
    return "" if value is None else numbers.number(value, 2, sign=True)


@lru_cache(maxsize=64)
def qr_of(link: str) -> Markup:
    """Return a link as a QR code, black on white whatever the page's colours are: cameras want it so."""
    import segno

    code = segno.make(link, error="m", micro=False)
    svg = code.svg_inline(border=4, dark="#000000", light="#ffffff", omitsize=True, svgclass="qr", lineclass=None)
    return Markup(svg.replace("<svg ", '<svg role="img" aria-label="QR code of the address beside it" ', 1))
