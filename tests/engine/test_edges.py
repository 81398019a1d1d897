"""Corners of time and size where engines could part: roundings, great numbers, long waits, runs that end early."""

from __future__ import annotations

import math
from types import ModuleType

import numpy as np
import pytest

import sim
from sim.engine import events, lockstep
from sim.errors import CommandError, DetenteError, RunError
from sim.model.compiling import compiled
from sim.model.luck import uniforms, weighted_choice
from sim.model.world import World, created
from sim.scenario.load import load_text


def tables(text: str, seed: int = 0, first: int = 0, count: int = 40) -> np.ndarray:
    game = compiled(load_text(text))
    fast = lockstep.play(game, seed, first, count)
    assert np.array_equal(fast, events.play(game, seed, first, count))
    return fast


@pytest.mark.parametrize("turn", [1, 3])
def test_a_chance_that_is_just_met_strikes_in_its_own_turn(turn: int) -> None:
    """With p the next number above u, k + u/p rounds to k + 1; the strike still belongs to turn k."""
    p = math.nextafter(float(uniforms(0, "h.moment", 0, 1, turn - 1)[0]), 1.0)
    text = (
        "scenario: edge\nclock: {turns: 3}\nstate: {x: 0}\nactors: {a: {incentives: {i: x}}}\n"
        f"hazards: {{h: {{chance: '{p!r} * (turn == {turn})', add: {{x: 1}}, ends: true}}}}\n"
    )
    game = compiled(load_text(text))
    table = tables(text, count=1)
    assert table[list(sim.run(game.scenario, runs=1).columns).index("ended"), 0] == 1.0


@pytest.mark.parametrize("lead", ["{low: 0, mode: 1, high: 1e200}", "{mean: 1.7e308}", "1e308", "[1e300, 1e308]"])
def test_leads_beyond_every_game_never_land(lead: str) -> None:
    text = (
        "scenario: edge\nclock: {turns: 3}\nstate: {x: 0}\n"
        f"actors: {{a: {{actions: {{go: {{after: {lead}, add: {{x: 1}}}}}}}}}}\n"
    )
    assert (tables(text)[[2]] == 0).all()
    trace = sim.trace(load_text(text))
    assert all(math.isfinite(e.detail["due"]) for e in trace.run.events if e.kind == "decision")


def test_many_deliveries_wait_long_while_runs_end() -> None:
    text = """
scenario: edge
clock: {turns: 60}
state: {x: 0, y: 0}
actors:
  a: {incentives: {i: x}, actions: {go: {after: {mean: 20}, add: {x: 1 + y}}}}
  b: {actions: {go: {after: [0, 3], set: {y: x}}, wait: {}}, strategies: {s: [{do: {go: 1, wait: 1}}]}}
hazards: {end: {rate: 0.03, ends: true}, shock: {rate: 1.5, add: {x: -0.5}}}
"""
    table = tables(text, seed=3, first=5, count=60)
    assert 0 < table[-2].mean() < 1


def test_a_world_without_some_runs_is_the_rest_of_it() -> None:
    game = compiled(load_text("scenario: w\nclock: {turns: 1}\nstate: {x: 0, y: 1}\nactors: {a: {}}\n"))

    class NoLuck:
        def draw(self, name: str, turn: int) -> np.ndarray:
            raise AssertionError(name)

    for gone in ([0], [4], [0, 1, 2], [3, 4], [1, 3], [0, 1, 2, 3, 4]):
        world: World = created(game, np.arange(5), NoLuck(), 0)
        world.values[0] = world.runs * 10.0
        world.drop(np.array(gone))
        assert sorted(world.runs.tolist()) == [run for run in range(5) if run not in gone]
        assert (world.values[0] == world.runs * 10.0).all()
        assert (world.places == world.runs).all()


def test_a_weight_of_nothing_is_never_drawn() -> None:
    """u times the smallest number rounds up to the total; the entry of weight 0 is still not taken."""
    weights = np.array([[5e-324], [0.0]])
    assert weighted_choice(weights, np.array([0.9])).tolist() == [0]


def test_levels_need_two_actors_however_they_are_asked_for() -> None:
    scenario = load_text("""
scenario: alone
clock: {turns: 1}
parameters: {deep: 0}
actors: {a: {actions: {go: {}}, strategies: {w: {weigh: {rationality: 1, level: deep}}}}}
""")
    assert sim.run(scenario, runs=1).plan.runs == 1
    with pytest.raises(RunError, match="LEVEL"):
        sim.run(scenario, runs=1, set={"deep": 1})


def test_what_lands_too_late_to_count_is_not_weighed() -> None:
    """The effect would divide by 0; it lands in turn 9, five turns are foreseen."""
    text = """
scenario: late
clock: {turns: 1}
state: {x: 0, y: 0}
actors: {a: {incentives: {i: x}, actions: {go: {after: 9, add: {x: 1 / y}}}, strategies: {w: {weigh: {rationality: 1}}}}}
"""
    assert tables(text, count=2).shape[1] == 2


@pytest.mark.parametrize(
    "asked",
    [
        {"set": {"p": math.nan}},
        {"set": {"p": "x"}},
        {"set": {"p": 10**400}},
        {"runs": 5.0},
        {"runs": True},
        {"seed": "1"},
    ],
)
def test_python_is_refused_what_the_command_line_is(asked: dict) -> None:
    scenario = load_text("scenario: s\nclock: {turns: 1}\nparameters: {p: 1}\nactors: {a: {}}\n")
    with pytest.raises(CommandError):
        sim.run(scenario, **{"runs": 1, **asked})


def test_numbers_of_numpy_are_numbers() -> None:
    scenario = load_text("scenario: s\nclock: {turns: 1}\nparameters: {p: 1}\nactors: {a: {incentives: {i: p}}}\n")
    ensemble = sim.run(scenario, runs=np.int64(2), seed=np.int64(3), set={"p": np.float64(4)})
    assert ensemble.to_dict()["actors"]["a"]["payoff"]["mean"] == 4.0
    assert "--set p=4.0" in ensemble.game.command("trace", seed=3)
    with pytest.raises(ValueError, match="read-only"):
        ensemble.table[0, 0] = 1.0


def test_results_whose_squares_would_overflow_are_refused() -> None:
    text = "scenario: s\nclock: {turns: 1}\nactors: {a: {incentives: {i: 1e151}}}\n"
    with pytest.raises(DetenteError, match="too large, beyond 1e"):
        sim.run(load_text(text), runs=2)


FAILING = """
scenario: failing
clock: {turns: 9}
state: {x: {initial: {1: 1, 2: 1, 3: 1, 12: 3}, drift: -1}}
actors: {a: {incentives: {i: 1 / x}}}
"""


def test_an_error_is_that_of_the_first_run_that_makes_one() -> None:
    """Whichever run fails in the earliest turn, whatever the engine, and wherever a block begins and ends."""
    game = compiled(load_text(FAILING))

    def error(engine: ModuleType, first: int, count: int) -> str:
        with pytest.raises(RunError) as caught:
            engine.play(game, 1, first, count)
        return str(caught.value)

    for first in (0, 3, 7):
        assert error(lockstep, first, 40) == error(events, first, 40) == error(lockstep, first, 300)
