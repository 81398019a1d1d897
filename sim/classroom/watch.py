"""What *Watch* shows: one run under two regimes with the same luck, turn by turn, in words and bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.classroom.explore import refused
from sim.classroom.facts import Facts
from sim.classroom.sources import Source
from sim.classroom.templating import templates
from sim.classroom.worker import Tell, scenario_of
from sim.engine.history import beginning, history
from sim.errors import expected_one_of, quoted
from sim.experiment.trace import Trace, trace_of
from sim.model.game import Game, Setting
from sim.report import numbers
from sim.report.document.story import ending_of, turns_of
from sim.report.labels import Labels
from sim.scenario.arithmetic import Floats

_STILL = 1e-9
_BAR = 100.0
_MOST_RUN = 10**9


@dataclass(frozen=True)
class Show:
    """What a link to *Watch* asks for."""

    regimes: tuple[str, ...]
    run: int
    turn: int
    """Turns that have been played, from 0."""


def show_of(query: Mapping[str, str], facts: Facts) -> Show:
    """Return what a query asks for. Raises ``CommandError`` for an unknown regime, or what is no number."""
    known = [each.name for each in facts.regimes]
    regimes = [query.get("a") or known[0], query.get("b") or (known[1] if len(known) > 1 else known[0])]
    for name in regimes:
        if name not in known:
            problem = f"there is no regime {quoted(name)}"
            raise refused("UNKNOWN-REGIME", problem, expected_one_of(name, known, "regime"))
    run, turn = (_whole(query.get(name) or "0", name) for name in ("run", "turn"))
    return Show(tuple(dict.fromkeys(regimes)), run, min(turn, facts.turns))


def _whole(text: str, name: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise refused(name.upper(), f"{quoted(text)} is no whole number", f"write a number from 0 to {_MOST_RUN - 1:,}")
    return int(text)


@dataclass(frozen=True)
class Level:
    """A state variable as it stands: a bar within its bounds, and the number."""

    label: str
    text: str
    x: float
    width: float
    changed: bool


@dataclass(frozen=True)
class Side:
    """One regime's run after a turn."""

    regime: str
    said: tuple[str, ...]
    levels: tuple[Level, ...]
    payoffs: tuple[tuple[str, str], ...]
    over: str
    """How it ended, once it has."""


def watched(source: Source, show: Show, *, tell: Tell) -> tuple[tuple[str, str], ...]:
    """Return for the beginning and each turn what it is called, and what is seen then as HTML.

    Raises ``CommandError``, ``RunError``.
    """
    scenario = scenario_of(source)
    labels = Labels(scenario)
    seed = scenario.monte_carlo.seed
    traces = [trace_of(scenario, show.run, Setting(name), seed) for name in show.regimes]
    courses = [_course(trace.game, seed, show.run) for trace in traces]
    states = np.array([state for state, _ in courses])
    moving = np.flatnonzero(np.ptp(states, axis=(0, 1)) > _STILL).tolist()
    told = [turns_of(trace) for trace in traces]
    frames = []
    for number in range(scenario.clock.turns + 1):
        name = "At the beginning" if not number else labels.turn(number - 1)
        sides = [
            Side(
                labels.regime(trace.game.regime),
                () if not number else sentences.get(number - 1, ()),
                tuple(_level(labels, trace.game, state, number, row) for row in moving),
                tuple(
                    (labels.actor(actor.name), numbers.number(float(paid[number, place]), 2, sign=True))
                    for place, actor in enumerate(trace.game.actors)
                ),
                _over(trace, number, scenario.clock.turns),
            )
            for trace, sentences, (state, paid) in zip(traces, told, courses, strict=True)
        ]
        frames.append((name, templates().get_template("frame.html").render(name=name, number=number, sides=sides)))
    return tuple(frames)


def _course(game: Game, seed: int, run: int) -> tuple[Floats, Floats]:
    """Return the state (turns + 1, variables) and the payoffs so far (turns + 1, actors); an ended run stands still."""
    states = [beginning(game, seed, run, 1)[:, 0]]
    paid = [np.zeros(len(game.actors))]
    for moment in history(game, seed, run, 1):
        states.append(moment.state[:, 0])
        paid.append(moment.payoffs[:, 0])
    missing = game.turns + 1 - len(states)
    return np.array(states + states[-1:] * missing), np.array(paid + paid[-1:] * missing)


def _level(labels: Labels, game: Game, state: Floats, number: int, row: int) -> Level:
    variable = game.variables[row]
    value, before = float(state[number, row]), float(state[max(number - 1, 0), row])
    low, high = variable.low, variable.high
    if not (np.isfinite(low) and np.isfinite(high)):
        low, high = min(0.0, float(state[:, row].min())), max(0.0, float(state[:, row].max()))
    span = (high - low) or 1.0
    zero, at = ((min(max(each, low), high) - low) / span * _BAR for each in (0.0, value))
    changed = abs(value - before) > _STILL
    return Level(labels.variable(variable.name), numbers.number(value), min(zero, at), abs(at - zero), changed)


def _over(trace: Trace, number: int, turns: int) -> str:
    last = trace.run.events[-1].turn + 1 if trace.run.events[-1].detail.get("early") else turns
    return ending_of(trace) if number >= last else ""
