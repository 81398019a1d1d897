"""What stands on the page of a report: plain values in the order in which they are read, without any markup."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """A picture as SVG, what it is called, how it is read, and what it shows in words for those who cannot see it."""

    title: str
    caption: str
    told: str
    svg: str


@dataclass(frozen=True)
class Table:
    """A table: the first cell of a row is its heading; columns of ``numeric`` places hold numbers."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Assumption:
    """A parameter: what it is, what it may be, where it comes from, and whether it decides anything."""

    label: str
    name: str
    value: str
    range: str
    source: str
    decides: str = ""


@dataclass(frozen=True)
class Deciding:
    """Which assumptions decide the answer, and how that was found out."""

    how: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Turn:
    """What happened in a turn, or in several that went the same: under all sides alike, or under each by itself."""

    when: str
    alike: tuple[str, ...]
    apart: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The label of each side, and what happened there, where that differs."""


@dataclass(frozen=True)
class Chronicle:
    """One run, told turn by turn."""

    title: str
    why: str
    payoffs: Table
    turns: tuple[Turn, ...]
    end: tuple[str, ...]
    commands: tuple[str, ...]
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Origin:
    """Where the answer came from: commands that make it again, and names with their values."""

    commands: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    digests: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Document:
    """A whole report."""

    title: str
    question: str
    about: tuple[str, ...]
    circumstances: tuple[str, ...]
    answer: tuple[str, str, str]
    cautions: tuple[str, ...]
    pictures: tuple[Picture, ...]
    tables: tuple[Table, ...]
    deciding: Deciding
    assumptions: tuple[Assumption, ...]
    sources: tuple[str, ...]
    chronicles: tuple[Chronicle, ...]
    questions: tuple[str, ...]
    notes: tuple[str, ...]
    origin: Origin
    date: str
    """When the work began, in UTC."""
    unpictured: str = ""
    """Why there are no pictures, where there are none."""
