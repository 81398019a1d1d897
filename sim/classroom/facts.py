"""What pages have to know of a scenario before anything is played: titles, regimes, actors, what can be moved."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from sim.classroom.sources import Source
from sim.classroom.worker import Tell, scenario_of
from sim.model.compiling import regime_names
from sim.report.labels import Labels
from sim.scenario.schema import Actor, Scenario
from sim.scenario.source import Mapping, Scalar

_CODE = re.compile(r"\bM[0-9]{1,2}\b")


@dataclass(frozen=True)
class Choice:
    """Something that can be chosen: its name in the scenario, and its label."""

    name: str
    label: str


@dataclass(frozen=True)
class Slider:
    """A parameter with a range."""

    name: str
    label: str
    low: float
    high: float
    now: float
    note: str
    step: float
    """A round step, of which 60 to 150 make up the range."""
    codes: str = ""
    """What else finds it: the numbers of mechanisms in the label that its file gives it."""


@dataclass(frozen=True)
class Seat:
    """An actor: what it can play, and what regimes give it, by regime."""

    name: str
    label: str
    plays: bool
    """Whether it has actions."""
    strategies: tuple[Choice, ...]


@dataclass(frozen=True)
class Facts:
    """A scenario as a page introduces it."""

    title: str
    summary: str
    clock: str
    turns: int
    start: int | None
    regimes: tuple[Choice, ...]
    seats: tuple[Seat, ...]
    sliders: tuple[Slider, ...]
    seed: int

    def regime(self, name: str) -> str:
        """Return a regime's label."""
        return next(each.label for each in self.regimes if each.name == name)

    def seat(self, name: str) -> Seat | None:
        """Return an actor by name."""
        return next((each for each in self.seats if each.name == name), None)


def facts_of(source: Source, *, tell: Tell) -> Facts:
    """Return the facts of a scenario, checked as ``validate`` checks one. Raises ``ScenarioError``."""
    from sim.engine.lockstep import first_turn
    from sim.model.compiling import compiled
    from sim.model.game import Setting

    scenario = scenario_of(source)
    # What goes wrong in the first turn is told when a scenario is brought, not in the middle of a lesson.
    for name in regime_names(scenario)[:2]:
        first_turn(compiled(scenario, Setting(name)), scenario.monte_carlo.seed)
    return facts_in(scenario)


def facts_in(scenario: Scenario) -> Facts:
    """Return the facts of a scenario that has been checked."""
    labels = Labels(scenario)
    return Facts(
        title=labels.title,
        summary=" ".join((scenario.summary or "").split()),
        clock=labels.clock(),
        turns=scenario.clock.turns,
        start=scenario.clock.start,
        regimes=tuple(Choice(name, labels.regime(name)) for name in regime_names(scenario)),
        seats=tuple(
            Seat(name, labels.actor(name), bool(actor.actions), _playable(labels, name, actor))
            for name, actor in scenario.actors.items()
        ),
        sliders=tuple(
            Slider(
                name,
                labels.parameter(name),
                *part.range,
                part.value,
                " ".join((part.note or "").split()),
                step_of(part.range[1] - part.range[0]),
                _codes(scenario, name),
            )
            for name, part in scenario.parameters.items()
            if part.range is not None and part.range[0] < part.range[1]
        ),
        seed=scenario.monte_carlo.seed,
    )


def step_of(span: float) -> float:
    """Return a step of 1, 2 or 5 times a power of ten, of which about a hundred make up a range."""
    power = 10.0 ** math.floor(math.log10(span / 60.0))
    return float(f"{max(step for step in (power, 2 * power, 5 * power) if step * 60.0 <= span * (1 + 1e-9)):.6g}")


def _codes(scenario: Scenario, name: str) -> str:
    written: object = scenario.document
    for key in ("parameters", name, "label"):
        written = written.get(key) if isinstance(written, Mapping) else None
    return " ".join(_CODE.findall(written.text)) if isinstance(written, Scalar) else ""


def _playable(labels: Labels, name: str, actor: Actor) -> tuple[Choice, ...]:
    """Return what an actor can play: its strategies, then the actions that no strategy is called like."""
    names = dict.fromkeys([*actor.strategies, *actor.actions])
    return tuple(Choice(each, labels.strategy(name, each)) for each in names)
