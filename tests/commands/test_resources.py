"""What the machine has run out of, in small things too: a scenario, a table, a picture; and what a system may lack."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.errors import ResourceError
from sim.report import files
from tests.commands.asking import ask_outside

LIMITED = """
import resource, sys
from sim.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
main(sys.argv[1:])
"""

# What only Unix has; every module is loaded without it.
BARE = """
import importlib, pkgutil, sys
for name in ("fcntl", "resource", "termios", "tty", "pwd", "grp", "syslog"):
    sys.modules[name] = None
import sim
found = [each.name for each in pkgutil.walk_packages(sim.__path__, "sim.") if not each.name.endswith("__main__")]
for name in found:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        print(name, "needs", error.name)
print(len(found))
"""


@pytest.mark.skipif(os.name == "nt", reason="there are no such limits")
def test_a_full_disk(tmp_path: Path) -> None:
    """Exit 5, one line, and nothing of the new scenario is left."""
    here = tmp_path / "here"
    here.mkdir()
    answer = ask_outside("new", "mine", folder=here, python=("-c", LIMITED))
    assert (answer.status, answer.out, len(answer.faults)) == (5, "", 1)
    assert answer.err.startswith(
        "mine.yaml:1:1: DISK-FULL: 'mine.yaml' was not written (file too large): it needs about "
    )
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "DISK-FULL"), (errno.EIO, "DISK"), (errno.EMFILE, "OPEN-FILES")]
)
def test_a_file_that_a_user_named(number: int, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong with the disk is told as such, with the bytes needed; an older file stays."""
    (tmp_path / "old.csv").write_bytes(b"old")

    def replace(self: Path, other: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(ResourceError, match=rf": {code}: .* it needs about 2.0 KiB"):
        files.write(tmp_path / "old.csv", [b"x" * 1000, b"y" * 1048])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"old.csv": b"old"}


def test_a_system_without_the_modules_of_unix() -> None:
    """Everything can be loaded: what only Unix has is asked for where it is used."""
    ran = subprocess.run([sys.executable, "-c", BARE], capture_output=True, text=True, check=True, timeout=120)
    assert len(ran.stdout.splitlines()) == 1, ran.stdout
    assert int(ran.stdout) > 200
