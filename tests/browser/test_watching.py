"""The tests in a browser notice what they are there to notice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.browser.watching import PHONE, PROJECTOR, axe, no_sideways_scroll, pages, shown

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.browser.watching import Watch

GOOD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Good</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"></head>
<body><main><h1>Good</h1><p>%s</p></main></body></html>"""


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((GOOD % "From this machine.").encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_good_page_passes(page: Page, address: str, tmp_path: Path) -> None:
    """A plain page of a server on this machine has nothing that is complained of, and can be pictured."""
    page.goto(address)
    for width in (PHONE, PROJECTOR):
        no_sideways_scroll(page, width)
    axe(page)
    assert shown(page, tmp_path / "good.png", width=PHONE).read_bytes().startswith(b"\x89PNG")


def test_a_wide_page_is_noticed(page: Page) -> None:
    """What sticks out of a phone is found; what scrolls in a box of its own is fine."""
    page.set_content(GOOD % '<b style="display:block; width:600px; background:#fff">wide</b>')
    no_sideways_scroll(page, PROJECTOR)
    with pytest.raises(AssertionError, match=r"at 390 px the page scrolls sideways .*<b style"):
        no_sideways_scroll(page, PHONE)
    page.set_content(
        GOOD % '<span style="display:block; overflow-x:auto"><b style="display:block; width:600px">x</b></span>'
    )
    no_sideways_scroll(page, PHONE)


def test_a_serious_fault_is_noticed(page: Page) -> None:
    """A picture without words for those who do not see it is a serious fault."""
    page.set_content(GOOD % '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">')
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ("<script>console.error('so it was')</script>", "error on the console: so it was"),
        ("<script>setTimeout(() => { throw new Error('nobody caught me') })</script>", "nobody caught me"),
        (
            "<script>fetch('https://example.invalid/x').catch(() => 0)</script>",
            "request to the network: https://example",
        ),
        ("<img alt='' src='http://192.0.2.1/x.png'>", "request to the network: http://192.0.2.1/x.png"),
        (
            "<script>new WebSocket('wss://example.invalid/s')</script>",
            "request to the network: wss://example.invalid/s",
        ),
    ],
)
def test_complaints_and_requests_fail_the_test(browser: Browser, markup: str, complaint: str) -> None:
    """Errors on the console or uncaught, and requests beyond this machine, end a test badly."""
    with pytest.raises(AssertionError, match=complaint.replace(".", r"\.")):  # noqa: SIM117
        with pages(browser) as (open_page, watches):
            _let(open_page(), GOOD % markup, watches)


def _let(page: Page, markup: str, watches: list[Watch]) -> None:
    page.set_content(markup)
    for _ in range(100):
        if watches[0].faults:
            break
        page.wait_for_timeout(20)


def test_what_a_test_provokes_can_be_allowed(browser: Browser) -> None:
    """A console error that a test asks for by pattern is no fault; each visitor is asked for its own."""
    with pages(browser) as (open_page, watches):
        for pattern in ("so it was", "other"):
            page = open_page(allow=(pattern,))
            page.set_content(GOOD % f"<script>console.error('{pattern}')</script>")
        assert [watch.faults for watch in watches] == [[], []]
