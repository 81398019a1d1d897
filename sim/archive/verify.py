"""Is a results folder as it was written? Every file is read; what is not as it was is named, with the place in it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.archive.checks import Damage, damages, whole
from sim.archive.folder import LOCK, PARTIAL, resume_words
from sim.archive.journal import damages_of_journal, read_journal
from sim.archive.manifest import JOURNAL, LARGEST, NAME, File, damages_of_manifest, read_manifest
from sim.archive.reading import RESTORE, file_bytes
from sim.archive.trouble import damaged
from sim.errors import ArchiveError, Fault, Place, one_line
from sim.experiment.lock import held_by


@dataclass(frozen=True)
class Damaged:
    """A stretch of a file of the folder that is not as it was written; of a file that is missing, all of it."""

    file: str
    offset: int | None
    """The first byte that may be wrong; None where it is not known, as of a file that does not belong there."""
    length: int | None
    problem: str

    def to_dict(self) -> dict[str, Any]:
        """Return the damage as it stands in JSON."""
        return {"file": self.file, "offset": self.offset, "length": self.length, "problem": self.problem}


@dataclass(frozen=True)
class Verified:
    """What reading a whole results folder showed."""

    path: Path
    complete: bool
    files: int
    """Files that were read, the manifest or journal among them."""
    bytes: int
    runs: int
    """Runs whose results are there and sound, all sides together."""
    runs_asked: int
    digests: dict[str, str]
    """The digest of each side; none where the folder is unfinished or its manifest is damaged."""
    damage: tuple[Damaged, ...]
    holder: str = ""
    """Who writes to it at the moment; nothing where nobody does."""

    @property
    def sound(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.damage

    @property
    def how_to_go_on(self) -> str:
        """Return the command that goes on with unfinished results."""
        return resume_words(self.path)

    def error(self) -> ArchiveError:
        """Return the error that names all that is wrong."""
        return ArchiveError(
            Fault(Place(str(self.path / each.file)), "DAMAGED", one_line(each.problem), RESTORE) for each in self.damage
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what was found as it stands in JSON."""
        return {
            "path": str(self.path), "sound": self.sound, "complete": self.complete, "files": self.files,
            "bytes": self.bytes, "runs": self.runs, "runs_asked": self.runs_asked, "digests": self.digests,
            "holder": self.holder or None, "damage": [each.to_dict() for each in self.damage],
        }  # fmt: skip


def verify(path: str | Path) -> Verified:
    """Read a whole results folder, or what an unfinished one holds so far, and compare it with what was written.

    Raises:
        ArchiveError: it is no results folder.
        ResourceError: no file can be opened, or there is no memory left.
    """
    folder = Path(path)
    if os.path.lexists(folder / NAME):
        return _complete(folder)
    if os.path.lexists(folder / JOURNAL):
        return _unfinished(folder)
    problem = "this is no results folder: it has no manifest.json"
    raise damaged(folder, "MISSING", problem, "name a folder that 'detente results' lists")


def _complete(folder: Path) -> Verified:
    size = _size(folder / NAME)
    try:
        manifest = read_manifest(folder)
    except ArchiveError as error:
        if error.faults[0].code != "DAMAGED":
            raise
        return Verified(folder, True, 1, size, 0, 0, {}, tuple(_damage_of_manifest(folder, error)))
    asked = manifest.asked.runs * len(manifest.asked.regimes)
    digests = {result.name: result.digest for result in manifest.results}
    found = [*_damage(folder, manifest.files), *_strangers(folder, manifest.files)]
    bad = {each.file for each in found}
    runs = sum(block.count for result in manifest.results for block in result.blocks if block.name not in bad)
    total = size + sum(file.size for file in manifest.files)
    return Verified(folder, True, 1 + len(manifest.files), total, runs, asked, digests, tuple(found))


def _unfinished(folder: Path) -> Verified:
    size, holder = _size(folder / JOURNAL), held_by(folder / LOCK) or ""
    try:
        journal = read_journal(folder)
    except ArchiveError as error:
        if error.faults[0].code != "DAMAGED":
            raise
        found = [
            Damaged(JOURNAL, each.offset, each.length, each.problem)
            for each in damages_of_journal(file_bytes(folder / JOURNAL, LARGEST))
        ]
        return Verified(folder, False, 1, size, 0, 0, {}, tuple(found), holder)
    blocks = [block for done in journal.blocks.values() for block in done]
    files = [*journal.begun.scenarios, *blocks]
    found = list(_damage(folder, files))
    bad = {each.file for each in found}
    runs = sum(block.count for block in blocks if block.name not in bad)
    total = size + sum(file.size for file in files)
    return Verified(folder, False, 1 + len(files), total, runs, journal.runs_asked, {}, tuple(found), holder)


def _damage(folder: Path, files: Sequence[File]) -> Iterator[Damaged]:
    for file in files:
        try:
            data = file_bytes(folder / file.name, 2 * file.size + 2**20)
        except ArchiveError as error:
            yield Damaged(file.name, 0, file.size, error.faults[0].problem)
            continue
        if len(data) != file.size or hashlib.sha256(data).hexdigest() != file.sha256:
            for each in damages(data, file.size, file.piece, file.checks, whole(file.sha256)):
                yield Damaged(file.name, each.offset, each.length, each.problem)


def _damage_of_manifest(folder: Path, error: ArchiveError) -> Iterator[Damaged]:
    try:
        located = damages_of_manifest(file_bytes(folder / NAME, LARGEST))
    except ArchiveError:
        located = [Damage(0, 0, error.faults[0].problem)]
    for each in located:
        yield Damaged(NAME, each.offset, each.length, each.problem)


def _strangers(folder: Path, files: tuple[File, ...]) -> Iterator[Damaged]:
    """Name files among the blocks that were not written with them; those that a killed process left are no matter."""
    known = {file.name for file in files}
    try:
        names = sorted(one.name for one in (folder / "blocks").iterdir())
    except OSError:
        return
    for name in names:
        if f"blocks/{name}" not in known and not (name.startswith(".") and name.endswith(PARTIAL)):
            yield Damaged(f"blocks/{name}", None, None, "this file does not belong to the results")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
