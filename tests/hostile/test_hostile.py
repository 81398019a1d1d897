"""Every case of the hostile list, and its twins: the right exit status, one line a fault, little time and memory.

All cases are asked within this process. All files, and the command lines that ask for most, are also asked as processes
of their own, whose time and memory are measured against a harmless one.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.asking import Answer, ask, ask_outside, surroundings, tree
from tests.hostile import yaml_cases
from tests.hostile.case import FINE, SCENARIO, Case, scenario
from tests.hostile.command_cases import LINES, Line
from tests.hostile.expression_cases import CASES as EXPRESSIONS
from tests.hostile.expression_cases import PLACES, placed

SECONDS = 2.0
MEMORY = 256 * 2**20

YAML = {case.id: case for case in yaml_cases.CASES}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to work in, whose ``results/`` has to stay as it was."""
    folder = tmp_path / "here"
    kept = folder / "results" / "demo" / "20260101T000000Z-00000000"
    kept.mkdir(parents=True)
    (kept / "manifest.json").write_bytes(b"{}\n")
    (folder / "scenario.yaml").write_text(scenario(), encoding="utf-8")
    monkeypatch.chdir(folder)
    before = tree(folder / "results")
    yield folder
    assert tree(folder / "results") == before


def timed(*words: str) -> Answer:
    """Ask within this process, which has to take little of its time."""
    began = time.process_time()
    answer = ask(*words)
    assert time.process_time() - began <= SECONDS
    return answer


def refused(answer: Answer, status: int, code: str, words: tuple[str, ...], faults: int = 1) -> str:
    """Check that an answer is a refusal of this kind; returns the line."""
    assert (answer.status, answer.out) == (status, ""), answer.err
    assert len(answer.faults) == faults
    line = answer.faults[0]
    assert f": {code}: " in line
    assert [word for word in words if word not in line] == [], line
    assert "Traceback" not in answer.err
    return line


@pytest.mark.parametrize("case", YAML.values(), ids=YAML)
def test_yaml(case: Case, place: Path) -> None:
    """O-Y01 to O-Y19: the same line from `validate` and from `run`."""
    (place / "case.yaml").write_bytes(case.data)
    answer = timed("validate", "case.yaml")
    if not case.code:
        assert (answer.status, answer.err) == (FINE, "")
        return
    line = refused(answer, SCENARIO, case.code, case.words)
    assert line.startswith(f"case.yaml:{case.at}: " if case.at else "case.yaml:")
    assert timed("run", "case.yaml").err == answer.err


def test_words_of_yaml_1_1_are_what_an_editor_shows(place: Path) -> None:
    """O-Y10: `NO` and `on` are texts, `off` can name a side, and 010 is ten; nothing of it is true, false or eight."""
    text = YAML["O-Y10t"].data.decode()
    (place / "case.yaml").write_text(text.replace("  a:", "  off:"), encoding="utf-8")
    shown = ask("run", "case.yaml", "--json", "--runs", "2", "--out", "elsewhere").document
    assert (shown["turns"], list(shown["actors"])) == (10, ["off"])
    listed = [row for row in ask("list", "--json").document["scenarios"] if row["name"] == "case.yaml"]
    assert [(row["title"], row["summary"]) for row in listed] == [("NO", "on")]


@pytest.mark.parametrize("case", EXPRESSIONS, ids=[case.id for case in EXPRESSIONS])
def test_expressions(case: Case, place: Path) -> None:
    """O-E01 to O-E14, wherever an expression may stand: the same line from `validate` and from `run`."""
    for where in PLACES:
        (place / "case.yaml").write_text(placed(str(case.given), where), encoding="utf-8")
        validated = timed("validate", "case.yaml")
        played = timed("run", "case.yaml", "--runs", "3", "--quiet", "--json", "--out", "elsewhere")
        if where == "claim":
            # A claim is a smaller language: sums of results, compared.
            line = refused(validated, SCENARIO, "TOO-LONG" if case.code == "TOO-LONG" else "CLAIM", ())
        elif case.code:
            line = refused(validated, SCENARIO, case.code, case.words)
        else:
            assert [(answer.status, answer.err) for answer in (validated, played)] == [(FINE, "")] * 2
            continue
        assert line.startswith("case.yaml:")
        assert (played.status, played.err) == (SCENARIO, validated.err), where


@pytest.mark.parametrize("case", LINES, ids=[line.id for line in LINES])
def test_command_lines(case: Line, place: Path) -> None:
    """O-C01 to O-C08."""
    case.make(place)
    answer = timed(*case.line)
    if case.status == FINE:
        assert (answer.status, answer.err) == (FINE, "")
    else:
        refused(answer, case.status, case.code, case.words)


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """What a harmless file takes in time and memory."""
    folder = tmp_path_factory.mktemp("baseline")
    (folder / "scenario.yaml").write_text(scenario(), encoding="utf-8")
    answer = ask_outside("validate", "scenario.yaml", folder=folder)
    assert (answer.status, answer.err) == (FINE, "")
    return answer


def measured(answer: Answer, baseline: Answer) -> Answer:
    """Check that a process took little."""
    assert answer.memory - baseline.memory <= MEMORY
    assert answer.seconds - baseline.seconds <= SECONDS
    return answer


def test_all_yaml_in_one_process(place: Path, baseline: Answer) -> None:
    """What kills or fills other readers ends this program like any other fault; one limit is enough for all files."""
    names = []
    for case in YAML.values():
        names.append(f"{case.id}.yaml")
        (place / names[-1]).write_bytes(case.data)
    answer = measured(ask_outside("validate", "--quiet", *names, folder=place), baseline)
    wrong = [case for case in YAML.values() if case.code]
    assert (answer.status, answer.out) == (SCENARIO, "")
    for line, case in zip(answer.faults, wrong, strict=True):
        assert line.startswith(f"{case.id}.yaml:")
        assert f": {case.code}: " in line
        assert [word for word in case.words if word not in line] == [], line


def test_all_expressions_in_one_process(place: Path, baseline: Answer) -> None:
    """All expressions in all places, as many files: one line each."""
    names, wrong = [], []
    for case in EXPRESSIONS:
        for where in PLACES:
            names.append(f"{case.id}-{where}.yaml")
            wrong += [f"{names[-1]}:"] if case.code or where == "claim" else []
            (place / names[-1]).write_text(placed(str(case.given), where), encoding="utf-8")
    answer = measured(ask_outside("validate", "--quiet", *names, folder=place), baseline)
    assert (answer.status, answer.out) == (SCENARIO, "")
    assert [line[: len(start)] for line, start in zip(answer.faults, wrong, strict=True)] == wrong


@pytest.mark.parametrize(
    "case", [line for line in LINES if line.id in {"O-C02u", "O-C03", "O-C06"}], ids=lambda case: case.id
)
def test_heavy_command_lines_as_a_process(case: Line, place: Path, baseline: Answer) -> None:
    """What asks for more than there is gets nothing at all."""
    case.make(place)
    refused(measured(ask_outside(*case.line, folder=place), baseline), case.status, case.code, case.words)


def test_a_name_in_no_encoding(place: Path, baseline: Answer) -> None:
    """O-C08 with bytes that are no UTF-8: read, and shown as an escape even where output is strict."""
    name = os.fsdecode(b"ca\xe9.yaml")
    (place / "scenario.yaml").rename(place / name)
    strict = surroundings(PYTHONIOENCODING="utf-8:strict")
    answer = measured(ask_outside("validate", name, folder=place, env=strict), baseline)
    assert (answer.status, answer.err) == (FINE, "")
    assert answer.out.startswith("ca\\udce9.yaml: fine")
