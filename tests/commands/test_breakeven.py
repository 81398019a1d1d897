"""``detente breakeven``: what it prints, its document, its files, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.experiment import points
from sim.experiment.crossings import GRID
from tests.commands.asking import answered, ask
from tests.commands.shapes import BREAKEVEN, mismatches
from tests.docs.pages import Page

TREATY = """
scenario: bargain
title: What would it take?
clock: {turns: 1}
parameters:
  burden: {value: 0.25, range: [0, 1], label: Burden of arms}
  gain: {value: 1, range: [0, 2], label: What leaving brings}
  colour: {value: 1, range: [0, 2]}
state: {out: 0, luck: {initial: {low: -1, high: 1}}}
actors:
  north:
    label: The North
    incentives: {outcome: "3 * luck + out * (gain - 2 * burden)"}
    actions: {keep: {label: Keep to it}, leave: {label: Walk out, set: {out: 1}}}
  nato:
    label: NATO
    incentives: {calm: "out * (burden - 0.5)"}
    actions: {stay: {}}
regimes:
  treaty: {label: The treaty, plays: {north: keep}}
  open: {label: No treaty, plays: {north: leave}}
  third: {parameters: {burden: 0.5}}
"""
ASKED = ("breakeven", "bargain.yaml", "--runs", "50", "--actor", "north")


@pytest.fixture
def bargain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a bargain: leaving brings gain - 2 burden."""
    (tmp_path / "bargain.yaml").write_text(TREATY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def page(*words: str) -> str:
    """What a command prints, on one line."""
    return " ".join(ask(*words).out.split())


@pytest.mark.usefixtures("bargain")
def test_the_document_is_the_promised_one() -> None:
    """Keys and numbers, worked by hand: gain - 2 burden is 0.5 today."""
    document = answered(*ASKED, "--json")
    assert mismatches(document, BREAKEVEN) == []
    assert (document["actor"], document["of"], document["minus"]) == ("north", "open", "treaty")
    assert document["difference"] == {"mean": 0.5, "se": 0, "low": 0.5, "high": 0.5}
    burden, gain, colour = document["parameters"].values()
    assert (burden["now"], burden["range"], burden["matters"]) == (0.25, [0, 1], True)
    assert (burden["break_even"], burden["low"], burden["high"]) == pytest.approx((0.5, 0.5, 0.5), abs=1e-6)
    assert (gain["break_even"], gain["moved"]) == pytest.approx((0.5, -0.25), abs=1e-6)
    assert (colour["break_even"], colour["matters"], colour["crossings"]) == (None, False, [])
    joint = document["joint"]
    # 2 burden and 2 gain in widths: both move by an eighth.
    assert joint["distance"] == pytest.approx(0.125 * 2**0.5, abs=1e-5)
    assert {name: each["to"] for name, each in joint["parameters"].items()} == pytest.approx(
        {"burden": 0.375, "gain": 0.75}, abs=1e-4
    )


@pytest.mark.usefixtures("bargain")
def test_python_gives_the_same_document() -> None:
    scenario = sim.load("bargain.yaml")
    answer = sim.breakeven(scenario, "north", runs=50, weights={"gain": 2.0})
    assert answer.to_dict() == answered(*ASKED, "--weights", "gain=2", "--json")


@pytest.mark.usefixtures("bargain")
def test_the_page_says_what_it_would_take() -> None:
    """In 80 columns, and in a sentence to be read aloud."""
    out = ask(*ASKED).out
    assert max(map(len, out.splitlines())) <= 80
    said = " ".join(out.split())
    assert 'The North does better under "No treaty" than under "The treaty": by 0.50, the same in every run.' in said
    assert (
        'The North returns to "The treaty" if one of these happens, and nothing else changes: '
        '- "Burden of arms" rises from 0.25 to more than 0.5 - "What leaving brings" falls from 1 to less than 0.5 '
        'The cheapest change of all together, beyond which the North returns to "The treaty": '
        '- "Burden of arms" rises from 0.25 to 0.375 - "What leaving brings" falls from 1 to 0.75 '
    ) in said
    assert "Nothing changes here with colour." in said
    assert "as far as moving one parameter by 18 % of its range" in said
    assert "There both are equally good in every run, with other luck too." in said


@pytest.mark.usefixtures("bargain")
def test_the_words_follow_the_question() -> None:
    """Leaving is not returning; strategies are turned from and to; names keep their capitals."""
    words = page(*ASKED, "--set", "gain=0.2")
    assert 'The North leaves "The treaty" for "No treaty" if one of these happens' in words
    assert '"Burden of arms" falls from 0.25 to less than 0.1' in words
    words = page(*ASKED, "--strategy", "keep", "--strategy", "leave", "--parameter", "burden")
    assert (
        'The North turns from "Walk out" to "Keep to it" if "Burden of arms" rises from 0.25 to more than 0.5' in words
    )
    assert "Nothing is cheaper than that" in words
    words = page("breakeven", "bargain.yaml", "--runs", "5", "--actor", "nato")
    assert 'NATO leaves "The treaty" for "No treaty" if "Burden of arms" rises' in words
    words = page(*ASKED, "--regime", "treaty", "--regime", "third", "--parameter", "gain")
    assert "does equally well" in words
    assert "no reason to prefer either" in words


@pytest.mark.usefixtures("bargain")
def test_what_is_not_enough_is_told_with_what_is_left() -> None:
    words = page(*ASKED, "--set", "gain=4", "--parameter", "burden")
    assert "No parameter alone breaks even within its range." in words
    assert 'No parameter alone, anywhere in its range, is enough for the North to return to "The treaty".' in words
    assert '"Burden of arms" comes nearest: at 1, 2 of 3.50 is left.' in words
    assert "None was found: even with every parameter at the end of its range that helps" in words


def curve(gain: str) -> str:
    """The bargain, with another gain from leaving."""
    return TREATY.replace("gain - 2 * burden", gain)


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        (
            "(burden - 0.1) * (burden - 0.6)",
            'if "Burden of arms" falls from 0.25 to less than 0.1, or rises to more than 0.6, and nothing else changes.',
        ),
        (
            "(0.5 - burden) * (0.75 - burden)",
            'returns to "The treaty" if "Burden of arms" rises from 0.25 to between 0.5 and 0.75 and nothing',
        ),
        (
            "1 - burden",
            'Both are equally good, and no more than that, if "Burden of arms" rises from 0.25 to 1 and nothing else',
        ),
        (
            "max(0.5 - burden, 0)",
            'Both are equally good, and no more than that, if "Burden of arms" rises from 0.25 to 0.50 (at least 0.50) and nothing',
        ),
        ("0 * burden", "Nothing has to change: both are equally good today."),
        ("1 + 0 * burden", "No parameter changes anything."),
        ("burden - 0.25 + 0.001 * luck", "Luck leaves open which of the two is better today"),
        ("0.3 - burden + 0.2 * luck", "95 % interval"),
        ("1.02 - burden + luck", "at least "),
    ],
)
def test_every_kind_of_answer_has_its_words(bargain: Path, gain: str, words: str) -> None:
    (bargain / "bargain.yaml").write_text(curve(gain), encoding="utf-8")
    out = ask(*ASKED, "--parameter", "burden").out
    assert max(map(len, out.splitlines())) <= 80
    assert words in " ".join(out.split())


@pytest.mark.usefixtures("bargain")
def test_long_labels_and_numbers_fit_the_page(bargain: Path) -> None:
    """Nothing is cut off, in 80 columns or in 120."""
    text = TREATY.replace(
        "Burden of arms", "The burden of an arms race for a side that has to buy all of its arms abroad"
    )
    text = text.replace("gain - 2 * burden", "12345 * (gain - 2 * burden + 0.3 * luck)")
    (bargain / "bargain.yaml").write_text(text, encoding="utf-8")
    out = ask(*ASKED).out
    assert max(map(len, out.splitlines())) <= 80
    (row,) = [line for line in out.splitlines() if line.startswith("  What leaving brings") and " to " in line]
    assert row.endswith(" %")
    headings = [line for line in out.splitlines() if line.lstrip().startswith("parameter")]
    assert [line.split()[-1] for line in headings] == ["moves", "moves"]


def test_a_picture_is_written(bargain: Path) -> None:
    """Every parameter that matters has its range, its break-even and its place in the joint change."""
    answer = ask(*ASKED, "--chart", "picture.json")
    assert (answer.status, answer.err) == (0, "picture in picture.json\n")
    picture = json.loads((bargain / "picture.json").read_text(encoding="utf-8"))
    assert 'The North returns to "The treaty" if' in picture["description"]
    rows = [row for values in _data(picture) for row in values if "kind" in row]
    alone = {row["parameter"]: row["at"] for row in rows if row["kind"] == "alone"}
    assert alone == pytest.approx({"Burden of arms": 0.25, "What leaving brings": -0.25}, abs=1e-6)
    together = {row["parameter"]: row["at"] for row in rows if row["kind"] != "alone"}
    assert together == pytest.approx({"Burden of arms": 0.125, "What leaving brings": -0.125}, abs=1e-4)
    assert ask(*ASKED, "--chart", "picture.svg", "--quiet").err == ""
    assert "What leaving brings" in (bargain / "picture.svg").read_text(encoding="utf-8")


def _data(part: Any) -> list[list[dict[str, Any]]]:
    """The rows of every part of a picture."""
    if isinstance(part, list):
        return [rows for each in part for rows in _data(each)]
    if not isinstance(part, dict):
        return []
    here = [part["values"]] if isinstance(part.get("values"), list) else []
    return here + [rows for each in part.values() for rows in _data(each)]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--actor", "south"), "UNKNOWN-ACTOR"),
        (("--regime", "opn"), "UNKNOWN-REGIME"),
        (("--regime", "open"), "ONE-REGIME"),
        (("--regime", "open", "--regime", "treaty", "--regime", "third"), "ONE-REGIME"),
        (("--strategy", "keep"), "STRATEGY"),
        (("--strategy", "keep", "--strategy", "kept"), "UNKNOWN-STRATEGY"),
        (("--strategy", "keep", "--strategy", "leave", "--regime", "open", "--regime", "treaty"), "REGIME"),
        (("--strategy", "keep", "--strategy", "leave", "--play", "north=keep"), "PLAY"),
        (("--parameter", "burdn"), "UNKNOWN-PARAMETER"),
        (("--weights", "burden"), "WEIGHTS"),
        (("--weights", "burden=heavy"), "WEIGHTS"),
        (("--weights", "burden=-1"), "WEIGHTS"),
        (("--weights", "burdn=1"), "WEIGHTS"),
        (("--parameter", "gain", "--weights", "burden=1"), "WEIGHTS"),
        (("--set", "burdn=1"), "UNKNOWN-PARAMETER"),
        (("--play", "nato=go"), "UNKNOWN-STRATEGY"),
        (("--runs", "0"), "RUNS"),
        (("--runs", "1"), "RUNS"),
        (("--seed", "-1"), "SEED"),
        (("--jobs", "0"), "JOBS"),
        (("--chart", "picture.gif"), "CHART"),
        (("--chart", "nowhere/picture.svg"), "CHART"),
    ],
)
def test_what_cannot_be_is_refused(bargain: Path, words: tuple[str, ...], code: str) -> None:
    """In one line, before anything is played or written."""
    answer = ask(*ASKED, *words)
    assert (answer.status, answer.out, len(answer.faults)) == (2, "", 1)
    assert f": {code}: " in answer.err
    assert sorted(path.name for path in bargain.iterdir()) == ["bargain.yaml"]


def test_a_scenario_without_ranges_is_refused(bargain: Path) -> None:
    text = TREATY.replace(", range: [0, 1]", "").replace(", range: [0, 2]", "")
    (bargain / "bargain.yaml").write_text(text, encoding="utf-8")
    answer = ask(*ASKED)
    assert (answer.status, len(answer.faults)) == (2, 1)
    assert ": RANGE: " in answer.err
    assert ": RANGE: " in ask(*ASKED, "--parameter", "burden").err


@pytest.mark.usefixtures("bargain")
def test_an_actor_has_to_be_named() -> None:
    answer = ask("breakeven", "bargain.yaml")
    assert (answer.status, len(answer.faults)) == (2, 1)
    assert ": USAGE: " in answer.err


def test_what_cannot_be_played_is_told_with_its_place(bargain: Path) -> None:
    """An expression that misbehaves somewhere in a range: exit 3, one line."""
    (bargain / "bargain.yaml").write_text(curve("1 / (burden - 0.5)"), encoding="utf-8")
    answer = ask(*ASKED)
    assert (answer.status, answer.out, len(answer.faults)) == (3, "", 1)
    assert answer.err.startswith("bargain.yaml:")


def test_an_interruption_ends_with_130(bargain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it comes; nothing is printed or written."""
    played = points.play
    calls: list[int] = []

    def interrupted(*words: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) > 3:
            raise KeyboardInterrupt
        return played(*words, **more)

    monkeypatch.setattr(points, "play", interrupted)
    answer = ask(*ASKED, "--chart", "picture.svg")
    assert (answer.status, answer.out, len(answer.faults)) == (130, "", 1)
    assert sorted(path.name for path in bargain.iterdir()) == ["bargain.yaml"]


@pytest.mark.usefixtures("bargain")
def test_a_value_set_outside_its_range_is_noted() -> None:
    assert "note: gain = 4 lies outside its range, 0 to 2" in ask(*ASKED, "--set", "gain=4").err


def test_the_pages_numbers_are_the_programs() -> None:
    assert f"{GRID} places" in Page("reference/commands.md").said("breakeven")
    assert f"looked at in {GRID} places" in Page("explanation/intervals.md").said("How it is found")
