"""Players of the shape that the Axelrod library gives its own, in a game of two actors with two actions each.

The first action that an actor's part writes is C, the second D. Such a player answers ``strategy(opponent)`` by
looking at its own ``history`` and the opponent's. The library itself is never imported: a player brings its actions.

The shape: Axelrod project, "Axelrod: Python library for the iterated prisoner's dilemma", ``axelrod.Player``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.model.plugins import refused
from sim.scenario import schema

if TYPE_CHECKING:
    from sim.model.strategies.outside import PlayerView

_LETTERS = ("C", "D")
_SEEDS = 2**32
_MEDDLING = ("inspects_source", "manipulates_source", "manipulates_state")
"""What a player may claim to do to its opponent's mind, which is not there to be read."""


class Unplayable(Exception):
    """What a player of this shape meets in the game, or answers, and cannot be played with."""


def check(name: str, player: Any, scenario: schema.Scenario) -> None:
    """Raise ``CommandError`` unless a player can play a scenario and says what luck it needs in a way to be given."""
    sizes = [len(part.actions) for part in scenario.actors.values()]
    if sizes != [2, 2]:
        has = " and ".join(str(size) for size in sizes)
        problem = f"'{name}' plays games of two actors with two actions each, but actors here have {has} actions"
        raise refused(problem, "write a player with decide(view) instead")
    classifier = _classifier(player)
    for word in _MEDDLING:
        if classifier.get(word):
            problem = f"'{name}' looks into its opponent's mind or changes it ({word}), which nobody can do here"
            raise refused(problem, "play another")
    if classifier.get("stochastic") and not callable(getattr(player, "set_seed", None)):
        problem = f"'{name}' says that it is stochastic, but has no set_seed to give it luck by"
        raise refused(problem, "give it a set_seed(seed), or write a player with decide(view), which is told its luck")


class Plays(list[Any]):
    """The actions of one side of a match, first to last, counted as players of this shape ask for them."""

    def __init__(self) -> None:
        super().__init__()
        self.coplays: list[Any] = []
        self.state_distribution: Counter[tuple[Any, Any]] = Counter()
        self._counts: Counter[Any] = Counter()
        self._moves: Sequence[Any] = _LETTERS

    def add(self, play: Any, coplay: Any, moves: Sequence[Any]) -> None:
        """Add what both sides did in a turn; ``moves`` are C and D."""
        self.append(play)
        self.coplays.append(coplay)
        self.state_distribution[play, coplay] += 1
        self._counts[play] += 1
        self._moves = moves

    @property
    def cooperations(self) -> int:
        """Return how often C was played."""
        return self._counts[self._moves[0]]

    @property
    def defections(self) -> int:
        """Return how often D was played."""
        return self._counts[self._moves[1]]


class Opponent:
    """The other side of a match, as a player of this shape sees it: what it did, and nothing else."""

    name = "opponent"

    def __init__(self) -> None:
        self.history = Plays()
        self.classifier: dict[str, Any] = {}

    @property
    def cooperations(self) -> int:
        """Return how often it played C."""
        return self.history.cooperations

    @property
    def defections(self) -> int:
        """Return how often it played D."""
        return self.history.defections

    @property
    def state_distribution(self) -> Counter[tuple[Any, Any]]:
        """Return how often each pair of its action and the player's came."""
        return self.history.state_distribution


class AxelrodShaped:
    """Lets an object of this shape decide in one run."""

    def __init__(self, player: Any, scenario: schema.Scenario, actor: str) -> None:
        self._player = player
        self._opponent = Opponent()
        (self._other,) = (name for name in scenario.actors if name != actor)
        self._mine = list(scenario.actors[actor].actions)
        self._theirs = list(scenario.actors[self._other].actions)
        self._moves: Sequence[Any] = _LETTERS
        # Making a generator of random numbers takes longer than most players think.
        self._draws = _classifier(player).get("stochastic", True) and callable(getattr(player, "set_seed", None))

    def decide(self, view: PlayerView) -> str:
        """Return the action that the player answers."""
        if view.turn == 1:
            self._tell_length(view.turns)
        else:
            self._remember(view)
        if self._draws:
            # Each turn's luck is that turn's number, however much of it earlier turns took.
            self._player.set_seed(int(view.number * _SEEDS))
        answer = self._player.strategy(self._opponent)
        letter = str(getattr(answer, "name", answer))
        if letter not in _LETTERS:
            raise Unplayable(f"answers '{letter}', which is neither C nor D")
        self._moves = _moves_of(answer)
        return self._mine[_LETTERS.index(letter)]

    def _tell_length(self, turns: int) -> None:
        if callable(getattr(self._player, "set_match_attributes", None)):
            known = getattr(self._player, "match_attributes", None) or {}
            self._player.set_match_attributes(length=turns, game=known.get("game"), noise=known.get("noise", 0))

    def _remember(self, view: PlayerView) -> None:
        play = self._move(view.actor, self._mine, view.mine[-1], view.turn)
        coplay = self._move(self._other, self._theirs, view.others[self._other][-1], view.turn)
        self._opponent.history.add(coplay, play, self._moves)
        if callable(getattr(self._player, "update_history", None)):
            self._player.update_history(play, coplay)
        elif isinstance(self._player.history, list):
            self._player.history.append(play)
        else:
            self._player.history.append(play, coplay)

    def _move(self, actor: str, actions: list[str], taken: str | None, turn: int) -> Any:
        if taken is None:
            raise Unplayable(f"finds that {actor} passed in turn {turn - 1}, and its kind knows no passing")
        return self._moves[actions.index(taken)]


def _classifier(player: Any) -> dict[str, Any]:
    classifier = getattr(player, "classifier", None)
    return classifier if isinstance(classifier, dict) else {}


def _moves_of(answer: Any) -> Sequence[Any]:
    """Return C and D as a player writes them: letters, or members of the class of its answers."""
    if isinstance(answer, str):
        return _LETTERS
    kind = type(answer)
    if not (hasattr(kind, "C") and hasattr(kind, "D")):
        raise Unplayable(f"answers with a {kind.__name__}, a class without C and D")
    return kind.C, kind.D
