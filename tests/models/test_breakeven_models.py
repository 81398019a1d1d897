"""Break-evens of published models, against their closed forms; and how often the intervals contain them.

Seeds are fixed, so that no test here fails by bad luck. A right interval misses at one seed of twenty: SEED is the
first at which none of the two dozen below does; how often they miss is tested with many seeds.
"""

import math
from pathlib import Path

import pytest

import sim
from benchmarks.coverage import ALLOWED, CASES, covered, share_inside
from sim.experiment.breakeven import BreakEven, breakeven
from sim.experiment.plan import planned_for
from sim.model.game import Setting

HERE = Path(__file__).parent
SEED = 7


def asked(model: str, actor: str, sides: str, opponent: str = "", only: str = "", **given: float) -> BreakEven:
    """What breaks even between two strategies against an opponent's, or between two regimes; 4,000 runs."""
    scenario = sim.load(HERE / f"{model}.yaml")
    plays = dict([tuple(opponent.split("=", 1))]) if opponent else {}
    return breakeven(
        scenario,
        actor,
        strategies=sides.split() if opponent else (),
        regimes=() if opponent else sides.split(),
        parameters=[only] if only else (),
        setting=Setting(None, plays, given),
        plan=planned_for(scenario, 4000, SEED),
        joint=False,
    )


def contains(answer: BreakEven, name: str, right: float, width: float) -> None:
    """The one break-even of a parameter has an interval of about that width, and it contains the right value."""
    (alone,) = [each for each in answer.parameters if each.name == name]
    (root,) = alone.crossings
    assert root.at is not None
    assert root.low <= right <= root.high
    assert root.high - root.low == pytest.approx(width, rel=0.5)


def test_deterrence() -> None:
    """O3a, Zagare and Kilgour 2000: a challenge pays while hard < (won - kept) / (won - fought).

    The same indifference, solved for each of the four; an interval is four errors wide, of a payoff per slope.
    """
    answer = asked("deterrence", "challenger", "wait challenge", "defender=by_type")
    width = 4 * 15 * math.sqrt(0.4 * 0.6 / 4000) / 15
    contains(answer, "hard_share", 0.4, width)
    spread = 4 * 15 * math.sqrt(0.25 * 0.75 / 4000)
    contains(answer, "kept", 0.75 * 10 - 0.25 * 5, spread)
    contains(answer, "won", (4 + 0.25 * 5) / 0.75, spread / 0.75)
    contains(answer, "fought", (4 - 0.75 * 10) / 0.25, spread * 24 / 15 / 0.25)


def test_deterrence_with_other_payoffs() -> None:
    """O3a again: (1, 0.7, -3) gives 0.075."""
    answer = asked("deterrence", "challenger", "wait challenge", "defender=by_type", won=1, kept=0.7, fought=-3)
    contains(answer, "hard_share", 0.075, 4 * math.sqrt(0.075 * 0.925 / 4000))


@pytest.mark.parametrize(("compromise", "right"), [(0.7, 0.3), (0.85, 0.15)])
def test_threats(compromise: float, right: float) -> None:
    """O3b, Brams and Kilgour 1985: a threat deters from 1 - compromise on; and, the other way, the compromise from 0.9."""
    answer = asked("threat", "row", "cooperate defy", "column=threaten", compromise=compromise)
    contains(answer, "threat", right, 4 * math.sqrt(right * (1 - right) / 4000))
    contains(answer, "compromise", 0.9, 4 * math.sqrt(0.09 / 4000))


@pytest.mark.parametrize(
    ("given", "right"),
    [({}, 2 / 3), ({"reward": 3, "temptation": 2.6, "punishment": 1, "sucker": -2}, 15 / 17)],
)
def test_trust(given: dict[str, float], right: float) -> None:
    """O3c, Kydd 2000: (P - S) / (P - S + R - T)."""
    answer = asked("trust", "one", "defect cooperate", "two=by_type", **given)
    contains(answer, "trust", right, 4 * math.sqrt(right * (1 - right) / 4000))


@pytest.mark.parametrize(("temptation", "right"), [(5, 1 / 2), (7, 2 / 3)])
def test_grim_trigger(temptation: float, right: float) -> None:
    """O5, Friedman 1971: (T - R) / (T - P); after 60 turns what is left of the game is less than 1e-10."""
    answer = asked("repeated", "one", "betray keep", "two=grim", "patience", temptation=temptation)
    contains(answer, "patience", right, 0.03)


@pytest.mark.parametrize("temptation", [4.5, 5])
def test_tit_for_tat(temptation: float) -> None:
    """O5, Axelrod and Hamilton 1981: alternating does not pay from (T - R) / (R - S) on."""
    answer = asked("repeated", "one", "alternate keep", "two=tit_for_tat", "patience", temptation=temptation)
    contains(answer, "patience", (temptation - 3) / 3, 0.03)


def test_a_guard() -> None:
    """Ours: loss * (1 - exp(-rate)) = price, solved for each; with the guard at half the price, for the loss."""
    answer = asked("guard", "owner", "open guarded")
    spread = 4 * 3 * math.sqrt((1 - math.exp(-0.4)) * math.exp(-0.4) / 4000)
    contains(answer, "price", 3 * (1 - math.exp(-0.4)), spread)
    contains(answer, "loss", 0.5 / (1 - math.exp(-0.4)), spread * 0.5 / (3 * (1 - math.exp(-0.4)) ** 2) / 1.0)
    contains(answer, "rate", -math.log(1 - 0.5 / 3), 4 * math.sqrt(1 / 6 * 5 / 6 / 4000) * 6 / 5)
    (colour,) = [each for each in answer.parameters if each.name == "colour"]
    assert not colour.matters


def test_intervals_cover() -> None:
    """95 +- 7.5 % over the seeds 0 to 199, a tenth of what `make coverage` asks, which has more cases.

    A right interval would fail with 200 other seeds once in 20,000 times (fewer than 175 hits of 200 at 94.5 % each); with
    these it either does or does not.
    """
    answers = covered(CASES["price"], range(200), grid=5)
    share = share_inside(answers)
    assert ALLOWED[0] <= share.mean <= ALLOWED[1]
    # Intervals that are too wide would cover all: a right one does so once in 80,000 times.
    assert share.mean < 1
