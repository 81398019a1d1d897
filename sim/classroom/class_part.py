"""The part of the application for classes: its addresses, and the hub that runs while the server does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from starlette.routing import BaseRoute, Route, WebSocketRoute

from sim.classroom import class_render
from sim.classroom.class_pages import Pages
from sim.classroom.class_sockets import Sockets
from sim.classroom.class_teach import Teach
from sim.classroom.site import Site


def routes(site: Site) -> Sequence[BaseRoute]:
    """Return the addresses of classes (docs/reference/classroom.md)."""
    class_render.ready(site.templates)
    pages, teach, sockets = Pages(site), Teach(site), Sockets(site)
    seat = "/class/{code}/seat/{number:int}"
    return [
        Route("/class", pages.start),
        Route("/class/find", pages.find, methods=["POST"]),
        Route("/class/host", teach.keys),
        Route("/class/new", teach.new),
        Route("/class/new", teach.open, methods=["POST"]),
        Route("/class/{code}", pages.join_page),
        Route("/class/{code}/join", pages.join, methods=["POST"]),
        Route("/class/{code}/back", pages.back, methods=["POST"]),
        Route(seat, pages.seat),
        *(Route(f"{seat}/{kind}", pages.send, methods=["POST"], name=kind) for kind in ("move", "bet")),
        Route("/class/{code}/teach", teach.board),
        Route("/class/{code}/teach/results.csv", teach.table),
        Route("/class/{code}/teach/{command}", teach.command, methods=["POST"]),
        Route("/class/{code}/screen", teach.screen),
        WebSocketRoute(seat + "/live", sockets.seat),
        WebSocketRoute("/class/{code}/teach/live", sockets.teacher),
        WebSocketRoute("/class/{code}/screen/live", sockets.screen),
    ]


@asynccontextmanager
async def lifespan(site: Site) -> AsyncIterator[None]:
    """Bring the rooms back, keep time while the server runs, and end in order."""
    await site.hub.begin()
    keeping = asyncio.get_running_loop().create_task(site.hub.keep_time())
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        await site.hub.end()
