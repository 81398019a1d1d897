"""Tests of the web application need the libraries for the web."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from starlette.testclient import TestClient

NEEDED = ("cryptography", "httpx", "itsdangerous", "jinja2", "starlette", "uvicorn", "websockets")
collect_ignore_glob = [] if all(find_spec(name) for name in NEEDED) else ["test_*.py"]


@pytest.fixture(scope="package")
def site_client() -> Iterator[TestClient]:
    """One site for all tests that only ask it: starting the processes that play takes a second."""
    from tests.classroom.site import asked

    with asked() as client:
        yield client


@pytest.fixture
def client(site_client: TestClient) -> Iterator[TestClient]:
    """A visitor without cookies."""
    site_client.cookies.clear()
    yield site_client
    site_client.cookies.clear()
