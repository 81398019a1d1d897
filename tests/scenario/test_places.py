"""Where the characters of a value stand in the file, for every way YAML has of writing a text.

The texts are written piece by piece, each piece being one character of the value (or none) and what stands for it in
the file, so the true place of every character is known without reading anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import Place
from sim.scenario import source
from sim.scenario.places import positions
from sim.scenario.source import Mapping, Scalar, Sequence, parse_source

PARSERS = [parser for parser in (getattr(yaml, "CSafeLoader", None), yaml.SafeLoader) if parser is not None]
WORDS = st.text(alphabet="abxyz019()+-*/<>=.,_éß李🙂'\"\\#", min_size=1, max_size=6)


@dataclass
class Written:
    """A value, and the pieces it is written in: (character of the value or "", what stands in the file)."""

    pieces: list[tuple[str, str]]

    @property
    def value(self) -> str:
        return "".join(character for character, _ in self.pieces)

    @property
    def text(self) -> str:
        return "".join(written for _, written in self.pieces)

    def places(self, line: int, column: int) -> list[tuple[int, int]]:
        """Return line and column of each character of the value, when the text starts at ``line``, ``column``."""
        found = []
        for character, written in self.pieces:
            if character:
                found.append((line, column))
            for sign in written:
                line, column = (line + 1, 1) if sign == "\n" else (line, column + 1)
        return found


def folded(draw: st.DrawFn, indent: str) -> str:
    return draw(st.sampled_from(["", "", " "])) + "\n" + indent + draw(st.sampled_from(["", "", "  "]))


@st.composite
def plain(draw: st.DrawFn) -> Written:
    """An unquoted text, sometimes going on over several lines."""
    pieces: list[tuple[str, str]] = []
    for number, word in enumerate(draw(st.lists(WORDS, min_size=1, max_size=6))):
        if number:
            space = folded(draw, "    ") if draw(st.booleans()) else " "
            pieces.append((" ", space))
        pieces += [(sign, sign) for sign in ("x" + word.replace("#", "") if not number else "y" + word)]
    return Written(pieces)


@st.composite
def single_quoted(draw: st.DrawFn) -> Written:
    """A text in single quotes: quotes within are doubled, spaces may be line breaks."""
    pieces = [("", "'")]
    for number, word in enumerate(draw(st.lists(WORDS, min_size=1, max_size=6))):
        if number:
            pieces.append((" ", folded(draw, "    ") if draw(st.booleans()) else " "))
        pieces += [(sign, "''" if sign == "'" else sign) for sign in word]
    return Written([*pieces, ("", "'")])


@st.composite
def double_quoted(draw: st.DrawFn) -> Written:
    """A text in double quotes, with escapes of every kind and escaped line breaks."""
    pieces = [("", '"')]
    for number, word in enumerate(draw(st.lists(WORDS, min_size=1, max_size=6))):
        if number:
            pieces.append((" ", folded(draw, "    ") if draw(st.booleans()) else " "))
        for left, sign in zip(range(len(word) - 1, -1, -1), word, strict=True):
            code = ord(sign)
            ways = [f"\\U{code:08x}"] + [f"\\u{code:04X}"] * (code < 0x10000) + [f"\\x{code:02x}"] * (code < 0x100)
            ways += [f"\\{sign}"] * (sign in '"\\/')
            ways += [sign] * (5 if sign not in '"\\' else 0)
            pieces.append((sign, draw(st.sampled_from(ways))))
            if left and draw(st.integers(0, 9)) == 0:
                pieces.append(("", "\\\n    "))
    return Written([*pieces, ("", '"')])


@st.composite
def literal(draw: st.DrawFn) -> Written:
    """A block that keeps its lines."""
    pieces = [("", draw(st.sampled_from(["|", "|-", "| # why", "|2"])) + "\n")]
    for _ in range(draw(st.integers(1, 4))):
        words = " ".join(draw(st.lists(WORDS, min_size=1, max_size=3)))
        pieces += [("", "  "), *((sign, sign) for sign in words), ("\n", "\n")]
        if draw(st.booleans()):
            pieces.append(("\n", "\n"))
    return Written(pieces)


@st.composite
def block_folded(draw: st.DrawFn) -> Written:
    """A block whose line breaks become spaces."""
    pieces = [("", draw(st.sampled_from([">", ">-", ">2-"])) + "\n")]
    for number in range(draw(st.integers(1, 4))):
        words = " ".join(draw(st.lists(WORDS, min_size=1, max_size=3)))
        pieces += [("", "  ")] if not number else [(" ", "\n"), ("", "  ")]
        pieces += [(sign, sign) for sign in words]
    return Written([*pieces, ("\n", "\n")])


@pytest.mark.parametrize("parser", PARSERS)
@given(
    written=st.one_of(plain(), single_quoted(), double_quoted(), literal(), block_folded()),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
    before=st.sampled_from(["", "# é\n", "other: 1\n\n"]),
)
def test_every_visible_character_is_found_where_it_is_written(
    parser: object, written: Written, end: str, mark: str, before: str
) -> None:
    """place_of names the exact line and column of each character that is not white space."""
    text = mark + (before + "key: " + written.text + "\nlast: 1\n").replace("\n", end)
    fast, source._PARSER = source._PARSER, parser
    try:
        node = parse_source(text, "f").get("key")
    finally:
        source._PARSER = fast
    assert isinstance(node, Scalar)
    assert node.text.rstrip() == written.value.rstrip()
    places = written.places(before.count("\n") + 1, 6)
    for offset, character in enumerate(node.text.rstrip()):
        if not character.isspace():
            assert node.place_of(offset) == Place("f", *places[offset]), (offset, character)


def scalar(text: str) -> Scalar:
    node = parse_source(text, "f").get("k")
    if isinstance(node, Sequence):
        node = node.items[0]
    if isinstance(node, Mapping):
        node = next(iter(node))[1]
    assert isinstance(node, Scalar)
    return node


@pytest.mark.parametrize(
    ("text", "value", "columns"),
    [
        ("k: a + b", "a + b", [4, 5, 6, 7, 8, 9]),
        ("k: 'a'", "a", [5, 6]),
        ("k: 'it''s'", "it's", [5, 6, 7, 9, 10]),
        ('k: "a\\tb"', "a\tb", [5, 6, 8, 9]),
        ('k: "\\x41\\u00e9\\U0001F642b"', "Aé🙂b", [5, 9, 15, 25, 26]),
        ("k:    a", "a", [7, 8]),
        ("k: ''", "", [5]),
        ("k:", "", [3]),
        ("k: [ a , b]", "a", [6, 7]),
        ("k: {x: 'a b'}", "a b", [9, 10, 11, 12]),
        ("k: a  b", "a  b", [4, 5, 6, 7, 8]),
    ],
)
def test_columns_within_one_line(text: str, value: str, columns: list[int]) -> None:
    """Offsets up to and including the length of the value name a column."""
    node = scalar(text)
    assert node.text == value
    assert [node.place_of(offset).column for offset in range(len(value) + 1)] == columns


@pytest.mark.parametrize(
    ("text", "value", "offset", "place"),
    [
        ("k: a\n  b", "a b", 2, (2, 3)),
        ("k: a\n\n\n   b", "a\n\nb", 3, (4, 4)),
        ('k: "a\\\n    b"', "ab", 1, (2, 5)),
        ('k: "a \\\n    b"', "a b", 2, (2, 5)),
        ('k: "a\\\n\n  b"', "a\nb", 2, (3, 3)),
        ('k: "a\n\n  b"', "a\nb", 2, (3, 3)),
        ('k: "\n a"', " a", 1, (2, 2)),
        ("k: 'a\n\n\n  ''b'", "a\n\n'b", 4, (4, 5)),
        ("k: |\n\n  a\n    b\n", "\na\n  b\n", 5, (4, 5)),
        ("k: |1\n  a\n", " a\n", 1, (2, 3)),
        ("k: >\n  a\n  b\n\n  c\n", "a b\nc\n", 4, (5, 3)),
        ("k: >\n  a\n    b\n  c\n", "a\n  b\nc\n", 4, (3, 5)),
        ("k: >-\n  a >\n  b\n", "a > b", 5, (3, 4)),
        ("k: |\n  ab\n", "ab\n", 3, (2, 5)),
        ("k: |", "", 0, (1, 5)),
    ],
)
def test_places_over_several_lines(text: str, value: str, offset: int, place: tuple[int, int]) -> None:
    """Folded lines, blank lines, indentation and escaped breaks are stepped over."""
    node = scalar(text)
    assert node.text == value
    assert node.place_of(offset) == Place("f", *place)


def test_offsets_outside_the_value_are_brought_inside() -> None:
    """A parser that points past the end or before the start still gets a place."""
    node = scalar("k: abc")
    assert node.place_of(-5) == Place("f", 1, 4)
    assert node.place_of(99) == Place("f", 1, 7)


def test_a_value_from_nowhere_counts_from_its_place() -> None:
    """A value given on the command line has no file behind it."""
    assert Scalar("1 +", True, Place("--set", 1, 3)).place_of(2) == Place("--set", 1, 5)


def test_a_value_that_is_not_what_was_written_still_gets_places() -> None:
    """If a parser should read a text otherwise, places are near, never an error."""
    found = positions("'ab'", "'", "a c b")
    assert len(found) == 6
    assert all(0 <= index <= 4 for index in found)
