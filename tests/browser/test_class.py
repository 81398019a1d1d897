"""A class in a real browser: an instructor, a projector and two phones, from the room's opening to the debrief."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.watching import PHONE, PROJECTOR, axe, no_sideways_scroll

pytest.importorskip("starlette")

from sim.classroom.class_sockets import MOST_A_SEAT
from tests.classroom.serving import link, served

if TYPE_CHECKING:
    from playwright.sync_api import Page

Opener = Callable[..., "Page"]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[list[str]]:
    """What a server of our own says, asked for only where there is a browser."""
    with served(tmp_path_factory.mktemp("class")) as (_, lines):
        yield lines


def host_link(lines: list[str]) -> str:
    return next(line.strip() for line in lines if "/class/host?key=" in line)


def room(teacher: Page, lines: list[str], **fields: str) -> str:
    """Open a room by hand; returns its code, and leaves the instructor's page open."""
    teacher.goto(host_link(lines))
    # Luck that no war ends: the same as in the tests without a browser.
    for name, value in {"seed": "7", **fields}.items():
        teacher.fill(f"#{name}", value)
    teacher.get_by_role("button", name="Open the room").click()
    code = teacher.locator("h1 .code").inner_text()
    teacher.get_by_role("link", name="To the instructor").click()
    teacher.get_by_role("button", name="Begin the game").wait_for()
    return code


def join(phone: Page, address: str, code: str, name: str) -> None:
    """Join by typing the code as people do, and a name."""
    phone.goto(f"{address}class")
    phone.fill("#code", f"{code[:3].lower()} {code[3:]}")
    phone.get_by_role("button", name="Join").click()
    phone.fill("#name", name)
    phone.get_by_role("button", name="Join").click()
    phone.locator(".who").wait_for()


def decide(phone: Page, of_round: int, place: int) -> None:
    """Pick an action in a round and send it."""
    form = phone.locator(f"form[data-send=move][data-round='{of_round}']")
    form.locator("input[type=radio]").nth(place).check()
    form.get_by_role("button").click()


def whole(page: Page) -> None:
    """Nothing sticks out on a phone or a projector, and axe has no serious complaint."""
    for width in (PHONE, PROJECTOR):
        no_sideways_scroll(page, width)
    axe(page)


def test_a_whole_game(open_page: Opener, lines: list[str]) -> None:
    """Every page on the way is whole and accessible; the phones are reloaded, turned back, opened twice and lost."""
    address, name = link(lines), "O'Brien <3 & Ñandú 李"
    teacher, ann, ben = open_page(), open_page(PHONE, color_scheme="dark"), open_page(PHONE)
    teacher.goto(host_link(lines))
    whole(teacher)
    code = room(teacher, lines, seconds="0")
    ann.goto(f"{address}class/{code}")
    whole(ann)
    join(ann, address, code, name)
    join(ben, address, code, "Ben")
    screen = open_page(color_scheme="dark")
    screen.goto(f"{address}class/{code}/screen")
    screen.get_by_text(name).wait_for()
    teacher.get_by_text(name).wait_for()
    for page in (ann, teacher, screen):
        whole(page)
    ann.locator("form[data-send=bet] input[type=radio]").nth(1).check()
    ann.get_by_role("button", name="Bet").click()
    ann.get_by_text("Your bet is kept").wait_for()
    teacher.get_by_role("button", name="Begin the game").click()

    decide(ann, 1, 1)
    ann.locator("form[data-send=move] .kept").wait_for()
    whole(ann)
    # A reload, and the back button and forward again: in the same seat, with what was decided.
    ann.reload()
    assert ann.locator("form[data-send=move] input:checked").get_attribute("value") == "talk"
    ann.goto(f"{address}class/{code}")
    whole(ann)
    ann.go_back()
    assert ann.locator("form[data-send=move] input:checked").get_attribute("value") == "talk"
    # A second tab shows what the first one sends.
    tab = ann.context.new_page()
    tab.goto(ann.url)
    decide(ann, 1, 3)
    tab.locator("form[data-send=move] input:checked[value=publish]").wait_for()
    # News that come while a button is pressed do not take it away.
    form = ann.locator("form[data-send=move]")
    form.locator("input[type=radio]").nth(2).check()
    form.get_by_role("button").hover()
    ann.mouse.down()
    decide(tab, 1, 0)
    tab.get_by_text("Kept.", exact=True).wait_for()
    ann.wait_for_timeout(400)
    ann.mouse.up()
    tab.locator("form[data-send=move] input:checked[value=propose]").wait_for()
    tab.close()
    # Ben's browser loses its cookies; his own code brings him back.
    ben.locator("details summary").last.click()
    own, seat = ben.locator("details .code").inner_text(), ben.url
    ben.context.clear_cookies()
    ben.goto(f"{address}class/{code}")
    ben.get_by_text("I was here before").click()
    ben.fill("#own", own.lower())
    ben.get_by_role("button", name="Back to my seat").click()
    assert ben.url == seat
    decide(ben, 1, 0)

    for number in range(2, 21):
        decide(ann, number, number % 3)
        decide(ben, number, 0)
    ann.get_by_text("The game is over").wait_for()
    whole(teacher)
    assert ann.locator(".debrief").count() == 0
    teacher.get_by_role("button", name="Show the results").click()
    for page in (ann, ben):
        page.locator(".debrief .big").wait_for()
        whole(page)
    screen.get_by_role("heading", name="Results").wait_for()
    whole(screen)
    whole(teacher)


def test_by_keyboard_alone(open_page: Opener, lines: list[str]) -> None:
    """A student decides with the tabulator, arrows and the space bar; the focus stays where it is when the page changes."""
    address = link(lines)
    teacher, ann = open_page(), open_page()
    code = room(teacher, lines, seconds="0")
    join(ann, address, code, "Ann")
    join(open_page(PHONE), address, code, "Ben")
    teacher.get_by_role("button", name="Begin the game").press("Enter")
    ann.locator("form[data-send=move] input[type=radio]").first.focus()
    ann.keyboard.press("ArrowDown")
    ann.keyboard.press("Tab")
    assert ann.evaluate("() => document.activeElement.id") == "move-send"
    ann.keyboard.press("Enter")
    ann.locator("form[data-send=move] .kept").wait_for()
    assert ann.evaluate("() => document.activeElement.id") == "move-send"
    assert ann.locator("form[data-send=move] input:checked").get_attribute("value") == "talk"
    # Without a script the same page works as forms do.
    plain = open_page(java_script_enabled=False, storage_state=ann.context.storage_state())
    plain.goto(ann.url)
    plain.locator("form[data-send=move] input[type=radio]").nth(2).check()
    plain.get_by_role("button", name="Change it").click()
    ann.locator("form[data-send=move] input:checked[value=propose]").wait_for()


def test_a_page_that_was_put_out_says_so(open_page: Opener, lines: list[str]) -> None:
    """A tab too many still decides; who is sent out is told so, and has nothing left to press."""
    address = link(lines)
    teacher, ann, ben = open_page(), open_page(PHONE), open_page(PHONE)
    code = room(teacher, lines, seconds="0")
    join(ann, address, code, "Ann")
    join(ben, address, code, "Ben")
    teacher.get_by_role("button", name="Begin the game").click()
    decide(ann, 1, 0)
    ann.get_by_text("Kept.", exact=True).wait_for()
    decide(ben, 1, 0)
    ann.locator("form[data-send=move][data-round='2']").wait_for()
    # What was said of the first round does not stand above the second.
    ann.locator("#line:empty").wait_for(state="attached", timeout=5000)
    tabs = [ann.context.new_page() for _ in range(MOST_A_SEAT)]
    for tab in tabs:
        tab.goto(ann.url)
        tab.locator("form[data-send=move]").wait_for()
    ann.get_by_text("too many tabs").wait_for()
    decide(ann, 2, 1)
    ann.locator("form[data-send=move] .kept").wait_for()
    tabs[-1].locator("form[data-send=move] input:checked[value=talk]").wait_for()
    teacher.get_by_role("row", name="Ben").get_by_role("button", name="Send out").click()
    ben.get_by_text("taken you out of this room").wait_for()
    ben.locator("form[data-send=move] button:disabled").wait_for()


def test_robots_rehearse_before_the_instructors_eyes(open_page: Opener, lines: list[str]) -> None:
    """Robots come in, the game begins and goes on by itself; a test student sits in a tab of the instructor's own."""
    teacher = open_page()
    room(teacher, lines, seconds="60")
    teacher.get_by_text("Rehearse").click()
    with teacher.context.expect_page() as opened:
        teacher.get_by_role("button", name="A test student").click()
    opened.value.locator(".who").wait_for()
    teacher.get_by_role("button", name="Let robots in").click()
    teacher.get_by_text("1 student and 8 robots").wait_for()
    teacher.get_by_role("button", name="Begin the game").click()
    decide(opened.value, 1, 0)
    teacher.get_by_role("heading", name="Round 2 of 20").wait_for()
    teacher.get_by_role("heading", name="The class against the model").wait_for()
    whole(teacher)


def test_a_killed_server_comes_back_with_everything(
    open_page: Opener, browser: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """kill -9 in mid-round, another server on the same port and folder: the phones go on where they were, by themselves."""
    folder = tmp_path_factory.mktemp("killed")
    refused = ("ERR_CONNECTION_REFUSED", "WebSocket")
    teacher, ann, ben = open_page(allow=refused), open_page(PHONE, allow=refused), open_page(PHONE, allow=refused)
    with served(folder) as (process, lines):
        address = link(lines)
        code = room(teacher, lines, seconds="600")
        join(ann, address, code, "Ann")
        join(ben, address, code, "Ben")
        teacher.get_by_role("button", name="Begin the game").click()
        decide(ann, 1, 1)
        decide(ben, 1, 0)
        decide(ann, 2, 3)
        ann.locator("form[data-round='2'] .kept").wait_for()
        process.send_signal(signal.SIGKILL)
        process.wait()
    ben.get_by_text("No connection").wait_for()
    # What is decided meanwhile waits in the browser, and is sent by itself.
    decide(ben, 2, 0)
    ben.get_by_text("Your move is sent as soon as there is one").wait_for()
    port = address.rstrip("/").rpartition(":")[2]
    with served(folder, "--port", port):
        ann.locator("form[data-round='3']").wait_for()
        ben.locator("form[data-round='3']").wait_for()
        teacher.get_by_role("heading", name="Round 3 of 20").wait_for()
        rows = teacher.request.get(f"{address}class/{code}/teach/results.csv").text().splitlines()
        assert [row.rpartition(",")[2] for row in rows[1:]] == ["talk publish", "hold hold"]
