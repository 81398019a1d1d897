"""INF 2018: both engines against SimPy and Numba programs written by hand for this scenario alone."""

from __future__ import annotations

from typing import Any

from benchmarks.contender import Contender
from benchmarks.page import Section, Table, number, spread
from benchmarks.players.inf_terms import REGIMES
from benchmarks.race import Race, Say, Spread, race
from sim import api

SCENARIO = "inf-2018"
OURS, EVENTS, SIMPY, LEDGER, NUMBA = (
    "detente, lockstep",
    "detente, events",
    "SimPy, by hand",
    "SimPy, by hand, with a ledger",
    "Numba, by hand",
)


def terms_of(regime: str) -> dict[str, Any]:
    """Return what the games written by hand are told of a regime: its parameters and the state that it begins with."""
    scenario = api.load(SCENARIO)
    begin = api.trace(scenario, regime=regime).to_dict()["events"][0]["detail"]
    parameters = {name: part.value for name, part in scenario.parameters.items()} | scenario.regimes[regime].parameters
    return {"regime": regime, "parameters": parameters, "state": begin["state"]}


def contenders(regime: str) -> tuple[Contender, ...]:
    """Return all that play a regime."""
    ours, theirs = {"scenario": SCENARIO, "regime": regime}, terms_of(regime)
    return (
        Contender(OURS, "detente", ours, step=16384),
        Contender(EVENTS, "detente", {**ours, "engine": "events"}),
        Contender(SIMPY, "inf_simpy", theirs),
        Contender(LEDGER, "inf_simpy_ledger", theirs),
        Contender(NUMBA, "inf_numba", theirs, environment="numba", step=8192),
    )


def measure(rounds: int, seconds: float, say: Say) -> tuple[Section, list[Race]]:
    """Return what the races gave, one a regime."""
    tables, remarks, races = [], [], []
    figures: dict[str, Spread] = {}
    for regime in REGIMES:
        found = race(contenders(regime), rounds, seconds, say)
        races.append(found)
        table = Table((f"regime {regime}", "microseconds a run", "lockstep is faster by", "NATO", "the adversary"))
        for name in found.laps:
            nato, adversary = payoff(found, name, "nato"), payoff(found, name, "adversary")
            taken = number(1e6 * found.seconds(name).median)
            table.rows.append((name, taken, spread(found.ratio(name, OURS)), nato, adversary))
        tables.append(table)
        remarks += [f"Left out: {reason.split(':')[0]}." for reason in found.skipped.values()]
        remarks += [f"Regime {regime}: {line}." for line in found.strangers(OURS)]
        for key, name in (("simpy", SIMPY), ("ledger", LEDGER), ("numba", NUMBA)):
            ratio = found.ratio(name, OURS)
            if ratio is not None:
                figures[f"inf-{key}-{regime}"] = ratio
    about = (
        "The incentives of 2018 over 20 years. The programs written by hand know this scenario's rules and the "
        "strategies of these two regimes; they keep two payoffs a run. With a ledger they also keep what each "
        "incentive brought and how often everything happened, as lockstep always does. Mean payoffs, with their "
        "standard errors, show that all play the same game. Processor time."
    )
    return Section("The INF treaty in 2018", about, tables, list(dict.fromkeys(remarks)), figures), races


def payoff(found: Race, name: str, actor: str) -> str:
    """Return a contender's mean payoff to an actor with its standard error."""
    mean, error = found.mean(name, actor)
    return f"{mean:.3f} ± {error:.3f}"
