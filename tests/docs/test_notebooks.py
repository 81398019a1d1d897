"""The notebooks run from top to bottom, and show what is stored in them."""

from __future__ import annotations

import copy
import math
import re
from pathlib import Path

import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

from tests.docs.notebooks import NOTEBOOKS, executed, plain, read, shown
from tests.docs.pages import DOCS

CLOSE = 1e-9
"""What a number may differ by, relative to it: processors round the last digits differently."""

_NUMBER = re.compile(r"[-+−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")
_DIGEST = re.compile(r"\b[0-9a-f]{16,64}\b")


def differing(stored: list[str], fresh: list[str]) -> list[str]:
    """Where what is stored and what is shown anew differ: in words, or in numbers by more than rounding."""
    if len(stored) != len(fresh):
        return [f"{len(stored)} outputs are stored, {len(fresh)} are shown"]
    faults = []
    for place, texts in enumerate(zip(stored, fresh, strict=True)):
        old, new = (_DIGEST.sub("(digest)", text) for text in texts)
        values = [
            [float(each.replace(",", "").replace("−", "-")) for each in _NUMBER.findall(text)] for text in (old, new)
        ]
        same_words = _NUMBER.sub("#", old) == _NUMBER.sub("#", new)
        if not same_words or not all(
            math.isclose(*pair, rel_tol=CLOSE, abs_tol=CLOSE) for pair in zip(*values, strict=True)
        ):
            faults.append(f"output {place} was\n{old}\nand is\n{new}")
    return faults


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_is_stored(path: Path) -> None:
    """A fresh kernel comes to the same texts, tables and words in pictures; `python -m tests.docs.notebooks` stores anew."""
    stored = read(path)
    faults = differing(shown(stored), shown(executed(stored)))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_whole(path: Path) -> None:
    """Outputs of one execution from top to bottom, no trace of a machine, and a title."""
    stored = read(path)
    assert stored == plain(copy.deepcopy(stored))
    assert stored.cells[0].source.startswith("# ")
    assert any(cell.get("outputs") for cell in stored.cells)


def test_all_notebooks_are_listed() -> None:
    """`docs/README.md` has each of them, once, and no others."""
    listed = re.findall(r"\(notebooks/([\w-]+)\.ipynb\)", (DOCS / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == [path.stem for path in NOTEBOOKS]


def test_a_cell_that_fails_is_not_passed_over() -> None:
    """What a notebook asserts of itself is held."""
    with pytest.raises(CellExecutionError, match="AssertionError"):
        executed(new_notebook(cells=[new_code_cell("assert 1 + 1 == 3")]))


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("mean 0.1234567890123", "mean 0.1234567890124", True),
        ("mean 0.12", "mean 0.13", False),
        ("mean 0.12", "means 0.12", False),
        ("gains -1", "gains 1", False),
        ("4e9b351aa013c506", "4e9b351aa013c507", True),
        ("1,000 runs", "1,001 runs", False),
    ],
)
def test_differences_are_seen(old: str, new: str, same: bool) -> None:
    """All but those of rounding; fingerprints, which rounding changes wholly, are left to other tests."""
    assert (not differing([old], [new])) == same
