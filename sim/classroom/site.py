"""The site as a value: settings, templates, the signer, and the processes that play."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from jinja2 import Environment
from starlette.routing import BaseRoute

from sim.classroom.crew import Crew
from sim.classroom.hub import Hub
from sim.classroom.settings import Settings
from sim.classroom.shelf import Shelf
from sim.classroom.store import FILE
from sim.classroom.templating import templates
from sim.classroom.tokens import Signer, secret_of


@dataclass(frozen=True)
class Site:
    """What every part of the application is given."""

    settings: Settings
    templates: Environment
    signer: Signer
    shelf: Shelf
    """The scenarios that can be asked for."""
    crew: Crew
    """The processes that play."""
    hub: Hub
    """The rooms of classes."""


class Part(Protocol):
    """A module of the application."""

    def routes(self, site: Site) -> Sequence[BaseRoute]:
        """Return the routes of this part."""


class Lasting(Protocol):
    """A part that holds something open while the server runs."""

    def lifespan(self, site: Site) -> AbstractAsyncContextManager[None]:
        """Open before the first request and close after the last."""


def site_of(settings: Settings) -> Site:
    """Return the site for some settings. Raises ``OSError`` where its folder cannot be used."""
    shelf, crew = Shelf(settings.scenario), Crew(settings.workers)
    hub = Hub(None if settings.folder is None else settings.folder / FILE, time.time)
    return Site(settings, templates(), Signer(secret_of(settings.folder)), shelf, crew, hub)
