"""The columns of a game: what is kept of every run, where it stands in the table, and what it is called.

A column's name is what claims, CSV files and messages call that result: ``nato``, ``nato.costs``, ``final.missiles``,
``count.crisis.war``, ``actions.nato.hold``, ``ended``, ``duration`` (language page, section 6).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.ledger import entries_of

if TYPE_CHECKING:
    from sim.model.game import Game


@dataclass(frozen=True)
class Columns:
    """Rows of the table (columns, runs) in which a game is played; a slice where several belong together."""

    names: tuple[str, ...]
    payoffs: tuple[int, ...]
    """One an actor; what follows it, up to the next, are the actor's entries."""
    entries: tuple[slice, ...]
    """For each actor: costs, then its incentives, then the hazards."""
    state: slice
    derived: slice
    struck: tuple[int, ...]
    """One a hazard: how often it struck."""
    outcomes: tuple[slice, ...]
    """For each hazard: how often each outcome came; empty where outcomes have no names."""
    actions: tuple[slice, ...]
    """For each actor: how often each action was chosen."""
    ended: int
    duration: int

    @property
    def chosen(self) -> slice:
        """Return the columns of all actors' actions, which stand together."""
        return slice(self.actions[0].start, self.actions[-1].stop) if self.actions else slice(0, 0)

    @property
    def paid(self) -> int:
        """Return how many columns tell of payoffs: all payoffs and ledgers, which come first."""
        return self.state.start  # type: ignore[no-any-return]


class _Names:
    def __init__(self) -> None:
        self.names: list[str] = []

    def one(self, name: str) -> int:
        self.names.append(name)
        return len(self.names) - 1

    def many(self, prefix: str, names: Iterable[str]) -> slice:
        first = len(self.names)
        self.names += [prefix + name for name in names]
        return slice(first, len(self.names))


def columns_of(game: Game) -> Columns:
    """Return the columns of a game."""
    names = _Names()
    hazards = [hazard.name for hazard in game.hazards]
    payoffs, entries = [], []
    for actor in game.actors:
        payoffs.append(names.one(actor.name))
        entries.append(names.many(f"{actor.name}.", entries_of(actor.incentives, hazards)))
    state = names.many("final.", (variable.name for variable in game.variables))
    derived = names.many("final.", game.vocabulary.derived)
    struck, outcomes = [], []
    for hazard in game.hazards:
        struck.append(names.one(f"count.{hazard.name}"))
        named = hazard.outcomes if hazard.named else ()
        outcomes.append(names.many(f"count.{hazard.name}.", (outcome.name for outcome in named)))
    actions = [names.many(f"actions.{actor.name}.", (a.name for a in actor.actions)) for actor in game.actors]
    ended, duration = names.one("ended"), names.one("duration")
    return Columns(
        names=tuple(names.names),
        payoffs=tuple(payoffs),
        entries=tuple(entries),
        state=state,
        derived=derived,
        struck=tuple(struck),
        outcomes=tuple(outcomes),
        actions=tuple(actions),
        ended=ended,
        duration=duration,
    )
