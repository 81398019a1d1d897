"""Where results are tortured: a small question, asked by a process of its own that starts in an instant.

Processes are forked from one that has loaded everything, so that hundreds of them take seconds.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from rich.console import Console

from sim import cli
from sim.archive import disk
from sim.archive.folder import is_stillborn
from sim.archive.journal import Journal, read_journal
from sim.archive.manifest import JOURNAL, NAME, read_manifest
from sim.archive.verify import verify
from sim.errors import ArchiveError
from sim.experiment import playing, workers

SCENARIO = """\
scenario: tortured
clock: {turns: 3, discount: 0.9}
parameters: {gain: {value: 1.5, range: [0, 3], source: judgement}}
state: {tension: {initial: {low: 0, high: 1}, min: 0}}
actors:
  north:
    incentives: {calm: gain - tension}
    actions: {hold: {}, arm: {cost: 0.25, chance: 0.5, add: {tension: 0.3}}}
    strategies: {coin: {mix: {hold: 1, arm: 1}}}
  south:
    incentives: {calm: -tension}
    actions: {hold: {}, arm: {cost: 0.5, add: {tension: 0.1}}}
hazards:
  crisis: {rate: 0.2 * tension, payoffs: {north: -3, south: -4}}
regimes:
  pact: {plays: {north: hold}}
  none: {plays: {north: coin, south: arm}}
"""
PIECE = 8192
RUNS = 20_000
QUESTION = ("compare", "tortured.yaml", "--runs", str(RUNS), "--block", str(PIECE), "--out", "results", "--quiet")


@dataclass
class Findings:
    """What a proof found: its figures, in words, and what went wrong."""

    title: str
    figures: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def show(self, console: Console, seconds: float | None = None) -> None:
        """Print it; ``seconds`` is how long it took."""
        console.print(f"\n{self.title}" + ("" if seconds is None else f" ({seconds:,.0f} s)"))
        for name, value in self.figures.items():
            console.print(f"  {name}: {value}")
        for wrong in self.wrong[:20]:
            console.print(f"  WRONG: {wrong}")

    def markdown(self) -> str:
        """Return it as a section of a page."""
        rows = "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in self.figures.items())])
        end = f"What went wrong: {len(self.wrong)}." if self.wrong else "Nothing went wrong."
        return f"### {self.title}\n\n{rows}\n\n{end}"

    def check(self, holds: bool, what: str) -> None:
        """Note that something went wrong."""
        if not holds:
            self.wrong.append(what)


@dataclass(frozen=True)
class Ended:
    """How a process ended: its status (below 0: the signal that killed it), and what it said on stderr."""

    status: int
    err: str
    seconds: float


class Arena:
    """A folder with a scenario, in which questions are asked; what came before lies in it too."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.results = folder, folder / "results"
        (folder / "tortured.yaml").write_text(SCENARIO, encoding="utf-8")
        self._log = folder / "begun.log"
        # Once here, so that all that is loaded late is loaded already where a process is forked.
        with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
            cli.status_of(QUESTION)
            cli.status_of(("resume", str(self.folders()[0]), "--quiet"))
        self.fresh()

    def fresh(self) -> None:
        """Remove what was asked before."""
        shutil.rmtree(self.results, ignore_errors=True)
        self._log.write_bytes(b"")

    def begin(self, words: tuple[str, ...], prepare: Callable[[], None] | None = None) -> int:
        """Start a process that asks; return its number. ``prepare`` is called in it first."""
        sys.stdout.flush()
        sys.stderr.flush()
        (self.folder / "err").write_bytes(b"")
        # An interrupt waits until the command listens: before that, Python itself would answer.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        child = os.fork()
        if child:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            return child
        status = 1
        try:
            os.chdir(self.folder)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(os.open("err", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            signal.signal(signal.SIGINT, signal.default_int_handler)
            _let_interrupts_in()
            _log_pieces(self._log)
            if prepare is not None:
                prepare()
            try:
                cli.main(words)
            except SystemExit as end:
                status = end.code if isinstance(end.code, int) else 1
        finally:
            with contextlib.suppress(BaseException):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def ended(self, child: int, began: float) -> Ended:
        """Wait for the end of a process."""
        _, status = os.waitpid(child, 0)
        seconds = time.monotonic() - began
        return Ended(os.waitstatus_to_exitcode(status), (self.folder / "err").read_text(errors="replace"), seconds)

    def ask(self, words: tuple[str, ...] = QUESTION, prepare: Callable[[], None] | None = None) -> Ended:
        """Ask, and wait for the end."""
        began = time.monotonic()
        return self.ended(self.begin(words, prepare), began)

    def resume(self, folder: Path, *more: str, prepare: Callable[[], None] | None = None) -> Ended:
        """Go on with a folder."""
        return self.ask(("resume", str(folder), "--quiet", *more), prepare)

    @property
    def begun_runs(self) -> int:
        """How many runs processes have begun to play since the last fresh start."""
        return sum(int(line.split()[1]) for line in self._log.read_text().splitlines())

    def lost(self, journal: Journal) -> Counter[str]:
        """Return how many pieces each process has begun that are in no journal."""
        done = {block.first for blocks in journal.blocks.values() for block in blocks}
        begun = (line.split() for line in self._log.read_text().splitlines())
        return Counter(process for first, _, process in begun if int(first) not in done)

    def folders(self) -> list[Path]:
        """Every folder of results."""
        return sorted(self.results.glob("*/*"))


def digests(folder: Path) -> dict[str, str]:
    """The digest of each side of finished results."""
    return {result.name: result.digest for result in read_manifest(folder).results}


def done_so_far(folder: Path) -> Journal | None:
    """The journal of an unfinished folder; none where it is complete or had only just begun."""
    if (folder / NAME).exists() or not (folder / JOURNAL).exists():
        return None
    return read_journal(folder)


def _let_interrupts_in() -> None:
    listen = cli._listen_to_interrupts

    def listening() -> None:
        listen()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

    cli._listen_to_interrupts = listening


def _log_pieces(log: Path) -> None:
    playing.play_piece = partial(_logged, log, playing.play_piece)  # type: ignore[assignment]
    workers._Worker.play = partial(play_and_log, log)  # type: ignore[method-assign,assignment]


def _logged(log: Path, play: Callable[..., object], *given: object) -> object:
    """Play a piece of work, and say so first."""
    line = f"{given[-2]} {given[-1]} {os.getpid()}\n".encode()
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, line)
    os.close(handle)
    return play(*given)


def play_and_log(log: Path, file: Path, first: int, count: int) -> None:
    """Play a piece of work in another process, and say so first."""
    _logged(log, workers._Worker.play, file, first, count)


def at_call(number: int, act: Callable[[str, Callable[..., object], tuple[object, ...]], object]) -> None:
    """Have the call of a number (from 1) acted on instead of made; for a process that is about to be lost."""
    calls = 0

    def acting(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object) -> object:
            nonlocal calls
            calls += 1
            return act(name, real, given) if calls == number else real(*given)

        return call

    for name in disk.CALLS:
        setattr(disk, name, acting(name, getattr(disk, name)))


def recovered(arena: Arena, wanted: dict[str, str], findings: Findings, what: str, most_redone: int = PIECE) -> str:
    """Check that results that were cut off come out as if they had not been; return in a word what was left."""
    found = [folder for folder in arena.folders() if not is_stillborn(folder) and any(folder.iterdir())]
    if not found:
        ended = arena.ask()
        findings.check(ended.status == 0, f"{what}: asked again, status {ended.status}: {ended.err}")
        # An empty folder may be another process's that is just beginning: it goes after a minute.
        left = [folder for folder in arena.folders() if is_stillborn(folder) and any(folder.iterdir())]
        findings.check(not left, f"{what}: a leftover stayed: {left}")
        _check_whole(arena, wanted, findings, what)
        return "nothing"
    (folder,) = found
    try:
        journal = done_so_far(folder)
    except ArchiveError as error:
        findings.check(False, f"{what}: {error}")
        return "damaged"
    if journal is None:
        ended = arena.resume(folder)
        findings.check(ended.status == 0, f"{what}: complete, but resume: {ended.status}: {ended.err}")
        _check_whole(arena, wanted, findings, what)
        return "complete"
    redone = arena.begun_runs - journal.runs
    findings.check(redone <= most_redone, f"{what}: {redone} runs were begun and lost")
    files = [folder / block.name for blocks in journal.blocks.values() for block in blocks]
    before = [(file.stat().st_ino, file.stat().st_mtime_ns) for file in files if file.exists()]
    findings.check(len(before) == len(files), f"{what}: a finished block is gone")
    checked = verify(folder)
    findings.check(checked.sound, f"{what}: unfinished and not sound: {checked.damage}")
    ended = arena.resume(folder)
    findings.check(ended.status == 0, f"{what}: resume: {ended.status}: {ended.err}")
    after = [(file.stat().st_ino, file.stat().st_mtime_ns) for file in files if file.exists()]
    findings.check(after == before, f"{what}: a finished block was written again")
    _check_whole(arena, wanted, findings, what)
    return "unfinished"


def _check_whole(arena: Arena, wanted: dict[str, str], findings: Findings, what: str) -> None:
    folders = [folder for folder in arena.folders() if any(folder.iterdir())]
    findings.check(len(folders) == 1, f"{what}: {len(folders)} folders")
    for folder in folders:
        try:
            findings.check(digests(folder) == wanted, f"{what}: another digest")
            checked = verify(folder)
            findings.check(checked.sound, f"{what}: not sound: {checked.damage}")
            names = {path.name for path in folder.iterdir()}
            strange = names - {"manifest.json", "scenario.yaml", "summary.json", "payoffs.csv", "blocks"}
            findings.check(not strange, f"{what}: left over: {strange}")
        except ArchiveError as error:
            findings.check(False, f"{what}: {error}")
