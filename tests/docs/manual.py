"""The manual, made as ``make docs`` makes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.docs.pages import DOCS

ROOT = DOCS.parent


def made(folder: Path) -> Path:
    """Make the manual in a folder, which is returned; a warning fails."""
    (line,) = [line for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines() if "sphinx-build" in line]
    options = line.split("sphinx-build ")[1].removesuffix(" . build/docs").split()
    assert {"--fail-on-warning", "--nitpicky"} <= set(options)
    ran = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, ".", str(folder)], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert ran.stderr == ""
    assert ran.returncode == 0
    return folder
