"""Pieces of work whose answers are small, done here or by other processes, and handed on in their order."""

from __future__ import annotations

import multiprocessing
import pickle
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from sim.experiment.cluster import Cluster
from sim.experiment.shared import end_with_parent, ended_from_outside, gone, has_started, shared
from sim.experiment.workers import IN_VAIN, LOG, PLAYED_AGAIN, deaf_to_interrupts

Question = TypeVar("Question")
Piece = TypeVar("Piece")
Answer = TypeVar("Answer")

_AHEAD = 4
"""Pieces a process that wait to be done or taken: enough that none waits for work, few enough to be forgotten."""


def mapped(
    work: Callable[[Question, Piece], Answer],
    question: Question,
    pieces: Sequence[Piece],
    jobs: int = 1,
    done: Callable[[Piece], None] | None = None,
    cluster: Cluster | None = None,
) -> Iterator[Answer]:
    """Yield the answer to each piece of a question, in order, by processes or a cluster; ``done`` is told of each.

    ``work`` is a function of a module, since other processes import it. What a process that is ended from outside was
    asked, others are asked again.

    Raises:
        ResourceError: processes are ended again and again or could not start, or there is no room for what they share.
    """
    done = done or (lambda piece: None)
    if cluster is not None:
        from sim.experiment.remote import mapped_there

        yield from mapped_there(work, question, pieces, cluster, done)
        return
    if jobs == 1 or len(pieces) == 1:
        for piece in pieces:
            yield work(question, piece)
            done(piece)
        return
    with (
        shared(partial(_written, question)) as file,
        closing(_answered(work, file, pieces, min(jobs, len(pieces)))) as answers,
    ):
        for piece, answer in answers:
            yield answer
            done(piece)


def _answered(
    work: Callable[[Question, Piece], Answer], question: Path, pieces: Sequence[Piece], jobs: int
) -> Generator[tuple[Piece, Answer], None, None]:
    """Yield pieces with their answers, in order, by other processes that read the question from a file."""
    before = set(multiprocessing.active_children())
    pool, started = _started(work, question, jobs)
    waiting: deque[_Asked[Piece]] = deque()
    left = iter(pieces)
    in_vain, ever_started = 0, False
    try:
        for _ in range(len(pieces)):
            while True:
                waiting.extend(_Asked(piece) for piece in islice(left, _AHEAD * jobs - len(waiting)))
                processes = set(multiprocessing.active_children()) - before
                try:
                    for each in waiting:
                        each.ask(pool)
                    answer = waiting[0].answer()
                    break
                except (BrokenProcessPool, CancelledError):
                    ever_started |= has_started(started)
                    in_vain += 1
                    pool.shutdown(cancel_futures=True)
                    outside = ever_started or ended_from_outside(processes)
                    if not outside or in_vain > IN_VAIN:
                        raise gone(started, outside) from None
                    LOG.warning(PLAYED_AGAIN)
                    pool, started = _started(work, question, jobs)
            in_vain = 0
            yield waiting.popleft().piece, answer
        pool.shutdown()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
        raise


def _started(work: Callable[[Any, Any], Any], question: Path, jobs: int) -> tuple[ProcessPoolExecutor, list[Any]]:
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, _Worker.start, (work, question))
    started: list[Any] = []
    with deaf_to_interrupts(), suppress(BrokenProcessPool):
        started.extend(pool.submit(_Worker.started) for _ in range(jobs))
    return pool, started


@dataclass
class _Asked(Generic[Piece]):
    """A piece that waits for its answer, and where that will come from once it was asked."""

    piece: Piece
    future: Future[Any] | None = None

    def ask(self, pool: ProcessPoolExecutor) -> None:
        """Ask, unless that was done and the process that was asked lives."""
        if self.future is not None:
            lost = self.future.cancelled() or (
                self.future.done() and isinstance(self.future.exception(), BrokenProcessPool)
            )
            if not lost:
                return
            self.future = None
        with deaf_to_interrupts():
            self.future = pool.submit(_Worker.answer, self.piece)

    def answer(self) -> Any:
        """Return the answer once it is there."""
        if self.future is None:
            raise AssertionError("nobody was asked")
        return self.future.result()


def _written(question: Any, folder: Path) -> Path:
    file = folder / "question"
    file.write_bytes(pickle.dumps(question))
    return file


class _Worker:
    """What a process holds: what to do, and the question."""

    work: ClassVar[Callable[[Any, Any], Any]]
    question: ClassVar[Any]

    @classmethod
    def start(cls, work: Callable[[Any, Any], Any], question: Path) -> None:
        end_with_parent()
        cls.work, cls.question = staticmethod(work), pickle.loads(question.read_bytes())

    @classmethod
    def started(cls) -> None:
        """Done as soon as a process has started."""

    @classmethod
    def answer(cls, piece: Any) -> Any:
        return cls.work(cls.question, piece)
