"""Who may do what in a class: cookies for seats and for the instructor, codes for those who lost theirs.

A room's code grants a new seat and nothing else. A seat is its holder's by a signed cookie, the instructor's pages by a
token of 128 bits whose link can be used again. Whoever started the server opens rooms, and leads them all, by the key
that ``serve`` tells.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from sim.classroom.hub import CODE, LETTERS
from sim.classroom.room.state import Room, Student
from sim.classroom.running import Running
from sim.classroom.site import Site
from sim.classroom.tokens import same
from sim.classroom.visitors import set_cookie

_LIFE = 60 * 24 * 3600
"""Seconds that a cookie lasts: homework takes weeks."""
_REJOIN = 8
"""Letters of a code that brings somebody back to their seat: 39 bits."""


def code_of(text: str) -> str:
    """Return a room's code as it was meant: in capitals, without spaces and hyphens."""
    return "".join(sign for sign in text[:32].upper() if sign in LETTERS)[: CODE + 1]


async def running_of(site: Site, connection: HTTPConnection) -> Running:
    """Return the room that a path names. Raises ``HTTPException``: 404, and 429 to whoever tries many codes."""
    running = await site.hub.room(connection.path_params["code"].upper())
    if running is None:
        raise no_room(site)
    return running


def no_room(site: Site) -> HTTPException:
    """Return the answer to a wrong code: 404, or 429 where there were too many of them.

    Right codes are never counted, so that a school behind one address is let in while somebody there guesses.
    """
    if site.hub.wrong_codes.take():
        return HTTPException(404, "there is no room with this code; look at it again")
    return HTTPException(429, "too many wrong codes; wait a little, then look at the code again", {"retry-after": "5"})


# ---------------------------------------------------------------- seats


def seat_cookie(code: str, number: int) -> str:
    """Return the name of the cookie of a seat; each tab of a browser may have another."""
    return f"seat-{code}-{number}"


def give_seat(site: Site, response: Response, code: str, number: int) -> None:
    """Give a seat to a browser."""
    set_cookie(site, response, seat_cookie(code, number), site.signer.signed("seat", [code, number]), _LIFE)


def holds(site: Site, connection: HTTPConnection, code: str, number: int) -> bool:
    """Say whether a request or WebSocket comes from the browser that has a seat."""
    text = connection.cookies.get(seat_cookie(code, number), "")
    return site.signer.opened("seat", text) == [code, number]


def held(site: Site, connection: HTTPConnection, room: Room) -> list[Student]:
    """Return the students of a room whose seats a browser has."""
    return [each for each in room.present if holds(site, connection, room.code, each.number)]


def student_of(site: Site, connection: HTTPConnection, room: Room) -> Student:
    """Return the student whose seat a path names, if it is the browser's. Raises ``HTTPException`` 403 or 404."""
    number = int(connection.path_params["number"])
    student = room.students.get(number)
    if student is None:
        raise HTTPException(404, "there is no such seat in this room")
    if not holds(site, connection, room.code, number):
        raise HTTPException(403, "this seat is somebody else's, or this browser has lost it: come back with your code")
    return student


def rejoin_code(site: Site, code: str, number: int) -> str:
    """Return the code with which a student comes back from another browser."""
    drawn = int.from_bytes(site.signer.derived("rejoin", f"{code}/{number}"), "big")
    letters = []
    for _ in range(_REJOIN):
        drawn, place = divmod(drawn, len(LETTERS))
        letters.append(LETTERS[place])
    return "".join(letters)


def by_rejoin_code(site: Site, room: Room, text: str) -> Student | None:
    """Return the student whose code this is."""
    meant = "".join(sign for sign in text[:64].upper() if sign in LETTERS)
    found = [each for each in room.present if same(rejoin_code(site, room.code, each.number), meant)]
    return found[0] if found else None


# ---------------------------------------------------------------- the instructor


def give_room(site: Site, response: Response, code: str) -> None:
    """Let a browser be the instructor's."""
    set_cookie(site, response, f"teach-{code}", site.signer.signed("teach", code), _LIFE)


def teaches(site: Site, connection: HTTPConnection, code: str) -> bool:
    """Say whether a request or WebSocket comes from the instructor's browser, or from whoever started the server."""
    return site.signer.opened("teach", connection.cookies.get(f"teach-{code}", "")) == code or hosts(site, connection)


def check_teaches(site: Site, connection: HTTPConnection, code: str) -> None:
    """Refuse with 403 whoever is not the instructor."""
    if not teaches(site, connection, code):
        raise HTTPException(
            403,
            "this is for the instructor of the room; open it with the instructor's link, or first the link that "
            "`detente serve` showed when it was started",
        )


def give_keys(site: Site, response: Response) -> None:
    """Let a browser open rooms, and lead every one."""
    set_cookie(site, response, "host", site.signer.signed("host", "rooms"), _LIFE)


def hosts(site: Site, connection: HTTPConnection) -> bool:
    """Say whether a browser may open rooms, and lead every one."""
    return site.signer.opened("host", connection.cookies.get("host", "")) == "rooms"
