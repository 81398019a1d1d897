"""Scenarios that visitors bring: checked elsewhere, kept for them alone, and never a way to other files."""

from __future__ import annotations

import os
import time
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

import sim
from sim.classroom.settings import Settings
from sim.classroom.shelf import Shelf
from sim.classroom.sources import loaded, text_source
from sim.errors import ScenarioError
from sim.scenario.text import LARGEST_FILE
from tests.classroom.site import HERE, asked, token_in
from tests.hostile.case import Case
from tests.hostile.yaml_cases import CASES

SCENARIO = (Path(sim.__file__).parents[1] / "scenarios" / "classics" / "arms-race.yaml").read_text(encoding="utf-8")
CHILD = "scenario: warmer\nextends: inf-2018.yaml\ntitle: A warmer world\nparameters: {arms_burden: 0.3}\n"
HEAVY = SCENARIO.replace("turns: 20", "turns: 10000")


def bring(client: TestClient, text: str | bytes, **more: str) -> httpx.Response:
    """Bring a text as the form does."""
    token = token_in(client.get("/scenario").text)
    data = text.encode() if isinstance(text, str) else text
    return client.post(
        "/scenario",
        data={"token": token, "text": "", **more},
        files={"file": ("mine.yaml", data)},
        headers={"origin": HERE},
        follow_redirects=False,
    )


def test_a_scenario_can_be_brought(client: TestClient) -> None:
    """And explored, watched, played by whoever brought it; nobody else is given it."""
    answer = bring(client, CHILD)
    assert answer.status_code == 303
    place = answer.headers["location"]
    assert place.startswith("/explore?scenario=yours-")
    page = client.get(place)
    assert page.status_code == 200
    assert "<h1>A warmer world</h1>" in page.text
    assert "nobody else has your scenario" in page.text
    client.cookies.clear()
    assert client.get(place).status_code == 404


def test_a_text_can_be_typed_in(client: TestClient) -> None:
    """Line ends are those of browsers."""
    token = token_in(client.get("/scenario").text)
    fields = {"token": token, "text": CHILD.replace("\n", "\r\n"), "then": "watch"}
    answer = client.post("/scenario", data=fields, headers={"origin": HERE}, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/watch?scenario=yours-")


def test_all_faults_are_told_and_the_text_is_kept(client: TestClient) -> None:
    """With lines and columns, as `validate` tells them."""
    answer = bring(client, "scenario: x\nclock: {turns: 0}\nactors: {}\nnothing: 1\n<b>: 2\n")
    assert answer.status_code == 422
    assert "scenario.yaml:2:16" in answer.text
    assert "nothing" in answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize(
    "parent", ["/etc/passwd", "../pyproject.toml", "mine.yaml", "inf", "./inf.yaml", "classics/../inf.yaml"]
)
def test_only_what_ships_can_be_extended(parent: str) -> None:
    """No path on the server, and no message that tells whether one is there."""
    with pytest.raises(ScenarioError) as refusal:
        loaded(text_source(f"scenario: x\nextends: {parent}\n"))
    assert [fault.code for fault in refusal.value.faults] == ["EXTENDS"]
    assert "is no shipped scenario" in str(refusal.value)


def test_another_sites_form_brings_nothing(client: TestClient) -> None:
    """With no token, another visitor's, or from another site."""
    fields = {"text": CHILD}
    assert client.post("/scenario", data=fields).status_code == 403
    token = token_in(client.get("/scenario").text)
    assert (
        client.post("/scenario", data={**fields, "token": token}, headers={"origin": "http://evil.example"}).status_code
        == 403
    )
    client.cookies.clear()
    assert client.post("/scenario", data={**fields, "token": token}).status_code == 403
    client.get("/scenario")
    assert client.post("/scenario", data={**fields, "token": token}).status_code == 403


def test_a_large_text_is_refused(client: TestClient) -> None:
    """Larger than a scenario may be, or than a request may be."""
    assert bring(client, b"#" * (LARGEST_FILE + 1)).status_code == 413
    assert bring(client, b"#" * (50 * 2**20)).status_code == 413


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_hostile_texts_are_answered(client: TestClient, case: Case) -> None:
    """Each with 422 (or taken, where it is a scenario), in time, by a server that goes on."""
    began = time.perf_counter()
    answer = bring(client, case.data)
    assert answer.status_code == (422 if case.code else 303)
    assert "Traceback" not in answer.text
    assert time.perf_counter() - began < 10


def test_a_job_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The visitor is told, the next one is served by a fresh process."""
    with asked() as client:
        name = bring(client, HEAVY).headers["location"]
        monkeypatch.setattr("sim.classroom.crew.QUICK", 0.25)
        began = time.perf_counter()
        answer = client.get(name)
        assert answer.status_code == 422
        assert "playing it was stopped" in answer.text
        assert time.perf_counter() - began < 15
        monkeypatch.setattr("sim.classroom.crew.QUICK", 20.0)
        assert client.get("/explore?scenario=classics/arms-race").status_code == 200


def test_the_shelf_forgets(tmp_path: Path) -> None:
    """The oldest of a visitor's texts, and of visitors; the server's own file comes first."""
    shelf = Shelf(None)
    texts = [text_source(f"scenario: s{number}") for number in range(5)]
    for text in texts:
        shelf.bring("ann", text)
    assert [each.name for each in shelf.offered("ann")][:3] == [each.name for each in texts[2:]]
    for number in range(200):
        shelf.bring(f"visitor {number}", texts[0])
    assert all(each.kind == "shipped" for each in shelf.offered("ann"))
    own = tmp_path / "own.yaml"
    own.write_text(SCENARIO, encoding="utf-8")
    assert Shelf(str(own)).default == "own"
    assert Shelf("arms-race").default == "classics/arms-race"


def test_the_servers_own_file_is_read_again_when_it_was_edited(tmp_path: Path) -> None:
    """Also when it is called as something that ships; it is offered first."""
    own = tmp_path / "inf.yaml"
    own.write_text(SCENARIO.replace("title: ", "title: My own "), encoding="utf-8")
    with asked(Settings(str(own))) as client:
        assert "<h1>My own " in client.get("/explore").text
        own.write_text(SCENARIO.replace("title: ", "title: Edited "), encoding="utf-8")
        os.utime(own, (1, 1))
        assert "<h1>Edited " in client.get("/explore").text
        assert "A treaty on intermediate-range missiles" in client.get("/explore?scenario=inf").text
