"""How a scenario or an answer shows itself: asked for here, told by ``sim.report``, which ``sim.api`` introduces.

Lower layers know nothing of pages and pictures; what they make is a ``Shown``, and a layer above registers for each
kind of it how it is told in a line, printed on a console, and, if it is ``Drawn``, drawn.
"""

from __future__ import annotations

from functools import singledispatch
from io import StringIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 100
"""Columns of a page in a notebook."""


@singledispatch
def line_of(shown: object) -> str:
    """Return what something is, in a few words; an empty text where nobody has said how."""
    return ""


@singledispatch
def print_page(shown: object, console: Console) -> bool:
    """Print something for a person to read; returns False where nobody has said how."""
    return False


@singledispatch
def picture_of(shown: object) -> Any:
    """Return an altair chart of something. Raises ``NotImplementedError`` where nobody has said how."""
    raise NotImplementedError(f"no picture of a {type(shown).__name__} is known: load it through `import sim`")


@singledispatch
def pictures_of(shown: object) -> dict[str, Any]:
    """Return all altair charts of something, by name. Raises ``NotImplementedError`` where nobody has said how."""
    raise NotImplementedError(f"no pictures of a {type(shown).__name__} are known: load it through `import sim`")


class Shown:
    """Something that tells a person what it is: in a line, and as a page in a notebook."""

    def __repr__(self) -> str:
        """Return what it is in a line."""
        line = line_of(self)
        return f"<{type(self).__name__}: {line}>" if line else f"<{type(self).__name__}>"

    def _repr_html_(self) -> str | None:
        """Return the page that the command line prints, for a notebook."""
        import html

        from rich.console import Console

        console = Console(record=True, file=StringIO(), width=WIDTH, force_jupyter=False, markup=False, emoji=False)
        if not print_page(self, console):
            return None
        text = html.escape(console.export_text(), quote=False).rstrip()
        return f'<pre style="white-space: pre; line-height: 1.25; overflow-x: auto">{text}</pre>'


class Drawn(Shown):
    """Something that also shows itself as a picture."""

    def chart(self) -> Any:
        """Return the picture, an altair chart, which a notebook draws.

        Raises:
            CommandError: altair is not installed.
        """
        return picture_of(self)

    def charts(self) -> dict[str, Any]:
        """Return all its pictures, altair charts, one a question, by name, in the order in which they are looked at.

        Of a run and of a comparison there are several; for these the first runs are played again, turn by turn.

        Raises:
            CommandError: altair is not installed.
        """
        return pictures_of(self)
