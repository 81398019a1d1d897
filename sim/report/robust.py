"""How robust claims are, on a page: at which share of points each holds, what decides that, and where it fails."""

from __future__ import annotations

from collections.abc import Mapping

from sim.errors import one_line
from sim.experiment.deciding import Box, Influence, Map
from sim.experiment.robust import Endurance, Ranges, Robustness
from sim.report import numbers
from sim.report.labels import Labels, inside, joined, plain
from sim.report.page import BAD, GOOD, NUMBERS, Cell, Column, Page, Styled, named

ROBUST, FRAGILE = 0.95, 0.8
"""A claim is called robust from that share of points on, and fragile below this one."""

_SHOWN = 4
"""Parameters of a claim that are shown."""

_STYLES = {"robust": GOOD, "mostly robust": "yellow", "fragile": BAD}


def word_of(endurance: Endurance) -> str:
    """Return what a claim is called: robust, mostly robust or fragile."""
    share = endurance.share.mean
    return "robust" if share >= ROBUST else "mostly robust" if share >= FRAGILE else "fragile"


def drawn_in_words(robustness: Robustness) -> str:
    """Return what was drawn and played, in a sentence or two."""
    points, sampling = robustness.points.count, robustness.sampling
    parameters = numbers.count(len(robustness.ranges), "parameter")
    told = (
        f"{numbers.count(points, 'point')} drawn over the ranges of {parameters}, "
        f"{numbers.count(sampling.runs, 'run')} at each, on the same luck."
    )
    if robustness.stopped:
        told += f" Stopped: {numbers.count(sampling.points)} points were to be played."
    elif sampling.asked != points:
        told += f" ({sampling.asked:,} were asked for; a Sobol sequence is balanced at powers of two.)"
    return told


def show_robustness(page: Page, robustness: Robustness, names: Mapping[str, str]) -> None:
    """Print how robust claims are; ``names`` are their labels."""
    labels = Labels(robustness.scenario)
    page.heading("How robust the claims are")
    page.line(drawn_in_words(robustness), "dim", indent=2)
    page.gap()
    columns = [
        Column("claim"),
        Column("", least=7),
        Column("holds at", NUMBERS),
        Column("95 % interval", NUMBERS),
        Column("undecided at", NUMBERS),
    ]
    page.table(columns, [_row(each, names[each.name], robustness) for each in robustness.claims.values()])
    for endurance in robustness.claims.values():
        if endurance.map is not None:
            _failing(page, endurance, robustness.ranges, labels, names[endurance.name])
    page.gap()
    page.line(
        "A claim is robust if it holds at 95 % of points, fragile below 80 %. Shares count the mean margin at each "
        "point; where its 95 % interval has zero in it the point is undecided. What a parameter explains is the share "
        "of the margins' ranks that a parabola in it alone accounts for.",
        "dim",
    )


def _row(endurance: Endurance, label: str, robustness: Robustness) -> list[Cell]:
    share, word = endurance.share, word_of(endurance)
    return [
        named(label, one_line(endurance.name), "bold"),
        Styled(word, _STYLES[word]),
        numbers.percent(share.mean, 1),
        Styled(numbers.percent_interval(share), "dim"),
        "" if endurance.undecided is None else numbers.percent(endurance.undecided / robustness.points.count, 1),
    ]


def _failing(page: Page, endurance: Endurance, ranges: Ranges, labels: Labels, label: str) -> None:
    page.heading(f"Where {one_line(endurance.name)} fails", "" if label == endurance.name else label)
    deciding = endurance.deciding[:_SHOWN]
    if deciding:
        columns = [
            Column("parameter"),
            Column("explains", NUMBERS),
            Column("holds if lowest", NUMBERS),
            Column("if highest", NUMBERS),
        ]
        page.table(columns, [_influence(each, labels) for each in deciding])
    else:
        page.line("No parameter alone decides it more than chance would have it.", indent=2)
    if endurance.box is not None:
        page.gap()
        page.line(box_in_words(endurance.box, ranges), indent=2)
    elif endurance.map is not None and deciding:
        _map(page, endurance.map)


def _influence(influence: Influence, labels: Labels) -> list[Cell]:
    return [
        named(labels.parameter(influence.parameter), influence.parameter),
        numbers.percent(influence.share),
        numbers.percent(influence.lowest),
        numbers.percent(influence.highest),
    ]


def box_in_words(box: Box, ranges: Ranges) -> str:
    """Return a box as a sentence."""
    limits = []
    for name, (low, high) in box.limits.items():
        least, most = ranges[name]
        if low == least:
            limits.append(f"{name} is at most {numbers.number(high)}")
        elif high == most:
            limits.append(f"{name} is at least {numbers.number(low)}")
        else:
            limits.append(f"{name} is {numbers.number(low)} to {numbers.number(high)}")
    return (
        f"Found by PRIM: where {joined(limits)}, it fails at {numbers.percent(box.failing)} of points; "
        f"{numbers.percent(box.covered)} of the points at which it fails lie there."
    )


def _map(page: Page, found: Map) -> None:
    page.gap()
    up, *across = found.parameters
    words = f"{one_line(up)} (downwards)" if across else one_line(up)
    words += "".join(f" and {one_line(name)} (to the right)" for name in across)
    page.line(f"Share of points at which it holds, over {words}:", "dim", indent=2)
    if not across:
        rows = [[_stretch(found, 0, row), _cell(found, (row,))] for row in range(len(found.shares))]
        page.table([Column(one_line(up)), Column("holds", NUMBERS)], rows)
        return
    columns = [Column(""), *(Column(_stretch(found, 1, column), NUMBERS) for column in range(found.shares.shape[1]))]
    table: list[list[Cell]] = [
        [Styled(_stretch(found, 0, row), "dim"), *(_cell(found, (row, column)) for column in range(len(columns) - 1))]
        for row in range(len(found.shares))
    ]
    page.table(columns, table)


def _stretch(found: Map, axis: int, place: int) -> str:
    low, high = found.edges[axis][place : place + 2]
    return f"{low:.3g} to {high:.3g}"


def _cell(found: Map, place: tuple[int, ...]) -> Cell:
    if not found.counts[place]:
        return ""
    share = float(found.shares[place])
    style = GOOD if share >= ROBUST else BAD if share < FRAGILE else ""
    return Styled(numbers.percent(share), style)


def robust_sentences(robustness: Robustness) -> list[str]:
    """Return what the shares mean: which claims survive the uncertainty about the numbers, and what breaks others."""
    labels = Labels(robustness.scenario)
    by_word: dict[str, list[str]] = {}
    for endurance in robustness.claims.values():
        by_word.setdefault(word_of(endurance), []).append(one_line(endurance.name))
    told = [
        f"{joined(which)} {'is' if len(which) == 1 else 'are'} {word}"
        for word in ("robust", "mostly robust", "fragile")
        if (which := by_word.get(word))
    ]
    fragile = [each for each in robustness.claims.values() if word_of(each) == "fragile" and each.deciding]
    return [f"As far as the ranges reach, {'; '.join(told)}.", *(breaking(each, labels) for each in fragile)]


def breaking(endurance: Endurance, labels: Labels) -> str:
    """Return which parameter breaks a claim most, in a sentence."""
    first = endurance.deciding[0]
    label = labels.parameter(first.parameter)
    who = first.parameter if label == plain(first.parameter) else f"{first.parameter} ({inside(label)})"
    low, high = numbers.percent(first.lowest), numbers.percent(first.highest)
    return (
        f"What breaks {one_line(endurance.name)} most is {who}: the claim holds at {low} of points in the lowest "
        f"quarter of its range and at {high} in the highest."
    )
