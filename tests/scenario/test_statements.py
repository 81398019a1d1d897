"""Claims are comparisons of sums of results, and every result named must be one the scenario has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import Place, ScenarioError
from sim.scenario.expressions import NotAnExpression
from sim.scenario.load import load_text
from sim.scenario.source import Scalar, parse_source
from sim.scenario.statements import Statement, parse_statement


def statement(text: str) -> Statement:
    """Return the statement of a text in no file."""
    return parse_statement(Scalar(text, True, Place("f.yaml")))


def terms(text: str) -> list[tuple[list[tuple[float, str]], float]]:
    """Return each comparison as its terms and its constant."""
    return [
        ([(factor, str(result)) for factor, result in one.terms], one.constant) for one in statement(text).comparisons
    ]


READ: list[tuple[str, list[tuple[list[tuple[float, str]], float]]]] = [
    ("a.x < b.x", [([(-1.0, "a.x"), (1.0, "b.x")], 0.0)]),
    ("a.x > b.x", [([(1.0, "a.x"), (-1.0, "b.x")], 0.0)]),
    ("a.x >= 2", [([(1.0, "a.x")], -2.0)]),
    ("2 >= a.x", [([(-1.0, "a.x")], 2.0)]),
    ("a.x - b.x <= 3 - c.x", [([(-1.0, "a.x"), (1.0, "b.x"), (-1.0, "c.x")], 3.0)]),
    ("2 * a.x > b.x * 3 + 1", [([(2.0, "a.x"), (-3.0, "b.x")], -1.0)]),
    ("-a.x > -(b.x + 1) * 2", [([(-1.0, "a.x"), (2.0, "b.x")], 2.0)]),
    ("2 * 3 * a.x > .5", [([(6.0, "a.x")], -0.5)]),
    ("a.x < b.x and b.x < c.x", [([(-1.0, "a.x"), (1.0, "b.x")], 0.0), ([(-1.0, "b.x"), (1.0, "c.x")], 0.0)]),
    ("a.x < b.x < c.x", [([(-1.0, "a.x"), (1.0, "b.x")], 0.0), ([(-1.0, "b.x"), (1.0, "c.x")], 0.0)]),
    ("0 < a.count.war.total < 1e2", [([(1.0, "a.count.war.total")], 0.0), ([(-1.0, "a.count.war.total")], 100.0)]),
    ("a.x + a.x > 0", [([(1.0, "a.x"), (1.0, "a.x")], 0.0)]),
    ("a.x < 1 and (a.x < 2 and (a.x < 3))", [([(-1.0, "a.x")], 1.0), ([(-1.0, "a.x")], 2.0), ([(-1.0, "a.x")], 3.0)]),
    ("a.x > " + "+".join("1" * 190), [([(1.0, "a.x")], -190.0)]),
    ("+".join(["a.x"] * 99) + ">1", [([(1.0, "a.x")] * 99, -1.0)]),
]


@pytest.mark.parametrize(("text", "comparisons"), READ, ids=[text for text, _ in READ])
def test_a_statement_is_read(text: str, comparisons: list[tuple[list[tuple[float, str]], float]]) -> None:
    """Each comparison becomes the larger side less the smaller, in the order written."""
    assert terms(text) == comparisons


REFUSED: list[tuple[str, str, int, str]] = [
    ("", "CLAIM", 0, "comparison of results"),
    ("a.x", "CLAIM", 0, "compares results"),
    ("a.x < b.x and c.x", "CLAIM", 14, "compares results"),
    ("a.x < b.x or c.x < d.x", "CLAIM", 0, "'and' only"),
    ("1 < 2", "CLAIM", 0, "without any result"),
    ("a.x < b.x and (b.x < 1 or c.x < d.x)", "CLAIM", 15, "'and' only"),
    ("a.x == b.x", "CLAIM", 4, "'='"),
    ("a.x != b.x", "CLAIM", 4, "'!'"),
    ("a.x in b.x", "CLAIM", 4, "'in' has no meaning"),
    ("a.in_x not in b.x", "CLAIM", 7, "'not in' has no meaning"),
    ("a.x is b.x", "CLAIM", 4, "'is' has no meaning"),
    ("a.x is not b.x", "CLAIM", 4, "'is not' has no meaning"),
    ("a.x < b.x and (a.x) is c.x", "CLAIM", 20, "'is' has no meaning"),
    ("a.x < b.x is c.x", "CLAIM", 10, "'is' has no meaning"),
    ("a.x < 1_000", "CLAIM", 6, "decimal digits"),
    ("a.x < 0x10", "CLAIM", 6, "decimal digits"),
    ("a.x < 010", "CLAIM", 6, "without leading zeros"),
    ("a.x < 1if a.x < 1 else 2", "CLAIM", 6, "a number is not written like this"),
    ("a.x < b.x / 2", "CLAIM", 10, "'/'"),
    ("a.x * b.x < 2", "CLAIM", 0, "multiplied"),
    ("a.x < A.x", "CLAIM", 6, "'A'"),
    ("a.x < b.x +", "CLAIM", 0, "comparison of results"),
    ("a.x < min(b.x, 1)", "CLAIM", 6, "no meaning"),
    ("a.x < 1, a.x < 2", "CLAIM", 0, "compares results"),
    ("a.x < (1, 2)", "CLAIM", 6, "no meaning"),
    ("equilibrium() > 0", "CLAIM", 0, "equilibrium(REGIME, ACTOR, STRATEGY, ...)"),
    ("0.5 < equilibrium(r, a)", "CLAIM", 6, "a regime, an actor"),
    ("equilibrium(r, a.x, s) > 0", "CLAIM", 15, "names only"),
    ("equilibrium(r, a, 1) > 0", "CLAIM", 18, "names only"),
    ("equilibrium(r, a, *s) > 0", "CLAIM", 18, "names only"),
    ("equilibrium(r, a, s > 0", "CLAIM", 11, "comparison of results"),
    ("equilibrium(r, a, s)", "CLAIM", 0, "compares results"),
    ("equilibrium(r, a, s)(r) > 0", "CLAIM", 0, "no meaning"),
    ("equilibrium(r, a, s).x > 0", "CLAIM", 20, "'.'"),
    ("equilibrium(r, a, s) > a.x", "CLAIM", 0, "results of runs and of equilibria"),
    ("a.x - equilibrium(r, a, s) > 1", "CLAIM", 6, "compare what equilibria give with numbers"),
    ("equilibrium(r, a, s) * equilibrium(r, a, t) > 0", "CLAIM", 0, "multiplied"),
    ("not a.x < 1", "CLAIM", 0, "compares results"),
    ("a.x < (b.x < 1)", "CLAIM", 7, "no meaning"),
    ("a.x < f(1)", "CLAIM", 6, "no meaning"),
    ("a.x > 1" + "0" * 380, "NOT-FINITE", 6, "too large"),
    ("1e300 * 1e300 * a.x > 1", "NOT-FINITE", 0, "too large"),
    ("a.x > 1" + " + 1" * 100, "TOO-LONG", 0, "at most 400"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "offset", "words"), REFUSED, ids=[text[:30] for text, *_ in REFUSED])
def test_a_statement_is_refused(text: str, code: str, offset: int, words: str) -> None:
    """What is no comparison of results is refused where it goes wrong."""
    with pytest.raises(NotAnExpression) as caught:
        statement(text)
    assert (caught.value.code, caught.value.offset) == (code, offset)
    assert words in f"{caught.value.problem}; {caught.value.remedy}"


EQUILIBRIA: list[tuple[str, list[tuple[float, str]], float, bool]] = [
    ("equilibrium(r, a, s) > 0.9", [(1.0, "equilibrium(r, a, s)")], -0.9, False),
    ("equilibrium( r,a , s,t ) >= 1", [(1.0, "equilibrium(r, a, s, t)")], -1.0, True),
    ("0.1 >= equilibrium(r, a, s)", [(-1.0, "equilibrium(r, a, s)")], 0.1, True),
    (
        "2 * equilibrium(r, a, s) - equilibrium(q, a, s) > 0",
        [(2.0, "equilibrium(r, a, s)"), (-1.0, "equilibrium(q, a, s)")],
        0.0,
        False,
    ),
]


@pytest.mark.parametrize(("text", "found", "constant", "ties"), EQUILIBRIA, ids=[text for text, *_ in EQUILIBRIA])
def test_what_equilibria_give_is_read(text: str, found: list[tuple[float, str]], constant: float, ties: bool) -> None:
    """Like results, but ties count as written; they may stand in sums with each other and with numbers."""
    (one,) = statement(text).comparisons
    assert not one.terms
    assert [(factor, str(each)) for factor, each in one.equilibria] == found
    assert (one.constant, one.ties) == (constant, ties)


def test_a_claim_may_speak_of_both() -> None:
    """In comparisons of their own; the words of an equilibrium know their places."""
    one = statement("a.x < b.x and equilibrium(r, north, s, t) > 0.5")
    assert [str(each) for each in one.references] == ["a.x", "b.x"]
    (asked,) = one.equilibria
    assert (asked.regime, asked.actor, asked.strategies) == ("r", "north", ("s", "t"))
    assert [one.text[offset:][: len(word)] for offset, word in zip(asked.offsets, asked.words, strict=True)] == list(
        asked.words
    )
    assert str(one.place_of(asked)) == "f.yaml:1:15"


FREE = """\
scenario: free
clock: {turns: 2}
actors:
  a: {actions: {go: {}, stay: {}}, strategies: {steady: stay, restless: go}}
  b: {actions: {left: {}, right: {}}}
regimes: {r: {}}
claims: {c: {says: x, holds: %s}}
"""
FAULTS = [
    ("equilibrium(rr, a, steady) > 0", "7:43 UNKNOWN-REGIME", "did you mean 'r'?"),
    ("equilibrium(r, aa, steady) > 0", "7:46 UNKNOWN-ACTOR", "did you mean 'a'?"),
    ("equilibrium(r, a, restles) > 0", "7:49 UNKNOWN-STRATEGY", "did you mean 'restless'?"),
    ("equilibrium(r, a, steady, go) > 0", "7:57 UNKNOWN-STRATEGY", "expected one of: steady, restless"),
    ("equilibrium(r, b, lef) > 0", "7:49 UNKNOWN-STRATEGY", "did you mean 'left'?"),
]


def faults_of(text: str) -> list[str]:
    """Return the faults of a scenario: line, column, code, problem and remedy."""
    with pytest.raises(ScenarioError) as caught:
        load_text(text)
    return [
        f"{each.place.line}:{each.place.column} {each.code} {each.problem}; {each.remedy}"
        for each in caught.value.faults
    ]


@pytest.mark.parametrize(("holds", "place", "words"), FAULTS, ids=[holds for holds, *_ in FAULTS])
def test_unknown_names_in_equilibria_are_faults(holds: str, place: str, words: str) -> None:
    """With their place and the likely name; an actor's actions are no strategies where it has written some."""
    (fault,) = faults_of(FREE % f"'{holds}'")
    assert fault.startswith(place)
    assert words in fault


def test_names_in_equilibria_that_there_are() -> None:
    """Strategies, or actions where none are written; nothing at fault."""
    for holds in ("equilibrium(r, a, steady, restless) >= 1", "equilibrium(r, b, left) < 1"):
        assert load_text(FREE % f"'{holds}'").claims["c"].holds.equilibria


@pytest.mark.parametrize(
    ("actors", "words"), [("{a: {actions: {go: {}}}}", "here is one"), ("{a: {}}", "here are none")]
)
def test_equilibria_need_two_actors(actors: str, words: str) -> None:
    """Others could not be put in a matrix."""
    (fault,) = faults_of(
        f"scenario: lone\nclock: {{turns: 2}}\nactors: {actors}\nclaims: {{c: {{says: x, holds: 'equilibrium(base, a, go) > 0'}}}}\n"
    )
    assert fault.startswith("4:31 CLAIM")
    assert words in fault


def test_results_know_their_places() -> None:
    """Also in a folded text of several lines."""
    node = parse_source("holds: >-\n  a.x <\n  b.x + c.final.y\n", "f.yaml").get("holds")
    assert isinstance(node, Scalar)
    one = parse_statement(node)
    assert [str(one.place_of(result)) for result in one.references] == ["f.yaml:2:3", "f.yaml:3:3", "f.yaml:3:9"]


@given(
    st.one_of(
        st.text(alphabet="ab.x<>=+-*() 12eand", max_size=40),
        st.text(alphabet="ab,(). <1", max_size=20).map(lambda text: f"equilibrium({text}) > 0"),
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text does anything but parse or fail."""
    try:
        one = statement(text)
    except NotAnExpression:
        return
    assert one.comparisons
    assert one.references or one.equilibria


def test_no_claim_makes_python_warn(recwarn: pytest.WarningsRecorder) -> None:
    """What Python would warn of is refused before it sees it."""
    for text in ("a.x<1if a.x<1 else 2", "a.x < 1and b.x < 2", "a.x is 1", "a.x < 0x1for"):
        with pytest.raises(NotAnExpression):
            statement(text)
    assert not recwarn.list
