"""The document as dicts and lists, which pydantic reads: each knows its place, and parts can be taken out of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from sim.errors import Place
from sim.scenario.leaves import Key
from sim.scenario.source import Mapping, Node, Scalar, Sequence

Loc: TypeAlias = tuple[str | int, ...]
"""The way to a part, as pydantic names it: keys and indices, also those that a short form leaves unwritten."""


class Branch(dict[str, Any]):
    """A mapping of the document; ``written`` has the scalar each key is written as."""

    def __init__(self, entries: Iterable[tuple[Key, Any]], place: Place) -> None:
        super().__init__(entries)
        self.place = place
        self.written: dict[str, Scalar] = {key: key.scalar for key in self if isinstance(key, Key)}

    def rename(self, name: str, better: str) -> Any:
        """Give an entry another key, at the same place; return its value."""
        key = Key(Scalar(better, True, self.written[name].place))
        self[key] = self.pop(name)
        self.written[better] = key.scalar
        return self[key]


class Twig(list[Any]):
    """A list of the document."""

    def __init__(self, items: Iterable[Any], place: Place) -> None:
        super().__init__(items)
        self.place = place


Step: TypeAlias = tuple[Branch, str] | tuple[Twig, int]


@dataclass(frozen=True)
class Spot:
    """Where a way leads: the entries passed, what stands at the end, and the words that lead nowhere."""

    steps: tuple[Step, ...]
    at: Branch | Twig | Scalar
    rest: Loc


def planted(node: Node) -> Branch | Twig | Scalar:
    """Return the document as a tree of branches, twigs and scalars."""
    if isinstance(node, Mapping):
        return Branch(((Key(key), planted(value)) for key, value in node.entries), node.place)
    if isinstance(node, Sequence):
        return Twig((planted(item) for item in node.items), node.place)
    return node


def key_of(branch: Branch, name: str) -> Scalar:
    """Return a branch's key as it is written."""
    return branch.written[name]


def spot(tree: Branch, loc: Loc) -> Spot:
    """Return where a way leads in a tree."""
    steps: list[Step] = []
    here: Branch | Twig | Scalar = tree
    for number, word in enumerate(loc):
        if isinstance(here, Branch):
            if word == "[key]":
                break
            if word == "choices" and word not in here:
                return _choice(tuple(steps), here, loc[number + 1 :])
            if word not in here:
                return Spot(tuple(steps), here, loc[number:])
            steps.append((here, str(word)))
            here = here[str(word)]
        elif isinstance(here, Twig):
            index = {"low": 0, "high": 1}.get(word, word) if isinstance(word, str) else word
            if isinstance(index, int) and index < len(here):
                steps.append((here, index))
                here = here[index]
    if loc and loc[-1] == "[key]" and steps and isinstance(steps[-1][0], Branch):
        here = key_of(steps[-1][0], str(steps[-1][1]))
    return Spot(tuple(steps), here, ())


def _choice(steps: tuple[Step, ...], weights: Branch, loc: Loc) -> Spot:
    if len(loc) < 2 or not isinstance(loc[0], int):
        return Spot(steps, weights, ())
    name = list(weights)[loc[0]]
    return Spot((*steps, (weights, name)), key_of(weights, name) if loc[1] == 0 else weights[name], ())


def place(tree: Branch, *loc: str | int) -> Place:
    """Return the place of what a way leads to."""
    return spot(tree, loc).at.place


def key_place(tree: Branch, *loc: str | int) -> Place:
    """Return the place of the key a way ends with, or of the nearest thing around it."""
    found = spot(tree, loc)
    holder, last = found.steps[-1] if found.steps else (None, None)
    return key_of(holder, str(last)).place if isinstance(holder, Branch) and last == loc[-1] else found.at.place


class _Removed:
    """Stands in a twig where an entry was taken out, so that the other entries keep their numbers."""


def remove(steps: Iterable[Step]) -> None:
    """Take entries out of the branches and twigs that hold them, all at once."""
    shortened: list[Twig] = []
    for holder, last in steps:
        if isinstance(holder, Branch):
            holder.pop(str(last), None)
        elif isinstance(last, int):
            holder[last] = _Removed()
            shortened.append(holder)
    for twig in shortened:
        twig[:] = [item for item in twig if not isinstance(item, _Removed)]
