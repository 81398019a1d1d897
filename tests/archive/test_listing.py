"""The list of what lies in the results folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sim.archive.listing import listing
from sim.archive.save import save_comparison, save_run
from sim.errors import ArchiveError
from sim.experiment.compare import Comparison
from sim.experiment.ensemble import Ensemble, Plan, run
from sim.model.game import Setting
from sim.scenario.schema import Scenario

AT = datetime(2026, 11, 23, 20, 12, 8, 1500, UTC)


def test_newest_first(ensemble: Ensemble, comparison: Comparison, two_files: Comparison, tmp_path: Path) -> None:
    """Across scenarios, by the moment the work began, then by the number of the folder."""
    oldest = save_comparison(comparison, tmp_path, began=AT - timedelta(days=400))
    same = [save_run(ensemble, tmp_path, began=AT) for _ in range(11)]
    sooner = save_comparison(two_files, tmp_path, began=AT + timedelta(microseconds=1))
    assert [entry.path for entry in listing(tmp_path)] == [sooner, *reversed(same), oldest]


def test_what_an_entry_says(ensemble: Ensemble, comparison: Comparison, tmp_path: Path) -> None:
    """What was asked, and the payoffs."""
    paths = [
        save_run(ensemble, tmp_path, began=AT),
        save_comparison(comparison, tmp_path, began=AT + timedelta(hours=1)),
    ]
    sided, one = listing(str(tmp_path))
    assert (one.path, one.when, one.scenario) == (paths[0], "2026-11-23T20:12:08Z", "tiny")
    assert (one.question, one.regimes, one.runs, one.seed, one.fault) == ("run", ("none",), 20, 7, "")
    assert one.answer == ", ".join(f"{actor} {ensemble.stats[actor].mean:.4g}" for actor in ("north", "south"))
    assert (sided.question, sided.regimes) == ("compare", ("pact", "none"))
    assert sided.answer.startswith("pact: north ")
    assert "; none: north " in sided.answer
    assert one.to_dict() == {
        "path": str(paths[0]),
        "when": "2026-11-23T20:12:08Z",
        "scenario": "tiny",
        "question": "run",
        "regimes": ["none"],
        "runs": 20,
        "seed": 7,
        "answer": one.answer,
        "settings": one.settings or None,
        "fault": None,
        "unfinished": None,
    }


def test_damaged_results_are_listed_as_damaged(ensemble: Ensemble, tmp_path: Path) -> None:
    """None is hidden, and none hides another."""
    sound = save_run(ensemble, tmp_path, began=AT)
    faults = {}
    for file, data in {
        "manifest.json": b"",
        "scenario.yaml": b"x",
        "summary.json": b"{}",
        "payoffs.csv": None,
        "blocks/none-00000.npy": b"\x93NUMPY",
    }.items():
        path = save_run(ensemble, tmp_path, began=AT)
        faults[path] = file
        if data is None:
            (path / file).unlink()
        else:
            (path / file).write_bytes(data)
    empty = sound.parent / "20260101T000000Z-0123abcd"
    (empty / "blocks").mkdir(parents=True)
    entries = {entry.path: entry for entry in listing(tmp_path)}
    assert {path: entry.fault.partition(":")[0] for path, entry in entries.items()} == faults | {
        sound: "",
        empty: "manifest.json",
    }
    assert entries[empty].when == "2026-01-01T00:00:00Z"
    assert entries[empty].to_dict()["runs"] is None
    assert {entry.scenario for entry in entries.values()} == {"tiny"}


def test_other_things_are_passed_over(ensemble: Ensemble, tmp_path: Path) -> None:
    """Pages, other folders, hidden ones and links that lead nowhere are no results."""
    (tmp_path / "README.md").touch()
    (tmp_path / "notes" / "mine").mkdir(parents=True)
    (tmp_path / ".hidden" / "20260101T000000Z-0123abcd").mkdir(parents=True)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "notes" / "up").symlink_to("..")
    path = save_run(ensemble, tmp_path)
    assert [entry.path for entry in listing(tmp_path)] == [path]


def test_a_renamed_folder_is_still_listed(ensemble: Ensemble, tmp_path: Path) -> None:
    """Folders may be called anything, and lie directly below."""
    path = save_run(ensemble, tmp_path).rename(tmp_path / "the one with the crisis")
    assert [(entry.path, entry.scenario) for entry in listing(tmp_path)] == [(path, "tiny")]


def test_an_empty_place(tmp_path: Path) -> None:
    """No folder yet is no results; a file is no folder."""
    assert listing(tmp_path / "results") == []
    assert listing(tmp_path) == []
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveError) as caught:
        listing(tmp_path / "file")
    assert caught.value.exit_status == 4


def test_an_entry_cannot_write_to_the_terminal(comparison: Comparison, tmp_path: Path) -> None:
    """What names a side is shown on one line, without what a terminal would act on."""
    first, second = comparison.ensembles.values()
    save_comparison(Comparison({"\x1b[2J\nevil": first, "good": second}, comparison.plan), tmp_path)
    (entry,) = listing(tmp_path)
    assert entry.answer.isprintable()
    assert all(name.isprintable() for name in entry.regimes)


def test_an_entry_says_what_was_set(tiny: Scenario, tmp_path: Path) -> None:
    """Two folders of one scenario that differ by a premise are told apart."""
    actor, strategy = next((name, next(iter(part.strategies or part.actions))) for name, part in tiny.actors.items())
    parameter = next(iter(tiny.parameters))
    save_run(run(tiny, Setting(None, {actor: strategy}, {parameter: 0.25}), Plan(2, 0)), tmp_path)
    assert listing(tmp_path)[0].settings == f"{parameter} = 0.25; {actor} plays {strategy}"
