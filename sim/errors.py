"""One family of errors: each knows its place, its code and the exit status of the command it ends.

Every error a user can cause is a ``DetenteError``. Its text is one line a fault, in the form
``file:line:column: CODE: what is wrong; what to write instead``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands: a file (or the command line), a line and a column, both counted from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong, where, and what to write instead."""

    place: Place
    code: str
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.place}: {self.code}: {self.problem}"
        if self.remedy:
            text += f"; {self.remedy}"
        return one_line(text)


class DetenteError(Exception):
    """Something the user can mend: carries one or more faults and an exit status."""

    exit_status: ClassVar[int] = 1

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)

    def __reduce__(self) -> tuple[type[DetenteError], tuple[tuple[Fault, ...]]]:
        return type(self), (self.faults,)


class CommandError(DetenteError):
    """The command line asks for something that cannot be done (exit 2)."""

    exit_status = 2


class ScenarioError(DetenteError, ValueError):
    """A scenario file says something it may not say (exit 3)."""

    exit_status = 3


class RunError(ScenarioError):
    """An expression misbehaved while a run was played: not finite, or outside its bounds (exit 3)."""


class ArchiveError(DetenteError):
    """A results folder is damaged, in use, or of another version (exit 4)."""

    exit_status = 4


class ResourceError(DetenteError, OSError):
    """The machine ran out of something: disk, memory, open files (exit 5)."""

    exit_status = 5


class Interrupted(DetenteError):
    """Ctrl-C, while work was done that can be gone on with; the remedy says how (exit 130)."""

    exit_status = 130


def one_line(text: str) -> str:
    """Return ``text`` with everything a terminal might act on shown as an escape, on one line."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    return " " if character == "\n" else character.encode("unicode_escape").decode("ascii")


def shortened(text: str, width: int = 60) -> str:
    """Return ``text`` cut to ``width`` characters, with dots where something was left out."""
    return text if len(text) <= width else text[: width - 3] + "..."


def quoted(text: object) -> str:
    """Return a value as it is shown in a message: in quotes, cut, on one line."""
    return f"'{one_line(shortened(str(text)))}'"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like ``word``, or None when none is close."""
    # Comparing is slow, and a file of 128 KiB may name thousands of things.
    matches = difflib.get_close_matches(word[:64], list(islice(known, 1000)), n=1, cutoff=0.6)
    return matches[0] if matches else None


def expected_one_of(word: str, known: Iterable[str], what: str) -> str:
    """Return the remedy for an unknown word: the likely one if there is one, else all that are known."""
    names = list(known)
    likely = nearest(word, names)
    if likely is not None:
        return f"did you mean '{likely}'?"
    if not names:
        return f"there is no {what} here"
    return f"expected one of: {shortened(', '.join(names), 200)}"
