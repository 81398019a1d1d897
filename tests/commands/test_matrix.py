"""``detente matrix``: what it prints, its document, its files, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.experiment.matrix import MOST_CELLS
from sim.experiment.resamples import RESAMPLES
from sim.experiment.vertices import MOST
from tests.commands.asking import answered, ask
from tests.docs.pages import Page

SEXES = """
scenario: sexes
title: A meeting
clock: {turns: 1}
state: {x: -1, y: -2}
actors:
  her:
    label: She
    incentives: {meeting: "2 * (x == y and x == 0) + (x == y and x == 1)"}
    actions: {ballet: {label: The ballet, set: {x: 0}}, boxing: {set: {x: 1}}}
  him:
    incentives: {meeting: "(x == y and x == 0) + 2 * (x == y and x == 1)"}
    actions: {ballet: {set: {y: 0}}, boxing: {set: {y: 1}}}
regimes:
  open: {label: Anything goes}
  late: {plays: {her: boxing, him: boxing}}
  closed: {forbid: {her: [ballet]}}
"""


@pytest.fixture
def sexes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the battle of the sexes."""
    (tmp_path / "sexes.yaml").write_text(SEXES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.mark.usefixtures("sexes")
def test_the_document_is_the_promised_one() -> None:
    """Keys, orientation and numbers, worked by hand."""
    document = answered("matrix", "sexes.yaml", "--runs", "5", "--json")
    assert (document["regime"], document["runs"], document["selection"]) == ("open", 5, "replies")
    assert document["strategies"] == {"her": ["ballet", "boxing"], "him": ["ballet", "boxing"]}
    assert document["payoffs"] == {"her": [[2, 0], [0, 1]], "him": [[1, 0], [0, 2]]}
    assert document["se"] == {"her": [[0, 0], [0, 0]], "him": [[0, 0], [0, 0]]}
    assert document["best_replies"]["her"] == [[True, False], [False, True]]
    assert [each["selected"] for each in document["equilibria"]] == [True, False, False]
    mixed = document["equilibria"][2]
    assert mixed["profile"]["her"] == pytest.approx({"ballet": 2 / 3, "boxing": 1 / 3})
    assert mixed["payoffs"] == pytest.approx({"her": 2 / 3, "him": 2 / 3})
    assert mixed["regret"] < 1e-12
    assert (mixed["support"], mixed["more_runs"], mixed["isolated"]) == (1.0, 0, True)
    assert (document["complete"], document["degenerate"], document["possible"]) == (True, False, [])
    assert document["ledger"]["him"] == {"costs": [[0, 0], [0, 0]], "meeting": [[1, 0], [0, 2]]}


@pytest.mark.usefixtures("sexes")
def test_several_regimes_stand_below_their_names() -> None:
    """Each with the document of its own; one that only plays differently selects another equilibrium of the same matrix."""
    every = answered("matrix", "sexes.yaml", "--runs", "2", "--all", "--json")
    assert list(every["regimes"]) == ["open", "late", "closed"]
    assert every["regimes"]["closed"] == answered("matrix", "sexes.yaml", "--runs", "2", "--regime", "closed", "--json")
    assert [each["selected"] for each in every["regimes"]["late"]["equilibria"]] == [False, True, False]
    assert every["regimes"]["late"]["payoffs"] == every["regimes"]["open"]["payoffs"]
    assert every["regimes"]["closed"]["payoffs"]["her"][0] == [0, 0]


@pytest.mark.usefixtures("sexes")
def test_the_page_marks_and_says_what_matters() -> None:
    """Best replies and equilibria are marked by signs; it fits 80 columns; labels stand beside names."""
    page = ask("matrix", "sexes.yaml", "--runs", "3").out
    assert max(map(len, page.splitlines())) <= 80
    assert "1 ballet" in page
    assert "[2* 1*]" in page.replace(".00", "")
    assert "The ballet  ballet" in page
    for words in (
        "Equilibria  3 in all",
        "She: ballet; him: ballet  selected",
        "She: ballet 66.7 % and boxing 33.3 %",
        "100 %",
    ):
        assert words in page
    said = " ".join(page.split())
    assert 'What "Anything goes" has both play is equilibrium 1: neither gains by leaving it alone.' in said
    assert "meeting -2.00" in said


@pytest.mark.usefixtures("sexes")
def test_the_page_of_several_regimes_says_which_are_the_same() -> None:
    page = " ".join(ask("matrix", "sexes.yaml", "--runs", "3", "--all").out.split())
    assert 'The same matrix as under "Anything goes": only what is played differs.' in page
    assert 'What "late" has both play is equilibrium 2' in page


@pytest.mark.usefixtures("sexes")
def test_degenerate_games_and_single_runs_are_told() -> None:
    """What is forbidden comes to the same as passing."""
    page = " ".join(ask("matrix", "sexes.yaml", "--runs", "1", "--regime", "closed").out.split())
    assert "The game is degenerate" in page
    assert "One run alone has no interval" in page
    document = answered("matrix", "sexes.yaml", "--runs", "1", "--json")
    assert document["se"] == {"her": None, "him": None}
    assert {each["support"] for each in document["equilibria"]} == {None}


def test_files_are_written(sexes: Path) -> None:
    """Both forms of the game, and the picture as a specification without anything to fetch."""
    words = ("matrix", "sexes.yaml", "--runs", "2")
    answer = ask(*words, "--nfg", "game.nfg", "--chart", "picture.json")
    assert (answer.status, answer.err) == (0, "chart in picture.json\ngame in game.nfg\n")
    assert '{ "ballet / boxing" 0.0, 0.0 }' in (sexes / "game.nfg").read_text(encoding="utf-8")
    assert ask(*words, "--nfg", "game.nfg", "--form", "plain", "--quiet").err == ""
    assert (sexes / "game.nfg").read_text(encoding="utf-8").split("\n\n")[1] == "2.0 1.0 0.0 0.0 0.0 0.0 1.0 2.0\n"
    picture = json.loads((sexes / "picture.json").read_text(encoding="utf-8"))
    rows = [row for part in picture["hconcat"] for row in part["data"]["values"]]
    assert [row["written"] for row in rows if row["equilibrium"]] == ["2.00*", "1.00*", "1.00*", "2.00*"]
    assert "Equilibria: (She: ballet; him: ballet)" in picture["description"]


def test_a_picture_is_drawn(sexes: Path) -> None:
    ask("matrix", "sexes.yaml", "--runs", "2", "--all", "--chart", "picture.svg")
    assert "closed" in (sexes / "picture.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--regime", "opn"), "UNKNOWN-REGIME"),
        (("--play", "her=balet"), "UNKNOWN-STRATEGY"),
        (("--play", "she=ballet"), "UNKNOWN-ACTOR"),
        (("--play", "her"), "PLAY"),
        (("--set", "x=1"), "UNKNOWN-PARAMETER"),
        (("--runs", "0"), "RUNS"),
        (("--all", "--regime", "open"), "ALL"),
        (("--all", "--nfg", "game.nfg"), "NFG"),
        (("--nfg", "nowhere/game.nfg"), "NFG"),
        (("--form", "bare"), "FORM"),
        (("--chart", "picture.gif"), "CHART"),
    ],
)
def test_what_cannot_be_is_refused(sexes: Path, words: tuple[str, ...], code: str) -> None:
    """In one line, before anything is played or written."""
    answer = ask("matrix", "sexes.yaml", *words)
    assert (answer.status, answer.out, len(answer.faults)) == (2, "", 1)
    assert f": {code}: " in answer.err
    assert sorted(path.name for path in sexes.iterdir()) == ["sexes.yaml"]


def test_a_scenario_of_one_actor_is_refused(sexes: Path) -> None:
    (sexes / "one.yaml").write_text(
        "scenario: one\nclock: {turns: 1}\nactors: {a: {actions: {go: {}}}}\n", encoding="utf-8"
    )
    answer = ask("matrix", "one.yaml")
    assert answer.status == 2
    assert ": NOT-TWO-ACTORS: " in answer.err


def test_the_pages_numbers_are_the_programs() -> None:
    said = Page("reference/commands.md").said("matrix")
    assert f"no more than {MOST} strategies" in said
    assert f"resampled {RESAMPLES:,} times" in said


def test_too_many_pairs_are_refused(sexes: Path) -> None:
    """51 actions against 50 are more than the page on the language says."""
    many = [", ".join(f"a{place}: {{}}" for place in range(count)) for count in (51, 50)]
    text = f"scenario: many\nclock: {{turns: 1}}\nactors: {{a: {{actions: {{{many[0]}}}}}, b: {{actions: {{{many[1]}}}}}}}\n"
    (sexes / "many.yaml").write_text(text, encoding="utf-8")
    answer = ask("matrix", "many.yaml")
    assert ": LARGE-MATRIX: the matrix has 2,550 cells, more than 2,500; " in answer.err
    assert f"more than {MOST_CELLS:,} pairs" in Page("reference/language.md").text
