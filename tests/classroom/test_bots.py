"""A small class of bots, and a kill in mid-turn: the short form of ``make bots``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.classroom.bots import Kept, Tally
from benchmarks.classroom.lesson import check_moves, percentile
from benchmarks.torture.arena import Findings

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="processes cannot be killed in that way there")
def test_a_class_survives_its_server() -> None:
    """20 students, 3 turns, one kill: no acknowledged move is lost or doubled, and all are back in time."""
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.classroom", "--short", "--json"],
        cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert ran.stderr == ""
    (proof,) = json.loads(ran.stdout).values()
    assert proof["wrong"] == []
    # All move in the first round; a war, which comes by luck, can end a game after it.
    assert int(proof["figures"]["moves acknowledged"]) >= 20
    assert ran.returncode == 0


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        ([("s1:key-1", 1, 1, "arm")], "0, 0, 0, 0"),
        ([], "1, 0, 0, 0"),
        ([("s1:key-1", 1, 1, "arm"), ("s1:key-1b", 1, 1, "arm")], "0, 1, 0, 1"),
        ([("s1:key-1", 1, 1, "hold")], "0, 0, 1, 0"),
        ([("s1:key-1", 1, 2, "arm")], "0, 0, 1, 0"),
        ([("s2:key-1", 2, 1, "arm")], "1, 0, 0, 0"),
    ],
)
def test_what_is_lost_doubled_or_changed_is_noticed(kept: list[tuple[str, int, int, str]], found: str) -> None:
    """One acknowledged move against what a log may hold: key, student, round, action."""
    events = [
        {"kind": "moved", "key": key, "student": student, "round": round_, "action": action}
        for key, student, round_, action in kept
    ]
    findings = Findings("")
    check_moves(findings, Tally({1: [Kept("key-1", 1, "arm")]}, {"key-1"}), events, "")
    assert findings.figures["lost, doubled, changed, invented"] == found
    assert bool(findings.wrong) is (found != "0, 0, 0, 0")


def test_a_percentile_is_one_of_the_values() -> None:
    """The smallest that so many do not exceed."""
    values = [float(value) for value in range(20, 0, -1)]
    assert [percentile(values, share) for share in (0.05, 0.5, 0.95, 1.0)] == [1.0, 10.0, 19.0, 20.0]
