"""The picture of break-evens: a ladder of parameters, how far each has to move, alone and together with the others."""

from __future__ import annotations

from typing import Any

from sim.experiment.alone import Alone
from sim.experiment.breakeven import BreakEven
from sim.report import numbers
from sim.report.breakeven_words import how, sentences, subject, today
from sim.report.charts import rows, theme
from sim.report.charts.letters import folded, pixels
from sim.report.labels import Labels, inside

MOST_RUNGS = 14
"""Most parameters that are drawn."""

_LINE, _BAR, _GAP, _ROOM = 19, 18, 10, 24
"""Pixels of a line of letters, of a range, between parameters, and between a label and its numbers."""

_ALONE, _TOGETHER = "alone", "together with all others (the nearest point)"


def chart_of(answer: BreakEven) -> Any:
    """Return the picture of break-evens. Raises ``CommandError`` where altair is not installed."""
    alt, labels = theme.altair(), Labels(answer.scenario)
    heads, marks, height = _laid_out(answer, labels)
    lows, highs = ([head[end] for head in heads] for end in ("from", "to"))
    scale = alt.Scale(domain=[min([-0.1, *lows]), max([0.1, *highs])])
    kinds = [_ALONE, *([_TOGETHER] if answer.joint is not None and answer.joint.moves else [])]
    look = {"title": "Where both are equally good", "sort": kinds}
    legend = alt.Legend(orient="bottom", columns=1, labelLimit=600)

    def y(name: str) -> Any:
        return alt.Y(f"{name}:Q", axis=None, scale=alt.Scale(domain=[0, height], reverse=True, nice=False))

    def x(name: str) -> Any:
        axis = alt.Axis(format="+.0%", grid=False, tickCount=6)
        return alt.X(f"{name}:Q", title="Moved from today, in widths of the parameter's range", scale=scale, axis=axis)

    written, marked = alt.Chart(alt.Data(values=heads)), alt.Chart(alt.Data(values=marks))
    layers = [
        written.mark_rect(fill="#E4E4E4", stroke=None).encode(
            x=x("from"), x2=alt.X2("to:Q"), y=y("bar"), y2=alt.Y2("below:Q")
        ),
        alt.Chart(alt.Data(values=[{"at": 0.0}]))
        .mark_rule(strokeDash=[4, 4], strokeWidth=1.5)
        .encode(x=alt.X("at:Q", scale=scale)),
        marked.transform_filter("isValid(datum.low)")
        .mark_rule(strokeWidth=7, opacity=0.45, color=theme.COLOURS[0])
        .encode(x=x("low"), x2=alt.X2("high:Q"), y=y("middle")),
        marked.transform_filter("isValid(datum.at)")
        .mark_point(size=150)
        .encode(
            x=x("at"),
            y=y("middle"),
            color=alt.Color(
                "kind:N", scale=alt.Scale(domain=kinds, range=[theme.COLOURS[0], "#CC5500"]), legend=legend, **look
            ),
            shape=alt.Shape(
                "kind:N", scale=alt.Scale(domain=kinds, range=["circle", "diamond"]), legend=legend, **look
            ),
        ),
        *rows.lettered(written, "label", y("top"), lineHeight=_LINE),
        *rows.lettered(written, "says", y("top"), align="right", fontSize=14),
    ]
    picture = alt.layer(*layers, view=alt.ViewBackground(stroke=None)).properties(width=rows.WIDTH, height=height)
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
        columns=rows.COLUMNS,
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


def _laid_out(answer: BreakEven, labels: Labels) -> tuple[list[dict[str, Any]], list[dict[str, Any]], float]:
    """Return labels with their ranges, and marks, as data, with the pixels at which they stand; the height of all."""
    rungs = rungs_of(answer)
    joint = {move.name: move for move in answer.joint.moves} if answer.joint is not None else {}
    heads: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    top = 0.0
    for each in rungs:
        name, width = _called(each, rungs, labels), each.range[1] - each.range[0]
        says = f"today {numbers.number(each.now)}"
        says += "" if each.break_even is None else f", alone {numbers.number(each.break_even)}"
        says += f", together {numbers.number(joint[each.name].to)}" if each.name in joint else ""
        lines = folded(name, rows.WIDTH - pixels(says, 14) - _ROOM)
        bar = top + _LINE * len(lines) + 2
        middle = bar + _BAR / 2
        ends = [(end - each.now) / width for end in each.range]
        heads.append(
            {
                "parameter": name, "label": lines, "says": says, "top": top, "bar": bar, "below": bar + _BAR,
                "from": min(ends[0], 0.0), "to": max(ends[1], 0.0),
            }
        )  # fmt: skip
        for root in each.crossings:
            low, high = ((end - each.now) / width for end in (root.low, root.high))
            at = None if root.at is None else (root.at - each.now) / width
            marks.append({"parameter": name, "kind": _ALONE, "at": at, "low": low, "high": high, "middle": middle})
        if each.name in joint:
            moved = joint[each.name].moved
            marks.append(
                {"parameter": name, "kind": _TOGETHER, "at": moved, "low": None, "high": None, "middle": middle}
            )
        top = bar + _BAR + _GAP
    return heads, marks, max(top, 30.0)
