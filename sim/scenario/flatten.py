"""A merged document as a text of its own: what a results folder keeps, so that it needs no parents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from sim.scenario.nodes import resolve
from sim.scenario.source import Mapping, Node, Scalar, Sequence
from sim.scenario.text import FORBIDDEN

_INDENT = "  "
_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`](?:[^:#\n]|:(?! |$)|(?<! )#)*\Z")
"""Texts that mean the same wherever they stand without quotes; a number's minus sign is seen to apart."""

_NEGATIVE = re.compile(r"-[0-9.a-z(][^:#\n]*\Z")
_UNSAFE = re.compile(f"{FORBIDDEN.pattern}|\t")


def flattened(document: Mapping) -> str:
    """Return a document as YAML in block style, which loads to the same scenario."""
    return "\n".join(_mapping(document, "")) + "\n" if document.entries else "{}\n"


def _mapping(mapping: Mapping, indent: str) -> Iterator[str]:
    for key, value in mapping.entries:
        yield from _entry(f"{indent}{_scalar(key)}:", value, indent)


def _sequence(sequence: Sequence, indent: str) -> Iterator[str]:
    for item in sequence.items:
        if isinstance(item, Mapping) and item.entries:
            first, *others = _mapping(item, indent + _INDENT)
            yield f"{indent}- {first.removeprefix(indent + _INDENT)}"
            yield from others
        else:
            yield from _entry(f"{indent}-", item, indent)


def _entry(start: str, value: Node, indent: str) -> Iterator[str]:
    below = indent + _INDENT
    if isinstance(value, Scalar):
        lines = _lines(value)
        if lines is None:
            yield f"{start} {_scalar(value)}"
        else:
            yield f"{start} |" if value.text.endswith("\n") else f"{start} |-"
            yield from (below + line if line else "" for line in lines)
    elif not len(value):
        yield f"{start} {'{}' if isinstance(value, Mapping) else '[]'}"
    else:
        yield start
        yield from _mapping(value, below) if isinstance(value, Mapping) else _sequence(value, below)


def _lines(scalar: Scalar) -> list[str] | None:
    """Return the lines of a text that reads best as a block, None for any other."""
    body = scalar.text.removesuffix("\n")
    if scalar.plain or "\n" not in scalar.text or _UNSAFE.search(body) or body != body.strip() or not body:
        return None
    return body.split("\n")


def _scalar(scalar: Scalar) -> str:
    """Return a scalar on one line, as it was written where that is safe, else in double quotes."""
    text = scalar.text
    if scalar.plain and scalar.value is None:
        return "null"
    safe = bool(_PLAIN.match(text) or _NEGATIVE.match(text)) and text == text.strip() and not _UNSAFE.search(text)
    if safe and (scalar.plain or isinstance(resolve(text), str)) and text not in ("---", "..."):
        return text
    return _UNSAFE.sub(lambda found: f"\\U{ord(found[0]):08X}", json.dumps(text, ensure_ascii=False))
