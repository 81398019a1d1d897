"""Who asks: a random name in a signed cookie, and the tokens that show that a form is one of ours."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from sim.classroom.site import Site
from sim.classroom.tokens import fresh_token, same

COOKIE = "detente"
FIELD = "token"
"""The name of the form field that a page's token stands in."""
_DAY = 24 * 3600
_FIELDS = 200
_FORM_LIFE = _DAY


def visitor_of(site: Site, connection: HTTPConnection) -> str | None:
    """Return the random name of the visitor that a request or a WebSocket comes from; None before the first page."""
    name = site.signer.opened("visitor", connection.cookies.get(COOKIE, ""))
    return name if isinstance(name, str) else None


def visitor(site: Site, request: Request) -> str:
    """Return the visitor's name, a fresh one on a first visit; ``remember`` then gives it to the browser."""
    known: str | None = getattr(request.state, "visitor", None) or visitor_of(site, request)
    request.state.visitor = known or fresh_token()
    return str(request.state.visitor)


def remember(site: Site, request: Request, response: Response) -> None:
    """Give the visitor's name to the browser, if a handler asked for it and the browser has none."""
    name = getattr(request.state, "visitor", None)
    if name is not None and visitor_of(site, request) != name:
        set_cookie(site, response, COOKIE, site.signer.signed("visitor", name), 30 * _DAY)


def set_cookie(site: Site, response: Response, name: str, value: str, seconds: int) -> None:
    """Set a cookie that no script can read and no other site's form can use."""
    response.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=site.settings.tls)


def form_token(site: Site, request: Request) -> str:
    """Return the token that a form on a page for this visitor has to bring along."""
    return site.signer.signed("form", visitor(site, request))


async def form_of(site: Site, request: Request) -> dict[str, str | bytes]:
    """Return the fields of a form of ours; a file is its bytes. Of fields of one name the last counts.

    Raises ``HTTPException``: 403 if the token is not this visitor's, 400 if the form cannot be read.
    """
    async with request.form(max_files=1, max_fields=_FIELDS, max_part_size=256 * 1024) as form:
        fields = {
            name: await value.read() if isinstance(value, UploadFile) else value for name, value in form.multi_items()
        }
    token = fields.get(FIELD)
    check_token(site, request, token if isinstance(token, str) else "")
    return fields


def check_token(site: Site, request: Request, token: str) -> None:
    """Refuse with 403 what does not bring the token of a page of this visitor's."""
    name, known = site.signer.opened("form", token, _FORM_LIFE), visitor_of(site, request)
    if not isinstance(name, str) or known is None or not same(name, known):
        raise HTTPException(403, "this form is not of a page that you have open; open the page again")
