"""`detente report`, and `--report` of run, compare, matrix and claims: the file, what is said, what is refused first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.report.document import rendering
from tests.commands.asking import ask

pytest.importorskip("altair")
pytest.importorskip("vl_convert")
pytest.importorskip("jinja2")

INTO_FOLDER = {"run": ("run", "demo.yaml", "--runs", "12"), "compare": ("compare", "demo.yaml", "--runs", "12")}
INTO_FILE = {"matrix": ("matrix", "demo.yaml", "--runs", "12"), "claims": ("claims", "demo.yaml", "--runs", "12")}


def answer_in(page: Path) -> str:
    found = re.search(r'<ol class="answer">.*?</ol>', page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[0]


@pytest.mark.parametrize("command", INTO_FOLDER)
def test_a_report_lies_beside_the_results(command: str, demo: Path) -> None:
    """The answer is as without; later the same page is made from the folder alone, and the folder stays sound."""
    plain = ask(*INTO_FOLDER[command], "--json")
    reported = ask(*INTO_FOLDER[command], "--json", "--report", "--out", "other")
    assert (reported.status, reported.document) == (plain.status, plain.document)
    (page,) = (demo / "other").rglob("report.html")
    assert f"report in {page.relative_to(demo)}" in reported.err.splitlines()
    once = answer_in(page)
    (folder,) = (demo / "results" / "demo").iterdir()
    asked = ask("report", str(folder.relative_to(demo)))
    assert (asked.status, asked.out) == (0, "")
    assert asked.err.splitlines() == [f"report in {folder.relative_to(demo) / 'report.html'}"]
    assert answer_in(folder / "report.html") == once
    assert ask("verify", str(folder)).status == 0
    assert ask("report", str(folder), "elsewhere.html", "--quiet").err == ""
    assert answer_in(demo / "elsewhere.html") == once
    assert not list(demo.rglob("*.part"))


@pytest.mark.parametrize("command", INTO_FILE)
def test_a_report_of_what_is_not_kept_is_a_file(command: str, demo: Path) -> None:
    """The document and the status are as without."""
    plain = ask(*INTO_FILE[command], "--json")
    reported = ask(*INTO_FILE[command], "--json", "--report", "page.html")
    assert (reported.status, reported.document) == (plain.status, plain.document)
    assert "report in page.html" in reported.err.splitlines()
    assert answer_in(demo / "page.html")


@pytest.mark.parametrize("name", ["page.pdf", "nowhere/page.html", "."])
def test_what_cannot_be_written_is_refused_first(name: str, demo: Path) -> None:
    """In one line, with status 2."""
    answer = ask(*INTO_FILE["claims"], "--report", name)
    assert (answer.status, answer.out) == (2, "")
    assert len(answer.faults) == 1


def test_a_missing_library_is_told_before_anything_is_played(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder of results is left behind."""

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(rendering, "import_module", missing)
    for asked in ((*INTO_FOLDER["compare"], "--report"), (*INTO_FILE["matrix"], "--report", "page.html")):
        answer = ask(*asked)
        assert (answer.status, answer.out) == (2, "")
        assert "detente[charts]" in answer.err
    assert not (demo / "results").exists()


def test_damaged_results_have_no_report(demo: Path) -> None:
    """Status 4, the file that is damaged, and no page."""
    assert ask(*INTO_FOLDER["run"], "--quiet").status == 0
    (block,) = demo.rglob("blocks/*.npy")
    data = bytearray(block.read_bytes())
    data[-3] ^= 1
    block.write_bytes(data)
    answer = ask("report", str(block.parents[1]))
    assert answer.status == 4
    assert block.name in answer.faults[0]
    assert not list(demo.rglob("report.html"))
    assert ask("report", str(demo)).status == 4
