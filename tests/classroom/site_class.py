"""A class on the web, for the tests: its instructor's browser, students' browsers, and what they see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from httpx import Response
from starlette.testclient import TestClient

from sim.classroom.settings import Settings
from tests.classroom.site import HERE, asked, token_in

KEY = "opens-rooms-in-tests"
PEACE = 7
"""A seed with which no war ends the games of these tests."""


@contextmanager
def site(**more: Any) -> Iterator[TestClient]:
    """A running site whose key is known; the client is the instructor's browser and may open rooms."""
    with asked(Settings(host_key=KEY, **more)) as client:
        client.get(f"/class/host?key={KEY}")
        yield client


def browser(of: TestClient) -> TestClient:
    """Another browser on the same site, without any cookie."""
    other = TestClient(of.app, base_url=HERE)
    # The site runs already: its loop is that of the first.
    other.portal = of.portal
    return other


def opened(teacher: TestClient, **fields: Any) -> str:
    """The code of a room that was opened."""
    page = teacher.get("/class")
    form = {
        "token": token_in(page.text), "scenario": "inf-2018", "mode": "class", "seconds": "600", "per_side": "1",
        "early": "yes", "seed": str(PEACE), **fields,
    }  # fmt: skip
    answer = teacher.post("/class/new", data=form)
    assert answer.status_code == 200, answer.text
    return re.search(r'/class/([A-Z2-9]{6})/teach"', answer.text)[1]  # type: ignore[index]


def joined(student: TestClient, code: str, name: str) -> int:
    """The number of the seat that a student was given."""
    answer = student.post(f"/class/{code}/join", data={"token": token_in(student.get(f"/class/{code}").text), "name": name})
    assert answer.status_code == 200, answer.text
    return int(re.search(r"/seat/(\d+)$", str(answer.url))[1])  # type: ignore[index]


def command(teacher: TestClient, code: str, what: str, **fields: Any) -> Response:
    """What an instructor's command was answered."""
    token = token_in(teacher.get(f"/class/{code}/teach").text)
    return teacher.post(f"/class/{code}/teach/{what}", data={"token": token, **fields}, headers={"accept": "application/json"})
