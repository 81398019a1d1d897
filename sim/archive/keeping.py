"""Keep an answer while it is worked out: a folder that takes stored blocks as they come, whole or not at all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from sim.archive import manifest as kept
from sim.archive.asked import Question, plain, question
from sim.archive.environment import machine, processor_features, versions
from sim.archive.folder import NewFolder
from sim.archive.root import not_a_root
from sim.archive.tables import block_pieces, file_names, payoffs_csv
from sim.archive.trouble import ELSEWHERE
from sim.engine.record import STORED, columns_of, payoff_columns
from sim.errors import CommandError, Fault, Place
from sim.experiment.ensemble import Ensemble
from sim.experiment.plan import Plan
from sim.experiment.room import check_disk, free
from sim.model.game import Game
from sim.scenario.arithmetic import Floats

MOST_IN_CSV = 100_000
"""Runs a side up to which there is a ``payoffs.csv``: a spreadsheet opens about a million rows."""

_A_NUMBER = 24
"""Most bytes of a number in CSV."""


class Keeping:
    """A folder ``root/<scenario>/<time>-<id>`` in the making; a context in which the sides are played and answered.

    Leaving the context puts it in its place, ``path`` from then on; leaving it by an error leaves nothing.
    ``command`` is the command line as it was given, ``began`` when the work began (default: now).

    Raises:
        CommandError: ``root`` is the root of a file system, or something is set that no command line can set.
        ArchiveError: nothing may be written there.
        ResourceError: the disk has less room than the answer needs, told before anything is written; or it fails.
    """

    def __init__(
        self,
        asked: Question,
        sides: Mapping[str, Game],
        plan: Plan,
        root: Path,
        command: Sequence[str] = (),
        began: datetime | None = None,
    ) -> None:
        self._sides, self._plan, self._command = sides, plan, command
        self._when = (began or datetime.now(UTC)).astimezone(UTC)
        self._asked, self._texts = question(asked, sides, plan)
        home = not_a_root(root) / self._texts[0].scenario
        needed = _bytes_needed(sides, plan.runs) + sum(len(text.data) for text in self._texts)
        check_disk(home, needed, ELSEWHERE)
        if plan.runs > _most_listed(sides):
            problem = f"the manifest of a results folder can list {_most_listed(sides):,} runs of so many sides"
            raise CommandError(Fault(Place("command line"), "RUNS", problem, "ask for fewer runs with --runs"))
        self._folder = NewFolder(home, f"{self._when:%Y%m%dT%H%M%SZ}-{self._asked.id[:8]}", needed)
        safe = file_names(sides)
        self.stores = {name: FolderBlocks(self._folder, safe[name], game) for name, game in sides.items()}
        """Where the runs of each side are kept while they are played."""

    @property
    def path(self) -> Path:
        """Return the folder's place, once it is there."""
        return self._folder.path

    @property
    def told(self) -> list[str]:
        """Return in words where the results are, and what is not among them."""
        lines = [f"results in {self.path}"]
        if self._plan.runs > MOST_IN_CSV:
            lines.append(f"note: there is no payoffs.csv of more than {MOST_IN_CSV:,} runs; blocks/ has them all")
        return lines

    def __enter__(self) -> Keeping:
        self._folder.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.__exit__(kind, error, trace)

    def finish(self, summary: dict[str, Any], sides: Mapping[str, Ensemble]) -> None:
        """Write the answer, and all that is known about the runs in the stores: the ensembles of ``sides``."""
        folder = self._folder
        few = self._plan.runs <= MOST_IN_CSV
        manifest = kept.Manifest(
            id=self._asked.id,
            when=f"{self._when:%Y-%m-%dT%H:%M:%S.%fZ}",
            command=tuple(plain(word) for word in self._command),
            asked=self._asked,
            engine=self._plan.engine,
            scenarios=tuple(self._scenarios()),
            results=tuple(
                kept.Result(
                    name=plain(name),
                    strategies={actor.name: actor.strategy for actor in ensemble.game.actors},
                    digest=ensemble.digest,
                    columns=tuple(ensemble.columns),
                    blocks=tuple(self.stores[name].blocks),
                )
                for name, ensemble in sides.items()
            ),
            payoffs=folder.write("payoffs.csv", payoffs_csv(sides)) if few else None,
            summary=folder.write("summary.json", [kept.json_bytes(summary)]),
            versions=versions(),
            machine=machine(),
            processor_features=tuple(processor_features()),
        )
        folder.write(kept.NAME, [manifest.to_bytes()])

    def _scenarios(self) -> Iterator[kept.KeptScenario]:
        for place, text in enumerate(self._texts, 1):
            file = self._folder.write(f"scenario-{place}.yaml" if place > 1 else "scenario.yaml", [text.data])
            yield kept.KeptScenario(**file.model_dump(), scenario=text.scenario, sources=text.sources)


class FolderBlocks:
    """The stored blocks of one side, each a file of a folder in the making; they are found after it has moved too."""

    def __init__(self, folder: NewFolder, stem: str, game: Game) -> None:
        self._folder, self._stem = folder, stem
        self.blocks: list[kept.Block] = []
        """What is kept, as the manifest will name it."""

    def keep(self, table: Floats) -> None:
        """Keep a table (columns, runs)."""
        first = self.blocks[-1].first + self.blocks[-1].count if self.blocks else 0
        file = self._folder.write(f"blocks/{self._stem}-{len(self.blocks):05d}.npy", block_pieces(table))
        self.blocks.append(kept.Block(**file.model_dump(), first=first, count=table.shape[1]))

    def read(self, number: int, rows: Sequence[int]) -> Floats:
        """Return some rows of a block as a new array (rows, runs)."""
        table = np.load(self._folder.place / self.blocks[number].name, mmap_mode="r", allow_pickle=False)
        chosen: Floats = np.asarray(table[list(rows)])
        return chosen

    def __len__(self) -> int:
        return len(self.blocks)


def most_runs(sides: Mapping[str, Game], root: Path) -> int:
    """Return how many runs of each side can be kept below ``root``: for which the disk and a manifest have room."""
    there = free(root)
    columns = sum(len(columns_of(game)) for game in sides.values())
    a_run = 8 * columns + len(sides) * kept.A_BLOCK / STORED
    room = math.inf if there is None else (there - 2**20) / a_run
    return int(max(min(room, _most_listed(sides)), 0))


def _most_listed(sides: Mapping[str, Game]) -> int:
    return STORED * (kept.LARGEST // 2 // kept.A_BLOCK // len(sides))


def _bytes_needed(sides: Mapping[str, Game], runs: int) -> int:
    """Return about how many bytes the results of so many runs of each side take, with what is told about them."""
    columns = sum(len(columns_of(game)) for game in sides.values())
    told = len(sides) * kept.A_BLOCK * -(-runs // STORED)
    cells = sum(len(list(payoff_columns(game))) for game in sides.values()) if runs <= MOST_IN_CSV else 0
    return 8 * columns * runs + told + _A_NUMBER * cells * runs + 2**16
