"""The answer that a results folder holds, as it was when it was played: every run is read, and none is played.

Every byte is checked against the manifest, and what comes out against the digest that it was kept with.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.archive.load import checked_bytes
from sim.archive.manifest import Manifest, Result, read_manifest
from sim.archive.reading import RESTORE
from sim.archive.tables import block_array
from sim.archive.trouble import damaged
from sim.archive.unfinished import sides_of
from sim.engine.record import columns_of
from sim.errors import one_line
from sim.experiment.compare import Comparison
from sim.experiment.ensemble import Ensemble, Progress, play
from sim.experiment.plan import Plan
from sim.model.game import Game
from sim.scenario.arithmetic import Floats


class KeptBlocks:
    """The stored blocks of one side of a results folder, read when they are asked for; they are all there."""

    def __init__(self, folder: Path, result: Result) -> None:
        self._folder, self._result = folder, result

    def keep(self, table: Floats) -> None:
        """Refuse: the folder is complete."""
        raise AssertionError("a complete folder takes no more runs")

    def read(self, number: int, rows: Sequence[int]) -> Floats:
        """Return some rows of a block as a new array (rows, runs). Raises ``ArchiveError`` where it is damaged."""
        block = self._result.blocks[number]
        data = checked_bytes(self._folder, block)
        try:
            table = block_array(data, len(self._result.columns), block.count)
        except (ValueError, EOFError) as error:
            problem = f"this is not the array expected ({error})"
            raise damaged(self._folder / block.name, "DAMAGED", problem, RESTORE) from None
        return np.ascontiguousarray(table[list(rows)])

    def __len__(self) -> int:
        return len(self._result.blocks)


def answered(
    path: str | Path, progress: Progress | None = None, *, with_players: bool = False
) -> tuple[Ensemble | Comparison, Manifest]:
    """Return what a results folder answers, and its manifest. ``progress`` is told of runs that were read.

    ``with_players`` says that players' code that the folder names is trusted.

    Raises:
        ArchiveError: the folder is unfinished or damaged, names players that nobody trusts, or was made by a version
            whose results have other columns or digests.
        ResourceError: memory does not suffice.
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    for scenario in manifest.scenarios:
        checked_bytes(folder, scenario)
    names = tuple(file.name for file in manifest.scenarios)
    sides = sides_of(folder, manifest.asked, names, with_players=with_players)
    plan = Plan(manifest.asked.runs, manifest.asked.seed, manifest.engine)
    results = {result.name: result for result in manifest.results}
    ensembles = {name: _ensemble(folder, results[name], game, plan, progress) for name, game in sides.items()}
    if manifest.asked.question == "compare":
        return Comparison(ensembles, plan), manifest
    (only,) = ensembles.values()
    return only, manifest


def runs_kept(path: str | Path) -> int:
    """Return how many runs a results folder has, all sides together. Raises ``ArchiveError``."""
    asked = read_manifest(Path(path)).asked
    return asked.runs * len(asked.regimes)


def _ensemble(folder: Path, result: Result, game: Game, plan: Plan, progress: Progress | None) -> Ensemble:
    if tuple(columns_of(game)) != result.columns:
        problem = f"the results of {one_line(result.name)} have other columns than this version gives them"
        remedy = "read them with the version that made them (its manifest.json names it), or ask again"
        raise damaged(folder, "OTHER-VERSION", problem, remedy)
    ensemble = play(game, plan, progress, KeptBlocks(folder, result))
    if ensemble.digest != result.digest:
        problem = f"the runs of {one_line(result.name)} do not have the digest that they were kept with"
        raise damaged(folder, "DAMAGED", problem, RESTORE)
    return ensemble
