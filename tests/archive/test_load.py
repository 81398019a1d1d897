"""Reading results back: every byte checked, nothing executed; asking the same again gives the same."""

import argparse
import hashlib
import io
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.archive.load import ask_again, load_results
from sim.archive.manifest import Manifest, read_manifest
from sim.archive.save import save_comparison, save_run
from sim.errors import ArchiveError
from sim.experiment.compare import Comparison, compare, compare_scenarios
from sim.experiment.ensemble import Ensemble, Plan, run
from sim.model.game import Setting
from sim.scenario.load import load
from sim.scenario.schema import Scenario


@pytest.fixture
def kept(ensemble: Ensemble, tmp_path: Path) -> Path:
    """A results folder that a test may damage."""
    return save_run(ensemble, tmp_path / "results")


def test_tables_come_back(ensemble: Ensemble, kept: Path) -> None:
    """To the last bit, column by column."""
    archived = load_results(kept)
    assert archived.tables["none"].tobytes() == ensemble.table.tobytes()
    assert np.array_equal(archived.column("none", "south.costs"), ensemble.column("south.costs"))
    assert archived.summary == ensemble.to_dict()
    with pytest.raises(KeyError):
        archived.column("none", "south.pride")


def test_a_folder_may_be_moved(kept: Path, tmp_path: Path) -> None:
    """Nothing in it says where it was."""
    moved = shutil.move(kept, tmp_path / "elsewhere – ü")
    assert load_results(moved).manifest.asked.runs == 20


# ---------------------------------------------------------------- asking again


def answered(words: list[str]) -> Ensemble | Comparison:
    """What the words of a command line ask for, read here and not by the program."""
    reader = argparse.ArgumentParser()
    reader.add_argument("program", choices=["detente"])
    reader.add_argument("verb", choices=["run", "compare"])
    reader.add_argument("files", nargs="+")
    for option, kind in {"--regime": str, "--play": str, "--set": str, "--seed": int, "--runs": int}.items():
        reader.add_argument(option, type=kind, action="append", default=[])
    asked = reader.parse_args(words)
    plays = dict(word.split("=") for word in asked.play)
    numbers = {name: float(value) for name, value in (word.split("=") for word in asked.set)}
    plan = Plan(asked.runs[0], asked.seed[0])
    scenarios = [load(file) for file in asked.files]
    if asked.verb == "run":
        return run(scenarios[0], Setting(asked.regime[0], plays, numbers), plan)
    setting = Setting(None, plays, numbers)
    if len(scenarios) == 1:
        return compare(scenarios[0], asked.regime, setting, plan)
    return compare_scenarios(scenarios, next(iter(asked.regime), None), setting, plan)


def digests(answer: Ensemble | Comparison) -> dict[str, str]:
    """The digest of every side of an answer."""
    sides = answer.ensembles if isinstance(answer, Comparison) else {answer.game.regime: answer}
    return {name: ensemble.digest for name, ensemble in sides.items()}


def test_asking_a_run_again(ensemble: Ensemble, kept: Path) -> None:
    """The folder alone gives the words, and the words the digest."""
    words = ask_again(kept)
    assert words[:3] == ["detente", "run", str(kept / "scenario.yaml")]
    assert " ".join(words[3:]) == "--regime none --play south=hold --set gain=0.3333333333333333 --seed 7 --runs 20"
    assert digests(answered(words)) == digests(ensemble)


def test_asking_a_comparison_again(comparison: Comparison, tmp_path: Path) -> None:
    """Regimes in the order in which they were compared."""
    path = save_comparison(comparison, tmp_path)
    words = ask_again(path)
    assert words[3:7] == ["--regime", "pact", "--regime", "none"]
    assert digests(answered(words)) == digests(comparison)
    again = save_comparison(answered(words), tmp_path)  # type: ignore[arg-type]
    assert read_manifest(again).id == read_manifest(path).id


def test_asking_two_files_again(two_files: Comparison, tiny: Scenario, tmp_path: Path) -> None:
    """Of different files, and of one twice."""
    for number, sided in enumerate([two_files, compare_scenarios([tiny, tiny], None, None, Plan(5, 2))]):
        words = ask_again(save_comparison(sided, tmp_path / str(number)))
        assert digests(answered(words)) == digests(sided)


def test_files_under_their_own_first_regimes(tiny: Scenario, tmp_path: Path) -> None:
    """Two files whose first regimes have different names are asked without one."""
    (tmp_path / "other.yaml").write_text("scenario: other\nclock: {turns: 1}\nactors: {north: {}}\n", encoding="utf-8")
    sided = compare_scenarios([tiny, load(tmp_path / "other.yaml")], None, None, Plan(5, 2))
    words = ask_again(save_comparison(sided, tmp_path))
    assert "--regime" not in words
    assert digests(answered(words)) == digests(sided)


def test_a_shipped_scenario_asked_again(tmp_path: Path) -> None:
    """With parents, weighing actors and all."""
    from sim.scenario.shipped import found

    sided = compare(load(found("inf-2018")), (), None, Plan(3, 2018))
    assert digests(answered(ask_again(save_comparison(sided, tmp_path)))) == digests(sided)


def test_a_folder_that_looks_like_an_option(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path that starts with a hyphen is written so that no command takes it for an option."""
    kept.rename(tmp_path / "--json")
    monkeypatch.chdir(tmp_path)
    assert ask_again("--json")[2] == "./--json/scenario.yaml"


def test_what_one_command_cannot_ask(tiny: Scenario, tmp_path: Path) -> None:
    """A comparison made in Python of sides that differ in their parameters says so."""
    sides = {
        name: run(tiny, Setting("pact", {}, {"gain": gain}), Plan(3, 0)) for name, gain in {"low": 0, "high": 1}.items()
    }
    path = save_comparison(Comparison(sides, Plan(3, 0)), tmp_path)
    assert list(load_results(path).tables) == ["low", "high"]
    with pytest.raises(ArchiveError, match="NOT-ASKABLE"):
        ask_again(path)


# ---------------------------------------------------------------- damage


def refused(path: Path, file: str, code: str, read: Callable[[Path], Any] = load_results) -> str:
    """The one-line error of a folder, which names the file."""
    with pytest.raises(ArchiveError) as caught:
        read(path)
    (fault,) = caught.value.faults
    assert (fault.place.file, fault.code, caught.value.exit_status) == (str(path / file), code, 4)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_every_flipped_bit_is_found(kept: Path) -> None:
    """In the manifest, the scenario, the summary and the blocks, wherever it is."""
    luck = random.Random(11)
    for file in ("manifest.json", "scenario.yaml", "summary.json", "blocks/none-00000.npy"):
        whole = (kept / file).read_bytes()
        for _ in range(60):
            data = bytearray(whole)
            data[luck.randrange(len(data))] ^= 1 << luck.randrange(8)
            (kept / file).write_bytes(data)
            refused(kept, file, "DAMAGED")
        (kept / file).write_bytes(whole)
    load_results(kept)


@pytest.mark.parametrize("file", ["manifest.json", "scenario.yaml", "summary.json", "blocks/none-00000.npy"])
def test_every_cut_is_found(file: str, kept: Path) -> None:
    """Cut short, empty, longer, missing, a folder instead, a pipe instead."""
    whole = (kept / file).read_bytes()
    for data in (b"", whole[: len(whole) // 2], whole[:-1], whole + b"\n", whole + b"\0" * 99):
        (kept / file).write_bytes(data)
        refused(kept, file, "DAMAGED")
    (kept / file).unlink()
    refused(kept, file, "MISSING")
    os.mkfifo(kept / file)
    refused(kept, file, "DAMAGED")
    (kept / file).unlink()
    (kept / file).mkdir()
    refused(kept, file, "DAMAGED")


def test_an_edited_scenario_is_not_asked_again(kept: Path) -> None:
    """What was asked is what was kept, not what the file has become."""
    text = (kept / "scenario.yaml").read_text(encoding="utf-8")
    (kept / "scenario.yaml").write_text(text.replace("1.5", "2.5"), encoding="utf-8")
    refused(kept, "scenario.yaml", "DAMAGED", ask_again)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", "{", '{"format": 1}', "[" * 100_000, "9" * 10_000, "\x00", '{"format": "1"}']
)
def test_what_is_no_manifest(text: str, kept: Path) -> None:
    """Other JSON, and what is none."""
    (kept / "manifest.json").write_text(text, encoding="utf-8")
    assert "ask again, or restore" in refused(kept, "manifest.json", "DAMAGED")


def test_a_newer_format(kept: Path) -> None:
    """Results of a later version are not guessed at."""
    document = json.loads((kept / "manifest.json").read_bytes())
    (kept / "manifest.json").write_text(json.dumps(document | {"format": 2, "novel": True}), encoding="utf-8")
    assert "use a newer detente" in refused(kept, "manifest.json", "NEWER-FORMAT")


def test_no_results_at_all(tmp_path: Path) -> None:
    """A folder that is not there, a file, an empty folder, a path no file system takes."""
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    for name in ("gone", "file", "empty"):
        refused(tmp_path / name, "manifest.json", "MISSING")
    refused(tmp_path / "nul\0", "manifest.json", "UNREADABLE", ask_again)


def forged(folder: Path, change: Callable[[dict[str, Any]], None], block: bytes | None = None) -> None:
    """Change the manifest and sign it anew, as somebody could who wants to do harm; perhaps change the block too."""
    document = json.loads((folder / "manifest.json").read_bytes())
    if block is not None:
        (told,) = document["results"][0]["blocks"]
        (folder / told["name"]).write_bytes(block)
        told |= {"size": len(block), "sha256": hashlib.sha256(block).hexdigest()}
    change(document)
    unsigned = json.dumps(document | {"checksum": "0" * 64}, indent=1) + "\n"
    (folder / "manifest.json").write_text(
        unsigned.replace("0" * 64, hashlib.sha256(unsigned.encode()).hexdigest()), encoding="utf-8"
    )


def told(document: dict[str, Any]) -> dict[str, Any]:
    """What the manifest says about the one block."""
    (block,) = document["results"][0]["blocks"]
    return block  # type: ignore[no-any-return]


FORGERIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "outside": lambda document: told(document).update(name="blocks/../../../secret.npy"),
    "absolute": lambda document: told(document).update(name="/etc/passwd"),
    "negative": lambda document: told(document).update(count=-20),
    "a gap": lambda document: told(document).update(first=1),
    "too few": lambda document: told(document).update(count=19),
    "no blocks": lambda document: document["results"][0].update(blocks=[]),
    "no columns": lambda document: document["results"][0].update(columns=[]),
    "other name": lambda document: document["results"][0].update(name="other"),
    "scenario outside": lambda document: document["scenarios"][0].update(name="../scenario.yaml"),
    "scenario hash": lambda document: document["scenarios"][0].update(sha256="0" * 63 + "1"),
    "no such scenario": lambda document: document["asked"]["regimes"][0].update(scenario=1),
    "summary outside": lambda document: document["summary"].update(name="../summary.json"),
    "question": lambda document: document["asked"].update(question="--help"),
    "other seed": lambda document: document["asked"].update(seed=8),
    "infinite": lambda document: document["asked"]["regimes"][0]["set"].update(gain=float("inf")),
    "time": lambda document: document.update(when="\x1b[2J"),
    "missing": lambda document: document.pop("asked"),
    "wrong kind": lambda document: document.update(results="none"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_manifest_is_refused(forgery: str, kept: Path) -> None:
    """Even with a right checksum nothing outside the folder is named, and parts that do not fit are seen."""
    forged(kept, lambda document: None)
    load_results(kept)
    forged(kept, FORGERIES[forgery])
    refused(kept, "manifest.json", "DAMAGED")


class Trap:
    """What a pickle would run."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("a pickle was executed",)


def saved(array: Any, **how: Any) -> bytes:
    """An array as ``.npy``."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.asanyarray(array), **how)
    return stream.getvalue()


def claiming(shape: str) -> bytes:
    """An ``.npy`` file whose header claims another shape than its data has."""
    data = saved(np.zeros((2, 20)))
    return data.replace(b"(2, 20), }".ljust(40), f"{shape}, }}".encode().ljust(40))


def test_a_forged_block_is_refused(kept: Path) -> None:
    """Pickles are not executed, and headers that claim too much are not believed."""
    columns = len(read_manifest(kept).results[0].columns)
    right = np.zeros((columns, 20))
    blocks = [
        saved(np.array([[Trap()]], dtype=object), allow_pickle=True),
        saved(right.astype(np.float32)),
        saved(right.astype(">f8")),
        saved(np.asfortranarray(right)),
        saved(right[:, :-1]),
        saved(right.T),
        saved(right) + b"more",
        saved(right)[:-8],
        saved(right, version=(2, 0)),
        claiming("(10**15, 20)"),
        claiming("(9999999999999, 20)"),
        claiming("__import__('os')"),
        b"\x93NUMPY\x01\x00\xff\xff{",
        b"\x93NUM",
        b"PK\x03\x04",
        b"",
    ]
    assert len(set(blocks)) == len(blocks)
    for block in blocks:
        forged(kept, lambda document: None, block)
        refused(kept, "blocks/none-00000.npy", "DAMAGED")
    forged(kept, lambda document: None, saved(right))
    assert not load_results(kept).tables["none"].any()


def test_the_manifest_reads_back_as_it_was(two_files: Comparison, tmp_path: Path) -> None:
    """Writing what was read gives the same bytes."""
    path = save_comparison(two_files, tmp_path)
    manifest: Manifest = read_manifest(path)
    assert manifest.to_bytes() == (path / "manifest.json").read_bytes()
