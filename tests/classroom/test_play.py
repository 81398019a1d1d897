"""*Play*: a game a page a turn, in the words of the terminal; the debrief is that of `detente play`."""

from __future__ import annotations

import html
import re

import httpx
import pytest
from starlette.testclient import TestClient

import sim
from sim.classroom.play_pages import Game, Games
from sim.classroom.solo import Stand
from sim.classroom.sources import shipped_sources
from sim.model.game import Setting
from sim.play.debrief import debrief_of
from sim.play.session import Session, opened
from sim.report.blocks import Blocks
from sim.report.debrief import tell_debrief
from sim.report.labels import without_codes
from tests.classroom.site import HERE, token_in

SCENARIO = "classics/arms-race"


def texts(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def letters(page: str) -> str:
    """What a page says, without tags and blanks: tags part what belongs together."""
    return texts(page).replace(" ", "")


def begin(client: TestClient, **more: str) -> httpx.Response:
    """Begin a game as the form does."""
    token = token_in(client.get("/play?scenario=inf-2018").text)
    fields = {"token": token, "scenario": "inf-2018", "seat": "nato", "regime": "treaty", "run": "3", **more}
    return client.post("/play", data=fields, headers={"origin": HERE})


def move(client: TestClient, page: httpx.Response, **fields: str) -> httpx.Response:
    """Press a button on a game's page."""
    turn = re.search(r'name="turn" value="(\d+)"', page.text)[1]  # type: ignore[index]
    words = {"token": token_in(page.text), "turn": turn, **fields}
    return client.post(str(page.url.path), data=words, headers={"origin": HERE})


def test_a_whole_game(client: TestClient) -> None:
    """Turn by turn to the debrief, which says what the terminal says of the same moves, every word of it."""
    page = begin(client)
    assert page.status_code == 200
    assert "You are NATO." in texts(page.text)
    session = Session(opened(without_codes(sim.load("inf-2018")), ["nato"], Setting("treaty"), None, 3))
    for turn in range(20):
        assert f"turn {turn + 1}" in texts(page.text)
        wanted = ["talk", "defend", None][turn % 3]
        offered = re.findall(r'name="action" value="(\w+)"', page.text)
        action = wanted if wanted in offered else None
        session = session.moved("nato", action)
        page = move(client, page, **({"pass": "1"} if action is None else {"action": action}))
    assert session.over
    shown = letters(page.text)
    blocks = Blocks()
    tell_debrief(debrief_of(session, "nato"), blocks)
    assert len(blocks.kept) > 12
    for block in blocks.kept:
        assert letters(html.escape(block.text)) in shown
        for row in block.rows:
            for cell in row:
                assert letters(html.escape("".join(span.text for span in cell))) in shown


def test_what_counts_is_told_by_its_sign(client: TestClient) -> None:
    """Losses are no wishes, in the first turn and later; no label has the number of a mechanism."""
    page = begin(client)
    for _ in range(2):
        shown = texts(page.text)
        assert "Against you: Targets held at risk; Coercion of the alliance;" in shown
        assert "In your favour: A cohesive alliance;" in shown
        assert "You want" not in shown
        assert not re.search(r"\(M\d", shown)
        page = move(client, page, **{"pass": "1"})


def test_no_name_of_the_file_is_shown_to_a_player(client: TestClient) -> None:
    """Neither in the middle of a game nor in its debrief: labels, and numbers instead of parameters."""
    page = begin(client)
    scenario = sim.load("inf-2018")
    names = {*scenario.parameters, *scenario.state, *scenario.derived}
    names |= {name for actor in scenario.actors.values() for name in (*actor.actions, *actor.strategies)}
    names = {name for name in names if "_" in name}
    shown = texts(page.text)
    assert 'when "Preparation for dispersal" is below 2; costs 0.05' in shown
    assert '-0.5 times "The adversary\'s hold over a divided alliance"' in shown
    assert (
        "Take its ground-launched missiles down: only when \"NATO's ground-launched missiles in Europe\" plus "
        '"Ground-launched missiles in the Asian theatre" is above 0' in shown
    )
    told = [shown]
    for _ in range(20):
        page = move(client, page, **{"pass": "1"})
        told.append(texts(page.text.split("the same luck as in <code>")[0]))
    assert "What it did: " in told[-1]
    assert '"Dismantle every missile"' in told[-1]
    for each in told:
        assert names.isdisjoint(re.findall(r"[a-z]\w*", each.split("the same luck as in")[0]))
    assert "rationality =" not in told[-1]


def test_the_last_move_is_taken_back(client: TestClient) -> None:
    """Also the last one of all, when the debrief is on the page."""
    page = begin(client, scenario=SCENARIO, seat="side_north", regime="balanced")
    first = texts(page.text)
    page = move(client, page, **{"pass": "1"})
    assert "You chose to pass" in page.text
    page = move(client, page, undo="1")
    assert texts(page.text) == first
    assert "Take the last move back" not in page.text


def test_a_button_pressed_twice_counts_once(client: TestClient) -> None:
    """And one on an old page, after going back, changes nothing."""
    page = begin(client)
    after = move(client, page, action="talk")
    again = move(client, page, action="talk")
    assert texts(again.text) == texts(after.text)
    assert "turn 2" in texts(again.text)


def test_what_is_not_open_is_refused_and_the_game_goes_on(client: TestClient) -> None:
    """With what is wrong, on the page as it stood."""
    page = begin(client)
    refused = move(client, page, action="deploy_europe")
    assert refused.status_code == 422
    assert "deploy_europe" in refused.text
    assert "turn 1" in texts(refused.text)
    assert move(client, page, action="nothing").status_code == 422
    assert move(client, page).status_code == 422
    assert "turn 2" in texts(move(client, page, action="hold").text)


def test_a_game_is_its_players_alone(client: TestClient) -> None:
    """Nobody else sees it or moves in it; no other site's form, either."""
    page = begin(client)
    path = page.url.path
    token = token_in(page.text)
    foreign = client.post(
        path, data={"token": token, "turn": "0", "pass": "1"}, headers={"origin": "http://evil.example"}
    )
    assert foreign.status_code == 403
    assert client.post(path, data={"turn": "0", "pass": "1"}).status_code == 403
    client.cookies.clear()
    assert client.get(path).status_code == 404
    assert client.post(path, data={"token": token, "turn": "0", "pass": "1"}).status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        {"seat": "nobody"},
        {"regime": "nowhere"},
        {"plays.adversary": "os:system"},
        {"plays.adversary": "nothing"},
        {"run": "-1"},
        {"run": "1e3"},
    ],
)
def test_a_game_that_cannot_begin(client: TestClient, fields: dict[str, str]) -> None:
    """Names that are not the scenario's load nothing."""
    assert begin(client, **fields).status_code == 422


def test_another_strategy_for_the_other_side(client: TestClient) -> None:
    """Plays instead of what the regime says, and is unmasked at the end."""
    page = begin(client, **{"plays.adversary": "breakout", "scenario": "inf-2018"})
    for _ in range(20):
        page = move(client, page, action="hold")
    label = sim.load("inf-2018").actors["adversary"].strategies["breakout"].label
    assert label is not None
    assert html.escape(label, quote=False) in html.unescape(page.text)


def test_games_are_forgotten_in_time() -> None:
    """The oldest of a visitor, and of visitors."""
    games = Games()
    game = Game(shipped_sources()[SCENARIO], "side_north", Stand({}, 0, False, 0, ""))
    for number in range(6):
        games.keep("ann", str(number), game)
    assert games.find("ann", "5") is game
    for name in ("1", "nothing"):
        with pytest.raises(Exception, match="begin another"):
            games.find("ann", name)
    with pytest.raises(Exception, match="begin another"):
        games.find(None, "5")
    for number in range(500):
        games.keep(f"visitor {number}", "a", game)
    with pytest.raises(Exception, match="begin another"):
        games.find("ann", "5")
