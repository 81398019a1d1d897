"""``make reference``: what every shipped scenario gives, recorded below ``results/reference/`` and compared by tests.

A record is a JSON document of a few runs under every regime, with what it was made with, and a picture of it.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.contender import ROOT
from sim.experiment.compare import Comparison, play_sides, sides_of
from sim.experiment.ensemble import Ensemble
from sim.experiment.environment import machine, processor_features, versions
from sim.experiment.plan import planned_for
from sim.model.compiling import regime_names
from sim.model.game import Setting
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.scenario.shipped import shipped

FOLDER = ROOT / "results" / "reference"

RUNS = 64
"""Runs of every regime; of a scenario that asks for fewer, so many."""

TURNS = 20_000
"""Turns of runs of every regime, at most: of long games fewer runs are played."""

DRAWN = 10
"""Regimes in the picture: the first so many."""

CLOSE = 1e-12
"""How far a number may lie off, in units of its size, on another machine or with other libraries."""

_PASSED = ("python", "numpy", "scipy")
"""What numbers of a run pass through, beside this program."""


def recorded(name: str) -> Path:
    """Return where the record of a shipped scenario lies; its picture lies beside it, as ``.svg``."""
    return FOLDER / f"{name}.json"


def made_with() -> dict[str, Any]:
    """Return what the last bit of a result may depend on."""
    known = versions()
    return {
        **machine(),
        "system": platform.system(),
        "libc": " ".join(platform.libc_ver()).strip(),
        "features": processor_features(),
        **{name: known[name] for name in _PASSED},
    }


def played(scenario: Scenario, most: int | None = None) -> Comparison:
    """Play every regime of a scenario, or the first so many, on the same luck."""
    turns = scenario.clock.turns
    runs = min(RUNS, scenario.monte_carlo.runs, max(2, TURNS // turns))
    plan = planned_for(scenario, runs, None)
    return play_sides(sides_of(scenario, regime_names(scenario)[:most], Setting()), plan)


def document_of(name: str, path: Path) -> dict[str, Any]:
    """Return the record of a scenario: the first two regimes whole, of the others what they bring."""
    answer = played(load(path))
    return {
        "scenario": name,
        "runs": answer.plan.runs,
        "seed": answer.plan.seed,
        "made_with": made_with(),
        "regimes": {
            regime: _whole(ensemble) if place < 2 else _short(ensemble)
            for place, (regime, ensemble) in enumerate(answer.ensembles.items())
        },
    }


def _short(ensemble: Ensemble) -> dict[str, Any]:
    return {
        "digest": ensemble.digest,
        "payoffs": {actor.name: _numbers(ensemble, actor.name) for actor in ensemble.game.actors},
    }


def _whole(ensemble: Ensemble) -> dict[str, Any]:
    """Return every result's mean and standard error, but those of results that are 0 in every run."""
    actors = {actor.name for actor in ensemble.game.actors}
    rest = {name: _numbers(ensemble, name) for name in ensemble.stats if name not in actors}
    return {**_short(ensemble), "results": {name: pair for name, pair in rest.items() if any(pair)}}


def _numbers(ensemble: Ensemble, name: str) -> list[float | None]:
    stat = ensemble.stats[name]
    return [stat.mean + 0.0, stat.se]


def numbers_of(record: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Yield every number of the regimes of a record, with its place."""
    for regime, found in record["regimes"].items():
        for part in ("payoffs", "results"):
            for name, (mean, error) in found.get(part, {}).items():
                yield f"{regime}: {name}", mean
                yield f"{regime}: standard error of {name}", error


def far_off(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """Return the places at which two records differ by more than ``CLOSE``; what both leave out is 0 in both."""
    mine, other = dict(numbers_of(ours)), dict(numbers_of(theirs))
    size = max((abs(value) for value in other.values() if value is not None), default=0.0)
    return [
        place
        for place in [*mine, *(name for name in other if name not in mine)]
        if not _same(mine.get(place, 0.0), other.get(place, 0.0), size)
    ]


def _same(mine: float | None, other: float | None, size: float) -> bool:
    if mine is None or other is None:
        return mine is other
    # What cancels out to nearly nothing is as exact as what it was made of.
    return math.isclose(mine, other, rel_tol=CLOSE, abs_tol=CLOSE * size)


def written(document: Mapping[str, Any]) -> str:
    """Return a record as text."""
    return json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def record(name: str, path: Path) -> None:
    """Write the record of a scenario and its picture."""
    from sim.report.charts import theme
    from sim.report.charts.compare import overview

    target = recorded(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(written(document_of(name, path)), encoding="utf-8", newline="\n")
    theme.save(overview(played(load(path), DRAWN)), target.with_suffix(".svg"))


def main() -> None:
    """Record every shipped scenario anew; what no longer ships goes."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    console = Console()
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name, path in shipped():
        record(name, path)
        console.print(str(recorded(name).relative_to(ROOT)))


if __name__ == "__main__":
    main()
