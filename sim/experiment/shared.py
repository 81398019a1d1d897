"""What processes share: files in a folder that is gone when the work is done, and the word for a process that is gone.

Through a pipe it goes worse: a process that writes more than the pipe holds to one that dies before it has read all of
it waits for ever.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sim.errors import Fault, Place, ResourceError

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
                temporary = tempfile.TemporaryDirectory(prefix="detente-", dir=place, ignore_cleanup_errors=True)
                filled = fill(Path(stack.enter_context(temporary)))
                break
            except OSError as error:
                stack.close()
                reason = error.strerror or str(error)
        else:
            problem = f"processes cannot share files here ({reason.lower()})"
            remedy = "ask for --jobs 1, or name a temporary folder with room in TMPDIR"
            raise ResourceError(Fault(Place(str(place)), "JOBS", problem, remedy))
        yield filled


def places() -> list[Path]:
    """Return where files may be shared: where they are memory, if there is such a place, else on a disk."""
    return [place for place in (Path("/dev/shm"), Path(tempfile.gettempdir())) if place.is_dir()]


def gone(started: Sequence[Future[Any]]) -> ResourceError:
    """Return the error for processes that have died; ``started`` are done as soon as each process has started."""
    if any(each.done() and not each.cancelled() and each.exception() is None for each in started):
        problem = "a process that played runs was ended from outside, perhaps for want of memory"
        remedy = "ask for fewer processes with --jobs"
        return ResourceError(Fault(Place("command line"), "JOBS", problem, remedy))
    return _unstarted()


def _unstarted() -> ResourceError:
    problem = "the processes that were to play runs did not start"
    remedy = 'ask for --jobs 1; a script of your own has to ask below: if __name__ == "__main__":'
    return ResourceError(Fault(Place("command line"), "JOBS", problem, remedy))
