"""*Explore*: premises that are moved, and what follows from them at once; and what it would take."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sim.classroom.explore import RUNS, Ask, ask_of
from sim.classroom.pages import fragment, json_in, page, said_of
from sim.classroom.scenario_pages import Chosen, chosen, offered
from sim.classroom.site import Site
from sim.classroom.visitors import visitor, visitor_of
from sim.errors import DetenteError


def routes(site: Site) -> Sequence[BaseRoute]:
    """Return the routes of *Explore*."""
    working: dict[str, asyncio.Task[None]] = {}

    async def asked(request: Request) -> tuple[Chosen, Ask]:
        found = await chosen(site, request)
        return found, ask_of(request.query_params, found.source.name, found.facts)

    async def explore(request: Request) -> Response:
        visitor(site, request)
        found, ask = await asked(request)
        problems, drawn = [], None
        try:
            drawn = await site.crew.ask("explore", found.source, ask)
        except DetenteError as error:
            problems = said_of(error)
        return page(
            site,
            request,
            "explore.html",
            422 if problems else 200,
            facts=found.facts,
            source=found.source,
            ask=ask,
            drawn=drawn,
            problems=problems,
            offered=offered(site, request),
            runs=RUNS,
        )

    async def picture(request: Request) -> Response:
        found, ask = await asked(request)
        drawn = await site.crew.ask("explore", found.source, ask)
        return fragment(request, {"payoffs": drawn[0], "rest": drawn[1], "said": drawn[2], "query": ask.query})

    async def takes(request: Request) -> Response:
        found, ask = await asked(request)
        told = await site.crew.ask_long("takes", found.source, ask, told=lambda news: None)
        return page(site, request, "takes_page.html", facts=found.facts, ask=ask, told=told)

    async def live(socket: WebSocket) -> None:
        await _answering(site, socket, working)

    return [
        Route("/explore", explore),
        Route("/explore/picture", picture),
        Route("/explore/takes", takes),
        WebSocketRoute("/explore/live", live),
    ]


async def _answering(site: Site, socket: WebSocket, working: dict[str, asyncio.Task[None]]) -> None:
    """Answer one question after the other over a socket; a newer one ends the work on an older one of the visitor."""
    await socket.accept()
    task: asyncio.Task[None] | None = None
    mine = visitor_of(site, socket) or ""
    try:
        while True:
            message = json_in(await socket.receive_text())
            # Whoever asks anew does not want the answer to the last question any more.
            for other in (task, working.get(mine) if mine else None):
                if other is not None:
                    other.cancel()
            if isinstance(message, dict) and isinstance(message.get("query"), str):
                task = asyncio.create_task(_told(site, socket, message["query"]))
                if mine:
                    working[mine] = task
    except WebSocketDisconnect:
        pass
    except HTTPException:
        await socket.close(1007)
    finally:
        if task is not None:
            task.cancel()
            if working.get(mine) is task:
                del working[mine]


async def _told(site: Site, socket: WebSocket, query: str) -> None:
    """Work out what it would take, and tell over a socket how far that has come."""
    news: asyncio.Queue[object] = asyncio.Queue()

    async def pass_on() -> None:
        while True:
            await socket.send_json(await news.get())

    passing = asyncio.create_task(pass_on())
    try:
        words = dict(parse_qsl(query, max_num_fields=200))
        source = site.shelf.find(words.get("scenario") or site.shelf.default, visitor_of(site, socket))
        facts = await site.shelf.facts(site.crew, source)
        ask = ask_of(words, source.name, facts)
        html = await site.crew.ask_long("takes", source, ask, told=news.put_nowait)
        answer = {"html": html}
    except DetenteError as error:
        answer = {"problem": " ".join(said_of(error))}
    except HTTPException as error:
        answer = {"problem": error.detail}
    except ValueError:
        answer = {"problem": "too many things are asked for at once"}
    finally:
        passing.cancel()
    with suppress(RuntimeError, WebSocketDisconnect):
        await socket.send_json(answer)
