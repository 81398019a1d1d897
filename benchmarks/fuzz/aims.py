"""What is fuzzed: the reading of scenario files, and of expressions; and what has to hold whatever is given.

Whatever the input, one of two things happens. It is refused, with an error of the program's own family whose every
line has a place, a code and a sentence; or it is taken, and then it can be played, in both engines to the same bits
(or stopped by an error of the family, the same in both). Nothing else may escape, and nothing may take long.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sim.engine import events, lockstep
from sim.errors import DetenteError
from sim.experiment.plan import Plan
from sim.model.compiling import compiled
from sim.scenario.load import load_text
from sim.scenario.schema import Scenario

SECONDS = 2.0
"""Processor time that a case may take, as in the list of hostile inputs."""
PARENTS = Path(__file__).resolve().parents[2] / "scenarios"
"""Where a scenario finds those that it extends."""

RUNS = 3
MOST_TURNS = 40
"""What has more turns is taken as read: playing it may rightly take long."""

LINE = re.compile(r"[^\n]+:[1-9]\d*:[1-9]\d*: [A-Z][A-Z0-9-]*: [^\x00-\x1f\x7f]+")
"""``file:line:column: CODE: what is wrong; what to write instead``, on one line."""

PLACED = """scenario: fuzz
clock: {turns: 3}
state: {x: 1, y: {initial: 0.5, min: 0, max: 9}}
parameters: {a: {value: 0.25}, b: 2}
actors:
  one:
    incentives:
      gain:
"""
REST = """
    actions: {go: {cost: 0.5, add: {x: y}}, wait: {}}
    strategies: {some: [{when: x > turn, do: go}, {do: wait}]}
"""


class Escaped(AssertionError):
    """Something that may not happen: says what, and of what input."""


@dataclass
class Found:
    """What came of all cases so far."""

    cases: int = 0
    taken: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    """How often each code was the first fault."""
    slowest: float = 0.0
    """Seconds of processor time."""

    def told(self) -> dict[str, object]:
        """Return the counts for a report."""
        return {"cases": self.cases, "taken": self.taken, "codes": dict(self.codes), "slowest": self.slowest}


def file(data: bytes, found: Found) -> None:
    """Read bytes as a scenario file. Raises ``Escaped``."""
    began = time.process_time()
    found.cases += 1
    try:
        _play(load_text(data, "fuzz.yaml", PARENTS))
        found.taken += 1
    except DetenteError as error:
        found.codes[_sound(error, data)] += 1
    except Exception as error:
        raise Escaped(f"{type(error).__name__} ({error}) of {data!r}") from error
    _quick(began, data, found)


def expression(text: str, found: Found) -> None:
    """Read a text as an expression, where a payoff stands. Raises ``Escaped``."""
    block = "\n".join(f"          {line}" for line in text.splitlines() or [""])
    file(f"{PLACED}        |-\n{block}\n{REST}".encode("utf-8", "surrogatepass"), found)


def _play(scenario: Scenario) -> None:
    """Play what was taken, by both engines: the same numbers or the same error."""
    if scenario.clock.turns > MOST_TURNS:
        return
    game = compiled(scenario)
    plan = Plan(RUNS, 1)
    answers: list[bytes | str] = []
    for play in (events.play, lockstep.play):
        try:
            answers.append(play(game, plan.seed, 0, plan.runs).tobytes())
        except DetenteError as error:
            answers.append(str(error))
    if answers[0] != answers[1]:
        raise AssertionError(f"the engines differ: {answers[0]!r} and {answers[1]!r}")
    if isinstance(answers[0], str) and not all(map(LINE.fullmatch, answers[0].split("\n"))):
        raise AssertionError(f"no line of an error: {answers[0]!r}")


def _sound(error: DetenteError, data: bytes) -> str:
    """Return the code of the first fault, having looked at all lines. Raises ``Escaped``."""
    if not error.faults:
        raise Escaped(f"an error without a fault of {data!r}")
    for line in str(error).split("\n"):
        if not LINE.fullmatch(line):
            raise Escaped(f"{line!r} is no line of an error, of {data!r}")
    return error.faults[0].code


def _quick(began: float, data: bytes, found: Found) -> None:
    taken = time.process_time() - began
    found.slowest = max(found.slowest, taken)
    if taken > SECONDS:
        raise Escaped(f"{taken:.1f} s for {data!r}")
