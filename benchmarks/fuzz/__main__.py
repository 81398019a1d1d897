"""``make fuzz``: the command. Prints what was tried and what came of it; the status is 1 if anything escaped."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.contender import ROOT
from benchmarks.environments import CannotPlay, python_of
from benchmarks.fuzz.suite import corpus
from benchmarks.page import put

PAGE = ROOT / "docs" / "explanation" / "reliability.md"
SHARES = {
    ("drawn", "file"): 0.35,
    ("drawn", "expression"): 0.2,
    ("guided", "file"): 0.3,
    ("guided", "expression"): 0.15,
}
"""By whom cases are made, of what they are, and which part of all cases."""
PART = 20_000
"""Cases of one process."""
MADE_BY = {"drawn": "Hypothesis", "guided": "atheris"}


@dataclass(frozen=True)
class Part:
    """The cases of one process."""

    maker: str
    aim: str
    cases: int
    number: int


@dataclass(frozen=True)
class Told:
    """What came of a part: its counts, or what escaped."""

    part: Part
    cases: int
    taken: int
    codes: Counter[str]
    slowest: float
    escaped: str

    @classmethod
    def of(cls, line: str) -> Told:
        """Return what a line of a file says that ``line`` has written."""
        found = json.loads(line)
        return cls(**{**found, "part": Part(**found["part"]), "codes": Counter(found["codes"])})

    def line(self) -> str:
        """Return it as a line of a file."""
        return json.dumps({**vars(self), "part": vars(self.part)}) + "\n"


def parts(cases: int, makers: tuple[str, ...]) -> Iterator[Part]:
    """Yield parts that make up so many cases, by those that can make some."""
    total = sum(share for (maker, _), share in SHARES.items() if maker in makers)
    number = 0
    for (maker, aim), share in SHARES.items():
        left = round(cases * share / total) if maker in makers else 0
        while left > 0:
            number += 1
            yield Part(maker, aim, min(PART, left), number)
            left -= PART


def played(part: Part, start: Path) -> Told:
    """Run one process to its end."""
    python = str(python_of("atheris")) if part.maker == "guided" else sys.executable
    with tempfile.TemporaryDirectory(prefix="detente-fuzz-") as folder:
        own, told = Path(folder) / "corpus", Path(folder) / "told.json"
        own.mkdir()
        for path in start.iterdir():
            (own / path.name).write_bytes(path.read_bytes())
        libraries = os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")])
        words = [part.aim, str(part.cases), str(part.number), str(own), str(told)]
        surroundings = {**os.environ, "PYTHONPATH": libraries}
        command = [python, "-m", f"benchmarks.fuzz.{part.maker}", *words]
        ran = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, check=False)
        counts = (
            json.loads(told.read_text()) if told.exists() else {"cases": 0, "taken": 0, "codes": {}, "slowest": 0.0}
        )
    output = (ran.stdout + ran.stderr).decode(errors="replace")
    said = [line for line in output.splitlines() if "Escaped" in line or "ERROR" in line]
    escaped = "" if ran.returncode == 0 else (said[-1] if said else f"status {ran.returncode}: {output[-500:]}")
    return Told(part, counts["cases"], counts["taken"], Counter(counts["codes"]), counts["slowest"], escaped)


def kept(file: Path | None) -> list[Told]:
    """Return what came of parts that were tried before."""
    if file is None or not file.exists():
        return []
    return [Told.of(line) for line in file.read_text(encoding="utf-8").splitlines()]


def main() -> int:
    """Fuzz as asked."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    asked.add_argument("--cases", type=int, default=1_000_000, help="how many cases in all (1,000,000)")
    asked.add_argument("--jobs", type=int, default=2, help="processes at once (2)")
    asked.add_argument("--write", action="store_true", help="also write the figures to docs/explanation/reliability.md")
    asked.add_argument(
        "--keep", type=Path, help="a file that keeps what came of each part; those in it are not tried again"
    )
    options, console = asked.parse_args(), Console(width=120, highlight=False)
    began, makers = time.monotonic(), ("drawn", "guided")
    try:
        python_of("atheris")
    except CannotPlay as reason:
        console.print(f"without atheris: {reason}")
        makers = ("drawn",)
    with tempfile.TemporaryDirectory(prefix="detente-corpus-") as folder, ThreadPoolExecutor(options.jobs) as pool:
        suite = corpus(Path(folder))
        console.print(f"begun from shipped scenarios and {suite} cases of the YAML test suite")
        told = kept(options.keep)
        known = {each.part for each in told}
        missing = [part for part in parts(options.cases, makers) if part not in known]
        for ending in as_completed([pool.submit(played, part, Path(folder)) for part in missing]):
            told.append(each := ending.result())
            if options.keep:
                with options.keep.open("a", encoding="utf-8") as file:
                    file.write(each.line())
            done = sum(one.cases for one in told)
            console.print(
                f"{done:,} cases in {time.monotonic() - began:,.0f} s{': ' + each.escaped if each.escaped else ''}"
            )
    lines = table(told, suite)
    console.print("\n".join(lines))
    escaped = [each for each in told if each.escaped]
    if options.write and not escaped:
        put(PAGE, "fuzz", "\n".join(lines))
    return 1 if escaped else 0


def table(told: list[Told], suite: int) -> list[str]:
    """Return the lines of a table of what was tried and what came of it."""
    lines = [
        f"Begun from the shipped scenarios and {suite} cases of the YAML test suite.",
        "",
        "| made by | read as | cases | taken and played | refused | kinds of refusal | slowest, s | escaped |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for maker, aim in SHARES:
        some = [each for each in told if (each.part.maker, each.part.aim) == (maker, aim)]
        if some:
            codes = sum((each.codes for each in some), Counter[str]())
            cells = (
                *(
                    MADE_BY[maker],
                    aim,
                    f"{sum(each.cases for each in some):,}",
                    f"{sum(each.taken for each in some):,}",
                ),
                *(f"{codes.total():,}", str(len(codes)), f"{max(each.slowest for each in some):.2f}"),
                str(sum(bool(each.escaped) for each in some)),
            )
            lines.append(f"| {' | '.join(cells)} |")
    lines += ["", f"{sum(each.cases for each in told):,} cases, {sum(bool(each.escaped) for each in told)} escaped."]
    return lines


if __name__ == "__main__":
    sys.exit(main())
