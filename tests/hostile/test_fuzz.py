"""What nobody would write: a short form of ``make fuzz``. Only errors of the family may escape, in lines of their form.

All cases follow from the numbers given here, so nothing of this can fail by chance.
"""

from __future__ import annotations

import pytest

import sim.scenario.load
from benchmarks.fuzz import aims, cases, drawn


def test_files() -> None:
    """Shipped scenarios spoiled in places: most are refused, for many reasons; what is taken plays in both engines."""
    found = drawn.files(1_500, 1)
    assert found.cases >= 1_500
    assert found.taken >= 30
    assert found.codes.total() == found.cases - found.taken
    assert len(found.codes) >= 15


def test_expressions() -> None:
    """Texts of the shape of expressions, numbers and names that are none, and any text at all."""
    found = drawn.expressions(1_500, 1)
    assert found.taken >= 50
    assert {"EXPRESSION", "UNKNOWN-NAME", "UNKNOWN-FUNCTION", "NOT-FINITE", "CHARACTER"} <= set(found.codes)


def test_what_escapes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of another family, a line of another form, engines that differ: none of them passes."""

    def astray(document: object, file: str) -> None:
        raise KeyError("turns")

    with monkeypatch.context() as patch:
        patch.setattr(sim.scenario.load, "checked", astray)
        with pytest.raises(aims.Escaped, match="KeyError"):
            aims.expression("x", aims.Found())
    with monkeypatch.context() as patch:
        patch.setattr(aims, "LINE", aims.re.compile("nothing"))
        with pytest.raises(aims.Escaped, match="no line of an error"):
            aims.expression("x +", aims.Found())
    with monkeypatch.context() as patch:
        patch.setattr(aims.lockstep, "play", lambda *words: aims.events.play(*words) + 1.0)
        with pytest.raises(aims.Escaped, match="engines differ"):
            aims.file(cases.seeds()[-1], aims.Found())
    with monkeypatch.context() as patch:
        patch.setattr(aims, "SECONDS", 0.0)
        with pytest.raises(aims.Escaped, match=" s for "):
            aims.expression("x", aims.Found())
