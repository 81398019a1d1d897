"""Pieces of work whose answers are small, done here or by other processes, and handed on in their order."""

from __future__ import annotations

import multiprocessing
import pickle
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from sim.experiment.shared import gone, shared
from sim.experiment.workers import deaf_to_interrupts

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
) -> Iterator[Answer]:
    """Yield the answer to each piece of a question, in order, by so many processes; ``done`` is told of each.

    ``work`` is a function of a module, since other processes import it.

    Raises:
        ResourceError: a process was ended from outside or could not start, or there is no room for what they share.
    """
    done = done or (lambda piece: None)
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
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, _Worker.start, (work, question))
    started: list[Future[None]] = []
    waiting: deque[tuple[Piece, Future[Any]]] = deque()
    left = iter(pieces)
    try:
        with deaf_to_interrupts():
            started.extend(pool.submit(_Worker.started) for _ in range(jobs))
        for _ in range(len(pieces)):
            with deaf_to_interrupts():
                for ahead in islice(left, _AHEAD * jobs - len(waiting)):
                    waiting.append((ahead, pool.submit(_Worker.answer, ahead)))
            piece, future = waiting.popleft()
            yield piece, future.result()
        pool.shutdown()
    except BrokenProcessPool:
        raise gone(started) from None
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
        raise


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
        cls.work, cls.question = staticmethod(work), pickle.loads(question.read_bytes())

    @classmethod
    def started(cls) -> None:
        """Done as soon as a process has started."""

    @classmethod
    def answer(cls, piece: Any) -> Any:
        return cls.work(cls.question, piece)
