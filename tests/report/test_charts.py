"""Pictures of runs, comparisons, single runs and claims: what they draw is what the answers say, however many runs."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import sim
from sim.experiment.claims import ClaimResult, Claims
from sim.experiment.compare import Comparison
from sim.experiment.ensemble import Ensemble, Plan
from sim.experiment.summary import Stat
from sim.report.charts import claims as claimed
from sim.report.charts import spread, theme, trace
from sim.report.charts.letters import folded, pixels
from sim.report.charts.rows import WIDTH
from sim.report.labels import Labels
from sim.scenario.schema import Scenario
from tests.report.pages import EXAMPLE, HOSTILE, SHIPPED, armed, ensemble_of, scenario_of

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

NEARLY = 1e-9
"""What rounding may leave of a sum of parts less the whole."""

SMALL = """\
scenario: small
clock: {turns: 3}
actors:
  a:
    incentives: {gain: 1, loss: -1}
    actions: {go: {}, stay: {}}
    strategies: {s: go}
regimes: {one: {}, two: {}}
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """The scenario that pages are tested with: two actors, weighing, hazards, a long label or two."""
    return scenario_of(EXAMPLE, tmp_path_factory.mktemp("example"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """A scenario whose labels are too long, in wide letters, or full of signs that end things."""
    return armed(scenario_of(HOSTILE, tmp_path_factory.mktemp("hostile")))


@pytest.fixture(scope="module")
def comparison(example: Scenario) -> Comparison:
    """Both regimes, with what each actor would do."""
    return sim.compare(example, runs=300)


@pytest.fixture(scope="module")
def compared(comparison: Comparison) -> dict[str, Any]:
    """The specification of its picture."""
    return spec_of(comparison.chart())


@pytest.fixture(scope="module")
def ensemble(example: Scenario) -> Ensemble:
    """One regime."""
    return sim.run(example, runs=200, regime="post_treaty")


@pytest.fixture(scope="module")
def played(ensemble: Ensemble) -> dict[str, Any]:
    """The specification of its picture."""
    return spec_of(ensemble.chart())


def spec_of(chart: Any) -> dict[str, Any]:
    """A picture's specification; it may be written as JSON, has nothing to fetch, and says what it shows."""
    spec = theme.specification(chart)
    assert '"url"' not in json.dumps(spec, allow_nan=False)
    assert len(spec["description"]) > 20
    return spec


def panels(spec: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]], dict[str, Any]]]:
    """The parts of a picture: the title of each, the data it reads, and the part itself."""
    for part in spec["vconcat"]:
        data = part["data"]
        yield (
            " ".join(part.get("title", {}).get("text", [])),
            spec["datasets"][data["name"]] if "name" in data else data["values"],
            part,
        )


def titled(spec: dict[str, Any], words: str) -> list[dict[str, Any]]:
    """The data of the one part whose title has these words."""
    (found,) = [data for title, data, _ in panels(spec) if words in title]
    return found


def label(row: dict[str, Any]) -> str:
    return " ".join(row["label"])


# --- Who gains, and why ----------------------------------------------------------------------------------------------


def test_a_waterfall_leads_from_one_payoff_to_the_other(comparison: Comparison, compared: dict[str, Any]) -> None:
    """Each step begins where the one before ends, the first and last are the payoffs, and intervals are the answer's."""
    spec, (difference,) = compared, comparison.differences
    labels = Labels(difference.left.game.scenario)
    for actor, who in (("nato", "NATO"), ("adversary", "the adversary")):
        first, *steps, last = titled(spec, f'Why, for {who}: from "Treaty-compliant" to "Post-treaty"')
        assert (label(first), label(last)) == ('Under "Treaty-compliant"', 'Under "Post-treaty"')
        assert first["end"] == difference.right.stats[actor].mean
        assert last["end"] == difference.left.stats[actor].mean
        at = first["end"]
        for step in steps:
            assert step["start"] == at
            at = step["end"]
        assert at == pytest.approx(last["end"], abs=NEARLY)
        changes = {labels.entry(actor, entry): stat for entry, stat in difference.reasons(actor)}
        for step in steps:
            stat = changes[label(step)]
            assert step["end"] - step["start"] == pytest.approx(stat.mean, abs=NEARLY)
            assert [step[end] - step["start"] for end in ("low", "high")] == pytest.approx([stat.low, stat.high])
            assert step["look"] == ("gain" if stat.mean > 0 else "loss")
            assert step["says"].startswith("+" if stat.mean > 0 else "-")


def test_small_entries_are_folded_and_still_add_up() -> None:
    """The adversary of 2018 has more entries that differ than stand alone: the rest is one step."""
    compared = sim.compare(sim.load(SHIPPED["inf-2018"]), runs=40)
    spec, (difference,) = spec_of(compared.chart()), compared.differences
    first, *steps, last = titled(spec, "Why, for the adversary")
    assert len(steps) == 8
    assert label(steps[-1]).startswith("Others (")
    assert sum(step["end"] - step["start"] for step in steps) == pytest.approx(last["end"] - first["end"], abs=NEARLY)
    assert difference.stats["adversary"].mean == pytest.approx(last["end"] - first["end"], abs=NEARLY)


def test_every_run_is_in_a_bin(comparison: Comparison, compared: dict[str, Any]) -> None:
    """The counts add up to the runs, bin by bin those of the differences, and the mean has the answer's interval."""
    spec, (difference,) = compared, comparison.differences
    for actor, who in (("nato", "NATO "), ("adversary", "The adversary ")):
        (found,) = [each for each in panels(spec) if each[0].startswith(who) and 'from "Post-treaty"' in each[0]]
        _, bins, part = found
        assert sum(row["runs"] for row in bins) == 300
        apart = difference.left.payoffs[actor] - difference.right.payoffs[actor]
        inner = [row for row in bins if not row["rest"]]
        for row in inner[:-1]:
            assert row["runs"] == ((apart >= row["from"]) & (apart < row["to"])).sum()
        assert sum(row["share"] for row in bins) == pytest.approx(1.0)
        means = [layer["data"] for layer in part["layer"] if "data" in layer]
        stat = difference.stats[actor]
        values = means[0].get("values") or spec["datasets"][means[0]["name"]]
        assert values == [{"mean": stat.mean, "low": stat.low, "high": stat.high, "zero": 0}]


def test_of_several_regimes_each_is_set_against_the_first(example: Scenario, tmp_path: Path) -> None:
    """A part that sets them side by side for each actor, then a part each."""
    more = EXAMPLE.replace("claims:", "  third: {label: A third, parameters: {commitment: 1}}\nclaims:")
    compared = sim.compare(scenario_of(more, tmp_path), runs=30, regimes=["treaty", "post_treaty", "third"])
    spec = spec_of(compared.chart())
    beside = titled(spec, "Who gains: the adversary")
    assert [label(row) for row in beside] == ["Post-treaty", "A third"]
    for row, difference in zip(beside, compared.differences, strict=True):
        stat = difference.stats["adversary"]
        assert (row["end"], row["low"], row["high"]) == (stat.mean, stat.low, stat.high)
    assert sum(title.startswith("Why, for") for title, _, _ in panels(spec)) == 4
    assert len(spec["vconcat"]) == 2 + 2 * 4


def test_nothing_that_differs_and_one_run_alone(example: Scenario) -> None:
    """Words instead of intervals; the picture stands."""
    alone = spec_of(sim.compare(example, runs=1).chart())
    assert any("in this one run" in title for title, _, _ in panels(alone))
    same = spec_of(twice(example).chart())
    assert any("gains and loses nothing" in title for title, _, _ in panels(same))
    (only,) = [data for title, data, _ in panels(same) if title.startswith("NATO")]
    assert [row["runs"] for row in only] == [5]


def twice(scenario: Scenario) -> Comparison:
    """A regime compared with itself."""
    ensemble = sim.run(scenario, runs=5)
    return Comparison({"treaty": ensemble, "again": ensemble}, ensemble.plan)


# --- Spreads ---------------------------------------------------------------------------------------------------------


def about(values: np.ndarray) -> Stat:
    mean, error = float(values.mean()), float(values.std() / math.sqrt(len(values)))
    return Stat(mean, error, mean - 2 * error, mean + 2 * error)


@pytest.mark.parametrize(
    "values",
    [
        np.linspace(-1, 1, 500),
        np.concatenate([np.linspace(0, 1, 999), [-1e6]]),
        np.concatenate([np.zeros(990), np.full(10, -25.0)]),
        np.full(7, 3.25),
        np.array([5.0, 5.0 + 1e-14]),
        np.array([-1e150, 1e150, 3.0]),
        np.array([0.0, 5e-324]),
        1e6 + np.linspace(0, 1, 100),
    ],
    ids=["even", "far", "seldom", "same", "rounding", "huge", "tiny", "away"],
)
def test_a_spread_counts_every_run_once(values: np.ndarray) -> None:
    """Whatever the numbers; the bins are few, rise, and hold the interval of the mean."""
    runs = len(values)
    found = spread.spread_of(
        lambda: iter([values[: runs // 2 + 1], values[runs // 2 + 1 :]] if runs > 2 else [values]), about(values)
    )
    assert found.runs == runs
    assert (found.least, found.most) == (values.min(), values.max())
    assert (found.negative, found.positive) == ((values < 0).sum(), (values > 0).sum())
    assert 1 <= len(found.counts) <= 110
    assert all(one < other for one, other in zip(found.edges, found.edges[1:], strict=False))
    spec = spec_of(
        theme.themed(spread.panel(found, about(values), None, "x"), "t", alternative="A spread of runs, in bins.")
    )
    assert spec["layer"]


def test_a_thin_tail_is_an_arrow_and_said() -> None:
    """One run a million away does not squeeze the others; where it lies is told."""
    values = np.concatenate([np.linspace(0, 1, 999), [-1e6]])
    found = spread.spread_of(lambda: iter([values]), Stat(0.5, 0.01, 0.48, 0.52))
    assert (found.under, found.over) == (1, 0)
    assert sum(count > 0 for count in found.counts) > 30
    assert spread.rest_in_words(found) == "Arrow: 0.1 % of runs lie further left, down to -1,000,000."
    assert [row["runs"] for row in spread.bins_of(found) if row["rest"]] == [1]


def test_ties_are_on_neither_side_of_zero() -> None:
    """Runs in which nothing differs stand in a bin around zero."""
    values = np.concatenate([np.zeros(50), np.linspace(-1, 1, 50)])
    found = spread.spread_of(lambda: iter([values]), about(values))
    place = int(np.argmax(found.counts))
    assert found.edges[place] == -found.edges[place + 1]


def test_a_picture_is_as_small_with_100_000_runs(tmp_path: Path) -> None:
    """As with a few hundred, but for longer counts."""
    scenario = scenario_of(SMALL, tmp_path)
    sizes = []
    for runs in (300, 100_000):
        steps = np.arange(runs) / runs
        sides = {
            name: ensemble_of(
                scenario, {"a": steps * scale, "a.gain": steps * scale * 2, "a.loss": -steps * scale}, name
            )
            for name, scale in (("one", 1.0), ("two", 3.0))
        }
        charts = sides["one"].chart(), Comparison(sides, Plan(runs, 1)).chart()
        sizes.append([len(json.dumps(spec_of(chart))) for chart in charts])
    for few, many in zip(*sizes, strict=True):
        assert many < 1.05 * few
        assert many < 60_000


# --- One regime ------------------------------------------------------------------------------------------------------


def test_a_ledger_adds_up_to_the_payoff(example: Scenario, ensemble: Ensemble, played: dict[str, Any]) -> None:
    """Bars are means, largest first, with the answer's intervals; what is zero in every run has none."""
    spec, labels = played, Labels(example)
    *bars, total = titled(spec, "Where the payoff of NATO comes from")
    assert sum(bar["end"] for bar in bars) == pytest.approx(total["end"], abs=NEARLY)
    assert (total["end"], total["look"]) == (ensemble.stats["nato"].mean, "total")
    stats = {labels.entry("nato", entry): ensemble.stats[f"nato.{entry}"] for entry in ensemble.entries("nato")}
    for bar in bars:
        stat = stats.pop(label(bar))
        assert (bar["start"], bar["end"], bar["low"], bar["high"]) == (0.0, stat.mean, stat.low, stat.high)
    assert not any(stat.mean or stat.se for stat in stats.values())
    assert [abs(bar["end"]) for bar in bars] == sorted((abs(bar["end"]) for bar in bars), reverse=True)


def test_actions_and_events_are_counted(example: Scenario, ensemble: Ensemble, played: dict[str, Any]) -> None:
    """Times a run: as in the answer, largest first, and with what was never done said."""
    labels, stats = Labels(example), ensemble.stats
    for actor, title in (("nato", "What NATO did"), ("adversary", "What the adversary did")):
        counts = {labels.action(actor, each.name): stats[f"actions.{actor}.{each.name}"].mean
                  for each in ensemble.game.actor(actor).actions}  # fmt: skip
        drawn = {label(row): row["end"] for row in titled(played, title)}
        assert drawn == {name: mean for name, mean in counts.items() if mean}
        assert list(drawn.values()) == sorted(drawn.values(), reverse=True)
        (part,) = [part for found, _, part in panels(played) if found == title]
        never = len(counts) - len(drawn)
        said = " ".join(part["title"].get("subtitle", []))
        assert said == (f"Never chosen: {never} action{'s' * (never > 1)}." if never else "")
    struck = {label(row): row for row in titled(played, "What struck")}
    crisis = stats["count.crisis.settled"]
    assert [struck["Crisis: Settlement"][end] for end in ("end", "low", "high")] == [
        crisis.mean,
        crisis.low,
        crisis.high,
    ]
    assert struck["detection"]["end"] == stats["count.detection"].mean


def test_many_entries_are_folded_with_an_interval_of_their_sum(tmp_path: Path) -> None:
    """Of 15 entries 11 stand alone; the interval of the rest is that of the sum, run by run."""
    names = [f"i{place}" for place in range(14)]
    incentives = ", ".join(f"{name}: 1" for name in names)
    text = f"scenario: many\nclock: {{turns: 1}}\nactors: {{a: {{incentives: {{{incentives}}}}}}}\n"
    rng = np.random.Generator(np.random.Philox(7))
    parts = {f"a.{name}": rng.normal(20.0 - place, 1.0, 50) for place, name in enumerate(names)}
    ensemble = ensemble_of(scenario_of(text, tmp_path), {**parts, "a": sum(parts.values())})
    *bars, total = titled(spec_of(ensemble.chart()), "Where the payoff of a comes from")
    assert (len(bars), label(bars[-1])) == (12, "Everything else (3)")
    rest = sum(parts[f"a.{name}"] for name in names[11:])
    assert bars[-1]["end"] == pytest.approx(rest.mean())
    assert bars[-1]["high"] - bars[-1]["low"] == pytest.approx(
        2 * 2.0095752 * rest.std(ddof=1) / math.sqrt(50), rel=1e-6
    )
    assert sum(bar["end"] for bar in bars) == pytest.approx(total["end"], abs=NEARLY)


# --- One run ---------------------------------------------------------------------------------------------------------


def timeline(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The data of the marks of a timeline."""
    (marks,) = [layer for layer in spec["vconcat"][0]["layer"] if layer["mark"]["type"] == "point"]
    values: list[dict[str, Any]] = (
        marks["data"]["values"] if "values" in marks["data"] else spec["datasets"][marks["data"]["name"]]
    )
    return values


def test_every_event_has_a_mark() -> None:
    """Decisions, failures, effects and strikes are as many and as when the run had them."""
    traced = sim.trace(sim.load(SHIPPED["inf-2018"]), regime="own_choice")
    events = traced.run.events
    marks = timeline(spec_of(traced.chart()))
    for kind, drawn in (("decision", ("decides", "fails")), ("delivery", ("takes effect",)), ("hazard", ("strikes",))):
        assert sorted(mark["time"] for mark in marks if mark["kind"] in drawn) == pytest.approx(
            sorted(2018 + event.time for event in events if event.kind == kind)
        )
    failed = [event for event in events if event.detail.get("succeeds") is False]
    assert sum(mark["kind"] == "fails" for mark in marks) == len(failed)
    lanes = trace.lanes_of(traced, Labels(traced.game.scenario))
    assert [lane.label for lane in lanes if not lane.marks] == ["NATO", "The adversary", "What struck"]
    waits = [(start, due) for lane in lanes for start, due in lane.waits]
    assert all(start < due <= events[-1].time for start, due in waits)


@pytest.mark.parametrize("run", range(4))
def test_the_state_ends_as_the_run_says(run: int, example: Scenario) -> None:
    """Each variable goes from its first to its last value through every change that is told."""
    traced = sim.trace(example, regime="post_treaty", run=run)
    lines = trace.states_of(traced.run.events)
    first, last = traced.run.events[0].detail["state"], traced.run.events[-1].detail["state"]
    assert {name for name in last if last[name] != first[name]} <= set(lines)
    for name, line in lines.items():
        assert (line[0], line[-1]) == ((0.0, first[name]), (traced.run.events[-1].time, last[name]))
        times = [time for time, _ in line]
        assert times == sorted(times)
    assert len(spec_of(traced.chart())["vconcat"]) == 1 + len(lines)


def test_a_run_that_ends_early_says_so(example: Scenario) -> None:
    """A rule where it ends."""
    early = next(
        traced
        for traced in (sim.trace(example, regime="post_treaty", run=run) for run in range(200))
        if traced.run.events[-1].detail["early"]
    )
    spec = spec_of(early.chart())
    assert "ended early" in json.dumps(spec["vconcat"][0])
    assert "ended early" in spec["description"]


def test_a_long_run_has_a_small_picture(tmp_path: Path) -> None:
    """1,500 turns of two actions and a variable that goes up and down."""
    text = (
        "scenario: long\nclock: {turns: 1500}\nstate: {x: {initial: 0, drift: '1 - 2 * x'}}\n"
        "actors: {a: {incentives: {i: x}, actions: {go: {}, stay: {}}, strategies: {s: [{do: {go: 1, stay: 1}}]}}}\n"
    )
    spec = spec_of(sim.trace(scenario_of(text, tmp_path)).chart())
    assert len(timeline(spec)) <= 2 * (WIDTH + 1)
    assert len(json.dumps(spec)) < 300_000


# --- Claims ----------------------------------------------------------------------------------------------------------


def result(name: str, verdict: Any, *margin: float | None, **more: Any) -> ClaimResult:
    return ClaimResult(name, f"It says {name}.", "x > 0", verdict, Stat(*margin), **more)  # type: ignore[arg-type]


def test_margins_stand_on_their_own_scales(example: Scenario) -> None:
    """Numbers are the answer's; places are shares of the farthest from zero; verdicts are words and shapes."""
    made = Claims(
        (
            result("sure", "holds", 2.0, 0.5, 1.0, 3.0),
            result("wrong", "fails", -4e6, 1e5, -5e6, -3e6),
            result("open", "undecided", 0.0, 1.0, -2.0, 2.0),
            result("unknown", "undecided", math.nan, None, None, None),
            result("exact", "holds", 0.25, None, 0.25, 0.25, about_equilibria=True),
        ),
        {}, Plan(100, 1), None, example,
    )  # fmt: skip
    rows, _ = claimed.rows_of(made)
    assert [(row["at"], row["from"], row["to"]) for row in rows] == [
        (2 / 3, 1 / 3, 1.0), (-0.8, -1.0, -0.6), (0.0, -1.0, 1.0), (None, None, None), (1.0, 1.0, 1.0),
    ]  # fmt: skip
    for row, each in zip(rows, made.results, strict=True):
        assert (row["low"], row["high"], row["verdict"]) == (each.margin.low, each.margin.high, each.verdict)
        assert row["told"].startswith(each.verdict)
    assert rows[3]["told"] == "undecided: margin not known"
    assert rows[4]["told"] == "holds: +0.25 in every resample"
    spec = spec_of(made.chart())
    told = spec["description"]
    assert "sure holds: +2.00 (1.00 to 3.00)." in told
    assert "wrong fails:" in told
    (points,) = [layer for layer in spec["layer"] if layer["mark"]["type"] == "point"]
    shapes = points["encoding"]["shape"]["scale"]
    assert len(set(shapes["range"])) == len(shapes["domain"]) == 3


def test_claims_as_judged_and_none(example: Scenario, tmp_path: Path) -> None:
    """Of a real scenario the margins are those of the answer; a scenario without claims says so."""
    judged = sim.claims(example, runs=60)
    rows, _ = claimed.rows_of(judged)
    assert [(row["claim"], row["mean"], row["low"], row["high"]) for row in rows] == [
        (each.name, each.margin.mean, each.margin.low, each.margin.high) for each in judged.results
    ]
    assert label(rows[0]) == "Nothing to gain"
    assert "no claims" in spec_of(sim.claims(scenario_of(SMALL, tmp_path), runs=2).chart())["description"]


def test_robust_claims_have_the_picture_of_the_ranges(example: Scenario) -> None:
    """Shares instead of margins."""
    spec = spec_of(sim.claims(example, runs=20, robust=16, robust_runs=2).chart())
    assert "survive the ranges" in " ".join(spec["title"]["text"])


# --- All of them -----------------------------------------------------------------------------------------------------

ASKED = {
    "run": lambda scenario: sim.run(scenario, runs=20),
    "compare": lambda scenario: sim.compare(scenario, runs=20),
    "trace": sim.trace,
    "claims": lambda scenario: sim.claims(scenario, runs=20),
}


@pytest.mark.parametrize("question", ["compare", "trace"])
def test_a_picture_is_written_as_every_kind_of_file(question: str, example: Scenario, tmp_path: Path) -> None:
    """Each readable, with its text for those who cannot see it, and no wider than a page."""
    chart = ASKED[question](example).chart()
    told = spec_of(chart)["description"]
    png, svg, page, spec = (theme.save(chart, tmp_path / f"one{suffix}").read_bytes() for suffix in theme.SUFFIXES)
    width, height = struct.unpack(">II", png[16:24])
    assert (png[:4], png[-8:-4]) == (b"\x89PNG", b"IEND")
    assert 1280 <= width <= 1600
    assert height > 300
    root = ET.fromstring(svg)
    assert root.get("aria-label") == told
    assert float(root.get("width", "0")) <= 800
    assert b"<figcaption" in page
    assert json.loads(spec)["description"] == told


@pytest.mark.parametrize("question", ASKED)
def test_no_label_is_too_long(question: str, hostile: Scenario, tmp_path: Path) -> None:
    """Labels of one endless word, of wide letters and of a hundred words stay within a picture of usual width."""
    picture = theme.save(ASKED[question](hostile).chart(), tmp_path / "one.svg").read_text(encoding="utf-8")
    assert float(ET.fromstring(picture).get("width", "0")) <= 800
    assert "…" not in picture
    assert "\x1b" not in picture


def test_words_are_folded_by_their_width() -> None:
    """Lines are no wider than they may be, and nothing is lost; wide letters take more room."""
    for text in ("a few words in a row " * 9, "x" * 300, "日本語" * 40, "Wide MMM WWW and iiii llll " * 5, ""):
        lines = folded(text, 300)
        assert all(pixels(line) <= 300 for line in lines)
        assert "".join("".join(lines).split()) == "".join(text.split())
    assert pixels("日本") > pixels("ab")
    assert folded("one two", 1000) == ["one two"]
