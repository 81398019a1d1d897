"""Which assumptions decide: each parameter alone at both ends of its range, all others as they are, on the same luck.

That is the least that tells a reader where to look, at two points a parameter. What lies between the ends, and what
parameters do together, is for ``breakeven`` and ``sensitivity``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from sim.errors import RunError
from sim.experiment.playing import Progress
from sim.experiment.points import TOGETHER, Points, Quantity, Question, pieces_of, values_of_piece
from sim.experiment.quantiles import two_sided_student
from sim.experiment.summary import Stat
from sim.model.compiling import regime_names
from sim.model.game import Setting
from sim.scenario.arithmetic import Floats
from sim.scenario.schema import Scenario

Verdict = Literal["turns", "opens", "settles", ""]
"""What an end of a range does to the sign of a result: turns it around, leaves it open, settles what was open."""

_WORK = 8_000_000
"""Turns of all runs that are played, as a rule: some seconds."""

_LEAST, _MOST = 100, 2_000
"""Runs at each point."""

_ROUNDING = 1e-12
"""Share of the results that a number is made of, below which it is a matter of rounding."""


@dataclass(frozen=True)
class Side:
    """What is played under a name: a scenario in a setting."""

    scenario: Scenario
    setting: Setting

    @property
    def own(self) -> tuple[str, ...]:
        """Return the parameters to which the regime gives a value of its own."""
        name = self.setting.regime or regime_names(self.scenario)[0]
        regime = self.scenario.regimes.get(name)
        return () if regime is None else tuple(regime.parameters)

    def range(self, name: str) -> tuple[float, float] | None:
        """Return the range over which a parameter can be moved here; None where it cannot."""
        part = self.scenario.parameters.get(name)
        if part is None or part.range is None or name in self.own or name in self.setting.parameters:
            return None
        return part.range if part.range[0] < part.range[1] else None


@dataclass(frozen=True)
class Swing:
    """A result with one parameter at the low and at the high end of its range."""

    parameter: str
    range: tuple[float, float]
    low: Stat
    high: Stat

    @property
    def size(self) -> float:
        """Return how far the result moves from one end to the other."""
        return abs(self.high.mean - self.low.mean)

    def verdict(self, today: Stat) -> Verdict:
        """Return what the range does to the sign that the result has today."""
        sides = {self.low.side, self.high.side}
        if not today.side:
            return "settles" if sides - {0} else ""
        return "turns" if -today.side in sides else "opens" if 0 in sides else ""


@dataclass(frozen=True)
class Result:
    """One result: what it is today, and what each parameter makes of it, the one that moves it most first."""

    today: Stat
    swings: tuple[Swing, ...]

    @property
    def deciding(self) -> tuple[Swing, ...]:
        """Return the parameters that change the sign, or whether there is one, at an end of their range."""
        return tuple(swing for swing in self.swings if swing.verdict(self.today))


@dataclass(frozen=True)
class Ends:
    """Results at both ends of every parameter's range, by the names they were asked for."""

    results: Mapping[str, Result]
    runs: int
    """Runs at each point."""
    points: int
    sides: int
    parameters: tuple[str, ...]
    """The parameters that were moved."""
    trouble: Mapping[str, str]
    """Why a parameter could not be looked at: what went wrong at an end of its range."""


def runs_at_points(sides: Mapping[str, Side], asked: int) -> int:
    """Return how many runs are played at each point where the answer has ``asked``: few enough for some seconds."""
    points = 1 + 2 * len(movable(sides))
    turns = max(side.scenario.clock.turns for side in sides.values())
    affordable = _WORK // (points * len(sides) * turns)
    return max(_LEAST, min(asked, _MOST, affordable))


def movable(sides: Mapping[str, Side]) -> tuple[str, ...]:
    """Return the parameters with a range that some side leaves open and nobody has set."""
    names = dict.fromkeys(name for side in sides.values() for name in side.scenario.parameters)
    return tuple(name for name in names if any(side.range(name) for side in sides.values()))


def at_ends(
    sides: Mapping[str, Side],
    quantities: Mapping[str, Quantity],
    runs: int,
    seed: int,
    progress: Progress | None = None,
) -> Ends:
    """Return what quantities come to at both ends of every range; ``runs`` is at least 2.

    Sides may be of different scenarios: a parameter of the same name is moved in all of them, each over its own range.
    ``progress`` is told of the runs of all points and sides.

    Raises:
        RunError: an expression misbehaves at today's values.
    """
    names, runs = movable(sides), min(runs, TOGETHER)
    trouble: dict[str, str] = {}
    try:
        found = _played(sides, quantities, names, runs, seed, progress)
    except RunError:
        # One end of one range spoils the block it is played in: each alone, then, to tell which.
        found = _played(sides, quantities, (), runs, seed, progress)
        for name in names:
            try:
                found[1:] += _played(sides, quantities, (name,), runs, seed, None)[1:]
            except RunError as error:
                trouble[name] = error.faults[0].problem
    moved = [name for name in names if name not in trouble]
    results = {}
    for row, asked in enumerate(quantities):
        swings = [
            Swing(name, _range(sides, name), found[1 + 2 * place][row], found[2 + 2 * place][row])
            for place, name in enumerate(moved)
        ]
        results[asked] = Result(found[0][row], tuple(sorted(swings, key=lambda swing: -swing.size)))
    return Ends(results, runs, 1 + 2 * len(names), len(sides), tuple(moved), trouble)


def _range(sides: Mapping[str, Side], name: str) -> tuple[float, float]:
    return next(found for side in sides.values() if (found := side.range(name)))


def _played(
    sides: Mapping[str, Side],
    quantities: Mapping[str, Quantity],
    names: Sequence[str],
    runs: int,
    seed: int,
    progress: Progress | None,
) -> list[list[Stat]]:
    """Return every quantity today, then at the low and the high end of each parameter's range."""
    count = 1 + 2 * len(names)
    # What each is made of tells which size of a number is a matter of rounding.
    parts = {term[1:]: None for quantity in quantities.values() for term in quantity.terms}
    asked = [replace(each, constant=0.0) for each in quantities.values()]
    asked += [Quantity(((1.0, *part),)) for part in parts]
    questions = [_question(scenario, sides, asked, names, runs, seed) for scenario in _scenarios(sides)]
    reach = two_sided_student(runs - 1)
    constants = np.array([each.constant for each in quantities.values()])
    found: list[list[Stat]] = []
    for piece in pieces_of(count, runs):
        values = sum((values_of_piece(question, piece) for question in questions), np.zeros(()))
        mean, error = values.mean(axis=2), values.std(axis=2, ddof=1) / np.sqrt(runs)
        least = _ROUNDING * np.abs(mean[len(quantities) :]).max(axis=0, initial=0.0)
        mean[np.abs(mean) <= least], error[error <= least] = 0.0, 0.0
        for point in range(piece[1]):
            here = zip(mean[: len(quantities), point] + constants, error[: len(quantities), point], strict=True)
            found.append([_stat(float(value), float(spread), reach) for value, spread in here])
        if progress is not None:
            progress(piece[1] * piece[3] * len(sides))
    return found


def _stat(mean: float, error: float, reach: float) -> Stat:
    return Stat(mean, error, mean - reach * error, mean + reach * error)


def _scenarios(sides: Mapping[str, Side]) -> list[Scenario]:
    found: list[Scenario] = []
    for side in sides.values():
        if not any(side.scenario is each for each in found):
            found.append(side.scenario)
    return found


def _question(
    scenario: Scenario, sides: Mapping[str, Side], asked: Sequence[Quantity], names: Sequence[str], runs: int, seed: int
) -> Question:
    ours = {name: side for name, side in sides.items() if side.scenario is scenario}
    here = [name for name in names if name in scenario.parameters]
    values: Floats = np.repeat(
        np.array([[scenario.parameters[name].value] for name in here]).reshape(len(here), 1), 1 + 2 * len(names), axis=1
    )
    for row, name in enumerate(here):
        ends = scenario.parameters[name].range
        if ends is not None:
            first = 1 + 2 * names.index(name)
            values[row, first], values[row, first + 1] = ends
    kept = {name: [each for each in here if side.range(each) is None] for name, side in ours.items()}
    settings = {name: side.setting for name, side in ours.items()}
    return Question(scenario, settings, tuple(asked), Points(tuple(here), values), runs, seed, kept)
