"""Names that students give themselves: any language, any sign that can be seen, and nothing that moves other text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from sim.classroom.room.refused import refuse

LONGEST = 40
"""Characters of a name."""
LONGEST_TITLE = 100
"""Characters of a class's title."""
LONGEST_TEXT = 300
"""Characters of an announcement."""

_SEEN = ("L", "N", "S", "P")
_MARKS = 3
"""Marks that may stand on one letter: more of them climb over the lines above."""


def checked_name(text: object) -> str:
    """Return a name as it is shown: composed, without space around. Raises ``Refused`` 422."""
    return _checked(text, LONGEST, "a name")


def checked_title(text: object) -> str:
    """Return a class's title as it is shown. Raises ``Refused`` 422."""
    return _checked(text, LONGEST_TITLE, "a title")


def checked_text(text: object) -> str:
    """Return an announcement as it is shown; it may be empty. Raises ``Refused`` 422."""
    if isinstance(text, str) and not text.strip():
        return ""
    return _checked(text, LONGEST_TEXT, "an announcement")


def distinct(name: str, taken: Iterable[str]) -> str:
    """Return a name that nobody in the room has: a second Anna becomes ``Anna (2)``."""
    known = {each.casefold() for each in taken}
    if name.casefold() not in known:
        return name
    number = 2
    while f"{name} ({number})".casefold() in known:
        number += 1
    return f"{name} ({number})"


def _checked(text: object, longest: int, what: str) -> str:
    if not isinstance(text, str) or len(text) > 8 * longest:
        refuse(422, f"{what} has 1 to {longest} characters")
    shown = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(shown) <= longest:
        refuse(422, f"{what} has 1 to {longest} characters")
    marks = 0
    for sign in shown:
        kind = unicodedata.category(sign)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        # Control and format signs (which turn the direction of text), private ones and halves of pairs.
        if kind in ("Cc", "Cf", "Co", "Cs", "Cn") or marks > _MARKS:
            refuse(422, f"{what} can have letters, digits, spaces and signs that can be seen")
    if not any(unicodedata.category(sign)[0] in _SEEN for sign in shown):
        refuse(422, f"{what} needs a letter")
    return shown
