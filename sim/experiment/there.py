"""What the workers of a cluster do: they say with what they make numbers, and work on pieces of a question.

Only workers that make numbers alike may play one question: versions are those of the program that asks, and processors
can do the same things, since the last digit of a logarithm may differ where they cannot.
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any

from sim.errors import DetenteError, Fault, Place, ResourceError
from sim.experiment.environment import Environment, environment

_ONE_AT_A_TIME = threading.Lock()
"""Threads of a worker take turns: players from outside need not stand several at once, nor does Python's own parser."""

_kept_question: list[Any] = [b"", None]
"""The question that a worker has read last, as it came and as it was read."""


@cache
def environment_there() -> Environment:
    """Return with what a worker makes numbers."""
    return environment()


def answer_there(question: bytes, work: Callable[[Any, Any], Any], kept: Environment, piece: Any) -> tuple[str, bytes]:
    """Return who worked on a piece of a question, and the answer, both pickled: so its bytes can be counted.

    Raises:
        ResourceError: this worker has come late, and makes other numbers than ``kept``.
        DetenteError: the question cannot be read here, or the work on it goes wrong.
    """
    worker = str(import_module("distributed").get_worker().address)
    theirs = environment_there()
    if theirs.versions != kept.versions:
        raise unfit(worker, "has come late, with other versions of detente or of libraries")
    check_processor(worker, theirs, kept)
    with _ONE_AT_A_TIME:
        if _kept_question[0] is not question:
            try:
                _kept_question[:] = question, pickle.loads(question)
            except DetenteError as error:
                faults = (replace(each, problem=f"on {worker}: {each.problem}") for each in error.faults)
                raise type(error)(faults) from None
        return worker, pickle.dumps(work(_kept_question[1], piece), protocol=pickle.HIGHEST_PROTOCOL)


def unfit(worker: str, what: str, remedy: str = "install there what is installed here") -> ResourceError:
    """Return the error of a worker that cannot be asked."""
    return ResourceError(Fault(Place("command line"), "CLUSTER", f"the worker {worker} {what}", remedy))


def check_versions(worker: str, theirs: Environment) -> None:
    """Raise ``ResourceError`` if a worker has other versions than this process."""
    differ = [
        f"{name} {theirs.versions.get(name, 'none')} where this program has {version}"
        for name, version in environment().versions.items()
        if theirs.versions.get(name) != version
    ]
    if differ:
        raise unfit(worker, f"has {', '.join(differ)}, so that it might play other numbers")


def check_processor(worker: str, theirs: Environment, others: Environment) -> None:
    """Raise ``ResourceError`` if a worker's processor cannot do what those of others can, or more."""
    if theirs.can_do_the_same(others):
        return
    apart = " ".join(sorted(set(theirs.processor_features) ^ set(others.processor_features))) or "its kind"
    problem = f"has another processor than the rest ({apart}), so that the last digit of a number might differ"
    remedy = f'ask workers of one kind, or start all with NPY_DISABLE_CPU_FEATURES="{apart}"'
    raise unfit(worker, problem, remedy)
