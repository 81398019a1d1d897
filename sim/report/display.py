"""What answers show of themselves in Python and in notebooks: a line, the page of the command line, a picture.

Pages and pictures are imported when they are asked for: ``import sim`` does not wait for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.experiment.breakeven import BreakEven
from sim.experiment.claims import Claims
from sim.experiment.compare import Comparison
from sim.experiment.ensemble import Ensemble
from sim.experiment.matrix import Matrices, Matrix
from sim.experiment.plan import Plan
from sim.experiment.sensitivity import Sensitivity
from sim.experiment.summary import Stat
from sim.experiment.sweep import Sweep
from sim.experiment.trace import Trace
from sim.report import numbers
from sim.scenario.schema import Scenario
from sim.shown import line_of, picture_of, pictures_of, print_page

if TYPE_CHECKING:
    from rich.console import Console

# --- In a line -------------------------------------------------------------------------------------------------------


@line_of.register
def _(scenario: Scenario) -> str:
    title = f" - {scenario.title}" if scenario.title else ""
    parts = ((scenario.actors, "actor"), (scenario.hazards, "hazard"), (scenario.regimes, "regime"))
    return f"{scenario.scenario}{title}; {', '.join(numbers.count(len(part), thing) for part, thing in parts)}"


@line_of.register
def _(ensemble: Ensemble) -> str:
    game = ensemble.game
    payoffs = {actor.name: ensemble.stats[actor.name] for actor in game.actors}
    return f"{game.scenario.scenario}, {game.regime}; {_runs(ensemble.plan)}; {_means(payoffs)}"


@line_of.register
def _(comparison: Comparison) -> str:
    first = next(iter(comparison.ensembles.values()))
    differences = [
        f"{each.of} minus {each.minus}: {_means({name: each.stats[name] for name in each.actors})}"
        for each in comparison.differences
    ]
    return f"{first.game.scenario.scenario}; {_runs(comparison.plan)}; {'; '.join(differences)}"


@line_of.register
def _(matrix: Matrix) -> str:
    size = " by ".join(str(len(names)) for names in matrix.strategies)
    return f"{matrix.game.scenario.scenario}, {matrix.regime}; {size} strategies; {_runs(matrix.plan)} a cell"


@line_of.register
def _(matrices: Matrices) -> str:
    return "; ".join(line_of(matrix) for matrix in matrices.matrices.values())


@line_of.register
def _(claims: Claims) -> str:
    verdicts = ", ".join(f"{result.name} {result.verdict}" for result in claims.results)
    return f"{_runs(claims.plan)}; {verdicts or 'no claims'}"


@line_of.register
def _(trace: Trace) -> str:
    game = trace.game
    events = numbers.count(len(trace.run.events), "event")
    return f"{game.scenario.scenario}, {game.regime}; run {trace.run.number}, seed {trace.seed}; {events}"


@line_of.register
def _(sweep: Sweep) -> str:
    points, regimes = numbers.count(sweep.points.count, "point"), ", ".join(sweep.regimes)
    return f"{sweep.scenario.scenario}; {points} over {', '.join(sweep.points.names)}; {regimes}"


@line_of.register
def _(answer: Sensitivity) -> str:
    asked = answer.asked
    return f"{asked.scenario.scenario}; {asked.method.name}, {numbers.count(asked.runs, 'run')} in all"


@line_of.register
def _(answer: BreakEven) -> str:
    found = ", ".join(each.name for each in answer.ladder) or "none"
    asked = f"{answer.scenario.scenario}, {answer.actor}: {answer.of} or {answer.minus}"
    return f"{asked}; break-even within a range: {found}"


def _runs(plan: Plan) -> str:
    return f"{numbers.count(plan.runs, 'run')}, seed {plan.seed}"


def _means(stats: Mapping[str, Stat]) -> str:
    return ", ".join(f"{name} {numbers.mean(stat, sign=True)}" for name, stat in stats.items())


# --- As a page, and as a picture -------------------------------------------------------------------------------------

PAGES: Mapping[type, tuple[str, str]] = {
    Scenario: ("describe", "show_description"),
    Ensemble: ("run", "show_run"),
    Comparison: ("compare", "show_comparison"),
    Matrices: ("matrix", "show_matrices"),
    Claims: ("claims", "show_claims"),
    Trace: ("chronicle", "show_trace"),
    Sweep: ("sweep", "show_sweep"),
    Sensitivity: ("sensitivity", "show_sensitivity"),
    BreakEven: ("breakeven", "show_breakeven"),
}
"""What prints each kind of thing, below ``sim.report``."""

PICTURES: Mapping[type, str] = {
    Ensemble: "run",
    Comparison: "compare",
    Claims: "claims",
    Trace: "trace",
    Matrices: "matrix",
    Sweep: "sweep",
    Sensitivity: "sensitivity",
    BreakEven: "breakeven",
}
"""The module below ``sim.report.charts`` that draws each kind of thing."""


def introduce() -> None:
    """Let everything that can show itself know how."""
    for kind, (module, name) in PAGES.items():
        print_page.register(kind, partial(_print, module, name))
    for kind, module in PICTURES.items():
        picture_of.register(kind, partial(_draw, module))
        pictures_of.register(kind, _draw_all)


def _print(module: str, name: str, thing: object, console: Console) -> bool:
    getattr(import_module(f"sim.report.{module}"), name)(thing, console)
    return True


def _draw(module: str, thing: object) -> Any:
    return import_module(f"sim.report.charts.{module}").chart_of(thing)


def _draw_all(thing: object) -> dict[str, Any]:
    figures = import_module("sim.report.charts.figures").figures_of(thing)
    return {figure.name: figure.chart for figure in figures}


@print_page.register(Matrix)
def _(matrix: Matrix, console: Console) -> bool:
    return print_page(_alone(matrix), console)


@picture_of.register
def _(matrix: Matrix) -> Any:
    return picture_of(_alone(matrix))


@pictures_of.register
def _(matrix: Matrix) -> dict[str, Any]:
    return _draw_all(_alone(matrix))


def _alone(matrix: Matrix) -> Matrices:
    return Matrices({matrix.regime: matrix}, matrix.plan, {})
