"""The manual is made without a warning, holds every page, and asks nobody for anything."""

from __future__ import annotations

import importlib
import inspect
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import sim
from tests.docs.manual import ROOT, made
from tests.docs.pages import DOCS, Page, codes, rows

pytest.importorskip("pydata_sphinx_theme")

API = Page("reference/api.md")
MARKED = [name for names in re.findall(r"<!-- docstrings: (.*) -->", API.text) for name in names.split()]
FETCHED = {"src", "srcset", "poster", "data", "action", "xlink:href"}
"""Attributes by which a page asks for something as soon as it is opened; of a `link` the `href` does so, too."""


class Reader(HTMLParser):
    """What a page fetches, which places it has, and to where it links."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.linked: list[str] = []
        self.places: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if key in FETCHED or (key == "href" and tag == "link"):
                self.fetched.append(value or "")
            elif key == "href":
                self.linked.append(value or "")
            elif key in {"id", "name"} and value:
                self.places.add(value)


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manual as `make docs` makes it."""
    return made(tmp_path_factory.mktemp("manual"))


@pytest.fixture(scope="module")
def read(manual: Path) -> dict[Path, Reader]:
    """Every page of it."""
    return {page: Reader(page) for page in manual.rglob("*.html") if "_static" not in page.parts}  # of the theme


def test_every_page_is_there(manual: Path) -> None:
    """Those of `docs/` and those of the project, and what opens with the folder leads to the first."""
    pages = [*DOCS.rglob("*.md"), *DOCS.glob("notebooks/*.ipynb"), *ROOT.glob("*.md"), ROOT / "results/README.md"]
    wanted = [page.relative_to(ROOT) for page in pages]
    assert [page for page in wanted if not (manual / page.with_suffix(".html")).is_file()] == []
    assert 'url=docs/README.html"' in (manual / "index.html").read_text(encoding="utf-8")


def test_every_page_can_be_reached_from_every_page(manual: Path, read: dict[Path, Reader]) -> None:
    """The table of contents at the side lists all of them."""
    table = (DOCS / "README.md").read_text(encoding="utf-8")
    told = re.findall(r"^(?:\||-) \[[^]]+\]\(([\w./-]+)\.(?:md|ipynb)\)", table, re.MULTILINE)
    assert len(told) > 15
    for page in (manual / "docs/README.html", manual / "docs/reference/commands.html"):
        aims = {(page.parent / unquote(urlsplit(link).path)).resolve() for link in read[page].linked}
        aims.add(page)  # the current page's own link is `#`
        for name in told:
            assert (manual / "docs" / f"{name}.html").resolve() in aims, name


def test_no_page_asks_for_anything_from_elsewhere(manual: Path, read: dict[Path, Reader]) -> None:
    """Scripts, styles, fonts and pictures all lie in the folder, what style sheets ask for too."""
    for page, reader in read.items():
        for address in reader.fetched:
            parts = urlsplit(address)
            assert parts.scheme in {"", "data"}, (page, address)
            assert not parts.netloc, (page, address)
            assert parts.scheme or (page.parent / unquote(parts.path)).exists(), (page, address)
    for sheet in manual.rglob("*.css"):
        asked = re.findall(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)", sheet.read_text(encoding="utf-8"))
        for address in ("".join(pair) for pair in asked):
            assert address.startswith(("data:", "#")) or not urlsplit(address).scheme, (sheet, address)
            assert not address.startswith("//"), (sheet, address)


def test_every_link_within_the_manual_leads_somewhere(read: dict[Path, Reader]) -> None:
    """To a page that is there, and a place on it that is there."""
    links = 0
    for page, reader in read.items():
        for link in reader.linked:
            parts = urlsplit(link)
            if parts.scheme or not (parts.path or parts.fragment):
                continue
            aim = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            assert aim.is_file(), (page, link)
            if parts.fragment and aim in read:
                assert unquote(parts.fragment) in read[aim].places, (page, link)
            links += 1
    assert links > 1000


# ---------------------------------------------------------------- names in Python


def named(name: str) -> object:
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


@pytest.mark.parametrize("name", MARKED)
def test_a_name_is_told_as_its_docstring_tells_it(name: str, manual: Path) -> None:
    """In the table by its first sentence, and whole in the manual, where types and parts have no leftovers of markup."""
    (row,) = [row for row in rows(API.text) if codes(row[0]) == [name]]
    first = (inspect.getdoc(named(name)) or "").split("\n\n")[0]
    assert row[1] == " ".join(first.replace("``", "`").split())
    page = (manual / "docs/reference/api.html").read_text(encoding="utf-8")
    assert f'id="{name}"' in page
    assert not re.search(r"ForwardRef|Args:|Raises:(?!<)", page)


def test_all_public_names_are_told() -> None:
    """What `import sim` offers, and every kind of answer of `sim.api`."""
    public = {f"sim.{name}" for name in sim.__all__} - {"sim.Scenario", "sim.Trace"}
    answers = {f"sim.api.{name}" for name in importlib.import_module("sim.api").__all__ if name[0].isupper()}
    assert public | answers - {"sim.api.Run", "sim.api.Scenario"} <= set(MARKED)
    assert [codes(row[0])[0] for row in rows(API.text) if row[0].startswith("`")] == MARKED
