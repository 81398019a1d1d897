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
    """Return the checked scenario in a file, or the shipped one of a name. Raises ``ScenarioError``.

    >>> sim.load("inf-2018")
    <Scenario: inf-2018 - The incentives of 2018; 2 actors, 4 hazards, 23 regimes>

    Args:
        path: a file, or a shipped scenario's name (``detente list`` has them); a file goes first.

    Raises:
        ScenarioError: the file is faulty; all of its faults are told at once, each with its place.
        CommandError: there is neither such a file nor such a scenario.
    """
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
    cluster: str | None = None,
    precision: float | None = None,
) -> Ensemble:
    """Play a scenario under one regime (default: the first) many times.

    >>> ensemble = sim.run(sim.load("inf-2018"), runs=400, play={"adversary": "weigh"}, set={"will": 0.3})
    >>> ensemble.payoffs["nato"].shape
    (400,)
    >>> ensemble.stats["nato"].low < ensemble.stats["nato"].mean < ensemble.stats["nato"].high
    True

    Args:
        scenario: what ``load`` returns.
        runs: how many times (default: as the scenario says).
        seed: where luck comes from, a whole number from 0 up (default: as the scenario says).
        regime: the regime's name (default: the first).
        play: who plays what: a strategy's or an action's name, or a player of one's own (default: as the regime says).
        set: values of parameters, over those of the regime and the scenario.
        engine: ``lockstep`` plays many runs at once, ``events`` one by one on a calendar; the answer is the same.
        jobs: how many processes play; the answer is the same.
        precision: instead of ``runs``, half the width that the 95 % interval of every actor's payoff may have.

    Raises:
        CommandError: a name is unknown, or a number cannot be.
        RunError: an expression of the scenario misbehaves, such as a division by zero.
        ResourceError: there is no room for the results.
    """
    plan = planned_for(scenario, runs, seed, engine=engine, jobs=jobs, cluster=cluster)
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
    cluster: str | None = None,
    precision: float | None = None,
) -> Comparison:
    """Play regimes (default: the first two) on the same luck and pair them run by run.

    >>> comparison = sim.compare(sim.load("inf-2018"), regimes=["treaty", "post_treaty"], runs=400)
    >>> comparison.ensembles["treaty"].payoffs["nato"].shape
    (400,)
    >>> (difference,) = comparison.differences
    >>> difference.of, difference.minus, difference.stats["nato"].side
    ('post_treaty', 'treaty', -1)

    Args:
        regimes: their names; each later one is compared with the first.
        precision: instead of ``runs``, half the width that the 95 % interval of every paired difference in an actor's
            payoff may have.

    All others, and the errors, are those of ``run``.
    """
    plan = planned_for(scenario, runs, seed, engine=engine, jobs=jobs, cluster=cluster)
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
    cluster: str | None = None,
) -> Matrix:
    """Play every strategy of one actor against every strategy of the other under a regime (default: the first).

    >>> game = sim.matrix(sim.load("classics/false-alarms"), regime="careful", runs=2, set={"drawn": 0})
    >>> game.payoffs.shape, game.strategies
    ((2, 2, 2), (('inspect', 'skip'), ('comply', 'violate')))
    >>> (equilibrium,) = game.found.equilibria
    >>> [float(each.round(4)) for each in equilibrium.probabilities[0]]
    [0.2235, 0.7765]

    Args:
        runs: how many in each cell, on the same luck.
        play: the strategies of an actor that stand in the matrix: one or a list (default: all that the scenario lists,
            or its actions where it lists none).

    All others are those of ``run``.

    Raises:
        CommandError: a name is unknown, there are not two actors, or nashpy is not installed.
    """
    plan = planned_for(scenario, runs, seed, jobs=jobs, cluster=cluster)
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
    cluster: str | None = None,
) -> Sweep:
    """Play regimes (default: the first two) along one parameter or over two, on the same luck at every point.

    >>> line = sim.sweep(sim.load("inf-2018"), over={"arms_burden": (0.1, 0.5, 3)}, runs=200)
    >>> line.payoffs("adversary", "treaty").shape
    (3,)
    >>> [line.choice("adversary", point).regime for point in range(3)]
    ['post_treaty', 'post_treaty', 'treaty']

    Args:
        over: names of parameters, or each with ``(low, high)``, ``(low, high, how many values)`` or None for its range.
        values: parameters with the values that they take, in order.
        latin: how many points are drawn over all of ``over`` (a Latin hypercube) instead of a grid.
        runs: how many at each point (default: at most 2,000).

    All others, and the errors, are those of ``run`` and ``compare``.
    """
    plan = planned_at_points(scenario, runs, seed, jobs=jobs, cluster=cluster)
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
    cluster: str | None = None,
) -> Sensitivity:
    """Rank the parameters with a range by what they do to payoffs ``of`` actors (default: all).

    >>> study = sim.sensitivity(sim.load("classics/minimum-trust"), of="one", points=32, repeats=2)
    >>> study.results[0].drivers[0].name
    'trust'

    Args:
        of: whose payoffs: a name or several.
        regimes: one, whose payoff is studied; or two (default: the first two), the second's payoff less the first's.
        method: ``sobol``, or another one of SALib that ``detente sensitivity --help`` lists.
        points: how many are drawn over the ranges.
        repeats: how often all is done, each time with other luck: intervals come from that.
        runs: how many at each point, on the same luck at all of them.

    All others are those of ``run``.

    Raises:
        CommandError: a name is unknown, no parameter has a range, or SALib is not installed.
    """
    asked = sensitivity_module.studied(
        scenario,
        of=[of] if isinstance(of, str) else of,
        regimes=[regimes] if isinstance(regimes, str) else regimes,
        setting=Setting(None, named_in(play or {}), set or {}),
        plan=planned_for(scenario, runs, seed, jobs=jobs, cluster=cluster),
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
    cluster: str | None = None,
) -> BreakEven:
    """Return where two regimes (default: the first two), or two strategies of an actor, are equally good for it.

    >>> trust = sim.load("classics/minimum-trust")
    >>> answer = sim.breakeven(trust, "one", strategies=["hold_back", "cooperate"], runs=2000)
    >>> least = {each.name: each for each in answer.ladder}["trust"].nearest
    >>> least.low < 2 / 3 < least.high
    True

    Args:
        actor: whose payoff.
        regimes: the two between which it is indifferent; or else
        strategies: two of its strategies, or actions, under one regime.
        parameters: which are moved, each alone and then all together (default: all with a range).
        weights: what a move of a parameter counts in the cheapest change of all, in widths of its range (default: 1).
        runs: how many at each point (default: at most 2,000).

    All others are those of ``run``.

    Raises:
        CommandError: a name is unknown, or a parameter has no range.
    """
    return breakeven_module.breakeven(
        scenario,
        actor,
        regimes=[regimes] if isinstance(regimes, str) else regimes,
        strategies=[strategies] if isinstance(strategies, str) else strategies,
        parameters=[parameters] if isinstance(parameters, str) else parameters,
        weights=weights,
        setting=Setting(None, named_in(play or {}), set or {}),
        plan=planned_at_points(scenario, runs, seed, jobs=jobs, cluster=cluster),
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
    cluster: str | None = None,
    robust: int | None = None,
    robust_runs: int = RUNS,
) -> Claims:
    """Judge every claim of a scenario: holds, fails or undecided at 95 %.

    >>> judged = sim.claims(sim.load("classics/arms-race"), runs=20)
    >>> [(claim.name, claim.verdict) for claim in judged.results], judged.all_hold
    ([('runs_away', 'holds')], True)

    Args:
        robust: at how many points over the ranges of the parameters they are judged, too (default: at none).
        robust_runs: by how many runs at each.

    All others, and the errors, are those of ``run``.
    """
    plan = planned_for(scenario, runs, seed, engine=engine, jobs=jobs, cluster=cluster)
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
    """Play one run alone, event by event: the same run as in an ensemble of that seed.

    >>> story = sim.trace(sim.load("inf-2018"), run=17)
    >>> bool(story.result("nato") == sim.run(sim.load("inf-2018"), runs=18).payoffs["nato"][17])
    True
    >>> [event.kind for event in story.run.events][:2]
    ['begin', 'decision']

    Args:
        run: which one, counted from 0.

    All others, and the errors, are those of ``run``.
    """
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
