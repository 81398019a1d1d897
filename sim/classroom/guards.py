"""What stands before every handler: who is asked for, from where, how much comes in, and what every answer says.

They are plain ASGI, so that they see WebSockets as well as requests.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException, WebSocketException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sim.classroom.settings import LOOPBACK

LARGEST_BODY = 256 * 1024
"""Bytes that a request may bring: a scenario of the largest size allowed, and the form around it."""
LARGEST_MESSAGE = 64 * 1024
"""Bytes of a message over a WebSocket; more closes it with 1009."""
TOO_LARGE = 1009
Answer = Callable[[int, str], ASGIApp]
"""Makes the answer to a refused request out of its status and a sentence."""
MISHAP = "Something went wrong here that is not your fault. What you did before is kept; go back and try again."
_SAFE = {"GET", "HEAD", "OPTIONS"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: with that, browsers hide the origin of our own forms, which has to be checked.
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_TRUSTED = {"cross-origin-opener-policy": "same-origin"}
"""What browsers heed only where nobody on the way can read along, and complain of everywhere else."""


def host_of(text: str) -> str:
    """Return the name in a Host header or an address, without port, in small letters; empty if there is none."""
    try:
        name = urlsplit(f"//{text}").hostname or ""
    except ValueError:
        return ""
    if any(sign in text for sign in "/@?#\\ "):
        return ""
    return f"[{name}]" if ":" in name else name


class Guard:
    """Refuses requests for another host or from another site, and too large ones; gives every answer its headers."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], tls: bool, answer: Answer) -> None:
        self.app = app
        self.answer = answer
        self.hosts = hosts
        self.scheme = "https" if tls else "http"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or one WebSocket."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        status, problem = self._refusal(scope, headers)
        private = self.scheme == "https" or host_of(headers.get("host", "")) in LOOPBACK
        guarded = _with_headers(send, {**_ALWAYS, **_TRUSTED} if private else _ALWAYS)
        if scope["type"] == "websocket":
            if problem:
                await _refuse_socket(scope, receive, send, status)
                return
            await self.app(scope, _bounded_messages(receive), guarded)
            return
        app = self.answer(status, problem) if problem else self.app
        await app(scope, _bounded_body(receive), guarded)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str]:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or host_of(hosts[0]) not in self.hosts:
            return 421, "this server is not known under the name that was asked for"
        unsafe = scope["type"] == "websocket" or scope["method"] not in _SAFE
        if unsafe and not self._of_this_site(headers, hosts[0]):
            return 403, "this was asked for by a page of another site"
        length = headers.get("content-length")
        if length is not None and (not length.isdecimal() or len(length) > 12 or int(length) > LARGEST_BODY):
            return 413, f"more than {LARGEST_BODY // 1024} KiB"
        return 0, ""

    def _of_this_site(self, headers: Headers, host: str) -> bool:
        # Browsers always name the origin of what could do harm; programs that are no browsers have no foreign pages.
        origins = headers.getlist("origin")
        if not origins:
            return headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
        return origins == [f"{self.scheme}://{host}"]


class Quiet:
    """Answers 500 where a handler has a bug, and tells it in one line instead of a traceback."""

    def __init__(self, app: ASGIApp, answer: Answer) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or one WebSocket."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 - the last resort: a bug becomes one line and an answer
            print(f"detente: BUG: {type(error).__name__} at {scope.get('path')}: {error}"[:500], file=sys.stderr)  # noqa: T201
            if scope["type"] == "http" and not begun:
                await self.answer(500, MISHAP)(scope, receive, send)
            elif scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1011})


def _with_headers(send: Send, given: Mapping[str, str]) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in given.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return guarded


def _bounded_body(receive: Receive) -> Receive:
    had = 0

    async def bounded() -> Message:
        nonlocal had
        message = await receive()
        had += len(message.get("body", b""))
        if had > LARGEST_BODY:
            raise HTTPException(413, f"more than {LARGEST_BODY // 1024} KiB")
        return message

    return bounded


def _bounded_messages(receive: Receive) -> Receive:
    async def bounded() -> Message:
        message = await receive()
        if message["type"] == "websocket.receive":
            text = message.get("text")
            size = len(text.encode()) if text is not None else len(message.get("bytes") or b"")
            if size > LARGEST_MESSAGE:
                raise WebSocketException(TOO_LARGE, "this message is too large")
        return message

    return bounded


async def _refuse_socket(scope: Scope, receive: Receive, send: Send, status: int) -> None:
    await receive()
    if "websocket.http.response" in scope.get("extensions", {}):
        await send({"type": "websocket.http.response.start", "status": status, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        await send({"type": "websocket.close", "code": 1008})
