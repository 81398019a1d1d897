"""Claims about equilibria: what every equilibrium of a regime's strategy matrix gives to strategies, and how surely."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from sim.experiment.claimed import regimes_in_equilibrium
from sim.experiment.equilibria import Found, find, least_probability
from sim.experiment.matrix import Prepared, matrices, prepared
from sim.experiment.plan import Plan
from sim.experiment.playing import Progress
from sim.experiment.points import Points, Quantity, estimates
from sim.experiment.resamples import SETTLED
from sim.experiment.summary import Stat
from sim.model.game import Setting
from sim.scenario.arithmetic import Floats
from sim.scenario.schema import Scenario
from sim.scenario.statements import Comparison

Verdict = Literal["holds", "fails", "undecided"]

_TIE = 1e-9
"""Probabilities that differ by less are equal."""

_ENDS = (0.025, 0.975)


@dataclass(frozen=True)
class Judged:
    """A comparison of what equilibria give: its margin (with the bootstrap's interval), verdict, and any warning."""

    margin: Stat
    """Without a standard error; its mean is nan if the equilibria are not all known."""
    verdict: Verdict
    warning: str = ""


def cells_to_play(scenario: Scenario) -> int:
    """Return how many pairs of strategies claims about equilibria need played. Raises ``CommandError``."""
    regimes = regimes_in_equilibrium(scenario)
    return prepared(scenario, regimes).cells if regimes else 0


def judged_equilibria(
    scenario: Scenario,
    compared: Sequence[Comparison],
    setting: Setting | None,
    plan: Plan,
    progress: Progress | None = None,
) -> dict[Comparison, Judged]:
    """Play the strategy matrices that claims name, and judge comparisons of what their equilibria give.

    All strategies are played, whatever the setting says that actors play.

    Raises:
        CommandError: nashpy is not installed, or there are not two actors with actions.
    """
    regimes = regimes_in_equilibrium(scenario)
    if not regimes:
        return {}
    given = setting.parameters if setting else {}
    answers = matrices(scenario, regimes, plan, parameters=given, progress=progress).matrices
    begun = prepared(scenario, regimes, None, given)
    found = {name: matrix.found for name, matrix in answers.items()}
    return {each: _judged(each, *_margins(each, begun, found)) for each in compared}


def _margins(compared: Comparison, begun: Prepared, found: Mapping[str, Found]) -> tuple[float, Floats]:
    """Return what a comparison claims to be above zero, as estimated and in each resample (nan where not known)."""
    value, again = compared.constant, np.asarray(compared.constant)
    for factor, each in compared.equilibria:
        side = begun.actors.index(each.actor)
        places = [begun.strategies[side].index(strategy) for strategy in each.strategies]
        least, in_resamples = least_probability(found[each.regime], side, places)
        value, again = value + factor * least, again + factor * in_resamples
    return value, again


def _judged(compared: Comparison, value: float, again: Floats) -> Judged:
    if math.isnan(value):
        warning = f"The equilibria that {_named(compared)} speaks of are not all known: too many strategies survive."
        return Judged(Stat(value, None, None, None), "undecided", warning)
    if not again.size:
        return Judged(Stat(value, None, None, None), "undecided")
    # What is not known of a resample counts for no verdict.
    known = again[~np.isnan(again)]
    holds = known >= -_TIE if compared.ties else known > _TIE
    fails = known < -_TIE if compared.ties else known <= _TIE
    verdict: Verdict = "undecided"
    if holds.sum() >= SETTLED * again.size:
        verdict = "holds"
    elif fails.sum() >= SETTLED * again.size:
        verdict = "fails"
    if known.size < SETTLED * again.size:
        warning = f"The equilibria that {_named(compared)} speaks of are not all known in every resample."
        return Judged(Stat(value, None, None, None), verdict, warning)
    low, high = (float(each) for each in np.quantile(known, _ENDS))
    return Judged(Stat(value, None, low, high), verdict)


def _named(compared: Comparison) -> str:
    return str(compared.equilibria[0][1])


def equilibria_at(
    scenario: Scenario,
    compared: Sequence[Comparison],
    setting: Setting | None,
    points: Points,
    plan: Plan,
    kept: Mapping[str, Sequence[str]],
    progress: Progress | None = None,
) -> Floats:
    """Return the margins of comparisons of equilibria at points of parameters, (comparisons, points).

    As the payoffs of ``plan.runs`` runs estimate them; 0, which holds nothing, where equilibria are not all known.
    """
    given = setting.parameters if setting else {}
    begun = prepared(scenario, regimes_in_equilibrium(scenario), None, given)
    games = {name: list(_found_at(scenario, name, begun, points, plan, kept, progress)) for name in _played(begun)}
    margins = np.zeros((len(compared), points.count))
    for point in range(points.count):
        found = {name: games[begun.same.get(name, name)][point] for name in begun.games}
        for row, each in enumerate(compared):
            value, _ = _margins(each, begun, found)
            margins[row, point] = 0.0 if math.isnan(value) else _settled(value, each)
    return margins


def _settled(value: float, compared: Comparison) -> float:
    """Return a margin on the side on which a tie counts."""
    if abs(value) > _TIE:
        return value
    return _TIE if compared.ties else 0.0


def _played(begun: Prepared) -> list[str]:
    return [name for name in begun.games if name not in begun.same]


def _found_at(
    scenario: Scenario,
    regime: str,
    begun: Prepared,
    points: Points,
    plan: Plan,
    kept: Mapping[str, Sequence[str]],
    progress: Progress | None,
) -> Iterator[Found]:
    """Yield the equilibria of a regime's matrix at each point."""
    pairs = list(product(*begun.strategies))
    given = begun.games[regime].setting.parameters
    sides = {
        str(place): Setting(regime, dict(zip(begun.actors, pair, strict=True)), given)
        for place, pair in enumerate(pairs)
    }
    quantities = [Quantity(((1.0, side, actor),)) for actor in begun.actors for side in sides]
    keeping = dict.fromkeys(sides, tuple(kept.get(regime, ())))
    answer = estimates(scenario, sides, quantities, points, plan, progress, kept=keeping)
    shape = 2, len(begun.strategies[0]), len(begun.strategies[1])
    for point in range(points.count):
        yield find(np.ascontiguousarray(answer.mean[:, point]).reshape(shape))
