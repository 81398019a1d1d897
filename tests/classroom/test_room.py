"""The room as a value: seats, rounds, votes, clock, and that its log tells all of it."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.classroom.room import asked
from sim.classroom.room.names import checked_name, distinct
from sim.classroom.room.refused import Refused
from sim.classroom.room.seating import Place, late, seated
from sim.classroom.room.state import CLOSED, FINISHED, GRACE, PLAYING, WAITING, Event, Room
from sim.classroom.room.votes import Vote, decided
from sim.model.game import Setting
from sim.play.log import Move
from sim.play.session import Session, opened
from tests.classroom.classes import QUIET, SIDES, Paper, begun, half, paper, play_on, told
from tests.play.games import ORDERED, scenario

# ---------------------------------------------------------------- seats


@given(st.integers(0, 60), st.integers(1, 5), st.integers(1, 2))
def test_seats_fill_in_pairs_on_arrival(count: int, per_side: int, halves: int) -> None:
    """Nobody shares a place beyond its size, sides differ by one at most, and only the last table has room."""
    places = seated(range(count), [SIDES] * halves, per_side)
    assert list(places) == list(range(count))
    sizes: dict[Place, int] = {}
    for place in places.values():
        sizes[place] = sizes.get(place, 0) + 1
    tables = {place.table for place in sizes}
    assert tables == set(range(-(-count // (2 * per_side))))
    for table in tables:
        here = [sizes.get(Place(table, side), 0) for side in SIDES]
        assert max(here) - min(here) <= 1
        assert here == [per_side, per_side] or table == max(tables)


def test_two_who_come_one_after_the_other_meet() -> None:
    """The third begins the next table, which belongs to the other half with other sides."""
    places = seated([4, 7, 9], [("a", "b"), ("c",)], 1)
    assert places == {4: Place(0, "a"), 7: Place(0, "b"), 9: Place(1, "c")}


def test_whoever_is_late_takes_a_seat_of_the_computer_first() -> None:
    """Then the side with the fewest people; never a table whose game is over."""
    assert late({0: {"a": 1, "b": 1}, 1: {"a": 1, "b": 0}}) == Place(1, "b")
    assert late({0: {"a": 2, "b": 2}, 3: {"a": 1, "b": 2}}) == Place(3, "a")
    assert late({}) is None


def test_the_one_left_over_plays_against_the_computer() -> None:
    """Three students: one pair, and one against what the regime has the other side play."""
    class_ = begun("Ann", "Ben", "Cem")
    room = class_.room
    assert [room.controls(table) for table in room.tables] == [
        {"north": None, "south": None},
        {"north": None, "south": "creep"},
    ]
    class_.join("Dot")
    assert room.students[4].place == Place(1, "south")
    assert room.controls(room.tables[1])["south"] is None


def test_somebody_sent_out_before_the_game_leaves_no_hole() -> None:
    """Those behind move up; the one sent out is told so."""
    class_ = paper(names=("Ann", "Ben", "Cem"))
    class_.do(asked.kick, 1)
    assert [class_.room.students[number].place for number in (1, 2, 3)] == [
        None,
        Place(0, "north"),
        Place(0, "south"),
    ]
    assert class_.refused(asked.bet, 1, "all") == 403


def test_halves_with_the_same_luck_play_different_regimes() -> None:
    """Tables belong to the halves by turns, and neighbours have the same run."""
    class_ = begun(*"abcdefgh")
    plan = paper(half(), half(("north",)), names=tuple("abcdef")).room.plan
    assert [plan.half(table).sides for table in range(4)] == [SIDES, ("north",), SIDES, ("north",)]
    assert [plan.run(table) for table in range(4)] == [0, 0, 1, 1]
    assert [class_.room.plan.run(table.number) for table in class_.room.tables] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("O'Brien <3 & Ñandú 李", "O'Brien <3 & Ñandú 李"),
        ("  Ann \n Lee ", "Ann Lee"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("N\u0303andu", "Ñandu"),
        ("👩‍🚀"[0], "👩"),
    ],
)
def test_names_of_all_kinds(name: str, shown: str) -> None:
    """Shown exactly, composed and without space around."""
    assert checked_name(name) == shown


@pytest.mark.parametrize(
    "name", ["", "   ", "a" * 41, "a\u202eb", "a\x00b", "\u200b", "e" + "\u0301" * 9, "\ud800", None, 7, "a" * 10**6]
)
def test_names_that_are_none(name: object) -> None:
    """Empty, too long, with signs that turn or hide text, or no text at all."""
    with pytest.raises(Refused) as refusal:
        checked_name(name)
    assert refusal.value.status == 422


def test_two_of_one_name_can_be_told_apart() -> None:
    """Also where they are written in other letters."""
    assert distinct("anna", ["Anna", "Anna (2)"]) == "anna (3)"


# ---------------------------------------------------------------- votes


def test_most_votes_win_and_the_first_breaks_a_tie() -> None:
    """A vote changed later counts from then on; no vote at all is a pass."""
    assert decided({1: Vote("arm", 5), 2: Vote("keep", 6), 3: Vote("keep", 9)}) == "keep"
    assert decided({1: Vote("arm", 7), 2: Vote("keep", 6)}) == "keep"
    assert decided({1: Vote("arm", 5), 2: Vote("keep", 6)}) == "arm"
    assert decided({1: Vote(None, 4), 2: Vote("keep", 6)}) is None
    assert decided({}) is None


def test_several_play_a_side_together() -> None:
    """Four at one table, two a side; each side does what its vote says."""
    class_ = begun(*"abcd", per_side=2)
    room = class_.room
    assert {number: each.place for number, each in room.students.items()} == {
        1: Place(0, "north"), 2: Place(0, "south"), 3: Place(0, "north"), 4: Place(0, "south"),
    }  # fmt: skip
    class_.round("wait", "arm", "build", "arm")
    assert room.tables[0].steps[0].moves == {"north": "wait", "south": "arm"}


# ---------------------------------------------------------------- moves and rounds


def test_a_game_of_a_pair_is_the_session_with_these_moves() -> None:
    """Two students get what a game of two persons gets that does the same."""
    class_ = begun("Ann", "Ben")
    moves = [("watch", "arm"), ("build", "keep"), (None, "arm"), ("wait", None), ("watch", "keep")]
    for pair in moves:
        class_.round(*pair)
    position = class_.room.tables[0].position
    assert position is not None
    session = Session(opened(scenario(QUIET), SIDES, Setting(), 7, 0))
    for pair in moves:
        for side, action in zip(SIDES, pair, strict=True):
            session = session.moved(side, action)
    run = session.live.run.result()
    expected = dict(zip(session.opening.game.columns.names, run.results.tolist(), strict=True))
    assert position.payoffs == {side: expected[side] for side in SIDES}
    assert [len(track) for track in position.tracks.values()] == [6, 6]
    assert position.turns == (0, 1, 2, 3, 4, 5)


def test_against_the_computer_luck_is_that_of_the_ensemble() -> None:
    """Somebody who does what the strategy does, against the computer, gets that run's payoffs."""
    trace = sim.trace(scenario(QUIET), run=0, seed=7)
    did = [e.what for e in trace.run.events if e.kind == "decision" and e.who == "north"]
    class_ = begun("Ann")
    for action in did:
        class_.round(None if action == "pass" else action)
    position = class_.room.tables[0].position
    assert position is not None
    assert position.payoffs == trace.to_dict()["payoffs"]


def test_a_position_that_others_went_on_from_is_not_played_anew() -> None:
    """Pages of those who wait show it while the next is worked out; the run has been taken along to that."""
    class_ = paper(names=("Ann", "Ben"))
    class_.do(asked.start)
    (table,) = class_.room.tables
    before = table.position
    assert before is not None
    class_.round("wait", "keep")
    after = table.position
    assert after is not None
    assert after is not before
    assert (before.over, before.awaited("north"), before.payoffs) == (False, True, None)
    assert "live" not in vars(before.session)
    assert "live" in vars(after.session)


def test_a_move_for_a_closed_round_is_refused() -> None:
    """409, and so is one for a round to come; what is not open is 422, as is nonsense."""
    class_ = begun("Ann", "Ben")
    class_.round("wait", "keep")
    assert class_.refused(asked.move, 1, 1, "wait") == 409
    assert class_.refused(asked.move, 1, 3, "wait") == 409
    assert class_.refused(asked.move, 1, 2, "fly") == 422
    assert class_.refused(asked.move, 1, 2, "keep") == 422
    assert class_.refused(asked.move, 1, "2", "wait") == 422
    assert class_.refused(asked.move, 1, True, "wait") == 422
    assert class_.refused(asked.move, 9, 2, "wait") == 404
    assert class_.refused(asked.move, 1, 2, "wait") == 200


def test_a_move_can_be_changed_until_the_round_closes() -> None:
    """The last one counts."""
    class_ = begun("Ann", "Ben")
    class_.do(asked.move, 1, 1, "wait")
    class_.do(asked.move, 1, 1, "build")
    class_.do(asked.close, 1, "instructor")
    assert class_.room.tables[0].steps[0].moves == {"north": "build", "south": None}


def test_where_sides_move_in_an_order_a_round_is_one_sides() -> None:
    """South first, then north; a move of the other side is refused, and the class goes on side by side."""
    class_ = _ordered()
    assert class_.refused(asked.move, 1, 1, "wait") == 409
    assert [student.name for student in asked.undecided(class_.room)] == ["Ben"]
    class_.do(asked.move, 2, 1, "arm")
    class_.do(asked.close, None, "all")
    assert [student.name for student in asked.undecided(class_.room)] == ["Ann"]
    class_.do(asked.move, 1, 2, "watch")
    class_.do(asked.close, None, "all")
    position = class_.room.tables[0].position
    assert position is not None
    assert [e for e in position.session.counting if isinstance(e, Move)] == [
        Move(0, "south", "arm"),
        Move(0, "north", "watch"),
    ]
    assert position.turns == (0, 0, 1)


def _ordered() -> Paper:
    class_ = paper(half(text=ORDERED.replace("ends: true", "ends: false")), names=("Ann", "Ben"))
    class_.do(asked.start)
    return class_


def test_the_deadline_follows_the_clock_that_is_given() -> None:
    """Extended, paused (no moves), resumed with what was left, and anew with every round."""
    class_ = begun("Ann", "Ben", seconds=60)
    room, clock = class_.room, class_.clock
    start = clock.now
    assert room.deadline == start + 60
    class_.do(asked.extend, 30)
    assert room.deadline == start + 90
    clock.now += 40
    class_.do(asked.pause, True)
    assert (room.deadline, room.left) == (None, 50)
    assert class_.refused(asked.move, 1, 1, "wait") == 409
    clock.now += 1000
    class_.do(asked.extend, 5)
    class_.do(asked.pause, False)
    assert room.deadline == clock.now + 55
    clock.now += 500
    class_.do(asked.extend, 20)
    assert room.deadline == clock.now + 20
    class_.do(asked.close, None, "deadline")
    assert room.deadline == clock.now + 60


def test_a_server_that_comes_back_leaves_time_to_come_back() -> None:
    """A round has half a minute at least, however long the server was away."""
    class_ = begun("Ann", "Ben")
    room, clock = class_.room, class_.clock
    clock.now += 3600
    room.happen(Event(room.last + 1, clock.now, "recovered", {}))
    assert room.deadline == clock.now + GRACE


def test_a_round_is_rolled_back_for_everybody() -> None:
    """The same luck awaits: other moves, then the first ones again, give what they gave the first time."""
    class_ = begun("Ann", "Ben", "Cem")
    room = class_.room
    class_.round("watch", "arm", "build")
    class_.round("build", "arm", "watch")
    first = room.tables[0].position
    assert first is not None
    class_.do(asked.back, 2)
    assert room.round == 2
    class_.round("wait", "keep", "wait")
    class_.do(asked.back, 2)
    class_.round("build", "arm", "watch")
    again = room.tables[0].position
    assert again is not None
    assert again.tracks == first.tracks
    assert again.views["north"].to_dict() == first.views["north"].to_dict()
    assert class_.refused(asked.back, 9) == 422


def test_the_computer_takes_over_and_gives_back() -> None:
    """Whoever is replaced looks on; the game goes on with what the regime has their side play."""
    class_ = begun("Ann", "Ben")
    room = class_.room
    class_.round("watch", "arm")
    class_.do(asked.replace, 2, True)
    assert class_.refused(asked.move, 2, 2, "keep") == 403
    assert [student.name for student in asked.undecided(room)] == ["Ann"]
    class_.round("watch")
    class_.do(asked.replace, 2, False)
    class_.round("watch", "keep")
    position = room.tables[0].position
    assert position is not None
    assert position.session.live.held["south"] == [None, "creep", None]


def test_a_game_that_nobody_plays_any_more_is_played_out_by_computers() -> None:
    """It is over, and the others go on."""
    class_ = begun("Ann", "Ben", "Cem")
    class_.do(asked.kick, 3)
    assert [table.over for table in class_.room.tables] == [False, True]
    assert class_.refused(asked.move, 1, 1, "wait") == 200


def test_a_game_that_cannot_go_on_is_over_and_told() -> None:
    """An expression that makes no sense in the third turn ends the game without a result; the room does not break."""
    broken = QUIET.replace("{fear: -guns / (1 + walls)}", "{fear: 1 / (3 - turn)}")
    class_ = paper(half(text=broken), names=("Ann", "Ben"))
    class_.do(asked.start)
    class_.round("wait", "keep")
    class_.round("wait", "keep")
    position = class_.room.tables[0].position
    assert position is not None
    assert not position.over
    class_.round("wait", "keep")
    position = class_.room.tables[0].position
    assert position is not None
    assert position.over
    assert position.payoffs is None
    assert position.trouble is not None
    assert "3 - turn" in position.trouble
    assert class_.refused(asked.move, 1, 4, "wait") == 409


def test_bets_close_with_the_first_round() -> None:
    """They can be changed until then; nonsense is 422."""
    class_ = begun("Ann", "Ben")
    class_.do(asked.bet, 1, "all")
    class_.do(asked.bet, 1, "actor:south")
    assert class_.refused(asked.bet, 1, "actor:west") == 422
    class_.round("wait", "keep")
    assert class_.room.students[1].bet == "actor:south"
    assert class_.refused(asked.bet, 1, "all") == 409


def test_homework_goes_at_each_ones_own_pace() -> None:
    """A seat of one's own against the computer, a round closes with one's move, and people come when they like."""
    class_ = paper(homework=True, seconds=None)
    class_.join("Ann")
    for number in range(1, 6):
        class_.do(asked.move, 1, number, "watch")
    class_.join("Ben")
    room = class_.room
    assert room.tables[0].over
    assert [room.students[number].place for number in (1, 2)] == [Place(0, "north"), Place(1, "south")]
    assert class_.refused(asked.move, 2, 1, "keep") == 200
    assert class_.refused(asked.start) == 409
    assert class_.refused(asked.close, None, "instructor") == 409


def test_a_room_is_full_and_a_class_is_over() -> None:
    """409 in both cases."""
    class_ = paper(seats=2, names=("Ann", "Ben"))
    assert class_.refused(asked.join, "Cem") == 409
    class_.do(asked.end, {})
    assert class_.room.phase == CLOSED
    assert class_.refused(asked.join, "Cem") == class_.refused(asked.start) == class_.refused(asked.tell, "Hm") == 409


# ---------------------------------------------------------------- the log tells all


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 9)), max_size=40))
def test_a_room_is_what_its_log_tells(wishes: list[tuple[int, int]]) -> None:
    """Whatever is asked for in whatever order: folded from its log anew, the room is the same, and so are its games."""
    class_ = paper(names=("Ann", "Ben", "Cem"))
    room = class_.room
    for what, how in wishes:
        class_.clock.now += how
        student = 1 + how % max(len(room.students), 1)
        actions = [None, "wait", "watch", "build", "keep", "arm"]
        asks: list[tuple[Any, ...]] = [
            (asked.join, f"N{how}"),
            (asked.start,),
            (asked.move, student, room.round, actions[how % 6]),
            (asked.move, 1 + (student + 1) % 3, room.round, actions[how % 6]),
            (asked.close, None, "instructor"),
            (asked.bet, student, "all"),
            (asked.kick, student),
            (asked.replace, student, how % 2 == 0),
            (asked.back, 1 + how % 3),
            (asked.pause, how % 2 == 0),
            (asked.extend, 1 + how),
            (asked.tell, f"Hear, {how}"),
        ]
        with suppress(Refused):
            class_.do(*asks[what])
    again = Room(room.code, class_.log)
    assert told(again) == told(room)
    play_on(again)
    for ours, theirs in zip(room.tables, again.tables, strict=True):
        assert ours.position is not None
        assert theirs.position is not None
        assert ours.position.tracks == theirs.position.tracks
        assert {k: v.to_dict() for k, v in ours.position.views.items()} == {
            k: v.to_dict() for k, v in theirs.position.views.items()
        }


def test_phases_come_one_after_the_other() -> None:
    """Waiting, playing, finished, closed; results are shown once and only at the end."""
    class_ = paper(names=("Ann",))
    phases = [class_.room.phase]
    assert class_.refused(asked.reveal) == 409
    class_.do(asked.start)
    phases.append(class_.room.phase)
    for _ in range(5):
        class_.round("wait")
    class_.do(lambda _: [("finished", {})])
    phases.append(class_.room.phase)
    class_.do(asked.reveal)
    class_.do(asked.end, {})
    assert [*phases, class_.room.phase] == [WAITING, PLAYING, FINISHED, CLOSED]
    assert all(b.number == a.number + 1 for a, b in pairwise(class_.log))
