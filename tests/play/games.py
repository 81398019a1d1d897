"""Small games for the tests, and ways to play them."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import sim
from sim.engine.record import Run
from sim.model.game import Setting
from sim.play.log import Move
from sim.play.session import Opening, Session, opened
from sim.scenario.load import load_text
from sim.scenario.schema import Scenario

BORDER = """
scenario: border
clock: {turns: 5, start: 1990, discount: 0.9}
state:
  guns: {initial: 1, min: 0, max: 4, label: Their guns, seen_as: {north: rumour}}
  rumour: {initial: 1, min: 0, max: 4}
  walls: {initial: 0, min: 0, max: 3}
actors:
  north:
    incentives: {fear: -guns / (1 + walls)}
    actions:
      wait: {}
      watch: {cost: 0.05, set: {rumour: guns}}
      build: {available: walls < 3, cost: 0.2, chance: 0.7, after: [0.5, 2], add: {walls: 1}}
      protest: {available: rumour > 1, add: {guns: -1, rumour: -1}}
    strategies:
      wary: [{when: rumour > 2, do: protest}, {when: walls < 2, do: build}, {do: watch}]
      calm: wait
      torn: {mix: {wary: 1, calm: 1}}
      weigh: {weigh: {rationality: 3}}
  south:
    incentives: {gain: guns / (1 + walls)}
    actions:
      keep: {}
      arm: {available: guns < 4, cost: 0.1, add: {guns: 1}}
    strategies:
      creep: [{when: walls < 2, do: {arm: 2, keep: 1}}, {do: keep}]
hazards:
  clash: {chance: 0.1 * guns, payoffs: {north: -0.5, south: -0.2}}
  war: {rate: 0.02 * guns, payoffs: {north: -5, south: -5}, ends: true}
"""
ORDERED = BORDER.replace("discount: 0.9", "discount: 0.9, moves: [south, north]")


@cache
def scenario(text: str = BORDER) -> Scenario:
    """A scenario from its text."""
    return load_text(text, "border.yaml", Path())


@cache
def opening(text: str = BORDER, *persons: str, run: int = 0, seed: int = 5) -> Opening:
    """A game in which some seats (default: north's) are persons'."""
    return opened(scenario(text), persons or ("north",), None, seed, run)


def played_out(session: Session, wishes: Iterator[int]) -> Session:
    """A session played to its end by moves chosen by number among those that are open; -1 at the end stops."""
    while session.awaited:
        seat = session.awaited[0]
        wish = next(wishes, None)
        if wish is None:
            break
        run = session.live.run
        actions = run.game.actor(seat).actions
        can = [None, *(each.name for each, open_ in zip(actions, run.available(seat), strict=True) if open_)]
        session = session.moved(seat, can[wish % len(can)])
    return session


def told_by(run: Run, actor: str) -> list[str | None]:
    """What an actor did in a run, turn by turn."""
    return [
        None if each.what == "pass" else each.what
        for each in run.events
        if each.kind == "decision" and each.who == actor
    ]


def as_strategy(
    name: str | Scenario, seat: str, strategy: str, run: int, seed: int, **plays: str
) -> tuple[Session, Run]:
    """A game in which a person does what a strategy does, and the run of that strategy."""
    loaded = sim.load(name) if isinstance(name, str) else name
    trace = sim.trace(loaded, run=run, seed=seed, play={**plays, seat: strategy})
    session = Session(opened(loaded, [seat], Setting(None, plays), seed, run))
    for action in told_by(trace.run, seat):
        session = session.moved(seat, action)
    return session, trace.run


def moves(session: Session) -> list[Move]:
    """The moves that count."""
    return [each for each in session.counting if isinstance(each, Move)]
