"""What pydantic found wrong, as faults with places: one a thing that is wrong, none that only follows from another."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.errors import Fault, Place, expected_one_of, nearest, quoted
from sim.scenario.leaves import found
from sim.scenario.schema import Lead, Scenario
from sim.scenario.source import Scalar
from sim.scenario.tree import Branch, Loc, Spot, Step, key_of, spot

SYNONYMS: Mapping[str, str] = {
    "probability": "chance", "likelihood": "chance", "odds": "chance",
    "intensity": "rate", "frequency": "rate",
    "price": "cost", "costs": "cost", "expense": "cost",
    "lead": "after", "delay": "after", "duration": "after", "lead_time": "after",
    "condition": "when", "if": "when", "requires": "available", "allowed": "available",
    "then": "do", "action": "do", "choose": "do",
    "minimum": "min", "maximum": "max", "start_value": "initial", "value": "initial", "default": "value",
    "change": "drift", "growth": "drift",
    "payoff": "payoffs", "utility": "incentives", "utilities": "incentives", "rewards": "incentives",
    "moves": "actions", "options": "actions", "choices": "actions", "policies": "strategies", "strategy": "plays",
    "players": "actors", "sides": "actors", "agents": "actors", "variables": "state", "states": "state",
    "constants": "parameters", "events": "hazards", "worlds": "regimes", "scenarios": "regimes",
    "statements": "claims", "hypotheses": "claims", "time": "clock", "parent": "extends",
    "rounds": "turns", "periods": "turns", "horizon": "turns", "order": "moves", "delta": "discount",
    "terminates": "ends", "final": "ends", "results": "outcomes", "consequences": "outcomes",
    "lambda": "rationality", "precision": "rationality", "depth": "level", "lookahead": "foresight",
    "text": "says", "claim": "holds", "that": "holds", "bounds": "range", "interval": "range",
    "name": "label", "description": "summary", "comment": "note", "remark": "note", "montecarlo": "monte_carlo",
    "ban": "forbid", "bans": "forbid",
}  # fmt: skip
"""Words that authors try, and what the language calls the thing; used only where that is a key."""

_LOOKED_AT = 1000
"""How many unknown keys are compared with missing ones."""

_MISSING = {
    "scenario": "write 'scenario: ' and a name in lower-case letters, digits and hyphens",
    "clock": "write 'clock: {turns: 20}'",
    "turns": "write 'turns: ' and a whole number from 1 to 10000",
    "actors": "write 'actors: ' and at least one actor",
    "value": "write 'value: ' and a number",
    "do": "write 'do: ' and an action",
    "rationality": "write 'rationality: ' and a number of 0 or more",
    "says": "write 'says: ' and what is claimed, in words",
    "holds": "write 'holds: ' and a comparison of results",
}


@dataclass(frozen=True)
class Finding:
    """One thing pydantic found: what kind of thing, where in the tree, and what its author says of it."""

    kind: str
    loc: Loc
    spot: Spot
    context: Mapping[str, Any]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The entries passed on the way to the faulty part."""
        return self.spot.steps

    @property
    def code(self) -> str | None:
        """The fault's code, if a reader of this package raised it."""
        return self.context.get("code")

    @property
    def place(self) -> Place:
        """Where it is."""
        if self.kind == "extra_forbidden":
            holder, last = self.steps[-1]
            return key_of(holder, str(last)).place if isinstance(holder, Branch) else self.spot.at.place
        at = self.spot.at
        return at.place_of(self.context.get("offset", 0)) if isinstance(at, Scalar) else at.place

    @property
    def meant(self) -> str | None:
        """The key that an unknown key was likely meant to be."""
        part = part_at(self.loc[:-1])
        if part is None:
            return None
        likely = _likely(str(self.loc[-1]), keys_of(part))
        return likely if likely is None or likely in keys_of(part) else SYNONYMS[likely]

    @property
    def fault(self) -> Fault:
        """What is said of it."""
        return Fault(self.place, *_told(self))


def findings(error: ValidationError, tree: Branch) -> list[Finding]:
    """Return everything pydantic found, each thing once, in the order of places."""
    details = error.errors(include_url=False, include_input=False)
    made = [Finding(one["type"], one["loc"], spot(tree, one["loc"]), one.get("ctx", {})) for one in details]
    made.sort(key=lambda finding: finding.place)
    missing = {(finding.loc[:-1], finding.loc[-1]) for finding in made if finding.kind == "missing"}
    if not missing:
        return made
    around = {holder for holder, _ in missing}
    misspelled = {
        (finding.loc[:-1], finding.meant)
        for finding in made[:_LOOKED_AT]
        if finding.kind == "extra_forbidden" and finding.loc[:-1] in around
    }
    return [one for one in made if one.kind != "missing" or (one.loc[:-1], one.loc[-1]) not in misspelled]


def part_at(loc: Loc) -> type[BaseModel] | None:
    """Return the model that stands at a way's end, or None when it is no mapping with fixed keys."""
    here: Any = Scenario
    for word in loc:
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(word))
            here = None if field is None else _bare(field.annotation)
        else:
            arguments = [one for one in typing.get_args(here) if one is not Ellipsis]
            here = _bare(arguments[-1]) if arguments else None
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def keys_of(part: type[BaseModel]) -> list[str]:
    """Return the keys an author may write in a part."""
    if part is Lead:
        return ["mean", "low", "mode", "high"]
    own = [name for name in part.model_fields if name not in ("label", "note")]
    return [*own, "label", "note"]


def _bare(annotation: Any) -> Any:
    """Return an annotation without its decoration and without None."""
    while True:
        if typing.get_origin(annotation) is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        elif typing.get_origin(annotation) in (typing.Union, types.UnionType):
            annotation = next(one for one in typing.get_args(annotation) if one is not types.NoneType)
        else:
            return annotation


def _told(finding: Finding) -> tuple[str, str, str]:
    """Return a finding's code, problem and remedy."""
    name = str(finding.loc[-1]) if finding.loc else ""
    match finding.kind:
        case "detente":
            return finding.context["code"], finding.context["problem"], finding.context["remedy"]
        case "extra_forbidden":
            part = part_at(finding.loc[:-1])
            return "UNKNOWN-KEY", f"unknown key {quoted(name)}", _remedy(name, keys_of(part) if part else [])
        case "missing":
            return "MISSING-KEY", f"'{name}' is missing", _MISSING.get(name, f"write '{name}: ...'")
        case "greater_than_equal" | "less_than_equal" | "less_than" | "greater_than":
            return _out_of_range(finding.loc, finding.spot)
        case "too_short":
            return "EMPTY", f"'{name}' is empty", "write at least one entry"
    return _wrong_kind(finding.kind, finding.spot)


def _remedy(word: str, keys: Iterable[str]) -> str:
    keys = list(keys)
    likely = _likely(word, keys)
    if likely is None or likely in keys:
        return expected_one_of(word, keys, "key")
    said = "" if likely == word else f"did you mean '{likely}'? "
    return f"{said}the language calls it '{SYNONYMS[likely]}'"


def _likely(word: str, keys: list[str]) -> str | None:
    """Return the known key, or the synonym of one, that a word is most like."""
    synonyms = [name for name, key in SYNONYMS.items() if key in keys and name not in keys]
    return word if word in synonyms else nearest(word, keys) or nearest(word, synonyms)


def _out_of_range(loc: Loc, where: Spot) -> tuple[str, str, str]:
    part = part_at(loc[:-1])
    field = part.model_fields.get(str(loc[-1])) if part else None
    bounds: dict[str, Any] = {}
    for held in field.metadata if field else []:
        bounds |= {name: getattr(held, name) for name in ("ge", "gt", "le", "lt") if hasattr(held, name)}
    low = bounds.get("ge")
    high = bounds.get("le", bounds["lt"] - 1 if "lt" in bounds else None)
    problem = f"'{loc[-1]}' is out of range: {found(where.at)}"
    return "OUT-OF-RANGE", problem, f"write a whole number from {low} to {high}"


def _wrong_kind(kind: str, where: Spot) -> tuple[str, str, str]:
    expected, remedy = {
        "dict_type": ("names with their values", "write 'name: value' for each, or leave the key out"),
        "tuple_type": ("a list", "write [first, second], or leave the key out"),
    }.get(kind, ("something else", "see the language's reference"))
    empty = isinstance(where.at, Scalar) and where.at.value is None
    code = "EMPTY" if empty else "WRONG-KIND"
    return code, f"expected {expected}, found {found(where.at)}", remedy
