"""Reports: what stands on the page is what the answer says, text stays text, and nothing is fetched or run."""

from __future__ import annotations

import re
import statistics
from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import sim
from sim.errors import ArchiveError, CommandError
from sim.experiment.claims import claims
from sim.experiment.compare import Comparison
from sim.model.game import Setting
from sim.report import numbers
from sim.report.charts import theme
from sim.report.document import rendering
from sim.report.document.building import Answer, document_of, subject_of
from sim.report.document.content import Document
from sim.report.document.origin import Made
from sim.report.document.pictures import safe
from sim.report.document.rendering import html_of
from sim.report.document.telling import worth_telling
from sim.scenario.schema import Scenario
from tests.report.pages import EXAMPLE, HOSTILE, armed, ensemble_of, scenario_of

pytest.importorskip("altair")
pytest.importorskip("vl_convert")
pytest.importorskip("jinja2")

STRANGER = EXAMPLE.replace("title: An example", """title: '</title><script>alert("title")</script>'""")
for _old, _new in (
    ("label: NATO", """label: '<script>alert("actor")</script>'"""),
    ("label: Treaty-compliant", """label: '</svg><img src=x onerror=alert(2)>'"""),
    ("label: Commitment to arms control, source: article", """label: '"><b>', source: 'javascript:alert(3)'"""),
    ("label: Settlement", """label: ']]></text><foreignObject><iframe src=//evil.test></iframe>'"""),
    ("sources: [An article.]", """sources: ['<a href="javascript:alert(4)">source</a>', 'https://evil.test/']"""),
    ("questions: [Why?]", """questions: ['{{ 7 * 7 }} <style>body{display:none}</style> `<b>`']"""),
    ("notes: Think first.", """notes: '--></style></main>'"""),
):
    assert _old in STRANGER
    STRANGER = STRANGER.replace(_old, _new)


def made(folder: str = "") -> Made:
    return Made.now(["detente", "compare", "written.yaml"], datetime(2026, 1, 2, tzinfo=UTC), "lockstep", folder)


def report_of(answer: Answer, scenario: Scenario | None = None) -> Document:
    return document_of(subject_of(answer, scenario), made())


class Seen(HTMLParser):
    """What a browser would find in a page: elements with their attributes, and text by element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._within: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._within:
            while self._within.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._within:
            self.text += data


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return scenario_of(EXAMPLE, tmp_path_factory.mktemp("example"))


@pytest.fixture(scope="module")
def comparison(example: Scenario) -> Comparison:
    return sim.compare(example, runs=300)


@pytest.fixture(scope="module")
def document(comparison: Comparison) -> Document:
    return report_of(comparison)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of a scenario whose every text tries to be something else."""
    return html_of(report_of(sim.compare(scenario_of(STRANGER, tmp_path_factory.mktemp("stranger")), runs=40)))


def test_the_answer_has_the_numbers_of_the_comparison(document: Document, comparison: Comparison) -> None:
    """Mean and interval of each actor, in the first sentence."""
    (difference,) = comparison.differences
    for actor in ("nato", "adversary"):
        stat = difference.stats[actor]
        decimals = numbers.common_decimals([stat])
        assert numbers.number(abs(stat.mean), decimals) in document.answer[0]
        for bound in (stat.low, stat.high):
            assert bound is not None
            assert numbers.number(bound, decimals).lstrip("-") in document.answer[0]
    assert all(sentence.endswith(".") for sentence in document.answer)
    page = Seen(html_of(document)).text
    for sentence in document.answer:
        assert sentence in page
    for digest in (ensemble.digest for ensemble in comparison.ensembles.values()):
        assert digest in page


def test_every_part_that_was_promised_is_there(document: Document) -> None:
    """Question, pictures with words, assumptions with sources, two runs, questions, and how to make it again."""
    assert document.question.endswith("?")
    assert document.pictures
    for picture in document.pictures:
        assert len(picture.told) > 20
        assert 'role="img"' in picture.svg
    assert {each.name: each.source for each in document.assumptions} == {
        "arms_burden": "not given",
        "commitment": "article",
    }
    assert [chronicle.title.split(":")[0] for chronicle in document.chronicles] == ["A typical run", "An extreme run"]
    assert "Why?" in document.questions
    assert dict(document.origin.facts)["Seed"] == "7"
    assert document.origin.commands[0] == "detente compare written.yaml"


def test_chronicles_tell_the_run_that_trace_tells(document: Document, comparison: Comparison) -> None:
    """Payoffs of the run told are those of the run with that number."""
    for chronicle in document.chronicles:
        run = int(chronicle.title.split("number ")[1].replace(",", ""))
        cells = chronicle.payoffs.rows[0]
        for place, ensemble in enumerate(comparison.ensembles.values()):
            assert float(cells[1 + 2 * place]) == pytest.approx(float(ensemble.payoffs["nato"][run]), abs=5e-3)


def _plainly(rows: Mapping[str, list[float]]) -> tuple[int, int]:
    """Which runs are nearest to and farthest from the medians, worked out without arrays."""
    runs = len(next(iter(rows.values())))
    distances = [0.0] * runs
    for values in rows.values():
        low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
        spread = (high - low) / 1.349
        for run, value in enumerate(values):
            distances[run] += ((value - middle) / spread) ** 2
    return distances.index(min(distances)), distances.index(max(distances))


def test_typical_and_extreme_runs_are_those(comparison: Comparison) -> None:
    """Nearest to the median payoffs of all, and farthest from them."""
    ensembles = {"post_treaty": comparison.ensembles["post_treaty"]}
    rows = {actor: [float(each) for each in ensembles["post_treaty"].payoffs[actor]] for actor in ("nato", "adversary")}
    worth = worth_telling(ensembles, ["nato", "adversary"])
    assert worth.extreme is not None
    assert (worth.typical.run, worth.extreme.run) == _plainly(rows)


def test_equal_runs_have_no_extreme(example: Scenario) -> None:
    """Where all runs come to the same, one is told."""
    level = ensemble_of(example, {"nato": [1.0, 1.0, 1.0], "adversary": [2.0, 2.0, 2.0]})
    assert worth_telling({"treaty": level}, ["nato", "adversary"]).extreme is None


def test_text_stays_text(stranger: str) -> None:
    """Nothing that a scenario says becomes an element, an attribute that acts, a link or a style."""
    seen = Seen(stranger)
    names = {name for name, _ in seen.elements}
    assert not names & {
        "script",
        "iframe",
        "img",
        "object",
        "embed",
        "form",
        "foreignobject",
        "base",
        "b",
        "image",
        "use",
    }
    for name, attributes in seen.elements:
        assert not [each for each in attributes if each.startswith("on") or each in ("src", "srcdoc", "action")]
        link = attributes.get("href")
        assert link is None or link.startswith("#") or (name, link) == ("link", "data:,")
        style = attributes.get("style")
        assert style is None or re.fullmatch(r"max-width:\d+px", style)
    assert sum(name == "style" for name, _ in seen.elements) == 1
    for said in (
        '<script>alert("actor")</script>',
        "</svg><img src=x onerror=alert(2)>",
        "javascript:alert(3)",
        "{{ 7 * 7 }}",
    ):
        assert said in seen.text
    assert "<code>&lt;b&gt;</code>" in stranger
    assert "evil.test" not in "".join(
        str(value) for _, attributes in seen.elements for key, value in attributes.items() if key != "aria-label"
    )


def test_the_page_forbids_itself_the_network(stranger: str) -> None:
    """By a policy in its head, before anything else is read."""
    seen = Seen(stranger)
    (policy,) = [
        each["content"]
        for name, each in seen.elements
        if name == "meta" and each.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert [name for name, _ in seen.elements].index("meta") < [name for name, _ in seen.elements].index("style")


def test_what_a_terminal_would_act_on_is_shown(tmp_path: Path) -> None:
    """Escapes and marks that turn the direction of writing are written out."""
    answer = sim.compare(armed(scenario_of(HOSTILE, tmp_path)), runs=20)
    page = html_of(report_of(answer))
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "\\x1b" in page


def test_headings_do_not_skip_and_names_are_unique(stranger: str) -> None:
    """One h1, then no level left out; every id once, pictures included."""
    seen = Seen(stranger)
    levels = [int(name[1]) for name, _ in seen.elements if re.fullmatch("h[1-6]", name)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    names = [each["id"] for _, each in seen.elements if each.get("id")]
    assert len(names) == len(set(names))
    assert all(name in names for name in re.findall(r"url\(#([^)]*)\)", stranger))
    for table in re.findall(r"<table.*?</table>", stranger, re.DOTALL):
        assert "<caption>" in table
        assert 'scope="col"' in table


def test_a_picture_keeps_only_what_draws() -> None:
    """Whatever a drawing library may ever write."""
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="300" height="9" onload="a()">'
        '<script>a()</script><foreignObject><b/></foreignObject><image xlink:href="http://evil.test/x"/>'
        '<defs><clipPath id="clip0"><rect/></clipPath></defs><a href="javascript:a()"><text>x</text></a>'
        '<g clip-path="url(#clip0)" fill="url(http://evil.test/)" style="fill:red"><text onclick="a()">&lt;b&gt; kept</text></g></svg>'
    )
    clean = safe(picture, "p1-", 'It "shows" <this>.')
    tree = ET.fromstring(clean)
    assert {element.tag for element in tree.iter()} == {"svg", "defs", "clipPath", "rect", "g", "text"}
    assert tree.get("aria-label") == 'It "shows" <this>.'
    group = tree.find("g")
    assert group is not None
    assert group.attrib == {"clip-path": "url(#p1-clip0)"}
    assert "evil" not in clean
    assert tree.findtext("g/text") == "<b> kept"
    with pytest.raises(ValueError, match="no SVG"):
        safe("<html/>", "p", "x")


def test_without_a_drawing_library_it_says_so(comparison: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report is whole otherwise."""
    monkeypatch.setattr(theme, "missing", lambda: "install them: pip")
    page = html_of(report_of(comparison))
    assert "There are no pictures: altair and vl-convert are not installed; install them: pip." in page
    assert "<svg" not in page
    assert "The answer" in page


def test_a_page_stays_below_the_limit(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures of single runs go first, then the last ones, and the page says so; numbers stay, or it is refused."""
    whole = html_of(document)
    monkeypatch.setattr(rendering, "LARGEST", len(whole.encode()) - 1)
    smaller = html_of(document)
    assert len(smaller.encode()) < rendering.LARGEST
    assert "Some pictures are left out" in smaller
    assert 0 < smaller.count("<svg") < whole.count("<svg")
    monkeypatch.setattr(rendering, "LARGEST", 20_000)
    with pytest.raises(ArchiveError) as caught:
        html_of(document)
    assert caught.value.faults[0].code == "REPORT"


def test_without_jinja_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install."""

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(rendering, "import_module", missing)
    with pytest.raises(CommandError) as caught:
        rendering.check_library()
    assert 'pip install "detente[charts]"' in caught.value.faults[0].remedy


def test_a_run_a_matrix_and_claims_are_answered_in_three_sentences(example: Scenario) -> None:
    """Whatever was asked, all three say something, and end."""
    judged = claims(example, Setting(), None)
    answers: list[Answer] = [
        sim.run(example, runs=60),
        sim.run(example, runs=1),
        sim.compare(example, runs=1),
        sim.matrix(example, runs=60),
        judged,
    ]
    for answer in answers:
        told = report_of(answer, example)
        assert len(told.answer) == 3
        for sentence in told.answer:
            assert sentence.endswith(".")
            assert "nan" not in sentence.split()
        assert told.pictures
        assert Seen(html_of(told)).text


def test_odd_scenarios_have_reports_too(tmp_path: Path) -> None:
    """No actions, no hazards, no parameters, no claims, actors with nothing to gain; several regimes."""
    bare = "scenario: bare\nclock: {turns: 1}\nactors: {a: {}}\n"
    told = report_of(sim.run(scenario_of(bare, tmp_path), runs=3))
    assert told.answer[1] == "Nothing brings or costs anybody anything."
    assert told.assumptions == ()
    assert "The scenario names no parameters" in html_of(told)
    nothing = claims(scenario_of(bare, tmp_path), Setting(), None)
    assert report_of(nothing, scenario_of(bare, tmp_path)).answer[0] == "This scenario makes no claims."
    three = EXAMPLE.replace("claims:", "  third: {plays: {nato: steady}}\nclaims:", 1)
    many = sim.compare(scenario_of(three, tmp_path), regimes=["treaty", "post_treaty", "third"], runs=40)
    assert many.ensembles.keys() == {"treaty", "post_treaty", "third"}
    assert "3 sides" in report_of(many).answer[0]


def test_two_scenarios_are_told_side_by_side(tmp_path: Path) -> None:
    """With the assumptions of both, by the names of their scenarios."""
    from sim.experiment.compare import compare_scenarios

    (tmp_path / "other").mkdir()
    first = scenario_of(EXAMPLE, tmp_path)
    second = scenario_of(EXAMPLE.replace("scenario: example", "scenario: another"), tmp_path / "other")
    told = report_of(compare_scenarios([first, second]))
    assert {each.label for each in told.assumptions} == {"arms burden", "Commitment to arms control"}
    assert len(told.assumptions) == 4
