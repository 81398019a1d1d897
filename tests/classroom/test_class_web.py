"""A class on the web, asked as browsers and programs ask: a whole game, and everything that tries to spoil it.

The cases O-W01 to O-W14 are those of the hostile inputs; beside each stands one of our own kind.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import anyio
import httpx
import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from sim.classroom.class_sockets import MOST_A_SEAT
from sim.classroom.room.spreadsheet import neutral
from tests.classroom.site import SOCKETS, token_in
from tests.classroom.site_class import KEY, browser, command, joined, opened, site

EVIL = {"origin": "http://evil.example"}


@pytest.fixture(scope="module")
def teacher() -> Iterator[TestClient]:
    """The instructor's browser on a running site."""
    with site() as client:
        yield client


@pytest.fixture
def code(teacher: TestClient) -> Iterator[str]:
    """A room that was just opened; it is put away afterwards, for a server has so many and no more."""
    code = opened(teacher)
    yield code
    command(teacher, code, "end")


@pytest.fixture(scope="module")
def waiting(teacher: TestClient) -> tuple[str, TestClient]:
    """A room in which Ann waits, and her browser: for tests after which it has to be as it was before."""
    code, ann = opened(teacher), browser(teacher)
    joined(ann, code, "Ann")
    return code, ann


@pytest.fixture
def pair(teacher: TestClient, code: str) -> tuple[TestClient, TestClient]:
    """Two students at one table, in the first round."""
    ann, ben = browser(teacher), browser(teacher)
    assert (joined(ann, code, "Ann"), joined(ben, code, "Ben")) == (1, 2)
    assert command(teacher, code, "start").status_code == 200
    settled(ann, code, 1)
    return ann, ben


def live(student: TestClient, code: str, number: int, **more: Any) -> Any:
    return student.websocket_connect(f"{SOCKETS}/class/{code}/seat/{number}/live", **more)


def state_of(student: TestClient, code: str, number: int) -> dict[str, Any]:
    with live(student, code, number) as socket:
        return dict(socket.receive_json()["state"])


def settled(student: TestClient, code: str, number: int, wanted: Callable[[dict[str, Any]], Any] | None = None) -> dict[str, Any]:
    """How things stand once something is so (default: that a round is open)."""
    for _ in range(200):
        state = state_of(student, code, number)
        if (wanted or (lambda state: state["open"]))(state):
            return state
        time.sleep(0.02)
    raise AssertionError(state)


def move(student: TestClient, code: str, number: int, of_round: int, action: str | None, key: str) -> httpx.Response:
    return student.post(f"/class/{code}/seat/{number}/move", json={"key": key, "round": of_round, "action": action})


def heard(socket: Any, kind: str) -> dict[str, Any]:
    """The next message of a kind; anything refused before it, or silence for long, is an error."""

    async def next_one() -> dict[str, Any]:
        with anyio.fail_after(60):
            return dict(await socket._send_rx.receive())

    while True:
        message = json.loads(socket.portal.call(next_one)["text"])
        if message["type"] == kind:
            return dict(message)
        assert message["type"] != "refused", message


def ended(socket: Any) -> tuple[int, list[dict[str, Any]]]:
    """The code with which a socket was closed, and what it said before."""
    messages = []
    try:
        while True:
            messages.append(socket.receive_json())
    except WebSocketDisconnect as end:
        return end.code, messages


# ---------------------------------------------------------------- a whole class


def test_a_game_from_the_first_page_to_the_debrief(teacher: TestClient) -> None:
    """Two students, twenty turns over sockets and HTTP by turns; then results for everybody, and the next class sees them."""
    code = opened(teacher, title="Tuesday")
    ann, ben = browser(teacher), browser(teacher)
    joined(ann, code, "Ann")
    joined(ben, code, "Ben")
    assert "2 students" in teacher.get(f"/class/{code}/teach").text
    with live(ann, code, 1) as one, live(ben, code, 2) as two:
        one.send_json({"type": "bet", "key": "bet-of-ann", "on": "actor:nato"})
        assert heard(one, "ack")["on"] == "actor:nato"
        command(teacher, code, "start")
        for number in range(1, 21):
            settled(ann, code, 1, lambda state, number=number: state["round"] == number and state["open"])
            one.send_json({"type": "move", "key": f"ann-{number:05}", "round": number, "action": "hold"})
            answer = heard(one, "ack")
            assert (answer["status"], answer["round"], answer["action"]) == (200, number, "hold")
            assert move(ben, code, 2, number, None, f"ben-{number:05}").status_code == 200
        settled(ann, code, 1, lambda state: state["over"])
        assert heard(two, "state")["parts"]
    assert "What you got" not in ann.get(f"/class/{code}/seat/1").text
    assert "Results</h2>" not in browser(teacher).get(f"/class/{code}/screen").text
    assert command(teacher, code, "reveal").status_code == 200
    for _ in range(200):
        page = ann.get(f"/class/{code}/seat/1").text
        if "What you got" in page:
            break
        time.sleep(0.02)
    assert "The moment that cost you most" in page
    assert "Unmasked" in page
    rows = list(csv.DictReader(io.StringIO(teacher.get(f"/class/{code}/teach/results.csv").text.removeprefix("\ufeff"))))
    came = "It came true." if rows[0]["came true"] == "NATO" else f"What came true: {rows[0]['came true']}."
    assert f"You had bet: NATO. {came}" in page
    assert "Results</h2>" in browser(teacher).get(f"/class/{code}/screen").text
    rows = list(csv.DictReader(io.StringIO(teacher.get(f"/class/{code}/teach/results.csv").text.removeprefix("\ufeff"))))
    assert [(row["student"], row["side"], row["moves"]) for row in rows] == [
        ("Ann", "nato", " ".join(["hold"] * 20)),
        ("Ben", "adversary", " ".join(["pass"] * 20)),
    ]
    got = re.search(r'<p class="big">([^<]+)</p>', page)
    assert got is not None
    assert float(got[1]) == pytest.approx(float(rows[0]["payoff"]), abs=0.006)
    assert command(teacher, code, "end").status_code == 200
    assert move(ann, code, 1, 21, None, "too-late-1").status_code == 409
    next_class = opened(teacher)
    robin = browser(teacher)
    joined(robin, next_class, "Robin")
    command(teacher, next_class, "start")
    for number in range(1, 21):
        settled(robin, next_class, 1, lambda state, number=number: state["round"] == number and state["open"])
        command(teacher, next_class, "close", round=str(number))
    settled(robin, next_class, 1, lambda state: state["phase"] == "finished")
    assert "last class" in teacher.get(f"/class/{next_class}/teach").text
    assert "Tuesday" in teacher.get(f"/class/{code}/teach").text


def test_without_sockets_forms_do(teacher: TestClient, pair: tuple[TestClient, TestClient], code: str) -> None:
    """A browser without scripts: the form of the page is sent, the page comes back and says what is kept."""
    ann, _ = pair
    page = ann.get(f"/class/{code}/seat/1").text
    fields = {"token": token_in(page), "round": "1", "action": "talk"}
    answer = ann.post(f"/class/{code}/seat/1/move", data=fields)
    assert answer.status_code == 200
    assert "Your move is kept" in answer.text
    assert settled(ann, code, 1, lambda state: state["voted"])["vote"] == "talk"
    # The back button brings the form again: to send it again changes the move, as long as the round is open.
    ann.post(f"/class/{code}/seat/1/move", data={**fields, "action": ""})
    assert settled(ann, code, 1, lambda state: state["vote"] is None)["voted"]


def test_a_phone_comes_back_to_its_seat(teacher: TestClient, pair: tuple[TestClient, TestClient], code: str) -> None:
    """With its cookie from the room's page, without it by its own code; and is told everything anew."""
    ann, _ = pair
    move(ann, code, 1, 1, "talk", "before-the-nap")
    assert "Go on as Ann" in ann.get(f"/class/{code}").text
    own = re.search(r'<strong class="code">([A-Z2-9]{8})</strong>', ann.get(f"/class/{code}/seat/1").text)
    assert own is not None
    assert own[1] in teacher.get(f"/class/{code}/teach").text
    other = browser(teacher)
    assert "Go on as" not in other.get(f"/class/{code}").text
    form = {"token": token_in(other.get(f"/class/{code}").text), "own": f" {own[1][:4].lower()} {own[1][4:]} "}
    answer = other.post(f"/class/{code}/back", data=form)
    assert str(answer.url).endswith(f"/class/{code}/seat/1")
    with live(other, code, 1) as socket:
        first = socket.receive_json()
        assert (first["state"]["voted"], first["state"]["vote"]) == (True, "talk")
        assert set(first["parts"]) == {"news", "status", "result", "bet", "move", "situation"}


def test_two_tabs_show_the_same(teacher: TestClient, pair: tuple[TestClient, TestClient], code: str) -> None:
    """What one tab sends, the other shows; and what is pending in both is done once."""
    ann, _ = pair
    with live(ann, code, 1) as one, live(ann, code, 1) as two:
        one.send_json({"type": "move", "key": "one-tab-key", "round": 1, "action": "talk"})
        two.send_json({"type": "move", "key": "one-tab-key", "round": 1, "action": "talk"})
        first, second = heard(one, "ack"), heard(two, "ack")
        assert first == second
        state = heard(two, "state")["state"]
        while not state["voted"]:
            state = heard(two, "state")["state"]


def test_the_instructor_leads(teacher: TestClient, pair: tuple[TestClient, TestClient], code: str) -> None:
    """Pause, more time, an announcement, the computer for somebody, back a round, sending out."""
    ann, ben = pair
    assert command(teacher, code, "pause").status_code == 200
    assert move(ann, code, 1, 1, "talk", "while-paused").status_code == 409
    assert command(teacher, code, "resume").status_code == 200
    left = state_of(ann, code, 1)["seconds_left"]
    assert command(teacher, code, "extend", seconds="100").status_code == 200
    assert 60 < state_of(ann, code, 1)["seconds_left"] - left <= 100
    assert command(teacher, code, "tell", text="Two minutes <left>").status_code == 200
    assert "Two minutes &lt;left&gt;" in ann.get(f"/class/{code}/seat/1").text
    assert command(teacher, code, "computer", student="2").status_code == 200
    assert move(ben, code, 2, 1, None, "no-more-me").status_code == 403
    assert command(teacher, code, "person", student="2").status_code == 200
    assert command(teacher, code, "close", round="1").status_code == 200
    assert command(teacher, code, "close", round="1").status_code == 409
    assert settled(ann, code, 1)["round"] == 2
    assert command(teacher, code, "back", round="1").status_code == 200
    assert settled(ann, code, 1, lambda state: state["round"] == 1 and state["open"])
    with live(ben, code, 2) as socket:
        socket.receive_json()
        assert command(teacher, code, "kick", student="2").status_code == 200
        assert ended(socket)[0] == 4403
    assert ben.get(f"/class/{code}/seat/2").status_code == 403


def test_the_projector_shows_no_secrets(teacher: TestClient, pair: tuple[TestClient, TestClient], code: str) -> None:
    """No token, no student's own code, nobody's move, no payoff, no commands - to whoever only knows the code."""
    ann, _ = pair
    move(ann, code, 1, 1, "publish", "the-secret-move")
    own = re.findall(r'class="code">([A-Z2-9]{8})<', teacher.get(f"/class/{code}/teach").text)
    assert len(own) == 2
    page = browser(teacher).get(f"/class/{code}/screen").text
    assert code in page
    assert 'name="token"' not in page
    assert "<svg" in page
    assert not [secret for secret in (*own, "ublish", "Results", "against the model") if secret in page]


def test_homework_needs_no_instructor(teacher: TestClient) -> None:
    """Whoever joins plays at once, alone, and is debriefed when their own game is over."""
    code = opened(teacher, mode="homework", **{"side-nato": "yes"})
    ann = browser(teacher)
    joined(ann, code, "Ann")
    for number in range(1, 21):
        settled(ann, code, 1, lambda state, number=number: state["over"] or (state["round"] == number and state["open"]))
        if number == 1:
            page = unescape(ann.get(f"/class/{code}/seat/1").text)
            assert "Take its ground-launched missiles down: only when \"NATO's ground-launched missiles in Europe\"" in page
        if move(ann, code, 1, number, "hold", f"homework-{number}").status_code == 409:
            break
    assert settled(ann, code, 1, lambda state: state["over"])["side"] == "nato"
    for _ in range(200):
        page = ann.get(f"/class/{code}/seat/1").text
        if "What you got" in page:
            break
        time.sleep(0.02)
    shown = unescape(page)
    assert 'was played by the computer: Keep to the treaty and accept inspections (always "Dismantle every' in shown


# ---------------------------------------------------------------- hostile: names and tables


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "O'Brien <3 & Ñandú 李", '"><script>x</script>', "{{ 7*7 }}"])
def test_names_are_text_everywhere(teacher: TestClient, code: str, name: str) -> None:
    """O-W01, O-W14 and twins: on the phone, the board, the projector and in the table a name is what was typed."""
    student = browser(teacher)
    joined(student, code, name)
    pages = [
        student.get(f"/class/{code}/seat/1").text,
        teacher.get(f"/class/{code}/teach").text,
        teacher.get(f"/class/{code}/screen").text,
        student.get(f"/class/{code}").text,
    ]
    with teacher.websocket_connect(f"{SOCKETS}/class/{code}/teach/live") as socket:
        pages.append("".join(socket.receive_json()["parts"].values()))
    for page in pages:
        assert name in unescape(re.sub(r"<[^>]*>", "", page))
        if "<" in name:
            assert name not in page
    rows = list(csv.reader(io.StringIO(teacher.get(f"/class/{code}/teach/results.csv").text)))
    assert rows[1][0] == name


def test_names_that_cannot_be_shown_are_refused(teacher: TestClient, code: str) -> None:
    """422, and nobody has joined."""
    student = browser(teacher)
    for name in ("", " ", "a\u202eb", "a" * 41, "a\x00b", "e" + "\u0301" * 6):
        form = {"token": token_in(student.get(f"/class/{code}").text), "name": name}
        assert student.post(f"/class/{code}/join", data=form).status_code == 422
    assert "Nobody is here yet" in teacher.get(f"/class/{code}/teach").text


def test_no_cell_is_a_formula(teacher: TestClient, code: str) -> None:
    """O-W12 and twins: a cell that begins like a formula is text, with the name after an apostrophe."""
    names = ['=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", " =1", "\uff1d1+1", "|cmd"]
    for name in names:
        joined(browser(teacher), code, name)
    answer = teacher.get(f"/class/{code}/teach/results.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert [row[0] for row in rows[1:]] == [f"'{name.strip()}" for name in names]


def test_cells_that_are_no_formulas_stay() -> None:
    """Numbers below 0 too: they are numbers."""
    assert [neutral(cell) for cell in ("Ann", -1.5, "a=b", "")] == ["Ann", -1.5, "a=b", ""]
    assert [neutral(cell) for cell in ("\t=1", "\u00a0@x")] == ["'\t=1", "'\u00a0@x"]


# ---------------------------------------------------------------- hostile: sizes and shapes


def test_a_large_upload_is_refused_before_it_is_read(teacher: TestClient) -> None:
    """O-W02: 50 MiB of scenario; and a twin that does not say how long it is."""
    token = token_in(teacher.get("/scenario").text)
    big = teacher.post("/scenario", data={"token": token}, files={"file": ("big.yaml", b"#" * 50 * 2**20)})
    assert big.status_code == 413

    def endless() -> Iterator[bytes]:
        for _ in range(5_000):
            yield b"#" * 10_000

    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert teacher.post("/class/new", content=endless(), headers=headers).status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/results/../../etc/passwd",
        "/results/%2e%2e/%2e%2e/etc/passwd",
        "/class/../../etc/passwd",
        "/class/{code}/teach/results.csv/../../../x",
        "/class/{code}/seat/1/../../../../etc/passwd",
        "/class/{code}/seat/-1",
        "/class/{code}/seat/99999999999999999999",
        "/class/{code}/teach/classes.sqlite",
        "/classroom/secret",
    ],
)
def test_no_path_leads_to_a_file(teacher: TestClient, waiting: tuple[str, TestClient], path: str) -> None:
    """O-W03 and twins."""
    answer = teacher.get(path.replace("{code}", waiting[0]))
    assert answer.status_code in (404, 405)
    assert "root:" not in answer.text


BODIES = [
    ("[" * 10_000 + "]" * 10_000, 400),
    ('{"a":' * 10_000 + "1" + "}" * 10_000, 400),
    ('{"key": "12345678", "key": "12345679"}', 400),
    ("", 400),
    ("\x00", 400),
    ("[]", 422),
    ("null", 422),
    ('{"key": 5, "round": 1, "action": null}', 422),
    ('{"key": "12345678", "round": NaN, "action": null}', 400),
    ('{"key": "12345678", "round": 1e999, "action": null}', 422),
    ('{"key": "12345678", "round": true, "action": null}', 422),
    ('{"key": "12345678", "round": 1, "action": ["hold"]}', 422),
    ('{"key": "x", "round": 1, "action": null}', 422),
    ('{"key": "' + "x" * 70_000 + '"}', 413),
]
"""What is no move, and with which status it is refused."""


def test_json_of_all_kinds(teacher: TestClient, pair: tuple[TestClient, TestClient], code: str) -> None:
    """O-W13 and twins: refused with a sentence, over HTTP and over a socket, and the game goes on."""
    ann, _ = pair
    headers = {"content-type": "application/json", "accept": "application/json"}
    for number, (body, status) in enumerate(BODIES):
        answer = ann.post(f"/class/{code}/seat/1/move", content=body.encode(), headers=headers)
        assert answer.status_code == status, body[:80]
        assert answer.json()["error"]
        if status == 413:
            continue
        with live(ann, code, 1) as socket:
            socket.send_text(body)
            assert heard(socket, "refused")["status"] == (422 if status == 422 else 400), body[:80]
            socket.send_json({"type": "move", "key": f"after-nonsense-{number}", "round": 1, "action": "talk"})
            assert heard(socket, "ack")["action"] == "talk"


@pytest.mark.parametrize("sent", ["x" * 2**20, b"x" * 2**20, "李" * 30_000], ids=["text", "bytes", "letters"])
def test_a_large_message_ends_its_socket_alone(teacher: TestClient, pair: tuple[TestClient, TestClient], code: str, sent: Any) -> None:
    """O-W10 and twins: closed with 1009; the other student does not notice."""
    ann, ben = pair
    with live(ben, code, 2) as quiet, live(ann, code, 1) as socket:
        if isinstance(sent, bytes):
            socket.send_bytes(sent)
        else:
            socket.send_text(sent)
        assert ended(socket)[0] == 1009
        quiet.send_json({"type": "move", "key": "still-here", "round": 1, "action": "hold"})
        assert heard(quiet, "ack")["action"] == "hold"


def test_bytes_are_refused_and_the_socket_lives(teacher: TestClient, pair: tuple[TestClient, TestClient], code: str) -> None:
    """Messages are text."""
    with live(pair[0], code, 1) as socket:
        socket.send_bytes(b"\x00\xff")
        assert heard(socket, "refused")["status"] == 400
        socket.send_json({"type": "move", "key": "text-now-1", "round": 1, "action": "talk"})
        assert heard(socket, "ack")


def test_a_flood_is_refused_and_then_cut_off(teacher: TestClient, pair: tuple[TestClient, TestClient], code: str) -> None:
    """429 beyond a burst, 1008 for whoever goes on; the other student's move is acknowledged meanwhile."""
    ann, ben = pair
    with live(ben, code, 2) as quiet, live(ann, code, 1) as socket:
        began = time.monotonic()
        for number in range(140):
            socket.send_json({"type": "move", "key": f"flood-{number:04}", "round": 1, "action": "talk"})
        quiet.send_json({"type": "move", "key": "undisturbed", "round": 1, "action": "hold"})
        assert heard(quiet, "ack")
        closed, messages = ended(socket)
        assert closed == 1008
        statuses = [message["status"] for message in messages if message["type"] in ("ack", "refused")]
        assert statuses.count(429) >= 60
        assert 40 <= len(statuses) - statuses.count(429) <= 41 + 4 * (time.monotonic() - began)


def test_a_seat_has_few_sockets(teacher: TestClient, pair: tuple[TestClient, TestClient], code: str) -> None:
    """The oldest goes, with 4409, so that a phone that comes back is never locked out by its own dead sockets."""
    ann, _ = pair
    sockets = [live(ann, code, 1) for _ in range(MOST_A_SEAT + 1)]
    opened_ones = [socket.__enter__() for socket in sockets]
    try:
        for socket in opened_ones:
            socket.receive_json()
        assert ended(opened_ones[0])[0] == 4409
        opened_ones[-1].send_json({"type": "move", "key": "the-last-one", "round": 1, "action": "talk"})
        assert heard(opened_ones[-1], "ack")
    finally:
        for socket in sockets:
            socket.__exit__(None, None, None)


# ---------------------------------------------------------------- hostile: who is who


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:8001", "https://localhost:8000", "null", ""])
@pytest.mark.parametrize("path", ["seat/1/live", "teach/live", "screen/live"])
def test_sockets_of_other_sites_are_refused(
    teacher: TestClient, waiting: tuple[str, TestClient], origin: str, path: str
) -> None:
    """O-W04 and twins: 403 with the right cookies, too; with our own origin they open."""
    code, ann = waiting
    who = teacher if path == "teach/live" else ann
    with pytest.raises(WebSocketDenialResponse) as denied, who.websocket_connect(f"{SOCKETS}/class/{code}/{path}", headers={"origin": origin}):
        pass
    assert denied.value.status_code == 403
    with who.websocket_connect(f"{SOCKETS}/class/{code}/{path}", headers={"origin": "http://localhost:8000"}) as socket:
        assert socket.receive_json()["type"] == "state"


@pytest.mark.parametrize("what", ["start", "close", "kick", "end", "tell", "robots", "test"])
def test_forms_of_other_sites_are_refused(teacher: TestClient, waiting: tuple[str, TestClient], what: str) -> None:
    """O-W05 and twins: 403 with the instructor's cookie and even the page's token; without the token, from here, too."""
    code, _ = waiting
    token = token_in(teacher.get(f"/class/{code}/teach").text)
    fields = {"token": token, "round": "1", "student": "1", "text": "x", "count": "1"}
    path = f"/class/{code}/teach/{what}"
    assert teacher.post(path, data=fields, headers=EVIL).status_code == 403
    assert teacher.post(path, data=fields, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert teacher.post(path, data={**fields, "token": ""}).status_code == 403
    other = token_in(browser(teacher).get(f"/class/{code}").text)
    assert teacher.post(path, data={**fields, "token": other}).status_code == 403
    assert "Waiting room" in teacher.get(f"/class/{code}/teach").text
    assert "Ann" in teacher.get(f"/class/{code}/teach").text


@pytest.mark.parametrize("what", ["start", "close", "extend", "pause", "back", "kick", "computer", "tell", "robots", "reveal", "end", "test"])
def test_students_are_no_instructors(teacher: TestClient, waiting: tuple[str, TestClient], what: str) -> None:
    """O-W08 and twins: every command of an instructor's is 403 to a student, and nothing happens."""
    code, ann = waiting
    before = teacher.get(f"/class/{code}/teach/results.csv").text
    fields = {"token": token_in(ann.get(f"/class/{code}").text), "round": "1", "student": "1", "text": "x", "count": "1", "seconds": "9"}
    assert ann.post(f"/class/{code}/teach/{what}", data=fields).status_code == 403
    assert ann.get(f"/class/{code}/teach").status_code == 403
    assert ann.get(f"/class/{code}/teach/results.csv").status_code == 403
    assert ann.get("/class/new").status_code == 403
    assert ann.post("/class/new", data=fields).status_code == 403
    with pytest.raises(WebSocketDenialResponse) as denied, ann.websocket_connect(f"{SOCKETS}/class/{code}/teach/live"):
        pass
    assert denied.value.status_code == 403
    assert teacher.get(f"/class/{code}/teach/results.csv").text == before


def test_nobody_sits_in_another_ones_seat(teacher: TestClient, pair: tuple[TestClient, TestClient], code: str) -> None:
    """Without its cookie, with another room's, with one that was changed: 403 to pages, moves and sockets."""
    ann, ben = pair
    name = f"seat-{code}-1"
    good = ann.cookies[name]
    for forged in ("", good[:-2] + "AA", ben.cookies[f"seat-{code}-2"], teacher.cookies["host"]):
        thief = browser(teacher)
        thief.cookies.set(name, forged)
        assert thief.get(f"/class/{code}/seat/1").status_code == 403
        assert move(thief, code, 1, 1, "talk", "stolen-move").status_code == 403
        with pytest.raises(WebSocketDenialResponse) as denied, live(thief, code, 1):
            pass
        assert denied.value.status_code == 403
    elsewhere = opened(teacher)
    joined(browser(teacher), elsewhere, "Eve")
    eve = browser(teacher)
    eve.cookies.set(f"seat-{elsewhere}-1", good)
    assert eve.get(f"/class/{elsewhere}/seat/1").status_code == 403
    assert not state_of(ann, code, 1)["voted"]


def test_the_instructors_link_lets_in_and_nothing_like_it(teacher: TestClient) -> None:
    """A token of 128 bits that can be used again; of which the server keeps a hash alone."""
    page = teacher.post("/class/new", data={"token": token_in(teacher.get("/class").text), "scenario": "inf-2018", "seconds": "0", "per_side": "1"})
    code, token = re.search(r"/class/([A-Z2-9]{6})/teach\?key=([\w-]+)", page.text).groups()  # type: ignore[union-attr]
    assert len(token) >= 22  # 128 bits in letters of 6
    for wrong in ("", "x", token[:-1], token.swapcase(), KEY):
        stranger = browser(teacher)
        assert stranger.get(f"/class/{code}/teach?key={wrong}").status_code == 403
        assert stranger.get(f"/class/{code}/teach").status_code == 403
    for _ in range(2):
        second = browser(teacher)
        answer = second.get(f"/class/{code}/teach?key={token}")
        assert answer.status_code == 200
        assert "key=" not in str(answer.url)
    assert token not in str(vars(teacher.app)) + teacher.get(f"/class/{code}/teach").text
    assert browser(teacher).get("/class/host?key=wrong").status_code == 403


def test_cookies_are_kept_from_scripts_and_other_sites(teacher: TestClient, code: str) -> None:
    """HttpOnly and SameSite, and no token in an address that stays in a history."""
    student = browser(teacher)
    student.follow_redirects = False
    token = token_in(student.get(f"/class/{code}").text)
    answer = student.post(f"/class/{code}/join", data={"token": token, "name": "Ann"})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert re.fullmatch(rf"/class/{code}/seat/1", answer.headers["location"])


# ---------------------------------------------------------------- hostile: guessing, once and again, too late


def test_a_school_behind_one_address_joins_while_somebody_guesses(teacher: TestClient, code: str) -> None:
    """O-W06: of 1,000 wrong codes all but some are 429; meanwhile 30 students of the same address join and none waits."""
    guesser, statuses = browser(teacher), []
    letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
    students = [browser(teacher) for _ in range(30)]
    for number in range(1_000):
        guess = "".join(letters[number // 31**place % 31] for place in range(6))
        statuses.append(guesser.get(f"/class/{guess}").status_code)
        if number % 33 == 32:
            assert joined(students[number // 33], code, f"Student {number // 33}") == number // 33 + 1
    assert set(statuses) == {404, 429}
    assert statuses[:10] == [404] * 10
    assert statuses.count(404) < 200
    form = {"token": token_in(guesser.get("/class").text), "code": "ZZZZZZ"}
    assert guesser.post("/class/find", data=form).status_code in (404, 429)
    assert guesser.post("/class/find", data={**form, "code": f" {code[:3].lower()}-{code[3:]}"}).status_code == 200


def test_own_codes_cannot_be_guessed(teacher: TestClient, pair: tuple[TestClient, TestClient], code: str) -> None:
    """A twin: 404 some times, then 429; and the right one still brings its student back."""
    own = re.search(r'<strong class="code">([A-Z2-9]{8})</strong>', pair[0].get(f"/class/{code}/seat/1").text)
    assert own is not None
    thief = browser(teacher)
    form = {"token": token_in(thief.get(f"/class/{code}").text)}
    statuses = [
        thief.post(f"/class/{code}/back", data={**form, "own": f"AAAA{number:04}"}).status_code for number in range(60)
    ]
    assert statuses[0] == 404
    assert statuses[-1] == 429
    assert statuses.count(404) <= 30
    back = browser(teacher)
    answer = back.post(f"/class/{code}/back", data={"token": token_in(back.get(f"/class/{code}").text), "own": own[1]})
    assert answer.status_code == 200


def test_one_key_is_one_move(teacher: TestClient, pair: tuple[TestClient, TestClient], code: str) -> None:
    """O-W07 and twins: three times over HTTP, over a socket, with other words, after the round: one answer, one move."""
    ann, ben = pair
    answers = [move(ann, code, 1, 1, "talk", "the-same-key") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[0].json()["action"] == "talk"
    with live(ann, code, 1) as socket:
        socket.send_json({"type": "move", "key": "the-same-key", "round": 1, "action": "hold"})
        over_socket = heard(socket, "ack")
    move(ben, code, 2, 1, "hold", "the-same-key")
    settled(ann, code, 1, lambda state: state["round"] == 2 and state["open"])
    late = move(ann, code, 1, 1, "talk", "the-same-key")
    assert [*(answer.json() for answer in answers), over_socket, late.json()] == [answers[0].json()] * 5
    rows = list(csv.DictReader(io.StringIO(teacher.get(f"/class/{code}/teach/results.csv").text.removeprefix("\ufeff"))))
    assert [row["moves"] for row in rows] == ["talk", "hold"]


def test_a_closed_turn_takes_no_moves(teacher: TestClient, pair: tuple[TestClient, TestClient], code: str) -> None:
    """O-W09 and twins: 409 for a closed round, for one to come, for a bet too late - over HTTP, by form and over a socket."""
    ann, _ = pair
    command(teacher, code, "close", round="1")
    settled(ann, code, 1, lambda state: state["round"] == 2 and state["open"])
    assert move(ann, code, 1, 1, "talk", "too-late-key").status_code == 409
    assert move(ann, code, 1, 3, "talk", "too-soon-key").status_code == 409
    token = token_in(ann.get(f"/class/{code}/seat/1").text)
    assert ann.post(f"/class/{code}/seat/1/move", data={"token": token, "round": "1", "action": "talk"}).status_code == 409
    assert ann.post(f"/class/{code}/seat/1/bet", json={"key": "a-late-bet", "on": "all"}).status_code == 409
    with live(ann, code, 1) as socket:
        socket.send_json({"type": "move", "key": "late-again", "round": 1, "action": "talk"})
        refusal = heard(socket, "refused")
        assert (refusal["status"], refusal["key"]) == (409, "late-again")
    assert not state_of(ann, code, 1)["voted"]


def test_two_hundred_join_at_once(teacher: TestClient, code: str) -> None:
    """O-W11: 200 joins within moments give 200 seats, each its own, in pairs; the 401st student of a room is told it is full."""
    form = {"token": token_in(teacher.get(f"/class/{code}").text)}
    cookies = dict(teacher.cookies)

    async def all_of_them() -> list[int]:
        transport = httpx.ASGITransport(teacher.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", cookies=cookies) as client:
            answers = await asyncio.gather(*(client.post(f"/class/{code}/join", data={**form, "name": f"S {n}"}) for n in range(200)))
        return [int(str(answer.headers["location"]).rpartition("/")[2]) for answer in answers]

    assert teacher.portal is not None
    began = time.perf_counter()
    seats = teacher.portal.call(all_of_them)
    assert time.perf_counter() - began < 10.0  # some tenths on an idle machine
    assert sorted(seats) == list(range(1, 201))
    rows = list(csv.DictReader(io.StringIO(teacher.get(f"/class/{code}/teach/results.csv").text.removeprefix("\ufeff"))))
    assert len({row["student"] for row in rows}) == 200
    assert command(teacher, code, "start").status_code == 200
    rows = list(csv.DictReader(io.StringIO(teacher.get(f"/class/{code}/teach/results.csv").text.removeprefix("\ufeff"))))
    assert len({(row["table"], row["side"]) for row in rows}) == 200


def test_threads_of_browsers_get_seats_of_their_own(teacher: TestClient, code: str) -> None:
    """A twin: twelve browsers of their own at the same moment."""
    with ThreadPoolExecutor(12) as pool:
        seats = list(pool.map(lambda number: joined(browser(teacher), code, f"B {number}"), range(12)))
    assert sorted(seats) == list(range(1, 13))
