"""What is refused in a room, with the status that the web answers."""

from __future__ import annotations

from typing import NoReturn


class Refused(Exception):
    """Something that cannot be done now: an HTTP status, and a sentence for whoever asked.

    403 it is not theirs to ask for, 404 there is no such thing, 409 not now, 422 it makes no sense, 429 too often.
    """

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(status, problem)
        self.status, self.problem = status, problem


def refuse(status: int, problem: str) -> NoReturn:
    """Raise ``Refused``."""
    raise Refused(status, problem)
