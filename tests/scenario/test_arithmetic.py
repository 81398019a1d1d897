"""Arrays of runs get the numbers Python's own arithmetic gives, and blame falls where it belongs."""

from __future__ import annotations

import ast
import math
import pickle
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.errors import Place
from sim.scenario.arithmetic import Formulas, NotFinite, Vocabulary
from sim.scenario.expressions import Expression, parse
from sim.scenario.source import Scalar
from sim.scenario.strict import Strict
from tests.scenario.drawn import expressions

ROUGH = ("exp", "log", "sqrt", "logistic", "**")
"""Operations whose last bit differs between libraries."""

JUMPING = ("<", ">", "=", "floor", "ceil", "%", "//", "pick", "not", "if", "and", "or")
"""Operations that make much of a last bit."""


def expression(text: str) -> Expression:
    """Return the expression of a text."""
    return parse(Scalar(text, True, Place("f.yaml")))


D = "x - 0.5 * y"
VOCABULARY = Vocabulary(state={"x": 0, "y": 1}, parameters={"p": 0}, derived={"d": expression(D)})


# ---------------------------------------------------------------- what Python says


def reading(text: str, **names: float) -> float:
    """Return what Python's own eval makes of a text; raises as soon as a used result is not finite."""

    def checked(value: Any) -> float:
        if isinstance(value, complex) or not math.isfinite(value):
            raise ArithmeticError
        return float(value)

    def python(node: ast.expr) -> Any:
        return eval(compile(ast.Expression(ast.fix_missing_locations(node)), "", "eval"))

    def walk(node: Any) -> float:
        return checked(raw(node))

    def raw(node: Any) -> Any:
        match node:
            case ast.Constant():
                return float(node.value)
            case ast.Name():
                return walk(ast.parse(D, mode="eval").body) if node.id == "d" else names[node.id]
            case ast.BoolOp(op=ast.And()):
                return all(walk(value) != 0 for value in node.values)
            case ast.BoolOp():
                return any(walk(value) != 0 for value in node.values)
            case ast.IfExp():
                return walk(node.body) if walk(node.test) != 0 else walk(node.orelse)
            case ast.Compare():
                left = walk(node.left)
                for op, other in zip(node.ops, node.comparators, strict=True):
                    right = walk(other)
                    if not python(ast.Compare(ast.Constant(left), [op], [ast.Constant(right)])):
                        return 0.0
                    left = right
                return 1.0
            case ast.Call(func=ast.Name(id="pick")):
                chosen = min(max(math.floor(walk(node.args[0])), 0), len(node.args) - 2)
                return walk(node.args[chosen + 1])
            case ast.Call(func=ast.Name(id=name)):
                return PYTHON[name](*[walk(argument) for argument in node.args])
            case ast.UnaryOp(op=ast.USub()):
                return -walk(node.operand)
            case ast.UnaryOp():
                return walk(node.operand) == 0
            case ast.BinOp():
                return python(ast.BinOp(ast.Constant(walk(node.left)), node.op, ast.Constant(walk(node.right))))
        raise AssertionError(node)

    try:
        return walk(ast.parse(text, mode="eval").body)
    except (ValueError, OverflowError) as error:
        raise ArithmeticError from error


PYTHON: dict[str, Callable[..., float]] = {
    "min": min, "max": max, "abs": abs, "sqrt": math.sqrt, "exp": math.exp, "log": math.log, "floor": math.floor, "ceil": math.ceil,
    "clip": lambda x, low, high: min(max(x, low), high),
    "logistic": lambda x: 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x)),
}  # fmt: skip
VALUES = st.sampled_from([0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -2.5, 100.0, 0.1])
COLUMNS = st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=5)


@given(expressions(), COLUMNS, VALUES)
@example("(x > 0 and 1 / x > 2)", [(0.0, 0.0), (0.25, 1.0)], 0.0)
@example("(1 / x if x > 0 else 0)", [(0.0, 0.0), (0.25, 1.0)], 0.0)
@example("pick(x, 1, 1 / x, 1 / y)", [(0.0, 0.0), (1.0, 0.0)], 0.0)
@example("(0 < x < 1 / x)", [(0.0, 0.0), (0.25, 1.0)], 0.0)
def test_arrays_agree_with_python(text: str, columns: list[tuple[float, float]], p: float) -> None:
    """Each run gets Python's own number, to the last bit where both use the same rounding; or both refuse."""
    formulas = Formulas([expression(text)], VOCABULARY)
    state = np.array(columns).T.copy()
    expected: list[float | None] = []
    for x, y in columns:
        try:
            expected.append(reading(text, x=x, y=y, p=p))
        except ArithmeticError:
            expected.append(None)
    if None in expected:
        with pytest.raises(NotFinite) as caught:
            formulas(state, [np.float64(p)], 1.0)
        assert expected[caught.value.column] is None
        return
    (value,) = formulas(state, [np.float64(p)], 1.0)
    got = np.broadcast_to(value, (len(columns),))
    rough = any(name in text for name in ROUGH)
    if rough and any(word in text for word in JUMPING):
        return
    for one, other in zip(got, expected, strict=True):
        assert other is not None
        assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) if rough else one == other


@given(expressions(), COLUMNS, VALUES)
def test_the_fast_reading_is_the_strict_one(text: str, columns: list[tuple[float, float]], p: float) -> None:
    """Where nothing goes wrong the two readings agree bit for bit, run by run and together."""
    one = expression(text)
    state = np.array(columns).T.copy()
    parameters = [np.float64(p)]
    try:
        (fast,) = Formulas([one], VOCABULARY)(state, parameters, 1.0)
    except NotFinite:
        return
    fast = np.broadcast_to(fast, (len(columns),))
    strict = Strict(VOCABULARY, state, parameters, 1.0, state.shape[1]).result(one)
    assert (np.asarray(fast).view(np.int64) == strict.view(np.int64)).all() or (fast == strict).all()
    for column in range(len(columns)):
        (alone,) = Formulas([one], VOCABULARY)(state[:, column : column + 1], parameters, 1.0)
        assert np.broadcast_to(alone, (1,))[0] == fast[column]


@given(expressions(), VALUES, st.lists(VALUES, min_size=1, max_size=4))
def test_parameters_may_differ_from_run_to_run(text: str, x: float, values: list[float]) -> None:
    """One value a run gives each run what that value alone gives."""
    formulas = Formulas([expression(text)], VOCABULARY)
    state = np.full((2, len(values)), x)
    try:
        (together,) = formulas(state, [np.array(values)], 1.0)
    except NotFinite:
        return
    for number, value in enumerate(values):
        (alone,) = formulas(state[:, :1], [np.float64(value)], 1.0)
        assert np.broadcast_to(alone, (1,))[0] == np.broadcast_to(together, (len(values),))[number]


# ---------------------------------------------------------------- hand-worked


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 - 4 / 8", 6.5), ("7 % 3", 1), ("-7 % 3", 2), ("-7 // 2", -4), ("2 ** 3 ** 2", 512), ("-2 ** 2", -4), ("- -3", 3),
        ("1 < 2", 1), ("2 < 1", 0), ("1 < 2 < 3", 1), ("1 < 3 < 2", 0), ("2 == 2.0", 1), ("2 != 2", 0), ("3 >= 3 <= 3", 1),
        ("2 and 3", 1), ("0 or 5", 1), ("0 and 1", 0), ("0 or 0", 0), ("not 5", 0), ("not 0", 1), ("1 and 0 or 1", 1),
        ("5 if 2 else 6", 5), ("5 if 0 else 6", 6), ("1 if 0 else 2 if 0 else 3", 3),
        ("min(3, 1, 2)", 1), ("max(3, 1, 2)", 3), ("abs(-2)", 2), ("sqrt(9)", 3), ("exp(0)", 1), ("log(1)", 0), ("floor(-1.5)", -2),
        ("ceil(-1.5)", -1), ("clip(5, 0, 1)", 1), ("clip(-5, 0, 1)", 0), ("clip(0.5, 0, 1)", 0.5), ("logistic(0)", 0.5),
        ("logistic(1000)", 1), ("logistic(-1000)", 0), ("pick(0, 7, 8, 9)", 7), ("pick(1.9, 7, 8, 9)", 8), ("pick(-3, 7, 8, 9)", 7),
        ("pick(99, 7, 8, 9)", 9), ("pick(5, 7)", 7), ("turn", 4), ("(1 < 2) + (3 < 4)", 2), ("max(1, 2) > 1.5", 1), ("p", 3), ("x", 2),
        ("d", 0), ("0 * 5 == 0", 1), ("1e-320 * 0.1 >= 0", 1),
    ],
)  # fmt: skip
def test_a_value_by_hand(text: str, value: float) -> None:
    """Worked on paper: x is 2, y is 4, p is 3, the turn is the fourth."""
    (got,) = Formulas([expression(text)], VOCABULARY)(np.array([[2.0], [4.0]]), [np.float64(3)], 4.0)
    assert np.broadcast_to(got, (1,))[0] == value


@pytest.mark.parametrize(
    "text",
    [
        "x > 0 and 1 / x > 2", "x == 0 or 1 / x > 2", "1 / x if x else 0", "pick(x, 0, 1 / x)", "0 < x < 1 / x", "not (x and 1 / x)",
        "(log(x) if x > 0 else 0) + 1", "0 if x == 0 else d / x", "x != 0 and 1 / x > 2 and log(x) > 1", "sqrt(x) if x >= 0 else 1e308 * 1e308",
    ],
)  # fmt: skip
def test_a_guard_protects(text: str) -> None:
    """What a guard leaves out need not be finite."""
    (got,) = Formulas([expression(text)], VOCABULARY)(np.array([[0.0, 2.0], [0.0, 1.0]]), [np.float64(3)], 1.0)
    assert np.isfinite(got).all()


@pytest.mark.parametrize(
    ("text", "blamed", "words"),
    [
        ("1 / x > 2", "1 / x", "infinite"), ("x > 0 or 1 / x > 2", "1 / x", "infinite"), ("1 + 1 / x", "1 / x", "infinite"),
        ("-1 / x", "-1 / x", "minus infinity"), ("x / x", "x / x", "no number"), ("log(x)", "log(x)", "minus infinity"),
        ("sqrt(x - 1)", "sqrt(x - 1)", "no number"), ("exp(1000 + x)", "exp(1000 + x)", "infinite"), ("0 ** -1", "0 ** -1", "infinite"),
        ("(-8) ** (1 / 3)", "(-8) ** (1 / 3)", "no number"), ("1 % x", "1 % x", "no number"), ("1 // x", "1 // x", "infinite"),
        ("1e308 * 10", "1e308 * 10", "infinite"), ("min(1, 1 / x)", "1 / x", "infinite"), ("pick(1, 0, 1 / x)", "1 / x", "infinite"),
        ("clip(log(x), 0, 1)", "log(x)", "minus infinity"), ("max(0, 1e308 + 1e308)", "1e308 + 1e308", "infinite"),
        ("0 * (1 / x)", "1 / x", "infinite"), ("1 / (1 / x)", "1 / x", "infinite"), ("1 / x if x == 0 else 0", "1 / x", "infinite"),
    ],
)  # fmt: skip
def test_blame_falls_on_the_first_result_that_is_used(text: str, blamed: str, words: str) -> None:
    """The fault names the operation and the first run it went wrong in."""
    one = expression(text)
    first = 1 if "x" in one.names and "1000" not in text else 0
    with pytest.raises(NotFinite) as caught:
        Formulas([one], VOCABULARY)(np.array([[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]), [np.float64(3)], 1.0)
    fault = caught.value
    node = fault.node
    assert one.text[node.col_offset : node.end_col_offset].strip("()") == blamed.strip("()")
    assert words in fault.problem
    assert fault.column == first


def test_blame_for_a_derived_name_falls_on_its_own_expression() -> None:
    """A derived name that is used is read strictly, where it is written."""
    vocabulary = Vocabulary(state={"x": 0}, derived={"a": expression("1 / x"), "b": expression("a + 1")})
    with pytest.raises(NotFinite) as caught:
        Formulas([expression("b * 2")], vocabulary)(np.zeros((1, 1)), [], 1.0)
    assert caught.value.expression is vocabulary.derived["a"]


def test_a_derived_name_that_is_not_used_may_be_anything() -> None:
    """Derived names are read only where they are needed, run by run."""
    vocabulary = Vocabulary(state={"x": 0}, derived={"a": expression("1 / x"), "b": expression("a + a")})
    text = "(b if x > 0 else 0) + (a if x > 1 else 0) + b * 0 if x > 0 else 5"
    (got,) = Formulas([expression(text)], vocabulary)(np.array([[0.0, 1.0, 2.0]]), [], 1.0)
    assert list(got) == [5.0, 2.0, 1.5]


@pytest.mark.parametrize("first", ["x", "1 / x"])
def test_derived_names_are_read_once(first: str) -> None:
    """A chain in which each name uses the one before twice takes no longer than the chain is long."""
    derived = {"d0": expression(first)} | {
        f"d{n}": expression(f"d{n - 1} * 0.5 + d{n - 1} * 0.5") for n in range(1, 60)
    }
    formulas_began = time.monotonic()
    formulas = Formulas([expression("d59")], Vocabulary(state={"x": 0}, derived=derived))
    if first == "x":
        assert formulas(np.array([[3.0, 4.0]]), [], 1.0)[0].tolist() == [3.0, 4.0]
    else:
        with pytest.raises(NotFinite):
            formulas(np.array([[3.0, 0.0]]), [], 1.0)
    assert time.monotonic() - formulas_began < 2


def test_many_expressions_share_their_parts() -> None:
    """A group gives each expression's value in order; state and parameters decide the shape."""
    group = [expression(text) for text in ("x + y", "(x + y) * 2", "p", "2", "x + y")]
    one, two, three, four, five = Formulas(group, VOCABULARY)(np.array([[1.0, 2.0], [3.0, 4.0]]), [np.float64(9)], 1.0)
    assert np.asarray(one).tolist() == np.asarray(five).tolist() == [4.0, 6.0]
    assert np.asarray(two).tolist() == [8.0, 12.0]
    assert (float(three), float(four)) == (9.0, 2.0)


@pytest.mark.parametrize("sign", ["+", "-", "*", "/"])
def test_a_long_chain_is_read_like_a_short_one(sign: str) -> None:
    """200 terms: the fast and the strict reading agree with Python's own, from deep within a program."""
    text = sign.join(["x"] * 200)
    one = expression(text)
    state = np.array([[1.01, 1.0], [0.0, 0.0]])

    def deep(level: int) -> tuple[Any, Any]:
        if level:
            return deep(level - 1)
        (fast,) = Formulas([one], VOCABULARY)(state, [np.float64(0)], 1.0)
        return fast, Strict(VOCABULARY, state, [np.float64(0)], 1.0, 2).result(pickle.loads(pickle.dumps(one)))

    fast, strict = deep(500)
    python = [eval(text, {"x": x}) for x in (1.01, 1.0)]
    assert fast.tolist() == strict.tolist() == python


def test_blame_within_a_long_chain_falls_on_its_first_fault() -> None:
    """On the operation that went wrong, not on the whole."""
    one = expression("x + 1e308 + 1e308" + " + x" * 80)
    with pytest.raises(NotFinite) as caught:
        Formulas([one], VOCABULARY)(np.zeros((2, 1)), [np.float64(0)], 1.0)
    assert ast.get_source_segment(one.text, caught.value.node) == "x + 1e308 + 1e308"


def test_powers_do_not_depend_on_the_number_of_runs() -> None:
    """One run alone gets the same last bit as among others."""
    generator = np.random.default_rng(1)
    state = generator.uniform(0.1, 9, (2, 1000))
    formulas = Formulas([expression("x ** y + x ** 2 + x ** 0.5")], VOCABULARY)
    (together,) = formulas(state, [np.float64(1)], 1.0)
    for run in range(0, 1000, 37):
        (alone,) = formulas(state[:, run : run + 1], [np.float64(1)], 1.0)
        assert alone[0] == together[run]


def test_formulas_survive_pickling() -> None:
    """Workers get formulas from the main process."""
    formulas = pickle.loads(pickle.dumps(Formulas([expression("x + d + p")], VOCABULARY)))
    assert formulas(np.array([[1.0], [2.0]]), [np.float64(3)], 1.0)[0].tolist() == [4.0]
