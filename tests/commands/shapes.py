"""The documents that commands print as JSON: which keys they have and what stands there (keys may be added)."""

import math
from collections.abc import Callable
from typing import Any

Shape = Any
"""A type, a tuple of types, a check, a mapping of keys with their shapes, or a list of one shape."""


class Each:
    """A mapping of any names, each with a value of one shape."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape


def mismatches(value: Any, shape: Shape, at: str = "$") -> list[str]:
    """Where a value is not of a shape, and what stands there instead."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{at} is {value!r:.60}"]
        missing = [f"{at}.{key} is missing" for key in shape if key not in value]
        return missing + [
            wrong for key in shape if key in value for wrong in mismatches(value[key], shape[key], f"{at}.{key}")
        ]
    if isinstance(shape, Each):
        if not isinstance(value, dict):
            return [f"{at} is {value!r:.60}"]
        return [wrong for key, held in value.items() for wrong in mismatches(held, shape.shape, f"{at}.{key}")]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{at} is {value!r:.60}"]
        return [wrong for place, held in enumerate(value) for wrong in mismatches(held, shape[0], f"{at}[{place}]")]
    fine = (
        isinstance(value, shape) and not (isinstance(value, bool) and shape is int) if _is_type(shape) else shape(value)
    )
    return [] if fine else [f"{at} is {value!r:.60}"]


def _is_type(shape: Shape) -> bool:
    return isinstance(shape, type | tuple)


def number(value: Any) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def or_null(shape: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """A shape, or null."""
    return lambda value: value is None or shape(value)


def one_of(*words: str | int) -> Callable[[Any], bool]:
    """One of some words."""
    return lambda value: value in words


def hexadecimal(value: Any) -> bool:
    """Whether a value is a SHA-256."""
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")


STAT = {"mean": number, "se": or_null(number), "low": or_null(number), "high": or_null(number)}
RUN = {
    "scenario": str, "regime": str, "runs": int, "seed": int, "engine": one_of("lockstep", "events"), "turns": int,
    "digest": hexadecimal,
    "actors": Each({"strategy": or_null(lambda value: isinstance(value, str)), "payoff": STAT, "ledger": Each(STAT), "actions": Each(number)}),
    "final": Each(STAT), "hazards": Each({"count": STAT, "outcomes": Each(STAT)}), "ended": STAT, "duration": STAT,
    "warnings": [str],
}  # fmt: skip
DIFFERENCE = {
    "of": str, "minus": str, "actors": Each({"payoff": STAT, "ledger": Each(STAT)}), "final": Each(STAT), "warnings": [str],
}  # fmt: skip
COMPARE = {"runs": int, "seed": int, "regimes": Each(RUN), "differences": [DIFFERENCE]}
VERDICT = one_of("holds", "fails", "undecided")
CLAIMS = {
    "claims": Each({"says": str, "verdict": VERDICT, "margin": STAT, "robust": or_null(number), "warnings": [str]})
}
MATRIX = {
    "scenario": str, "regime": str, "runs": int, "seed": int, "strategies": Each([str]),
    "payoffs": Each([[number]]), "se": Each([[number]]), "best_replies": Each([[bool]]),
    "equilibria": [{
        "profile": Each(Each(number)), "payoffs": Each(number), "regret": number, "support": or_null(number),
        "more_runs": or_null(number), "isolated": bool, "selected": bool,
    }],
    "complete": bool, "degenerate": bool, "possible": [{"cell": Each(str), "support": number, "more_runs": or_null(number)}],
    "selection": one_of("only", "replies", "payoffs", "none"), "alike": Each([[str]]),
    "dominated": Each([{"strategy": str, "by": Each(number), "strictly": bool}]), "kept": Each([str]),
    "ledger": Each(Each([[number]])),
}  # fmt: skip
SWEEP = {
    "scenario": str, "runs": int, "seed": int, "design": one_of("line", "plane", "latin"), "regimes": [str],
    "over": Each({"low": number, "high": number, "now": number, "values": [number]}),
    "points": [{
        "point": int, "parameters": Each(number), "payoffs": Each(Each(STAT)),
        "differences": [{"of": str, "minus": str, "actors": Each(STAT)}], "prefers": Each({"regime": str, "clear": bool}),
    }],
    "frontiers": Each([{"between": [str], "at": [[number]]}]),
}  # fmt: skip
SENSITIVITY = {
    "scenario": str, "method": str, "runs": int, "points": int, "repeats": int, "evaluations": int, "seed": int,
    "regimes": [str], "fixed": [str], "kept": Each([str]),
    "results": [{
        "actor": str, "of": str, "minus": or_null(lambda value: isinstance(value, str)), "mean": number,
        "deviation": number, "luck_share": or_null(number), "varies": bool,
        "parameters": Each({"range": [number], "direction": one_of(-1, 0, 1)}),
    }],
}  # fmt: skip
ROOT = {
    "kind": one_of("crossing", "jump", "touch", "level", "undecided"), "break_even": or_null(number), "low": number,
    "high": number, "cut": [one_of("low", "high")], "signs": [one_of(-1, 0, 1)],
}  # fmt: skip
BREAKEVEN = {
    "scenario": str, "actor": str, "of": str, "minus": str, "by": one_of("regimes", "strategies"),
    "regime": or_null(lambda value: isinstance(value, str)), "runs": int, "seed": int, "points": int, "difference": STAT,
    "parameters": Each({
        "now": number, "break_even": or_null(number), "range": [number], "low": or_null(number), "high": or_null(number),
        "moved": or_null(number), "crossings": [ROOT], "matters": bool, "kept": [str],
        "most": or_null(lambda value: mismatches(value, {"value": number, "difference": STAT}) == []),
    }),
    "joint": or_null(lambda value: mismatches(value, JOINT) == []), "weights": Each(number), "trouble": str,
}  # fmt: skip
JOINT = {
    "distance": number, "low": or_null(number), "high": or_null(number),
    "parameters": Each({"now": number, "to": number, "moved": number}), "difference": STAT,
    "beyond": one_of(-1, 0, 1),
    "fresh": {"seed": int, "difference": STAT},
}  # fmt: skip
KIND = one_of("begin", "decision", "effect", "delivery", "hazard", "score", "drift", "end")
EVENT = {"time": number, "turn": int, "kind": KIND, "who": str, "what": str, "detail": dict}
TRACE = {
    "run": int,
    "seed": int,
    "regime": str,
    "events": [EVENT],
    "payoffs": Each(number),
    "ledger": Each(Each(number)),
}
FAULT = {"file": str, "line": int, "column": int, "code": str, "problem": str, "remedy": str}
VALIDATE = {"files": [{"file": str, "valid": bool, "faults": [FAULT]}]}
LIST = {"scenarios": [{"name": str, "file": str, "ships": bool, "title": str, "summary": str, "fault": str}]}
RESULTS = {
    "results": [
        {"path": str, "scenario": str, "question": one_of("run", "compare"), "regimes": [str], "runs": int, "seed": int}
    ]
}
LINE = {"strategy": str, "payoff": number, "ledger": Each(number)}
MOMENT = {
    "turn": int, "did": or_null(lambda value: isinstance(value, str)), "payoff": number, "gain": number,
    "instead": or_null(lambda value: isinstance(value, str)),
}  # fmt: skip
SPREAD = {"strategy": str, "runs": int, "mean": number, "quantiles": Each(number), "below": number, "equal": number}
DEBRIEF = {
    "scenario": str, "regime": str, "seed": int, "run": int, "seat": str,
    "moves": [{"kind": one_of("move"), "turn": int, "actor": str}], "payoffs": Each(number), "ledger": Each(Each(number)),
    "ended": bool, "duration": number, "menu": [LINE],
    "costliest": or_null(lambda value: mismatches(value, MOMENT) == []),
    "distribution": or_null(lambda value: mismatches(value, SPREAD) == []),
    "others": Each([or_null(lambda value: isinstance(value, str))]), "events": [EVENT], "trouble": [str],
}  # fmt: skip
