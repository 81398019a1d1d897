"""What *Explore* shows: two regimes under premises that somebody moves, played anew for every move."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import numpy as np

from sim.classroom.drawing import Bars, Line, bars_of, line_of
from sim.classroom.facts import Facts, Slider
from sim.classroom.sources import Source
from sim.classroom.templating import templates
from sim.classroom.worker import Tell, scenario_of
from sim.errors import CommandError, Fault, Place, expected_one_of, quoted
from sim.experiment.along import Course, played_through
from sim.experiment.compare import Comparison
from sim.experiment.plan import Plan
from sim.experiment.summary import Stat
from sim.model.compiling import compiled
from sim.model.game import Setting
from sim.report import contrast, numbers
from sim.report.labels import Labels, inside, sentence_case

RUNS = 2_000
SET = "set."
"""What stands before a parameter's name in a link."""
_LINES = 12
"""Pictures of state variables that stand on a page."""
_STILL = 1e-9
_LEAST = 0.005
"""Share of the room that a variable has below which its moves are not drawn."""


@dataclass(frozen=True)
class Ask:
    """What a link to *Explore* asks for."""

    scenario: str
    regimes: tuple[str, ...]
    """One, or two: the second is compared with the first."""
    parameters: Mapping[str, float] = field(default_factory=dict)
    """Those that were moved."""
    actor: str | None = None
    """Whose break-even is asked for."""

    def value(self, slider: Slider) -> float:
        """Return what a parameter is set to."""
        return self.parameters.get(slider.name, slider.now)

    @property
    def query(self) -> str:
        """Return the link's query, with all that reproduces the view."""
        words = {"scenario": self.scenario, "a": self.regimes[0]}
        if len(self.regimes) > 1:
            words["b"] = self.regimes[1]
        return urlencode({**words, **{SET + name: repr(value) for name, value in self.parameters.items()}})


def ask_of(query: Mapping[str, str], scenario: str, facts: Facts) -> Ask:
    """Return what a query asks of a scenario; what it does not say is as the scenario has it.

    Raises ``CommandError`` for an unknown regime, actor or parameter, or a value that is no number in its range.
    """
    known = [each.name for each in facts.regimes]
    regimes = [query.get("a") or known[0], query.get("b") or (known[1] if len(known) > 1 else known[0])]
    for name in regimes:
        if name not in known:
            problem = f"there is no regime {quoted(name)}"
            raise refused("UNKNOWN-REGIME", problem, expected_one_of(name, known, "regime"))
    sliders = {each.name: each for each in facts.sliders}
    moved = {}
    for key, text in query.items():
        if key.startswith(SET):
            name = key.removeprefix(SET)
            if name not in sliders:
                problem = f"there is no parameter {quoted(name)} with a range"
                raise refused("UNKNOWN-PARAMETER", problem, expected_one_of(name, sliders, "parameter"))
            value = _number(text, sliders[name])
            if value != sliders[name].now:
                moved[name] = value
    seats = [each.name for each in facts.seats]
    actor = query.get("actor") or None
    if actor is not None and actor not in seats:
        raise refused("UNKNOWN-ACTOR", f"there is no actor {quoted(actor)}", expected_one_of(actor, seats, "actor"))
    return Ask(scenario, tuple(dict.fromkeys(regimes)), moved, actor)


def _number(text: str, slider: Slider) -> float:
    try:
        value = float(text) if len(text) <= 40 and "_" not in text else math.nan
    except ValueError:
        value = math.nan
    # A slider's ends may be off by a rounding.
    slack = 1e-9 * (slider.high - slider.low)
    if not slider.low - slack <= value <= slider.high + slack:
        problem = f"{quoted(text)} is no number in the range of {quoted(slider.name)}"
        raise refused("SET", problem, f"write a number from {slider.low:g} to {slider.high:g}")
    return min(max(value, slider.low), slider.high)


def refused(code: str, problem: str, remedy: str) -> CommandError:
    """Return the error of a link that asks for what there is not."""
    return CommandError(Fault(Place("address"), code, problem, remedy))


@dataclass(frozen=True)
class Row:
    """A row of a table: what it is of, and numbers in writing."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The table behind a picture."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Picture:
    """All that is drawn for one set of premises."""

    regimes: tuple[str, ...]
    """Labels, in the order of their series."""
    said: tuple[str, ...]
    payoffs: Bars
    payoff_table: Table
    ledgers: tuple[tuple[str, Bars, Table], ...]
    """For each actor: what brings the difference (with one regime: its ledger)."""
    lines: tuple[Line, ...]
    line_table: Table
    note: str


def picture(source: Source, ask: Ask, *, tell: Tell) -> tuple[str, str, tuple[str, ...]]:
    """Play what is asked for; return as HTML the payoffs and the rest, and what they say in sentences.

    Raises ``CommandError``, ``RunError``, ``ResourceError``.
    """
    drawn = picture_of(source, ask)
    payoffs, rest = (templates().get_template(name).render(picture=drawn) for name in ("payoffs.html", "picture.html"))
    return payoffs, rest, drawn.said


def picture_of(source: Source, ask: Ask) -> Picture:
    """Play what is asked for and draw it. Raises as ``picture``."""
    scenario = scenario_of(source)
    plan = Plan(RUNS, scenario.monte_carlo.seed)
    courses = {
        name: played_through(compiled(scenario, Setting(name, {}, ask.parameters)), plan) for name in ask.regimes
    }
    labels = Labels(scenario)
    regimes = tuple(labels.regime(name) for name in ask.regimes)
    first, *others = courses.values()
    actors = [actor.name for actor in first.ensemble.game.actors]
    stats = {actor: [course.ensemble.stats[actor] for course in courses.values()] for actor in actors}
    payoffs = bars_of([(labels.actor(actor), stats[actor]) for actor in actors])
    said: tuple[str, ...]
    if others:
        difference = Comparison({name: each.ensemble for name, each in courses.items()}, plan).differences[0]
        said = tuple(contrast.sentence(difference, actor, simple=True) for actor in actors)
        samples, of_what = difference.samples, "difference in the payoff"
        ledgers = tuple(
            _why(inside(labels.actor(actor)), regimes, contrast.parts_of(difference, actor)) for actor in actors
        )
        changes = [difference.stats[actor] for actor in actors]
    else:
        said = tuple(_alone(labels.actor(actor), stats[actor][0]) for actor in actors)
        samples, of_what = first.ensemble.samples, "payoff"
        ledgers = tuple(_ledger(labels, first, actor) for actor in actors)
        changes = []
    rows = tuple(
        Row(labels.actor(actor), _cells([*stats[actor], *(changes[place : place + 1])]))
        for place, actor in enumerate(actors)
    )
    heads = ("Actor", *_heads(regimes, bool(others)))
    how = f" under each regime, with the same luck in both (seed {plan.seed})" if others else f" (seed {plan.seed})"
    doubtful = [
        f"Do not rely on the 95 % interval of the {of_what} of {inside(labels.actor(actor))}: a few rare runs decide "
        f"it, and {numbers.count(sample.runs, 'run')} are too few for that."
        for actor, sample in samples.items()
        if sample.doubtful
    ]
    return Picture(
        regimes,
        said,
        payoffs,
        Table("Payoffs, with 95 % intervals", heads, rows),
        ledgers,
        *_lines(labels, courses),
        " ".join([f"{numbers.count(plan.runs, 'run')}{how}.", *doubtful]),
    )


def _heads(regimes: tuple[str, ...], compared: bool) -> tuple[str, ...]:
    heads = [head for regime in regimes for head in (regime, "95 % interval")]
    return (*heads, "Difference", "95 % interval") if compared else tuple(heads)


def _cells(stats: list[Stat]) -> tuple[str, ...]:
    decimals = numbers.common_decimals(stats)
    return tuple(cell for stat in stats for cell in (numbers.mean(stat, decimals), numbers.interval(stat, decimals)))


def _alone(who: str, stat: Stat) -> str:
    return f"{who} gets {numbers.mean(stat)} ({numbers.interval(stat)})."


def _why(who: str, regimes: tuple[str, ...], parts: list[contrast.Part]) -> tuple[str, Bars, Table]:
    decimals = numbers.common_decimals([part.change for part in parts])
    rows = tuple(
        Row(
            part.label,
            (
                numbers.number(part.right, decimals),
                numbers.number(part.left, decimals),
                numbers.mean(part.change, decimals, sign=True),
                numbers.interval(part.change, decimals),
            ),
        )
        for part in parts
    )
    heads = ("What", *regimes, "Difference", "95 % interval")
    table = Table(f"{sentence_case(who)}: what brings the difference", heads, rows)
    return who, bars_of([(part.label, [part.change]) for part in parts], sign=True, series=3), table


def _ledger(labels: Labels, course: Course, actor: str) -> tuple[str, Bars, Table]:
    stats = [(entry, course.ensemble.stats[f"{actor}.{entry}"]) for entry in course.ensemble.entries(actor)]
    shown = sorted((each for each in stats if each[1].mean), key=lambda each: -abs(each[1].mean))[: contrast.ROWS]
    rows = tuple(Row(labels.entry(actor, entry), _cells([stat])) for entry, stat in stats)
    table = Table(f"{labels.actor(actor)}: the ledger", ("What", "Mean", "95 % interval"), rows)
    bars = bars_of([(labels.entry(actor, entry), [stat]) for entry, stat in shown], sign=True)
    return inside(labels.actor(actor)), bars, table


def _lines(labels: Labels, courses: Mapping[str, Course]) -> tuple[tuple[Line, ...], Table]:
    games = [course.ensemble.game for course in courses.values()]
    states = np.array([course.state for course in courses.values()])
    spans = states.max(axis=(0, 1)) - states.min(axis=(0, 1))
    moving = [place for place in range(states.shape[2]) if spans[place] > _STILL]
    bounds = [(variable.low, variable.high) for variable in games[0].variables]
    widths = np.array(
        [high - low if np.isfinite(high - low) else span for (low, high), span in zip(bounds, spans, strict=True)]
    )
    noticed = [place for place in moving if spans[place] > _LEAST * widths[place]]
    apart = np.abs(states - states[:1]).max(axis=(0, 1)) / np.where(spans > _STILL, spans, 1.0)
    shown = sorted(sorted(noticed, key=lambda place: (-apart[place], place))[:_LINES])
    names = [variable.name for variable in games[0].variables]
    lines = tuple(
        line_of(labels.variable(names[place]), [each[:, place].tolist() for each in states], bounds[place])
        for place in shown
    )
    heads = [labels.regime(game.regime) for game in games]
    rows = tuple(
        Row(labels.variable(names[place]), tuple(numbers.number(float(each[-1, place])) for each in states))
        for place in moving
    )
    return lines, Table("The state at the end, on average", ("What", *heads), rows)
