"""Where a person plays at a terminal: shows the situation, reads a word, keeps the move, goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable

from sim.errors import CommandError, Fault, Interrupted, Place, expected_one_of, one_line, quoted
from sim.play.keeping import GameFile
from sim.play.log import Move
from sim.play.session import Session
from sim.play.view import View, view_of
from sim.report.console import HANDHELD, console, is_terminal
from sim.report.labels import joined
from sim.report.page import Page
from sim.report.situation import Screen

_LONGEST = 1000
"""Characters of a line that are read."""


def stopped(again: str) -> Interrupted:
    """Return what ends a game that Ctrl-C has stopped; ``again`` is the command to go on with."""
    return Interrupted(
        Fault(Place("command line"), "INTERRUPTED", "stopped; every move is kept", f"go on with: {again}")
    )


def _is_count(word: str) -> bool:
    """Say whether a word is a number from 1 that is not too long to be meant."""
    return word.isascii() and word.isdigit() and len(word) < 6 and int(word) > 0


def _last_move(session: Session, seat: str) -> Move:
    return next(each for each in reversed(session.counting) if isinstance(each, Move) and each.actor == seat)


class Table:
    """One person at one seat. With ``json`` stdout is left to the debrief; with ``quiet`` nothing is shown but that."""

    def __init__(self, file: GameFile, seat: str, again: str, *, json: bool, quiet: bool) -> None:
        self._file, self._seat, self._again, self._json = file, seat, again, json
        self._page = Page(console(stderr=json, quiet=quiet, narrowest=HANDHELD))
        self._quiet = quiet
        self._typed = is_terminal(sys.stdin)

    def played(self, session: Session) -> Session:
        """Play until the game is over or the person leaves; returns the session as it stands then.

        Raises:
            Interrupted: Ctrl-C; every move is on disk.
            CommandError: with ``json``, what is read ends before the game does.
            RunError: an expression misbehaved.
            ArchiveError: a move cannot be written to disk.
        """
        try:
            return self._play(session)
        except KeyboardInterrupt:
            if not self._quiet:
                # What is told about it begins a line of its own.
                self._page.gap()
            raise stopped(self._again) from None

    def _play(self, session: Session) -> Session:
        game = session.opening.game
        screen = Screen(self._page, game, self._seat)
        screen.welcome(str(self._file.path))
        shown: tuple[int, int] | None = None
        while not session.over:
            view = view_of(session, self._seat)
            if shown != (view.turn, len(session.log)):
                screen.turn(view)
            shown = view.turn, len(session.log)
            words = self._read()
            if words is None or words in (["quit"], ["q"], ["exit"]):
                return self._left(session)
            try:
                session = self._answered(session, screen, view, words)
            except CommandError as error:
                for fault in error.faults:
                    self._page.line(
                        f"{fault.problem}; {fault.remedy}" if fault.remedy else fault.problem, "red", indent=2
                    )
        screen.over(view_of(session, self._seat))
        return session

    def _answered(self, session: Session, screen: Screen, view: View, words: list[str]) -> Session:
        told: dict[str, Callable[[], None]] = {
            "?": screen.help, "help": screen.help, "why": lambda: screen.why(view),
            "look": lambda: screen.seen(view, everything=True),
        }  # fmt: skip
        if not words:
            return session
        first, rest = words[0], words[1:]
        if first.startswith("?") and len(first) > 1:
            first, rest = "?", [first[1:], *rest]
        if first == "?" and rest:
            action = self._action(view, " ".join(rest))
            if action is not None:
                screen.action(action)
            return session
        if first in told and not rest:
            told[first]()
            if first == "look":
                screen.options(view)
            return session
        if first == "undo" and not rest:
            before, session = session, self._file.kept(session.undone(self._seat))
            screen.taken_back(_last_move(before, self._seat))
            return session
        if len(rest) == 1 and _is_count(rest[0]):
            return self._repeated(session, screen, self._action(view, first), int(rest[0]))
        return self._file.kept(session.moved(self._seat, self._action(view, " ".join(words))))

    def _repeated(self, session: Session, screen: Screen, action: str | None, times: int) -> Session:
        """Make a move several turns running, until something happens that the person should know, or it cannot be."""
        session = self._file.kept(session.moved(self._seat, action))
        for _ in range(times - 1):
            view = view_of(session, self._seat)
            can = action is None or any(each.action == action and each.available for each in view.options)
            if not (view.awaited and can) or any(each.kind != "landed" for each in view.happened):
                break
            screen.happened(view)
            session = self._file.kept(session.moved(self._seat, action))
        return session

    def _action(self, view: View, word: str) -> str | None:
        """Return the action that a word means, by number, name or the beginning of its name. None for passing."""
        names = [option.action for option in view.options]
        if word in ("0", "pass"):
            return None
        if _is_count(word) and int(word) <= len(names):
            return names[int(word) - 1]
        open_ = [option.action for option in view.options if option.available]
        # What can be done goes before what only bears such a name.
        begun = [name for name in open_ if name.startswith(word)] or [name for name in names if name.startswith(word)]
        if word in names or len(begun) == 1:
            return word if word in names else begun[0]
        if begun:
            problem = f"{quoted(word)} may be {joined(begun, 'or')}"
            raise CommandError(Fault(Place("command line"), "MOVE", problem, "write more of the name, or its number"))
        problem = f"{quoted(word)} is no action and no command"
        remedy = expected_one_of(word, [*open_, "look", "why", "undo", "quit"], "word")
        raise CommandError(Fault(Place("command line"), "MOVE", problem, f"{remedy}; ? tells what can be typed"))

    def _read(self) -> list[str] | None:
        """Return the words of the next line; None at the end of what is read."""
        stream = self._page.console.file
        if not self._quiet:
            stream.write("\nYour move (? for help): ")
            stream.flush()
        try:
            line = sys.stdin.readline(_LONGEST)
        except (OSError, ValueError):
            line = ""
        words = line.replace("\0", " ").lower().split()
        if not self._typed and not self._quiet:
            # What a pipe says is shown where a person would have typed it.
            stream.write(one_line(" ".join(words))[:60] + "\n")
        return words if line else None

    def _left(self, session: Session) -> Session:
        turn = session.turn + 1
        if self._json:
            fault = Fault(
                Place("command line"), "NOT-OVER", f"the game was left in turn {turn}", f"go on with: {self._again}"
            )
            raise CommandError(fault)
        if not self._quiet:
            self._page.gap()
            self._page.line(f"The game waits for you in turn {turn}. Go on with:")
            self._page.console.file.write(f"  {self._again}\n")
        return session
