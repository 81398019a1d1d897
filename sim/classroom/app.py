"""The application, put together out of its parts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from types import ModuleType

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sim.classroom import class_part, explore_pages, home_pages, play_pages, scenario_pages, watch_pages
from sim.classroom.guards import Answer, Guard, Quiet
from sim.classroom.pages import failure, problems_of
from sim.classroom.settings import Settings
from sim.classroom.site import Site, site_of
from sim.errors import DetenteError

PARTS: tuple[ModuleType, ...] = (home_pages, scenario_pages, explore_pages, watch_pages, play_pages, class_part)
"""Each offers ``routes(site)``, and ``lifespan(site)`` if it holds something open."""

_PLAIN = {404: "There is no such page here.", 405: "That cannot be done with this page."}
"""What is said of an error for which a library has only its name."""


def application(settings: Settings) -> ASGIApp:
    """Return the web application. Raises ``OSError`` where its folder cannot be used."""
    site = site_of(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part in PARTS:
                if hasattr(part, "lifespan"):
                    await stack.enter_async_context(part.lifespan(site))
            yield

    app = Starlette(
        routes=[route for part in PARTS for route in part.routes(site)],
        exception_handlers={HTTPException: _refused(site), DetenteError: _ours(site)},
        lifespan=lifespan,
    )
    answer = _answer(site)
    return Guard(Quiet(app, answer), settings.hosts, settings.tls, answer)


Handler = Callable[[Request, Exception], Awaitable[Response]]


def _refused(site: Site) -> Handler:
    async def handler(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        said = error.detail if error.detail != HTTPStatus(error.status_code).phrase else _PLAIN.get(error.status_code)
        response = failure(site, request, error.status_code, [said or error.detail])
        response.headers.update(error.headers or {})
        return response

    return handler


def _ours(site: Site) -> Handler:
    async def handler(request: Request, error: Exception) -> Response:
        assert isinstance(error, DetenteError)
        return failure(site, request, 422, problems_of(error), error)

    return handler


def _answer(site: Site) -> Answer:
    def answer(status: int, problem: str) -> ASGIApp:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await failure(site, Request(scope, receive), status, [problem])(scope, receive, send)

        return app

    return answer
