"""What is said of a text that is no YAML, or that YAML reads otherwise than its author meant."""

from __future__ import annotations

import pytest
import yaml

from sim.errors import ScenarioError
from sim.scenario import source
from sim.scenario.source import parse_source

PARSERS = [parser for parser in (getattr(yaml, "CSafeLoader", None), yaml.SafeLoader) if parser is not None]

CASES = [
    # tabs
    ("a: 1\n\tb: 2\n", "2:1 TAB", "indented with a tab"),
    ("a:\n  b: 1\n \tc: 2\n", "3:2 TAB", "use spaces"),
    ("a: foo\n\tbar\n", "2:1 TAB", ""),
    ("-\ta\n", "1:2 TAB", "set apart with a tab"),
    # quotes
    ('a: "foo\nb: 2\n', "1:4 QUOTE", "the double quote opened here is never closed"),
    ("a: {x: 'y}\n", "1:8 QUOTE", "the single quote opened here is never closed"),
    ('a: "foo\nb: "bar"\n', "1:4 QUOTE", "closed only in line 2"),
    ("a: 'The adversary's type'\n", "1:4 QUOTE", "write '' for an apostrophe"),
    ('a: "\\q"\n', "1:5 QUOTE", "'\\q' is no character YAML knows"),
    ('a: "b \\xzz"\n', "1:7 QUOTE", "write \\\\ for a backslash"),
    ('a: "x" > 3\n', "1:4 UNQUOTED", "quote the expression: '\"x\" > 3'"),
    ('a: "x"y # c\n', "1:4 UNQUOTED", "quote the text: '\"x\"y'"),
    ("a: [x] y\n", "1:4 UNQUOTED", 'quote the text: "[x] y"'),
    # brackets
    ("a: [1, 2\nb: 3\nc: 4\n", "1:4 BRACKET", "the '[' opened here is never closed; add the ']'"),
    ("a:\n  b: {x: {y: 1}\n  c: 2\n", "2:6 BRACKET", "the '{' opened here is never closed; add the '}'"),
    ("a: [[", "1:5 BRACKET", "add the ']'"),
    ("{a: 1\n", "1:1 BRACKET", "never closed"),
    ("a: {x: [1, 2}\n", "1:13 BRACKET", "'}' does not close the '[' of line 1, column 8; write ']' first"),
    ("a: ]\n", "1:4 BRACKET", "cannot start with ']'"),
    ("a: , b\n", "1:4 BRACKET", "cannot start with ','"),
    ("{a: 1}}\n", "1:7 BRACKET", "no bracket is open that '}' could close"),
    ("a: [1,,2]\n", "1:7 SYNTAX", "nothing before this comma"),
    ("a: {x: 1 y: 2}\n", "1:8 UNQUOTED", "or a ',' before the key"),
    ("a: {b: 1,\n    c: 2\n    d: 3}\n", "3:5 UNQUOTED", "or a ',' before the key"),
    ("a: {x: 'b' c}\n", "1:12 UNQUOTED", "expected ',' or '}' before 'c'"),
    # colons
    ("a: x: y\n", "1:4 UNQUOTED", "YAML splits this text at its ':'; quote the text: \"x: y\""),
    ("  - when: x > 1: y # c\n", "1:11 UNQUOTED", 'quote the expression: "x > 1: y"'),
    ("a: {x: a: b}\n", "1:8 UNQUOTED", "splits this text at its ':'"),
    ("a: 1\n  b: 2\n", "2:3 INDENTATION", "going on with the text of the line above"),
    ("a:1\nb: 2\n", "2:1 INDENTATION", "every key above has a ':' and a space"),
    ("a: 1\nb :2\n", "2:1 SYNTAX", "write a ':' and a space after the key"),
    # lines
    ("  a: 1\nb: 2\n", "2:1 INDENTATION", "start every top-level key in the first column"),
    ("a:\n  b: 1\n c: 2\n", "3:2 INDENTATION", "does not line up"),
    ("a: 1\n- b\n", "2:1 INDENTATION", "a list and 'key: value' lines do not mix"),
    ("- a\nb: 1\n", "2:1 INDENTATION", "do not mix"),
    ("a: 1\n}\n", "2:1 BRACKET", "no bracket is open"),
    ("a: - 3\n", "1:4 SYNTAX", "write a minus without a space after it"),
    # signs
    ("a: @x\n", "1:4 UNQUOTED", "cannot start with '@'"),
    ("a: `x\n", "1:4 UNQUOTED", "cannot start with '`'"),
    ("a: %x\n", "1:4 UNQUOTED", "cannot start with '%'"),
    ("a: > 3\n", "1:4 UNQUOTED", 'quote the expression: "> 3"'),
    ("a: |x\n", "1:4 UNQUOTED", "begins a block of text"),
    ("a: ?\n", "1:4 UNQUOTED", "put the text in quotes"),
    ("a: {x: ?}\n", "1:8 UNQUOTED", "before '?'"),
    ("a: *0.5\n", "1:4 ALIAS", "put the text in quotes"),
    ("a: & b\n", "1:4 ANCHOR", "put the text in quotes"),
    ("a: !<b\n", "1:4 TAG", "put the text in quotes"),
    # texts split at commas
    ("{when: clip(x, 0, 1) > 0.5, do: a}", "1:8 UNQUOTED", 'quote the expression: "clip(x, 0, 1) > 0.5"'),
    (
        "a: {when: clip(x, 0, 1) > clip(y, 0, 1), do: b}",
        "1:11 UNQUOTED",
        'quote the expression: "clip(x, 0, 1) > clip(y, 0, 1)"',
    ),
    ("a: {when: min(x,\n  max(y, 1)) > 0, do: b}", "1:11 UNQUOTED", 'quote the expression: "min(x, max(y, 1)) > 0"'),
    ("a: {b: 1, set: max(x, 0)}", "1:16 UNQUOTED", 'quote the expression: "max(x, 0)"'),
    ("a: {max(a, b): 0.5, c: 1}", "1:5 UNQUOTED", 'quote the expression: "max(a, b)"'),
    ("a: [1, max(a, b)]", "1:8 UNQUOTED", 'quote the expression: "max(a, b)"'),
    ("a: {label: Smith (see, also: Jones), cost: 1}", "1:12 UNQUOTED", '"Smith (see, also: Jones)"'),
    (
        "a: {label: Build, quietly, cost: 1}",
        "1:12 UNQUOTED",
        "write 'key: value', or quote the text: \"Build, quietly\"",
    ),
    ('a: {label: He said "a, b", cost: 1}', "1:12 UNQUOTED", "quote the text: 'He said \"a, b\"'"),
    ("a: {b, c}", "1:5 UNQUOTED", "'b' stands between commas without a value"),
    ("a: {'b', c: 1}", "1:5 UNQUOTED", "write 'key: value'"),
    ("a: {b # d: e\n  , c: 1}", "1:5 UNQUOTED", "'b' stands between commas without a value"),
    ("a: {when:x > 1, do: b}", "1:5 UNQUOTED", "write a space after the ':' of 'when:'"),
    ("a: [Note: x]", "1:5 UNQUOTED", 'quote the text: "Note: x", or write {}'),
    ("a: {b: f(" + "x, " * 20 + "x" * 90 + ")}", "1:8 UNQUOTED", "put the whole expression in quotes"),
]


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(
    ("text", "fault", "says"), CASES, ids=lambda case: None if " " not in str(case) else str(case)[:30]
)
def test_one_fault_says_what_to_write(
    text: str, fault: str, says: str, parser: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each mistake gives exactly one fault, at its place, with a remedy; whichever parser PyYAML has."""
    monkeypatch.setattr(source, "_PARSER", parser)
    with pytest.raises(ScenarioError) as caught:
        parse_source(text, "f")
    (found,) = caught.value.faults
    assert f"{found.place.line}:{found.place.column} {found.code}" == fault
    assert says in str(found)
    assert found.remedy


@pytest.mark.parametrize(
    "text",
    [
        "a: {b: , c: 1}",
        "a: {b: 1, }",
        "a: {'b':1}",
        "a: {label: a) Keep to it, cost: 1}",
        "a: {label: Sad :(, cost: 1}",
        "a: {when: (x > 1) and (y > 2), do: b}",
        "a: [(x), (y)]",
        'a: {when: "clip(x, 0, 1) > 0.5", do: b}',
        "a:\n  when: clip(x, 0, 1) > 0.5\n  do: b",
        "a: [{b: 1}, {c: 2}]",
        "a:\n- b: 1\n- c",
        "a: {b: http://x/y, c: d}",
        "a: [-1, .5, x - 1]",
    ],
)
def test_what_is_meant_as_written_passes(text: str) -> None:
    """Parentheses that close, values left empty on purpose and quoted commas are no faults."""
    assert parse_source(text, "f").get("a") is not None
