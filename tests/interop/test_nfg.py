"""Games written for Gambit and OpenSpiel: read back by a small reader of each form, they are the same to the last bit."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest

from sim.errors import CommandError
from sim.interop.nfg import FORMS, written

PAYOFFS = np.array([[[1, 0.1 + 0.2, -3e-21], [4.25, 5e22, -1 / 3]], [[-1, 2, 0], [1e6, -0.0, 7]]])
NAMES = (("stay", "leave"), ("keep", "cheat", "weigh"))


def tokens(text: str) -> list[str]:
    """Quoted texts, braces, and what stands between blanks or commas."""
    return re.findall(r'"[^"]*"|[{}]|[^\s,{}]+', text)


def read(text: str) -> tuple[list[str], list[list[str]], np.ndarray]:
    """Players, strategies (names, or how many) and payoffs (2, rows, columns) of either form."""
    words = tokens(text)
    assert words[:3] == ["NFG", "1", "R"]
    assert words[4] == "{"
    end = words.index("}")
    players, rest = words[5:end], words[end + 1 :]
    assert rest.pop(0) == "{"
    if rest[0] == "{":
        strategies = []
        while rest.pop(0) == "{":
            end = rest.index("}")
            strategies.append(rest[:end])
            rest = rest[end + 1 :]
        assert rest.pop(0).startswith('"')
        assert rest.pop(0) == "{"
        outcomes = []
        while rest[0] == "{":
            assert rest[4] == "}"
            assert rest[1].startswith('"')
            outcomes.append(rest[2:4])
            rest = rest[5:]
        assert rest.pop(0) == "}"
        pairs = [outcomes[int(word) - 1] for word in rest]
        sizes = [len(each) for each in strategies]
    else:
        sizes = [int(word) for word in rest[: rest.index("}")]]
        strategies = [[str(size)] for size in sizes]
        rest = rest[rest.index("}") + 1 :]
        pairs = list(zip(rest[::2], rest[1::2], strict=True))
    values = [[float(Fraction(number)) for number in pair] for pair in pairs]
    # The first player's strategy changes fastest.
    return players, strategies, np.array(values).reshape(sizes[1], sizes[0], 2).transpose(2, 1, 0)


@pytest.mark.parametrize("form", FORMS)
def test_a_game_reads_back_as_it_was(form: str) -> None:
    """Every payoff is the same number."""
    players, strategies, payoffs = read(written("A game", ("north", "south"), NAMES, PAYOFFS, form))
    assert players == ['"north"', '"south"']
    assert np.array_equal(payoffs, PAYOFFS)
    assert strategies == ([[f'"{name}"' for name in each] for each in NAMES] if form == "labelled" else [["2"], ["3"]])


def test_the_sample_of_the_format_is_written_alike() -> None:
    """Gambit's own example of the plain form, e02.nfg: three strategies against two."""
    first = [[1, 1], [0, 0], [0, 2]]
    second = [[1, 1], [2, 3], [2, 0]]
    text = written(
        "Selten", ("Player 1", "Player 2"), (("1", "2", "3"), ("1", "2")), np.array([first, second], float), "plain"
    )
    assert text.split("\n\n")[1].split() == [f"{number}.0" for number in (1, 1, 0, 2, 0, 2, 1, 1, 0, 3, 2, 0)]
    assert text.splitlines()[:2] == ['NFG 1 R "Selten"', '{ "Player 1" "Player 2" } { 3 2 }']


def test_the_plain_form_can_be_split_at_blanks() -> None:
    """As OpenSpiel does: braces stand alone, no comma, no comment, no exponent, nothing after the last number."""
    text = written("A game", ("north", "south"), NAMES, PAYOFFS, "plain", comment="not written")
    head, numbers = text.split("\n\n")
    assert re.fullmatch(r'NFG 1 R "[^"]*"\n\{ "\w+" "\w+" \} \{ 2 3 \}', head)
    assert re.fullmatch(r"(-?\d+\.\d+[ \n]){12}", numbers)


def test_texts_cannot_end_early() -> None:
    """Quotes, backslashes and ends of lines in a title are written otherwise."""
    for form in FORMS:
        text = written('A "hot"\npeace \\', ("north", "south"), NAMES, PAYOFFS, form)
        assert text.startswith("NFG 1 R \"A 'hot' peace /\"")


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(CommandError, match="FORM: unknown form 'plane'; did you mean 'plain'"):
        written("A game", ("north", "south"), NAMES, PAYOFFS, "plane")
