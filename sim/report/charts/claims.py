"""The picture of claims: the margin of each with its interval, and whether it holds.

Margins of different claims have different units, so each stands on a scale of its own, with zero in the middle.
"""

from __future__ import annotations

import math
from typing import Any

from sim.errors import one_line
from sim.experiment.claims import ClaimResult, Claims
from sim.report import numbers
from sim.report.charts import robust, rows, theme
from sim.report.charts.letters import folded, pixels
from sim.report.claims import label_of, played, reach_of, summary
from sim.report.labels import Labels

_LABEL, _SAYS, _STRIP, _GAP = 20, 18, 30, 14
"""Pixels of a line of a label, of a line of what a claim says, of its margin, and between claims."""

_VERDICTS = ("holds", "undecided", "fails")
_SHAPES, _FILLS = ("circle", "square", "cross"), (theme.COLOURS[0], "white", "#CC5500")
_SCALES = (
    "Each margin stands on its own scale: zero in the middle, and the far end of its interval at the side. "
    "Lines with ends: 95 % intervals."
)
_NONE = "This scenario makes no claims."


def chart_of(claims: Claims) -> Any:
    """Return the picture of claims; of how robust they are, if that was asked.

    Raises:
        CommandError: altair is not installed.
    """
    if claims.robustness is not None and claims.results:
        return robust.chart_of(claims)
    alt = theme.altair()
    title = "Claims" if claims.scenario is None else f"{Labels(claims.scenario).title}: which claims hold"
    if not claims.results:
        none = alt.Chart(alt.Data(values=[{"says": _NONE}])).mark_text(align="left", x=0, y=12, fontSize=16)
        return theme.themed(
            none.encode(text=alt.Text("says:N")).properties(width=rows.WIDTH, height=40), title, alternative=_NONE
        )
    return theme.themed(
        _margins(alt, claims),
        title,
        [
            summary(claims),
            f"{played(claims)}.",
            _SCALES,
        ],
        alternative=" ".join(_told(claims, result) for result in claims.results) + f" {summary(claims)}",
        columns=rows.COLUMNS,
    )


def _told(claims: Claims, result: ClaimResult) -> str:
    return f"{label_of(claims, result)} {_verdict(result)}."


def _verdict(result: ClaimResult) -> str:
    margin = result.margin
    if not math.isfinite(margin.mean):
        return f"{result.verdict}: margin not known"
    decimals = numbers.decimals_of(margin.mean, margin.se)
    told = f"{result.verdict}: {numbers.mean(margin, decimals, sign=True)}"
    reach = reach_of(margin, decimals)
    return told if not reach else f"{told} {reach}" if reach.startswith("in ") else f"{told} ({reach})"


def _margins(alt: Any, claims: Claims) -> Any:
    data, height = rows_of(claims)

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[0, height], reverse=True, nice=False))

    def x(field: str) -> Any:
        return alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[-1.08, 1.08], nice=False))

    base = alt.Chart()
    look = {"title": None, "sort": list(_VERDICTS)}
    shapes, fills, rims = (
        alt.Scale(domain=list(_VERDICTS), range=list(looks))
        for looks in (_SHAPES, _FILLS, (theme.COLOURS[0], "black", "#CC5500"))
    )
    legend = alt.Legend(orient="top", direction="horizontal", columns=3, symbolStrokeWidth=2, offset=14)
    left, right = alt.XValue(0), alt.XValue(rows.WIDTH)
    strips = base.mark_rect(fill="#F0F0F0", stroke=None).encode(
        x=left, x2=alt.X2Value(rows.WIDTH), y=y("top"), y2=alt.Y2("bottom:Q")
    )
    middles = base.mark_rule(strokeWidth=2).encode(x=alt.XValue(rows.WIDTH / 2), y=y("top"), y2=alt.Y2("bottom:Q"))
    points = (
        base.transform_filter("isValid(datum.at)")
        .mark_point(size=190, opacity=1, strokeWidth=2, filled=True)
        .encode(
            x=x("at"), y=y("middle"),
            shape=alt.Shape("verdict:N", scale=shapes, legend=legend, **look),
            fill=alt.Fill("verdict:N", scale=fills, legend=legend, **look),
            stroke=alt.Stroke("verdict:N", scale=rims, legend=legend, **look),
        )
    )  # fmt: skip
    labels = [
        base.mark_text(align="left", baseline="top", fontWeight="bold", lineHeight=_LABEL).encode(
            x=left, y=y("label_at"), text=alt.Text("label:N")
        ),
        base.mark_text(align="right", baseline="top", lineHeight=_LABEL).encode(
            x=right, y=y("label_at"), text=alt.Text("told:N")
        ),
        base.mark_text(align="left", baseline="top", fontSize=14, lineHeight=_SAYS, color="#4D4D4D").encode(
            x=left, y=y("says_at"), text=alt.Text("says:N")
        ),
    ]
    layers = [strips, middles, *_whiskers(alt, base, x, y), points, *labels, *_sides(alt, height)]
    return rows.layered(layers, data, width=rows.WIDTH, height=height)


def _sides(alt: Any, height: float) -> list[Any]:
    """Return what the sides of the scale mean, in words below the last margin."""
    told = (("left", 0.0, "not as claimed"), ("center", rows.WIDTH / 2, "0"), ("right", rows.WIDTH, "as claimed"))
    return [
        alt.Chart(alt.Data(values=[{"side": words}]))
        .mark_text(align=align, baseline="top", fontSize=14, color="#4D4D4D")
        .encode(x=alt.XValue(at), y=alt.YValue(height - _GAP + 4), text=alt.Text("side:N"))
        for align, at, words in told
    ]


def _whiskers(alt: Any, base: Any, x: Any, y: Any) -> list[Any]:
    known = base.transform_filter("isValid(datum.from)")
    ends = known.mark_tick(orient="vertical", height=14, color="black", thickness=2)
    return [
        known.mark_rule(strokeWidth=2.5).encode(x=x("from"), x2=alt.X2("to:Q"), y=y("middle")),
        *(ends.encode(x=x(end), y=y("middle")) for end in ("from", "to")),
    ]


def rows_of(claims: Claims) -> tuple[list[dict[str, Any]], float]:
    """Return claims as data, with the pixels at which their parts stand, and the height of them all.

    ``at``, ``from`` and ``to`` are the margin and its interval as shares of the farthest of them from zero.
    """
    data, top = [], 0.0
    for result in claims.results:
        margin, told = result.margin, _verdict(result)
        known = [each for each in (margin.mean, margin.low, margin.high) if each is not None and math.isfinite(each)]
        unit = max(map(abs, known), default=0.0) or 1.0
        label = folded(label_of(claims, result), (rows.WIDTH - pixels(told) - 24) / 1.08)
        says = folded(one_line(result.says), rows.WIDTH, 14)
        says_at = top + _LABEL * len(label)
        strip = says_at + _SAYS * len(says) + 3
        there = math.isfinite(margin.mean)
        data.append(
            {
                "claim": result.name, "label": label, "says": says, "told": told, "verdict": result.verdict,
                "mean": margin.mean if there else None, "low": margin.low, "high": margin.high,
                "at": margin.mean / unit if there else None,
                "from": None if margin.low is None else margin.low / unit,
                "to": None if margin.high is None else margin.high / unit,
                "label_at": top, "says_at": says_at, "top": strip, "middle": strip + _STRIP / 2,
                "bottom": strip + _STRIP,
            }
        )  # fmt: skip
        top = strip + _STRIP + _GAP
    return data, top
