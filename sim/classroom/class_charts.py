"""Charts of a class as SVG, drawn on the server: no script, no style, colours by class names of the style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from markupsafe import Markup

from sim.classroom.class_halves import names_of
from sim.classroom.room.prediction import Prediction
from sim.classroom.room.results import counted
from sim.classroom.room.state import Room, Table
from sim.report import numbers
from sim.report.labels import Labels

_WIDE, _HIGH = 360, 190
_LEFT, _RIGHT, _TOP, _BELOW = 42, 8, 10, 30
_DRAWN = 60
"""Games that are drawn one by one; more of them only as their mean."""


@dataclass(frozen=True)
class Chart:
    """A picture, and the same in a sentence for whoever cannot see it."""

    title: str
    words: str
    svg: Markup


def class_charts(room: Room, predictions: Sequence[Prediction]) -> list[Chart]:
    """Return, for each actor and half, the class's games over what the model predicts, turn by turn.

    What one actor did in either half stands beside each other.
    """
    charts, names, ahead = [], names_of(room.plan), room.plan.homework
    for number, (half, prediction) in enumerate(zip(room.plan.halves, predictions, strict=True)):
        labels = Labels(half.loaded)
        tables = [table for table in counted(room) if table.number % len(room.plan.halves) == number]
        which = names[number] if len(names) > 1 else ""
        charts.append(
            [_chart(labels.actor(actor), which, actor, tables, prediction, ahead) for actor in half.computers]
        )
    return [chart for row in zip_longest(*charts) for chart in row if chart is not None]


def _chart(title: str, half: str, actor: str, tables: Sequence[Table], prediction: Prediction, ahead: bool) -> Chart:
    band = prediction.bands[actor]
    turns = len(band) - 1
    positions = [each.position for each in tables if each.position is not None and each.position.trouble is None]
    lines = [list(zip(position.turns, position.tracks[actor], strict=True)) for position in positions]
    mean, games = _mean(lines, [position.over for position in positions], ahead)
    values = [float(band.min()), float(band.max()), 0.0, *(value for line in lines for _, value in line)]
    scale = _Scale(turns, min(values), max(values))
    parts = [scale.axes()]
    lower = [(turn, float(row[0])) for turn, row in enumerate(band)]
    upper = [(turn, float(row[2])) for turn, row in reversed(list(enumerate(band)))]
    parts.append(f'<polygon class="band" points="{scale.points([*lower, *upper])}"/>')
    middle = [(turn, float(row[1])) for turn, row in enumerate(band)]
    parts.append(f'<polyline class="curve dashed c4" points="{scale.points(middle)}"/>')
    parts += [f'<polyline class="game" points="{scale.points(line)}"/>' for line in lines[:_DRAWN]]
    if len(mean) > 1:
        parts.append(f'<polyline class="curve c1" points="{scale.points(mean)}"/>')
        x, y = scale.at(*mean[-1])
        parts.append(f'<circle class="mark c1" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
    words = _words(mean, games, len(lines), band.tolist(), bool(half))
    svg = f'<svg viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="{Markup.escape(words)}">{"".join(parts)}</svg>'
    return Chart(f"{title} · {half}" if half else title, words, Markup(svg))


def _mean(
    lines: Sequence[Sequence[tuple[float, float]]], over: Sequence[bool], ahead: bool
) -> tuple[list[tuple[float, float]], int]:
    """Return the mean of games turn by turn, and of how many games the last one is.

    A game counts as far as it got; one that is over stays where it ended.

    Args:
        lines: for each game the turns that were over, and the payoff by then.
        over: whether each game is over.
        ahead: whether to go as far as any game got, and not only as far as those got that are still played.
    """
    # Of several rounds in a turn the first counts: at its point the prediction stands, too.
    games = [dict(reversed(line)) for line in lines]
    ends = [max(game) for game in games]
    playing = [end for end, done in zip(ends, over, strict=True) if not done]
    last = max(ends if ahead or not playing else playing, default=0.0)
    found, count = [], 0
    for turn in sorted({turn for game in games for turn in game if turn <= last}):
        here = [
            float(np.interp(turn, list(reversed(game)), list(reversed(game.values()))))
            for game, end, done in zip(games, ends, over, strict=True)
            if done or end >= turn
        ]
        found.append((turn, sum(here) / len(here)))
        count = len(here)
    return found, count


def _words(
    mean: Sequence[tuple[float, float]], games: int, of: int, band: Sequence[Sequence[float]], half: bool
) -> str:
    if len(mean) < 2:
        return f"No turn is over yet. In the middle of the model's games it is {_number(band[-1][1])} in the end."
    turn, value = mean[-1]
    low, middle, high = band[min(int(turn), len(band) - 1)]
    who = "this half of the class" if half else "the class"
    some = "" if games == of else f" in {games} of {of} games, those that are so far or over"
    return (
        f"After turn {int(turn)} {who} has {_number(value)} on average{some}. "
        f"In the middle of the model's games it is {_number(middle)}, in nine of ten {_number(low)} to {_number(high)}."
    )


def _number(value: float) -> str:
    return numbers.number(value, 2)


class _Scale:
    def __init__(self, turns: int, low: float, high: float) -> None:
        room = (high - low) * 0.06 or 1.0
        self.turns, self.low, self.high = max(turns, 1), low - room, high + room

    def at(self, turn: float, value: float) -> tuple[float, float]:
        x = _LEFT + (_WIDE - _LEFT - _RIGHT) * turn / self.turns
        y = _TOP + (_HIGH - _TOP - _BELOW) * (self.high - value) / (self.high - self.low)
        return x, y

    def points(self, line: Sequence[tuple[float, float]]) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.at(*each) for each in line))

    def axes(self) -> str:
        left, right = _LEFT, _WIDE - _RIGHT
        _, zero = self.at(0, 0.0)
        bottom = _HIGH - _BELOW
        lines = f'<line class="axis" x1="{left}" y1="{bottom}" x2="{right}" y2="{bottom}"/>'
        lines += f'<line class="zero" x1="{left}" y1="{zero:.1f}" x2="{right}" y2="{zero:.1f}"/>'
        for value in dict.fromkeys((self.low, 0.0, self.high)):
            _, y = self.at(0, value)
            if value == 0.0 or abs(y - zero) > 14:
                anchor = min(max(y + 4, _TOP + 6), bottom)
                lines += f'<text class="soft" x="{left - 5}" y="{anchor:.1f}" text-anchor="end">{_short(value)}</text>'
        lines += f'<text class="soft" x="{left}" y="{_HIGH - 10}">0</text>'
        lines += f'<text class="soft" x="{right}" y="{_HIGH - 10}" text-anchor="end">{self.turns} turns</text>'
        return lines


def _short(value: float) -> str:
    return numbers.number(value, 0 if abs(value) >= 10 else 1)
