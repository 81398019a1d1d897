"""``detente sweep``: what it prints, its document, its files, a point saved as a scenario, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.experiment import axes, sweep
from sim.scenario.load import load_text
from tests.commands import shapes
from tests.commands.asking import answered, ask, check_interruption, tree
from tests.commands.shapes import mismatches
from tests.docs.pages import Page
from tests.experiment.swept import LINE, PLANE

RUNS = ("--runs", "60", "--seed", "5")
ALONG = ("sweep", "line.yaml", "--over", "burden=0:1:5", *RUNS)
OVER = ("sweep", "plane.yaml", "--over", "gain", "--over", "cost=::6", *RUNS)
DRAWN = (
    "sweep",
    "line.yaml",
    "--over",
    "burden",
    "--over",
    "stake=0:0.5",
    "--over",
    "fixed=1:2",
    "--latin",
    "9",
    *RUNS,
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two scenarios, and a page of 80 columns."""
    folder = tmp_path / "here"
    folder.mkdir()
    for name, text in (("line", LINE), ("plane", PLANE)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "80")
    return folder


# --- What it says ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [ALONG, OVER, DRAWN], ids=["line", "plane", "latin"])
def test_the_document_is_the_promised_one(words: tuple[str, ...]) -> None:
    """And the one that Python gives."""
    document = answered(*words, "--json")
    assert mismatches(document, shapes.SWEEP) == []
    if words is ALONG:
        ours = sim.sweep(sim.load("line.yaml"), over={"burden": (0, 1, 5)}, runs=60, seed=5)
    elif words is OVER:
        ours = sim.sweep(sim.load("plane.yaml"), over={"gain": None, "cost": (None, None, 6)}, runs=60, seed=5)
    else:
        over = {"burden": None, "stake": (0, 0.5), "fixed": (1, 2)}
        ours = sim.sweep(sim.load("line.yaml"), over=over, latin=9, runs=60, seed=5)
    assert ours.to_dict() == document
    assert [point["point"] for point in document["points"]] == list(range(1, ours.points.count + 1))


def test_the_numbers_are_those_worked_by_hand() -> None:
    """North's difference is 0.5 - 2 burden, its preference changes at 0.25."""
    document = answered(*ALONG, "--json")
    found = [point["differences"][0]["actors"]["north"]["mean"] for point in document["points"]]
    assert found == pytest.approx([0.5, 0.0, -0.5, -1.0, -1.5], abs=1e-12)
    (change,) = document["frontiers"]["north"]
    assert (change["between"], change["at"]) == (["treaty", "open"], [[pytest.approx(0.25)]])
    assert document["over"]["burden"] == {"low": 0, "high": 1, "now": 0.25, "values": [0, 0.25, 0.5, 0.75, 1]}


@pytest.mark.parametrize("words", [ALONG, OVER, DRAWN], ids=["line", "plane", "latin"])
@pytest.mark.parametrize("columns", ["80", "120"])
def test_the_page_fits(words: tuple[str, ...], columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says who prefers what, on which luck."""
    monkeypatch.setenv("COLUMNS", columns)
    answer = ask(*words)
    assert (answer.status, answer.err) == (0, "")
    assert max(map(len, answer.out.splitlines())) <= int(columns)
    said = " ".join(answer.out.split())
    assert "the same luck at every point" in said
    assert " prefers " in said


def test_the_page_of_a_line_says_where_preferences_change() -> None:
    said = " ".join(ask(*ALONG).out.split())
    assert 'North prefers "No treaty" up to about 0.25 and "The treaty" from about 0.25 on' in said
    assert 'South prefers "No treaty" throughout.' in said


def test_values_take_the_place_of_a_span() -> None:
    """In any order, each once."""
    listed = answered("sweep", "line.yaml", "--values", "burden=1, 0,0.5,0", *RUNS, "--json")
    spanned = answered("sweep", "line.yaml", "--over", "burden=0:1:3", *RUNS, "--json")
    assert listed == spanned


def test_all_regimes_or_some() -> None:
    """The first two are played unless others are named; more than two are marked."""
    (Path("line.yaml")).write_text(LINE + "  late: {plays: {north: leave}}\n", encoding="utf-8")
    assert answered(*ALONG, "--json")["regimes"] == ["treaty", "open"]
    assert answered(*ALONG, "--all", "--json")["regimes"] == ["treaty", "open", "late"]
    assert answered(*ALONG, "--regime", "late", "--json")["regimes"] == ["late"]
    assert "* is best, ~ best but perhaps by luck" in ask(*ALONG, "--all").out
    assert "under 2 of 3 regimes" in ask(*ALONG).out


def test_what_goes_beyond_a_range_is_noted() -> None:
    """It may: a range is judgement."""
    answer = ask("sweep", "line.yaml", "--over", "burden=0:2:3", *RUNS)
    assert answer.err == "note: burden is swept from 0 to 2, beyond its range, 0 to 1\n"
    assert ask("sweep", "line.yaml", "--over", "burden=0:2:3", *RUNS, "--quiet").err == ""


@pytest.mark.parametrize("words", [ALONG, OVER, DRAWN], ids=["line", "plane", "latin"])
def test_two_processes_say_the_same(words: tuple[str, ...]) -> None:
    """To the last bit, with runs enough for several pieces of work."""
    longer = (*words[:-4], "--runs", "9000", "--seed", "5", "--json")
    if words is OVER:
        longer = tuple(
            "gain=0:1:2" if word == "gain" else "cost=0:1:2" if word == "cost=::6" else word for word in longer
        )
    assert ask(*longer, "--jobs", "2").out == ask(*longer).out


# --- Files -----------------------------------------------------------------------------------------------------------


def test_the_table_has_a_row_a_point(here: Path) -> None:
    """Every number in full, as in the document."""
    answer = ask(*OVER, "--csv", "points.csv", "--json")
    assert answer.err == "table in points.csv\n"
    rows = list(csv.DictReader(io.StringIO((here / "points.csv").read_text(encoding="utf-8"))))
    assert len(rows) == len(answer.document["points"]) == 66
    assert list(rows[0])[:5] == ["point", "gain", "cost", "treaty.nato", "treaty.nato.se"]
    for row, point in zip(rows, answer.document["points"], strict=True):
        assert int(row["point"]) == point["point"]
        assert {name: float(row[name]) for name in ("gain", "cost")} == point["parameters"]
        for actor in ("nato", "adversary"):
            for regime in ("treaty", "open"):
                stat = point["payoffs"][regime][actor]
                assert (float(row[f"{regime}.{actor}"]), float(row[f"{regime}.{actor}.se"])) == (
                    stat["mean"],
                    stat["se"],
                )
            assert float(row[f"open-treaty.{actor}"]) == point["differences"][0]["actors"][actor]["mean"]
            assert row[f"prefers.{actor}"] == point["prefers"][actor]["regime"]


@pytest.mark.parametrize("words", [ALONG, OVER, DRAWN], ids=["line", "plane", "latin"])
def test_a_picture_is_drawn(words: tuple[str, ...], here: Path) -> None:
    """Of every design; it tells those who cannot see it what it shows."""
    pytest.importorskip("altair")
    pytest.importorskip("vl_convert")
    answer = ask(*words, "--chart", "picture.json", "--quiet")
    assert (answer.status, answer.err) == (0, "")
    assert "prefers" in json.loads((here / "picture.json").read_text(encoding="utf-8"))["description"]
    assert ask(*words, "--chart", "picture.png").err == "picture in picture.png\n"
    assert (here / "picture.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("words", [ALONG, (*OVER, "--all"), DRAWN], ids=["line", "plane", "latin"])
@pytest.mark.parametrize("more", [(), ("--set", "NUMBER=0.375", "--play", "ACTOR=ACTION")], ids=["as is", "set"])
def test_a_saved_point_is_a_scenario_with_its_payoffs(words: tuple[str, ...], more: tuple[str, ...]) -> None:
    """It validates, and played as it says itself it gives the payoffs of the point to the last bit."""
    names = {"NUMBER": "fixed", "ACTOR": "north", "ACTION": "leave"}
    if "plane.yaml" in words:
        names = {"NUMBER": "level", "ACTOR": "nato", "ACTION": "keep"}
        Path("plane.yaml").write_text(
            PLANE.replace("parameters:", "parameters:\n  level: 0.1").replace("+ 0.1", "+ level")
        )
    if words is DRAWN and more:
        names["NUMBER"] = "spare"
        Path("line.yaml").write_text(LINE.replace("  fixed: 2", "  fixed: 2\n  spare: 2"))
    extra = []
    for word in more:
        for name, ours in names.items():
            word = word.replace(name, ours)
        extra.append(word)
    answer = ask(*words, *extra, "--save-scenario", "4", "--to", "point.yaml", "--json")
    assert answer.err == "point 4 in point.yaml; try: detente validate point.yaml\n"
    assert ask("validate", "point.yaml").status == 0
    point = answer.document["points"][3]
    for regime, payoffs in point["payoffs"].items():
        told = answered("run", "point.yaml", "--regime", regime, "--json", "--quiet")
        assert (told["runs"], told["seed"]) == (60, 5)
        assert {actor: part["payoff"]["mean"] for actor, part in told["actors"].items()} == {
            actor: stat["mean"] for actor, stat in payoffs.items()
        }
    text = Path("point.yaml").read_text(encoding="utf-8")
    assert text.startswith(f"# Point 4 of a sweep of {words[1][:-5]}: ")
    assert text.endswith("\n")
    assert load_text(text).scenario == f"{words[1][:-5]}-point-4"


def test_a_point_of_a_scenario_with_parents_needs_none_of_them() -> None:
    """It can lie anywhere."""
    words = ("sweep", "inf-2018", "--values", "arms_burden=0.1,0.3", "--runs", "5")
    answer = ask(*words, "--save-scenario", "2", "--to", "point.yaml", "--json")
    assert "extends" not in Path("point.yaml").read_text(encoding="utf-8")
    told = answered("run", "point.yaml", "--json", "--quiet")
    assert told["actors"]["nato"]["payoff"] == answer.document["points"][1]["payoffs"]["treaty"]["nato"]


# --- What it refuses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), "OVER"),
        (("--over", "burdn"), "UNKNOWN-PARAMETER"),
        (("--over", "burden=0"), "OVER"),
        (("--over", "burden=0:1:2:3"), "OVER"),
        (("--over", "=0:1"), "OVER"),
        (("--over", "burden=0:much"), "OVER"),
        (("--over", "burden=0:1:2.5"), "OVER"),
        (("--over", "burden=0:1:1"), "OVER"),
        (("--over", "burden=1:0"), "OVER"),
        (("--over", "burden", "--over", "burden"), "OVER"),
        (("--over", "fixed"), "OVER"),
        (("--over", "burden", "--over", "stake", "--over", "fixed=0:1"), "OVER"),
        (("--over", "burden=0:1:1000", "--over", "stake=0:1:1000"), "OVER"),
        (("--values", "burden"), "VALUES"),
        (("--values", "burden=1,nan"), "VALUES"),
        (("--values", "burden=1_0"), "VALUES"),
        (("--over", "burden", "--values", "burden=1"), "VALUES"),
        (("--values", "burden=1", "--latin", "5"), "VALUES"),
        (("--over", "burden", "--latin", "1"), "LATIN"),
        (("--over", "burden", "--latin", "few"), "LATIN"),
        (("--over", "burden", "--regime", "opn"), "UNKNOWN-REGIME"),
        (("--over", "burden", "--regime", "open", "--all"), "ALL"),
        (("--over", "burden", "--set", "burden=1"), "SET"),
        (("--over", "burden", "--set", "burdn=1"), "UNKNOWN-PARAMETER"),
        (("--over", "burden", "--play", "north=leve"), "UNKNOWN-STRATEGY"),
        (("--over", "burden", "--runs", "0"), "RUNS"),
        (("--over", "burden", "--jobs", "0"), "JOBS"),
        (("--over", "burden", "--csv", "nowhere/points.csv"), "CSV"),
        (("--over", "burden", "--chart", "picture.gif"), "CHART"),
        (("--over", "burden", "--save-scenario", "3"), "SAVE-SCENARIO"),
        (("--over", "burden", "--to", "point.yaml"), "TO"),
        (("--over", "burden", "--save-scenario", "22", "--to", "point.yaml"), "SAVE-SCENARIO"),
        (("--over", "burden", "--save-scenario", "0", "--to", "point.yaml"), "SAVE-SCENARIO"),
        (("--over", "burden", "--save-scenario", "1", "--to", "nowhere/point.yaml"), "TO"),
        (("--over", "burden", "--save-scenario", "1", "--to", "plane.yaml"), "EXISTS"),
    ],
)
def test_what_cannot_be_is_refused(words: tuple[str, ...], code: str, here: Path) -> None:
    """In one line, before anything is played or written."""
    before = tree(here)
    answer = ask("sweep", "line.yaml", *words)
    assert (answer.status, answer.out, len(answer.faults)) == (2, "", 1)
    assert f": {code}: " in answer.err
    assert tree(here) == before


def test_an_expression_that_misbehaves_at_some_point_is_told(here: Path) -> None:
    """Exit 3, in one line that says with which value; nothing is written."""
    (here / "line.yaml").write_text(LINE.replace("peace: stake", "peace: 1 / (stake - 0.5) + luck"), encoding="utf-8")
    before = tree(here)
    words = ("sweep", "line.yaml", "--over", "stake=0:1:5", "--runs", "3", "--csv", "a.csv", "--chart", "a.json")
    answer = ask(*words, "--save-scenario", "1", "--to", "point.yaml")
    assert (answer.status, answer.out, len(answer.faults)) == (3, "", 1)
    assert "stake = 0.5" in answer.err
    assert tree(here) == before


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interruption_leaves_nothing_behind(jobs: str, here: Path, tmp_path: Path) -> None:
    """Ctrl-C while points are played: exit status 130, one line, no file."""
    before = tree(here)
    check_interruption(
        *ALONG[:-4], "--runs", "40000000", "--jobs", jobs, "--csv", "points.csv", "--save-scenario", "1",
        "--to", "point.yaml", env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert tree(here) == before


def test_an_interruption_before_the_files_are_written(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same within this process, at the last point."""

    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    before = tree(here)
    monkeypatch.setattr(sweep, "play_sweep", interrupted)
    answer = ask(*ALONG, "--csv", "a.csv", "--chart", "a.json", "--save-scenario", "1", "--to", "point.yaml")
    assert (answer.status, answer.out, len(answer.faults)) == (130, "", 1)
    assert tree(here) == before


def test_the_pages_numbers_are_the_programs() -> None:
    options = Page("reference/commands.md").said("Options")
    assert f"{axes.LINE} values, of two parameters {axes.PLANE} each" in options
    assert f"2 to {axes.MOST:,}" in options
