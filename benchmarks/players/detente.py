"""This program as a contender: either engine, one regime of one scenario.

Set-up: ``scenario`` (a file or the name of a shipped one), ``regime``, ``engine``, ``block``, ``jobs`` and ``whole``.
Without ``whole`` only the engine is timed, from the compiled game to all payoffs, as games written by hand are; with it
everything from the loaded scenario to the summary that is shown: compiling, playing, statistics and digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarks.players.serving import Play, Results, serve
from sim import api
from sim.engine.record import columns_of
from sim.experiment.plan import Plan
from sim.experiment.playing import play_piece
from sim.model.compiling import compiled
from sim.model.game import Setting


def prepare(setup: Mapping[str, Any]) -> Play:
    """Return what plays the scenario of the set-up."""
    return whole(setup) if setup.get("whole") else engine_alone(setup)


def engine_alone(setup: Mapping[str, Any]) -> Play:
    """Return what plays with an engine, block by block, and keeps every actor's payoff."""
    game = compiled(api.load(setup["scenario"]), Setting(setup.get("regime")))
    columns = columns_of(game)
    rows = {actor.name: columns.index(actor.name) for actor in game.actors}
    engine = setup.get("engine", "lockstep")
    block = setup.get("block") or Plan(2**20, 0, engine).fitted(len(columns)).together

    def play(runs: int, seed: int) -> Results:
        pieces = [
            play_piece(game, engine, seed, first, min(block, runs - first))[list(rows.values())]
            for first in range(0, runs, block)
        ]
        return dict(zip(rows, np.concatenate(pieces, axis=1), strict=True))

    return play


def whole(setup: Mapping[str, Any]) -> Play:
    """Return what answers a question as a user asks it, summary and all."""
    scenario = api.load(setup["scenario"])
    engine, jobs = setup.get("engine", "lockstep"), setup.get("jobs", 1)

    def play(runs: int, seed: int) -> Results:
        answer = api.run(scenario, runs=runs, seed=seed, regime=setup.get("regime"), engine=engine, jobs=jobs)
        told = answer.to_dict()["actors"]
        return {name: [actor["payoff"]["mean"]] for name, actor in told.items()}

    return play


if __name__ == "__main__":
    serve(prepare)
