"""INF written by hand with SimPy, with the ledger that an analyst would ask for next.

The same game as ``inf_simpy.py``. Each run also tells what every incentive, hazard and the costs brought each side, how
often each action was taken and each hazard struck, and the state at the end - as this program always does.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.players.inf_simpy import Run
from benchmarks.players.inf_terms import Parameters, State, terms
from benchmarks.players.serving import Play, Results, serve


class RunWithLedger(Run):
    """One run that keeps its books."""

    def __init__(self, parameters: Parameters, start: State, treaty: bool, luck: random.Random) -> None:
        super().__init__(parameters, start, treaty, luck)
        self.ledger: dict[str, dict[str, float]] = {"nato": defaultdict(float), "adversary": defaultdict(float)}
        self.counts: dict[str, int] = defaultdict(int)

    def pay(self, entry: str, nato: float = 0.0, adversary: float = 0.0) -> None:
        """Book what something brings in this year."""
        super().pay(entry, nato, adversary)
        if nato:
            self.ledger["nato"][entry] += self.weight * nato
        if adversary:
            self.ledger["adversary"][entry] += self.weight * adversary

    def nato_choice(self) -> Callable[[], None]:
        """Return NATO's action, and count it."""
        action = super().nato_choice()
        self.counts[f"nato.{action.__name__}"] += 1
        return action

    def adversary_choice(self) -> Callable[[], None]:
        """Return the adversary's action, and count it."""
        action = super().adversary_choice()
        self.counts[f"adversary.{action.__name__}"] += 1
        return action

    def found(self, how: str) -> None:
        """Count how it was found."""
        self.counts[how] += 1
        super().found(how)

    def nato_caught(self) -> None:
        """Count the find."""
        self.counts["nato_caught"] += 1
        super().nato_caught()

    def crisis(self) -> None:
        """Count the crisis and the way it ended, which shows in what was paid for it."""
        self.counts["crisis"] += 1
        before = self.nato
        super().crisis()
        step = (self.nato - before) / self.weight
        outcome = "settled" if step == 0 else "firm" if step > -1 else "coerced" if step > -2 else "war"
        self.counts[f"crisis.{outcome}"] += 1

    def score(self) -> None:
        """Book every incentive of the year."""
        p = self.p
        force, deployed, leverage, exposed = self.force, self.deployed, self.leverage, self.exposed
        kept = 1.0 if self.missiles == 0 else 0.0
        self.pay("exposure", nato=-p.exposure_loss * force * self.unscreened)
        self.pay("coercion", -p.coercion_loss * leverage, p.coercion_gain * leverage)
        self.pay("alliance", nato=p.alliance_value * self.cohesion)
        self.pay("europe", nato=p.europe_gain * deployed * force)
        self.pay("asia", nato=p.asia_gain * self.asia_missiles / 4)
        upkeep = p.upkeep * (self.strike + self.defence + self.dispersal)
        own_burden = p.nato_burden * (deployed + self.asia_missiles / 4) + upkeep
        self.pay("burden", -own_burden, -p.arms_burden * (force + deployed) / 2)
        self.pay("secrets", nato=-p.source_value * (1 - self.sources))
        intrusion = p.intrusion * self.inspections
        self.pay("intrusion", -intrusion, -intrusion)
        self.pay("fear", adversary=-p.surprise_fear * self.prompt_threat)
        self.pay("options", adversary=p.option_value * self.elusive * force)
        self.pay("leadership", adversary=p.will * p.capital * kept * (1 + p.persuasion * self.goodwill))
        unfair = p.grievance * kept * (1 - p.clearing * self.inspections) * (1 - p.persuasion * self.goodwill)
        self.pay("unfairness", adversary=-unfair)
        self.pay("isolation", adversary=-p.isolation * exposed)

    def final_state(self) -> State:
        """Return the state at the end."""
        return State(*(getattr(self, name) for name in State._fields))


def prepare(setup: Mapping[str, Any]) -> Play:
    """Return what plays the regime of the set-up."""
    parameters, start, treaty = terms(setup)

    def play(runs: int, seed: int) -> Results:
        luck = random.Random(seed)
        payoffs, books = [], []
        for _ in range(runs):
            run = RunWithLedger(parameters, start, treaty, luck)
            payoffs.append(run.play())
            books.append((run.ledger, run.counts, run.final_state()))
        nato, adversary = zip(*payoffs, strict=True)
        return {"nato": nato, "adversary": adversary}

    return play


if __name__ == "__main__":
    serve(prepare)
