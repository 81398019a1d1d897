"""A contender: a process of its own that plays one game on request and says how long it took."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.environments import CannotPlay, python_of

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Contender:
    """What plays, under what name; ``environment`` is None for what runs with this program's own Python."""

    name: str
    player: str
    """The module below ``benchmarks.players``."""
    setup: Mapping[str, Any] = field(default_factory=dict)
    environment: str | None = None
    runs: int | None = None
    """How many runs it plays a round; None: as many as take the time of a round."""
    step: int = 1
    """Runs are a multiple of this."""


@dataclass(frozen=True)
class Lap:
    """One round of one contender: how many runs, seconds by the wall's clock and the processor's, memory, means."""

    runs: int
    wall: float
    cpu: float
    memory: float
    """The most memory held so far above what it held when all was imported (MiB)."""
    means: Mapping[str, tuple[float, float]]
    """For each payoff its mean and the standard error of it."""


class Playing:
    """A contender that has been started. Raises ``CannotPlay`` when it falls over."""

    def __init__(self, contender: Contender) -> None:
        self.contender = contender
        python = sys.executable if contender.environment is None else str(python_of(contender.environment))
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            [python, "-m", f"benchmarks.players.{contender.player}"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            encoding="utf-8",
        )
        self._send(contender.setup)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # A contender that fell over has closed its end already.
        try:
            self._process.communicate(timeout=10)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._said.close()

    def lap(self, runs: int, seed: int) -> Lap:
        """Let it play so many runs."""
        self._send({"runs": runs, "seed": seed})
        answer = self._process.stdout.readline() if self._process.stdout else ""
        if not answer:
            raise CannotPlay(f"{self.contender.name} fell over: {self._last_words()}")
        return Lap(**json.loads(answer))

    def _send(self, document: Mapping[str, Any]) -> None:
        if self._process.stdin is None:
            raise AssertionError("started without a pipe")
        try:
            self._process.stdin.write(json.dumps(document) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise CannotPlay(f"{self.contender.name} fell over: {self._last_words()}") from None

    def _last_words(self) -> str:
        self._process.wait()
        self._said.seek(0)
        lines = [line.strip() for line in self._said if line.strip()]
        return lines[-1] if lines else f"it ended with status {self._process.returncode}"
