"""`--chart` of run, compare, trace and claims: the file, what is said, and what is refused before anything is played."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.asking import ask

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

ASKED = {
    "run": ("run", "demo.yaml", "--runs", "12"),
    "compare": ("compare", "demo.yaml", "--runs", "12"),
    "trace": ("trace", "demo.yaml"),
    "claims": ("claims", "demo.yaml", "--runs", "12"),
}


@pytest.mark.parametrize("command", ASKED)
def test_a_picture_is_written_and_named(command: str, demo: Path) -> None:
    """Beside the page or the document, which are as without; where it lies is said on stderr."""
    plain = ask(*ASKED[command], "--json")
    drawn = ask(*ASKED[command], "--json", "--chart", "one.json")
    assert (drawn.status, drawn.document) == (plain.status, plain.document)
    assert "picture in one.json" in drawn.err.splitlines()
    assert len(json.loads((demo / "one.json").read_text(encoding="utf-8"))["description"]) > 20
    page = ask(*ASKED[command], "--chart", "one.svg")
    assert page.out == ask(*ASKED[command]).out
    assert "picture in one.svg" in page.err.splitlines()
    assert (demo / "one.svg").read_text(encoding="utf-8").startswith("<svg")
    assert not list(demo.glob(".*.part"))


@pytest.mark.parametrize("command", ASKED)
@pytest.mark.parametrize("name", ["one.gif", "nowhere/one.png"])
def test_what_cannot_be_drawn_is_refused_first(command: str, name: str, demo: Path) -> None:
    """Nothing is played and no folder of results is left."""
    answer = ask(*ASKED[command], "--chart", name)
    assert (answer.status, answer.out) == (2, "")
    assert len(answer.faults) == 1
    assert ": CHART: " in answer.err
    assert not (demo / "results").exists()


def test_a_quiet_picture_says_nothing(demo: Path) -> None:
    """With `--quiet` only the file tells."""
    assert ask(*ASKED["run"], "--quiet", "--chart", "one.json").err == ""
    assert (demo / "one.json").exists()


def test_all_pictures_go_to_a_folder(demo: Path) -> None:
    """Each as PNG and SVG; the page is as without; how many there are is said on stderr."""
    page = ask(*ASKED["compare"], "--charts", "pictures")
    assert page.out == ask(*ASKED["compare"]).out
    drawn = sorted(path.stem for path in (demo / "pictures").glob("*.svg"))
    assert drawn == sorted(path.stem for path in (demo / "pictures").glob("*.png"))
    assert len(list((demo / "pictures").iterdir())) == 2 * len(drawn)
    assert f"{len(drawn)} pictures in pictures" in page.err.splitlines()
    assert "state" in drawn
    assert all((demo / "pictures" / f"{name}.svg").read_text(encoding="utf-8").startswith("<svg") for name in drawn)


@pytest.mark.parametrize("name", ["demo.yaml", "nowhere/pictures", ""])
def test_a_folder_that_cannot_be_is_refused_first(name: str, demo: Path) -> None:
    answer = ask(*ASKED["run"], "--charts", name)
    assert (answer.status, answer.out) == (2, "")
    assert len(answer.faults) == 1
    assert not (demo / "results").exists()
