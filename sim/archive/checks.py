"""Where in a file is the damage? Checksums of its pieces tell; its SHA-256 only tells that there is some.

A piece's CRC-32 finds a single bit that was turned: which one follows from the difference of the checksums, and the
SHA-256 of the file with that bit turned back proves it (Peterson and Brown, Proceedings of the IRE 49, 1961, for cyclic
codes). Nothing is ever repaired here.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass

PIECE = 64 * 2**10
"""Bytes of a piece, but in very long jobs."""

_POLYNOMIAL = 0xEDB88320
_MOST_TURNED = 8 * 2**20
"""Bits among which the turned one is looked for: more would take seconds."""


class Checks:
    """The CRC-32 of each piece of a file, taken while it is written."""

    def __init__(self, piece: int = PIECE) -> None:
        self.piece = piece
        self._done: list[bytes] = []
        self._open, self._filled = 0, 0

    def add(self, data: bytes | memoryview) -> None:
        """Add bytes that follow those added before."""
        left = memoryview(data).cast("B")
        while left:
            part = left[: self.piece - self._filled]
            self._open = zlib.crc32(part, self._open)
            self._filled += len(part)
            left = left[len(part) :]
            if self._filled == self.piece:
                self._close()

    def _close(self) -> None:
        self._done.append(self._open.to_bytes(4, "big"))
        self._open, self._filled = 0, 0

    def text(self) -> str:
        """Return the checksums as letters."""
        if self._filled:
            self._close()
        return base64.b64encode(b"".join(self._done)).decode()


@dataclass(frozen=True)
class Damage:
    """A stretch of a file in which something is not as it was written."""

    offset: int
    """Bytes before it."""
    length: int
    problem: str


def whole(sha256: str) -> Callable[[bytes], bool]:
    """Return a judge of bytes: do they have the SHA-256 that was written down?"""
    return lambda data: hashlib.sha256(data).hexdigest() == sha256


def damages(data: bytes, size: int, piece: int, checks: str, is_right: Callable[[bytes], bool]) -> list[Damage]:
    """Return where bytes differ from the ``size`` bytes whose checksums are given; ``is_right`` judges a repair.

    At least one is returned: bytes for which this is asked are known not to be right.
    """
    if len(data) < size:
        lost = size - len(data)
        return [Damage(len(data), lost, f"the file ends after {len(data)} of {size} bytes")]
    found = []
    try:
        sums = base64.b64decode(checks, validate=True) if piece > 0 else b""
    except ValueError:
        sums = b""
    if len(sums) == 4 * -(-size // piece if piece > 0 else 0):
        for number, start in enumerate(range(0, size, piece or 1)):
            part, expected = data[start : min(start + piece, size)], sums[4 * number : 4 * number + 4]
            wrong = zlib.crc32(part) ^ int.from_bytes(expected, "big")
            if wrong:
                found.append(_in_piece(data, start, part, wrong, is_right))
    if len(data) > size:
        found.append(Damage(size, len(data) - size, f"{len(data) - size} bytes were added after byte {size - 1}"))
    return found or [Damage(0, size, "the file is not as it was written")]


def _in_piece(data: bytes, start: int, part: bytes, wrong: int, is_right: Callable[[bytes], bool]) -> Damage:
    turned = _turned_bit(len(part), wrong)
    if turned is not None:
        at = start + turned // 8
        if is_right(data[:at] + bytes([data[at] ^ 1 << turned % 8]) + data[at + 1 :]):
            return Damage(at, 1, f"a bit of byte {at} was turned")
    last = start + len(part) - 1
    return Damage(start, len(part), f"bytes {start} to {last} are not as they were written")


def _turned_bit(size: int, wrong: int) -> int | None:
    """Return the bit (8 times its byte, and its place there) that makes such a difference to the CRC-32, if any."""
    if 8 * size > _MOST_TURNED:
        return None
    state = _POLYNOMIAL
    for after in range(8 * size):
        if state == wrong:
            # Bits are counted from the end of the file, and within a byte from its highest.
            return 8 * (size - 1 - after // 8) + 7 - after % 8
        state = state >> 1 ^ (_POLYNOMIAL if state & 1 else 0)
    return None
