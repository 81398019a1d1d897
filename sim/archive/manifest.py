"""The manifest of a results folder: what was asked, with what it was answered, and what each file must hold.

It is written last and carries a checksum of its own, so that a folder with a sound manifest was once whole.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sim.archive.checks import Checks, Damage, damages
from sim.archive.reading import RESTORE, file_bytes
from sim.archive.trouble import damaged
from sim.errors import ArchiveError, one_line, shortened

FORMAT = 1
NAME = "manifest.json"
JOURNAL = "unfinished.journal"
"""The file that stands there until there is a manifest (``sim.archive.journal``)."""

LARGEST = 96 * 2**20
"""The most bytes a manifest may have: room for over 10**9 runs."""

A_BLOCK = 360
"""The most bytes that a block takes in a manifest, with up to 8 checksums of its pieces."""

_UNSIGNED = "0" * 64
_CHECKS = b'"checks": "'
_PIECE = 4096
"""Bytes of a manifest that have a checksum of their own, by which ``damages_of_manifest`` finds a damage."""

_FEW = 256
"""Pieces up to which a turned bit is looked for among the checksums too, one bit after the other."""

Hash: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count: TypeAlias = Annotated[int, Field(ge=0)]


class Part(BaseModel):
    """A part of a manifest: frozen, and nothing in it is converted to fit."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False, defer_build=True)


class File(Part):
    """A file of the folder: its name relative to it, its bytes and their SHA-256."""

    name: str
    size: Count
    sha256: Hash
    piece: Count = 0
    """Bytes of each piece that has a checksum of its own (``sim.archive.checks``); 0 where none has."""
    checks: str = ""


class Block(File):
    """The runs ``first`` to ``first + count - 1`` of one regime: an array (columns, count)."""

    name: Annotated[str, Field(pattern=r"^blocks/[a-z0-9][a-z0-9_-]{0,90}\.npy$")]
    first: Count
    count: Annotated[int, Field(ge=1)]


class AskedRegime(Part):
    """One side of what was asked: a regime of a scenario (its place among ``Asked.scenarios``), with what is set."""

    name: str
    regime: str
    scenario: Count
    plays: dict[str, str]
    set: dict[str, float]


class Asked(Part):
    """What was asked, without how it was worked out. ``scenarios``: hashes; one, or one for each side."""

    question: Literal["run", "compare"]
    scenarios: Annotated[tuple[Hash, ...], Field(min_length=1)]
    regimes: Annotated[tuple[AskedRegime, ...], Field(min_length=1)]
    runs: Annotated[int, Field(ge=1)]
    seed: Count

    @property
    def id(self) -> str:
        """Return the SHA-256 by which equal questions are known."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class Source(Part):
    """A file that a scenario was read from, and the SHA-256 of its text (with single line feeds)."""

    file: str
    sha256: Hash


class KeptScenario(File):
    """A scenario as it is kept, made self-contained, and the files it came from."""

    name: Annotated[str, Field(pattern=r"^scenario(-[0-9]{1,4})?\.yaml$")]
    scenario: str
    sources: tuple[Source, ...]


class Result(Part):
    """The runs of one side: strategies in use, digest, names of the columns, blocks in order."""

    name: str
    strategies: dict[str, str | None]
    digest: Hash
    columns: Annotated[tuple[str, ...], Field(min_length=1)]
    blocks: tuple[Block, ...]


class Cluster(Part):
    """The Dask cluster that played, and what went to it and back; of a job in several goes, the last of them."""

    address: str
    workers: Count
    """How many have played."""
    lost: Count
    blocks: Count
    """How many pieces of work they gave."""
    bytes_to_workers: Count
    bytes_from_workers: Count
    bytes_per_block: Count


class Manifest(Part):
    """All that a results folder says about itself."""

    format: Literal[1] = 1
    id: Hash
    when: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")]
    """When the work began, UTC."""
    command: tuple[str, ...]
    asked: Asked
    engine: str
    scenarios: tuple[KeptScenario, ...]
    results: tuple[Result, ...]
    summary: File
    payoffs: File | None
    """None where there are too many runs for a spreadsheet."""
    versions: dict[str, str]
    machine: dict[str, str]
    processor_features: tuple[str, ...]
    cluster: Cluster | None = None
    """None where processes of one machine played."""

    @model_validator(mode="after")
    def _fits(self) -> Manifest:
        asked = self.asked
        sides = [side.name for side in asked.regimes]
        sound = (
            self.id == asked.id
            and self.summary.name == "summary.json"
            and (self.payoffs is None or self.payoffs.name == "payoffs.csv")
            and [kept.sha256 for kept in self.scenarios] == list(asked.scenarios)
            and all(side.scenario < len(self.scenarios) for side in asked.regimes)
            and [result.name for result in self.results] == sides
            and len(set(sides)) == len(sides)
            and all(_whole(result.blocks, asked.runs) for result in self.results)
        )
        if not sound:
            raise ValueError("its parts do not fit together")
        return self

    @property
    def files(self) -> tuple[File, ...]:
        """Return every file of the folder but the manifest."""
        blocks = (block for result in self.results for block in result.blocks)
        return (*self.scenarios, self.summary, *([self.payoffs] if self.payoffs else ()), *blocks)

    def to_bytes(self) -> bytes:
        """Return the file, with the SHA-256 of itself (``checksum`` read as zeros) as its last entry."""
        document = self.model_dump(mode="json") | {"checks": "", "checksum": _UNSIGNED}
        unsigned = (json.dumps(document, indent=1) + "\n").encode()
        before, _, after = unsigned.rpartition(_CHECKS)
        checks = Checks(_PIECE)
        checks.add(before)
        unsigned = before + _CHECKS + checks.text().encode() + after
        return _signed(unsigned, hashlib.sha256(unsigned).hexdigest(), _UNSIGNED)


def _whole(blocks: tuple[Block, ...], runs: int) -> bool:
    end = 0
    for block in blocks:
        if block.first != end:
            return False
        end += block.count
    return end == runs


def _signed(data: bytes, checksum: str, instead_of: str) -> bytes:
    before, _, after = data.rpartition(instead_of.encode())
    return before + checksum.encode() + after


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a results folder.

    Raises:
        ArchiveError: there is none, it is damaged, or from a newer version of the program.
    """
    path = folder / NAME
    if not os.path.lexists(path) and os.path.lexists(folder / JOURNAL):
        problem = "these results are unfinished"
        raise damaged(folder, "UNFINISHED", problem, f"go on with: detente resume {one_line(str(folder))}")
    data = file_bytes(path, LARGEST)
    try:
        document = json.loads(data.decode())
    except (ValueError, RecursionError):
        raise _broken(path, "this is no manifest" if data else "the manifest is empty") from None
    version = document.get("format") if isinstance(document, dict) else None
    if isinstance(version, int) and version > FORMAT:
        problem = f"the results are of format {shortened(str(version), 20)}, this program reads up to {FORMAT}"
        raise damaged(path, "NEWER-FORMAT", problem, "use a newer detente")
    checksum = document.get("checksum") if isinstance(document, dict) else None
    if not isinstance(checksum, str) or len(checksum) != len(_UNSIGNED) or not checksum.isascii():
        raise _broken(path, "the manifest has no checksum")
    if not _is_signed(data):
        raise _broken(path, "the manifest is not as it was written")
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "the manifest"
        raise _broken(path, f"{one_line(shortened(where))}: {one_line(shortened(first['msg']))}") from None


def _is_signed(data: bytes) -> bool:
    checksum = data[-len(_UNSIGNED) - 4 : -4].decode(errors="replace")
    return hashlib.sha256(_signed(data, _UNSIGNED, checksum)).hexdigest() == checksum


def damages_of_manifest(data: bytes) -> list[Damage]:
    """Return where the bytes of a manifest are not as they were written; they are known not to be."""
    before, found, tail = data.rpartition(_CHECKS)
    if not found or not data.endswith(b'"\n}\n'):
        return [Damage(len(data), 0, f"the manifest ends after {len(data)} bytes, before its checksum is whole")]
    checks = tail.partition(b'"')[0].decode(errors="replace")
    located = damages(before, len(before), _PIECE, checks, lambda right: _is_signed(right + found + tail))
    if located[0].length == 1:
        return located
    if len(data) <= _FEW * _PIECE:
        # Perhaps what is turned is a bit of the checksums themselves.
        for at in range(len(before), len(data)):
            for bit in range(8):
                if _is_signed(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]):
                    return [Damage(at, 1, f"a bit of byte {at} was turned")]
    return located


def _broken(path: Path, problem: str) -> ArchiveError:
    return damaged(path, "DAMAGED", problem, RESTORE)


def json_bytes(document: Any) -> bytes:
    """Return a document as JSON for people and programs; a number that is not finite becomes null."""
    text = json.dumps(_finite(document), indent=2, allow_nan=False, ensure_ascii=False)
    return f"{text}\n".encode("utf-8", "backslashreplace")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(held) for key, held in value.items()}
    return [_finite(held) for held in value] if isinstance(value, list | tuple) else value
