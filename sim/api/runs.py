"""Questions that play regimes as they stand: one, some against each other, strategies, claims, a single run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.api.taken import Names, Numbers, Player, loaded
from sim.experiment import claims as claims_module
from sim.experiment import compare as compare_module
from sim.experiment import ensemble as ensemble_module
from sim.experiment import matrix as matrix_module
from sim.experiment.claims import Claims
from sim.experiment.compare import Comparison
from sim.experiment.ensemble import Ensemble
from sim.experiment.matrix import Matrix
from sim.experiment.plan import planned_for
from sim.experiment.precision import planned
from sim.experiment.robust import RUNS, Sampling
from sim.experiment.trace import Trace, trace_of
from sim.model.compiling import compiled
from sim.model.game import Setting
from sim.model.plugins import named, named_in
from sim.scenario import shipped
from sim.scenario.schema import Scenario


def load(path: str | Path) -> Scenario:
    """Return the checked scenario in a file, or the shipped one of a name. Raises ``ScenarioError``.

    >>> sim.load("inf-2018")
    <Scenario: inf-2018 - The incentives of 2018; 2 actors, 4 hazards, 23 regimes>

    Args:
        path: a file, or a shipped scenario's name (``detente list`` has them); a file goes first.

    Raises:
        ScenarioError: there is no such file or scenario, or it is faulty; all of its faults are told at once.
    """
    return shipped.load_found(path)


def run(
    scenario: Scenario | str | Path,
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

    >>> ensemble = sim.run(sim.load("inf-2018"), runs=400, set={"will": 0.3})
    >>> ensemble.payoffs["nato"].shape
    (400,)
    >>> payoff = ensemble.stats["nato"]
    >>> payoff.low < payoff.mean < payoff.high
    True

    Args:
        scenario: what ``load`` returns, or what it takes.
        runs: how many times (default: as the scenario says).
        seed: where luck comes from, a whole number from 0 up (default: as the scenario says).
        regime: the regime's name (default: the first).
        play: who plays what: a strategy's or an action's name, or a player of one's own (default: as the regime says).
        set: values of parameters, over those of the regime and the scenario.
        engine: ``lockstep`` plays many runs at once, ``events`` one by one on a calendar; the answer is the same.
        jobs: how many processes play; the answer is the same.
        cluster: the address of a Dask scheduler whose workers play instead, such as ``tcp://HOST:8786``; likewise.
        precision: instead of ``runs``, half the width that the 95 % interval of every actor's payoff may have.

    Raises:
        CommandError: a name is unknown, or a number cannot be.
        RunError: an expression of the scenario misbehaves, such as a division by zero.
        ResourceError: there is no room for the results.
    """
    scenario = loaded(scenario)
    plan = planned_for(scenario, runs, seed, engine=engine, jobs=jobs, cluster=cluster)
    game = compiled(scenario, Setting(regime, named_in(play or {}), set or {}))
    plan, _ = planned({game.regime: game}, plan, precision, runs)
    return ensemble_module.play(game, plan)


def compare(
    scenario: Scenario | str | Path,
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

    >>> comparison = sim.compare(sim.load("inf-2018"), runs=400)
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
    scenario = loaded(scenario)
    plan = planned_for(scenario, runs, seed, engine=engine, jobs=jobs, cluster=cluster)
    regimes = [regimes] if isinstance(regimes, str) else regimes
    sides = compare_module.sides_of(scenario, regimes, Setting(None, named_in(play or {}), set or {}))
    plan, _ = planned(sides, plan, precision, runs)
    return compare_module.play_sides(sides, plan)


def matrix(
    scenario: Scenario | str | Path,
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

    >>> inspections = sim.load("classics/false-alarms")
    >>> game = sim.matrix(inspections, runs=2, set={"drawn": 0})
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
    scenario = loaded(scenario)
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


def claims(
    scenario: Scenario | str | Path,
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
    >>> [(claim.name, claim.verdict) for claim in judged.results]
    [('runs_away', 'holds')]
    >>> judged.all_hold
    True

    Args:
        robust: at how many points over the ranges of the parameters they are judged, too (default: at none).
        robust_runs: by how many runs at each.

    All others, and the errors, are those of ``run``.
    """
    scenario = loaded(scenario)
    plan = planned_for(scenario, runs, seed, engine=engine, jobs=jobs, cluster=cluster)
    sampling = None if robust is None else Sampling(robust, robust_runs)
    return claims_module.claims(scenario, Setting(None, named_in(play or {}), set or {}), plan, None, sampling)


def trace(
    scenario: Scenario | str | Path,
    *,
    run: int = 0,
    seed: int | None = None,
    regime: str | None = None,
    play: Names | None = None,
    set: Numbers | None = None,  # noqa: A002
) -> Trace:
    """Play one run alone, event by event: the same run as in an ensemble of that seed.

    >>> story = sim.trace(sim.load("inf-2018"), run=17)
    >>> many = sim.run(sim.load("inf-2018"), runs=18)
    >>> bool(story.result("nato") == many.payoffs["nato"][17])
    True
    >>> [event.kind for event in story.run.events][:2]
    ['begin', 'decision']

    Args:
        run: which one, counted from 0.

    All others, and the errors, are those of ``run``.
    """
    scenario = loaded(scenario)
    return trace_of(
        scenario, run, Setting(regime, named_in(play or {}), set or {}), planned_for(scenario, 1, seed).seed
    )
