"""A picture of how robust claims are: the share of points at which each holds, and where the others fail."""

from __future__ import annotations

from typing import Any

from sim.errors import one_line
from sim.experiment.claims import Claims
from sim.experiment.robust import Endurance, Robustness
from sim.report import numbers
from sim.report.charts import rows, theme
from sim.report.charts.letters import folded
from sim.report.labels import Labels, label_of
from sim.report.robust import FRAGILE, ROBUST, drawn_in_words, robust_sentences, word_of

_MAP = 225
"""Pixels of a map's side."""

_MAPS = "Maps: share of points at which a claim holds, over its two most decisive parameters."
_EMPTY = "An empty cell has no point in it."
_LINE, _DOT, _GAP, _ROOM = 19, 20, 8, 60
"""Pixels of a line of letters, of a dot with its interval, between claims, and for a share in words."""

_BESIDE = 2
"""Maps that stand beside each other."""


def chart_of(claims: Claims) -> Any:
    """Return the picture of how claims fare over the ranges. Raises ``CommandError`` where altair is not installed."""
    alt, robustness = theme.altair(), claims.robustness
    if robustness is None or not claims.results:
        raise AssertionError("a picture of what was not asked")
    scenario = robustness.scenario
    labels = Labels(scenario)
    names = {name: label_of(claim, name) for name, claim in scenario.claims.items()}
    parts = [_shares(alt, robustness, names)]
    maps = [
        _map(alt, endurance, labels, names[endurance.name])
        for endurance in robustness.claims.values()
        if endurance.map is not None and len(endurance.map.parameters) == 2
    ]
    beside = [maps[place : place + _BESIDE] for place in range(0, len(maps), _BESIDE)]
    parts += [alt.hconcat(*row, spacing=34) for row in beside]
    chart = alt.vconcat(*parts, spacing=36).resolve_scale(color="shared", fill="independent", shape="independent")
    told = "; ".join(
        f"{one_line(each.name)} holds at {numbers.percent(each.share.mean, 1)}" for each in robustness.claims.values()
    )
    return theme.themed(
        chart,
        f"{labels.title}: which claims survive the ranges",
        [drawn_in_words(robustness), *([f"{_MAPS} {_EMPTY}"] if maps else [])],
        alternative=f"{told}. {' '.join(robust_sentences(robustness))}",
        columns=rows.COLUMNS,
    )


def _shares(alt: Any, robustness: Robustness, names: dict[str, str]) -> Any:
    """Return claims below each other: the label, the share, and where it lies with its interval."""
    data: list[dict[str, Any]] = []
    top = 0.0
    for each in robustness.claims.values():
        says = numbers.percent(each.share.mean)
        lines = folded(names[each.name], rows.WIDTH - _ROOM)
        dot = top + _LINE * len(lines) + _DOT / 2
        data.append(
            {
                "claim": lines, "share": 100.0 * each.share.mean, "low": 100.0 * float(each.share.low or 0.0),
                "high": 100.0 * float(each.share.high or 0.0), "word": word_of(each), "says": says, "top": top,
                "middle": dot,
            }
        )  # fmt: skip
        top = dot + _DOT / 2 + _GAP
    looks = theme.series(["robust", "mostly robust", "fragile"])
    base = alt.Chart(alt.Data(values=data))
    scale = alt.Scale(domain=[0, 100], nice=False)
    legend = alt.Legend(orient="top", title=None, direction="horizontal", offset=12)
    limits = alt.Chart(alt.Data(values=[{"at": 100 * ROBUST}, {"at": 100 * FRAGILE}]))

    def y(name: str) -> Any:
        return alt.Y(f"{name}:Q", axis=None, scale=alt.Scale(domain=[0, top], reverse=True, nice=False))

    x = alt.X("share:Q", title="Holds at so many of 100 points", scale=scale, axis=alt.Axis(tickCount=6))
    layers = [
        limits.mark_rule(strokeDash=[4, 4], color="#777777").encode(x=alt.X("at:Q", scale=scale)),
        base.mark_rule(strokeWidth=3).encode(x=alt.X("low:Q", scale=scale), x2=alt.X2("high:Q"), y=y("middle")),
        base.mark_point(size=150, filled=True, opacity=1).encode(
            x=x,
            y=y("middle"),
            fill=alt.Fill("word:N", scale=looks["color"], legend=legend),
            shape=alt.Shape("word:N", scale=looks["shape"], legend=legend),
        ),
        *rows.lettered(base, "claim", y("top"), lineHeight=_LINE),
        *rows.lettered(base, "says", y("top"), align="right"),
    ]
    return alt.layer(*layers, view=alt.ViewBackground(stroke=None)).properties(width=rows.WIDTH, height=top)


def _map(alt: Any, endurance: Endurance, labels: Labels, label: str) -> Any:
    found = endurance.map
    if found is None:
        raise AssertionError("a map of a claim without one")
    up, across = found.parameters
    cells = [
        {
            "left": float(found.edges[1][column]),
            "right": float(found.edges[1][column + 1]),
            "low": float(found.edges[0][row]),
            "high": float(found.edges[0][row + 1]),
            "x": float(found.edges[1][column : column + 2].mean()),
            "y": float(found.edges[0][row : row + 2].mean()),
            "share": 100.0 * float(found.shares[row, column]),
            "says": numbers.percent(float(found.shares[row, column])),
        }
        for row in range(found.shares.shape[0])
        for column in range(found.shares.shape[1])
        if found.counts[row, column]
    ]

    def side(channel: Any, field: str, axis: int, name: str) -> Any:
        edges = found.edges[axis].tolist()
        ends = alt.Scale(domain=[edges[0], edges[-1]], nice=False, zero=False)
        marks = alt.Axis(values=edges, format=".3~g", grid=False)
        return channel(f"{field}:Q", title=theme.wrapped(labels.parameter(name), 30), scale=ends, axis=marks)

    base = alt.Chart(alt.Data(values=cells))
    colour = alt.Color(
        "share:Q",
        title="Holds at so many of 100 points",
        scale=alt.Scale(scheme=theme.AMOUNTS, domain=[0, 100]),
        legend=alt.Legend(orient="bottom", gradientLength=300),
    )
    areas = base.mark_rect(stroke="white").encode(
        x=side(alt.X, "left", 1, across), x2="right:Q", y=side(alt.Y, "low", 0, up), y2="high:Q", color=colour
    )
    dark = alt.condition("datum.share > 55", alt.value("white"), alt.value("black"))
    told = base.mark_text(fontSize=14).encode(x="x:Q", y="y:Q", text="says:N", color=dark)
    return alt.layer(areas, told).properties(width=_MAP, height=_MAP, title=label)
