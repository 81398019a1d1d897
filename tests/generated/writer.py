"""A small YAML writer: readable text in mixed styles, everything quoted that needs it and nothing else."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from typing import Any

from tests.generated.draws import Draws

PLAIN = re.compile(r"(?:[A-Za-z0-9_(.]|-(?=[^ -]))[A-Za-z0-9_ .+*/<>=!()%,-]*(?<! )")
WORDS_OF_YAML = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~", ""}
WIDEST = 110


class Text(str):
    """A text for people: quoted where a plain one would be read as a number."""

    __slots__ = ()


class Writer(Draws):
    """Writes a document in a style for each part: block or flow, plain or either kind of quotes.

    Only one number is drawn for all of it, since how a file is written has no bearing on what it says; 0 is plainest.
    """

    def __init__(self, draw: Any) -> None:
        super().__init__(draw)
        self.style = super().whole(0, 999)
        self._mood = random.Random(self.style)

    def whole(self, low: int, high: int) -> int:
        """Return a whole number that the style decides."""
        return self._mood.randint(low, high) if self.style else low

    def text(self, document: Mapping[str, Any]) -> str:
        """Return the whole file."""
        lines = ["# Generated."] if self.flip(20) else []
        for key, value in document.items():
            if lines and self.flip(15):
                lines.append(self.choose(("", "", "# next")))
            lines += self._entry(self._key(key), value, "")
        return "\n".join(lines) + "\n"

    def _entry(self, lead: str, value: Any, indent: str) -> list[str]:
        """Return the lines of ``lead: value`` (or ``- value``), all indented."""
        begin = f"{indent}{lead}"
        if not isinstance(value, dict | list):
            return self._scalar_lines(begin, value, indent)
        flow = self._flow(value)
        if not value or (len(begin) + len(flow) < WIDEST and self.flip(70) and (lead == "-" or indent)):
            return [f"{begin} {flow}"]
        below = indent + self.choose(("  ", "  ", "    "))
        lines = [begin]
        if isinstance(value, list):
            if lead != "-" and self.flip(30):
                below = indent
            for item in value:
                lines += self._entry("-", item, below)
        else:
            for key, part in value.items():
                lines += self._entry(self._key(key), part, below)
        if lead == "-" and isinstance(value, dict) and len(below) == len(indent) + 2:
            # A mapping in a list may begin on the line of its dash.
            lines[:2] = [f"{begin} {lines[1].lstrip()}"]
        return lines

    def _scalar_lines(self, begin: str, value: Any, indent: str) -> list[str]:
        if isinstance(value, str) and "\n" in value and not value.startswith(("\n", " ")):
            kept = value.endswith("\n")
            body = value[:-1] if kept else value
            if not body.endswith("\n") and self.flip(70):
                inner = [f"{indent}  {line}" if line else "" for line in body.split("\n")]
                return [f"{begin} |{'' if kept else '-'}", *inner]
        elif isinstance(value, str) and PLAIN.fullmatch(value) and value.count(" ") > 4 and self.flip(8):
            words = value.split(" ")
            cut = self.whole(1, len(words) - 1)
            return [f"{begin} >-", f"{indent}  {' '.join(words[:cut])}", f"{indent}  {' '.join(words[cut:])}"]
        comment = "  # so it stands" if self.flip(1) else ""
        return [f"{begin} {self._scalar(value, flow=False)}{comment}"]

    def _key(self, key: str) -> str:
        return f"{self._scalar(key, flow=True)}:"

    def _flow(self, value: Any) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{self._key(key)} {self._flow(part)}" for key, part in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(self._flow(part) for part in value) + "]"
        return self._scalar(value, flow=True)

    def _scalar(self, value: Any, flow: bool) -> str:
        if value is None:
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, str):
            return str(value)
        text = str(value)
        plain = bool(PLAIN.fullmatch(text)) and text.lower() not in WORDS_OF_YAML and not (flow and "," in text)
        if plain and re.fullmatch(r"[-+.0-9eE_]+", text):
            if not isinstance(value, Text):
                return text
            plain = False
        if plain and not self.flip(2):
            return text
        if "\n" not in text and self.flip(40):
            return "'" + text.replace("'", "''") + "'"
        return json.dumps(text, ensure_ascii=False)
