"""Lists: scenarios at hand, results in a folder, claims in one sentence."""

from dataclasses import dataclass, replace

import pytest

from sim.experiment.claims import ClaimResult, Claims
from sim.experiment.ensemble import Plan
from sim.experiment.summary import Stat
from sim.report.claims import summary
from sim.report.listing import first_sentence, show_results, show_scenarios
from tests.report.pages import WEAPON, text_of, widest


@dataclass(frozen=True)
class Entry:
    """What the archive says about a folder."""

    path: str = "results/inf/20260101T000000Z-12345678"
    when: str = "2026-01-01T00:00:00Z"
    scenario: str = "inf"
    question: str = "compare"
    regimes: tuple[str, ...] = ("treaty", "post_treaty")
    runs: int = 2000
    seed: int = 7
    answer: str = "treaty: nato 1.2; post_treaty: nato -3"
    settings: str = ""
    fault: str = ""
    unfinished: str = ""


def test_results_say_how_to_go_on() -> None:
    told = "unfinished: 8,192 of 20,000 runs are done; go on with: detente resume results/inf/x"
    text = text_of(show_results, [replace(Entry(), answer="", unfinished=told)], 120)
    assert text.splitlines()[-1] == f"  {told}"


def test_results_say_what_was_set() -> None:
    text = text_of(show_results, [replace(Entry(), settings="will = 0.3; nato plays mirror")])
    assert "with will = 0.3; nato plays mirror" in text


def test_results_say_what_was_asked_and_answered() -> None:
    text = text_of(show_results, [Entry(), replace(Entry(), runs=1, regimes=(), question="run")])
    assert text.splitlines() == [
        "results/inf/20260101T000000Z-12345678",
        "  2026-01-01T00:00:00Z: compare inf (treaty, post_treaty), 2,000 runs, seed 7",
        "  treaty: nato 1.2; post_treaty: nato -3",
        "",
        "results/inf/20260101T000000Z-12345678",
        "  2026-01-01T00:00:00Z: run inf, 1 run, seed 7",
        "  treaty: nato 1.2; post_treaty: nato -3",
    ]


def test_a_damaged_result_says_so() -> None:
    text = text_of(show_results, [replace(Entry(), fault=f"manifest.json: [bold]gone[/] {WEAPON}", runs=0)])
    assert "manifest.json: [bold]gone[/] \\x1b[31m\\x07\\u202e" in text
    assert "0 runs" not in text


def test_nothing_there_says_what_to_do() -> None:
    assert "There are no results yet." in text_of(show_results, [])
    assert "detente new" in text_of(show_scenarios, [])


def test_scenarios_are_listed_with_one_line_each() -> None:
    rows = [
        {"name": "inf", "title": "A treaty", "summary": "Two sides. They quarrel.", "fault": "", "ships": True},
        {"name": f"[b]x[/]{WEAPON}.yaml", "title": "", "summary": "", "fault": "x.yaml:1:1: NAME: no", "ships": False},
    ]
    text = text_of(show_scenarios, rows, 80)
    assert "A treaty" in text
    assert "Two sides." in text
    assert "quarrel" not in text
    assert "cannot be used: x.yaml:1:1: NAME: no" in text
    assert "[b]x[/]\\x1b" in text
    assert widest(text) <= 80


@pytest.mark.parametrize(
    ("text", "first"),
    [("One. Two.", "One."), ("1.5 is one. Two", "1.5 is one."), ("No end", "No end"), ("", ""), ("Why?\n So.", "Why?")],
)
def test_first_sentence(text: str, first: str) -> None:
    assert first_sentence(text) == first


def judged(*verdicts: str, se: float = 0.1) -> Claims:
    results = [
        ClaimResult(f"c{n}", "Says.", "a < b", verdict, Stat(0.1, se, 0, 1)) for n, verdict in enumerate(verdicts)
    ]
    return Claims(tuple(results), {}, Plan(10, 1))


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        (judged("holds"), "The claim holds at 95 %."),
        (judged("fails"), "The claim fails at 95 %."),
        (judged("undecided"), "The claim is undecided at 95 %. More runs may decide what is undecided."),
        (judged("undecided", se=0.0), "The claim is undecided at 95 %."),
        (judged("holds", "holds"), "Both claims hold, each at 95 %."),
        (judged(*["holds"] * 3), "All 3 claims hold, each at 95 %."),
        (judged("fails", "fails"), "None of 2 claims holds at 95 %; c0 and c1 fail."),
        (
            judged("holds", "holds", "fails", "undecided"),
            "2 of 4 claims hold at 95 %; c2 fails; c3 is undecided. More runs may decide what is undecided.",
        ),
    ],
)
def test_claims_are_summed_up(claims: Claims, said: str) -> None:
    assert summary(claims) == said
