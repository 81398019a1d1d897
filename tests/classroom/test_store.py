"""What is acknowledged is on the disk, once, in order; and a server that is brought back knows all of it."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import wait
from pathlib import Path
from typing import Any

import pytest

from sim.classroom import store as stores
from sim.classroom.hub import Hub
from sim.classroom.room import asked
from sim.classroom.room.refused import Refused
from sim.classroom.room.state import FINISHED, PLAYING, Event
from sim.classroom.running import Running
from sim.classroom.store import Store
from sim.errors import ArchiveError, ResourceError
from tests.classroom.classes import Times, opened, quiet, served, told


def event(number: int, key: str | None = None) -> Event:
    return Event(number, 5.0, "told", {"text": f"{number}"}, key)


def test_events_come_back_in_order_as_they_were(tmp_path: Path) -> None:
    """From another process's point of view: the store is opened again."""
    path = tmp_path / stores.FILE
    store = Store(path)
    wait([store.keep("A", [event(1), event(2, "k")]), store.keep("B", [event(1)]), store.keep("A", [event(3)])])
    store.close()
    again = Store(path)
    assert again.events("A") == [event(1), event(2, "k"), event(3)]
    assert again.rooms() == ["A", "B"]
    again.keep("A", [Event(4, 6.0, "ended", {"results": {"title": "A"}})]).result()
    assert (again.rooms(), again.last_results()) == (["B"], [{"title": "A"}])
    again.close()
    assert path.stat().st_mode & 0o077 == 0


def test_what_comes_while_the_disk_is_busy_is_written_together(tmp_path: Path) -> None:
    """A thousand requests need far fewer commits, and every promise is kept."""
    store = Store(tmp_path / stores.FILE)
    promises = [store.keep("A", [event(number)]) for number in range(1, 1001)]
    wait(promises)
    assert [promise.exception() for promise in promises] == [None] * 1000
    assert store.commits < 200
    assert len(store.events("A")) == 1000
    store.close()


def test_commits_reach_the_disk(tmp_path: Path) -> None:
    """The journal is a write-ahead log that is synchronised at every commit."""
    store = Store(tmp_path / stores.FILE)
    assert store._disk.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._disk.execute("PRAGMA synchronous").fetchone() == (2,)
    store.close()


def test_what_nobody_waits_for_is_kept_and_the_writer_goes_on(tmp_path: Path) -> None:
    """A promise can be taken back by a request that was cut off; a number that is none fails alone."""
    store = Store(tmp_path / stores.FILE)
    with store._reading:
        # The first request holds the writer up, so that the second is taken back before it is looked at.
        first = store.keep("A", [event(1)])
        time.sleep(0.05)
        second = store.keep("A", [event(2)])
        assert second.cancel()
    third, strange = store.keep("A", [event(3)]), store.keep("B", [Event(1, 5.0, "told", {"x": float("nan")}, None)])
    wait([first, third, strange], timeout=10)
    assert (first.exception(), third.exception()) == (None, None)
    assert isinstance(strange.exception(), ResourceError)
    assert [each.number for each in store.events("A")] == [1, 2, 3]
    store.close()


def test_a_key_is_used_once_in_a_room(tmp_path: Path) -> None:
    """The disk itself refuses a second one; others in the same batch are not touched by that."""
    store = Store(tmp_path / stores.FILE)
    store.keep("A", [event(1, "k")]).result()
    twice, other = store.keep("A", [event(2, "k")]), store.keep("B", [event(1, "k")])
    assert isinstance(twice.exception(), ResourceError)
    assert other.exception() is None
    store.close()


def test_nothing_follows_what_could_not_be_kept(tmp_path: Path) -> None:
    """Where one event of a room fails, those after it that were on their way fail too; the log has no gap."""
    store = Store(tmp_path / stores.FILE)
    store.keep("A", [event(1)]).result()
    promises = [store.keep("A", [event(3)]), store.keep("A", [event(4)])]
    assert all(isinstance(promise.exception(), ResourceError) for promise in promises)
    assert store.keep("A", [event(2)]).exception() is None
    assert [each.number for each in store.events("A")] == [1, 2]
    store.close()


def test_a_second_server_on_the_same_store_is_refused(tmp_path: Path) -> None:
    """Two of them would contradict each other."""
    first = Store(tmp_path / stores.FILE)
    with pytest.raises(ArchiveError, match="another server uses them"):
        Store(tmp_path / stores.FILE)
    first.close()
    Store(tmp_path / stores.FILE).close()


def test_what_is_no_store_or_a_newer_one_is_left_alone(tmp_path: Path) -> None:
    """Told as an error of ours, and not a byte is changed."""
    text = tmp_path / "text"
    text.write_bytes(b"nothing like it" * 99)
    with pytest.raises(ArchiveError, match="cannot be kept here"):
        Store(text)
    assert text.read_bytes() == b"nothing like it" * 99
    newer = tmp_path / "newer"
    with sqlite3.connect(newer) as disk:
        disk.execute(f"PRAGMA user_version = {stores.VERSION + 1}")
    disk.close()
    with pytest.raises(ArchiveError, match="newer"):
        Store(newer)


# ---------------------------------------------------------------- with rooms


async def _class(hub: Hub, *names: str, **more: Any) -> Running:
    running = await opened(hub, **more)
    for name in names:
        await hub.do(running, lambda room, name=name: asked.join(room, name))
    await hub.do(running, asked.start)
    await quiet(running)
    return running


async def _move(hub: Hub, running: Running, student: int, number: int, action: str | None, key: str) -> Event:
    return await hub.do(running, lambda room: asked.move(room, student, number, action), key)


def test_a_move_sent_three_times_counts_once() -> None:
    """At once and after the round has closed: the same answer each time, and one line in the log."""

    async def play(hub: Hub, clock: Times) -> None:
        running = await _class(hub, "Ann", "Ben")
        answers = await asyncio.gather(*(_move(hub, running, 1, 1, "watch", "1:k") for _ in range(3)))
        await _move(hub, running, 2, 1, "arm", "2:k")
        await quiet(running)
        assert running.room.round == 2
        answers.append(await _move(hub, running, 1, 1, "watch", "1:k"))
        assert answers == [answers[0]] * 4
        kept = hub.store.events(running.room.code)
        assert [each.key for each in kept if each.kind == "moved"] == ["1:k", "2:k"]
        assert running.room.tables[0].steps[0].moves == {"north": "watch", "south": "arm"}

    served(None, play)


def test_a_round_closes_when_everybody_has_decided_or_its_time_is_up() -> None:
    """By the clock that is given; until the end of the game, which is found by itself."""

    async def play(hub: Hub, clock: Times) -> None:
        running = await _class(hub, "Ann", "Ben", "Cem")
        for student, action in ((1, "watch"), (2, "arm"), (3, "build")):
            assert running.room.round == 1
            await _move(hub, running, student, 1, action, f"{student}")
        await quiet(running)
        assert running.room.round == 2
        clock.now += 59
        await hub.tick()
        assert running.room.round == 2
        clock.now += 1
        for number in range(2, 6):
            await hub.tick()
            await quiet(running)
            clock.now += 60
            assert running.room.round == number + 1
        assert running.room.phase == FINISHED
        kinds = [each.kind for each in hub.store.events(running.room.code)]
        assert kinds[-6:] == ["closed"] * 5 + ["finished"]

    served(None, play)


def test_robots_play_a_whole_game_alone() -> None:
    """A rehearsal: nobody else is there, and every round closes by itself. The log alone tells the same game."""

    async def play(hub: Hub, clock: Times) -> Running:
        running = await opened(hub, per_side=2)
        await hub.do(running, lambda room: asked.robots(room, 9))
        await hub.do(running, asked.start)
        for _ in range(60):
            clock.now += 1
            await quiet(running)
            await hub.tick()
        assert running.room.phase == FINISHED
        assert all(student.bet for student in running.room.students.values())
        return running

    one, two = served(None, play), served(None, play)
    moves = [[dict(step.moves) for step in table.steps] for table in one.room.tables]
    assert moves == [[dict(step.moves) for step in table.steps] for table in two.room.tables]
    assert len({str(step) for table in moves for step in table}) > 3


def test_a_server_brought_back_knows_everything(tmp_path: Path) -> None:
    """Rooms, seats, votes of the open round, keys; and the round gets time for people to come back."""
    path = tmp_path / stores.FILE
    clock = Times()

    async def before(hub: Hub, clock: Times) -> dict[str, Any]:
        running = await _class(hub, "Ann", "Ben", "Cem")
        await _move(hub, running, 1, 1, "watch", "1:k")
        return {**told(running.room), "views": running.room.tables[0].position.views["north"].to_dict()}  # type: ignore[union-attr]

    known = served(path, before, clock)
    clock.now += 300

    async def after(hub: Hub, clock: Times) -> dict[str, Any]:
        (running,) = hub.rooms.values()
        await quiet(running)
        assert (await _move(hub, running, 1, 1, "watch", "1:k")).body["action"] == "watch"
        assert running.waited == {2, 3}
        return {**told(running.room), "views": running.room.tables[0].position.views["north"].to_dict()}  # type: ignore[union-attr]

    found = served(path, after, clock)
    assert found.pop("deadline") == clock.now + 30
    assert found.pop("last") == known.pop("last") + 1
    known.pop("deadline")
    assert found == known


def test_a_class_that_was_put_away_is_let_go_of_and_read_again() -> None:
    """Once another room is opened, unless somebody looks on; whoever comes back to it finds it as it was."""

    async def play(hub: Hub, clock: Times) -> None:
        running = await _class(hub, "Ann", "Ben")
        code = running.room.code
        await _move(hub, running, 1, 1, "watch", "1:k")
        await hub.put_away(running)
        await quiet(running)
        before = told(running.room)
        other = await opened(hub)
        assert set(hub.rooms) == {other.room.code}
        again = await hub.room(code)
        assert again is not None
        assert told(again.room) == before
        await opened(hub)
        assert code not in hub.rooms

    served(None, play)


def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """507 while it is full, the room as it was before; and play goes on when there is space."""

    async def play(hub: Hub, clock: Times) -> None:
        running = await _class(hub, "Ann", "Ben")
        pages = hub.store._disk.execute("PRAGMA page_count").fetchone()[0]
        await _move(hub, running, 1, 1, "watch", "1:a")
        hub.store._disk.execute(f"PRAGMA max_page_count = {pages}")
        statuses = set()
        for number in range(200):
            try:
                await hub.do(running, lambda room, number=number: asked.tell(room, f"{number} " * 90))
            except Refused as error:
                statuses.add(error.status)
                break
        assert statuses == {507}
        assert running.room.tables[0].votes[1].action == "watch"
        assert running.room.phase == PLAYING
        assert running.room.last == len(hub.store.events(running.room.code))
        hub.store._disk.execute("PRAGMA max_page_count = 1000000")
        await quiet(running)
        await _move(hub, running, 2, 1, "arm", "2:a")
        await quiet(running)
        assert running.room.round == 2

    served(tmp_path / stores.FILE, play)


KILLED = """
import sys
from pathlib import Path
from sim.classroom.room.state import Event
from sim.classroom.store import Store
store = Store(Path(sys.argv[1]))
number = 0
while True:
    events = [Event(number + place, 0.0, "told", {"text": "x" * 50}, None) for place in range(1, 4)]
    store.keep("A", events).result()
    number += 3
    print(number, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    """A process that keeps events and says so is killed in the middle: all it said is there, whole, and no gap."""
    path = tmp_path / stores.FILE
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = 0
    for line in process.stdout:
        said = int(line)
        if said >= 90:
            os.kill(process.pid, signal.SIGKILL)
            break
    rest = process.stdout.read().split()
    said = int(rest[-1]) if rest else said
    process.wait()
    process.stdout.close()
    store = Store(path)
    found = [each.number for each in store.events("A")]
    store.close()
    assert len(found) >= said >= 90
    assert found == list(range(1, len(found) + 1))
    assert len(found) % 3 == 0
