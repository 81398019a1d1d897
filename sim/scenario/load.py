"""From a file to a checked, frozen ``Scenario``, or to all of its faults at once.

A file goes through three sieves: YAML (``source``), the shape of its parts (``schema``), and whether they fit together
(``checks``). A part of the wrong shape is taken out and the rest goes on, so that one reading finds everything.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from sim.errors import Fault, ScenarioError
from sim.scenario.checks import cross_checks
from sim.scenario.declared import declared
from sim.scenario.faults import Finding, findings
from sim.scenario.leaves import Key
from sim.scenario.merge import merged, merged_text
from sim.scenario.schema import Scenario
from sim.scenario.source import MOST_FAULTS, Mapping, Scalar
from sim.scenario.tree import Branch, Step, Twig, planted, remove

_ROUNDS = 25
"""More than the levels of a document: each round takes out at least one of them."""

_OWN = frozenset({"BOUNDS", "TWO-KINDS"})
"""Faults between the entries of one part, found only once each of them is sound."""


def load(path: str | Path) -> Scenario:
    """Return the scenario in a file, its parents merged in.

    Raises:
        ScenarioError: with every fault found, each in the file it stands in, in the order of their places.
    """
    return checked(merged(path), str(path))


def load_text(text: bytes | str, name: str = "scenario.yaml", folder: Path = Path()) -> Scenario:
    """Return the scenario in a text (bytes: as in a file).

    ``name`` is its file in messages, ``extends`` is relative to ``folder``.

    Raises:
        ScenarioError: with every fault found.
    """
    return checked(merged_text(text, name, folder), name)


def checked(document: Mapping, file: str) -> Scenario:
    """Return the scenario a merged document says; raises ``ScenarioError``."""
    tree = planted(document)
    assert isinstance(tree, Branch)
    try:
        scenario = Scenario.model_validate(tree)
    except ValidationError as error:
        raise ScenarioError(_all_faults(error, tree)) from None
    faults = cross_checks(scenario, tree, declared(tree))
    if faults:
        raise ScenarioError(_sorted(faults))
    return scenario.read_from(file, document)


def _sorted(faults: list[Fault]) -> list[Fault]:
    return sorted(set(faults))[:MOST_FAULTS]


def _all_faults(error: ValidationError, tree: Branch) -> list[Fault]:
    """Return the faults of shape and, of what is left without the faulty parts, the faults of fit."""
    found = findings(error, tree)
    faults = [finding.fault for finding in found[:MOST_FAULTS]]
    renamed = _renamed(found)
    names = declared(tree)
    for _ in range(_ROUNDS):
        _prune(found, tree)
        try:
            scenario = Scenario.model_validate(tree)
        except ValidationError as again:
            found = findings(again, tree)
            faults += [one.fault for one in found if one.code in _OWN or _within(one, renamed)]
            renamed = []
        else:
            return _sorted(faults + cross_checks(scenario, tree, names))
    return _sorted(faults)


def _renamed(found: list[Finding]) -> list[Branch | Twig]:
    """Give parts under a misspelled key the key that was likely meant; return them, to be read like any other."""
    renamed: list[Branch | Twig] = []
    for finding in found[:MOST_FAULTS]:
        holder, word = finding.steps[-1] if finding.steps else (None, "")
        if finding.kind != "extra_forbidden" or not isinstance(holder, Branch) or finding.meant in (None, *holder):
            continue
        value = holder.rename(str(word), str(finding.meant))
        if isinstance(value, Branch | Twig):
            renamed.append(value)
    return renamed


def _within(finding: Finding, parts: list[Branch | Twig]) -> bool:
    return any(holder is part for holder, _ in finding.steps for part in parts)


def _prune(found: list[Finding], tree: Branch) -> None:
    """Take the faulty parts out; what a scenario cannot do without is replaced."""
    steps: list[Step] = []
    for finding in found:
        way = finding.steps
        if way and finding.loc[-1] == "when" and len(way) > 1:
            # A rule without its condition would apply always.
            way = way[:-1]
        if way:
            steps.append(way[-1])
        if finding.kind == "missing" and finding.loc == ("clock", "turns"):
            steps.pop()
            tree["clock"]["turns"] = _stand_in("1", tree)
    remove(steps)
    tree.setdefault("scenario", _stand_in("stand-in", tree))
    tree.setdefault("clock", _stand_in_for("turns", _stand_in("1", tree), tree))
    if not tree.get("actors"):
        tree["actors"] = _stand_in_for("nobody", Branch([], tree.place), tree)


def _stand_in(text: str, tree: Branch) -> Scalar:
    return Scalar(text, True, tree.place)


def _stand_in_for(name: str, value: Branch | Scalar, tree: Branch) -> Branch:
    return Branch([(Key(_stand_in(name, tree)), value)], tree.place)
