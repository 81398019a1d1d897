"""Players from outside that tests name: good ones and bad ones."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from sim.interop.players import Actor, Choice, Game, PlayerView, Scene

WITNESSED: list[tuple[int, PlayerView]] = []
"""What ``Witness`` saw: the how-manieth player it is, and its view."""


class TitForTat:
    """The rules ``tft`` of ``noisy-dilemma``, said in Python: complies where the luck is below 1 - mistake."""

    def decide(self, view: PlayerView) -> str:
        (other,) = view.others.values()
        meant, opposite = ("arm", "comply") if other[-1:] == ("arm",) else ("comply", "arm")
        slips = view.number >= 1 - view.parameters["mistake"]
        return opposite if slips else meant


class AllAtOnce:
    """The same for all runs at once."""

    def __init__(self, game: Game, actor: Actor) -> None:
        self.others = next(row for row, each in enumerate(game.variables) if not each.name.startswith(actor.name))
        self.mistake = game.parameters[game.vocabulary.parameters["mistake"]]

    def choose(self, scene: Scene) -> Choice:
        angry = np.asarray(scene.seen.state[self.others]) != 0
        arms = angry != (scene.number() >= 1 - self.mistake)
        return {0: ~arms, 1: arms}


class Witness:
    """Remembers what it is told; acts on all of it, and counts its own turns."""

    made = 0

    def __init__(self) -> None:
        self.number = Witness.made
        Witness.made += 1
        self.asked = 0

    def decide(self, view: PlayerView) -> str | None:
        WITNESSED.append((self.number, view))
        self.asked += 1
        assert self.asked == view.turn == len(view.mine) + 1
        names = {"guard": ("rest", "search"), "thief": ("wait", "take", "flee")}[view.actor]
        told = (
            sum(view.seen.values()) + view.number + len(view.open) + sum(map(len, (str(view.mine), str(view.others))))
        )
        return (*names, None)[int(told * 7) % (len(names) + 1)]


class Flawed:
    """Fails in turn 2 of some runs."""

    def decide(self, view: PlayerView) -> str:
        if view.turn == 2 and view.number > 0.9:
            raise KeyError("nothing\nhere")
        return "rest"


class Quitter:
    """Leaves the program."""

    def decide(self, view: PlayerView) -> str:
        sys.exit(0)


class Misspelt:
    """Names no action."""

    def decide(self, view: PlayerView) -> str:
        return "serch"


class Vague:
    """Answers with a number."""

    def decide(self, view: PlayerView) -> Any:
        return 3


class Broken:
    """Cannot be made."""

    def __init__(self) -> None:
        raise ValueError("no luck")


class Forgetful:
    """Fails once in a program: what it remembers crosses runs, which it should not."""

    failed = False

    def decide(self, view: PlayerView) -> str:
        if view.turn == 2 and not Forgetful.failed:
            Forgetful.failed = True
            raise RuntimeError("only once")
        return "rest"


class Mute:
    """No player at all."""


class Demanding:
    """Needs an argument."""

    def __init__(self, one: int) -> None: ...


def made_of(answer: Any) -> Any:
    """Return a class of strategies for all runs that always answer the same."""

    class Fixed:
        def __init__(self, game: Game, actor: Actor) -> None: ...

        def choose(self, scene: Scene) -> Any:
            return answer(scene)

    return Fixed


Closed = made_of(lambda scene: {1: np.ones(scene.count, bool)})
Unmasked = made_of(lambda scene: {0: 3})
Beyond = made_of(lambda scene: {7: np.ones(scene.count, bool)})
Twice = made_of(lambda scene: {0: np.ones(scene.count, bool), 1: np.ones(scene.count, bool)})
Listed = made_of(lambda scene: [1])
number = 5


def maker() -> TitForTat:
    """Make a player."""
    return TitForTat()


def mute_for(game: Game, actor: Actor) -> Mute:
    """Make something that does not choose."""
    return Mute()
