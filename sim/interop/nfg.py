"""Games of two sides as Gambit's strategic-form files (.nfg).

Two forms are in use. The labelled one lists outcomes with a name and both payoffs, then which outcome stands in each
cell. The plain one only lists payoffs, cell by cell; other programs, OpenSpiel among them, read no other. In both the
first side's strategy changes fastest.

The format: Gambit project, "Game representation formats", The strategic game (.nfg) file format.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import product

from sim.errors import CommandError, Fault, Place, expected_one_of, quoted
from sim.scenario.arithmetic import Floats

LABELLED, PLAIN = "labelled", "plain"
FORMS = (LABELLED, PLAIN)


def checked_form(form: str) -> str:
    """Return the form of a name. Raises ``CommandError``."""
    if form not in FORMS:
        problem = f"unknown form {quoted(form)}"
        raise CommandError(Fault(Place("command line"), "FORM", problem, expected_one_of(form, FORMS, "form")))
    return form


def written(
    title: str,
    actors: tuple[str, str],
    strategies: tuple[Sequence[str], Sequence[str]],
    payoffs: Floats,
    form: str = LABELLED,
    comment: str = "",
) -> str:
    """Return a game as the text of an .nfg file; ``payoffs`` are (2, rows, columns), written to the last bit.

    >>> from sim.interop import nfg
    >>> game = sim.matrix(sim.load("classics/false-alarms"), runs=2)
    >>> text = nfg.written("Errors", game.actors, game.strategies, game.payoffs)
    >>> print(text.splitlines()[0])
    NFG 1 R "Errors" { "inspector" "inspectee" }

    Args:
        title: what the game is called.
        actors: whose payoffs these are, the one that chooses rows first.
        strategies: the names of the rows, and of the columns.
        payoffs: of the first actor in every cell, and of the second.
        form: ``labelled``, which names outcomes and strategies, or ``plain``, which OpenSpiel reads as well.
        comment: what else is to stand in a labelled file.

    Raises:
        CommandError: there is no such form.
        ValueError: a payoff is not finite.
    """
    checked_form(form)
    players = " ".join(map(_text, actors))
    names = [f"{{ {' '.join(map(_text, each))} }}" for each in strategies]
    cells = [(row, column) for column, row in product(range(len(strategies[1])), range(len(strategies[0])))]
    pairs = [tuple(_number(float(payoffs[side][cell])) for side in (0, 1)) for cell in cells]
    if form == PLAIN:
        # Programs that read this form split it at blanks and know neither comments nor strategies' names.
        sizes = " ".join(str(len(each)) for each in strategies)
        body = " ".join(number for pair in pairs for number in pair)
        return f"NFG 1 R {_text(title)}\n{{ {players} }} {{ {sizes} }}\n\n{body}\n"
    outcomes = [
        f"{{ {_text(f'{strategies[0][row]} / {strategies[1][column]}')} {first}, {second} }}"
        for (row, column), (first, second) in zip(cells, pairs, strict=True)
    ]
    head = f"NFG 1 R {_text(title)} {{ {players} }}\n\n{{ {names[0]}\n{names[1]}\n}}\n{_text(comment)}\n"
    listed = "\n".join(["{", *outcomes, "}"])
    return f"{head}\n{listed}\n{' '.join(str(place + 1) for place in range(len(cells)))}\n"


def _text(words: str) -> str:
    """Return a text in quotes; programs differ in how they read quotes and backslashes within, so there are none."""
    plain = re.sub(r"\s+", " ", words).replace("\\", "/").replace('"', "'")
    return f'"{plain}"'


def _number(value: float) -> str:
    """Return a number as digits with a point, without an exponent, that reads back as the same number."""
    if not math.isfinite(value):
        raise ValueError(f"a payoff is {value}")
    short = repr(value + 0.0)
    if "e" not in short:
        return short
    return _unfolded(short)


def _unfolded(short: str) -> str:
    mantissa, _, exponent = short.partition("e")
    sign, digits = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    whole, _, rest = digits.partition(".")
    point = len(whole) + int(exponent)
    figures = whole + rest
    if point <= 0:
        return f"{sign}0.{'0' * -point}{figures}"
    padded = figures.ljust(point, "0")
    return f"{sign}{padded[:point]}.{padded[point:] or '0'}"
