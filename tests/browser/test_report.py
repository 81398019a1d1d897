"""Reports as somebody meets them: on a projector, on a telephone, with a screen reader, on paper."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.watching import PHONE, PROJECTOR, axe, no_sideways_scroll, pages
from tests.commands.asking import ask
from tests.report.pages import SHIPPED

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

ONE_REGIME = """\
scenario: lonely
title: One regime, and nobody to compare it with
clock: {turns: 4}
parameters: {pull: {value: 0.2, range: [0, 1], source: judgement}}
state: {arms: {min: 0, max: 3}}
actors:
  north:
    incentives: {calm: 1 - arms, gain: pull * arms}
    actions: {arm: {add: {arms: 1}}, wait: {}}
    strategies: {weigh: {weigh: {rationality: 2}}}
    plays: weigh
hazards: {storm: {chance: 0.3, payoffs: {north: -1}}}
"""

HOSTILE = """\
scenario: stranger
title: '</title><script>document.body.remove()</script>'
summary: '<script>alert(1)</script> <img src=http://192.0.2.1/x onerror=alert(2)>'
clock: {turns: 3}
parameters: {p: {value: 1, range: [0, 2], label: '<img src=x onerror=alert(3)>', source: 'javascript:alert(4)'}}
actors:
  a:
    label: '</svg></figure><script>alert(5)</script>'
    incentives: {gain: {value: p, label: '<iframe src=//192.0.2.1></iframe>'}}
    actions: {go: {label: '<a href=javascript:alert(6)>go</a>'}, unbrokenunbrokenunbrokenunbrokenunbrokenunbrokenunbroken: {}}
    strategies: {mixed: {mix: {go: 1, unbrokenunbrokenunbrokenunbrokenunbrokenunbrokenunbroken: 1}}}
    plays: mixed
regimes: {one: {label: '<style>*{display:none}</style>'}, two: {parameters: {p: 0.5}}}
sources: ['<a href="javascript:alert(7)">a source</a>']
teaching: {questions: ['<form action=http://192.0.2.1><input autofocus>']}
"""


class Reports:
    """The reports that are looked at, by what they are about; each is made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, dict[str, Path]()
        (folder / "lonely.yaml").write_text(ONE_REGIME, encoding="utf-8")
        (folder / "stranger.yaml").write_text(HOSTILE, encoding="utf-8")

    def __getitem__(self, name: str) -> Path:
        if name not in self._made:
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(self._folder)
                self._made[name] = self._folder / self._make(name)
        return self._made[name]

    def _make(self, name: str) -> Path:
        page = Path(f"{name}.html")
        few = ("--runs", "120", "--quiet", "--report")
        if name == "matrix":
            played = ("--play", "nato=hedge", "--play", "nato=prepare")
            answer = ask("matrix", str(SHIPPED["inf-2018"]), "--regime", "open", *played, *few, str(page))
        elif name == "claims":
            answer = ask("claims", str(SHIPPED["post-inf"]), *few, str(page))
        else:
            source = str(SHIPPED[name]) if name in SHIPPED else f"{name}.yaml"
            answer = ask("run" if name == "lonely" else "compare", source, *few)
            (page,) = Path("results", name).glob("*/report.html")
        assert answer.status in ((0, 6) if name == "claims" else (0,)), answer.err
        return page


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """All reports, in a folder of their own."""
    return Reports(tmp_path_factory.mktemp("reports"))


ALL = ("inf-1987", "inf-2018", "lonely", "stranger", "matrix", "claims")


@pytest.mark.parametrize("name", ALL)
def test_a_report_is_whole_and_asks_for_nothing(name: str, reports: Reports, browser: Browser) -> None:
    """No error, no request beside the file itself, no sideways scroll, no serious fault, less than 3 MB."""
    assert reports[name].stat().st_size < 3_000_000
    with pages(browser) as (open_page, watches):
        page = open_page(offline=True)
        page.on("dialog", lambda dialog: watches[0].faults.append(f"a dialog: {dialog.message}"))
        page.goto(reports[name].as_uri())
        assert page.locator("main h2").count() >= 5
        for width in (PHONE, PROJECTOR):
            no_sideways_scroll(page, width)
            axe(page, impacts=("moderate", "serious", "critical"))
        assert set(watches[0].asked) <= {reports[name].as_uri(), "data:,"}
        assert page.evaluate("document.querySelectorAll('script').length") == 0


def test_pictures_are_drawn_and_fit(reports: Reports, page: Page) -> None:
    """Each has words, stands within its column at both widths, and has letters that can be read."""
    page.goto(reports["inf-2018"].as_uri())
    for width, least in ((PROJECTOR, 13.0), (PHONE, 7.5)):
        page.set_viewport_size({"width": width, "height": 800})
        pictures = page.locator("figure svg[role=img]")
        assert pictures.count() >= 8
        for picture in pictures.all():
            assert len(picture.get_attribute("aria-label") or "") > 20
            box = picture.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            smallest = picture.evaluate(
                # Some letters stand upright, some lie on their side.
                """(svg) => Math.min(...[...svg.querySelectorAll('text')].filter((text) => text.textContent.trim()).map((text) =>
                    parseFloat(getComputedStyle(text).fontSize) * Math.hypot(text.getScreenCTM().a, text.getScreenCTM().b)))"""
            )
            assert smallest >= least, (width, smallest)


def test_the_keyboard_reaches_everything(reports: Reports, page: Page) -> None:
    """The first stop leads past the contents to the answer; wide tables can be reached and scrolled."""
    page.goto(reports["inf-2018"].as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Go to the answer"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#answer"
    page.set_viewport_size({"width": PHONE, "height": 800})
    wide = page.locator(".wide").last
    wide.focus()
    assert page.evaluate("document.activeElement.className") == "wide"


def test_it_prints(reports: Reports, page: Page) -> None:
    """On A4, every section, no picture cut in two, no page without anything on it, nothing past the margin."""
    pypdf = pytest.importorskip("pypdf")
    page.goto(reports["inf-2018"].as_uri())
    answer = page.locator(".answer li").first.inner_text()
    tall = page.evaluate("[...document.querySelectorAll('figure')].length")
    document = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    text = [" ".join(each.extract_text().split()) for each in document.pages]
    assert [round(float(side)) for side in document.pages[0].mediabox[2:]] == [595, 842]
    assert answer in text[0]
    assert all(len(each) > 40 for each in text)
    assert len(text) <= 8 + tall
    whole = " ".join(text)
    for heading in page.locator("h2").all_inner_texts():
        assert heading in whole
