"""Texts that YAML split at a comma or colon because they were not quoted.

Inside ``{}`` and ``[]`` YAML ends an unquoted text at every comma, so ``{when: clip(x, 0, 1) > 0.5, do: a}`` has the
keys ``when``, ``0``, ``1) > 0.5`` and ``do``. Two signs give such a split away: a key without a value, and a text
whose parenthesis is closed only in a later entry.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as Listed
from dataclasses import dataclass

from sim.errors import Fault, quoted
from sim.scenario.nodes import Mapping, Node, Scalar, SourceText

LOOK_AHEAD = 32
"""How many entries after an open parenthesis are searched for the one that closes it."""

_LOOKS_LIKE_ARITHMETIC = re.compile(r"[()<>=*/+]")
_KEY_WITHOUT_SPACE = re.compile(r"[A-Za-z_]\w*:(?=\S)")
_COMMENT = re.compile(r"#[^\n]*")


def quote_remedy(text: str) -> str:
    """Return the advice to quote ``text``, spelling it out if it is short enough to be read."""
    text = " ".join(text.split())
    what = "expression" if _LOOKS_LIKE_ARITHMETIC.search(text) else "text"
    if len(text) > 120:
        return f"put the whole {what} in quotes"
    mended = f'"{text}"' if not re.search(r'["\\]', text) else "'" + text.replace("'", "''") + "'"
    return f"quote the {what}: {mended}"


@dataclass(frozen=True)
class _Entry:
    """One entry of a flow collection.

    ``scalars`` are its unquoted texts (a key without a value stands here even if quoted), ``whole`` says that the
    last of them ends the entry, ``valueless`` that the entry is a key without a value.
    """

    scalars: tuple[Scalar, ...]
    whole: bool
    valueless: bool

    @property
    def tail(self) -> Scalar | None:
        """The text the entry ends with, if it is unquoted: the one that may go on in the next entry."""
        return self.scalars[-1] if self.whole else None


def _open(scalar: Scalar) -> int:
    return scalar.text.count("(") - scalar.text.count(")") if scalar.plain else 0


def split_entries(source: SourceText, entries: Listed[tuple[Scalar, Node]]) -> tuple[list[Fault], set[int]]:
    """Return the faults of a mapping written in ``{}``, and the numbers of the entries that are no real ones."""
    return _splits(source, [_entry(source, key, value) for key, value in entries])


def split_items(source: SourceText, items: Listed[Node]) -> list[Fault]:
    """Return the faults of a list written in ``[]``."""
    entries = []
    for item in items:
        plain = isinstance(item, Scalar) and item.plain and bool(item.text)
        entries.append(_Entry((item,) if plain and isinstance(item, Scalar) else (), plain, valueless=False))
    return _splits(source, entries)[0]


def colon_in_list(source: SourceText, pair: Mapping) -> Fault:
    """Return the fault of ``[a: b]``, which YAML reads as a list of one small mapping."""
    text = ""
    if pair.entries:
        key, value = pair.entries[0]
        if isinstance(value, Scalar) and key.source and value.source:
            text = source.text[key.source.start : value.source.end]
    problem = "inside [] YAML splits this text at the ':'"
    remedy = quote_remedy(text) if text else "put the text in quotes"
    return Fault(pair.place, "UNQUOTED", problem, f"{remedy}, or write {{}} around 'key: value'")


def _entry(source: SourceText, key: Scalar, value: Node) -> _Entry:
    if not isinstance(value, Scalar):
        return _Entry((key,) if key.plain else (), whole=False, valueless=False)
    valueless = False
    if value.plain and not value.text and key.source and value.source:
        between = source.text[key.source.end : value.source.start]
        valueless = ":" not in _COMMENT.sub("", between)
    if valueless:
        return _Entry((key,), key.plain, valueless=True)
    plain = tuple(scalar for scalar in (key, value) if scalar.plain and scalar.text)
    return _Entry(plain, value.plain and bool(value.text), valueless=False)


def _splits(source: SourceText, entries: Listed[_Entry]) -> tuple[list[Fault], set[int]]:
    faults: list[Fault] = []
    taken: set[int] = set()
    number = 0
    while number < len(entries):
        first = entries[number]
        last, end = _end_of_split(entries, number)
        if last > number or first.valueless:
            faults.append(_split_fault(source, entries[number : last + 1], end or first.scalars[-1]))
            taken.update(range(number if first.valueless else number + 1, last + 1))
        number = last + 1
    return faults, taken


def _end_of_split(entries: Listed[_Entry], first: int) -> tuple[int, Scalar | None]:
    """Return the last entry that belongs to the text begun in entry ``first``, and the scalar that ends the text."""
    tail = entries[first].tail
    last, end = first, tail
    if tail is None:
        return last, end
    still_open = _open(tail)
    for number in range(first + 1, min(first + 1 + LOOK_AHEAD, len(entries))):
        entry = entries[number]
        if entry.valueless:
            last, end = number, entry.scalars[0]
            still_open += _open(end)
        elif still_open <= 0:
            break
        else:
            for scalar in entry.scalars:
                still_open += _open(scalar)
                if still_open <= 0:
                    last, end = number, scalar
                    break
        if not entry.whole:
            break
    return last, end


def _split_fault(source: SourceText, entries: Listed[_Entry], end: Scalar) -> Fault:
    start = entries[0].scalars[-1]
    text = source.text[start.source.start : end.source.end] if start.source and end.source else start.text
    if entries[0].valueless and (glued := _KEY_WITHOUT_SPACE.match(start.text)):
        problem = f"{quoted(start.text)} is a key without a value"
        return Fault(start.place, "UNQUOTED", problem, f"write a space after the ':' of '{glued[0]}'")
    if len(entries) > 1 and any(_open(scalar) for entry in entries for scalar in entry.scalars):
        problem = "inside {} and [] YAML splits this text at its commas"
        return Fault(start.place, "UNQUOTED", problem, quote_remedy(text))
    lone = next(entry.scalars[0] for entry in entries if entry.valueless)
    remedy = "write 'key: value'" if len(entries) == 1 else f"write 'key: value', or {quote_remedy(text)}"
    return Fault(start.place, "UNQUOTED", f"{quoted(lone.text)} stands between commas without a value", remedy)
