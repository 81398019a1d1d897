"""An expression that makes no sense is an error in the runs that ask it, and in no other.

In every case below 1 / x stands behind a guard, ``x > LIMIT``. Half of the runs have x = 0, the others x = 1, all in
one block. With the limit 0 nobody asks what 1 / 0 is; with -1 the runs with x = 0 do.
"""

from __future__ import annotations

import re

import numpy as np
import pytest

from sim.engine import events, lockstep
from sim.errors import RunError
from sim.model import luck as luck_of_engines
from sim.model.compiling import compiled
from sim.model.game import Game
from sim.scenario.load import load_text
from tests import oracle
from tests.engine.both import assert_as_told, played

SCENARIO = """
scenario: unasked
clock: {turns: 3, discount: 0.9}
state: STATE
"""

ACTING = "actors:\n  a: {incentives: {i: x + y}, actions: {wait: {}, go: {GO}}, strategies: {s: STRATEGY}, plays: s}\n"
CAREFUL = "[{when: x <= LIMIT, do: wait}, {do: go}]"
IDLE = "actors: {a: {incentives: {i: x + y}}}\n"


def acting(go: str = "", strategy: str = CAREFUL) -> str:
    return ACTING.replace("GO", go).replace("STRATEGY", strategy)


CASES = {
    "a rule's condition": acting("", "[{when: x <= LIMIT, do: wait}, {when: 1 / x > 0, do: go}]"),
    "a later rule's availability": acting("available: 1 / x > 0"),
    "a condition behind a weighted do": acting(
        "", "[{when: x <= LIMIT, do: {wait: 1, go: 1}}, {when: 1 / x > 0, do: go}]"
    ),
    "a cost": acting("cost: 1 / x"),
    "a chance": acting("chance: 0.5 / x"),
    "a lead time": acting("after: 0.5 / x, add: {y: 1}"),
    "the numbers of a lead time": acting("after: [0.5 / x, 2 / x], add: {y: 1}"),
    "the lead time of what fails": acting("chance: x > LIMIT, after: {mean: 1 / x}, add: {y: 1}", "go"),
    "effects at once": acting("now: {add: {y: 1 / x}}"),
    "effects": acting("add: {y: 1 / x}"),
    "effects of what fails": acting("chance: x > LIMIT, add: {y: 1 / x}", "go"),
    "effects that land": acting("after: 1.5, add: {y: 1 / x}"),
    "a weight of what is not available": acting("available: x > LIMIT", "[{do: {go: 1 / x, wait: 1}}]"),
    "the weights of a later rule": acting("", "[{when: x <= LIMIT, do: wait}, {do: {go: 1 / x, wait: 1}}]"),
    "a fixed action in a mix": acting("cost: 1 / x, available: x > LIMIT", "{mix: {go: 1, wait: 1}}"),
    "a script": acting("cost: 1 / x, available: x > LIMIT", "{script: [wait, go]}"),
    "what is weighed": acting("available: x > LIMIT, cost: 1 / x, add: {y: 1 / x}", "{weigh: {rationality: 1}}"),
    "what is weighed of a hazard": acting("", "{weigh: {rationality: 1}}")
    + "hazards: {h: {chance: 0.5 * (x > LIMIT), payoffs: {a: 1 / x}, add: {y: 1 / x}}}",
    "an answer foreseen": acting("", "{weigh: {rationality: 1, level: 1}}")
    + "  b: {actions: {sit: {}, hit: {available: x > LIMIT, add: {y: 1 / x}}}}",
    "payoffs": IDLE + "hazards: {h: {chance: x > LIMIT, payoffs: {a: 1 / x}}}",
    "effects of a strike": IDLE + "hazards: {h: {rate: 9 * (x > LIMIT), add: {y: 1 / x}}}",
    "weights of outcomes": IDLE + "hazards: {h: {chance: x > LIMIT, outcomes: {o: {weight: 1 / x}, other: {}}}}",
    "payoffs of an outcome": IDLE
    + "hazards: {h: {chance: 1, outcomes: {o: {weight: x > LIMIT, payoffs: {a: 1 / x}}}}}",
    "effects of an outcome": IDLE + "hazards: {h: {chance: 1, outcomes: {o: {weight: x > LIMIT, add: {y: 1 / x}}}}}",
    "what is scored after the end": "actors: {a: {incentives: {i: 1 / x}}}\nhazards: {h: {chance: x <= LIMIT, ends: true}}",
    "what drifts after the end": IDLE + "hazards: {h: {chance: x <= LIMIT, ends: true}}",
    "what a decision reads after the end": acting("", "[{when: turn > 1 and 1 / x > 0, do: go}]")
    + "hazards: {h: {chance: x <= LIMIT, ends: true}}",
    "a rate after the end": IDLE
    + "hazards: {h: {chance: x <= LIMIT, ends: true}, late: {rate: 1 / x if turn > 1 else 0}}",
    "a delivery after the end": acting("after: 0.75, add: {y: 1 / x}", "go")
    + "hazards: {h: {chance: x <= LIMIT, ends: true}}",
    "a strike after the end": IDLE
    + "hazards: {h: {chance: x <= LIMIT, ends: true}, late: {chance: 1, payoffs: {a: 1 / x}}}",
    "a branch": "actors: {a: {incentives: {i: 1 / x if x > LIMIT else y}}}",
    "and": "actors: {a: {incentives: {i: x > LIMIT and 1 / x > 0}}}",
    "or": "actors: {a: {incentives: {i: x <= LIMIT or 1 / x > 0}}}",
    "a chain": "actors: {a: {incentives: {i: LIMIT < x < 1 / x}}}",
    "pick": "actors: {a: {incentives: {i: 'pick(x > LIMIT, y, 1 / x)'}}}",
    "a seen variable": acting("", "[{when: x <= LIMIT, do: wait}, {when: 1 / x > 0, do: go}]"),
}
STATE = "{x: {initial: {0: 1, 1: 1}}, y: 0}"
OTHER_STATE = {
    "what drifts after the end": "{x: {initial: {0: 1, 1: 1}}, y: {drift: 1 / x}}",
    "a seen variable": "{x: {initial: {1: 1, 0: 1}, seen_as: {a: seen}}, seen: {initial: {0: 1, 2: 1}}, y: 0}",
}
PAGE_IS_SILENT = {"what is weighed of a hazard"}
"""The page does not say whether the payoffs of a strike that cannot come are foreseen."""

COUNT = 6


def uniforms(seed: int, name: str, first: int, count: int, turn: int) -> np.ndarray:
    """Luck by which runs differ and turns do not: even runs draw the first of two, x = 0, odd ones the second."""
    return np.array([luck(seed, name, run, turn) for run in range(first, first + count)])


def luck(seed: int, name: str, run: int, turn: int) -> float:
    return 0.25 + 0.5 * (run % 2)


def text_of(case: str, limit: str) -> str:
    return SCENARIO.replace("STATE", OTHER_STATE.get(case, STATE)) + CASES[case].replace("LIMIT", limit)


def game_of(case: str, limit: str) -> Game:
    return compiled(load_text(text_of(case, limit)))


@pytest.fixture
def halves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(luck_of_engines.Stream, "uniforms", lambda stream, *at: uniforms(stream.seed, stream.name, *at))
    monkeypatch.setattr(oracle, "uniform", luck)


@pytest.mark.parametrize("case", CASES)
def test_what_nobody_asks_is_no_error(case: str, halves: None) -> None:
    game = game_of(case, "0")
    table = played(game, 0, 0, COUNT)
    document = oracle.read_text(text_of(case, "0"))
    for run in () if case in PAGE_IS_SILENT else (0, 1):
        assert_as_told(game, table[:, run], oracle.play(document, seed=0, run=run))


@pytest.mark.parametrize("case", CASES)
def test_what_somebody_asks_is_one_error_in_both_engines(case: str, halves: None) -> None:
    game, said = game_of(case, "-1"), []
    for engine in (lockstep, events):
        for first in (0, 1):
            with pytest.raises(RunError) as caught:
                engine.play(game, 0, first, COUNT)
            said.append(str(caught.value))
    # The first of the runs with x = 0 is run 0, and of those from 1 on it is run 2.
    assert said[:2] == said[2:]
    for message, run in zip(said, (0, 2, 0, 2), strict=True):
        assert "NOT-FINITE" in message
        assert re.search(r"'[\d.]+ / x'", message)
        assert f"run {run}, turn " in message
        assert f"--run {run}" in message
    with pytest.raises(oracle.OracleError):
        oracle.play(oracle.read_text(text_of(case, "-1")), seed=0, run=0)
    played(game, 0, 1, 1)
