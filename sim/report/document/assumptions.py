"""What is assumed, where it comes from, and which of it decides: told of the ends of every range, and drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.errors import one_line
from sim.experiment.ends import Ends, Result, Side, Swing
from sim.report import numbers
from sim.report.charts import rows
from sim.report.charts.figures import Figure
from sim.report.charts.rows import Row
from sim.report.document.content import Assumption, Table
from sim.report.document.subject import Measured, Subject
from sim.report.labels import Labels, joined, label_of, quoted_label, sentence_case
from sim.report.words import exact, span
from sim.scenario.schema import Parameter, Scenario

ROWS = 10
"""Assumptions that are told of each result: those that move it most."""

_DONE = {"turns": "turns it around", "opens": "leaves it open", "settles": "settles it", "": "no"}


def how_found(ends: Ends) -> str:
    """Return in words how it was found out which assumptions decide, and what that leaves out."""
    moved = numbers.count(len(ends.parameters), "uncertain assumption")
    return (
        f"Each of {moved} was moved alone to both ends of its range, all others as they are, on the same luck: "
        f"{numbers.count(ends.points, 'point')} with {numbers.count(ends.runs, 'run')} at each. That is a quick look "
        "at the ends alone; what lies between is for `detente breakeven`, what several do together for "
        "`detente sensitivity`."
    )


def told_of_ends(ends: Ends, subject: Subject) -> tuple[str, ...]:
    """Return what the assumptions do to each result, a sentence each, and what could not be looked at."""
    told = [_told(subject, subject.measured[name], result) for name, result in ends.results.items()]
    told += [
        f"{quoted_label(subject.parameter(name))} could not be moved: {one_line(why)}."
        for name, why in ends.trouble.items()
    ]
    return tuple(told)


def _told(subject: Subject, measured: Measured, result: Result) -> str:
    decimals = numbers.common_decimals([result.today])
    today = numbers.mean(result.today, decimals, sign=measured.signed)
    largest = [swing for swing in result.swings if swing.size][:3]
    if not largest:
        return sentence_case(f"{measured.label} ({today} at these points) is moved by none of them.")
    moves = joined([f"{quoted_label(subject.parameter(each.parameter))} ({_span(each, decimals)})" for each in largest])
    words = f"{measured.label} is {today} as things are stated; most it is moved by {moves}."
    if measured.signed:
        some = [each for each in result.swings if each.verdict(result.today) in ("turns", "settles")]
        many = numbers.count(len(some), "assumption")
        if result.today.side:
            words += f" {many} can turn its sign." if some else " None turns its sign."
        else:
            words += f" Its sign is open; {many} can settle it." if some else " Its sign is open, and none settles it."
    return sentence_case(words)


def _span(swing: Swing, decimals: int) -> str:
    return f"{numbers.mean(swing.low, decimals)} to {numbers.mean(swing.high, decimals)}"


def table_of(name: str, subject: Subject, ends: Ends) -> Table:
    """Return the assumptions that move a result most, with the result at both ends of their range."""
    measured, result = subject.measured[name], ends.results[name]
    decimals = numbers.common_decimals([result.today])
    body = []
    for swing in result.swings[:ROWS]:
        if not swing.size:
            continue
        low, high = (numbers.mean(each, decimals, sign=measured.signed) for each in (swing.low, swing.high))
        row = [subject.parameter(swing.parameter), span(*swing.range), low, high]
        if measured.signed:
            row.append(_DONE[swing.verdict(result.today)])
        body.append(tuple(row))
    headings = ["assumption", "range", "at the low end", "at the high end"]
    if measured.signed:
        headings.append("decides the sign")
    today = numbers.mean(result.today, decimals, sign=measured.signed)
    reach = numbers.interval(result.today, decimals)
    between = f", 95 % interval {reach}" if reach and reach != numbers.ALWAYS else ""
    caption = f"What moves {measured.label} most (as stated: {today}{between})"
    return Table(caption, tuple(headings), tuple(body), (1, 2, 3))


def figure_of(name: str, subject: Subject, ends: Ends) -> Figure:
    """Return the same as a picture: a bar from the result at the low end to that at the high end."""
    measured, result = subject.measured[name], ends.results[name]
    decimals = numbers.common_decimals([result.today])
    swings = [swing for swing in result.swings if swing.size][:ROWS]
    drawn = [
        Row(
            f"{subject.parameter(swing.parameter)} ({span(*swing.range)})",
            f"{numbers.mean(swing.low, decimals)} to {numbers.mean(swing.high, decimals)}",
            swing.low.mean,
            swing.high.mean,
        )
        for swing in swings
    ]
    today = numbers.mean(result.today, decimals, sign=measured.signed)
    drawn.append(
        Row("As things are stated", today, result.today.mean, result.today.mean, result.today.low,
            result.today.high, "total")
    )  # fmt: skip
    told = "; ".join(f"{row.label}: {row.says}" for row in drawn)
    crossing = " A bar that crosses zero can turn the answer around." if measured.signed else ""
    title = f"What moves {measured.label} most"
    return Figure(
        name,
        title,
        f"Bars: from the low end of an assumption's range to the high end, all others as stated.{crossing}",
        f"{title}: {told}.",
        rows.panel(drawn, None, sentence_case(measured.label), zero=measured.signed),
    )


def assumptions_of(subject: Subject, ends: Ends | None) -> tuple[Assumption, ...]:
    """Return every parameter with its value, range and source, those first that decide something."""
    deciding: dict[str, dict[str, None]] = {}
    if ends is not None:
        for name, result in ends.results.items():
            if subject.measured[name].signed:
                for swing in result.deciding:
                    what = f"{_DONE[swing.verdict(result.today)]}: {subject.measured[name].who}"
                    deciding.setdefault(swing.parameter, {})[what] = None
    found = {}
    for scenario in subject.scenarios:
        for name, part in scenario.parameters.items():
            key = name if len(subject.scenarios) == 1 else f"{scenario.scenario}: {name}"
            found[key] = _assumption(scenario, subject.sides, name, part, "; ".join(deciding.get(name, {})))
    return tuple(sorted(found.values(), key=lambda each: not each.decides))


def _assumption(scenario: Scenario, sides: Mapping[str, Side], name: str, part: Parameter, decides: str) -> Assumption:
    label = label_of(part, name)
    values: dict[str, Sequence[str]] = {}
    for side in sides.values():
        if side.scenario is scenario:
            value = side.setting.parameters.get(name)
            if value is not None:
                values["set here"] = [exact(float(value))]
            regime = scenario.regimes.get(side.setting.regime or "")
            if regime is not None and name in regime.parameters and value is None:
                under = f"under {quoted_label(Labels(scenario).regime(side.setting.regime or ''))}"
                values[under] = [exact(regime.parameters[name])]
    written = exact(part.value)
    more = "; ".join(f"{number[0]} {where}" for where, number in values.items())
    return Assumption(
        label=label,
        name=name,
        value=f"{written} ({more})" if more else written,
        range=span(*part.range) if part.range is not None else "not given",
        source=one_line(part.source) if part.source else "not given",
        decides=decides,
    )
