"""Keep the answer to a question that was asked from Python: a folder of its own under ``root/<scenario>/``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sim.archive.asked import Question
from sim.archive.keeping import Keeping
from sim.experiment.compare import Comparison
from sim.experiment.ensemble import Ensemble
from sim.experiment.plan import Plan

RESULTS = Path("results")
"""Where results go unless told otherwise."""


def save_run(
    ensemble: Ensemble, root: Path = RESULTS, command: Sequence[str] = (), began: datetime | None = None
) -> Path:
    """Keep a run; return its folder.

    ``command`` is the command line as it was given, ``began`` when the work began (default: now).

    Raises:
        CommandError: ``root`` is the root of a file system.
        ArchiveError: nothing may be written there.
        ResourceError: the disk is full or fails; nothing is left of what was written.
    """
    sides = {ensemble.game.regime: ensemble}
    return _saved("run", sides, ensemble.plan, ensemble.to_dict(), root, command, began)


def save_comparison(
    comparison: Comparison, root: Path = RESULTS, command: Sequence[str] = (), began: datetime | None = None
) -> Path:
    """Keep a comparison; return its folder. What ``save_run`` says holds here.

    The sides of a comparison of several scenarios keep one each, in order: ``scenario.yaml``, ``scenario-2.yaml``.
    """
    return _saved("compare", comparison.ensembles, comparison.plan, comparison.to_dict(), root, command, began)


def _saved(
    asked: Question,
    sides: Mapping[str, Ensemble],
    plan: Plan,
    summary: dict[str, Any],
    root: Path,
    command: Sequence[str],
    began: datetime | None,
) -> Path:
    games = {name: ensemble.game for name, ensemble in sides.items()}
    with Keeping(asked, games, plan, root, command, began) as keeping:
        for name, ensemble in sides.items():
            for table in ensemble.blocks():
                keeping.stores[name].keep(table)
        keeping.finish(summary, sides)
    return keeping.path
