"""Scenarios as PettingZoo environments: PettingZoo's own tests, and that an episode is a run of the program."""

from __future__ import annotations

import copy
import inspect
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.events import follow
from sim.errors import CommandError
from sim.interop.environments import env, parallel_env
from sim.model.compiling import compiled
from sim.scenario.load import load_text
from sim.scenario.schema import Scenario
from tests.docs.pages import Page, codes, rows
from tests.engine.test_stepping import BLIND, ORDERED, SIMULTANEOUS

pettingzoo_test = pytest.importorskip("pettingzoo.test")

SMALL = {"at once": SIMULTANEOUS, "in order": ORDERED, "blind": BLIND}
LONE = """
scenario: lone
clock: {turns: 3}
actors:
  north:
    incentives: {one: {value: 1}}
    actions: {stay: {cost: 0.5}}
"""
SEATS = [
    *((name, actors) for name in ("inf-1987", "inf-2018") for actors in (None, "nato", "adversary")),
    *(("noisy-dilemma", actors) for actors in (None, "south")),
    *((name, actors) for name in SMALL for actors in (None, "north", "south")),
    ("lone", None),
]
EXPECTED = (
    "Observation space for each agent probably should be",
    "Agents are recommended to have numbered string names",
    "We recommend agents to be named in the format",
    "Agents have different observation space sizes",
    "Observation is not a NumPy array",
    "Observation is a single number",
)
"""What PettingZoo warns of in any environment whose agents have names and whose observations have a mask."""


def scenario_of(name: str) -> Scenario:
    text = {**SMALL, "lone": LONE}.get(name)
    return sim.load(name) if text is None else load_text(text, "small.yaml", Path())


@pytest.fixture(scope="module")
def scenarios() -> dict[str, Scenario]:
    """Every scenario of these tests."""
    return {name: scenario_of(name) for name, _ in SEATS}


def passes(test: Callable[..., None], *given: Any, cycles: int) -> None:
    """Run one of PettingZoo's tests; it may warn of nothing but what is expected."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        test(*given, num_cycles=cycles)
    assert not [str(each.message) for each in said if not str(each.message).startswith(EXPECTED)]


@pytest.mark.parametrize(("name", "actors"), SEATS)
def test_pettingzoo_passes_it(name: str, actors: str | None, scenarios: dict[str, Scenario]) -> None:
    """Both interfaces and both tests of seeds, as far as an episode of 20 turns goes."""
    given = (scenarios[name], actors)
    passes(pettingzoo_test.parallel_api_test, parallel_env(*given), cycles=21)
    passes(pettingzoo_test.api_test, env(*given), cycles=21)
    passes(pettingzoo_test.parallel_seed_test, lambda: parallel_env(*given), cycles=4)
    passes(pettingzoo_test.seed_test, lambda: env(*given), cycles=21)


def test_an_environment_that_breaks_the_rules_fails() -> None:
    """The tests above see a reward without an agent."""
    broken = env(scenario_of("at once"))
    step = broken.unwrapped.step

    def generous(action: Any) -> None:
        step(action)
        broken.unwrapped.rewards["judge"] = 1.0

    broken.unwrapped.step = generous
    with pytest.raises(AssertionError, match="reward"):
        passes(pettingzoo_test.api_test, broken, cycles=5)


Policy = Callable[[str, Any], int]


def at_random(seed: int) -> Policy:
    """A policy that takes any action that is open."""
    generator = np.random.default_rng(seed)
    return lambda name, seen: int(generator.choice(np.flatnonzero(seen["action_mask"])))


def parallel_episode(table: Any, policy: Policy, **how: Any) -> tuple[list[Any], dict[str, float]]:
    """Play an episode; all that was seen, and the sum of rewards by agent."""
    seen, infos = table.reset(**how)
    story: list[Any] = [(seen, infos)]
    total = dict.fromkeys(table.agents, 0.0)
    while table.agents:
        step = table.step({name: policy(name, seen[name]) for name in table.agents})
        seen = step[0]
        story.append(step)
        total = {name: total[name] + reward for name, reward in step[1].items()}
    return story, total


def sequential_episode(table: Any, policy: Policy, **how: Any) -> tuple[list[Any], dict[str, float]]:
    """The same of an environment that steps agents one by one."""
    table.reset(**how)
    story, total = [], dict.fromkeys(table.agents, 0.0)
    for name in table.agent_iter():
        seen, reward, terminated, truncated, info = table.last()
        story.append((name, seen, reward, terminated, truncated, info))
        total[name] += reward
        table.step(None if terminated or truncated else policy(name, seen))
    return story, total


def as_played(game: Any, run: int, seed: int) -> tuple[Any, Callable[[str, Any], int]]:
    """A run that strategies play, and the policy that does the same."""
    played = follow(game, seed, run)
    ways: dict[str, Iterator[str]] = {
        actor.name: iter([event.what for event in played.events if (event.kind, event.who) == ("decision", actor.name)])
        for actor in game.actors
    }
    numbers = {a.name: {"pass": 0, **{each.name: each.index + 1 for each in a.actions}} for a in game.actors}
    return played, lambda name, _: numbers[name][next(ways[name])]


@pytest.mark.parametrize("name", ["inf-2018", "in order", "blind"])
@pytest.mark.parametrize("kind", [parallel_env, env])
def test_an_episode_is_the_run_of_a_trace(kind: Any, name: str, scenarios: dict[str, Scenario]) -> None:
    """Runs 0 and 1 of a seed, one seat told and all: rewards add up to the payoffs of `trace`, if all do the same."""
    scenario = scenarios[name]
    game = compiled(scenario)
    plays = {actor.name: str(actor.strategy) for actor in game.actors}
    first = game.actors[0].name
    for seats in (None, first):
        others = {} if seats is None else {other: way for other, way in plays.items() if other != first}
        table = kind(scenario, seats, play=others)
        for run in (0, 1):
            _, policy = as_played(game, run, 4)
            episode = parallel_episode if kind is parallel_env else sequential_episode
            story, total = episode(table, policy, **({"seed": 4} if run == 0 else {}))
            payoffs = sim.trace(scenario, seed=4, run=run).to_dict()["payoffs"]
            assert total == {name: pytest.approx(payoffs[name], abs=1e-12) for name in total}
            infos = story[-1][-1]
            info = infos[first] if kind is parallel_env else infos
            assert (info["run"], info["seed"], info["plays"]) == (run, 4, others)
            assert info["payoff"] in payoffs.values()


@pytest.mark.parametrize("name", ["at once", "blind", "inf-1987"])
def test_at_once_both_kinds_play_the_same_episode(name: str, scenarios: dict[str, Scenario]) -> None:
    """So does PettingZoo's own way from one to the other."""
    from pettingzoo.utils.conversions import aec_to_parallel

    told = parallel_episode(parallel_env(scenarios[name], seed=8), at_random(1))
    story, total = sequential_episode(env(scenarios[name], seed=8), at_random(1))
    assert total == {name: pytest.approx(paid, abs=1e-12) for name, paid in told[1].items()}
    np.testing.assert_equal(story[-1][1], told[0][-1][0][story[-1][0]])
    converted = parallel_episode(aec_to_parallel(env(scenarios[name], seed=8)), at_random(1))
    np.testing.assert_equal([step[0] for step in converted[0]], [step[0] for step in told[0]])
    assert converted[1] == {name: pytest.approx(paid, abs=1e-12) for name, paid in total.items()}


def test_in_order_the_later_seat_sees_the_earlier_move_only_one_by_one(scenarios: dict[str, Scenario]) -> None:
    """South arms, then North is asked: it may protest. Told at once, North saw no gun, but its protest counts."""
    one_by_one = env(scenarios["in order"])
    one_by_one.reset(seed=0)
    assert one_by_one.agent_selection == "south"
    one_by_one.step(2)
    assert one_by_one.agent_selection == "north"
    seen = one_by_one.last()[0]
    assert (seen["observation"].tolist(), seen["action_mask"].tolist()) == ([1, 0, 1, 1], [1, 1, 1, 1])
    at_once = parallel_env(scenarios["in order"])
    seen = at_once.reset(seed=0)[0]["north"]
    assert (seen["observation"].tolist(), seen["action_mask"].tolist()) == ([0, 0, 1, 1], [1, 1, 1, 0])
    *_, infos = at_once.step({"north": 3, "south": 2})
    assert (infos["north"]["played"], infos["north"]["illegal"]) == ("protest", False)
    assert [each.metadata["is_parallelizable"] for each in (one_by_one, env(scenarios["at once"]))] == [False, True]


def test_an_observation_is_what_the_seat_sees(scenarios: dict[str, Scenario]) -> None:
    """North knows guns by rumour, within the rumour's bounds; the state is the truth."""
    table = parallel_env(scenarios["blind"])
    seen, infos = table.reset(seed=1)
    assert seen["north"]["observation"].tolist() == [0, 0, 1, 1]
    assert seen["south"]["observation"].tolist() == table.state().tolist() == [1, 0, 1, 1]
    spaces = {name: table.observation_space(name)["observation"] for name in ("north", "south")}
    assert {name: space.high.tolist() for name, space in spaces.items()} == {
        "north": [9, 9, 2, 4],
        "south": [3, 9, 2, 4],
    }
    assert all(space.low.tolist() == [0, 0, 0, 1] for space in spaces.values())
    assert table.state_space.contains(table.state())
    assert infos["north"] == {
        "run": 0, "seed": 1, "regime": "free", "plays": {}, "played": None, "illegal": False, "payoff": 0.0,
    }  # fmt: skip


def test_actions_are_numbered_as_written_and_illegal_ones_pass(scenarios: dict[str, Scenario]) -> None:
    """North cannot protest against a gun that it does not see: the same episode as if it had passed, but for the flag."""
    tables = [parallel_env(scenarios["blind"], "north", play={"south": "keep"}, seed=2) for _ in range(2)]
    assert [table.reset()[0]["north"]["action_mask"].tolist() for table in tables] == [[1, 1, 1, 0]] * 2
    illegal, passed = (table.step({"north": number})[-1]["north"] for table, number in zip(tables, (3, 0), strict=True))
    assert (illegal["played"], illegal["illegal"]) == ("pass", True)
    assert (passed["played"], passed["illegal"]) == ("pass", False)
    for number, name in enumerate(("pass", "watch", "build"), start=0):
        steps = [table.step({"north": np.int64(number)}) for table in tables]
        assert steps[0][4]["north"]["played"] == name
        np.testing.assert_equal(steps[0], steps[1])


@pytest.mark.parametrize("kind", [parallel_env, env])
def test_the_clock_truncates_and_an_early_end_terminates(kind: Any) -> None:
    """War is certain in the second turn or never comes; afterwards all a seat can do is pass."""
    for chance, expected, turn in (("turn == 2", (True, False), 2), ("0", (False, True), 4)):
        text = SIMULTANEOUS.replace("war: {rate: 0.02 * guns", f"war: {{chance: {chance}")
        table = kind(load_text(text, "war.yaml", Path()), "north", play={"south": "keep"})
        if kind is parallel_env:
            (*_, last), _ = parallel_episode(table, lambda *_: 0)
            seen, ends = last[0]["north"], (last[2]["north"], last[3]["north"])
        else:
            story, _ = sequential_episode(table, lambda *_: 0)
            seen, ends = story[-1][1], story[-1][3:5]
        assert ends == expected
        assert seen["observation"][-1] == turn
        assert seen["action_mask"].tolist() == [1, 0, 0, 0]
        assert table.agents == []
    assert parallel_env(scenario_of("lone")).step({}) == ({}, {}, {}, {}, {})


def test_resets_count_runs_and_seeds_start_anew(scenarios: dict[str, Scenario]) -> None:
    """Without a seed the scenario's own; `options` names a run; other options mean nothing."""
    table = parallel_env(scenarios["inf-2018"], "nato")
    asked: list[dict[str, Any]] = [{}, {}, {"seed": 7}, {}, {"options": {"run": 12, "more": 1}}, {}, {"seed": 7}]
    told = [table.reset(**how)[1]["nato"] for how in asked]
    assert [(info["seed"], info["run"]) for info in told] == [
        (2018, 0), (2018, 1), (7, 0), (7, 1), (7, 12), (7, 13), (7, 0),
    ]  # fmt: skip
    assert parallel_env(scenarios["inf-2018"], seed=3).reset()[1]["nato"]["seed"] == 3


@pytest.mark.parametrize(("kind", "episode"), [(parallel_env, parallel_episode), (env, sequential_episode)])
def test_equal_seeds_give_equal_episodes(kind: Any, episode: Any, scenarios: dict[str, Scenario]) -> None:
    """Whole ones, whatever happens to the global generators in between; another seed or run gives another."""
    told = []
    for how in ({"seed": 1}, {"seed": 1}, {"seed": 2}, {"seed": 1, "options": {"run": 1}}):
        random.seed(len(told))
        np.random.seed(len(told))  # noqa: NPY002
        told.append(episode(kind(scenarios["inf-1987"], "nato", regime="open"), at_random(5), **how))
    np.testing.assert_equal(told[0], told[1])
    assert len({tuple(total.values()) for _, total in told}) == 3


def test_an_environment_can_be_copied_in_the_middle_of_an_episode(scenarios: dict[str, Scenario]) -> None:
    """The copy goes on alone, and the same."""
    table = parallel_env(scenarios["at once"], seed=3)
    table.reset()
    table.step({"north": 1, "south": 2})
    twin = copy.deepcopy(table)
    steps = [[each.step({"north": 2, "south": 2}) for _ in range(3)] for each in (table, twin)]
    np.testing.assert_equal(steps[0], steps[1])
    assert table.agents == twin.agents == []


def test_it_renders_a_few_lines(scenarios: dict[str, Scenario], capsys: pytest.CaptureFixture[str]) -> None:
    """`ansi` returns them, `human` prints them after every step, and otherwise there is nothing."""
    expected = (
        "small, free: run 0 of seed 1, turn 2 of 4\n"
        "  north: payoff -0.25, last: watch\n"
        "  south: payoff -0.5, plays keep\n"
        "  guns 0, rumour 0, walls 1"
    )
    shown = []
    for mode in ("ansi", "human", None):
        table = env(scenarios["at once"], "north", play={"south": "keep"}, seed=1, render_mode=mode)
        table.reset()
        table.step(1)
        shown.append(table.render())
        table.close()
    assert shown == [expected, None, None]
    out = capsys.readouterr().out
    assert out.endswith(f"{expected}\n{expected}\n")
    assert "north: payoff 0, has not moved yet" in out
    table = parallel_env(scenarios["inf-2018"], render_mode="ansi")
    table.reset()
    table.step({"nato": 0, "adversary": 1})
    assert max(map(len, table.render().splitlines())) <= 80
    assert table.metadata["render_modes"] == ["ansi", "human"]
    assert table.metadata["name"] == "inf-2018_v0"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"actors": "nort"}, "UNKNOWN-ACTOR: unknown actor with actions 'nort'; did you mean 'north'"),
        ({"actors": []}, "NO-ACTORS: there is nobody to tell what to do; expected one of: north, south"),
        ({"actors": ["north"], "play": {"north": "plan"}}, "PLAY: 'north' is told what to do"),
        ({"play": {"north": "plan", "south": "keep"}}, "NO-ACTORS"),
        ({"actors": "north", "play": {"south": "creeps"}}, "UNKNOWN-STRATEGY"),
        ({"regime": "fre"}, "UNKNOWN-REGIME"),
        ({"set": {"price": "dear"}}, "SET"),
        ({"seed": -1}, "SEED"),
        ({"render_mode": "rgb_array"}, "RENDER-MODE: unknown render mode 'rgb_array'; expected one of: ansi, human"),
    ],
)
@pytest.mark.parametrize("kind", [parallel_env, env])
def test_what_makes_no_sense_is_refused(
    kind: Any, given: dict[str, Any], message: str, scenarios: dict[str, Scenario]
) -> None:
    """In one line, with what to write instead."""
    with pytest.raises(CommandError, match=message) as caught:
        kind(scenarios["at once"], **given)
    assert "\n" not in str(caught.value)


def test_by_default_who_plays_nothing_given_is_told(scenarios: dict[str, Scenario]) -> None:
    """All that have actions, in the order of the scenario."""
    text = SIMULTANEOUS.replace("  south:\n", "  east: {incentives: {fear: {value: -guns}}}\n  south:\n")
    scenario = load_text(text, "small.yaml", Path())
    assert parallel_env(scenario).possible_agents == ["north", "south"]
    assert parallel_env(scenario, play={"north": "plan"}).possible_agents == ["south"]
    assert parallel_env(scenario, ["south", "north", "south"]).possible_agents == ["north", "south"]
    with pytest.raises(CommandError, match="unknown actor with actions 'east'"):
        parallel_env(scenario, "east")


def test_moves_that_are_none_are_refused(scenarios: dict[str, Scenario]) -> None:
    """Too large, no number, none for a seat, or before the first reset; nothing has happened then."""
    table = parallel_env(scenarios["at once"], set={"price": 0.5})
    with pytest.raises(CommandError, match=r"RESET: no run has begun; call reset\(\) first"):
        table.state()
    seen, _ = table.reset()
    for actions, message in (
        ({"north": 4, "south": 0}, "ACTION: '4' is no action of 'north'; write a whole number from 0 to 3"),
        ({"north": "watch", "south": 0}, "'watch' is no action"),
        ({"north": 1}, "there is no action for 'south'; write 0 to pass"),
        ({"north": 1, "south": 0, "west": 0}, "UNKNOWN-ACTOR"),
    ):
        with pytest.raises(CommandError, match=message):
            table.step(actions)
    with pytest.raises(CommandError, match="RUN: there is no run '-1'"):
        table.reset(options={"run": -1})
    np.testing.assert_equal({name: table.episodes.observation(name) for name in table.agents}, seen)
    assert table.step({"north": 1, "south": 0})[1]["north"] == pytest.approx(-0.5)


@pytest.mark.parametrize("kind", [parallel_env, env])
def test_without_pettingzoo_the_extra_is_named(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, and no traceback of an import."""
    monkeypatch.setitem(sys.modules, "pettingzoo", None)
    with pytest.raises(CommandError) as caught:
        kind("inf-2018")
    assert str(caught.value) == (
        "command line:1:1: RL: environments for learning need pettingzoo, which is not installed; "
        'install it: python3 -m pip install "detente[rl]"'
    )


def test_the_page_tells_all_there_is(scenarios: dict[str, Scenario]) -> None:
    """Every argument and every key of `infos`, in order."""
    page = Page("reference/environments.md")
    _, infos = parallel_env(scenarios["at once"]).reset()
    told = [key for row in rows(page.section("Episodes")) for key in codes(row[0])]
    assert told == list(infos["north"])
    arguments = [codes(row[0])[0] for row in rows(page.section("Environments for learning"))]
    assert arguments == list(inspect.signature(parallel_env).parameters) == list(inspect.signature(env).parameters)
    for name, _ in SEATS[:8]:
        assert f"`{name}`" in page.section("What PettingZoo says")


def test_numbers_have_names(scenarios: dict[str, Scenario]) -> None:
    """Of actions and of observations, in both kinds."""
    for kind in (parallel_env, env):
        table = kind(scenarios["at once"])
        assert table.action_names("south") == ("pass", "keep", "arm")
        assert table.observation_names() == ("guns", "rumour", "walls", "turn")
        assert table.action_space("south").n == 3
