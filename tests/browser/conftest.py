"""The browser of these tests, and pages in it that fail a test when they complain or ask the network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.watching import Opener

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")

_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
]

MISSING = (
    "NOT TESTED: no page was opened in a browser, because there is no Chromium here. `make browser` installs it (as "
    "root or with sudo) and runs these tests; elsewhere install chromium or google-chrome and put it on the PATH."
)


# Not for the whole session: while Playwright runs, its event loop counts as running in this thread, and tests
# elsewhere that start one of their own would fail. It ends when the tests of this folder do.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium without a window; skips, and says what was not tested, where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason=f"{MISSING} (And no playwright: `make setup`.)")
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip(MISSING)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(
            executable_path=found,
            args=[*_FLAGS, *(["--no-sandbox"] if root else [])],  # the sandbox refuses to be started by root
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Opener]:
    """Open pages, each as a visitor of its own; the test fails for what any of them complained of."""
    from tests.browser.watching import pages

    with pages(browser) as (opener, _):
        yield opener


@pytest.fixture
def page(open_page: Opener) -> Page:
    """One page at the width of a projector."""
    return open_page()
