"""What processes share: files in a folder that is gone when the work is done, and the word for a process that is gone.

Through a pipe it goes worse: a process that writes more than the pipe holds to one that dies before it has read all of
it waits for ever.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

from sim.errors import Fault, Place, ResourceError
from sim.experiment.lock import Lock, held_by

_PREFIX, _LOCK = "detente-", "in-use.lock"

Filled = TypeVar("Filled")


@contextmanager
def shared(fill: Callable[[Path], Filled]) -> Iterator[Filled]:
    """Have a new folder filled, in memory where files can be memory, and give what ``fill`` returned.

    Raises:
        ResourceError: there is no room for it anywhere, or this process is itself one that is just starting.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        # It reads the script that asked for it, and would ask in its turn; it may be ended at any moment.
        raise _unstarted()
    with ExitStack() as stack:
        for place in places():
            try:
                clear_leftovers(place)
                temporary = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=place, ignore_cleanup_errors=True)
                folder = Path(stack.enter_context(temporary))
                stack.callback(Lock.taken(folder / _LOCK).release)
                filled = fill(folder)
                break
            except OSError as error:
                stack.close()
                reason = error.strerror or str(error)
        else:
            problem = f"processes cannot share files here ({reason.lower()})"
            remedy = "ask for --jobs 1, or name a temporary folder with room in TMPDIR"
            raise ResourceError(Fault(Place(str(place)), "JOBS", problem, remedy))
        yield filled


def clear_leftovers(place: Path) -> None:
    """Remove folders of processes that were killed; what a living process shares is locked by it, and stays."""
    for folder in place.glob(f"{_PREFIX}*"):
        if held_by(folder / _LOCK) == "":
            shutil.rmtree(folder, ignore_errors=True)


def end_with_parent() -> None:
    """Have this process end as soon as the one that started it is gone: nobody waits for its results any more."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def places() -> list[Path]:
    """Return where files may be shared: where they are memory, if there is such a place, else on a disk."""
    return [place for place in (Path("/dev/shm"), Path(tempfile.gettempdir())) if place.is_dir()]


def has_started(started: Sequence[Future[Any]]) -> bool:
    """Say whether any process has started; ``started`` are done as soon as each has."""
    return any(each.done() and not each.cancelled() and each.exception() is None for each in started)


def ended_from_outside(processes: Iterable[BaseProcess]) -> bool:
    """Say whether processes, all of which have ended, did so by signals alone: none came to an end by itself.

    When one of them has ended, the others are ended by a signal.
    """
    ends = [process.exitcode for process in processes]
    return bool(ends) and all(each is None or each < 0 for each in ends)


def gone(started: Sequence[Future[Any]], ever_started: bool = False) -> ResourceError:
    """Return the error for processes that have died; ``ever_started`` says that others had started before them."""
    if ever_started or has_started(started):
        problem = "a process that played runs was ended from outside, perhaps for want of memory"
        remedy = "ask for fewer processes with --jobs"
        return ResourceError(Fault(Place("command line"), "JOBS", problem, remedy))
    return _unstarted()


def _unstarted() -> ResourceError:
    problem = "the processes that were to play runs did not start"
    remedy = 'ask for --jobs 1; a script of your own has to ask below: if __name__ == "__main__":'
    return ResourceError(Fault(Place("command line"), "JOBS", problem, remedy))
