"""Interrupted results: gone on with as if nothing had happened, or refused with the reason."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.archive.folder import LOCK
from sim.archive.journal import block_line, damages_of_journal, read_journal
from sim.archive.keeping import Keeping
from sim.archive.listing import listing
from sim.archive.load import load_results
from sim.archive.manifest import JOURNAL, NAME
from sim.archive.unfinished import going_on
from sim.archive.verify import verify
from sim.engine.record import STORED
from sim.errors import ArchiveError, Interrupted, ResourceError, RunError
from sim.experiment import environment
from sim.experiment.compare import play_sides, sides_of
from sim.experiment.ensemble import Plan, play
from sim.experiment.lock import InUseError, Lock, held_by
from sim.model.compiling import compiled
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from tests.archive.conftest import PARENT
from tests.archive.test_save import tree
from tests.commands.asking import ask

RUNS = 3 * STORED + 9


def stop_after(runs: int, error: BaseException) -> Iterator[None]:
    """Told of progress, it raises an error once so many runs were played."""
    played = 0

    def told(count: int) -> None:
        nonlocal played
        played += count
        if played >= runs:
            raise error

    return told  # type: ignore[return-value]


@pytest.fixture
def cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A comparison that was stopped after four of its eight blocks, asked in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(PARENT, encoding="utf-8")
    sides, plan = sides_of(load("tiny.yaml")), Plan(RUNS, 3, block=STORED)
    with (
        pytest.raises(Interrupted, match=r"go on with: detente resume results/tiny/") as caught,
        Keeping("compare", sides, plan, Path("results"), lasting=True) as keeping,
    ):
        play_sides(sides, plan, stop_after(RUNS + 1, KeyboardInterrupt()), keeping.stores)  # type: ignore[arg-type]
    assert caught.value.exit_status == 130
    return keeping.path


def test_an_interrupted_comparison_comes_out_as_if_it_had_not_been(cut_off: Path) -> None:
    """All files but the time, byte by byte; finished blocks are not written again; the table is the same."""
    (entry,) = listing("results")
    assert entry.unfinished.startswith(f"unfinished: {RUNS + STORED:,} of {2 * RUNS:,} runs are done; go on with: ")
    assert set(tree(cut_off)) == {JOURNAL, "scenario.yaml"} | {
        f"blocks/{name}.npy" for name in ("pact-00000", "pact-00001", "pact-00002", "pact-00003", "none-00000")
    }
    before = {path: path.stat().st_mtime_ns for path in (cut_off / "blocks").iterdir()}
    answer = ask("resume", str(cut_off), "--json")
    assert answer.status == 0
    assert answer.err.splitlines() == [
        f"{RUNS + STORED:,} of {2 * RUNS:,} runs are there; playing the rest",
        f"results in {cut_off}",
    ]
    whole = ask("compare", "tiny.yaml", "--runs", str(RUNS), "--seed", "3", "--out", "whole", "--json", "--quiet")
    assert answer.out == whole.out
    (other,) = (entry.path for entry in listing("whole"))
    ours, theirs = tree(cut_off), tree(other)
    assert {name for name in ours if ours[name] != theirs[name]} == {NAME}
    assert ours.keys() == theirs.keys()
    manifests = [json.loads(each[NAME]) for each in (ours, theirs)]
    assert {key for key in manifests[0] if manifests[0][key] != manifests[1][key]} == {
        "when", "command", "checks", "checksum",
    }  # fmt: skip
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert verify(cut_off).sound


def test_a_finished_folder_is_left_as_it_is(cut_off: Path) -> None:
    """Its answer is told again; what a process left that was killed as it ended is removed."""
    first = ask("resume", str(cut_off), "--json", "--quiet")
    before = tree(cut_off)
    (cut_off / LOCK).write_text("process 1 on another machine", encoding="utf-8")
    (cut_off / JOURNAL).write_text("", encoding="utf-8")
    again = ask("resume", str(cut_off), "--json")
    assert json.loads(again.out) == json.loads(first.out)
    assert again.err == f"{cut_off} is complete: nothing is left to play\n"
    assert tree(cut_off) == before


def test_a_finished_folder_that_is_damaged_is_told_as_such(cut_off: Path) -> None:
    """Exit 4 with the file and the byte, and nothing is repaired."""
    assert ask("resume", str(cut_off), "--json", "--quiet").status == 0
    block = sorted((cut_off / "blocks").iterdir())[1]
    content = bytearray(block.read_bytes())
    content[5000] ^= 4
    block.write_bytes(content)
    before = tree(cut_off)
    for more in ((), ("--json",)):
        again = ask("resume", str(cut_off), *more)
        assert (again.status, again.out) == (4, "")
        assert len(again.faults) == 1
        assert block.name in again.err
        assert "5,000" in again.err or "5000" in again.err
    assert tree(cut_off) == before


def test_what_is_no_unfinished_folder_is_refused(cut_off: Path) -> None:
    """Another folder, or none, is not touched."""
    for path in ("results", "tiny.yaml", "nowhere"):
        answer = ask("resume", path)
        assert (answer.status, len(answer.faults)) == (4, 1)
        assert "NOTHING-TO-RESUME" in answer.err
    with pytest.raises(ArchiveError, match="UNFINISHED: these results are unfinished; go on with: detente resume"):
        load_results(cut_off)


def test_a_scenario_that_was_edited(cut_off: Path) -> None:
    """Its file: refused, unless the text kept in the folder is asked for. The text in the folder: damage."""
    Path("tiny.yaml").write_text(PARENT.replace("-3", "-30"), encoding="utf-8")
    answer = ask("resume", str(cut_off))
    assert (answer.status, len(answer.faults)) == (4, 1)
    assert answer.err.startswith("tiny.yaml:1:1: EDITED: this scenario was edited after")
    kept = (cut_off / "scenario.yaml").read_bytes()
    (cut_off / "scenario.yaml").write_bytes(kept.replace(b"-3", b"-5"))
    assert f"{cut_off}/scenario.yaml:1:1: DAMAGED: " in ask("resume", str(cut_off), "--as-kept").err
    (cut_off / "scenario.yaml").write_bytes(kept)
    assert ask("resume", str(cut_off), "--as-kept").status == 0


def test_other_versions_are_refused(cut_off: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A digest of two versions would be nobody's; nothing is written."""
    before = tree(cut_off)
    now = environment.versions()
    monkeypatch.setattr(environment, "versions", lambda: now | {"numpy": "99.0"})
    answer = ask("resume", str(cut_off))
    assert (answer.status, len(answer.faults)) == (4, 1)
    assert f"OTHER-VERSION: this was begun with something else: numpy {now['numpy']} then, 99.0 now;" in answer.err
    assert tree(cut_off) == before


@pytest.mark.parametrize("name", ["blocks/pact-00001.npy", "scenario.yaml"])
@pytest.mark.parametrize("how", ["turned", "shorter", "gone"])
def test_damage_is_told_and_not_played_over(name: str, how: str, cut_off: Path) -> None:
    """Exit 4 with the place of the damage; nothing is repaired."""
    path = cut_off / name
    data = path.read_bytes()
    at = len(data) // 2
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(data[:at] + (bytes([data[at] ^ 4]) + data[at + 1 :] if how == "turned" else b""))
    before = tree(cut_off)
    answer = ask("resume", str(cut_off))
    told = {
        "turned": f"a bit of byte {at} was turned",
        "shorter": f"the file ends after {at} of",
        "gone": "no such file",
    }
    assert (answer.status, len(answer.faults)) == (4, 1)
    assert answer.err.startswith(f"{path}:1:1: ")
    assert told[how] in answer.err
    assert tree(cut_off) == before


def test_a_line_that_was_cut_off_is_played_again(cut_off: Path) -> None:
    """And half-written files are removed: what a killed process leaves."""
    journal = cut_off / JOURNAL
    data = journal.read_bytes()
    journal.write_bytes(data[:-20])
    (cut_off / "blocks" / ".none-00001.npy.partial").write_bytes(b"half")
    assert read_journal(cut_off).runs == RUNS
    assert verify(cut_off).sound
    whole = ask("compare", "tiny.yaml", "--runs", str(RUNS), "--seed", "3", "--out", "whole", "--json", "--quiet")
    assert ask("resume", str(cut_off), "--json", "--quiet").out == whole.out
    assert not [name for name in tree(cut_off) if name.endswith(".partial")]
    assert verify(cut_off).sound


def test_a_journal_that_is_not_as_it_was(cut_off: Path) -> None:
    """Every bit of it counts, but for the end that may be missing."""
    journal = cut_off / JOURNAL
    data = journal.read_bytes()
    for at in range(0, len(data), 97):
        journal.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        (found,) = verify(cut_off).damage
        assert (found.file, found.offset, found.length) == (JOURNAL, at, 1)
    journal.write_bytes(data[:-1] + b"X")
    with pytest.raises(ArchiveError, match=f"byte {len(data) - 1} is not as it was written"):
        read_journal(cut_off)
    assert damages_of_journal(data[:-1] + b"X")[0].offset == len(data) - 1
    block = read_journal_blocks(data, cut_off)[-1]
    journal.write_bytes(data + block_line("none", block))
    with pytest.raises(ArchiveError, match="does not follow those before it"):
        read_journal(cut_off)


def read_journal_blocks(data: bytes, folder: Path) -> list:
    """The blocks of a sound journal."""
    (folder / JOURNAL).write_bytes(data)
    return [block for blocks in read_journal(folder).blocks.values() for block in blocks]


@pytest.mark.parametrize(
    "error", [RunError([]), ValueError("a bug"), ResourceError([])], ids=lambda error: type(error).__name__
)
def test_what_stays_after_other_errors(error: Exception, tiny: Scenario, tmp_path: Path) -> None:
    """Blocks stay, unless the scenario is at fault: it would be again."""
    game, plan = compiled(tiny), Plan(RUNS, 3, block=STORED)
    with (
        pytest.raises(type(error)),
        Keeping("run", {"pact": game}, plan, tmp_path, lasting=True) as keeping,
    ):
        play(game, plan, stop_after(STORED, error), keeping.stores["pact"])  # type: ignore[arg-type]
    assert keeping.path.exists() == (not isinstance(error, RunError))


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
@pytest.mark.parametrize("name", [LOCK, JOURNAL, "blocks"])
def test_nothing_is_written_through_a_link(name: str, cut_off: Path) -> None:
    """A folder may come from a stranger; where its links lead, nothing is changed."""
    elsewhere = Path("elsewhere")
    if (cut_off / name).exists():
        (cut_off / name).rename(elsewhere)
    else:
        elsewhere.write_text("mine", encoding="utf-8")
    (cut_off / name).symlink_to(elsewhere.absolute())
    before = tree(Path())
    answer = ask("resume", str(cut_off))
    assert (answer.status, len(answer.faults)) == (4, 1)
    assert f"{cut_off / name}:1:1: DAMAGED: this is a link" in answer.err
    assert tree(Path()) == before


def test_an_error_while_going_on_leaves_what_there_was(cut_off: Path) -> None:
    """Whatever the error is."""
    before = tree(cut_off)
    with pytest.raises(RunError), going_on(cut_off):
        raise RunError([])
    assert tree(cut_off) == before


# --- The lock --------------------------------------------------------------------------------------------------------

HOLDER = """
import sys, time
from pathlib import Path
from sim.experiment.lock import Lock
lock = Lock.taken(Path(sys.argv[1]))
print("taken", flush=True)
time.sleep(60)
"""


def test_a_second_process_is_told_who_holds_the_folder(cut_off: Path) -> None:
    """Within a second; when the holder is killed the lock is free, though its file is still there."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, cut_off / LOCK], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"taken\n"
        began = time.monotonic()
        answer = ask("resume", str(cut_off))
        assert time.monotonic() - began < 1.0
        assert (answer.status, len(answer.faults)) == (4, 1)
        assert f"{cut_off}:1:1: IN-USE: process {holder.pid} on " in answer.err
        assert f"process {holder.pid} on " in listing("results")[0].unfinished
        assert verify(cut_off).holder.startswith(f"process {holder.pid} on ")
        holder.kill()
    assert (cut_off / LOCK).exists()
    assert ask("resume", str(cut_off), "--quiet").status == 0
    assert not (cut_off / LOCK).exists()


def test_a_lock_is_one_processs(tmp_path: Path) -> None:
    """Taken once, told of, let go; a file that somebody else has replaced is not the lock."""
    path = tmp_path / LOCK
    lock = Lock.taken(path)
    with pytest.raises(InUseError, match=f"process {os.getpid()} on .* [(]since 20.* UTC[)]"):
        Lock.taken(path)
    assert str(held_by(path)).startswith(f"process {os.getpid()} on ")
    lock.release()
    assert held_by(path) is None
    path.write_text("process 1", encoding="utf-8")
    assert held_by(path) == ""
    Lock.taken(path).release()
    assert not path.exists()
