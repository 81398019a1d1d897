"""The options that commands share: what they are called, what they mean, and how their words are read."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import CommandError, Fault, Place, one_line, quoted, shortened

if TYPE_CHECKING:
    from sim.experiment.ensemble import Plan
    from sim.model.game import Setting
    from sim.scenario.schema import Scenario

_WHOLE = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_LARGEST = 2**63 - 1


def whole(option: str) -> Callable[[str | int], int]:
    """Return a reader of the option's whole number; it raises ``CommandError``."""

    def read(word: str | int) -> int:
        if isinstance(word, int):
            return word
        if not _WHOLE.fullmatch(word):
            problem = f"{option} is {quoted(word)}, which is no whole number"
            raise refused(option, problem, f"write {option} and a number such as 1000")
        digits = word.lstrip("+-0") or "0"
        if len(digits) > len(str(_LARGEST)) or int(digits) > _LARGEST:
            raise refused(option, f"{option} is {quoted(word)}, which is too large", "write a number below 2**63")
        return -int(digits) if word.startswith("-") else int(digits)

    return read


def refused(option: str, problem: str, remedy: str) -> CommandError:
    """Return the error of an option that says something it may not say."""
    return CommandError(Fault(Place("command line"), option.strip("-").upper(), problem, remedy))


def _precision(word: str | float) -> float:
    if isinstance(word, str) and not _DECIMAL.fullmatch(word):
        problem = f"--precision is {quoted(word)}, which is no number"
        raise refused("--precision", problem, "write a number such as 0.05")
    return float(word)


def folder(option: str, example: str) -> Callable[[str | Path], Path]:
    """Return the reader of an option that names a folder, such as the example."""

    def read(word: str | Path) -> Path:
        if isinstance(word, str) and not word.strip():
            raise refused(
                option, f"{option} names no folder", f"write {option} and a folder, such as {option} {example}"
            )
        return Path(word)

    return read


ScenarioWord = Annotated[str, typer.Argument(metavar="SCENARIO", help="A file, or the name of a shipped scenario.")]
Runs = Annotated[
    int | None,
    typer.Option("--runs", metavar="N", parser=whole("--runs"), help="How many runs (default: the scenario's)."),
]
Precision = Annotated[
    float | None,
    typer.Option(
        "--precision", metavar="X", parser=_precision, help="Half the width that intervals of payoffs may have."
    ),
]
Seed = Annotated[
    int | None, typer.Option("--seed", metavar="S", parser=whole("--seed"), help="Where the luck comes from.")
]
Regime = Annotated[str | None, typer.Option("--regime", metavar="R", help="The regime (default: the first).")]
Regimes = Annotated[
    list[str] | None, typer.Option("--regime", metavar="R", help="A regime; repeat it (default: the first two).")
]
Play = Annotated[
    list[str] | None, typer.Option("--play", metavar="ACTOR=STRATEGY", help="What an actor plays; repeatable.")
]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="PARAMETER=VALUE", help="A parameter's value; repeatable.")
]
Engine = Annotated[str, typer.Option("--engine", metavar="lockstep|events", help="Which engine plays.")]
Jobs = Annotated[int, typer.Option("--jobs", metavar="J", parser=whole("--jobs"), help="How many processes play.")]
Cluster = Annotated[
    str | None,
    typer.Option("--cluster", metavar="ADDRESS", help="A Dask scheduler whose workers play, tcp://HOST:PORT."),
]
Block = Annotated[
    int | None, typer.Option("--block", metavar="B", parser=whole("--block"), help="How many runs advance together.")
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", parser=folder("--out", "results"), help="Where results go.")]
Chart = Annotated[Path | None, typer.Option("--chart", metavar="FILE", help="Draw it: .png, .svg, .html or .json.")]
Charts = Annotated[
    Path | None,
    typer.Option(
        "--charts",
        metavar="DIR",
        parser=folder("--charts", "pictures"),
        help="Draw all its pictures: a .png and a .svg each.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress and no messages.")]
WithPlayers = Annotated[
    bool, typer.Option("--with-players", help="Run the code of players from outside that DIR names.")
]
RESULTS = Path("results")
Advance = Callable[[int], None]
"""Told how many runs have been played since it was last told."""


def scenario_of(word: str) -> Scenario:
    """Return the scenario that a word of the command line means. Raises ``ScenarioError``."""
    from sim.scenario.shipped import load_found

    return load_found(word)


def setting_of(regime: str | None, play: Sequence[str] | None, set_: Sequence[str] | None) -> Setting:
    """Return the setting that ``--regime``, ``--play`` and ``--set`` ask for. Raises ``CommandError``."""
    from sim.model.game import Setting

    plays = dict(_pair("--play", word, "ACTOR=STRATEGY") for word in play or ())
    if any(":" in word for word in plays.values()):
        look_for_players_here()
    numbers = {name: _number(name, value) for name, value in (_pair("--set", w, "PARAMETER=VALUE") for w in set_ or ())}
    return Setting(regime, plays, numbers)


def plan_at_points(
    scenario: Scenario, runs: int | None, seed: int | None, jobs: int, cluster: str | None = None
) -> Plan:
    """Return the plan that the options ask for at each of many points of parameters. Raises ``CommandError``."""
    from sim.experiment.plan import planned_at_points

    return planned_at_points(scenario, runs, seed, jobs=jobs, cluster=cluster)


def look_for_players_here() -> None:
    """Let a player's module lie in the current folder; what is installed under the same name comes first."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)


def plan_of(
    scenario: Scenario,
    runs: int | None,
    seed: int | None,
    engine: str,
    jobs: int,
    block: int | None,
    cluster: str | None = None,
) -> Plan:
    """Return the plan that the options ask for. Raises ``CommandError``."""
    from sim.experiment.ensemble import planned_for

    return planned_for(scenario, runs, seed, engine=engine, jobs=jobs, block=block, cluster=cluster)


def print_json(document: dict[str, Any]) -> None:
    """Write one JSON document to stdout."""
    import json

    text = json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(document, indent=2, allow_nan=False)
    print(text)


def message(text: str, quiet: bool) -> None:
    """Write a message to stderr unless asked to be quiet."""
    if not quiet:
        print(text, file=sys.stderr)


def notes(scenario: Scenario, setting: Setting, warnings: Iterable[str]) -> list[str]:
    """Return what to say about an answer: parameters set outside their ranges, intervals that cannot be trusted."""
    lines = []
    for name, value in setting.parameters.items():
        part = scenario.parameters.get(name)
        if part is not None and part.range is not None and not part.range[0] <= value <= part.range[1]:
            low, high = part.range
            lines.append(f"note: {name} = {value:g} lies outside its range, {low:g} to {high:g}")
    return [*lines, *(f"note: {warning}" for warning in warnings)]


def cluster_told(plan: Plan) -> list[str]:
    """Return in words what the cluster of a plan did; nothing where processes here have played."""
    return [] if plan.elsewhere is None else plan.elsewhere.told


def now() -> datetime:
    """Return the time at which work begins, in UTC."""
    return datetime.now(UTC)


def command_line() -> list[str]:
    """Return the words of the command line as they were given, for the manifest."""
    return ["detente", *sys.argv[1:]]


def _pair(option: str, word: str, form: str) -> tuple[str, str]:
    name, sign, value = word.partition("=")
    if not (sign and name and value):
        raise refused(option, f"{quoted(word)} is no {form}", f"write {option} {form}")
    return name.strip(), value.strip()


def _number(name: str, text: str) -> float:
    value = float(text) if _DECIMAL.fullmatch(text) else math.nan
    if not math.isfinite(value):
        problem = f"{quoted(text)} is no finite number for {quoted(name)}"
        raise refused("--set", problem, f"write a number, such as --set {one_line(shortened(name))}=0.25")
    return value
