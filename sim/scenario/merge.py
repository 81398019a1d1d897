"""Lay a scenario over the one it extends, as nodes: every part keeps the place, and the file, it was written in.

The rules are those of `extends` in section 2 of the language page.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from sim.errors import Fault, ScenarioError, quoted
from sim.scenario.source import Mapping, Node, Scalar, parse_source, read_source

DEEPEST = 8
"""Most files that may stand above one another as parents."""

Path_ = tuple[str, ...]
_ANY = "*"
_WHOLE: tuple[Path_, ...] = (
    ("state", _ANY, "initial"),
    ("regimes", _ANY, "initial", _ANY),
    ("actors", _ANY, "actions", _ANY, "after"),
    ("actors", _ANY, "strategies", _ANY),
    ("claims", _ANY),
)
"""What a child replaces whole."""

_SHORT: dict[Path_, str] = {
    ("parameters", _ANY): "value",
    ("state", _ANY): "initial",
    ("derived", _ANY): "value",
    ("actors", _ANY, "incentives", _ANY): "value",
}
"""What may be written as its value alone, and the key of that value."""

_RIVALS = {"rate": "chance", "chance": "rate"}
_HAZARD: Path_ = ("hazards", _ANY)


def merged(path: str | Path) -> Mapping:
    """Return the document in a file with its parents merged in; raises ``ScenarioError``."""
    return _with_parents(read_source(path), Path(path).parent, (os.path.realpath(path),))


def merged_text(text: bytes | str, name: str, folder: Path) -> Mapping:
    """Return the document in a text (bytes: as in a file); ``extends`` is relative to ``folder``.

    Raises:
        ScenarioError: with every fault found.
    """
    return _with_parents(parse_source(text, name), folder, (os.path.realpath(folder / name),))


def laid_over(parent: Mapping, child: Mapping) -> Mapping:
    """Return the document of a child laid over that of its parent."""
    return _merged(parent, child, ())


def _with_parents(document: Mapping, folder: Path, children: tuple[str, ...]) -> Mapping:
    named = document.get("extends")
    if named is None:
        return document
    if isinstance(named, Scalar) and named.value is None:
        return _without(document, "extends")
    path = _parent(named, folder, children)
    parent = _with_parents(read_source(path), path.parent, (*children, os.path.realpath(path)))
    return laid_over(parent, _without(document, "extends"))


def _parent(named: Node, folder: Path, children: tuple[str, ...]) -> Path:
    def refused(problem: str, remedy: str) -> ScenarioError:
        return ScenarioError(Fault(named.place, "EXTENDS", problem, remedy))

    if not isinstance(named, Scalar) or not named.text.strip() or "\0" in named.text:
        raise refused("expected the path of one scenario file", "write a path relative to this file")
    path = folder / named.text.strip()
    if os.path.realpath(path) in children:
        raise refused(f"{quoted(named.text)} leads back to a file that extends it", "extend another file, or none")
    if len(children) > DEEPEST:
        raise refused(f"this is more than {DEEPEST} parents deep", "extend a file further up")
    if not _is_file(path):
        raise refused(f"there is no file {quoted(named.text)}", "write a path relative to this file")
    return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _without(document: Mapping, name: str) -> Mapping:
    return Mapping(tuple((key, value) for key, value in document.entries if key.text != name), document.place)


def _merged(parent: Mapping, child: Mapping, path: Path_) -> Mapping:
    entries = {key.text: (key, value) for key, value in parent.entries}
    for key, value in child.entries:
        name = key.text
        inherited = parent.get(name)
        if inherited is not None and isinstance(value, Scalar) and value.value is None:
            entries.pop(name, None)
            continue
        rival = _RIVALS.get(name)
        if rival is not None and rival in parent and rival not in child and _matches(path, _HAZARD):
            entries.pop(rival, None)
        entries[name] = (key, _over(inherited, value, (*path, name)))
    return Mapping(tuple(entries.values()), child.place)


def _over(parent: Node | None, child: Node, path: Path_) -> Node:
    short = next((key for pattern, key in _SHORT.items() if _matches(path, pattern)), None)
    if isinstance(child, Mapping) and not any(_matches(path, pattern) for pattern in _WHOLE):
        if isinstance(parent, Scalar) and short is not None:
            parent = Mapping(((Scalar(short, True, parent.place), parent),), parent.place)
        return _merged(parent, child, path) if isinstance(parent, Mapping) else child
    if isinstance(child, Scalar) and isinstance(parent, Mapping) and short is not None:
        value = Mapping(((replace(child, text=short, plain=True, source=None), child),), child.place)
        return _merged(parent, value, path)
    return child


def _matches(path: Path_, pattern: Path_) -> bool:
    return len(path) == len(pattern) and all(wanted in (_ANY, word) for wanted, word in zip(pattern, path, strict=True))
