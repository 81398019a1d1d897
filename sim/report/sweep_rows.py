"""A sweep as a table for other programs: one row a point, every number in full."""

from __future__ import annotations

import csv
import io

from sim.experiment.summary import Stat
from sim.experiment.sweep import Sweep


def csv_of(sweep: Sweep) -> bytes:
    """Return a sweep as CSV: the point, its parameters, and payoffs and differences with their standard errors.

    ``open.nato`` is the payoff of nato under open, ``open-treaty.nato`` its paired difference to treaty, and what ends
    in ``.se`` the standard error of the one before. ``prefers.nato`` is the regime that brings nato most.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    first, *others = sweep.regimes
    payoffs = [(regime, actor) for regime in sweep.regimes for actor in sweep.actors]
    pairs = [(regime, actor) for regime in others for actor in sweep.actors]
    names = [f"{regime}.{actor}" for regime, actor in payoffs]
    names += [f"{regime}-{first}.{actor}" for regime, actor in pairs]
    prefers = [f"prefers.{actor}" for actor in sweep.actors]
    writer.writerow(
        ["point", *sweep.points.names, *(word for name in names for word in (name, f"{name}.se")), *prefers]
    )
    for point in range(sweep.points.count):
        stats = [sweep.payoff(actor, regime, point) for regime, actor in payoffs]
        stats += [sweep.difference(actor, regime, first, point) for regime, actor in pairs]
        choices = [sweep.choice(actor, point).regime for actor in sweep.actors]
        at = [repr(value) for value in sweep.points.at(point).values()]
        writer.writerow([point + 1, *at, *(word for stat in stats for word in _words(stat)), *choices])
    return text.getvalue().encode()


def _words(stat: Stat) -> tuple[str, str]:
    return repr(stat.mean), "" if stat.se is None else repr(stat.se)
