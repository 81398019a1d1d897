"""The picture of break-evens: a ladder of parameters, how far each has to move, alone and together with the others."""

from __future__ import annotations

from typing import Any

from sim.experiment.alone import Alone
from sim.experiment.breakeven import BreakEven
from sim.report import numbers
from sim.report.breakeven_words import how, sentences, subject, today
from sim.report.charts import theme
from sim.report.labels import Labels, inside

MOST_RUNGS = 14
"""Most parameters that are drawn."""

_STEP, _WIDTH = 46, 560
"""Pixels of a parameter's row, and of the ladder."""

_COLUMNS, _COLUMN = ("today", "alone", "together"), 84
"""What is written beside the ladder, and the pixels of a column."""

_LINE = 44
"""Characters in a line of a parameter's label."""

_ALONE, _TOGETHER = "alone", "together with all others (the nearest point)"


def chart_of(answer: BreakEven) -> Any:
    """Return the picture of break-evens. Raises ``CommandError`` where altair is not installed."""
    alt, labels = theme.altair(), Labels(answer.scenario)
    rungs = rungs_of(answer)
    joint = {move.name: move for move in answer.joint.moves} if answer.joint is not None else {}
    spans: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    for each in rungs:
        name, width = _called(each, rungs, labels), each.range[1] - each.range[0]
        ends = [(end - each.now) / width for end in each.range]
        spans.append({"parameter": name, "from": min(ends[0], 0.0), "to": max(ends[1], 0.0)})
        for root in each.crossings:
            low, high = ((end - each.now) / width for end in (root.low, root.high))
            at = None if root.at is None else (root.at - each.now) / width
            marks.append({"parameter": name, "kind": _ALONE, "at": at, "low": low, "high": high})
        if each.name in joint:
            marks.append(
                {"parameter": name, "kind": _TOGETHER, "at": joint[each.name].moved, "low": None, "high": None}
            )
        says = [numbers.number(each.now), "-" if each.break_even is None else numbers.number(each.break_even)]
        says += [numbers.number(joint[each.name].to) if each.name in joint else "-"] if joint else []
        words.append({"parameter": name, **dict(zip(_COLUMNS, says, strict=False))})
    order = [_called(each, rungs, labels) for each in rungs]
    y = alt.Y("parameter:N", title=None, sort=order, axis=alt.Axis(labelLimit=360, labelExpr=_fold(), grid=False))
    lows, highs = ([float(span[end]) for span in spans] for end in ("from", "to"))
    scale = alt.Scale(domain=[min([-0.1, *lows]), max([0.1, *highs])])
    x = alt.X(
        "from:Q",
        title="Moved from today, in widths of the parameter's range",
        scale=scale,
        axis=alt.Axis(format="+.0%", grid=False),
    )
    range_bars = alt.Chart(alt.Data(values=spans)).mark_bar(height=16, color="#E4E4E4").encode(x=x, x2="to:Q", y=y)
    kinds = [_ALONE, *([_TOGETHER] if joint else [])]
    legend = {"title": "Where both are equally good", "sort": kinds}
    look = alt.Legend(orient="bottom", columns=1, labelLimit=600)
    marked = alt.Chart(alt.Data(values=marks)).encode(y=y)
    intervals = marked.transform_filter("isValid(datum.low)").mark_rule(
        strokeWidth=7, opacity=0.45, color=theme.COLOURS[0]
    )
    points = (
        marked.transform_filter("isValid(datum.at)")
        .mark_point(size=150)
        .encode(
            x="at:Q",
            color=alt.Color(
                "kind:N", scale=alt.Scale(domain=kinds, range=[theme.COLOURS[0], "#CC5500"]), legend=look, **legend
            ),
            shape=alt.Shape(
                "kind:N", scale=alt.Scale(domain=kinds, range=["circle", "diamond"]), legend=look, **legend
            ),
        )
    )
    zero = alt.Chart(alt.Data(values=[{"at": 0.0}])).mark_rule(strokeDash=[4, 4], strokeWidth=1.5).encode(x="at:Q")
    columns = []
    for place, heading in enumerate(_COLUMNS[: 3 if joint else 2]):
        away = _WIDTH + _COLUMN * place + _COLUMN // 2 + 16
        base = alt.Chart(alt.Data(values=words)).encode(x=alt.value(away))
        columns.append(base.mark_text(fontSize=14).encode(y=y, text=f"{heading}:N"))
        top = alt.Chart(alt.Data(values=[{"says": heading}])).mark_text(fontSize=13, baseline="bottom", color="#4D4D4D")
        columns.append(top.encode(x=alt.value(away), y=alt.value(-6), text="says:N"))
    picture = alt.layer(range_bars, zero, intervals.encode(x="low:Q", x2="high:Q"), points, *columns).properties(
        width=_WIDTH, height=alt.Step(_STEP)
    )
    actor = inside(labels.actor(answer.actor))
    under = [
        f"{subject(answer, labels)}.",
        today(answer, labels),
        f"{how(answer)}.",
        "Grey: the range. Dashed: today. Bars: 95 % intervals.",
    ]
    return theme.themed(
        picture,
        f"{labels.title}: break-even for {actor}",
        under,
        alternative=f"{subject(answer, labels)}. {today(answer, labels)} {' '.join(sentences(answer, labels))}",
        columns=(76, 120),
    )


def rungs_of(answer: BreakEven) -> tuple[Alone, ...]:
    """Return the parameters that are drawn: those that break even alone, then those that do most together."""
    moves = {move.name: abs(move.moved) for move in answer.joint.moves} if answer.joint is not None else {}
    rest = [each for each in answer.parameters if each.matters and each.break_even is None]
    rest.sort(key=lambda each: (-moves.get(each.name, 0.0), abs(each.most[1].mean) if each.most else 0.0))
    return (*answer.ladder, *rest)[:MOST_RUNGS]


def _called(each: Alone, rungs: tuple[Alone, ...], labels: Labels) -> str:
    called = [labels.parameter(rung.name) for rung in rungs]
    label = labels.parameter(each.name)
    return label if called.count(label) == 1 else f"{label} ({each.name})"


def _fold() -> str:
    """Return an expression of Vega's that writes a label in two lines where it is too long for one."""
    cut = f"lastindexof(substring(datum.label, 0, {_LINE}), ' ')"
    halves = f"[substring(datum.label, 0, {cut}), substring(datum.label, {cut} + 1)]"
    return f"length(datum.label) > {_LINE} ? {halves} : datum.label"
