"""The picture of a sensitivity: parameters ranked, a bar each, with the interval on it."""

from __future__ import annotations

from typing import Any

from sim.experiment.sensitivity import Driven, Sensitivity
from sim.report import numbers
from sim.report.charts import rows, theme
from sim.report.charts.letters import folded
from sim.report.labels import Labels
from sim.report.sensitivity import HEADINGS, how, level, name_of, sentences, shown, subject

_LINE, _BAR, _GAP, _SIGN = 19, 13, 9, 70
"""Pixels of a line of letters, of a bar, between parameters, and for the word that says which way it goes."""


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
        columns=rows.COLUMNS,
    )


def _intervals(answer: Sensitivity) -> bool:
    return any(
        measured.low is not None
        for result in answer.results
        for driver in result.drivers
        for measured in driver.measures.values()
    )


def _ranked(alt: Any, answer: Sensitivity, result: Driven, labels: Labels) -> Any:
    """Return parameters below each other: the label, which way it goes, and a bar with its interval for each index."""
    method = answer.asked.method
    order = [HEADINGS[measure] for measure in method.measures]
    heads, bars, height = _laid_out(answer, result, labels)
    top = max(bar["high"] for bar in bars)
    x = alt.X(
        "value:Q",
        title="Share of the variance" if "first" in method.measures and "delta" not in method.measures else "Measure",
        scale=alt.Scale(domain=[0, 1.04 * (top or 1.0)], nice=False),
        axis=alt.Axis(tickCount=6),
    )
    looks = alt.Scale(domain=order, range=[theme.COLOURS[0], theme.AREAS[0]][: len(order)])
    legend = alt.Legend(orient="bottom", columns=2, symbolType="square") if len(order) > 1 else None

    def y(name: str) -> Any:
        return alt.Y(f"{name}:Q", axis=None, scale=alt.Scale(domain=[0, height], reverse=True, nice=False))

    base, written = alt.Chart(alt.Data(values=bars)), alt.Chart(alt.Data(values=heads))
    layers = [
        base.mark_rect(stroke=theme.COLOURS[0], strokeWidth=1).encode(
            x=x, x2=alt.X2Datum(0), y=y("bar"), y2=alt.Y2("below:Q"),
            fill=alt.Fill("measure:N", title="Share", sort=order, scale=looks, legend=legend),
        ),
        *rows.whiskers(base, y("middle")),
        *rows.lettered(written, "parameter", y("top"), lineHeight=_LINE),
        *rows.lettered(written, "says", y("top"), align="right", fontSize=14),
    ]  # fmt: skip
    view = alt.ViewBackground(stroke=None)
    return alt.layer(*layers, view=view).properties(
        width=rows.WIDTH, height=height, title=_heading(alt, answer, result)
    )


def _laid_out(
    answer: Sensitivity, result: Driven, labels: Labels
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], float]:
    """Return labels and bars as data, with the pixels at which they stand, and the height of them all."""
    method, drawn = answer.asked.method, shown(answer, result)
    called = [labels.parameter(driver.name) for driver in drawn]
    signs = {1: "rises", -1: "falls", 0: ""}
    heads: list[dict[str, Any]] = []
    bars: list[dict[str, Any]] = []
    top = 0.0
    for driver, label in zip(drawn, called, strict=True):
        name = label if called.count(label) == 1 else f"{label} ({driver.name})"
        lines = folded(name, rows.WIDTH - _SIGN)
        heads.append({"parameter": lines, "says": signs[driver.direction], "top": top})
        top += _LINE * len(lines) + 3
        for measure in method.measures:
            measured = driver.measures[measure]
            value = max(measured.value, 0.0)
            bars.append(
                {
                    "measure": HEADINGS[measure],
                    "value": value,
                    "low": value if measured.low is None else max(measured.low, 0.0),
                    "high": value if measured.high is None else max(measured.high, value),
                    "bar": top, "middle": top + _BAR / 2, "below": top + _BAR,
                }
            )  # fmt: skip
            top += _BAR + 1
        top += _GAP
    return heads, bars, top


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
        .properties(width=rows.WIDTH, height=60, title=_heading(alt, answer, result))
    )
