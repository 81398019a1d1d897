"""Every run of a results folder as one table: the columns of ``--csv``, one row a run and regime.

Blocks are checked before they are handed on; of a damaged or unfinished folder the sound ones can be had.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.archive.journal import read_journal
from sim.archive.load import checked_bytes
from sim.archive.manifest import JOURNAL, NAME, Asked, Block, read_manifest
from sim.archive.reading import RESTORE
from sim.archive.tables import block_array
from sim.archive.trouble import damaged
from sim.errors import ArchiveError
from sim.experiment.tables import Cell, Row, Table
from sim.scenario.arithmetic import Floats

_WHOLE = ("count.", "actions.")
"""How results begin that are whole numbers."""

_A_CELL = 10
"""About how many bytes a cell takes as text."""


@dataclass(frozen=True)
class _Side:
    """What a folder holds of one side: the names of its results, what each actor plays, and its blocks."""

    name: str
    scenario: str
    columns: tuple[str, ...]
    plays: Mapping[str, str | None]
    blocks: tuple[Block, ...]

    def tidy(self) -> dict[str, str]:
        """Return what each column of a row is called, and the result that it is."""
        paid = [name for name in self.columns if name in self.plays or self._entry_of(name)]
        rest = [name for name in self.columns if name not in set(paid)]
        actions = [name for name in rest if name.startswith("actions.")]
        last = [name for name in ("ended", "duration") if name in rest]
        others = [name for name in rest if name not in {*actions, *last}]
        named = {f"payoff.{name}": name for name in paid if name in self.plays}
        named |= {f"ledger.{name}": name for name in paid if name not in self.plays}
        return named | {name: name for name in (*others, *actions, *last)}

    def _entry_of(self, name: str) -> bool:
        # Entries of ledgers stand before all that is no payoff, and their actor's payoff before them.
        return name.partition(".")[0] in self.plays and self.columns.index(name) < self._paid

    @property
    def _paid(self) -> int:
        ends = [place for place, name in enumerate(self.columns) if name.startswith("final.") or name == "ended"]
        return min(ends, default=len(self.columns))


@dataclass(frozen=True)
class Exported:
    """The rows of a folder, made as they are asked for; ``left_out`` grows with the blocks that could not be used."""

    table: Table
    kinds: Mapping[str, str]
    """What each column holds: ``text``, ``whole``, ``number`` or ``truth``."""
    left_out: list[str]
    needed: int
    """About how many bytes they take as text."""


def exported(path: str | Path, *, only_sound: bool = False) -> Exported:
    """Return the runs of a folder of results.

    ``only_sound`` leaves out blocks that are damaged, and takes what an unfinished folder holds so far.

    Raises:
        ArchiveError: it is no results folder, or unfinished; while rows are made: a block is damaged.
    """
    folder = Path(path)
    asked, sides = _sides(folder, only_sound)
    names = {side.name: side.tidy() for side in sides}
    actors = list(dict.fromkeys(actor for side in sides for actor in side.plays))
    results = list(dict.fromkeys(column for tidy in names.values() for column in tidy))
    for last in ("ended", "duration"):
        if last in results:
            results.append(results.pop(results.index(last)))
    columns = ("scenario", "regime", "run", "seed", *(f"plays.{actor}" for actor in actors), *results)
    kinds = {"scenario": "text", "regime": "text", "run": "whole", "seed": "whole"}
    kinds |= {f"plays.{actor}": "text" for actor in actors}
    kinds |= {
        name: "truth" if name == "ended" else "whole" if name.startswith(_WHOLE) else "number" for name in results
    }
    left_out: list[str] = []

    def rows() -> Iterator[Row]:
        for side in sides:
            tidy = names[side.name]
            plays = tuple(side.plays.get(actor) for actor in actors)
            for block in side.blocks:
                table = _table(folder, side, block, left_out if only_sound else None)
                if table is None:
                    continue
                held = [_cells(column, tidy, side, table) for column in results]
                for number, values in enumerate(zip(*held, strict=True), block.first):
                    yield (side.scenario, side.name, number, asked.seed, *plays, *values)

    runs = sum(block.count for side in sides for block in side.blocks)
    return Exported(Table(columns, rows()), kinds, left_out, _A_CELL * len(columns) * runs)


def _sides(folder: Path, only_sound: bool) -> tuple[Asked, list[_Side]]:
    if only_sound and not os.path.lexists(folder / NAME) and os.path.lexists(folder / JOURNAL):
        journal = read_journal(folder)
        asked, kept = journal.begun.asked, journal.begun.scenarios
        begun, blocks = journal.begun, journal.blocks
        return asked, [
            _Side(
                side.name,
                kept[side.scenario].scenario,
                begun.columns[side.name],
                begun.strategies[side.name],
                tuple(blocks[side.name]),
            )
            for side in asked.regimes
        ]
    manifest = read_manifest(folder)
    return manifest.asked, [
        _Side(result.name, manifest.scenarios[side.scenario].scenario, result.columns, result.strategies, result.blocks)
        for side, result in zip(manifest.asked.regimes, manifest.results, strict=True)
    ]


def _table(folder: Path, side: _Side, block: Block, left_out: list[str] | None) -> Floats | None:
    try:
        data = checked_bytes(folder, block)
        try:
            return block_array(data, len(side.columns), block.count)
        except (ValueError, EOFError) as error:
            problem = f"this is not the array expected ({error})"
            raise damaged(folder / block.name, "DAMAGED", problem, RESTORE) from None
    except ArchiveError as error:
        if left_out is None:
            raise
        last = block.first + block.count - 1
        left_out.append(f"runs {block.first:,} to {last:,} of {side.name} ({block.name}: {error.faults[0].problem})")
        return None


def _cells(column: str, tidy: Mapping[str, str], side: _Side, table: Floats) -> list[Cell]:
    if column not in tidy:
        return [None] * table.shape[1]
    values = table[side.columns.index(tidy[column])]
    if column == "ended":
        return list(values.astype(bool).tolist())
    if column.startswith(_WHOLE):
        return list(values.astype(np.int64).tolist())
    # Adding 0.0 turns -0.0 into 0.0.
    return list((values + 0.0).tolist())
