"""The page on threats names tests that are there; and promises of the real server: killed, reached, filled with rooms."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from sim.classroom import hub as hubs
from sim.classroom.hub import Hub
from sim.classroom.room.refused import Refused
from sim.classroom.server import open_port
from tests.classroom.classes import Times, opened, served
from tests.classroom.serving import link
from tests.classroom.serving import served as serving
from tests.classroom.site import token_in

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "explanation" / "web-threats.md").read_text(encoding="utf-8")


def there() -> set[str]:
    """The names of all tests of the web application."""
    files = [*(ROOT / "tests" / "classroom").glob("test_*.py"), *(ROOT / "tests" / "commands").glob("test_*.py")]
    return {name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)}


def test_every_test_that_the_page_names_is_there() -> None:
    """And every row of its tables names one."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| topic")]
    assert len(rows) >= 25
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row.split("|")[4])
        assert named, row
        assert set(named) <= there(), row


def test_it_listens_on_this_machine_alone_unless_told() -> None:
    """Loopback without ``--lan``, every address with it."""
    with open_port(0, everywhere=False) as port:
        assert port.getsockname()[0] == "127.0.0.1"
    with open_port(0, everywhere=True) as port:
        assert port.getsockname()[0] in ("::", "0.0.0.0")


@pytest.mark.parametrize("everywhere", [False, True])
def test_no_piece_of_a_page_waits_for_a_receipt(everywhere: bool) -> None:
    """What is sent in two pieces goes out at once: without TCP_NODELAY the second waits 40 ms on some systems."""
    with open_port(0, everywhere=everywhere) as port, socket.create_connection(("127.0.0.1", port.getsockname()[1])):
        visitor, _ = port.accept()
        with visitor:
            assert visitor.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_server_has_so_many_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    """429 beyond; a room that was put away makes place."""
    monkeypatch.setattr(hubs, "MOST_ROOMS", 2)

    async def play(hub: Hub, clock: Times) -> None:
        first, _ = await opened(hub), await opened(hub)
        with pytest.raises(Refused) as refusal:
            await opened(hub)
        assert refusal.value.status == 429
        await hub.put_away(first)
        await opened(hub)

    served(None, play)


def _room(client: httpx.Client, lines: list[str]) -> str:
    host = next(line.strip() for line in lines if "/class/host?key=" in line)
    page = client.get(host, follow_redirects=True).text
    form = {"token": token_in(page), "scenario": "inf-2018", "seconds": "0", "per_side": "1", "early": "yes"}
    answer = client.post("/class/new", data=form)
    return re.search(r'/class/([A-Z2-9]{6})/teach"', answer.text)[1]  # type: ignore[index]


def _join(address: str, code: str, name: str) -> httpx.Client:
    client = httpx.Client(base_url=address, timeout=30)
    form = {"token": token_in(client.get(f"/class/{code}").text), "name": name}
    assert client.post(f"/class/{code}/join", data=form).status_code == 303
    return client


def test_a_server_killed_in_mid_turn_comes_back_with_every_move(tmp_path: Path) -> None:
    """kill -9 while twelve students send moves without pause: whatever was acknowledged is there, with the same words."""
    acknowledged: list[tuple[int, dict[str, Any], dict[str, Any]]] = []

    def send_on(student: httpx.Client, code: str, number: int) -> None:
        place = 0
        try:
            while True:
                place += 1
                sent = {"key": f"student-{number}-{place:04}", "round": 1, "action": ("talk", "hold")[place % 2]}
                answer = student.post(f"/class/{code}/seat/{number}/move", json=sent)
                if answer.status_code == 200:
                    acknowledged.append((number, sent, answer.json()))
        except httpx.HTTPError:
            return

    with serving(tmp_path) as (process, lines):
        address = link(lines)
        teacher = httpx.Client(base_url=address, timeout=30)
        code = _room(teacher, lines)
        students = [_join(address, code, f"Student {number}") for number in range(1, 13)]
        board = teacher.get(f"/class/{code}/teach").text
        # Thirteen sit at seven tables, and the last decides never, so that the round stays open.
        students.append(_join(address, code, "Thirteen"))
        assert teacher.post(f"/class/{code}/teach/start", data={"token": token_in(board)}).status_code == 303
        threads = [
            threading.Thread(target=send_on, args=(student, code, number), daemon=True)
            for number, student in enumerate(students[:12], 1)
            if number % 2  # the odd ones are NATO's, whose actions these are
        ]
        for thread in threads:
            thread.start()
        while len(acknowledged) < 60:
            threading.Event().wait(0.01)
        process.send_signal(signal.SIGKILL)
        for thread in threads:
            thread.join()
    assert len(acknowledged) >= 60
    port = address.rstrip("/").rpartition(":")[2]
    with serving(tmp_path, "--port", port):
        for number, sent, answer in acknowledged:
            again = students[number - 1].post(f"/class/{code}/seat/{number}/move", json=sent)
            assert (again.status_code, again.json()) == (200, answer)
        assert "Decided: 6 of 13" in teacher.get(f"/class/{code}/teach").text
    for client in (teacher, *students):
        client.close()


def test_the_event_loop_is_not_held_up(tmp_path: Path) -> None:
    """While a class of forty robots is played on, the loop that takes moves gets its turn all the time."""

    async def play(hub: Hub, clock: Times) -> None:
        from sim.classroom.room import asked
        from tests.classroom.classes import quiet

        running = await opened(hub, seats=100)
        await hub.do(running, lambda room: asked.robots(room, 40))
        await hub.do(running, asked.start)
        beats, ended = 0, False

        async def beat() -> None:
            nonlocal beats
            while not ended:
                beats += 1
                await asyncio.sleep(0)

        beating = asyncio.create_task(beat())
        await quiet(running)
        ended = True
        await beating
        assert running.ready
        # At least once for each group of games: with play in the loop itself there would be one or two beats in all.
        assert beats >= 5

    served(tmp_path / "classes", play)
