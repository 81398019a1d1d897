"""``detente play``: play a scenario as one of its actors, in the terminal, and look back on it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands import options

if TYPE_CHECKING:
    from sim.model.game import Setting
    from sim.play.session import Session
    from sim.scenario.schema import Scenario

As = Annotated[str | None, typer.Option("--as", metavar="A", help="Which actor you play.")]
Lucks = Annotated[
    int | None,
    typer.Option("--runs", metavar="N", parser=options.whole("--runs"), help="Lucks to compare with (default: 10000)."),
]
RunNumber = Annotated[
    int, typer.Option("--run", metavar="K", parser=options.whole("--run"), help="Which run's luck, from 0.")
]
Resume = Annotated[Path | None, typer.Option("--resume", metavar="LOG", help="Go on with a game that was kept.")]


def command(
    scenario: options.ScenarioWord,
    as_: As = None,
    seed: options.Seed = None,
    run: RunNumber = 0,
    regime: options.Regime = None,
    play: options.Play = None,
    set_: options.Set = None,
    runs: Lucks = None,
    resume: Resume = None,
    out: options.Out = options.RESULTS,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Play as one of the actors, then be debriefed.

    Moves are read from the keyboard, or from a file or pipe, one a line.
    """
    from sim.archive.root import checked_root
    from sim.commands.progress import progress
    from sim.commands.table import Table, stopped
    from sim.experiment.plan import Plan
    from sim.play.debrief import LUCKS, debrief_of
    from sim.play.keeping import GameFile
    from sim.report.console import HANDHELD, console
    from sim.report.labels import without_codes

    loaded = without_codes(options.scenario_of(scenario))
    lucks = Plan(LUCKS if runs is None else runs, 0).runs
    if resume is None:
        if as_ is None:
            acting = [name for name, actor in loaded.actors.items() if actor.actions]
            raise options.refused("--as", "nobody is named to play", f"write --as and one of: {', '.join(acting)}")
        session, seat = _begun(loaded, as_, options.setting_of(regime, play, set_), seed, run), as_
        file = GameFile.begun(checked_root(out), session, seat)
    else:
        given = (("--seed", seed), ("--run", run or None), ("--regime", regime), ("--play", play), ("--set", set_))
        for option, value in given:
            if value:
                raise options.refused(
                    option, f"{option} cannot be changed in a game that is resumed", f"leave out {option}"
                )
        file, session = GameFile.reopened(resume, loaded)
        seat = _seat_of(session, as_)
    with file:
        again = shlex.join(["detente", "play", scenario, "--resume", str(file.path)])
        table = Table(file, seat, again, json=json, quiet=quiet)
        session = table.played(session)
    if not session.over:
        return
    try:
        with progress(lucks, quiet) as advance:
            debrief = debrief_of(session, seat, lucks, advance)
    except KeyboardInterrupt:
        raise stopped(again) from None
    if json:
        options.print_json(debrief.to_dict())
    else:
        from sim.report.debrief import show_debrief

        show_debrief(debrief, console(narrowest=HANDHELD))
    options.message(f"the game is kept in {file.path}", quiet)


def _begun(loaded: Scenario, seat: str, setting: Setting, seed: int | None, run: int) -> Session:
    from sim.play.session import Session, opened

    return Session(opened(loaded, [seat], setting, seed, run))


def _seat_of(session: Session, asked: str | None) -> str:
    persons = [name for name, strategy in session.opening.seats.items() if strategy is None]
    if asked is None and len(persons) == 1:
        return persons[0]
    if asked not in persons:
        problem = f"'{asked}' is no person's seat in this game" if asked else "several people play in this game"
        raise options.refused("--as", problem, f"write --as and one of: {', '.join(persons)}")
    return asked
