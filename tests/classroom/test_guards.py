"""Who is refused before any page is asked: other hosts, other sites, too much; and what every answer says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from sim.classroom import pages, tokens
from sim.classroom.app import application
from sim.classroom.guards import LARGEST_BODY, LARGEST_MESSAGE, Guard, Quiet, host_of
from sim.classroom.settings import LOOPBACK, Settings
from tests.classroom.site import HERE, SOCKETS, asked

REBOUND = ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.7.7:8000", "", "a@localhost"]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with asked() as client:
        yield client


def answer(status: int, problem: str) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(problem, status)(scope, receive, send)

    return app


@pytest.fixture(scope="module")
def bare() -> Iterator[TestClient]:
    """Handlers that take all there is, behind the guard."""

    async def length(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(len(await request.body())))

    async def broken(request: Request) -> PlainTextResponse:
        raise RuntimeError("the treasure is under /" + "root/oak")

    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        while True:
            await socket.send_text(str(len(await socket.receive_text())))

    routes = [
        Route("/length", length, methods=["GET", "POST"]),
        Route("/broken", broken),
        WebSocketRoute("/echo", echo),
    ]
    app = Guard(Quiet(Starlette(routes=routes), answer), Settings(addresses=("10.0.0.7",)).hosts, False, answer)
    with TestClient(app, base_url=HERE) as client:
        yield client


def test_the_first_page_is_there(client: TestClient) -> None:
    """It is a page that names itself, and nothing on it is asked of another machine."""
    response = client.get("/")
    assert response.status_code == 200
    assert "<title>detente</title>" in response.text
    assert "http://" not in response.text
    assert "https://" not in response.text


@pytest.mark.parametrize("path", ["/", "/static/style.css", "/nowhere"])
def test_every_answer_has_the_headers(client: TestClient, path: str) -> None:
    """No inline script or style, no frame, no guessing of types, no address told to others - on errors too."""
    headers = client.get(path).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


@pytest.mark.parametrize(
    ("tls", "name", "given"), [(False, "localhost", True), (False, "10.0.0.7", False), (True, "10.0.0.7", True)]
)
def test_browsers_are_not_told_what_they_only_complain_of(tls: bool, name: str, given: bool) -> None:
    """Windows of other sites are kept apart where a browser heeds that: over TLS, and on this machine itself."""
    settings = Settings(addresses=("10.0.0.7",), tls=tls)
    with TestClient(application(settings), base_url=f"{settings.scheme}://{name}:8000") as client:
        assert ("cross-origin-opener-policy" in client.get("/").headers) is given


def test_pages_are_not_kept_by_browsers_and_files_are_asked_for_again(client: TestClient) -> None:
    """A page may be one visitor's own; a file that has not changed is not sent twice."""
    assert client.get("/").headers["cache-control"] == "no-store"
    first = client.get("/static/style.css")
    assert first.headers["content-type"].startswith("text/css")
    again = client.get("/static/style.css", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/static/../settings.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/"])
def test_only_listed_files_are_handed_out(client: TestClient, path: str) -> None:
    """No way of writing a path leads out of the folder."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("host", REBOUND)
def test_another_host_is_refused(client: TestClient, host: str) -> None:
    """A page whose name was made to point here gets nothing."""
    assert client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", [*LOOPBACK, "LOCALHOST:9", "[::1]:8000", "10.0.0.7:80"])
def test_the_machines_own_names_are_known(bare: TestClient, host: str) -> None:
    """Under any port, since another may be forwarded."""
    assert bare.get("/length", headers={"host": host}).status_code == 200


def test_names_in_host_headers() -> None:
    """The name is what stands before the port; what is no host has none."""
    assert [host_of(text) for text in ("A.b:80", "[::1]:80", "[::1", "a b", "a/b", "")] == [
        "a.b",
        "[::1]",
        "",
        "",
        "",
        "",
    ]


FOREIGN = ["http://evil.example", "null", "https://localhost:8000", "http://localhost:8001", "http://localhost", ""]


@pytest.mark.parametrize("origin", FOREIGN)
def test_another_sites_post_is_refused(bare: TestClient, origin: str) -> None:
    """Whatever cookies it brings; another port or scheme is another site."""
    assert bare.post("/length", content=b"x", headers={"origin": origin}).status_code == 403


def test_two_origins_are_refused(bare: TestClient) -> None:
    """A header that stands twice says nothing."""
    headers = [("origin", HERE), ("origin", "http://evil.example")]
    assert bare.post("/length", content=b"x", headers=headers).status_code == 403


def test_a_cross_site_post_without_origin_is_refused(bare: TestClient) -> None:
    """Browsers also say it in another header."""
    assert bare.post("/length", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert bare.post("/length", headers={"sec-fetch-site": "same-site"}).status_code == 403


def test_our_own_post_is_taken(bare: TestClient) -> None:
    """With the origin of this site, or by a program that is no browser."""
    assert bare.post("/length", content=b"xyz", headers={"origin": HERE}).text == "3"
    assert bare.post("/length", content=b"xyz").text == "3"


@pytest.mark.parametrize("origin", FOREIGN)
def test_another_sites_socket_is_refused(bare: TestClient, origin: str) -> None:
    """Before it is opened, with 403."""
    with (
        pytest.raises(WebSocketDenialResponse) as refusal,
        bare.websocket_connect(f"{SOCKETS}/echo", headers={"origin": origin}),
    ):
        pass
    assert refusal.value.status_code == 403


def test_a_socket_to_another_host_is_refused(bare: TestClient) -> None:
    """As requests are."""
    headers = {"host": "evil.example", "origin": "http://evil.example"}
    with pytest.raises(WebSocketDenialResponse) as refusal, bare.websocket_connect(f"{SOCKETS}/echo", headers=headers):
        pass
    assert refusal.value.status_code == 421


def test_a_large_message_closes_the_socket(bare: TestClient) -> None:
    """With 1009; the largest allowed passes."""
    with bare.websocket_connect(f"{SOCKETS}/echo", headers={"origin": HERE}) as socket:
        socket.send_text("x" * LARGEST_MESSAGE)
        assert socket.receive_text() == str(LARGEST_MESSAGE)
        socket.send_text("ü" * (LARGEST_MESSAGE // 2) + "x")
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == 1009


def test_a_large_body_is_refused(bare: TestClient) -> None:
    """By what it says of its length, and, where it does not say, by what comes."""
    assert bare.post("/length", content=b"x" * LARGEST_BODY).text == str(LARGEST_BODY)
    assert bare.post("/length", content=b"x" * (LARGEST_BODY + 1)).status_code == 413
    assert bare.post("/length", headers={"content-length": "52428800"}, content=b"").status_code == 413
    assert bare.post("/length", content=(b"x" * 1024 for _ in range(LARGEST_BODY // 1024 + 1))).status_code == 413


def test_a_bug_is_answered_without_telling_where_things_are(
    bare: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line for whoever runs the server, a sentence for whoever asked."""
    response = bare.get("/broken")
    assert response.status_code == 500
    assert "treasure" not in response.text
    assert "Traceback" not in response.text
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "RuntimeError" in told


def test_errors_are_pages_or_json(client: TestClient) -> None:
    """As it is asked for."""
    assert "<h1>There is nothing here</h1>" in client.get("/nowhere").text
    assert client.get("/nowhere", headers={"accept": "application/json"}).json()["error"]
    assert client.post("/").status_code == 405


DEEP = b"[" * pages.DEEPEST_JSON + b"]" * pages.DEEPEST_JSON


def test_json_that_may_come_in() -> None:
    """As deep as allowed, with brackets in texts, quotes escaped."""
    assert pages.json_in(DEEP) is not None
    assert pages.json_in(b'{"a": "' + b"[" * 100 + b'\\"[", "b": [1, 2.5, null, true]}')["b"] == [1, 2.5, None, True]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"[" * 10_000 + b"]" * 10_000, 400),
        (b"[" + DEEP + b"]", 400),
        (b'{"a":' * 17 + b"1" + b"}" * 17, 400),
        (b"", 400),
        (b"{", 400),
        (b"[NaN]", 400),
        (b"[Infinity]", 400),
        (b'{"a": 1, "a": 2}', 400),
        (b"\xff\xfe", 400),
        (b"1" * 5_000, 400),
        (b'"' + b"x" * pages.LARGEST_JSON + b'"', 413),
    ],
)
def test_json_that_is_refused(data: bytes, status: int) -> None:
    """Too deep, too long, ambiguous or no JSON: never an error of the server."""
    with pytest.raises(pages.HTTPException) as refusal:
        pages.json_in(data)
    assert refusal.value.status_code == status


def test_signed_values() -> None:
    """They open for their purpose, in their time, under their key, and not when changed."""
    signer = tokens.Signer(b"x" * 32)
    text = signer.signed("seat", ["a", 1])
    assert signer.opened("seat", text) == ["a", 1]
    assert signer.opened("seat", text, -1) is None
    assert signer.opened("teacher", text) is None
    assert tokens.Signer(b"y" * 32).opened("seat", text) is None
    changed = ("B" if text[0] != "B" else "C") + text[1:]
    assert signer.opened("seat", changed) is None
    assert signer.opened("seat", "x" * 100_000) is None


def test_the_key_outlives_the_server(tmp_path: Path) -> None:
    """A folder keeps it, for its owner alone; without a folder each server has its own."""
    first = tokens.secret_of(tmp_path / "class")
    assert len(first) >= 32
    assert tokens.secret_of(tmp_path / "class") == first
    assert (tmp_path / "class" / "secret").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "class").iterdir()] == ["secret"]
    assert tokens.secret_of(None) != tokens.secret_of(None)


def test_tokens_cannot_be_guessed() -> None:
    """128 bits in letters that stand in an address, never twice the same."""
    many = {tokens.fresh_token() for _ in range(1000)}
    assert len(many) == 1000
    assert {len(token) for token in many} == {22}
    assert set("".join(many)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert len(tokens.fresh_code("ACDE", 6)) == 6
