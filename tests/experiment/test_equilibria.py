"""Equilibria of games with known answers, of random games against another method, and how sure resamples make them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from sim.errors import CommandError
from sim.experiment import vertices
from sim.experiment.dominance import alike, best_replies, dominated, undominated
from sim.experiment.equilibria import Found, find, least_probability
from sim.experiment.resamples import Batches, factor_to_settle, runs_in_a_batch
from sim.experiment.selection import Selected, selected
from sim.experiment.supports import solved


def game(rows: list[list[float]], columns: list[list[float]]) -> np.ndarray:
    """Payoffs of both sides, cell by cell."""
    return np.array([rows, columns], dtype=float)


PENNIES = game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
SEXES = game([[2, 0], [0, 1]], [[1, 0], [0, 2]])
DILEMMA = game([[3, 0], [5, 1]], [[3, 5], [0, 1]])
GAMBIT = game([[1, 1], [0, 1]], [[1, 1], [2, 1]])
"""Degenerate: the column player does not mind in its second row, the row player in its second column."""


def profiles(found: Found) -> list[tuple[list[float], list[float]]]:
    return [tuple(each.round(9).tolist() for each in one.probabilities) for one in found.equilibria]


def exact_o04(noise: float = 0.05, turns: int = 200) -> np.ndarray:
    """Exact mean payoffs of ALLC, ALLD, TFT, GTFT, WSLS over so many turns, each move flipped by chance.

    A Markov chain over what both did last (Nowak and Sigmund, 1993), from an intended opening move.
    """
    intended = {
        "ALLC": (1, 1, 1, 1),
        "ALLD": (0, 0, 0, 0),
        "TFT": (1, 0, 1, 0),
        "GTFT": (1, 1 / 3, 1, 1 / 3),
        "WSLS": (1, 0, 0, 1),
    }
    flipped = {name: [p * (1 - noise) + (1 - p) * noise for p in each] for name, each in intended.items()}
    paid = np.array([3.0, 0.0, 5.0, 1.0])
    means = np.zeros((5, 5))
    for i, mine in enumerate(flipped.values()):
        for j, theirs in enumerate(flipped.values()):
            p, q = np.array(mine), np.array(theirs)[[0, 2, 1, 3]]
            step = np.stack([p * q, p * (1 - q), (1 - p) * q, (1 - p) * (1 - q)], axis=1)
            # The opening is meant as after two moves that complied.
            now, total = np.array([1.0, 0.0, 0.0, 0.0]), 0.0
            for _ in range(turns):
                now = now @ step
                total += now @ paid
            means[i, j] = total / turns
    return np.stack([means, means.T])


def by_supports(payoffs: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """All equilibria of a game without ties: those of equally many strategies on both sides, tried one by one."""
    _, m, n = payoffs.shape
    found = []
    for size in range(1, min(m, n) + 1):
        for rows in combinations(range(m), size):
            for columns in combinations(range(n), size):
                y = made_equal(payoffs[0][np.ix_(rows, columns)])
                x = made_equal(payoffs[1][np.ix_(rows, columns)].T)
                if min(x.min(), y.min()) < 0.0:
                    continue
                whole = np.zeros(m), np.zeros(n)
                whole[0][list(rows)], whole[1][list(columns)] = x, y
                gains = (payoffs[0] @ whole[1]).max() - whole[0] @ payoffs[0] @ whole[1]
                if max(gains, (whole[0] @ payoffs[1]).max() - whole[0] @ payoffs[1] @ whole[1]) < 1e-9:
                    found.append(whole)
    return found


def made_equal(square: np.ndarray) -> np.ndarray:
    """Probabilities of the columns under which all rows are equally good."""
    size = len(square)
    system = np.block([[square, -np.ones((size, 1))], [np.ones((1, size)), np.zeros((1, 1))]])
    return np.linalg.solve(system, np.append(np.zeros(size), 1.0))[:-1]


# ---------------------------------------------------------------- known answers


def test_matching_pennies_are_mixed() -> None:
    """The one equilibrium is a coin toss on both sides, worth nothing to either."""
    found = find(PENNIES)
    assert profiles(found) == [([0.5, 0.5], [0.5, 0.5])]
    assert found.equilibria[0].payoffs == (0.0, 0.0)
    assert (found.complete, found.degenerate, found.equilibria[0].pure) == (True, False, False)


def test_the_battle_of_the_sexes_has_three() -> None:
    """Two pure ones and one in which each goes to its own with 2/3, worth 2/3."""
    found = find(SEXES)
    assert profiles(found)[:2] == [([1, 0], [1, 0]), ([0, 1], [0, 1])]
    assert found.equilibria[2].probabilities[0] == pytest.approx([2 / 3, 1 / 3])
    assert found.equilibria[2].probabilities[1] == pytest.approx([1 / 3, 2 / 3])
    assert found.equilibria[2].payoffs == pytest.approx((2 / 3, 2 / 3))


def test_the_prisoners_dilemma_is_solved_by_dominance() -> None:
    """The second strategy strictly dominates the first on both sides; nothing else is left."""
    found = find(DILEMMA)
    assert profiles(found) == [([0, 1], [0, 1])]
    assert found.kept == ((1,), (1,))
    assert [(each.side, each.strategy, each.by, each.strictly) for each in found.dominated] == [
        (0, 0, (0.0, 1.0), True),
        (1, 0, (0.0, 1.0), True),
    ]
    assert best_replies(DILEMMA).tolist() == [[[False, False], [True, True]], [[False, True], [False, True]]]


def test_an_inspection_game_has_its_published_equilibrium() -> None:
    """Avenhaus, von Stengel and Zamir, 2002, with (a, b, c, e, f, D, al) = (.5, 4, .05, .1, .5, .9, .05)."""
    a, b, c, e, f, detection, alarm = 0.5, 4, 0.05, 0.1, 0.5, 0.9, 0.05
    inspector = [[-e * alarm - c, -a * detection - (1 - detection) - c], [0, -1]]
    inspectee = [[-f * alarm, -b * detection + (1 - detection)], [0, 1]]
    (only,) = find(game(inspector, inspectee)).equilibria
    assert only.probabilities[0][0] == pytest.approx(1 / (detection * (1 + b) - alarm * f))
    assert only.probabilities[1][1] == pytest.approx((c + e * alarm) / (detection * (1 - a) + e * alarm))


def test_the_noisy_dilemma_has_seven() -> None:
    """Of five strategies of memory one: ALLD and GTFT, with margins .0517 and .0031, and five mixed ones."""
    payoffs = exact_o04()
    mine = payoffs[0]
    assert mine[2, 2] == pytest.approx(2.289671, abs=1e-6)
    assert mine[1, 1] - np.delete(mine[:, 1], 1).max() == pytest.approx(0.0517387500)
    assert mine[3, 3] - np.delete(mine[:, 3], 3).max() == pytest.approx(0.0030545550)
    found = find(payoffs)
    assert (len(found.equilibria), found.complete, found.degenerate) == (7, True, False)
    assert [each.supports for each in found.equilibria if each.pure] == [((1,), (1,)), ((3,), (3,))]
    assert max(each.regret for each in found.equilibria) < 1e-12
    assert all(
        any(max(abs(one.probabilities[side] - other[side]).max() for side in (0, 1)) < 1e-8 for one in found.equilibria)
        for other in by_supports(payoffs)
    )


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (3, 1), (2, 2), (2, 3), (4, 2), (3, 3), (4, 4)])
def test_random_games_agree_with_trying_all_supports(shape: tuple[int, int]) -> None:
    """The same equilibria, an odd number of them (Wilson, 1971)."""
    luck = np.random.default_rng(shape[0] * 10 + shape[1])
    for _ in range(4):
        payoffs = 10.0 ** luck.integers(-3, 6) * luck.normal(size=(2, *shape)) + luck.integers(-5, 6)
        found, others = find(payoffs), by_supports(payoffs)
        assert len(found.equilibria) == len(others)
        assert len(others) % 2 == 1
        assert not found.degenerate
        for x, y in others:
            assert any(
                np.allclose(x, e.probabilities[0]) and np.allclose(y, e.probabilities[1]) for e in found.equilibria
            )


def test_random_games_with_ties_have_sound_equilibria() -> None:
    """Small whole payoffs: always one at least, and nobody gains by leaving; pure ones are never missed."""
    luck = np.random.default_rng(5)
    for _ in range(40):
        payoffs = luck.integers(0, 3, (2, *luck.integers(1, 5, 2))).astype(float)
        found = find(payoffs)
        assert found.equilibria
        assert max(each.regret for each in found.equilibria) < 1e-9
        stand = [{group[0] for group in groups} for groups in found.alike]
        listed = {(each.supports[0][0], each.supports[1][0]) for each in found.equilibria if each.pure}
        cells = {tuple(map(int, cell)) for cell in np.argwhere(best_replies(payoffs).all(axis=0))}
        assert {cell for cell in cells if cell[0] in stand[0] and cell[1] in stand[1]} == listed


# ---------------------------------------------------------------- ties


def test_a_degenerate_game_is_reported_as_such() -> None:
    """In Gambit's test game the row player always plays its first row, and any mix of columns will do."""
    found = find(GAMBIT)
    assert found.degenerate
    assert profiles(found) == [([1, 0], [1, 0]), ([1, 0], [0, 1])]
    assert not any(each.isolated for each in found.equilibria)
    assert found.ties == ((0, 1, (0, 1)), (1, 0, (0, 1)))
    assert [(each.side, each.strategy, each.strictly) for each in found.dominated] == [(0, 1, False), (1, 1, False)]


def test_strategies_that_come_to_the_same_are_one() -> None:
    """A copy adds no equilibrium, but makes the game degenerate."""
    copied = DILEMMA[:, [0, 1, 1], :]
    assert alike(copied, 0) == ((0,), (1, 2))
    assert alike(copied, 1) == ((0,), (1,))
    found = find(copied)
    assert profiles(found) == [([0, 1, 0], [0, 1])]
    assert found.degenerate
    assert found.equilibria[0].isolated


def test_a_side_whose_payoffs_are_all_the_same_does_not_mind() -> None:
    """Its strategies are alike only if the other side does not mind either."""
    found = find(game([[1, 1], [1, 1]], [[1, 0], [0, 1]]))
    assert found.degenerate
    assert {each.supports for each in found.equilibria} >= {((0,), (0,)), ((1,), (1,))}
    assert profiles(find(np.zeros((2, 2, 2)))) == [([1, 0], [1, 0])]


# ---------------------------------------------------------------- dominance


def test_a_mix_may_dominate_where_no_strategy_does() -> None:
    """Half of (3, 0) and half of (0, 3) beat (1, 1), and beat neither (2, 2) nor (0, 4)."""
    rows = [[3, 0], [0, 3], [1, 1]]
    (only,) = [each for each in dominated(game(rows, [[0, 1], [1, 0], [0, 0]])) if each.side == 0]
    assert (only.strategy, only.strictly) == (2, True)
    assert np.array(only.by) @ np.array(rows, float) == pytest.approx([1.5, 1.5])
    assert undominated(game(rows, [[0, 1], [1, 0], [0, 0]]))[0] == (0, 1)
    assert undominated(game([[3, 0], [0, 3], [2, 2]], [[0, 1], [1, 0], [0, 0]]))[0] == (0, 1, 2)


def test_rounds_of_elimination_solve_a_large_game() -> None:
    """Each of two names a number from 1 to 9 and wants it near two thirds of the other's: only 1 survives.

    7 to 9 are never nearer than 6; then 5 and 6 never than 4, 4 than 3, 3 than 2, and 2 than 1.
    """
    named = np.arange(1.0, 10.0)
    away = -((named[:, np.newaxis] - 2 / 3 * named) ** 2)
    found = find(np.stack([away, away.T]))
    assert found.kept == ((0,), (0,))
    assert [each.supports for each in found.equilibria] == [((0,), (0,))]
    assert found.complete


def test_what_elimination_leaves_is_enumerated() -> None:
    """Matching pennies hidden among nine strategies a side, seven of which are much worse whatever happens."""
    payoffs = np.full((2, 9, 9), 0.0)
    payoffs[:, 7:, 7:] = PENNIES
    payoffs[0, :7] = -5.0 - np.arange(7)[:, np.newaxis]
    payoffs[1, :, :7] = -5.0 - np.arange(7)
    found = find(payoffs)
    assert found.kept == ((7, 8), (7, 8))
    assert profiles(found) == [([0] * 7 + [0.5, 0.5], [0] * 7 + [0.5, 0.5])]


def test_too_large_a_game_is_searched_for_pure_equilibria_only() -> None:
    """Nine a side without dominance - each side wants to meet the other - are more than are enumerated."""
    found = find(np.stack([np.eye(9) * np.arange(1, 10)] * 2))
    assert found.too_large
    assert not found.complete
    assert [each.supports for each in found.equilibria] == [((place,), (place,)) for place in range(9)]
    value, in_resamples = least_probability(found, 0, [0])
    assert np.isnan(value)
    assert len(in_resamples) == 0


# ---------------------------------------------------------------- resamples


def noisy(payoffs: np.ndarray, spread: float, runs: int, seed: int = 1) -> Found:
    """A game as so many runs estimate it, each cell with independent normal luck."""
    luck = np.random.default_rng(seed)
    values = payoffs + spread * luck.normal(size=(runs, *payoffs.shape))
    batches = Batches(values, np.ones(runs))
    return find(batches.mean(), batches.resampled(seed), runs)


def test_clear_margins_are_settled_and_thin_ones_are_not() -> None:
    """Luck of 0.3 on 100 runs is a standard error of 0.03: nothing to a margin of 1, too much for one of 0.04."""
    assert all(each.settled and each.more_runs == 0 for each in noisy(SEXES, 0.3, 100).equilibria)
    thin = game([[1.04, 0], [1, 1]], [[1, 0], [0, 1]])
    unsure = {each.supports: each for each in noisy(thin, 0.3, 100).equilibria}[(0,), (0,)]
    assert unsure.support is not None
    assert 0.5 < unsure.support < 0.975
    assert unsure.more_runs is not None
    assert unsure.more_runs > 50
    sure = {each.supports: each for each in noisy(thin, 0.3, 5000).equilibria}[(0,), (0,)]
    assert sure.settled


def test_the_runs_that_are_asked_for_settle_it() -> None:
    """For one margin d with standard error s: what falls short in 2.5 % of resamples needs (1.96 s / d)**2 times as many.

    By 100,000 normal resamples; the quantile's own error is below 0.02, so six of them are far inside 0.15.
    """
    slacks = 0.04 + 0.03 * np.random.default_rng(2).normal(size=(100_000, 1))
    assert factor_to_settle(slacks, np.array([0.04])) == pytest.approx((1.96 * 0.03 / 0.04) ** 2, abs=0.15)
    assert factor_to_settle(slacks, np.array([0.0])) is None
    assert factor_to_settle(np.full((10, 2), 0.3), np.array([0.3, 0.0])) is not None


def test_what_luck_may_have_hidden_is_told() -> None:
    """A cell that misses being an equilibrium by less than a standard error is possible."""
    found = noisy(game([[0.99, 0], [1, 1]], [[1, 0], [0, 1]]), 0.3, 100, seed=4)
    cells = {each.cell for each in found.possible} | {
        (each.supports[0][0], each.supports[1][0]) for each in found.equilibria if each.pure
    }
    assert (0, 0) in cells
    assert all(0.025 < each.support < 1.0 and each.more_runs for each in found.possible)


def test_a_bootstrap_has_the_standard_error_of_the_mean() -> None:
    """Of 400 values: 1,000 resamples know it to 2.3 %, so 12 % is five standard errors; batches of several agree."""
    values = np.random.default_rng(3).normal(size=400)
    error = values.std() / 20
    single = Batches(values, np.ones(400)).resampled(1)
    assert single is not None
    assert single.std() == pytest.approx(error, rel=0.12)
    assert Batches(values, np.ones(400)).mean() == pytest.approx(values.mean())
    assert Batches(values[:1], np.ones(1)).resampled(1) is None
    assert [runs_in_a_batch(runs) for runs in (1, 1000, 1001, 10_000)] == [1, 1, 2, 10]


def test_supports_are_solved_in_every_game_at_once() -> None:
    """Matching pennies with a prize: the column player's mix follows the row player's payoffs, game by game."""
    prizes = np.array([1.0, 2.0, 5.0])
    games = np.stack([game([[prize, -1], [-1, 1]], [[-1, 1], [1, -1]]) for prize in prizes])
    answer = solved(games, ((0, 1), (0, 1)))
    assert answer.holds.all()
    assert answer.probabilities[0] == pytest.approx(np.full((3, 2), 0.5))
    assert answer.probabilities[1][:, 0] == pytest.approx(2 / (prizes + 3))
    assert not solved(games, ((0,), (0,))).holds.any()


# ---------------------------------------------------------------- what all equilibria give


def test_the_least_probability_is_over_all_equilibria() -> None:
    """In the battle of the sexes no strategy is played in every equilibrium; both together always are."""
    found = noisy(SEXES, 0.1, 100)
    for strategies, least in (([0], 0.0), ([1], 0.0), ([0, 1], 1.0)):
        value, in_resamples = least_probability(found, 0, strategies)
        assert value == pytest.approx(least)
        assert in_resamples == pytest.approx(np.full(1000, least))


def test_the_least_probability_follows_each_resample() -> None:
    """Of matching pennies it is the mix itself, near a half in all of them."""
    value, in_resamples = least_probability(noisy(PENNIES, 0.1, 100), 1, [0])
    assert value == pytest.approx(0.5, abs=0.02)
    assert np.all(np.abs(in_resamples - 0.5) < 0.03)
    assert in_resamples.std() > 0.0


def test_equilibria_that_only_resamples_have_count() -> None:
    """On a near-tie the second equilibrium comes and goes; where it is there, the first strategy is not sure."""
    near = noisy(game([[2, 1], [1, 1.002]], [[2, 1], [1, 2]]), 0.05, 100, seed=6)
    _, in_resamples = least_probability(near, 0, [0])
    assert set(np.unique(in_resamples)) == {0.0, 1.0}
    expected = np.array([len(find(each).equilibria) == 1 for each in near.resamples[:40]])
    assert (in_resamples[:40] == 1.0).tolist() == expected.tolist()


def test_of_copies_all_have_to_be_in_the_set() -> None:
    """What may be played by a copy outside the set is not given to it."""
    found = find(DILEMMA[:, [0, 1, 1], :])
    assert [least_probability(found, 0, each)[0] for each in ([1], [2], [1, 2])] == [0.0, 0.0, 1.0]


# ---------------------------------------------------------------- selection


def test_a_regime_selects_what_best_replies_lead_to() -> None:
    """From where it begins; where they go round in a circle, what is better for both, or nothing."""
    assert selected(find(DILEMMA), (0, 0)).why == "only"
    stag = find(game([[4, 0], [3, 2]], [[4, 3], [0, 2]]))
    assert [(selected(stag, cell).place, selected(stag, cell).why) for cell in ((0, 0), (1, 1))] == [
        (0, "replies"),
        (1, "replies"),
    ]
    # There the row player gains 2 by changing, the column player 1.
    assert selected(stag, (0, 1)).path == ((0, 1), (1, 1))
    assert selected(stag, None) == Selected(0, "payoffs")
    assert selected(find(SEXES), None).place is None
    assert selected(find(SEXES), None).why == "none"


def test_without_nashpy_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, with the extra."""
    monkeypatch.setattr(vertices, "import_module", lambda name: (_ for _ in ()).throw(ImportError(name)))
    with pytest.raises(CommandError, match=r'ANALYSIS: .*pip install "detente\[analysis\]"'):
        find(PENNIES)
