"""An environment of its own for each library of other people, under ``benchmarks/.envs``, made when first needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent / ".envs"
# Axelrod 4.14 plays matches at the same speed, but wants 6 GB of libraries that it does not play them with.
PACKAGES = {
    "atheris": ("atheris==3.0.0",),
    "axelrod": ("axelrod==4.13.1",),
    "mesa": ("mesa==3.3.1",),
    "numba": ("numba==0.68.1",),
    "open_spiel": ("open_spiel==2.0.2",),
    "pettingzoo": ("pettingzoo==1.27.0",),
}
PATIENCE = 600
"""Seconds that an installation may take."""


class CannotPlay(Exception):
    """A contender that cannot take part; says why."""


def python_of(name: str) -> Path:
    """Return the Python of an environment, made first if need be. Raises ``CannotPlay`` if it cannot be made."""
    folder = FOLDER / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    asked = "\n".join(PACKAGES[name])
    done = folder / "installed.txt"
    if done.is_file() and done.read_text(encoding="utf-8") == asked:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    _run(name, [sys.executable, "-m", "venv", "--without-pip", str(folder)])
    # Building a library from its source takes longer than all that is measured here.
    install = ["install", "--quiet", "--only-binary=:all:", "--retries=1", *PACKAGES[name]]
    pip = [*_pip(name), "--disable-pip-version-check", "--python", str(python), *install]
    _run(name, pip)
    done.write_text(asked, encoding="utf-8")
    return python


def _pip(name: str) -> list[str]:
    """Return the command of a pip: this environment may have none, but the Python that it was made from may."""
    base = Path(sys.base_prefix) / ("python.exe" if os.name == "nt" else "bin/python3")
    for python in (sys.executable, str(base), shutil.which("python3") or ""):
        command = [python, "-m", "pip"]
        if python and subprocess.run([*command, "--version"], capture_output=True, check=False).returncode == 0:
            return command
    raise CannotPlay(f"{name} cannot be installed: there is no pip")


def _run(name: str, command: list[str]) -> None:
    try:
        ran = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotPlay(f"{name} cannot be installed: {type(error).__name__}") from error
    if ran.returncode != 0:
        said = [line for line in ran.stderr.splitlines() if line.startswith("ERROR")]
        raise CannotPlay(f"{name} cannot be installed: {said[-1] if said else 'no word why'}")
