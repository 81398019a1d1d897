"""What was hoped for, as ratios within one run on two cores, beside what was measured. Nothing here fails."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.page import Section, Table, number, spread
from benchmarks.race import Spread


@dataclass(frozen=True)
class Goal:
    """One goal: which figure, the least that is asked and what is aimed at; ``most`` where small is good."""

    what: str
    figure: str
    must: float
    aim: float
    unit: str = "x"
    most: bool = False

    def verdict(self, found: Spread) -> str:
        """Return how the middle of the rounds stands to the goal."""
        sign = -1 if self.most else 1
        if sign * found.median >= sign * self.aim:
            return "aim reached"
        return "met" if sign * found.median >= sign * self.must else "missed"


GOALS = (
    Goal("INF 2018, treaty: lockstep against SimPy by hand", "inf-simpy-treaty", 50, 100),
    Goal("INF 2018, post_treaty: lockstep against SimPy by hand", "inf-simpy-post_treaty", 50, 100),
    Goal("- the same with a ledger, treaty", "inf-ledger-treaty", 50, 100),
    Goal("- the same with a ledger, post_treaty", "inf-ledger-post_treaty", 50, 100),
    Goal("INF 2018, treaty: lockstep against Numba by hand", "inf-numba-treaty", 0.7, 1.5),
    Goal("INF 2018, post_treaty: lockstep against Numba by hand", "inf-numba-post_treaty", 0.7, 1.5),
    Goal("W1: lockstep against Axelrod's Match with scoring", "w1-axelrod", 200, 1000),
    Goal("two processes against one, on millions of runs", "jobs", 1.8, 1.95),
    Goal("- the same on runs of some seconds, the start of the second counted", "jobs_short", 1.8, 1.95),
    Goal("peak memory above imports, one process", "memory", 60, 20, " MiB", most=True),
    Goal("1,000 runs in a warm process, rule strategies", "answer", 30, 10, " ms", most=True),
    Goal("`detente run` of 1,000 runs against `python -c pass`", "command", 40, 25, most=True),
)


def table(figures: dict[str, Spread]) -> Section:
    """Return the table of goals with what was measured."""
    rows = []
    for goal in GOALS:
        found = figures.get(goal.figure)
        verdict = "not measured" if found is None else goal.verdict(found)
        word = "at most " if goal.most else ""
        asked = (f"{word}{number_of(value)}{goal.unit}" for value in (goal.must, goal.aim))
        rows.append((goal.what, spread(found, goal.unit), *asked, verdict))
    return Section(
        "Goals",
        "The middle of the rounds, with the smallest and the largest.",
        [Table(("", "measured", "must", "aim", ""), rows)],
    )


def number_of(value: float) -> str:
    """Return a goal's number as it was written."""
    return f"{value:,g}" if value < 1000 else number(value)
