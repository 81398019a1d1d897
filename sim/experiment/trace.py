"""One run alone, event by event: the same run as in the ensemble."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.engine.record import Run, columns_of
from sim.errors import CommandError, Fault, Place
from sim.model.compiling import compiled
from sim.model.game import Game, Setting
from sim.model.ledger import entries_of
from sim.scenario.schema import Scenario
from sim.shown import Drawn


@dataclass(frozen=True, eq=False, repr=False)
class Trace(Drawn):
    """A run with its full record, and the game it was played in."""

    game: Game
    seed: int
    run: Run

    def result(self, name: str) -> float:
        """Return one result of the run, such as ``nato`` or ``nato.costs``."""
        return float(self.run.results[columns_of(self.game).index(name)])

    def to_dict(self) -> dict[str, Any]:
        """Return the run as it stands in JSON."""
        game = self.game
        results = dict(zip(columns_of(game), (float(value) for value in self.run.results), strict=True))
        hazards = [hazard.name for hazard in game.hazards]
        return {
            "scenario": game.scenario.scenario,
            "run": self.run.number,
            "seed": self.seed,
            "regime": game.regime,
            "events": [event.to_dict() for event in self.run.events],
            "payoffs": {actor.name: results[actor.name] for actor in game.actors},
            "ledger": {
                actor.name: {entry: results[f"{actor.name}.{entry}"] for entry in entries_of(actor.incentives, hazards)}
                for actor in game.actors
            },
            "final": {name: results[f"final.{name}"] for name in game.final_names},
            "ended": bool(results["ended"]),
            "duration": results["duration"],
        }


def trace_of(scenario: Scenario, run: int, setting: Setting | None = None, seed: int = 0) -> Trace:
    """Play run number ``run`` (from 0) alone and return it with its record. Raises ``RunError``, ``CommandError``."""
    from sim.engine.events import follow

    if not 0 <= run < 2**63:
        problem = f"there is no run {run}"
        raise CommandError(Fault(Place("command line"), "RUN", problem, "runs count from 0 to 2**63 - 1"))
    game = compiled(scenario, setting)
    return Trace(game, seed, follow(game, seed, run))
