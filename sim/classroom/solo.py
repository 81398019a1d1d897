"""What *Play* shows: one person against strategies, a game rebuilt from its log for every move."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from sim.classroom.sources import Source
from sim.classroom.templating import templates
from sim.classroom.worker import Tell, scenario_of
from sim.model.game import Game, Setting
from sim.play.debrief import debrief_of
from sim.play.log import Move
from sim.play.session import Session, opened
from sim.play.view import View, view_of
from sim.report import words
from sim.report.blocks import Blocks
from sim.report.debrief import tell_debrief
from sim.report.labels import Labels, inside, joined, quoted_label
from sim.report.situation import Screen, chance_of, closed_because, cost_of, lead_of, pass_of
from sim.report.spoken import Spoken
from sim.report.wants import wants_of

_AT_HAND = 32
PASS, UNDO = "pass", "undo"

_sessions: OrderedDict[str, Session] = OrderedDict()


@dataclass(frozen=True)
class Beginning:
    """How a game is to begin."""

    seat: str
    regime: str
    plays: dict[str, str]
    """What others play instead of what the regime says."""
    run: int


@dataclass(frozen=True)
class Step:
    """What somebody does in a turn: takes an action, passes, or takes the last move back."""

    turn: int
    kind: str
    """``action``, ``pass`` or ``undo``."""
    action: str = ""


@dataclass(frozen=True)
class Deed:
    """Something that can be done now, in words."""

    name: str
    label: str
    cost: str
    chance: str
    lead: str
    does: tuple[str, ...]


@dataclass(frozen=True)
class Stand:
    """A game as it stands for the person who plays it."""

    document: dict[str, Any]
    """All that is needed to rebuild it."""
    turn: int
    over: bool
    moves: int
    html: str


def begun(source: Source, beginning: Beginning, *, tell: Tell) -> Stand:
    """Begin a game. Raises ``CommandError``, ``RunError``."""
    setting = Setting(beginning.regime, beginning.plays)
    session = Session(opened(scenario_of(source), [beginning.seat], setting, None, beginning.run))
    return _stand(source, session, beginning.seat)


def played(source: Source, document: dict[str, Any], seat: str, step: Step | None, *, tell: Tell) -> Stand:
    """Take a step in a game, or none; a step of a turn that is over changes nothing.

    Raises ``CommandError`` where it cannot be taken, ``RunError``.
    """
    session = _session(source, document)
    if step is not None and step.kind == UNDO:
        session = session.undone(seat)
    elif step is not None and step.turn == session.turn and not session.over:
        session = session.moved(seat, None if step.kind == PASS else step.action)
    return _stand(source, session, seat)


def looked_back(source: Source, document: dict[str, Any], seat: str, *, tell: Tell) -> str:
    """Return the debrief of a game that is over as HTML. Raises ``CommandError``, ``RunError``, ``ResourceError``."""
    page = Blocks()
    tell_debrief(debrief_of(_session(source, document), seat), page)
    return templates().get_template("debrief.html").render(blocks=page.kept)


def _session(source: Source, document: dict[str, Any]) -> Session:
    key = _key(source, document)
    found = _sessions.pop(key, None)
    return found if found is not None else Session.from_dict(document, scenario_of(source))


def _key(source: Source, document: dict[str, Any]) -> str:
    return f"{source.kind}:{source.name}:{json.dumps(document, sort_keys=True)}"


def _stand(source: Source, session: Session, seat: str) -> Stand:
    document = session.to_dict()
    html = _shown(session, seat)
    _sessions[_key(source, document)] = session
    while len(_sessions) > _AT_HAND:
        _sessions.popitem(last=False)
    return Stand(document, session.turn, session.over, len(session.counting), html)


def _shown(session: Session, seat: str) -> str:
    """Return how the game stands as HTML, in the words of the terminal."""
    scenario, view = session.opening.game.scenario, view_of(session, seat)
    labels = Labels(scenario)

    def told(*parts: str) -> list[Any]:
        page = Blocks()
        screen = Screen(page, session.opening.game, seat)
        for part in parts:
            getattr(screen, part)(view)
        return page.kept

    others = [inside(labels.actor(name)) for name in scenario.actors if name != seat]
    return (
        templates()
        .get_template("situation.html")
        .render(
            title=labels.title,
            who=inside(labels.actor(seat)),
            others=joined(others),
            regime=labels.regime(session.opening.regime),
            when=labels.turn(view.turn),
            turn=view.turn + 1,
            turns=scenario.clock.turns,
            over=view.over,
            wants=wants_of(session.opening.game, seat).sentences(),
            did=_did(session, seat, labels),
            happened=told("over") if view.over else told("happened"),
            seen=told("seen") if view.over else told("seen", "outlook"),
            why=[] if view.over else told("why"),
            passing=pass_of(labels, view),
            deeds=_deeds(view, session.opening.game, labels),
            closed=[
                (labels.action(seat, each.action), closed_because(session.opening.game, seat, each))
                for each in view.options
                if not each.available
            ],
        )
    )


def _did(session: Session, seat: str, labels: Labels) -> str:
    """Return what the person did last, in words; nothing before the first move."""
    moves = [entry for entry in session.counting if isinstance(entry, Move) and entry.actor == seat]
    if not moves:
        return ""
    action = moves[-1].action
    return "to pass" if action is None else quoted_label(labels.action(seat, action))


def _deeds(view: View, game: Game, labels: Labels) -> list[Deed]:
    part, speech = game.actor(view.seat).part, Spoken(game, view.seat)
    found = []
    for each in view.options:
        if each.available:
            action = part.actions[each.action]
            does = (*words.action(action, speech), *([action.note] if action.note else []))
            chance = "" if each.chance == 1.0 else chance_of(each)
            label = labels.action(view.seat, each.action)
            found.append(Deed(each.action, label, cost_of(each), chance, lead_of(each), tuple(does)))
    return found
