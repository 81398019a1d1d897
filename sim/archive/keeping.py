"""Keep an answer while it is worked out: a folder that takes stored blocks as they come, whole or not at all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from sim.archive import manifest as kept
from sim.archive.asked import Question, plain, question
from sim.archive.checks import PIECE
from sim.archive.folder import OpenFolder, clear_stillborn, resume_words
from sim.archive.journal import Begun, Journal, block_line
from sim.archive.root import not_a_root
from sim.archive.tables import block_pieces, file_names, payoffs_csv
from sim.archive.trouble import ELSEWHERE
from sim.engine.record import STORED, columns_of, payoff_columns
from sim.errors import ArchiveError, CommandError, Fault, Interrupted, Place, ResourceError, ScenarioError
from sim.experiment.ensemble import Ensemble
from sim.experiment.plan import Plan
from sim.experiment.playing import environment_of
from sim.experiment.room import check_disk, free
from sim.model.game import Game
from sim.scenario.arithmetic import Floats

MOST_IN_CSV = 100_000
"""Runs a side up to which there is a ``payoffs.csv``: a spreadsheet opens about a million rows."""

_A_NUMBER = 24
"""Most bytes of a number in CSV."""

_AT_FAULT = (ScenarioError, CommandError, ArchiveError)
"""Errors that would come again, whoever goes on."""

_FEW_BLOCKS, _PIECES, _PIECES_OF_MANY = 10_000, 128, 8
"""Blocks up to which each has so many checksums of pieces, and how many each of more has."""


class Keeping:
    """A folder ``root/<scenario>/<time>-<id>`` in the making; a context in which the sides are played and answered.

    Leaving the context by an error leaves nothing; if it is ``lasting``, what was finished by then stays and can be
    gone on with, unless the scenario is at fault. ``command`` is the command line as it was given, ``began`` when the
    work began (default: now).

    Raises:
        CommandError: ``root`` is the root of a file system, or something is set that no command line can set; or the
            library for clusters is not installed.
        ArchiveError: nothing may be written there.
        ResourceError: the disk has less room than the answer needs, told before anything is written; or it fails, or
            there is no such cluster.
    """

    def __init__(
        self,
        asked: Question,
        sides: Mapping[str, Game],
        plan: Plan,
        root: Path,
        command: Sequence[str] = (),
        began: datetime | None = None,
        *,
        lasting: bool = False,
    ) -> None:
        self._asked, self._texts = question(asked, sides, plan)
        self._begun: Begun | None = None
        self._made = environment_of(plan)
        self._sides, self._command, self._lasting, self._again = sides, command, lasting, False
        self._when = (began or datetime.now(UTC)).astimezone(UTC)
        self._home = not_a_root(root) / self._texts[0].scenario
        needed = _bytes_needed(sides, plan.runs) + sum(len(text.data) for text in self._texts)
        check_disk(self._home, needed, ELSEWHERE)
        if plan.runs > _most_listed(sides):
            problem = f"the manifest of a results folder can list {_most_listed(sides):,} runs of so many sides"
            raise CommandError(Fault(Place("command line"), "RUNS", problem, "ask for fewer runs with --runs"))
        folder = OpenFolder(self._home, f"{self._when:%Y%m%dT%H%M%SZ}-{self._asked.id[:8]}", needed)
        self._keep_in(folder, sides, plan)

    @classmethod
    def resumed(cls, folder: OpenFolder, journal: Journal, sides: Mapping[str, Game], plan: Plan) -> Keeping:
        """Return an unfinished folder that was reopened, with what is done; it stays whatever happens."""
        keeping = cls.__new__(cls)
        keeping._begun, keeping._lasting, keeping._again = journal.begun, True, True
        keeping._keep_in(folder, sides, plan)
        for name, store in keeping.stores.items():
            store.blocks += journal.blocks[plain(name)]
        return keeping

    def _keep_in(self, folder: OpenFolder, sides: Mapping[str, Game], plan: Plan) -> None:
        self._folder, self._plan = folder, plan
        safe, piece = file_names(sides), _piece(sides, plan.runs)
        self.stores = {name: FolderBlocks(folder, name, safe[name], game, piece) for name, game in sides.items()}
        """Where the runs of each side are kept while they are played."""

    @property
    def path(self) -> Path:
        """Return the folder's place, once it is there."""
        return self._folder.path

    @property
    def told(self) -> list[str]:
        """Return in words where the results are, and what is not among them."""
        lines = [f"results in {self.path}"]
        if self._plan.elsewhere is not None:
            lines += self._plan.elsewhere.told
        if self._plan.runs > MOST_IN_CSV:
            lines.append(f"note: there is no payoffs.csv of more than {MOST_IN_CSV:,} runs; blocks/ has them all")
        return lines

    @property
    def done(self) -> bool:
        """Say whether any block is finished."""
        return any(len(store) for store in self.stores.values())

    def __enter__(self) -> Keeping:
        if not self._again:
            clear_stillborn(self._home)
        self._folder.__enter__()
        try:
            if self._begun is None:
                self._begun = self._begin()
        except BaseException as error:
            self._folder.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._again:
            self._folder.worth_keeping = self._lasting and self.done and not isinstance(error, _AT_FAULT)
        try:
            self._folder.__exit__(kind, error, trace)
        except ResourceError as failure:
            error = failure
        if error is None or not self._folder.worth_keeping:
            if error is not None and kind is None:
                raise error
            return
        if isinstance(error, KeyboardInterrupt):
            problem = "stopped; what was finished is kept"
            fault = Fault(Place("command line"), "INTERRUPTED", problem, f"go on with: {self.how_to_go_on}")
            raise Interrupted(fault) from None
        if isinstance(error, ResourceError):
            then = f"; then go on with: {self.how_to_go_on}"
            raise ResourceError(replace(fault, remedy=fault.remedy + then) for fault in error.faults) from None

    @property
    def how_to_go_on(self) -> str:
        """Return the command that goes on with the work."""
        return resume_words(self.path)

    def _begin(self) -> Begun:
        """Write down what is asked, before anything is played."""
        begun = Begun(
            id=self._asked.id,
            when=f"{self._when:%Y-%m-%dT%H:%M:%S.%fZ}",
            command=tuple(plain(word) for word in self._command),
            asked=self._asked,
            engine=self._plan.engine,
            jobs=self._plan.jobs,
            scenarios=tuple(self._scenarios()),
            columns={plain(name): columns_of(game) for name, game in self._sides.items()},
            strategies={
                plain(name): {actor.name: actor.strategy for actor in game.actors} for name, game in self._sides.items()
            },
            versions=self._made.versions,
            machine=self._made.machine,
            processor_features=self._made.processor_features,
        )
        self._folder.write(kept.JOURNAL, [begun.line()])
        self._folder.settle()
        return begun

    def finish(self, summary: dict[str, Any], sides: Mapping[str, Ensemble]) -> None:
        """Write the answer, and all that is known about the runs in the stores: the ensembles of ``sides``."""
        folder, begun = self._folder, self._begun
        if begun is None:
            raise AssertionError("nothing was begun")
        few = self._plan.runs <= MOST_IN_CSV
        manifest = kept.Manifest(
            id=begun.id,
            when=begun.when,
            command=begun.command,
            asked=begun.asked,
            engine=begun.engine,
            scenarios=begun.scenarios,
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
            versions=begun.versions,
            machine=begun.machine,
            processor_features=begun.processor_features,
            cluster=None if self._plan.elsewhere is None else kept.Cluster(**self._plan.elsewhere.to_dict()),
        )
        folder.settle()
        folder.write(kept.NAME, [manifest.to_bytes()])

    def _scenarios(self) -> Iterator[kept.KeptScenario]:
        for place, text in enumerate(self._texts, 1):
            file = self._folder.write(f"scenario-{place}.yaml" if place > 1 else "scenario.yaml", [text.data])
            yield kept.KeptScenario(**file.model_dump(), scenario=text.scenario, sources=text.sources)


class FolderBlocks:
    """The stored blocks of one side, each a file of a folder in the making, and a line of its journal once it is there.

    What is kept when it is made are blocks that were finished earlier: more follow them.
    """

    def __init__(self, folder: OpenFolder, name: str, stem: str, game: Game, piece: int) -> None:
        self._folder, self._name, self._stem, self._piece = folder, plain(name), stem, piece
        self._columns = len(columns_of(game))
        self.blocks: list[kept.Block] = []
        """What is kept, as the manifest will name it."""

    def keep(self, table: Floats) -> None:
        """Keep a table (columns, runs)."""
        first = self.blocks[-1].first + self.blocks[-1].count if self.blocks else 0
        name = f"blocks/{self._stem}-{len(self.blocks):05d}.npy"
        file = self._folder.write(name, block_pieces(table), self._piece)
        self._folder.settle()
        block = kept.Block(**file.model_dump(), first=first, count=table.shape[1])
        self._folder.note(block_line(self._name, block))
        self.blocks.append(block)

    def read(self, number: int, rows: Sequence[int]) -> Floats:
        """Return some rows of a block as a new array (rows, runs)."""
        table = np.load(self._folder.path / self.blocks[number].name, mmap_mode="r", allow_pickle=False)
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


def _piece(sides: Mapping[str, Game], runs: int) -> int:
    """Return how many bytes of a block have a checksum of their own: more where a manifest lists many blocks."""
    blocks = len(sides) * -(-runs // STORED)
    largest = 8 * STORED * max(len(columns_of(game)) for game in sides.values()) + 128
    return max(PIECE, -(-largest // (_PIECES if blocks <= _FEW_BLOCKS else _PIECES_OF_MANY)))


def _bytes_needed(sides: Mapping[str, Game], runs: int) -> int:
    """Return about how many bytes the results of so many runs of each side take, with what is told about them."""
    columns = sum(len(columns_of(game)) for game in sides.values())
    told = len(sides) * kept.A_BLOCK * -(-runs // STORED)
    cells = sum(len(list(payoff_columns(game))) for game in sides.values()) if runs <= MOST_IN_CSV else 0
    return 8 * columns * runs + told + _A_NUMBER * cells * runs + 2**16
