"""The documents run: README, CONTRIBUTING and everything under `docs/`, each from top to bottom in an empty folder.

A block fenced as

- `console` runs each line after `$ `; the lines below it are its output, stdout and then stderr, with `...` for any text.
  A command that is meant to fail ends with the comment `# exit N`.
- `diff` changes a file the reader has made: the lines with `-` must stand in it exactly once.
- `yaml`, `py` or `toml` is written to a file if it begins with `# file: NAME`.
- `python` runs, as a doctest where it begins with `>>>`.

Of each page the first command is a process of its own. Later ones that are nothing but `detente` and its words run in
this process, which saves the start of a program for each of some hundred commands.

Blocks in other languages (`sh`, `text`) are only read; `tests/docs/` looks into the tables and the other `yaml` of `docs/`.
"""

import difflib
import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from sybil import Document, Example
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from tests.commands.asking import ask

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


PLAIN = re.compile(r"detente [^|&;<>()$*?`~:\\]+")
"""A command without anything for the shell to do, and without a module to import (`--play north=players:Grim`)."""

SURROUNDINGS = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"}


def typed(command: str, example: Example) -> tuple[int, str]:
    """Run a command as if typed: its exit status, and what it printed."""
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with patch.dict(os.environ, SURROUNDINGS | {"PATH": places}):
        if PLAIN.fullmatch(command) and example.namespace.get("begun"):
            answer = ask(*shlex.split(command, comments=True)[1:])
            return answer.status, answer.out + answer.err
        example.namespace["begun"] = True
        ran = subprocess.run(command, shell=True, capture_output=True, encoding="utf-8")
        return ran.returncode, ran.stdout + ran.stderr


def console(example: Example) -> str | None:
    """Run a block of commands; what is wrong with the first that does not do as written, or nothing."""
    first, *steps = re.split(r"^\$ ", example.parsed, flags=re.MULTILINE)
    if first.strip() or not steps:
        return "a console block begins with a line after `$ `"
    for step in steps:
        command, _, want = step.partition("\n")
        status, printed = typed(command, example)
        got = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
        promised = re.search(r"# exit (\d+)$", command)
        if status != (int(promised[1]) if promised else 0):
            return f"$ {command}\nexit status {status}\n{got}"
        if want.strip() and not doctest.OutputChecker().check_output(want.rstrip() + "\n", got, doctest.ELLIPSIS):
            change = difflib.unified_diff(
                want.splitlines(), got.splitlines(), "the document", "the command", lineterm=""
            )
            return f"$ {command}\n" + "\n".join(change)
    return None


def diff(example: Example) -> str | None:
    """Change a file as a block says; what is wrong with the block, or nothing."""
    head, *lines = example.parsed.splitlines()
    path = Path(head.removeprefix("--- "))
    old, new = (
        "".join(f"{line[1:]}\n" for line in lines if line[:1] in {mark, " "} and not line.startswith("+++"))
        for mark in "-+"
    )
    text = "\n" + path.read_text(encoding="utf-8")
    if text.count(f"\n{old}") != 1:
        return f"{path} has the old lines {text.count(old)} times, not once:{text}"
    path.write_text(text.replace(f"\n{old}", f"\n{new}")[1:], encoding="utf-8")
    return None


def written(example: Example) -> None:
    """Write a block to the file that its first line names, if it does."""
    first, _, text = example.parsed.partition("\n")
    if first.startswith("# file: "):
        Path(first.removeprefix("# file: ")).write_text(text, encoding="utf-8")


PARSERS = [
    CodeBlockParser("console", console),
    CodeBlockParser("diff", diff),
    *(CodeBlockParser(language, written) for language in ("yaml", "py", "toml")),
    PythonCodeBlockParser(),
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_runs_as_written(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever types what the document says sees what the document shows."""
    monkeypatch.chdir(tmp_path)
    if (ROOT / "scenarios").is_dir():
        shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    for example in Document.parse(str(document), *PARSERS):
        example.evaluate()


def test_every_page_stands_in_the_table() -> None:
    """`docs/README.md` lists all pages below `docs/`, each once, and no others but those of the project."""
    table = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| \[[^]]+\]\((\w[\w/.-]*\.md)\) \|", table, re.MULTILINE)
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")]
    assert sorted([*told, "README.md"]) == sorted(pages)


def check(tmp_path: Path, text: str) -> None:
    """Evaluate a document of this text in the current folder."""
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    for example in Document.parse(str(tmp_path / "page.md"), *PARSERS):
        example.evaluate()


def test_commands_and_changes_that_do_as_written_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Output with a gap, a promised exit status, a changed file and a written one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("one\ntwo\n", encoding="utf-8")
    check(
        tmp_path,
        "```diff\n--- a.txt\n one\n-two\n+three\n```\n\n```console\n$ cat a.txt\none\nth...e\n$ exit 3  # exit 3\n```\n"
        "```yaml\n# file: b.yaml\nx: 1\n```\n\n```console\n$ cat b.yaml\nx: 1\n```\n",
    )


@pytest.mark.parametrize(
    "text",
    [
        "```console\n$ echo one\ntwo\n```\n",
        "```console\n$ exit 3\n```\n",
        "```console\n$ echo one  # exit 3\n```\n",
        "```console\necho one\n```\n",
        "```diff\n--- page.md\n-nowhere\n+here\n```\n",
        "```python\nassert False\n```\n",
    ],
)
def test_a_document_that_is_wrong_fails(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples above are not passed over."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AssertionError):
        check(tmp_path, text)
