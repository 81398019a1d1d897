"""What the halves of a class are called: by what they differ in, so that no table or chart is taken for the other's."""

from __future__ import annotations

from sim.classroom.room.plan import Half, RoomPlan
from sim.report.labels import Labels, inside, joined

_NUMBERED = ("First half", "Second half")


def played(half: Half) -> str:
    """Return what a half plays: the scenario and the regime."""
    labels = Labels(half.loaded)
    return f"{labels.title} · {labels.regime(half.regime)}"


def played_by(half: Half) -> str:
    """Return what a half plays, and whom students play in it."""
    labels = Labels(half.loaded)
    return f"{played(half)} · students play {joined([inside(labels.actor(side)) for side in half.sides])}"


def names_of(plan: RoomPlan) -> list[str]:
    """Return a name for each half, no two alike: its scenario, its regime or both; of one alone its regime."""
    halves = plan.halves
    titles = [Labels(half.loaded).title for half in halves]
    regimes = [Labels(half.loaded).regime(half.regime) for half in halves]
    if len({half.text for half in halves}) == 1:
        names = regimes
    elif len({half.regime for half in halves}) == 1 and len(set(regimes)) == 1:
        names = titles
    else:
        names = [f"{title}, {inside(regime)}" for title, regime in zip(titles, regimes, strict=True)]
    if len(set(names)) == len(halves):
        return names
    return [f"{which}: {name}" for which, name in zip(_NUMBERED, names, strict=True)]
