"""The processes that play: what they may take, and what becomes of who asks for more."""

from __future__ import annotations

import signal
import subprocess
import sys

import anyio
import pytest
from starlette.exceptions import HTTPException

from sim.classroom import crew
from sim.classroom.crew import Crew
from sim.classroom.sources import shipped_sources
from sim.errors import ScenarioError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits are those of POSIX")


def ended(program: str) -> subprocess.CompletedProcess[str]:
    """How a process ends that sets its limits and then runs a program."""
    words = [sys.executable, "-c", f"from sim.classroom import worker\n{program}"]
    return subprocess.run(words, capture_output=True, text=True, timeout=60)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="how large a process is, is read from /proc")
def test_memory_is_limited() -> None:
    """What is asked for beyond the limit is refused; what lies below it is given."""
    assert ended("worker._limit_memory(); bytearray(worker.ROOM // 2)").returncode == 0
    assert "MemoryError" in ended("worker._limit_memory(); bytearray(worker.ROOM + 2**20)").stderr


def test_processor_time_is_limited() -> None:
    """The system ends what goes on for ever."""
    assert ended("worker._limit_time(0)\nwhile True: pass").returncode == -signal.SIGXCPU


def test_a_process_that_was_killed_is_replaced() -> None:
    """Errors of a scenario come through as they are; the next job finds a fresh process."""

    async def main() -> None:
        crew_ = Crew(1)
        async with crew_.open():
            source = shipped_sources()["classics/arms-race"]
            facts = await crew_.ask("facts", source)
            process = crew_._all[0]._process
            assert process is not None
            process.kill()
            process.join(10)
            assert await crew_.ask("facts", source) == facts
            with pytest.raises(ScenarioError):
                await crew_.ask("facts", type(source)("text", "yours", "scenario: x"))

    anyio.run(main)


def test_who_comes_when_too_many_wait_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """With 503, and when to come again."""
    monkeypatch.setattr(crew, "_MOST_WAITING", 0)

    async def main() -> None:
        with pytest.raises(HTTPException) as refusal:
            await Crew(1).ask("facts", shipped_sources()["inf"])
        assert refusal.value.status_code == 503
        assert refusal.value.headers == {"retry-after": "2"}

    anyio.run(main)
