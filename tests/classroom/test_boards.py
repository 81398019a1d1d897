"""What the instructor's page, the projector and the seats say about a class: whose numbers, out of which games."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import sim
from sim.classroom import class_views
from sim.classroom.class_board import Board
from sim.classroom.class_charts import _mean
from sim.classroom.class_debrief import told_of
from sim.classroom.class_halves import names_of, played_by
from sim.classroom.class_opening import Wanted, plan_of
from sim.classroom.class_render import seat_parts
from sim.classroom.class_views import Desk
from sim.classroom.hub import Hub
from sim.classroom.room import asked
from sim.classroom.room.bets import QUESTION, predicted_in_words
from sim.classroom.room.prediction import predicted
from sim.classroom.room.results import bets_made, finished, results_of, rows
from sim.classroom.running import Running
from sim.classroom.settings import Settings
from sim.classroom.site import site_of
from sim.report import numbers
from tests.classroom.classes import QUIET, Paper, Times, half, paper, plan, quiet, served
from tests.classroom.classes import opened as hub_opened
from tests.classroom.site import SOCKETS, token_in
from tests.classroom.site_class import KEY, browser, command, joined, opened, site

ROOT = Path(__file__).resolve().parents[2]
OTHER = QUIET.replace("title: ", "title: Other ", 1) if "title: " in QUIET else f"title: Another border\n{QUIET}"
"""The small game under another title."""


@pytest.fixture(scope="module")
def teacher() -> Iterator[TestClient]:
    """The instructor's browser on a running site."""
    with site() as client:
        yield client


def running(of: Paper) -> Running:
    """A room on paper as the server has it, with what the model predicts."""
    found = Running(of.room, of.clock)
    found.predictions = tuple(predicted(each, of.room.plan.seed, 50) for each in of.room.plan.halves)
    found.settle()
    return found


def board(of: Paper, last: dict[str, Any] | None = None, *, secret: bool = True) -> Board:
    """The instructor's page of a room on paper, or the projector's."""
    return Board(running(of), of.clock(), last, secret=secret)


# ---------------------------------------------------------------- two halves


def test_halves_are_called_by_what_they_differ_in() -> None:
    """The scenario, the regime, both or, where nothing differs, their number: never twice the same."""
    first, other = half(), half(text=OTHER)
    title, another = (played_by(each).partition(" · ")[0] for each in (first, other))
    assert title != another
    assert names_of(plan(first, other)) == [title, another]
    assert names_of(plan(first)) == ["base"]
    assert names_of(plan(first, first)) == ["First half: base", "Second half: base"]
    assert len(set(names_of(plan(first, half(("north",), text=OTHER))))) == 2


def test_charts_and_results_of_two_scenarios_are_told_apart() -> None:
    """Under one regime, too: every caption names the scenario, and no two are the same."""
    class_ = paper(half(), half(text=OTHER), names=tuple("abcd"))
    class_.do(asked.start)
    names = names_of(class_.room.plan)
    for _ in range(5):
        class_.round("wait", "keep", "wait", "keep")
    shown = board(class_)
    titles = [chart.title for chart in shown.charts()]
    assert len(set(titles)) == len(titles) == 4
    assert all("After turn 5 this half of the class has" in chart.words for chart in shown.charts())
    assert names * 2 == [title.partition(" · ")[2] for title in titles]
    assert [each["title"] for each in shown.results()] == [f"{name}: 1 game" for name in names]


def test_everybody_is_told_which_half_plays_what(teacher: TestClient) -> None:
    """On the instructor's page and the projector both, on a seat its own; a class without a title is called by both."""
    fields = {"scenario": "inf-1987", "other": "inf-2018", "regime1": "open", "regime2": "open"}
    code = opened(teacher, **fields)
    for page in (teacher.get(f"/class/{code}/teach").text, browser(teacher).get(f"/class/{code}/screen").text):
        assert re.findall(r"half: ([^<]*)</p>", page) == [
            f"The incentives of {year} · Nothing forbidden · students play NATO and the adversary"
            for year in (1987, 2018)
        ]
        assert "The incentives of 1987 and the incentives of 2018" in page
    for number, year in ((1, 1987), (2, 1987), (3, 2018)):
        student = browser(teacher)
        joined(student, code, f"S{number}")
        page = student.get(f"/class/{code}/seat/{number}").text
        assert f"Your half of the class plays The incentives of {year} · Nothing forbidden" in page


def test_the_title_of_a_class_of_one_scenario_is_the_scenarios(teacher: TestClient) -> None:
    """And its page speaks of no halves."""
    code = opened(teacher, scenario="inf-1987")
    page = teacher.get(f"/class/{code}/teach").text
    assert "<title>The incentives of 1987 · instructor</title>" in page
    assert "half: " not in page


# ---------------------------------------------------------------- whose games count


def rehearsed(*names: str, test: bool = True) -> Paper:
    """A room in which students, a test student and robots have played to the end; robots have bet, and so has the first."""
    class_ = paper(names=names)
    room = class_.room
    if test:
        class_.do(asked.join, "Test", "test")
    class_.do(asked.robots, 8 - len(room.students))
    class_.do(asked.start)
    for student in room.students.values():
        if student.kind == "robot" or student.number == 1:
            class_.do(lambda room, number=student.number: [("bet", {"student": number, "on": "all"})])
    for turn in range(5):
        class_.round("wait", None if turn else "arm", *("wait", "keep") * 3)
    return class_


def test_robots_count_only_where_nobody_else_is() -> None:
    """Two people at one table of four: their game and their bets alone are results; robots alone are a rehearsal."""
    class_ = rehearsed("Ann", "Ben")
    shown = running(class_)
    assert shown.predictions is not None
    results = results_of(class_.room, shown.predictions)
    assert [table.number for table in finished(class_.room)] == [0]
    assert (results["halves"][0]["games"], results["bets"]["made"], results["people"]) == (1, 1, 2)
    position = class_.room.tables[0].position
    assert position is not None
    assert position.payoffs is not None
    assert {name: actor["mean"] for name, actor in results["halves"][0]["actors"].items()} == position.payoffs
    assert bets_made(class_.room) == {"Both": 1}
    assert all(chart.svg.count('class="game"') == 1 for chart in board(class_).charts())
    alone = rehearsed()
    results = results_of(alone.room, running(alone).predictions or ())
    assert (results["halves"][0]["games"], results["bets"]["made"], results["people"]) == (4, 8, 0)


def test_a_rehearsal_is_no_last_class() -> None:
    """What robots did is never put beside a class; what people did is."""

    async def play(hub: Hub, clock: Times) -> None:
        for name in ("robot", "person"):
            running = await hub_opened(hub, seconds=None)
            if name == "robot":
                await hub.do(running, lambda room: asked.robots(room, 2))
            else:
                await hub.do(running, lambda room: asked.join(room, "Ann"))
            await hub.do(running, asked.start)
            await quiet(running)
            for student in tuple(running.room.students):
                # Without players the computers play the game to its end.
                await hub.do(running, lambda room, student=student: asked.replace(room, student, True))
            await quiet(running)
            clock.now += 100
            await hub.put_away(running)
            assert running.room.results is not None
            assert running.room.results["halves"][0]["games"] == 1
            clock.now += 100
            last = hub.last_class(await hub_opened(hub))
            assert (last is not None) is (name == "person")

    served(None, play)


# ---------------------------------------------------------------- games that are behind


def test_a_game_that_is_behind_is_not_held_where_it_is() -> None:
    """Homework: Ann has played all five turns, Ben one, Cem none; the mean goes as far as somebody got, of those who did."""
    class_ = paper(names=("Ann", "Ben", "Cem"), homework=True, seconds=None)
    for number in range(1, 6):
        class_.do(asked.move, 1, number, "wait")
    class_.do(asked.move, 2, 1, None)
    ann = class_.room.tables[0].position
    ben = class_.room.tables[1].position
    assert ann is not None
    assert ben is not None
    words = {chart.title: chart.words for chart in board(class_).charts()}
    got = numbers.number(ann.tracks["north"][-1], 2)
    assert (
        f"After turn 5 the class has {got} on average in 1 of 3 games, those that are so far or over." in words["north"]
    )
    lines = [[(0.0, 0.0), (1.0, 4.0)], [(0.0, 0.0), (1.0, 2.0), (2.0, 8.0)], [(0.0, 0.0)]]
    assert _mean(lines, [False, False, False], True) == ([(0.0, 0.0), (1.0, 3.0), (2.0, 8.0)], 1)
    assert _mean(lines, [True, False, False], True) == ([(0.0, 0.0), (1.0, 3.0), (2.0, 6.0)], 2)
    assert _mean(lines, [False, True, False], False) == ([(0.0, 0.0), (1.0, 3.0)], 2)


def test_a_class_that_is_together_speaks_of_itself() -> None:
    """All games are so far, or over before: the sentence is that of the class."""
    class_ = paper(names=("Ann", "Ben", "Cem"), seconds=60)
    class_.do(asked.start)
    class_.round("wait", "keep", "wait")
    class_.round("wait", "keep", "wait")
    assert all(chart.words.startswith("After turn 2 the class has ") for chart in board(class_).charts())
    # The computers play Cem's game to its end at once: the class is still where it was.
    class_.do(asked.kick, 3)
    assert all(chart.words.startswith("After turn 2 the class has ") for chart in board(class_).charts())


# ---------------------------------------------------------------- who leads


def test_whoever_started_the_server_leads_every_room(teacher: TestClient) -> None:
    """Page, commands, table and socket of a room that another browser opened; without the key each is 403 as before."""
    code = opened(teacher)
    host, stranger = browser(teacher), browser(teacher)
    host.get(f"/class/host?key={KEY}")
    # What is listed can be opened.
    assert f'href="/class/{code}/teach"' in host.get("/class").text
    assert host.get(f"/class/{code}/teach").status_code == 200
    assert host.get(f"/class/{code}/teach/results.csv").status_code == 200
    assert command(host, code, "robots", count="2").status_code == 200
    with host.websocket_connect(f"{SOCKETS}/class/{code}/teach/live") as socket:
        assert "2 robots" in socket.receive_json()["parts"]["status"]
    assert f"/class/{code}/teach" not in stranger.get("/class").text
    assert stranger.get(f"/class/{code}/teach").status_code == 403
    # A key that is none, and a cookie that was signed for something else, lead nothing.
    assert stranger.get("/class/host?key=wrong").status_code == 403
    stranger.cookies.set("host", teacher.cookies[f"teach-{code}"])
    assert stranger.get(f"/class/{code}/teach").status_code == 403


def test_an_instructor_without_the_servers_key_finds_their_own_room_alone(teacher: TestClient) -> None:
    """By the instructor's link; of another's room not even the name is told."""
    other = opened(teacher, title="Somebody else's")
    page = teacher.post(
        "/class/new",
        data={"token": token_in(teacher.get("/class").text), "scenario": "inf-2018", "seconds": "0", "per_side": "1"},
    )
    link = re.search(r"/class/([A-Z2-9]{6})/teach\?key=[\w-]+", page.text)
    assert link is not None
    colleague = browser(teacher)
    colleague.get(link[0])
    start = colleague.get("/class").text
    assert f'href="/class/{link[1]}/teach"' in start
    assert other not in start
    assert "Open a room" not in start
    assert colleague.get(f"/class/{other}/teach").status_code == 403


# ---------------------------------------------------------------- the bet


def test_the_bet_says_what_is_predicted_and_the_room_counts_bets(teacher: TestClient) -> None:
    """The same question and numbers on seat, instructor's page and projector; how many have bet, before any bet is shown."""
    code = opened(teacher, scenario="inf-1987", other="inf-2018", regime1="open", regime2="open")
    students = [browser(teacher) for _ in range(3)]
    for number, student in enumerate(students, 1):
        joined(student, code, f"S{number}")
    bet = {"key": "bet-of-the-first", "on": "actor:nato"}
    assert students[0].post(f"/class/{code}/seat/1/bet", json=bet).status_code == 200
    seats = [student.get(f"/class/{code}/seat/{number}").text for number, student in enumerate(students, 1)]
    told = [
        re.search(r"The model predicts, on average, NATO [+-]\d+\.\d\d and the adversary [+-]\d+\.\d\d\.", page)
        for page in seats
    ]
    assert None not in told
    first, second, third = (each[0] for each in told if each)
    assert first == second != third
    assert all("Who will end with more than the model predicts?" in page for page in seats)
    projector = browser(teacher).get(f"/class/{code}/screen").text
    for page in (teacher.get(f"/class/{code}/teach").text, projector):
        assert "3 students. Bets: 1 of 3." in page
        assert "Who will end with more than the model predicts?" in page
        assert f"The incentives of 1987: {first}" in page
        assert f"The incentives of 2018: {third}" in page
    assert "<progress" not in projector


def test_robots_are_not_waited_for_with_bets() -> None:
    """They bet when the game has begun; and nothing is counted any more in the second round."""
    class_ = paper(names=("Ann", "Ben"))
    class_.do(asked.robots, 2)
    class_.do(asked.bet, 1, "all")
    assert board(class_).counts == "2 students and 2 robots. Bets: 1 of 2."
    class_.do(asked.start)
    assert board(class_).counts.endswith("Decided: 0 of 4. Bets: 1 of 2.")
    class_.round("wait", "keep")
    assert "Bets" not in board(class_).counts


def test_the_numbers_of_the_bet_are_those_it_is_judged_by() -> None:
    """The means that a game's payoffs are compared with."""
    found = predicted(half(), 7, 50)
    words = predicted_in_words(half(), found.means)
    assert (
        words
        == f"The model predicts, on average, north {found.mean('north'):+.2f} and south {found.mean('south'):+.2f}."
    )


def test_a_debrief_tells_the_bet_once(teacher: TestClient) -> None:
    """What was bet, and what came of it."""
    code = opened(teacher, mode="homework", **{"side-nato": "yes"})
    ann = browser(teacher)
    joined(ann, code, "Ann")
    assert ann.post(f"/class/{code}/seat/1/bet", json={"key": "bet-of-ann", "on": "all"}).status_code == 200
    page = played_out(ann, code, 1)
    assert page.count("You had bet: Both.") == 1
    assert "Your bet" not in page


def played_out(student: TestClient, code: str, number: int) -> str:
    """The page of homework that was passed through to its debrief."""
    for of_round in range(1, 21):
        for _ in range(400):
            move = {"key": f"move-{of_round:04}", "round": of_round, "action": None}
            answer = student.post(f"/class/{code}/seat/{number}/move", json=move)
            page = student.get(f"/class/{code}/seat/{number}").text
            if answer.status_code == 200 or "The game is over" in page:
                break
            time.sleep(0.02)
    for _ in range(400):
        page = student.get(f"/class/{code}/seat/{number}").text
        if "What you got" in page:
            return page
        time.sleep(0.02)
    raise AssertionError(page)


# ---------------------------------------------------------------- when it is over


def test_a_class_that_is_over_invites_nobody(teacher: TestClient) -> None:
    """The projector shows the QR code only while it lets somebody in; students are not sent out any more."""
    code = opened(teacher)
    screen = browser(teacher)
    joined(browser(teacher), code, "Ann")
    page = screen.get(f"/class/{code}/screen").text
    assert 'class="qr"' in page
    assert f'with the code <strong class="code big">{code}</strong>' in page
    assert "Send out" in teacher.get(f"/class/{code}/teach").text
    with screen.websocket_connect(f"{SOCKETS}/class/{code}/screen/live") as socket:
        assert 'class="qr"' in socket.receive_json()["parts"]["join"]
        command(teacher, code, "end")
        news: dict[str, str] = {}
        while "join" not in news:
            news |= socket.receive_json()["parts"]
    for text in (news["join"], screen.get(f"/class/{code}/screen").text):
        assert "Nobody can join any more." in text
        assert 'class="qr"' not in text
    assert "Send out" not in teacher.get(f"/class/{code}/teach").text


def test_an_announcement_can_be_taken_away_after_the_end(teacher: TestClient) -> None:
    """But no new one is made."""
    code = opened(teacher)
    ann = browser(teacher)
    joined(ann, code, "Ann")
    command(teacher, code, "tell", text="See you on Friday")
    command(teacher, code, "end")
    assert "See you on Friday" in ann.get(f"/class/{code}/seat/1").text
    assert "Take the announcement away" in teacher.get(f"/class/{code}/teach").text
    assert command(teacher, code, "tell", text="Or on Monday").status_code == 409
    assert command(teacher, code, "tell", text="").status_code == 200
    assert "See you on Friday" not in ann.get(f"/class/{code}/seat/1").text
    assert "Take the announcement away" not in teacher.get(f"/class/{code}/teach").text
    quiet_one = paper(names=("Ann",))
    quiet_one.do(asked.end, {})
    assert quiet_one.refused(asked.tell, "") == 409


def test_what_cannot_be_done_leads_back(teacher: TestClient) -> None:
    """A test student after the end: a page with a sentence and the way back, and no button for it any more."""
    code = opened(teacher)
    token = token_in(teacher.get(f"/class/{code}/teach").text)
    command(teacher, code, "end")
    answer = teacher.post(f"/class/{code}/teach/test", data={"token": token})
    assert answer.status_code == 409
    assert "This cannot be done now" in answer.text
    assert "This class is over" in answer.text
    assert f'href="/class/{code}/teach"' in answer.text
    assert "A test student" not in teacher.get(f"/class/{code}/teach").text


def test_homework_that_was_cut_off_is_told_so(teacher: TestClient) -> None:
    """The student's page says why there is no result; the instructor's who was cut off."""
    code = opened(teacher, mode="homework", **{"side-nato": "yes"})
    ann = browser(teacher)
    joined(ann, code, "Ann")
    assert "ended this class before" not in ann.get(f"/class/{code}/seat/1").text
    command(teacher, code, "end")
    assert "The instructor has ended this class before your game was over" in ann.get(f"/class/{code}/seat/1").text
    assert "game cut off" in teacher.get(f"/class/{code}/teach").text


# ---------------------------------------------------------------- the debrief


@pytest.mark.parametrize(("last", "hidden"), [("wait", [("Their guns", "1", "2")]), ("watch", [])])
def test_what_was_hidden_in_the_end_was_hidden_in_the_end(last: str, hidden: list[tuple[str, str, str]]) -> None:
    """South arms once; whether north looks before the game is over decides whether it was wrong in the end."""
    class_ = paper(names=("Ann", "Ben"))
    class_.do(asked.start)
    class_.round("wait", "arm")
    for _ in range(4):
        class_.round(last, "keep")
    position = class_.room.tables[0].position
    assert position is not None
    told = told_of(class_.room.plan.halves[0], position, "north", predicted(half(), 7, 50), {"south": "Ben"})
    assert told is not None
    assert list(told.hidden) == hidden


# ---------------------------------------------------------------- homework


def test_homework_says_what_it_is_about_and_how_to_join(teacher: TestClient) -> None:
    """The student reads the summary, the regime and what counts for and against; the instructor nothing about robots."""
    code = opened(teacher, scenario="post-inf", mode="homework", **{"side-nato": "yes"})
    ann = browser(teacher)
    joined(ann, code, "Ann")
    for _ in range(200):
        page = unescape(ann.get(f"/class/{code}/seat/1").text)
        if "What you see" in page:
            break
        time.sleep(0.02)
    assert "How should NATO prepare" in page
    assert "After the treaty · " in page
    assert re.search(r"In your favour: [^<]*A cohesive alliance", page)
    assert re.search(r"Against you: [^<]*Burden of arms", page)
    board = teacher.get(f"/class/{code}/teach").text
    assert '<details class="while-open" open><summary>How students join' in board
    assert "Robots bet" not in board
    assert "Homework has no robots" in board
    assert "Robots bet" in teacher.get(f"/class/{opened(teacher)}/teach").text


def test_what_one_is_scored_by_is_told_until_the_first_round_is_over() -> None:
    """While waiting and in the first round; later the page has room for what happens. Signs are those of the incentives."""
    class_ = paper(names=("Ann", "Ben"))
    for of_round in range(3):
        desk = Desk(running(class_), class_.room.students[1], class_.clock())
        assert desk.wants() == ["Against you: fear."]
        assert desk.beginning is (of_round == 1)
        if of_round:
            class_.round("wait", "keep")
        else:
            class_.do(asked.start)
    other = Desk(running(class_), class_.room.students[2], class_.clock())
    assert other.wants() == ["In your favour: gain."]


def test_reasons_are_put_into_words_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred students read in every turn why something cannot be done; anew it took a third of the server's time."""
    words: list[str] = []

    def counted(game: Any, side: str, action: str) -> str:
        words.append(action)
        return f"only when it may {action}"

    class_views._only_when.cache_clear()
    monkeypatch.setattr(class_views, "only_when", counted)
    class_ = paper(names=("Ann", "Ben"))
    class_.do(asked.start)
    for _ in range(3):
        ann = class_.room.students[1]
        assert Desk(running(class_), ann, class_.clock()).closed() == ["protest: only when it may protest"]
        class_.round("wait", "keep")
    assert words == ["protest"]
    class_views._only_when.cache_clear()


def test_what_a_side_sees_is_told_once_a_round() -> None:
    """Moves are many, rounds few: the part of the page is kept until the side sees something else, and then told anew."""
    class_ = paper(names=("Ann", "Ben"))
    class_.do(asked.start)
    shown, of_site = running(class_), site_of(Settings())
    told = []
    for _ in range(3):
        one, other = (seat_parts(of_site, shown, class_.room.students[1], "token") for _ in range(2))
        assert one is not None
        assert other is not None
        assert other[0]["situation"] == one[0]["situation"]
        told.append(one[0]["situation"])
        kept = shown.situations[0, "north"]
        class_.do(asked.move, 1, class_.room.round, "watch")
        assert seat_parts(of_site, shown, class_.room.students[1], "token") is not None
        assert shown.situations[0, "north"] is kept
        class_.do(asked.close, None, "instructor")
    assert len(set(told)) == 3


# ---------------------------------------------------------------- the lesson plan


def test_the_lesson_plan_goes_the_way_that_the_pages_go(teacher: TestClient) -> None:
    """The link leads to the form, its button to the room, the room's folded part to the end; plan and page ask one question."""
    told = " ".join((ROOT / "docs" / "how-to" / "teach-a-class.md").read_text(encoding="utf-8").split())
    form = browser(teacher).get(f"/class/host?key={KEY}")
    assert str(form.url).endswith("/class/new")
    assert "it leads to the form for a room" in told
    assert '<button class="main">Open the room</button>' in form.text
    page = teacher.get(f"/class/{opened(teacher)}/teach").text
    ending = page.partition("<summary>Going back, ending</summary>")[2]
    assert "End this class and keep its results" in ending
    assert "below **Going back, ending** press **End this class and keep its results**" in told
    assert QUESTION.rstrip("?") in told
    # "In the model both sides keep it": it does.
    loaded = [sim.load(name) for name in ("inf-1987", "inf-2018")]
    class_ = plan_of(loaded, Wanted(regimes=("open", "open")), "lesson")
    assert [half.computers for half in class_.halves] == [{"nato": "comply", "adversary": "comply"}] * 2


# ---------------------------------------------------------------- the table for spreadsheets


def test_a_spreadsheet_has_no_fifteen_digits() -> None:
    """Payoffs to the millionth: those of the games, and of the model."""
    class_ = rehearsed("Ann", "Ben")
    names, *lines = list(rows(class_.room, running(class_).predictions or ()))
    position = class_.room.tables[0].position
    assert position is not None
    assert position.payoffs is not None
    first = dict(zip(names, lines[0], strict=True))
    assert first["payoff"] == pytest.approx(position.payoffs["north"], abs=1e-6)
    numbers_shown = [line[names.index(name)] for line in lines for name in ("payoff", "predicted", "same luck")]
    assert all(len(str(each).rpartition(".")[2]) <= 6 for each in numbers_shown)
    assert any(len(str(each).rpartition(".")[2]) > 3 for each in numbers_shown)
