"""A process that plays for the server: limited in time and memory, with scenarios and templates kept at hand.

It reads what visitors bring, so that nothing they write can stop or fill the server itself.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.classroom.sources import Source, loaded
from sim.errors import DetenteError, Fault, Place, ResourceError

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

JOBS = {
    "facts": "sim.classroom.facts:facts_of",
    "explore": "sim.classroom.explore:picture",
    "takes": "sim.classroom.takes:takes",
    "watch": "sim.classroom.watch:watched",
    "begin": "sim.classroom.solo:begun",
    "play": "sim.classroom.solo:played",
    "debrief": "sim.classroom.solo:looked_back",
    "class": "sim.classroom.class_opening:prepared",
}
"""What a process can be asked to do."""

Tell = Callable[[object], None]
"""Told how far a job has come."""

ROOM = 512 * 2**20
"""Bytes that a job may take beyond what the process began with."""
_KEPT = 8

_scenarios: OrderedDict[Source, Scenario] = OrderedDict()


def scenario_of(source: Source) -> Scenario:
    """Return the scenario of a source, at hand if it was asked for lately. Raises ``ScenarioError``."""
    if source not in _scenarios:
        _scenarios[source] = loaded(source)
    _scenarios.move_to_end(source)
    while len(_scenarios) > _KEPT:
        _scenarios.popitem(last=False)
    return _scenarios[source]


def work(channel: Connection) -> None:
    """Do jobs until the channel is closed: ``(job, arguments, seconds)`` in, news and one answer out."""
    from sim.experiment.shared import end_with_parent

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    for home in JOBS.values():
        import_module(home.partition(":")[0])
    _limit_memory()
    channel.send(("ready", None))
    while True:
        try:
            job, arguments, seconds = channel.recv()
        except (EOFError, OSError):
            return
        _limit_time(seconds)
        channel.send(_answer(job, arguments, lambda told: channel.send(("told", told))))


def _answer(job: str, arguments: tuple[Any, ...], tell: Tell) -> tuple[str, object]:
    module, _, name = JOBS[job].partition(":")
    try:
        return "done", getattr(import_module(module), name)(*arguments, tell=tell)
    except DetenteError as error:
        return "failed", error
    except (MemoryError, RecursionError):
        return "failed", too_much("it takes more memory than the server gives to one visitor")
    except Exception as error:  # noqa: BLE001 - a bug becomes one line, not the end of the process
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        at = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where is not None else job
        return "broken", f"{type(error).__name__} at {at}: {error}"


def too_much(problem: str) -> ResourceError:
    """Return the error of a job that takes more than there is."""
    fault = Fault(Place("scenario.yaml"), "RESOURCES", problem, "make it smaller, or run it on your own machine")
    return ResourceError(fault)


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource

    with suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        room = pages * os.sysconf("SC_PAGE_SIZE") + ROOM
        resource.setrlimit(resource.RLIMIT_AS, (room, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _limit_time(seconds: float) -> None:
    """Let the system end this process if a job takes longer than so many seconds of the processor's time."""
    if sys.platform == "win32":
        return
    import resource

    with suppress(OSError, ValueError):
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
