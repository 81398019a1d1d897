"""A site to ask, and what its pages say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.testclient import TestClient

from sim.classroom.app import application
from sim.classroom.settings import Settings

HERE = "http://localhost:8000"
SOCKETS = "ws://localhost:8000"
"""Where a test client finds WebSockets: it takes no host from its base address."""


@contextmanager
def asked(settings: Settings | None = None) -> Iterator[TestClient]:
    """A client of a site that runs, with its parts opened."""
    settings = settings or Settings()
    with TestClient(application(settings), base_url=f"{settings.scheme}://localhost:{settings.port}") as client:
        yield client


def token_in(page: str) -> str:
    """The token of the first form of a page."""
    return re.search(r'name="token" value="([^"]+)"', page)[1]  # type: ignore[index]
