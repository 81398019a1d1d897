"""Where pages are printed: colour on a terminal only, a width that tables are made for."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

NARROWEST, WIDEST, PIPED = 80, 120, 100
"""Columns: the least and the most of a terminal that pages use, and what they use when there is none."""

HANDHELD = 40
"""Columns that pages need which are also laid out for a phone."""


def console(stderr: bool = False, quiet: bool = False, narrowest: int = NARROWEST) -> Console:
    """Return a console on standard output, or standard error; a quiet one prints nothing.

    ``narrowest`` is the least width that the page printed on it can do with.
    """
    from rich.console import Console

    stream: TextIO = sys.stderr if stderr else sys.stdout
    terminal = is_terminal(stream)
    _accept_anything(stream)
    return Console(
        file=stream,
        width=width_of(stream, narrowest),
        force_terminal=terminal,
        force_jupyter=False,
        color_system="auto" if terminal and not os.environ.get("NO_COLOR") else None,
        markup=False,
        highlight=False,
        emoji=False,
        quiet=quiet,
    )


def is_terminal(stream: TextIO) -> bool:
    """Say whether somebody is looking at a stream."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def width_of(stream: TextIO, narrowest: int = NARROWEST) -> int:
    """Return how many columns pages on a stream have: what COLUMNS says, else the terminal's."""
    if not is_terminal(stream) and not os.environ.get("COLUMNS"):
        return PIPED
    return min(max(shutil.get_terminal_size((PIPED, 24)).columns, narrowest), WIDEST)


def _accept_anything(stream: TextIO) -> None:
    # A terminal that knows few characters shows the others as escapes instead of failing on them.
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None and getattr(stream, "errors", "") == "strict":
        reconfigure(errors="backslashreplace")
