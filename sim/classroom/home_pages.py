"""The first page, and the files that pages are made with: one style sheet, small scripts, an icon."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from sim.classroom.pages import page
from sim.classroom.site import Site

_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@asynccontextmanager
async def lifespan(site: Site) -> AsyncIterator[None]:
    """Start the processes that play; end them with the server."""
    async with site.crew.open():
        yield


def static_files() -> dict[str, bytes]:
    """Return the files that are handed out as they are, by name."""
    folder = files("sim.classroom").joinpath("static")
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.name.rpartition(".")[2] in _TYPES}


def routes(site: Site) -> Sequence[BaseRoute]:
    """Return the routes of the first page and of static files."""
    kept = static_files()
    marks = {name: f'"{hashlib.sha256(data).hexdigest()[:16]}"' for name, data in kept.items()}

    async def home(request: Request) -> Response:
        return page(site, request, "home.html")

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in kept:
            raise HTTPException(404, "there is no such file")
        headers = {"etag": marks[name], "cache-control": "no-cache"}
        if request.headers.get("if-none-match") == marks[name]:
            return Response(status_code=304, headers=headers)
        return Response(kept[name], media_type=_TYPES[name.rpartition(".")[2]], headers=headers)

    async def robots(request: Request) -> Response:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    return [Route("/", home), Route("/static/{name}", static), Route("/robots.txt", robots)]
