"""The picture of a sensitivity: parameters ranked, a bar each, with the interval on it."""

from __future__ import annotations

from typing import Any

from sim.experiment.sensitivity import Driven, Sensitivity
from sim.report import numbers
from sim.report.charts import theme
from sim.report.labels import Labels
from sim.report.sensitivity import HEADINGS, how, level, name_of, sentences, shown, subject

_STEP = 40
"""Pixels of a parameter's row."""

_WIDTH = 520


def chart_of(answer: Sensitivity) -> Any:
    """Return the picture of a sensitivity. Raises ``CommandError`` where altair is not installed."""
    alt, labels = theme.altair(), Labels(answer.asked.scenario)
    panels = [
        _ranked(alt, answer, result, labels) if result.varies else _level(alt, answer, result)
        for result in answer.results
    ]
    words = [sentence for result in answer.results for sentence in sentences(answer, result)]
    told = "Lines on the bars: 95 % intervals. " if _intervals(answer) else ""
    told += "Rises, falls: which way it goes with the parameter."
    return theme.themed(
        alt.vconcat(*panels, spacing=30).resolve_scale(x="independent", y="independent"),
        f"{labels.title}: what matters most",
        [subject(answer), f"{how(answer)}. {told}"],
        alternative=f"{subject(answer)}. {' '.join(words)}",
    )


def _intervals(answer: Sensitivity) -> bool:
    return any(
        measured.low is not None
        for result in answer.results
        for driver in result.drivers
        for measured in driver.measures.values()
    )


def _ranked(alt: Any, answer: Sensitivity, result: Driven, labels: Labels) -> Any:
    method = answer.asked.method
    drawn = shown(answer, result)
    called = [labels.parameter(driver.name) for driver in drawn]
    unique = [
        label if called.count(label) == 1 else f"{label} ({driver.name})"
        for label, driver in zip(called, drawn, strict=True)
    ]
    signs = {1: "rises", -1: "falls", 0: ""}
    rows = []
    for place, driver in enumerate(drawn):
        for measure in method.measures:
            measured = driver.measures[measure]
            rows.append(
                {
                    "parameter": unique[place],
                    "measure": HEADINGS[measure],
                    "value": max(measured.value, 0.0),
                    "low": max(measured.value if measured.low is None else measured.low, 0.0),
                    "high": max(measured.value if measured.high is None else measured.high, 0.0),
                    "says": signs[driver.direction] if measure == method.rank else "",
                }
            )
    order = [HEADINGS[measure] for measure in method.measures]
    looks = alt.Scale(domain=order, range=[theme.COLOURS[0], theme.AREAS[0]][: len(order)])
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y(
            "parameter:N",
            title=None,
            sort=unique,
            axis=alt.Axis(labelLimit=330, labelExpr=_FOLD),
            scale=alt.Scale(paddingInner=0.3),
        ),
        yOffset=alt.YOffset("measure:N", sort=order),
    )
    title = "Share of the variance" if "first" in method.measures and "delta" not in method.measures else "Measure"
    legend = alt.Legend(orient="bottom", columns=2, symbolType="square")
    bars = base.mark_bar(stroke=theme.COLOURS[0], strokeWidth=1).encode(
        x=alt.X("value:Q", title=title, scale=alt.Scale(domainMin=0, nice=True)),
        fill=alt.Fill("measure:N", title="Share", sort=order, scale=looks, legend=legend if len(order) > 1 else None),
    )
    ends = base.mark_rule(color="#CC5500", strokeWidth=2).encode(x="low:Q", x2="high:Q")
    words = base.mark_text(align="left", dx=6, fontSize=13, color="#444444").encode(x="high:Q", text="says:N")
    return alt.layer(bars, ends, words).properties(
        width=_WIDTH, height=alt.Step(_STEP / len(order)), title=_heading(alt, answer, result)
    )


_FOLD = (
    "length(datum.label) > 40 ? "
    "[substring(datum.label, 0, lastindexof(substring(datum.label, 0, 40), ' ')), "
    "substring(datum.label, lastindexof(substring(datum.label, 0, 40), ' ') + 1)] : datum.label"
)
"""A label of two lines where one is too long: an expression of Vega's."""


def _heading(alt: Any, answer: Sensitivity, result: Driven) -> Any:
    luck = "" if result.luck is None else f"Luck is {numbers.percent(result.luck)} of the variance of one run"
    return alt.TitleParams(
        text=name_of(answer, result), subtitle=[luck] if luck else [], fontSize=17, anchor="start", offset=8
    )


def _level(alt: Any, answer: Sensitivity, result: Driven) -> Any:
    words = [{"says": theme.wrapped(level(result), 70)}]
    return (
        alt.Chart(alt.Data(values=words))
        .mark_text(align="left", fontSize=15, lineHeight=20, x=0, y=12)
        .encode(text="says:N")
        .properties(width=_WIDTH, height=60, title=_heading(alt, answer, result))
    )
