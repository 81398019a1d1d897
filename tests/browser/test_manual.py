"""The manual in a browser: nothing is fetched, nothing is too wide, nothing shuts anybody out, and the search finds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.watching import PHONE, PROJECTOR, axe, no_sideways_scroll, pages
from tests.docs.manual import made

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest.importorskip("pydata_sphinx_theme")

LOOKED_AT = (
    "docs/README",
    "docs/tutorial/lake",
    "docs/explanation/inf",
    "docs/explanation/robustness",
    "docs/reference/api",
    "docs/reference/commands",
    "docs/notebooks/two-pages",
    "README",
)
"""One of each kind, and those with the widest tables and lines."""


@pytest.fixture(scope="module")
def manual(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manual, made only where there is a browser to look at it."""
    return made(tmp_path_factory.mktemp("manual"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_the_manual_are_whole(manual: Path, browser: Browser, scheme: str) -> None:
    """On a telephone and a projector: no sideways scroll, no complaint, no request to the network."""
    with pages(browser) as (open_page, watches):
        page = open_page(color_scheme=scheme)
        for name in LOOKED_AT:
            page.goto((manual / f"{name}.html").as_uri())
            for width in (PHONE, PROJECTOR):
                no_sideways_scroll(page, width)
        assert {address.partition(":")[0] for watch in watches for address in watch.asked} <= {"file", "data"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_manual_shuts_nobody_out(manual: Path, browser: Browser, scheme: str) -> None:
    """Axe finds nothing serious on the index, the tutorial and the names in Python; it asks for style sheets in vain."""
    with pages(browser) as (open_page, _):
        page = open_page(color_scheme=scheme, allow=("Access to XMLHttpRequest at 'file:", "net::ERR_FAILED"))
        for name in ("docs/README", "docs/tutorial/lake", *(["docs/reference/api"] if scheme == "light" else [])):
            page.goto((manual / f"{name}.html").as_uri())
            axe(page)


def test_the_search_finds_a_word(manual: Path, browser: Browser) -> None:
    """From the files alone, as they lie on a disk."""
    with pages(browser) as (open_page, _):
        page = open_page()
        page.goto(f"{(manual / 'search.html').as_uri()}?q=discount")
        page.locator("#search-results li a", has_text="Glossary").first.wait_for()
