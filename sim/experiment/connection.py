"""A connection to a Dask cluster: what it may be asked for, and what is said when it cannot do it.

The workers are strangers until they have said with what they make numbers: a digest that came of two versions of a
library would be nobody's. Each piece of work says so once more (``sim.experiment.there``), since workers come and go.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import pickle
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from types import TracebackType
from typing import Any

from sim.errors import CommandError, DetenteError, Fault, Place, ResourceError, one_line, shortened
from sim.experiment.cluster import Cluster
from sim.experiment.environment import Environment
from sim.experiment.there import answer_there, check_processor, check_versions, environment_there, unfit

ANSWERS_WITHIN = 5.0
"""Seconds in which a scheduler has to answer."""

WAITS = 60.0
"""Seconds that a worker is waited for where there is none."""

_EACH = 2
"""Pieces that a thread of a worker has at a time: one that it plays, and one that waits for it."""

_LOOKS = 1.0
"""Seconds between two looks at who is there."""

_CANCELLED = (asyncio.CancelledError, concurrent.futures.CancelledError)
_MISSING = 'install it: python3 -m pip install "detente[cluster]"'
LOG = logging.getLogger("detente")


class Asked:
    """A piece of work that a cluster was asked for."""

    def __init__(self, future: Any, connection: Connection) -> None:
        self._future, self._connection, self._there = future, connection, threading.Event()
        future.add_done_callback(lambda future: self._there.set())

    @property
    def ready(self) -> bool:
        """Say whether it is done."""
        return bool(self._future.done())

    def answer(self) -> Any:
        """Return what it gave, once it is there. Raises ``DetenteError``."""
        return self._connection.result(self._future, self._there)


class Connection:
    """A context in which a cluster answers pieces of one question, all of whose workers make numbers alike.

    Raises:
        CommandError: the library for it is not installed.
        ResourceError: nobody answers, no worker comes, or workers have other versions than this program.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._seen = cluster, cluster.seen
        self._open = ExitStack()
        self._client: Any = None
        self._question: Any = None
        self._asked: set[Any] = set()
        self._threads: dict[str, int] = {}
        self._looked = self._nobody_since = 0.0
        self._size = self._number = 0

    def __enter__(self) -> Connection:
        with ExitStack() as opening:
            self._client = opening.enter_context(_client(self._cluster))
            self._wait_for_workers()
            self._check_workers()
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            # Who was lost since the last look: all that was asked has come, whoever gave it.
            self._looked = 0.0
            with suppress(DetenteError):
                self._look()
        with suppress(Exception):
            self._client.cancel([*self._asked, *([self._question] if self._question is not None else [])])
        self._asked.clear()
        self._open.__exit__(kind, error, trace)

    @property
    def room(self) -> int:
        """Return how many pieces may be asked for now, so that nobody is idle and little waits."""
        self._look()
        return max(_EACH * sum(self._threads.values()), 1) - len(self._asked)

    def ask(self, work: Callable[[Any, Any], Any], question: bytes, piece: Any) -> Asked:
        """Have a piece of a question (pickled; the same one each time) worked on by some worker.

        What a worker that is gone had begun, Dask has done again.
        """
        with _told(self._cluster), warnings.catch_warnings():
            # A question of many points is large, and sent once: nothing to be warned of.
            warnings.simplefilter("ignore")
            if self._question is None:
                self._question = self._client.submit(bytes, question, pure=False)
                self._size = len(question)
            request = (work, self._seen.environment, piece)
            self._seen.to_workers += len(pickle.dumps(request))
            self._number += 1
            # The first are awaited first.
            future = self._client.submit(answer_there, self._question, *request, pure=False, priority=-self._number)
        self._asked.add(future)
        return Asked(future, self)

    def result(self, future: Any, there: threading.Event) -> Any:
        """Return what a piece gave, and count what it took."""
        while not there.wait(_LOOKS):
            self._look()
        with _told(self._cluster):
            worker, answer = future.result()
        self._asked.discard(future)
        if worker not in self._seen.workers:
            self._seen.workers.add(worker)
            self._seen.to_workers += self._size
        self._seen.pieces += 1
        self._seen.from_workers += len(answer)
        return pickle.loads(answer)

    def _look(self) -> None:
        """See who is there, once a second, and say who is not any more. Raises ``ResourceError``."""
        now = time.monotonic()
        if now - self._looked < _LOOKS:
            return
        self._looked = now
        with _told(self._cluster):
            if self._client.status != "running":
                raise _unreachable(self._cluster, "it does not answer any more")
            found = dict(self._client.nthreads())
        for worker in self._threads.keys() - found.keys():
            self._seen.lost.add(worker)
            LOG.warning(f"note: the worker {worker} is gone; what it had begun is played again")
        self._threads = found
        if found:
            self._nobody_since = now
        elif now - self._nobody_since > WAITS:
            raise _nobody(self._cluster)

    def _wait_for_workers(self) -> None:
        self._nobody_since = time.monotonic()
        self._look()
        if not self._threads:
            LOG.warning(f"note: no worker has come to {self._cluster.address} yet; it is waited for")
        while not self._threads:
            time.sleep(_LOOKS / 4)
            self._look()

    def _check_workers(self) -> None:
        with _told(self._cluster):
            # By its scheduler, which may be the only one that can be reached from here.
            found: dict[str, Any] = self._client.run(environment_there, on_error="return")
        for worker, theirs in found.items():
            if not isinstance(theirs, Environment):
                raise unfit(worker, f"cannot load detente ({_words(theirs)})")
            check_versions(worker, theirs)
        if not found:
            raise _nobody(self._cluster)
        kept = self._seen.environment or next(iter(found.values()))
        for worker, theirs in found.items():
            check_processor(worker, theirs, kept)
        self._seen.environment = kept


@contextmanager
def _client(cluster: Cluster) -> Iterator[Any]:
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        problem = "--cluster needs the library distributed, which is not installed"
        raise CommandError(Fault(Place("command line"), "CLUSTER", problem, _MISSING)) from None
    try:
        # A client would try again and again where nobody listens.
        socket.create_connection(cluster.host_and_port, ANSWERS_WITHIN).close()
    except (OSError, UnicodeError) as error:
        raise _unreachable(cluster, _words(error)) from None
    with _quiet(), _told(cluster):
        with warnings.catch_warnings():
            # Of versions that differ: they are compared here.
            warnings.simplefilter("ignore")
            client = _within(lambda: distributed.Client(cluster.address, timeout=ANSWERS_WITHIN, set_as_default=False))
        try:
            yield client
        finally:
            with suppress(Exception):
                client.close(ANSWERS_WITHIN)


def _within(connect: Callable[[], Any]) -> Any:
    """Return what ``connect`` does, if that takes no longer than it may: it waits for ever for one who is no scheduler.

    Raises:
        TimeoutError: it takes longer.
    """
    future: concurrent.futures.Future[Any] = concurrent.futures.Future()

    def connecting() -> None:
        try:
            future.set_result(connect())
        except BaseException as error:  # noqa: BLE001 - it is raised by whoever waits
            future.set_exception(error)

    threading.Thread(target=connecting, daemon=True).start()
    try:
        return future.result(2 * ANSWERS_WITHIN)
    except TimeoutError:
        raise TimeoutError("what listens there is none") from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to ourselves what Dask says of connections that end: what matters is said here."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client", "tornado", "asyncio")]
    before = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for each, level in zip(loggers, before, strict=True):
            each.setLevel(level)


@contextmanager
def _told(cluster: Cluster) -> Iterator[None]:
    """Say in our words what goes wrong between here and a cluster."""
    try:
        yield
    except DetenteError:
        raise
    except _CANCELLED as error:
        raise _unreachable(cluster, "it has forgotten what it was asked") from error
    except OSError as error:
        raise _unreachable(cluster, _words(error)) from None
    except Exception as error:
        if type(error).__name__ == "KilledWorker":
            problem = f"workers at {cluster.address} were lost again and again, perhaps for want of memory"
            remedy = "ask for fewer runs at a time with --block, or give the workers more memory"
            raise ResourceError(Fault(Place("command line"), "CLUSTER", problem, remedy)) from None
        if type(error).__module__.partition(".")[0] in {"distributed", "msgpack", "tornado"}:
            raise _unreachable(cluster, _words(error)) from None
        raise


def _unreachable(cluster: Cluster, why: str) -> ResourceError:
    problem = f"no Dask scheduler answers at {cluster.address} ({why})"
    remedy = "start one there with 'dask scheduler', or play here: leave out --cluster"
    return ResourceError(Fault(Place("command line"), "CLUSTER", problem, remedy))


def _nobody(cluster: Cluster) -> ResourceError:
    problem = f"the Dask scheduler at {cluster.address} has no workers"
    remedy = f"start some with 'dask worker {cluster.address}'"
    return ResourceError(Fault(Place("command line"), "CLUSTER", problem, remedy))


def _words(error: object) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    if type(error).__name__ == "CommClosedError":
        return "the connection is lost"
    said = str(error) or type(error).__name__
    return one_line(shortened(said.splitlines()[0], 120))
