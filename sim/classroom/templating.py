"""The templates: everything put into them is escaped, and a name that is not given is an error."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from sim.report import numbers
from sim.report.blocks import is_picture


@cache
def templates() -> Environment:
    """Return the templates of this package."""
    made = Environment(
        loader=PackageLoader("sim.classroom", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # A server lasts as long as its templates: nobody changes them, and every part of every page would look.
        auto_reload=False,
    )
    made.filters |= {"number": numbers.number, "short": short, "coordinate": coordinate, "picture": is_picture}
    return made


def short(text: str, most: int = 54) -> str:
    """Return a text cut at a word, for a picture whose table has all of it."""
    if len(text) <= most:
        return text
    return f"{text[:most].rpartition(' ')[0] or text[:most]} …"


def coordinate(value: float) -> str:
    """Return a place in a picture in as few characters as will do."""
    return f"{value:.1f}".removesuffix(".0")
