"""O-R01 to O-R09: folders of results that were damaged, forged, cut off, or that two processes want.

Each case spoils a copy of a finished folder (27,000 runs in four blocks) or of an unfinished one (two blocks of the
same question), and asks something of it. The answer has to be a refusal, and every byte has to stay.
"""

import io
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.archive.journal import _line
from sim.archive.manifest import _UNSIGNED, JOURNAL, NAME, _signed

FINISHED, UNFINISHED = "finished", "unfinished"
FOLDER = 4


class Trap:
    """Unpickled, it leaves a file behind."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("sprung"),)  # type: ignore[return-value]


@dataclass(frozen=True)
class Spoiled:
    """A folder that was spoiled, what is asked of it, and what has to be said; ``DIR`` stands for the folder."""

    id: str
    what: str
    of: str
    spoil: Callable[[Path], object]
    line: tuple[str, ...]
    code: str
    words: tuple[str, ...] = ()
    faults: int = 1


def blocks(folder: Path) -> list[Path]:
    """The blocks of a folder, in order."""
    return sorted((folder / "blocks").glob("*.npy"))


def cut(path: Path) -> None:
    """Cut a file to half its length."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def turn(path: Path, at: int, bit: int = 3) -> None:
    """Turn one bit of a byte."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(bytes(data))


def signed(folder: Path, change: Callable[[str], str]) -> None:
    """Change a manifest, with a right checksum for what it has become."""
    import hashlib

    text = change((folder / NAME).read_text(encoding="utf-8"))
    document = json.loads(text)
    unsigned = text.replace(document["checksum"], _UNSIGNED).encode()
    (folder / NAME).write_bytes(_signed(unsigned, hashlib.sha256(unsigned).hexdigest(), _UNSIGNED))


def newer_journal(folder: Path) -> None:
    """Let a journal say that it is of a later format."""
    first, rest = (folder / JOURNAL).read_bytes().split(b"\n", 1)
    document = json.loads(first[17:])
    (folder / JOURNAL).write_bytes(_line(document | {"format": 2}) + rest)


def trap(path: Path) -> None:
    """Put an array of objects in a place."""
    held = io.BytesIO()
    np.save(held, np.array([Trap()], dtype=object), allow_pickle=True)
    path.write_bytes(held.getvalue())


def edited(folder: Path) -> None:
    """Edit the scenario that was asked about."""
    file = Path("archived.yaml")
    file.write_text(file.read_text(encoding="utf-8").replace("cost: 0.25", "cost: 0.5"), encoding="utf-8")


def no_scenario(folder: Path) -> None:
    """Leave something where the scenario was that is none."""
    Path("archived.yaml").write_bytes(b"\xff\xfe not a scenario")


VERIFY, RESUME, EXPORT = ("verify", "DIR"), ("resume", "DIR", "--quiet"), ("export", "DIR", "out.csv", "--quiet")
CASES = [
    Spoiled("O-R01", "the last block cut to half its length", FINISHED, lambda f: cut(blocks(f)[-1]), VERIFY, "DAMAGED", ("blocks/one-00003.npy", "ends after")),
    Spoiled("O-R01t", "the last block of an unfinished folder cut so", UNFINISHED, lambda f: cut(blocks(f)[-1]), RESUME, "DAMAGED", ("blocks/one-00001.npy", "bytes")),
    Spoiled("O-R02", "a bit turned in a finished block", FINISHED, lambda f: turn(blocks(f)[1], 54_321), VERIFY, "DAMAGED", ("blocks/one-00001.npy", "byte 54321 ")),
    Spoiled("O-R02t", "a bit turned in the table for spreadsheets", FINISHED, lambda f: turn(f / "summary.json", 99), VERIFY, "DAMAGED", ("summary.json", "byte 99 ")),
    Spoiled("O-R02u", "a bit turned, and the runs asked for", FINISHED, lambda f: turn(blocks(f)[1], 54_321), EXPORT, "DAMAGED", ("blocks/one-00001.npy",)),
    Spoiled("O-R03", "a manifest of no bytes", FINISHED, lambda f: (f / NAME).write_bytes(b""), VERIFY, "DAMAGED", ("manifest.json", "0 bytes")),
    Spoiled("O-R03t", "a journal of no bytes", UNFINISHED, lambda f: (f / JOURNAL).write_bytes(b""), RESUME, "DAMAGED", ("unfinished.journal", "before its first line")),
    Spoiled("O-R04", "a manifest of a newer format", FINISHED, lambda f: signed(f, lambda text: text.replace('"format": 1', '"format": 2')), VERIFY, "NEWER-FORMAT", ("format 2", "newer detente")),
    Spoiled("O-R04t", "a journal of a newer format", UNFINISHED, newer_journal, RESUME, "NEWER-FORMAT", ("format 2", "newer detente")),
    Spoiled("O-R05", "the scenario was edited", UNFINISHED, edited, RESUME, "EDITED", ("archived.yaml", "--as-kept")),
    Spoiled("O-R05t", "the scenario has become something else", UNFINISHED, no_scenario, RESUME, "EDITED", ("archived.yaml",)),
    Spoiled("O-R06", "an array of objects among the blocks", FINISHED, lambda f: trap(f / "blocks" / "one-00004.npy"), VERIFY, "DAMAGED", ("blocks/one-00004.npy", "does not belong")),
    Spoiled("O-R06t", "an array of objects in the place of a block", UNFINISHED, lambda f: trap(blocks(f)[0]), RESUME, "DAMAGED", ("blocks/one-00000.npy",)),
]  # fmt: skip
assert pickle.dumps(Trap())
