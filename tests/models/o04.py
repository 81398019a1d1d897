"""O4, the noisy Prisoner's Dilemma of memory one: means over 200 moves, and what comes in the long run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

import sim
from sim.api import Sweep
from sim.experiment.equilibria import find
from sim.experiment.summary import Stat
from tests.models.published import Row, published

TITLE = "An arms race with mistakes"
SAYS = (
    "The Prisoner's Dilemma (5, 3, 1, 0) move after move, each of which goes wrong with probability eps, between "
    "strategies that know the last move alone (Nowak and Sigmund 1993; Imhof, Fudenberg and Nowak 2007). "
    "`noisy-dilemma` gives means over the first 200 moves and the matrix of five strategies. These are not what comes "
    "in the long run, since both begin by complying: `long-dilemma` counts 200 moves after 300 others. What is left of "
    "the beginning moves no value by more than 0.0011, less than a third of its standard error, so that payoffs and "
    "counts of compliance are compared with the stationary ones. A margin is what a side loses by leaving a pair of "
    "equal strategies for the next best, by paired runs. The "
    "number of equilibria is the solver's on the exact matrix, as by luck nearly equal payoffs let some come and go. "
    "Try `detente matrix noisy-dilemma` and `detente compare long-dilemma --set mistake=0.01`."
)
LEFT_OUT: dict[tuple[str, str], str] = {}

SEED, SPAN = 2007, 5.0
NAMES = {"ALLC": "allc", "ALLD": "alld", "TFT": "tft", "GTFT(1/3)": "gtft", "WSLS": "wsls", "GRIM": "grim"}
"""Our names of strategies."""
COUNTED = Path(__file__).with_name("counted-dilemma.yaml")
"""`long-dilemma` with somebody who counts on what share of the moves North complied."""
MISTAKES = (0.01, 0.05)
PAIRS = (
    ("TFT", "TFT"),
    ("GTFT(1/3)", "GTFT(1/3)"),
    ("GRIM", "GRIM"),
    ("ALLD", "TFT"),
    ("TFT", "WSLS"),
    ("WSLS", "ALLD"),
    ("GTFT(1/3)", "TFT"),
)
MATRIX = "matrix eps=.05, 200 turns"
RUNS, MANY, CELLS = 1_000, 2_000, 1_500


def rows() -> list[Row]:
    """Return what is compared."""
    return [*_long_run(), *_first_moves(), *_matrix()]


def _row(case: str, quantity: str, stat: Stat, runs: int, span: float = SPAN) -> Row:
    return Row("O4", case, quantity, stat.mean, error=stat.se, span=span, runs=runs)


def _long_run() -> Iterator[Row]:
    """Both sizes of mistakes are played side by side, but for two that shift when they lose: all states are asked."""
    scenario = sim.load(COUNTED)
    for one, other in PAIRS:
        runs = MANY if one == "TFT" else RUNS
        played = _swept(scenario, "long_run", one, other, runs)
        for point, mistake in enumerate(MISTAKES):
            case = f"eps={mistake} {one} v {other}"
            payoff = played.payoff("north", "long_run", point)
            yield _row(case, "stationary payoff", payoff, runs)
            complied = played.payoff("inspectorate", "long_run", point)
            yield _row(case, "stationary cooperation", complied, runs, span=1.0)
            if one == other == "TFT":
                yield _row(case, "closed form (R+S+T+P)/4", payoff, runs)
    for mistake in MISTAKES:
        case = f"eps={mistake} WSLS v WSLS"
        play = {"north": "wsls", "south": "wsls"}
        ours = sim.run(scenario, regime="long_run", play=play, set={"mistake": mistake}, runs=RUNS, seed=SEED)
        yield _row(case, "stationary payoff", ours.stats["north"], RUNS)
        yield _row(case, "stationary cooperation", ours.stats["inspectorate"], RUNS, span=1.0)
        peace = ours.stats["inspectorate.at_peace"]
        yield _row(case, "P(CC) = (1-eps)^2(1-g)+eps^2 g", peace, RUNS, span=1.0)
        # North's advantage is the temptation, 5, on the moves on which it armed alone.
        uneven = ours.column("inspectorate.alone") + ours.column("north.advantage") / 5
        error = float(uneven.std(ddof=1) / np.sqrt(RUNS))
        yield _row(case, "P(CD)+P(DC) = 2eps(1-eps)", Stat(float(uneven.mean()), error, None, None), RUNS, span=1.0)


def _first_moves() -> Iterator[Row]:
    for name, regime, strategies in (
        ("noisy-dilemma", "mistakes", ("WSLS", "TFT", "GTFT(1/3)")),
        ("long-dilemma", "first_moves", ("GRIM",)),
    ):
        for strategy in strategies:
            played = _swept(sim.load(name), regime, strategy, strategy, RUNS)
            for point, mistake in enumerate(MISTAKES):
                case = f"eps={mistake} {strategy} v {strategy}"
                yield _row(case, "mean payoff, 200 turns", played.payoff("north", regime, point), RUNS)


def _swept(scenario: sim.Scenario, regime: str, one: str, other: str, runs: int) -> Sweep:
    return sim.sweep(
        scenario,
        values={"mistake": MISTAKES},
        regimes=regime,
        play={"north": NAMES[one], "south": NAMES[other]},
        runs=runs,
        seed=SEED,
    )


def _matrix() -> Iterator[Row]:
    played = sim.matrix(sim.load("noisy-dilemma"), runs=CELLS, seed=SEED)
    names = [name for name in NAMES if NAMES[name] in played.strategies[0]]
    assert [NAMES[name] for name in names] == list(played.strategies[0]) == list(played.strategies[1])
    payoffs, again = played.payoffs[0], played.resamples
    assert played.se is not None
    assert again is not None
    for row, one in enumerate(names):
        for column, other in enumerate(names):
            cell = Stat(float(payoffs[row, column]), float(played.se[0, row, column]), None, None)
            yield _row(MATRIX, f"{one} v {other}", cell, CELLS)
        others = [each for each in range(len(names)) if each != row]
        best = others[int(np.argmax(payoffs[others, row]))]
        margin = Stat(
            mean=float(payoffs[row, row] - payoffs[best, row]),
            se=float((again[:, 0, row, row] - again[:, 0, best, row]).std(ddof=1)),
            low=None,
            high=None,
        )
        yield _row(MATRIX, f"{one} symmetric strict-NE margin", margin, CELLS)
    exact = np.array([[published()["O4"][MATRIX, f"{one} v {other}"] for other in names] for one in names])
    found = find(np.stack([exact, exact.T]))
    assert found.complete
    yield Row("O4", MATRIX, "number of equilibria", len(found.equilibria))
