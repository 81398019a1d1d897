"""An unfinished folder of results, gone on with: what is done is checked and read, the rest is played.

Only the process that goes on writes to it, and only with what it was begun with: a digest that came of two versions of
a library would be nobody's.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sim.archive import disk
from sim.archive.folder import LOCK, OpenFolder, clear_leftovers
from sim.archive.journal import Begun, Journal, read_journal
from sim.archive.keeping import Keeping
from sim.archive.load import checked_bytes
from sim.archive.manifest import JOURNAL, NAME, Asked, File, Manifest
from sim.archive.trouble import damaged
from sim.engine.record import columns_of
from sim.errors import ArchiveError, Fault, Place, ScenarioError, one_line, quoted
from sim.experiment.cluster import Cluster
from sim.experiment.environment import Environment
from sim.experiment.plan import Plan
from sim.experiment.playing import environment_of
from sim.model.compiling import compiled
from sim.model.game import Game, Setting
from sim.scenario.load import load
from sim.scenario.text import file_bytes, source_text


@dataclass(frozen=True)
class GoingOn:
    """A folder that this process goes on with: its question, its sides, how they are played, where they are kept."""

    begun: Begun
    sides: dict[str, Game]
    plan: Plan
    keeping: Keeping
    done: int
    """Runs that were finished before, all sides together."""


def is_complete(folder: Path) -> bool:
    """Say whether a folder of results has its manifest: there is nothing to go on with."""
    return os.path.lexists(folder / NAME)


def tidy(folder: Path) -> None:
    """Remove journal and lock of a complete folder whose process was killed just before. Raises ``ArchiveError``."""
    if any(os.path.lexists(folder / name) for name in (JOURNAL, LOCK)):
        with OpenFolder.reopened(folder):
            """Leaving it removes both."""


@contextmanager
def going_on(
    path: str | Path,
    jobs: int | None = None,
    *,
    as_kept: bool = False,
    with_players: bool = False,
    cluster: Cluster | str | None = None,
) -> Iterator[GoingOn]:
    """Go on with an unfinished folder, locked against others; leaving the context by an error leaves it unfinished.

    ``as_kept`` says that a scenario file that was edited since is no matter: the text in the folder is played.
    ``with_players`` says that players' code that the folder names is trusted; ``cluster`` plays instead of processes.

    Raises:
        ArchiveError: it is no unfinished folder, is damaged or in use, or was begun with something else.
        ResourceError: the disk is full or fails, or there is no such cluster.
    """
    folder = Path(path)
    if not folder.is_dir() or not os.path.lexists(folder / JOURNAL):
        problem = "there is nothing unfinished here"
        raise damaged(folder, "NOTHING-TO-RESUME", problem, "name a folder that 'detente results' lists as unfinished")
    with OpenFolder.reopened(folder) as opened:
        if is_complete(folder):
            raise damaged(folder, "NOTHING-TO-RESUME", "another process has just finished this", "read it")
        journal = read_journal(folder)
        begun = journal.begun
        before = begun.jobs if cluster is None else 1
        plan = Plan(begun.asked.runs, begun.asked.seed, begun.engine, before if jobs is None else jobs, cluster=cluster)
        _check(folder, journal, plan, as_kept)
        clear_leftovers(folder)
        _cut_off(folder, journal)
        names = tuple(file.name for file in begun.scenarios)
        sides = sides_of(folder, begun.asked, names, with_players=with_players)
        for name, game in sides.items():
            if columns_of(game) != begun.columns[name]:
                problem = f"the results of {one_line(name)} have other columns than those that were begun"
                raise damaged(folder / JOURNAL, "DAMAGED", problem, "ask again")
        keeping = Keeping.resumed(opened, journal, sides, plan)
        with keeping:
            yield GoingOn(begun, sides, plan, keeping, journal.runs)


def sides_of(folder: Path, asked: Asked, scenarios: tuple[str, ...], *, with_players: bool = False) -> dict[str, Game]:
    """Return the sides of a question as the folder keeps them.

    Raises:
        ArchiveError: the folder names players by their code, and nobody has said that it is trusted.
        ScenarioError: the scenario kept there is none.
        CommandError: what was set cannot be set.
    """
    # A folder is data that may come from a stranger; a name such as this says which code is to be run.
    players = [strategy for side in asked.regimes for strategy in side.plays.values() if ":" in strategy]
    if players and not with_players:
        problem = f"these results were played by code: {quoted(players[0])}"
        raise damaged(folder, "PLAYERS", problem, "if you trust it, add --with-players")
    loaded = [load(folder / name) for name in scenarios]
    return {
        side.name: compiled(loaded[side.scenario], Setting(side.regime, dict(side.plays), dict(side.set)))
        for side in asked.regimes
    }


def made_with(told: Begun | Manifest) -> Environment:
    """Return with what results were made, as their journal or manifest tells."""
    return Environment(dict(told.versions), dict(told.machine), tuple(told.processor_features))


def _check(folder: Path, journal: Journal, plan: Plan, as_kept: bool) -> None:
    begun = journal.begun
    faults: list[Fault] = []
    files: list[File] = [*begun.scenarios, *(block for blocks in journal.blocks.values() for block in blocks)]
    for file in files:
        try:
            checked_bytes(folder, file)
        except ArchiveError as error:
            faults += error.faults
    if faults:
        raise ArchiveError(faults)
    changed = environment_of(plan).differences(made_with(begun))
    if changed:
        problem = f"this was begun with something else: {'; '.join(changed)}"
        remedy = "go on with what it was begun with, or ask again"
        raise damaged(folder, "OTHER-VERSION", problem, remedy)
    if as_kept:
        return
    for scenario in begun.scenarios:
        for source in scenario.sources:
            if _edited(Path(source.file), source.sha256):
                problem = f"this scenario was edited after '{folder}' was begun with it"
                remedy = "ask again, or go on with the text kept in the folder: --as-kept"
                faults.append(Fault(Place(source.file), "EDITED", problem, remedy))
    if faults:
        raise ArchiveError(faults)


def _edited(file: Path, sha256: str) -> bool:
    """Say whether a scenario's file is still there and holds another text; it is compared as it was read."""
    if not file.exists():
        return False
    try:
        text = source_text(file_bytes(file, str(file)), str(file)).text
    except ScenarioError:
        return True
    return hashlib.sha256(text.encode()).hexdigest() != sha256


def _cut_off(folder: Path, journal: Journal) -> None:
    """Cut off the end of a line that a killed process had not finished."""
    path = folder / JOURNAL
    if path.stat().st_size > journal.good:
        with disk.append_to(path) as stream:
            stream.truncate(journal.good)
            disk.sync(stream)
