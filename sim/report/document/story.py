"""A run in sentences: for every turn what was chosen, what took effect and what struck, without numbers of luck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.engine.record import Event
from sim.experiment.trace import Trace
from sim.report import numbers
from sim.report.labels import Labels, inside, joined, quoted_label, sentence_case

_CHANGES = 3
"""Changes of the state that are told of one event: the largest, in shares of what they were."""

_NOTHING = 1e-9


def turns_of(trace: Trace) -> dict[int, tuple[str, ...]]:
    """Return what happened in each turn (from 0) that the run came to, in sentences."""
    labels = Labels(trace.game.scenario)
    told: dict[int, list[str]] = {}
    begun: dict[tuple[str, str, float], Event] = {}
    for event in trace.run.events:
        if event.kind not in ("begin", "end"):
            told.setdefault(event.turn, [])
        if event.kind == "decision" and "due" in event.detail:
            begun[event.who, event.what, event.detail["due"]] = event
        sentence = _sentence(labels, event, begun.get((event.who, event.what, event.time)))
        if sentence:
            told[event.turn].append(sentence)
    return {turn: tuple(sentences) for turn, sentences in told.items()}


def ending_of(trace: Trace) -> str:
    """Return how the run ended, in a sentence."""
    labels, end = Labels(trace.game.scenario), trace.run.events[-1]
    turns = numbers.count(trace.game.turns, "turn")
    if end.detail.get("early"):
        return f"The run ended early, in {_when(labels, end)}, before its {turns} were over."
    return f"The run went to its end, after {turns}."


def _when(labels: Labels, event: Event) -> str:
    start = labels.scenario.clock.start
    return f"turn {event.turn + 1}" if start is None else f"{start + event.turn}"


def _sentence(labels: Labels, event: Event, begun: Event | None) -> str:
    """Return an event as a sentence; ``begun`` is the decision that a delivery comes from."""
    if event.kind == "decision":
        return _decision(labels, event)
    if event.kind == "delivery":
        who, what = inside(labels.actor(event.who)), quoted_label(labels.action(event.who, event.what))
        when = "began earlier" if begun is None else f"began in {_when(labels, begun)}"
        words = f"What {who} {when}, {what}, takes effect"
        if begun is not None and begun.turn == event.turn:
            words = f"{what}, which {who} has just chosen, takes effect"
        return _joined(words, _changes(labels, event.detail))
    if event.kind == "hazard":
        return _hazard(labels, event)
    return ""


def _decision(labels: Labels, event: Event) -> str:
    who = labels.actor(event.who)
    if event.what == "pass":
        return sentence_case(f"{who} can do nothing.")
    words = f"{who} chooses {quoted_label(labels.action(event.who, event.what))}"
    if event.detail.get("succeeds") is False:
        words += ", and fails"
    return sentence_case(_joined(words, _changes(labels, event.detail)))


def _hazard(labels: Labels, event: Event) -> str:
    words = f"It strikes: {quoted_label(labels.hazard(event.who))}"
    if event.what:
        words += f", and it ends so: {quoted_label(labels.outcome(event.who, event.what))}"
    paid = [
        f"{inside(labels.actor(actor))} {'gains' if gain > 0 else 'loses'} {numbers.number(abs(gain))}"
        for actor, gain in event.detail.get("payoffs", {}).items()
        if abs(gain) > _NOTHING
    ]
    told = [f"by it {joined(paid)}"] if paid else []
    return _joined(words, "; ".join([*told, *filter(None, [_changes(labels, event.detail)])]))


def _joined(words: str, changes: str) -> str:
    return f"{words}: {changes}." if changes else f"{words}."


def _changes(labels: Labels, detail: Mapping[str, Any]) -> str:
    changes = detail.get("changes") or {}
    large = sorted(changes.items(), key=lambda change: -_size(*change[1]))
    kept = {name for name, _ in large[:_CHANGES]}
    told = [
        f"{quoted_label(labels.variable(name))} {'rises' if after > before else 'falls'} from {numbers.number(before)} "
        f"to {numbers.number(after)}"
        for name, (before, after) in changes.items()
        if name in kept and after != before
    ]
    return joined(told)


def _size(before: float, after: float) -> float:
    return abs(after - before) / max(abs(before), abs(after), _NOTHING)
