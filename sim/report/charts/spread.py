"""How runs are spread: counted into bins block by block, so that a picture is small however many runs there are."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.experiment.summary import Stat
from sim.report import numbers
from sim.report.charts.letters import folded
from sim.report.charts.rows import WIDTH, layered, whiskers, written
from sim.report.charts.theme import AREAS, COLOURS, altair
from sim.scenario.arithmetic import Floats

_BINS = 36
"""Fewest bins that are drawn; about twice as many at most."""

_TAIL = 0.005
"""Share of runs on a side that an arrow may stand for, where showing each would squeeze all others."""

_SAME = 1e-9
"""Share of their size below which numbers differ by rounding alone."""

_HEIGHT = 120
"""Pixels of the bars, above which the mean stands with its interval."""

Runs = Callable[[], Iterator[Floats]]
"""Gives the number of every run, block by block, each time it is asked."""


@dataclass(frozen=True)
class Spread:
    """How many runs lie in each bin; ``under`` and ``over`` are those outside of all, as far as ``least``, ``most``."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    under: int
    over: int
    least: float
    most: float
    negative: int
    """Runs below zero."""
    positive: int

    @property
    def runs(self) -> int:
        """Return how many runs there are in all."""
        return sum(self.counts) + self.under + self.over


def spread_of(runs: Runs, about: Stat) -> Spread:
    """Return how runs are spread, with the interval of their mean within the bins."""
    least, most, count, negative, positive = math.inf, -math.inf, 0, 0, 0
    first: Floats | None = None
    for block in runs():
        first = block if first is None else first
        count += len(block)
        least, most = min(least, float(block.min())), max(most, float(block.max()))
        negative, positive = negative + int((block < 0.0).sum()), positive + int((block > 0.0).sum())
    if first is None:
        raise AssertionError("a spread of no runs")
    ties = count > negative + positive
    edges = _edges(*_reach(first, least, most, about), 0.5 if ties else 0.0)
    counts = np.zeros(len(edges) - 1, dtype=np.int64)
    under = over = 0
    for block in runs():
        counts += np.histogram(block, edges)[0]
        under, over = under + int((block < edges[0]).sum()), over + int((block > edges[-1]).sum())
    return Spread(
        tuple(edges.tolist()), tuple(int(count) for count in counts), under, over, least, most, negative, positive
    )


def _reach(sample: Floats, least: float, most: float, about: Stat) -> tuple[float, float]:
    """Return from where to where bins reach: over all runs, but for tails that are long and thin."""
    low, high = (float(end) for end in np.quantile(sample, [_TAIL, 1.0 - _TAIL]))
    body = high - low
    if body > 0.0:
        ends = [about.mean] if about.low is None or about.high is None else [about.low, about.high]
        low, high = min([low, *ends]), max([high, *ends])
        least = least if low - least <= 0.5 * body else low
        most = most if most - high <= 0.5 * body else high
    return least, most


def _edges(low: float, high: float, shift: float) -> Floats:
    """Return the edges of bins from ``low`` to ``high``: multiples of a round width, so that zero may be one.

    With a shift of half a bin zero is the middle of one: runs at zero are then on neither side of it.
    """
    width, size = high - low, max(abs(low), abs(high))
    if width <= max(_SAME * size, sys.float_info.min * _BINS):
        around = (size or 1.0) / 40
        return np.array([low - around, high + around], dtype=np.float64)
    rough = width / _BINS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(times * power for times in (10, 5, 2.5, 2, 1) if times * power <= rough * 1.001)
    first, last = math.floor(low / step + shift), math.ceil(high / step + shift)
    return (np.arange(first, max(last, first + 1) + 1, dtype=np.float64) - shift) * step


def panel(spread: Spread, about: Stat, title: Any, across: str) -> Any:
    """Return a spread as a part of a picture, with its mean and interval above the bars."""
    alt = altair()
    bins = bins_of(spread)
    low, high = bins[0]["from"], bins[-1]["to"]
    # Zero belongs into the picture unless everything lies far from it.
    away = max(low, -high, 0.0)
    if away <= 1.2 * (high - low) or len(bins) == 1:
        low, high = min(low, 0.0), max(high, 0.0)
    if low < 0.0 < high and len(bins) == 1:
        low, high = 40 * low, 40 * high
    domain = [low - 0.02 * (high - low), high + 0.02 * (high - low)]
    x = alt.X(
        "from:Q", title=folded(across, WIDTH - 20, 16), scale=alt.Scale(domain=domain, nice=False, zero=False),
        axis=alt.Axis(tickCount=8, **written(domain)),
    )  # fmt: skip
    beside = alt.Axis(
        orient="right",
        format=".0%",
        tickCount=3,
        ticks=False,
        domain=False,
        labelFontSize=14,
        titleFontSize=14,
        titlePadding=6,
    )
    tallest = max(row["share"] for row in bins)
    top = alt.Scale(domain=[0, tallest * 1.3], nice=False)
    y = alt.Y("share:Q", title="Share of runs", axis=beside, scale=top)
    base = alt.Chart()
    bars = base.mark_rect(fill=AREAS[0], stroke=COLOURS[0], strokeWidth=1)
    mean = {"mean": about.mean, "low": about.low, "high": about.high, "zero": 0}
    middle = alt.Chart(alt.Data(values=[mean]))
    at = alt.YValue(15)
    layers = [
        bars.transform_filter("!datum.rest && datum.runs > 0").encode(x=x, x2=alt.X2("to:Q"), y=y, y2=alt.Y2Datum(0)),
        *(
            base.transform_filter(f"datum.rest && datum.{end} {sign} {edge!r}")
            .mark_point(shape=f"triangle-{side}", size=120, color=COLOURS[0], yOffset=-8)
            .encode(x=alt.X(f"{end}:Q"), y=alt.YDatum(0))
            for side, end, sign, edge in (
                ("left", "from", "<", spread.edges[0]),
                ("right", "to", ">", spread.edges[-1]),
            )
        ),
        middle.mark_rule(strokeWidth=1.5, strokeDash=[2, 3]).encode(x=alt.X("mean:Q"), y=at, y2=alt.Y2Value(_HEIGHT)),
        *whiskers(middle, at),
        middle.mark_point(shape="diamond", size=170, color="black", stroke="white", strokeWidth=1).encode(
            x=alt.X("mean:Q"), y=at
        ),
    ]
    if domain[0] <= 0 <= domain[1]:
        layers.insert(2, middle.mark_rule(strokeWidth=2).encode(x=alt.X("zero:Q")))
    return layered(layers, bins, width=WIDTH, height=_HEIGHT, **({} if title is None else {"title": title}))


def bins_of(spread: Spread) -> list[dict[str, Any]]:
    """Return the bins as data; a ``rest`` stands for all runs that lie further out."""
    edges, runs = spread.edges, spread.runs
    rows = [
        {"from": low, "to": high, "runs": count, "share": count / runs, "rest": False}
        for low, high, count in zip(edges[:-1], edges[1:], spread.counts, strict=True)
    ]
    step = edges[1] - edges[0]
    if spread.under:
        low, count = edges[0] - 1.5 * step, spread.under
        rows.insert(0, {"from": low, "to": low + step, "runs": count, "share": count / runs, "rest": True})
    if spread.over:
        high, count = edges[-1] + 1.5 * step, spread.over
        rows.append({"from": high - step, "to": high, "runs": count, "share": count / runs, "rest": True})
    return rows


def interval_in_words(about: Stat) -> str:
    """Return the interval of a mean as a sentence; nothing where it has none."""
    told = numbers.interval(about, numbers.common_decimals([about]))
    if told == numbers.ALWAYS:
        return "The same in every run."
    return f"95 % interval of the mean: {told}." if told else ""


def rest_in_words(spread: Spread) -> str:
    """Return what the arrows at the sides stand for, in a sentence or two; nothing where there are none."""
    told = [
        f"Arrow: {numbers.percent(count / spread.runs, 1)} of runs lie further {side}, {to} {numbers.number(end)}."
        for side, to, count, end in (
            ("left", "down to", spread.under, spread.least),
            ("right", "up to", spread.over, spread.most),
        )
        if count
    ]
    return " ".join(told)
