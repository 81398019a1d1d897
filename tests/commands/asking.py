"""Ask a command: in this process, or as a process of its own whose time and memory are measured."""

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.cli import status_of

ONE_FAULT = re.compile(r".+:\d+:\d+: [A-Z][A-Z0-9-]*: .+")
"""What a line on stderr looks like when a command fails: ``file:line:column: CODE: what is wrong; what to write``."""

# Started fresh and small: a child's peak memory counts what its parent held when it was started.
_MEASURED = """
import json, os, sys
out, err, result = sys.argv[1:4]
child = os.fork()
if child == 0:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
    os.dup2(os.open(err, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    os.execv(sys.argv[4], sys.argv[4:])
_, status, used = os.wait4(child, 0)
unit = 1 if sys.platform == "darwin" else 1024
answer = [os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss * unit]
open(result, "w").write(json.dumps(answer))
"""


@dataclass(frozen=True)
class Answer:
    """What a command said; ``seconds`` of processor time and ``memory`` at its peak (bytes) where they were measured."""

    status: int
    out: str
    err: str
    seconds: float = 0.0
    memory: int = 0

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def faults(self) -> list[str]:
        """The lines on stderr, each of which has to be a fault."""
        lines = self.err.splitlines()
        assert [line for line in lines if not ONE_FAULT.fullmatch(line)] == []
        return lines


def ask(*words: str) -> Answer:
    """Run a command line in this process, in the current folder."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = status_of(words)
    return Answer(status, out.getvalue(), err.getvalue())


def answered(*words: str) -> Any:
    """Run a command line that has to succeed; its JSON document."""
    answer = ask(*words)
    assert answer.status in {0, 6}, answer.err
    assert all(line.startswith(("results in ", "note: ")) for line in answer.err.splitlines()), answer.err
    return answer.document


def surroundings(**more: str) -> dict[str, str]:
    """The environment of a process that is told nothing by the one that runs the tests."""
    silent = {"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "PYTHONHASHSEED", "DETENTE_TRACEBACK"}
    return {name: value for name, value in os.environ.items() if name not in silent} | more


def ask_outside(
    *words: str, folder: Path, python: tuple[str, ...] = ("-m", "sim"), env: dict[str, str] | None = None
) -> Answer:
    """Run a command line as a process of its own, with its output in files, and measure it."""
    kept = [folder.parent / f"{folder.name}.{name}" for name in ("out", "err", "measured")]
    subprocess.run(
        [sys.executable, "-I", "-S", "-c", _MEASURED, *map(str, kept), sys.executable, *python, *words],
        cwd=folder, env=env or surroundings(), check=True, timeout=120,
    )  # fmt: skip
    out, err, measured = (path.read_bytes().decode(errors="backslashreplace") for path in kept)
    status, seconds, memory = json.loads(measured)
    return Answer(status, out, err, seconds, memory)


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every file below a folder with what it holds, and every folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def wait_until_it_plays(process: subprocess.Popen[bytes]) -> None:
    """Wait, a second at least, until a process has begun to play or has ended."""
    time.sleep(1.0)
    while not _plays(process.pid) and process.poll() is None:
        time.sleep(0.1)


NOTHING_KEPT = "stopped; nothing was left half-written; ask again"
KEPT = "stopped; what was finished is kept; go on with: detente resume "


def check_interruption(*words: str, env: Mapping[str, str] | None = None) -> str:
    """Press Ctrl-C while a command plays, and check that it ends with status 130 and one line.

    The folder that can be gone on with is returned; it is empty if there is none.
    """
    command = [sys.executable, "-m", "sim", *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, env=env
    ) as process:
        wait_until_it_plays(process)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    (line,) = err.decode().splitlines()
    assert line.startswith("command line:1:1: INTERRUPTED: ")
    told = line.removeprefix("command line:1:1: INTERRUPTED: ")
    assert told == NOTHING_KEPT or told.startswith(KEPT)
    return told.removeprefix(KEPT) if told != NOTHING_KEPT else ""


def _plays(pid: int) -> bool:
    """Whether a process or one it started has begun to draw luck (where that can be seen; elsewhere a second must do)."""
    ours = Path(f"/proc/{pid}")
    if not ours.exists():
        return True
    with contextlib.suppress(OSError):
        started = (ours / "task" / str(pid) / "children").read_text(encoding="utf-8").split()
        return any("_philox" in Path(f"/proc/{each}/maps").read_text(encoding="utf-8") for each in (pid, *started))
    return False
