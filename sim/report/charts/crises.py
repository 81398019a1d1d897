"""The picture of hazards: how often each struck, and how it ended, under each regime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.experiment.ensemble import Ensemble
from sim.experiment.summary import Stat
from sim.report import numbers
from sim.report.charts import rows, theme
from sim.report.charts.letters import folded
from sim.report.labels import Labels, quoted_label

MOST = 24
"""Most rows: hazards and their outcomes."""

_LINE, _DOT, _GAP, _INDENT = 19, 21, 7, 22
"""Pixels of a line of letters, of a regime's dot with its interval, between rows, and before an outcome's label."""

_SAYS = 210
"""Pixels at the right for the numbers of each regime in words."""


@dataclass(frozen=True)
class Struck:
    """A hazard, or an outcome of the hazard above it: how often it came under each regime, times a run."""

    label: str
    stats: tuple[Stat, ...]
    of: tuple[float, ...] | None = None
    """Of an outcome, how often its hazard struck under each regime."""


def struck_of(ensembles: Mapping[str, Ensemble], labels: Labels) -> tuple[list[Struck], list[str]]:
    """Return the hazards that struck with their outcomes, and the labels of the hazards that never did."""
    several = list(ensembles.values())
    found: list[Struck] = []
    never = []
    for hazard in several[0].game.hazards:
        column = f"count.{hazard.name}"
        if not all(column in each.columns for each in several):
            continue
        stats = tuple(each.stats[column] for each in several)
        if not any(stat.mean for stat in stats):
            never.append(labels.hazard(hazard.name))
            continue
        found.append(Struck(labels.hazard(hazard.name), stats))
        for outcome in hazard.outcomes if hazard.named else ():
            part = f"{column}.{outcome.name}"
            if all(part in each.columns for each in several):
                ways = tuple(each.stats[part] for each in several)
                found.append(
                    Struck(labels.outcome(hazard.name, outcome.name), ways, tuple(stat.mean for stat in stats))
                )
    return found[:MOST], never


def picture(sides: Sequence[str], found: Sequence[Struck]) -> Any:
    """Return the hazards and outcomes as rows, each with a dot and an interval for every regime."""
    alt = theme.altair()
    heads, dots, height = laid_out(sides, found)
    places = [place for row in dots for place in (row["at"], row["low"], row["high"]) if place is not None]
    domain = rows.limits(places, zero=True)
    across = rows.WIDTH - _SAYS
    scale = alt.Scale(domain=domain, range=[0, across], nice=False, zero=False)

    def y(name: str) -> Any:
        return alt.Y(f"{name}:Q", axis=None, scale=alt.Scale(domain=[0, height], reverse=True, nice=False))

    x = alt.X("at:Q", scale=scale, title="Times a run, mean over runs", axis=alt.Axis(tickCount=6, titleAnchor="start"))
    looks = theme.series(sides)
    legend = (
        alt.Legend(orient="top", direction="vertical", columns=1, labelLimit=rows.WIDTH) if len(sides) > 1 else None
    )
    base, written = alt.Chart(alt.Data(values=dots)), alt.Chart(alt.Data(values=heads))
    known = base.transform_filter("isValid(datum.low) && datum.low < datum.high")
    layers = [
        *_headed(written, y),
        base.mark_rule(color="#C8C8C8", strokeWidth=1).encode(x=alt.XValue(0), x2=alt.X2Value(across), y=y("middle")),
        known.mark_rule(strokeWidth=2.5).encode(x=alt.X("low:Q", scale=scale), x2=alt.X2("high:Q"), y=y("middle")),
        base.mark_point(size=130, filled=True, opacity=1, stroke="white", strokeWidth=0.8).encode(
            x=x,
            y=y("middle"),
            shape=alt.Shape("side:N", scale=looks["shape"], legend=legend, title=None, sort=list(sides)),
            fill=alt.Fill("side:N", scale=looks["color"], legend=legend, title=None, sort=list(sides)),
        ),
        base.mark_text(align="right", fontSize=14).encode(
            x=alt.XValue(rows.WIDTH), y=y("middle"), text=alt.Text("says:N")
        ),
    ]
    view = alt.ViewBackground(stroke=None)
    return alt.layer(*layers, view=view).properties(width=rows.WIDTH, height=height)


def _headed(written: Any, y: Any) -> list[Any]:
    alt = theme.altair()
    return [
        written.transform_filter(f"{'' if bold else '!'}datum.bold")
        .mark_text(align="left", baseline="top", lineHeight=_LINE, fontWeight="bold" if bold else "normal")
        .encode(x=alt.XValue(0 if bold else _INDENT), y=y("top"), text=alt.Text("label:N"))
        for bold in (True, False)
    ]


def laid_out(sides: Sequence[str], found: Sequence[Struck]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], float]:
    """Return labels and dots as data, with the pixels at which they stand, and the height of them all."""
    heads: list[dict[str, Any]] = []
    dots: list[dict[str, Any]] = []
    top = 0.0
    for each in found:
        bold = each.of is None
        lines = folded(each.label, (rows.WIDTH - (0 if bold else _INDENT)) / (1.1 if bold else 1.0))
        heads.append({"label": lines, "bold": bold, "top": top})
        top += _LINE * len(lines) + 2
        for place, (side, stat) in enumerate(zip(sides, each.stats, strict=True)):
            dots.append(
                {
                    "side": side, "at": stat.mean, "low": stat.low, "high": stat.high,
                    "middle": top + _DOT / 2, "says": says(each, place),
                }
            )  # fmt: skip
            top += _DOT
        top += _GAP
    return heads, dots, top


def says(struck: Struck, place: int) -> str:
    """Return how often something came under one regime, in words."""
    stat = struck.stats[place]
    told = numbers.mean(stat)
    if struck.of is None:
        return told
    whole = struck.of[place]
    return f"{told} ({numbers.percent(stat.mean / whole)} of them)" if whole else f"{told} (of none)"


def alternative(sides: Sequence[str], found: Sequence[Struck], never: Sequence[str]) -> str:
    """Return the picture in words, number by number."""
    told = []
    for each in found:
        parts = [
            f"{says(each, place)}{f' under {quoted_label(side)}' if len(sides) > 1 else ''}"
            for place, side in enumerate(sides)
        ]
        told.append(f"{each.label}: {'; '.join(parts)}.")
    return " ".join(["Times a run.", *told, *([f"Never struck: {'; '.join(never)}."] if never else [])])
