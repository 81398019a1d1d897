"""What the model predicts for one half of the class: the regime's strategies over many lucks, round by round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.classroom.room.plan import Half
from sim.engine.history import history
from sim.model.compiling import compiled
from sim.model.game import Setting
from sim.scenario.arithmetic import Floats

RUNS = 2_000
"""Lucks; the class has the first of them, table by table."""

BAND = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Prediction:
    """Payoffs of each actor over many lucks."""

    finals: dict[str, Floats]
    """In the end, run by run; the class's tables have the first of these runs."""
    bands: dict[str, Floats]
    """(turns + 1, 3): the 5 %, 50 % and 95 % quantile of what an actor has got when so many turns are over."""

    def mean(self, actor: str) -> float:
        """Return the mean payoff of an actor."""
        return float(self.finals[actor].mean())

    @property
    def means(self) -> dict[str, float]:
        """Return the mean payoff of each actor."""
        return {actor: self.mean(actor) for actor in self.finals}


def predicted(half: Half, seed: int, runs: int = RUNS) -> Prediction:
    """Play what the regime lets everybody play. Raises ``RunError``, ``ResourceError``."""
    game = compiled(half.loaded, Setting(half.regime, dict(half.plays)))
    names = [actor.name for actor in game.actors]
    got = np.zeros((len(names), runs))
    rows = {name: [np.zeros(3)] for name in names}
    for moment in history(game, seed, 0, runs):
        got = moment.payoffs
        for name, payoffs in zip(names, got, strict=True):
            rows[name].append(np.quantile(payoffs, BAND))
    for name in names:
        rows[name] += [rows[name][-1]] * (game.turns + 1 - len(rows[name]))
    finals = {name: payoffs.copy() for name, payoffs in zip(names, got, strict=True)}
    return Prediction(finals, {name: np.array(each) for name, each in rows.items()})
