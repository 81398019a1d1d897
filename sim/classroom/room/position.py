"""Where a table's game stands: what follows from the decisions, worked out turn by turn on the engine.

This is the slow part of a room (about a millisecond a turn), so it is done apart from where moves are taken: a position
is a value made of the position before and the steps since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sim.classroom.room.plan import Half
from sim.errors import CommandError, RunError
from sim.play.session import Session
from sim.play.view import View, view_of


@dataclass(frozen=True)
class Step:
    """What was decided in a round: who held each actor (a strategy, or people: None), and what people did."""

    controls: Mapping[str, str | None]
    moves: Mapping[str, str | None]


@dataclass(frozen=True)
class Position:
    """A game after so many rounds."""

    session: Session
    controls: Mapping[str, str | None]
    steps: tuple[Step, ...]
    """What led here."""
    views: Mapping[str, View]
    """What each side that people may play sees."""
    tracks: Mapping[str, tuple[float, ...]]
    """What each actor had got after each round, from 0 before the first (payoff units, discounted)."""
    turns: tuple[float, ...]
    """How many turns were over after each round."""
    ended: bool = False
    """Whether the game is over. Asked of the session, it would be played anew once another has gone on from it."""
    awaits: tuple[str, ...] = ()
    """The seats whose move the game waits for."""
    trouble: str | None = None
    """Why the game cannot go on."""

    @property
    def over(self) -> bool:
        """Say whether nothing can be done any more."""
        return self.trouble is not None or self.ended

    @property
    def payoffs(self) -> dict[str, float] | None:
        """Return what each actor got in the end; None where the game did not get there."""
        if self.trouble is not None or not self.ended:
            return None
        return {actor: track[-1] for actor, track in self.tracks.items()}

    def awaited(self, side: str) -> bool:
        """Say whether people of a side have to decide in the open round."""
        return not self.over and self.controls[side] is None and side in self.awaits

    def leads_to(self, steps: Sequence[Step]) -> bool:
        """Say whether these steps go on from here."""
        ours = self.steps
        return len(ours) <= len(steps) and all(a is b for a, b in zip(ours, steps[: len(ours)], strict=True))

    def fits(self, steps: Sequence[Step], controls: Mapping[str, str | None]) -> bool:
        """Say whether this is where these steps lead, with these in the seats."""
        if len(steps) != len(self.steps) or not self.leads_to(steps):
            return False
        return self.over or dict(controls) == dict(self.controls)


def position_of(
    half: Half, seed: int, run: int, steps: Sequence[Step], controls: Mapping[str, str | None], before: Position | None
) -> Position:
    """Return where steps lead, going on from the position before if it lies on the way.

    Args:
        half: what is played.
        seed: where luck comes from.
        run: which of the seed's runs this table has.
        steps: all that was decided so far.
        controls: who decides in the open round.
        before: a position of this table, worked out earlier.
    """
    if before is None or not before.leads_to(steps):
        before = _begun(half, seed, run, steps[0].controls if steps else controls)
    for step in steps[len(before.steps) :]:
        before = _played(half, before, step)
    return _seated(half, before, controls)


def _begun(half: Half, seed: int, run: int, controls: Mapping[str, str | None]) -> Position:
    persons = {name: None if played is None or name in half.sides[:1] else played for name, played in controls.items()}
    # A game without people would play itself to its end at once: the first seat is given to the computer afterwards.
    session = Session(replace(half.opening, seed=seed, run=run, seats=persons))
    actors = [actor.name for actor in half.opening.game.actors]
    begun = Position(session, persons, (), {}, dict.fromkeys(actors, (0.0,)), (0.0,))
    try:
        return _looked(half, begun)
    except RunError as error:
        return replace(begun, trouble=str(error.faults[0]))


def _played(half: Half, before: Position, step: Step) -> Position:
    """Return the position after a round."""
    steps = (*before.steps, step)
    if before.over:
        return replace(before, steps=steps)
    at = _seated(half, before, step.controls)
    if at.over:
        return replace(at, steps=steps)
    session = at.session
    try:
        for side in session.awaited:
            try:
                session = session.moved(side, step.moves.get(side))
            except CommandError:
                # What was open when it was voted for no longer is: the side passes.
                session = session.moved(side, None)
    except RunError as error:
        return replace(at, steps=steps, trouble=str(error.faults[0]))
    run = session.live.run
    tracks = {actor: (*track, run.payoff(actor)) for actor, track in at.tracks.items()}
    turns = (*at.turns, float(run.turn + 1 if run.over else run.turn))
    return _looked(half, replace(at, session=session, steps=steps, tracks=tracks, turns=turns))


def _seated(half: Half, before: Position, controls: Mapping[str, str | None]) -> Position:
    """Return the position with others in the seats."""
    session = before.session
    if before.over or dict(before.controls) == dict(controls):
        return before
    try:
        # People sit down before others get up: without anybody the game would run away.
        for side, played in sorted(controls.items(), key=lambda each: each[1] is not None):
            if not session.over and session.seats[side] != played:
                session = session.seated(side, played)
    except (CommandError, RunError) as error:
        return replace(before, controls=dict(controls), trouble=str(error.faults[0]))
    after = replace(before, session=session, controls=dict(controls))
    if session.over:
        run = session.live.run
        after = replace(
            after,
            tracks={actor: (*track, run.payoff(actor)) for actor, track in before.tracks.items()},
            turns=(*before.turns, float(run.turn + 1)),
        )
    return _looked(half, after)


def _looked(half: Half, position: Position) -> Position:
    session = position.session
    views = {side: view_of(session, side) for side in half.sides}
    return replace(position, views=views, ended=session.over, awaits=session.awaited)
