"""A session is a value that follows from its opening and its log; it is the run of the engines."""

import json
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.errors import CommandError
from sim.model.compiling import strategy_names
from sim.play.log import Back, document_of, line_of
from sim.play.session import Session, opened
from sim.play.view import view_of
from sim.scenario.shipped import shipped
from tests.play.games import BORDER, ORDERED, as_strategy, opening, played_out, scenario

NAMES = [name for name, _ in shipped()]
WISHES = st.lists(st.integers(0, 9), min_size=10, max_size=10)


def picture(session: Session) -> list[Any]:
    """Everything that can be known of a session."""
    live = session.live
    views = [view_of(session, seat).to_dict() for seat in live.seats]
    events = [event.to_dict() for event in live.run.events]
    paid = [live.run.payoff(seat) for seat in live.seats]
    return [session.turn, session.over, session.awaited, session.seats, live.run.state().tolist(), views, events, paid]


@pytest.mark.parametrize("name", NAMES)
def test_a_person_who_does_as_a_strategy_gets_what_it_gets(name: str) -> None:
    """Payoffs, ledger and all else, to the last bit, of the ensemble's runs 0 to 2: strategies in turn, every seat."""
    loaded = sim.load(name)
    for seat, part in loaded.actors.items():
        menu = strategy_names(part)
        # A long game is played once: each turn is a step of the reference engine.
        for run in range(3 if loaded.clock.turns <= 50 else 1) if menu else ():
            for strategy in menu[run::3] if loaded.clock.turns <= 30 else menu[:1]:
                session, played = as_strategy(loaded, seat, strategy, run, 11)
                assert session.over
                assert session.live.run.result().results.tolist() == played.results.tolist()


@pytest.mark.parametrize("text", [BORDER, ORDERED], ids=["at once", "in order"])
def test_computers_in_every_seat_play_the_ensembles_run(text: str) -> None:
    """Mixes and weighing too: a seat that goes to a strategy at the beginning plays as the ensemble does."""
    for run, strategy in enumerate(["wary", "calm", "torn", "weigh", "watch"]):
        session = Session(opening(text, run=run)).seated("north", strategy)
        assert session.over
        ensemble = sim.run(scenario(text), runs=run + 1, seed=5, play={"north": strategy})
        assert session.live.run.result().results.tolist() == ensemble.table[:, run].tolist()


@settings(max_examples=25, deadline=None)
@given(wishes=WISHES, run=st.integers(0, 2**40), text=st.sampled_from([BORDER, ORDERED]), both=st.booleans())
def test_a_session_is_rebuilt_from_its_log(wishes: list[int], run: int, text: str, both: bool) -> None:
    """As JSON and back: everything that can be known is the same, and a move later still."""
    live = played_out(Session(opening(text, *(("north", "south") if both else ()), run=run)), iter(wishes[:6]))
    for session in (live, live.undone()):
        document = json.loads(json.dumps(session.to_dict()))
        again = Session.from_dict(document, scenario(text))
        assert again.to_dict() == document
        np.testing.assert_equal(picture(again), picture(session))
        on = iter(wishes[6:])
        np.testing.assert_equal(picture(played_out(again, on)), picture(played_out(session, iter(wishes[6:]))))


@settings(max_examples=15, deadline=None)
@given(wishes=WISHES, other=WISHES)
def test_branches_leave_each_other_alone(wishes: list[int], other: list[int]) -> None:
    """A fork, what is taken back and played otherwise, and the session that they came from."""
    base = played_out(Session(opening()), iter(wishes[:3]))
    before = picture(base)
    fork = played_out(base.forked(), iter(other))
    back = played_out(base.undone(), iter(other)) if base.log else base
    np.testing.assert_equal(picture(base), before)
    on = picture(played_out(base, iter(wishes[3:])))
    np.testing.assert_equal(picture(base), before)
    np.testing.assert_equal(picture(fork), picture(Session(fork.opening, fork.log)))
    np.testing.assert_equal(picture(back), picture(Session(back.opening, back.log)))
    np.testing.assert_equal(picture(played_out(base.forked(), iter(wishes[3:]))), on)


def test_what_is_taken_back_stays_in_the_log() -> None:
    """And no longer counts; the same move then meets the same luck."""
    session = Session(opening()).moved("north", "build").moved("north", "watch")
    undone = session.undone("north")
    assert undone.log == (*session.log, Back(1))
    np.testing.assert_equal(picture(undone.moved("north", "watch")), picture(session))
    assert session.rolled_back(0).turn == 0
    for turn in (-1, 3):
        with pytest.raises(CommandError, match="TURN"):
            session.rolled_back(turn)
    with pytest.raises(CommandError, match="NOTHING-TO-UNDO"):
        Session(opening()).undone()


def test_a_seat_goes_to_the_computer_and_back() -> None:
    """By hand: two moves, two turns of a strategy, one move; the log says so and rebuilds it."""
    session = Session(opening(BORDER, "north", "south")).moved("north", "wait").moved("south", "keep")
    session = session.seated("north", "wary")
    assert session.awaited == ("south",)
    session = session.moved("south", "keep").seated("north", None).moved("north", "watch").moved("south", "keep")
    assert [each["kind"] for each in session.to_dict()["log"]] == [
        "move",
        "move",
        "seat",
        "move",
        "seat",
        "move",
        "move",
    ]
    assert session.live.held["north"] == [None, "wary", None]
    np.testing.assert_equal(picture(Session.from_dict(session.to_dict(), scenario())), picture(session))


def test_where_all_move_at_once_each_may_come_first() -> None:
    """Then the order of moves within a turn leaves the game as it is; where they move in order it is refused."""
    one = Session(opening(BORDER, "north", "south")).moved("south", "arm").moved("north", "build")
    other = Session(opening(BORDER, "north", "south")).moved("north", "build").moved("south", "arm")
    np.testing.assert_equal(picture(one), picture(other))
    with pytest.raises(CommandError, match=r"SEAT: it is not the move of 'north'; wait for south"):
        Session(opening(ORDERED, "north", "south")).moved("north", "wait")


def test_a_move_stands_though_the_seat_is_given_away_in_the_same_turn() -> None:
    """The strategy decides from the next turn on, as it would have in its place; undoing gives the seat back."""
    both = Session(opening(BORDER, "north", "south")).moved("south", "arm")
    given = both.seated("south", "creep")
    assert given.awaited == ("north",)
    played = given.moved("north", "wait").moved("north", "wait")
    assert played.live.held["south"] == [None, "creep"]
    decided = [each.what for each in played.live.run.events if (each.kind, each.who) == ("decision", "south")]
    assert decided[0] == "arm"
    back = played.rolled_back(0)
    assert (back.seats["south"], back.awaited) == (None, ("north", "south"))


def test_a_fork_may_have_other_luck() -> None:
    """It is the game of that run with the same moves."""
    played = Session(opening()).moved("north", "build").moved("north", "watch")
    fork = played.forked(9)
    assert (fork.opening.run, played.opening.run) == (9, 0)
    np.testing.assert_equal(
        picture(fork), picture(Session(opening(run=9)).moved("north", "build").moved("north", "watch"))
    )


def test_a_seat_that_is_given_away_lets_the_others_go_on() -> None:
    """The last person whom the turn waited for leaves: the strategy moves at once."""
    both = Session(opening(BORDER, "north", "south")).moved("north", "wait")
    assert (both.turn, both.awaited) == (0, ("south",))
    left = both.seated("south", "creep")
    assert (left.turn, left.awaited) == (1, ("north",))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sha256": "0" * 64}, "was played in another text of 'border'"),
        ({"version": 2}, "has version '2'"),
        ({"format": "x"}, "no log of a game"),
        ({"seed": "x"}, "opening of this log is not whole"),
        ({"seats": {"north": None}}, "seats of this log are not those"),
        ({"seats": {"north": None, "west": None}}, "unknown actor with actions 'west'"),
        ({"regime": "none"}, "unknown regime"),
        ({"run": -1}, "no run -1"),
        ({"log": None}, "no list of entries"),
        ({"log": [1]}, "entry 1 is no entry"),
        ({"log": [{"kind": "move", "turn": 0, "actor": "north", "action": "protest"}]}, "cannot take 'protest'"),
        ({"log": [{"kind": "move", "turn": 0, "actor": "north", "action": "fly"}]}, "unknown action of north 'fly'"),
        ({"log": [{"kind": "move", "turn": 0, "actor": "south", "action": "keep"}]}, "'south' is played by a strategy"),
        ({"log": [{"kind": "move", "turn": 1, "actor": "north", "action": "wait"}]}, "it is turn 1, not 2"),
        ({"log": [{"kind": "back", "keep": 3}]}, "keeps 3 entries, but there are 0"),
        ({"log": [{"entry": 2, "kind": "back", "keep": 0}]}, "entry 1 is missing, or out of order"),
    ],
)  # fmt: skip
def test_a_log_that_does_not_fit_is_refused(change: dict[str, Any], told: str) -> None:
    """With what is wrong, and where."""
    document = {**Session(opening()).to_dict(), **change}
    with pytest.raises(CommandError, match="GAME-LOG: ") as caught:
        Session.from_dict(document, scenario())
    assert told in str(caught.value)


def test_a_log_that_is_cut_off_is_refused() -> None:
    """On disk, in the middle of a line; the line is named."""
    document = Session(opening()).moved("north", "wait").to_dict()
    whole = line_of({key: value for key, value in document.items() if key != "log"}) + line_of(document["log"][0])
    assert document_of(whole, "game.jsonl") == document
    for bad, told in (
        (whole[:-4], "game.jsonl:2:1: GAME-LOG: the last line is cut off"),
        (b"", "nothing"),
        (b"[]\n", "no JSON object"),
    ):
        with pytest.raises(CommandError, match=told):
            document_of(bad, "game.jsonl")


def test_what_cannot_be_done_changes_nothing() -> None:
    """A refused move, seat or strategy: the session is as it was, and goes on."""
    session = Session(opening()).moved("north", "wait")
    before = picture(session)
    for act in (lambda: session.moved("north", "protest"), lambda: session.moved("west", None),
                lambda: session.seated("north", "none"), lambda: session.seated("west", None)):  # fmt: skip
        with pytest.raises(CommandError):
            act()
        np.testing.assert_equal(picture(session), before)
    with pytest.raises(CommandError, match="PLAY"):
        opened(scenario(), ["north"], sim.model.game.Setting(None, {"north": "wary"}))


def test_a_game_of_twenty_turns_is_rebuilt_quickly() -> None:
    """Much less than a tenth of a second, so that hundreds of sessions are back in seconds (the bound is generous)."""
    session, _ = as_strategy("inf-2018", "nato", "full_answer", 0, 1)
    began = time.process_time()
    for _ in range(5):
        Session(session.opening, session.log).live  # noqa: B018
    assert (time.process_time() - began) / 5 < 0.1
