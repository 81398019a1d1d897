"""Players from outside: Python objects that are named on the command line or given from Python, and how they are found.

A name is that of an entry point of the group ``detente.strategies``, or ``module:attribute``. Only names go into
settings, so that these stay plain values: each process imports what they mean for itself. Scenario files cannot name
players, since files are data and players are code that somebody trusts.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from sim.errors import CommandError, Fault, Place, one_line, quoted, shortened

GROUP = "detente.strategies"
"""The group of entry points by whose names players can be played."""


@dataclass(frozen=True)
class Plugin:
    """What a name means: something that makes players."""

    name: str
    thing: Any
    """A callable without arguments, one that takes a game and an actor, or an object of Axelrod's shape to clone."""
    takes_game: bool
    """Whether it makes one strategy for all runs, given the game and the actor, rather than one player a run."""

    def made(self, *given: Any) -> Any:
        """Return a new player or strategy; what goes wrong in the plug-in is raised as it is."""
        return self.thing.clone() if is_axelrod_shaped(self.thing) else self.thing(*given)


def is_axelrod_shaped(thing: Any) -> bool:
    """Say whether something is an object of the shape that the Axelrod library gives its players."""
    return not inspect.isclass(thing) and callable(getattr(thing, "strategy", None)) and hasattr(thing, "history")


def entry_names() -> list[str]:
    """Return the names of all entry points that offer players."""
    return sorted(_entry_points())


def is_name(word: str) -> bool:
    """Say whether a word names a plug-in, whatever it is worth: ``module:attribute``, or an entry point."""
    return ":" in word or word in _entry_points()


def named(thing: object) -> str:
    """Return the name by which a class or function given from Python can be played; a text is a name already.

    Raises:
        CommandError: importing would not find it.
    """
    if isinstance(thing, str):
        return thing
    module, path = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
    if not (isinstance(module, str) and isinstance(path, str)):
        problem = f"{quoted(thing)} has no name by which every process can import it"
        raise refused(problem, "give its name as a text, such as 'module:attribute', or the class itself")
    name = f"{module}:{path}"
    try:
        found = _attribute(import_module(module), path)
    except (ImportError, AttributeError):
        found = None
    if found is not thing:
        raise refused(f"importing {quoted(name)} does not give what was given", "define it at the top of a module")
    return name


def named_in(plays: Mapping[str, Any]) -> dict[str, str]:
    """Return who plays what, by names alone. Raises ``CommandError``."""
    return {actor: named(thing) for actor, thing in plays.items()}


def found(name: str) -> Plugin:
    """Return the plug-in of a name, imported. Raises ``CommandError`` where it cannot be had or makes no players."""
    thing = _imported(name)
    if is_axelrod_shaped(thing):
        if not callable(getattr(thing, "clone", None)):
            raise refused(f"{quoted(name)} is a player that cannot be cloned", "name its class, or a function")
        return Plugin(name, thing, takes_game=False)
    if not callable(thing):
        remedy = "name a class or function without arguments that makes a player"
        raise refused(f"{quoted(name)} is no plug-in but a {type(thing).__name__}", remedy)
    if inspect.isclass(thing) and callable(getattr(thing, "choose", None)):
        return Plugin(name, thing, takes_game=True)
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return Plugin(name, thing, takes_game=False)
    return Plugin(name, thing, takes_game=_takes_game(name, signature))


def refused(problem: str, remedy: str) -> CommandError:
    """Return the error of a player that cannot be played."""
    return CommandError(Fault(Place("command line"), "PLAYER", problem, remedy))


def told(error: BaseException) -> str:
    """Return an error of somebody else's code in a few words."""
    return shortened(one_line(f"{type(error).__name__}: {error}".removesuffix(": ")), 200)


def _takes_game(name: str, signature: inspect.Signature) -> bool:
    for given in ((), (None, None)):
        try:
            signature.bind(*given)
        except TypeError:
            continue
        return bool(given)
    remedy = "name something made without arguments, or an object of Axelrod's shape made with them"
    raise refused(f"{quoted(name)} needs other arguments than a plug-in gets", remedy)


def _imported(name: str) -> Any:
    module, colon, path = (name if ":" in name else _entry_point(name)).partition(":")
    if not (colon and module and path):
        raise refused(f"{quoted(name)} is no module:attribute", "write the module, a colon, and the class or function")
    try:
        imported = import_module(module)
    except MemoryError:
        raise
    except ModuleNotFoundError as error:
        missing = f"there is no module {quoted(error.name or module)}"
        raise refused(f"{quoted(name)} cannot be imported here: {missing}", "install it, or name another") from error
    except (Exception, SystemExit) as error:
        raise refused(f"importing {quoted(name)} fails: {told(error)}", "mend the module") from error
    try:
        return _attribute(imported, path)
    except AttributeError as error:
        missing = f"{quoted(module)} has no {quoted(path)}"
        remedy = "check the spelling; what a notebook or a prompt defines no other process has: play it with jobs=1"
        raise refused(f"{quoted(name)} cannot be imported here: {missing}", remedy) from error


def _attribute(thing: Any, path: str) -> Any:
    for part in path.split("."):
        thing = getattr(thing, part)
    return thing


def _entry_point(name: str) -> str:
    meant = _entry_points()[name]
    if len(meant) > 1:
        problem = f"{quoted(name)} means several players: {', '.join(meant)}"
        raise refused(problem, "write the module:attribute of one of them")
    return meant[0]


@lru_cache(maxsize=1)
def _entry_points() -> dict[str, tuple[str, ...]]:
    """Return what each entry point names, by its name. Looking through all that is installed takes a while."""
    from importlib.metadata import entry_points

    found: dict[str, set[str]] = {}
    for point in entry_points(group=GROUP):
        found.setdefault(point.name, set()).add(point.value.partition("[")[0].strip())
    return {name: tuple(sorted(meant)) for name, meant in found.items()}
