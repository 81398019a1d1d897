"""What a student is told after the game: their result, what else could have been, and what was hidden."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.classroom.room.plan import Half
from sim.classroom.room.position import Position
from sim.classroom.room.prediction import Prediction
from sim.errors import RunError
from sim.play.debrief import costliest_of, ledger_of, menu_of
from sim.play.log import Move
from sim.report import numbers, words
from sim.report.labels import Labels, inside, joined
from sim.report.spoken import Spoken

_SAME = 5e-4


@dataclass(frozen=True)
class Told:
    """A debrief in words and numbers, ready for a page."""

    payoff: str
    others: str
    predicted: str
    share: str
    ledger: tuple[tuple[str, str], ...]
    """Entries that moved the payoff, and by how much."""
    menu: tuple[tuple[str, str, bool], ...]
    """What each strategy would have got, best first, and the student's own result among them (True)."""
    moment: str
    unmasked: tuple[str, ...]
    hidden: tuple[tuple[str, str, str], ...]
    """What the side saw in the end, and what was true."""


def told_of(half: Half, position: Position, side: str, prediction: Prediction, names: dict[str, str]) -> Told | None:
    """Return the debrief of one side of a game; None where the game did not come to its end.

    Args:
        half: what was played.
        position: where the game ended.
        side: whose debrief it is.
        prediction: what the model predicts for this half.
        names: who played each actor, in words; what the computer played is left out.
    """
    payoffs, session = position.payoffs, position.session
    if payoffs is None:
        return None
    labels, game, live = Labels(half.loaded), session.opening.game, session.live
    run = live.run.result()
    results = dict(zip(game.columns.names, run.results.tolist(), strict=True))
    played = any(isinstance(entry, Move) and entry.actor == side for entry in session.counting)
    finals = prediction.finals[side]
    ledger = sorted(ledger_of(game, side, results).items(), key=lambda each: -abs(each[1]))
    others = [f"{inside(labels.actor(name))} got {_number(got)}" for name, got in payoffs.items() if name != side]
    return Told(
        payoff=_number(payoffs[side]),
        others=joined(others),
        predicted=_number(float(finals.mean())),
        share=numbers.percent(float(np.mean(finals < payoffs[side] - 1e-12))),
        ledger=tuple((labels.entry(side, entry), _number(got)) for entry, got in ledger if abs(got) > _SAME),
        menu=_menu(position, side, labels, payoffs[side]),
        moment=_moment(position, side, labels) if played else "",
        unmasked=tuple(_unmasked(half, position, side, labels, names)),
        hidden=tuple(_hidden(half, position, side, labels)),
    )


def _menu(position: Position, side: str, labels: Labels, payoff: float) -> tuple[tuple[str, str, bool], ...]:
    try:
        menu = menu_of(position.session, side)
    except RunError:
        return ()
    lines = [(line.payoff, labels.strategy(side, line.strategy), False) for line in menu]
    lines.append((payoff, "You", True))
    lines.sort(key=lambda each: (-each[0], not each[2]))
    return tuple((name, _number(got), own) for got, name, own in lines)


def _moment(position: Position, side: str, labels: Labels) -> str:
    try:
        found = costliest_of(position.session, side)
    except RunError:
        return ""
    if found is None:
        return "You never had a choice."
    if found.gain <= _SAME:
        return "No other action in any single turn would have brought you more."
    did, instead = (
        "to do nothing" if each is None else f"“{labels.action(side, each)}”" for each in (found.did, found.instead)
    )
    return (
        f"{labels.turn(found.turn)}: you chose {did}. Had you chosen {instead}, and all else the same, you would "
        f"have got {_number(found.payoff)}, which is {numbers.number(found.gain, 2)} more."
    )


def _unmasked(half: Half, position: Position, side: str, labels: Labels, names: dict[str, str]) -> list[str]:
    told = []
    for actor, held in position.session.live.held.items():
        if actor == side:
            continue
        who = inside(labels.actor(actor))
        for strategy in dict.fromkeys(held):
            if strategy is None:
                told.append(f"{who} was played by {names.get(actor) or 'people'}.")
                continue
            written = half.loaded.actors[actor].strategies.get(strategy)
            speech = Spoken(position.session.opening.game, actor)
            rules = f"always {speech.deed(strategy)}" if written is None else "; ".join(words.strategy(written, speech))
            told.append(f"{who} was played by the computer: {labels.strategy(actor, strategy)} ({rules}).")
    return [f"{line[:1].upper()}{line[1:]}" for line in told]


def _hidden(half: Half, position: Position, side: str, labels: Labels) -> list[tuple[str, str, str]]:
    game, looks = position.session.opening.game, position.session.live.looks[side]
    if not looks:
        return []
    masks = dict(game.actor(side).masks)
    last = looks[-1]
    found = [
        (
            labels.variable(each.name),
            numbers.number(float(last.state[each.row])),
            numbers.number(float(last.truth[each.row])),
        )
        for each in game.variables
        if each.row in masks
    ]
    # What was hidden for a while only, or by less than can be read, is not hidden in the end.
    return [(name, seen, truth) for name, seen, truth in found if seen != truth]


def _number(value: float) -> str:
    return numbers.number(value, 2, sign=True)
