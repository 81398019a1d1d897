"""The glossary, how to cite, and what the how-to pages say without showing a command for it."""

from __future__ import annotations

import csv
import math
import re
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml

import sim
from sim.cli import COMMANDS
from sim.interop import tidy
from sim.version import __version__
from tests.commands.asking import ask
from tests.docs.pages import DOCS, Page, codes, rows

ROOT = DOCS.parent
GLOSSARY, CITE = Page("reference/glossary.md"), Page("how-to/cite.md")
EXPORT, MILLION = Page("how-to/export-results.md"), Page("how-to/run-a-million.md")
TERMS = {heading: text for heading, text in GLOSSARY.sections().items() if heading != "Glossary"}

# ---------------------------------------------------------------- glossary

OF_THE_FIELD = {
    "equilibrium",
    "robustness",
    "luck",
    "weighs",
    "interval",
    "environments",
    "turn",
    "scenario",
    "regime",
    "incentive",
}
"""Words of titles that a student would have to ask about; the parts of a scenario count as such, too."""


def titles() -> dict[str, str]:
    """The title of every page of the manual's own."""
    return {
        page.relative_to(DOCS).as_posix(): page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        for page in DOCS.rglob("*.md")
    }


def test_terms_stand_in_order_and_are_told() -> None:
    """By the alphabet, each once, each in a sentence that ends."""
    assert list(TERMS) == sorted(TERMS)
    for term, text in TERMS.items():
        assert re.match(r"\s+[A-Z\"].*?[.:]\s", text, re.DOTALL), term
    assert len(TERMS) > 50


def test_every_word_of_the_field_in_a_title_is_a_term() -> None:
    """Nobody has to guess what a title says; plurals and verbs count for their term."""
    parts = {code for row in rows(Page("reference/language.md").section("The whole file")) for code in codes(row[0])}
    forms = {form for term in TERMS for word in term.split() for form in (word, f"{word}s")}
    forms |= {"equilibria", "weighs", "robustness"}
    used = set()
    for page, title in titles().items():
        words = set(re.findall(r"[a-z-]{4,}", title.lower().replace("'s", ""))) & (parts | OF_THE_FIELD)
        used |= words
        assert words <= forms, page
    assert len(used) >= 8


def test_the_language_s_parts_are_terms() -> None:
    """The keys of a whole scenario that a reader meets, and what an answer is made of."""
    for word in (
        "action",
        "actor",
        "claim",
        "hazard",
        "incentive",
        "parameter",
        "regime",
        "state",
        "strategy",
        "drift",
    ):
        assert word in TERMS
    parts = Page("reference/language.md").section("The whole file")
    keys = {code for row in rows(parts) for code in codes(row[0])}
    assert {"parameters", "state", "hazards", "regimes", "claims"} <= keys
    for key in ("parameters", "hazards", "regimes", "claims"):
        assert key.removesuffix("s") in TERMS


# ---------------------------------------------------------------- how to cite

CFF = {
    "type": "object",
    "additionalProperties": False,
    "required": ["cff-version", "message", "title", "authors"],
    "properties": {
        "cff-version": {"const": "1.2.0"},
        "message": {"type": "string", "minLength": 1},
        "title": {"type": "string", "minLength": 1},
        "abstract": {"type": "string", "minLength": 1},
        "type": {"enum": ["software", "dataset"]},
        "version": {"type": "string"},
        "date-released": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        "license": {"type": "string"},
        "keywords": {"type": "array", "uniqueItems": True, "minItems": 1, "items": {"type": "string", "minLength": 1}},
        "authors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {"name": {"type": "string", "minLength": 1}},
            },
        },
    },
}
"""Of the Citation File Format 1.2.0 what `CITATION.cff` uses: an author without given names is an entity."""


def test_the_citation_file_is_valid_and_of_this_version() -> None:
    """As the format has it; version, licence and authors as the project has them."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert not any(isinstance(value, date) for value in cited.values())
    jsonschema.validate(cited, CFF)
    assert cited["version"] == __version__
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'license = "{cited["license"]}"' in project
    assert f'authors = [{{ name = "{cited["authors"][0]["name"]}" }}]' in project
    assert " ".join(cited["title"].split()) in " ".join(CITE.text.split())
    assert f"(version {__version__})" in CITE.text


def test_the_digest_of_the_page_is_that_of_its_command() -> None:
    """The first twelve digits, in the note as in the answer."""
    digest = sim.run(sim.load("inf-2018"), runs=1000, seed=2018).digest
    assert CITE.text.count(digest[:12]) == 2
    assert f"digest {digest[:12]}." in CITE.text


# ---------------------------------------------------------------- how-to pages


def test_the_columns_that_other_programs_are_told_of(tmp_path: Path) -> None:
    """What the R of the page names stands in the table, and what the pandas names, which runs."""
    tidy.write_runs(sim.run(sim.load("inf-2018"), runs=2), tmp_path / "runs.csv")
    with (tmp_path / "runs.csv").open(newline="", encoding="utf-8") as file:
        columns = csv.DictReader(file).fieldnames
    assert columns
    named = {
        name
        for block in EXPORT.blocks("text") + EXPORT.blocks("py")
        for name in re.findall(r'"([a-z]+\.[a-z.]+)"', block.text)
    }
    named -= {"runs.csv"}
    assert {"payoff.nato", "count.crisis"} <= named <= set(columns)


@pytest.mark.parametrize(
    ("runs", "said"), [(1_000, "ten times, give or take three"), (100_000, "give or take thirty-one")]
)
def test_how_often_a_rare_war_is_seen(runs: int, said: str) -> None:
    """One in a hundred: the expected number, and its standard deviation."""
    words = {10: "ten", 3: "three", 31: "thirty-one"}
    deviation = words[round(math.sqrt(runs * 0.01 * 0.99))]
    assert f"give or take {deviation}" in said
    assert said in " ".join(MILLION.text.split())


def test_the_commands_of_the_readme_s_table_can_be_asked() -> None:
    """Each is a command of the program with options that it has."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").split("## What else it answers")[1].split("\n## ")[0]
    asked = [codes(row[1])[0].split() for row in rows(text)]
    assert len(asked) >= 7
    for name, command, scenario, *options in asked:
        assert (name, scenario) == ("detente", "inf-2018")
        assert command in COMMANDS
        helped = ask(command, "--help").out
        assert [option for option in options if option.startswith("--") and f" {option}" not in helped] == []
