"""``make coverage``: how often intervals contain the right value, put on a page below ``docs/``.

Means and shares are those of ``benchmarks.means``. Every case here is a scenario whose break-even is known in closed
form. It is asked again and again, each time with a seed of its own, and the answers whose interval contains the right
value are counted.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context

import numpy as np
from rich.console import Console

import sim
from benchmarks.contender import ROOT
from benchmarks.means import lines
from sim.experiment.breakeven import breakeven
from sim.experiment.crossings import GRID
from sim.experiment.plan import planned_for
from sim.experiment.summary import Stat, share_stat
from sim.model.game import Setting
from sim.report import numbers
from sim.scenario.schema import Scenario

PAGE = ROOT / "docs" / "explanation" / "intervals.md"
BEGIN, END = "<!-- coverage: from here -->", "<!-- coverage: to here -->"
MEANS_BEGIN, MEANS_END = "<!-- means: from here -->", "<!-- means: to here -->"
MODELS = ROOT / "tests" / "models"

SEEDS = 2000
"""Seeds of a case."""

ALLOWED = 0.875, 1.025
"""What may be covered: 95 %, give or take 7.5."""


@cache
def _loaded(model: str) -> Scenario:
    return sim.load(MODELS / f"{model}.yaml")


@dataclass(frozen=True)
class Case:
    """A parameter whose break-even is known: the question, and the right answer."""

    says: str
    model: str
    actor: str
    parameter: str
    right: float
    sides: tuple[str, str]
    opponent: tuple[str, str] | None = None
    """Who plays what; None where the sides are regimes."""
    runs: int = 400

    def asked(self, seed: int, grid: int = GRID) -> Answer:
        """Return what one seed says of the parameter."""
        scenario = _loaded(self.model)
        answer = breakeven(
            scenario,
            self.actor,
            regimes=self.sides if self.opponent is None else (),
            strategies=() if self.opponent is None else self.sides,
            parameters=[self.parameter],
            setting=Setting(None, dict([self.opponent] if self.opponent else []), {}),
            plan=planned_for(scenario, self.runs, seed),
            grid=grid,
            joint=False,
        )
        (alone,) = answer.parameters
        inside = any(each.low <= self.right <= each.high for each in alone.crossings)
        root = alone.nearest
        if root is None or root.at is None:
            return Answer(inside=inside, at=None, width=None)
        return Answer(inside=inside, at=root.at, width=root.high - root.low)


@dataclass(frozen=True)
class Answer:
    """What one seed says: whether the interval contains the right value, the break-even, and the interval's width."""

    inside: bool
    at: float | None
    width: float | None


CASES = {
    "price": Case(
        "a guard's price: the loss times the chance of a blow",
        "guard", "owner", "price", 3 * (1 - math.exp(-0.4)), ("open", "guarded"),
    ),
    "rate": Case(
        "the rate of blows that makes it worth its price",
        "guard", "owner", "rate", -math.log(1 - 0.5 / 3), ("open", "guarded"),
    ),
    "hard_share": Case(
        "the share of hard defenders that deters (Zagare and Kilgour 2000)",
        "deterrence", "challenger", "hard_share", 0.4, ("wait", "challenge"), ("defender", "by_type"),
    ),
    "threat": Case(
        "the chance that a threat is carried out (Brams and Kilgour 1985)",
        "threat", "row", "threat", 0.3, ("cooperate", "defy"), ("column", "threaten"),
    ),
    "trust": Case(
        "the least trust that cooperates (Kydd 2000)",
        "trust", "one", "trust", 2 / 3, ("defect", "cooperate"), ("two", "by_type"),
    ),
    "patience": Case(
        "the patience that keeps a grim peace (Friedman 1971)",
        "repeated", "one", "patience", 0.5, ("betray", "keep"), ("two", "grim"),
    ),
}  # fmt: skip


def covered(case: Case, seeds: Iterable[int], jobs: int = 1, grid: int = GRID) -> list[Answer]:
    """Return what each seed says of a case."""
    seeds = list(seeds)
    ask = partial(case.asked, grid=grid)
    if jobs == 1:
        return [ask(seed) for seed in seeds]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        return list(pool.map(ask, seeds, chunksize=max(1, len(seeds) // (8 * jobs))))


def share_inside(answers: Sequence[Answer]) -> Stat:
    """Return the share of answers whose interval contains the right value."""
    return share_stat(sum(answer.inside for answer in answers), len(answers))


def main() -> None:
    """Measure, and write the page."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    asked.add_argument("--seeds", type=int, default=SEEDS, help=f"seeds of each case ({SEEDS})")
    asked.add_argument("--jobs", type=int, default=2, help="processes (2)")
    options, console = asked.parse_args(), Console(width=160)
    rows = []
    for name, case in CASES.items():
        answers = covered(case, range(options.seeds), options.jobs)
        rows.append(_row(name, case, answers))
        console.print(rows[-1])
    about = f"{options.seeds:,} seeds a case, {next(iter(CASES.values())).runs} runs at each value that is looked at."
    head = "| parameter | of | right | mean break-even | mean width | contains it in | 95 % interval |"
    _write("\n".join([about, "", head, "|---|---|---|---|---|---|---|", *rows]), BEGIN, END)
    means = lines()
    _write("\n".join(means), MEANS_BEGIN, MEANS_END)
    console.print("\n".join(means))
    console.print(f"written to {PAGE.relative_to(ROOT)}")


def _row(name: str, case: Case, answers: Sequence[Answer]) -> str:
    share = share_inside(answers)
    at, width = (
        np.array([value for value in values if value is not None])
        for values in ((each.at for each in answers), (each.width for each in answers))
    )
    cells = [
        f"`{name}`",
        case.says,
        f"{case.right:.4f}",
        f"{at.mean():.4f}",
        f"{width.mean():.4f}",
        numbers.percent(share.mean, 1),
        numbers.percent_interval(share),
    ]
    return f"| {' | '.join(cells)} |"


def _write(text: str, begin: str, end: str) -> None:
    """Put a text on the page between two marks; what stands around them stays."""
    old = PAGE.read_text(encoding="utf-8")
    between = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
    if not between.search(old):
        raise SystemExit(f"{PAGE} has no marks to write between")
    PAGE.write_text(between.sub(lambda _: f"{begin}\n\n{text}\n\n{end}", old), encoding="utf-8")


if __name__ == "__main__":
    main()
