"""The Python interface: load a scenario, ask a question, get a frozen value with ``.to_dict()``.

The same questions as on the command line, with the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sim.engine.record import Run
from sim.experiment import breakeven as breakeven_module
from sim.experiment import claims as claims_module
from sim.experiment import compare as compare_module
from sim.experiment import ensemble as ensemble_module
from sim.experiment import matrix as matrix_module
from sim.experiment import sensitivity as sensitivity_module
from sim.experiment import sweep as sweep_module
from sim.experiment.axes import spans_of
from sim.experiment.breakeven import BreakEven
from sim.experiment.claims import Claims
from sim.experiment.compare import Comparison
from sim.experiment.ensemble import Ensemble
from sim.experiment.matrix import Matrix
from sim.experiment.plan import planned_at_points, planned_for
from sim.experiment.precision import planned
from sim.experiment.robust import RUNS, Sampling
from sim.experiment.sensitivity import Sensitivity
from sim.experiment.sweep import Sweep
from sim.experiment.trace import Trace, trace_of
from sim.model.compiling import compiled
from sim.model.game import Setting
from sim.model.plugins import named, named_in
from sim.report import display
from sim.scenario import shipped
from sim.scenario.schema import Scenario

display.introduce()

Player = str | Callable[..., object]
"""What an actor can play: a name, or a class or function that is a plug-in (``sim.interop.players``)."""

Names = Mapping[str, Player]
Numbers = Mapping[str, float]


def load(path: str | Path) -> Scenario:
    """Return the checked scenario in a file, or the shipped one of a name. Raises ``ScenarioError``."""
    return shipped.load_found(path)


def run(
    scenario: Scenario,
    *,
    runs: int | None = None,
    seed: int | None = None,
    regime: str | None = None,
    play: Names | None = None,
    set: Numbers | None = None,  # noqa: A002
    engine: str = "lockstep",
    jobs: int = 1,
    precision: float | None = None,
) -> Ensemble:
    """Play a scenario under one regime (default: the first) many times.

    ``precision``, instead of ``runs``, is half the width that the 95 % interval of every actor's payoff may have.
    """
    plan = planned_for(scenario, runs, seed, engine=engine, jobs=jobs)
    game = compiled(scenario, Setting(regime, named_in(play or {}), set or {}))
    plan, _ = planned({game.regime: game}, plan, precision, runs)
    return ensemble_module.play(game, plan)


def compare(
    scenario: Scenario,
    *,
    regimes: Sequence[str] = (),
    runs: int | None = None,
    seed: int | None = None,
    play: Names | None = None,
    set: Numbers | None = None,  # noqa: A002
    engine: str = "lockstep",
    jobs: int = 1,
    precision: float | None = None,
) -> Comparison:
    """Play regimes (default: the first two) on the same luck and pair them run by run.

    ``precision``, instead of ``runs``, is half the width that the 95 % interval of every paired difference in an
    actor's payoff may have.
    """
    plan = planned_for(scenario, runs, seed, engine=engine, jobs=jobs)
    regimes = [regimes] if isinstance(regimes, str) else regimes
    sides = compare_module.sides_of(scenario, regimes, Setting(None, named_in(play or {}), set or {}))
    plan, _ = planned(sides, plan, precision, runs)
    return compare_module.play_sides(sides, plan)


def matrix(
    scenario: Scenario,
    *,
    regime: str | None = None,
    runs: int | None = None,
    seed: int | None = None,
    play: Mapping[str, Player | Sequence[Player]] | None = None,
    set: Numbers | None = None,  # noqa: A002
    jobs: int = 1,
) -> Matrix:
    """Play every strategy of one actor against every strategy of the other under a regime (default: the first).

    ``play`` names the strategies of an actor that stand in the matrix (default: all that the scenario lists).
    """
    plan = planned_for(scenario, runs, seed, jobs=jobs)
    lists = {
        actor: list(each) if isinstance(each, Sequence) and not isinstance(each, str) else [each]
        for actor, each in (play or {}).items()
    }
    strategies = {actor: [named(each) for each in players] for actor, players in lists.items()}
    regimes = () if regime is None else (regime,)
    answer = matrix_module.matrices(scenario, regimes, plan, strategies=strategies, parameters=set)
    (only,) = answer.matrices.values()
    return only


def sweep(
    scenario: Scenario,
    *,
    over: str | Sequence[str] | Mapping[str, Sequence[float] | None] = (),
    values: Mapping[str, Sequence[float]] | None = None,
    latin: int | None = None,
    regimes: Sequence[str] = (),
    runs: int | None = None,
    seed: int | None = None,
    play: Names | None = None,
    set: Numbers | None = None,  # noqa: A002
    jobs: int = 1,
) -> Sweep:
    """Play regimes (default: the first two) along one parameter or over two, on the same luck at every point.

    ``over`` names parameters, or gives each ``(low, high)`` or ``(low, high, how many values)``, or None for its
    range; ``values`` lists the values of some. ``latin`` draws so many points over all of ``over`` instead.
    """
    plan = planned_at_points(scenario, runs, seed, jobs=jobs)
    regimes = [regimes] if isinstance(regimes, str) else regimes
    setting = Setting(None, named_in(play or {}), set or {})
    asked = sweep_module.swept(
        scenario, spans_of(over), values, draws=latin, regimes=regimes, setting=setting, plan=plan
    )
    return sweep_module.play_sweep(asked)


def sensitivity(
    scenario: Scenario,
    *,
    of: Sequence[str] = (),
    regimes: Sequence[str] = (),
    method: str = "sobol",
    points: int = sensitivity_module.POINTS,
    repeats: int = sensitivity_module.REPEATS,
    runs: int = sensitivity_module.RUNS,
    seed: int | None = None,
    play: Names | None = None,
    set: Numbers | None = None,  # noqa: A002
    jobs: int = 1,
) -> Sensitivity:
    """Rank the parameters with a range by what they do to payoffs ``of`` actors (default: all).

    One regime: its payoff; two (default: the first two): the second's less the first's. ``points`` are drawn, ``runs``
    played at each on the same luck, and the whole ``repeats`` times with other luck.
    """
    asked = sensitivity_module.studied(
        scenario,
        of=[of] if isinstance(of, str) else of,
        regimes=[regimes] if isinstance(regimes, str) else regimes,
        setting=Setting(None, named_in(play or {}), set or {}),
        plan=planned_for(scenario, runs, seed, jobs=jobs),
        method=method,
        points=points,
        repeats=repeats,
    )
    return sensitivity_module.play_study(asked)


def breakeven(
    scenario: Scenario,
    actor: str,
    *,
    regimes: Sequence[str] = (),
    strategies: Sequence[str] = (),
    parameters: Sequence[str] = (),
    weights: Numbers | None = None,
    runs: int | None = None,
    seed: int | None = None,
    play: Names | None = None,
    set: Numbers | None = None,  # noqa: A002
    jobs: int = 1,
) -> BreakEven:
    """Return where two regimes (default: the first two), or two strategies of an actor, are equally good for it.

    Each of ``parameters`` (default: all with a range) alone, then the cheapest change of all together, in which a move
    counts by the width of the range times the parameter's weight (default: 1).
    """
    return breakeven_module.breakeven(
        scenario,
        actor,
        regimes=[regimes] if isinstance(regimes, str) else regimes,
        strategies=[strategies] if isinstance(strategies, str) else strategies,
        parameters=[parameters] if isinstance(parameters, str) else parameters,
        weights=weights,
        setting=Setting(None, named_in(play or {}), set or {}),
        plan=planned_at_points(scenario, runs, seed, jobs=jobs),
    )


def claims(
    scenario: Scenario,
    *,
    runs: int | None = None,
    seed: int | None = None,
    play: Names | None = None,
    set: Numbers | None = None,  # noqa: A002
    engine: str = "lockstep",
    jobs: int = 1,
    robust: int | None = None,
    robust_runs: int = RUNS,
) -> Claims:
    """Judge every claim of a scenario: holds, fails or undecided at 95 %.

    ``robust`` asks at how many points over the ranges of the parameters they are judged, too, ``robust_runs`` by how
    many runs at each.
    """
    plan = planned_for(scenario, runs, seed, engine=engine, jobs=jobs)
    sampling = None if robust is None else Sampling(robust, robust_runs)
    return claims_module.claims(scenario, Setting(None, named_in(play or {}), set or {}), plan, None, sampling)


def trace(
    scenario: Scenario,
    *,
    run: int = 0,
    seed: int | None = None,
    regime: str | None = None,
    play: Names | None = None,
    set: Numbers | None = None,  # noqa: A002
) -> Trace:
    """Play one run alone, event by event: the same run as in an ensemble of that seed."""
    return trace_of(
        scenario, run, Setting(regime, named_in(play or {}), set or {}), planned_for(scenario, 1, seed).seed
    )


__all__ = [
    "BreakEven",
    "Claims",
    "Comparison",
    "Ensemble",
    "Matrix",
    "Run",
    "Scenario",
    "Sensitivity",
    "Sweep",
    "Trace",
    "breakeven",
    "claims",
    "compare",
    "load",
    "matrix",
    "run",
    "sensitivity",
    "sweep",
    "trace",
]
