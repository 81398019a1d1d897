"""Every command on the shipped scenarios and on the starter: it answers, and its JSON has the promised shape."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from sim import load
from sim.archive.load import load_results
from tests.commands import shapes
from tests.commands.asking import answered, ask
from tests.commands.shapes import Shape, mismatches

ROOT = Path(__file__).parents[2]
SCENARIOS = ("inf", "inf-1987", "inf-2018", "post-inf", "demo.yaml")
QUESTIONS: dict[tuple[str, ...], Shape] = {
    ("run", "--runs", "12"): shapes.RUN,
    ("compare", "--runs", "12"): shapes.COMPARE,
    ("claims", "--runs", "12"): shapes.CLAIMS,
    ("matrix", "--runs", "2", "--quiet"): shapes.MATRIX,
    ("sensitivity", "--points", "16", "--runs", "2", "--quiet"): shapes.SENSITIVITY,
    ("trace", "--run", "3"): shapes.TRACE,
    ("validate",): shapes.VALIDATE,
}


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("words", QUESTIONS, ids=lambda words: words[0])
def test_a_question_has_its_document(words: tuple[str, ...], scenario: str, demo: Path) -> None:
    """One JSON document on stdout, with all that the interfaces promise."""
    assert mismatches(answered(words[0], scenario, *words[1:], "--json"), QUESTIONS[words]) == []


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(
    "words",
    [
        ("describe",),
        ("run", "--runs", "12"),
        ("compare", "--runs", "12"),
        ("claims", "--runs", "12"),
        ("trace",),
        ("validate",),
    ],
    ids=lambda words: words[0],
)
def test_a_question_has_a_page(words: tuple[str, ...], scenario: str, demo: Path) -> None:
    """A person gets a page: text without escape codes, no line wider than a pipe's page."""
    answer = ask(words[0], scenario, *words[1:])
    assert answer.status in ({0, 6} if words[0] == "claims" else {0}), answer.err
    assert len(answer.out.splitlines()) >= (1 if words[0] == "validate" else 5)
    assert "\x1b" not in answer.out + answer.err
    assert max(map(len, answer.out.splitlines())) <= 100


def test_a_document_that_is_not_as_promised_is_noticed() -> None:
    """The shapes see what is missing, of another type, or no number."""
    stat = {"mean": 1.0, "se": None, "low": None, "high": None}
    assert mismatches(stat, shapes.STAT) == []
    assert mismatches({**stat, "mean": None}, shapes.STAT) == ["$.mean is None"]
    assert mismatches({"a": [{**stat, "se": float("nan")}]}, shapes.Each([shapes.STAT])) == ["$.a[0].se is nan"]
    assert mismatches({"mean": 1}, shapes.STAT) == ["$.se is missing", "$.low is missing", "$.high is missing"]
    assert mismatches({"runs": True}, {"runs": int}) == ["$.runs is True"]


def test_the_starter_as_its_author_reads(demo: Path) -> None:
    """What `new` says to try works as written, and nothing it wrote is overwritten."""
    (demo / "demo.yaml").unlink()
    said = ask("new", "demo").out.splitlines()
    assert said[0].startswith("demo.yaml is written")
    tries = [line.split()[1:] for line in said[1:]]
    assert tries == [["validate", "demo.yaml"], ["compare", "demo.yaml"]]
    assert [ask(*words).status for words in tries] == [0, 0]
    written = (demo / "demo.yaml").read_bytes()
    again = ask("new", "demo")
    assert (again.status, again.faults[0]) == (
        2,
        "command line:1:1: EXISTS: 'demo.yaml' is there already; choose another name",
    )
    assert (demo / "demo.yaml").read_bytes() == written


def test_list(demo: Path) -> None:
    """The shipped scenarios, and those of the current folder; a broken one with what is wrong."""
    (demo / "broken.yaml").write_text("scenario: broken\nclock: {turns: 0}\nactors: {a: {}}\n", encoding="utf-8")
    (demo / "notes.txt").write_text("no scenario", encoding="utf-8")
    document = answered("list", "--json")
    assert mismatches(document, shapes.LIST) == []
    rows = {row["name"]: row for row in document["scenarios"]}
    ships = [name for name, row in rows.items() if row["ships"]]
    assert ships[:4] == ["inf", "inf-1987", "inf-2018", "post-inf"]
    assert ships[4:] == sorted(f"classics/{path.stem}" for path in (ROOT / "scenarios" / "classics").glob("*.yaml"))
    assert "demo.yaml" in rows
    page = ask("list").out
    assert all(rows[name]["title"] in page for name in ("inf-1987", "post-inf", "demo.yaml"))


def test_schema(demo: Path) -> None:
    """The schema is a valid one, and the starter fits it."""
    import yaml

    schema = answered("schema")
    jsonschema.Draft202012Validator.check_schema(schema)
    document = yaml.safe_load((demo / "demo.yaml").read_text(encoding="utf-8"))
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(document)) == []
    document["clok"] = document.pop("clock")
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(document)) != []


def test_results_tell_what_was_asked(demo: Path) -> None:
    """`results` lists what `run` and `compare` left behind, newest first; `claims` and `trace` leave nothing."""
    assert answered("results", "--json") == {"results": []}
    assert "no results yet" in ask("results").out
    ask("run", "demo.yaml", "--runs", "5", "--regime", "no_treaty")
    ask("compare", "demo.yaml", "--runs", "6", "--seed", "9")
    ask("claims", "demo.yaml", "--runs", "7")
    ask("trace", "demo.yaml")
    document = answered("results", "--json")
    assert mismatches(document, shapes.RESULTS) == []
    asked = [(row["question"], row["regimes"], row["runs"], row["seed"]) for row in document["results"]]
    assert sorted(asked) == [("compare", ["treaty", "no_treaty"], 6, 9), ("run", ["no_treaty"], 5, 1)]
    assert "compare demo (treaty, no_treaty)" in ask("results").out


def test_the_folder_holds_what_stdout_said(demo: Path) -> None:
    """`summary.json` is the document that was printed; the message names the folder."""
    answer = ask("run", "demo.yaml", "--runs", "5", "--json", "--out", "kept")
    folder = Path(answer.err.removeprefix("results in ").strip())
    assert folder.parent == Path("kept/demo")
    assert json.loads((folder / "summary.json").read_bytes()) == answer.document
    assert load_results(folder).manifest.asked.runs == 5
    assert not (demo / "results").exists()


def test_a_file_with_faults_in_json(demo: Path) -> None:
    """`validate --json` carries the faults, which also stand on stderr, one line each."""
    (demo / "bad.yaml").write_text("scenario: bad\nclock: {turns: 0}\nactors: {a: {}}\ntitel: x\n", encoding="utf-8")
    answer = ask("validate", "bad.yaml", "demo.yaml", "--json")
    assert answer.status == 3
    assert mismatches(answer.document, shapes.VALIDATE) == []
    bad, good = answer.document["files"]
    assert (good["valid"], good["faults"], bad["valid"]) == (True, [], False)
    told = [f"{f['file']}:{f['line']}:{f['column']}: {f['code']}: {f['problem']}; {f['remedy']}" for f in bad["faults"]]
    assert (told, len(told)) == (answer.faults, 2)


def test_one_run_alone_has_no_interval(demo: Path) -> None:
    """Null where undefined: a mean of one run has no standard error; and the page says so."""
    document = answered("run", "demo.yaml", "--runs", "1", "--json")
    stats = [document["ended"], document["duration"], *document["final"].values()]
    stats += [stat for actor in document["actors"].values() for stat in (actor["payoff"], *actor["ledger"].values())]
    stats += [hazard["count"] for hazard in document["hazards"].values()]
    assert {(stat["se"], stat["low"], stat["high"]) for stat in stats} == {(None, None, None)}
    differences = answered("compare", "demo.yaml", "--runs", "1", "--json")["differences"]
    assert [differences[0]["actors"]["north"]["payoff"][key] for key in ("se", "low", "high")] == [None] * 3
    assert "interval" in ask("run", "demo.yaml", "--runs", "1").out.lower()


def test_intervals_and_ledgers_add_up(demo: Path) -> None:
    """The mean lies within its interval, and ledger entries add up to the payoff, in every regime and difference."""
    document = answered("compare", "inf-1987", "--runs", "50", "--json")
    sides = [*document["regimes"].values(), *document["differences"]]
    for side in sides:
        for actor in side["actors"].values():
            entries = sum(stat["mean"] for stat in actor["ledger"].values())
            assert actor["payoff"]["mean"] == pytest.approx(entries, abs=1e-9)
            assert actor["payoff"]["low"] <= actor["payoff"]["mean"] <= actor["payoff"]["high"]
    treaty, post_treaty = (document["regimes"][name] for name in ("treaty", "post_treaty"))
    (difference,) = document["differences"]
    assert (difference["of"], difference["minus"]) == ("post_treaty", "treaty")
    gain = post_treaty["actors"]["nato"]["payoff"]["mean"] - treaty["actors"]["nato"]["payoff"]["mean"]
    assert difference["actors"]["nato"]["payoff"]["mean"] == pytest.approx(gain, abs=1e-9)


def test_what_is_given_wins_over_the_regime_and_that_over_the_scenario(demo: Path) -> None:
    """`--play` and `--set` over `plays` and `parameters` of a regime, those over the scenario's own."""

    def strategies(*words: str) -> dict[str, str]:
        document = answered("run", "demo.yaml", "--runs", "2", "--json", *words)
        return {name: actor["strategy"] for name, actor in document["actors"].items()}

    assert strategies("--regime", "no_treaty") == {"north": "weigh", "south": "weigh"}
    assert strategies("--regime", "treaty") == {"north": "faithful", "south": "faithful"}
    assert strategies("--regime", "treaty", "--play", "south=wary") == {"north": "faithful", "south": "wary"}
    assert strategies("--play", "north=arm", "--play", "north=comply") == {"north": "comply", "south": "faithful"}
    (demo / "set.yaml").write_text(
        "scenario: set\nclock: {turns: 1}\nparameters: {p: 1}\nactors: {a: {incentives: {gain: p}}}\n"
        "regimes: {plain: {}, dear: {parameters: {p: 2}}}\n",
        encoding="utf-8",
    )

    def payoff(*words: str) -> float:
        return answered("run", "set.yaml", "--runs", "2", "--json", *words)["actors"]["a"]["payoff"]["mean"]  # type: ignore[no-any-return]

    assert [payoff(), payoff("--regime", "dear"), payoff("--regime", "dear", "--set", "p=-3e0")] == [1, 2, -3]


def test_two_files_are_compared_by_the_name_of_each(demo: Path) -> None:
    """`compare A B`: the first regime of each, or the one named; a file against itself differs by nothing."""
    document = answered("compare", "inf-1987", "inf-2018", "--runs", "10", "--json")
    assert mismatches(document, shapes.COMPARE) == []
    assert [list(document["regimes"]), document["differences"][0]["of"]] == [["inf-1987", "inf-2018"], "inf-2018"]
    same = answered("compare", "demo.yaml", "demo.yaml", "--regime", "no_treaty", "--runs", "10", "--json")
    payoffs = [actor["payoff"] for actor in same["differences"][0]["actors"].values()]
    assert payoffs == [{"mean": 0, "se": 0, "low": 0, "high": 0}] * 2


def test_claims_name_their_verdicts(demo: Path) -> None:
    """Exit status 6 unless every claim holds; one that cannot be told with few runs is undecided."""
    text = (demo / "demo.yaml").read_text(encoding="utf-8")
    start = text.index("claims:")
    said = "claims:\n  sure: {says: It holds., holds: treaty.duration > 0}\n"
    (demo / "sure.yaml").write_text(text[:start] + said, encoding="utf-8")
    assert ask("claims", "sure.yaml", "--runs", "20").status == 0
    (demo / "false.yaml").write_text(
        text[:start] + said + "  wrong: {says: It does not., holds: treaty.duration < 0}\n", encoding="utf-8"
    )
    answer = ask("claims", "false.yaml", "--runs", "20", "--json")
    assert (answer.status, answer.err) == (6, "")
    assert {name: claim["verdict"] for name, claim in answer.document["claims"].items()} == {
        "sure": "holds",
        "wrong": "fails",
    }
    undecided = ask("claims", "sure.yaml", "--runs", "1", "--json")
    assert (undecided.status, undecided.document["claims"]["sure"]["verdict"]) == (6, "undecided")
    (demo / "none.yaml").write_text(text[:start], encoding="utf-8")
    assert ask("claims", "none.yaml", "--runs", "2", "--json").document["claims"] == {}


def test_the_same_numbers_from_python(demo: Path) -> None:
    """`sim.run` gives the very document that `run --json` prints."""
    import sim

    ensemble = sim.run(load("demo.yaml"), runs=20, seed=4, regime="no_treaty")
    assert ensemble.to_dict() == answered(
        "run", "demo.yaml", "--runs", "20", "--seed", "4", "--regime", "no_treaty", "--json"
    )
    assert np.array_equal(ensemble.payoffs["north"], ensemble.column("north"))
