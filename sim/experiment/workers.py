"""Other processes that play runs.

They are started afresh (not forked). The game comes to them, and results come from them, by files that they share with
this process: through a pipe a table takes a third of the time that playing it takes, and a process that sends a game
waits until the other has started.
"""

from __future__ import annotations

import logging
import multiprocessing
import pickle
import signal
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import ClassVar

import numpy as np

from sim.engine.record import columns_of
from sim.experiment.plan import Plan
from sim.experiment.playing import play_piece
from sim.experiment.shared import end_with_parent, ended_from_outside, gone, has_started, shared
from sim.model.game import Game
from sim.scenario.arithmetic import Floats

_EACH = 2
"""Pieces that a process has at a time: one that it plays, and one that waits for it."""

IN_VAIN = 3
"""How often processes may be ended from outside before any has played anything more."""

_ZEROS = bytes(2**20)
LOG = logging.getLogger("detente")
PLAYED_AGAIN = "note: a process that played runs was ended from outside; what it had begun is played again"


class Workers:
    """One process fewer than a plan asks for, for this one plays too. A context, at whose end they are ended.

    What a process that is ended from outside had begun is played again by others, in new processes.

    Raises:
        ResourceError: processes are ended again and again or could not start, or there is no room for what they share.
    """

    def __init__(self, game: Game, plan: Plan) -> None:
        self._game, self._plan = game, plan
        self._open = ExitStack()
        self._in_vain, self._ever_started = 0, False
        self._processes: set[BaseProcess] = set()
        self._slots: list[_Slot] = []
        self._started: list[Future[None]] = []
        self._before = set(multiprocessing.active_children())

    def __enter__(self) -> Workers:
        with ExitStack() as opening:
            others = self._plan.jobs - 1
            files = partial(_written, self._game, self._plan, _EACH * others)
            self._file, self._slots = opening.enter_context(shared(files))
            self._pool = self._new_pool()
            opening.push(self._end)
            self._open = opening.pop_all()
        try:
            self._start()
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._open.__exit__(kind, error, trace)
        finally:
            if isinstance(error, BrokenProcessPool):
                raise gone(self._started) from None

    def _new_pool(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._plan.jobs - 1, context, _Worker.start, (self._file, self._plan))

    def _start(self) -> None:
        # One that is gone already is missed when it is handed something.
        with deaf_to_interrupts(), suppress(BrokenProcessPool):
            self._started.extend(self._pool.submit(_Worker.started) for _ in range(self._plan.jobs - 1))
        self._processes |= set(multiprocessing.active_children()) - self._before

    def _end(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # Those that have not even started would do so first, if they were asked to come to an end by themselves.
        if error is not None or not all(each.done() for each in self._started):
            for process in set(multiprocessing.active_children()) - self._before:
                process.terminate()
        self._pool.shutdown(cancel_futures=True)

    @property
    def free(self) -> bool:
        """Say whether a piece can be handed out: to a process that has started, and with memory for its results."""
        return bool(self._slots) and any(each.done() for each in self._started)

    def hand_out(self, first: int, count: int) -> Handed:
        """Have runs played by one of the processes."""
        slot = self._slots.pop()
        return Handed(count, self._submitted(slot, first, count), slot, self, first)

    def _submitted(self, slot: _Slot, first: int, count: int) -> _Sent:
        while True:
            pool = self._pool
            try:
                with deaf_to_interrupts():
                    return _Sent(pool.submit(_Worker.play, slot.file, first, count), pool)
            except BrokenProcessPool:
                self._replace(pool)

    def submitted_again(self, sent: _Sent, slot: _Slot, first: int, count: int) -> _Sent:
        """Have runs played that were lost with the process that played them. Raises ``ResourceError``."""
        self._replace(sent.pool)
        return self._submitted(slot, first, count)

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        """Start new processes in place of those of a pool of which one was ended: all of them end with it."""
        if broken is not self._pool:
            return
        self._ever_started |= has_started(self._started)
        self._in_vain += 1
        broken.shutdown(cancel_futures=True)
        outside = self._ever_started or ended_from_outside(self._processes)
        if not outside or self._in_vain > IN_VAIN:
            raise gone(self._started, outside)
        LOG.warning(PLAYED_AGAIN)
        self._started.clear()
        self._processes.clear()
        self._pool = self._new_pool()
        self._start()

    def done(self, slot: _Slot) -> None:
        """Let the memory of results be used again that have come from a process."""
        self._in_vain = 0
        self._slots.append(slot)


@dataclass(frozen=True)
class _Sent:
    """Runs on their way to a process, and the pool of processes they were sent to."""

    future: Future[None]
    pool: ProcessPoolExecutor


@dataclass
class Handed:
    """Runs that another process plays, and the slot into which it writes their results."""

    count: int
    _sent: _Sent
    _slot: _Slot
    _workers: Workers
    _first: int

    @property
    def ready(self) -> bool:
        """Say whether they have been played."""
        return self._sent.future.done()

    def table(self) -> Floats:
        """Return their results (columns, runs) once they are there. Raises ``RunError``, ``ResourceError``."""
        while True:
            try:
                self._sent.future.result()
                return self._slot.table(self.count)
            except (BrokenProcessPool, CancelledError):
                self._sent = self._workers.submitted_again(self._sent, self._slot, self._first, self.count)

    def forget(self) -> None:
        """Let the memory of the results be used again."""
        self._workers.done(self._slot)


def _written(game: Game, plan: Plan, most: int, folder: Path) -> tuple[Path, list[_Slot]]:
    """Write what processes share: the game, and slots for results, as many as there is work for."""
    (folder / "game").write_bytes(pickle.dumps(game))
    files = [folder / str(number) for number in range(min(most, -(-plan.runs // plan.together)))]
    return folder / "game", [_Slot.made(file, len(columns_of(game)), plan.together) for file in files]


@dataclass(frozen=True)
class _Slot:
    """Memory for one table that two processes share by a file."""

    file: Path
    columns: int
    numbers: Floats

    @classmethod
    def made(cls, file: Path, columns: int, together: int) -> _Slot:
        """Return a slot in a new file, whose room on the disk is taken at once: later is too late to be told."""
        with file.open("wb") as stream:
            for start in range(0, 8 * columns * together, len(_ZEROS)):
                stream.write(_ZEROS[: 8 * columns * together - start])
        return cls.of(file, columns)

    @classmethod
    def of(cls, file: Path, columns: int) -> _Slot:
        """Return a slot that another process has made."""
        return cls(file, columns, np.asarray(np.memmap(file, np.float64, "r+")))

    def table(self, count: int) -> Floats:
        """Return the table (columns, runs) of so many runs."""
        return self.numbers[: self.columns * count].reshape(self.columns, count)


class _Worker:
    """What a process that plays runs holds: the game, and the slots it has seen."""

    game: ClassVar[Game]
    plan: ClassVar[Plan]
    slots: ClassVar[dict[Path, _Slot]]

    @classmethod
    def start(cls, game: Path, plan: Plan) -> None:
        end_with_parent()
        cls.game, cls.plan, cls.slots = pickle.loads(game.read_bytes()), plan, {}

    @classmethod
    def started(cls) -> None:
        """Done as soon as a process has started."""

    @classmethod
    def play(cls, file: Path, first: int, count: int) -> None:
        if file not in cls.slots:
            cls.slots[file] = _Slot.of(file, len(columns_of(cls.game)))
        cls.slots[file].table(count)[:] = play_piece(cls.game, cls.plan.engine, cls.plan.seed, first, count)


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Start processes that take no notice of Ctrl-C: whoever starts them hears it, a little later, and ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
