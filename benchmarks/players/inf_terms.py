"""What the games written by hand for INF are told: the scenario's parameters and the state that a regime begins with.

The numbers come from the scenario, so that only a change of its rules makes these games another game. They know the
strategies of two regimes: ``treaty`` (both comply) and ``post_treaty`` (a full answer to a creeping breakout).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

TURNS = 20
DISCOUNT = 0.95
REGIMES = ("treaty", "post_treaty")


class Parameters(NamedTuple):
    """The scenario's parameters that the rules of these regimes use, under their own names."""

    surprise_fear: float
    use_or_lose: float
    airsea_share: float
    hypersonic_share: float
    survivability: float
    option_value: float
    coercion_gain: float
    coercion_loss: float
    exposure_loss: float
    alliance_value: float
    alliance_cohesion: float
    arms_burden: float
    nato_burden: float
    upkeep: float
    programme_cost: float
    will: float
    capital: float
    grievance: float
    national_means: float
    caught_cost: float
    covert_limit: float
    inspection_power: float
    intrusion: float
    clearing: float
    revealing: float
    publicity: float
    isolation: float
    source_loss: float
    source_value: float
    persuasion: float
    strike_effect: float
    defence_effect: float
    dispersal_effect: float
    deploy_lead: float
    research_gain: float
    notice_period: float
    withdrawal_cost: float
    patience: float
    europe_gain: float
    asia_gain: float
    crisis_base: float
    crisis_tension: float
    war_base: float
    war_cost: float


class State(NamedTuple):
    """The state's variables, in the scenario's order."""

    missiles: float
    missiles_known: float
    dismantling: float
    nato_missiles: float
    asia_missiles: float
    europe_ordered: float
    asia_ordered: float
    nato_hidden: float
    strike: float
    defence: float
    dispersal: float
    research: float
    in_force: float
    notice: float
    offer: float
    inspections: float
    published: float
    sources: float
    goodwill: float
    cohesion: float
    tension: float


def terms(setup: Mapping[str, Any]) -> tuple[Parameters, State, bool]:
    """Return the numbers of a set-up, and whether its regime is the treaty."""
    parameters = Parameters(**{name: float(setup["parameters"][name]) for name in Parameters._fields})
    start = State(**{name: float(setup["state"][name]) for name in State._fields})
    if setup["regime"] not in REGIMES:
        raise ValueError(f"the games written by hand know the regimes {' and '.join(REGIMES)}, not {setup['regime']}")
    return parameters, start, setup["regime"] == "treaty"
