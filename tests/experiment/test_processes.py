"""Other processes that answer pieces of a question: in order, the same as here, and never waited for in vain."""

import json
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from sim.errors import ResourceError
from sim.experiment import shared, workers
from sim.experiment.mapped import mapped

GUARDED = """
import sim

def ask():
    scenario = sim.load("inf-2018")
    print({asked})

{guard}ask()
"""
QUESTIONS = {
    "run": "sim.run(scenario, runs=10**6, jobs=2).digest",
    "claims": "sim.claims(scenario, runs=2, robust=512, robust_runs=64, jobs=2)",
    "sweep": 'sim.sweep(scenario, over="arms_burden", runs=10**6, jobs=2).points',
}


def double(question: int, piece: int) -> int:
    """A piece of work."""
    return 2 * question * piece


def lost(question: int, piece: int) -> int:
    """A piece of work at which a process dies, once the others have had time to begin."""
    os._exit(question)


def lost_once(question: Path, piece: int) -> int:
    """A piece of work at which a process dies the first time."""
    if piece == 5 and not question.exists():
        question.touch()
        os._exit(1)
    return piece


def wrong(question: int, piece: int) -> int:
    """A piece of work that fails."""
    raise ValueError(piece)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which files are shared."""
    monkeypatch.setattr(shared, "places", lambda: [tmp_path])
    return tmp_path


def test_answers_come_in_order_and_nothing_is_left(here: Path) -> None:
    """More pieces than are handed out at a time; each is told when it is done."""
    told: list[int] = []
    pieces = list(range(40))
    assert list(mapped(double, 3, pieces, 2, told.append)) == [6 * piece for piece in pieces]
    assert told == pieces
    assert not list(here.iterdir())
    assert not multiprocessing.active_children()


def test_who_stops_asking_leaves_nobody_behind(here: Path) -> None:
    """Neither processes nor files."""
    answers = mapped(double, 3, list(range(1000)), 2)
    assert next(answers) == 0
    assert list(here.iterdir())
    answers.close()  # type: ignore[attr-defined]
    assert not list(here.iterdir())
    # Two threads may ask at once how a process ended; for a moment one of them does not know.
    ends = time.monotonic() + 10
    while multiprocessing.active_children() and time.monotonic() < ends:
        time.sleep(0.01)
    assert not multiprocessing.active_children()


def test_an_error_is_that_of_the_first_piece(here: Path) -> None:
    """Whatever follows it."""
    with pytest.raises(ValueError, match="0"):
        list(mapped(wrong, 0, [0, 1, 2], 2))
    assert not list(here.iterdir())


def test_what_a_process_that_dies_was_asked_is_asked_again(
    here: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every answer comes once, in order; a word is said about it."""
    told: list[str] = []
    monkeypatch.setattr(workers.LOG, "warning", told.append)
    mark = tmp_path_factory.mktemp("once") / "mark"
    assert list(mapped(lost_once, mark, list(range(20)), 2)) == list(range(20))
    assert told == [workers.PLAYED_AGAIN]
    assert not list(here.iterdir())


def test_a_process_that_dies_is_told(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As what it is: it had started, as had those that took its place."""
    monkeypatch.setattr(workers.LOG, "warning", lambda text: None)
    with pytest.raises(ResourceError, match="JOBS: a process that played runs was ended from outside"):
        list(mapped(lost, 1, [0, 1], 2))
    assert not list(here.iterdir())


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_script_that_asks_where_it_is_imported_ends(name: str, tmp_path: Path) -> None:
    """Each new process would ask again: it may not, and the script that started it is told how to ask instead.

    What processes read is larger than a pipe holds: through one, the script would wait for ever.
    """
    script = tmp_path / "asks.py"
    script.write_text(GUARDED.format(asked=QUESTIONS[name], guard=""), encoding="utf-8")
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.splitlines()[-1].endswith(
        "JOBS: the processes that were to play runs did not start; ask for --jobs 1; a script of your own has to ask "
        'below: if __name__ == "__main__":'
    )


def test_a_script_that_guards_its_question_is_answered(tmp_path: Path) -> None:
    """By two processes as by one, to the last bit."""
    asked = '[sim.sweep(scenario, over="arms_burden", runs=300, jobs=jobs).estimates.mean.tolist() for jobs in (1, 2)]'
    script = tmp_path / "asks.py"
    guard = 'if __name__ == "__main__":\n    '
    script.write_text(GUARDED.format(asked=asked, guard=guard), encoding="utf-8")
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=True)
    one, two = np.array(json.loads(ran.stdout))
    assert np.array_equal(one, two)
