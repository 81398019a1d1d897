"""What an actor's payoff counts: what speaks for it and what against, as far as the incentives themselves say so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.game import Game
from sim.report.labels import Labels
from sim.scenario.reach import Bounds, Reach

NOTHING = "Nothing of your own: only costs and events move your payoff."


@dataclass(frozen=True)
class Wants:
    """Labels of an actor's incentives by the sign that they always have."""

    gains: tuple[str, ...]
    losses: tuple[str, ...]
    open: tuple[str, ...]
    """Those that may turn out either way, or of which it cannot be told."""

    def sentences(self) -> list[str]:
        """Return what is counted, a sentence for each sign."""
        if not (self.gains or self.losses):
            return [f"Your payoff counts: {'; '.join(self.open)}."] if self.open else [NOTHING]
        told = (
            ("In your favour", self.gains),
            ("Against you", self.losses),
            ("For or against you, as things go", self.open),
        )
        return [f"{how}: {'; '.join(labels)}." for how, labels in told if labels]


def wants_of(game: Game, seat: str) -> Wants:
    """Return what an actor's payoff counts in a game, by sign; what is always 0 in it is left out."""
    labels, scenario = Labels(game.scenario), game.scenario
    names: dict[str, Bounds] = {variable.name: (variable.low, variable.high) for variable in game.variables}
    for name, value in zip(scenario.parameters, game.parameters, strict=True):
        names[name] = float(np.min(value)), float(np.max(value))
    names["turn"] = 1.0, float(game.turns)
    reach = Reach(names, {name: part.value for name, part in scenario.derived.items()})
    found: dict[str, list[str]] = {"gains": [], "losses": [], "open": []}
    for name, incentive in scenario.actors[seat].incentives.items():
        low, high = reach.of(incentive.value)
        if low == high == 0.0:
            continue
        sign = "gains" if low >= 0.0 else "losses" if high <= 0.0 else "open"
        found[sign].append(labels.entry(seat, name))
    return Wants(**{sign: tuple(some) for sign, some in found.items()})
