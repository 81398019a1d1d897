"""``detente sweep``: payoffs and differences along parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands import options
from sim.commands.progress import progress
from sim.errors import CommandError, Fault, Place, quoted

if TYPE_CHECKING:
    from sim.experiment.axes import Span
    from sim.experiment.sweep import Swept

Over = Annotated[
    list[str] | None,
    typer.Option("--over", metavar="P=LOW:HIGH:N", help="A parameter and its values; P alone: its range. Repeatable."),
]
Values = Annotated[
    list[str] | None, typer.Option("--values", metavar="P=A,B,C", help="A parameter and the values it takes.")
]
Latin = Annotated[
    int | None,
    typer.Option("--latin", metavar="N", parser=options.whole("--latin"), help="Draw N points over all parameters."),
]
Every = Annotated[bool, typer.Option("--all", help="All regimes.")]
Csv = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write one row a point.")]
Chart = Annotated[Path | None, typer.Option("--chart", metavar="FILE", help="Draw it: .png, .svg, .html or .json.")]
Point = Annotated[
    int | None,
    typer.Option(
        "--save-scenario",
        metavar="POINT",
        parser=options.whole("--save-scenario"),
        help="Write a point as a scenario, with --to.",
    ),
]
To = Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Where --save-scenario writes.")]


def command(
    scenario: options.ScenarioWord,
    over: Over = None,
    values: Values = None,
    latin: Latin = None,
    runs: options.Runs = None,
    seed: options.Seed = None,
    regime: options.Regimes = None,
    every: Every = False,
    play: options.Play = None,
    set_: options.Set = None,
    jobs: options.Jobs = 1,
    cluster: options.Cluster = None,
    csv: Csv = None,
    chart: Chart = None,
    save_scenario: Point = None,
    to: To = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Follow payoffs along one parameter or over several.

    Regimes are played on the same luck at every point.
    """
    from sim.experiment.sweep import play_sweep, swept
    from sim.model.compiling import regime_names
    from sim.report import files

    loaded = options.scenario_of(scenario)
    spans = dict(_span(word) for word in over or ())
    lists = dict(_list(word) for word in values or ())
    _once("--over", over, len(spans))
    _once("--values", values, len(lists))
    setting = options.setting_of(None, play, set_)
    plan = options.plan_at_points(loaded, runs, seed, jobs, cluster)
    if every and regime:
        raise options.refused("--all", "--all and --regime say two things", "leave one of them out")
    regimes = regime_names(loaded) if every else regime or ()
    asked = swept(loaded, spans, lists, draws=latin, regimes=regimes, setting=setting, plan=plan)
    _saved(asked, save_scenario, to)
    if csv is not None:
        csv = files.checked(csv, "--csv")
    if chart is not None:
        from sim.report.charts import theme

        chart = theme.checked(chart)
    with progress(asked.points.count * plan.runs * len(asked.sides), quiet) as advance:
        answer = play_sweep(asked, advance)
    told = []
    if csv is not None:
        from sim.report.sweep_rows import csv_of

        files.write(csv, csv_of(answer))
        told.append(f"table in {csv}")
    if chart is not None:
        from sim.report.charts.sweep import chart_of

        theme.save(chart_of(answer), chart)
        told.append(f"picture in {chart}")
    if save_scenario is not None and to is not None:
        _write(asked, save_scenario, to)
        told.append(f"point {save_scenario} in {to}; try: detente validate {to}")
    if json:
        options.print_json(answer.to_dict())
    else:
        from sim.report.console import console
        from sim.report.sweep import show_sweep

        show_sweep(answer, console())
    for line in [*told, *options.cluster_told(plan), *options.notes(loaded, setting, _beyond(asked))]:
        options.message(line, quiet)


def _beyond(asked: Swept) -> list[str]:
    """Return which parameters are swept to where their ranges do not go."""
    found = []
    for axis in asked.axes:
        span = asked.scenario.parameters[axis.name].range
        if span is not None and not span[0] <= axis.low <= axis.high <= span[1]:
            ends = f"from {axis.low:g} to {axis.high:g}, beyond its range, {span[0]:g} to {span[1]:g}"
            found.append(f"{axis.name} is swept {ends}")
    return found


def _span(word: str) -> tuple[str, Span]:
    """Read ``P``, ``P=LOW:HIGH`` or ``P=LOW:HIGH:N``; what is left out between the colons is None."""
    name, sign, rest = word.partition("=")
    parts = [part.strip() for part in rest.split(":")] if sign else []
    if not name.strip() or (sign and not 2 <= len(parts) <= 3):
        problem = f"{quoted(word)} is no PARAMETER=LOW:HIGH:N"
        raise options.refused("--over", problem, "write --over and PARAMETER=LOW:HIGH:N, such as burden=0:1:11")
    low, high, count = (*parts, *[""] * (3 - len(parts)))
    many = options.whole("--over")(count) if count else None
    return name.strip(), (_number("--over", low), _number("--over", high), many)


def _list(word: str) -> tuple[str, list[float]]:
    name, sign, rest = word.partition("=")
    found = [_number("--values", part.strip()) for part in rest.split(",") if part.strip()]
    if not (sign and name.strip() and found):
        problem = f"{quoted(word)} is no PARAMETER=A,B,C"
        raise options.refused("--values", problem, "write --values and PARAMETER=A,B,C, such as burden=0,0.5,1")
    return name.strip(), [value for value in found if value is not None]


def _number(option: str, text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text) if "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise options.refused(option, f"{quoted(text)} is no finite number", "write a number such as 0.25")
    return value


def _once(option: str, words: Sequence[str] | None, names: int) -> None:
    if words is not None and names < len(words):
        raise options.refused(option, f"{option} names a parameter twice", "name each once")


def _saved(asked: Swept, point: int | None, to: Path | None) -> None:
    """Refuse, before anything is played, to save what is no point, or where it cannot go."""
    from sim.report import files

    if (point is None) != (to is None):
        problem = "--save-scenario and --to go together" if point is None else "--save-scenario needs a file"
        raise options.refused("--to" if point is None else "--save-scenario", problem, "write both")
    if point is None or to is None:
        return
    if not 1 <= point <= asked.points.count:
        problem = f"there is no point {point}"
        raise options.refused("--save-scenario", problem, f"write a number from 1 to {asked.points.count:,}")
    if files.checked(to, "--to").exists():
        problem = f"{quoted(to)} is there already"
        raise CommandError(Fault(Place("command line"), "EXISTS", problem, "choose another name"))


def _write(asked: Swept, point: int, to: Path) -> None:
    from sim.report import files
    from sim.scenario.pin import pinned

    setting = next(iter(asked.sides.values()))
    at = asked.points.at(point - 1)
    place = ", ".join(f"{name} = {value!r}" for name, value in at.items())
    remarks = [f"Point {point} of a sweep of {asked.scenario.scenario}: {place}."]
    numbers = {**setting.parameters, **at}
    plan = asked.plan
    text = pinned(asked.scenario, f"point-{point}", numbers, setting.plays, plan.runs, plan.seed, remarks)
    files.write(to, text.encode())
