"""`make mutants` can plant what it says: its list does not rot while the program changes."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from benchmarks.contender import ROOT
from benchmarks.mutants import BEGIN, END, PAGE, Noticed, planted, renewed
from benchmarks.planted import DEFECTS, Defect
from tests.docs.pages import rows

NEEDED = {
    "payoff-sign", "discount-late", "luck-reused-outcome", "luck-reused-turns", "effect-order", "clamp-dropped",
    "lead-at-landing", "draw-before-decisions", "draw-biased",
}  # fmt: skip
"""Defects that have to be among them: sign, discount, luck, order, bounds, lead times, early draws, a bias of 1 %."""


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_can_be_planted(defect: Defect, tmp_path: Path) -> None:
    """The text that it replaces stands once in the program, and the program with the defect is still Python."""
    files = {edit.file for edit in defect.edits}
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, tmp_path / file)
    planted(defect, tmp_path)
    for file in files:
        changed = (tmp_path / file).read_text(encoding="utf-8")
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse((ROOT / file).read_text(encoding="utf-8")))


def test_a_defect_whose_place_is_gone_is_told(tmp_path: Path) -> None:
    """Rather than planting nothing, and finding that nobody notices."""
    defect = DEFECTS[0]
    path = tmp_path / defect.edits[0].file
    path.parent.mkdir(parents=True)
    path.write_text("entirely different\n", encoding="utf-8")
    with pytest.raises(LookupError, match=f"{defect.name}: .* has 0 times"):
        planted(defect, tmp_path)


def test_the_list_is_long_enough() -> None:
    """At least 20, each with a name of its own, and the most instructive ones among them."""
    names = [defect.name for defect in DEFECTS]
    assert len(names) == len(set(names)) >= 20
    assert set(names) >= NEEDED
    assert len({defect.says for defect in DEFECTS}) == len(DEFECTS)


def test_some_rows_of_the_page_are_renewed() -> None:
    """In the order of the list; all others stay, and so do the words around the table. Numbers are counted anew."""
    first, second, third = DEFECTS[:3]
    page = f"before\n{BEGIN}\n{END}\nafter\n"
    page = renewed(page, [Noticed(third, "", "a.py::test[some one]"), Noticed(first, "b.py::test", "c.py::test")])
    page = renewed(page, [Noticed(second, "", ""), Noticed(first, "", "d.py::test")])
    assert rows(page) == [
        [first.says, "-", "`d.py::test`"], [second.says, "-", "-"], [third.says, "-", "`a.py::test[some one]`"],
    ]  # fmt: skip
    assert "3 defects; 2 noticed, 0 of them by the published models alone." in page
    assert page.startswith("before\n")
    assert page.endswith("\nafter\n")


def test_the_page_tells_who_notices_each() -> None:
    """Every planted defect, in the order of the list; none goes unnoticed."""
    table = rows(PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0])
    assert [row[0] for row in table] == [defect.says for defect in DEFECTS], "run: make mutants"
    assert all(any(cell != "-" for cell in row[1:]) for row in table)
