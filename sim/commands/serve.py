"""``detente serve``: the web application, for one's own browser or for a class."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands import options

if TYPE_CHECKING:
    from sim.classroom.server import Listening

_NEEDED = ("cryptography", "itsdangerous", "jinja2", "multipart", "segno", "starlette", "uvicorn", "websockets")
_PORTS = 65535

First = Annotated[
    str | None,
    typer.Argument(metavar="[SCENARIO]", help="What is offered first: a file, or a shipped scenario's name."),
]
Port = Annotated[
    int, typer.Option("--port", metavar="N", parser=options.whole("--port"), help="Where it listens; 0: a free port.")
]
Lan = Annotated[bool, typer.Option("--lan", help="Let other machines of the network reach it.")]
Tls = Annotated[bool, typer.Option("--tls", help="Encrypt, with a certificate made now unless one is given.")]
CertificateFile = Annotated[
    Path | None, typer.Option("--certificate", metavar="FILE", help="A certificate in PEM; needs --key.")
]
KeyFile = Annotated[Path | None, typer.Option("--key", metavar="FILE", help="The certificate's key in PEM.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Open no browser.")]


def command(
    scenario: First = None,
    port: Port = 8000,
    lan: Lan = False,
    tls: Tls = False,
    certificate: CertificateFile = None,
    key: KeyFile = None,
    no_browser: NoBrowser = False,
    out: options.Out = options.RESULTS,
    quiet: options.Quiet = False,
) -> None:
    """Explore, watch and play in the browser, or teach a class.

    Only this machine can reach it unless --lan is given. Ctrl-C ends it.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        problem = f"the libraries for the web are not installed ({', '.join(missing)})"
        raise options.refused("serve", problem, "install them with: pip install 'detente[web]'")
    if not 0 <= port <= _PORTS:
        raise options.refused("--port", f"there is no port {port}", "write a number from 1024 to 65535, or 0")
    if (certificate is None) is not (key is None):
        given, other = ("--key", "--certificate") if certificate is None else ("--certificate", "--key")
        raise options.refused(given, f"{given} is given without {other}", f"write {other} and a file, too")
    pair = None if certificate is None or key is None else _checked(certificate, key)
    if scenario is not None:
        options.scenario_of(scenario)
    from sim.archive.root import checked_root
    from sim.classroom.server import serve

    def ready(listening: Listening) -> None:
        _told(listening, lan)
        if not no_browser and sys.stdout.isatty():
            import webbrowser

            webbrowser.open(f"{listening.settings.scheme}://localhost:{listening.settings.port}/")

    serve(
        scenario,
        port,
        lan=lan,
        tls=tls,
        now=options.now(),
        certificate=pair,
        folder=checked_root(out) / "classroom",
        ready=ready,
    )
    options.message("the server has ended", quiet)


def _told(listening: Listening, lan: bool) -> None:
    settings = listening.settings
    print("detente is served at")
    for link in settings.links:
        print(f"  {link}")
    if listening.fingerprint is not None:
        print("Browsers warn once of the certificate, which this machine made itself. Its SHA-256 is")
        print(f"  {listening.fingerprint}")
    elif lan and not settings.tls:
        print("What is sent can be read in this network; --tls encrypts it.")
    print("Rooms for a class are opened with this link, which is for you alone:")
    print(f"  {settings.links[0]}class/host?key={settings.host_key}")
    print("Press Ctrl-C to end it.", flush=True)


def _checked(certificate: Path, key: Path) -> tuple[Path, Path]:
    """Return the two files. Raises ``CommandError`` where they cannot be read or do not belong together."""
    import ssl

    for option, path in (("--certificate", certificate), ("--key", key)):
        if not path.is_file():
            raise options.refused(option, f"there is no file '{path}'", f"write {option} and a file in PEM")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key, password=lambda: b"")
    except (OSError, ValueError) as error:
        reason = str(getattr(error, "reason", None) or "they are not in PEM").lower().replace("_", " ")
        problem = f"'{certificate}' and '{key}' are no certificate and its key ({reason})"
        remedy = "write files in PEM that belong together, without a password"
        raise options.refused("--certificate", problem, remedy) from None
    return certificate, key
