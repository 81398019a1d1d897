"""One event of a run in words: what was done, with which luck, what it cost, what it changed, what it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.engine.record import Event
from sim.report import numbers
from sim.report.labels import Labels, plain, quoted_label
from sim.report.page import BAD, DIM, GOOD, Cell, Styled

_NOTHING = 1e-9


class Teller:
    """Tells the events of one scenario."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels

    def who(self, event: Event) -> str:
        """Return whose event it is, in a word or two."""
        if event.kind in ("decision", "delivery", "score"):
            return self.labels.actor(event.who)
        return {"hazard": "Event", "drift": "Drift", "end": "End"}.get(event.kind, "")

    def what(self, event: Event) -> list[Cell]:
        """Return what happened, most telling line first."""
        if event.kind == "decision":
            return self._decision(event)
        if event.kind == "delivery":
            return [f"{self._action(event)} takes effect.", *self._changes(event.detail)]
        if event.kind == "hazard":
            return self._hazard(event)
        if event.kind == "drift":
            return self._changes(event.detail)
        return []

    def state(self, state: Mapping[str, float]) -> str:
        """Return a state in words, without what is zero."""
        words = [f"{self.labels.variable(name)} {numbers.number(value)}" for name, value in state.items() if value]
        return "; ".join(words) or "everything is 0"

    def luck(self, luck: Mapping[str, float]) -> str:
        """Return drawn numbers with their addresses."""
        return ", ".join(f"{name} u={value:.3f}" for name, value in luck.items())

    def _action(self, event: Event) -> str:
        return quoted_label(self.labels.action(event.who, event.what))

    def _decision(self, event: Event) -> list[Cell]:
        detail = event.detail
        if event.what == "pass":
            return [Styled("passes: nothing can be done", DIM)]
        words = self.labels.action(event.who, event.what)
        facts = []
        if detail.get("cost"):
            facts.append(f"cost {numbers.number(detail['cost'])}")
        if detail.get("succeeds") is True:
            facts.append("succeeds")
        if "due" in detail and detail.get("succeeds", True):
            facts.append(f"takes effect at {detail['due']:.2f}")
        top: Cell = ", ".join([words, *facts])
        if detail.get("succeeds") is False:
            top = Styled(str(top), "", (Styled(", fails", BAD),))
        return [top, *self._options(detail), *self._luck(event), *self._changes(detail)]

    def _options(self, detail: Mapping[str, Any]) -> list[Cell]:
        options = detail.get("options") or []
        if not options:
            return []
        ordered = sorted(options, key=lambda option: -option["probability"])
        told = [
            f"{plain(option['action'])} {numbers.number(option['value'])} ({numbers.percent(option['probability'])})"
            for option in ordered
        ]
        return [Styled(f"weighed: {', '.join(told)}", DIM)]

    def _hazard(self, event: Event) -> list[Cell]:
        hazard = self.labels.hazard(event.who)
        words = f"{hazard}: {self.labels.outcome(event.who, event.what)}" if event.what else hazard
        paid = event.detail.get("payoffs", {})
        lines: list[Cell] = [Styled(words, "bold")]
        if paid:
            gains = [f"{self.labels.actor(actor)} {numbers.number(gain, sign=True)}" for actor, gain in paid.items()]
            lines.append(f"payoffs (discounted): {', '.join(gains)}")
        return [*lines, *self._luck(event), *self._changes(event.detail)]

    def _luck(self, event: Event) -> list[Cell]:
        drawn = {name.removeprefix(f"{event.who}."): value for name, value in event.detail.get("luck", {}).items()}
        return [Styled(f"luck: {self.luck(drawn)}", DIM)] if drawn else []

    def _changes(self, detail: Mapping[str, Any]) -> list[Cell]:
        changes = detail.get("changes") or {}
        told = [
            f"{self.labels.variable(name)}: {numbers.number(before)} -> {numbers.number(after)}"
            for name, (before, after) in changes.items()
        ]
        return ["; ".join(told)] if told else []

    def score(self, events: list[Event]) -> list[Cell]:
        """Return a turn's scores: for each actor what the turn brought, and from which incentives."""
        lines: list[Cell] = []
        for event in events:
            incentives = event.detail.get("incentives", {})
            total = sum(incentives.values())
            parts = sorted(
                ((name, value) for name, value in incentives.items() if value), key=lambda part: -abs(part[1])
            )
            told = ", ".join(f"{plain(name)} {numbers.number(value, sign=True)}" for name, value in parts)
            style = GOOD if total > _NOTHING else BAD if total < -_NOTHING else ""
            number = Styled(
                numbers.number(total, numbers.exact_decimals([total]), sign=True),
                style,
                (Styled(f"  {told}" if told else "", DIM),),
            )
            lines.append(Styled(f"{self.labels.actor(event.who)} ", "", (number,)))
        return lines
