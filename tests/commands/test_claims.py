"""`detente claims --robust`: the page, the picture, what is refused, and what an interruption leaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.experiment import robust
from sim.scenario.load import load_text
from tests.commands.asking import ask
from tests.experiment.test_robust import GAME, KNOWN
from tests.report.pages import flat, widest

ASKED = ("--runs", "20", "--robust", "100", "--robust-runs", "10")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("known.yaml").write_text(KNOWN, encoding="utf-8")
    Path("pennies.yaml").write_text(GAME, encoding="utf-8")


@pytest.mark.parametrize("width", [80, 120])
def test_the_page(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shares, what decides, a map and a sentence on each fragile claim; nothing too wide."""
    monkeypatch.setenv("COLUMNS", str(width))
    answer = ask("claims", "known.yaml", *ASKED)
    assert answer.status == 6
    assert widest(answer.out) <= width
    told = flat(answer.out)
    for part in (
        "128 points drawn over the ranges of 3 parameters, 10 runs at each, on the same luck. (100 were asked for;",
        "Where pays fails", "Share of points at which it holds, over gain (downwards) and price (to the right):",
        "always is robust; pays, pays_well, low_pays, never and both are fragile",
        "What breaks pays most is gain: the claim holds at",
    ):  # fmt: skip
        assert part in told, part


def test_a_page_about_equilibria(monkeypatch: pytest.MonkeyPatch) -> None:
    """Margins of probabilities, and where their intervals come from."""
    pytest.importorskip("nashpy")
    monkeypatch.setenv("COLUMNS", "100")
    told = flat(ask("claims", "pennies.yaml", "--runs", "50").out)
    for part in ("✗ fails", "-0.5", "in every resample", "the interval holds 95 % of resamples of the runs"):
        assert part in told, part
    lone = GAME.split("claims:")[0] + 'claims: {c: {says: Alone., holds: "equilibrium(r, a, heads) >= 1"}}\n'
    Path("lone.yaml").write_text(lone.replace("scenario: pennies", "scenario: lone"), encoding="utf-8")
    answer = ask("claims", "lone.yaml", "--runs", "50")
    assert answer.status == 0
    assert "50 runs a pair of strategies" in flat(answer.out)


def test_the_picture() -> None:
    """Every claim and its share, and a map of each that fails somewhere, in the same file in words."""
    pytest.importorskip("altair")
    pytest.importorskip("vl_convert")
    labelled = KNOWN.replace("price: {", 'price: {label: "[b]Price[/]", ').replace(
        "pays: {", 'pays: {label: "It [pays]", ', 1
    )
    Path("known.yaml").write_text(labelled, encoding="utf-8")
    answer = ask("claims", "known.yaml", *ASKED, "--chart", "robust.json")
    assert answer.status == 6
    picture: dict[str, Any] = json.loads(Path("robust.json").read_text(encoding="utf-8"))
    shares, *maps = picture["vconcat"]
    dots = next(layer for layer in shares["layer"] if layer["mark"]["type"] == "point")
    told = dots["data"]["values"]
    assert len(told) == len(load_text(KNOWN).claims)
    assert [row["says"] for row in told if row["claim"] == ["It [pays]"]] == [f"{round(told[0]['share'])} %"]
    assert sum(len(row["hconcat"]) for row in maps) == 4
    assert "pays holds at 7" in picture["description"]
    assert "It [pays]" in json.dumps(picture)
    assert "[b]Price[/]" in json.dumps(picture)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--robust", "8"), "ROBUST"),
        (("--robust", "many"), "ROBUST"),
        (("--robust", "64", "--robust-runs", "1"), "ROBUST-RUNS"),
        (("--chart", "x.gif"), "CHART"),
        (("--robust", "64", "--chart", "x.gif"), "CHART"),
        (("--robust", "64", "--set", "gain=1", "--set", "price=0", "--set", "idle=1"), "ROBUST"),
    ],
)
def test_what_cannot_be_asked(words: tuple[str, ...], code: str) -> None:
    answer = ask("claims", "known.yaml", "--runs", "5", *words)
    assert answer.status == 2
    assert f": {code}: " in answer.err
    assert len(answer.faults) == 1


def test_an_interruption_prints_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the status of interruptions; without any points there is no answer."""
    play, calls = robust.estimates, [0]

    def interrupted(*words: Any, **more: Any) -> Any:
        calls[0] += 1
        if calls[0] == 2:
            raise KeyboardInterrupt
        return play(*words, **more)

    monkeypatch.setattr(robust, "estimates", interrupted)
    answer = ask("claims", "known.yaml", *ASKED)
    assert answer.status == 130
    assert "16 points drawn" in flat(answer.out)
    assert "Stopped: 128 points were to be played." in flat(answer.out)
    assert "INTERRUPTED" in answer.err
    calls[0] = 1
    again = ask("claims", "known.yaml", *ASKED)
    assert (again.status, again.out) == (130, "")
