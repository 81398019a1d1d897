"""How much room words take in a picture: Vega neither measures nor breaks them."""

from __future__ import annotations

from unicodedata import east_asian_width

from sim.errors import one_line

_NARROW, _SLIM, _BROAD, _WIDE = "ijl|!.,:;'", 'frtI()[]{}-/ \\"`', "mwMW@%&", "ABCDEFGHJKLNOPQRSTUVXYZ_#<>=+~"
_EM = dict.fromkeys(_NARROW, 0.28) | dict.fromkeys(_SLIM, 0.34) | dict.fromkeys(_BROAD, 0.9)
_EM |= dict.fromkeys(_WIDE, 0.7)
_USUAL = 0.56


def pixels(text: str, size: float = 15) -> float:
    """Return about how wide a text stands in letters of a size, both in pixels; rather too wide than too narrow."""
    return size * sum(_EM.get(letter, 1.05 if east_asian_width(letter) in "WF" else _USUAL) for letter in text)


def folded(text: str, width: float, size: float = 15) -> list[str]:
    """Return a text as lines that are no wider than so many pixels; a word that is wider by itself is cut."""
    lines = [""]
    for word in one_line(text).split():
        joined = f"{lines[-1]} {word}".strip()
        if pixels(joined, size) <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and pixels(lines[-1] + letter, size) > width:
                lines.append("")
            lines[-1] += letter
    return lines
