"""Pieces of work, played here and by other processes, and handed on in the order of runs, whoever is done first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sim.errors import DetenteError
from sim.experiment.environment import Environment, environment
from sim.experiment.plan import Plan
from sim.model.game import Game
from sim.scenario.arithmetic import Floats

if TYPE_CHECKING:
    from sim.experiment.remote import Remote, Sent
    from sim.experiment.workers import Handed, Workers

Progress = Callable[[int], None]
"""Called with the number of runs that have been played since the last call."""

_OWN = 2
"""Tables played here that may wait for an earlier one from elsewhere."""


def pieces(game: Game, plan: Plan, progress: Progress | None = None, done: int = 0) -> Generator[Floats, None, None]:
    """Yield the results of each piece of work, a table (columns, runs) valid until the next is asked for.

    The first ``done`` runs have been played before.

    Raises:
        RunError: the first run in which an expression misbehaves.
        ResourceError: processes, the files between them, or the cluster cannot be had.
        CommandError: the library for clusters is not installed.
    """
    progress = progress or (lambda count: None)
    play = partial(play_piece, game, plan.engine, plan.seed)
    work = plan.slices(done)
    if plan.elsewhere is not None and done < plan.runs:
        from sim.experiment.remote import Remote

        with Remote(game, plan, plan.elsewhere) as remote:
            yield from _in_turn(work, None, remote, progress)
        return
    if plan.jobs > 1 and done < plan.runs:
        from sim.experiment.workers import Workers

        with Workers(game, plan) as workers:
            yield from _in_turn(work, play, workers, progress)
        return
    for first, count in work:
        yield play(first, count)
        progress(count)


def environment_of(plan: Plan) -> Environment:
    """Return with what numbers are made by those whom a plan has play: here, or by the workers of a cluster.

    Raises:
        ResourceError, CommandError: there is no such cluster, or it cannot be asked.
    """
    cluster = plan.elsewhere
    if cluster is None:
        return environment()
    if cluster.seen.environment is None:
        from sim.experiment.connection import Connection

        with Connection(cluster):
            """Whoever connects sees it."""
    return cluster.seen.environment or environment()


def play_piece(game: Game, engine: str, seed: int, first: int, count: int) -> Floats:
    """Play a stretch of runs with the engine of a name; returns their results (columns, runs)."""
    if engine == "events":
        from sim.engine import events

        return events.play(game, seed, first, count)
    from sim.engine import lockstep

    return lockstep.play(game, seed, first, count)


def _in_turn(
    work: Iterator[tuple[int, int]],
    play: Callable[[int, int], Floats] | None,
    workers: Workers | Remote,
    progress: Progress,
) -> Generator[Floats, None, None]:
    """Hand out work to those that are free; ``play``, if it is given, what is left while results are awaited."""
    waiting: deque[Handed | Sent | _Own] = deque()
    while True:
        while workers.free and (stretch := next(work, None)):
            waiting.append(workers.hand_out(*stretch))
        full = sum(isinstance(each, _Own) for each in waiting) == _OWN
        if not waiting or not (waiting[0].ready or full):
            if play is not None and (stretch := next(work, None)):
                waiting.append(_Own.played(play, *stretch))
                continue
            if not waiting:
                return
        yield waiting[0].table()
        done = waiting.popleft()
        done.forget()
        progress(done.count)
        del done


@dataclass(frozen=True)
class _Own:
    """Runs that were played here; an error that they met waits until it is their turn."""

    count: int
    result: Floats | DetenteError
    ready = True

    @classmethod
    def played(cls, play: Callable[[int, int], Floats], first: int, count: int) -> _Own:
        try:
            return cls(count, play(first, count))
        except DetenteError as error:
            return cls(count, error)

    def table(self) -> Floats:
        if isinstance(self.result, DetenteError):
            raise self.result
        return self.result

    def forget(self) -> None:
        """Nobody waits for its memory."""
