"""A trace tells every event of a run: who, what, when, with which luck, and what it changed."""

import re
from pathlib import Path

import pytest

import sim
from sim.report.chronicle import show_trace
from sim.scenario.load import load
from tests.report.pages import EXAMPLE, SHIPPED, flat, scenario_of, text_of


@pytest.fixture
def example(tmp_path: Path):
    return scenario_of(EXAMPLE, tmp_path)


def test_every_event_is_told(example) -> None:
    kinds = set()
    for run in range(12):
        trace = sim.trace(example, run=run, regime="post_treaty")
        text = text_of(show_trace, trace, 120)
        for event in trace.run.events:
            kinds.add(event.kind)
            for number in event.detail.get("luck", {}).values():
                assert f"u={number:.3f}" in text
            if event.kind in ("decision", "delivery", "hazard"):
                assert re.search(rf"^  {event.time:.2f}  ", text, re.MULTILINE)
            for option in event.detail.get("options", []):
                assert option["action"] in text
        told = re.findall(r"^  \d+\.\d\d  (NATO|The adversary|Event)", text, re.MULTILINE)
        assert len(told) == sum(event.kind in ("decision", "delivery", "hazard") for event in trace.run.events)
        turns = {event.turn for event in trace.run.events if event.kind in ("decision", "hazard")}
        assert [int(turn) for turn in re.findall(r"^20\d\d, turn (\d+)", text, re.MULTILINE)] == [
            turn + 1 for turn in sorted(turns)
        ]
        assert f"{trace.result('nato'):+.3f}" in text
    assert kinds >= {"begin", "decision", "delivery", "hazard", "score", "drift", "end"}


def test_a_chronicle_names_its_run(example) -> None:
    text = flat(text_of(show_trace, sim.trace(example, run=4, regime="post_treaty", set={"commitment": 0.5}, seed=3)))
    assert "Regime: Post-treaty; run 4 of seed 3" in text
    assert "With commitment = 0.5" in text
    assert "NATO plays: prepare" in text
    assert "luck: tension.initial u=" in text
    assert "weighed: " in text
    assert "Costs of its actions costs" in text


def test_a_failure_and_an_early_end_are_told(example) -> None:
    texts = [flat(text_of(show_trace, sim.trace(example, run=run, regime="post_treaty"))) for run in range(15)]
    assert any("build, cost 0.1, fails" in text for text in texts)
    assert any("build, cost 0.1, succeeds, takes effect at" in text for text in texts)
    assert any(
        "Crisis: war payoffs (discounted): NATO -" in text and "The run ended early At " in text for text in texts
    )
    assert any("Crisis: Settlement" in text for text in texts)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_runs_stay_readable(name: str) -> None:
    trace = sim.trace(load(SHIPPED[name]), run=1)
    lines = text_of(show_trace, trace, 100).splitlines()
    assert len(lines) < 30 + 16 * trace.game.turns
