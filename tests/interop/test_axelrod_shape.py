"""Players of the shape of the Axelrod library: a look-alike plays here as it does in a match of its own.

The library is not needed for this: what stands below has the parts of its players that matter, written anew.
"""

from __future__ import annotations

import ast
import enum
import random
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import sim
from sim.engine import events, lockstep
from sim.errors import CommandError
from sim.model.compiling import compiled
from sim.model.game import Game, Setting
from tests.engine.both import played

DILEMMA = sim.load("classics/noisy-dilemma")
WATCH = sim.load(Path(__file__).with_name("watch.yaml"))
SCORES = {"CC": (3, 3), "CD": (0, 5), "DC": (5, 0), "DD": (1, 1)}
TURNS = 200

# --- A look-alike ----------------------------------------------------------------------------------------------------


class Action(enum.Enum):
    C = 0
    D = 1


C, D = Action.C, Action.D


class History:
    """What one side played, and what the other did, as the library keeps it."""

    def __init__(self) -> None:
        self.plays: list[Action] = []
        self.coplays: list[Action] = []
        self.state_distribution: Counter[tuple[Action, Action]] = Counter()

    def append(self, play: Action, coplay: Action) -> None:
        self.plays.append(play)
        self.coplays.append(coplay)
        self.state_distribution[play, coplay] += 1

    def __len__(self) -> int:
        return len(self.plays)

    def __getitem__(self, key: Any) -> Any:
        return self.plays[key]


class Base:
    classifier: ClassVar[dict[str, Any]] = {"stochastic": False}

    def __init__(self) -> None:
        self.history = History()
        self.length = -1

    def set_match_attributes(self, length: int = -1, game: Any = None, noise: float = 0) -> None:
        self.length = length

    def update_history(self, play: Action, coplay: Action) -> None:
        self.history.append(play, coplay)

    def clone(self) -> Base:
        return type(self)()

    cooperations = property(lambda self: self.history.plays.count(C))
    defections = property(lambda self: self.history.plays.count(D))
    state_distribution = property(lambda self: self.history.state_distribution)


class TitForTat(Base):
    def strategy(self, opponent: Any) -> Action:
        return D if self.history and opponent.history[-1] == D else C


class Grudger(Base):
    def strategy(self, opponent: Any) -> Action:
        return D if opponent.defections else C


class WinStay(Base):
    def strategy(self, opponent: Any) -> Action:
        if not self.history:
            return C
        return C if self.history[-1] == opponent.history[-1] else D


class Bookkeeper(Base):
    """Looks at everything there is to look at, and attacks in the last two turns."""

    def strategy(self, opponent: Any) -> Action:
        past, turn = opponent.history, len(self.history)
        assert len(past) == turn
        assert list(past.coplays) == self.history.plays
        assert (opponent.cooperations, opponent.defections) == (list(past).count(C), list(past).count(D))
        assert opponent.cooperations + opponent.defections == turn
        assert opponent.state_distribution == Counter(zip(past, self.history.plays, strict=True))
        if turn >= self.length - 2 or past[-3:] == [D, D, D]:
            return D
        return D if opponent.state_distribution[D, C] > opponent.state_distribution[C, D] else C


class Opener(Base):
    """Opens with what is told it."""

    def __init__(self, opening: str = "DCC") -> None:
        super().__init__()
        self.opening = opening

    def clone(self) -> Opener:
        return Opener(self.opening)

    def strategy(self, opponent: Any) -> Action:
        turn = len(self.history)
        return Action[self.opening[turn]] if turn < len(self.opening) else opponent.history[-1]  # type: ignore[no-any-return]


FIERCE = Opener("DDCDC")
"""An object with arguments of its own; in a match it is cloned."""


class Letters:
    """The oldest shape: a list of letters, and nothing else."""

    def __init__(self) -> None:
        self.history: list[str] = []

    def strategy(self, opponent: Any) -> str:
        return "D" if opponent.history[-1:] == ["D"] or len(self.history) == 3 else "C"


class Joss(Base):
    """Answers in kind, but one time in ten."""

    classifier: ClassVar[dict[str, Any]] = {"stochastic": True}

    def set_seed(self, seed: int) -> None:
        assert isinstance(seed, int)
        assert 0 <= seed < 2**32
        self.luck = random.Random(seed)

    def strategy(self, opponent: Any) -> Action:
        if self.history and opponent.history[-1] == D:
            return D
        return D if self.luck.random() < 0.1 else C


class Unseeded(TitForTat):
    classifier: ClassVar[dict[str, Any]] = {"stochastic": True}


class MindReader(TitForTat):
    classifier: ClassVar[dict[str, Any]] = {"inspects_source": True}


class Odd(Base):
    def strategy(self, opponent: Any) -> str:
        return "E"


class Numbers(Base):
    def strategy(self, opponent: Any) -> Any:
        return type("Bare", (), {"name": "C"})()


class Caller(Base):
    def strategy(self, opponent: Any) -> Any:
        return opponent.strategy(self)


def named(player: type | str) -> str:
    return f"{__name__}:{player if isinstance(player, str) else player.__name__}"


def game_of(scenario: sim.Scenario, regime: str | None = None, **players: type | str) -> Game:
    return compiled(scenario, Setting(regime, {actor: named(each) for actor, each in players.items()}))


# --- Matches ---------------------------------------------------------------------------------------------------------


def match(one: Base, other: Base) -> tuple[str, tuple[float, float]]:
    """A match of the library: both choose, then both remember; the moves, and what a turn brought each on average."""
    moves = []
    for player in (one, other):
        player.set_match_attributes(TURNS)
    for _ in range(TURNS):
        pair = one.strategy(other), other.strategy(one)  # type: ignore[attr-defined]
        one.update_history(*pair)
        other.update_history(pair[1], pair[0])
        moves.append(pair[0].name + pair[1].name)
    totals = [sum(SCORES[move][side] for move in moves) / TURNS for side in (0, 1)]
    return " ".join(moves), (totals[0], totals[1])


@pytest.mark.parametrize("other", [TitForTat, Bookkeeper, "FIERCE"], ids=str)
@pytest.mark.parametrize("one", [TitForTat, Grudger, WinStay, Bookkeeper, Opener], ids=str)
def test_a_match_is_the_same_here(one: type[Base], other: type[Base] | str) -> None:
    """Move by move, and in payoffs, where no move goes wrong: the first action of an actor is C, the second D."""
    letters = {"comply": "C", "arm": "D"}
    moves, scores = match(one(), FIERCE.clone() if isinstance(other, str) else other())
    ensemble = sim.run(DILEMMA, runs=2, regime="precise", play={"north": named(one), "south": named(other)})
    turns = [row for row in ensemble.turns() if row["run"] == 1]
    assert " ".join(letters[row["action.north"]] + letters[row["action.south"]] for row in turns) == moves
    assert [float(ensemble.payoffs[actor][1]) for actor in ("north", "south")] == pytest.approx(scores, abs=1e-12)


def test_letters_are_actions_too() -> None:
    """A player that answers with letters and keeps a list: it attacks once, and tit for tat answers for ever."""
    ensemble = sim.run(DILEMMA, runs=1, regime="precise", play={"north": named(Letters)})
    moves = [(row["action.north"], row["action.south"]) for row in ensemble.turns()][:8]
    arm, comply = "arm", "comply"
    calm, hit, back = (comply, comply), (arm, comply), (comply, arm)
    assert moves == [calm, calm, calm, hit, back, hit, back, hit]


def test_engines_agree_and_objects_stay_as_they_are() -> None:
    """Against opponents whose moves go wrong; an object that is named is cloned for each run."""
    for player in (Bookkeeper, "FIERCE", Joss):
        game = game_of(DILEMMA, north=player)
        table = played(game, 3, 5, 12)
        assert np.array_equal(table[:, 4:6], lockstep.play(game, 3, 9, 2))
        assert len(np.unique(table[0])) > 6
    assert len(FIERCE.history) == 0


def test_chance_within_a_player_is_the_luck_of_its_run() -> None:
    """Given by ``set_seed`` every turn: pairs of runs differ, the same run does not; and a tenth is a tenth.

    Against one that always complies it attacks in a tenth of 100 x 200 turns: within 0.0106, five standard errors, so
    that a sound one is found wrong less than once in 10**6 times.
    """
    plays = {"north": named(Joss), "south": "comply"}
    ensemble = sim.run(DILEMMA, runs=100, seed=11, regime="precise", play=plays)
    share = ensemble.column("actions.north.arm") / TURNS
    assert abs(share.mean() - 0.1) < 5 * np.sqrt(0.1 * 0.9 / (100 * TURNS))
    again = sim.run(DILEMMA, runs=100, seed=11, regime="mistakes", play=plays)
    assert np.array_equal(again.column("actions.north.arm"), ensemble.column("actions.north.arm"))
    other = sim.run(DILEMMA, runs=100, seed=12, regime="precise", play=plays)
    assert not np.array_equal(other.column("actions.north.arm"), ensemble.column("actions.north.arm"))


# --- Refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenario", "actor", "player", "said"),
    [
        (WATCH, "guard", TitForTat, "plays games of two actors with two actions each, but actors here have 2 and 3"),
        (DILEMMA, "north", Unseeded, "says that it is stochastic, but has no set_seed"),
        (DILEMMA, "north", MindReader, "looks into its opponent's mind or changes it (inspects_source)"),
    ],
)
def test_what_cannot_be_played_is_told_before(scenario: sim.Scenario, actor: str, player: type, said: str) -> None:
    """Before anything is played."""
    with pytest.raises(CommandError, match="PLAYER") as met:
        game_of(scenario, **{actor: player})
    assert said in str(met.value)


@pytest.mark.parametrize(
    ("player", "said"),
    [
        (Odd, "in run 4, turn 1, answers 'E', which is neither C nor D"),
        (Numbers, "in run 4, turn 1, answers with a Bare, a class without C and D"),
        (Caller, "in run 4, turn 1, fails: AttributeError"),
    ],
)
def test_what_goes_wrong_is_told_in_a_line(player: type, said: str) -> None:
    """The same by both engines."""
    for engine in (lockstep, events):
        with pytest.raises(CommandError) as met:
            engine.play(game_of(DILEMMA, north=player), 1, 4, 3)
        assert said in str(met.value)
        assert "\n" not in str(met.value)


def test_passing_is_refused() -> None:
    """The kind knows C and D only, so a game in which somebody passes is not played on."""
    scenario = sim.load("classics/noisy-dilemma")
    play = {"north": named(TitForTat), "south": "tests.interop.test_axelrod_shape:Idle"}
    with pytest.raises(CommandError, match="finds that south passed in turn 1, and its kind knows no passing"):
        sim.run(scenario, runs=2, play=play)


class Idle:
    """Always passes."""

    def decide(self, view: Any) -> None:
        return None


def test_the_library_is_never_imported() -> None:
    """Nowhere in the package."""
    for file in (Path(sim.__file__).parent).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not any(each.name.split(".")[0] == "axelrod" for each in node.names), file
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] != "axelrod", file
