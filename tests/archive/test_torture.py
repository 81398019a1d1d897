"""Kills, full disks and damage, a few of each: the short form of ``make torture``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked there")
def test_torture() -> None:
    """Nothing is lost, and every damage is found. Moments of kills are random, what has to hold is not: no false alarm."""
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.torture", "--short", "--json"],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.stderr == ""
    proofs = json.loads(ran.stdout)
    assert {title: proof["wrong"] for title, proof in proofs.items() if proof["wrong"]} == {}
    assert len(proofs) == 7
    assert ran.returncode == 0
