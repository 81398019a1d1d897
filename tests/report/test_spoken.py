"""Formulas for players: labels for names, numbers for parameters, and what is said is what the formula means."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.model.compiling import compiled
from sim.model.game import Setting
from sim.report import words
from sim.report.labels import without_codes
from sim.report.spoken import Spoken
from sim.scenario.expressions import parse
from sim.scenario.source import Scalar, parse_source

TEXT = """
scenario: small
clock: {turns: 3}
parameters: {price: 0.3, half: {value: 0.5, label: One half}}
state: {guns: {initial: 1, min: 0, max: 4, label: Guns}, fed: {min: 0, max: 1, label: All are fed}}
derived: {share: {value: guns / 4, label: Share of guns}}
actors:
  us:
    incentives: {gain: guns}
    actions: {buy: {label: Buy a gun, cost: price / 2, available: guns < 4, add: {guns: 1}}, wait: {}}
    strategies:
      greedy: {label: Always more, rules: [{when: fed, do: wait}, {do: {buy: price, wait: 1}}]}
"""


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Spoken:
    """That of the only actor."""
    file = tmp_path_factory.mktemp("spoken") / "small.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return Spoken(compiled(sim.load(str(file)), Setting()), "us")


def expression(text: str) -> object:
    """A checked expression."""
    scalar = parse_source(f'a: "{text}"', "spoken.yaml").get("a")
    assert isinstance(scalar, Scalar)
    return parse(scalar)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("price / 2", "0.15"),
        ("-price * guns", '-0.3 times "Guns"'),
        ("price * half * guns", '0.15 times "Guns"'),
        ("guns - (share - half)", '"Guns" minus ("Share of guns" minus 0.5)'),
        ("(1 - share) * guns", '(1 minus "Share of guns") times "Guns"'),
        ("-guns / 2", '(minus "Guns") divided by 2'),
        ("guns ** 2", '"Guns" to the power 2'),
        ("max(0, guns - 1)", 'the largest of 0 and "Guns" minus 1'),
        ("clip(guns, 0, half)", '"Guns", but from 0 to 0.5'),
        ("guns * (fed > 0)", '"Guns" times (1 if "All are fed" is above 0, else 0)'),
        ("1 if fed else guns", '1 if "All are fed" is not 0, else "Guns"'),
        ("turn + half", "the turn plus 0.5"),
        ("1 / 0", "1 divided by 0"),
    ],
)
def test_formulas(speech: Spoken, text: str, told: str) -> None:
    """Worked by hand."""
    assert speech.formula(expression(text)) == told  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("guns < 2", '"Guns" is below 2'),
        ("0 < guns <= half", '0 is below "Guns" and "Guns" is at most 0.5'),
        ("not fed", '"All are fed" is 0'),
        ("fed", '"All are fed" is not 0'),
        ("guns == 0 and (fed or turn > 2)", '"Guns" is 0 and ("All are fed" is not 0 or the turn is above 2)'),
        ("not guns >= 3", 'it is not so that "Guns" is at least 3'),
        ("guns != 1", '"Guns" is not 1'),
        ("price > 0", "this always holds"),
        ("price > half", "this never holds"),
    ],
)
def test_conditions(speech: Spoken, text: str, told: str) -> None:
    """Worked by hand."""
    assert speech.condition(expression(text)) == told  # type: ignore[arg-type]


def test_actions_and_strategies(tmp_path: Path, speech: Spoken) -> None:
    """In the same sentences as on the analyst's pages, with other words in them."""
    file = tmp_path / "small.yaml"
    file.write_text(TEXT, encoding="utf-8")
    us = sim.load(str(file)).actors["us"]
    assert words.action(us.actions["buy"], speech) == [
        'when "Guns" is below 4; costs 0.15',
        'at once: adds 1 to "Guns"',
    ]
    assert words.action(us.actions["buy"]) == ["when guns < 4; costs price / 2", "at once: adds 1 to guns"]
    assert words.strategy(us.strategies["greedy"], speech) == [
        'if "All are fed" is not 0 then "wait"',
        'else draw "Buy a gun" (weight 0.3) or "wait" (weight 1)',
    ]


def test_what_a_class_is_told_of_the_computer() -> None:
    """The rules of a strategy with labels of actions."""
    scenario = without_codes(sim.load("inf-2018"))
    speech = Spoken(compiled(scenario, Setting()), "adversary")
    breakout = scenario.actors["adversary"].strategies["breakout"]
    assert words.strategy(breakout, speech) == [
        'always "Break out openly", if it can be done',
        'else "Build nothing new"',
    ]
