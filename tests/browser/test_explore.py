"""*Explore*, *Watch* and *Play* in a real browser: by keyboard, on a phone, light and dark, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.watching import PHONE, PROJECTOR, axe, no_sideways_scroll

pytest.importorskip("starlette")

from tests.classroom.serving import link, served

if TYPE_CHECKING:
    from playwright.sync_api import Page

Opener = Callable[..., "Page"]

PAGES = [
    "",
    "explore?scenario=inf-2018&set.arms_burden=0.4",
    "watch?scenario=inf-2018&turn=6",
    "play?scenario=inf-2018",
    "scenario",
    "nowhere",
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[str]:
    """A server of our own, asked for only where there is a browser."""
    with served(tmp_path_factory.mktemp("served")) as (_, lines):
        yield link(lines)


@pytest.mark.parametrize("place", PAGES)
@pytest.mark.parametrize(("scheme", "widths"), [("light", (PROJECTOR, PHONE)), ("dark", (PHONE, PROJECTOR))])
def test_pages_are_whole_and_accessible(
    open_page: Opener, address: str, place: str, scheme: str, widths: tuple[int, ...]
) -> None:
    """On a phone and on a projector, light and dark: nothing sticks out, and axe has no serious complaint."""
    page = open_page(widths[0], color_scheme=scheme, allow=("404",))
    page.goto(address + place)
    for width in widths:
        no_sideways_scroll(page, width)
    axe(page)


def test_a_slider_redraws_the_picture_and_a_link_shows_it_again(open_page: Opener, address: str) -> None:
    """Moved by keyboard; whoever opens the link, even without scripts, sees the same picture."""
    page = open_page()
    page.goto(f"{address}explore?scenario=classics/arms-race")
    slider = page.locator("input[type=range]").first
    slider.focus()
    before = page.locator("#payoffs").inner_text()
    page.keyboard.press("End")
    page.wait_for_function("(before) => document.getElementById('payoffs').innerText !== before", arg=before)
    page.wait_for_function("() => document.getElementById('status').innerText.length > 0")
    assert (
        slider.get_attribute("aria-valuetext")
        == f"{float(slider.get_attribute('max')):g}, was {float(slider.get_attribute('data-now')):g}"
    )
    after = page.locator("#payoffs").inner_text()
    shown = page.locator("#link").input_value()
    assert "set." in shown
    assert page.url == shown
    again = open_page(java_script_enabled=False)
    again.goto(shown)
    assert again.locator("#payoffs").inner_text() == after
    slider.evaluate("(each) => each.dispatchEvent(new MouseEvent('dblclick'))")
    page.wait_for_function("(before) => document.getElementById('payoffs').innerText === before", arg=before)
    assert "set." not in page.url


def test_a_slider_is_set_by_number_and_moves_in_round_steps(open_page: Opener, address: str) -> None:
    """The field and the slider keep step; what is out of range is told and changes nothing; every value can be set."""
    page = open_page()
    page.goto(f"{address}explore?scenario=inf-2018")
    slider = page.locator("#p-arms_burden")
    field = page.get_by_label("The adversary's burden of a full arms race, as a number")
    assert field.input_value() == "0.1"
    field.fill("0.35")
    page.wait_for_url("**set.arms_burden=0.35*")
    assert slider.input_value() == "0.35"
    field.fill("0.3517")
    page.wait_for_url("**set.arms_burden=0.3517*")
    field.fill("7")
    problem = page.locator("#w-arms_burden")
    assert problem.is_visible()
    assert problem.inner_text() == "Write a number from 0.05 to 0.5."
    assert field.get_attribute("aria-invalid") == "true"
    assert slider.input_value() == "0.3517"
    slider.focus()
    for key, expected in (("ArrowRight", "0.355"), ("ArrowLeft", "0.35"), ("PageUp", "0.4"), ("Home", "0.05")):
        page.keyboard.press(key)
        assert (slider.input_value(), field.input_value()) == (expected, expected), key
    assert problem.is_hidden()
    page.wait_for_url("**set.arms_burden=0.05*")
    page.mouse.click(*_at(page, 0.437))
    dragged = float(slider.input_value())
    assert dragged * 200 == pytest.approx(round(dragged * 200)), "a round value"


def _at(page: Page, share: float) -> tuple[float, float]:
    box = page.locator("#p-arms_burden").bounding_box()
    assert box is not None
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def test_premises_are_found_by_words_and_by_code(open_page: Opener, address: str) -> None:
    """What finds nothing says so."""
    page = open_page()
    page.goto(f"{address}explore?scenario=inf-2018")
    found = page.locator("#found")
    page.get_by_label("Find a premise").fill("m6")
    assert page.locator(".slider:visible label").all_inner_texts() == [
        "Will of the adversary's leadership for arms control",
        "Domestic capital to carry a treaty",
        "Belief that the regime favours the other side",
    ]
    page.get_by_label("Find a premise").fill("zebra")
    assert page.locator(".slider:visible").count() == 0
    assert found.inner_text() == "No premise has these words. Try fewer, or part of one."
    page.get_by_label("Find a premise").fill("")
    assert found.inner_text() == ""
    assert page.locator(".slider:visible").count() == page.locator(".slider").count()


def test_tables_are_whole_on_a_projector(open_page: Opener, address: str) -> None:
    """No column is cut off at 1280 px."""
    page = open_page(PROJECTOR)
    page.goto(f"{address}explore?scenario=inf-2018")
    page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    for place in page.locator("#rest .scroll").all():
        assert place.evaluate("(each) => each.scrollWidth - each.clientWidth") == 0


def test_the_newest_move_wins(open_page: Opener, address: str) -> None:
    """However many moves come while a picture is drawn, the last one is what is shown in the end."""
    page = open_page()
    page.goto(f"{address}explore?scenario=classics/arms-race")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/explore/picture" in request.url else None)
    page.evaluate(
        """() => {
            const slider = document.querySelector('input[type=range]');
            const low = Number(slider.min), high = Number(slider.max);
            for (let step = 0; step <= 50; step += 1) {
                slider.value = String(low + (high - low) * step / 50);
                slider.dispatchEvent(new Event('input', { bubbles: true }));
            }
        }"""
    )
    slider = page.locator("input[type=range]").first
    name, most = slider.get_attribute("name"), float(slider.get_attribute("max"))
    page.wait_for_url(lambda url: f"{name}={most:g}" in url)
    assert len(asked) == 2, "the first move is asked for at once, then only the newest"


def test_a_form_without_scripts_explores(open_page: Opener, address: str) -> None:
    """Choose, press Show, read."""
    page = open_page(java_script_enabled=False)
    page.goto(f"{address}explore?scenario=classics/arms-race")
    page.locator("#a").select_option(index=1)
    page.locator("#b").select_option(index=2)
    page.get_by_role("button", name="Show").click()
    assert page.locator("#payoffs svg[role=img]").count() == 1
    assert page.locator("#a").evaluate("(each) => each.selectedIndex") == 1


def test_what_it_would_take(open_page: Opener, address: str) -> None:
    """Is worked out in the background and told in words and as a ladder; it can be stopped."""
    page = open_page()
    page.goto(f"{address}explore?scenario=classics/minimum-trust")
    page.get_by_role("button", name="Work it out").click()
    page.get_by_text("equally good").first.wait_for()
    assert page.locator("#takes-progress").is_hidden()
    axe(page)
    page.get_by_role("button", name="Work it out").click()
    if page.locator("#takes-stop").is_visible():
        page.locator("#takes-stop").click(timeout=2_000)
    page.locator("#takes-progress").wait_for(state="hidden")


def test_watching_by_keyboard(open_page: Opener, address: str) -> None:
    """Arrows step, Home goes back, p plays and pauses, and the address keeps the turn."""
    page = open_page()
    page.goto(f"{address}watch?scenario=classics/arms-race")
    turn = page.locator("#frame")
    for key, expected in (("ArrowRight", "1"), ("ArrowRight", "2"), ("ArrowLeft", "1"), ("Home", "0")):
        page.keyboard.press(key)
        page.wait_for_function("(turn) => document.getElementById('frame').dataset.turn === turn", arg=expected)
    assert page.url.endswith("turn=0")
    assert "Nothing has happened yet" in (page.locator("#said").text_content() or "")
    assert page.get_by_role("heading", name="At the beginning").is_visible()
    page.keyboard.press("p")
    page.wait_for_function("() => document.getElementById('frame').dataset.turn === '1'")
    assert page.locator("#play").get_attribute("aria-pressed") == "true"
    page.keyboard.press("p")
    assert page.locator("#play").get_attribute("aria-pressed") == "false"
    page.keyboard.press("n")
    page.wait_for_url("**run=1*")
    assert turn.get_attribute("data-turn") == "0"


def test_a_game_by_keyboard_on_a_phone(open_page: Opener, address: str) -> None:
    """From choosing to the debrief, without a script and without a mouse."""
    page = open_page(PHONE, java_script_enabled=False)
    page.goto(f"{address}play?scenario=classics/deterrent-threat")
    page.get_by_role("button", name="Begin").press("Enter")
    page.wait_for_url("**/play/*")
    axe_page = page.url
    for _ in range(100):
        deeds = page.locator(".deed button")
        if not deeds.count():
            break
        with page.expect_navigation():
            deeds.first.press("Enter")
    assert page.get_by_role("heading", name="Looking back").is_visible()
    assert page.get_by_role("heading", name="The moment that cost you most").is_visible()
    no_sideways_scroll(page, PHONE)
    assert page.url == axe_page


def test_a_game_and_its_debrief_are_accessible(open_page: Opener, address: str) -> None:
    """In the middle of it, and at its end."""
    page = open_page(PHONE)
    page.goto(f"{address}play?scenario=classics/deterrent-threat")
    page.get_by_role("button", name="Begin").click()
    axe(page)
    for _ in range(100):
        deeds = page.locator(".deed button")
        if not deeds.count():
            break
        with page.expect_navigation():
            deeds.last.click()
    page.get_by_role("heading", name="Looking back").wait_for()
    axe(page)
    no_sideways_scroll(page, PHONE)


def test_a_class_sees_how_things_stand(open_page: Opener, address: str) -> None:
    """On a projector the state stands beside the sentences and not below the screen, and payoffs below the sentences."""
    page = open_page(PROJECTOR)
    page.goto(f"{address}watch?scenario=inf-2018&run=3&turn=6")
    told, levels, paid = (page.locator(each).bounding_box() for each in (".sides", ".levels", ".paid"))
    assert told is not None
    assert levels is not None
    assert paid is not None
    assert levels["y"] < told["y"] + 20
    assert levels["x"] > told["x"] + told["width"]
    assert told["y"] + told["height"] < paid["y"] < 800


def test_a_phone_is_wide_enough(open_page: Opener, address: str) -> None:
    """The pages' names take one line, no word of a table's head is broken, and no picture of twenty turns is cut off."""
    page = open_page(PHONE, java_script_enabled=False)
    page.goto(f"{address}play?scenario=inf-2018")
    tops = {link.bounding_box()["y"] for link in page.locator(".top nav a").all()}  # type: ignore[index]
    brand = page.locator(".brand").bounding_box()
    assert brand is not None
    assert len(tops) == 1
    assert abs(tops.pop() - brand["y"]) < 20
    page.locator("#regime").select_option("post_treaty")
    page.locator("#run").fill("3")
    page.get_by_role("button", name="Begin").press("Enter")
    page.wait_for_url("**/play/*")
    head = page.get_by_role("columnheader", name="so far").first.bounding_box()
    assert head is not None
    assert head["height"] < 70, "no more than two lines"
    for _ in range(20):
        with page.expect_navigation():
            page.locator(".deed button").last.press("Enter")
    assert page.get_by_role("heading", name="Looking back").is_visible()
    for place in page.locator(".scroll").all():
        assert place.evaluate("(each) => each.scrollWidth - each.clientWidth") == 0
