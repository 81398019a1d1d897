"""*Play*: one person against strategies, a page a turn, without any script."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sim.classroom.facts import Facts
from sim.classroom.pages import page, said_of
from sim.classroom.scenario_pages import chosen, offered
from sim.classroom.site import Site
from sim.classroom.solo import PASS, UNDO, Beginning, Stand, Step
from sim.classroom.sources import Source
from sim.classroom.tokens import fresh_number, fresh_token
from sim.classroom.visitors import form_of, form_token, remember, visitor, visitor_of
from sim.errors import DetenteError

_GAMES, _VISITORS = 4, 500
"""Games are kept of so many visitors, the latest few of each."""
_RUNS = 1_000_000

Fields = Mapping[str, str | bytes]


@dataclass(frozen=True)
class Game:
    """A game that a visitor plays."""

    source: Source
    seat: str
    stand: Stand
    debrief: str = ""


class Games:
    """The games that are being played, by visitor; what was left long ago is forgotten."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, OrderedDict[str, Game]] = OrderedDict()

    def keep(self, visitor: str, name: str, game: Game) -> None:
        """Keep a game, or what has become of it."""
        mine = self._of.setdefault(visitor, OrderedDict())
        mine[name] = game
        mine.move_to_end(name)
        self._of.move_to_end(visitor)
        while len(mine) > _GAMES:
            mine.popitem(last=False)
        while len(self._of) > _VISITORS:
            self._of.popitem(last=False)

    def find(self, visitor: str | None, name: str) -> Game:
        """Return a game of this visitor's. Raises ``HTTPException`` 404."""
        mine = self._of.get(visitor or "", OrderedDict())
        if name not in mine:
            raise HTTPException(404, "this game is not known here, or not any more; begin another one")
        return mine[name]


def routes(site: Site) -> Sequence[BaseRoute]:
    """Return the routes of *Play*."""
    games = Games()

    async def choose(request: Request) -> Response:
        return await _choose(site, request)

    async def begin(request: Request) -> Response:
        fields = await form_of(site, request)
        source = site.shelf.find(_text(fields, "scenario"), visitor_of(site, request))
        facts = await site.shelf.facts(site.crew, source)
        stand: Stand = await site.crew.ask("begin", source, _beginning(fields, facts))
        name = fresh_token()
        games.keep(visitor(site, request), name, Game(source, _text(fields, "seat"), stand))
        return _to(site, request, name)

    async def look(request: Request) -> Response:
        name = request.path_params["game"]
        game = games.find(visitor_of(site, request), name)
        if game.stand.over and not game.debrief:
            debrief = await site.crew.ask("debrief", game.source, game.stand.document, game.seat)
            game = replace(game, debrief=debrief)
            games.keep(visitor(site, request), name, game)
        return await _shown(site, request, name, game)

    async def move(request: Request) -> Response:
        fields = await form_of(site, request)
        name = request.path_params["game"]
        game = games.find(visitor_of(site, request), name)
        try:
            stand = await site.crew.ask("play", game.source, game.stand.document, game.seat, _step(fields))
        except DetenteError as error:
            return await _shown(site, request, name, game, said_of(error))
        games.keep(visitor(site, request), name, replace(game, stand=stand, debrief=""))
        return _to(site, request, name)

    return [
        Route("/play", choose),
        Route("/play", begin, methods=["POST"]),
        Route("/play/{game}", look),
        Route("/play/{game}", move, methods=["POST"]),
    ]


def _to(site: Site, request: Request, name: str) -> Response:
    response = RedirectResponse(f"/play/{name}", 303)
    remember(site, request, response)
    return response


async def _choose(site: Site, request: Request) -> Response:
    found = await chosen(site, request)
    return page(
        site,
        request,
        "play_choose.html",
        facts=found.facts,
        source=found.source,
        seats=[seat for seat in found.facts.seats if seat.plays],
        offered=offered(site, request),
        token=form_token(site, request),
        problems=[],
    )


async def _shown(site: Site, request: Request, name: str, game: Game, problems: Sequence[str] = ()) -> Response:
    document = game.stand.document
    return page(
        site,
        request,
        "play.html",
        422 if problems else 200,
        facts=await site.shelf.facts(site.crew, game.source),
        source=game.source,
        game=name,
        stand=game.stand,
        debrief=game.debrief,
        token=form_token(site, request),
        problems=problems,
        run=document["run"],
        seat=game.seat,
        regime=document["regime"],
    )


def _beginning(fields: Fields, facts: Facts) -> Beginning:
    seat, regime = _text(fields, "seat"), _text(fields, "regime")
    known = {each.name: {choice.name for choice in each.strategies} for each in facts.seats if each.plays}
    if seat not in known or regime not in {each.name for each in facts.regimes}:
        raise HTTPException(422, "there is no such actor or regime in this scenario; choose again")
    plays: dict[str, str] = {}
    for actor, names in known.items():
        strategy = _text(fields, f"plays.{actor}") if f"plays.{actor}" in fields else ""
        if strategy and strategy not in names:
            # Names from outside could make the server load what is not its scenario's.
            raise HTTPException(422, "there is no such strategy in this scenario; choose again")
        if strategy and actor != seat:
            plays[actor] = strategy
    word = _text(fields, "run") if fields.get("run") else ""
    if word and not (word.isascii() and word.isdecimal() and len(word) < 10):
        raise HTTPException(422, "the run is a number from 0 to 999,999,999")
    return Beginning(seat, regime, plays, int(word) if word else fresh_number(_RUNS))


def _step(fields: Fields) -> Step:
    word = _text(fields, "turn")
    turn = int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else -1
    if "undo" in fields:
        return Step(turn, UNDO)
    return Step(turn, PASS) if "pass" in fields else Step(turn, "action", _text(fields, "action"))


def _text(fields: Fields, name: str) -> str:
    value: Any = fields.get(name)
    if not isinstance(value, str):
        raise HTTPException(422, f"'{name}' is missing")
    return value
