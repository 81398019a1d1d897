"""``detente sensitivity``: what it prints, its document, its picture, and what it refuses."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import sim
from sim.experiment import indices, sensitivity
from tests.commands import shapes
from tests.commands.asking import answered, ask, check_interruption, tree
from tests.commands.shapes import mismatches
from tests.docs.pages import Page
from tests.experiment.swept import ISHIGAMI, LINEAR
from tests.experiment.test_sensitivity import ishigami_indices

FEW = ("--points", "32", "--runs", "4", "--seed", "3")
ASKED = ("sensitivity", "linear.yaml", *FEW)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two scenarios, and a page of 80 columns."""
    folder = tmp_path / "here"
    folder.mkdir()
    for name, text in (("linear", LINEAR), ("ishigami", ISHIGAMI)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "80")
    return folder


# --- What it says ----------------------------------------------------------------------------------------------------


def test_the_document_is_the_promised_one() -> None:
    """And the one that Python gives: of a difference, and of one actor's payoff."""
    document = answered(*ASKED, "--json")
    assert mismatches(document, shapes.SENSITIVITY) == []
    scenario = sim.load("linear.yaml")
    assert sim.sensitivity(scenario, points=32, runs=4, seed=3).to_dict() == document
    assert [(result["actor"], result["of"], result["minus"]) for result in document["results"]] == [
        ("one", "second", "first"), ("two", "second", "first"),
    ]  # fmt: skip
    single = answered(*ASKED, "--regime", "first", "--of", "one", "--repeats", "1", "--set", "loud=0", "--json")
    ours = sim.sensitivity(scenario, of="one", regimes="first", points=32, runs=4, seed=3, repeats=1, set={"loud": 0.0})
    assert ours.to_dict() == single
    assert single["results"][0]["minus"] is None
    assert list(single["results"][0]["parameters"]) == ["strong", "weak", "idle"]
    assert single["results"][0]["parameters"]["strong"]["total"]["least"] is None


def test_the_ishigami_pattern_is_found_with_every_default() -> None:
    """All six indices within the intervals reported, in spite of noise (the scenario's seed: no alarm by luck).

    Luck's share of a run, whose variance is 3, is told by 192 runs: its standard error is 0.016.
    """
    document = answered("sensitivity", "ishigami.yaml", "--json")
    assert (document["points"], document["runs"], document["repeats"]) == (256, 64, 3)
    (result,) = document["results"]
    for name, exact in ishigami_indices().items():
        for measure, truth in zip(("first", "total"), exact, strict=True):
            measured = result["parameters"][name][measure]
            assert measured["low"] <= truth <= measured["high"]
            assert measured["most"] - measured["least"] < 1e-9
    assert result["luck_share"] == pytest.approx(3 / (3 + result["deviation"] ** 2), abs=0.08)


@pytest.mark.parametrize("columns", [80, 120])
def test_the_page_fits_and_ranks(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is named in words; what parameters do together is told."""
    monkeypatch.setenv("COLUMNS", str(columns))
    answer = ask("sensitivity", "ishigami.yaml", *FEW[2:], "--points", "256")
    assert (answer.status, answer.err) == (0, "")
    assert max(map(len, answer.out.splitlines())) <= columns
    said = " ".join(answer.out.split())
    assert 'is driven most by "a", "b" and "c".' in said
    assert "comes from parameters acting together" in said
    assert "Of the variance of one run" in said
    assert "With other luck" in said


def test_two_processes_say_the_same() -> None:
    """To the last bit, with points enough for several pieces of work."""
    words = ("sensitivity", "linear.yaml", "--points", "256", "--runs", "64", "--repeats", "2", "--json")
    assert ask(*words, "--jobs", "2").out == ask(*words).out


def test_another_seed_draws_other_points_and_luck() -> None:
    """And the same seed the same."""
    again = [ask(*ASKED[:-1], seed, "--json").out for seed in ("3", "3", "4")]
    assert again[0] == again[1] != again[2]


def test_a_picture_is_drawn(here: Path) -> None:
    pytest.importorskip("altair")
    pytest.importorskip("vl_convert")
    answer = ask(*ASKED, "--chart", "picture.json", "--quiet")
    assert (answer.status, answer.err) == (0, "")
    assert "driven most by" in json.loads((here / "picture.json").read_text(encoding="utf-8"))["description"]
    assert ask(*ASKED, "--chart", "picture.svg").err == "picture in picture.svg\n"
    assert "A strong one" in (here / "picture.svg").read_text(encoding="utf-8")


def test_a_method_of_salibs_by_its_name() -> None:
    pytest.importorskip("SALib")
    document = answered(*ASKED, "--method", "morris", "--regime", "first", "--of", "one", "--json")
    strong = document["results"][0]["parameters"]["strong"]
    assert (document["method"], set(strong)) == ("morris", {"range", "effect", "bend", "direction"})
    assert "Morris's mu*" in ask(*ASKED, "--method", "morris").out


# --- What it refuses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--of", "on"), "UNKNOWN-ACTOR"),
        (("--regime", "frst"), "UNKNOWN-REGIME"),
        (("--method", "sobl"), "METHOD"),
        (("--points", "100"), "POINTS"),
        (("--points", "8"), "POINTS"),
        (("--points", "many"), "POINTS"),
        (("--points", str(2**20)), "POINTS"),
        (("--repeats", "0"), "REPEATS"),
        (("--repeats", "101"), "REPEATS"),
        (("--runs", "0"), "RUNS"),
        (("--jobs", "0"), "JOBS"),
        (("--set", "strng=1"), "UNKNOWN-PARAMETER"),
        (("--set", "strong=1", "--set", "weak=1", "--set", "idle=1"), "RANGE"),
        (("--play", "one=wat"), "UNKNOWN-STRATEGY"),
        (("--chart", "picture.gif"), "CHART"),
        (("--chart", "nowhere/picture.png"), "CHART"),
    ],
)
def test_what_cannot_be_is_refused(words: tuple[str, ...], code: str, here: Path) -> None:
    """In one line, before anything is played or written."""
    before = tree(here)
    answer = ask("sensitivity", "linear.yaml", *words)
    assert (answer.status, answer.out, len(answer.faults)) == (2, "", 1)
    assert f": {code}: " in answer.err
    assert tree(here) == before


def test_three_regimes_are_too_many(here: Path) -> None:
    (here / "linear.yaml").write_text(LINEAR + "  third: {}\n", encoding="utf-8")
    answer = ask("sensitivity", "linear.yaml", "--regime", "first", "--regime", "second", "--regime", "third")
    assert (answer.status, len(answer.faults)) == (2, 1)
    assert ": REGIME: " in answer.err


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def test_an_interruption_leaves_nothing_behind(here: Path) -> None:
    """Ctrl-C while points are played by two processes: exit status 130, one line, no file."""
    before = tree(here)
    more = ("--points", "65536", "--runs", "8192", "--jobs", "2", "--chart", "picture.json")
    check_interruption("sensitivity", "linear.yaml", *more)
    assert tree(here) == before


def test_the_pages_numbers_are_the_programs() -> None:
    table = Page("reference/commands.md").said("Options")
    assert f"for `sensitivity` {sensitivity.RUNS} at each point" in table
    assert f"for `sobol` a power of two, {sensitivity.METHODS['sobol'].least} or more | {sensitivity.POINTS} |" in table
    assert f"1 to 100 | {sensitivity.REPEATS} |" in table
    assert ", ".join(f"`{name}`" for name in list(sensitivity.METHODS)[1:]) in table
    assert f"{indices.RESAMPLES:,} resamples" in Page("reference/commands.md").said("sensitivity")
