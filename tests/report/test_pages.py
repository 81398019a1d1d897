"""Every page, at every width: nothing too wide, nothing cut, nothing that a terminal would act on."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import sim
from sim.report.chronicle import show_trace
from sim.report.claims import show_claims
from sim.report.compare import show_comparison
from sim.report.describe import show_description
from sim.report.page import NUMBERS, Column, Page
from sim.report.run import show_run
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from tests.report.pages import EXAMPLE, HOSTILE, SHIPPED, WEAPON, armed, flat, scenario_of, text_of, widest

Shown = tuple[Callable[..., None], Any]


def pages(scenario: Scenario, runs: int) -> Iterator[Shown]:
    """Every kind of page about a scenario."""
    if runs > 1:
        yield show_description, scenario
        yield show_trace, sim.trace(scenario, run=3)
    yield show_run, sim.run(scenario, runs=runs, set={next(iter(scenario.parameters)): 0.5})
    if len(scenario.regimes) > 1:
        yield show_comparison, sim.compare(scenario, runs=runs, regimes=list(scenario.regimes)[:3])
    yield show_claims, sim.claims(scenario, runs=runs)


@pytest.fixture(params=["example", "hostile", *SHIPPED])
def scenario(request: pytest.FixtureRequest, tmp_path: Path) -> Scenario:
    """The example, a scenario of hostile texts, and every shipped one."""
    if request.param in SHIPPED:
        return load(SHIPPED[request.param])
    return armed(scenario_of({"example": EXAMPLE, "hostile": HOSTILE}[request.param], tmp_path))


@pytest.mark.parametrize("runs", [1, 40])
def test_pages_fit(scenario: Scenario, runs: int) -> None:
    for show, what in pages(scenario, runs):
        # What people ask for most is laid out for 40 columns too.
        for width in (*((40,) if show in (show_run, show_comparison) else ()), 80, 100, 120):
            text = text_of(show, what, width)
            assert widest(text) <= width
            assert "…" not in text
            assert not re.search(r"[ \t]+$", text, re.MULTILINE)
            assert not re.search(r"[^\n -~ -￿\U00010000-\U0010ffff]", text)
            assert WEAPON[-1] not in text
            assert "\n\n\n" not in text


def test_hostile_texts_are_shown_as_they_are(tmp_path: Path) -> None:
    scenario = armed(scenario_of(HOSTILE, tmp_path))
    shown = WEAPON.encode("unicode_escape").decode()
    for show, what in pages(scenario, 40):
        for console in ({}, {"force_terminal": True, "color_system": "truecolor"}):
            text = flat(text_of(show, what, 120, **console))
            text = re.sub(r"\x1b\[[0-9;]*m", "", text) if console else text
            assert f"[bold red]T[/] {shown}red \U0001f680 [link=x]y[/link] :smile:" in text
            assert "\x07" not in text
            assert "\x1b" not in text
    described = flat(text_of(show_description, scenario, 120))
    for part in (
        "[/] [not closed",
        "[p] :rocket:",
        "[go]",
        "[h]",
        "[o]",
        "[s]",
        "[/two]",
        "[says]",
        "[source]",
        "[q]",
        "[notes]",
    ):
        assert part in described


def test_a_terminal_that_knows_only_ascii_gets_ascii(tmp_path: Path) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    scenario = scenario_of(EXAMPLE, tmp_path)
    console = Console(file=stream, width=100, markup=False)
    show_comparison(sim.compare(scenario, runs=50), console)
    show_claims(sim.claims(scenario, runs=50), console)
    stream.flush()
    written = stream.buffer.getvalue().decode("ascii")  # type: ignore[attr-defined]
    assert "##" in written
    assert "+ holds" in written


def test_labels_wrap_and_numbers_do_not() -> None:
    stream = io.StringIO()
    page = Page(Console(file=stream, width=32, markup=False))
    columns = [Column("words"), Column("mean", NUMBERS), Column("interval", NUMBERS)]
    page.table(columns, [["a label of many words that is long", "-1.25", "-1.5 to 1,000"]] * 2, total=True)
    assert stream.getvalue().count("-1.25   -1.5 to 1,000\n") == 2
    assert widest(stream.getvalue()) <= 32


@pytest.mark.parametrize("show", ["run", "compare"])
def test_one_run_alone_says_that_it_has_no_interval(show: str, tmp_path: Path) -> None:
    scenario = scenario_of(EXAMPLE, tmp_path)
    if show == "run":
        text = flat(text_of(show_run, sim.run(scenario, runs=1)))
    else:
        text = flat(text_of(show_comparison, sim.compare(scenario, runs=1)))
    assert "One run alone has no interval" in text
    assert "95 % interval" not in text


def test_run_names_everything(tmp_path: Path) -> None:
    ensemble = sim.run(scenario_of(EXAMPLE, tmp_path), runs=200, regime="post_treaty", set={"commitment": 0.5})
    text = flat(text_of(show_run, ensemble))
    for part in (
        "An example", "Post-treaty (post_treaty)", "200 runs, seed 7, lockstep engine, 6 turns of 1 year from 2018",
        "With commitment = 0.5", "NATO", "The adversary", "Safety from attack", "Costs of its actions", "Crisis", "- Settlement",
        "- war", "Ground-launched brigades", "What defence lets through", "Build defences", "NATO never did: notify.",
        "of runs ended early (95 % interval", "Wilson", "NATO ends with", "most is lost to", "detente trace",
    ):  # fmt: skip
        assert part in text, part


def test_ledgers_add_up_on_the_page(tmp_path: Path) -> None:
    ensemble = sim.run(scenario_of(EXAMPLE, tmp_path), runs=200)
    text = text_of(show_run, ensemble)
    for block in re.findall(r"comes from\n.*?\n\n", text, re.DOTALL):
        rows = re.findall(r"^  \S.*?  +(-?[\d.]+)  +-?[\d.]+ +to", block, re.MULTILINE)
        *parts, payoff = (float(row) for row in rows)
        assert len(parts) >= 2
        assert sum(parts) == pytest.approx(payoff, abs=0.001 * len(parts) + 1e-9)


def test_two_scenarios_are_called_by_their_names(tmp_path: Path) -> None:
    from sim.experiment.compare import compare_scenarios

    ours = scenario_of(EXAMPLE, tmp_path)
    theirs = scenario_of(
        EXAMPLE.replace("scenario: example", "scenario: other").replace("title: An", "title: Another"), tmp_path
    )
    text = flat(text_of(show_comparison, compare_scenarios([ours, theirs], None)))
    assert "An example / Another example" in text
    assert 'nothing differs between "other" and "example"' in text


def test_claims_are_listed_with_verdict_and_margin(tmp_path: Path) -> None:
    scenario = scenario_of(EXAMPLE, tmp_path)
    text = flat(text_of(show_claims, sim.claims(scenario, runs=400)))
    assert "Nothing to gain nato_loses" in text
    assert "NATO does worse outside the treaty." in text
    assert "✓ holds" in text
    assert "What it means" in text
    silent = scenario_of(EXAMPLE.split("claims:")[0], tmp_path)
    assert text_of(show_claims, sim.claims(silent, runs=2)) == "This scenario makes no claims.\n"
