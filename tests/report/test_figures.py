"""All pictures of an answer: each has a name, words with numbers, and draws what the answer and the courses say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.experiment.compare import Comparison
from sim.experiment.courses import Courses, courses_of
from sim.experiment.ensemble import Ensemble
from sim.report.charts import choices, courses, theme
from sim.report.charts.figures import Figure, figures_of
from sim.report.labels import Labels
from sim.scenario.load import load_text
from tests.report.pages import EXAMPLE, HOSTILE, armed, scenario_of

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

BARE = """\
scenario: bare
clock: {turns: 3}
actors: {a: {incentives: {gain: 1}}}
regimes: {one: {}, two: {}}
"""


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return sim.compare(load_text(EXAMPLE), runs=60)


@pytest.fixture(scope="module")
def figures(comparison: Comparison) -> dict[str, Figure]:
    found = figures_of(comparison)
    assert len({figure.name for figure in found}) == len(found)
    return {figure.name: figure for figure in found}


def values_of(spec: Any) -> list[dict[str, Any]]:
    """All rows of all data that a picture draws."""
    if isinstance(spec, list):
        return [row for each in spec for row in values_of(each)]
    if not isinstance(spec, dict):
        return []
    own = spec["values"] if isinstance(spec.get("values"), list) else []
    sets = [row for rows in spec.get("datasets", {}).values() for row in rows]
    return [row for row in own if isinstance(row, dict)] + sets + values_of(list(spec.values()))


def test_a_comparison_has_a_picture_for_each_question(figures: dict[str, Figure]) -> None:
    """Who gains, why, the state, payoffs and actions over time, what struck and when."""
    assert list(figures) == [
        "gain-nato", "gain-adversary", "why-nato", "why-adversary", "state", "payoffs-over-time", "actions-nato",
        "actions-adversary", "crises", "crises-by-turn", "one-run-treaty", "one-run-post_treaty",
    ]  # fmt: skip


def test_a_run_has_a_picture_for_each_question() -> None:
    ensemble = sim.run(load_text(EXAMPLE), runs=40, regime="post_treaty")
    assert [figure.name for figure in figures_of(ensemble)] == [
        "payoff-nato", "payoff-adversary", "ledger-nato", "ledger-adversary", "state", "payoffs-over-time",
        "actions-nato", "actions-adversary", "crises", "crises-by-turn", "one-run",
    ]  # fmt: skip


def test_every_picture_says_what_it_shows(figures: dict[str, Figure]) -> None:
    """Its description is a text with numbers; the title is drawn; nothing is fetched."""
    for figure in figures.values():
        spec = theme.specification(figure.chart)
        assert re.search(r"\d", figure.told), figure.name
        assert spec["description"] == " ".join(figure.told.split()), figure.name
        assert " ".join(spec["title"]["text"]) == figure.title
        assert figure.caption
        assert '"url"' not in json.dumps(spec, allow_nan=False)


def test_bands_are_those_of_the_courses(comparison: Comparison, figures: dict[str, Figure]) -> None:
    """Every moment of every variable that is drawn under every regime, and the first regime's line in the others."""
    drawn = values_of(theme.specification(figures["state"].chart))
    sides = list(comparison.ensembles.values())
    there = [courses_of(side.game, side.plan) for side in sides]
    row = there[0].row("tension")
    for place, one in enumerate(there):
        for moment in range(7):
            low, quarter, middle, rest, high = one.state[:, row, moment].tolist()
            spot = {
                "time": 2018 + moment,
                "middle": middle,
                "p5": low,
                "p25": quarter,
                "p50": middle,
                "p75": rest,
                "p95": high,
            }
            if place:
                spot["reference"] = float(there[0].state[2, row, moment])
            assert spot in drawn


def test_columns_of_actions_are_shares_of_runs(comparison: Comparison) -> None:
    """One column a turn; together they and those that pass make up all runs."""
    followed = {name: courses_of(side.game, side.plan) for name, side in comparison.ensembles.items()}
    labels = Labels(next(iter(comparison.ensembles.values())).game.scenario)
    found, never = choices.chosen_of(followed, "nato", labels)
    assert [each.label for each in found] == ["Keep to the treaty", "Build defences"]
    assert never == ["notify"]
    for place in (0, 1):
        whole = sum(each.shares[place] for each in found)
        assert np.allclose(whole[~np.isnan(whole)], 1.0)


def test_words_tell_where_a_line_goes() -> None:
    """Its ends, and what lies beyond both in between."""
    lines = [[1.0, 1.0], [0.0, 5.0, 2.0], [3.0, -1.0, 4.0], [0.0, 2.0]]
    told = [courses._way(np.array(line), lambda value: f"{value:g}") for line in lines]
    assert told == ["always 1", "from 0 to 2, in between up to 5", "from 3 to 4, in between down to -1", "from 0 to 2"]


def test_many_turns_share_columns() -> None:
    """No more than 120 columns; each the mean of its turns, none where nothing was played any more."""
    shares = np.array([*np.linspace(0.0, 1.0, 250), *[np.nan] * 250])
    columns = choices.grouped(shares, 500)
    assert len(columns) <= 120
    assert columns[0] == (0, 4, pytest.approx(shares[:5].mean()))
    assert columns[-1][1] == 249
    assert len(choices.grouped(shares, 100)) == 100
    assert choices.grouped(np.array([0.5, np.nan]), 2) == [(0, 0, 0.5)]


def test_what_stays_as_it_is_is_not_drawn(comparison: Comparison) -> None:
    """A variable that is the same at every moment under every regime is counted instead."""
    followed = {name: courses_of(side.game, side.plan) for name, side in comparison.ensembles.items()}
    labels = Labels(next(iter(comparison.ensembles.values())).game.scenario)
    found, still = courses.states_of(followed, labels)
    moving = {each.label for each in found}
    assert moving == {"Ground-launched brigades", "missiles known", "defence", "tension", "The adversary's type"} - (
        set() if "The adversary's type" in moving else {"The adversary's type"}
    )
    assert len(found) + still == 6


def test_many_regimes_stand_in_several_pictures() -> None:
    """Three beside each other, the first of all in each."""
    scenario = load_text(EXAMPLE.split("claims:")[0].replace("regimes:\n", "regimes:\n  a: {}\n  b: {}\n  c: {}\n"))
    found = figures_of(sim.compare(scenario, regimes=["a", "b", "c", "treaty"], runs=5))
    names = [figure.name for figure in found]
    assert "gains-nato" in names
    assert "why-nato-treaty" in names
    assert [name for name in names if name.startswith("state")] == ["state", "state-2"]
    assert [name for name in names if name.startswith("actions-nato")] == ["actions-nato", "actions-nato-2"]


@pytest.mark.parametrize("kind", ["bare", "hostile", "one run"])
def test_odd_answers_have_pictures(kind: str, tmp_path: Path) -> None:
    """Nothing to do and nothing that changes; labels that are too long or end things; a single run."""
    text = {"bare": BARE, "hostile": HOSTILE, "one run": EXAMPLE}[kind]
    scenario = armed(scenario_of(text, tmp_path))
    for answer in (sim.run(scenario, runs=1 if kind == "one run" else 9), sim.compare(scenario, runs=1)):
        for figure in figures_of(answer):
            spec = theme.specification(figure.chart)
            assert figure.title
            assert "\x1b" not in json.dumps(spec, ensure_ascii=False)
            if kind == "hostile" and figure.name in ("state", "actions-a", "crises", "why-a"):
                theme._content(spec, ".svg")


def test_other_answers_have_the_picture_of_their_chart() -> None:
    (figure,) = figures_of(sim.claims(load_text(EXAMPLE), runs=40))
    assert figure.name == "claims"
    assert figure.told == sim.claims(load_text(EXAMPLE), runs=40).chart().to_dict()["description"]


def test_charts_are_the_pictures_by_name(comparison: Comparison, figures: dict[str, Figure]) -> None:
    """As Python and notebooks ask for them."""
    found = comparison.charts()
    assert list(found) == list(figures)
    assert found["why-nato"].to_dict()["title"] == figures["why-nato"].chart.to_dict()["title"]


def test_the_words_of_a_picture_have_its_numbers(comparison: Comparison, figures: dict[str, Figure]) -> None:
    """The end of a band is told, and what struck, times a run."""
    last = list(comparison.ensembles.values())[-1]
    course: Courses = courses_of(last.game, last.plan)
    low, high = (float(course.state[band, course.row("tension"), -1]) for band in (0, -1))
    assert f"(90 % of runs between {low:.3g} and {high:.3g})" in figures["state"].told
    ensemble: Ensemble = last
    assert f"{ensemble.stats['count.crisis'].mean:.2f}"[:3] in figures["crises"].told
