"""What a person reads, and sees, of a sweep."""

import csv
import io
from dataclasses import replace

import pytest
from rich.console import Console

from sim.experiment.plan import Plan
from sim.experiment.sweep import Sweep, play_sweep, swept
from sim.report.sweep import show_sweep
from sim.report.sweep_map import areas_of
from sim.report.sweep_rows import csv_of
from sim.scenario.load import load_text
from tests.experiment.swept import LINE, PLANE

PLAN = Plan(runs=200, seed=5)
KNOWN = load_text(LINE)


def page(sweep: Sweep, width: int = 80) -> str:
    """A sweep as it is printed on a page so wide."""
    out = io.StringIO()
    show_sweep(sweep, Console(file=out, width=width, color_system=None, legacy_windows=False))
    return out.getvalue()


def line(**more: object) -> Sweep:
    """Burden from 0 to 1 in five values."""
    return play_sweep(swept(KNOWN, {"burden": (0.0, 1.0, 5)}, plan=PLAN, **more))  # type: ignore[arg-type]


def plane(count: int = 11) -> Sweep:
    """Gain and cost, each from 0 to 1."""
    spans = {"gain": (0.0, 1.0, count), "cost": (0.0, 1.0, count)}
    return play_sweep(swept(load_text(PLANE), spans, plan=PLAN))


def test_a_line_has_a_row_a_point_and_says_where_preferences_change() -> None:
    """Five rows for each actor, within 80 cells; North's differences, and the burden at which they are none."""
    text = page(line())
    assert max(map(len, text.splitlines())) <= 80
    rows = [row.split() for row in text.splitlines() if row.strip()[:1].isdigit() and "every run" in row]
    assert [(row[0], row[1], row[4]) for row in rows] == [
        ("1", "0", "+0.500"), ("2", "0.25", "0.000"), ("3", "0.5", "-0.500"), ("4", "0.75", "-1.000"), ("5", "1", "-1.500"),
    ]  # fmt: skip
    assert 'North prefers "No treaty" up to about 0.25 and "The treaty" from about 0.25 on' in " ".join(text.split())
    assert 'South prefers "No treaty" throughout.' in text


def test_one_regime_has_payoffs_with_intervals() -> None:
    """And no difference, and nothing to prefer."""
    text = page(line(regimes=["treaty"]))
    assert "difference" not in text
    assert "95 % interval" in text
    assert "prefers" not in text
    assert "North: the payoff is" in text


def test_many_regimes_fit_a_narrow_page() -> None:
    """In groups beside the values; the best of each point is marked."""
    more = "".join(f"  r{place}: {{parameters: {{stake: 0.{place}}}}}\n" for place in range(1, 10))
    many = load_text(LINE + more)
    text = page(play_sweep(swept(many, {"burden": (0.0, 1.0, 3)}, regimes=list(many.regimes), plan=PLAN)), 60)
    assert max(map(len, text.splitlines())) <= 60
    north = text[text.index("Payoff of North") : text.index("Payoff of South")]
    assert north.count("*") == 1 + 3


def test_regimes_that_are_the_same_are_told_as_that() -> None:
    """All of them, or some: what is the same in every run is not a matter of luck."""
    twins = load_text(LINE + "  twin: {label: Twin, plays: {north: keep}, parameters: {fixed: 1}}\n")
    over = {"burden": (0.0, 1.0, 3)}
    said = page(play_sweep(swept(twins, over, regimes=["treaty", "twin"], plan=PLAN)))
    assert 'To North it is all the same: "The treaty" and "Twin" bring the same in every run.' in " ".join(said.split())
    said = page(play_sweep(swept(twins, over, regimes=["treaty", "open", "twin"], plan=PLAN)))
    assert 'To North "The treaty" and "Twin" are the same everywhere.' in " ".join(said.split())
    assert said[said.index("Payoff of North") : said.index("Payoff of South")].count("*") == 1 + 3


def test_what_is_swept_in_place_of_a_regimes_own_value_is_told() -> None:
    """Under its label, with the value that gives way."""
    said = page(play_sweep(swept(KNOWN, {"stake": (0.0, 1.0, 3)}, plan=PLAN)))
    assert 'The values swept replace those of "No treaty" itself: stake (0.75).' in said


def test_a_map_shows_who_prefers_what_and_where_that_changes() -> None:
    """A letter a point, from the bottom left: NATO stays above cost = gain + 0.1, the adversary above the other line."""
    sweep = plane()
    text = page(sweep)
    assert max(map(len, text.splitlines())) <= 80
    shift = float(sweep.payoffs("adversary", "open")[0]) - 0.875
    areas = {area.wishes: area.letter for area in areas_of(sweep).values()}
    rows = [text_row for text_row in text.splitlines() if text_row.strip()[:1].isdigit() and "prefer" not in text_row]
    body = {}
    for row in rows:
        number, up, cells = row.split(maxsplit=2)
        if number.isdigit() and len(cells) == 21:
            body[round(float(up) * 10)] = cells
    assert sorted(body) == list(range(11))
    for y, cells in body.items():
        for x in range(11):
            gain, cost = x / 10, y / 10
            nato = "open" if gain - cost + 0.1 > 1e-9 else "treaty"
            adversary = "open" if 0.875 + shift - gain - cost > 0 else "treaty"
            assert cells[2 * x].upper() == areas[nato, adversary]
            if x < 10:
                assert (cells[2 * x + 1] == "│") == (cells[2 * x].upper() != cells[2 * x + 2].upper())


def test_a_wide_map_leaves_columns_out() -> None:
    """And says so, rather than run over the page."""
    text = page(plane(45))
    assert max(map(len, text.splitlines())) <= 80
    assert "(every 2. value of gain is shown)" in text


def test_drawn_points_are_a_sample_of_the_table() -> None:
    """Twenty rows, and how many there are besides."""
    spans = {"burden": (0.0, 1.0, None), "stake": (0.0, 1.0, None), "fixed": (0.0, 1.0, None)}
    text = page(play_sweep(swept(KNOWN, spans, draws=30, plan=PLAN)))
    assert max(map(len, text.splitlines())) <= 80
    assert "10 more points not shown" in text


def test_csv_has_every_number_in_full() -> None:
    """One row a point; the numbers read back are those of the sweep, to the last bit."""
    sweep = line()
    rows = list(csv.DictReader(io.StringIO(csv_of(sweep).decode())))
    assert [row["point"] for row in rows] == ["1", "2", "3", "4", "5"]
    for point, row in enumerate(rows):
        assert float(row["burden"]) == sweep.points.at(point)["burden"]
        for actor in sweep.actors:
            assert float(row[f"open.{actor}"]) == sweep.payoffs(actor, "open")[point]
            difference = sweep.difference(actor, "open", "treaty", point)
            assert (float(row[f"open-treaty.{actor}"]), float(row[f"open-treaty.{actor}.se"])) == (
                difference.mean, difference.se,
            )  # fmt: skip
            assert row[f"prefers.{actor}"] == sweep.choice(actor, point).regime


# --- Pictures --------------------------------------------------------------------------------------------------------


def marks(chart: object) -> list[str]:
    """The kinds of marks in a picture, and its data, as one text."""
    pytest.importorskip("vl_convert")
    from sim.report.charts.theme import specification

    spec = specification(chart)
    found: list[str] = []

    def walk(part: object) -> None:
        if isinstance(part, dict):
            mark = part.get("mark")
            if mark is not None:
                found.append(mark["type"] if isinstance(mark, dict) else mark)
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(spec)
    return found


def test_a_line_is_drawn_with_bands() -> None:
    """A band and a line for each actor, and where today lies."""
    pytest.importorskip("altair")
    from sim.report.charts.sweep import chart_of

    found = marks(chart_of(line()))
    assert (found.count("area"), found.count("line"), found.count("rule")) == (2, 2, 2)


def test_a_map_is_drawn_with_its_frontiers() -> None:
    """Cells with their letters, and for each actor one line along which both regimes are equally good."""
    pytest.importorskip("altair")
    from sim.report.charts.sweep import chart_of
    from sim.report.charts.theme import specification

    chart = chart_of(plane())
    assert {"rect", "text", "line", "point"} <= set(marks(chart))
    data = [rows for rows in specification(chart)["layer"] if rows["mark"].get("type") == "line"]
    rows = data[0]["data"]["values"]
    assert {row["actor"] for row in rows} == {"NATO", "The adversary"}
    assert len({row["line"] for row in rows}) == 2
    nato = [row for row in rows if row["actor"] == "NATO"]
    assert all(abs(row["x"] - row["y"] + 0.1) < 1e-9 for row in nato)
    assert (min(row["x"] for row in nato), max(row["y"] for row in nato)) == (0.0, pytest.approx(1.0))


def test_one_regime_over_a_plane_and_drawn_points_have_pictures() -> None:
    """Shades for the one, points for the other."""
    pytest.importorskip("altair")
    from sim.report.charts.sweep import chart_of

    spans = {"burden": (0.0, 1.0, 3), "stake": (0.0, 1.0, 3)}
    assert set(marks(chart_of(play_sweep(swept(KNOWN, spans, regimes=["open"], plan=PLAN))))) == {"rect"}
    free = dict.fromkeys(spans, (0.0, 1.0, None))
    drawn = play_sweep(swept(KNOWN, free, draws=10, plan=replace(PLAN, runs=1)))
    assert set(marks(chart_of(drawn))) == {"point", "rule"}
