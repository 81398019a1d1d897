"""``make mutants``: plant one defect at a time in a copy of the program and see which test notices.

Each defect is a few lines of the program's text replaced by others, of the kind that is easily made and hard to see:
a sign, an order, a turn too early, luck used twice. The tests that look at what is true play against the copy: the
published models first and by themselves, then the worked examples, the rules of a turn and the engines. What nobody
notices is a hole in the tests. The table is written to a page below ``docs/``.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.contender import ROOT
from benchmarks.page import marks, replaced
from benchmarks.planted import DEFECTS, Defect

PAGE = ROOT / "docs" / "explanation" / "mutants.md"
BEGIN, END = marks("mutants")

COPIED = ("sim", "tests", "scenarios", "benchmarks", "docs", "pyproject.toml", "README.md", "CHANGELOG.md", "Makefile")
MODELS = ("tests/models",)
RULES = ("tests/test_worked.py", "tests/model", "tests/engine", "tests/experiment/test_summary.py",
         "tests/experiment/test_questions.py", "tests/experiment/test_coverage.py", "tests/scenarios")  # fmt: skip
PATIENCE = 900
"""Seconds after which a run of tests counts as noticing: a defect may make a loop that does not end."""


@dataclass(frozen=True)
class Noticed:
    """What noticed a defect: a test among the published models and one among the others; empty where none did."""

    defect: Defect
    models: str
    rules: str

    @property
    def caught(self) -> bool:
        """Say whether any test noticed."""
        return bool(self.models or self.rules)


def planted(defect: Defect, root: Path) -> None:
    """Put a defect into a copy of the program. Raises ``LookupError`` where the text to replace is not there once."""
    for edit in defect.edits:
        path = root / edit.file
        text = path.read_text(encoding="utf-8")
        if text.count(edit.old) != 1:
            raise LookupError(f"{defect.name}: {edit.file} has {text.count(edit.old)} times: {edit.old}")
        path.write_text(text.replace(edit.old, edit.new), encoding="utf-8")


def copied(to: Path) -> None:
    """Copy what the tests need."""
    unwanted = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=unwanted)
        else:
            shutil.copy2(source, to / name)


def first_failure(root: Path, tests: Sequence[str]) -> str:
    """Return the first test that fails in a copy; empty if none does."""
    # The page of published models has recorded numbers, which any change of luck would change.
    (root / "docs" / "explanation" / "published-models.md").unlink(missing_ok=True)
    surroundings: Mapping[str, str] = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "--no-header",
        "-p",
        "no:cacheprovider",
        "-k",
        "not page",
        *tests,
    ]
    try:
        ran = subprocess.run(
            command, cwd=root, env=surroundings, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return "a test does not end"
    if ran.returncode == 0:
        return ""
    found = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", ran.stdout, re.MULTILINE)
    return re.sub(r"^tests/", "", found[1]) if found else f"pytest ends with {ran.returncode}"


def without_defects() -> str:
    """Return the first test that fails although nothing is planted; empty if none does, as it should be."""
    with tempfile.TemporaryDirectory(prefix="detente-mutant-") as folder:
        root = Path(folder)
        copied(root)
        return first_failure(root, [*MODELS, *RULES])


def noticed(defect: Defect) -> Noticed:
    """Plant a defect and return what notices it."""
    with tempfile.TemporaryDirectory(prefix="detente-mutant-") as folder:
        root = Path(folder)
        copied(root)
        planted(defect, root)
        return Noticed(defect, first_failure(root, MODELS), first_failure(root, RULES))


def main() -> int:
    """Plant every defect, print who notices, write the page; the status is 1 if nobody notices one of them."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    asked.add_argument("names", nargs="*", metavar="DEFECT", help="only these; of the page only their rows are renewed")
    asked.add_argument("--jobs", type=int, default=2, help="copies that are tested at once (2)")
    options, console = asked.parse_args(), Console(width=160)
    chosen = [defect for defect in DEFECTS if not options.names or defect.name in options.names]
    began = time.monotonic()
    if failing := without_defects():
        console.print(f"without any defect {failing} fails: mend that first", highlight=False)
        return 1
    found = []
    with ThreadPoolExecutor(options.jobs) as pool:
        for each in pool.map(noticed, chosen):
            verdict = "noticed" if each.caught else "NOT NOTICED"
            told = f"{verdict}: {each.defect.name}; models: {each.models or '-'}; rules: {each.rules or '-'}"
            console.print(told, highlight=False)
            found.append(each)
    missed = [each.defect.name for each in found if not each.caught]
    console.print(f"{len(found) - len(missed)} of {len(found)} noticed in {time.monotonic() - began:.0f} s")
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(renewed(text, found), encoding="utf-8")
    console.print(f"written to {PAGE.relative_to(ROOT)}")
    return 1 if missed else 0


def renewed(text: str, found: Sequence[Noticed]) -> str:
    """Return the page with the rows of what was found anew; those of other defects stay, in the order of the list."""
    told = dict(_ROW.findall(text.partition(BEGIN)[2].partition(END)[0]))
    told |= {one.defect.says: f"{_cell(one.models)} | {_cell(one.rules)}" for one in found}
    rows = {defect.says: told[defect.says] for defect in DEFECTS if defect.says in told}
    by_models = sum(not row.startswith("- |") for row in rows.values())
    by_any = sum(row != "- | -" for row in rows.values())
    lines = [
        f"{len(rows)} defects; {by_any} noticed, {by_models} of them by the published models alone.",
        "",
        "| defect | noticed by the published models | and by |",
        "|---|---|---|",
        *(f"| {says} | {row} |" for says, row in rows.items()),
    ]
    return replaced(text, "mutants", "\n".join(lines))


_ROW = re.compile(r"^\| ((?!defect |---)[^|]+) \| (.+ \| .+) \|$", re.MULTILINE)


def _cell(test: str) -> str:
    return f"`{test}`" if test else "-"


if __name__ == "__main__":
    sys.exit(main())
