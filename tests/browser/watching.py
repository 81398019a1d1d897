"""What a page must not do while a test looks at it, and what is asked of every page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

PHONE, PROJECTOR = 390, 1280
"""Widths in pixels at which every page has to be whole."""

_OWN = {"127.0.0.1", "localhost", "::1"}


@dataclass
class Watch:
    """What went wrong in the pages of one context, and every address that they asked for."""

    allowed: tuple[str, ...] = ()
    """Patterns of console errors that a test provokes."""
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Begin to watch all pages of a context, those that open later too."""
        context.on("console", lambda message: message.type == "error" and self._console(message.text))
        context.on("weberror", lambda error: self.faults.append(f"error on the page: {error.error}"))
        context.on("request", lambda request: self.request(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: self.request(socket.url)))

    def _console(self, text: str) -> None:
        if not any(re.search(pattern, text) for pattern in self.allowed):
            self.faults.append(f"error on the console: {text}")

    def request(self, url: str) -> None:
        """Note a request; it is a fault where it goes anywhere beyond this machine."""
        self.asked.append(url)
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in _OWN:
            self.faults.append(f"request to the network: {url}")


Opener = Callable[..., Page]
"""Opens a page in a context of its own: ``open_page(width=390, allow=("status of 403",), **context options)``."""


@contextmanager
def pages(browser: Browser) -> Iterator[tuple[Opener, list[Watch]]]:
    """Give a function that opens pages, each a visitor of its own; at the end everybody's faults fail the test."""
    contexts: list[BrowserContext] = []
    watches: list[Watch] = []

    def open_page(width: int = PROJECTOR, height: int = 800, allow: tuple[str, ...] = (), **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        watch = Watch(allow)
        watch.over(context)
        watches.append(watch)
        return context.new_page()

    try:
        yield open_page, watches
    finally:
        for context in contexts:
            context.close()
    faults = [fault for watch in watches for fault in watch.faults]
    assert not faults, "\n".join(faults)


def no_sideways_scroll(page: Page, width: int) -> None:
    """Assert that nothing of the page is wider than a window of so many pixels, boxes that scroll by themselves aside."""
    size = page.viewport_size or {"width": PROJECTOR, "height": 800}
    page.set_viewport_size({"width": width, "height": size["height"]})
    needed, wide = page.evaluate(
        """() => {
            const root = document.scrollingElement, limit = root.clientWidth;
            const hidden = (e) => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
                if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(p).overflowX)) return true; }
                return false; };
            const wide = [...document.body.querySelectorAll('*')]
                .filter((e) => e.getBoundingClientRect().right > limit + 0.5 && !hidden(e))
                .slice(0, 5).map((e) => e.outerHTML.slice(0, 120));
            return [root.scrollWidth - limit, wide];
        }"""
    )
    assert needed <= 0, f"at {width} px the page scrolls sideways by {needed} px: {wide}"


def axe(page: Page, *, impacts: tuple[str, ...] = ("serious", "critical")) -> None:
    """Assert that axe finds no serious fault on the page as it stands."""
    from axe_playwright_python.sync_playwright import Axe

    found = [each for each in Axe().run(page).response["violations"] if each["impact"] in impacts]
    told = [
        f"{each['id']} ({each['impact']}): {each['help']}: {[node['html'][:160] for node in each['nodes'][:5]]}"
        for each in found
    ]
    assert not told, "\n".join(told)


def shown(page: Page, path: Path, *, width: int | None = None, whole: bool = True) -> Path:
    """Take a picture of a page, the whole of it unless told otherwise, and return where it is."""
    if width is not None:
        size = page.viewport_size or {"height": 800}
        page.set_viewport_size({"width": width, "height": size["height"]})
    page.screenshot(path=path, full_page=whole, animations="disabled")
    return path
