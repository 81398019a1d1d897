"""Finished results: checked byte by byte, exported, and played again."""

import csv
import hashlib
import io
import json
import pickle
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.archive import again as again_module
from sim.archive.checks import Checks, damages, whole
from sim.archive.listing import listing
from sim.archive.manifest import NAME, read_manifest
from sim.archive.save import save_comparison, save_run
from sim.archive.verify import verify
from sim.engine.record import STORED
from sim.errors import ArchiveError
from sim.experiment.compare import Comparison
from sim.experiment.ensemble import Ensemble, Plan, run
from sim.experiment.environment import Environment
from sim.interop.tidy import write_runs
from sim.scenario.schema import Scenario
from tests.archive.conftest import PARENT
from tests.archive.test_save import tree
from tests.commands.asking import ask


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def folder(comparison: Comparison) -> Path:
    """Results of two regimes, 20 runs each."""
    return save_comparison(comparison, Path("results"))


# --- Verify ----------------------------------------------------------------------------------------------------------


def test_sound_results(folder: Path, comparison: Comparison) -> None:
    """What was read is told, for people and as JSON."""
    found = verify(folder)
    assert (found.sound, found.complete, found.files, found.runs, found.runs_asked) == (True, True, 6, 40, 40)
    assert found.bytes == sum(len(data) for data in tree(folder).values())
    assert found.digests == {name: side.digest for name, side in comparison.ensembles.items()}
    answer = ask("verify", str(folder))
    assert (answer.status, answer.err) == (0, "")
    assert "sound: every byte is as it was written" in answer.out
    assert ask("verify", str(folder), "--json").document == found.to_dict()


@pytest.mark.parametrize(
    "name", ["manifest.json", "summary.json", "payoffs.csv", "scenario.yaml", "blocks/none-00000.npy"]
)
def test_a_bit_is_found_to_the_byte(name: str, folder: Path) -> None:
    """At both ends and between; exit 4, one line, nothing is changed."""
    path = folder / name
    data = path.read_bytes()
    for at in (0, len(data) // 3, len(data) - 70, len(data) - 1):
        path.write_bytes(data[:at] + bytes([data[at] ^ 16]) + data[at + 1 :])
        (found,) = verify(folder).damage
        assert found.file == name
        if name != NAME or at != len(data) - 1:
            assert (found.offset, found.length) == (at, 1)
            assert found.problem == f"a bit of byte {at} was turned"
    before = tree(folder)
    answer = ask("verify", str(folder))
    assert (answer.status, answer.out, len(answer.faults)) == (4, "", 1)
    assert answer.err.startswith(f"{path}:1:1: DAMAGED: ")
    document = ask("verify", str(folder), "--json").document
    assert (document["sound"], document["damage"][0]["file"]) == (False, name)
    assert tree(folder) == before


def test_other_damage_is_found(folder: Path, ensemble: Ensemble) -> None:
    """Several places at once, each with its file; runs that are not sound are not counted."""
    (folder / "blocks/none-00000.npy").write_bytes(b"")
    (folder / "summary.json").unlink()
    with (folder / "payoffs.csv").open("ab") as stream:
        stream.write(b"more")
    size = read_manifest(folder).payoffs
    found = verify(folder)
    assert {(each.file, each.offset) for each in found.damage} == {
        ("blocks/none-00000.npy", 0), ("summary.json", 0), ("payoffs.csv", size.size if size else 0),
    }  # fmt: skip
    assert found.runs == 20
    for name in ("nowhere", "results"):
        assert (ask("verify", name).status, "MISSING" in ask("verify", name).err) == (4, True)


class Trap:
    """Unpickled, it leaves a file behind."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("sprung"),)  # type: ignore[return-value]


def test_what_is_no_block_among_the_blocks(folder: Path) -> None:
    """A pickled array put there, or in a block's place, is told and never executed; a leftover is no matter."""
    trap = io.BytesIO()
    np.save(trap, np.array([Trap()], dtype=object), allow_pickle=True)
    assert pickle.dumps(Trap())
    block = folder / "blocks" / "none-00000.npy"
    kept = block.read_bytes()
    for path in (folder / "blocks" / "none-00001.npy", block):
        path.write_bytes(trap.getvalue())
        assert {(each.file, each.offset) for each in verify(folder).damage} <= {
            ("blocks/none-00001.npy", None), ("blocks/none-00000.npy", len(trap.getvalue())),
        }  # fmt: skip
        assert ask("verify", str(folder)).status == 4
        ask("export", str(folder), "--overwrite", "--only-sound")
        ask("rerun", str(folder))
        path.write_bytes(kept) if path == block else path.unlink()
    assert not Path("sprung").exists()
    (folder / "blocks" / ".none-00001.npy.partial").write_bytes(b"half")
    assert verify(folder).sound


def test_damage_of_several_bits_is_placed_in_its_piece() -> None:
    """Each piece that is wrong is named; a piece's own checksum finds a single bit wherever it is."""
    luck = np.random.default_rng(1)
    data = luck.bytes(10_000)
    checks = Checks(1000)
    checks.add(data)
    text, is_right = checks.text(), whole(hashlib.sha256(data).hexdigest())
    wrong = bytearray(data)
    for at in (1500, 1501, 7777):
        wrong[at] ^= 255
    found = damages(bytes(wrong), len(data), 1000, text, is_right)
    assert [(each.offset, each.length) for each in found] == [(1000, 1000), (7000, 1000)]
    for at in luck.integers(8 * len(data), size=50):
        turned = bytearray(data)
        turned[at // 8] ^= 1 << at % 8
        (one,) = damages(bytes(turned), len(data), 1000, text, is_right)
        assert (one.offset, one.length) == (at // 8, 1)


# --- Export ----------------------------------------------------------------------------------------------------------


def test_the_table_is_that_of_csv(ensemble: Ensemble) -> None:
    """Byte by byte what ``--csv`` writes of the same runs."""
    folder = save_run(ensemble, Path("results"))
    write_runs(ensemble, "run.csv")
    answer = ask("export", str(folder))
    name = f"tiny-{folder.name}.csv"
    assert (answer.status, answer.out, answer.err) == (0, "", f"table of runs in {name}\n")
    assert Path(name).read_bytes() == Path("run.csv").read_bytes()


def test_sides_stand_below_each_other(two_files: Comparison) -> None:
    """What a side lacks is empty."""
    folder = save_comparison(two_files, Path("results"))
    assert ask("export", str(folder), "both.csv", "--json", "--quiet").document == {
        "path": str(folder), "file": "both.csv", "left_out": [],
    }  # fmt: skip
    with Path("both.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["regime"] for row in rows] == ["tiny"] * 20 + ["tiny-child"] * 20
    assert {row["ledger.north.crisis"] for row in rows[20:]} == {""}
    for name, side in two_files.ensembles.items():
        read = [float(row["payoff.north"]) for row in rows if row["regime"] == name]
        assert np.array_equal(read, side.column("north"))


def test_sound_blocks_of_a_damaged_folder_stay_exportable(tiny: Scenario) -> None:
    """Only if asked; what is left out is named."""
    ensemble = run(tiny, None, Plan(2 * STORED + 5, 1))
    folder = save_run(ensemble, Path("results"))
    block = folder / "blocks" / "pact-00001.npy"
    data = block.read_bytes()
    block.write_bytes(data[:5000] + b"\x01" + data[5001:])
    refused = ask("export", str(folder), "all.csv")
    assert (refused.status, len(refused.faults), Path("all.csv").exists()) == (4, 1, False)
    assert refused.err.startswith(f"{block}:1:1: DAMAGED: ")
    answer = ask("export", str(folder), "sound.csv", "--only-sound")
    assert answer.status == 0
    assert answer.err.splitlines()[1].startswith(
        "note: left out: runs 8,192 to 16,383 of pact (blocks/pact-00001.npy: "
    )
    with Path("sound.csv").open(newline="", encoding="utf-8") as stream:
        runs = [int(row["run"]) for row in csv.DictReader(stream)]
    assert runs == [*range(STORED), *range(2 * STORED, 2 * STORED + 5)]


def test_a_file_that_is_there_is_left_alone(folder: Path) -> None:
    """Unless it is to be written over; a file of another kind is refused."""
    Path("mine.csv").write_text("mine", encoding="utf-8")
    assert (ask("export", str(folder), "mine.csv").status, Path("mine.csv").read_text()) == (2, "mine")
    assert ask("export", str(folder), "mine.csv", "--overwrite").status == 0
    assert ask("export", str(folder), "mine.txt").status == 2
    assert ask("export", str(folder), "nowhere/mine.csv").status == 2
    assert sorted(path.name for path in Path().iterdir()) == ["mine.csv", "results"]


def test_parquet(folder: Path, comparison: Comparison) -> None:
    """Read back with the kinds of the columns, to the last bit."""
    duckdb = pytest.importorskip("duckdb")
    assert ask("export", str(folder), "it's.parquet").status == 0
    with duckdb.connect() as connection:
        table = connection.execute("SELECT * FROM 'it''s.parquet'").fetchnumpy()
    for name, side in comparison.ensembles.items():
        of = table["regime"] == name
        assert np.array_equal(table["payoff.north"][of], side.column("north"))
        assert np.array_equal(table["ended"][of], side.column("ended") == 1.0)
        assert table["actions.north.arm"].dtype.kind == table["run"].dtype.kind == "i"
    assert sorted(path.name for path in Path().iterdir()) == ["it's.parquet", "results"]


def test_parquet_without_its_library(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 2, with what to install."""
    monkeypatch.setitem(sys.modules, "duckdb", None)
    answer = ask("export", str(folder), "x.parquet")
    assert (answer.status, len(answer.faults)) == (2, 1)
    assert "ANALYSIS" in answer.err
    assert "pip install 'detente[parquet]'" in answer.err
    assert not Path("x.parquet").exists()


# --- Rerun -----------------------------------------------------------------------------------------------------------


def test_results_come_out_the_same_again(folder: Path) -> None:
    """Every digest; nothing is written."""
    before = tree(Path())
    answer = ask("rerun", str(folder))
    assert (answer.status, answer.err) == (0, "")
    assert "reproduced: 20 runs a side, to the last bit" in answer.out
    document = ask("rerun", str(folder), "--json").document
    assert (document["same"], document["changes"], set(document["digests"])) == (True, [], {"pact", "none"})
    assert tree(Path()) == before


def test_what_differs_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The version if one does, with exit 4; a folder that was forged has the same versions."""
    data = json.loads((folder / NAME).read_bytes())
    digest = data["results"][1]["digest"]
    monkeypatch.setattr(again_module, "read_manifest", lambda path: forged(path, digest))
    answer = ask("rerun", str(folder))
    assert (answer.status, len(answer.faults)) == (4, 1)
    assert "NOT-REPRODUCED: the digest of none was 0000000000000000..., now it is" in answer.err
    assert "versions and processor are the same" in answer.err
    monkeypatch.setattr(Environment, "differences", lambda now, then: ["numpy 1 then, 2 now"])
    assert "numpy 1 then, 2 now; play with what it was made with" in ask("rerun", str(folder)).err
    assert ask("rerun", str(folder), "--json").document["same"] is False


def forged(path: Path, digest: str) -> object:
    """The manifest with another digest."""
    manifest = read_manifest(path)
    results = tuple(
        each.model_copy(update={"digest": "0" * 64}) if each.digest == digest else each for each in manifest.results
    )
    return manifest.model_copy(update={"results": results})


def test_code_that_a_folder_names_is_not_run_unasked(tiny: Scenario) -> None:
    """It may come from a stranger: exit 4, unless it is said to be trusted."""
    code = "import pathlib\npathlib.Path('sprung').touch()\n\nclass Player:\n    def decide(self, view):\n        return 'hold'\n"
    Path("evil_player.py").write_text(code, encoding="utf-8")
    Path("tiny.yaml").write_text(PARENT, encoding="utf-8")
    words = ("--runs", "3", "--play", "north=evil_player:Player", "--quiet")
    assert ask("run", "tiny.yaml", *words).status == 0
    Path("sprung").unlink()
    sys.modules.pop("evil_player")
    (entry,) = listing("results")
    answer = ask("rerun", str(entry.path))
    assert (answer.status, len(answer.faults), Path("sprung").exists()) == (4, 1, False)
    assert "PLAYERS: these results were played by code: 'evil_player:Player'; if you trust it" in answer.err
    assert ask("rerun", str(entry.path), "--with-players").status == 0


def test_a_damaged_or_unfinished_folder_is_not_played_again(folder: Path) -> None:
    """Exit 4, whatever part of it is damaged."""
    shutil.copytree(folder, "other")
    block = folder / "blocks" / "none-00000.npy"
    kept = block.read_bytes()
    block.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    answer = ask("rerun", str(folder))
    assert (answer.status, answer.out, len(answer.faults)) == (4, "", 1)
    assert f"blocks/none-00000.npy:1:1: DAMAGED: a bit of byte {len(kept) - 1} was turned" in answer.err
    block.write_bytes(kept)
    (folder / "scenario.yaml").write_text("scenario: other", encoding="utf-8")
    assert ask("rerun", str(folder)).status == 4
    (Path("other") / NAME).unlink()
    with pytest.raises(ArchiveError):
        read_manifest(Path("other"))
    assert ask("rerun", "other").status == 4
