"""``detente new``: a commented scenario to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.errors import CommandError, Fault, Place, quoted


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower-case letters, digits, hyphens.")],
) -> None:
    """Write a commented starter scenario.

    NAME.yaml in the current folder; it runs as it is.
    """
    from importlib import resources

    from sim.scenario.leaves import IDENTIFIER

    if not IDENTIFIER.match(name):
        problem = f"{quoted(name)} cannot be a scenario's name"
        raise CommandError(Fault(Place("command line"), "NAME", problem, "write lower-case letters, digits, hyphens"))
    path = Path(f"{name}.yaml")
    text = resources.files("sim.scenario").joinpath("starter.yaml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            try:
                file.write(text.replace("scenario: starter", f"scenario: {name}", 1))
                file.flush()
            except OSError:
                # Half a scenario is none.
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        problem = f"{quoted(path)} is there already"
        raise CommandError(Fault(Place("command line"), "EXISTS", problem, "choose another name")) from None
    except OSError as error:
        from sim.archive.trouble import unwritten_file

        raise unwritten_file(error, path, len(text)) from None
    print(f"{path} is written. Try:\n  detente validate {path}\n  detente compare {path}")
