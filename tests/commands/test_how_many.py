"""How many runs: a precision asked for, intervals that cannot be trusted, many runs in little memory, and progress."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sim.archive.load import ask_again
from tests.commands.asking import ask, surroundings, tree

DEMO = ("demo.yaml", "--regime", "no_treaty")
RARE = """
scenario: rare
clock: {turns: 1}
parameters: {p: 0.002}
actors: {a: {}, b: {incentives: {fixed: 2}}}
hazards: {war: {chance: p, payoffs: {a: -100}}}
regimes: {one: {}, safe: {parameters: {p: 0}}}
claims: {worse: {says: War costs., holds: one.a < safe.a}}
"""


@pytest.mark.parametrize("question", [("run", *DEMO), ("compare", "demo.yaml")], ids=["run", "compare"])
def test_a_precision_is_so_many_runs(question: tuple[str, ...], demo: Path) -> None:
    """The document to the last byte; stderr says how many runs, that ``--runs`` gives the same, and what was reached."""
    precise = ask(*question, "--precision", "0.04", "--json")
    announcement, kept, reached = precise.err.splitlines()[:3]
    runs = re.fullmatch(
        r"a pilot of 2,000 runs asks for ([\d,]+) runs, so that intervals reach 0.04 to either side; "
        r"--runs (\d+) gives the same answer", announcement
    )  # fmt: skip
    assert runs is not None
    assert runs[1].replace(",", "") == runs[2]
    assert precise.out == ask(*question, "--runs", runs[2], "--json", "--quiet").out
    assert reached.startswith("Intervals that reach 0.04 to either side were asked for; the widest reaches 0.0")
    assert ask_again(kept.removeprefix("results in "))[-2:] == ["--runs", runs[2]]


def test_a_page_says_which_precision_was_reached(demo: Path) -> None:
    """The widest interval's half, which is not above what was asked."""
    answer = ask("run", *DEMO, "--precision", "0.04", "--quiet")
    told = " ".join(answer.out.split())
    reached = float(re.findall(r"the widest reaches ([\d.]+\d)", told)[0])
    runs = int(re.findall(r"^([\d,]+) runs", answer.out, re.MULTILINE)[0].replace(",", ""))
    payoffs = ask("run", *DEMO, "--runs", str(runs), "--json", "--quiet").document["actors"].values()
    widest = max((actor["payoff"]["high"] - actor["payoff"]["low"]) / 2 for actor in payoffs)
    assert reached == pytest.approx(widest, rel=0.005)
    assert widest <= 0.04
    assert (answer.err, "asked for" in ask("run", *DEMO, "--runs", "50").out) == ("", False)


@pytest.mark.parametrize(
    ("line", "status", "told"),
    [
        ("run demo.yaml --precision 0", 2, "35: PRECISION: --precision is '0', which is no number above 0; write a number such as 0.05"),
        ("run demo.yaml --precision -0.1", 2, "35: PRECISION: --precision is '-0.1', which is no number above 0"),
        ("run demo.yaml --precision narrow", 2, "35: PRECISION: --precision is 'narrow', which is no number"),
        ("compare demo.yaml --precision inf", 2, "39: PRECISION: --precision is 'inf', which is no number"),
        ("run demo.yaml --precision 0.1 --runs 10", 2, "23: PRECISION: both --precision and --runs say how many runs are played; leave one of them out"),
        ("run demo.yaml --precision 1e-9 --regime no_treaty", 5, "23: PRECISION: intervals that reach 1e-09 to either side need more than "),
        ("claims demo.yaml --precision 0.1", 2, "26: USAGE: No such option: --precision"),
    ],
)  # fmt: skip
def test_a_precision_that_cannot_be_had(line: str, status: int, told: str, demo: Path) -> None:
    """One line, and nothing played or written."""
    before = tree(demo)
    answer = ask(*line.split())
    (fault,) = answer.faults
    assert answer.status == status
    assert told in fault
    assert tree(demo) == before


@pytest.fixture
def rare(demo: Path) -> Path:
    """A scenario in which one run of five hundred ends badly."""
    (demo / "rare.yaml").write_text(RARE, encoding="utf-8")
    return demo


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("run",), "the payoff of a"),
        (("compare",), "the difference in the payoff of a (safe minus one)"),
        (("claims",), "the margin of the claim worse"),
    ],
    ids=["run", "compare", "claims"],
)
def test_a_skewed_interval_is_warned_of(words: tuple[str, ...], what: str, rare: Path) -> None:
    """On the page or in the document, of which stderr tells too, with what to do; neither with enough runs nor when quiet."""
    question = (*words, "rare.yaml", "--runs", "3000")
    page, document = ask(*question), ask(*question, "--json")
    (note,) = [line for line in document.err.splitlines() if line.startswith("note: ")]
    assert note.startswith(f"note: The 95 % interval of {what} cannot be trusted: with a skewness of ")
    assert re.search(r"Ask for --runs \d+ or more, or look at a share of runs instead of the mean\.$", note)
    assert note.removeprefix("note: ") in " ".join(page.out.split())
    assert json.dumps(note.removeprefix("note: ")) in document.out
    assert "note: " not in page.err
    assert ask(*question, "--json", "--quiet").err == ""
    enough = ask(*words, "rare.yaml", "--runs", "60000")
    assert "trusted" not in enough.out + enough.err


def test_many_runs_have_no_csv_and_it_is_told(rare: Path) -> None:
    """Above 100,000 runs."""
    answer = ask("run", "rare.yaml", "--runs", "100001", "--json")
    folder = Path(answer.err.splitlines()[0].removeprefix("results in "))
    assert answer.err.splitlines()[1] == "note: there is no payoffs.csv of more than 100,000 runs; blocks/ has them all"
    assert not (folder / "payoffs.csv").exists()
    assert ask("results").status == 0


def test_a_disk_without_room(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 5 at once, with how much is needed; nothing is made."""
    monkeypatch.setattr("sim.experiment.room.free", lambda folder: 10**8)
    before = tree(demo)
    answer = ask("compare", "demo.yaml", "--runs", "30000000")
    assert (answer.status, len(answer.faults)) == (5, 1)
    assert re.search(
        r": DISK-FULL: the results need about [\d.]+ GiB here, 95.4 MiB are free; ask for fewer runs", answer.err
    )
    assert tree(demo) == before


MEASURED = """
import resource, sys
import scipy.special, sim.api, sim.cli, sim.engine.lockstep, sim.report.compare, sim.archive.keeping
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
sim.cli.status_of(["run", "rare.yaml", "--runs", "3", "--quiet", "--out", "few"])
before = peak()
status = sim.cli.status_of(["compare", "rare.yaml", "--runs", "300000", "--quiet", "--out", "many"])
print(status, peak() - before, file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is told another way there")
def test_memory_does_not_grow_with_the_runs(rare: Path) -> None:
    """What is kept while it is played, 46 MiB, and read again for the differences and the page is never in memory whole."""
    ran = subprocess.run([sys.executable, "-c", MEASURED], capture_output=True, text=True, check=True)
    status, peak = ran.stderr.split()
    assert status == "0"
    assert float(peak) < 15
    assert sum(path.stat().st_size for path in (rare / "many").rglob("*.npy")) > 45 * 2**20


@pytest.mark.skipif(os.name == "nt", reason="there is no pseudo-terminal")
def test_progress_on_a_terminal(rare: Path) -> None:
    """How many runs of how many, how many a second, how long it will take; gone in the end."""
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "sim", "run", "rare.yaml", "--runs", "300000", "--json"]
    env = surroundings(TERM="xterm-256color", COLUMNS="100")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=env) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            shown += piece
            if not piece:
                break
    os.close(ours)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode())
    assert process.returncode == 0
    assert re.search(r"[\d,]+ of 300,000 runs", text)
    assert re.search(r"[\d,]+ a second", text)
    assert re.search(r"\d+:\d\d left", text)
