"""The same question has the same answer, however it is asked; and one run alone is that run of the ensemble."""

import concurrent.futures
import csv
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.archive.load import load_results
from sim.experiment.ensemble import Ensemble
from sim.experiment.workers import Handed, Workers
from tests.commands.asking import answered, ask, ask_outside, surroundings

PLAIN = ("run", "inf-1987", "--regime", "post_treaty", "--runs", "24", "--json", "--quiet")
MANY = ("run", "demo.yaml", "--regime", "no_treaty", "--runs", "1050", "--json", "--quiet")


@cache
def once(*words: str) -> Any:
    """The answer to a question that several tests ask, each in a folder like any other's."""
    return answered(*words)


@pytest.mark.parametrize(
    ("question", "ways"),
    [
        (PLAIN, [("--engine", "events"), ("--block", "1")]),
        (MANY, [("--block", "97"), ("--block", "1000")]),
    ],
    ids=["inf-1987", "starter"],
)
def test_the_answer_does_not_depend_on_how_the_work_is_done(
    question: tuple[str, ...], ways: list[tuple[str, ...]], demo: Path
) -> None:
    """Engine and block change nothing but what the document calls the engine."""
    for way in ways:
        assert answered(*question, *way) | {"engine": "lockstep"} == once(*question)


@pytest.mark.parametrize("jobs", ["2", "4"])
def test_the_answer_does_not_depend_on_who_does_the_work(
    jobs: str, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Processes that have all begun before there is anything to do get some of it, and change nothing."""
    handed: list[int] = []
    enter, hand_out = Workers.__enter__, Workers.hand_out

    def entered(workers: Workers) -> Workers:
        enter(workers)
        concurrent.futures.wait(workers._started)
        return workers

    def handed_out(workers: Workers, first: int, count: int) -> Handed:
        handed.append(first)
        return hand_out(workers, first, count)

    monkeypatch.setattr(Workers, "__enter__", entered)
    monkeypatch.setattr(Workers, "hand_out", handed_out)
    assert answered(*MANY, "--jobs", jobs, "--block", "97") == once(*MANY)
    assert len(handed) >= int(jobs)


def test_the_digest_depends_on_the_question(demo: Path) -> None:
    """Another seed, regime, strategy, parameter or number of runs is another question."""
    others: list[tuple[str, ...]] = [
        ("--seed", "5"),
        ("--regime", "treaty"),
        ("--play", "nato=hold"),
        ("--set", "arms_burden=0.9"),
        ("--runs", "23"),
        (),
    ]
    assert len({answered(*PLAIN, *other)["digest"] for other in others}) == len(others)


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_another_process_with_other_hashes(seed: str, demo: Path) -> None:
    """Two invocations agree, whatever order sets come in."""
    answer = ask_outside(*PLAIN, folder=demo, env=surroundings(PYTHONHASHSEED=seed))
    assert (answer.status, answer.err) == (0, "")
    assert answer.document == once(*PLAIN)


def test_the_first_runs_of_a_longer_job(demo: Path) -> None:
    """A job of 8,200 runs begins with the job of 150: the same digest over the same runs, the same numbers."""
    ask("run", "demo.yaml", "--regime", "no_treaty", "--runs", "8200", "--out", "long", "--quiet", "--json")
    (folder,) = Path("long/demo").iterdir()
    long = load_results(folder).tables["no_treaty"]
    short = sim.run(sim.load("demo.yaml"), regime="no_treaty", runs=150)
    assert np.array_equal(long[:, :150], short.table)
    first = sim.run(sim.load("demo.yaml"), regime="no_treaty", runs=8200)
    assert Ensemble.of(first.game, short.plan, first.table[:, :150]).digest == short.digest


@pytest.mark.parametrize(
    ("scenario", "regime"), [("inf-1987", "post_treaty"), ("inf-2018", "own_choice"), ("demo.yaml", "no_treaty")]
)
def test_run_17_is_run_17(scenario: str, regime: str, demo: Path) -> None:
    """`trace --run 17`: ledger and payoffs to the last bit as in the ensemble, the stored blocks and the CSV."""
    ask("run", scenario, "--regime", regime, "--runs", "18", "--quiet", "--json")
    (folder,) = next(Path("results").iterdir()).iterdir()
    kept = load_results(folder)
    with (folder / "payoffs.csv").open(encoding="utf-8", newline="") as file:
        row = list(csv.DictReader(file))[17]
    assert (row["regime"], row["run"]) == (regime, "17")
    ensemble = sim.run(sim.load(scenario), regime=regime, runs=18)
    traced = answered("trace", scenario, "--regime", regime, "--run", "17", "--json")
    for actor, payoff in traced["payoffs"].items():
        results = {actor: payoff} | {f"{actor}.{entry}": amount for entry, amount in traced["ledger"][actor].items()}
        for name, value in results.items():
            stored = kept.column(regime, name)[17]
            assert (
                value.hex() == float(stored).hex() == float(row[name]).hex() == float(ensemble.column(name)[17]).hex()
            )
    for name, value in traced["final"].items():
        assert value.hex() == float(kept.column(regime, f"final.{name}")[17]).hex()
    assert traced["duration"] == kept.column(regime, "duration")[17]


def test_a_trace_says_the_same_twice(demo: Path) -> None:
    """The whole record, not its sums alone; and another run is another record."""
    words = ("trace", "inf-2018", "--regime", "own_choice", "--json")
    first = ask(*words, "--run", "17").out
    assert first == ask(*words, "--run", "17").out
    assert first != ask(*words, "--run", "16").out


def test_python_and_the_command_agree_on_a_trace(demo: Path) -> None:
    """`sim.trace` gives the document of `trace --json`."""
    traced = sim.trace(sim.load("demo.yaml"), run=5, seed=3, regime="no_treaty")
    assert traced.to_dict() == answered(
        "trace", "demo.yaml", "--run", "5", "--seed", "3", "--regime", "no_treaty", "--json"
    )
