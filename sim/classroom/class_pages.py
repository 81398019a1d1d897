"""The pages of students: to find a room, to join it, to play in it, and to come back to it."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from sim.classroom.class_access import (
    by_rejoin_code,
    code_of,
    give_seat,
    held,
    hosts,
    no_room,
    rejoin_code,
    running_of,
    student_of,
    teaches,
)
from sim.classroom.class_render import seat_parts
from sim.classroom.pages import json_of, page
from sim.classroom.room import asked
from sim.classroom.room.refused import Refused, refuse
from sim.classroom.room.state import CLOSED, Event
from sim.classroom.running import Running
from sim.classroom.site import Site
from sim.classroom.visitors import form_of, form_token

_KEYS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


def checked_key(number: int, key: object) -> str:
    """Return an idempotency key as it is kept: each student's are their own. Raises ``Refused`` 422."""
    if not isinstance(key, str) or not 8 <= len(key) <= 64 or not _KEYS.issuperset(key):
        refuse(422, "a key has 8 to 64 letters, digits, hyphens or underscores")
    return f"s{number}:{key}"


async def done(site: Site, running: Running, number: int, message: Any) -> dict[str, Any]:
    """Do what a student's message asks for, and return the acknowledgement. Raises ``Refused``."""
    if not isinstance(message, dict):
        refuse(422, "a message is an object with a type")
    kind, key = message.get("type"), message.get("key")
    full = checked_key(number, key)
    if kind == "move":
        of_round, action = message.get("round"), message.get("action")
        event = await site.hub.do(running, lambda room: asked.move(room, number, of_round, action), full)
    elif kind == "bet":
        on = message.get("on")
        event = await site.hub.do(running, lambda room: asked.bet(room, number, on), full)
    else:
        refuse(422, "a message is a move or a bet")
    return acknowledged(event, key)


def acknowledged(event: Event, key: object) -> dict[str, Any]:
    """Return what is answered when an event is on the disk: the same, however often it is sent."""
    told = {name: value for name, value in event.body.items() if name != "student"}
    return {"type": "ack", "status": 200, "key": key, "event": event.number, **told}


def refused(error: Refused) -> HTTPException:
    """Return the answer of the web to something that cannot be done."""
    return HTTPException(error.status, error.problem)


class Pages:
    """The handlers of students' requests."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def start(self, request: Request) -> Response:
        """Ask for a room's code; offer instructors their rooms."""
        return self._start(request)

    def _start(self, request: Request, status: int = 200, problem: str = "", code: str = "") -> Response:
        host = hosts(self.site, request)
        rooms = [running.room for running in self.site.hub.rooms.values() if running.room.phase != CLOSED]
        rooms = [room for room in rooms if teaches(self.site, request, room.code)]
        return page(
            self.site, request, "class/start.html", status, token=form_token(self.site, request), code=code, host=host,
            problems=[problem] if problem else [], rooms=sorted(rooms, key=lambda room: -room.began),
        )  # fmt: skip

    async def find(self, request: Request) -> Response:
        """Go to the room of a code."""
        fields = await form_of(self.site, request)
        given = str(fields.get("code", ""))
        code = code_of(given)
        if await self.site.hub.room(code) is None:
            error = no_room(self.site)
            return self._start(request, error.status_code, error.detail, given[:12])
        return RedirectResponse(f"/class/{code}", 303)

    async def join_page(self, request: Request) -> Response:
        """Ask for a name."""
        return self._join(request, await running_of(self.site, request))

    def _join(
        self,
        request: Request,
        running: Running,
        status: int = 200,
        problem: str = "",
        name: str = "",
        back: bool = False,
    ) -> Response:
        return page(
            self.site, request, "class/join.html", status, token=form_token(self.site, request), room=running.room,
            held=held(self.site, request, running.room), problems=[problem] if problem else [], name=name, back=back,
        )  # fmt: skip

    async def join(self, request: Request) -> Response:
        """Let somebody in."""
        running = await running_of(self.site, request)
        fields = await form_of(self.site, request)
        name = fields.get("name")
        try:
            event = await self.site.hub.do(running, lambda room: asked.join(room, name))
        except Refused as error:
            return self._join(request, running, error.status, error.problem, name[:40] if isinstance(name, str) else "")
        return self.seated(running, event.body["student"])

    def seated(self, running: Running, number: int) -> Response:
        """Return the way to a seat, with the cookie that opens it."""
        response = RedirectResponse(f"/class/{running.room.code}/seat/{number}", 303)
        give_seat(self.site, response, running.room.code, number)
        return response

    async def back(self, request: Request) -> Response:
        """Bring somebody back to their seat by their own code."""
        running = await running_of(self.site, request)
        fields = await form_of(self.site, request)
        student = by_rejoin_code(self.site, running.room, str(fields.get("own", "")))
        if student is None:
            few = running.wrong_codes.take()
            status, problem = (404, "nobody in this room has this code; look at it again") if few else (
                429, "too many wrong codes; wait a little, or ask the instructor",
            )  # fmt: skip
            return self._join(request, running, status, problem, back=True)
        return self.seated(running, student.number)

    async def seat(self, request: Request) -> Response:
        """Show a student their page."""
        running = await running_of(self.site, request)
        student = student_of(self.site, request, running.room)
        shown = seat_parts(self.site, running, student, form_token(self.site, request))
        if shown is None:
            raise HTTPException(403, "the instructor has taken you out of this room")
        desk = {"student": student, "room": running.room}
        return page(
            self.site, request, "class/seat.html", desk=desk, parts=shown[0], now=self.site.hub.clock(),
            path=f"/class/{running.room.code}/seat/{student.number}",
            code=rejoin_code(self.site, running.room.code, student.number),
        )  # fmt: skip

    async def send(self, request: Request) -> Response:
        """Take a move or a bet: JSON from programs and scripts, or a form's fields."""
        running = await running_of(self.site, request)
        student = student_of(self.site, request, running.room)
        kind, number = request.url.path.rpartition("/")[2], student.number
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json":
            message = await json_of(request)
            message = {**message, "type": kind} if isinstance(message, dict) else message
            try:
                return JSONResponse(await done(self.site, running, number, message))
            except Refused as error:
                return JSONResponse({"type": "refused", "status": error.status, "error": [error.problem]}, error.status)
        fields = await form_of(self.site, request)
        try:
            if kind == "bet":
                await self.site.hub.do(running, lambda room: asked.bet(room, number, fields.get("on")))
            else:
                word = str(fields.get("round", ""))
                of_round = int(word) if word.isdecimal() and len(word) < 7 else None
                action = fields.get("action") or None
                await self.site.hub.do(running, lambda room: asked.move(room, number, of_round, action))
        except Refused as error:
            raise refused(error) from None
        return RedirectResponse(f"/class/{running.room.code}/seat/{number}", 303)
