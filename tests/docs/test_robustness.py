"""The page on robustness has every claim of the shipped INF scenarios, and calls each what its share deserves."""

import re
from pathlib import Path

import pytest

import sim
from benchmarks.robustness import BEGIN, CHANGED, END, ERAS, SCENARIOS, TURNED
from sim.report.robust import FRAGILE, ROBUST
from tests.docs.pages import Page, codes, number, rows

PAGE = Page("explanation/robustness.md")
SHIPPED = Path(__file__).resolve().parents[2] / "scenarios"
TABLES = [*SCENARIOS, *(f"{era}, its era held" for era in ERAS)]


@pytest.mark.parametrize("heading", TABLES)
def test_every_claim_has_its_row(heading: str) -> None:
    """In the order of the file, with its label; deciding parameters are parameters with a range."""
    scenario = sim.load(SHIPPED / f"{heading.split(',')[0]}.yaml")
    table = rows(PAGE.section(heading))
    assert [codes(row[0])[0] for row in table] == list(scenario.claims)
    for row, claim in zip(table, scenario.claims.values(), strict=True):
        assert row[0].startswith(str(claim.label))
        assert all(scenario.parameters[name].range for name in codes(row[5]))
        if "held" in heading:
            assert not set(codes(row[5])) & {name for names in CHANGED.values() for name in names}


@pytest.mark.parametrize("heading", TABLES)
def test_words_are_those_of_the_shares(heading: str) -> None:
    """Shares are rounded to whole percents, so that one at a limit may be called either."""
    for row in rows(PAGE.section(heading)):
        share = number(row[2].lstrip("<>")) / 100
        low, high = (float(end) / 100 for end in re.findall(r"[\d.]+", row[3].rstrip(" %")))
        assert low - 0.006 <= share <= high + 0.006
        told = row[1].strip("*")
        least, most = {"robust": (ROBUST, 1.0), "mostly robust": (FRAGILE, ROBUST), "fragile": (0.0, FRAGILE)}[told]
        assert least - 0.006 <= share <= most + 0.006
        assert (told == "fragile") == row[1].startswith("**")


def test_fragile_claims_are_named_with_what_breaks_them() -> None:
    """All of the first tables, and no others."""
    fragile = [
        (codes(row[0])[0], name) for name in SCENARIOS for row in rows(PAGE.section(name)) if "fragile" in row[1]
    ]
    told = re.findall(
        r"^- `(\w+)` of `([\w-]+)` holds at [<>]?\d+ %; (?:broken most by `\w+`|no parameter)", PAGE.text, re.MULTILINE
    )
    assert told == fragile


def test_the_swaps_turn_the_claims_around() -> None:
    """Each holds with its own era's values and fails with the other's."""
    table = rows(PAGE.section("With the other era's values"))
    assert [(codes(row[0])[0], codes(row[1])[0]) for row in table] == [
        (name, claim) for name, claims in TURNED.items() for claim in claims
    ]
    for row in table:
        assert row[2].startswith("holds, +")
        assert row[3].startswith("fails, -")


def test_the_page_can_be_written_anew() -> None:
    """Its marks stand once, in order."""
    assert [PAGE.text.count(mark) for mark in (BEGIN, END)] == [1, 1]
    assert PAGE.text.index(BEGIN) < PAGE.text.index(END)
