"""The journal of an unfinished folder: what was asked, then one line a finished block.

Each line has a checksum of its own. Of a killed process the last line may be cut short: its block is played again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sim.archive.checks import Damage
from sim.archive.manifest import JOURNAL, LARGEST, Asked, Block, Hash, KeptScenario
from sim.archive.reading import RESTORE, file_bytes
from sim.archive.trouble import damaged
from sim.errors import one_line, shortened

_FORMAT = 1
_CHECKSUM = 16
"""Digits of the SHA-256 of a line that stand before it."""


@dataclass(frozen=True)
class Begun:
    """All that is known of a question before it is played: what a manifest will say of it."""

    id: Hash
    when: str
    command: tuple[str, ...]
    asked: Asked
    engine: str
    jobs: int
    scenarios: tuple[KeptScenario, ...]
    columns: dict[str, tuple[str, ...]]
    """The names of the results of each side."""
    strategies: dict[str, dict[str, str | None]]
    """What each actor plays on each side."""
    versions: dict[str, str]
    machine: dict[str, str]
    processor_features: tuple[str, ...]
    format: int = _FORMAT

    def line(self) -> bytes:
        """Return the first line of a journal."""
        parts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        parts["asked"] = self.asked.model_dump(mode="json")
        parts["scenarios"] = [each.model_dump(mode="json") for each in self.scenarios]
        return _line(parts)


@dataclass(frozen=True)
class Journal:
    """What a journal says: the question, and the blocks of each side that are done, in order."""

    begun: Begun
    blocks: dict[str, list[Block]] = field(default_factory=dict)
    good: int = 0
    """Bytes of it that are whole lines."""

    @property
    def runs(self) -> int:
        """Return how many runs are done, all sides together."""
        return sum(block.count for blocks in self.blocks.values() for block in blocks)

    @property
    def runs_asked(self) -> int:
        """Return how many runs were asked for, all sides together."""
        return self.begun.asked.runs * len(self.begun.asked.regimes)


def block_line(side: str, block: Block) -> bytes:
    """Return the line of a journal that says that a block of a side is done."""
    return _line({"side": side} | block.model_dump(mode="json"))


def _line(document: dict[str, Any]) -> bytes:
    text = json.dumps(document, allow_nan=False).encode()
    return _sum(text) + b" " + text + b"\n"


def _sum(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_CHECKSUM].encode()


def read_journal(folder: Path) -> Journal:
    """Return what the journal of an unfinished folder says.

    Raises:
        ArchiveError: there is none, it is damaged, or from a newer version of the program.
    """
    path = folder / JOURNAL
    data = file_bytes(path, LARGEST)
    lines = data.split(b"\n")
    last, start, documents = lines.pop(), 0, []
    for line in lines:
        documents.append((start, _document(path, line, start)))
        start += len(line) + 1
    if last and _is_whole(last[:-1]):
        raise damaged(path, "DAMAGED", f"byte {len(data) - 1} is not as it was written", RESTORE)
    if not documents:
        raise damaged(path, "DAMAGED", "the journal ends before its first line does", RESTORE)
    (_, head), *rest = documents
    begun = _begun(path, head)
    blocks: dict[str, list[Block]] = {side.name: [] for side in begun.asked.regimes}
    for start, document in rest:
        _add(path, start, document, begun, blocks)
    return Journal(begun, blocks, len(data) - len(last))


def damages_of_journal(data: bytes) -> list[Damage]:
    """Return where the lines of a journal are not as they were written; they are known not to be."""
    lines, start, found = data.split(b"\n"), 0, []
    last = lines.pop()
    for line in lines:
        if not _is_whole(line):
            found.append(_in_line(line, start))
        start += len(line) + 1
    if last and _is_whole(last[:-1]):
        found.append(Damage(len(data) - 1, 1, f"byte {len(data) - 1} is not as it was written"))
    return found or [Damage(0, len(data), "the journal is not as it was written")]


def _in_line(line: bytes, start: int) -> Damage:
    for at in range(len(line)):
        for bit in range(8):
            right = line[:at] + bytes([line[at] ^ 1 << bit]) + line[at + 1 :]
            # What was turned may have been the end of a line.
            if all(_is_whole(part) for part in right.split(b"\n")):
                return Damage(start + at, 1, f"a bit of byte {start + at} was turned")
    return Damage(start, len(line) + 1, f"bytes {start} to {start + len(line)} are not as they were written")


def _is_whole(line: bytes) -> bool:
    return line[:_CHECKSUM] == _sum(line[_CHECKSUM + 1 :]) and line[_CHECKSUM : _CHECKSUM + 1] == b" "


def _document(path: Path, line: bytes, start: int) -> Any:
    if not _is_whole(line):
        problem = f"bytes {start} to {start + len(line)} are not as they were written"
        raise damaged(path, "DAMAGED", problem, RESTORE)
    return json.loads(line[_CHECKSUM + 1 :])


def _begun(path: Path, head: Any) -> Begun:
    from pydantic import ValidationError

    version = head.get("format") if isinstance(head, dict) else None
    if isinstance(version, int) and version > _FORMAT:
        problem = f"the journal is of format {shortened(str(version), 20)}, this program reads up to {_FORMAT}"
        raise damaged(path, "NEWER-FORMAT", problem, "use a newer detente")
    try:
        begun: Begun = _reader().validate_json(json.dumps(head))
    except (ValidationError, ValueError, RecursionError) as error:
        told = one_line(shortened(str(error).splitlines()[0]))
        raise damaged(path, "DAMAGED", f"the journal does not say what was asked ({told})", RESTORE) from None
    asked = begun.asked
    sides = [side.name for side in asked.regimes]
    sound = (
        begun.id == asked.id
        and [kept.sha256 for kept in begun.scenarios] == list(asked.scenarios)
        and all(side.scenario < len(begun.scenarios) for side in asked.regimes)
        and list(begun.columns) == sides
        and list(begun.strategies) == sides
    )
    if not sound:
        raise damaged(path, "DAMAGED", "the parts of the journal do not fit together", RESTORE)
    return begun


@cache
def _reader() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Begun)


def _add(path: Path, start: int, document: Any, begun: Begun, blocks: dict[str, list[Block]]) -> None:
    from pydantic import ValidationError

    try:
        side = document.pop("side")
        block = Block.model_validate(document)
        done = blocks[side]
    except (ValidationError, KeyError, TypeError, AttributeError):
        raise damaged(path, "DAMAGED", f"the line at byte {start} names no block", RESTORE) from None
    first = done[-1].first + done[-1].count if done else 0
    if block.first != first or first + block.count > begun.asked.runs:
        raise damaged(path, "DAMAGED", f"the block at byte {start} does not follow those before it", RESTORE)
    done.append(block)
