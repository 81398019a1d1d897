"""A scenario file becomes nodes with places, or faults with places; never a traceback."""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.errors import Fault, Place, ScenarioError
from sim.scenario import source
from sim.scenario.source import Mapping, Node, Scalar, Sequence, parse_source, read_source

PARSERS = [parser for parser in (getattr(yaml, "CSafeLoader", None), yaml.SafeLoader) if parser is not None]


def refused(data: bytes | str) -> list[str]:
    """Return the faults of a text, each as ``line:column CODE``."""
    with pytest.raises(ScenarioError) as caught:
        parse_source(data, "f.yaml")
    assert caught.value.exit_status == 3
    return [f"{fault.place.line}:{fault.place.column} {fault.code}" for fault in caught.value.faults]


def message(data: bytes | str) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse_source(data, "f.yaml")
    return str(caught.value)


def value(text: str) -> object:
    node = parse_source(f"key: {text}", "f.yaml").get("key")
    assert isinstance(node, Scalar)
    return node.value


# ---------------------------------------------------------------- nodes


def test_a_file_is_a_tree_of_nodes_with_places() -> None:
    """Mappings, lists and values each know their line and column."""
    root = parse_source("a: 1\nb:\n  - {c: x}\n  - 'd'\n", "f.yaml")
    assert root.keys() == ("a", "b")
    assert len(root) == 2
    assert "a" in root
    assert root.get("c") is None
    assert root.place == Place("f.yaml", 1, 1)
    items = root.get("b")
    assert isinstance(items, Sequence)
    assert items.place == Place("f.yaml", 3, 3)
    first, second = items
    assert isinstance(first, Mapping)
    assert first.place == Place("f.yaml", 3, 5)
    assert [(key.text, key.place.column) for key, _ in first] == [("c", 6)]
    assert second == Scalar("d", False, Place("f.yaml", 4, 5))


def test_a_mapping_keeps_the_order_written() -> None:
    """Keys come out as they stand."""
    assert parse_source("z: 1\na: 2\nm: 3\n", "f").keys() == ("z", "a", "m")


def test_an_empty_value_is_null_and_stands_after_its_colon() -> None:
    """``build:`` without a value is legal, and its place is where a value could be written."""
    node = parse_source("actions:\n  build:   # nothing\n  hold: {}\n", "f").get("actions")
    assert isinstance(node, Mapping)
    build = node.get("build")
    assert isinstance(build, Scalar)
    assert build.value is None
    assert build.place == Place("f", 2, 9)
    assert node.get("hold") == Mapping((), Place("f", 3, 9))


@pytest.mark.parametrize(
    "data",
    [
        "\ufeffa: \"NO\" # yes\r\nb: 'x'\r\n".encode(),
        "a: \"NO\" # yes\rb: 'x'\r",
        '# first\n  # second\n\na: "NO"',
        '---\na: "NO"\n...\n',
    ],
)
def test_byte_order_marks_and_line_ends_of_any_kind_are_read(data: bytes | str) -> None:
    """CRLF, CR, a byte-order mark, comments and document marks change nothing."""
    node = parse_source(data, "f").get("a")
    assert isinstance(node, Scalar)
    assert node.value == "NO"
    assert node.place.column == 4


def test_columns_count_characters_not_bytes() -> None:
    """A name with letters of several bytes does not shift what follows; nor does a byte-order mark."""
    root = parse_source("\ufeff{é🙂: 李, b: c}\r\n".encode(), "f")
    assert [(key.place.column, node.place.column) for key, node in root] == [(2, 6), (9, 12)]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None), ("nULL", "nULL"),
        ("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("FALSE", False),
        ("NO", "NO"), ("no", "no"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("y", "y"),
        ("0", 0), ("010", 10), ("-7", -7), ("+7", 7), ("0o17", 15), ("0xfF", 255), ("-0x1", "-0x1"), ("0b1", "0b1"),
        ("1_000", "1_000"), ("1:30", "1:30"), ("2001-13-45", "2001-13-45"), ("2001-01-01", "2001-01-01"),
        ("1e3", 1000.0), ("1E+3", 1000.0), (".5", 0.5), ("5.", 5.0), ("-1.5e-3", -0.0015), (".", "."), ("1e", "1e"),
        (".inf", math.inf), ("-.INF", -math.inf), ("+.Inf", math.inf), ("inf", "inf"), ("nan", "nan"),
        ("999999999999999999", 999999999999999999), ("1" + "0" * 18, 1e18), ("0" * 30 + "7", 7),
        ("9" * 5000, math.inf), ("-" + "9" * 5000, -math.inf), ("0x" + "f" * 5000, math.inf), ("0x" + "f" * 20, float(16**20)),
        ("1e999", math.inf), ("'1'", "1"), ('"true"', "true"), ("''", ""), ("=", "="), ("١", "١"), ("1 ", 1),
        ("<<", "<<"), ("a#b", "a#b"), ("http://x", "http://x"),
    ],
)  # fmt: skip
def test_plain_texts_mean_what_editors_show(text: str, meaning: object) -> None:
    """YAML 1.2's core schema resolves plain texts; quoted ones stay texts."""
    found = value(text)
    assert found == meaning
    assert type(found) is type(meaning)


def test_not_a_number_is_read_as_one() -> None:
    """``.nan`` is a float: whoever needs a number refuses it (O-Y12)."""
    assert all(math.isnan(value(text)) for text in (".nan", ".NaN", ".NAN"))  # type: ignore[arg-type]


def test_a_block_of_text_is_a_text() -> None:
    """``|`` and ``>`` never make numbers."""
    assert value("|\n  1\n") == "1\n"
    assert value(">-\n  1\n  2\n") == "1 2"


# ---------------------------------------------------------------- faults

NINE_LAUGHS = "a: &a [x]\n" + "".join(
    f"{k}: &{k} [{', '.join(['*' + p] * 9)}]\n" for p, k in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGE_BOMB = "x0: &L0 {a: 1}\n" + "".join(f"x{n}: &L{n} {{<<: [*L{n - 1}, *L{n - 1}]}}\n" for n in range(1, 23))
HOSTILE: dict[str, tuple[bytes | str, list[str]]] = {
    "O-Y01": (NINE_LAUGHS, ["1:4 ANCHOR"]),
    "O-Y02": (MERGE_BOMB, ["1:5 ANCHOR"]),
    "O-Y03": ("[" * 1000, ["1:21 DEPTH"]),
    "O-Y04": ("a: " + "[" * 100_000, ["1:23 DEPTH"]),
    "O-Y05": ("x:\n  payoff: 1\n  other: 2\n  payoff: 3\n", ["4:3 DUPLICATE-KEY"]),
    "O-Y06": ('a: !!python/object/apply:os.system ["true"]', ["1:4 TAG"]),
    "O-Y07": ('a: !!int ""', ["1:4 TAG"]),
    "O-Y13": ("a: &a [*a]", ["1:4 ANCHOR"]),
    "O-Y15": ("a:\n  b: 1\n  c: 2\n  d: 3\n  e: 4\n  f:\n\t  g: 5\n", ["7:1 TAB"]),
    "O-Y16": (b"a: 1\nname: caf\xe9\n", ["2:10 ENCODING"]),
    "O-Y17": ("", ["1:1 EMPTY"]),
    "O-Y19": ("{when: clip(x, 0, 1) > 0.5, do: a}", ["1:8 UNQUOTED"]),
    "O-Y19 in a list": ("rules:\n  - {when: clip(x, 0, 1) > 0.5, do: a}\n", ["2:12 UNQUOTED"]),
}


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_yaml_ends_in_one_fault(name: str, parser: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each hostile text is refused in under two seconds, at the place where it goes wrong."""
    monkeypatch.setattr(source, "_PARSER", parser)
    data, faults = HOSTILE[name]
    began = time.perf_counter()
    assert refused(data) == faults
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("turns: " + "9" * 5000, math.inf),
        ("turns: 2001-13-45", "2001-13-45"),
        ("turns: NO", "NO"),
        ("turns: 1:30", "1:30"),
    ],
)
def test_hostile_values_are_values_for_the_schema_to_refuse(text: str, meaning: object) -> None:
    """O-Y08, O-Y09, O-Y10 and O-Y11 raise nothing here and mean what they show."""
    node = parse_source(text, "f").get("turns")
    assert isinstance(node, Scalar)
    assert node.value == meaning


@pytest.mark.parametrize(
    "text",
    ["a: [" + "1," * 65_000 + "]", "a: [" + "(," * 65_000 + "]", "a: {" + "b," * 65_000 + "}", "a: 1\n" * 25_000, "- \n" * 40_000, "? " * 60_000, "a: x" + "\n " * 60_000 + "x: 1", "a: {b: f(x" + ",y" * 60_000 + ")}", "&a " * 40_000, "\n" * 130_000, "{" * 130_000],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_full_size_files_of_nonsense_are_refused_in_time(text: str) -> None:
    """128 KiB of anything cost less than two seconds and end in at most 50 faults."""
    began = time.perf_counter()
    assert 1 <= len(refused(text)) <= source.MOST_FAULTS
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        ("# only\n  # comments\n", ["1:1 EMPTY"]),
        ("---\n", ["1:1 EMPTY"]),
        (" \n\n", ["1:1 EMPTY"]),
        ("text", ["1:1 WRONG-KIND"]),
        ("null", ["1:1 WRONG-KIND"]),
        ("\n- a\n", ["2:1 WRONG-KIND"]),
        ("a: 1\n---\nb: 2\n", ["2:1 DOCUMENTS"]),
        ("a: 1\n...\nb: 2\n", ["3:1 DOCUMENTS"]),
        ("# c\n%YAML 1.2\n---\na: 1\n", ["2:1 DIRECTIVE"]),
        ("%FOO\na: 1\n", ["1:1 DIRECTIVE"]),
        ("a: ! x", ["1:4 TAG"]),
        ("a: ! [x]", ["1:4 TAG"]),
        ("a: !foo!bar x", ["1:4 TAG"]),
        ("a: *b", ["1:4 ALIAS"]),
        ("a: {*b}", ["1:5 ALIAS"]),
        ("a: *b : c", ["1:4 ALIAS"]),
        ("<<: {a: 1}", ["1:1 MERGE"]),
        ('"<<": 1\nb: &x 2', ["2:4 ANCHOR"]),
        ("[a]: b", ["1:1 KEY"]),
        ("? {a: 1}\n: b\nc: 1\nc: 2", ["1:3 KEY", "4:1 DUPLICATE-KEY"]),
        ("null: 1\n~: 2", ["1:1 KEY", "2:1 KEY"]),
        (": 1", ["1:1 KEY"]),
        ('"": 1', ["1:1 KEY"]),
        ("{: 1}", ["1:2 KEY"]),
        ("x" * 2000 + ": 1", ["1:1 KEY"]),
        ("a: 1\n'a': 2\nb: {c: 1, c: 2, c: 3}", ["2:1 DUPLICATE-KEY", "3:11 DUPLICATE-KEY", "3:17 DUPLICATE-KEY"]),
        ("a: !x 1\nb: &y 2\nc: *y\na: 3\nd: [", ["1:4 TAG", "2:4 ANCHOR", "4:1 DUPLICATE-KEY", "5:4 BRACKET"]),
        ("a: b\x07", ["1:5 CHARACTER"]),
        ("a: b\x85c", ["1:5 CHARACTER"]),
        ("a: b\u2028", ["1:5 CHARACTER"]),
        ("a: b\u2029", ["1:5 CHARACTER"]),
        ("a:\r\n \ufeffb", ["2:2 CHARACTER"]),
        ("a: \ud800", ["1:4 CHARACTER"]),
        ("a: \x7f", ["1:4 CHARACTER"]),
        ('a: "b\\ec"', ["1:6 CHARACTER"]),
        ('a: "b\n  \\N"', ["2:3 CHARACTER"]),
        (b"\xff\xfea\x00", ["1:1 ENCODING"]),
        ("é: ".encode() + b"\xc3", ["1:4 ENCODING"]),
        (b"\xef\xbb\xbfa: 1\r\n\r\nb\xed\xa0\x80", ["3:2 ENCODING"]),
        (b"a\x00:\x00", ["1:2 CHARACTER"]),
        (b"#" * (128 * 1024 + 1), ["1:1 TOO-LARGE"]),
        ("é" * (64 * 1024) + ":", ["1:1 TOO-LARGE"]),
    ],
)  # fmt: skip
def test_what_may_not_stand_in_a_file_is_refused_at_its_place(data: bytes | str, faults: list[str]) -> None:
    """All faults of a file come at once, each where it stands."""
    assert refused(data) == faults


def test_a_duplicate_names_the_line_of_the_first() -> None:
    """The reader of the message sees both places."""
    assert (
        message("a: 1\nb: 2\na: 3")
        == "f.yaml:3:1: DUPLICATE-KEY: the key 'a' stands twice, first in line 1; keep one of them"
    )


def test_depth_twenty_is_allowed() -> None:
    """Twenty levels pass, the mapping of the file included."""
    parse_source("a: " + "[" * 19 + "]" * 19, "f")
    assert refused("a: " + "[" * 20 + "]" * 20) == ["1:23 DEPTH"]


def test_faults_are_bounded() -> None:
    """A hopeless file ends after 50 faults."""
    assert len(refused("a: !x 1\n" * 200)) == source.MOST_FAULTS


@pytest.mark.parametrize("error", [RecursionError, MemoryError, ValueError, IndexError, yaml.YAMLError])
def test_a_parser_that_breaks_is_a_fault(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """No exception of the parser escapes."""

    def broken(*_: object, **__: object) -> Iterator[object]:
        yield from ()
        raise error

    monkeypatch.setattr(yaml, "parse", broken)
    assert refused("a: 1") == ["1:1 SYNTAX"]


def test_a_file_name_cannot_disturb_a_message() -> None:
    """Control characters in a path are shown as escapes, on one line."""
    with pytest.raises(ScenarioError) as caught:
        parse_source("", "a\x1b[31m\nb")
    assert str(caught.value).startswith("a\\x1b[31m b:1:1: EMPTY: ")


# ---------------------------------------------------------------- files


def refused_file(path: str | Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_source(path)
    (fault,) = caught.value.faults
    assert (fault.place.line, fault.place.column) == (1, 1)
    assert fault.remedy
    return fault.code


def test_a_file_is_read_under_the_name_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places show the path as the user wrote it, with spaces, quotes and letters of any kind (O-C08)."""
    monkeypatch.chdir(tmp_path)
    Path('it\'s a "tést" 李.yaml').write_text("a: 1\n", encoding="utf-8")
    assert read_source('it\'s a "tést" 李.yaml').place.file == 'it\'s a "tést" 李.yaml'


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder (O-C05), a missing file, a path that goes through a file, and one with a zero byte."""
    (tmp_path / "file").write_text("a: 1")
    assert refused_file(tmp_path) == "NOT-A-FILE"
    assert refused_file(tmp_path / "none.yaml") == "NO-SUCH-FILE"
    assert refused_file("") == "NOT-A-FILE"
    assert refused_file(tmp_path / "file" / "x.yaml") == "UNREADABLE"
    assert refused_file("a\0b") == "UNREADABLE"
    assert refused_file("x" * 5000) == "UNREADABLE"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
def test_an_endless_device_is_refused() -> None:
    """O-C06: /dev/zero is not read."""
    assert refused_file("/dev/zero") == "NOT-A-FILE"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    """A named pipe nobody writes to does not block."""
    os.mkfifo(tmp_path / "pipe")
    began = time.perf_counter()
    assert refused_file(tmp_path / "pipe") == "NOT-A-FILE"
    assert time.perf_counter() - began < 1


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_links_are_followed_and_loops_refused(tmp_path: Path) -> None:
    """A link to a scenario is a scenario; a link to itself is not readable."""
    (tmp_path / "real.yaml").write_text("a: 1")
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    assert read_source(tmp_path / "link.yaml").keys() == ("a",)
    assert refused_file(tmp_path / "loop.yaml") == "UNREADABLE"


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root reads everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    """A file that may not be read says so."""
    (tmp_path / "secret.yaml").write_text("a: 1")
    (tmp_path / "secret.yaml").chmod(0)
    assert refused_file(tmp_path / "secret.yaml") == "UNREADABLE"


def test_the_size_of_a_file_is_bounded(tmp_path: Path) -> None:
    """128 KiB are read, one byte more is refused."""
    path = tmp_path / "big.yaml"
    path.write_bytes(b"a: 1\n#".ljust(128 * 1024, b"x"))
    assert read_source(path).keys() == ("a",)
    path.write_bytes(b"a: 1\n#".ljust(128 * 1024 + 1, b"x"))
    assert refused_file(path) == "TOO-LARGE"


# ---------------------------------------------------------------- any text at all

FRAGMENTS = [
    "{", "}", "[", "]", ":", ": ", ",", ", ", "\n", "\n  ", "\n    ", " ", "- ", "? ", '"', "'", "\\", "\\n", "\\x41", "\\\n",
    "#", " # c", "|", ">", "|-\n", ">+2\n", "&a ", "*a", "!", "!!x ", "%", "@", "`", "\t", "<<: ", "---\n", "...\n", "a", "b: ",
    "c(", "1)", "é", "🙂", "~", "null", '""', "''", "\r\n", "\r", "=", "0o7", "x", "key: value\n", "k: 'v'\n", "\x00", "\ufeff",
]  # fmt: skip


def everything(node: Node) -> Iterator[object]:
    """Walk a tree: every text with the places of all its characters."""
    yield node.place
    if isinstance(node, Scalar):
        yield node.text, node.plain, [node.place_of(offset) for offset in range(len(node.text) + 1)]
    elif isinstance(node, Mapping):
        for key, entry in node:
            yield from everything(key)
            yield from everything(entry)
    else:
        for item in node:
            yield from everything(item)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join))
def test_any_text_is_a_tree_or_a_fault_within_it(text: str) -> None:
    """Whatever is written: no other exception, and no place outside the text."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    faults: tuple[Fault, ...] = ()
    places: list[Place] = []
    try:
        places = [item for item in everything(parse_source(text, "f")) if isinstance(item, Place)]
    except ScenarioError as error:
        faults = error.faults
    assert places or faults
    assert all(fault.problem and fault.remedy for fault in faults)
    places += [fault.place for fault in faults]
    assert all(1 <= place.line <= len(lines) for place in places)
    assert all(1 <= place.column <= len(lines[place.line - 1]) + 1 for place in places)


@pytest.mark.skipif(len(PARSERS) < 2, reason="PyYAML is built without libyaml")
@given(st.lists(st.sampled_from([part for part in FRAGMENTS if part not in {"\t", "? "}]), max_size=25).map("".join))
def test_both_parsers_of_pyyaml_agree(text: str) -> None:
    """The fast parser and the one in pure Python give the same values at the same places (tabs and '?' aside)."""
    assume(not re.search(r"[|>][-+0-9]*#", text))  # a block's header with a comment stuck to it: only one refuses
    outcomes = []
    fast = source._PARSER
    try:
        for source._PARSER in PARSERS:
            try:
                outcomes.append(list(everything(parse_source(text, "f"))))
            except ScenarioError:
                outcomes.append([])
    finally:
        source._PARSER = fast
    assert outcomes[0] == outcomes[1]
