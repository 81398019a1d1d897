"""Inputs that nobody would write, drawn with Hypothesis: files spoiled in some places, and expressions of any shape."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

from sim.scenario.expressions import FUNCTIONS

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 12_000
"""Bytes of a file that is spoiled: reading a longer one finds nothing new and takes its time."""

NUMBERS = (
    *("0", "1", "-1", "0.5", "2", "1e308", "1e-320", "9" * 30, "1e400", ".5", "5.", "1_0", "0x10", "1j", "00"),
    "\N{ARABIC-INDIC DIGIT ONE}",
)
NAMES = (
    *("x", "y", "a", "b", "turn", "one", "gain", "go", "time", "None", "True", "lambda", "_", "x.y", "one.gain"),
    *("\N{FULLWIDTH LATIN SMALL LETTER X}", "\N{LATIN SMALL LETTER N WITH TILDE}"),
)
OPERATORS = (
    *("+", "-", "*", "/", "//", "%", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or", "@", "|", "in", ":=", "<>"),
)
WORDS = (
    *("{", "}", "[", "]", ":", ": ", ",", "-", "- ", "? ", "|", ">", "|-\n", "#", "&a ", "*a", "!!int ", "!x "),
    *("%YAML 1.1\n", "---\n", "...\n", "<<: ", '"', "'", "\\", "\t", "\n", "\r\n", "\ufeff", "\0", "\x85", "\u2028"),
    *("\ud800", "~", "null", "NO", "1:30", "0o7", ".nan", ".inf", "1e999", "2001-13-45", "extends: inf", "scenario: x"),
    *("actors:", "clock: {turns: 10000000000}", "when:", "do: go", "turns", "state", "add: {x: 1}", "set: {x: y}"),
    *("cost: -1", "chance: 2", "after: [1, 2]", "min: 9", "max: -9", "seen_as: {one: y}", "weigh: {}", "a" * 300),
    *("hazards: {h: {rate: x, outcomes: {o: {weight: 0}}}}", "claims: {c: {says: a, holds: one > 0}}", "é", "李"),
)


def seeds() -> tuple[bytes, ...]:
    """Return sound files to be spoiled: shipped scenarios that are not too long, and the one of ``detente new``."""
    paths = [*sorted((ROOT / "scenarios").rglob("*.yaml")), ROOT / "sim" / "scenario" / "starter.yaml"]
    return tuple(data for path in paths if len(data := path.read_bytes()) <= LONGEST)


def expressions() -> st.SearchStrategy[str]:
    """Return texts that look like expressions, most of which are none."""
    atoms = st.one_of(
        st.sampled_from(NUMBERS), st.sampled_from(NAMES[:5]), st.sampled_from(NAMES), st.floats().map(repr)
    )
    whole = st.recursive(atoms, _larger, max_leaves=12)
    return st.one_of(whole, st.builds(_with, whole, st.integers(0, 2**16), _scraps()), st.text(max_size=40))


def _larger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(parts, st.sampled_from(OPERATORS), parts).map(" ".join),
        st.tuples(parts, parts, parts).map(lambda three: f"({three[0]} if {three[1]} else {three[2]})"),
        st.tuples(st.sampled_from([*FUNCTIONS, "eval", "f"]), st.lists(parts, max_size=4)).map(_call),
        parts.map(lambda part: f"({part})"),
        parts.map(lambda part: f"-{part}"),
        parts.map(lambda part: f"not {part}"),
        parts.map(lambda part: f"{part}[{part}]"),
    )


def _call(of: tuple[str, Sequence[str]]) -> str:
    return f"{of[0]}({', '.join(of[1])})"


def _scraps() -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(WORDS), st.sampled_from(NAMES), st.text(max_size=5))


def _with(text: str, place: int, scrap: str) -> str:
    place %= len(text) + 1
    return text[:place] + scrap + text[place:]


def files(sound: Sequence[bytes], strange: Sequence[bytes] = ()) -> st.SearchStrategy[bytes]:
    """Return files: mostly sound ones spoiled in some places, strange ones as well, and some that never were any."""
    kinds = [
        _spoilt(sound, 4),
        _spoilt(sound, 1),
        st.lists(_scraps(), max_size=30).map(_bytes),
        st.binary(max_size=200),
    ]
    return st.one_of(kinds + ([_spoilt(strange, 2)] if strange else []))


def _spoilt(files: Sequence[bytes], most: int) -> st.SearchStrategy[bytes]:
    return st.builds(_spoiled, st.sampled_from(files), st.lists(_harms(), max_size=most))


def _bytes(words: Sequence[str]) -> bytes:
    return "".join(words).encode("utf-8", "surrogatepass")


Harm = tuple[str, int, int, str]
"""A kind of harm, two places, and a scrap of text."""


def _harms() -> st.SearchStrategy[Harm]:
    kinds = st.sampled_from(["put", "put", "line", "drop", "twice", "swap", "indent", "value", "value", "cut", "flip"])
    return st.tuples(kinds, st.integers(0, 2**20), st.integers(0, 2**20), st.one_of(_scraps(), expressions()))


def _spoiled(data: bytes, harms: Sequence[Harm]) -> bytes:
    for kind, first, second, scrap in harms:
        data = _harmed(data, kind, first, second, scrap.encode("utf-8", "surrogatepass"))
    return data


def _harmed(data: bytes, kind: str, first: int, second: int, scrap: bytes) -> bytes:
    lines = data.split(b"\n")
    one, two, at = first % len(lines), second % len(lines), first % (len(data) + 1)
    if kind == "put":
        return data[:at] + scrap + data[at:]
    if kind == "cut":
        return data[:at]
    if kind == "flip":
        return data[:at] + bytes([second % 256]) + data[at + 1 :]
    if kind == "line":
        lines.insert(one, scrap)
    elif kind == "drop":
        del lines[one]
    elif kind == "twice":
        lines.insert(two, lines[one])
    elif kind == "swap":
        lines[one], lines[two] = lines[two], lines[one]
    elif kind == "indent":
        lines[one] = b"  " + lines[one]
    else:
        key, colon, _ = lines[one].partition(b":")
        lines[one] = key + colon + b" " + scrap
    return b"\n".join(lines)
