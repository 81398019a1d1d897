"""The lesson plan: every button, title and regime that it names exists, and what it says is gained is."""

import re
from pathlib import Path

import pytest

import sim
from sim.scenario.shipped import shipped

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "teach-a-class.md").read_text(encoding="utf-8")
LEVERS = {
    "nothing": {},
    "substitutes": {"airsea_share": 0.2, "hypersonic_share": 0.0},
    "burden": {"arms_burden": 0.35},
    "leadership": {"will": 0.2, "capital": 0.8, "grievance": 0.02},
    "substitutes and burden": {"airsea_share": 0.2, "hypersonic_share": 0.0, "arms_burden": 0.35},
}


def test_what_it_names_is_there() -> None:
    """What is printed in bold stands on a page of the server, or is a title or a regime of a shipped scenario."""
    templates = ROOT / "sim" / "classroom" / "templates"
    known = [path.read_text(encoding="utf-8") for path in templates.rglob("*.html")]
    for name, _ in shipped():
        loaded = sim.load(name)
        known += [loaded.title or "", *(regime.label or "" for regime in loaded.regimes.values())]
    named = set(re.findall(r"\*\*([^*]+)\*\*", PAGE))
    assert len(named) > 20
    assert {words for words in named if not any(words in text for text in known)} == set()


@pytest.mark.parametrize("levers", LEVERS)
def test_what_it_would_take_is_what_the_table_says(levers: str) -> None:
    """With the values of 1987 that the premises really had. 2,000 runs tell the mean to 0.02; rounding adds 0.05."""
    values = LEVERS[levers]
    then = sim.load("inf-1987")
    assert {name: then.parameters[name].value for name in values} == values
    told = re.search(rf"^\| {levers} \|[^|]*\| ([+-][\d.]+) \|$", PAGE, re.MULTILINE)
    assert told is not None
    found = sim.compare(sim.load("inf-2018"), runs=2000, set=values).to_dict()["differences"][0]
    assert (found["of"], found["minus"]) == ("post_treaty", "treaty")
    assert found["actors"]["adversary"]["payoff"]["mean"] == pytest.approx(float(told.group(1)), abs=0.08)


def test_its_pictures_are_small() -> None:
    """At most three, each of less than 120 kB."""
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", PAGE)
    assert 1 <= len(pictures) <= 3
    for picture in pictures:
        assert (ROOT / "docs" / "how-to" / picture).stat().st_size < 120_000
