"""What a person reads, and sees, of a sensitivity."""

import io

import pytest
from rich.console import Console

from sim.experiment.plan import Plan
from sim.experiment.sensitivity import Sensitivity, play_study, studied
from sim.report.sensitivity import show_sensitivity, shown
from sim.scenario.load import load_text
from tests.experiment.swept import LINEAR

FEW = Plan(runs=4, seed=3)
KNOWN = load_text(LINEAR)


def page(answer: Sensitivity, width: int = 80) -> str:
    """An answer as it is printed on a page so wide."""
    out = io.StringIO()
    show_sensitivity(answer, Console(file=out, width=width, color_system=None, legacy_windows=False))
    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= width
    return text


@pytest.fixture(scope="module")
def answer() -> Sensitivity:
    """What drives both payoffs under the regime first: 3 strong - weak and noise, and strong alone."""
    return play_study(studied(KNOWN, regimes=["first"], plan=FEW, points=64, repeats=2))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_parameters_are_ranked_with_bars(answer: Sensitivity, width: int) -> None:
    """The strongest first with the longest bar, each with the way it works; what does nothing is not shown; a narrow page has no bars."""
    text = page(answer, width)
    first = text[text.index("Payoff of One side") : text.index("Payoff of two")]
    assert first.index("+ A strong one") < first.index("- A weak one")
    bars = {name: next(row for row in first.splitlines() if name in row).count("█") for name in ("strong", "weak")}
    assert bars == ({"strong": 10, "weak": 1} if width > 60 else dict.fromkeys(bars, 0))
    assert "idle" not in first
    assert "1 parameter that matters less is not shown; --json has all." in " ".join(first.split())


def test_it_is_said_in_words(answer: Sensitivity) -> None:
    """What drives each result, how far other luck moves it, and how much of one run is luck."""
    text = " ".join(page(answer).split())
    assert 'Payoff of One side is driven most by "A strong one".' in text
    assert 'With other luck the column "in all" stays the same.' in text
    assert "% is luck" in text
    assert "Not varied, since the regimes say what they are: own." in text


def test_a_level_result_is_said_to_be_level() -> None:
    """With the reason why there are no indices."""
    text = LINEAR.replace("second: {parameters: {own: 0.75, strong: 0.5}}", "second: {parameters: {own: 0.25}}")
    told = " ".join(page(play_study(studied(load_text(text), plan=FEW, points=16, repeats=1))).split())
    assert told.count("It does not vary: 0 at every point of the ranges.") == 2
    assert "depends on none of these parameters" in told


def test_the_picture_ranks_them_too(answer: Sensitivity) -> None:
    """A bar for each index, an interval on each, in the order of the table."""
    pytest.importorskip("altair")
    from sim.report.charts.sensitivity import chart_of
    from sim.report.charts.theme import specification

    spec = specification(chart_of(answer))
    datasets = [spec["datasets"][name] if (name := layer["data"].get("name")) else layer["data"]["values"]
                for layer in spec["vconcat"][0]["layer"]]  # fmt: skip
    bars, labels = datasets[0], datasets[-1]
    assert [" ".join(row["parameter"]) for row in labels] == ["A strong one", "A weak one"]
    drivers = shown(answer, answer.results[0])
    expected = [max(driver.measures[name].value, 0.0) for driver in drivers for name in answer.asked.method.measures]
    assert [row["value"] for row in bars] == expected
    assert all(row["low"] <= row["value"] <= row["high"] for row in bars)
    assert "driven most by" in spec["description"]
    flat = load_text(
        LINEAR.replace("second: {parameters: {own: 0.75, strong: 0.5}}", "second: {parameters: {own: 0.25}}")
    )
    level = specification(chart_of(play_study(studied(flat, plan=FEW, points=16, repeats=1))))
    assert [panel["mark"]["type"] for panel in level["vconcat"]] == ["text", "text"]
