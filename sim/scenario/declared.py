"""What a scenario names: read from the document itself, so that a name whose part is faulty is still known.

Also the rules on names alone: which share a namespace, which are taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from sim.errors import Fault, Place, quoted
from sim.scenario.source import Scalar
from sim.scenario.tree import Branch, Twig, key_of

Known: TypeAlias = dict[str, Place] | None
"""Names with the places of their keys; None when the part is so broken that nobody can tell."""

RESULTS = ("final", "count", "actions", "ended", "duration")
"""Words of claims, which are therefore no actors."""

VARIABLES = ("parameters", "state", "derived")
"""Parts whose names share one namespace."""


@dataclass(frozen=True)
class DeclaredActor:
    """The names one actor declares; ``guarded`` are its actions with an ``available``."""

    actions: Known
    strategies: Known
    incentives: Known
    mixes: frozenset[str]
    guarded: frozenset[str]


@dataclass(frozen=True)
class Declared:
    """All names a scenario declares, by the part that declares them."""

    parameters: Known
    state: Known
    derived: Known
    actors: Known
    hazards: Known
    regimes: Known
    by_actor: dict[str, DeclaredActor]
    outcomes: dict[str, Known]
    forbidden: frozenset[tuple[str, str]]
    initial: frozenset[str]
    """State variables that say what they start from."""

    @property
    def variables(self) -> dict[str, Place] | None:
        """Everything an expression may name, but ``turn``."""
        if self.parameters is None or self.state is None or self.derived is None:
            return None
        return self.parameters | self.state | self.derived


def declared(tree: Branch) -> Declared:
    """Return the names a document declares, whatever else is wrong with it."""
    actors, hazards, state = tree.get("actors"), tree.get("hazards"), tree.get("state")
    return Declared(
        parameters=_names(tree, "parameters"),
        state=_names(tree, "state"),
        derived=_names(tree, "derived"),
        actors=_names(tree, "actors") if "actors" in tree else None,
        hazards=_names(tree, "hazards"),
        regimes=_names(tree, "regimes"),
        by_actor={name: _actor(one) for name, one in _entries(actors)},
        outcomes={name: _names(one, "outcomes") for name, one in _entries(hazards)},
        forbidden=frozenset(_forbidden(tree)),
        initial=frozenset(name for name, one in _entries(state) if not isinstance(one, Branch) or "initial" in one),
    )


def _actor(actor: object) -> DeclaredActor:
    actions = actor.get("actions") if isinstance(actor, Branch) else None
    strategies = actor.get("strategies") if isinstance(actor, Branch) else None
    return DeclaredActor(
        actions=_names(actor, "actions"),
        strategies=_names(actor, "strategies"),
        incentives=_names(actor, "incentives"),
        mixes=frozenset(name for name, one in _entries(strategies) if isinstance(one, Branch) and "mix" in one),
        guarded=frozenset(name for name, one in _entries(actions) if not isinstance(one, Branch) or "available" in one),
    )


def _names(holder: object, part: str) -> Known:
    if not isinstance(holder, Branch):
        return None
    held = holder.get(part)
    if held is None:
        return {}
    return {name: key_of(held, name).place for name in held} if isinstance(held, Branch) else None


def _entries(held: object) -> list[tuple[str, object]]:
    return list(held.items()) if isinstance(held, Branch) else []


def _forbidden(tree: Branch) -> Iterator[tuple[str, str]]:
    for _, regime in _entries(tree.get("regimes")):
        forbid = regime.get("forbid") if isinstance(regime, Branch) else None
        for actor, actions in _entries(forbid):
            if isinstance(actions, Twig):
                yield from ((actor, one.text) for one in actions if isinstance(one, Scalar))


def misnamed(names: Declared) -> Iterator[Fault]:
    """Yield a fault for every name that is declared twice or taken by the language."""
    yield from _taken("turn", "it is the number of the current turn", names.parameters, names.state, names.derived)
    yield from _twice(names)
    for word in RESULTS:
        yield from _taken(word, "claims use the word for results", names.actors)
    incentives = [actor.incentives for actor in names.by_actor.values()]
    yield from _taken("costs", "it is the ledger's entry for costs", names.hazards, *incentives)
    for actor in incentives:
        for name, place in (actor or {}).items():
            if name in (names.hazards or {}):
                yield _again(place, name, "hazard", (names.hazards or {})[name])


def _twice(names: Declared) -> Iterator[Fault]:
    seen: dict[str, tuple[str, Place]] = {}
    for part, what in zip(VARIABLES, ("parameter", "state variable", "derived name"), strict=True):
        held: Known = getattr(names, part)
        for name, place in (held or {}).items():
            if name in seen:
                yield _again(place, name, *seen[name])
            else:
                seen[name] = (what, place)


def _again(place: Place, name: str, what: str, first: Place) -> Fault:
    return Fault(place, "DUPLICATE-NAME", f"{quoted(name)} is already a {what} ({first})", "choose another name")


def _taken(name: str, why: str, *parts: Known) -> Iterator[Fault]:
    for part in parts:
        if part and name in part:
            yield Fault(part[name], "RESERVED-NAME", f"{quoted(name)} cannot be declared: {why}", "choose another name")
