"""Choosing a scenario, and bringing one of one's own: checked in another process, kept for this visitor alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sim.classroom.facts import Facts
from sim.classroom.pages import page, problems_of
from sim.classroom.site import Site
from sim.classroom.sources import Source, text_source
from sim.classroom.visitors import form_of, form_token, remember, visitor, visitor_of
from sim.errors import DetenteError
from sim.scenario.text import LARGEST_FILE

PLACES = {"explore": "/explore", "watch": "/watch", "play": "/play", "class": "/class/new"}
"""Where somebody may go on with what they brought."""


@dataclass(frozen=True)
class Chosen:
    """The scenario that a request is about."""

    source: Source
    facts: Facts


async def chosen(site: Site, connection: HTTPConnection) -> Chosen:
    """Return the scenario that a request's query names. Raises ``HTTPException``, ``ScenarioError``."""
    name = connection.query_params.get("scenario") or site.shelf.default
    source = site.shelf.find(name, visitor_of(site, connection))
    return Chosen(source, await site.shelf.facts(site.crew, source))


def offered(site: Site, connection: HTTPConnection) -> list[tuple[str, str]]:
    """Return what a visitor can choose from: names and titles."""
    return [(each.name, site.shelf.title(each)) for each in site.shelf.offered(visitor_of(site, connection))]


def routes(site: Site) -> Sequence[BaseRoute]:
    """Return the routes for bringing a scenario."""

    async def form(request: Request) -> Response:
        return _bring(site, request)

    async def bring(request: Request) -> Response:
        fields = await form_of(site, request)
        text = _text(fields.get("file"), fields.get("text"))
        source = text_source(text)
        try:
            await site.shelf.facts(site.crew, source)
        except DetenteError as error:
            return _bring(site, request, 422, text=text, problems=problems_of(error))
        site.shelf.bring(visitor(site, request), source)
        place = PLACES.get(str(fields.get("then")), PLACES["explore"])
        response = RedirectResponse(f"{place}?{urlencode({'scenario': source.name})}", 303)
        remember(site, request, response)
        return response

    return [Route("/scenario", form), Route("/scenario", bring, methods=["POST"])]


def _bring(site: Site, request: Request, status: int = 200, **values: Any) -> Response:
    shown = {"text": "", "problems": [], **values, "token": form_token(site, request), "most": LARGEST_FILE // 1024}
    return page(site, request, "scenario.html", status, **shown)


def _text(file: bytes | str | None, text: bytes | str | None) -> str:
    data = file if isinstance(file, bytes) else b""
    if not data and isinstance(text, str):
        data = text.replace("\r\n", "\n").encode()
    if len(data) > LARGEST_FILE:
        raise HTTPException(413, f"a scenario has at most {LARGEST_FILE // 1024} KiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise HTTPException(422, "this is no text in UTF-8") from None
