"""*Watch*: both sides are the runs of `trace`, on the same luck; every turn is a page of its own."""

from __future__ import annotations

import html
import re

import pytest
from starlette.testclient import TestClient

import sim
from sim.report.document.story import ending_of, turns_of
from sim.report.labels import without_codes

QUERY = "scenario=inf-2018&a=treaty&b=post_treaty&run=3"


def texts(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_every_turn_tells_what_the_trace_tells(client: TestClient) -> None:
    """In the same sentences, on both sides."""
    turns = client.get(f"/watch/turns?{QUERY}").json()["turns"]
    assert len(turns) == 21
    for regime in ("treaty", "post_treaty"):
        trace = sim.trace(without_codes(sim.load("inf-2018")), run=3, regime=regime)
        for turn, sentences in turns_of(trace).items():
            shown = texts(turns[turn + 1])
            for sentence in sentences:
                assert sentence in shown
        assert ending_of(trace) in texts(turns[-1])
        for actor in ("nato", "adversary"):
            assert f"{trace.result(actor):+.2f}" in texts(turns[-1])


def test_what_is_chosen_and_takes_effect_in_one_turn_is_told_so(client: TestClient) -> None:
    """Nothing of this turn was begun earlier; what was begun earlier says when."""
    told = [texts(turn) for turn in client.get(f"/watch/turns?{QUERY}").json()["turns"]]
    assert not any("began earlier" in each for each in told)
    trace = sim.trace(sim.load("inf-2018"), run=3, regime="post_treaty")
    due = {
        (event.who, event.what, event.detail["due"]): event.turn
        for event in trace.run.events
        if event.kind == "decision" and "due" in event.detail
    }
    seen = {"has just chosen": 0, "began in": 0}
    for event in trace.run.events:
        if event.kind == "delivery":
            begun = due[event.who, event.what, event.time]
            words = "has just chosen" if begun == event.turn else "began in"
            seen[words] += 1
            when = "" if begun == event.turn else f" {2018 + begun},"
            assert f"{words}{when or ', takes effect'}" in told[event.turn + 1], event
    assert all(seen.values()), seen


def test_states_are_those_of_the_run(client: TestClient) -> None:
    """What stands at the end of the game is what the run ends with; before the first turn, what it begins with."""
    turns = client.get("/watch/turns?scenario=classics/arms-race&run=0").json()["turns"]
    scenario = sim.load("classics/arms-race")
    final = sim.trace(scenario, run=0).to_dict()["final"]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', turns[-1], re.DOTALL)
    shown = {texts(label): texts(rest).split()[0] for label, rest in rows}
    checked = 0
    for name, variable in scenario.state.items():
        if variable.label in shown:
            assert float(shown[variable.label]) == pytest.approx(final[name], abs=5e-3 + 5e-3 * abs(final[name]))
            checked += 1
    assert checked >= 2


def test_a_turn_is_a_page_without_script(client: TestClient) -> None:
    """With links to the turn before and the turn after, and the same content as the script shows."""
    turns = client.get(f"/watch/turns?{QUERY}").json()["turns"]
    page = client.get(f"/watch?{QUERY}&turn=4").text
    assert turns[4] in page
    links = html.unescape(" ".join(re.findall(r'href="(/watch\?[^"]*)"', page)))
    for turn in (0, 3, 5):
        assert f"/watch?{QUERY}&turn={turn}" in links
    assert "run=4" in links
    assert client.get(f"/watch?{QUERY}&turn=99").status_code == 200


def test_a_run_that_ends_early_stands_still(client: TestClient) -> None:
    """Later turns say how it ended."""
    scenario = sim.load("inf-2018")
    ended = sim.run(scenario, regime="post_treaty", runs=400).column("ended")
    run = int(ended.nonzero()[0][0])
    trace = sim.trace(scenario, run=run, regime="post_treaty")
    last = trace.run.events[-1].turn + 1
    turns = client.get(f"/watch/turns?scenario=inf-2018&run={run}").json()["turns"]
    assert ending_of(trace).startswith("The run ended early")
    assert ending_of(trace) not in texts(turns[last - 1])
    for turn in turns[last:]:
        assert ending_of(trace) in texts(turn)


@pytest.mark.parametrize(
    "query", ["a=nowhere", "run=-1", "run=x", "turn=1.5", "run=" + "9" * 30, "run=²", "scenario=inf-2018&b="]
)
def test_what_cannot_be_watched(client: TestClient, query: str) -> None:
    """Is told; an empty choice is the scenario's own."""
    assert client.get(f"/watch?{query}").status_code == (200 if query.endswith("b=") else 422)
