"""The command line: which commands there are, and how every end of a command becomes an exit status.

Exit statuses (interfaces, "Exit codes"): 0 fine, 1 a bug of ours, 2 command line, 3 scenario or expression, 4 results
folder, 5 resources, 6 a claim fails or is undecided, 130 interrupted.
"""

from __future__ import annotations

import atexit
import errno
import gc
import io
import os
import re
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated, NoReturn

import typer

from sim.commands import (
    breakeven,
    claims,
    compare,
    describe,
    export,
    listing,
    matrix,
    new,
    play,
    report,
    rerun,
    results,
    resume,
    run,
    schema,
    sensitivity,
    serve,
    sweep,
    trace,
    validate,
    verify,
)
from sim.errors import CommandError, DetenteError, Fault, Place, ResourceError, one_line, shortened
from sim.version import __version__


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"detente {__version__}")
        raise typer.Exit


COMMANDS: dict[str, Callable[..., int | None]] = {
    "list": listing.command,
    "new": new.command,
    "validate": validate.command,
    "schema": schema.command,
    "describe": describe.command,
    "run": run.command,
    "trace": trace.command,
    "compare": compare.command,
    "matrix": matrix.command,
    "sweep": sweep.command,
    "sensitivity": sensitivity.command,
    "breakeven": breakeven.command,
    "claims": claims.command,
    "play": play.command,
    "serve": serve.command,
    "report": report.command,
    "results": results.command,
    "resume": resume.command,
    "verify": verify.command,
    "export": export.command,
    "rerun": rerun.command,
}


def app_for(words: Sequence[str]) -> typer.Typer:
    """Return the command line that understands some words: with the command that they begin with, else with all.

    To make all of them takes a twentieth of the time of a short command.
    """
    app = typer.Typer(
        name="detente",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback(no_args_is_help=True)(everything)
    for name in words[:1] if words and words[0] in COMMANDS else COMMANDS:
        app.command(name)(COMMANDS[name])
    return app


def everything(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Play out an argument about an arms treaty: who gains by keeping it, who by leaving it, and why."""


INTERRUPTED = 130
BUG = 1
_RUN_OUT = {errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its status."""
    _make_streams_usable()
    _listen_to_interrupts()
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = status_of(words)
        # All is done and said: who wants the command to end has what he wants.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:
        status = _interrupted()
    if status == INTERRUPTED:
        _leave_at_once(status)
    # At its end Python looks for garbage among all that was ever loaded: a tenth of a short command, for nothing.
    # (The library behind Parquet calls what it does not look for a leak, in many lines.)
    if "duckdb" not in sys.modules:
        gc.freeze()
    sys.exit(status)


def status_of(words: Sequence[str]) -> int:
    """Run one command line; returns its exit status, after writing what went wrong to stderr."""
    try:
        answer = app_for(words)(list(words) or ["--help"], prog_name="detente", standalone_mode=False)
        if answer == INTERRUPTED:
            raise KeyboardInterrupt
        sys.stdout.flush()
    except DetenteError as error:
        return _report(error, words)
    except typer.TyperException as error:
        return _report(_usage(error), words)
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except (BrokenPipeError, SystemExit):
        # The reader went away (`detente describe ... | head`): that is its good right. Typer makes it a SystemExit.
        _abandon_stdout()
        return 0
    except MemoryError:
        fault = Fault(
            Place("command line"), "MEMORY", "the machine ran out of memory", "ask for fewer runs with --runs"
        )
        return _report(ResourceError(fault), words)
    except OSError as error:
        if error.errno not in _RUN_OUT:
            return _bug(error, words)
        _abandon_stdout()
        problem = f"the machine has run out of something: {(error.strerror or str(error)).lower()}"
        fault = Fault(Place("command line"), "RESOURCES", problem, "make room, or ask for less")
        return _report(ResourceError(fault), words)
    except Exception as error:  # noqa: BLE001 - the last resort: a bug becomes one line and an exit status
        return _interrupted() if _comes_of_an_interrupt(error) else _bug(error, words)
    return answer if isinstance(answer, int) else 0


def _make_streams_usable() -> None:
    # A stream that was closed before the start is None; a terminal that knows few characters refuses the others.
    sys.stdout = sys.stdout or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    sys.stderr = sys.stderr or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")


def _abandon_stdout() -> None:
    # What could not be written would be tried again, and fail again, at the end of the process.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _interrupted() -> int:
    fault = Fault(Place("command line"), "INTERRUPTED", "stopped; nothing was left half-written", "ask again")
    print(fault, file=sys.stderr)
    return INTERRUPTED


def _listen_to_interrupts() -> None:
    """Let the first Ctrl-C be an error like others, and the second end the process, wherever it is.

    No finished block is lost by that: it is under its name and in the journal, or it is not finished.
    """

    def second(number: int, frame: object) -> NoReturn:
        with suppress(OSError):
            os.write(2, f"{Fault(Place('command line'), 'INTERRUPTED', 'stopped at once')}\n".encode())
        os._exit(INTERRUPTED)

    def first(number: int, frame: object) -> NoReturn:
        signal.signal(signal.SIGINT, second)
        raise KeyboardInterrupt

    # Whoever starts a process in the background may have told it to take no notice.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, first)


def _leave_at_once(status: int) -> NoReturn:
    # An interrupt within an import makes Python end itself by the signal, whatever status it is given.
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(status)


def _comes_of_an_interrupt(error: BaseException | None) -> bool:
    """Say whether an error was made of an interrupt: Python does so while it makes classes, as imports do."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _report(error: DetenteError, words: Sequence[str]) -> int:
    for fault in error.faults:
        print(_pointed(fault, words), file=sys.stderr)
    return error.exit_status


def _usage(error: typer.TyperException) -> CommandError:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "detente"
    problem = error.format_message().strip().rstrip(".")
    return CommandError(Fault(Place("command line"), "USAGE", problem, f"see '{path} --help'"))


def _pointed(fault: Fault, words: Sequence[str]) -> Fault:
    """Return a fault of the command line with the column of the word it speaks of."""
    if fault.place != Place("command line"):
        return fault
    quotes = set(re.findall("'([^']+)'", fault.problem))
    plain = set(re.findall(r"[^\s()]+", fault.problem)) if fault.code == "USAGE" else set()
    tests: list[Callable[[str], bool]] = [
        lambda word: not quotes.isdisjoint(one_line(shortened(part)) for part in (word, *word.split("="))),
        lambda word: word.startswith("-") and word.partition("=")[0].strip("-").upper() == fault.code,
        lambda word: word in plain,
    ]
    for speaks_of in tests:
        column = len("detente ") + 1
        for word in words:
            if speaks_of(word):
                return Fault(Place("command line", 1, column), fault.code, fault.problem, fault.remedy)
            column += len(shlex.quote(word)) + 1
    return fault


def _bug(error: Exception, words: Sequence[str]) -> int:
    if os.environ.get("DETENTE_TRACEBACK"):
        import traceback

        traceback.print_exc()
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    file, line = (where.tb_frame.f_code.co_filename, where.tb_lineno) if where is not None else ("detente", 1)
    problem = f"this is a bug in detente, not in your scenario: {type(error).__name__}: {one_line(str(error))[:200]}"
    remedy = f"please report it with the scenario and this command: {shlex.join(['detente', *words])}"
    print(Fault(Place(file, line, 1), "BUG", problem, remedy), file=sys.stderr)
    return BUG
