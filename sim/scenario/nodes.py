"""What a scenario file says before it is checked: scalars, mappings and sequences that know their places."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from sim.errors import Place
from sim.scenario.places import positions

_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"([-+]?)\.(?:inf|Inf|INF)")
_WORDS: dict[str, bool | float | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".nan": float("nan"), ".NaN": float("nan"), ".NAN": float("nan"),
}  # fmt: skip
_EXACT_INTEGERS = 10**18

Value = str | float | int | bool | None


def resolve(text: str) -> Value:
    """Return what an unquoted text means under YAML 1.2's core schema; whole numbers of over 18 digits are floats."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        # int() refuses very long texts; a float of them is infinite.
        return int(text) if len(text.lstrip("+-0")) <= 18 else float(text)
    if _OCTAL.fullmatch(text):
        return _bounded(int(text, 0))
    if _HEXADECIMAL.fullmatch(text):
        return _bounded(int(text, 0))
    if _FLOAT.fullmatch(text):
        return float(text)
    if infinite := _INFINITE.fullmatch(text):
        return float(infinite[1] + "inf")
    return text


def _bounded(number: int) -> int | float:
    if number < _EXACT_INTEGERS:
        return number
    try:
        return float(number)
    except OverflowError:
        return float("inf")


class SourceText:
    """The text of one file, with single line feeds and no byte-order mark; knows where each line starts."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    def place(self, index: int) -> Place:
        """Return the line and column of the character at ``index``."""
        index = min(max(index, 0), len(self.text))
        line = bisect_right(self._starts, index)
        return Place(self.file, line, index - self._starts[line - 1] + 1)

    def line_start(self, index: int) -> int:
        """Return the index at which the line of the character at ``index`` starts."""
        return self._starts[bisect_right(self._starts, index) - 1]

    def line(self, index: int) -> str:
        """Return the whole line on which the character at ``index`` stands, without its line break."""
        start = self.line_start(index)
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]


@dataclass(frozen=True)
class ScalarSource:
    """The stretch ``start..end`` of a file in which a scalar is written, and its style (``"" ' " | >``)."""

    text: SourceText = field(repr=False)
    start: int
    end: int
    style: str

    @property
    def raw(self) -> str:
        """The scalar as it is written, with its quotes."""
        return self.text.text[self.start : self.end]


@dataclass(frozen=True)
class Scalar:
    """A single value: its text, whether it was written without quotes, and where.

    ``source`` is None for a value that does not stand in a file, such as one given on the command line.
    """

    text: str
    plain: bool
    place: Place
    source: ScalarSource | None = field(default=None, compare=False, repr=False)

    @property
    def value(self) -> Value:
        """What the text means: YAML 1.2's core schema for unquoted texts, the text itself otherwise."""
        return resolve(self.text) if self.plain else self.text

    def place_of(self, offset: int) -> Place:
        """Return where the character ``text[offset]`` stands in the file; ``len(text)`` is the end of the value."""
        offset = min(max(offset, 0), len(self.text))
        if self.source is None:
            return Place(self.place.file, self.place.line, self.place.column + offset)
        return self.source.text.place(self.source.start + self._positions[offset])

    @cached_property
    def _positions(self) -> range | list[int]:
        assert self.source is not None
        raw = self.source.raw
        if raw == self.text:
            return range(len(raw) + 1)
        return positions(raw, self.source.style, self.text)


@dataclass(frozen=True)
class Mapping:
    """Keys and their values in the order written; keys are looked up by their text, each stands once."""

    entries: tuple[tuple[Scalar, Node], ...]
    place: Place

    @cached_property
    def _values(self) -> dict[str, Node]:
        return {key.text: value for key, value in self.entries}

    def get(self, name: str) -> Node | None:
        """Return the value of the key ``name``, or None."""
        return self._values.get(name)

    def keys(self) -> tuple[str, ...]:
        """Return the texts of the keys, in order."""
        return tuple(self._values)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


@dataclass(frozen=True)
class Sequence:
    """The entries of a list, in order."""

    items: tuple[Node, ...]
    place: Place

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


Node = Scalar | Mapping | Sequence
