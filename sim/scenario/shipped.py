"""The scenarios that ship with the program, found by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import ScenarioError, nearest

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

_PACKAGE = Path(__file__).resolve().parents[1]


def folder() -> Path:
    """Return where the shipped scenarios are: inside an installed package, beside it in a working tree."""
    inside = _PACKAGE / "_shipped"
    return inside if inside.is_dir() else _PACKAGE.parent / "scenarios"


def shipped() -> Iterator[tuple[str, Path]]:
    """Yield the name and the file of every shipped scenario, in order of name within each folder."""
    home = folder()
    for path in sorted([*home.glob("*.yaml"), *home.glob("*/*.yaml")], key=_folder_and_name):
        yield path.relative_to(home).with_suffix("").as_posix(), path


def _likely(path: Path) -> str:
    """Return the remedy for a scenario that is not there: the likely one, if there is any."""
    known = {name.rsplit("/", 1)[-1] for name, _ in shipped()}
    known |= {file.stem for file in Path().glob("*.yaml")}
    likely = nearest(path.stem, sorted(known))
    hint = f"did you mean '{likely}'? " if likely is not None else ""
    return f"{hint}`detente list` shows what there is"


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return True  # whatever is wrong with the path, reading it will say


def _folder_and_name(path: Path) -> tuple[str, str]:
    return "" if path.parent == folder() else path.parent.name, path.stem


def found(scenario: str | Path) -> Path:
    """Return the file that a path or the name of a shipped scenario means; a path that exists wins."""
    path = Path(scenario)
    if path.suffix in (".yaml", ".yml") or _exists(path):
        return path
    by_name = dict(shipped())
    by_name |= {name.rsplit("/", 1)[-1]: file for name, file in by_name.items()}
    return by_name.get(str(scenario), path)


def load_found(scenario: str | Path) -> Scenario:
    """Return the checked scenario in a file, or the shipped one of a name. Raises ``ScenarioError``."""
    from sim.scenario.load import load

    path = found(scenario)
    try:
        loaded = load(path)
    except ScenarioError as error:
        missing = error.faults[0]
        if missing.code != "NO-SUCH-FILE" or missing.place.file != str(path):
            raise
        raise ScenarioError(replace(missing, remedy=_likely(path))) from None
    if path != Path(scenario) and loaded.document is not None:
        # What a command that replays a run has to say is the name that was given.
        loaded.read_from(str(scenario), loaded.document)
    return loaded
