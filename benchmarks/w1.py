"""W1, the noisy prisoner's dilemma: this program against libraries made for such games and loops made for this one."""

from __future__ import annotations

from pathlib import Path

from benchmarks.contender import Contender
from benchmarks.page import Section, Table, number, spread
from benchmarks.players.w1_terms import MEAN, TURNS
from benchmarks.race import FAR, Race, Say, race

SCENARIO = str(Path(__file__).with_name("w1.yaml"))
OURS = "detente, lockstep"
CONTENDERS = (
    Contender(OURS, "detente", {"scenario": SCENARIO}, step=65536),
    Contender("detente, events", "detente", {"scenario": SCENARIO, "engine": "events"}),
    Contender("Axelrod", "w1_axelrod", environment="axelrod"),
    Contender("Mesa", "w1_mesa", environment="mesa"),
    Contender("SimPy, by hand", "w1_simpy"),
    Contender("PettingZoo", "w1_pettingzoo", environment="pettingzoo"),
    Contender("OpenSpiel", "w1_open_spiel", environment="open_spiel"),
    Contender("NumPy, by hand", "w1_numpy", step=8192),
    Contender("Numba, by hand", "w1_numba", environment="numba", step=8192),
)


def measure(rounds: int, seconds: float, say: Say) -> tuple[Section, Race]:
    """Return what the race gave."""
    found = race(CONTENDERS, rounds, seconds, say)
    table = Table(("", "microseconds a match", "lockstep is faster by", "points a turn", "off by"))
    remarks = [f"Left out: {reason.split(':')[0]}." for reason in found.skipped.values()]
    for name in found.laps:
        mean, error = points(found, name)
        off = (mean - MEAN) / error
        if abs(off) > FAR:
            remarks.append(f"{name} plays another game: {mean:.4f} points a turn, not {MEAN}.")
        taken = number(1e6 * found.seconds(name).median)
        table.rows.append((name, taken, spread(found.ratio(name, OURS)), f"{mean:.4f}", f"{off:+.1f} SE"))
    about = (
        f"Tit for tat against tit for tat over {TURNS} turns, 5 % of moves wrong, scores counted; the exact mean is "
        f"{MEAN} points a turn. Every contender runs alone in a process of its own. Processor time."
    )
    against = found.ratio("Axelrod", OURS)
    figures = {} if against is None else {"w1-axelrod": against}
    return Section("A noisy prisoner's dilemma (W1)", about, [table], remarks, figures), found


def points(found: Race, name: str) -> tuple[float, float]:
    """Return a contender's mean points a turn, over both sides, and its standard error."""
    left, left_error = found.mean(name, "left")
    right, right_error = found.mean(name, "right")
    # The sides' points are far from independent; the sum of their errors is the most that the mean's can be.
    return (left + right) / 2 / TURNS, (left_error + right_error) / 2 / TURNS
