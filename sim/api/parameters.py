"""Questions that move parameters: along a line or a plane, over all their ranges, to where preferences change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.api.taken import Names, Numbers, loaded
from sim.experiment import breakeven as breakeven_module
from sim.experiment import sensitivity as sensitivity_module
from sim.experiment import sweep as sweep_module
from sim.experiment.axes import spans_of
from sim.experiment.breakeven import BreakEven
from sim.experiment.plan import planned_at_points, planned_for
from sim.experiment.sensitivity import Sensitivity
from sim.experiment.sweep import Sweep
from sim.model.game import Setting
from sim.model.plugins import named_in
from sim.scenario.schema import Scenario


def sweep(
    scenario: Scenario | str | Path,
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

    >>> burden = {"arms_burden": (0.1, 0.5, 3)}
    >>> line = sim.sweep(sim.load("inf-2018"), over=burden, runs=200)
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
    scenario = loaded(scenario)
    plan = planned_at_points(scenario, runs, seed, jobs=jobs, cluster=cluster)
    regimes = [regimes] if isinstance(regimes, str) else regimes
    setting = Setting(None, named_in(play or {}), set or {})
    asked = sweep_module.swept(
        scenario, spans_of(over), values, draws=latin, regimes=regimes, setting=setting, plan=plan
    )
    return sweep_module.play_sweep(asked)


def sensitivity(
    scenario: Scenario | str | Path,
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

    >>> trust = sim.load("classics/minimum-trust")
    >>> study = sim.sensitivity(trust, of="one", points=32, repeats=2)
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
    scenario = loaded(scenario)
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
    scenario: Scenario | str | Path,
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
    >>> sides = ["hold_back", "cooperate"]
    >>> answer = sim.breakeven(trust, "one", strategies=sides, runs=2000)
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
    scenario = loaded(scenario)
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
