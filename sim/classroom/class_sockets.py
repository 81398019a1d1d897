"""The WebSockets of a class: of seats, which also take moves, of the instructor's page, and of the projector."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.websockets import WebSocket

from sim.classroom.class_access import check_teaches, running_of, student_of
from sim.classroom.class_live import Socket, looked_on
from sim.classroom.class_pages import done
from sim.classroom.class_render import screen_parts, seat_parts, teacher_parts
from sim.classroom.pages import json_in
from sim.classroom.room.refused import Refused
from sim.classroom.running import Running
from sim.classroom.site import Site
from sim.classroom.throttle import Bucket
from sim.classroom.visitors import visitor_of

MOST_A_SEAT = 4
"""Sockets of a seat: tabs, and those of a phone that was in another network a moment ago."""
MOST_BOARDS = 12
MOST = 1_500
"""Sockets of the whole server."""

_BURST, _A_SECOND = 40, 4.0
"""Messages of a socket."""
_PATIENCE = 60
"""Messages too many after which a socket is closed."""


class Sockets:
    """The handlers of WebSockets."""

    def __init__(self, site: Site) -> None:
        self.site, self.open = site, 0

    async def seat(self, socket: WebSocket) -> None:
        """Show a student their seat, and take moves and bets."""
        try:
            running = await running_of(self.site, socket)
            student = student_of(self.site, socket, running.room)
        except HTTPException as error:
            await _denied(socket, error)
            return
        token, number = self._token(socket), student.number

        async def heard(text: str) -> None:
            await self._heard(running, viewer, number, bucket, text)

        bucket = Bucket(_BURST, _A_SECOND, self.site.hub.clock)
        viewer = Socket(
            socket, "student", number, lambda: seat_parts(self.site, running, student, token), self.site.hub.clock
        )
        await self._keep(socket, running, viewer, heard, MOST_A_SEAT)

    async def teacher(self, socket: WebSocket) -> None:
        """Show the instructor the class as it goes."""
        try:
            running = await running_of(self.site, socket)
            check_teaches(self.site, socket, running.room.code)
        except HTTPException as error:
            await _denied(socket, error)
            return
        token = self._token(socket)
        viewer = Socket(socket, "teacher", 0, lambda: teacher_parts(self.site, running, token), self.site.hub.clock)
        await self._keep(socket, running, viewer, _deaf(viewer), MOST_BOARDS)

    async def screen(self, socket: WebSocket) -> None:
        """Show the projector the class as it goes."""
        try:
            running = await running_of(self.site, socket)
        except HTTPException as error:
            await _denied(socket, error)
            return
        viewer = Socket(socket, "screen", 0, lambda: screen_parts(self.site, running), self.site.hub.clock)
        await self._keep(socket, running, viewer, _deaf(viewer), MOST_BOARDS)

    async def _keep(self, socket: WebSocket, running: Running, viewer: Socket, heard: Any, most: int) -> None:
        if self.open >= MOST:
            await _denied(socket, HTTPException(503, "too many are connected"))
            return
        self.open += 1
        try:
            await socket.accept()
            await looked_on(running, viewer, heard, most)
        finally:
            self.open -= 1

    async def _heard(self, running: Running, viewer: Socket, number: int, bucket: Bucket, text: str) -> None:
        key: Any = None
        try:
            if not bucket.take():
                viewer.excess += 1
                if viewer.excess > _PATIENCE:
                    viewer.end(1008, "too many messages")
                viewer.tell(type="refused", key=None, status=429, problem="too many messages; wait a little")
                return
            message = json_in(text)
            key = message.get("key") if isinstance(message, dict) else None
            viewer.tell(**await done(self.site, running, number, message))
        except HTTPException as error:
            viewer.tell(type="refused", key=None, status=error.status_code, problem=error.detail)
        except Refused as error:
            key = key if isinstance(key, str) and len(key) <= 64 else None
            viewer.tell(type="refused", key=key, status=error.status, problem=error.problem)

    def _token(self, socket: WebSocket) -> str:
        """Return the token that the forms shown here bring along: that of the visitor's other pages."""
        return self.site.signer.signed("form", visitor_of(self.site, socket) or "")


def _deaf(viewer: Socket) -> Any:
    async def heard(text: str) -> None:
        viewer.tell(type="refused", key=None, status=403, problem="nothing is asked for here")

    return heard


async def _denied(socket: WebSocket, error: HTTPException) -> None:
    if "websocket.http.response" in socket.scope.get("extensions", {}):
        await socket.send_denial_response(Response(error.detail, error.status_code))
    else:
        await socket.close(1008)
