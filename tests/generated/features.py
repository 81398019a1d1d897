"""Which features of the language a scenario uses, so that a test can see that the generator leaves none out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]

OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.Mod: "%", ast.FloorDiv: "//",
    ast.USub: "unary -", ast.Not: "not", ast.And: "and", ast.Or: "or", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">",
    ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
FUNCTIONS = ("min", "max", "abs", "sqrt", "exp", "log", "floor", "ceil", "clip", "logistic", "pick")
RISKY = {"sqrt", "log", "exp"}

ALL = frozenset(
    [f"operator {sign}" for sign in OPERATORS.values()]
    + [f"function {name}" for name in FUNCTIONS]
    + [f"guard by {kind}" for kind in ("if", "and", "or", "pick", "chain")]
    + [f"label on {kind}" for kind in (
        "parameter", "state", "derived", "actor", "incentive", "action", "strategy", "hazard", "outcome", "regime", "claim",
    )]
    + [f"{count} actors" for count in (1, 2, 3)]
    + [f"{count} actions" for count in range(5)]
    + [f"{count} hazards" for count in range(4)]
    + [f"{count} regimes" for count in range(4)]
    + [f"after {kind}" for kind in (
        "zero", "whole", "fractional", "longer than the game", "over parameters", "over state", "uniform", "exponential",
        "triangular", "left out",
    )]
    + [f"initial {kind}" for kind in ("number", "expression", "weighted", "weighted expression", "uniform", "left out")]
    + [f"action {key}" for key in ("available", "cost", "chance", "after", "set", "add", "now set", "now add", "empty")]
    + [f"available {kind}" for kind in ("over state", "over turn", "never", "true")]
    + [f"strategy {kind}" for kind in (
        "action", "action long", "rules", "rules long", "script", "mix", "weigh", "left out", "own name",
    )]
    + [f"rule {kind}" for kind in ("when", "bare", "weighted", "weight 0", "never available", "weighted never available")]
    + [f"mix of {kind}" for kind in ("strategy", "action")]
    + [f"weigh {kind}" for kind in (
        "rationality 0", "rationality expression", "foresight default", "foresight 0", "foresight number",
        "foresight expression", "level 0", "level 1", "level 2", "level 3", "level 4", "level expression", "believes",
        "believes expression",
    )]
    + [f"plays {kind}" for kind in ("strategy", "action", "default")]
    + [f"moves {kind}" for kind in ("order", "other order", "simultaneous", "default")]
    + [f"discount {kind}" for kind in ("number", "expression", "default")]
    + [f"parameter {kind}" for kind in ("short", "long", "range", "source")]
    + [f"state {kind}" for kind in ("short", "min and max", "min", "max", "unbounded", "drift", "seen_as")]
    + [f"derived {kind}" for kind in ("short", "long", "chain", "forward")]
    + [f"incentive {kind}" for kind in ("short", "long")]
    + [f"hazard {kind}" for kind in (
        "rate", "chance", "set", "add", "payoffs", "outcomes", "ends", "outcomes and ends", "does nothing",
    )]
    + [f"outcome {kind}" for kind in ("weight", "weight 0", "weight default", "set", "add", "payoffs", "ends", "ends false")]
    + [f"regime {kind}" for kind in ("plays", "parameters", "initial", "initial drawn", "forbid", "forbids all")]
    + [f"claim on {kind}" for kind in ("payoff", "entry", "final", "count", "outcome", "actions", "ended", "duration")]
    + ["claims joined by and", "clock start", "clock turn", "note"]
    + ["title", "summary", "sources", "teaching", "monte_carlo", "turn in an expression", "spelled number"]
)  # fmt: skip


def expressions(document: Document) -> Iterator[tuple[str, str]]:
    """Yield the kind of place and the text of every number or expression that is worked out in a run."""
    clock = document["clock"]
    if "discount" in clock:
        yield "discount", clock["discount"]
    for part in document.get("state", {}).values():
        yield from _initial(part.get("initial", {}) if isinstance(part, dict) else part)
        if isinstance(part, dict) and "drift" in part:
            yield "drift", part["drift"]
    for part in document.get("derived", {}).values():
        yield "derived", value_of(part)
    for actor in document["actors"].values():
        yield from _of_actor(actor)
    for hazard in document.get("hazards", {}).values():
        yield from ((key, hazard[key]) for key in ("rate", "chance") if key in hazard)
        for part in (hazard, *hazard.get("outcomes", {}).values()):
            yield from _effects(part)
            yield from (("payoffs", text) for text in part.get("payoffs", {}).values())
            if "weight" in part:
                yield "weight", part["weight"]
    for regime in (document.get("regimes") or {}).values():
        for part in regime.get("initial", {}).values():
            yield from _initial(part)


def _initial(part: Any) -> Iterator[tuple[str, str]]:
    if isinstance(part, str):
        yield "initial", part
    elif set(part) == {"low", "high"}:
        yield from (("initial", text) for text in part.values())
    else:
        yield from (("initial", text) for pair in part.items() for text in pair)


def _effects(part: Document) -> Iterator[tuple[str, str]]:
    for key in ("set", "add"):
        yield from ((key, text) for text in part.get(key, {}).values())


def _of_actor(actor: Document) -> Iterator[tuple[str, str]]:
    yield from (("incentive", value_of(part)) for part in actor.get("incentives", {}).values())
    for action in actor.get("actions", {}).values():
        yield from ((key, action[key]) for key in ("cost", "chance", "available") if key in action)
        yield from (("after", text) for text in leads(action))
        yield from _effects(action)
        yield from _effects(action.get("now", {}))
    for strategy in actor.get("strategies", {}).values():
        for rule in rules(strategy):
            if "when" in rule:
                yield "when", rule["when"]
            if isinstance(rule["do"], dict):
                yield from (("do", text) for text in rule["do"].values())
        if isinstance(strategy, dict):
            yield from (("mix", text) for text in strategy.get("mix", {}).values())
            weigh = strategy.get("weigh", {})
            yield from ((key, text) for key, text in weigh.items() if isinstance(text, str))
            yield from (("believes", text) for text in weigh.get("believes", {}).values())


def value_of(part: Any) -> str:
    """Return the expression of a derived name, incentive or parameter in either form."""
    return str(part["value"] if isinstance(part, dict) else part)


def leads(action: Document) -> list[str]:
    """Return the numbers of an action's lead time."""
    after = action.get("after", [])
    return [after] if isinstance(after, str) else list(after.values() if isinstance(after, dict) else after)


def rules(strategy: Any) -> list[Document]:
    """Return the rules of a strategy, none if it is of another kind."""
    listed = strategy.get("rules", []) if isinstance(strategy, dict) else strategy
    return [] if isinstance(listed, str) else listed


def is_number(text: str) -> bool:
    """Return whether a text is a plain number."""
    return re.fullmatch(r"-?[0-9.]+(e-?[0-9]+)?", text) is not None


def names_in(text: str) -> set[str]:
    """Return the names an expression reads."""
    return {node.id for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)} - set(FUNCTIONS)


def features(document: Document) -> set[str]:
    """Return the features, out of ``ALL``, that a document uses."""
    found = {key for key in ("title", "summary", "sources", "teaching", "monte_carlo") if key in document}
    actors, regimes = document["actors"], document.get("regimes") or {}
    found |= {f"{len(actors)} actors", f"{len(document.get('hazards', {}))} hazards", f"{len(regimes)} regimes"}
    found |= _of_clock(document["clock"], list(actors))
    found |= _of_numbers(document)
    for name, actor in actors.items():
        found |= _moves(actor, document, [regime.get("forbid", {}).get(name, []) for regime in regimes.values()])
    for hazard in document.get("hazards", {}).values():
        found |= _of_hazard(hazard)
    for regime in regimes.values():
        found |= {f"regime {key}" for key in regime} | _labelled("regime", regime)
        found |= {"regime initial drawn" for part in regime.get("initial", {}).values() if isinstance(part, dict)}
    for claim in document.get("claims", {}).values():
        found |= _of_claim(claim, set(actors)) | _labelled("claim", claim)
    for _, text in expressions(document):
        found |= _of_expression(text)
    return found & ALL


def _labelled(kind: str, part: Any) -> set[str]:
    found = {f"label on {kind}"} if isinstance(part, dict) and "label" in part else set()
    return found | ({"note"} if isinstance(part, dict) and "note" in part else set())


def _of_clock(clock: Document, actors: list[str]) -> set[str]:
    found = {f"clock {key}" for key in clock}
    moves = clock.get("moves", "default")
    if isinstance(moves, list):
        found.add("moves order" if moves == actors else "moves other order")
    else:
        found.add(f"moves {moves}")
    discount = clock.get("discount")
    found.add(f"discount {'default' if discount is None else 'number' if is_number(discount) else 'expression'}")
    return found


def _of_numbers(document: Document) -> set[str]:
    found = set()
    for part in document.get("parameters", {}).values():
        found |= _labelled("parameter", part) | {f"parameter {'long' if isinstance(part, dict) else 'short'}"}
        found |= {f"parameter {key}" for key in part if isinstance(part, dict)}
    for part in document.get("state", {}).values():
        found |= _labelled("state", part)
        if isinstance(part, str):
            found.add("state short")
            continue
        found |= {f"state {key}" for key in ("drift", "seen_as") if key in part}
        found.add("state " + (" and ".join(key for key in ("min", "max") if key in part) or "unbounded"))
        found.add(f"initial {_kind_of_initial(part.get('initial'))}")
    derived = document.get("derived", {})
    for place, part in enumerate(derived.values()):
        found |= _labelled("derived", part) | {f"derived {'long' if isinstance(part, dict) else 'short'}"}
        used = names_in(value_of(part)) & set(derived)
        found |= {"derived chain"} if used else set()
        found |= {"derived forward" for name in used if list(derived).index(name) > place}
    return found


def _kind_of_initial(initial: Any) -> str:
    if initial is None:
        return "left out"
    if isinstance(initial, str):
        return "number" if is_number(initial) else "expression"
    if set(initial) == {"low", "high"}:
        return "uniform"
    return "weighted" if all(map(is_number, [*initial, *initial.values()])) else "weighted expression"


def _moves(actor: Document, document: Document, forbidden: list[list[str]]) -> set[str]:
    actions, strategies = actor.get("actions", {}), actor.get("strategies", {})
    found = {f"{len(actions)} actions"} | _labelled("actor", actor)
    for part in actor.get("incentives", {}).values():
        found |= _labelled("incentive", part) | {f"incentive {'long' if isinstance(part, dict) else 'short'}"}
    for action in actions.values():
        found |= _of_action(action, document) | _labelled("action", action)
    never = {name for name, action in actions.items() if action.get("available") == "0"}
    if actions and any(set(names) >= set(actions) for names in forbidden):
        found.add("regime forbids all")
    if not strategies and actions:
        found.add("strategy left out")
    for name, strategy in strategies.items():
        found |= _of_strategy(strategy, strategies, never) | _labelled("strategy", strategy)
        found |= {"strategy own name"} if name in actions else set()
    plays = actor.get("plays")
    if actions:
        found.add(f"plays {'default' if plays is None else 'strategy' if plays in strategies else 'action'}")
    return found


def _of_action(action: Document, document: Document) -> set[str]:
    found = {f"action {key}" for key in action} | {f"action now {key}" for key in action.get("now", {})}
    found |= set() if action else {"action empty"}
    state = set(document.get("state", {}))
    if "available" in action:
        text = action["available"]
        found |= {"available never"} if text == "0" else {"available true"} if text == "true" else set()
        if text != "true" and names_in(text) & state:
            found.add("available over state")
        if "turn" in text:
            found.add("available over turn")
    after = action.get("after")
    if isinstance(after, list):
        found.add("after uniform")
    elif isinstance(after, dict):
        found.add("after exponential" if "mean" in after else "after triangular")
    elif after is None:
        found.add("after left out")
    elif is_number(after):
        value = float(after)
        kind = "zero" if value == 0 else "whole" if value == int(value) else "fractional"
        found.add("after longer than the game" if value > float(document["clock"]["turns"]) else f"after {kind}")
    for text in leads(action):
        found |= {"after over state"} if names_in(text) & state else set()
        found |= {"after over parameters"} if names_in(text) & set(document.get("parameters", {})) else set()
    return found


def _of_strategy(strategy: Any, strategies: Document, never: set[str]) -> set[str]:
    found = set()
    if isinstance(strategy, str | list):
        found.add("strategy action" if isinstance(strategy, str) else "strategy rules")
    else:
        found |= {f"strategy {key}{' long' if key in ('action', 'rules') else ''}" for key in strategy}
        found |= {f"mix of {'strategy' if name in strategies else 'action'}" for name in strategy.get("mix", {})}
        if "weigh" in strategy:
            found |= _of_weigh(strategy["weigh"])
    for rule in rules(strategy):
        found.add("rule when" if "when" in rule else "rule bare")
        if isinstance(rule["do"], str):
            found |= {"rule never available"} if rule["do"] in never else set()
        else:
            found.add("rule weighted")
            found |= {"rule weight 0"} if "0" in rule["do"].values() else set()
            found |= {"rule weighted never available"} if set(rule["do"]) & never else set()
    return found


def _of_weigh(weigh: Document) -> set[str]:
    found = {"weigh rationality 0"} if weigh["rationality"] == "0" else set()
    found |= set() if is_number(weigh["rationality"]) else {"weigh rationality expression"}
    foresight = weigh.get("foresight")
    if foresight is None:
        found.add("weigh foresight default")
    else:
        kind = "0" if foresight == "0" else "number" if is_number(foresight) else "expression"
        found.add(f"weigh foresight {kind}")
    if "level" in weigh:
        found.add(f"weigh level {weigh['level'] if is_number(weigh['level']) else 'expression'}")
    found |= {"weigh believes"} if "believes" in weigh else set()
    return found | {"weigh believes expression" for text in weigh.get("believes", {}).values() if not is_number(text)}


def _of_hazard(hazard: Document) -> set[str]:
    found = {f"hazard {key}" for key in hazard} | _labelled("hazard", hazard)
    if "outcomes" in hazard and "ends" in hazard:
        found.add("hazard outcomes and ends")
    if not set(hazard) & {"set", "add", "payoffs", "outcomes", "ends"}:
        found.add("hazard does nothing")
    for outcome in hazard.get("outcomes", {}).values():
        found |= {f"outcome {key}" for key in outcome if key != "ends"} | _labelled("outcome", outcome)
        found |= {"outcome weight 0"} if outcome.get("weight") == "0" else set()
        found |= {"outcome weight default"} if "weight" not in outcome else set()
        if "ends" in outcome:
            found.add("outcome ends" if outcome["ends"] == "true" else "outcome ends false")
    return found


def _of_claim(claim: Document, actors: set[str]) -> set[str]:
    found = {"claims joined by and"} if " and " in claim["holds"] else set()
    for result in re.findall(r"[a-z]\w*(?:\.\w+)+", claim["holds"]):
        words = result.split(".")[1:]
        if words[0] == "count":
            found.add("claim on count" if len(words) == 2 else "claim on outcome")
        elif words[0] in actors:
            found.add("claim on payoff" if len(words) == 1 else "claim on entry")
        else:
            found.add(f"claim on {words[0]}")
    return found


def _of_expression(text: str) -> set[str]:
    if text == "true":
        return set()
    found = {"turn in an expression"} if "turn" in names_in(text) else set()
    found |= {"spelled number"} if re.search(r"[0-9]e-?[0-9]", text) else set()
    for node in ast.walk(ast.parse(text, mode="eval")):
        match node:
            case ast.BinOp(op=operator) | ast.UnaryOp(op=operator) | ast.BoolOp(op=operator):
                found.add(f"operator {OPERATORS[type(operator)]}")
            case ast.Compare(ops=several):
                found |= {f"operator {OPERATORS[type(one)]}" for one in several}
            case ast.Call(func=ast.Name(id=name)):
                found.add(f"function {name}")
        found |= _guard(node)
    return found


def _guard(node: ast.AST) -> set[str]:
    """Return how a node guards something that would fail without: it shares a name with what it asks."""
    match node:
        case ast.IfExp(test=test, body=body, orelse=otherwise):
            kind, asked, shielded = "if", [test], [body, otherwise]
        case ast.BoolOp(op=operator, values=[first, *others]):
            kind, asked, shielded = OPERATORS[type(operator)], [first], others
        case ast.Compare(left=left, comparators=[first, *others]) if others:
            kind, asked, shielded = "chain", [left, first], others
        case ast.Call(func=ast.Name(id="pick"), args=[index, *values]):
            kind, asked, shielded = "pick", [index], values
        case _:
            return set()
    names = set().union(*(_names(part) for part in asked))
    return {f"guard by {kind}"} if any(_fails_on(part, names) for part in shielded) else set()


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} - set(FUNCTIONS)


def _fails_on(node: ast.AST, names: set[str]) -> bool:
    for part in ast.walk(node):
        match part:
            case ast.BinOp(op=ast.Div() | ast.FloorDiv() | ast.Mod(), right=risk):
                pass
            case ast.Call(func=ast.Name(id=name), args=[risk]) if name in RISKY:
                pass
            case _:
                continue
        if _names(risk) & names:
            return True
    return False
