"""A child scenario laid over a generated parent, and a plain reading of how the two merge."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

from tests.generated.documents import DERIVED, HAZARDS, OUTCOMES, Document, Documents
from tests.generated.draws import Draws

Path = tuple[str, ...]
Change = tuple[Path, Any]


def merged(parent: Document, child: Document) -> Document:
    """Return the child written out in full (language page, section 2, ``extends``)."""
    laid = {key: value for key, value in child.items() if key != "extends"}
    whole: Document = _laid_over(copy.deepcopy(parent), laid, ())
    return whole


def _laid_over(old: Any, new: Any, path: Path) -> Any:
    if not isinstance(old, dict) or _whole(path):
        return _without_nulls(new)
    if not isinstance(new, dict):
        short = _short(path)
        return {**old, short: new} if short else new
    result = dict(old)
    if len(path) == 2 and path[0] == "hazards" and {"rate", "chance"} & set(new):
        for dropped, kept in (("rate", "chance"), ("chance", "rate")):
            if new.get(kept) is not None:
                result.pop(dropped, None)
    for key, value in new.items():
        if value is None:
            result.pop(key, None)
        elif key in result:
            result[key] = _laid_over(result[key], value, (*path, key))
        else:
            result[key] = _without_nulls(value)
    return result


def _whole(path: Path) -> bool:
    """Return whether what stands here is replaced whole."""
    if len(path) < 2:
        return False
    return (
        (path[0] == "claims" and len(path) == 2)
        or (path[0] == "actors" and path[2:3] == ("strategies",) and len(path) == 4)
        or path[-1] == "after"
        or (path[-1] == "initial" and path[0] == "state")
        or (path[0] == "regimes" and path[2:3] == ("initial",) and len(path) == 4)
    )


def _short(path: Path) -> str:
    """Return the key that a short form stands for here, or nothing."""
    if len(path) == 2 and path[0] in ("parameters", "derived"):
        return "value"
    if len(path) == 2 and path[0] == "state":
        return "initial"
    return "value" if len(path) == 4 and path[2] == "incentives" else ""


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(part) for key, part in value.items() if part is not None}
    return value


class Overlays(Draws):
    """Makes a child out of small changes, each kept only if the whole is still a valid scenario."""

    def __init__(self, draw: Any, maker: Documents, parent: Document) -> None:
        super().__init__(draw)
        self.maker, self.parent = maker, parent

    def child(self, name: str) -> Document:
        """Return a child of ``parent.yaml`` with a handful of changes."""
        child: Document = {"scenario": name, "extends": "parent.yaml"}
        if self.flip(30):
            child = {"extends": "parent.yaml", "scenario": name, "title": self.maker.words()}
        ways: list[Callable[[], list[Change]]] = [
            self._parameter, self._state, self._derived, self._incentive, self._action, self._action_key,
            self._strategy, self._hazard, self._hazard_key, self._outcome, self._regime, self._clock, self._claim,
            self._removed, self._seen_as, self._effect,
        ]  # fmt: skip
        for _ in range(self.whole(1, 12)):
            changed = copy.deepcopy(child)
            changes = self.choose(ways)()
            done = bool(changes) and all(_put(changed, path, value) for path, value in changes)
            if done and valid(merged(self.parent, changed)):
                child = changed
        return child

    def _one_of(self, *path: str) -> str | None:
        part: Any = self.parent
        for key in path:
            part = part.get(key, {}) if isinstance(part, dict) else {}
        return self.choose(list(part)) if part else None

    def _parameter(self) -> list[Change]:
        name = self._one_of("parameters")
        return [(("parameters", name), self.maker.parameter(name))] if name else []

    def _state(self) -> list[Change]:
        name = self._one_of("state")
        assert name is not None
        old, maker = self.parent["state"][name], self.maker
        if not isinstance(old, dict):
            return [(("state", name), {"initial": maker.initial(name)})]
        kind = self.whole(0, 3)
        if kind == 0:
            return [(("state", name), maker.initial_number(name))]
        if kind == 1:
            return [(("state", name, "initial"), maker.initial(name))]
        if kind == 2 and "drift" in old:
            return [(("state", name, "drift"), None)]
        return [(("state", name, "drift"), maker.drift(name))]

    def _seen_as(self) -> list[Change]:
        masked = [name for name, part in self.parent["state"].items() if isinstance(part, dict) and "seen_as" in part]
        if not masked:
            return []
        name = self.choose(masked)
        actors = list(self.parent["state"][name]["seen_as"])
        path = ("state", name, "seen_as")
        return [((*path, self.choose(actors)), None)] if self.flip(60) else [(path, None)]

    def _derived(self) -> list[Change]:
        maker = self.maker
        name = self._one_of("derived")
        if name and self.flip(60):
            text = maker.bounded(maker.leads, *maker.derived_limits[name], 2, not maker.scope[name].rough).text
            return [(("derived", name), maker.valued(text))]
        free = [name for name in DERIVED if name not in self.parent.get("derived", {})]
        return [(("derived", free[0]), maker.tree(maker.over_state, 2).text)]

    def _incentive(self) -> list[Change]:
        actor = self.choose(self.maker.actors)
        name = self._one_of("actors", actor, "incentives")
        if name is None or self.flip(20):
            return [(("actors", actor, "incentives", "new_aim"), self.maker.incentive())]
        return [(("actors", actor, "incentives", name), None if self.flip(25) else self.maker.incentive())]

    def _action(self) -> list[Change]:
        actor = self.choose(self.maker.actors)
        return [(("actors", actor, "actions", "answer"), self.maker.action())]

    def _some_action(self) -> tuple[Path, Document] | None:
        actor = self.choose(self.maker.actors)
        name = self._one_of("actors", actor, "actions")
        return (("actors", actor, "actions", name), self.parent["actors"][actor]["actions"][name]) if name else None

    def _action_key(self) -> list[Change]:
        found = self._some_action()
        if found is None:
            return []
        path, action = found
        if action and self.flip(40):
            return [((*path, self.choose(list(action))), None)]
        made = self.maker.action()
        return [((*path, key), value) for key, value in made.items() if key not in ("set", "add", "now")][:2]

    def _effect(self) -> list[Change]:
        found = self._some_action()
        if found is None:
            return []
        path, action = found
        key = self.choose(("add", "set"))
        names = list(action.get(key, {}))
        if names and self.flip(50):
            return [((*path, key, self.choose(names)), None)]
        name = self.choose(list(self.maker.bounds))
        return [((*path, key, name), self.maker.added(name) if key == "add" else self.maker.set_to(name))]

    def _strategy(self) -> list[Change]:
        actor = self.choose([actor for actor in self.maker.actors if self.maker.actions[actor]] or [""])
        if not actor:
            return []
        names = list(self.parent["actors"][actor].get("strategies", {}))
        if names and self.flip(30):
            return [(("actors", actor, "strategies", self.choose(names)), None)]
        changes: list[Change] = []
        name = self.choose([*names, "answering"])
        changes.append((("actors", actor, "strategies", name), self.maker.strategy(actor)))
        if self.flip(30):
            changes.append((("actors", actor, "plays"), name))
        return changes

    def _hazard(self) -> list[Change]:
        name = self._one_of("hazards")
        if name and self.flip(40):
            return [(("hazards", name), None)]
        free = [name for name in HAZARDS if name not in self.parent.get("hazards", {})]
        return [(("hazards", free[0]), self.maker.hazard())]

    def _hazard_key(self) -> list[Change]:
        name = self._one_of("hazards")
        if name is None:
            return []
        path, old, maker = ("hazards", name), self.parent["hazards"][name], self.maker
        kind = self.whole(0, 3)
        if kind <= 1:
            rate = ("rate" in old) != (kind == 0)
            text = maker.bounded(maker.scope, 0, 2.5 if rate else 1).text
            return [((*path, "rate" if rate else "chance"), text)]
        if kind == 2 and "outcomes" not in old:
            dropped: list[Change] = [((*path, key), None) for key in ("set", "add", "payoffs") if key in old]
            return [*dropped, ((*path, "outcomes"), {self.choose(OUTCOMES): maker.outcome()})]
        if kind == 2:
            return [((*path, "outcomes"), None), *(((*path, key), part) for key, part in maker.strike().items())]
        return [((*path, "ends"), None if "ends" in old else self.flip(50))]

    def _outcome(self) -> list[Change]:
        name = self._one_of("hazards")
        outcomes = self.parent["hazards"][name].get("outcomes") if name else None
        if not outcomes:
            return []
        path = ("hazards", str(name), "outcomes")
        outcome = self.choose(list(outcomes))
        if len(outcomes) > 1 and self.flip(30):
            return [((*path, outcome), None)]
        if outcomes[outcome] and self.flip(40):
            return [((*path, outcome, self.choose(list(outcomes[outcome]))), None)]
        return [((*path, outcome, key), value) for key, value in self.maker.outcome().items()]

    def _regime(self) -> list[Change]:
        name = self._one_of("regimes")
        if name is None or self.flip(30):
            self.maker.forbidden["later"] = {}
            return [(("regimes", "later"), self.maker.regime("later"))]
        if self.flip(30):
            return [(("regimes", name), None)]
        made = self.maker.regime(name)
        changes: list[Change] = [(("regimes", name, key), value) for key, value in made.items() if key != "initial"]
        actor = self.choose(self.maker.actors)
        if self.maker.actions[actor] and self.flip(30):
            barred = self.maker.some(self.maker.actions[actor], 0, 2)
            changes = [*changes, (("regimes", name, "forbid"), {actor: barred})]
        return changes

    def _clock(self) -> list[Change]:
        old, maker = self.parent["clock"], self.maker
        kind = self.whole(0, 3)
        if kind == 0:
            return [(("clock", "turns"), self.whole(1, maker.max_turns))]
        if kind == 1:
            return [(("clock", "discount"), maker.discount())]
        if kind == 2 and "moves" in old and self.flip(50):
            return [(("clock", "moves"), None)]
        return [(("clock", "moves"), self.shuffled(maker.actors))]

    def _claim(self) -> list[Change]:
        name = self._one_of("claims")
        if name and self.flip(40):
            return [(("claims", name), None)]
        return [(("claims", name or "new_claim"), self.maker.claim(self.parent))]

    def _removed(self) -> list[Change]:
        keys = ("claims", "regimes", "hazards", "sources", "teaching", "monte_carlo", "title", "summary", "derived")
        here = [key for key in keys if key in self.parent]
        if not here:
            return [(("monte_carlo",), {"runs": 7})]
        return [((self.choose(here),), None)]


def _put(document: Document, path: Path, value: Any) -> bool:
    """Set what stands at a path; False where the document already says something there."""
    for key in path[:-1]:
        if document.get(key, {}) is None or not isinstance(document.get(key, {}), dict):
            return False
        document = document.setdefault(key, {})
    if path[-1] in document and path != ("title",):
        return False
    document[path[-1]] = value
    return True


# ---------------------------------------------------------------- what a change may break


def valid(document: Document) -> bool:
    """Return whether what is named still exists and every rule can still be reached."""
    return all(check(document) for check in (_names_exist, _actors_fine, _claims_fine, _hazards_fine))


def _names_exist(document: Document) -> bool:
    known = set(DERIVED) & set(document.get("derived", {}))
    text = repr({key: part for key, part in document.items() if key not in ("claims", "title", "summary", "sources")})
    words = set(re.findall(r"\w+", text))
    return all(name in known or name not in words for name in DERIVED)


def _actors_fine(document: Document) -> bool:
    for name, actor in document["actors"].items():
        strategies, actions = actor.get("strategies", {}), actor.get("actions", {})
        playable = {*strategies, *actions}
        plays = [part.get("plays", {}).get(name) for part in (document.get("regimes") or {}).values()]
        if any(chosen is not None and chosen not in playable for chosen in (*plays, actor.get("plays"))):
            return False
        barred = {a for part in (document.get("regimes") or {}).values() for a in part.get("forbid", {}).get(name, [])}
        open_ones = {a for a, part in actions.items() if "available" not in part} - barred
        for strategy in strategies.values():
            if not _strategy_fine(strategy, strategies, playable, open_ones):
                return False
    return True


def _strategy_fine(strategy: Any, strategies: Document, playable: set[str], open_ones: set[str]) -> bool:
    if isinstance(strategy, dict) and "mix" in strategy:
        parts = [strategies.get(name) for name in strategy["mix"]]
        return set(strategy["mix"]) <= playable and not any(isinstance(p, dict) and "mix" in p for p in parts)
    rules = strategy.get("rules", []) if isinstance(strategy, dict) else strategy
    if isinstance(rules, str):
        return True
    for rule in rules[:-1]:
        done = {rule["do"]} if isinstance(rule["do"], str) else set(rule["do"])
        if "when" not in rule and done & open_ones:
            return False
    return True


def _claims_fine(document: Document) -> bool:
    regimes = document.get("regimes") or {"base": {}}
    for claim in document.get("claims", {}).values():
        for word in claim["holds"].split():
            if "." in word and not word.replace(".", "").isdigit() and not _result_exists(word.split("."), document):
                return False
            if "." in word and not word[0].isdigit() and word.split(".")[0] not in regimes:
                return False
    return True


def _result_exists(words: list[str], document: Document) -> bool:
    if words[0][0].isdigit():
        return True
    hazards = document.get("hazards", {})
    match words[1:]:
        case ["ended" | "duration"]:
            return True
        case ["final", name]:
            return name in document["state"] or name in document.get("derived", {})
        case ["count", hazard]:
            return hazard in hazards
        case ["count", hazard, outcome]:
            return outcome in hazards.get(hazard, {}).get("outcomes", {})
        case ["actions", actor, action]:
            return action in document["actors"][actor].get("actions", {})
        case [actor]:
            return actor in document["actors"]
        case [actor, entry]:
            return entry == "costs" or entry in document["actors"][actor].get("incentives", {}) or entry in hazards
    return False


def _hazards_fine(document: Document) -> bool:
    for hazard in document.get("hazards", {}).values():
        if ("rate" in hazard) == ("chance" in hazard):
            return False
        if "outcomes" in hazard and (not hazard["outcomes"] or {"set", "add", "payoffs"} & set(hazard)):
            return False
    return True
