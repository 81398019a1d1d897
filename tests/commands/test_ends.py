"""How commands end: the exit status, what stands on stdout and stderr, and what is left behind."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim.cli
from tests.commands.asking import ask, ask_outside, check_interruption, surroundings, tree

HERE = "command line:1:"


@pytest.mark.parametrize(
    ("line", "status", "told"),
    [
        # what there is no such thing as, with the likely word
        ("rn demo.yaml", 2, "9: USAGE: No such command 'rn'"),
        ("run demo.yaml --rnus 5", 2, "23: USAGE: No such option: --rnus (Possible options: --runs"),
        ("run demo.yaml --regime tretay", 2, "32: UNKNOWN-REGIME: unknown regime 'tretay'; did you mean 'treaty'?"),
        ("compare demo.yaml --regime treaty --regime no_traety", 2, "52: UNKNOWN-REGIME: unknown regime 'no_traety'; did you mean 'no_treaty'?"),
        ("run demo.yaml --play nroth=arm", 2, "30: UNKNOWN-ACTOR: unknown actor 'nroth'; did you mean 'north'?"),
        ("run demo.yaml --play north=wray", 2, "30: UNKNOWN-STRATEGY: unknown strategy of north 'wray'; did you mean 'wary'?"),
        ("trace demo.yaml --play north=x", 2, "32: UNKNOWN-STRATEGY: unknown strategy of north 'x'; expected one of: faithful, wary, weigh, comply, arm"),
        ("claims demo.yaml --set wacth=1", 2, "32: UNKNOWN-PARAMETER: unknown parameter 'wacth'; did you mean 'watch'?"),
        ("run demo.yaml --engine lockstp", 2, "32: ENGINE: unknown engine 'lockstp'; did you mean 'lockstep'?"),
        # nonsense
        ("run demo.yaml --play north", 2, "30: PLAY: 'north' is no ACTOR=STRATEGY"),
        ("run demo.yaml --set watch", 2, "29: SET: 'watch' is no PARAMETER=VALUE"),
        ("run demo.yaml --set watch=", 2, "29: SET: 'watch=' is no PARAMETER=VALUE"),
        ("run demo.yaml --set watch=much", 2, "29: SET: 'much' is no finite number for 'watch'"),
        ("run demo.yaml --set watch=nan", 2, "29: SET: 'nan' is no finite number for 'watch'"),
        ("run demo.yaml --set watch=1e999", 2, "29: SET: '1e999' is no finite number for 'watch'"),
        ("run demo.yaml --set watch=1_0", 2, "29: SET: '1_0' is no finite number for 'watch'"),
        ("run demo.yaml --set watch=1+1", 2, "29: SET: '1+1' is no finite number for 'watch'"),
        ("run demo.yaml --seed -1", 2, "23: SEED: the seed is -1; write a whole number from 0"),
        ("run demo.yaml --block 0", 2, "23: BLOCK: --block is 0; write a whole number of at least 1"),
        ("trace demo.yaml --run -1", 2, "25: RUN: there is no run -1; runs count from 0"),
        ("trace demo.yaml --run 1e3", 2, "31: RUN: --run is '1e3', which is no whole number"),
        ("trace demo.yaml --run 99999999999999999999", 2, "31: RUN: --run is '99999999999999999999', which is too large"),
        ("run demo.yaml --out ''", 2, "23: OUT: --out names no folder"),
        ("new 'Two words'", 2, "13: NAME: 'Two words' cannot be a scenario's name"),
        # the wrong number of things
        ("run", 2, "1: USAGE: Missing argument 'SCENARIO'; see 'detente run --help'"),
        ("validate", 2, "1: USAGE: Missing argument 'FILE...'"),
        ("run demo.yaml demo.yaml", 2, "13: USAGE: Got unexpected extra argument(s) (demo.yaml)"),
        ("run demo.yaml --runs", 2, "23: USAGE: Option '--runs' requires an argument"),
        ("compare demo.yaml --regime treaty", 2, "36: ONE-REGIME: "),
        ("compare demo.yaml inf-1987 --runs 2", 2, "1: NO-COMMON-ACTOR: the two scenarios have no actor of the same name"),
        ("compare demo.yaml demo.yaml --regime treaty --regime no_treaty", 2, "37: REGIME: two scenarios are compared under one regime"),
        # what the scenario says only when it is played
        ("run demo.yaml --set watch=-1 --regime no_treaty", 3, "OUT-OF-RANGE: "),
        ("run demo.yaml --set edge=1e308 --regime no_treaty --play north=arm --play south=comply", 3, "NOT-FINITE: the result 'north'"),
    ],
)  # fmt: skip
def test_one_line_says_what_is_wrong_and_what_to_write(line: str, status: int, told: str, demo: Path) -> None:
    """On stderr, with its place; nothing on stdout, nothing written."""
    import shlex

    before = tree(demo)
    answer = ask(*shlex.split(line))
    assert (answer.status, answer.out) == (status, "")
    (fault,) = answer.faults
    assert fault.startswith(HERE + told) if status == 2 else told in fault, fault
    assert tree(demo) == before


def test_the_replay_command_replays(demo: Path) -> None:
    """The command that an error in a run names meets the same error, in that run alone."""
    text = (demo / "demo.yaml").read_text(encoding="utf-8")
    (demo / "late.yaml").write_text(text.replace("rate: 0.2 * tension", "rate: 0.3 - 0.5 * tension"), encoding="utf-8")
    (fault,) = ask("run", "late.yaml", "--regime", "no_treaty").faults
    assert ": OUT-OF-RANGE: " in fault
    command = fault.split("replay it with: detente ")[1].split()
    again = ask(*command)
    assert (again.status, again.faults) == (3, [fault])


def test_the_version() -> None:
    """What a report of a bug has to name; without any word the commands are told."""
    answer = ask("--version")
    assert (answer.status, answer.out) == (0, f"detente {sim.__version__}\n")
    assert ask("--help").out == ask().out


def test_results_that_cannot_be_written(demo: Path) -> None:
    """Exit status 4 for a folder that cannot be one, whoever asks; nothing is left of the attempt."""
    (demo / "file").write_text("", encoding="utf-8")
    before = tree(demo)
    answer = ask("run", "demo.yaml", "--runs", "2", "--out", "file/below")
    assert (answer.status, answer.out, len(answer.faults)) == (4, "", 1)
    assert tree(demo) == before
    assert ask("results", "--out", "file").status == 4


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_behind_stdout(demo: Path) -> None:
    """Exit status 5, and one line, when the answer cannot be printed."""
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "sim", "describe", "demo.yaml"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert (ran.returncode, len(ran.stderr.splitlines())) == (5, 1)
    assert ": RESOURCES: " in ran.stderr


def test_results_to_stdout_and_messages_to_stderr(demo: Path) -> None:
    """With `--quiet`, stderr is empty; with neither, it says where the files are, and only that."""
    for words in (("run", "demo.yaml", "--runs", "3"), ("compare", "demo.yaml", "--runs", "3", "--json")):
        loud, quiet = ask(*words), ask(*words, "--quiet")
        assert (loud.status, quiet.status, quiet.err) == (0, 0, "")
        assert loud.err.startswith("results in results/demo/")
        assert (loud.err.count("\n"), loud.out) == (1, quiet.out)


@pytest.mark.parametrize(
    "more", [{}, {"NO_COLOR": "1"}, {"TERM": "xterm-256color", "COLUMNS": "40"}], ids=["plain", "no-color", "xterm"]
)
def test_a_pipe_gets_no_escape_codes(more: dict[str, str], demo: Path) -> None:
    """Nor progress: what is no terminal gets text alone."""
    answer = ask_outside("compare", "inf-1987", "--runs", "30", folder=demo, env=surroundings(**more))
    assert answer.status == 0
    assert "\x1b" not in answer.out + answer.err
    assert (answer.err.count("\n"), "\r" in answer.err) == (1, False)


@pytest.mark.skipif(os.name == "nt", reason="there is no pseudo-terminal")
@pytest.mark.parametrize(("more", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)], ids=["colour", "no-color"])
def test_a_terminal_gets_colour_unless_told_otherwise(more: dict[str, str], coloured: bool, demo: Path) -> None:
    """On a pseudo-terminal."""
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "sim", "run", "demo.yaml", "--runs", "5", "--quiet"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=surroundings(TERM="xterm-256color", **more)
    ) as process:
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
    assert process.returncode == 0
    assert (b"\x1b[1m" in shown or b"\x1b[2m" in shown or b"\x1b[3" in shown) == coloured


def test_a_reader_that_goes_away(demo: Path) -> None:
    """`detente schema | head -1`: no message, whether the pipe closes early or was never read."""
    for words in (("schema",), ("describe", "inf-2018")):
        with subprocess.Popen(
            [sys.executable, "-m", "sim", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert (process.stderr.read(), process.wait()) == (b"", 0)


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
@pytest.mark.parametrize(
    "words", [("run",), ("run", "--jobs", "2"), ("compare", "--engine", "events")], ids=["run", "jobs", "events"]
)
def test_ctrl_c(words: tuple[str, ...], demo: Path) -> None:
    """A long run that is interrupted: exit status 130, one line that says how to go on; or nothing is written."""
    before = tree(demo)
    folder = check_interruption(words[0], "demo.yaml", *words[1:], "--runs", "4000000")
    assert tree(demo).items() >= before.items()
    assert bool(folder) == (tree(demo) != before)
    if folder:
        (row,) = ask("results", "--json").document["results"]
        assert re.fullmatch(
            rf"unfinished: [0-9,]+ of 4,000,000 runs are done; go on with: detente resume {folder}", row["unfinished"]
        )
        assert {path.name for path in Path(folder).iterdir()} == {"blocks", "scenario.yaml", "unfinished.journal"}


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_stream_that_was_closed_before_the_start(stream: str, demo: Path) -> None:
    """Nothing is said there, and nothing breaks."""
    number = {"stdout": 1, "stderr": 2}[stream]
    command = ["sh", "-c", f'exec "$@" {number}>&-', "sh", sys.executable, "-m", "sim"]
    fine = subprocess.run([*command, "list"], capture_output=True, check=False)
    assert (fine.returncode, fine.stderr) == (0, b"")
    wrong = subprocess.run([*command, "validate", "nothing.yaml"], capture_output=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (3, b"")


@pytest.mark.parametrize("encoding", ["cp1252:strict"])
def test_a_terminal_that_knows_few_characters(encoding: str, demo: Path) -> None:
    """Pages show what it does not know as escapes; JSON stays JSON."""
    text = (demo / "demo.yaml").read_text(encoding="utf-8")
    (demo / "demo.yaml").write_text(text.replace("Two neighbours", "Zwei Nachbarn – 李 🕊"), encoding="utf-8")
    env = surroundings(PYTHONIOENCODING=encoding)
    page = ask_outside("describe", "demo.yaml", folder=demo, env=env)
    assert (page.status, page.err) == (0, "")
    assert "Zwei Nachbarn" in page.out
    document = ask_outside("list", "--json", folder=demo, env=env).document
    assert "Zwei Nachbarn – 李 🕊 and a treaty" in [row["title"] for row in document["scenarios"]]


@pytest.mark.skipif(os.name == "nt", reason="a folder in use cannot be removed")
def test_a_folder_that_is_gone(demo: Path) -> None:
    """From a current folder that was deleted: what needs none of it works, the rest ends in one line."""
    gone = demo / "gone"
    for words, status in {
        ("validate", "inf-1987"): 0,
        ("list",): 0,
        ("new", "x"): 4,
        ("run", "inf-1987", "--runs", "2"): 2,
    }.items():
        gone.mkdir()
        line = 'cd "$1" && shift && rmdir "$PWD" && exec "$@"'
        ran = subprocess.run(
            ["sh", "-c", line, "sh", str(gone), sys.executable, "-m", "sim", *words], capture_output=True, text=True
        )
        assert (ran.returncode, len(ran.stderr.splitlines())) == (status, int(status != 0)), ran.stderr


@pytest.mark.parametrize("command", ["validate", "run", "trace", "compare"])
def test_a_sum_that_is_too_large(command: str, demo: Path) -> None:
    """One line, the same from every command, and no warning of numpy's beside it."""
    flows = "{g: 1e308, h: 1e308}"
    text = f"scenario: huge\nclock: {{turns: 2}}\nactors: {{a: {{incentives: {flows}}}}}\nregimes: {{one: {{}}, two: {{}}}}\n"
    (demo / "huge.yaml").write_text(text, encoding="utf-8")
    answer = ask(command, "huge.yaml")
    assert (answer.status, answer.out, len(answer.faults)) == (3, "", 1)
    assert answer.faults[0].startswith("huge.yaml:1:1: NOT-FINITE: the result 'a' of run 0 is too large")


def test_a_value_outside_its_range_is_noted(demo: Path) -> None:
    """It is played as asked; a person is told on stderr, unless quiet."""
    said = ask("run", "inf-1987", "--runs", "2", "--set", "will=3")
    assert said.status == 0
    assert said.err.splitlines()[-1] == "note: will = 3 lies outside its range, 0 to 0.4"
    assert ask("run", "inf-1987", "--runs", "2", "--set", "will=3", "--quiet").err == ""
    assert "note" not in ask("run", "inf-1987", "--runs", "2", "--set", "will=0.3").err


def test_an_interrupt_that_became_another_error_is_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    """As while a class is made, where Python puts a RuntimeError around whatever is raised."""

    def command(*_: object, **__: object) -> None:
        class Meddles:
            def __set_name__(self, owner: type, name: str) -> None:
                raise KeyboardInterrupt

        try:
            type("Made", (), {"part": Meddles()})
        except KeyboardInterrupt as error:  # from Python 3.12 on it comes as it is
            raise RuntimeError("__set_name__") from error

    monkeypatch.setattr(sim.cli, "app_for", lambda words: command)
    answer = ask("list")
    assert (answer.status, answer.out) == (130, "")
    assert re.fullmatch(r"command line:1:1: INTERRUPTED: .*\n", answer.err)
