"""All of a folder or nothing of it, whatever fails and when."""

import errno
import io
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sim.archive.folder import LOCK
from sim.archive.listing import listing
from sim.archive.load import load_results
from sim.archive.save import save_comparison, save_run
from sim.errors import ArchiveError, DetenteError, ResourceError
from sim.experiment.compare import Comparison
from sim.experiment.ensemble import Ensemble
from sim.experiment.lock import Lock
from tests.archive.test_save import tree

AT = datetime(2026, 11, 23, 20, 12, 8, 0, UTC)
CALLS = [(os, "mkdir"), (io, "open"), (os, "fsync"), (os, "replace"), (os, "open")]
NAMES = [f"{module.__name__}.{name}" for module, name in CALLS]


def everything(folder: Path) -> dict[str, bytes | None]:
    """Every path below a folder, and what the files hold."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def failing(
    call: Callable[..., Any], at: int, error: BaseException, below: Path = Path("/")
) -> tuple[Callable[..., Any], list[int]]:
    """A call that works but for one time, counted from 1, and how often it was called; on paths only below a folder."""
    calls = [0]

    def wrapped(first: Any, *given: Any, **more: Any) -> Any:
        if isinstance(first, int) or Path(first).is_relative_to(below):
            calls[0] += 1
            if calls[0] == at:
                raise error
        return call(first, *given, **more)

    return wrapped, calls


@pytest.mark.parametrize("fresh", [True, False], ids=["fresh", "beside-earlier"])
@pytest.mark.parametrize(("module", "name"), CALLS, ids=NAMES)
def test_a_failure_leaves_nothing(
    module: Any, name: str, fresh: bool, comparison: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call that makes, writes, syncs or renames fails once in its turn; what was there before is untouched."""
    root = tmp_path / "results"
    if not fresh:
        save_comparison(comparison, root, began=AT)
        (root / "tiny" / ".20260101T000000Z-00000000.partial-1-0").mkdir()
    before = everything(tmp_path)
    for at in range(1, 100):
        broken, calls = failing(getattr(module, name), at, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), root)
        with monkeypatch.context() as patch:
            patch.setattr(module, name, broken)
            try:
                path = save_comparison(comparison, root, began=AT)
            except ResourceError as error:
                trouble = error
            else:
                break
        assert everything(tmp_path) == before
        assert trouble.exit_status == 5
        assert len(str(trouble).splitlines()) == 1
        assert all(words in str(trouble) for words in (str(root), "DISK-FULL", "need about 0.1 MiB", "free", "--out"))
    assert calls[0] == at - 1 > 0
    assert list(load_results(path).tables) == ["pact", "none"]
    assert everything(tmp_path).items() >= before.items()


@pytest.mark.parametrize(
    ("number", "family", "code"),
    [
        (errno.EDQUOT, ResourceError, "DISK-FULL"),
        (errno.EFBIG, ResourceError, "DISK-FULL"),
        (errno.EIO, ResourceError, "DISK"),
        (errno.EMFILE, ResourceError, "OPEN-FILES"),
        (errno.ENOMEM, ResourceError, "MEMORY"),
        (errno.EACCES, ArchiveError, "NOT-WRITABLE"),
        (errno.EROFS, ArchiveError, "NOT-WRITABLE"),
    ],
)
def test_failures_are_told_apart(
    number: int,
    family: type[DetenteError],
    code: str,
    ensemble: Ensemble,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the machine has run out of is exit 5, a place that may not be written to exit 4; each says what to do."""
    for module, name in CALLS:
        broken, _ = failing(getattr(module, name), 1, OSError(number, os.strerror(number)), tmp_path)
        with monkeypatch.context() as patch:
            patch.setattr(module, name, broken)
            with pytest.raises(family, match=f": {code}: .*; ") as caught:
                save_run(ensemble, tmp_path / "results")
        assert caught.value.exit_status == (5 if family is ResourceError else 4)
        assert not everything(tmp_path)


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), MemoryError(), RuntimeError("a bug")], ids=lambda error: type(error).__name__
)
def test_anything_else_leaves_nothing_either(
    error: BaseException, ensemble: Ensemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupt and a bug pass through as they are; too little memory is named."""
    meant = ResourceError if isinstance(error, MemoryError) else type(error)
    for at in range(1, 10):
        broken, calls = failing(os.fsync, at, error)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", broken)
            if at <= 5:
                with pytest.raises(meant):
                    save_run(ensemble, tmp_path / "results")
                assert calls == [at]
                assert not everything(tmp_path)


def test_a_cleared_folder_needs_no_open_file(
    ensemble: Ensemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that has run out of open files cannot list folders, and still leaves nothing."""
    broken, _ = failing(os.fsync, 4, OSError(errno.EMFILE, "too many"))
    monkeypatch.setattr(os, "fsync", broken)
    for call in ("scandir", "listdir", "open"):
        monkeypatch.setattr(os, call, failing(getattr(os, call), 1, OSError(errno.EMFILE, "too many"))[0])
    with pytest.raises(ResourceError, match="OPEN-FILES"):
        save_run(ensemble, tmp_path / "results")
    monkeypatch.undo()
    assert not everything(tmp_path)


LIMITED = """
import resource, sys
from pathlib import Path
import sim
from sim.archive.save import save_run
from sim.errors import ResourceError
folder = Path(sys.argv[1])
ensemble = sim.run(sim.load(folder / "tiny.yaml"), runs=300)
for limit in (0, 100, 2_000, 10_000, 30_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        save_run(ensemble, folder / "results")
    except ResourceError as error:
        assert error.exit_status == 5 and "DISK-FULL" in str(error) and "they need about" in str(error), error
        print(limit, (folder / "results").exists())
resource.setrlimit(resource.RLIMIT_FSIZE, (10**7, resource.RLIM_INFINITY))
save_run(ensemble, folder / "results")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on file sizes there")
def test_a_full_disk(files: Path, tmp_path: Path) -> None:
    """A real limit on the size of files, met at different files and in the middle of one."""
    (tmp_path / "tiny.yaml").write_bytes((files / "tiny.yaml").read_bytes())
    done = subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [f"{limit} False" for limit in (0, 100, 2000, 10_000, 30_000)]
    assert len(listing(tmp_path / "results")) == 1


def test_a_place_that_is_no_folder(ensemble: Ensemble, tmp_path: Path) -> None:
    """A file where a folder should be is a matter of the results folder, and stays what it is."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "tiny").write_text("mine", encoding="utf-8")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    before = everything(tmp_path)
    places = ("file", "file/below", "results", "nowhere", "x" * 300)
    for place in places:
        with pytest.raises(ArchiveError) as caught:
            save_run(ensemble, tmp_path / place)
        assert caught.value.exit_status == 4
        assert "NOT-A-FOLDER" in str(caught.value)
    assert everything(tmp_path) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_a_place_that_is_forbidden(ensemble: Ensemble, tmp_path: Path) -> None:
    """A folder without the right to write."""
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ArchiveError, match="NOT-WRITABLE"):
            save_run(ensemble, tmp_path / "results")
    finally:
        tmp_path.chmod(0o700)


def test_a_killed_process_leaves_nothing_that_counts(ensemble: Ensemble, tmp_path: Path) -> None:
    """Its folder that has no journal yet is passed over by readers, and gone at the next start; a living one stays."""
    path = save_run(ensemble, tmp_path, began=AT)
    before = everything(tmp_path)
    dead, living = (path.parent / f"{path.name}-{number}" for number in (2, 3))
    for left in (dead, living):
        left.mkdir()
        (left / "scenario.yaml").write_bytes((path / "scenario.yaml").read_bytes())
    (dead / LOCK).write_text("process 1 on another machine", encoding="utf-8")
    lock = Lock.taken(living / LOCK)
    assert [entry.path for entry in listing(tmp_path)] == [path]
    again = save_run(ensemble, tmp_path, began=AT)
    assert again == dead
    assert [entry.path for entry in listing(tmp_path)] == [again, path]
    assert set(tree(living)) == {"scenario.yaml", LOCK}
    lock.release()
    assert everything(tmp_path).items() >= before.items()


def test_a_leftover_file_changes_nothing(ensemble: Ensemble, tmp_path: Path) -> None:
    """A temporary file among the blocks is passed over."""
    path = save_run(ensemble, tmp_path)
    (path / "blocks" / ".none-00001.npy.partial").write_bytes(b"half")
    assert load_results(path).manifest.results[0].digest == ensemble.digest
    assert not listing(tmp_path)[0].fault


def test_many_at_once(ensemble: Ensemble, tmp_path: Path) -> None:
    """Several that write the same answer in the same second each have a folder of their own."""
    with ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(lambda _: save_run(ensemble, tmp_path / "results", began=AT), range(12)))
    assert len(set(paths)) == 12
    assert all(load_results(path).manifest.results[0].digest == ensemble.digest for path in paths)
    assert len(list((tmp_path / "results" / "tiny").iterdir())) == 12
