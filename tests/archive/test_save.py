"""What a results folder holds, and how it is named."""

import csv
import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from sim.archive import disk
from sim.archive.load import load_results
from sim.archive.manifest import read_manifest
from sim.archive.root import checked_root
from sim.archive.save import save_comparison, save_run
from sim.archive.tables import payoffs_csv
from sim.engine.record import STORED
from sim.errors import ArchiveError, CommandError, ScenarioError
from sim.experiment.compare import Comparison, compare, compare_scenarios
from sim.experiment.ensemble import Ensemble, Plan, run
from sim.model.game import Setting
from sim.scenario.load import load
from sim.scenario.schema import Scenario

AT = datetime(2026, 11, 23, 20, 12, 8, 1500, UTC)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, and what it holds."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_run_has_its_layout(ensemble: Ensemble, tmp_path: Path) -> None:
    """The folder of a run holds these files and no others, and nothing lies beside it."""
    path = save_run(ensemble, tmp_path / "results", ["detente", "run", "tiny.yaml"], AT)
    assert re.fullmatch(r"20261123T201208Z-[0-9a-f]{8}", path.name)
    assert path.parent == tmp_path / "results" / "tiny"
    assert set(tree(path)) == {"manifest.json", "scenario.yaml", "summary.json", "payoffs.csv", "blocks/none-00000.npy"}
    assert list(path.parent.iterdir()) == [path]


def test_a_comparison_has_blocks_for_each_regime(comparison: Comparison, tmp_path: Path) -> None:
    """Regimes of one scenario share its text."""
    path = save_comparison(comparison, tmp_path)
    assert {"blocks/pact-00000.npy", "blocks/none-00000.npy", "scenario.yaml"} <= set(tree(path))
    assert "scenario-2.yaml" not in tree(path)


def test_the_manifest_says_what_was_asked(ensemble: Ensemble, tmp_path: Path) -> None:
    """Question, setting, plan, strategies in use, time and words are all there."""
    words = ["detente", "run", "tiny.yaml", "--play", "south=hold"]
    manifest = read_manifest(save_run(ensemble, tmp_path, words, AT))
    (side,), (result,) = manifest.asked.regimes, manifest.results
    assert (manifest.asked.question, manifest.asked.runs, manifest.asked.seed) == ("run", 20, 7)
    assert (side.regime, side.plays, side.set) == ("none", {"south": "hold"}, {"gain": 1 / 3})
    assert result.strategies == {"north": "coin", "south": "hold"}
    assert result.columns == tuple(ensemble.columns)
    assert result.digest == ensemble.digest
    assert manifest.command == tuple(words)
    assert (manifest.when, manifest.engine) == ("2026-11-23T20:12:08.001500Z", "lockstep")
    assert {"python", "numpy", "simpy", "scipy"} <= set(manifest.versions)
    assert manifest.processor_features


def test_every_hash_is_that_of_its_file(two_files: Comparison, tmp_path: Path) -> None:
    """The manifest names all the other files, with their sizes and hashes as anybody would compute them."""
    path = save_comparison(two_files, tmp_path)
    held = tree(path)
    manifest = read_manifest(path)
    assert {file.name for file in manifest.files} == set(held) - {"manifest.json"}
    for file in manifest.files:
        assert file.size == len(held[file.name])
        assert file.sha256 == hashlib.sha256(held[file.name]).hexdigest()
    unsigned = held["manifest.json"].replace(json.loads(held["manifest.json"])["checksum"].encode(), b"0" * 64)
    assert json.loads(held["manifest.json"])["checksum"] == hashlib.sha256(unsigned).hexdigest()


def test_sources_are_hashed_as_they_were_read(tmp_path: Path) -> None:
    """A scenario that extends another names both files; an edit after reading changes nothing."""
    parent = "scenario: a\nclock: {turns: 1}\nactors: {one: {}}\n"
    child = "scenario: b\nextends: a.yaml\n"
    (tmp_path / "a.yaml").write_text(parent, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(child, encoding="utf-8")
    scenario = load(tmp_path / "b.yaml")
    (tmp_path / "a.yaml").write_text("edited", encoding="utf-8")
    (kept,) = read_manifest(save_run(run(scenario, None, Plan(2, 0)), tmp_path / "results")).scenarios
    assert {source.file: source.sha256 for source in kept.sources} == {
        str(tmp_path / "a.yaml"): hashlib.sha256(parent.encode()).hexdigest(),
        str(tmp_path / "b.yaml"): hashlib.sha256(child.encode()).hexdigest(),
    }


def test_the_kept_scenario_needs_no_other_file(child: Scenario, tmp_path: Path) -> None:
    """What extends another is kept whole, and says the same again."""
    path = save_run(run(child, None, Plan(2, 0)), tmp_path)
    again = load(path / "scenario.yaml")
    assert again.extends is None
    assert (again.parameters["gain"].value, again.parameters["gain"].source, again.hazards) == (2, "judgement", {})


def test_two_files_are_both_kept(two_files: Comparison, tmp_path: Path) -> None:
    """Each side of a comparison of files has its own scenario, under the folder of the first."""
    path = save_comparison(two_files, tmp_path)
    assert path.parent.name == "tiny"
    assert [load(path / name).scenario for name in ("scenario.yaml", "scenario-2.yaml")] == ["tiny", "tiny-child"]
    assert [side.scenario for side in read_manifest(path).asked.regimes] == [0, 1]


def test_one_file_against_itself(tiny: Scenario, tmp_path: Path) -> None:
    """Names with spaces and parentheses become names of files."""
    path = save_comparison(compare_scenarios([tiny, tiny], None, None, Plan(3, 0)), tmp_path)
    assert {"blocks/tiny-1-00000.npy", "blocks/tiny-2-00000.npy", "scenario-2.yaml"} <= set(tree(path))
    assert list(load_results(path).tables) == ["tiny (1)", "tiny (2)"]


def test_the_summary_is_the_answer(comparison: Comparison, tmp_path: Path) -> None:
    """``summary.json`` is what ``--json`` prints."""
    path = save_comparison(comparison, tmp_path)
    assert json.loads((path / "summary.json").read_bytes()) == comparison.to_dict()


def test_the_csv_reads_back_to_the_last_bit(comparison: Comparison, tmp_path: Path) -> None:
    """One row a regime and run; every number is the float64 of the table."""
    with (save_comparison(comparison, tmp_path) / "payoffs.csv").open(newline="", encoding="utf-8") as stream:
        header, *rows = csv.reader(stream)
    assert header[:5] == ["regime", "run", "north", "north.costs", "north.calm"]
    assert header[5:] == ["north.crisis", "south", "south.costs", "south.calm", "south.crisis"]
    assert [row[:2] for row in rows] == [[regime, str(number)] for regime in ("pact", "none") for number in range(20)]
    for regime, held in comparison.ensembles.items():
        read = np.array([[float(cell) for cell in row[2:]] for row in rows if row[0] == regime])
        assert np.array_equal(read, np.stack([held.column(name) for name in header[2:]]).T)
    assert "-0.0" not in {cell for row in rows for cell in row}


def test_a_column_that_a_side_lacks_is_empty(two_files: Comparison, tmp_path: Path) -> None:
    """The second scenario has no crisis to pay for."""
    with (save_comparison(two_files, tmp_path) / "payoffs.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["regime"] for row in rows if not row["north.crisis"]} == {"tiny-child"}
    assert len([row for row in rows if row["north.crisis"]]) == 20


def test_blocks_are_plain_arrays_of_stored_runs(tiny: Scenario, tmp_path: Path) -> None:
    """A job of more runs than are stored together has more blocks; together they are the table."""
    ensemble = run(tiny, None, Plan(STORED + 5, 1))
    path = save_run(ensemble, tmp_path)
    blocks = [np.load(path / f"blocks/pact-0000{number}.npy", allow_pickle=False) for number in (0, 1)]
    assert [(block.shape, block.dtype.str) for block in blocks] == [
        ((len(ensemble.columns), n), "<f8") for n in (STORED, 5)
    ]
    assert np.concatenate(blocks, axis=1).tobytes() == ensemble.table.tobytes()
    (result,) = read_manifest(path).results
    assert [(block.first, block.count) for block in result.blocks] == [(0, STORED), (STORED, 5)]
    with (path / "payoffs.csv").open(encoding="utf-8") as stream:
        assert sum(1 for _ in stream) == STORED + 5 + 1


def test_nothing_is_written_over(ensemble: Ensemble, tmp_path: Path) -> None:
    """The same question in the same second takes the next number, and earlier folders keep every byte."""
    paths = [save_run(ensemble, tmp_path, began=AT)]
    before = tree(paths[0])
    paths += [save_run(ensemble, tmp_path, began=AT) for _ in range(2)]
    assert [path.name for path in paths[1:]] == [f"{paths[0].name}-2", f"{paths[0].name}-3"]
    assert tree(paths[0]) == before


def test_a_taken_name_is_left_alone(ensemble: Ensemble, tmp_path: Path) -> None:
    """Whatever has the name already, even an empty folder or a broken link, stays what it is."""
    name = save_run(ensemble, tmp_path / "elsewhere", began=AT).name
    home = tmp_path / "results" / "tiny"
    (home / name).mkdir(parents=True)
    (home / f"{name}-2").symlink_to(tmp_path / "nowhere")
    (home / f"{name}-3").write_text("a file", encoding="utf-8")
    assert save_run(ensemble, tmp_path / "results", began=AT).name == f"{name}-4"
    assert not list((home / name).iterdir())
    assert (home / f"{name}-2").is_symlink()


def test_a_name_taken_at_the_last_moment(ensemble: Ensemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second process that is faster by a moment keeps its folder."""
    make = disk.make
    taken: list[Path] = []

    def late(folder: Path) -> None:
        if not taken and re.match("[0-9]{8}T", folder.name):
            taken.append(folder)
            folder.mkdir()
            (folder / "manifest.json").write_text("theirs", encoding="utf-8")
        make(folder)

    monkeypatch.setattr(disk, "make", late)
    assert save_run(ensemble, tmp_path, began=AT).name == f"{taken[0].name}-2"
    assert tree(taken[0]) == {"manifest.json": b"theirs"}


def test_the_id_is_that_of_the_question(tiny: Scenario, tmp_path: Path) -> None:
    """How it was worked out does not matter, nor does naming the default."""
    asked = [
        (Setting(), Plan(9, 3)),
        (Setting("pact"), Plan(9, 3, jobs=1, block=2)),
        (Setting("pact"), Plan(9, 3, engine="events")),
    ]
    paths = [save_run(run(tiny, setting, plan), tmp_path, began=AT) for setting, plan in asked]
    assert len({path.name[17:25] for path in paths}) == 1
    again = save_run(run(load(paths[0] / "scenario.yaml"), *asked[0]), tmp_path, began=AT)
    assert again.name[17:25] == paths[0].name[17:25]


def test_other_questions_have_other_ids(tiny: Scenario, child: Scenario, tmp_path: Path) -> None:
    """Anything that can change the answer changes the id."""
    pact = Setting("pact")
    paths = [
        save_run(run(scenario, setting, plan), tmp_path)
        for scenario, setting, plan in [
            (tiny, pact, Plan(4, 3)),
            (child, pact, Plan(4, 3)),
            (tiny, Setting("none"), Plan(4, 3)),
            (tiny, Setting("pact", {"south": "arm"}), Plan(4, 3)),
            (tiny, Setting("pact", {}, {"gain": 0.5}), Plan(4, 3)),
            (tiny, Setting("pact", {}, {"gain": 0.5000000000000001}), Plan(4, 3)),
            (tiny, pact, Plan(5, 3)),
            (tiny, pact, Plan(4, 4)),
        ]
    ]
    paths.append(save_comparison(compare(tiny, ["pact", "none"], None, Plan(4, 3)), tmp_path))
    assert all(one.name[17:25] != other.name[17:25] for one, other in combinations(paths, 2))


def test_times_are_universal(ensemble: Ensemble, tmp_path: Path) -> None:
    """A time of another zone is the same moment."""
    there = AT.astimezone(timezone(timedelta(hours=-5)))
    assert save_run(ensemble, tmp_path, began=there).name.startswith("20261123T201208Z-")


@pytest.mark.parametrize(
    "name", ["../../up", "/abs", "a/b", "", ".", "CON", "x" * 300, "日本 ☢", "\x00\x1b[31m", '"=1+1",\n']
)
def test_hostile_names_stay_inside(name: str, comparison: Comparison, tmp_path: Path) -> None:
    """Whatever a side is called, its blocks lie in the folder, and it is read back by its name."""
    first, second = comparison.ensembles.values()
    root = tmp_path / "results"
    path = save_comparison(Comparison({name: first, f"{name}!": second}, comparison.plan), root, [name, "\udcff"])
    assert {one.parent for one in tmp_path.rglob("*.npy")} == {path / "blocks"}
    assert all(re.fullmatch(r"[a-z0-9_-]+-00000\.npy", one.name) for one in (path / "blocks").iterdir())
    archived = load_results(path)
    assert list(archived.tables) == [name, f"{name}!"]
    assert np.array_equal(archived.tables[f"{name}!"], second.table)
    with (path / "payoffs.csv").open(newline="", encoding="utf-8") as stream:
        assert {row[0] for row in csv.reader(stream)} == {"regime", name, f"{name}!"}


def test_names_that_look_alike_have_blocks_of_their_own(comparison: Comparison, tmp_path: Path) -> None:
    """Names that differ by what a file name cannot hold do not share a file."""
    names = ["a b", "A B", "a-b", "a-b-2"]
    sides = dict(zip(names, [*comparison.ensembles.values()] * 2, strict=True))
    tables = load_results(save_comparison(Comparison(sides, comparison.plan), tmp_path)).tables
    assert all(np.array_equal(tables[name], sides[name].table) for name in names)


@pytest.mark.parametrize("root", ["/", "//", "/..", "/tmp/.."])
def test_the_root_of_a_file_system_is_refused(root: str, ensemble: Ensemble) -> None:
    """Results never go to ``/``, however it is written."""
    with pytest.raises(CommandError, match="root of a file system"):
        checked_root(root)
    with pytest.raises(CommandError, match="root of a file system"):
        save_run(ensemble, Path(root))


def test_a_link_to_the_root_is_refused(tmp_path: Path) -> None:
    """Nor by way of a link."""
    (tmp_path / "link").symlink_to("/")
    with pytest.raises(CommandError):
        checked_root(tmp_path / "link")


@pytest.mark.parametrize("bad", ["file", "nul\0", "loop"])
def test_what_cannot_be_a_folder_is_refused(bad: str, tmp_path: Path) -> None:
    """A file, a name that no file system takes, a link to itself."""
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(CommandError) as caught:
        checked_root(tmp_path / bad)
    assert caught.value.exit_status == 2
    assert len(str(caught.value).splitlines()) == 1


def test_other_places_are_fine(tmp_path: Path) -> None:
    """A folder that is there, or one still to be made."""
    assert checked_root(tmp_path) == tmp_path
    assert checked_root(str(tmp_path / "new" / "one")) == tmp_path / "new" / "one"


def test_what_no_command_can_set_is_not_kept(tiny: Scenario, tmp_path: Path) -> None:
    """A value that is not one finite number could not be asked again."""
    ensemble = run(tiny, None, Plan(2, 0))
    for value in (float("inf"), np.array([1.0, 2.0])):
        setting = Setting(None, {}, {"gain": value})  # type: ignore[dict-item]
        game = replace(ensemble.game, setting=setting)
        with pytest.raises(CommandError):
            save_run(replace(ensemble, game=game), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_scenario_without_a_text_is_not_kept(ensemble: Ensemble, tmp_path: Path) -> None:
    """It could not be asked again either."""
    bare = ensemble.game.scenario.model_copy()
    bare.__pydantic_private__["_document"] = None  # type: ignore[index]
    game = replace(ensemble.game, scenario=bare)
    with pytest.raises(ScenarioError):
        save_run(replace(ensemble, game=game), tmp_path)


def test_the_csv_is_made_in_pieces(ensemble: Ensemble) -> None:
    """However many the runs, no piece of the CSV holds more than those stored together."""
    runs = 3 * STORED + 1
    table = np.random.default_rng(1).uniform(size=(len(ensemble.columns), runs))
    pieces = list(payoffs_csv({"none": Ensemble.of(ensemble.game, Plan(runs, 7), table)}))
    assert [piece.count(b"\n") for piece in pieces] == [1, STORED, STORED, STORED, 1]


def test_a_place_below_a_file_is_refused_before_anything_is_played(tmp_path: Path) -> None:
    """Hours of play would be lost at their end."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    for below in ("file/below", "file/far/below"):
        with pytest.raises(ArchiveError, match="NOT-A-FOLDER"):
            checked_root(tmp_path / below)
    assert checked_root(tmp_path / "new" / "far") == tmp_path / "new" / "far"


def test_a_forbidden_place_is_refused_before_anything_is_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked of the nearest folder that exists."""
    monkeypatch.setattr("os.access", lambda path, mode: Path(path) != tmp_path)
    with pytest.raises(ArchiveError, match="NOT-WRITABLE"):
        checked_root(tmp_path / "new" / "far")
