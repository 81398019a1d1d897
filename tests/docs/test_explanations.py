"""The numbers of the pages that explain: same luck, weighing, equilibria, the INF scenarios; worked out anew or played."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.scenario.load import load_text
from tests.docs.pages import Page, codes, number, rows
from tests.scenarios.test_inf import CHANGED, MECHANISMS, NAMES, SCENARIOS, found

LUCK, WEIGHING = Page("explanation/same-luck.md"), Page("explanation/weighing.md")
EQUILIBRIA, INF = Page("explanation/equilibria.md"), Page("explanation/inf.md")
ROBUSTNESS, TUTORIAL = Page("explanation/robustness.md"), Page("tutorial/lake.md")


def written(page: Page) -> Any:
    """The scenario that a page writes."""
    (block,) = [block for block in page.blocks("yaml") if block.marked("file") is not None]
    return load_text(block.text, "page.yaml", Path())


@cache
def scenario(name: str) -> Any:
    return sim.load(name)


# ---------------------------------------------------------------- why the same luck


@pytest.mark.parametrize("row", rows(LUCK.section("What it is worth here")), ids=lambda row: f"{row[0]}-{row[1]}")
def test_what_the_same_luck_is_worth(row: list[str]) -> None:
    """Difference, both standard errors, correlation and worth, to the digits of the table."""
    name, regimes, actor = codes(row[0])[0], codes(row[1]), codes(row[2])[0]
    compared = sim.compare(scenario(name), regimes=regimes, runs=2000)
    payoffs = [ensemble.payoffs[actor] for ensemble in compared.ensembles.values()]
    paired = payoffs[1] - payoffs[0]
    apart = math.sqrt(sum(payoff.var(ddof=1) for payoff in payoffs) / 2000)
    together = paired.std(ddof=1) / math.sqrt(2000)
    assert row[3:] == [
        f"{paired.mean():.3f}", f"{together:.4f}", f"{apart:.4f}", f"{abs(np.corrcoef(*payoffs)[0, 1]):.2f}",
        f"{(apart / together) ** 2:.1f}",
    ]  # fmt: skip
    if "no_talks" in regimes:
        assert f"in {np.mean(paired == 0):.0%} of them".replace("%", " %") in LUCK.said("What it is worth here")
    assert compared.differences[0].stats[actor].se == pytest.approx(together)


# ---------------------------------------------------------------- how an actor weighs


def likely(rationality: float, better: float) -> float:
    """How likely the better of two actions is."""
    return 1 / (1 + math.exp(-rationality * better))


def test_better_is_likelier() -> None:
    """Every cell of the table, from the formula."""
    table = rows(WEIGHING.section("Better is likelier"))
    heads = [0, 0.1, 0.3, 1]
    assert "| r | d = 0 | d = 0.1 | d = 0.3 | d = 1 |" in WEIGHING.text
    for row in table:
        assert row[1:] == [f"{100 * likely(float(row[0]), better):.1f} %" for better in heads]
    plain, discounted = 8 * 0.1, sum(0.1 * 0.95**year for year in range(8))
    said = WEIGHING.said("Better is likelier")
    assert f"undiscounted, is {plain:.1f}" in said
    assert f"probability of {100 * likely(5, plain):.1f} %" in said
    assert f"the sum is {discounted:.3f} and the probability {100 * likely(5, discounted):.1f} %" in said
    assert f"{math.exp(5 * discounted):.0f} to 1" in said
    assert all(scenario(name).parameters["rationality"].value == 5 for name in NAMES)


def test_the_other_s_answer() -> None:
    """The three levels by hand, on the page, and in what the program weighs."""
    alone = likely(5, 0.5 - 0.3)
    answer = likely(5, 1 - 0.3)
    armed = -0.3 * answer + 0.2 * (1 - answer)
    once = likely(5, armed + alone)
    twice = likely(5, armed + once)
    said = WEIGHING.said("One more step: the other's answer")
    for value in (alone, answer, armed, once, twice):
        assert f"{value:.4f}".replace("-", "−") in said
    assert f"Arming is better by {armed + alone:.4f}" in said
    assert f"{once:.5f} − {-armed:.5f} = {armed + once:.5f}" in said
    for strategy, share in (("simple", alone), ("answered", once), ("twice", twice)):
        trace = sim.trace(written(WEIGHING), play={"north": strategy})
        options = trace.run.events[1].detail["options"]
        assert {o["action"]: o["probability"] for o in options}["arm"] == pytest.approx(share, abs=1e-12)


# ---------------------------------------------------------------- reading an equilibrium


def test_the_game_on_paper() -> None:
    """Its payoffs, its three equilibria, and where standing is as good as giving way."""
    war = -8 * 0.5
    share = 2 / (2 - war - 1)
    assert share == pytest.approx(0.4)
    assert war * share + 2 * (1 - share) == pytest.approx(-share)
    said = EQUILIBRIA.said("A game with a known answer")
    assert "−8 · 0.5 = −4" in said
    assert "the same at q = 0.4. Each then gets −0.4." in said
    # The chance of a shot is estimated from 20,000 runs: 5 standard errors, rate 6e-7.
    game = sim.matrix(written(EQUILIBRIA), runs=20_000)
    assert game.payoffs[0, 0, 0] == pytest.approx(war, abs=5 * 8 * 0.5 / math.sqrt(20_000))
    assert game.payoffs[0].ravel()[1:].tolist() == [2, -1, 0]
    pure = [e for e in game.to_dict()["equilibria"] if 1 in e["profile"]["east"].values()]
    assert sorted(e["profile"]["east"]["stand"] for e in pure) == [0, 1]
    assert pytest.approx(number(EQUILIBRIA.said("When luck decides").split("now brings ")[1])) == -2.2 * 0.5


# ---------------------------------------------------------------- the INF scenarios


def test_every_mechanism_of_the_page_is_in_every_scenario() -> None:
    """All sixteen, by the names of the files, whose labels carry the number; those that other tests ask for among them."""
    table = {row[0]: codes(row[2]) for row in rows(INF.section("The mechanisms"))}
    assert list(table) == [f"M{number}" for number in range(1, 17)]
    for mechanism, paths in table.items():
        assert set(MECHANISMS[mechanism]) <= set(paths)
        for path in paths:
            for name in NAMES:
                assert re.search(rf"\b{mechanism}\b", found(name, path).label), (name, path)


def test_what_changed_between_the_eras() -> None:
    """The values in the files, and that no other parameter differs."""
    columns = ("inf-1987", "inf", "inf-2018", "post-inf")
    table = rows(INF.section("What changed between the eras"))[: sum(map(len, CHANGED.values()))]
    assert [(row[0], codes(row[1])[0]) for row in table] == [(m, key) for m in CHANGED for key in CHANGED[m]]
    for row in table:
        values = [scenario(name).parameters[codes(row[1])[0]].value for name in columns]
        assert [float(cell) for cell in row[2:]] == values
    told = {codes(row[1])[0] for row in table}
    for name in columns:
        assert {
            k for k, p in scenario(name).parameters.items() if p.value != scenario("inf").parameters[k].value
        } <= told


OTHERS = [row for row in rows(INF.section("What changed between the eras")) if len(row) == 3]


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: row[0])
def test_the_other_era_s_values(row: list[str]) -> None:
    """What the adversary gains outside, with what is put in."""
    mechanisms = [] if row[0] == "nothing" else row[0].split(", ")
    told = []
    for here, there in (("inf-2018", "inf-1987"), ("inf-1987", "inf-2018")):
        values = {key: scenario(there).parameters[key].value for each in mechanisms for key in CHANGED[each]}
        answer = sim.compare(scenario(here), runs=2000, set=values).differences[0].stats["adversary"]
        assert answer.side  # beyond luck
        told.append(f"{answer.mean:+.2f}")
    assert row[1:] == told


def test_all_combinations_of_mechanisms_are_told() -> None:
    """None, one, two and all three; and what the page makes of the signs."""
    assert [row[0] for row in OTHERS] == ["nothing", "M2", "M5", "M6", "M2, M5", "M2, M6", "M5, M6", "M2, M5, M6"]
    later, earlier = ([number(row[side]) for row in OTHERS] for side in (1, 2))
    assert [sign > 0 for sign in later] == [True, True, True, False, False, False, False, False]
    assert [sign > 0 for sign in earlier] == [False] * 4 + [True] * 4
    assert all(abs(gain) < later[0] / 2 for gain in later[1:4])


CLAIMS = rows(INF.section("The claims"))


@cache
def judged(name: str) -> dict[str, Any]:
    """The claims of a scenario with 2,000 runs, those about equilibria aside, which tests/scenarios/ judges."""
    without = "claims: {c1_open: null}" if name == "inf-1987" else "claims: {c2_open: null}"
    folder = SCENARIOS
    slim = load_text(f"scenario: {name}\nextends: {name}.yaml\n{without}\n", "slim.yaml", folder)
    judged: dict[str, Any] = sim.claims(slim, runs=2000).to_dict()["claims"]
    return judged


@pytest.mark.parametrize("row", CLAIMS, ids=lambda row: row[2])
def test_the_claims_of_the_page_hold(row: list[str]) -> None:
    """Each is a claim of the file that carries the number; its margin and its shares are those of the program and page."""
    name, claim = codes(row[2])
    here = scenario(name).claims[claim]
    assert f"({row[0]})" in here.label
    answer = judged(name)[claim]
    assert answer["verdict"] == "holds"
    assert row[3] == f"{answer['margin']['mean']:+.2f}"
    for heading, share in ((name, row[4]), (f"{name}, its era held", row[5])):
        (there,) = [line for line in rows(ROBUSTNESS.section(heading)) if codes(line[0])[-1] == claim]
        assert share == there[2]


def test_all_claims_are_told() -> None:
    """C1 to C8, in order."""
    assert list(dict.fromkeys(row[0] for row in CLAIMS)) == [f"C{number}" for number in range(1, 9)]


# ---------------------------------------------------------------- the tutorial


def test_what_the_tutorial_works_out_by_hand() -> None:
    """Boat-years, what they bring and cost, and what a launch would be worth without clashes."""
    boats = [min(year, 3) for year in range(10)]
    said = TUTORIAL.said("3. The smallest scenario (5 minutes)")
    assert f"there were {', '.join(map(str, boats[:-1]))} and {boats[-1]} boats, {sum(boats)} boat-years" in said
    assert f"{sum(boats)} · (0.3 − 0.1) = {sum(boats) * 0.2:.1f}" in said
    assert f"three launches at 0.2: {sum(boats) * 0.2 - 3 * 0.2:.1f}" in said
    assert f"{sum(boats)} · 0.4 = {sum(boats) * 0.4:.1f}" in said
    strike = 1 - math.exp(-0.05)
    clash = 0.75 * -0.5 + 0.25 * (-8 - 0.2)
    with_clash, without = -0.2 + 4 * (0.2 + strike * clash), -0.2 + 4 * 0.2
    assert f"{with_clash:.3f}, has the chance of a clash in it: without clashes it would be {without:.1f}" in (
        TUTORIAL.said("5. Add a hazard (4 minutes)")
    )
    assert sum(int(minutes) for minutes in re.findall(r"\((\d+) minutes?\)$", TUTORIAL.text, re.MULTILINE)) == 30


def test_the_tutorial_s_clashes_cost_more_than_a_third_of_the_tolls() -> None:
    """Of the numbers that its fifth step shows."""
    shown = TUTORIAL.text.split("## 5.")[1].split("## 6.")[0]
    tolls, clashes = (
        float(re.search(rf"{entry} +0\.000 +(-?[\d.]+)", shown)[1]) for entry in ("the lake", "A clash on the lake")
    )  # type: ignore[index]
    assert 1 / 3 < -clashes / tolls < 1 / 2
