"""What stands in a page of `docs/`: its fenced blocks and its tables, section by section."""

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text and the line of the page on which the text begins."""

    language: str
    text: str
    line: int

    def marked(self, mark: str) -> str | None:
        """What follows `# mark:` (or is nothing after `# mark`) on the first line; None for a block without the mark."""
        found = re.match(rf"# {mark}(?:: *(.*))?\n", self.text)
        return None if found is None else found[1] or ""


class Page:
    """A page, by its path below `docs/`."""

    def __init__(self, name: str) -> None:
        self.text = (DOCS / name).read_text(encoding="utf-8")

    def blocks(self, language: str) -> list[Block]:
        """The blocks in a language."""
        return [
            Block(found[1], found[2], self.text.count("\n", 0, found.start(2)) + 1)
            for found in _FENCE.finditer(self.text)
            if found[1] == language
        ]

    def sections(self) -> dict[str, str]:
        """The text below each heading, up to the next heading of any level; blocks are left out."""
        text = _FENCE.sub("", self.text)
        heads = list(_HEADING.finditer(text))
        ends = [head.start() for head in heads[1:]] + [len(text)]
        return {head[1]: text[head.end() : end] for head, end in zip(heads, ends, strict=True)}

    def section(self, heading: str) -> str:
        """The text below the heading."""
        return self.sections()[heading]

    def said(self, heading: str) -> str:
        """The text below the heading on one line, for phrases wherever the page breaks its lines."""
        return " ".join(self.section(heading).split())


def rows(text: str) -> list[list[str]]:
    """The cells of every table row of a text, heads and rules left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    found = []
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if set(line) <= set("|- ") or (below and set(below) <= set("|- ")):
            continue
        found.append([cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return found


def codes(text: str) -> list[str]:
    """Everything in backticks, on one line each."""
    return [" ".join(code.split()) for code in _CODE.findall(text)]


def number(text: str) -> float:
    """The number that a cell begins with."""
    found = re.match(r"[-+−]?[\d,]*\.?\d+", text)
    assert found, text
    written = found[0].replace(",", "").replace("−", "-")
    return float(written) if "." in written else int(written)
