"""A folder to work in, with the starter scenario in it."""

from pathlib import Path

import pytest

from tests.commands.asking import ask


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, now the current one, in which `detente new demo` has been asked."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert ask("new", "demo").status == 0
    return folder
