"""A second, naive reading of the scenario language, for testing the engines against.

Scalar, recursive and slow on purpose: one small function for each sentence of the language page, numbered as its
sections are. It shares no code with the package and checks no more of a file than it needs for playing it.

- `read` and `read_text` give a scenario as plain dicts, lists and strings, with its parents merged in.
- `play` plays one run of it and gives a `Result`.
- `choice_probabilities` gives what a weighing strategy thinks of its options in one state.
- `OracleError` is raised for every result that the language page calls an error.
"""

from __future__ import annotations

import ast
import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

Document = dict[str, Any]
State = dict[str, float]
Event = tuple[float, str, str, str]


class OracleError(Exception):
    """The run has no result: an expression, a probability, a weight or the file itself is at fault."""


@dataclass(frozen=True)
class Result:
    """One run: what it paid, where it ended and what happened on the way.

    Times and `duration` are in turns; an event is (time, kind, who, what) with kind one of 'decision' (who: actor,
    what: action or 'pass'), 'delivery' (actor, action), 'hazard' (hazard, outcome or '') and 'score' ('', '').
    """

    payoffs: dict[str, float]
    ledger: dict[str, dict[str, float]]
    final: dict[str, float]
    hazards: dict[str, int]
    outcomes: dict[str, dict[str, int]]
    actions: dict[str, dict[str, int]]
    ended: bool
    duration: float
    events: list[Event]


# --- Reading (section 2, `extends`) ----------------------------------------------------------------------------------

DEEPEST = 8


def read(path: str | Path) -> Document:
    """The scenario in a file, its parents merged in, every scalar a string."""
    return _read_file(Path(path).resolve(), ())


def read_text(text: str, folder: str | Path = ".") -> Document:
    """The scenario in a text whose `extends` is relative to `folder`."""
    return _with_parents(_parse(text), Path(folder).resolve(), ())


def _read_file(path: Path, children: tuple[Path, ...]) -> Document:
    """Section 2: "No cycles, at most 8 deep"; `children` are the files that led here."""
    if path in children:
        raise OracleError(f"{path} extends itself")
    if len(children) > DEEPEST:
        raise OracleError(f"{path} is more than {DEEPEST} parents deep")
    return _with_parents(_parse(path.read_text(encoding="utf-8-sig")), path.parent, (*children, path))


def _parse(text: str) -> Document:
    document = yaml.load(text, Loader=yaml.BaseLoader)
    if not isinstance(document, dict):
        raise OracleError("a scenario is a mapping")
    return document


def _with_parents(document: Document, folder: Path, children: tuple[Path, ...]) -> Document:
    """Section 1: "that file is read first and this one laid over it"."""
    own = {key: value for key, value in document.items() if key != "extends"}
    if _is_null(document.get("extends")):
        return own
    merged: Document = merge(_read_file((folder / document["extends"]).resolve(), children), own)
    return merged


def merge(parent: Any, child: Any, path: tuple[str, ...] = ()) -> Any:
    """Section 2, `extends`: `child` laid over `parent`, both found at `path` in the file."""
    if isinstance(parent, dict) and isinstance(child, dict) and not _replaces_whole(path):
        return _merge_keys(parent, child, path)
    if isinstance(parent, dict) and isinstance(child, str) and _short_form_sets(path) is not None:
        return {**parent, _short_form_sets(path): child}
    return child


def _merge_keys(parent: Document, child: Document, path: tuple[str, ...]) -> Document:
    """Section 2: "Mappings merge key by key"; "`null` removes a key; inherited keys keep their place"."""
    merged = dict(parent)
    for key, value in child.items():
        if _is_null(value):
            merged.pop(key, None)
            continue
        if _matches(path, ("hazards", "*")) and key in ("rate", "chance"):
            merged.pop("chance" if key == "rate" else "rate", None)
        below = (*path, key)
        if key in merged:
            merged[key] = merge(merged[key], value, below)
        elif isinstance(value, dict) and not _replaces_whole(below):
            merged[key] = _merge_keys({}, value, below)
        else:
            merged[key] = value
    return merged


def _matches(path: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    return len(path) == len(pattern) and all(wanted in ("*", key) for key, wanted in zip(path, pattern, strict=True))


def _replaces_whole(path: tuple[str, ...]) -> bool:
    """Section 2: "down to `initial`, `after`, each strategy and each claim, which replace whole"."""
    patterns = (
        ("state", "*", "initial"),
        ("regimes", "*", "initial", "*"),
        ("actors", "*", "actions", "*", "after"),
        ("actors", "*", "strategies", "*"),
        ("claims", "*"),
    )
    return any(_matches(path, pattern) for pattern in patterns)


def _short_form_sets(path: tuple[str, ...]) -> str | None:
    """Section 2: "a short form over a long one sets its value only": the key of the value at `path`, if it has one."""
    if _matches(path, ("state", "*")):
        return "initial"
    long_forms = (("parameters", "*"), ("derived", "*"), ("actors", "*", "incentives", "*"))
    return "value" if any(_matches(path, pattern) for pattern in long_forms) else None


def _is_null(value: Any) -> bool:
    return value is None or value in ("", "~", "null", "Null", "NULL")


def _mapping(value: Any) -> Document:
    """A part that may be left out, as a mapping."""
    return value if isinstance(value, dict) else {}


def _is_true(value: Any) -> bool:
    return value in ("true", "True", "TRUE")


def _value_of(entry: Any, key: str = "value") -> Any:
    """Section 2: the short form of an entry is its value; the long form has it under `key`."""
    return entry.get(key) if isinstance(entry, dict) else entry


# --- Expressions (section 3) -----------------------------------------------------------------------------------------

LONGEST_EXPRESSION = 400
NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?")


@dataclass(frozen=True)
class View:
    """What an expression can read: parameters, a state, the derived names on them, and the turn (from 1) if any."""

    parameters: Mapping[str, float]
    state: Mapping[str, float] = field(default_factory=dict)
    derived: Mapping[str, str] = field(default_factory=dict)
    turn: float | None = None

    def read(self, name: str) -> float:
        """The value of a name; a derived one is worked out now, section 2: "always current"."""
        if name == "turn" and self.turn is not None:
            return self.turn
        if name in self.parameters:
            return self.parameters[name]
        if name in self.state:
            return self.state[name]
        if name in self.derived:
            return evaluate(self.derived[name], self)
        raise OracleError(f"unknown name {name}")


def evaluate(text: Any, view: View) -> float:
    """The value of an expression, section 3."""
    if not isinstance(text, str):
        raise OracleError(f"an expression was expected, not {text!r}")
    stripped = " ".join(text.split())
    if NUMBER.fullmatch(stripped):
        return _finite(float(stripped), stripped)
    if stripped.lower() in ("true", "false"):
        return float(stripped.lower() == "true")
    try:
        return _value(_tree(stripped), view)
    except (ArithmeticError, ValueError) as error:
        raise OracleError(f"{text}: {error}") from error


@lru_cache(maxsize=10_000)
def _tree(text: str) -> ast.expr:
    if len(text) > LONGEST_EXPRESSION:
        raise OracleError(f"an expression has at most {LONGEST_EXPRESSION} characters")
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise OracleError(f"{text}: {error}") from error


def _finite(value: Any, what: str) -> float:
    """Section 3: "only results that are used must be finite" - and this one is used."""
    if not _is_finite(value):
        raise OracleError(f"{what} is not finite")
    return float(value)


def _is_finite(value: Any) -> bool:
    return not isinstance(value, complex) and math.isfinite(value)


def _value(node: ast.expr, view: View) -> float:
    """The value of a part of an expression; only the parts that are used are looked at."""
    value = _raw_value(node, view)
    return _finite(value, "" if _is_finite(value) else ast.unparse(node))


def _raw_value(node: ast.expr, view: View) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id=name):
            return view.read(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, view)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return float(_value(operand, view) == 0)
        case ast.BinOp(left=left, op=operator, right=right):
            return _arithmetic(operator, _value(left, view), _value(right, view))
        case ast.BoolOp(op=ast.And(), values=values):
            return float(all(_value(value, view) != 0 for value in values))
        case ast.BoolOp(op=ast.Or(), values=values):
            return float(any(_value(value, view) != 0 for value in values))
        case ast.Compare(left=left, ops=operators, comparators=others):
            return _chain(left, operators, others, view)
        case ast.IfExp(test=test, body=body, orelse=otherwise):
            return _value(body if _value(test, view) != 0 else otherwise, view)
        case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
            return _call(function, arguments, view)
    raise OracleError(f"{ast.unparse(node)} is not part of the language")


def _arithmetic(operator: ast.operator, left: float, right: float) -> Any:
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case ast.Pow():
            return left**right
        case ast.Mod():
            return left % right
        case ast.FloorDiv():
            return left // right
    raise OracleError(f"{type(operator).__name__} is not part of the language")


def _chain(left: ast.expr, operators: list[ast.cmpop], others: list[ast.expr], view: View) -> float:
    """Section 3: "(chained too)": a < b < c is a < b and b < c, and c is not read if a < b fails."""
    before = _value(left, view)
    for operator, other in zip(operators, others, strict=True):
        after = _value(other, view)
        if not _compares(operator, before, after):
            return 0.0
        before = after
    return 1.0


def _compares(operator: ast.cmpop, left: float, right: float) -> bool:
    match operator:
        case ast.Lt():
            return left < right
        case ast.LtE():
            return left <= right
        case ast.Gt():
            return left > right
        case ast.GtE():
            return left >= right
        case ast.Eq():
            return left == right
        case ast.NotEq():
            return left != right
    raise OracleError(f"{type(operator).__name__} is not part of the language")


def _call(function: str, arguments: list[ast.expr], view: View) -> float:
    if function == "pick":
        return _pick(arguments, view)
    values = [_value(argument, view) for argument in arguments]
    match function, values:
        case "min", [_, *_]:
            return min(values)
        case "max", [_, *_]:
            return max(values)
        case "abs", [x]:
            return abs(x)
        case "sqrt", [x]:
            return math.sqrt(x)
        case "exp", [x]:
            return math.exp(x)
        case "log", [x]:
            return math.log(x)
        case "floor", [x]:
            return float(math.floor(x))
        case "ceil", [x]:
            return float(math.ceil(x))
        case "clip", [x, low, high]:
            return min(max(x, low), high)
        case "logistic", [x]:
            return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
    raise OracleError(f"{function} with {len(values)} arguments is not part of the language")


def _pick(arguments: list[ast.expr], view: View) -> float:
    """Section 3: "the i-th value, i rounded down and clipped to the list"; the values not chosen are not used."""
    if len(arguments) < 2:
        raise OracleError("pick needs a list to pick from")
    index, *values = arguments
    chosen = min(max(math.floor(_value(index, view)), 0), len(values) - 1)
    return _value(values[chosen], view)


def rate(text: Any, view: View) -> float:
    """An intensity, a weight or a mean: "a rate or weight below 0 ... stops the run"."""
    value = evaluate(text, view)
    if value < 0:
        raise OracleError(f"{text} is {value}, below 0")
    return value


def chance(text: Any, view: View) -> float:
    """A probability: "a chance outside 0 to 1 stops the run"."""
    value = evaluate(text, view)
    if not 0 <= value <= 1:
        raise OracleError(f"{text} is {value}, outside 0 to 1")
    return value


# --- Luck (section 7) ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=200_000)
def uniform(seed: int, name: str, run: int, turn: int) -> float:
    """The uniform number in [0, 1) at an address: "Its value depends on nothing else"."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    key = np.array([int.from_bytes(digest[0:8], "little"), int.from_bytes(digest[8:16], "little")], dtype=np.uint64)
    counter = np.array([run // 4, turn, 0, 0], dtype=np.uint64)
    raw = np.random.Philox(key=key, counter=counter).random_raw(4)
    return (int(raw[run % 4]) >> 11) * 2.0**-53


def standard_exponential(u: float) -> float:
    """Section 7: "E = -log(1 - u)"."""
    return -math.log(1 - u)


def weighted_draw(weights: dict[str, float], u: float) -> str | None:
    """Section 7: "the first entry whose cumulated weight exceeds u times the total"; None if all weights are 0."""
    total = _finite(sum(weights.values()), "the sum of weights")
    cumulated = 0.0
    drawn = None
    for entry, weight in weights.items():
        if weight > 0:
            drawn = entry
        cumulated += weight
        if cumulated > u * total:
            return entry
    return drawn


# --- The scenario as it is played (section 2) ------------------------------------------------------------------------


@dataclass(frozen=True)
class Game:
    """A document with one regime and the command line laid over it."""

    document: Document
    regime: Document
    plays: dict[str, str]
    parameters: dict[str, float]

    @cached_property
    def actors(self) -> dict[str, Document]:
        """Actors as written."""
        return {name: _mapping(actor) for name, actor in _mapping(self.document.get("actors")).items()}

    @cached_property
    def hazards(self) -> dict[str, Document]:
        """Hazards as written."""
        return {name: _mapping(hazard) for name, hazard in _mapping(self.document.get("hazards")).items()}

    @cached_property
    def variables(self) -> dict[str, Document]:
        """State variables in their long form; section 2: `initial` is 0 unless given."""
        state = _mapping(self.document.get("state"))
        return {name: _long_form(entry) for name, entry in state.items()}

    @cached_property
    def derived(self) -> dict[str, str]:
        """Derived names and their expressions."""
        return {name: _value_of(entry) for name, entry in _mapping(self.document.get("derived")).items()}

    @cached_property
    def clock(self) -> Document:
        """The clock's settings."""
        return _mapping(self.document.get("clock"))

    @cached_property
    def turns(self) -> int:
        """Section 1: 1 to 10,000."""
        turns = evaluate(self.clock.get("turns"), View({}))
        if turns != int(turns) or not 1 <= turns <= 10_000:
            raise OracleError(f"{turns} turns")
        return int(turns)

    @cached_property
    def discount(self) -> float:
        """Section 1: "over 0, at most 1"; section 2: it may be an expression over parameters, by default 1."""
        discount = self.number(self.clock.get("discount", "1"))
        if not 0 < discount <= 1:
            raise OracleError(f"a discount of {discount}")
        return discount

    def actions(self, actor: str) -> dict[str, Document]:
        """An actor's actions as written."""
        return {name: _mapping(action) for name, action in _mapping(self.actors[actor].get("actions")).items()}

    def incentives(self, actor: str) -> dict[str, str]:
        """An actor's incentives and their expressions."""
        return {name: _value_of(entry) for name, entry in _mapping(self.actors[actor].get("incentives")).items()}

    def view(self, state: State, turn: float, parameters: Mapping[str, float] | None = None) -> View:
        """What is read on a state, with other parameters than the true ones where somebody believes in them."""
        return View(self.parameters if parameters is None else parameters, state, self.derived, turn)

    def number(self, text: Any) -> float:
        """Section 2: a number that may be an expression over parameters."""
        return evaluate(text, View(self.parameters))


def _game(
    document: Document,
    regime: str | None,
    plays: Mapping[str, str] | None,
    parameters: Mapping[str, float] | None,
) -> Game:
    """Section 2: "What is given on the command line wins over the regime, the regime over the scenario"."""
    overlay = _regime(document, regime)
    values = {
        name: evaluate(_value_of(entry), View({})) for name, entry in _mapping(document.get("parameters")).items()
    }
    for name, value in _mapping(overlay.get("parameters")).items():
        values[_known(name, values)] = evaluate(value, View({}))
    for name, number in (parameters or {}).items():
        values[_known(name, values)] = _finite(number, name)
    game = Game(document, overlay, {}, values)
    for actor in [*(plays or {}), *_mapping(overlay.get("plays"))]:
        _known(actor, game.actors)
    _check_clock(game)
    chosen = {actor: _plays(game, actor, plays or {}) for actor in game.actors}
    return replace(game, plays={actor: name for actor, name in chosen.items() if name is not None})


def _check_clock(game: Game) -> None:
    """A bad number of turns or discount is an error even where nothing is ever paid; both check themselves."""
    _ = game.turns, game.discount


def _long_form(entry: Any) -> Document:
    """A state variable's short form is its `initial`."""
    if _is_null(entry):
        return {}
    return entry if isinstance(entry, dict) else {"initial": entry}


def _known(name: str, names: Iterable[str]) -> str:
    if name not in names:
        raise OracleError(f"unknown name {name}")
    return name


def _regime(document: Document, name: str | None) -> Document:
    """Section 2: "A file without regimes has one, `base`"; the first is taken unless one is named."""
    regimes = _mapping(document.get("regimes")) or {"base": {}}
    return _mapping(regimes[_known(next(iter(regimes)) if name is None else name, regimes)])


def _plays(game: Game, actor: str, command_line: Mapping[str, str]) -> str | None:
    """Section 2: "the strategy in use (default: the first written) unless a regime, the command line ... says"."""
    for plays in (command_line, _mapping(game.regime.get("plays")), {actor: game.actors[actor].get("plays")}):
        if plays.get(actor) is not None:
            chosen = str(plays[actor])
            _strategy(game, actor, chosen)
            return chosen
    written = [*_mapping(game.actors[actor].get("strategies")), *game.actions(actor)]
    return written[0] if written else None


def _strategy(game: Game, actor: str, name: str) -> Any:
    """Section 2: "Every action is also a strategy of its own name"."""
    strategies = _mapping(game.actors[actor].get("strategies"))
    return strategies[name] if name in strategies else _known(name, game.actions(actor))


# --- State: bounds, first values, masks, effects (section 2) ---------------------------------------------------------


def clamp(game: Game, name: str, value: float) -> float:
    """Section 2: "Every change is clamped to `[min, max]` (either may be left out)"."""
    low, high = _bounds(game, name)
    return min(max(_finite(value, name), low), high)


def _bounds(game: Game, name: str) -> tuple[float, float]:
    variable = game.variables[name]
    low = evaluate(variable["min"], View({})) if "min" in variable else -math.inf
    high = evaluate(variable["max"], View({})) if "max" in variable else math.inf
    return low, high


def initial_state(game: Game, seed: int, run: int) -> State:
    """The state before the first turn, the regime's `initial` before the scenario's."""
    given = _mapping(game.regime.get("initial"))
    for name in given:
        _known(name, game.variables)
    return {
        name: _initial(game, name, given.get(name, variable.get("initial", "0")), seed, run)
        for name, variable in game.variables.items()
    }


def _initial(game: Game, name: str, given: Any, seed: int, run: int) -> float:
    """Section 2: "a number, `{value: weight, ...}` (drawn once a run) or `{low: a, high: b}` (uniform, once a run)"."""
    if not isinstance(given, dict):
        return _within_bounds(game, name, game.number(given))
    u = uniform(seed, f"{name}.initial", run, 0)
    if set(given) == {"low", "high"}:
        return clamp(game, name, _uniform_between(game.number(given["low"]), game.number(given["high"]), u))
    drawn = weighted_draw({value: rate(weight, View(game.parameters)) for value, weight in given.items()}, u)
    if drawn is None:
        raise OracleError(f"{name} has no possible first value")
    return clamp(game, name, game.number(drawn))


def _within_bounds(game: Game, name: str, value: float) -> float:
    """Section 2: "`initial` 0 (outside its bounds: an error)"."""
    low, high = _bounds(game, name)
    if not low <= value <= high:
        raise OracleError(f"{name} starts at {value}, outside its bounds")
    return value


def _uniform_between(low: float, high: float, u: float) -> float:
    """Section 7: "uniform: low + u (high - low)"."""
    if low > high:
        raise OracleError(f"nothing lies between {low} and {high}")
    return low + u * (high - low)


def seen_by(game: Game, actor: str, state: State) -> State:
    """Section 2: "The seen state is a copy: masked variables first take the other's value, all at once"."""
    seen = dict(state)
    for name, variable in game.variables.items():
        masks = _mapping(variable.get("seen_as"))
        if actor in masks:
            seen[name] = state[_known(masks[actor], state)]
    return seen


def after_effects(
    game: Game, effects: Document, state: State, turn: float, parameters: Mapping[str, float] | None = None
) -> State:
    """Section 2: "`set` before `add`, each in written order, each seeing the ones before it": a new state."""
    changed = dict(state)
    for name, expression in _mapping(effects.get("set")).items():
        changed[_known(name, state)] = clamp(game, name, evaluate(expression, game.view(changed, turn, parameters)))
    for name, expression in _mapping(effects.get("add")).items():
        added = evaluate(expression, game.view(changed, turn, parameters))
        changed[_known(name, state)] = clamp(game, name, changed[name] + added)
    return changed


def after_drift(game: Game, state: State, turn: float) -> State:
    """Section 4: "all drifting variables move at once, each by its `drift` as read before any of them moved"."""
    moved = dict(state)
    for name, variable in game.variables.items():
        if "drift" in variable:
            moved[name] = clamp(game, name, state[name] + evaluate(variable["drift"], game.view(state, turn)))
    return moved


# --- Lead times (section 2, `after`; section 7) ----------------------------------------------------------------------


def drawn_lead(action: Document, view: View, u: float) -> float:
    """The lead time in turns for a uniform u, "by the inverse distribution"."""
    match _lead_terms(action, view):
        case ("fixed", float() as value):
            return value
        case ("uniform", low, high):
            return _uniform_between(low, high, u)
        case ("exponential", float() as mean):
            return mean * standard_exponential(u)
        case ("triangular", low, mode, high):
            return _inverse_triangular(low, mode, high, u)
    raise AssertionError("a lead time of an unknown kind")


def mean_lead(action: Document, view: View) -> float:
    """Section 5: "the mean lead time"."""
    _kind, *terms = _lead_terms(action, view)
    return float(sum(terms) / len(terms))


def _lead_terms(action: Document, view: View) -> tuple[Any, ...]:
    """Section 2: "a number; `[low, high]` uniform; `{mean: m}` exponential; `{low:, mode:, high:}` triangular"."""
    after = action.get("after", "0")
    if isinstance(after, list) and len(after) == 2:
        return ("uniform", *_ascending(after, view))
    if isinstance(after, dict) and set(after) == {"mean"}:
        return ("exponential", rate(after["mean"], view))
    if isinstance(after, dict) and set(after) == {"low", "mode", "high"}:
        return ("triangular", *_ascending([after["low"], after["mode"], after["high"]], view))
    return ("fixed", rate(after, view))


def _ascending(texts: list[Any], view: View) -> list[float]:
    values = [rate(text, view) for text in texts]
    if values != sorted(values):
        raise OracleError(f"{texts} are {values}, which do not ascend")
    return values


def _inverse_triangular(low: float, mode: float, high: float, u: float) -> float:
    if low == high:
        return low
    if u * (high - low) < mode - low:
        return low + math.sqrt(u * (high - low)) * math.sqrt(mode - low)
    return high - math.sqrt((1 - u) * (high - low)) * math.sqrt(high - mode)


# --- Decisions (section 2, `strategies` and `rule`) ------------------------------------------------------------------


def is_available(game: Game, actor: str, action: str, seen: State, turn: float) -> bool:
    """Not forbidden by the regime, and `available` on what the actor sees; section 5: it "ignores `believes`"."""
    if action in _mapping(game.regime.get("forbid")).get(actor, []):
        return False
    body = game.actions(actor)[_known(action, game.actions(actor))]
    return evaluate(body.get("available", "1"), game.view(seen, turn)) != 0


def decide(game: Game, actor: str, state: State, seed: int, run: int, k: int) -> str | None:
    """The action an actor takes in turn k when the true state is `state`; None if it passes."""
    if actor not in game.plays:
        return None
    strategy = _strategy(game, actor, game.plays[actor])
    if isinstance(strategy, dict) and "mix" in strategy:
        strategy = _drawn_strategy(game, actor, strategy["mix"], uniform(seed, f"{actor}.mix", run, 0))
    seen, turn = seen_by(game, actor, state), k + 1.0
    match strategy:
        case {"rules": list() as rules} | (list() as rules):
            return _first_rule(game, actor, rules, seen, turn, uniform(seed, f"{actor}.decision", run, k))
        case {"script": list() as script}:
            return _if_available(game, actor, script[min(k, len(script) - 1)], seen, turn)
        case {"weigh": dict() as weigh}:
            return _weighed(game, actor, weigh, seen, turn, uniform(seed, f"{actor}.decision", run, k))
        case {"action": str() as action} | (str() as action):
            return _if_available(game, actor, action, seen, turn)
        case None:
            return None
    raise OracleError(f"{strategy} is no strategy")


def _drawn_strategy(game: Game, actor: str, mix: Document, u: float) -> Any:
    """Section 2: "`{mix: {strategy: weight}}`, drawn once a run, not nested"."""
    drawn = weighted_draw({name: rate(weight, View(game.parameters)) for name, weight in mix.items()}, u)
    strategy = None if drawn is None else _strategy(game, actor, drawn)
    if isinstance(strategy, dict) and "mix" in strategy:
        raise OracleError("a mix in a mix")
    return strategy


def _if_available(game: Game, actor: str, action: str, seen: State, turn: float) -> str | None:
    """Section 2: "a fixed or scripted action is not available ...: the actor passes"."""
    return action if is_available(game, actor, action, seen, turn) else None


def _first_rule(game: Game, actor: str, rules: list[Document], seen: State, turn: float, u: float) -> str | None:
    """Section 2: "the first rule that applies"; "If nothing applies ... the actor passes"."""
    for rule in rules:
        if evaluate(rule.get("when", "1"), game.view(seen, turn)) == 0:
            continue
        action = _done(game, actor, rule["do"], seen, turn, u)
        if action is not None:
            return action
    return None


def _done(game: Game, actor: str, do: Any, seen: State, turn: float, u: float) -> str | None:
    """Section 2: "A rule whose action is not available is skipped, and so are such entries of a weighted `do`"."""
    if isinstance(do, str):
        return _if_available(game, actor, do, seen, turn)
    weights = {
        action: rate(weight, game.view(seen, turn))
        for action, weight in do.items()
        if is_available(game, actor, action, seen, turn)
    }
    return weighted_draw(weights, u)


# --- Weighing (section 5) --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mind:
    """How an actor weighs: r, F, L, and the parameters as it believes them to be."""

    rationality: float
    foresight: int
    level: int
    parameters: dict[str, float]


def _mind(game: Game, weigh: Document) -> Mind:
    """Section 5, `weigh` with its defaults; section 2: its numbers "may be expressions over parameters"."""
    if "rationality" not in weigh:
        raise OracleError("weigh needs a rationality")
    believed = {name: game.number(value) for name, value in _mapping(weigh.get("believes")).items()}
    for name in believed:
        _known(name, game.parameters)
    level = _whole(game.number(weigh.get("level", "0")), 4)
    if level > 0 and len(game.actors) != 2:
        raise OracleError("levels above 0 need two actors")
    foresight = _whole(game.number(weigh.get("foresight", "5")), 1000)
    rationality = rate(weigh["rationality"], View(game.parameters))
    return Mind(rationality, foresight, level, {**game.parameters, **believed})


def _whole(value: float, most: int) -> int:
    if value != math.floor(value) or not 0 <= value <= most:
        raise OracleError(f"{value} is no whole number from 0 to {most}")
    return int(value)


def _weighed(game: Game, actor: str, weigh: Document, seen: State, turn: float, u: float) -> str | None:
    """Section 5: "The action is drawn with probability proportional to exp(r * value)"."""
    options = weigh_options(game, actor, _mind(game, weigh), seen, turn)
    return weighted_draw({action: probability for action, (_, probability) in options.items()}, u)


def weigh_options(game: Game, actor: str, mind: Mind, s: State, turn: float) -> dict[str, tuple[float, float]]:
    """Every available action's value and probability, s being the state as the actor sees it."""
    available = [action for action in game.actions(actor) if is_available(game, actor, action, s, turn)]
    values = {action: _action_value(game, actor, mind, action, s, turn) for action in available}
    probabilities = _logit(mind.rationality, values)
    return {action: (values[action], probabilities[action]) for action in available}


def _logit(rationality: float, values: dict[str, float]) -> dict[str, float]:
    """exp(r * value) over its sum; the best value is taken off first so that nothing overflows."""
    best = max(values.values(), default=0.0)
    strengths = {action: math.exp(rationality * (value - best)) for action, value in values.items()}
    return {action: strength / sum(strengths.values()) for action, strength in strengths.items()}


def _action_value(game: Game, actor: str, mind: Mind, action: str, s: State, turn: float) -> float:
    """value(action) = -cost + chance * sum of d**j * (V(s') if j >= l else V(s)) + (1 - chance) * sum of d**j * V(s).

    "(`now` effects count from j = 0 on.)": of a success, V(s) becomes V(s with them), and s' has them too.
    """
    body, view = game.actions(actor)[action], game.view(s, turn, mind.parameters)
    cost = evaluate(body.get("cost", "0"), view)
    success = chance(body.get("chance", "1"), view)
    lead = math.floor(mean_lead(body, view))
    weights = [game.discount**j for j in range(mind.foresight)]
    if not weights:
        return -cost

    at_once = after_effects(game, _mapping(body.get("now")), s, turn, mind.parameters)
    succeeded = 0.0
    if lead > 0:
        succeeded += sum(weights[:lead]) * worth(game, actor, mind, at_once, turn)
    if lead < mind.foresight:
        landed = after_effects(game, body, at_once, turn, mind.parameters)
        succeeded += sum(weights[lead:]) * worth(game, actor, mind, landed, turn)
    failed = sum(weights) * worth(game, actor, mind, s, turn)
    return _finite(-cost + success * succeeded + (1 - success) * failed, f"the value of {action}")


def worth(game: Game, actor: str, mind: Mind, x: State, turn: float) -> float:
    """V(x) at level 0; above it "V becomes everywhere W(x)"."""
    return _v(game, actor, mind, x, turn) if mind.level == 0 else _w(game, actor, mind, x, turn)


def _u(game: Game, actor: str, mind: Mind, x: State, turn: float) -> float:
    """Section 5: "U(x) = the sum of its incentives on x"."""
    view = game.view(x, turn, mind.parameters)
    return _finite(sum(evaluate(text, view) for text in game.incentives(actor).values()), "the sum of incentives")


def _v(game: Game, actor: str, mind: Mind, x: State, turn: float) -> float:
    """Section 5: "V(x) = U(x) + sum over hazards of p(x) * weighted mean over outcomes of (...)"."""
    total = _u(game, actor, mind, x, turn)
    for hazard in game.hazards.values():
        probability = _strike_probability(hazard, game.view(x, turn, mind.parameters))
        total += probability * _mean_change(game, actor, mind, hazard, x, turn)
    return _finite(total, "V")


def _strike_probability(hazard: Document, view: View) -> float:
    """Section 5: "p is 1 - exp(-rate) or the chance"."""
    if "chance" in hazard:
        return chance(hazard["chance"], view)
    return 1 - math.exp(-rate(hazard.get("rate"), view))


def _mean_change(game: Game, actor: str, mind: Mind, hazard: Document, x: State, turn: float) -> float:
    """The weighted mean over outcomes of (payoff to the actor + U(x after the outcome) - U(x)); 0 without weights."""
    view = game.view(x, turn, mind.parameters)
    outcomes = _outcomes(hazard)
    weights = {name: _outcome_weight(outcome, view) for name, outcome in outcomes.items()}
    if sum(weights.values()) == 0:
        return 0.0
    changes = 0.0
    for name, outcome in outcomes.items():
        payoff = evaluate(_mapping(outcome.get("payoffs")).get(actor, "0"), view)
        then = 0.0
        if not _ends(hazard, outcome):
            then = _u(game, actor, mind, after_effects(game, outcome, x, turn, mind.parameters), turn)
        changes += weights[name] * (payoff + then - _u(game, actor, mind, x, turn))
    return changes / sum(weights.values())


def _outcomes(hazard: Document) -> dict[str, Document]:
    """Section 5: "Either effects and `payoffs` directly, or `outcomes`": the former is one outcome without a name."""
    if "outcomes" in hazard:
        return {name: _mapping(outcome) for name, outcome in hazard["outcomes"].items()}
    return {"": hazard}


def _outcome_weight(outcome: Document, view: View) -> float:
    return rate(outcome.get("weight", "1"), view)


def _ends(hazard: Document, outcome: Document) -> bool:
    """Section 4: "With `ends` (on a hazard or an outcome) the run stops there"."""
    return _is_true(hazard.get("ends")) or _is_true(outcome.get("ends"))


def _w(game: Game, actor: str, mind: Mind, x: State, turn: float) -> float:
    """Section 5: "W(x) = sum over the other's available actions b of P(b | x) * (...)"; V(x) if it has none."""
    (other,) = (name for name in game.actors if name != actor)
    answers = weigh_options(game, other, replace(mind, level=mind.level - 1), seen_by(game, other, x), turn)
    if not answers:
        return _v(game, actor, mind, x, turn)
    total = 0.0
    for action, (_, probability) in answers.items():
        body = game.actions(other)[action]
        success = chance(body.get("chance", "1"), game.view(x, turn, mind.parameters))
        at_once = after_effects(game, _mapping(body.get("now")), x, turn, mind.parameters)
        landed = after_effects(game, body, at_once, turn, mind.parameters)
        met = success * _v(game, actor, mind, landed, turn) + (1 - success) * _v(game, actor, mind, x, turn)
        total += probability * met
    return _finite(total, "W")


def choice_probabilities(
    document: Document,
    actor: str,
    state: State,
    turn: int,
    *,
    strategy: str | None = None,
    regime: str | None = None,
    parameters: Mapping[str, float] | None = None,
) -> dict[str, tuple[float, float]]:
    """What a weighing strategy makes of the true `state` in a turn (from 1): {available action: (value, probability)}.

    `strategy` names it; by default it is the one that the regime has the actor play.
    """
    game = _game(document, regime, None if strategy is None else {actor: strategy}, parameters)
    weigh = _strategy(game, actor, game.plays[actor])
    if not (isinstance(weigh, dict) and "weigh" in weigh):
        raise OracleError(f"{game.plays[actor]} does not weigh")
    return weigh_options(game, actor, _mind(game, weigh["weigh"]), seen_by(game, actor, state), float(turn))


# --- A run (section 4) -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Delivery:
    """Effects of an action on their way."""

    due: float
    actor: str
    action: str


@dataclass(frozen=True)
class Taken:
    """A decision with all that is read when it is taken; `lead` is None if the action failed."""

    actor: str
    action: str | None
    cost: float = 0.0
    lead: float | None = None


class Run:
    """One run while it is played."""

    def __init__(self, game: Game, seed: int, run: int) -> None:
        self.game, self.seed, self.run = game, seed, run
        self.state = initial_state(game, seed, run)
        self.k = 0
        self.on_their_way: list[Delivery] = []
        self.events: list[Event] = []
        self.ended_at: float | None = None
        entries = {actor: ["costs", *game.incentives(actor), *game.hazards] for actor in game.actors}
        self.ledger = {actor: dict.fromkeys(entries[actor], 0.0) for actor in game.actors}
        self.actions = {actor: dict.fromkeys(game.actions(actor), 0) for actor in game.actors}
        self.hazards = dict.fromkeys(game.hazards, 0)
        self.outcomes = {name: dict.fromkeys(hazard.get("outcomes", {}), 0) for name, hazard in game.hazards.items()}

    @property
    def view(self) -> View:
        """The truth as it now is; `turn` counts from 1."""
        return self.game.view(self.state, self.k + 1.0)

    def luck(self, name: str) -> float:
        """This turn's uniform number for `name`."""
        return uniform(self.seed, name, self.run, self.k)

    def book(self, actor: str, entry: str, amount: float) -> None:
        """Section 4: "Payoffs of turn k - costs, hazards' payoffs, scores - count `discount ** k`"."""
        booked = self.ledger[actor][entry] + self.game.discount**self.k * amount
        self.ledger[actor][entry] = _finite(booked, f"{actor}'s {entry}")

    def apply(self, effects: Document) -> None:
        """Effects "are evaluated when they land", on the truth."""
        self.state = after_effects(self.game, effects, self.state, self.k + 1.0)

    def play_turn(self) -> None:
        """Section 4, the whole of turn k."""
        self.land_due_now()
        self.move()
        strikes = self.draw_hazards()
        self.pass_time(strikes)
        if self.ended_at is None:
            self.score()
            self.state = after_drift(self.game, self.state, self.k + 1.0)

    def land_due_now(self) -> None:
        """Step 1: "deliveries due at k land (in the order in which they were started)"."""
        for delivery in [delivery for delivery in self.on_their_way if delivery.due <= self.k]:
            self.land(delivery)

    def land(self, delivery: Delivery) -> None:
        """One delivery arrives."""
        if delivery in self.on_their_way:
            self.on_their_way.remove(delivery)
        self.events.append((delivery.due, "delivery", delivery.actor, delivery.action))
        self.apply(self.game.actions(delivery.actor)[delivery.action])

    def move(self) -> None:
        """Step 2: "actors decide", all on the same state or one after the other."""
        moves = self.game.clock.get("moves", "simultaneous")
        if moves == "simultaneous":
            for taken in [self.take(actor) for actor in self.game.actors]:
                self.carry_out(taken)
        else:
            for actor in moves:
                self.carry_out(self.take(actor))

    def take(self, actor: str) -> Taken:
        """An actor's decision, cost, chance and lead, read on the state as it now is; nothing changes yet."""
        action = decide(self.game, actor, self.state, self.seed, self.run, self.k)
        self.events.append((float(self.k), "decision", actor, action or "pass"))
        if action is None:
            return Taken(actor, None)
        self.actions[actor][action] += 1
        body = self.game.actions(actor)[action]
        cost = evaluate(body.get("cost", "0"), self.view)
        if not self.luck(f"{actor}.success") < chance(body.get("chance", "1"), self.view):
            return Taken(actor, action, cost)
        return Taken(actor, action, cost, drawn_lead(body, self.view, self.luck(f"{actor}.lead")))

    def carry_out(self, taken: Taken) -> None:
        """Pay the cost "whether or not the action succeeds"; "An action that fails has neither" kind of effects."""
        if taken.action is None:
            return
        self.book(taken.actor, "costs", -taken.cost)
        if taken.lead is None:
            return
        body = self.game.actions(taken.actor)[taken.action]
        self.apply(_mapping(body.get("now")))
        if not _mapping(body.get("set")) and not _mapping(body.get("add")):
            return
        delivery = Delivery(self.k + taken.lead, taken.actor, taken.action)
        if taken.lead == 0:
            self.land(delivery)
        else:
            self.on_their_way.append(delivery)

    def draw_hazards(self) -> list[tuple[float, str]]:
        """Step 3: "every hazard is drawn once": (moment, hazard) of those that will strike, in the order written."""
        moments = [(self.moment(name, hazard), name) for name, hazard in self.game.hazards.items()]
        return [(moment, name) for moment, name in moments if moment is not None]

    def moment(self, name: str, hazard: Document) -> float | None:
        """k + E/rate if that is before k+1; with `chance` p, k + u/p if u < p."""
        u = self.luck(f"{name}.moment")
        if "chance" in hazard:
            p = chance(hazard["chance"], self.view)
            return self.k + u / p if u < p else None
        intensity = rate(hazard.get("rate"), self.view)
        if intensity == 0:
            return None
        moment = self.k + standard_exponential(u) / intensity
        return moment if moment < self.k + 1 else None

    def pass_time(self, strikes: list[tuple[float, str]]) -> None:
        """Section 4: "deliveries and hazards happen in order of time (at equal times: deliveries first ...)"."""
        happenings: list[tuple[float, Delivery | str]] = [
            *((delivery.due, delivery) for delivery in self.on_their_way if delivery.due < self.k + 1),
            *strikes,
        ]
        for time, happening in sorted(happenings, key=lambda pair: pair[0]):
            if isinstance(happening, Delivery):
                self.land(happening)
            else:
                self.strike(time, happening)
            if self.ended_at is not None:
                return

    def strike(self, time: float, name: str) -> None:
        """Section 4: "reads its outcomes' weights ..., picks one, adds its payoffs, applies its effects"."""
        hazard = self.game.hazards[name]
        outcomes = _outcomes(hazard)
        weights = {outcome: _outcome_weight(body, self.view) for outcome, body in outcomes.items()}
        drawn = weighted_draw(weights, self.luck(f"{name}.outcome"))
        if drawn is None:
            return
        self.events.append((time, "hazard", name, drawn))
        self.hazards[name] += 1
        if "outcomes" in hazard:
            self.outcomes[name][drawn] += 1
        before = self.view
        for actor, payoff in _mapping(outcomes[drawn].get("payoffs")).items():
            self.book(actor, name, evaluate(payoff, before))
        self.apply(outcomes[drawn])
        if _ends(hazard, outcomes[drawn]):
            self.ended_at = time

    def score(self) -> None:
        """Section 4: "every incentive of every actor is evaluated on the state as it stands"."""
        self.events.append((self.k + 1.0, "score", "", ""))
        for actor in self.game.actors:
            for name, text in self.game.incentives(actor).items():
                self.book(actor, name, evaluate(text, self.view))

    def result(self) -> Result:
        """Section 4: "Final values (state and derived) are those after the last drift, or at the ending"."""
        return Result(
            payoffs={actor: _finite(sum(entries.values()), "a payoff") for actor, entries in self.ledger.items()},
            ledger=self.ledger,
            final={**self.state, **{name: self.view.read(name) for name in self.game.derived}},
            hazards=self.hazards,
            outcomes=self.outcomes,
            actions=self.actions,
            ended=self.ended_at is not None,
            duration=float(self.game.turns) if self.ended_at is None else self.ended_at,
            events=self.events,
        )


def play(
    document: Document,
    *,
    seed: int,
    run: int,
    regime: str | None = None,
    plays: Mapping[str, str] | None = None,
    parameters: Mapping[str, float] | None = None,
) -> Result:
    """Play run number `run` (from 0); `regime` None is the first, and `plays` and `parameters` overrule it."""
    game = _game(document, regime, plays, parameters)
    current = Run(game, seed, run)
    for k in range(game.turns):
        current.k = k
        current.play_turn()
        if current.ended_at is not None:
            break
    return current.result()
