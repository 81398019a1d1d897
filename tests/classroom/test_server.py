"""The server as a process: what it says, whom it lets in, how it ends."""

from __future__ import annotations

import hashlib
import re
import signal
import socket
import ssl
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from sim.classroom.addresses import addresses
from sim.classroom.certificate import self_signed
from tests.classroom.serving import link, served
from tests.commands.asking import ask


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(tmp_path: Path, number: signal.Signals) -> None:
    """It says where; Ctrl-C and SIGTERM end it with status 0 and a line."""
    with served(tmp_path) as (process, lines):
        assert lines[0] == "detente is served at"
        assert re.fullmatch(r"http://localhost:\d+/", link(lines))
        response = httpx.get(link(lines), trust_env=False)
        assert response.status_code == 200
        assert "server" not in response.headers
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)
        assert errors == "the server has ended\n"
        assert process.returncode == 0


_TOLD = """
import gc, sys
from datetime import UTC, datetime
from sim.classroom.server import serve
def told(listening):
    print(gc.get_threshold(), gc.get_freeze_count() > 10_000)
    sys.exit()
gc.set_threshold(100_000, 20, 20)
serve(None, 0, lan=False, tls=False, now=datetime.now(UTC), ready=told)
"""


def test_garbage_is_looked_for_as_long_as_it_serves() -> None:
    """A short command lets garbage lie; in a server the games of one class after the other would pile up."""
    told = subprocess.run([sys.executable, "-c", _TOLD], capture_output=True, text=True, check=True)
    fresh = subprocess.run(
        [sys.executable, "-c", "import gc; print(gc.get_threshold())"], capture_output=True, text=True
    )
    assert told.stdout == f"{fresh.stdout.strip()} True\n"


def test_a_socket_of_the_real_server(tmp_path: Path) -> None:
    """Another site's is refused with 403; a message of 1 MiB closes ours with 1009."""
    with served(tmp_path) as (_, lines):
        address = link(lines).replace("http", "ws")
        with pytest.raises(InvalidStatus, match="403"):
            connect(f"{address}explore/live", origin="http://evil.example", proxy=None)
        with connect(f"{address}explore/live", origin=link(lines).rstrip("/"), proxy=None) as channel:
            channel.send("x" * 2**20)
            with pytest.raises(ConnectionClosed) as closed:
                channel.recv(timeout=10)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


def test_the_certificate_is_the_one_that_is_told(tmp_path: Path) -> None:
    """With --tls: its SHA-256 is printed, so that it can be compared."""
    with served(tmp_path, "--tls") as (_, lines):
        port = int(re.search(r":(\d+)/", link(lines))[1])  # type: ignore[index]
        told = next(line.strip() for line in lines if re.fullmatch(r"\s+[0-9A-F:]{95}", line))
        der = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port)))
        assert hashlib.sha256(der).hexdigest().upper() == told.replace(":", "")
        certificate = tmp_path / "certificate.pem"
        certificate.write_text(ssl.DER_cert_to_PEM_cert(der))
        context = ssl.create_default_context(cafile=str(certificate))
        response = httpx.get(link(lines), verify=context, trust_env=False)
        assert response.status_code == 200


def test_a_port_in_use_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With status 5 and what to write instead."""
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = ask("serve", "--no-browser", "--port", str(port))
    assert answer.status == 5
    assert f"PORT: port {port} is in use; end what uses it, or write --port" in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (["--port", "65536"], 2, "PORT"),
        (["--port", "-1"], 2, "PORT"),
        (["--port", "http"], 2, "PORT"),
        (["--key", "key.pem"], 2, "KEY"),
        (["--certificate", "a.pem"], 2, "CERTIFICATE"),
        (["--certificate", "a.pem", "--key", "b.pem"], 2, "CERTIFICATE"),
        (["--certificate", "text.pem", "--key", "text.pem"], 2, "CERTIFICATE"),
        (["nowhere.yaml"], 3, "NO-SUCH-FILE"),
        (["--out", "/"], 2, ""),
    ],
)
def test_what_cannot_be_served_is_told(
    words: list[str], status: int, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line, before any port is opened."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.pem").write_text("no certificate")
    answer = ask("serve", "--no-browser", *words)
    assert answer.status == status
    assert answer.err.count("\n") == 1
    assert f" {code}: " in answer.err or not code
    assert not (tmp_path / "results").exists()


def test_missing_libraries_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever installed detente alone reads what to install."""
    monkeypatch.setattr("sim.commands.serve.find_spec", lambda name: None)
    answer = ask("serve")
    assert answer.status == 2
    assert "pip install 'detente[web]'" in answer.err


def test_the_machines_addresses_can_stand_in_a_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """IPv6 in brackets, nothing that only this machine can reach, its name with and without .local."""
    heard = [
        (0, 0, 0, "", (word, 0)) for word in ("192.168.1.5", "fe80::1", "::1", "127.0.1.1", "fd00::7", "no address")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: heard)
    monkeypatch.setattr(socket, "gethostname", lambda: "Teacher")
    found = addresses()
    assert {"192.168.1.5", "[fd00::7]", "teacher", "teacher.local"} <= set(found)
    assert not [name for name in found if "fe80" in name or name.startswith("127.") or name == "[::1]"]
    assert len(set(found)) == len(found)


def test_a_certificate_is_for_every_name() -> None:
    """For 90 days, for a server and nothing else."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    data, _, told = self_signed(["localhost", "192.168.1.5", "[fd00::7]"], now)
    certificate = x509.load_pem_x509_certificate(data)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == ["192.168.1.5", "fd00::7"]
    assert (certificate.not_valid_after_utc - now).days == 90
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert len(told.split(":")) == 32
