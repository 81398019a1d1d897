"""The log of a game: what was done in it, entry by entry, in a form that other programs read (docs/how-to/play.md).

A log only ever grows: what is taken back stays in it, followed by an entry that says so. On disk it is one line of JSON
for the opening and one for each entry, so that an entry is on disk once its line is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.errors import CommandError, Fault, Place, quoted

FORMAT = "detente-game"
VERSION = 1
"""Goes up when the same log no longer means the same game."""

MOST_ENTRIES = 100_000
"""Entries that a log may have."""


@dataclass(frozen=True)
class Move:
    """A person's move: in which turn (from 0), whose, which action; None for passing."""

    turn: int
    actor: str
    action: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as it stands in a log."""
        return {"kind": "move", "turn": self.turn, "actor": self.actor, "action": self.action}


@dataclass(frozen=True)
class Seat:
    """A seat goes to a strategy, or to a person (None), from a turn (from 0) on."""

    turn: int
    actor: str
    strategy: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as it stands in a log."""
        return {"kind": "seat", "turn": self.turn, "actor": self.actor, "strategy": self.strategy}


@dataclass(frozen=True)
class Back:
    """All but the first ``keep`` moves and seats that counted so far are taken back."""

    keep: int

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as it stands in a log."""
        return {"kind": "back", "keep": self.keep}


Entry = Move | Seat | Back


def counting(log: Iterable[Entry]) -> tuple[Move | Seat, ...]:
    """Return the entries that were not taken back, in order."""
    kept: list[Move | Seat] = []
    for entry in log:
        if isinstance(entry, Back):
            del kept[entry.keep :]
        else:
            kept.append(entry)
    return tuple(kept)


def entry_of(document: Any, number: int, file: str = "command line") -> Entry:
    """Return the entry in a document, the ``number``-th of its log (from 1). Raises ``CommandError``."""
    match document:
        case {"kind": "move", "turn": int(turn), "actor": str(actor), "action": str() | None as action, **rest}:
            entry: Entry = Move(turn, actor, action)
        case {"kind": "seat", "turn": int(turn), "actor": str(actor), "strategy": str() | None as strategy, **rest}:
            entry = Seat(turn, actor, strategy)
        case {"kind": "back", "keep": int(keep), **rest} if keep >= 0:
            entry = Back(keep)
        case _:
            raise broken(file, number, f"entry {number} is no entry of a game", "play on from a log that is whole")
    if rest.get("entry", number) != number:
        raise broken(file, number, f"entry {number} is missing, or out of order", "play on from a log that is whole")
    return entry


def broken(file: str, number: int, problem: str, remedy: str) -> CommandError:
    """Return the error of a log, at its ``number``-th entry (0: its opening)."""
    return CommandError(Fault(Place(file, number + 1 if file != "command line" else 1), "GAME-LOG", problem, remedy))


def line_of(document: Mapping[str, Any]) -> bytes:
    """Return an opening or an entry as its line on disk."""
    return (json.dumps(document, ensure_ascii=True, allow_nan=False) + "\n").encode()


def document_of(data: bytes, file: str) -> dict[str, Any]:
    """Return the document that the lines of a log make. Raises ``CommandError`` where it is cut off or no log."""
    *lines, rest = data.split(b"\n")
    if rest:
        problem = "the last line is cut off: its move never counted"
        raise broken(file, len(lines), problem, "remove that line and play on")
    if not lines:
        raise broken(file, 0, "there is nothing in this file", "name the log of a game")
    documents = [_parsed(line, number, file) for number, line in enumerate(lines)]
    return {**documents[0], "log": documents[1:]}


def checked_format(document: Mapping[str, Any], file: str) -> None:
    """Raise ``CommandError`` unless a document is the log of a game in a version that is understood here."""
    if document.get("format") != FORMAT:
        raise broken(file, 0, "this is no log of a game", "name the log of a game")
    if document.get("version") != VERSION:
        problem = f"this log has version {quoted(document.get('version'))}; this program reads version {VERSION}"
        raise broken(file, 0, problem, "play on with the program that wrote it")


def _parsed(line: bytes, number: int, file: str) -> dict[str, Any]:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        what = f"line {number + 1} is no JSON object"
        raise broken(file, number, what, "play on from a log that is whole")
    return document
