"""Where each character of a YAML scalar's value stands in the file.

YAML folds lines, drops indentation and decodes escapes, so the value's third character need not be the third one
written. The functions here read the raw text of one scalar again and say, for every character of its value, at which
index of the raw text it stands. Nothing here knows about files; line breaks in ``raw`` are single line feeds.
"""

from __future__ import annotations

import re

HEX_ESCAPES = {"x": 2, "u": 4, "U": 8}
NAMED_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
WHITESPACE = " \t\n"

_WHITESPACE_RUN = re.compile(r"[ \t\n]+")


def positions(raw: str, style: str, value: str) -> list[int]:
    """Return the index in ``raw`` of every character of ``value``, and of its end: ``len(value) + 1`` numbers.

    Args:
        raw: the scalar as it is written, quotes or block header included.
        style: ``""`` (plain), ``"'"``, ``'"'``, ``"|"`` or ``">"``.
        value: what YAML makes of it.
    """
    if style in {"|", ">"}:
        header_end = raw.find("\n")
        return _aligned(raw, len(raw) if header_end < 0 else header_end + 1, value)
    characters, found = _decoded(raw, style)
    return found if characters == value else _aligned(raw, len(style), value)


def _decoded(raw: str, style: str) -> tuple[str, list[int]]:
    """Read a plain or quoted scalar character by character: its value, and where each character of it stands."""
    characters: list[str] = []
    found: list[int] = []

    def take(character: str, at: int) -> None:
        characters.append(character)
        found.append(at)

    index, end = (1, len(raw) - 1) if style else (0, len(raw))
    while index < end:
        character = raw[index]
        if character in WHITESPACE:
            run_end = _run_end(raw, index)
            breaks = [at for at in range(index, run_end) if raw[at] == "\n"]
            if not breaks:
                for at in range(index, run_end):
                    take(raw[at], at)
            elif len(breaks) == 1:
                take(" ", breaks[0])
            else:
                for at in breaks[1:]:
                    take("\n", at)
            index = run_end
        elif style == '"' and character == "\\":
            following = raw[index + 1]
            if following == "\n":
                run_end = _run_end(raw, index + 1)
                for at in range(index + 2, run_end):
                    if raw[at] == "\n":
                        take("\n", at)
                index = run_end
            elif following in HEX_ESCAPES:
                width = HEX_ESCAPES[following]
                take(chr(int(raw[index + 2 : index + 2 + width], 16)), index)
                index += 2 + width
            else:
                take(NAMED_ESCAPES.get(following, following), index)
                index += 2
        else:
            take(character, index)
            index += 2 if style == "'" and character == "'" else 1
    found.append(end)
    return "".join(characters), found


def _run_end(raw: str, index: int) -> int:
    run = _WHITESPACE_RUN.match(raw, index)
    return run.end() if run else index


def _aligned(raw: str, index: int, value: str) -> list[int]:
    """Match the value's characters one after another from ``index`` on, stepping over indentation and line breaks."""
    found: list[int] = []
    last = max(len(raw) - 1, 0)
    for character in value:
        if character in WHITESPACE:
            found.append(min(index, last))
            if character != "\n" and raw[index : index + 1] == character:
                index += 1
        else:
            index = _run_end(raw, index)
            found.append(min(index, last))
            index += 1
    found.append(min(index, len(raw)))
    return found
