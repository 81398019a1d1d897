"""``describe`` leaves nothing out that a scenario names."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.errors import one_line
from sim.report import words
from sim.report.describe import show_description
from sim.report.page import reflowed
from sim.scenario.load import load
from sim.scenario.schema import Part, Scenario
from tests.report.pages import EXAMPLE, SHIPPED, flat, scenario_of, text_of


def named(scenario: Scenario) -> Iterator[str]:
    """Every name, label, note and text of a scenario."""
    groups: list[dict] = [
        scenario.parameters, scenario.state, scenario.derived, scenario.actors, scenario.hazards, scenario.regimes,
        scenario.claims,
    ]  # fmt: skip
    groups += [
        group for actor in scenario.actors.values() for group in (actor.incentives, actor.actions, actor.strategies)
    ]
    groups += [hazard.outcomes for hazard in scenario.hazards.values()]
    for group in groups:
        for name, part in group.items():
            yield name
            assert isinstance(part, Part)
            yield from (text for text in (part.label, part.note) if text)
    yield from (parameter.source for parameter in scenario.parameters.values() if parameter.source)
    yield from (claim.says for claim in scenario.claims.values())
    yield from (claim.holds.text for claim in scenario.claims.values())
    yield from scenario.sources
    yield from (text for text in (scenario.title, scenario.summary, scenario.clock.note, scenario.clock.turn) if text)
    if scenario.teaching:
        yield from scenario.teaching.questions
        yield from re.split(r"\s+", scenario.teaching.notes or "")


def formulas(scenario: Scenario) -> Iterator[str]:
    """Every expression of a scenario as it is shown."""

    def below(part: object) -> Iterator[str]:
        from sim.scenario.expressions import Expression

        if isinstance(part, Expression):
            yield words.formula(part)
        elif isinstance(part, Part):
            for name in type(part).model_fields:
                yield from below(getattr(part, name))
        elif isinstance(part, dict):
            for value in part.values():
                yield from below(value)
        elif isinstance(part, tuple):
            for value in part:
                yield from below(value)

    yield from below(scenario)


@pytest.fixture(params=["example", *SHIPPED])
def scenario(request: pytest.FixtureRequest, tmp_path: Path) -> Scenario:
    """The example and every shipped scenario."""
    return load(SHIPPED[request.param]) if request.param in SHIPPED else scenario_of(EXAMPLE, tmp_path)


@pytest.mark.parametrize("width", [80, 120])
def test_everything_named_is_mentioned(scenario: Scenario, width: int) -> None:
    page = re.sub(r"\s+", "", text_of(show_description, scenario, width))
    missing = [text for text in named(scenario) if re.sub(r"\s+", "", one_line(text)) not in page]
    # A minus before a constant effect is said in words.
    missing += [text for text in formulas(scenario) if re.sub(r"\s+", "", text.removeprefix("-")) not in page]
    assert not missing


def test_the_example_in_words(tmp_path: Path) -> None:
    page = flat(text_of(show_description, scenario_of(EXAMPLE, tmp_path)))
    for part in (
        "A run is 6 turns of 1 year from 2018. Each turn's payoffs count 0.95 times those of the turn before.",
        "All move at once",
        "when missiles_known > 0; costs 0.1 after 1 to 2 turns, all equally likely: adds 1 to defence",
        "at once: sets guess to 1 after 1 to 3 turns, 2 most likely: takes 0.1 from tension",
        "costs 0.1; succeeds with chance 0.9 after 1.5 turns on average (exponential)",
        "if missiles_known > 0 and defence < 2 then harden else hold",
        "always harden, if it can be done else draw hold (weight 1) or notify (weight missiles) - Fallback",
        "turn by turn: hold, harden, then hold for good",
        "draws once a run: steady (weight 1) or prepare (weight 2 * commitment)",
        "over the next 5 turns", "foresees the other's answer (level 1)", "believes that commitment is 0.2",
        "strikes at a rate of 0.4 * (missiles > missiles_known) a turn", "strikes with a chance of 0.4 a turn",
        "gives nato -25 and adversary -25 ends the run",
        "begins at 1; stays from 0 to 4 NATO sees missiles_known in its place",
        "begins at 0; never falls below 0", "anywhere from 0.1 to 0.3; never rises above 1",
        "begins, drawn once a run, at 1 (weight 0.6) or 0 (weight 0.4)",
        "The adversary may not: build", "assumes that arms_burden is 0.3 missiles begins at 2",
        "holds if post_treaty.nato < treaty.nato", "1 of 2 name no source.", "1. Why?", "Think first.",
    ):  # fmt: skip
        assert part in page, part


def test_an_order_of_moves_is_told(tmp_path: Path) -> None:
    text = EXAMPLE.replace("start: 2018", "start: 2018, moves: [adversary, nato]")
    assert "they move in this order: The adversary and NATO; later ones see" in flat(
        text_of(show_description, scenario_of(text, tmp_path))
    )


def test_line_ends_that_were_meant_stay() -> None:
    wide = "word " * 22 + "word"
    assert reflowed(f"{wide}\n{wide}\nshort.\n\nA list:\none - x\ntwo - y\n- item\n- item") == [
        f"{wide} {wide} short.", "", "A list:", "one - x", "two - y", "- item", "- item",
    ]  # fmt: skip
    paragraph = "word " * 50 + "word"
    assert reflowed(f"{paragraph}\n{paragraph}") == [paragraph, paragraph]
