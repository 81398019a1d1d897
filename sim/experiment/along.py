"""Runs played once: what they come to, and where the state is on average along the way.

For pictures that somebody waits for; ``courses`` plays the runs of an answer again and has bands too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.lockstep import Block
from sim.experiment.ensemble import Ensemble
from sim.experiment.plan import Plan
from sim.experiment.room import check_memory
from sim.model.game import Game
from sim.model.ledger import overflow_is_found_at_the_end
from sim.scenario.arithmetic import Floats


@dataclass(frozen=True, eq=False)
class Course:
    """Runs of one game, and the mean of each state variable over them as time goes on."""

    ensemble: Ensemble
    state: Floats
    """(turns + 1, variables): at the beginning, then at the end of each turn; a run that has ended stays as it was."""


def played_through(game: Game, plan: Plan) -> Course:
    """Play all runs of a plan at once, and look at their state after each turn.

    Raises:
        RunError: an expression misbehaves.
        CommandError: a player from outside does.
        ResourceError: memory does not suffice for so many runs at once.
    """
    check_memory(game, plan.runs)
    return _played(game, plan)


@overflow_is_found_at_the_end
def _played(game: Game, plan: Plan) -> Course:
    block = Block.begun(game, plan.seed, 0, plan.runs)
    rows = game.columns.state
    means = np.empty((game.turns + 1, len(game.variables)))
    ended, pieces = np.zeros(len(game.variables)), 0
    for number in range(game.turns + 1):
        for _, table in block.ended[pieces:]:
            ended += np.sum(table[rows], axis=1)
        pieces = len(block.ended)
        means[number] = (np.sum(block.world.table[rows], axis=1) + ended) / plan.runs
        if number < game.turns and block.world.count:
            block.take_turn(number)
    return Course(Ensemble.of(game, plan, block.results()), means)
