"""*Watch*: one run, two regimes, the same luck, turn by turn."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sim.classroom.pages import fragment, page
from sim.classroom.scenario_pages import chosen, offered
from sim.classroom.site import Site
from sim.classroom.visitors import visitor
from sim.classroom.watch import show_of


def routes(site: Site) -> Sequence[BaseRoute]:
    """Return the routes of *Watch*."""

    async def watch(request: Request) -> Response:
        visitor(site, request)
        found = await chosen(site, request)
        show = show_of(request.query_params, found.facts)
        frames = await site.crew.ask("watch", found.source, show)
        words = {"scenario": found.source.name, "a": show.regimes[0], "b": show.regimes[-1]}
        return page(
            site,
            request,
            "watch.html",
            facts=found.facts,
            source=found.source,
            show=show,
            frames=frames,
            offered=offered(site, request),
            link=urlencode({**words, "run": show.run}),
            next_run=urlencode({**words, "run": show.run + 1}),
        )

    async def turns(request: Request) -> Response:
        found = await chosen(site, request)
        frames = await site.crew.ask("watch", found.source, show_of(request.query_params, found.facts))
        return fragment(request, {"turns": [html for _, html in frames]})

    return [Route("/watch", watch), Route("/watch/turns", turns)]
