"""A scenario file becomes values that know their places; the only module that reads YAML.

Only the parser's events are used, never its constructors: nothing in a file can name a Python object, and nothing can
grow. Anchors, aliases, merge keys and tags are refused where they stand. Faults are collected, so that an author sees
all of them at once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from sim.errors import Fault, Place, ScenarioError, one_line, quoted
from sim.scenario.nodes import Mapping, Node, Scalar, ScalarSource, Sequence, SourceText, Value, resolve
from sim.scenario.splits import colon_in_list, split_entries, split_items
from sim.scenario.syntax import Trouble, directive, more_than_one, syntax_fault
from sim.scenario.text import LARGEST_FILE, file_bytes, hidden_character, hidden_fault, source_text

__all__ = [
    "LARGEST_FILE", "Mapping", "Node", "Place", "Scalar", "ScalarSource", "Sequence", "SourceText", "Value",
    "parse_source", "read_source", "resolve",
]  # fmt: skip

DEEPEST = 20
"""The most levels of mappings and lists within each other."""
MOST_VALUES = 25_000
"""The most keys, values and list entries of a file; reading takes time for each of them."""
MOST_FAULTS = 50
"""Reading ends when so many faults are found."""

BEGIN = "begin with a line such as 'scenario: its-name'"
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_source(path: str | os.PathLike[str]) -> Mapping:
    """Read a scenario file.

    Raises:
        ScenarioError: the file cannot be read, or what it holds is no mapping that may stand in a scenario.
    """
    file = one_line(os.fspath(path))
    return parse_source(file_bytes(Path(path), file), file)


def parse_source(data: bytes | str, file: str) -> Mapping:
    """Read the text of a scenario file; ``file`` is its name in messages.

    Raises:
        ScenarioError: with all the faults found, in the order of their places.
    """
    tree = _Tree(source_text(data, one_line(file)), _PARSER)
    root = tree.read()
    if tree.faults:
        raise ScenarioError(sorted(set(tree.faults)))
    if not isinstance(root, Mapping):
        raise AssertionError("a text without faults is a mapping")
    return root


class _EndOfReadingError(Exception):
    """Enough is known about the file."""


class _Tree:
    """Builds the nodes of one file from a parser's events."""

    def __init__(self, source: SourceText, parser: Any) -> None:
        self.source = source
        self.faults: list[Fault] = []
        self._events = self._parsed(parser)
        self._brackets: list[int] = []
        self._last_quoted: int | None = None
        self._shares = False
        self._values = 0

    def read(self) -> Node | None:
        """Return the root of the tree; what is wrong is in ``faults``."""
        root = None
        try:
            self._refuse_directives()
            root = self._document()
        except _EndOfReadingError:
            pass
        return root

    def _report(self, fault: Fault) -> None:
        self.faults.append(fault)
        if len(self.faults) >= MOST_FAULTS:
            raise _EndOfReadingError

    def _report_at(self, at: int, code: str, problem: str, remedy: str) -> None:
        self._report(Fault(self.source.place(at), code, problem, remedy))

    def _parsed(self, parser: Any) -> Iterator[Any]:
        """Yield the parser's events; whatever it stumbles over becomes a fault and ends the reading."""
        try:
            yield from yaml.parse(self.source.text, Loader=parser)
        except yaml.MarkedYAMLError as error:
            fault = syntax_fault(self.source, self._trouble(error))
            # What is wrong with a line already reported is often why the parser gave up on it.
            if all(known.place.line != fault.place.line for known in self.faults):
                self.faults.append(fault)
            raise _EndOfReadingError from None
        except (yaml.YAMLError, ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError,
                ValueError):  # fmt: skip
            self.faults.append(Fault(Place(self.source.file), "SYNTAX", "this cannot be read as YAML", "simplify it"))
            raise _EndOfReadingError from None

    def _trouble(self, error: yaml.MarkedYAMLError) -> Trouble:
        def index(mark: Any) -> int | None:
            return None if mark is None else min(int(mark.index), len(self.source.text))

        return Trouble(
            context=error.context or "", problem=error.problem or "", at=index(error.problem_mark) or 0,
            since=index(error.context_mark), brackets=tuple(self._brackets), quoted_from=self._last_quoted,
        )  # fmt: skip

    def _refuse_directives(self) -> None:
        at = 0
        for line in self.source.text.split("\n"):
            if line.startswith("%"):
                self._report(directive(self.source, at))
                raise _EndOfReadingError
            if line.strip() and not line.lstrip().startswith("#"):
                return
            at += len(line) + 1

    def _document(self) -> Node | None:
        next(self._events)
        event = next(self._events)
        root: Node | None = None
        if isinstance(event, yaml.DocumentStartEvent):
            root = self._node(next(self._events), 1)
            next(self._events)
            following = next(self._events)
            if isinstance(following, yaml.DocumentStartEvent) and following.start_mark is not None:
                self._report(more_than_one(self.source, following.start_mark.index))
        if root is None or (isinstance(root, Scalar) and root.plain and not root.text):
            if not self.faults:
                self._report_at(0, "EMPTY", "the file says nothing", BEGIN)
        elif not isinstance(root, Mapping) and not self.faults:
            found = "a list" if isinstance(root, Sequence) else f"the text {quoted(root.text)}"
            self._report(Fault(root.place, "WRONG-KIND", f"expected 'key: value' lines, found {found}", BEGIN))
        return root

    def _node(self, event: Any, depth: int) -> Node:
        """Return the node that starts with ``event``."""
        at = event.start_mark.index
        self._values += 1
        if self._values > MOST_VALUES:
            self._report_at(at, "TOO-LARGE", f"the file holds more than {MOST_VALUES:,} values", "shorten it")
            raise _EndOfReadingError
        self._refuse_extras(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.AliasEvent):
            return Scalar("", True, self.source.place(at), ScalarSource(self.source, at, at, ""))
        if depth > DEEPEST:
            problem = f"this is nested more than {DEEPEST} levels deep"
            self._report_at(at, "DEPTH", problem, "no part of a scenario needs so many")
            raise _EndOfReadingError
        if event.flow_style:
            self._brackets.append(at)
        build: Callable[[Any, int], Node]
        build = self._mapping if isinstance(event, yaml.MappingStartEvent) else self._sequence
        node = build(event, depth)
        if event.flow_style:
            self._brackets.pop()
        return node

    def _refuse_extras(self, event: Any) -> None:
        """Report anchors and aliases (the first of the file only: the others are more of the same) and tags."""
        at = event.start_mark.index
        if isinstance(event, yaml.AliasEvent):
            problem = f"{quoted('*' + str(event.anchor))} is an alias, and scenarios have none"
            self._share(at, "ALIAS", problem, "write the value out, or quote a text that starts with '*'")
            return
        if event.anchor is not None:
            problem = f"{quoted('&' + str(event.anchor))} is an anchor, and scenarios have none"
            self._share(at, "ANCHOR", problem, "write the value out wherever it is needed")
        if event.tag is not None:
            tag = self.source.text[at : at + 40].split("\n")[0]
            found = re.search(r"!\S*", tag)
            name = quoted(found[0]) if found else "this"
            self._report_at(at, "TAG", f"{name} is a tag, and scenarios have none", "remove it, or quote the text")

    def _share(self, at: int, code: str, problem: str, remedy: str) -> None:
        if not self._shares:
            self._shares = True
            self._report_at(at, code, problem, remedy)

    def _scalar(self, event: Any) -> Scalar:
        text, style = event.value, event.style or ""
        start, end = event.start_mark.index, event.end_mark.index
        if not style and not text:
            # Parsers disagree on where an empty value stands: after the ':' or before what comes next.
            while start > 0 and self.source.text[start - 1] in " \t\n":
                start -= 1
            end = start
        scalar = Scalar(text, not style, self.source.place(start), ScalarSource(self.source, start, end, style))
        if style in {"'", '"'}:
            self._last_quoted = start
            if style == '"' and (hidden := hidden_character(text)) is not None:
                self._report(hidden_fault(scalar.place_of(hidden), text[hidden]))
        return scalar

    def _mapping(self, start: Any, depth: int) -> Mapping:
        entries: list[tuple[Scalar, Node]] = []
        seen: dict[str, Place] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, depth)
            if key is not None and not start.flow_style:
                self._refuse_duplicate(key, seen)
            value = self._node(next(self._events), depth + 1)
            if key is not None:
                entries.append((key, value))
        if start.flow_style:
            faults, split = split_entries(self.source, entries)
            for fault in faults:
                self._report(fault)
            for number, (key, _) in enumerate(entries):
                if number not in split:
                    self._refuse_duplicate(key, seen)
        return Mapping(tuple(entries), self.source.place(start.start_mark.index))

    def _key(self, event: Any, depth: int) -> Scalar | None:
        """Return a key, or None for one that cannot stand; its fault is reported."""
        key = self._node(event, depth + 1)
        if not isinstance(key, Scalar):
            what = "a mapping" if isinstance(key, Mapping) else "a list"
            self._report(Fault(key.place, "KEY", f"{what} cannot be a key", "write a single word before the ':'"))
            return None
        if isinstance(event, yaml.AliasEvent):
            return None
        if key.plain and key.text == "<<":
            at = event.start_mark.index
            self._share(at, "MERGE", "'<<' merges mappings, and scenarios have none", "write the entries out")
            return None
        if not key.text or key.value is None:
            self._report(Fault(key.place, "KEY", "a key cannot be empty or null", "write a name before the ':'"))
            return None
        return key

    def _refuse_duplicate(self, key: Scalar, seen: dict[str, Place]) -> None:
        first = seen.setdefault(key.text, key.place)
        if first is not key.place:
            problem = f"the key {quoted(key.text)} stands twice, first in line {first.line}"
            self._report(Fault(key.place, "DUPLICATE-KEY", problem, "keep one of them"))

    def _sequence(self, start: Any, depth: int) -> Sequence:
        items: list[Node] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            item = self._node(event, depth + 1)
            items.append(item)
            if start.flow_style and isinstance(item, Mapping) and event.flow_style:
                at = event.start_mark.index
                if self.source.text[at] not in "{&!":
                    self._report(colon_in_list(self.source, item))
        if start.flow_style:
            for fault in split_items(self.source, items):
                self._report(fault)
        return Sequence(tuple(items), self.source.place(start.start_mark.index))
