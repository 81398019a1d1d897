"""``detente play`` at a terminal and through a pipe: what is shown, what is kept, how it ends."""

import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.commands.asking import Answer, ask, surroundings
from tests.commands.shapes import DEBRIEF, mismatches
from tests.play.games import BORDER


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small scenario, and 80 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "border.yaml").write_text(BORDER, encoding="utf-8")
    return tmp_path


def play(monkeypatch: pytest.MonkeyPatch, typed: str, *words: str) -> Answer:
    """Play with what is typed into a pipe."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return ask("play", "border.yaml", *words)


ALL = "1\nbuild\nwat\n0\npass\n"
LOG = "results/games/border-north-1.jsonl"


def test_a_whole_game_through_a_pipe(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By number, name and beginning of a name; then the debrief; nothing is wider than the screen."""
    answer = play(monkeypatch, ALL, "--as", "north", "--runs", "50", "--run", "2")
    assert answer.status == 0, answer.err
    for part in (
        "1990",
        "turn 5 of 5, the last one",
        "What each strategy of yours would have got",
        "South unmasked",
        "What was hidden",
    ):
        assert part.lower() in answer.out.lower()
    assert max(map(len, answer.out.splitlines())) <= 80
    assert "\x1b" not in answer.out
    lines = [json.loads(line) for line in Path(LOG).read_text().splitlines()]
    assert [line["action"] for line in lines[1:]] == ["wait", "build", "watch", None, None]
    assert answer.err == f"the game is kept in {LOG}\n"


def test_the_hidden_stays_off_the_screen(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same text, whatever is true, until the debrief."""
    shown = []
    for true in (1, 3):
        text = BORDER[: BORDER.index("hazards:")].replace("guns: {initial: 1,", f"guns: {{initial: {true},")
        Path("border.yaml").write_text(text, encoding="utf-8")
        out = play(
            monkeypatch, "why\nlook\n? build\n1\nbuild\nwhy\n1\n1\n1\n", "--as", "north", "--out", f"r{true}"
        ).out
        shown.append(out.split("The game is over")[0].replace(f"r{true}/", "r/"))
    assert shown[0] == shown[1]
    assert "creep" not in shown[0]


def test_the_end_of_a_pipe_keeps_the_game(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says how to go on; going on ends as if there had been no break, in text and in JSON."""
    broken = play(monkeypatch, "1\nbuild\n", "--as", "north")
    assert (broken.status, broken.err) == (0, "")
    assert f"  detente play border.yaml --resume {LOG}" in broken.out.splitlines()
    left = play(monkeypatch, "wat\n", "--resume", LOG, "--json")
    assert left.status == 2
    assert "NOT-OVER: the game was left in turn 4" in left.err.splitlines()[-1]
    after = play(monkeypatch, "0\nundo\n0\npass\n", "--resume", LOG, "--json", "--quiet", "--runs", "50")
    whole = play(monkeypatch, ALL, "--as", "north", "--json", "--quiet", "--runs", "50")
    assert (after.status, whole.status) == (0, 0)
    assert after.document == whole.document
    again = play(monkeypatch, "", "--resume", LOG, "--json", "--quiet", "--runs", "50")
    assert again.document == whole.document
    assert mismatches(whole.document, DEBRIEF) == []


def test_a_phone_shows_it_too(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 40 columns no line is wider (but the command to go on with), and everything that 80 columns show is there."""
    pages = []
    for columns in ("80", "40"):
        monkeypatch.setenv("COLUMNS", columns)
        answer = play(monkeypatch, "why\n?\n" + ALL, "--as", "north", "--runs", "50", "--run", "2")
        assert answer.status == 0, answer.err
        pages.append(answer.out)
    assert max(map(len, pages[1].splitlines())) <= 40
    wide, narrow = (set(re.split(r"[\s:,;()]+", page.split("Debrief")[0])) for page in pages)
    told = {word for word in wide if word.strip("+-.").replace(".", "").isalnum()}
    # Headings of columns that became part of a sentence, and a success that is sure.
    assert told - narrow <= {"cost", "effect", "100"}
    assert len(told) > 100


def test_a_move_may_be_made_several_times(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until something happens (here the clash in turn 2), and never beyond the end; undo takes one move back."""
    calm = BORDER[: BORDER.index("hazards:")]
    Path("border.yaml").write_text(calm, encoding="utf-8")
    answer = play(monkeypatch, "wait 3\nundo\n0 9\n", "--as", "north", "--runs", "50")
    assert answer.status == 0, answer.err
    assert "Taken back: 'wait' in 1992, turn 3." in answer.out
    kept = [json.loads(line) for line in Path(LOG).read_text().splitlines()[1:]]
    assert [each.get("action", "back") for each in kept] == ["wait", "wait", "wait", "back", None, None, None]
    clash = calm + "hazards:\n  clash: {chance: turn == 2, payoffs: {north: -0.5}}\n"
    Path("border.yaml").write_text(clash, encoding="utf-8")
    answer = play(monkeypatch, "wait 9\n", "--as", "north")
    assert "It happens: clash." in answer.out
    assert "waits for you in turn 3" in answer.out


def test_the_beginning_of_a_name_means_what_can_be_done(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """'wa' is wait or watch; 'p' is protest, which is told to be closed."""
    answer = play(monkeypatch, "wa\nb\np\n", "--as", "north")
    assert "'wa' may be wait or watch; write more of the name, or its number" in answer.out
    assert "cannot take 'protest'" in answer.out
    assert [json.loads(line)["action"] for line in Path(LOG).read_text().splitlines()[1:]] == ["build"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "nobody is named to play; write --as and one of: north, south"),
        (("--as", "nort"), "UNKNOWN-ACTOR"),
        (("--as", "north", "--play", "north=wary"), "played by a person"),
        (("--as", "north", "--run", "-1"), "there is no run -1"),
        (("--as", "north", "--runs", "0"), "RUNS"),
        (("--resume", "none.jsonl"), "none.jsonl:1:1: GAME-FILE"),
        (("--resume", "border.yaml"), "GAME-LOG"),
        (("--resume", "none.jsonl", "--seed", "3"), "--seed cannot be changed"),
    ],
)
def test_what_cannot_be_played_is_told(
    words: tuple[str, ...], told: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line, and nothing is written."""
    answer = play(monkeypatch, "", *words)
    assert answer.status in (2, 4)
    assert told in "".join(answer.faults)
    assert not Path("results").exists()


def test_plain_letters_do(here: Path) -> None:
    """Where the terminal knows ASCII only, the screen is ASCII."""
    env = surroundings(LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii", COLUMNS="80")
    asked = [sys.executable, "-m", "sim", "play", "border.yaml", "--as", "north", "--runs", "20"]
    ran = subprocess.run(asked, input=ALL.encode(), capture_output=True, env=env, check=True)
    assert max(ran.stdout) < 128
    assert b"\\u" not in ran.stdout
    assert b"\\x" not in ran.stdout


def read_until(terminal: int, seen: str, text: str, times: int) -> str:
    """What a terminal has shown, what was seen before with it, once a text stands there so many times."""
    end = time.monotonic() + 30
    while seen.count(text) < times and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                break
    assert seen.count(text) == times
    return seen


def test_ctrl_c_at_a_terminal_loses_no_move(here: Path) -> None:
    """It ends with 130 and says how to go on; the move made before is on disk. NO_COLOR shows no colour."""
    master, slave = pty.openpty()
    env = surroundings(COLUMNS="80", NO_COLOR="1", TERM="xterm", PYTHONUTF8="1")
    with subprocess.Popen(
        [sys.executable, "-m", "sim", "play", "border.yaml", "--as", "north"],
        stdin=slave, stdout=slave, stderr=subprocess.PIPE, env=env, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            shown = read_until(master, "", "Your move", 1)
            os.write(master, b"build\n")
            shown = read_until(master, shown, "Your move", 2)
            assert "turn 2 of 5" in shown
            # What comes in the microseconds between the prompt and the read is only acted on when the read ends.
            time.sleep(0.5)
            os.killpg(process.pid, signal.SIGINT)
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
    os.close(master)
    os.close(slave)
    assert process.returncode == 130
    assert (
        f"INTERRUPTED: stopped; every move is kept; go on with: detente play border.yaml --resume {LOG}" in err.decode()
    )
    assert [json.loads(line)["action"] for line in Path(LOG).read_text().splitlines()[1:]] == ["build"]
    assert "\x1b[3" not in shown
