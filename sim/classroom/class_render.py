"""Parts of a class's pages as HTML, for a page that is asked for and for a socket that is told what changed."""

from __future__ import annotations

import time
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from sim.classroom.class_access import rejoin_code
from sim.classroom.class_board import Board, qr_of
from sim.classroom.class_live import Shown
from sim.classroom.class_views import Desk
from sim.classroom.room.results import outcome
from sim.classroom.room.state import Student
from sim.classroom.running import Running
from sim.classroom.site import Site
from sim.report.labels import inside


def ready(environment: Environment) -> None:
    """Teach the templates to write a time of the day."""
    environment.filters["inside"] = inside
    environment.filters["clock"] = lambda seconds: time.strftime("%H:%M:%S", time.localtime(seconds))


def seat_parts(site: Site, running: Running, student: Student, token: str) -> Shown | None:
    """Return a student's page in parts; None once they were sent out."""
    room = running.room
    student = room.students.get(student.number, student)
    if not student.present:
        return None
    desk = Desk(running, student, site.hub.clock())
    told = asked = came = None
    table = desk.table
    if table is not None and student.place is not None and table.over and (room.revealed or room.plan.homework):
        site.hub.look_back(running, table, student.place.side)
        told, asked = running.debriefs.get((table.number, student.place.side)), True
        came = None if running.predictions is None else outcome(room, table, running.predictions)
    path = f"/class/{room.code}/seat/{student.number}"
    macros: Any = site.templates.get_template("class/seat_parts.html").module
    parts = {
        "news": macros.news(desk),
        "status": macros.status(desk),
        "result": macros.result(desk, told, asked, desk.words_of_bet(came)),
        "situation": _situation(running, desk, macros),
        "move": macros.move(desk, token, path),
        "bet": macros.bet(desk, token, path, told),
    }
    return _whole(parts), desk.state


def _situation(running: Running, desk: Desk, macros: Any) -> str:
    """Return what a side sees, kept until it sees something else: pages are shown anew at every move."""
    view, place = desk.view, desk.student.place
    if view is None or place is None:
        return str(macros.situation(desk))
    stage = desk.beginning, desk.state["over"]
    known = running.situations.get((place.table, place.side))
    if known is None or known[0] is not view or known[1] != stage:
        known = running.situations[place.table, place.side] = view, stage, str(macros.situation(desk))
    return known[2]


def teacher_parts(site: Site, running: Running, token: str) -> Shown:
    """Return the instructor's page in parts."""
    room = running.room
    board = Board(running, site.hub.clock(), site.hub.last_class(running), secret=True)
    path = f"/class/{room.code}/teach"
    codes = {student.number: rejoin_code(site, room.code, student.number) for student in room.present}
    macros: Any = site.templates.get_template("class/board_parts.html").module
    parts = {
        "status": macros.status(board),
        "what": macros.what(board),
        "controls": macros.controls(board, token, path),
        "people": macros.people(board, token, path, codes),
        "charts": macros.charts(board),
        "bets": macros.bets(board),
        "results": macros.results(board),
    }
    return _whole(parts), _class_state(running)


def screen_parts(site: Site, running: Running) -> Shown:
    """Return the projector's page in parts: nothing on it gives an advantage, or lets anybody in."""
    board = Board(running, site.hub.clock(), site.hub.last_class(running), secret=False)
    home = site.settings.links[0]
    macros: Any = site.templates.get_template("class/board_parts.html").module
    parts = {
        "status": macros.status(board),
        "what": macros.what(board),
        "join": macros.join(board, home, qr_of(f"{home}class/{running.room.code}")),
        "names": macros.names(board),
        "charts": macros.charts(board),
        "bets": macros.bets(board),
        "results": macros.results(board),
    }
    return _whole(parts), _class_state(running)


def _class_state(running: Running) -> dict[str, Any]:
    room = running.room
    return {
        "phase": room.phase, "round": room.round, "students": len(room.present), "paused": room.paused,
        "waited": len(running.waited) if running.ready else None,
    }  # fmt: skip


def _whole(parts: dict[str, Any]) -> dict[str, str]:
    return {name: Markup(str(part).strip()) for name, part in parts.items()}
