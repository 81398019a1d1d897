"""How a server is set up: which scenario, who may reach it and under which names, where it keeps what must last."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sim.classroom.tokens import fresh_token

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
"""The names under which this machine alone reaches a server."""


@dataclass(frozen=True)
class Settings:
    """What ``detente serve`` was asked for."""

    scenario: str | None = None
    """A file or a shipped scenario's name that is offered first."""
    port: int = 8000
    addresses: tuple[str, ...] = ()
    """Names and addresses of this machine in its network, as they stand in an address line; empty: loopback only."""
    tls: bool = False
    folder: Path | None = None
    """Where a class is kept; None: in memory only."""
    host_key: str = field(default_factory=fresh_token, repr=False)
    """What opens rooms: whoever started the server is told it in a link."""
    workers: int = 2
    """Processes that play what pages ask for."""

    @property
    def scheme(self) -> str:
        """Return what an address begins with."""
        return "https" if self.tls else "http"

    @property
    def hosts(self) -> frozenset[str]:
        """Return the names that a request may call this server by, in small letters, without port."""
        return frozenset(name.lower() for name in (*LOOPBACK, *self.addresses))

    @property
    def links(self) -> tuple[str, ...]:
        """Return the address of the first page under each name that another machine can use, or this one alone."""
        return tuple(f"{self.scheme}://{name}:{self.port}/" for name in self.addresses or LOOPBACK[:1])
