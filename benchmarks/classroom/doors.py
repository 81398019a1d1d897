"""How programs get into a room: through the same pages and forms as people, with cookies and the tokens of forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

import httpx

_CONNECTIONS = 400


class Doors:
    """The doors of one server. Everybody who goes through them has cookies of their own; connections are shared."""

    def __init__(self, address: str) -> None:
        self.address = address
        limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
        self._transport = httpx.AsyncHTTPTransport(limits=limits)

    def browser(self) -> httpx.AsyncClient:
        """Return a browser that has been nowhere."""
        return httpx.AsyncClient(
            transport=self._transport,
            base_url=self.address,
            trust_env=False,
            timeout=60,
            headers={"origin": self.address},
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.aclose()


@dataclass(frozen=True)
class Seat:
    """A seat in a room, and what proves that it is one's own."""

    code: str
    number: int
    origin: str
    cookie: str

    @property
    def path(self) -> str:
        """Return the path of its page."""
        return f"/class/{self.code}/seat/{self.number}"

    @property
    def socket(self) -> str:
        """Return the address of its socket."""
        return f"ws{self.origin.removeprefix('http')}{self.path}/live"

    @property
    def headers(self) -> dict[str, str]:
        """Return what a browser sends along."""
        return {"cookie": self.cookie}


async def joined(doors: Doors, code: str, name: str) -> Seat:
    """Take a seat in a room under a name, as a student does. Raises ``RuntimeError`` where none is given."""
    browser = doors.browser()
    token = token_in(await _page(browser, f"/class/{code}"))
    answer = await browser.post(f"/class/{code}/join", data={"token": token, "name": name})
    found = re.search(rf"/class/{code}/seat/(\d+)$", answer.headers.get("location", ""))
    if answer.status_code != 303 or found is None:
        raise RuntimeError(f"{name} got no seat: {answer.status_code} {problem_in(answer.text)}")
    cookie = "; ".join(f"{key}={value}" for key, value in browser.cookies.items())
    return Seat(code, int(found.group(1)), doors.address, cookie)


class Instructor:
    """The instructor of a room."""

    def __init__(self, doors: Doors) -> None:
        self._browser, self.code, self._token = doors.browser(), "", ""

    async def open_room(self, link: str, **form: str) -> None:
        """Open a room with the link that the server told, and what stands in the form. Raises ``RuntimeError``."""
        await _page(self._browser, link)
        token = token_in(await _page(self._browser, "/class/new"))
        answer = await self._browser.post("/class/new", data={**form, "token": token}, follow_redirects=True)
        found = re.search(r"/class/([A-Z0-9]{6})/teach", answer.text)
        if answer.status_code != 200 or found is None:
            raise RuntimeError(f"no room was opened: {answer.status_code} {problem_in(answer.text)}")
        self.code = found.group(1)

    async def do(self, what: str, **form: str) -> None:
        """Press one of the instructor's buttons, such as ``start``. Raises ``RuntimeError`` where it is refused."""
        if not self._token:
            self._token = token_in(await _page(self._browser, f"/class/{self.code}/teach"))
        answer = await self._browser.post(f"/class/{self.code}/teach/{what}", data={**form, "token": self._token})
        if answer.status_code not in (200, 204, 303):
            raise RuntimeError(f"{what} was refused: {answer.status_code} {problem_in(answer.text)}")


async def _page(browser: httpx.AsyncClient, path: str) -> str:
    answer = await browser.get(path, follow_redirects=True)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answers {answer.status_code}: {problem_in(answer.text)}")
    return answer.text


def token_in(page: str) -> str:
    """Return the token that the forms of a page carry."""
    found = re.search(r'name="token" value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("there is no form on this page")
    return unescape(found.group(1))


def problem_in(page: str) -> str:
    """Return what a page says is wrong."""
    found = re.search(r'class="problem"[^>]*>([^<]*)', page) or re.search(r"<p>([^<]*)", page)
    return unescape(found.group(1)).strip() if found else page[:200]
