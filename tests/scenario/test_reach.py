"""Bounds of expressions: whatever the state is, the value lies between them; and known signs are found."""

from __future__ import annotations

import math

import numpy as np
import pytest

import sim
from sim.model.compiling import compiled
from sim.model.game import Setting
from sim.scenario.arithmetic import Formulas
from sim.scenario.expressions import parse
from sim.scenario.reach import Reach
from sim.scenario.shipped import shipped
from sim.scenario.source import Scalar, parse_source

NAMES = {"x": (0.0, 2.0), "y": (-1.0, 3.0), "z": (-math.inf, math.inf), "p": (0.5, 0.5)}


def bounds(text: str) -> tuple[float, float]:
    """The bounds of an expression over the names above."""
    scalar = parse_source(f'a: "{text}"', "reach.yaml").get("a")
    assert isinstance(scalar, Scalar)
    return Reach(NAMES, {}).of(parse(scalar))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("-p * x", -1.0, 0.0),
        ("x - y", -3.0, 3.0),
        ("(1 - p * x) * x", 0.0, 2.0),
        ("x / p", 0.0, 4.0),
        ("x / y", -math.inf, math.inf),
        ("y ** 2", 0.0, math.inf),
        ("x ** p", 0.0, math.sqrt(2.0)),
        ("z > 1 and y == 0", 0.0, 1.0),
        ("not z", 0.0, 1.0),
        ("x if z > 0 else -p", -0.5, 2.0),
        ("min(x, y)", -1.0, 2.0),
        ("max(0, y)", 0.0, 3.0),
        ("clip(z, 0, 1)", 0.0, 1.0),
        ("abs(y)", 0.0, 3.0),
        ("pick(z, 1, -2, x)", -2.0, 2.0),
        ("0 * z", 0.0, 0.0),
        ("y % 2", -math.inf, math.inf),
        ("log(x)", -math.inf, math.log(2.0)),
        ("sqrt(y)", -math.inf, math.inf),
    ],
)
def test_bounds(text: str, low: float, high: float) -> None:
    """Worked by hand."""
    assert bounds(text) == pytest.approx((low, high))


@pytest.mark.parametrize("name", [name for name, _ in shipped()])
def test_no_state_leads_beyond_them(name: str) -> None:
    """Every incentive of what ships, on a thousand states within the bounds of the state."""
    scenario = sim.load(name)
    game = compiled(scenario, Setting())
    rng = np.random.default_rng(7)
    low = np.array([max(each.low, -50.0) for each in game.variables])
    high = np.array([min(each.high, 50.0) for each in game.variables])
    states = low[:, None] + (high - low)[:, None] * rng.integers(0, 5, (len(low), 1000)) / 4.0
    names = {each.name: (each.low, each.high) for each in game.variables}
    names |= {key: (float(value),) * 2 for key, value in zip(scenario.parameters, game.parameters, strict=True)}
    reach = Reach(
        {**names, "turn": (1.0, float(game.turns))}, {key: part.value for key, part in scenario.derived.items()}
    )
    for actor in scenario.actors.values():
        for incentive in actor.incentives.values():
            least, most = reach.of(incentive.value)
            values = Formulas([incentive.value], game.vocabulary)(states, game.parameters, 1.0)[0]
            assert np.all(values >= least - 1e-12), incentive.value.text
            assert np.all(values <= most + 1e-12), incentive.value.text
