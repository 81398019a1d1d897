"""A server in a process of its own: begun on a port of this machine, killed, begun again, measured."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import psutil

_PATIENCE = 60.0
"""Seconds until a server has to listen."""


def free_port() -> int:
    """Return a port of this machine's own address that nothing listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


class Server:
    """``detente serve`` below a folder, on the same port each time it is begun."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.told = ""
        """What it has said on its standard output."""
        self.bugs = folder / "stderr.txt"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Return where it is, without a slash at the end."""
        return f"http://localhost:{self.port}"

    @property
    def link(self) -> str:
        """Return the path of the link that it told for opening rooms."""
        found = re.search(r"http\S+?(/\S*key=\S+)", self.told)
        if found is None:
            raise RuntimeError(f"the server told no link for opening rooms: {self.told}")
        return found.group(1)

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """Return its process."""
        if self._process is None:
            raise RuntimeError("the server was not begun")
        return self._process

    def begin(self) -> float:
        """Begin it; returns the seconds until it listened."""
        began = time.monotonic()
        words = ["serve", "--port", str(self.port), "--no-browser", "--out", str(self.folder / "results")]
        with self.bugs.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sim", *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )
        stream = self._process.stdout
        assert stream is not None
        self.told = ""
        while "Ctrl-C" not in self.told:
            left = began + _PATIENCE - time.monotonic()
            if left <= 0 or not select.select([stream], [], [], left)[0]:
                raise RuntimeError(f"the server does not listen: {self.told} {self.errors()}")
            piece = os.read(stream.fileno(), 65536)
            if not piece:
                raise RuntimeError(f"the server has ended: {self.told} {self.errors()}")
            self.told += piece.decode()
        return time.monotonic() - began

    def kill(self) -> None:
        """Kill it and the processes that it has begun, without any notice."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self._wait()

    def end(self) -> int:
        """End it as Ctrl-C does; returns its status."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        return self._wait()

    def _wait(self) -> int:
        process = self.process
        try:
            status = process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            status = process.wait()
        if process.stdout is not None:
            process.stdout.close()
        self._process = None
        return status

    def memory(self) -> int:
        """Return the bytes of memory that it and the processes it has begun hold."""
        root = psutil.Process(self.process.pid)
        return sum(each.memory_info().rss for each in [root, *root.children(recursive=True)])

    def processor(self) -> float:
        """Return the seconds of processor time that it and the processes it has begun have used."""
        root = psutil.Process(self.process.pid)
        used = [each.cpu_times() for each in [root, *root.children(recursive=True)]]
        return float(sum(each.user + each.system for each in used))

    def errors(self) -> str:
        """Return what it has said on its standard error."""
        return self.bugs.read_text(encoding="utf-8", errors="replace") if self.bugs.exists() else ""

    def __enter__(self) -> Server:
        self.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.end()
