"""Games that people play: a session as a value, what each seat sees of it, and what might have been.

What a terminal, a page or a class needs to play, in the order in which it is used:

- ``opened(scenario, persons, setting, seed, run) -> Opening`` (``session``): who plays what to begin with. ``persons``
  are actors; all others play what the regime, or ``setting``, says. Compiling takes some milliseconds, so games that
  differ in luck alone share it: ``dataclasses.replace(opening, run=k)``.
- ``Session(opening)``: the game before its first move. It is a value: each method below gives *another* session.

  - ``turn`` (from 0), ``over``, ``seats`` (strategy, or None for a person), ``awaited`` (persons whose move the game
    waits for). Where all move at once they may move in any order, and nothing happens before the last one has; else
    only the one whose move it is is awaited.
  - ``moved(actor, action)``: a person's move, None for passing. A move is final once made: who may still change their
    mind, or votes in a group, is asked outside and moves when the turn is to be closed.
  - ``seated(actor, strategy)``: a strategy takes a seat over at any time, or gives it back to a person (None). A move
    already made in this turn stays; else the strategy moves at once, and the turn goes on if nobody else is awaited.
  - ``undone()``, ``rolled_back(turn)``: as it was before the last move, or when a turn began. Changes of seats since
    then are taken back too. ``forked(run)``: a copy to try things in, if asked with other luck.
  - ``to_dict()``, ``Session.from_dict(document, scenario)``: the opening and the log, and the session rebuilt from
    them. To keep a game entry by entry, store ``opening.to_dict()`` and then ``session.log[known:]`` after each step
    (``log.line_of``, ``log.document_of``; ``keeping.GameFile`` does it in a file). A log only grows.

- ``view_of(session, seat) -> View`` (``view``): all that may be shown to that seat while the game is on, and nothing
  else. ``options`` hold what can be done with cost, chance and lead time; ``history`` the charts; ``happened`` what was
  learned since the last move. ``to_dict()`` fits a page. Labels of names are in ``sim.report.labels``.
- ``debrief_of(session, seat, lucks) -> Debrief`` (``debrief``): once ``over``; about a tenth of a second. Its parts can
  be asked for alone: ``menu_of``, ``costliest_of``, ``spread_of`` (the same for every game of one regime and seed but
  for where the result lies in it).

Whatever cannot be done raises ``CommandError`` (unknown name, not open, not this seat's turn, game over) and changes
nothing; ``RunError`` comes from an expression of the scenario that misbehaves. Moves and views take less than a
millisecond, rebuilding a game of twenty turns some twenty. The run behind a session moves on with it, so that one
thread at a time may use the sessions of one game; an older session works too, and is rebuilt when it is asked.
"""
