"""Pieces of work whose answers are small, done here or by other processes, and handed on in their order."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any, ClassVar, TypeVar

from sim.errors import Fault, Place, ResourceError
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
        ResourceError: a process was ended from outside.
    """
    done = done or (lambda piece: None)
    if jobs == 1 or len(pieces) == 1:
        for piece in pieces:
            yield work(question, piece)
            done(piece)
        return
    jobs = min(jobs, len(pieces))
    before = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, _Worker.start, (work, question))
    try:
        waiting: deque[tuple[Piece, Future[Any]]] = deque()
        left = iter(pieces)
        for _ in range(len(pieces)):
            with deaf_to_interrupts():
                for ahead in islice(left, _AHEAD * jobs - len(waiting)):
                    waiting.append((ahead, pool.submit(_Worker.answer, ahead)))
            piece, future = waiting.popleft()
            yield future.result()
            done(piece)
        pool.shutdown()
    except BrokenProcessPool:
        problem = "a process that played runs was ended from outside, perhaps for want of memory"
        raise ResourceError(
            Fault(Place("command line"), "JOBS", problem, "ask for fewer processes with --jobs")
        ) from None
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
        raise


class _Worker:
    """What a process holds: what to do, and the question."""

    work: ClassVar[Callable[[Any, Any], Any]]
    question: ClassVar[Any]

    @classmethod
    def start(cls, work: Callable[[Any, Any], Any], question: Any) -> None:
        cls.work, cls.question = staticmethod(work), question

    @classmethod
    def answer(cls, piece: Any) -> Any:
        return cls.work(cls.question, piece)
