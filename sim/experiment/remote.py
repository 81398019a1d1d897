"""Pieces of work on a cluster: blocks of runs, as ``Workers`` has them played, and small answers, as ``mapped`` has."""

from __future__ import annotations

import io
import pickle
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar

from sim.experiment.cluster import Cluster
from sim.experiment.connection import Asked, Connection
from sim.experiment.packed import Packed
from sim.experiment.plan import Plan
from sim.experiment.playing import play_piece
from sim.model.game import Game
from sim.scenario.arithmetic import Floats

Question = TypeVar("Question")
Piece = TypeVar("Piece")
Answer = TypeVar("Answer")


class Remote:
    """The workers of a cluster; this process hands out work and takes results, and plays nothing. A context.

    Raises:
        CommandError, ResourceError: as ``Connection``.
    """

    def __init__(self, game: Game, plan: Plan, cluster: Cluster) -> None:
        self._question = pickle.dumps((game, plan.engine, plan.seed), protocol=pickle.HIGHEST_PROTOCOL)
        self._connection = Connection(cluster)

    def __enter__(self) -> Remote:
        self._connection.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.__exit__(kind, error, trace)

    @property
    def free(self) -> bool:
        """Say whether a piece can be handed out."""
        return self._connection.room > 0

    def hand_out(self, first: int, count: int) -> Sent:
        """Have runs played by one of the workers."""
        return Sent(count, self._connection.ask(_play, self._question, (first, count)))


@dataclass(frozen=True)
class Sent:
    """Runs that a worker of a cluster plays."""

    count: int
    _asked: Asked

    @property
    def ready(self) -> bool:
        """Say whether they have been played."""
        return self._asked.ready

    def table(self) -> Floats:
        """Return their results (columns, runs) once they are there. Raises ``RunError``, ``ResourceError``."""
        packed, data = self._asked.answer()
        table: Floats = packed.read(io.BytesIO(data), range(len(packed.whole)))
        return table

    def forget(self) -> None:
        """Nobody waits for its memory."""


def _play(question: tuple[Game, str, int], piece: tuple[int, int]) -> tuple[Packed, bytes]:
    """Play a stretch of runs on a worker; returns the table packed, since most of it is small whole numbers."""
    data = io.BytesIO()
    return Packed.written(play_piece(*question, *piece), data), data.getvalue()


def mapped_there(
    work: Callable[[Question, Piece], Answer],
    question: Question,
    pieces: Sequence[Piece],
    cluster: Cluster,
    done: Callable[[Piece], None],
) -> Iterator[Answer]:
    """Yield the answer to each piece of a question, in order, by the workers of a cluster."""
    data = pickle.dumps(question, protocol=pickle.HIGHEST_PROTOCOL)
    waiting: deque[tuple[Piece, Asked]] = deque()
    left = iter(pieces)
    with Connection(cluster) as connection:
        for _ in pieces:
            while connection.room > 0 and (piece := next(left, None)) is not None:
                waiting.append((piece, connection.ask(work, data, piece)))
            piece, asked = waiting.popleft()
            yield asked.answer()
            done(piece)
