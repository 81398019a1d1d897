"""The reference engine: one run on SimPy's calendar, with a full record of what happened.

The clock, every actor, every hazard and every delivery is a process. What each step does stands in
``sim.model.turn``; here stands only when. Things at the same time happen in the order of their ``Rank``.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator
from enum import IntEnum
from typing import Any

import numpy as np
import simpy

from sim.engine.record import Event, Run, table_of
from sim.model import turn
from sim.model.game import Action, Actor, Game, Hazard
from sim.model.ledger import overflow_is_found_at_the_end
from sim.model.luck import Window
from sim.model.strategies import Strategy, planned, told_to
from sim.model.world import World, created
from sim.scenario.arithmetic import Floats

Process = Generator[simpy.Event, Any, None]


class Rank(IntEnum):
    """The order of things that happen at the same time."""

    CLOCK = 2
    DELIVERY = 3
    DECISION = 4
    ACTION = 5
    DRAW = 6
    LATE_DELIVERY = 7
    STRIKE = 8


class Appointment(simpy.Event):
    """An entry in the calendar: after a delay, with a rank among the things of that time."""

    def __init__(self, env: simpy.Environment, delay: float, rank: int) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        env.schedule(self, priority=rank, delay=delay)  # type: ignore[arg-type]


class Play:
    """One run being played. ``step`` lets the next thing happen; custom processes may be added to ``calendar``.

    The actors in ``told`` play no strategy: when one of them is ``asked``, nothing happens until ``tell``.
    """

    def __init__(
        self,
        game: Game,
        seed: int,
        run: int,
        window: Window | None = None,
        *,
        record: bool = True,
        told: Collection[str] = (),
    ) -> None:
        self.game, self.run = game, run
        luck = (window or Window(seed, 1)).at(run)
        self.world: World = created(game, np.array([run]), luck, seed)
        self.calendar = simpy.Environment()
        self.events: list[Event] = []
        self._record = record
        self.over = False
        self.asked: Actor | None = None
        self._answer = self.calendar.event()
        strategies = [None if actor.name in told else planned(game, actor) for actor in game.actors]
        self._note("begin", "", "", lambda: {"state": self._state(), **self._initial_luck()})
        self.calendar.process(self._clock())
        for place in game.order or range(len(game.actors)):
            self.calendar.process(self._acting(game.actors[place], strategies[place]))
        if game.hazards:
            self.calendar.process(self._looming())

    @overflow_is_found_at_the_end
    def step(self) -> bool:
        """Let the next thing happen; returns False once the run is over. While an actor is asked nothing happens."""
        if self.over or self.asked is not None:
            return False
        self.calendar.step()
        return not self.over

    def tell(self, action: Action | None) -> None:
        """Let the actor that is asked take an action, or pass; it passes, too, where the action is not available."""
        if self.asked is None:
            raise AssertionError("nobody is asked")
        self.asked = None
        self._answer.succeed(action)

    @overflow_is_found_at_the_end
    def result(self) -> Run:
        """Play to the end and return the run."""
        while self.step():
            pass
        if not self.over:
            raise AssertionError("an actor is asked")
        return Run(self.run, tuple(self.events), table_of(self.world)[:, 0])

    def _clock(self) -> Process:
        for number in range(self.game.turns):
            yield Appointment(self.calendar, 0.0 if number == 0 else 1.0, Rank.CLOCK)
            if number:
                self._close_turn()
            self.world.begin_turn(number)
        yield Appointment(self.calendar, 1.0, Rank.CLOCK)
        self._close_turn()
        self._finish()

    def _close_turn(self) -> None:
        before = self._state()
        flows = iter(turn.score(self.world))
        for actor in self.game.actors:
            named = {incentive: _number(next(flows)) for incentive in actor.incentives}
            self._note("score", actor.name, "", lambda named=named: {"incentives": named, "weight": self._weight()})
        if self.game.drift:
            turn.drift(self.world)
            self._note("drift", "", "", lambda: {"changes": self._changes(before)})

    def _acting(self, actor: Actor, strategy: Strategy | None) -> Process:
        for number in range(self.game.turns):
            yield Appointment(self.calendar, 0.0 if number == 0 else 1.0, Rank.DECISION)
            # What answers a question is the next thing to happen, so that the order of all others stays as it is.
            decides = told_to((yield self._asking(actor))) if strategy is None else strategy
            decision = turn.decide(self.world, actor, decides)
            if self.game.order is None:
                yield Appointment(self.calendar, 0.0, Rank.ACTION)
            before = self._state()
            deliveries = turn.act(self.world, decision)
            self._note("decision", actor.name, self._chosen(decision), lambda d=decision, b=before: self._decided(d, b))
            for delivery in deliveries:
                self.calendar.process(self._delivering(actor, delivery, _number(decision.parts[0].lead)))

    def _asking(self, actor: Actor) -> simpy.Event:
        self.asked, self._answer = actor, self.calendar.event()
        return self._answer

    def _delivering(self, actor: Actor, delivery: turn.Delivery, lead: float) -> Process:
        # A lead too short to move the clock lands after this turn's draws, like everything between turns.
        soon = _number(delivery.due) <= self.calendar.now
        yield Appointment(self.calendar, lead, Rank.LATE_DELIVERY if soon else Rank.DELIVERY)
        before = self._state()
        self.world.apply(delivery.action.effects, self.world.everyone)
        self._note("delivery", actor.name, delivery.action.name, lambda: {"changes": self._changes(before)})

    def _looming(self) -> Process:
        for number in range(self.game.turns):
            yield Appointment(self.calendar, 0.0 if number == 0 else 1.0, Rank.DRAW)
            for hazard, _, wait in turn.looming(self.world):
                self.calendar.process(self._striking(hazard, wait))

    def _striking(self, hazard: Hazard, wait: Floats) -> Process:
        yield Appointment(self.calendar, float(wait[0]), Rank.STRIKE + hazard.index)
        before = self._state()
        owed = [entries[:, 0].copy() for entries in self.world.ledger.amounts]
        for outcome in turn.strike(self.world, hazard, self.world.everyone, wait):
            self._note("hazard", hazard.name, outcome, lambda: self._struck(hazard, before, owed))
        if self.world.ended[0]:
            self._finish()

    def _finish(self) -> None:
        self.over = True
        self._note("end", "", "", lambda: {"state": self._state(), "early": bool(self.world.ended[0])})

    # What a record says beside what happened.

    def _note(self, kind: str, who: str, what: str, detail: Any) -> None:
        if self._record:
            self.events.append(Event(float(self.calendar.now), self.world.turn, kind, who, what, detail()))

    def _state(self) -> dict[str, float]:
        if not self._record:
            return {}
        return {variable.name: float(self.world.values[variable.row, 0]) for variable in self.game.variables}

    def _changes(self, before: dict[str, float]) -> dict[str, list[float]]:
        return {name: [before[name], now] for name, now in self._state().items() if now != before[name]}

    def _weight(self) -> float:
        return _number(self.world.weight(self.world.everyone))

    def _luck(self, *names: str) -> dict[str, float]:
        return {name: float(self.world.draw(name, self.world.everyone)[0]) for name in names}

    def _initial_luck(self) -> dict[str, Any]:
        pairs = zip(self.game.variables, self.game.initial, strict=True)
        drawn = [f"{variable.name}.initial" for variable, initial in pairs if initial.is_drawn]
        return {"luck": self._luck(*drawn)} if drawn else {}

    def _chosen(self, decision: turn.Decision) -> str:
        return decision.parts[0].action.name if decision.parts else "pass"

    def _decided(self, decision: turn.Decision, before: dict[str, float]) -> dict[str, Any]:
        detail: dict[str, Any] = {"strategy": decision.actor.strategy}
        if not decision.parts:
            return detail
        taken = decision.parts[0]
        name, action, succeeds = decision.actor.name, taken.action, len(taken.succeeds) > 0
        drawn = list(decision.luck)
        mixed = self._mixed(decision.actor)
        if mixed is not None and self.world.turn == 0:
            detail["drawn"] = mixed
            drawn.append(f"{name}.mix")
        drawn += [f"{name}.success"] if action.chance is not None else []
        if action.lead is not None and action.lead.is_drawn and succeeds:
            drawn.append(f"{name}.lead")
        if action.cost is not None:
            detail["cost"] = _number(taken.cost)
        if action.chance is not None:
            detail["succeeds"] = succeeds
        if _number(taken.lead) > 0.0:
            detail["due"] = self.world.turn + _number(taken.lead)
        if drawn:
            detail["luck"] = self._luck(*drawn)
        if decision.options:
            detail["options"] = [vars(option) for option in decision.options]
        changes = self._changes(before)
        return {**detail, "changes": changes} if changes else detail

    def _mixed(self, actor: Actor) -> str | None:
        """Return the strategy that the run drew, for an actor that mixes."""
        written = actor.part.strategies.get(actor.strategy or "")
        place = self.world.mixed.get(actor.index)
        return None if written is None or place is None else list(written.mix or {})[int(place[0])]

    def _struck(self, hazard: Hazard, before: dict[str, float], owed: list[Floats]) -> dict[str, Any]:
        names = [f"{hazard.name}.moment"] + ([f"{hazard.name}.outcome"] if hazard.named else [])
        detail: dict[str, Any] = {"luck": self._luck(*names)}
        ledger = self.world.ledger
        paid = {}
        for actor in self.game.actors:
            row = 1 + ledger.incentives[actor.index] + hazard.index
            gain = float(ledger.amounts[actor.index][row, 0] - owed[actor.index][row])
            if gain:
                paid[actor.name] = gain
        if paid:
            detail["payoffs"] = paid
        changes = self._changes(before)
        return {**detail, "changes": changes} if changes else detail


def _number(value: Any) -> float:
    return float(np.ravel(value)[0])


def follow(game: Game, seed: int, run: int) -> Run:
    """Play one run alone and return it with its full record. Raises ``RunError``."""
    return Play(game, seed, run).result()


def _plays(game: Game, seed: int, first: int, count: int) -> Iterator[Floats]:
    window = Window.for_runs(seed, count, game.turns)
    for run in range(first, first + count):
        yield Play(game, seed, run, window, record=False).result().results


def play(game: Game, seed: int, first: int, count: int) -> Floats:
    """Play the runs ``first`` .. ``first + count - 1`` one by one; returns their results (columns, runs)."""
    return np.stack(list(_plays(game, seed, first, count)), axis=1)
