"""The names and addresses under which other machines reach this one."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Iterator


def addresses() -> tuple[str, ...]:
    """Return the addresses of this machine in its networks, then its name, as they stand in an address line."""
    found = [str(each) for each in dict.fromkeys(_usable(_heard())) if not each.is_loopback]
    written = [f"[{each}]" if ":" in each else each for each in sorted(found, key=lambda each: ":" in each)]
    name = socket.gethostname().lower().rstrip(".")
    names = [name, f"{name}.local"] if name and "." not in name else [name] if name else []
    return (*written, *names)


def _heard() -> Iterator[str]:
    # Which address this machine would send from says what its network is; nothing is sent.
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((far, 9))
                yield str(probe.getsockname()[0])
        except OSError:
            continue
    try:
        for entry in socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM):
            yield str(entry[4][0])
    except OSError:
        return


def _usable(words: Iterable[str]) -> Iterator[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    for word in words:
        try:
            address = ipaddress.ip_address(word)
        except ValueError:
            continue
        # An address with a zone works on its own link alone, and browsers do not take it.
        if not address.is_link_local and not address.is_unspecified and not address.is_multicast:
            yield address
