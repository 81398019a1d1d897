"""Pictures of a sweep: lines with bands, the map of a plane with its frontiers, or drawn points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.experiment.axes import Axis
from sim.experiment.summary import Stat
from sim.experiment.sweep import Sweep
from sim.report.charts import theme
from sim.report.charts.chains import chained
from sim.report.labels import Labels, inside, joined
from sim.report.sweep_map import areas_of, wishes_at
from sim.report.sweep_words import given, how, sentences

_PANEL = 270
"""Pixels of a panel's height where several stand below each other."""

_LETTERS = 26
"""Most values an axis may have for a map to show its letters."""

_TICKS = 11
"""Most values that are written along the side of a map."""

_PANELS = 4
"""Most parameters that drawn points are shown against."""

_NOW = "#555555"


def chart_of(sweep: Sweep) -> Any:
    """Return the picture of a sweep. Raises ``CommandError`` where altair is not installed."""
    if sweep.asked.design == "line":
        return _line(sweep)
    if sweep.asked.design == "plane" and len(sweep.regimes) > 1:
        return _map(sweep)
    return _scatter(sweep) if sweep.asked.design == "latin" else _shades(sweep)


def _under(sweep: Sweep, labels: Labels, more: str = "") -> list[str]:
    return [f"{how(sweep)}.{f' {more}' if more else ''}", *given(sweep, labels)]


def _title_of(axis: Axis, labels: Labels) -> str:
    label = labels.parameter(axis.name)
    return label if label == axis.name else f"{label} ({axis.name})"


def _names(sweep: Sweep, labels: Labels) -> dict[str, str]:
    """Return what the legend calls each regime: its label, with its name where labels are not one of a kind."""
    shown = {name: labels.regime(name) for name in sweep.regimes}
    many = list(shown.values())
    return {name: label if many.count(label) == 1 else f"{label} ({name})" for name, label in shown.items()}


def _ends(stat: Stat) -> dict[str, float]:
    return {
        "mean": stat.mean,
        "low": stat.mean if stat.low is None else stat.low,
        "high": stat.mean if stat.high is None else stat.high,
    }


def _line(sweep: Sweep) -> Any:
    alt, labels = theme.altair(), Labels(sweep.scenario)
    (axis,) = sweep.asked.axes
    names = _names(sweep, labels)
    looks = theme.series(list(names.values()))
    panels = []
    for actor in sweep.actors:
        rows = [
            {"value": value, "regime": names[regime], **_ends(sweep.payoff(actor, regime, point))}
            for regime in sweep.regimes
            for point, value in enumerate(axis.values)
        ]
        base = alt.Chart(alt.Data(values=rows)).encode(
            x=alt.X("value:Q", title=_title_of(axis, labels), scale=alt.Scale(zero=False, nice=False)),
        )
        order = {"title": "Regime", "sort": list(names.values())}
        legend = alt.Legend(
            orient="bottom", columns=1, labelLimit=680, symbolType="stroke", symbolSize=900, symbolOpacity=1
        )
        bands = base.mark_area(opacity=0.18).encode(
            fill=alt.Fill("regime:N", scale=looks["color"], legend=legend, **order),
            y=alt.Y("low:Q", title=f"Payoff of {inside(labels.actor(actor))}", scale=alt.Scale(zero=False)),
            y2="high:Q",
        )
        color = alt.Color("regime:N", scale=looks["color"], legend=legend, **order)
        dash = alt.StrokeDash("regime:N", scale=looks["dash"], legend=legend, **order)
        layers = [bands, base.mark_line().encode(y="mean:Q", color=color, strokeDash=dash)]
        if axis.low <= axis.now <= axis.high:
            layers.append(_now(alt, axis))
        height = theme.HEIGHT if len(sweep.actors) == 1 else _PANEL
        panels.append(alt.layer(*layers).properties(width=theme.WIDTH, height=height))
    told = "Shaded: 95 % intervals." if sweep.estimates.runs > 1 else ""
    return theme.themed(
        alt.vconcat(*panels, spacing=28),
        f"{labels.title}: along {inside(labels.parameter(axis.name))}",
        _under(sweep, labels, told),
        alternative=f"Payoffs along {_title_of(axis, labels)} from {axis.low:g} to {axis.high:g}, a line for each of "
        f"{joined(list(names.values()))}. {' '.join(sentences(sweep))}",
    )


def _now(alt: Any, axis: Axis) -> Any:
    mark = alt.Chart(alt.Data(values=[{"now": axis.now, "says": "today"}]))
    rule = mark.mark_rule(strokeDash=[4, 4], color=_NOW, strokeWidth=1.5).encode(x="now:Q")
    right = axis.now < (axis.low + axis.high) / 2
    return rule + mark.mark_text(
        align="left" if right else "right", baseline="top", dx=5 if right else -5, dy=4, color=_NOW, fontSize=14
    ).encode(x="now:Q", y=alt.value(0), text="says:N")


def _map(sweep: Sweep) -> Any:
    alt, labels = theme.altair(), Labels(sweep.scenario)
    across, up = sweep.asked.axes
    areas = areas_of(sweep)
    says = {wishes: f"{area.letter}  {area.says(labels, sweep.actors)}" for wishes, area in areas.items()}
    looks = theme.series(list(says.values()))
    cells = []
    for point, (x, y) in enumerate((x, y) for y in _cells(up) for x in _cells(across)):
        wishes, clear = wishes_at(sweep, point)
        letter = areas[wishes].letter
        cells.append(
            {
                "x": x[0], "left": x[1], "right": x[2], "y": y[0], "low": y[1], "high": y[2],
                "area": says[wishes], "letter": letter if clear else letter.lower(), "clear": clear,
            }
        )  # fmt: skip
    base = alt.Chart(alt.Data(values=cells))
    area = alt.Fill(
        "area:N",
        title="Who prefers what",
        sort=list(says.values()),
        scale=looks["area"],
        legend=alt.Legend(orient="bottom", columns=1, labelLimit=680, symbolType="square", symbolOpacity=1),
    )
    layers = [
        base.mark_rect(stroke=None).encode(
            x=_edge(alt.X, "left", across, labels), x2="right:Q", y=_edge(alt.Y, "low", up, labels), y2="high:Q",
            fill=area,
        )
    ]  # fmt: skip
    layers += _frontiers(alt, sweep, labels)
    if max(len(across.values), len(up.values)) <= _LETTERS:
        layers.append(base.mark_text(fontSize=13).encode(x="x:Q", y="y:Q", text="letter:N"))
    if across.low <= across.now <= across.high and up.low <= up.now <= up.high:
        now = alt.Chart(alt.Data(values=[{"x": across.now, "y": up.now, "says": "today"}]))
        layers.append(now.mark_point(shape="cross", size=260, color="black", filled=True).encode(x="x:Q", y="y:Q"))
        layers.append(
            now.mark_text(dy=-18, fontSize=14, fontWeight="bold", stroke="white", strokeWidth=4).encode(
                x="x:Q", y="y:Q", text="says:N"
            )
        )
        layers.append(now.mark_text(dy=-18, fontSize=14, fontWeight="bold").encode(x="x:Q", y="y:Q", text="says:N"))
    small = any(each.clear < each.points for each in areas.values())
    chart = alt.layer(*layers).properties(width=theme.WIDTH, height=520)
    return theme.themed(
        chart,
        f"{labels.title}: who prefers what",
        _under(sweep, labels, "Small letters: at least one preference may be luck." if small else ""),
        alternative=f"A map over {_title_of(across, labels)} (to the right) and {_title_of(up, labels)} (upwards). "
        + "; ".join(f"{each.says(labels, sweep.actors)} at {each.points} points" for each in areas.values())
        + f". {' '.join(sentences(sweep))}",
    )


def _edge(channel: Any, field: str, axis: Axis, labels: Labels) -> Any:
    edges = _cells(axis)
    scale = theme.altair().Scale(domain=[edges[0][1], edges[-1][2]], nice=False, zero=False)
    step = -(-len(axis.values) // _TICKS)
    ticks = theme.altair().Axis(values=list(axis.values[::step]), format=".4~g")
    return channel(f"{field}:Q", title=_title_of(axis, labels), scale=scale, axis=ticks)


def _cells(axis: Axis) -> list[tuple[float, float, float]]:
    """Return for each value of an axis where it lies, and where its cell begins and ends."""
    values = np.array(axis.values)
    if len(values) == 1:
        return [(float(values[0]), float(values[0]) - 0.5, float(values[0]) + 0.5)]
    middles = (values[1:] + values[:-1]) / 2
    edges = [2 * values[0] - middles[0], *middles, 2 * values[-1] - middles[-1]]
    return [(float(v), float(a), float(b)) for v, a, b in zip(values, edges[:-1], edges[1:], strict=True)]


def _frontiers(alt: Any, sweep: Sweep, labels: Labels) -> list[Any]:
    """Return the layer of the lines on which actors are indifferent, if there are any."""
    rows = []
    number = 0
    for actor in sweep.actors:
        for pair in sorted({segment.between for segment in sweep.frontiers[actor]}):
            segments = [segment.spots for segment in sweep.frontiers[actor] if segment.between == pair]
            for line in chained(segments):
                rows += [
                    {"x": x, "y": y, "line": number, "order": order, "actor": labels.actor(actor)}
                    for order, (x, y) in enumerate(line)
                ]
                number += 1
    if not rows:
        return []
    names = [labels.actor(actor) for actor in sweep.actors if sweep.frontiers[actor]]
    colours = alt.Scale(
        domain=names, range=[["black", "#AA2244", "#004488", "#226622"][i % 4] for i in range(len(names))]
    )
    dashes = alt.Scale(domain=names, range=[list(theme.DASHES[i % len(theme.DASHES)]) for i in range(len(names))])
    legend = alt.Legend(orient="bottom", columns=2, symbolType="stroke", symbolSize=900, labelLimit=320)
    title = "Frontier: equally good for"
    return [
        alt.Chart(alt.Data(values=rows))
        .mark_line(strokeWidth=3.5)
        .encode(
            x="x:Q",
            y="y:Q",
            detail="line:N",
            order="order:Q",
            color=alt.Color("actor:N", title=title, scale=colours, sort=names, legend=legend),
            strokeDash=alt.StrokeDash("actor:N", title=title, scale=dashes, sort=names, legend=legend),
        )
    ]


def _shades(sweep: Sweep) -> Any:
    """Return the picture of one regime over a plane: a panel an actor, darker is more."""
    alt, labels = theme.altair(), Labels(sweep.scenario)
    across, up = sweep.asked.axes
    (regime,) = sweep.regimes
    panels = []
    for actor in sweep.actors:
        rows = [
            {"left": x[1], "right": x[2], "low": y[1], "high": y[2], "payoff": payoff}
            for payoff, (x, y) in zip(
                sweep.payoffs(actor, regime).tolist(),
                ((x, y) for y in _cells(up) for x in _cells(across)),
                strict=True,
            )
        ]
        panels.append(
            alt.Chart(alt.Data(values=rows))
            .mark_rect(stroke=None)
            .encode(
                x=_edge(alt.X, "left", across, labels), x2="right:Q", y=_edge(alt.Y, "low", up, labels), y2="high:Q",
                color=alt.Color(
                    "payoff:Q", title="Payoff", scale=alt.Scale(scheme=theme.AMOUNTS, zero=False)
                ),
            )
            .properties(width=theme.WIDTH, height=360, title=f"Payoff of {inside(labels.actor(actor))}")
        )  # fmt: skip
    return theme.themed(
        alt.vconcat(*panels, spacing=28).resolve_scale(color="independent"),
        f"{labels.title}: payoffs under {labels.regime(regime)}",
        _under(sweep, labels),
        alternative=f"Payoffs over {_title_of(across, labels)} and {_title_of(up, labels)}. "
        + " ".join(sentences(sweep)),
    )


def _scatter(sweep: Sweep) -> Any:
    """Return the picture of drawn points: what regimes bring, or bring more than the first, against parameters."""
    alt, labels = theme.altair(), Labels(sweep.scenario)
    first, *others = sweep.regimes
    names = _names(sweep, labels)
    shown = others or [first]
    looks = theme.series([names[regime] for regime in shown])
    legend = alt.Legend(orient="bottom", columns=1, labelLimit=680)
    rows = []
    for actor in sweep.actors:
        axes = _telling(sweep, actor, shown)
        who = labels.actor(actor)
        what = f"{who}: payoff over that under {names[first]}" if others else f"Payoff of {inside(who)}"
        panels = []
        for axis in axes:
            at = sweep.points.values[sweep.points.names.index(axis.name)]
            points = [
                {"value": float(at[point]), "y": _height(sweep, actor, regime, point), "regime": names[regime]}
                for regime in shown
                for point in range(sweep.points.count)
            ]
            order = [names[regime] for regime in shown]
            scatter = (
                alt.Chart(alt.Data(values=points))
                .mark_point(size=36, opacity=0.75, filled=True)
                .encode(
                    x=alt.X(
                        "value:Q", title=theme.wrapped(labels.parameter(axis.name), 30), scale=alt.Scale(zero=False)
                    ),
                    y=alt.Y("y:Q", title=_folded(what) if axis is axes[0] else None, scale=alt.Scale(zero=False)),
                    color=alt.Color("regime:N", title="Regime", sort=order, scale=looks["color"], legend=legend),
                    shape=alt.Shape("regime:N", title="Regime", sort=order, scale=looks["shape"], legend=legend),
                )
            )
            zero = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(strokeWidth=1).encode(y="zero:Q")
            panels.append((zero + scatter if others else scatter).properties(width=250, height=230))
        rows.append(alt.hconcat(*panels, spacing=16).resolve_scale(y="shared"))
    told = f"The {len(axes)} parameters that go along with it most." if len(axes) < len(sweep.asked.axes) else ""
    return theme.themed(
        alt.vconcat(*rows, spacing=28),
        f"{labels.title}: {sweep.points.count} drawn points",
        _under(sweep, labels, told),
        alternative=f"Drawn points of {len(sweep.asked.axes)} parameters. {' '.join(sentences(sweep))}",
    )


def _height(sweep: Sweep, actor: str, regime: str, point: int) -> float:
    first = sweep.regimes[0]
    return (
        sweep.payoff(actor, regime, point).mean
        if regime == first
        else sweep.difference(actor, regime, first, point).mean
    )


def _folded(text: str) -> list[str]:
    return theme.wrapped(text, 32)


def _telling(sweep: Sweep, actor: str, regimes: Sequence[str]) -> list[Axis]:
    """Return the parameters whose ranks go along most with those of what is shown, most telling first."""
    heights = np.array([[_height(sweep, actor, regime, p) for p in range(sweep.points.count)] for regime in regimes])
    ranks = [row.argsort(kind="stable").argsort(kind="stable") for row in (*sweep.points.values, *heights)]
    count = len(sweep.points.names)
    along = np.abs(np.corrcoef(np.array(ranks, dtype=float))[:count, count:]).max(axis=1)
    order = np.argsort(-along, kind="stable")[:_PANELS]
    return [sweep.asked.axes[place] for place in order]
