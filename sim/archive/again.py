"""What a results folder answers, asked again: the same digests, or the versions that differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.archive.load import checked_bytes
from sim.archive.manifest import read_manifest
from sim.archive.unfinished import made_with, sides_of
from sim.errors import ArchiveError, Fault, Place, one_line
from sim.experiment.cluster import Cluster
from sim.experiment.ensemble import play
from sim.experiment.plan import Plan
from sim.experiment.playing import environment_of


@dataclass(frozen=True)
class Side:
    """The digest of a side as it was, and as it came out now."""

    name: str
    then: str
    now: str


@dataclass(frozen=True)
class Again:
    """What playing again gave."""

    path: Path
    sides: tuple[Side, ...]
    plan: Plan
    changes: tuple[str, ...]
    """In words, what is not as it was: versions, and what the processor can do."""

    @property
    def runs(self) -> int:
        """Return how many runs of each side were played."""
        return self.plan.runs

    @property
    def same(self) -> bool:
        """Say whether every digest is what it was."""
        return all(side.then == side.now for side in self.sides)

    def error(self) -> ArchiveError:
        """Return the error that says which digests differ, and with which versions."""
        why = "; ".join(self.changes) or "versions and processor are the same, so the folder or the program is at fault"
        remedy = "play with what it was made with" if self.changes else "check it with: detente verify"
        return ArchiveError(
            Fault(
                Place(str(self.path)),
                "NOT-REPRODUCED",
                f"the digest of {one_line(side.name)} was {side.then[:16]}..., now it is {side.now[:16]}...: {why}",
                remedy,
            )
            for side in self.sides
            if side.then != side.now
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what came out as it stands in JSON."""
        return {
            "path": str(self.path),
            "runs": self.runs,
            "same": self.same,
            "digests": {side.name: {"then": side.then, "now": side.now} for side in self.sides},
            "changes": list(self.changes),
        }


def again(
    path: str | Path,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
    *,
    with_players: bool = False,
    cluster: Cluster | str | None = None,
) -> Again:
    """Play what a results folder answers once more, from the scenario kept in it; nothing is written.

    ``with_players`` says that players' code that the folder names is trusted; ``cluster`` plays instead of processes.

    Raises:
        ArchiveError: the folder is damaged or unfinished, or names players that nobody trusts.
        ResourceError: memory or disk do not suffice, or there is no such cluster.
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    for scenario in manifest.scenarios:
        checked_bytes(folder, scenario)
    names = tuple(file.name for file in manifest.scenarios)
    sides = sides_of(folder, manifest.asked, names, with_players=with_players)
    plan = Plan(manifest.asked.runs, manifest.asked.seed, manifest.engine, jobs, cluster=cluster)
    then = {result.name: result.digest for result in manifest.results}
    found = [Side(name, then[name], play(game, plan, progress).digest) for name, game in sides.items()]
    changes = environment_of(plan).differences(made_with(manifest))
    return Again(folder, tuple(found), plan, tuple(changes))


def runs_to_play(path: str | Path) -> int:
    """Return how many runs playing again takes, all sides together. Raises ``ArchiveError``."""
    asked = read_manifest(Path(path)).asked
    return asked.runs * len(asked.regimes)
