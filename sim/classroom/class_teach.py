"""The instructor's pages: to open a room, to lead a class, to show it on a projector, to keep its results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from sim.classroom.class_access import (
    check_teaches,
    give_keys,
    give_room,
    give_seat,
    hosts,
    running_of,
)
from sim.classroom.class_board import qr_of
from sim.classroom.class_opening import Wanted
from sim.classroom.class_pages import refused
from sim.classroom.class_render import screen_parts, teacher_parts
from sim.classroom.pages import page
from sim.classroom.room import asked
from sim.classroom.room.plan import RoomPlan
from sim.classroom.room.refused import Refused, refuse
from sim.classroom.room.results import rows
from sim.classroom.room.spreadsheet import written
from sim.classroom.room.state import Room
from sim.classroom.running import Running
from sim.classroom.scenario_pages import offered
from sim.classroom.site import Site
from sim.classroom.sources import Source
from sim.classroom.tokens import fresh_token, same
from sim.classroom.visitors import form_of, form_token, visitor_of
from sim.errors import DetenteError


def _number(fields: Mapping[str, Any], name: str) -> int:
    word = str(fields.get(name, ""))
    if not word.isdecimal() or len(word) > 6:
        refuse(422, f"{name}: write a whole number")
    return int(word)


COMMANDS: dict[str, Callable[[Room, Mapping[str, Any]], asked.Asked]] = {
    "start": lambda room, fields: asked.start(room),
    "close": lambda room, fields: asked.close(room, _number(fields, "round"), "instructor"),
    "extend": lambda room, fields: asked.extend(room, _number(fields, "seconds")),
    "pause": lambda room, fields: asked.pause(room, True),
    "resume": lambda room, fields: asked.pause(room, False),
    "back": lambda room, fields: asked.back(room, _number(fields, "round")),
    "kick": lambda room, fields: asked.kick(room, _number(fields, "student")),
    "computer": lambda room, fields: asked.replace(room, _number(fields, "student"), True),
    "person": lambda room, fields: asked.replace(room, _number(fields, "student"), False),
    "tell": lambda room, fields: asked.tell(room, fields.get("text")),
    "robots": lambda room, fields: asked.robots(room, _number(fields, "count")),
    "reveal": lambda room, fields: asked.reveal(room),
}
"""What an instructor can do, by the last word of its address."""


class Teach:
    """The handlers of instructors' requests."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def links(self, room: Room) -> list[tuple[str, Any]]:
        """Return the address of a room under each name of this machine, with its QR code."""
        links = [f"{home}class/{room.code}" for home in self.site.settings.links]
        return [(link, qr_of(link)) for link in links]

    # ---------------------------------------------------------------- opening

    async def keys(self, request: Request) -> Response:
        """Let the browser that has the server's key open rooms."""
        if not same(request.query_params.get("key", ""), self.site.settings.host_key):
            raise HTTPException(403, "this is not the link that `detente serve` showed when it was started")
        response = RedirectResponse("/class/new", 303)
        give_keys(self.site, response)
        return response

    async def new(self, request: Request) -> Response:
        """Ask what is to be played, and how."""
        self._check_hosts(request)
        return await self._form(request, Wanted(), self._sources(request, request.query_params))

    def _sources(self, request: Request, named: Mapping[str, Any]) -> tuple[Source, ...]:
        """Return what each half plays: one scenario, or two. Raises ``HTTPException`` 404."""
        who = visitor_of(self.site, request)
        shelf = self.site.shelf
        first = shelf.find(str(named.get("scenario") or shelf.default), who)
        other = str(named.get("other") or "")
        return (first, shelf.find(other, who)) if other and other != first.name else (first,)

    async def _form(
        self,
        request: Request,
        wanted: Wanted,
        sources: tuple[Source, ...],
        status: int = 200,
        told: Sequence[str] = (),
    ) -> Response:
        facts = [await self.site.shelf.facts(self.site.crew, source) for source in sources]
        return page(
            self.site, request, "class/new.html", status, token=form_token(self.site, request), problems=list(told),
            wanted=wanted, facts=facts, sources=sources, offered=offered(self.site, request),
        )  # fmt: skip

    def _check_hosts(self, request: Request) -> None:
        if not hosts(self.site, request):
            raise HTTPException(403, "rooms are opened with the link that `detente serve` showed when it was started")

    async def open(self, request: Request) -> Response:
        """Open a room; its instructor's link is shown this once."""
        self._check_hosts(request)
        fields = await form_of(self.site, request)
        wanted, sources = Wanted.of(fields), self._sources(request, fields)
        try:
            plan, predictions = await self.site.crew.ask("class", sources, wanted, fresh_token())
            running, token = await self.site.hub.open(RoomPlan.from_dict(plan), predictions)
        except DetenteError as error:
            problems = [fault.problem if fault.code == "ROOM" else str(fault) for fault in error.faults[:20]]
            return await self._form(request, wanted, sources, 422, problems)
        except Refused as error:
            return await self._form(request, wanted, sources, error.status, [error.problem])
        code = running.room.code
        link = f"{self.site.settings.links[0]}class/{code}/teach?key={token}"
        response = page(self.site, request, "class/opened.html", code=code, link=link)
        give_room(self.site, response, code)
        return response

    # ---------------------------------------------------------------- leading

    async def board(self, request: Request) -> Response:
        """Show the instructor the class; a link with the room's token makes a browser the instructor's."""
        running = await running_of(self.site, request)
        code = running.room.code
        key = request.query_params.get("key")
        if key is not None:
            if not running.admits(key):
                raise HTTPException(403, "this is not the link of this room's instructor")
            response: Response = RedirectResponse(f"/class/{code}/teach", 303)
            give_room(self.site, response, code)
            return response
        check_teaches(self.site, request, code)
        token = form_token(self.site, request)
        parts, _ = teacher_parts(self.site, running, token)
        return page(
            self.site, request, "class/teach.html", room=running.room, parts=parts, now=self.site.hub.clock(),
            path=f"/class/{code}/teach", token=token, links=self.links(running.room),
            lonely=not self.site.settings.addresses,
        )  # fmt: skip

    async def command(self, request: Request) -> Response:
        """Do what an instructor asks for."""
        running = await running_of(self.site, request)
        check_teaches(self.site, request, running.room.code)
        what = request.path_params["command"]
        if what not in COMMANDS and what not in ("test", "end"):
            raise HTTPException(404, "there is no such command")
        fields = await form_of(self.site, request)
        try:
            if what == "test":
                return await self._test(running)
            if what == "end":
                await self.site.hub.put_away(running)
            else:
                await self.site.hub.do(running, lambda room: COMMANDS[what](room, fields))
        except Refused as error:
            raise refused(error) from None
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"done": what})
        return RedirectResponse(f"/class/{running.room.code}/teach", 303)

    async def _test(self, running: Running) -> Response:
        event = await self.site.hub.do(running, lambda room: asked.join(room, "Test", "test"))
        number = event.body["student"]
        response = RedirectResponse(f"/class/{running.room.code}/seat/{number}", 303)
        give_seat(self.site, response, running.room.code, number)
        return response

    async def table(self, request: Request) -> Response:
        """Hand out the results as a table for spreadsheets."""
        running = await running_of(self.site, request)
        check_teaches(self.site, request, running.room.code)
        predictions = await self.site.hub.predictions(running)
        text = written(rows(running.room, predictions))
        name = f"detente-{running.room.code}.csv"
        return Response(
            text.encode(), media_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )  # fmt: skip

    async def screen(self, request: Request) -> Response:
        """Show the projector's page to whoever knows the code: it has no secrets."""
        running = await running_of(self.site, request)
        parts, _ = screen_parts(self.site, running)
        return page(
            self.site, request, "class/screen.html", room=running.room, parts=parts, now=self.site.hub.clock(),
            path=f"/class/{running.room.code}/screen",
        )  # fmt: skip
