"""The worked example of the page on turns: its numbers by hand, and in the traces and ensembles of the program."""

import math
import re
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.scenario.load import load_text
from tests.docs.pages import Page, number, rows

PAGE = Page("explanation/turn.md")
(BLOCK,) = PAGE.blocks("yaml")
SCENARIO = load_text(BLOCK.text, "two-looks.yaml", Path())
WATCH = {"close": 0.5, "loose": 0.25}
WEIGHED, RUN = PAGE.section("What South weighs"), PAGE.section("Run 390, twice")


@pytest.fixture(scope="module")
def traces() -> dict[str, Any]:
    """Run 390 under both regimes."""
    return {regime: sim.trace(SCENARIO, regime=regime, run=390) for regime in WATCH}


def events(trace: Any, kind: str) -> list[Any]:
    return [event for event in trace.run.events if event.kind == kind]


def told(regime: str) -> list[float]:
    """The results of the page's three sums for a regime."""
    return [number(line.rsplit("= ", 1)[1]) for line in WEIGHED.splitlines() if line.startswith(f"- {regime}")]


@pytest.mark.parametrize("regime", WATCH)
def test_what_south_weighs(regime: str, traces: dict[str, Any]) -> None:
    """Worked out here from the numbers of the scenario, told by the page, weighed by the program."""
    armed = 0.5 + WATCH[regime] * (-0.4 + 0 - 0.5)
    build = -0.1 + 0.8 * armed * (0.9 + 0.81)
    share = 1 / (1 + math.exp(-4 * build))
    assert told(regime) == [pytest.approx(armed), pytest.approx(build), round(share, 4)]
    decision = events(traces[regime], "decision")[0]
    assert [(o["action"], o["value"], o["probability"]) for o in decision.detail["options"]] == [
        ("wait", 0, pytest.approx(1 - share)),
        ("build", pytest.approx(build), pytest.approx(share)),
    ]
    assert decision.what == "build"


@pytest.mark.parametrize("line", [line for line in WEIGHED.splitlines() if line.startswith("- ")])
def test_the_sums_of_the_page_add_up(line: str) -> None:
    """What stands left of the last `=` is what stands right of it."""
    left, right = line.rsplit(" = ", 1)
    sum_ = re.sub(r".* = |^- \w+: ", "", left).replace("·", "*").replace("−", "-").replace("exp", "math.exp")
    assert eval(sum_, {"math": math}) == pytest.approx(number(right), abs=5e-5)


def test_the_luck_of_the_run(traces: dict[str, Any]) -> None:
    """Each u of the table is the program's, the same under both regimes where both drew it."""
    names = {
        "South's decision": "south.decision", "whether it succeeds": "south.success", "its lead time": "south.lead",
        "the inspection": "inspection.moment",
    }  # fmt: skip
    from sim.model.luck import uniforms

    table = rows(RUN)[:6]
    for row in table:
        assert round(float(uniforms(1, names[row[1]], 390, 1, int(row[0]))[0]), 4) == float(row[2])
    drawn = {
        (event.turn, name): round(u, 4)
        for trace in traces.values()
        for event in trace.run.events
        for name, u in event.detail.get("luck", {}).items()
    }
    said = {(int(row[0]), names[row[1]]): float(row[2]) for row in table}
    assert {address: said[address] for address in said if address in drawn} == {
        a: u for a, u in drawn.items() if a in said
    }


def test_what_happened_in_the_run(traces: dict[str, Any]) -> None:
    """Decisions, the landing and the strike, at the times of the table."""
    close, loose = traces["close"], traces["loose"]
    assert [event.what for event in events(close, "decision")] == ["build", "wait", "wait"]
    assert [len(event.detail["options"]) for event in events(close, "decision")] == [2, 1, 2]
    assert [len(event.detail["options"]) for event in events(loose, "decision")] == [2, 1, 1]
    assert [round(event.time, 4) for trace in (close, loose) for event in events(trace, "delivery")] == [0.6707, 0.6707]
    assert [round(event.time, 4) for event in events(close, "hazard")] == [1.6012]
    assert events(loose, "hazard") == []
    assert all(f"{time}" in RUN for time in (0.6707, 1.6012))


def test_the_ledger_of_the_run(traces: dict[str, Any]) -> None:
    """Entry by entry, and their sum."""
    entries = {row[0]: [number(cell) for cell in row[1:]] for row in rows(RUN) if len(row) == 3}
    assert list(entries) == ["costs", "gain", "inspection", "payoff"]
    for entry, values in entries.items():
        name = "south" if entry == "payoff" else f"south.{entry}"
        assert [trace.result(name) for trace in traces.values()] == pytest.approx(values)
    assert pytest.approx(entries["gain"][1]) == 0.5 * (1 + 0.9 + 0.81)


def test_what_the_same_luck_is_worth() -> None:
    """The difference, its standard error on common and on separate luck, and what that is in runs."""
    compared = sim.compare(SCENARIO)
    gain = compared.differences[0].stats["south"]
    sides = [ensemble.stats["south"].se for ensemble in compared.ensembles.values()]
    assert gain.se is not None
    separate = math.hypot(*(se for se in sides if se is not None))
    said = PAGE.said("The same luck")
    assert compared.plan.runs == 2000
    assert f"worth {gain.mean:.4f} to South" in said
    assert f"standard error of {gain.se:.4f}" in said
    assert f"{separate:.4f}, and about {(separate / gain.se) ** 2:.1f} times" in said
