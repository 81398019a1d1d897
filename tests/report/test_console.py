"""Colour only where somebody sees it, and a width that pages are made for."""

import io
import os
import subprocess
import sys

import pytest

from sim.report import console as module
from sim.report.page import Page, Styled


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")

    def isatty(self) -> bool:
        return True

    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def watched(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard output as a terminal; set up within a test, as pytest puts its own before each."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    return stream


def printed(**asked: bool) -> None:
    Page(module.console(**asked)).line(Styled("word", "bold red"))


def test_colour_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = watched(monkeypatch)
    printed()
    assert "\x1b[1;31mword" in terminal.text()


def test_no_colour_where_it_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = watched(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    printed()
    assert terminal.text() == "word\n"


def test_no_colour_in_a_pipe_even_if_forced(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    printed()
    assert capsys.readouterr().out == "word\n"


def test_messages_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    printed(stderr=True)
    caught = capsys.readouterr()
    assert (caught.out, caught.err) == ("", "word\n")


def test_a_quiet_console_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    printed(quiet=True)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("columns", "width"), [(40, 80), (80, 80), (101, 101), (400, 120)])
def test_the_width_of_a_terminal(monkeypatch: pytest.MonkeyPatch, columns: int, width: int) -> None:
    watched(monkeypatch)
    monkeypatch.setattr(module.shutil, "get_terminal_size", lambda fallback: os.terminal_size((columns, 24)))
    assert module.console().width == width


@pytest.mark.parametrize(("columns", "width"), [(20, 40), (40, 40), (80, 80), (400, 120)])
def test_a_page_for_a_phone_is_as_wide_as_the_phone(monkeypatch: pytest.MonkeyPatch, columns: int, width: int) -> None:
    """Where a page is laid out for that."""
    monkeypatch.setenv("COLUMNS", str(columns))
    assert module.console(narrowest=module.HANDHELD).width == width


def test_the_width_of_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert module.console().width == 100


def test_a_stream_of_few_characters_fails_on_none(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    Page(module.console()).line("caf\u00e9 \U0001f680")
    stream.flush()
    assert buffer.getvalue() == b"caf\\xe9 \\U0001f680\n"


def test_rich_is_loaded_only_where_a_page_is_printed() -> None:
    names = ["chronicle", "claims", "compare", "console", "describe", "listing", "run"]
    code = "import sys; " + "; ".join(f"import sim.report.{name}" for name in names) + "; print('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
