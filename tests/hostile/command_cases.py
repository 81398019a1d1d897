"""O-C01 to O-C08: command lines that ask for what cannot be, or name what is no scenario."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.case import COMMAND, FINE, SCENARIO, scenario

RESOURCE = 5


@dataclass(frozen=True)
class Line:
    """A command line, asked where ``scenario.yaml`` is a sound scenario and after ``make`` has made more."""

    id: str
    what: str
    line: tuple[str, ...]
    status: int
    code: str = ""
    words: tuple[str, ...] = ()
    make: Callable[[Path], object] = bool


def run(*more: str) -> tuple[str, ...]:
    """A run of the sound scenario."""
    return ("run", "scenario.yaml", *more)


def named(name: str) -> Callable[[Path], object]:
    """Make the sound scenario under another name."""
    return lambda folder: (folder / name).write_text(scenario(), encoding="utf-8")


def large(folder: Path) -> None:
    """Make a scenario of more than 128 KiB, most of it comment."""
    (folder / "large.yaml").write_text(scenario() + "# more\n" * 20_000, encoding="utf-8")


SPACES = "Ein 'Vertrag' & \"mehr\" für 李.yaml"
SIGNS = "-$(true);*?[a]{b}`c`🕊.yaml"

LINES = [
    Line("O-C01", "fewer than no runs", run("--runs", "-5"), COMMAND, "RUNS", ("-5", "at least 1")),
    Line("O-C01t", "no runs", run("--runs=0"), COMMAND, "RUNS", ("0", "at least 1")),
    Line("O-C02", "infinitely many runs", run("--runs", "1e400"), COMMAND, "RUNS", ("'1e400'", "no whole number")),
    Line("O-C02t", "a number of runs with 5,000 digits", run("--runs", "9" * 5000), COMMAND, "RUNS", ("too large",)),
    Line("O-C02u", "more runs than memory", run("--runs", "9" * 15), RESOURCE, "DISK-FULL", ("GiB", "--runs")),
    Line("O-C03", "a million processes", run("--jobs", "1000000"), COMMAND, "JOBS", ("1000000", "at most 256")),
    Line("O-C03t", "no process", run("--jobs", "0"), COMMAND, "JOBS", ("at least 1",)),
    Line("O-C04", "results at the root", run("--out", "/"), COMMAND, "OUT", ("root of a file system",)),
    Line("O-C04t", "a link to the root", run("--out", "way"), COMMAND, "OUT", ("root of a file system",), lambda folder: (folder / "way").symlink_to("/")),
    Line("O-C05", "a folder", ("run", "folder"), SCENARIO, "NOT-A-FILE", ("folder",), lambda folder: (folder / "folder").mkdir()),
    Line("O-C05t", "a folder named like a file", ("validate", "folder.yaml"), SCENARIO, "NOT-A-FILE", ("folder",), lambda folder: (folder / "folder.yaml").mkdir()),
    Line("O-C06", "a device that never ends", ("validate", "/dev/zero"), SCENARIO, "NOT-A-FILE", ("no ordinary file",)),
    Line("O-C06t", "a pipe that nobody writes to", ("run", "pipe"), SCENARIO, "NOT-A-FILE", ("no ordinary file",), lambda folder: os.mkfifo(folder / "pipe")),
    Line("O-C06u", "a file beyond the cap", ("run", "large.yaml"), SCENARIO, "TOO-LARGE", ("128 KiB",), large),
    Line("O-C07", "a fruit for a seed", run("--seed", "banana"), COMMAND, "SEED", ("'banana'", "no whole number")),
    Line("O-C07t", "a seed beyond the last", run("--seed", str(2**63)), COMMAND, "SEED", (str(2**63), "too large", "2**63")),
    Line("O-C08", "spaces, quotes, letters of two scripts", ("validate", SPACES), FINE, make=named(SPACES)),
    Line("O-C08t", "signs that mean something to a shell", ("validate", "--", SIGNS), FINE, make=named(SIGNS)),
]  # fmt: skip
