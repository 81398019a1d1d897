"""A Dask cluster that is asked to play: its address, and what was seen of it. Nothing of Dask is needed to name one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sim.errors import CommandError, Fault, Place, quoted
from sim.experiment.environment import Environment

_ADDRESS = re.compile(r"(tcp|tls)://(?P<host>[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.%]+\]):(?P<port>[0-9]{1,5})")


@dataclass
class Seen:
    """What a cluster was seen to do; it grows while it plays."""

    environment: Environment | None = None
    """With what its workers make numbers, all of them alike."""
    workers: set[str] = field(default_factory=set)
    """The addresses of those that have played."""
    lost: set[str] = field(default_factory=set)
    pieces: int = 0
    """Pieces of work whose results have come."""
    to_workers: int = 0
    """Bytes of questions and requests, before Dask packs them."""
    from_workers: int = 0
    """Bytes of results, before Dask packs them."""

    @property
    def a_piece(self) -> int:
        """Return how many bytes a piece of work takes, both ways, on average."""
        return round((self.to_workers + self.from_workers) / max(self.pieces, 1))


@dataclass(frozen=True)
class Cluster:
    """The scheduler of a Dask cluster. Raises ``CommandError`` where the address is none."""

    address: str
    seen: Seen = field(default_factory=Seen, compare=False, repr=False)

    def __post_init__(self) -> None:
        found = _ADDRESS.fullmatch(self.address)
        if found is None or not 0 < int(found["port"]) < 2**16:
            problem = f"{quoted(self.address)} is no address of a Dask scheduler"
            remedy = "write --cluster tcp://HOST:PORT, such as --cluster tcp://127.0.0.1:8786"
            raise CommandError(Fault(Place("command line"), "CLUSTER", problem, remedy))

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Return where the scheduler listens."""
        host, _, port = self.address.partition("://")[2].rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def told(self) -> list[str]:
        """Return in words what was seen, once it has played."""
        seen = self.seen
        if not seen.pieces:
            return []
        workers = f"{len(seen.workers):,} worker{'s' if len(seen.workers) != 1 else ''}"
        blocks = f"{seen.pieces:,} block{'s' if seen.pieces != 1 else ''}"
        lost = f"; {len(seen.lost):,} lost on the way" if seen.lost else ""
        return [f"note: {workers} at {self.address} played {blocks}, {seen.a_piece:,} bytes sent per block{lost}"]

    def to_dict(self) -> dict[str, Any]:
        """Return what was seen as it stands in a manifest."""
        seen = self.seen
        return {
            "address": self.address,
            "workers": len(seen.workers),
            "lost": len(seen.lost),
            "blocks": seen.pieces,
            "bytes_to_workers": seen.to_workers,
            "bytes_from_workers": seen.from_workers,
            "bytes_per_block": seen.a_piece,
        }
