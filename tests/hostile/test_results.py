"""Results folders in hostile hands (O-R01 to O-R09): refused with the place, byte for byte as they were."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.archive.keeping import Keeping
from sim.archive.manifest import JOURNAL
from sim.errors import Interrupted
from sim.experiment.ensemble import Plan, play
from sim.model.compiling import compiled
from sim.model.game import Setting
from sim.scenario.load import load
from tests.commands.asking import Answer, ask, ask_outside, tree
from tests.hostile.case import FINE
from tests.hostile.result_cases import CASES, FINISHED, FOLDER, UNFINISHED, Spoiled
from tests.hostile.test_hostile import measured, refused, timed

RESOURCE = 5
RUNS, SEED, BLOCK = 27_000, 3, 8192
SCENARIO = """\
scenario: archived
clock: {turns: 2}
state: {tension: {initial: {low: 0, high: 1}, min: 0}}
actors:
  a:
    incentives: {calm: -tension}
    actions: {wait: {}, arm: {cost: 0.25, add: {tension: 0.3}}}
    strategies: {coin: {mix: {wait: 1, arm: 1}}}
    plays: coin
regimes: {one: {}}
"""
ASK = ("run", "archived.yaml", "--runs", str(RUNS), "--seed", str(SEED), "--block", str(BLOCK), "--quiet")

HOLDER = """
import sys, time
from pathlib import Path
from sim.experiment.lock import Lock
lock = Lock.taken(Path(sys.argv[1]))
print("taken", flush=True)
time.sleep(60)
"""

# A real limit of the system, set when the third block comes: what came before has its place already.
LIMITED = """
import os, resource, sys
from sim import cli
from sim.archive import keeping
keep = keeping.FolderBlocks.keep
def limited(self, table):
    if len(self) == 2:
        resource.setrlimit(getattr(resource, sys.argv[1]), (int(sys.argv[2]),) * 2)
    keep(self, table)
keeping.FolderBlocks.keep = limited
cli.main(sys.argv[3:])
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A place with a finished folder of results, and one with an unfinished one of the same question."""
    places = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        for kind in (FINISHED, UNFINISHED):
            places[kind] = tmp_path_factory.mktemp(kind)
            patch.chdir(places[kind])
            Path("archived.yaml").write_text(SCENARIO, encoding="utf-8")
            if kind == FINISHED:
                assert ask(*ASK).status == 0
                continue
            game, plan = compiled(load("archived.yaml"), Setting()), Plan(RUNS, SEED, block=BLOCK)
            played = 0

            def stop(count: int) -> None:
                nonlocal played
                played += count
                if played >= 2 * BLOCK:
                    raise KeyboardInterrupt

            with (
                pytest.raises(Interrupted),
                Keeping("run", {"one": game}, plan, Path("results"), lasting=True) as keeping,
            ):
                play(game, plan, stop, keeping.stores["one"])
    return places


@pytest.fixture
def place(made: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to work in."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    yield here
    assert not Path("sprung").exists()


def copied(made: dict[str, Path], kind: str) -> str:
    """The results folder of a copy of what was made, in the current folder."""
    shutil.copytree(made[kind], Path(), dirs_exist_ok=True)
    (folder,) = Path("results").glob("*/*")
    return str(folder)


def digest(folder: str) -> str:
    """The digest of a finished folder."""
    document = json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))
    return str(document["results"][0]["digest"])


@pytest.fixture(scope="module")
def wanted(made: dict[str, Path]) -> str:
    """The digest of the runs when nothing goes wrong."""
    (folder,) = (made[FINISHED] / "results").glob("*/*")
    return digest(str(folder))


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """What checking a sound scenario as a process takes."""
    folder = tmp_path_factory.mktemp("baseline")
    (folder / "archived.yaml").write_text(SCENARIO, encoding="utf-8")
    return ask_outside("validate", "archived.yaml", folder=folder)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_spoiled_results(case: Spoiled, made: dict[str, Path], place: Path) -> None:
    """Exit 4, one line with the file, nothing written, nothing executed."""
    folder = copied(made, case.of)
    case.spoil(Path(folder))
    before = tree(place)
    answer = timed(*(folder if word == "DIR" else word for word in case.line))
    refused(answer, FOLDER, case.code, case.words, case.faults)
    assert tree(place) == before


def test_spoiled_results_as_a_process(made: dict[str, Path], place: Path, baseline: Answer) -> None:
    """O-R02 and O-R06 once more, with time and memory measured: a block is not read more often than need be."""
    folder = copied(made, FINISHED)
    for case in (each for each in CASES if each.id in {"O-R02", "O-R06"}):
        case.spoil(Path(folder))
    answer = measured(ask_outside("verify", folder, folder=place), baseline)
    assert (answer.status, len(answer.faults)) == (FOLDER, 2)


@pytest.mark.parametrize("standing", [False, True], ids=["O-R07", "O-R07t"])
def test_a_second_process(standing: bool, made: dict[str, Path], place: Path) -> None:
    """O-R07: told within a second who holds the folder; and so if that one stands still (O-R07t)."""
    folder = copied(made, UNFINISHED)
    lock = Path(folder) / "in-use.lock"
    with subprocess.Popen([sys.executable, "-c", HOLDER, lock], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"taken\n"
        if standing:
            os.kill(holder.pid, signal.SIGSTOP)
        before = tree(place)
        began = time.monotonic()
        refused(ask("resume", folder, "--quiet"), FOLDER, "IN-USE", (f"process {holder.pid} on ",))
        assert time.monotonic() - began < 1.0
        assert tree(place) == before
        holder.kill()


@pytest.mark.parametrize(
    ("limit", "value", "code", "words"),
    [
        ("RLIMIT_FSIZE", 10_000, "DISK-FULL", ("MiB", "go on with: detente resume results/")),
        ("RLIMIT_NOFILE", 3, "OPEN-FILES", ("go on with: detente resume results/",)),
    ],
    ids=["O-R08", "O-R08t"],
)
def test_no_room_for_the_third_block(
    limit: str, value: int, code: str, words: tuple[str, ...], made: dict[str, Path], place: Path, wanted: str
) -> None:
    """O-R08: exit 5, the room needed is told, two blocks stay; earlier results are as they were. With no files, too."""
    pytest.importorskip("resource")
    earlier = copied(made, FINISHED)
    before = tree(Path(earlier))
    answer = ask_outside(*ASK, folder=place, python=("-c", LIMITED, limit, str(value)))
    refused(answer, RESOURCE, code, words)
    assert tree(Path(earlier)) == before
    (folder,) = (str(each) for each in Path("results").glob("*/*") if str(each) != earlier)
    assert len(list((Path(folder) / "blocks").glob("*.npy"))) == 2
    assert ask("resume", folder, "--quiet").status == FINE
    assert digest(folder) == wanted


@pytest.mark.parametrize("more", [False, True], ids=["O-R09", "O-R09t"])
def test_what_a_killed_run_leaves(more: bool, made: dict[str, Path], place: Path, wanted: str) -> None:
    """O-R09: a half-written file is no matter; nor is a lock that nobody holds, with half a line in the journal."""
    folder = copied(made, UNFINISHED)
    (Path(folder) / "blocks" / ".one-00002.npy.partial").write_bytes(b"half")
    if more:
        (Path(folder) / "in-use.lock").write_text("process 1 on elsewhere", encoding="utf-8")
        journal = Path(folder) / JOURNAL
        journal.write_bytes(journal.read_bytes()[:-20])
    assert ask("resume", folder, "--quiet").status == FINE
    assert digest(folder) == wanted
    assert {path.name for path in Path(folder).iterdir()} == {
        "manifest.json", "scenario.yaml", "summary.json", "payoffs.csv", "blocks",
    }  # fmt: skip
    assert not list((Path(folder) / "blocks").glob(".*"))
    assert ask("verify", folder).status == FINE
