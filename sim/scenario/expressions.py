"""The arithmetic language: a text becomes a checked tree of Python's own parser, by allow-list.

Three sieves, each narrower than the last (language page, section 3): the characters and words, Python's
grammar, and the kinds of tree nodes. Nothing is evaluated here; ``sim.scenario.arithmetic`` does that.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sim.errors import Place, expected_one_of, quoted
from sim.scenario.chains import chain, operands
from sim.scenario.source import Scalar

LONGEST = 400
"""Most characters an expression may have."""

DEEPEST = 100
"""Most levels of operators inside one another; a sum or product of many terms is one level."""

BRACKETS = 60
"""Most brackets open at once."""

TRUTHS = "write 1 for true, 0 for false"
MANY = 400
FUNCTIONS: Mapping[str, tuple[int, int]] = {
    "min": (2, MANY),
    "max": (2, MANY),
    "abs": (1, 1),
    "sqrt": (1, 1),
    "exp": (1, 1),
    "log": (1, 1),
    "floor": (1, 1),
    "ceil": (1, 1),
    "clip": (3, 3),
    "logistic": (1, 1),
    "pick": (2, MANY),
}
"""Functions by name, each with the fewest and the most arguments it takes."""

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.])"
"""What a number looks like, as a regular expression, in expressions and in claims."""

_LEADING_ZEROS = re.compile(r"0+[1-9][0-9]*\Z")
_WORD = re.compile(
    r"(?P<space>\s+)"
    rf"|(?P<number>{NUMBER})"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|//|<=|>=|==|!=|[-+*/%<>(),])"
)
_HINTS = {
    "&": "write 'and'",
    "|": "write 'or'",
    "!": "write 'not', or '!=' to compare",
    "^": "write '**' for a power",
    "=": "write '==' to compare",
    ":": "an expression has no colon; quote the whole expression if YAML split it",
    "'": "an expression has numbers and names only, no texts",
    '"': "an expression has numbers and names only, no texts",
    "[": "write round brackets",
    "{": "write round brackets",
    ".": "a number needs a digit beside its point, and names have no attributes",
}
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.Mod, ast.FloorDiv)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)


class NotAnExpression(Exception):
    """A text is not an expression of the language: where in the text, why, and what to write instead."""

    def __init__(self, offset: int, problem: str, remedy: str, code: str = "EXPRESSION") -> None:
        super().__init__(problem)
        self.offset, self.problem, self.remedy, self.code = offset, problem, remedy, code


@dataclass(frozen=True, eq=False)
class Expression:
    """A checked expression: its text, its tree, the names in it, and the place of every part of it."""

    text: str
    tree: ast.expr = field(repr=False)
    scalar: Scalar = field(repr=False)
    shift: int = field(default=0, repr=False)

    def __reduce__(self) -> tuple[Callable[[Scalar], Expression], tuple[Scalar]]:
        # Pickling the tree itself would recurse once for every term of a sum.
        return parse, (self.scalar,)

    @property
    def place(self) -> Place:
        """Return the place of the expression's first character."""
        return self.scalar.place_of(self.shift)

    def place_of(self, node: ast.expr) -> Place:
        """Return the place in the file of a node of the tree."""
        return self.scalar.place_of(self.shift + node.col_offset)

    @cached_property
    def uses(self) -> tuple[ast.Name, ...]:
        """Return every use of a name, from left to right; names of functions are no uses."""
        return () if isinstance(self.tree, ast.Constant) else tuple(_uses(self.tree))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the names used, each once, in the order of their first use."""
        return tuple(dict.fromkeys(node.id for node in self.uses))


def is_name(word: str) -> bool:
    """Say whether a word may name something: an identifier, no Python keyword, no function's name."""
    return bool(NAME.match(word)) and not keyword.iskeyword(word) and word not in FUNCTIONS


def parse(scalar: Scalar) -> Expression:
    """Return the checked expression a scalar writes; raises ``NotAnExpression`` with the offset of the fault."""
    value = scalar.value
    if value is None:
        raise NotAnExpression(0, "an expression is expected here, found nothing", "write a number or an expression")
    if isinstance(value, bool | int | float):
        if value != value or value in (float("inf"), float("-inf")) or abs(value) > 1.8e308:
            raise NotAnExpression(0, f"{quoted(scalar.text)} is not a finite number", "write a finite number",
                                  "NOT-FINITE")  # fmt: skip
        text = repr(float(value))
        shift = 0
    else:
        text = scalar.text.rstrip()
        shift = len(text) - len(text.lstrip())
        text = text[shift:]
    return _checked(text, scalar, shift)


def _uses(tree: ast.expr) -> list[ast.Name]:
    nodes = list(ast.walk(tree))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    used = [node for node in nodes if isinstance(node, ast.Name) and id(node) not in called]
    return sorted(used, key=lambda node: node.col_offset)


def _checked(text: str, scalar: Scalar, shift: int) -> Expression:
    try:
        if not text:
            raise NotAnExpression(0, "an expression is expected here, found nothing", "write a number or an expression")
        if len(text) > LONGEST:
            raise NotAnExpression(
                0, f"the expression has {len(text)} characters",
                f"at most {LONGEST}: give its parts names in 'derived'", "TOO-LONG",
            )  # fmt: skip
        _check_words(text)
        tree = _parsed(text)
        _check_node(tree, 1)
    except NotAnExpression as fault:
        fault.offset += shift
        raise
    return Expression(text, tree, scalar, shift)


def _check_words(text: str) -> None:
    position, depth = 0, 0
    opened: list[int] = []
    while position < len(text):
        match = _WORD.match(text, position)
        if match is None:
            raise _bad_character(text, position)
        if match["sign"] == "(":
            opened.append(position)
            depth = max(depth, len(opened))
        elif match["sign"] == ")":
            if not opened:
                raise NotAnExpression(position, "a bracket is closed that was never opened", "remove it, or open one")
            opened.pop()
        if match["number"]:
            check_number(match["number"], position)
        position = match.end()
    if opened:
        raise NotAnExpression(
            opened[-1],
            "a bracket is never closed",
            "close it; if a comma or colon ended the text, quote the expression",
        )
    if depth > BRACKETS:
        raise _too_deep(0)


def check_number(word: str, offset: int, code: str = "EXPRESSION") -> None:
    """Raise ``NotAnExpression`` for a number that is too large, or that Python would not read."""
    if float(word) == float("inf"):
        raise NotAnExpression(offset, "the number is too large", "write a finite number", "NOT-FINITE")
    if _LEADING_ZEROS.match(word):
        raise NotAnExpression(offset, "a number is not written like this", "write it without leading zeros", code)


def misspelled_number(character: str, offset: int, code: str = "EXPRESSION") -> NotAnExpression | None:
    """Return the fault of a text that begins like a number and is none, None if it does not begin like one."""
    if character.isdigit() and character.isascii():
        remedy = "write decimal digits, such as 0.25, and '*' for a product"
        return NotAnExpression(offset, "a number is not written like this", remedy, code)
    return None


def _bad_character(text: str, position: int) -> NotAnExpression:
    character = text[position]
    number = misspelled_number(character, position)
    if number is not None:
        return number
    hint = _HINTS.get(character, "allowed are numbers, names, + - * / ** % //, comparisons, and, or, not, if, else")
    return NotAnExpression(position, f"{quoted(character)} has no meaning in an expression", hint)


def _too_deep(offset: int) -> NotAnExpression:
    remedy = "give its parts names in 'derived'"
    return NotAnExpression(offset, "the expression is nested too deeply", remedy, "TOO-DEEP")


def _parsed(text: str) -> ast.expr:
    if "-" * BRACKETS in re.sub(r"\s", "", text):
        raise _too_deep(0)
    flat = re.sub(r"\s", " ", text)
    try:
        return ast.parse(flat, mode="eval").body
    except SyntaxError as error:
        # Python says 0 when the text ends too soon.
        offset = min(error.offset - 1, len(text)) if error.offset else len(text)
        rest = quoted(text[offset : offset + 12])
        problem = f"not an expression: {rest} was not expected here" if offset < len(text) else "the text ends early"
        raise NotAnExpression(offset, problem, "write it like Python's arithmetic") from None
    except (RecursionError, MemoryError, ValueError):
        raise _too_deep(0) from None


def _check_node(node: ast.expr, level: int) -> None:
    if level > DEEPEST:
        raise _too_deep(node.col_offset)
    match node:
        case ast.Constant(value=value) if type(value) in (int, float):
            return
        case ast.Constant(value=value) if isinstance(value, bool):
            problem = f"{quoted(value)} has no meaning here"
            raise NotAnExpression(node.col_offset, problem, TRUTHS)
        case ast.Name(id=name):
            _check_name(node, name)
        case ast.BinOp() if all(isinstance(link.op, _OPERATORS) for link in chain(node)[1]):
            _check_all(operands(node), level)
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            _check_node(node.operand, level + 1)
        case ast.UnaryOp(op=ast.UAdd()):
            raise NotAnExpression(node.col_offset, "a plus has no meaning before a value", "leave the plus out")
        case ast.BoolOp():
            _check_all(node.values, level)
        case ast.Compare(ops=ops) if all(isinstance(op, _COMPARISONS) for op in ops):
            _check_all([node.left, *node.comparators], level)
        case ast.IfExp():
            _check_all([node.test, node.body, node.orelse], level)
        case ast.Call():
            _check_call(node, level)
        case ast.Tuple():
            problem = "a list of values has no meaning in an expression"
            remedy = "write a number with a point, such as 0.95; commas part the arguments of a function"
            raise NotAnExpression(node.col_offset, problem, remedy)
        case _:
            raise NotAnExpression(
                node.col_offset,
                f"{_CALLED.get(type(node).__name__, 'this')} has no meaning in an expression",
                "use numbers, names, arithmetic, comparisons, and, or, not, 'a if c else b' and the functions",
            )


_CALLED = {
    "Attribute": "an attribute",
    "Lambda": "'lambda'",
    "Subscript": "an index",
    "List": "a list",
    "Compare": "this comparison",
    "UnaryOp": "this sign",
    "Starred": "a star",
}


def _check_all(nodes: Iterable[ast.expr], level: int) -> None:
    for node in nodes:
        _check_node(node, level + 1)


def _check_name(node: ast.expr, name: str) -> None:
    if name in FUNCTIONS:
        raise NotAnExpression(node.col_offset, f"the function '{name}' needs its arguments", f"write {name}(...)")
    if not NAME.match(name):
        spelled = "names are lower-case letters, digits and underscores"
        remedy = TRUTHS if name.lower() in ("true", "false") else spelled
        raise NotAnExpression(node.col_offset, f"{quoted(name)} is no name", remedy)


def _check_call(node: ast.Call, level: int) -> None:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        called = node.func.id if isinstance(node.func, ast.Name) else "this"
        raise NotAnExpression(
            node.col_offset, f"{quoted(called)} is no function", expected_one_of(called, FUNCTIONS, "function"),
            "UNKNOWN-FUNCTION",
        )  # fmt: skip
    fewest, most = FUNCTIONS[node.func.id]
    if node.keywords or not fewest <= len(node.args) <= most:
        wanted = str(fewest) if fewest == most else f"{fewest} or more"
        raise NotAnExpression(
            node.col_offset, f"'{node.func.id}' takes {wanted} arguments, found {len(node.args) + len(node.keywords)}",
            "give as many as it takes, separated by commas",
        )  # fmt: skip
    _check_all(node.args, level)
