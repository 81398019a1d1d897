"""Secrets: what cannot be guessed, and what only this server can have written.

This is the one module that asks the system for secrets: luck that decides a game comes from its address, a cookie that
lets somebody in must not.
"""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer

BITS = 128
"""Of a token that lets somebody in."""
_SECRET = "secret"
_LEAST = 32


def fresh_token() -> str:
    """Return a token of 128 bits that nobody can guess, made of letters that stand in an address."""
    return secrets.token_urlsafe(BITS // 8)


def fresh_code(letters: str, length: int) -> str:
    """Return a short code out of some letters, for reading aloud: it grants little, and guessing is throttled."""
    return "".join(secrets.choice(letters) for _ in range(length))


def fresh_number(below: int) -> int:
    """Return a number from 0 that nobody can foresee: which of a scenario's lucks somebody is given."""
    return secrets.randbelow(below)


def same(left: str, right: str) -> bool:
    """Say whether two tokens are the same, in a time that does not tell how far they agree."""
    return secrets.compare_digest(left.encode(), right.encode())


def secret_of(folder: Path | None) -> bytes:
    """Return the key a server signs with: kept in a folder, so that cookies outlive it, or a fresh one.

    Raises ``OSError`` where the folder cannot be used.
    """
    if folder is None:
        return secrets.token_bytes(_LEAST)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / _SECRET
    with suppress(FileExistsError):
        made = folder / f"{_SECRET}.{os.getpid()}"
        made.unlink(missing_ok=True)
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_LEAST))
            file.flush()
            os.fsync(file.fileno())
        # Either a whole key is there under its name, or none: the first of two servers wins.
        try:
            os.link(made, path)
        finally:
            made.unlink()
    key = path.read_bytes()
    if len(key) < _LEAST:
        raise OSError(f"{path} is too short to be a key: remove it")
    return key


class Signer:
    """Signs values, each for one purpose: what was signed for one is worth nothing for another."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def signed(self, purpose: str, value: object) -> str:
        """Return a value with its signature, as letters that stand in an address or a cookie."""
        return str(self._serializer(purpose).dumps(value))

    def opened(self, purpose: str, text: str, seconds: int | None = None) -> object | None:
        """Return what was signed for a purpose, no longer ago than some seconds; None if it is not that."""
        # Whoever has no cookie is told so at once: of a room of 200, a page asks after 200 cookies.
        if not text or len(text) > 4096:
            return None
        try:
            value: object = self._serializer(purpose).loads(text, max_age=seconds)
        except (BadSignature, RecursionError):
            return None
        return value

    def derived(self, purpose: str, text: str) -> bytes:
        """Return 32 bytes that only this server can work out, always the same for the same purpose and text."""
        return hmac.digest(self._secret, f"detente.{purpose}/{text}".encode(), "sha256")

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._secret, salt=f"detente.{purpose}")
