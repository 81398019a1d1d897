"""The results that claims may name, and claims that name others (language page, section 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sim.errors import Fault, expected_one_of, quoted
from sim.scenario.declared import RESULTS, Declared
from sim.scenario.schema import Scenario
from sim.scenario.statements import Equilibrium, Reference, Statement

DEFAULT_REGIME = "base"
"""The name of the one regime of a file without regimes."""

_NOTHING = ("", ())


def unknown_results(scenario: Scenario, names: Declared) -> Iterator[Fault]:
    """Yield a fault for every result in a claim that the scenario does not have."""
    for claim in scenario.claims.values():
        for reference in claim.holds.references:
            fault = _unknown(claim.holds, reference, names)
            if fault is not None:
                yield fault
        for equilibrium in claim.holds.equilibria:
            yield from _unknown_in_equilibrium(claim.holds, equilibrium, names)


def _unknown_in_equilibrium(statement: Statement, equilibrium: Equilibrium, names: Declared) -> Iterator[Fault]:
    acting = None if names.actors is None else [name for name in names.actors if names.by_actor[name].actions != {}]
    if acting is not None and len(acting) != 2:
        many = ("are none", "is one")[len(acting)] if len(acting) < 2 else f"are {len(acting)}"
        problem = f"equilibria need two actors with actions, and here {many}"
        yield Fault(statement.place_of(equilibrium), "CLAIM", problem, "claim something about results instead")
        return
    regimes = None if names.regimes is None else list(names.regimes) or [DEFAULT_REGIME]
    known = [("regime", regimes), ("actor", acting)]
    known += [("strategy", _strategies(equilibrium.actor, names))] * len(equilibrium.strategies)
    for word, offset, (what, choices) in zip(equilibrium.words, equilibrium.offsets, known, strict=True):
        if choices is not None and word not in choices:
            remedy = expected_one_of(word, choices, what)
            yield Fault(statement.place_at(offset), f"UNKNOWN-{what.upper()}", f"unknown {what} {quoted(word)}", remedy)


def _strategies(actor: str, names: Declared) -> list[str] | None:
    """Return what stands in a strategy matrix: the strategies written, or the actions where there are none."""
    part = names.by_actor.get(actor)
    if part is None or part.strategies is None:
        return None
    return list(part.strategies) or (None if part.actions is None else list(part.actions))


def _unknown(statement: Statement, reference: Reference, names: Declared) -> Fault | None:
    words = reference.words
    for number, word in enumerate(words):
        what, known = _next(words[:number], names)
        if known is None:
            return None
        if not what:
            problem = f"{quoted('.'.join(words[:number]))} is a whole result, found {quoted('.' + word)} after it"
            return _fault(statement, reference, number, "UNKNOWN-RESULT", problem, "end it there")
        if word not in known:
            code = f"UNKNOWN-{what.rpartition(' ')[2].upper()}"
            problem = f"unknown {what} {quoted(word)}"
            return _fault(statement, reference, number, code, problem, expected_one_of(word, known, what))
    if _open(words):
        _, known = _next(words, names)
        problem = f"{quoted(str(reference))} is only the beginning of a result"
        remedy = f"go on with one of: {', '.join(list(known or ())[:12])}"
        return _fault(statement, reference, 0, "UNKNOWN-RESULT", problem, remedy)
    return None


def _open(words: tuple[str, ...]) -> bool:
    """Say whether something must follow these words."""
    if len(words) == 1:
        return True
    return (words[1] in ("final", "count") and len(words) == 2) or (words[1] == "actions" and len(words) < 4)


def _next(words: tuple[str, ...], names: Declared) -> tuple[str, Iterable[str] | None]:
    """Return what may follow some words of a result: how it is called, and its names (None: not known)."""
    match words:
        case ():
            return "regime", None if names.regimes is None else names.regimes or [DEFAULT_REGIME]
        case (_,):
            return "result", None if names.actors is None else [*names.actors, *RESULTS]
        case (_, "final"):
            known = names.state is not None and names.derived is not None
            return "state variable or derived name", [*(names.state or ()), *(names.derived or ())] if known else None
        case (_, "count"):
            return "hazard", names.hazards
        case (_, "count", hazard):
            outcomes = names.outcomes.get(hazard)
            return _NOTHING if outcomes == {} else ("outcome", outcomes)
        case (_, "actions"):
            return "actor", names.actors
        case (_, "actions", actor):
            return "action", names.by_actor[actor].actions
        case (_, "ended" | "duration" | "final" | "count" | "actions", *_):
            return _NOTHING
        case (_, actor):
            incentives = names.by_actor[actor].incentives
            known = incentives is not None and names.hazards is not None
            return "ledger entry", ["costs", *(incentives or ()), *(names.hazards or ())] if known else None
    return _NOTHING


def _fault(statement: Statement, reference: Reference, number: int, code: str, problem: str, remedy: str) -> Fault:
    before = sum(len(word) + 1 for word in reference.words[:number])
    at = statement.scalar.place_of(statement.shift + reference.offset + before)
    return Fault(at, code, problem, remedy)
