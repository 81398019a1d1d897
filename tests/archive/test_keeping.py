"""A folder that is filled while runs are played: read back before and after it has its place, whole or gone."""

import errno
import os
import re
from pathlib import Path

import numpy as np
import pytest

from sim.archive import keeping
from sim.archive.keeping import Keeping, most_runs
from sim.archive.listing import listing
from sim.archive.load import ask_again, load_results
from sim.archive.manifest import A_BLOCK, LARGEST, Block, read_manifest
from sim.archive.save import save_comparison, save_run
from sim.engine.record import STORED
from sim.errors import ArchiveError, CommandError, ResourceError, RunError
from sim.experiment import room
from sim.experiment.compare import compare, play_sides, sides_of
from sim.experiment.ensemble import Plan, play, run
from sim.model.compiling import compiled
from sim.scenario.schema import Scenario
from tests.archive.test_save import AT, tree


def test_blocks_lie_in_the_folder_while_runs_are_played(tiny: Scenario, tmp_path: Path) -> None:
    """Each as it comes, in a folder that is listed as unfinished; nothing else of the runs is kept."""
    game, plan = compiled(tiny), Plan(2 * STORED + 3, 1, block=STORED)
    seen = []
    with Keeping("run", {"pact": game}, plan, tmp_path) as kept:
        ensemble = play(game, plan, lambda count: seen.append(len(list(tmp_path.rglob("*.npy")))), kept.stores["pact"])
        (folder,) = (tmp_path / "tiny").iterdir()
        assert folder == kept.path
        (entry,) = listing(tmp_path)
        assert (entry.answer, entry.fault) == ("", "")
        assert re.fullmatch(
            rf"unfinished: 16,387 of 16,387 runs are done; process {os.getpid()} on .* is at work", entry.unfinished
        )
        with pytest.raises(ArchiveError, match="UNFINISHED"):
            load_results(folder)
        assert np.array_equal(ensemble.column("north")[:5], run(tiny, None, Plan(5, 1)).column("north"))
        kept.finish(ensemble.to_dict(), {"pact": ensemble})
    assert seen == [1, 2, 2]
    assert list((tmp_path / "tiny").iterdir()) == [kept.path]
    assert load_results(kept.path).tables["pact"].tobytes() == ensemble.table.tobytes()
    assert ensemble.digest == run(tiny, None, plan).digest


def test_a_folder_kept_while_playing_is_that_kept_afterwards(tiny: Scenario, tmp_path: Path) -> None:
    """Byte by byte, but for the names of the folders."""
    sides, plan = sides_of(tiny), Plan(STORED + 9, 3)
    with Keeping("compare", sides, plan, tmp_path / "during", ["detente"], AT) as kept:
        answer = play_sides(sides, plan, None, kept.stores)
        kept.finish(answer.to_dict(), answer.ensembles)
    after = save_comparison(compare(tiny, (), None, plan), tmp_path / "after", ["detente"], AT)
    assert tree(kept.path) == tree(after)
    assert (
        answer.differences[0].added_up(["north.calm"], [])[0].mean == answer.ensembles["none"].stats["north.calm"].mean
    )


@pytest.mark.parametrize(
    "error", [RunError([]), KeyboardInterrupt(), ValueError("a bug"), OSError(errno.EAGAIN, "none")]
)
def test_a_failure_while_playing_leaves_nothing(error: BaseException, tiny: Scenario, tmp_path: Path) -> None:
    """Whatever it is, and it is told as it is."""
    game, plan = compiled(tiny), Plan(STORED + 9, 3)

    def fail(count: int) -> None:
        assert list(tmp_path.rglob("*.npy"))
        raise error

    with pytest.raises(type(error)) as caught, Keeping("run", {"pact": game}, plan, tmp_path / "results") as kept:
        play(game, plan, fail, kept.stores["pact"])
    assert caught.value is error
    assert not list(tmp_path.iterdir())


def test_a_disk_that_fills_while_playing(tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 5 with what was needed, and nothing stays."""
    calls = iter(range(9))

    def full(handle: int) -> None:
        if next(calls) == 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    game, plan = compiled(tiny), Plan(4 * STORED, 3)
    kept = Keeping("run", {"pact": game}, plan, tmp_path / "results")
    with pytest.raises(ResourceError, match=r"DISK-FULL: the results were not written"), kept:
        play(game, plan, None, kept.stores["pact"])
    assert not list(tmp_path.iterdir())


def test_a_disk_without_room_is_told_before_anything_is_played(
    tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How much is needed and how much is free; nothing is written."""
    monkeypatch.setattr(room, "free", lambda folder: 10**9)
    sides = sides_of(tiny)
    with pytest.raises(
        ResourceError, match=r"DISK-FULL: the results need about 1\.9 GiB here, 953\.7 MiB are free; .*--runs.*--out"
    ):
        Keeping("compare", sides, Plan(8_000_000, 3), tmp_path)
    monkeypatch.setattr(keeping, "free", lambda folder: 10**9)
    fitting = most_runs(sides, tmp_path)
    Keeping("compare", sides, Plan(fitting, 3), tmp_path)
    with pytest.raises(ResourceError, match="DISK-FULL"):
        Keeping("compare", sides, Plan(fitting + 10_000, 3), tmp_path)
    assert not list(tmp_path.iterdir())


def test_more_runs_than_a_manifest_can_list(tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Are refused before they are played, whatever the disk holds; over a thousand million are not."""
    monkeypatch.setattr(room, "free", lambda folder: 10**18)
    monkeypatch.setattr(keeping, "free", lambda folder: 10**18)
    sides = {"pact": compiled(tiny)}
    Keeping("run", sides, Plan(10**9, 3), tmp_path)
    with pytest.raises(
        CommandError,
        match=r"RUNS: the manifest of a results folder can list .* runs .*; ask for fewer runs with --runs",
    ):
        Keeping("run", sides, Plan(10**12, 3), tmp_path)
    block = Block(name=f"blocks/{'x' * 48}-99-1234567.npy", size=10**7, sha256="0" * 64, first=10**10, count=STORED)
    told = block.model_dump_json(indent=1).replace("\n", "\n     ")
    assert len(told) + 8 <= A_BLOCK
    assert A_BLOCK * 10**9 / STORED <= LARGEST / 2


def test_many_runs_have_no_csv(tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest names none, readers miss none, and it is told; up to the limit there is one."""
    monkeypatch.setattr(keeping, "MOST_IN_CSV", 20)
    few, many = (save_run(run(tiny, None, Plan(runs, 1)), tmp_path) for runs in (20, 21))
    assert ("payoffs.csv" in tree(few), "payoffs.csv" in tree(many)) == (True, False)
    assert read_manifest(many).payoffs is None
    assert {file.name for file in read_manifest(many).files} == set(tree(many)) - {"manifest.json"}
    assert load_results(many).tables["pact"].shape[1] == 21
    assert [entry.fault for entry in listing(tmp_path)] == ["", ""]
    assert ask_again(many)[-1] == "21"
    lines = [Keeping("run", {"pact": compiled(tiny)}, Plan(runs, 1), tmp_path).told[1:] for runs in (20, 21)]
    assert lines == [[], ["note: there is no payoffs.csv of more than 20 runs; blocks/ has them all"]]


def test_a_store_reads_what_a_moved_folder_holds(tiny: Scenario, tmp_path: Path) -> None:
    """Pages read runs after the folder has got its name, or the next one if that is taken."""
    game, plan = compiled(tiny), Plan(STORED + 5, 1)
    ensembles = []
    for _ in range(2):
        with Keeping("run", {"pact": game}, plan, tmp_path, (), AT) as kept:
            ensembles.append(play(game, plan, None, kept.stores["pact"]))
            kept.finish(ensembles[-1].to_dict(), {"pact": ensembles[-1]})
    assert len(list((tmp_path / "tiny").iterdir())) == 2
    assert ensembles[0].table.tobytes() == ensembles[1].table.tobytes()
