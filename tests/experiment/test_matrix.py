"""A matrix has what its cells have when played alone; equilibria, selection and reasons follow from them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import sim
from sim.errors import CommandError, RunError
from sim.experiment.cells import TOGETHER
from sim.experiment.equilibria import Found, find
from sim.experiment.matrix import Matrix, matrices, prepared
from sim.experiment.plan import Plan
from sim.scenario.load import load_text
from sim.scenario.schema import Scenario
from tests.experiment.test_equilibria import exact_o04

DILEMMA = """
scenario: dilemma
clock: {turns: 2, discount: 0.5}
parameters: {gain: 5}
state: {here: 0, there: 0}
actors:
  one:
    incentives: {peace: 3 * (here + there == 0), edge: gain * (here > there), race: 1 * (here * there)}
    actions: {comply: {set: {here: 0}}, arm: {set: {here: 1}}}
  two:
    incentives: {peace: 3 * (here + there == 0), edge: gain * (there > here), race: 1 * (here * there)}
    actions: {comply: {set: {there: 0}}, arm: {set: {there: 1}}}
    plays: arm
  witness: {incentives: {calm: 1}}
regimes:
  open: {}
  played: {plays: {one: arm, two: comply}}
  poor: {parameters: {gain: 2}}
  bound: {forbid: {one: [arm]}}
"""
CHANCY = """
scenario: chancy
clock: {turns: 5, discount: 0.9}
state: {x: {initial: {low: 0, high: 1}, max: 5}}
actors:
  a:
    incentives: {good: x, bad: -0.2 * x}
    actions: {wait: {}, build: {cost: 0.3, chance: 0.7, after: {mean: 1.5}, add: {x: 1}}}
    strategies: {both: [{do: {wait: 1, build: 2}}], late: {script: [wait, wait, build]}}
  b:
    incentives: {envy: 0 - x}
    actions: {look: {}, strike: {cost: 0.1, add: {x: -0.5}}}
hazards:
  storm: {rate: 0.3, payoffs: {a: -1}}
  end: {chance: 0.05, ends: true}
"""


@cache
def scenario(text: str) -> Scenario:
    return load_text(text)


@cache
def noisy(runs: int) -> Matrix:
    """The shipped noisy dilemma, by so many runs a cell."""
    return sim.matrix(sim.load("noisy-dilemma"), runs=runs, seed=4)


def dilemma(regime: str = "open") -> Matrix:
    return sim.matrix(scenario(DILEMMA), regime=regime, runs=2)


def test_payoffs_are_worked_by_hand() -> None:
    """Two turns count 1.5: 3, 5, 1 and 0 become 4.5, 7.5, 1.5 and 0, without any error; arming is the only equilibrium."""
    found = dilemma()
    assert found.strategies == (("comply", "arm"), ("comply", "arm"))
    assert found.payoffs.tolist() == [[[4.5, 0], [7.5, 1.5]], [[4.5, 7.5], [0, 1.5]]]
    assert found.se is not None
    assert (found.se == 0).all()
    (only,) = found.found.equilibria
    assert (only.supports, only.payoffs, only.support, only.more_runs) == (((1,), (1,)), (1.5, 1.5), 1.0, 0)


def test_rules_of_a_regime_count_and_what_it_plays_does_not() -> None:
    """A smaller gain takes the dilemma away; what is forbidden is as good as passing, so both strategies are alike."""
    assert (dilemma("played").payoffs == dilemma().payoffs).all()
    poor = dilemma("poor").found
    assert [each.supports for each in poor.equilibria if each.pure] == [((0,), (0,)), ((1,), (1,))]
    bound = dilemma("bound").found
    assert bound.alike[0] == ((0, 1),)
    assert bound.degenerate


def test_a_regime_selects_from_where_it_begins() -> None:
    """Both begin in peace under "poor" (two arms): the side that gains changes until nobody does."""
    assert dilemma().begin == (0, 1)
    assert dilemma("played").begin == (1, 0)
    poor = dilemma("poor")
    assert poor.selected.why == "replies"
    assert poor.selected.path[0] == (0, 1)
    # Against arms, arming brings 1 a turn instead of 0; against compliance, complying 3 instead of 2: the same, so first.
    assert poor.selected.path[-1] in {(0, 0), (1, 1)}


def test_the_ledger_says_why() -> None:
    """From arming on both sides, complying alone loses the race's 1.5 and nothing else."""
    found = dilemma()
    assert found.change(0, 0).to_dict() == {"mean": -1.5, "se": 0.0, "low": -1.5, "high": -1.5}
    assert found.reasons(0, 0)[0] == ("race", -1.5)
    assert [part for _, part in found.reasons(0, 0)[1:]] == [0.0] * (len(found.entries[0]) - 1)


@pytest.mark.parametrize("runs", [1, 7, 2500])
def test_a_cell_is_what_it_is_alone(runs: int) -> None:
    """Means, errors and ledgers are those of an ensemble of that pair, and entries add up to payoffs."""
    found = sim.matrix(scenario(CHANCY), runs=runs, seed=3)
    assert found.strategies == (("both", "late"), ("look", "strike"))
    for row, mine in enumerate(found.strategies[0]):
        for column, theirs in enumerate(found.strategies[1]):
            alone = sim.run(scenario(CHANCY), runs=runs, seed=3, play={"a": mine, "b": theirs})
            for side, actor in enumerate(("a", "b")):
                stat = alone.stats[actor]
                assert found.payoffs[side, row, column] == pytest.approx(stat.mean, rel=1e-12)
                assert (found.se is None) == (stat.se is None)
                if found.se is not None:
                    assert found.se[side, row, column] == pytest.approx(stat.se, rel=1e-9)
                for entry, part in zip(found.entries[side], found.ledgers[side], strict=True):
                    assert part[row, column] == pytest.approx(alone.stats[f"{actor}.{entry}"].mean, rel=1e-9, abs=1e-12)
                assert found.ledgers[side].sum(axis=0)[row, column] == pytest.approx(stat.mean, rel=1e-9)


def test_stretches_and_processes_change_nothing() -> None:
    """More runs than advance together; one process or two: equal to the last bit, and the same resamples."""
    plan = Plan(TOGETHER + 700, 5)
    (one,) = matrices(scenario(CHANCY), (), plan).matrices.values()
    (two,) = matrices(scenario(CHANCY), (), Plan(TOGETHER + 700, 5, jobs=2)).matrices.values()
    for name in ("payoffs", "se", "resamples"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    alone = sim.run(scenario(CHANCY), runs=TOGETHER + 700, seed=5, play={"a": "late", "b": "strike"}).stats["a"]
    assert one.payoffs[0, 1, 1] == pytest.approx(alone.mean, rel=1e-12)
    assert one.se is not None
    assert one.se[0, 1, 1] == pytest.approx(alone.se, rel=1e-9)


def test_resamples_are_of_the_same_runs_in_every_cell() -> None:
    """Their spread is the standard error (1,000 know it to 2.3 %; 15 % is six of that), and differences are paired."""
    found = sim.matrix(scenario(CHANCY), runs=3000, seed=8)
    assert found.resamples is not None
    assert found.se is not None
    assert found.resamples.std(axis=0) == pytest.approx(found.se, rel=0.15)
    both, late = (
        sim.run(scenario(CHANCY), runs=3000, seed=8, play={"a": name, "b": "look"}).column("a")
        for name in ("both", "late")
    )
    paired = (both - late).std(ddof=1) / np.sqrt(3000)
    change = found.resamples[:, 0, 0, 0] - found.resamples[:, 0, 1, 0]
    assert change.std() == pytest.approx(paired, rel=0.15)


def test_progress_is_told_of_every_run_once() -> None:
    """Regimes that differ only in what is played are played once."""
    told: list[int] = []
    names = ["open", "played", "poor"]
    answer = matrices(scenario(DILEMMA), names, Plan(20, 1), progress=told.append)
    assert sum(told) == 20 * prepared(scenario(DILEMMA), names).cells == 20 * 8
    assert answer.same == {"played": "open"}
    assert [matrix.begin for matrix in answer.matrices.values()] == [(0, 1), (1, 0), (0, 1)]
    assert list(answer.to_dict()["regimes"]) == names


def test_strategies_can_be_named() -> None:
    """Actions too; in the order given, each once."""
    found = sim.matrix(scenario(CHANCY), runs=3, play={"a": ["build", "both", "build"], "b": "look"})
    assert found.strategies == (("build", "both"), ("look",))
    assert found.payoffs.shape == (2, 2, 1)
    assert [len(each.supports[0]) for each in found.found.equilibria] == [1]


def test_a_parameter_can_be_set() -> None:
    assert sim.matrix(scenario(DILEMMA), runs=1, set={"gain": 2}).payoffs[0].tolist() == [[4.5, 0], [3, 1.5]]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"regime": "opn"}, "UNKNOWN-REGIME: .*did you mean 'open'"),
        ({"play": {"two": "amr"}}, "UNKNOWN-STRATEGY: .*did you mean 'arm'"),
        ({"play": {"witness": "arm"}}, "UNKNOWN-ACTOR"),
        ({"set": {"gian": 1}}, "UNKNOWN-PARAMETER: .*did you mean 'gain'"),
        ({"runs": 0}, "RUNS"),
    ],
)
def test_wrong_words_are_refused(asked: dict, code: str) -> None:
    with pytest.raises(CommandError, match=code):
        sim.matrix(scenario(DILEMMA), **asked)


@pytest.mark.parametrize("acting", [0, 1, 3])
def test_two_actors_must_have_actions(acting: int) -> None:
    """No, one and three are told apart from two."""
    actors = "".join(
        f"  {name}: {{incentives: {{i: 0}}{', actions: {go: {}}' if place < acting else ''}}}\n"
        for place, name in enumerate("abc")
    )
    with pytest.raises(CommandError, match="NOT-TWO-ACTORS: a matrix needs two actors with actions"):
        sim.matrix(scenario(f"scenario: few\nclock: {{turns: 1}}\nactors:\n{actors}"))


def test_an_expression_that_misbehaves_says_in_which_cell() -> None:
    """The command that replays the run names both strategies."""
    text = DILEMMA.replace("1 * (here * there)}", "1 / (2 - here - there)}")
    with pytest.raises(RunError, match="--play one=arm --play two=arm"):
        sim.matrix(scenario(text), runs=3)


# ---------------------------------------------------------------- the noisy dilemma (O4)


def test_the_noisy_dilemma_is_the_published_one() -> None:
    """Every cell within 6 standard errors of the exact 200-turn mean: a false alarm for 50 cells in 1e-7 of seeds."""
    found = noisy(2000)
    assert found.strategies[0] == ("allc", "alld", "tft", "gtft", "wsls")
    assert found.se is not None
    assert found.se.max() < 0.005 * 5
    assert np.abs((found.payoffs - exact_o04()) / found.se).max() < 6.0


def as_if(runs: int) -> Found:
    """The exact game with the luck that so many runs would leave: the measured one, centred and scaled by the root."""
    found, exact = noisy(2000), exact_o04()
    assert found.resamples is not None
    return find(exact, exact + (found.resamples - found.payoffs) * np.sqrt(2000 / runs), runs)


def test_its_thin_margin_is_uncertain_until_runs_are_enough() -> None:
    """GTFT's margin of .0031 is flagged at 60 runs and settled at 10,000, as all seven are; ALLD's of .0517 is by 60.

    The margin over TFT has a standard deviation of 0.042 in one run (20,000 runs of another seed), that of .0040 over
    ALLC one of 0.032: 60 runs make them 0.57 and 1.0 standard errors on either side, 10,000 make them 7.3 and 13. The
    game is centred on its exact payoffs, so that only the spread, known to 3 %, and the resampling are left to luck:
    a share near 0.36 of 1,000 is known to 0.015, and the bounds are 17 of these away.
    """
    few = {each.supports: each for each in as_if(60).equilibria}
    generous = few[(3,), (3,)]
    assert generous.support is not None
    assert 0.1 < generous.support < 0.9
    assert generous.more_runs is not None
    assert 300 < generous.more_runs < 3000
    assert few[(1,), (1,)].settled
    assert [each.settled for each in as_if(10_000).equilibria] == [True] * 7


def test_its_margins_are_the_published_ones() -> None:
    """Played: .0517 and .0031 on both sides, within 6 paired standard errors: a false alarm in 1e-8 of seeds."""
    found = noisy(2000)
    assert found.resamples is not None
    for strategy, exact in ((1, 0.0517387500), (3, 0.0030545550)):
        for side, other in ((0, (0, 2, strategy)), (1, (1, strategy, 2))):
            mine = (side, strategy, strategy)
            margin = found.payoffs[mine] - found.payoffs[other]
            error = (found.resamples[:, *mine] - found.resamples[:, *other]).std()
            assert abs(margin - exact) < 6 * error
            assert error < 0.0015
