"""The server's process: an open port, the application behind it, an end that loses nothing."""

from __future__ import annotations

import errno
import gc
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import uvicorn

from sim.classroom import guards
from sim.classroom.addresses import addresses
from sim.classroom.app import application
from sim.classroom.certificate import written
from sim.classroom.settings import LOOPBACK, Settings
from sim.errors import Fault, Place, ResourceError

_WAIT = 5
"""Seconds that an ending server gives to answers that are under way."""
_GARBAGE = (700, 10, 10)
"""When Python looks for garbage, unless it is told otherwise (``gc.set_threshold``)."""


@dataclass(frozen=True)
class Listening:
    """A server whose port is open: what it is, how to reach it, and what to tell the person who began it."""

    settings: Settings
    fingerprint: str | None
    """Of the certificate that was made; None where there is none or it was given."""


def open_port(port: int, everywhere: bool) -> socket.socket:
    """Return a listening socket, on this machine's own address or on all; port 0 takes a free one.

    Raises ``ResourceError`` where the port cannot be had.
    """
    try:
        if everywhere and socket.has_dualstack_ipv6():
            listener = socket.create_server(("::", port), family=socket.AF_INET6, backlog=2048, dualstack_ipv6=True)
        else:
            listener = socket.create_server(("0.0.0.0" if everywhere else "127.0.0.1", port), backlog=2048)
        # Connections have it from here: the second piece of a page would otherwise wait 40 ms for a late receipt.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        problem = f"port {port} is in use" if taken else f"port {port} cannot be had ({(error.strerror or '').lower()})"
        remedy = f"end what uses it, or write --port {port + 1 if port < 65535 else 8000}"
        raise ResourceError(Fault(Place("command line"), "PORT", problem, remedy)) from None


def serve(
    scenario: str | None,
    port: int,
    *,
    lan: bool,
    tls: bool,
    now: datetime,
    certificate: tuple[Path, Path] | None = None,
    folder: Path | None = None,
    ready: Callable[[Listening], None] = lambda listening: None,
) -> None:
    """Serve until the process is told to end (Ctrl-C, SIGTERM); then answers under way are finished.

    Args:
        scenario: what is offered first.
        port: to listen on; 0 takes a free one.
        lan: whether other machines may reach it.
        tls: whether to encrypt, with a certificate of our own if none is given.
        now: the time, for the certificate.
        certificate: files of a certificate and its key.
        folder: where a class is kept.
        ready: called once the port is open.

    Raises:
        ResourceError: the port cannot be had.
        OSError: a folder or certificate cannot be used.
    """
    with ExitStack() as stack:
        listener = stack.enter_context(open_port(port, lan))
        names = addresses() if lan else ()
        encrypted = tls or certificate is not None
        settings = Settings(scenario, listener.getsockname()[1], names, encrypted, folder)
        fingerprint = None
        if encrypted and certificate is None:
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="detente-")))
            *files, fingerprint = written(place, (*LOOPBACK, *names), now)
            certificate = files[0], files[1]
        config = uvicorn.Config(
            application(settings),
            http="h11",
            ws="websockets-sansio",
            ws_max_size=guards.LARGEST_MESSAGE,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=False,
            timeout_graceful_shutdown=_WAIT,
            h11_max_incomplete_event_size=64 * 1024,
            ssl_certfile=certificate[0] if certificate else None,
            ssl_keyfile=certificate[1] if certificate else None,
        )
        config.load()
        _look_for_garbage()
        stack.enter_context(_ended_by_sigterm())
        ready(Listening(settings, fingerprint))
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def _look_for_garbage() -> None:
    """Look for garbage as Python does by itself, but not in what stays as long as the server does.

    Games that were given up are garbage in cycles, which a command that soon ends lets lie. Python looks at all that is
    kept when a quarter has been added to it: beside the program itself, that would be the games of many classes.
    """
    gc.set_threshold(*_GARBAGE)
    gc.freeze()
    gc.collect()


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the process as Ctrl-C does: uvicorn hands signals on when it has ended itself."""

    def interrupt(number: int, frame: object) -> NoReturn:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
