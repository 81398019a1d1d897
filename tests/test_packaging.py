"""What is shipped: the same bytes from every build, all that is needed within, and a lock with a hash for every file."""

from __future__ import annotations

import re
import tomllib
import zipfile
from pathlib import Path

import pytest

from benchmarks import reproducible

ROOT = Path(__file__).resolve().parents[1]


def test_two_builds_are_the_same_bytes() -> None:
    """In other folders, at other times, with other permissions, time zones and seeds of hashes."""
    pytest.importorskip("hatchling")
    first, second = reproducible.both()
    assert len(first) == 2
    assert first == second


def test_the_wheel_brings_all_scenarios_and_no_tests(tmp_path: Path) -> None:
    """Somebody who installs it has every shipped scenario, and nothing that is for its makers alone."""
    pytest.importorskip("hatchling")
    names = reproducible.built(tmp_path, 0)
    (wheel,) = (tmp_path / "built 0").glob("*.whl")
    assert wheel.name in names
    inside = zipfile.ZipFile(wheel).namelist()
    for scenario in (ROOT / "scenarios").rglob("*.yaml"):
        assert f"sim/_shipped/{scenario.relative_to(ROOT / 'scenarios').as_posix()}" in inside
    assert "sim/py.typed" in inside
    for data in (ROOT / "sim").rglob("*"):
        if data.is_file() and data.suffix not in (".py", ".pyc"):
            assert data.relative_to(ROOT).as_posix() in inside
    for folder in ("templates", "static"):
        pages = [path for path in (ROOT / "sim" / "classroom" / folder).iterdir() if path.is_file()]
        assert pages
        assert {path.relative_to(ROOT).as_posix() for path in pages} <= set(inside)
    assert not [
        name for name in inside if name.split("/")[0] not in ("sim", f"{wheel.name.split('-py3')[0]}.dist-info")
    ]


def test_everything_locked_has_hashes() -> None:
    """Whoever installs from the lock gets the files that were tested, or nothing."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", lock)
    pinned = [entry for entry in entries if re.match(r"[a-z0-9._-]+==", entry)]
    assert len(pinned) > 50
    for entry in pinned:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry.splitlines()[0]
    assert not re.search(r"https?://|file:|git\+", lock)


def test_everything_needed_is_locked() -> None:
    """Each library of pyproject.toml stands in the lock, unless it is said there that it does not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {name.lower() for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)}
    extras = project["optional-dependencies"]
    (everything,) = re.findall(r"detente\[(.*)\]", extras["all"][0])
    wanted = [*project["dependencies"], *(line for extra in everything.split(",") for line in extras[extra])]
    names = {re.match(r"[A-Za-z0-9._-]+", line)[0].lower() for line in wanted}  # type: ignore[index]
    assert names <= locked
