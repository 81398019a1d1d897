"""``make reproducible``: build the distribution twice, under different circumstances; the files must be the same bytes.

What differs between the two: the folder, the times and the permissions of all files, the order in which files were
made, the time zone, the language and the seed of Python's hashes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).resolve().parents[1]
BUILT_FROM = (
    *("sim", "scenarios", "tests", "docs", "results", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"),
    *("CITATION.cff", "LICENSE", "Makefile", "requirements.lock", "pyproject.toml", ".gitignore"),
)
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".hypothesis", "*-*-*T*")
SURROUNDINGS = (
    {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
    {"TZ": "Pacific/Chatham", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"},
)


def built(to: Path, number: int) -> dict[str, str]:
    """Build wheel and source distribution from a copy below a folder; returns the SHA-256 of each file by its name."""
    source, output = to / f"copy {number}", to / f"built {number}"
    source.mkdir()
    for name in BUILT_FROM if number else reversed(BUILT_FROM):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=_LEFT_OUT)
        elif (ROOT / name).exists():
            shutil.copy2(ROOT / name, source / name)
    for path in source.rglob("*"):
        os.utime(path, (1e9 + number * 1e7, 1e9 + number * 1e7))
        if path.is_file():
            path.chmod(0o600 if number else 0o644)
    surroundings: Mapping[str, str] = {**os.environ, **SURROUNDINGS[number]}
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(output)]
    subprocess.run(command, cwd=source, env=surroundings, check=True, capture_output=True)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(output.iterdir())}


def both() -> tuple[dict[str, str], dict[str, str]]:
    """Return what two builds gave."""
    with tempfile.TemporaryDirectory(prefix="detente-build-") as folder:
        return built(Path(folder), 0), built(Path(folder), 1)


def main() -> int:
    """Build twice, print the digests; the status is 1 if they differ."""
    console = Console(highlight=False, soft_wrap=True)
    first, second = both()
    for name, digest in first.items():
        console.print(f"{digest}  {name}")
    if first != second:
        for name, digest in second.items():
            console.print(f"{digest}  {name} (the second time)")
        console.print("two builds differ")
        return 1
    console.print("two builds, under different circumstances, gave the same bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
