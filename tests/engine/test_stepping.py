"""A run stepped from outside: told what a strategy would have chosen it is that strategy's run, to the last bit."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.engine.events import Play, follow
from sim.engine.record import Run, columns_of
from sim.engine.stepping import Move, Prospect, Stepped
from sim.errors import CommandError, RunError
from sim.model.compiling import compiled, strategy_names
from sim.model.game import Game, Setting
from sim.scenario.load import load_text
from tests.engine.both import assert_same

SIMULTANEOUS = """
scenario: small
clock: {turns: 4, discount: 0.9}
parameters: {price: 0.25}
state:
  guns: {initial: 0, min: 0, max: 3}
  rumour: {initial: 0, min: 0, max: 9}
  walls: {initial: 1, min: 0, max: 2}
derived:
  balance: {value: guns - walls}
actors:
  north:
    incentives: {calm: {value: -guns}}
    actions:
      watch: {cost: price, set: {rumour: guns}}
      build: {available: walls < 2, cost: guns + price, chance: 0.5 + 0.1 * walls, after: 1, add: {walls: 1}}
      protest: {available: guns > 0, after: [0.5, 2], add: {guns: -1}}
    strategies:
      wary: {rules: [{when: guns > 1, do: {build: 1, protest: 2}}, {do: watch}]}
      plan: {script: [watch, build, protest]}
      calm: {weigh: {rationality: 2}}
      any: {mix: {wary: 1, plan: 2, calm: 1}}
  south:
    incentives: {gain: {value: guns - walls / 2}}
    actions:
      keep: {}
      arm: {available: guns < 3, cost: 0.1, add: {guns: 1}}
    strategies:
      creep: {rules: [{when: turn > 1 and walls < 2, do: arm}, {do: {keep: 3, arm: 1}}]}
hazards:
  clash: {chance: 0.1 * guns, payoffs: {north: -2, south: -1}, set: {guns: 0}}
  war: {rate: 0.02 * guns, payoffs: {north: -5, south: -5}, ends: true}
regimes:
  free: {}
  banned: {forbid: {south: [arm]}}
"""
ORDERED = SIMULTANEOUS.replace("discount: 0.9", "discount: 0.9, moves: [south, north]")
UNRULY = "derived:\n  ratio: {value: 1 / guns}\n"
CALM = re.sub("hazards:.*regimes:", "regimes:", SIMULTANEOUS, flags=re.DOTALL)
BLIND = SIMULTANEOUS.replace("guns: {initial: 0,", "guns: {seen_as: {north: rumour}, initial: 1,")


def game_of(text: str, regime: str = "free", **plays: str) -> Game:
    return compiled(load_text(text, "small.yaml", Path()), Setting(regime, plays))


def chosen(run: Run, *actors: str) -> Iterator[str | None]:
    """What some actors did in a run, as it would be told."""
    for event in run.events:
        if event.kind == "decision" and event.who in actors:
            yield None if event.what == "pass" else event.what


def asked_in_order(run: Run, told: tuple[str, ...], game: Game) -> list[str | None]:
    """What the actors told did, turn by turn in the order in which they are asked."""
    ways = {name: chosen(run, name) for name in told}
    order = [game.actors[place].name for place in game.order or range(len(game.actors))]
    turns = 1 + max(event.turn for event in run.events if event.kind == "decision")
    return [next(ways[name]) for _ in range(turns) for name in order if name in told]


def without_reasons(run: Run, told: tuple[str, ...]) -> list[dict[str, Any]]:
    """The events of a run, without what only a strategy knows: its name, its luck and what it weighed."""
    events = [copy.deepcopy(event.to_dict()) for event in run.events]
    for event in events:
        if event["kind"] != "decision" or event["who"] not in told:
            continue
        detail = event["detail"]
        luck = {name: u for name, u in detail.pop("luck", {}).items() if not name.endswith((".decision", ".mix"))}
        event["detail"] = {k: v for k, v in detail.items() if k not in ("strategy", "options", "drawn")} | {
            "luck": luck
        }
    return events


def assert_told_is_played(game: Game, seed: int, run: int, told: tuple[str, ...]) -> None:
    """Check that telling what the strategies chose gives the run that they play, in results and in events."""
    played = follow(game, seed, run)
    stepped = Stepped(game, seed, run, told, moves=asked_in_order(played, told, game))
    assert stepped.over
    again = stepped.result()
    assert_same(game, again.results[:, None], played.results[:, None], run)
    assert without_reasons(again, told) == without_reasons(played, told)


@pytest.mark.parametrize("text", [SIMULTANEOUS, ORDERED, BLIND], ids=["at once", "in order", "blind"])
@pytest.mark.parametrize("told", [("north",), ("south",), ("north", "south")], ids="+".join)
def test_telling_what_a_strategy_chooses_is_playing_it(text: str, told: tuple[str, ...]) -> None:
    """Rules, scripts, weighing, mixes and fixed actions: every pair, each on other luck."""
    scenario = load_text(text, "small.yaml", Path())
    menus = [strategy_names(actor) for actor in scenario.actors.values()]
    for number, (north, south) in enumerate(product(*menus)):
        game = game_of(text, north=north, south=south)
        assert_told_is_played(game, 3, number, told)


@pytest.mark.parametrize("name", ["inf-1987", "inf-2018", "post-inf", "noisy-dilemma"])
def test_so_it_is_in_shipped_scenarios(name: str) -> None:
    """Strategies in turn against each other; one actor told, then both."""
    scenario = sim.load(name)
    menus = {actor: strategy_names(part) for actor, part in scenario.actors.items() if part.actions}
    for number in range(1 if name == "noisy-dilemma" else 3):
        plays = {actor: menu[(3 * number + place) % len(menu)] for place, (actor, menu) in enumerate(menus.items())}
        game = compiled(scenario, Setting(None, plays))
        for told in (tuple(menus), (tuple(menus)[number % len(menus)],)):
            assert_told_is_played(game, 7, number, told)


def test_without_anybody_told_it_is_the_run_of_a_trace() -> None:
    """Then nobody is asked."""
    game = game_of(SIMULTANEOUS, north="any", south="creep")
    stepped = Stepped(game, 5, 2)
    assert stepped.over
    assert stepped.asked is None
    assert_same(game, stepped.result().results[:, None], follow(game, 5, 2).results[:, None])


def test_who_moves_at_the_same_time_sees_nothing_of_it() -> None:
    """North watches or builds: what South sees and can do is the same until the turn has passed."""
    game = game_of(SIMULTANEOUS)
    views = []
    for first in ("watch", "build", None):
        stepped = Stepped(game, 1, 0, ("north", "south"))
        assert (stepped.asked, stepped.turn) == ("north", 0)
        before = (stepped.seen("south"), stepped.open("south"), stepped.payoff("north"), len(stepped.events))
        stepped.tell(first)
        assert stepped.asked == "south"
        after = (stepped.seen("south"), stepped.open("south"), stepped.payoff("north"), len(stepped.events))
        np.testing.assert_equal(after, before)
        views.append(after)
    np.testing.assert_equal(views[1:], views[:1] * 2)


def test_who_moves_later_sees_what_was_done() -> None:
    """South moves first and arms: North, asked in the same turn, sees the gun and may protest."""
    for first, guns in (("arm", 1.0), ("keep", 0.0)):
        stepped = Stepped(game_of(ORDERED), 1, 0, ("north", "south"))
        assert stepped.asked == "south"
        stepped.tell(first)
        assert (stepped.asked, stepped.turn) == ("north", 0)
        assert stepped.seen("north")["guns"] == guns
        assert stepped.available("north") == (True, True, guns > 0)
        assert [event.what for event in stepped.events if event.kind == "decision"] == [first]


def test_what_is_seen_is_what_stands_for_it() -> None:
    """North hears of guns by rumour; derived values and what it can do follow what it sees, South sees the truth."""
    stepped = Stepped(game_of(BLIND.replace("derived:\n", UNRULY), south="keep"), 1, 0, ("north",))
    np.testing.assert_equal(
        stepped.seen("north"), {"guns": 0.0, "rumour": 0.0, "walls": 1.0, "ratio": np.nan, "balance": -1.0}
    )
    assert stepped.seen("south") == {"guns": 1.0, "rumour": 0.0, "walls": 1.0, "ratio": 1.0, "balance": 0.0}
    assert stepped.observed("north").tolist() == [0.0, 0.0, 1.0]
    with pytest.raises(
        CommandError, match="NOT-AVAILABLE: north cannot take 'protest' in turn 1; pass, or take one of: w"
    ):
        stepped.tell("protest")
    stepped.tell("watch")
    assert stepped.seen("north")["guns"] == 1.0
    stepped.tell("protest")


def test_actions_are_told_with_cost_chance_and_lead() -> None:
    """As seen; a lead that is drawn, and everything of an action that is not available, is not told."""
    stepped = Stepped(game_of(BLIND, south="arm"), 1, 0, ("north",))
    stepped.tell("watch")
    guns = stepped.seen("north")["guns"]
    assert guns == 1.0  # South's gun came after North had chosen what to look at, in the order of the actors.
    assert stepped.open("north") == (
        Prospect("watch", True, 0.25, 1.0, 0.0),
        Prospect("build", True, 1.25, 0.6, 1.0),
        Prospect("protest", True, 0.0, 1.0, None),
    )
    assert Stepped(game_of(BLIND), 1, 0, ("north",)).open("north")[2] == Prospect("protest", False, None, None, None)


def test_what_cannot_be_done_is_refused_and_changes_nothing() -> None:
    """Unknown, forbidden or unavailable; afterwards the run goes on as if it had not been asked."""
    game = game_of(SIMULTANEOUS, "banned", north="watch")
    stepped = Stepped(game, 1, 0, ("south",))
    for move, message in (
        ("arm", "south cannot take 'arm' in turn 1: the regime 'banned' forbids it; pass, or take one of: keep"),
        ("armed", "UNKNOWN-ACTION: unknown action of south 'armed'; did you mean 'arm'"),
        ("build", "UNKNOWN-ACTION"),
    ):
        with pytest.raises(CommandError, match=message):
            stepped.tell(move)
    assert (stepped.asked, stepped.turn, stepped.moves) == ("south", 0, ())
    while stepped.asked:
        stepped.tell("keep")
    with pytest.raises(CommandError, match="OVER"):
        stepped.tell("keep")
    same = follow(game_of(SIMULTANEOUS, "banned", north="watch", south="keep"), 1, 0)
    assert_same(game, stepped.result().results[:, None], same.results[:, None])


@pytest.mark.parametrize(
    ("told", "message"),
    [(("west",), "UNKNOWN-ACTOR"), ("nort", "did you mean 'north'"), (("east",), "NO-ACTIONS: 'east' has no actions")],
)
def test_who_cannot_be_told_is_refused(told: Any, message: str) -> None:
    """Unknown, or without anything to decide."""
    text = SIMULTANEOUS.replace("  south:\n", "  east: {incentives: {fear: {value: -guns}}}\n  south:\n")
    with pytest.raises(CommandError, match=message):
        Stepped(game_of(text), 1, 0, told)


def test_payoffs_so_far_add_up_to_the_payoff_of_the_run() -> None:
    """By hand: North passes, South arms in the first turn only; there are no hazards."""
    game = game_of(CALM)
    stepped = Stepped(game, 1, 0, ("north", "south"))
    seen = []
    for move in (None, "arm", None, "keep", None, "keep", None, "keep"):
        stepped.tell(move)
        seen.append((stepped.payoff("north"), stepped.payoff("south")))
    weights = np.cumsum([1, 0.9, 0.81, 0.729])
    assert seen[1::2] == [(pytest.approx(-w), pytest.approx(w / 2 - 0.1)) for w in weights]
    assert seen[::2] == [(0.0, 0.0), *seen[1:-1:2]]
    results = dict(zip(columns_of(game), stepped.result().results.tolist(), strict=True))
    assert seen[-1] == (results["north"], results["south"])


MOVES = st.lists(st.integers(0, 3), min_size=8, max_size=8)


def told_at_random(stepped: Stepped, wishes: list[int]) -> list[Any]:
    """Tell moves by their place among those that can be made; returns what was seen before each."""
    pictures = []
    for wish in wishes:
        if stepped.asked is None:
            break
        pictures.append(picture(stepped))
        can = [None, *(each.action for each in stepped.open(stepped.asked) if each.available)]
        stepped.tell(can[wish % len(can)])
    return [*pictures, picture(stepped)]


def picture(stepped: Stepped) -> list[Any]:
    """Everything that can be seen of a run."""
    views = [(stepped.seen(each), stepped.open(each), stepped.payoff(each)) for each in ("north", "south")]
    return [stepped.asked, stepped.turn, stepped.over, stepped.moves, [e.to_dict() for e in stepped.events], views]


@settings(max_examples=10)
@given(wishes=MOVES, run=st.integers(0, 2**40), text=st.sampled_from([SIMULTANEOUS, ORDERED, BLIND]))
def test_a_run_is_rebuilt_from_its_moves(wishes: list[int], run: int, text: str) -> None:
    """From the first so many, copied or pickled: everything that can be seen is the same, then and at the end."""
    stepped = Stepped(game_of(text), 9, run, ("north", "south"))
    pictures = told_at_random(stepped, wishes)
    moves = [move.action for move in stepped.moves]
    for count in (0, len(moves) // 2, len(moves)):
        again = stepped.replayed(moves[:count])
        np.testing.assert_equal(picture(again), pictures[count])
        twin = copy.copy(again)
        for move in moves[count:]:
            again.tell(move)
        np.testing.assert_equal(picture(again), pictures[-1])
        np.testing.assert_equal(picture(twin), pictures[count])
    np.testing.assert_equal(picture(pickle.loads(pickle.dumps(stepped))), pictures[-1])


def test_a_copy_goes_its_own_way() -> None:
    """What is told to one is not told to the other; each knows its moves."""
    stepped = Stepped(game_of(SIMULTANEOUS, south="keep"), 1, 0, ("north",), moves=["watch"])
    other = copy.deepcopy(stepped)
    stepped.tell("build")
    other.tell(None)
    assert stepped.moves == (Move(0, "north", "watch"), Move(1, "north", "build"))
    assert other.moves == (Move(0, "north", "watch"), Move(1, "north", None))
    with pytest.raises(CommandError, match="NOT-AVAILABLE"):
        stepped.replayed(["watch", "protest"])
    with pytest.raises(CommandError, match="OVER"):
        stepped.replayed([None] * 5)


def test_a_run_that_is_not_over_has_no_result() -> None:
    """It says what to do instead."""
    stepped = Stepped(game_of(SIMULTANEOUS), 1, 0, ("north",))
    with pytest.raises(CommandError, match="NOT-OVER: run 0 is not over; tell it moves"):
        stepped.result()


def test_an_expression_that_misbehaves_ends_the_run_for_good() -> None:
    """The error of the ensemble, with its place; told again, it says the same and does not go on."""
    text = SIMULTANEOUS.replace("calm: {value: -guns}", "calm: {value: 1 / (3 - turn)}")
    stepped = Stepped(game_of(text, south="keep"), 1, 0, ("north",), moves=["watch", "watch"])
    for _ in range(2):
        with pytest.raises(RunError, match=r"small.yaml:\d+:\d+: NOT-FINITE: .* in '1 / \(3 - turn\)'"):
            stepped.tell("watch")


def test_without_a_record_the_numbers_are_the_same() -> None:
    """Only the events are missing."""
    game = game_of(SIMULTANEOUS, south="creep")
    runs = [Stepped(game, 4, 11, "north", record=record, moves=["watch"] * 4) for record in (True, False)]
    assert [len(run.events) > 0 for run in runs] == [True, False]
    assert_same(game, *(run.result().results[:, None] for run in runs))


def test_the_calendar_does_not_go_on_while_an_actor_is_asked() -> None:
    """However often it is stepped."""
    play = Play(game_of(SIMULTANEOUS), 1, 0, told=("north",))
    while play.step():
        pass
    now, waiting = play.calendar.now, play.asked
    assert not any(play.step() for _ in range(5))
    assert (play.calendar.now, play.asked) == (now, waiting)
    with pytest.raises(AssertionError):
        play.result()
    play.tell(None)
    assert play.asked is None
    with pytest.raises(AssertionError):
        play.tell(None)
