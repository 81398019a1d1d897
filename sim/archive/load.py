"""Results from disk: the tables with every hash checked, and the command line that asks the same again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sim.archive.checks import damages, whole
from sim.archive.manifest import File, Manifest, Result, read_manifest
from sim.archive.reading import RESTORE, file_bytes
from sim.archive.tables import block_array
from sim.archive.trouble import damaged
from sim.errors import ArchiveError, Fault, Place
from sim.scenario.arithmetic import Floats


@dataclass(frozen=True, eq=False)
class Archived:
    """A results folder that was read and found sound: ``tables`` are (columns, runs), by side of the question."""

    path: Path
    manifest: Manifest
    summary: Mapping[str, Any] = field(repr=False)
    tables: Mapping[str, Floats] = field(repr=False)

    def column(self, regime: str, name: str) -> Floats:
        """Return one result of every run, such as ``nato.costs``; raises ``KeyError``."""
        result = next((result for result in self.manifest.results if result.name == regime), None)
        if result is None or name not in result.columns:
            raise KeyError((regime, name))
        values: Floats = self.tables[regime][result.columns.index(name)]
        return values


def load_results(path: str | Path) -> Archived:
    """Return what a results folder holds. ``payoffs.csv``, which repeats it for spreadsheets, is not read.

    Raises:
        ArchiveError: a file is missing, or not as it was written, or from a newer version; it is named.
        ResourceError: there is no memory for it.
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    for scenario in manifest.scenarios:
        checked_bytes(folder, scenario)
    summary = read_summary(folder, manifest)
    tables = {result.name: _table(folder, result) for result in manifest.results}
    return Archived(folder, manifest, summary, tables)


def ask_again(path: str | Path) -> list[str]:
    """Return the words of the command line that asks what a results folder answers, of the scenario kept in it.

    Raises:
        ArchiveError: the folder is damaged, or its sides differ in more than one command can say.
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    asked, sides = manifest.asked, manifest.asked.regimes
    for scenario in manifest.scenarios:
        checked_bytes(folder, scenario)
    if len(manifest.scenarios) > 2 or any(side.plays != sides[0].plays or side.set != sides[0].set for side in sides):
        problem = "the sides differ in more than one command can say"
        raise damaged(folder, "NOT-ASKABLE", problem, "ask from Python, with the scenarios kept in the folder")
    words = ["detente", asked.question, *(_path_word(folder / scenario.name) for scenario in manifest.scenarios)]
    regimes = list(dict.fromkeys(side.regime for side in sides))
    if len(manifest.scenarios) == 1 or len(regimes) == 1:
        # Two scenarios that were played under different regimes were each played under their first.
        words += [word for regime in regimes for word in ("--regime", regime)]
    words += [word for actor, strategy in sides[0].plays.items() for word in ("--play", f"{actor}={strategy}")]
    words += [word for name, value in sides[0].set.items() for word in ("--set", f"{name}={value!r}")]
    return [*words, "--seed", str(asked.seed), "--runs", str(asked.runs)]


def _path_word(path: Path) -> str:
    """Return a path as a command line can take it: one that starts with a hyphen would be an option."""
    return f"./{path}" if str(path).startswith("-") else str(path)


def read_summary(folder: Path, manifest: Manifest) -> dict[str, Any]:
    """Return the answer as it stands in ``summary.json``. Raises ``ArchiveError``."""
    try:
        summary = json.loads(checked_bytes(folder, manifest.summary))
    except (ValueError, RecursionError):
        summary = None
    if not isinstance(summary, dict):
        raise damaged(folder / manifest.summary.name, "DAMAGED", "this is no summary", RESTORE)
    return summary


def checked_bytes(folder: Path, file: File) -> bytes:
    """Return the bytes of a file of the folder. Raises ``ArchiveError`` unless they are what was written."""
    path = folder / file.name
    data = file_bytes(path, file.size)
    if len(data) == file.size and hashlib.sha256(data).hexdigest() == file.sha256:
        return data
    found = damages(data, file.size, file.piece, file.checks, whole(file.sha256))
    raise ArchiveError(Fault(Place(str(path)), "DAMAGED", damage.problem, RESTORE) for damage in found)


def _table(folder: Path, result: Result) -> Floats:
    blocks = []
    for block in result.blocks:
        data = checked_bytes(folder, block)
        try:
            blocks.append(block_array(data, len(result.columns), block.count))
        except (ValueError, EOFError) as error:
            problem = f"this is not the array expected ({error})"
            raise damaged(folder / block.name, "DAMAGED", problem, RESTORE) from None
    return np.concatenate(blocks, axis=1)
