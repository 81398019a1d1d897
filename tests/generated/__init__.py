"""Random valid scenario files, for comparing the engines with the oracle on everything the language can say.

Every text keeps the rules of the language page and stays inside its bounds when it is played: no chance outside 0
to 1, no division by zero that is used. Names, numbers and expressions are drawn with Hypothesis, so failing
examples shrink to short files.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.generated.documents import Document, Documents
from tests.generated.overlays import Overlays, merged
from tests.generated.writer import Writer

__all__ = ["fixed_families", "fixed_texts", "scenario_documents", "scenario_families", "scenario_texts"]


@st.composite
def scenario_documents(draw: Any, max_turns: int = 6, max_actors: int = 3, name: str = "generated") -> Document:
    """Draw a scenario as nested mappings; every expression and number in it is a text."""
    return Documents(draw, max_turns, max_actors).document(name)


@st.composite
def scenario_texts(draw: Any, max_turns: int = 6, max_actors: int = 3, name: str = "generated") -> str:
    """Draw the text of a scenario file; save it as ``NAME.yaml``, since a scenario is called as its file is."""
    return Writer(draw).text(Documents(draw, max_turns, max_actors).document(name))


@st.composite
def scenario_families(draw: Any, max_turns: int = 6, max_actors: int = 3) -> tuple[str, str, str]:
    """Draw the texts of ``parent.yaml``, of ``child.yaml`` that extends it, and of the child written out in full."""
    return _family(draw, max_turns, max_actors)


def _family(draw: Any, max_turns: int = 6, max_actors: int = 3) -> tuple[str, str, str]:
    maker = Documents(draw, max_turns, max_actors)
    parent = maker.document("parent")
    child = Overlays(draw, maker, parent).child("child")
    writer = Writer(draw)
    return writer.text(parent), writer.text(child), writer.text(merged(parent, child))


def fixed_texts(count: int) -> Iterator[str]:
    """Make the same texts every time: many times faster than drawing them, for what needs many and shrinks none."""
    for number in range(count):
        draw = _draw_from(number)
        yield Writer(draw).text(Documents(draw, 6).document("generated"))


def fixed_families(count: int) -> Iterator[tuple[str, str, str]]:
    """Make the same families every time."""
    for number in range(count):
        yield _family(_draw_from(number))


def _draw_from(number: int) -> Any:
    random = Random(number)
    return lambda strategy: random
