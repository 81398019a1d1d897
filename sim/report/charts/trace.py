"""The picture of one run: who did what when and when it took effect, what struck, and how the state went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.engine.record import Event
from sim.experiment.trace import Trace
from sim.report import numbers
from sim.report.charts import rows, theme
from sim.report.charts.letters import folded
from sim.report.labels import Labels, inside, joined, sentence_case

MOST_STATES = 24
"""Most state variables that are drawn: those that change most often."""

_LINE, _MARKS, _GAP, _STATE = 19, 20, 6, 46
"""Pixels of a line of letters, of a lane's marks, between lanes, and of a variable."""

_KINDS = ("decides", "fails", "takes effect", "strikes")
_SHAPES = ("circle", "cross", "triangle-right", "diamond")
_COLOURS = (theme.COLOURS[0], "#CC5500", theme.COLOURS[0], "#A02040")

_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Turns between the marks of the axis of time."""

Spot = tuple[float, float]
"""A time, and the value that a variable has from then on."""


@dataclass
class Lane:
    """What stands in one row: an action of an actor's, or an outcome of a hazard; without marks, a heading."""

    label: str
    marks: list[tuple[str, float]] = field(default_factory=list)
    """What kind of mark, and when."""
    waits: list[tuple[float, float]] = field(default_factory=list)
    """From a decision until it takes effect."""


def chart_of(trace: Trace) -> Any:
    """Return the picture of a run. Raises ``CommandError`` where altair is not installed."""
    alt, labels = theme.altair(), Labels(trace.game.scenario)
    game = trace.game
    parts = [timeline(trace)]
    lines = states_of(trace.run.events)
    told = sorted(lines, key=lambda name: -len(lines[name]))[:MOST_STATES]
    if told:
        drawn = [name for name in lines if name in told]
        states = [_state(alt, trace, labels, name, lines[name], last=name == drawn[-1]) for name in drawn]
        states[0].title = rows.heading("How the state went")
        parts += states
    still = len(game.variables) - len(told)
    plays = [
        f"{labels.actor(actor.name)} plays: {labels.strategy(actor.name, actor.strategy)}."
        for actor in game.actors
        if actor.strategy is not None
    ]
    under = [
        f"{labels.regime(game.regime)}; run {trace.run.number} of seed {trace.seed}; {labels.clock()}.",
        *plays,
        "A line leads from a decision to when it takes effect.",
    ]
    if told and still:
        seldom = "never changed" if len(told) == len(lines) else "changed less often, or never"
        under.append(f"Not drawn: {numbers.count(still, 'variable')} of the state that {seldom}.")
    return theme.themed(
        alt.vconcat(*parts, spacing=12).resolve_scale(x="shared", y="independent"),
        f"{labels.title}: one run, event by event",
        under,
        alternative=alternative(trace, labels),
        columns=rows.COLUMNS,
    )


def lanes_of(trace: Trace, labels: Labels) -> list[Lane]:
    """Return the lanes of a run: for each actor its actions in the scenario's order, then what struck."""
    events, lanes = trace.run.events, []
    last = events[-1].time
    for actor in trace.game.actors:
        own = [event for event in events if event.who == actor.name and event.kind in ("decision", "delivery")]
        found = []
        for name in [*(action.name for action in actor.actions), "pass"]:
            lane = Lane("Passes: nothing can be done" if name == "pass" else labels.action(actor.name, name))
            for event in own:
                if event.what == name:
                    _mark(lane, event, last)
            found += [lane] if lane.marks else []
        if actor.actions and found:
            lanes += [Lane(labels.actor(actor.name)), *found]
    struck = []
    for hazard in trace.game.hazards:
        for outcome in hazard.outcomes:
            times = [event.time for event in events if event.kind == "hazard" and event.who == hazard.name
                     and event.what == (outcome.name if hazard.named else event.what)]  # fmt: skip
            label = labels.hazard(hazard.name)
            label += f": {labels.outcome(hazard.name, outcome.name)}" if hazard.named else ""
            struck += [Lane(label, [("strikes", time) for time in times])] if times else []
    return [*lanes, Lane("What struck"), *struck] if struck else lanes


def _mark(lane: Lane, event: Event, last: float) -> None:
    if event.kind == "delivery":
        lane.marks.append(("takes effect", event.time))
        return
    failed = event.detail.get("succeeds") is False
    lane.marks.append(("fails" if failed else "decides", event.time))
    if "due" in event.detail and not failed:
        lane.waits.append((event.time, min(event.detail["due"], last)))


def states_of(events: Sequence[Event]) -> dict[str, list[Spot]]:
    """Return each variable that changes, as the values that it takes one after the other, up to the end."""
    lines = {name: [(0.0, value)] for name, value in events[0].detail["state"].items()}
    for event in events:
        for name, (_, after) in event.detail.get("changes", {}).items():
            lines[name].append((event.time, after))
    moving = {name: line for name, line in lines.items() if len(line) > 1}
    for line in moving.values():
        line.append((events[-1].time, line[-1][1]))
    return moving


def timeline(trace: Trace) -> Any:
    """Return who did what when and what struck, as a part of a picture."""
    alt, labels = theme.altair(), Labels(trace.game.scenario)
    lanes = lanes_of(trace, labels)
    begin, last = _begin(trace), trace.run.events[-1].time
    data, height = _laid_out(trace, lanes)
    marks, waits, heads = data

    def y(name: str) -> Any:
        return alt.Y(f"{name}:Q", axis=None, scale=alt.Scale(domain=[0, height], reverse=True, nice=False))

    there = [place for place, kind in enumerate(_KINDS) if any(mark["kind"] == kind for mark in marks)]
    kinds = [_KINDS[place] for place in there]
    look = {"title": None, "sort": kinds}
    colours, shapes = (
        alt.Scale(domain=kinds, range=[looks[place] for place in there]) for looks in (_COLOURS, _SHAPES)
    )
    legend = alt.Legend(orient="top", direction="horizontal", columns=4, symbolSize=110, offset=6)
    size = min(110.0, max(14.0, (0.6 * rows.WIDTH / trace.game.turns) ** 2))
    lines = alt.Chart(alt.Data(values=waits)).mark_rule(strokeWidth=2.5, color="#7FA1C4")
    points = alt.Chart(alt.Data(values=marks)).mark_point(filled=True, size=size, opacity=1)
    written = alt.Chart()
    layers = [
        written.transform_filter("isValid(datum.from)")
        .mark_rect(fill="#F0F0F0", stroke=None)
        .encode(x=alt.XValue(0), x2=alt.X2Value(rows.WIDTH), y=y("from"), y2=alt.Y2("to:Q")),
        lines.encode(x=_time(alt, trace, labels, "from"), x2=alt.X2("to:Q"), y=y("middle")),
        points.encode(
            x=_time(alt, trace, labels),
            y=y("middle"),
            color=alt.Color("kind:N", scale=colours, legend=legend, **look),
            shape=alt.Shape("kind:N", scale=shapes, legend=legend, **look),
        ),
        *(
            layer
            for bold, style in ((True, {"fontSize": 16, "fontWeight": "bold"}), (False, {"fontSize": 14}))
            for layer in rows.lettered(
                written.transform_filter(f"{'' if bold else '!'}datum.bold"),
                "label",
                y("top"),
                lineHeight=_LINE,
                **style,
            )
        ),
    ]
    if trace.run.events[-1].detail.get("early"):
        layers += _over(alt, trace, labels, begin + last, height)
    return rows.layered(layers, heads, width=rows.WIDTH, height=height)


def _laid_out(trace: Trace, lanes: Sequence[Lane]) -> tuple[tuple[list[dict[str, Any]], ...], float]:
    """Return marks, waits and labels as data, each with its pixels from the top, and the height of them all."""
    begin, top = _begin(trace), 0.0
    marks: list[dict[str, Any]] = []
    waits: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    for lane in lanes:
        bold = not lane.marks
        lines = folded(lane.label, rows.WIDTH / (1.12 if bold else 1.0))
        strip = top + _LINE * len(lines) + 1
        band = {"from": None, "to": None} if bold else {"from": strip, "to": strip + _MARKS}
        heads.append({"label": lines, "top": top, "bold": bold, **band})
        middle = strip + _MARKS / 2
        marks += [{"kind": kind, "time": begin + time, "middle": middle} for kind, time in _thinned(lane.marks, trace)]
        waits += [
            {"from": begin + start, "to": begin + due, "middle": middle}
            for start, due in _thinned_waits(lane.waits, trace)
        ]
        top = strip + (6 if bold else _MARKS + _GAP)
    return (marks, waits, heads), max(top, 30.0)


def _over(alt: Any, trace: Trace, labels: Labels, last: float, height: float) -> list[Any]:
    """Return the layers that say that the run ended before its time."""
    over = alt.Chart(alt.Data(values=[{"time": last, "says": "ended early"}]))
    late = last - _begin(trace) > trace.game.turns / 2
    words = over.mark_text(
        align="right" if late else "left", dx=-8 if late else 8, baseline="bottom", fontWeight="bold", fontSize=14
    )
    return [
        over.mark_rule(strokeWidth=3).encode(x=_time(alt, trace, labels)),
        words.encode(x=_time(alt, trace, labels), y=alt.YValue(height + 2), text=alt.Text("says:N")),
    ]


def _time(alt: Any, trace: Trace, labels: Labels, name: str = "time", *, told: bool = True) -> Any:
    clock, begin, turns = trace.game.scenario.clock, _begin(trace), trace.game.turns
    dated = clock.start is not None
    step = next(each for each in _STEPS if 12 * each >= turns)
    ticks = list(range(-(-begin // step) * step, begin + turns + dated, step))
    title = "Year" if dated else f"Turn, decided at its beginning ({labels.clock()})"
    bare = {} if told else {"labels": False, "ticks": False, "domain": False}
    axis = alt.Axis(values=ticks, format="d", labelOverlap=True, title=title if told else None, **bare)
    # A mark at the edge is seen whole.
    room = 0.012 * turns
    ends = alt.Scale(domain=[begin - room, begin + turns + room], nice=False, zero=False)
    return alt.X(f"{name}:Q", axis=axis, scale=ends)


def _begin(trace: Trace) -> int:
    """Return what the first turn is called on the axis: its year, or 1."""
    start = trace.game.scenario.clock.start
    return 1 if start is None else start


def _thinned(marks: Sequence[tuple[str, float]], trace: Trace) -> Iterator[tuple[str, float]]:
    """Yield marks, of those that fall on the same pixel the first: a picture stays small however long the run."""
    seen = set()
    for kind, time in marks:
        place = kind, round(time * rows.WIDTH / trace.game.turns)
        if place not in seen:
            seen.add(place)
            yield kind, time


def _thinned_waits(waits: Sequence[tuple[float, float]], trace: Trace) -> list[tuple[float, float]]:
    scale = rows.WIDTH / trace.game.turns
    return list({(round(start * scale), round(due * scale)): (start, due) for start, due in waits}.values())


def _state(alt: Any, trace: Trace, labels: Labels, name: str, line: Sequence[Spot], *, last: bool) -> Any:
    begin = _begin(trace)
    values = [value for _, value in line]
    low, high = min(values), max(values)
    data = [
        {"time": begin + time, "value": value, "order": order}
        for order, (time, value) in enumerate(_thinned_line(line, trace))
    ]
    scale = alt.Scale(domain=rows.limits([low, high], zero=False), nice=False, zero=False)
    axis = alt.Axis(values=[low, high], orient="right", title=None, format=".3~g", grid=True)
    changes = f"{labels.variable(name)}: from {numbers.number(values[0])} to {numbers.number(values[-1])}"
    heads = alt.Chart(alt.Data(values=[{"label": folded(changes, rows.WIDTH, 14)}]))
    layers = [
        alt.Chart()
        .mark_line(interpolate="step-after", strokeWidth=2.5, color=theme.COLOURS[0])
        .encode(
            x=_time(alt, trace, labels, told=last),
            y=alt.Y("value:Q", scale=scale, axis=axis),
            order=alt.Order("order:Q"),
        ),
        heads.mark_text(align="left", baseline="bottom", fontSize=14, lineHeight=_LINE).encode(
            x=alt.XValue(0), y=alt.YValue(-6), text=alt.Text("label:N")
        ),
    ]
    return rows.layered(layers, data, width=rows.WIDTH, height=_STATE)


def _thinned_line(line: Sequence[Spot], trace: Trace) -> list[Spot]:
    """Return a line, of the values that fall on the same pixel the first, least, greatest and last."""
    if len(line) <= 2 * rows.WIDTH:
        return list(line)
    columns: dict[int, list[int]] = {}
    for place, (time, _) in enumerate(line):
        columns.setdefault(round(time * rows.WIDTH / trace.game.turns), []).append(place)
    kept: set[int] = set()
    for places in columns.values():
        by_value = sorted(places, key=lambda place: line[place][1])
        kept |= {places[0], by_value[0], by_value[-1], places[-1]}
    return [line[place] for place in sorted(kept)]


def alternative(trace: Trace, labels: Labels) -> str:
    """Return in words what the picture of a run shows."""
    end = trace.run.events[-1]
    told, group = [], ""
    for lane in lanes_of(trace, labels):
        if not lane.marks:
            group = lane.label
            continue
        many = sum(kind != "takes effect" for kind, _ in lane.marks)
        told.append(f"{group}: {lane.label} ({numbers.count(many, 'time')})")
    early = "ended early" if end.detail.get("early") else "went to its end"
    payoffs = joined([f"{inside(labels.actor(actor.name))} {numbers.number(trace.result(actor.name))}"
                      for actor in trace.game.actors])  # fmt: skip
    words = f"The run {early}, after {numbers.number(end.time)} turns. {'; '.join(told)}. Payoffs: {payoffs}."
    return sentence_case(words)
