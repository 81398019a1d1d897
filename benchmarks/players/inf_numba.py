"""INF written by hand for a compiler, the yardstick of the possible: loops over runs and years, events picked by hand.

The same rules as ``inf_simpy.py``: the strategies of two regimes, both payoffs and nothing else. The state is an array
of numbers; what is on its way is a short list of times and kinds in the order in which it was started. Without Numba
it plays too, slowly; the tests use that.
"""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from benchmarks.players.inf_terms import DISCOUNT, TURNS, Parameters, State, terms
from benchmarks.players.serving import Play, Results, serve

Function = TypeVar("Function", bound=Callable[..., Any])


def njit(function: Function) -> Function:
    """Return a function compiled by Numba; as it is where there is no Numba."""
    try:
        import numba
    except ImportError:
        return function
    return cast("Function", numba.njit(function))


Floats = NDArray[np.float64]
Kinds = NDArray[np.int64]

(
    MISSILES, KNOWN, DISMANTLING, NATO_MISSILES, ASIA_MISSILES, EUROPE_ORDERED, ASIA_ORDERED, NATO_HIDDEN, STRIKE,
    DEFENCE, DISPERSAL, RESEARCH, IN_FORCE, NOTICE, OFFER, INSPECTIONS, PUBLISHED, SOURCES, GOODWILL, COHESION, TENSION,
) = range(21)  # fmt: skip
NATO, ADVERSARY = 0, 1
INSPECTED, SPOTTED, NATO_CAUGHT, CRISIS = range(4)
(
    DEFENCE_LANDS, RESEARCH_LANDS, STRIKE_LANDS, DISPERSAL_LANDS, WITHDRAWAL_LANDS, DEPLOYMENT_LANDS, REDUCTION_LANDS,
    DISMANTLING_LANDS, CHEATING_LANDS, BREAKOUT_LANDS,
) = range(10)  # fmt: skip
MOST_ON_THE_WAY = 32


@njit
def add(x: Floats, row: int, step: float) -> None:
    """Change a variable between 0 and 1."""
    x[row] = min(max(x[row] + step, 0.0), 1.0)


@njit
def prompt_threat(p: Parameters, x: Floats) -> float:
    """Return the prompt threat that the adversary faces."""
    substitutes = min(1.0, p.airsea_share + p.hypersonic_share)
    threat: float = substitutes + (1 - substitutes) * x[NATO_MISSILES] / 4
    return threat


@njit
def unscreened(p: Parameters, x: Floats) -> float:
    """Return the share of the threat that defence and assured retaliation leave."""
    share: float = (1 - p.defence_effect * x[DEFENCE]) * (1 - p.strike_effect * x[STRIKE])
    return share


@njit
def leverage(p: Parameters, x: Floats) -> float:
    """Return the adversary's hold over a divided alliance."""
    hold: float = x[MISSILES] / 4 * unscreened(p, x) * (1 - x[COHESION])
    return hold


@njit
def elusive(p: Parameters, x: Floats) -> float:
    """Return survivability under the inspections there are."""
    share: float = p.survivability * (1 - p.revealing * x[INSPECTIONS])
    return share


@njit
def exposed(x: Floats) -> float:
    """Return whether the adversary is exposed as a violator."""
    return x[PUBLISHED] if x[MISSILES] > 0 else 0.0


@njit
def start(due: Floats, kinds: Kinds, count: int, time: float, kind: int) -> int:
    """Set something on its way; returns how many things now are."""
    due[count] = time
    kinds[count] = kind
    return count + 1


@njit
def nato_acts(
    p: Parameters, x: Floats, year: int, rng: np.random.Generator, due: Floats, kinds: Kinds, count: int
) -> tuple[float, int]:
    """Play NATO's full answer; returns its cost and how many things are on their way."""
    if x[PUBLISHED] == 0:
        x[PUBLISHED] = 1.0
        x[SOURCES] *= 1 - p.source_loss
        add(x, TENSION, 0.05)
        return 0.05, count
    if x[DEFENCE] < 1:
        return p.programme_cost, start(due, kinds, count, year + 1.0, DEFENCE_LANDS)
    if x[RESEARCH] < 1:
        return p.programme_cost, start(due, kinds, count, year + 1.0, RESEARCH_LANDS)
    if year + 1 > p.patience and x[IN_FORCE] > 0 and x[NOTICE] == 0:
        seen = exposed(x)
        x[NOTICE] = 1.0
        add(x, COHESION, -0.15 * (1 - seen))
        add(x, TENSION, 0.05)
        cost = p.withdrawal_cost * (1 - 0.7 * seen)
        return cost, start(due, kinds, count, year + p.notice_period, WITHDRAWAL_LANDS)
    if x[EUROPE_ORDERED] < x[KNOWN] and x[IN_FORCE] == 0 and x[EUROPE_ORDERED] < 4:
        lead = p.deploy_lead * (1 - p.research_gain * min(2.0, x[RESEARCH] + x[NATO_HIDDEN]))
        x[EUROPE_ORDERED] = min(x[EUROPE_ORDERED] + 1, 4.0)
        return p.programme_cost, start(due, kinds, count, year + lead * (0.75 + 0.5 * rng.random()), DEPLOYMENT_LANDS)
    if x[STRIKE] < 2:
        return p.programme_cost, start(due, kinds, count, year + 1.0, STRIKE_LANDS)
    if x[DISPERSAL] < 2:
        return p.programme_cost / 2, start(due, kinds, count, year + 1.0, DISPERSAL_LANDS)
    return 0.0, count


@njit
def act(
    p: Parameters,
    x: Floats,
    treaty: bool,
    year: int,
    rng: np.random.Generator,
    due: Floats,
    kinds: Kinds,
    count: int,
    paid: Floats,
) -> int:
    """Let both act on the same state, NATO's effects first; returns how many things are on their way."""
    can_dismantle = x[MISSILES] > 0 and x[DISMANTLING] == 0
    can_accept = x[OFFER] > 0 and x[INSPECTIONS] == 0
    breaks_out = x[DISMANTLING] == 0 and (x[PUBLISHED] > 0 or x[IN_FORCE] == 0) and x[MISSILES] < 4
    cheats = x[DISMANTLING] == 0 and x[MISSILES] < p.covert_limit

    if treaty or x[KNOWN] == 0:
        if x[NATO_MISSILES] + x[ASIA_MISSILES] > 0:
            paid[NATO] -= 0.05
            count = start(due, kinds, count, year + 1.0, REDUCTION_LANDS)
    else:
        cost, count = nato_acts(p, x, year, rng, due, kinds, count)
        paid[NATO] -= cost

    if treaty:
        if can_dismantle:
            paid[ADVERSARY] -= p.programme_cost
            if rng.random() < 0.5 + 0.5 * p.capital:
                x[DISMANTLING] = 1.0
                count = start(due, kinds, count, year + 0.75 + rng.random(), DISMANTLING_LANDS)
        elif can_accept:
            x[INSPECTIONS], x[OFFER] = 1.0, 0.0
            add(x, TENSION, -0.1)
    elif breaks_out:
        paid[ADVERSARY] -= p.programme_cost
        count = start(due, kinds, count, year + 1.0, BREAKOUT_LANDS)
    elif cheats:
        paid[ADVERSARY] -= p.programme_cost
        count = start(due, kinds, count, year + 1.0, CHEATING_LANDS)
    return count


@njit
def land(x: Floats, kind: int) -> None:
    """Let what was on its way land."""
    if kind == DEFENCE_LANDS:
        x[DEFENCE] = min(x[DEFENCE] + 1, 2.0)
    elif kind == RESEARCH_LANDS:
        x[RESEARCH] = min(x[RESEARCH] + 1, 2.0)
    elif kind == STRIKE_LANDS:
        x[STRIKE] = min(x[STRIKE] + 1, 2.0)
    elif kind == DISPERSAL_LANDS:
        x[DISPERSAL] = min(x[DISPERSAL] + 1, 2.0)
    elif kind == WITHDRAWAL_LANDS:
        x[IN_FORCE] = x[NOTICE] = 0.0
    elif kind == DEPLOYMENT_LANDS:
        x[NATO_MISSILES] = min(x[NATO_MISSILES] + 1, 4.0)
        add(x, TENSION, 0.05)
    elif kind == REDUCTION_LANDS:
        x[NATO_MISSILES] = x[ASIA_MISSILES] = x[EUROPE_ORDERED] = x[ASIA_ORDERED] = 0.0
    elif kind == DISMANTLING_LANDS:
        x[MISSILES] = x[KNOWN] = x[DISMANTLING] = 0.0
        add(x, TENSION, -0.1)
    elif kind == CHEATING_LANDS:
        x[MISSILES] = min(x[MISSILES] + 1, 4.0)
    else:
        x[MISSILES] = min(x[MISSILES] + 2, 4.0)
        x[KNOWN] = x[MISSILES]
        x[PUBLISHED] = max(x[PUBLISHED], x[IN_FORCE])
        x[INSPECTIONS] = 0.0
        add(x, TENSION, 0.1)


@njit
def strike(p: Parameters, x: Floats, hazard: int, rng: np.random.Generator, paid: Floats) -> bool:
    """Let a hazard strike; returns whether it ends the run."""
    if hazard == NATO_CAUGHT:
        paid[NATO] -= p.caught_cost * x[IN_FORCE]
        x[NATO_HIDDEN] = 0.0
        add(x, COHESION, -0.1)
        add(x, TENSION, 0.1)
        return False
    if hazard != CRISIS:
        paid[ADVERSARY] -= p.caught_cost * x[IN_FORCE]
        x[KNOWN] = x[MISSILES]
        add(x, TENSION, 0.1)
        return False
    dispersed = 1 - p.dispersal_effect * x[DISPERSAL]
    coerced = 2 * leverage(p, x) * dispersed
    firm = 0.5 + 0.5 * x[COHESION]
    war = p.war_base + p.use_or_lose * prompt_threat(p, x) * x[MISSILES] / 4 * (1 - elusive(p, x))
    number = rng.random() * (1 + coerced + firm + war)
    if number < 1:
        add(x, TENSION, -0.1)
    elif number < 1 + coerced:
        paid[NATO] -= 1.5
        paid[ADVERSARY] += 1.0
        add(x, COHESION, -0.1)
    elif number < 1 + coerced + firm:
        paid[NATO] -= 0.2
        paid[ADVERSARY] -= 0.3
        add(x, COHESION, 0.05)
        add(x, TENSION, 0.1)
    else:
        paid[NATO] -= p.war_cost * dispersed
        paid[ADVERSARY] -= p.war_cost
        return True
    return False


@njit
def moment(rate: float, year: int, rng: np.random.Generator) -> float:
    """Return when a hazard of a rate strikes; infinite if not this year."""
    if rate > 0:
        wait = -math.log(1.0 - rng.random()) / rate
        if wait < 1:
            return year + wait
    return math.inf


@njit
def year_of_events(
    p: Parameters,
    x: Floats,
    year: int,
    rng: np.random.Generator,
    due: Floats,
    kinds: Kinds,
    count: int,
    strikes: Floats,
    paid: Floats,
) -> int:
    """Draw the hazards and let everything happen; returns how many things are on their way, -1 after a war."""
    hidden = max(0.0, x[MISSILES] - x[KNOWN])
    by_inspectors = p.inspection_power * x[INSPECTIONS]
    strikes[INSPECTED] = moment(by_inspectors * hidden, year, rng)
    strikes[SPOTTED] = moment(p.national_means * x[SOURCES] * hidden, year, rng)
    strikes[NATO_CAUGHT] = moment((p.national_means + by_inspectors) * x[NATO_HIDDEN], year, rng)
    strikes[CRISIS] = moment(p.crisis_base + p.crisis_tension * x[TENSION], year, rng)
    while True:
        count = land_before(x, min(year + 1.0, strikes.min()), due, kinds, count)
        hazard = int(strikes.argmin())
        if strikes[hazard] == math.inf:
            return count
        strikes[hazard] = math.inf
        if strike(p, x, hazard, rng, paid):
            return -1


@njit
def land_before(x: Floats, time: float, due: Floats, kinds: Kinds, count: int) -> int:
    """Land what is due before a time, the earliest first; returns how many things are still on their way."""
    while count:
        first = 0
        for place in range(1, count):
            if due[place] < due[first]:
                first = place
        if due[first] >= time:
            break
        land(x, kinds[first])
        count -= 1
        for place in range(first, count):
            due[place], kinds[place] = due[place + 1], kinds[place + 1]
    return count


@njit
def score(p: Parameters, x: Floats, paid: Floats) -> None:
    """Add the year's incentives."""
    force, deployed, asia = x[MISSILES] / 4, x[NATO_MISSILES] / 4, x[ASIA_MISSILES] / 4
    hold = leverage(p, x)
    kept = 1.0 if x[MISSILES] == 0 else 0.0
    intrusion = p.intrusion * x[INSPECTIONS]
    paid[NATO] += (
        -p.exposure_loss * force * unscreened(p, x)
        - p.coercion_loss * hold
        + p.alliance_value * x[COHESION]
        + p.europe_gain * deployed * force
        + p.asia_gain * asia
        - p.nato_burden * (deployed + asia)
        - p.upkeep * (x[STRIKE] + x[DEFENCE] + x[DISPERSAL])
        - p.source_value * (1 - x[SOURCES])
        - intrusion
    )
    paid[ADVERSARY] += (
        -p.surprise_fear * prompt_threat(p, x)
        + p.option_value * elusive(p, x) * force
        + p.coercion_gain * hold
        - p.arms_burden * (force + deployed) / 2
        + p.will * p.capital * kept * (1 + p.persuasion * x[GOODWILL])
        - p.grievance * kept * (1 - p.clearing * x[INSPECTIONS]) * (1 - p.persuasion * x[GOODWILL])
        - p.isolation * exposed(x)
        - intrusion
    )


@njit
def drift(p: Parameters, x: Floats) -> None:
    """Let goodwill, cohesion and tension move to where the situation keeps them."""
    deployed, seen = x[NATO_MISSILES] / 4, exposed(x)
    tension = 0.1 + 0.3 * x[KNOWN] / 4 + 0.15 * deployed - 0.05 * x[INSPECTIONS] - 0.05 * x[GOODWILL]
    cohesion = p.alliance_cohesion + p.publicity * seen - 0.1 * deployed * (1 - seen)
    add(x, GOODWILL, -0.25 * x[GOODWILL])
    add(x, COHESION, 0.2 * (min(max(cohesion, 0.0), 1.0) - x[COHESION]))
    add(x, TENSION, 0.25 * (max(0.0, tension) - x[TENSION]))


@njit
def play_all(p: Parameters, begin: Floats, treaty: bool, payoffs: Floats, rng: np.random.Generator) -> None:
    """Play a run for each column of ``payoffs``: (NATO and the adversary, runs)."""
    due, kinds = np.empty(MOST_ON_THE_WAY), np.empty(MOST_ON_THE_WAY, dtype=np.int64)
    x, strikes, paid = np.empty_like(begin), np.empty(4), np.empty(2)
    for run in range(payoffs.shape[1]):
        x[:] = begin
        count, weight = 0, 1.0
        payoffs[:, run] = 0.0
        for year in range(TURNS):
            paid[:] = 0.0
            # What is due at the year's very beginning lands before anybody acts.
            count = land_before(x, np.nextafter(float(year), math.inf), due, kinds, count)
            count = act(p, x, treaty, year, rng, due, kinds, count, paid)
            count = year_of_events(p, x, year, rng, due, kinds, count, strikes, paid)
            if count >= 0:
                score(p, x, paid)
                drift(p, x)
            payoffs[NATO, run] += weight * paid[NATO]
            payoffs[ADVERSARY, run] += weight * paid[ADVERSARY]
            if count < 0:
                break
            weight *= DISCOUNT


def prepare(setup: Mapping[str, Any]) -> Play:
    """Return what plays the regime of the set-up."""
    parameters, begin, treaty = terms(setup)

    def play(runs: int, seed: int) -> Results:
        payoffs = np.empty((2, runs))
        play_all(parameters, np.array(State(*begin)), treaty, payoffs, np.random.Generator(np.random.SFC64(seed)))
        return {"nato": payoffs[NATO], "adversary": payoffs[ADVERSARY]}

    return play


if __name__ == "__main__":
    if not hasattr(play_all, "py_func"):
        raise SystemExit("there is no numba")
    serve(prepare)
