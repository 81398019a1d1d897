"""detente: what follows from stated incentives about a treaty. The map of the package, in the order of the data's way.

A scenario file becomes a ``Scenario``, a scenario under one regime a game, a game many runs, many runs an answer,
and an answer something to read. Each layer uses only layers that stand above it here:

- ``sim.version`` - which detente this is
- ``sim.errors`` - one family of errors, each with a place, a code and an exit status
- ``sim.shown`` - how a thing shows itself, for ``sim.report`` to fill in
- ``sim.scenario`` - a YAML file becomes a checked, frozen scenario
- ``sim.model`` - what a scenario means: luck, worlds, strategies, the steps of a turn
- ``sim.engine`` - who goes when: one run on a calendar of events, many runs in lockstep
- ``sim.experiment`` - questions asked of many runs: ensembles, comparisons, claims
- ``sim.play`` - games that people play: sessions, views, what might have been
- ``sim.archive`` - results on disk
- ``sim.report`` - results for people to read
- ``sim.interop`` - results for other programs
- ``sim.api`` - the same questions from Python
- ``sim.classroom`` - the web application
- ``sim.commands`` - one file a command
- ``sim.cli`` - the command line

The public names below load what they need when they are first used, so that ``import sim`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.version import __version__ as __version__

if TYPE_CHECKING:
    from sim.api import Scenario, Trace, breakeven, claims, compare, load, matrix, run, sensitivity, sweep, trace
    from sim.errors import DetenteError

__all__ = [
    "DetenteError",
    "Scenario",
    "Trace",
    "breakeven",
    "claims",
    "compare",
    "load",
    "matrix",
    "run",
    "sensitivity",
    "sweep",
    "trace",
]

_HOMES = {
    "DetenteError": "sim.errors",
    "Scenario": "sim.api",
    "Trace": "sim.api",
    "load": "sim.api",
    "run": "sim.api",
    "trace": "sim.api",
    "compare": "sim.api",
    "matrix": "sim.api",
    "sweep": "sim.api",
    "sensitivity": "sim.api",
    "breakeven": "sim.api",
    "claims": "sim.api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
