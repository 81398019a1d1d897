"""*Explore*: the picture is that of `compare`, a link reproduces it, and nothing that is asked for breaks it."""

from __future__ import annotations

import html
import json
import re

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import sim
from sim.classroom.drawing import bars_of, line_of, scale_of
from sim.classroom.explore import Ask, ask_of
from sim.classroom.facts import facts_in
from sim.classroom.pages import sentence
from sim.errors import CommandError
from sim.experiment.summary import Stat
from sim.report import contrast
from sim.report.labels import without_codes
from tests.classroom.site import HERE, SOCKETS

FACTS = facts_in(without_codes(sim.load("inf-2018")))
QUERY = "scenario=inf-2018&a=treaty&b=post_treaty&set.arms_burden=0.4&set.survivability=0.5"


def texts(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_the_picture_says_what_compare_says(client: TestClient) -> None:
    """The same sentences and intervals, from the same runs."""
    drawn = client.get(f"/explore/picture?{QUERY}").json()
    answer = sim.compare(
        without_codes(sim.load("inf-2018")),
        regimes=["treaty", "post_treaty"],
        set={"arms_burden": 0.4, "survivability": 0.5},
        runs=2000,
    )
    difference = answer.differences[0]
    assert drawn["said"] == [contrast.sentence(difference, actor, simple=True) for actor in ("nato", "adversary")]
    shown = texts(drawn["payoffs"])
    for name, ensemble in answer.ensembles.items():
        for actor in ("nato", "adversary"):
            assert f"{ensemble.stats[actor].mean:.3f}" in shown, (name, actor)
    rest = texts(drawn["rest"])
    payoff = difference.stats["adversary"]
    assert f"{payoff.low:.3f} to {payoff.high:.3f}" in rest
    for entry, stat in difference.reasons("adversary")[:5]:
        assert f"{stat.mean:+.3f}" in rest, entry


def test_a_link_reproduces_the_view(client: TestClient) -> None:
    """The page has the picture in it, without any script, and gives the link again."""
    page = client.get(f"/explore?{QUERY}").text
    drawn = client.get(f"/explore/picture?{QUERY}").json()
    assert drawn["query"] == QUERY
    assert drawn["payoffs"] in page
    assert drawn["rest"] in page
    assert html.escape(f"{HERE}/explore?{QUERY}") in page
    slider = re.search(r'<input type="range" id="p-arms_burden"[^>]*>', page)
    assert slider is not None
    assert 'value="0.4"' in slider[0]
    assert 'data-now="0.1"' in slider[0]


def test_a_form_without_script_sends_every_slider(client: TestClient) -> None:
    """What was not moved is not in the link again."""
    every = "&".join(f"set.{each.name}={each.now!r}" for each in FACTS.sliders if each.name != "arms_burden")
    drawn = client.get(f"/explore/picture?scenario=inf-2018&a=treaty&b=post_treaty&{every}&set.arms_burden=0.4").json()
    assert drawn["query"] == "scenario=inf-2018&a=treaty&b=post_treaty&set.arms_burden=0.4"


def test_a_picture_is_small(client: TestClient) -> None:
    """A few KiB on the way, packed."""
    answer = client.get(f"/explore/picture?{QUERY}", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 8 * 1024
    assert "content-encoding" not in client.get(f"/explore/picture?{QUERY}", headers={"accept-encoding": "br"}).headers


@pytest.mark.parametrize("name", ["classics/arms-race", "classics/deterrent-threat", "arms-race", "inf-1987"])
def test_every_scenario_has_a_page(client: TestClient, name: str) -> None:
    """With its title, whether it is named with its folder or without."""
    answer = client.get(f"/explore?scenario={name}")
    assert answer.status_code == 200
    assert html.escape(sim.load(name).title or "", quote=False) in answer.text.replace("&#39;", "'")


def test_one_regime_alone(client: TestClient) -> None:
    """Where both are the same there is nothing to compare, and the ledger is told instead."""
    answer = client.get("/explore?scenario=inf-2018&a=treaty&b=treaty")
    assert answer.status_code == 200
    assert "gets, and by what" in answer.text
    assert "Choose two regimes that differ" in answer.text
    assert "2,000 runs (seed 2018)." in answer.text


def test_an_interval_that_is_in_doubt_is_told_as_on_a_page(client: TestClient) -> None:
    """Of whom it is by label, without options of the command line, in sentences with one full stop each."""
    answer = sim.run(sim.load("inf-2018"), regime="treaty", runs=2000)
    doubted = [actor for actor, sample in answer.samples.items() if sample.doubtful]
    assert doubted, "nothing to test: take a scenario with rare and large results"
    drawn = texts(client.get("/explore/picture?scenario=inf-2018&a=treaty&b=treaty").json()["rest"])
    for actor in doubted:
        label = {"nato": "NATO", "adversary": "the adversary"}[actor]
        assert f"Do not rely on the 95 % interval of the payoff of {label}: a few rare runs decide it" in drawn
    assert "--runs" not in drawn
    assert ".." not in drawn
    assert "same luck" not in drawn


def test_tables_name_the_regimes_in_one_order(client: TestClient) -> None:
    """That of the page, the difference last; no number that can be written out is in powers of ten."""
    rest = client.get("/explore/picture?scenario=inf-2018&a=treaty&b=post_treaty").json()["rest"]
    heads = [
        re.findall(r"<th scope=\"col\"[^>]*>([^<]*)<", table)
        for table in re.findall(r"<table>.*?</table>", rest, re.DOTALL)
    ]
    assert len(heads) == 4
    for each in heads:
        assert each.index("Treaty-compliant") < each.index("Post-treaty"), each
    ledger = re.search(r"what brings the difference</caption>.*?</table>", rest, re.DOTALL)
    assert ledger is not None
    cells = re.findall(r"<td[^>]*>([^<]*)<", ledger[0])
    left, right, change = (float(cell.replace(",", "")) for cell in cells[:3])
    assert right - left == pytest.approx(change, abs=0.02)
    assert not re.search(r"\de-\d", rest)


def test_words_of_statistics_stay_off_the_page(client: TestClient) -> None:
    """No standard errors, nothing that works against it; what is compared is said in words."""
    drawn = client.get(f"/explore/picture?{QUERY}").json()
    shown = texts(" ".join([*drawn["said"], drawn["payoffs"], drawn["rest"]]))
    assert "standard error" not in shown
    assert "works most against" not in shown
    assert " less “" not in shown
    assert "Below each picture: the numbers at its foot and its top" in shown


def test_a_slider_has_a_number_field_and_a_round_step(client: TestClient) -> None:
    """Labelled, with the slider's range; about a hundred steps make up the range. A premise is also found by its code."""
    page = client.get("/explore?scenario=inf-2018").text
    fields = re.findall(r'<input type="number"[^>]*>', page)
    assert len(fields) == len(FACTS.sliders)
    for field, slider in zip(fields, FACTS.sliders, strict=True):
        assert f'min="{slider.low}" max="{slider.high}" step="{slider.step}"' in field
        assert "aria-label=" in field
        assert 60 <= (slider.high - slider.low) / slider.step <= 150.001, slider
        assert f"{slider.step:.0e}"[0] in "125"
    assert next(each.codes for each in FACTS.sliders if each.name == "revealing") == "M3 M8"
    assert 'data-codes="M3 M8"' in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("scenario=nowhere", 404),
        ("scenario=../../etc/passwd", 404),
        ("scenario=yours-123456789012", 404),
        ("a=nowhere", 422),
        ("b=%00", 422),
        ("actor=nobody", 422),
        ("set.nothing=1", 422),
        ("set.arms_burden=x", 422),
        ("set.arms_burden=nan", 422),
        ("set.arms_burden=inf", 422),
        ("set.arms_burden=1e400", 422),
        ("set.arms_burden=0.51", 422),
        ("set.arms_burden=0_4", 422),
        ("set.arms_burden=" + "0" * 5000, 422),
    ],
)
def test_a_link_that_asks_for_what_there_is_not(client: TestClient, query: str, status: int) -> None:
    """Is answered with what is wrong, as a page or as JSON."""
    for path in ("/explore", "/explore/picture"):
        answer = client.get(f"{path}?{query}", headers={"accept": "application/json"})
        assert answer.status_code == status
        assert answer.json()["error"]
        assert "Traceback" not in answer.text
        assert "/site-packages/" not in answer.text


def test_a_wrong_address_is_answered_in_sentences(client: TestClient) -> None:
    """On a page without place and code, which programs still get."""
    page = client.get("/explore?a=nowhere", headers={"accept": "text/html"})
    assert "<h1>This cannot be done</h1>" in page.text
    assert '<p class="problem">There is no regime &#39;nowhere&#39;. Expected one of: treaty,' in page.text
    assert (
        client.get("/explore?a=nowhere", headers={"accept": "application/json"})
        .json()["error"][0]
        .startswith("address:1:1: UNKNOWN-REGIME: there is no regime")
    )
    page = client.get("/watch?run=x", headers={"accept": "text/html"})
    assert "&#39;x&#39; is no whole number. Write a number from 0 to" in page.text
    assert "address:" not in page.text


def test_sentences_of_errors() -> None:
    """From a capital to a full stop; a command in quotation marks."""
    assert sentence("no round is open") == "No round is open."
    assert (
        sentence("this is not the link that `detente serve` showed")
        == "This is not the link that “detente serve” showed."
    )
    assert sentence("did you mean 'x'?") == "Did you mean 'x'?"


def test_what_is_asked_is_text_on_the_page(client: TestClient) -> None:
    """Nothing in a link becomes a tag."""
    answer = client.get("/explore", params={"a": "<script>alert(1)</script>"}, headers={"accept": "text/html"})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


def test_an_ask_is_read_and_written() -> None:
    """Regimes default to the first two; ends of a range are in it; the link is the ask."""
    first = ask_of({}, "inf-2018", FACTS)
    assert first == Ask("inf-2018", ("treaty", "post_treaty"), {}, None)
    end = ask_of({"set.arms_burden": "0.5", "actor": "nato"}, "inf-2018", FACTS)
    assert end.parameters == {"arms_burden": 0.5}
    assert end.actor == "nato"
    with pytest.raises(CommandError, match=r"from 0\.05 to 0\.5"):
        ask_of({"set.arms_burden": "0.0499"}, "inf-2018", FACTS)


# ---------------------------------------------------------------- what it would take


def test_what_it_would_take_comes_over_a_socket(client: TestClient) -> None:
    """With how far it has come, then the answer of `breakeven` in words."""
    with client.websocket_connect(f"{SOCKETS}/explore/live", headers={"origin": HERE}) as socket:
        socket.send_json({"query": "scenario=classics/minimum-trust&actor=left"})
        told = socket.receive_json()
        assert "problem" in told
        assert "left" in told["problem"]
        seats = facts_in(sim.load("classics/minimum-trust")).seats
        socket.send_json({"query": f"scenario=classics/minimum-trust&actor={seats[0].name}"})
        shares = []
        while "share" in (told := socket.receive_json()):
            shares.append((told["stretch"], told["share"]))
        assert shares == sorted(shares)
        assert shares[-1][1] <= 100
        assert "equally good" in texts(told["html"])


def test_the_same_without_script(client: TestClient) -> None:
    """As a page."""
    seats = facts_in(sim.load("classics/minimum-trust")).seats
    answer = client.get(f"/explore/takes?scenario=classics/minimum-trust&actor={seats[0].name}")
    assert answer.status_code == 200
    assert "What would it take?" in answer.text
    assert client.get("/explore/takes?scenario=classics/minimum-trust").status_code == 422
    assert re.search(
        r"The question was when .* are equally good for .*\. It took 500 runs at each of ", texts(answer.text)
    )


@pytest.mark.parametrize("text", ["[" * 10_000, "no json", '{"query": "\ud800"}', '"' + "x" * 40_000])
def test_what_is_no_question_closes_the_socket(client: TestClient, text: str) -> None:
    """And nothing else."""
    with client.websocket_connect(f"{SOCKETS}/explore/live", headers={"origin": HERE}) as socket:
        socket.send_bytes(text.encode("utf-8", "surrogatepass")) if "\ud800" in text else socket.send_text(text)
        with pytest.raises(WebSocketDisconnect):
            socket.receive_json()


def test_a_question_with_too_many_words_is_answered(client: TestClient) -> None:
    """With what is wrong."""
    with client.websocket_connect(f"{SOCKETS}/explore/live", headers={"origin": HERE}) as socket:
        socket.send_text(json.dumps({"query": "a=1&" * 300}))
        assert "problem" in socket.receive_json()


# ---------------------------------------------------------------- drawing


@pytest.mark.parametrize("values", [(0.3, 7.2), (-6.4, 1.8), (-0.001, -0.004), (5e6,), (1e-12, 3e-12), (1e150, -1e150)])
def test_a_scale_holds_zero_and_all_values(values: tuple[float, ...]) -> None:
    """Between round numbers that are not far away."""
    scale = scale_of(values, 10.0, 110.0)
    for value in (*values, 0.0):
        assert 10.0 - 1e-6 <= scale.at(value) <= 110.0 + 1e-6
    span = max(0.0, *values) - min(0.0, *values)
    assert scale.high - scale.low <= 2.0 * span


def test_a_scale_of_nothing() -> None:
    """Is one from 0 to 1; bounds cut off what cannot be."""
    assert (scale_of([], 0, 1).low, scale_of([0.0], 0, 1).high) == (0.0, 1.0)
    assert scale_of([1.0], 0, 1, (0.0, 1.0)).high == 1.0
    assert scale_of([-3.0, 2.5], 0, 1, (-3.0, 3.0)).low == -3.0


def test_bars_are_as_long_as_their_numbers() -> None:
    """Twice the mean is twice the bar; an interval lies around its end; a constant has none."""
    drawn = bars_of([("one", [Stat(2.0, 0.1, 1.8, 2.2), Stat(-1.0, 0.0, -1.0, -1.0)])])
    long, short = drawn.groups[0].bars
    assert long.width == pytest.approx(2 * short.width)
    assert long.x == pytest.approx(drawn.zero)
    assert short.x + short.width == pytest.approx(drawn.zero)
    assert long.low is not None
    assert long.high is not None
    assert long.low < long.x + long.width < long.high
    assert (short.low, short.high) == (None, None)
    assert (long.text, short.text) == ("2.00", "-1.00")


def test_lines_go_as_their_numbers_do() -> None:
    """Upwards is up; many turns are thinned, the last one kept."""
    line = line_of("missiles", [[0.0, 1.0, 4.0], [4.0] * 3], (0.0, 4.0))
    first = [tuple(map(float, point.split(","))) for point in line.paths[0].split()]
    assert first == [(0.0, 58.0), (80.0, 44.0), (160.0, 2.0)]
    assert (line.low, line.high, line.ends) == ("0", "4", ("4.00", "4.00"))
    assert len(line_of("long", [[0.0] * 501], (0.0, 1.0)).paths[0].split()) == 61
