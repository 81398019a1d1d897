"""A report as one HTML file that needs nothing beside it and asks nothing of any network.

Everything that a scenario says is text: it is escaped, and nothing of it becomes a link, a style or a script. Besides,
the page forbids the browser to run or to fetch anything.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

from sim.errors import ArchiveError, CommandError, Fault, Place
from sim.report import files as written
from sim.report.document.content import Chronicle, Document, Picture
from sim.version import __version__

NAME = "report.html"
"""The file of a report in a folder of results."""

LARGEST = 3_000_000
"""Bytes that a report stays below, whatever it is about."""

_EXTRA = 'python3 -m pip install "detente[charts]"'

_CODE = re.compile("`([^`]+)`")
"""What is set like code in a text."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def check_library() -> None:
    """See to it that a report can be written, before any work is done for it. Raises ``CommandError``."""
    _library("jinja2")


def html_of(document: Document) -> str:
    """Return a report as HTML, below ``LARGEST`` bytes: of too many pictures the last ones are left out, and said so.

    Raises:
        CommandError: Jinja2 is not installed.
    """
    page = _rendered(document)
    while len(page.encode()) >= LARGEST:
        smaller = _smaller(document)
        if smaller is None:
            problem = f"the report is {len(page.encode()):,} bytes long, more than {LARGEST:,} can be"
            raise ArchiveError(Fault(Place(NAME), "REPORT", problem, "ask about fewer regimes at a time"))
        document = smaller
        page = _rendered(document)
    return page


def save(document: Document, path: Path) -> Path:
    """Write a report to a file, whole or not at all; returns the path. Raises ``ArchiveError``, ``CommandError``."""
    written.write(path, html_of(document).encode("utf-8", "backslashreplace"))
    return path


def _rendered(document: Document) -> str:
    template, style = _template()
    page: str = template.render(document=document, style=style, policy=_POLICY, version=__version__)
    return page


@cache
def _template() -> tuple[Any, str]:
    jinja, markup = _library("jinja2"), _library("markupsafe")
    folder = files("sim.report.document") / "templates"
    environment = jinja.Environment(
        autoescape=True, undefined=jinja.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    # What is drawn was taken apart and put together again in ``pictures``; the style is our own file.
    environment.filters["drawn"] = lambda picture: markup.Markup(picture.svg)
    environment.filters["spoken"] = lambda text: _spoken(markup, text)
    style = (folder / "report.css").read_text(encoding="utf-8")
    source = (folder / "report.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(source), markup.Markup(style)


def _spoken(markup: Any, text: str) -> Any:
    """Return a text as markup, escaped, with what stands in backticks set as code."""
    # As a plain string: what is escaped already would escape the code's marks too.
    return markup.Markup(_CODE.sub(r"<code>\1</code>", str(markup.escape(text))))


def _smaller(document: Document) -> Document | None:
    """Return a report with fewer pictures, those of single runs going first, then the last; None without pictures."""
    for place, chronicle in enumerate(document.chronicles):
        if chronicle.pictures:
            thinner: Chronicle = replace(chronicle, pictures=())
            told = (*document.chronicles[:place], thinner, *document.chronicles[place + 1 :])
            return replace(document, chronicles=told, unpictured=_LEFT_OUT)
    pictures: tuple[Picture, ...] = document.pictures
    if pictures:
        return replace(document, pictures=pictures[: len(pictures) // 2], unpictured=_LEFT_OUT)
    if document.deciding.pictures:
        return replace(document, deciding=replace(document.deciding, pictures=()), unpictured=_LEFT_OUT)
    return None


_LEFT_OUT = "Some pictures are left out, so that this page stays below 3 MB."


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        problem = "reports need Jinja2, which is not installed"
        raise CommandError(Fault(Place("command line"), "REPORT", problem, f"install it: {_EXTRA}")) from None
