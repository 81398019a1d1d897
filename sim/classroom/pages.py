"""Answers: a page out of a template, an error as a page, JSON that came in."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from sim.classroom.site import Site
from sim.classroom.visitors import remember
from sim.errors import CommandError, DetenteError, one_line
from sim.report.labels import sentence_case

_WORTH_PACKING = 1024
LARGEST_JSON = 64 * 1024
DEEPEST_JSON = 16
_COMMAND = re.compile(r"`([^`]*)`")
_PHRASES = {
    400: "This could not be read",
    403: "This is not allowed",
    404: "There is nothing here",
    405: "This cannot be done here",
    409: "This cannot be done now",
    413: "This is too large",
    422: "This cannot be done",
    429: "Too much at once",
    500: "Something went wrong",
    503: "The server is busy",
    507: "The server has no room left",
}
"""What an error is called on its page, since the protocol's words for it say little."""
_BACK = re.compile(r"/class/[A-Z0-9]+/(?:teach|seat/\d+)")
"""Pages of a class from which forms are sent."""
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)
PERSONAL = "no-store"
"""The cache rule of a page that is one visitor's own; also that of every page, unless a handler says otherwise."""


def page(site: Site, request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """Return a page out of a template; a visitor that a handler asked for is given its cookie."""
    text = site.templates.get_template(template).render(request=request, settings=site.settings, **values)
    response = HTMLResponse(text, status)
    remember(site, request, response)
    return response


def fragment(request: Request, data: Any) -> Response:
    """Return something that a script on a page asked for, as JSON, packed if the browser can unpack it."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"vary": "accept-encoding"}
    # There is no secret in it whose length could be learned.
    if "gzip" in request.headers.get("accept-encoding", "") and len(body) > _WORTH_PACKING:
        body = gzip.compress(body, 1)
        headers["content-encoding"] = "gzip"
    return Response(body, media_type="application/json", headers=headers)


def failure(
    site: Site, request: Request, status: int, problems: Sequence[str], error: DetenteError | None = None
) -> Response:
    """Return an error: a small page, or JSON to whoever asks for that. ``error``: the one of ours behind it."""
    if "text/html" not in request.headers.get("accept", "text/html") and request.headers.get("accept") != "*/*":
        return JSONResponse({"error": list(problems)}, status)
    phrase = _PHRASES.get(status, HTTPStatus(status).phrase)
    back = _BACK.match(request.url.path) if request.method == "POST" and status in (409, 422) else None
    shown = [sentence(problem) for problem in problems] if error is None else said_of(error)
    return page(site, request, "error.html", status, phrase=phrase, problems=shown, back=back[0] if back else "")


def problems_of(error: DetenteError) -> list[str]:
    """Return the faults of an error of ours as programs read them, with place and code."""
    return [str(fault) for fault in error.faults]


def said_of(error: DetenteError) -> list[str]:
    """Return the faults of an error of ours as people read them: where an address is at fault, in sentences alone."""
    return [
        sentence(fault.problem) + (f" {sentence(fault.remedy)}" if fault.remedy else "")
        if isinstance(error, CommandError)
        else str(fault)
        for fault in error.faults
    ]


def sentence(problem: str) -> str:
    """Return a problem as it stands on a page: from a capital to a full stop, and commands in quotation marks."""
    text = sentence_case(_COMMAND.sub(r"“\1”", one_line(problem)))
    return text if text.endswith((".", "?", "!")) else f"{text}."


async def json_of(request: Request) -> Any:
    """Return the JSON in the body of a request. Raises ``HTTPException`` 400 or 413."""
    return json_in(await request.body())


def json_in(data: bytes | str) -> Any:
    """Return the JSON in a text that somebody sent. Raises ``HTTPException``: 413 too long, 400 too deep or no JSON."""
    data = data.encode() if isinstance(data, str) else data
    if len(data) > LARGEST_JSON:
        raise HTTPException(413, f"more than {LARGEST_JSON // 1024} KiB")
    depth = 0
    for match in _BRACKETS.finditer(data):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(match[0], 0)
        if depth > DEEPEST_JSON:
            raise HTTPException(400, f"more than {DEEPEST_JSON} levels within each other")
    try:
        return json.loads(data, parse_constant=_no_number, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise HTTPException(400, "this is no JSON document") from None


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)
